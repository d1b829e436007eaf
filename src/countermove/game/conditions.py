"""Conditions that are no number in a state that is reached, and so neither hold nor not."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from countermove.errors import Diagnostic
from countermove.game.case import Case, Mask, diagnose, state_in_words
from countermove.game.lookups import Lookup
from countermove.game.numbers import PeriodNumbers
from countermove.game.structure import StepStructure


def guard_faults(
    case: Case, period: int, structure: StepStructure, here: Mask, k: int
) -> Iterator[Diagnostic]:
    """Guards of a step and of its actions, where the states of a mask [S] move."""
    guards = [(guard, f"step {structure.program.label!r}") for guard in structure.guards]
    deeds = [deed for mover in structure.program.movers for deed in mover.deeds]
    for lookup, deed in zip(structure.legal, deeds, strict=False):  # an event has a place for none
        if lookup is not None:
            guards.append((lookup, deed.words[0]))
    for lookup, words in guards:
        yield from _faults(case, period, lookup, words, here, k)


def end_faults(case: Case, numbers: PeriodNumbers) -> Iterator[Diagnostic]:
    """``ends``, read at the period's end."""
    ends = case.world.structure.ends
    if ends is not None:
        there = np.zeros(case.world.n_states, bool)
        there[numbers.end] = True
        k = len(case.world.structure.steps)
        yield from _faults(case, numbers.period, ends, "`ends`", there, k)


def _faults(
    case: Case, period: int, lookup: Lookup, words: str, here: Mask, k: int
) -> Iterator[Diagnostic]:
    values = case.world.flat[lookup.offset + lookup.rows]
    bad = case.narrow(here & np.isnan(values), period, k)
    if bad.any():
        state = int(np.argmax(bad))
        use = lookup.table.used_by(words)
        yield diagnose(
            use.expressions[0],
            "CM112",
            f"{use.what} is not a number, with {state_in_words(case.world, state)}",
            expected="a condition that holds or does not",
            remedy="guard against 0 / 0, and logs or roots of what is negative",
            path=case.trail.path_to(period, k, state),
        )
