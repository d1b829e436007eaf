"""Sampled paths of a solved game, and what they come to."""

from countermove.simulate.beliefs import BeliefPaths
from countermove.simulate.paths import simulate
from countermove.simulate.summaries import Estimate, Simulation

__all__ = ["BeliefPaths", "Estimate", "Simulation", "simulate"]
