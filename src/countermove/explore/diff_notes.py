"""What else whoever compares two scenarios or runs should know."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from countermove.explore.cases import Outcome
from countermove.explore.changes import Change
from countermove.explore.diff_answers import Mixtures
from countermove.explore.diff_record import Answer
from countermove.explore.diff_sides import Side
from countermove.explore.objectives import known_keys


def notes_on(
    sides: Sequence[Side], outcomes: Sequence[Outcome], wanted: Sequence[str] | None
) -> list[str]:
    """Keys of one side alone, what was not solved or has no value, and what other code found."""
    return [
        *only_one_side(sides, wanted),
        *_unsolved(sides, outcomes),
        *_undefined(sides, outcomes),
        *_other_code(sides, outcomes),
    ]


def other_figures(answers: Sequence[Answer]) -> list[str]:
    """Where two runs of one scenario hold other figures all the same."""
    apart = [a.key for a in answers if not _alike(a.old, a.new)]
    if not apart:
        return []
    return [
        f"the runs say otherwise of {', '.join(apart)}, though nothing that these rest on has "
        "changed: look to the versions that solved them"
    ]


def _alike(a: float, b: float) -> bool:
    return math.isclose(a, b, rel_tol=1e-6, abs_tol=1e-9)  # rounding on other machines


def _undefined(sides: Sequence[Side], outcomes: Sequence[Outcome]) -> list[str]:
    """Measures given what cannot happen have no value."""
    found = []
    for side, outcome in zip(sides, outcomes, strict=True):
        keys = [key for key, value in outcome.values.items() if not math.isfinite(value)]
        if keys:
            found.append(
                f"in {side.source}, what {', '.join(keys)} is given cannot happen: no figure"
            )
    return found


def told_apart(sides: Sequence[Side]) -> tuple[tuple[str, Any, Any], ...]:
    """The versions, seeds and effort in which two results differ: (what, old, new).

    Of results of two kinds, what one does not record is no difference: an exploration says less of
    itself than a run.
    """
    old, new = (side.told for side in sides)
    if not (old and new):
        return ()
    names = dict.fromkeys((*old, *new))
    if sides[0].kind != sides[1].kind:
        names = {name: None for name in names if name in old and name in new}
    return tuple((n, old.get(n), new.get(n)) for n in names if old.get(n) != new.get(n))


def only_one_side(sides: Sequence[Side], wanted: Sequence[str] | None) -> list[str]:
    """The keys that one side alone has, unless the caller named those to compare."""
    if wanted:
        return []
    old, new = (known_keys(side.scenario) for side in sides)
    found = []
    for words, here, there in (("only the first has", old, new), ("only the second has", new, old)):
        alone = [key for key in here if key not in there]
        if alone:
            found.append(f"{words} {', '.join(alone)}, which cannot be compared")
    return found


def _unsolved(sides: Sequence[Side], outcomes: Sequence[Outcome]) -> list[str]:
    pairs = zip(sides, outcomes, strict=True)
    return [f"{side.source}: {o.status}" for side, o in pairs if not o.solved]


def _other_code(sides: Sequence[Side], outcomes: Sequence[Outcome]) -> list[str]:
    """Where this version solves a run's scenario to other figures than the run has."""
    found = []
    for side, outcome in zip(sides, outcomes, strict=True):
        moved = [
            (abs(side.stored[key] - value), key)
            for key, value in outcome.values.items()
            if key in side.stored and math.isfinite(value) and not _alike(side.stored[key], value)
        ]
        if moved:
            size, key = max(moved)
            found.append(
                f"{side.source} was solved by version "
                f"{side.told.get('version of countermove', 'unknown')}: this one finds {key} "
                f"{size:.3g} away from what it says"
            )
    return found


def failed(
    mixtures: Mixtures, wanted: Sequence[frozenset[int]], moving: Sequence[Change]
) -> list[str]:
    """The combinations of changes that could not be solved, and why."""
    found = []
    for made in dict.fromkeys(wanted):
        outcome = mixtures.outcome(made)
        if not outcome.solved:
            names = ", ".join(change.name for change in (moving[n] for n in sorted(made)))
            found.append(f"with {names or 'nothing'} changed: {outcome.status}")
    return found
