"""Sampled paths of a solved game, and what they come to."""

from countermove.simulate.paths import simulate
from countermove.simulate.summaries import Estimate, Simulation

__all__ = ["Estimate", "Simulation", "simulate"]
