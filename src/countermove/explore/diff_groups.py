"""Changes put together that cannot be told apart: one needs the other to make a scenario."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import combinations

EXACT = 6  # groups up to which every combination is solved: 2 ** 6 = 64 of them

Works = Callable[[frozenset[int]], bool]
Groups = tuple[frozenset[int], ...]


def grouped(count: int, works: Works, *, exact: bool = True) -> Groups:
    """The finest parts found of ``count`` changes, each of which can be made alone or left out.

    ``works`` tells whether the first scenario with a set of changes makes a game; none of them and
    all of them do. Where ``exact`` and there are few, every combination of the parts works. What a
    change needs is found by taking away from all changes whatever can go [Zeller 1999].
    """
    groups: Groups = tuple(frozenset({number}) for number in range(count))
    while True:
        broken = next((c for c in combined(groups, exact=exact) if not works(_union(c))), None)
        if broken is None:
            return groups
        groups = _united(groups, _together(broken, groups, works))


def combined(groups: Groups, *, exact: bool = True) -> Iterator[Groups]:
    """The combinations to be solved, smaller first: all, or each alone and each left out."""
    if exact and len(groups) <= EXACT:
        for size in range(len(groups) + 1):
            yield from combinations(groups, size)
        return
    yield ()
    yield from ((group,) for group in groups)
    yield from (tuple(g for g in groups if g is not group) for group in groups)
    yield groups


def _together(broken: Groups, groups: Groups, works: Works) -> frozenset[int]:
    """The changes that must go together, seen from a combination that does not work."""
    whole = _union(groups)
    if len(broken) == 1:
        return _least(broken[0], whole, works)
    if len(broken) == len(groups) - 1:
        left = whole - _union(broken)
        return _least(left, whole, lambda parts: works(whole - parts))
    return _union(broken)


def _least(kept: frozenset[int], whole: frozenset[int], works: Works) -> frozenset[int]:
    """A set that works, holds ``kept``, and from which nothing else can be taken away."""
    found = set(whole)
    size = max(1, len(whole) // 2)
    while True:
        others = sorted(found - kept)
        taken = False
        for first in range(0, len(others), size):
            piece = set(others[first : first + size])
            if works(frozenset(found - piece)):
                found -= piece
                taken = True
        if size == 1 and not taken:
            return frozenset(found)
        size = max(1, size // 2)


def _united(groups: Groups, together: frozenset[int]) -> Groups:
    """The groups with those joined that hold any of the changes; in the order of their first."""
    touched = [group for group in groups if group & together]
    rest = [group for group in groups if not group & together]
    return tuple(sorted((*rest, _union(tuple(touched))), key=min))


def _union(groups: Groups) -> frozenset[int]:
    return frozenset().union(*groups)
