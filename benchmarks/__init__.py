"""Countermove measured: one command, ratios in one run."""
