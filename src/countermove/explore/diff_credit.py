"""How much of a difference each change accounts for: exact shares, or first and last."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import factorial


@dataclass(frozen=True, slots=True)
class Credit:
    """What one group of changes does to one answer.

    ``alone`` is the difference that it makes to the first scenario, ``last`` the one that it makes
    when all others have been made. ``share`` is its Shapley value where ``exact``, else the mean of
    the two, which need not add up over groups.
    """

    alone: float
    last: float
    share: float


Value = Callable[[frozenset[int]], float]  # of a set of groups, by number


def shapley(count: int, value: Value) -> list[Credit]:
    """The exact credit of each group; the shares add up to ``value(all) - value(none)``.

    A group's share is the mean of what it adds over all orders in which the groups can be made
    [Shapley 1953]. ``value`` is asked for all 2 ** ``count`` sets.
    """
    everyone = frozenset(range(count))
    return [
        Credit(
            value(frozenset({g})) - value(frozenset()),
            value(everyone) - value(everyone - {g}),
            _share(g, count, value),
        )
        for g in range(count)
    ]


def _share(group: int, count: int, value: Value) -> float:
    others = [g for g in range(count) if g != group]
    total = 0.0
    for size in range(count):
        weight = factorial(size) * factorial(count - size - 1) / factorial(count)
        for made in map(frozenset, combinations(others, size)):
            total += weight * (value(made | {group}) - value(made))
    return total


def first_and_last(count: int, value: Value) -> list[Credit]:
    """Each group's credit from two orders alone: made first, and made last."""
    everyone = frozenset(range(count))
    found = []
    for g in range(count):
        alone = value(frozenset({g})) - value(frozenset())
        last = value(everyone) - value(everyone - {g})
        found.append(Credit(alone, last, (alone + last) / 2))
    return found


def remainder(credits: Sequence[Credit], difference: float) -> float:
    """What the shares leave of the whole difference: nothing but rounding where they are exact."""
    return difference - sum(credit.share for credit in credits)
