"""Fewer levels where a variable has more than a figure can show apart."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from countermove.report.records import Fan

MOST_LEVELS = 8


def condensed(fan: Fan, *, most: int = MOST_LEVELS) -> Fan:
    """The fan with at most so many levels.

    Neighbours are put together where levels have an order (``0 to 6``); where they have none, the
    least likely become ``others``. The means stay those of the levels themselves.
    """
    if len(fan.levels) <= most:
        return fan
    groups = _neighbours(len(fan.levels), most) if fan.ordered else _likeliest(fan, most)
    return replace(
        fan,
        levels=tuple(_name(fan, group) for group in groups),
        odds=tuple(tuple(sum(row[at] for at in group) for group in groups) for row in fan.odds),
    )


def _neighbours(count: int, most: int) -> list[list[int]]:
    edges = [round(group * count / most) for group in range(most + 1)]
    return [list(range(low, high)) for low, high in pairwise(edges)]


def _likeliest(fan: Fan, most: int) -> list[list[int]]:
    """The levels that ever are the likeliest by themselves, in their order; the rest together."""
    peaks = [max(row[at] for row in fan.odds) for at in range(len(fan.levels))]
    by_peak = sorted(range(len(peaks)), key=lambda at: -peaks[at])
    kept = sorted(by_peak[: most - 1])
    return [*([at] for at in kept), sorted(by_peak[most - 1 :])]


def _name(fan: Fan, group: list[int]) -> str:
    if len(group) == 1:
        return fan.levels[group[0]]
    if not fan.ordered:
        return "others"
    return f"{fan.levels[group[0]]} to {fan.levels[group[-1]]}"
