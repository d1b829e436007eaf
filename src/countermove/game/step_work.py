"""A step's working arrays: what may be played there, and what a policy makes of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from countermove.game.domains import Floats
from countermove.game.lookups import looked_up
from countermove.game.numbers import Mover, RedrawNumbers, StepHead
from countermove.game.policies import RuleLookup, bind
from countermove.game.program import MoverProgram, StepProgram
from countermove.game.structure import StepStructure

Bytes = NDArray[np.uint8]


@dataclass(slots=True)
class StepWork:
    """A step's working arrays, and whether time enters each."""

    structure: StepStructure
    head: StepHead
    first: NDArray[np.int32]
    column: NDArray[np.int32]
    rationality: Floats
    rules: tuple[tuple[RuleLookup, ...], ...]  # by mover
    odds: Floats
    charge: Floats
    charge_action: NDArray[np.int32]
    charge_column: NDArray[np.int32]
    legal: Bytes
    bound: Bytes
    mixture: Floats
    timed_charges: tuple[int, ...]
    timed_legal: bool
    timed_rules: bool
    guard: NDArray[np.bool_]
    timed_guard: bool
    charge_weight: Floats = field(default_factory=lambda: np.empty((0, 1)))
    axis: NDArray[np.int32] = field(default_factory=lambda: np.empty(0, np.int32))
    redraws: tuple[RedrawNumbers, ...] = ()
    cache: dict[int, tuple[Any, Any]] = field(default_factory=dict)


def head_of(program: StepProgram) -> StepHead:
    """What a step is, whatever the period."""
    actions = tuple(deed.name for deed in program.deeds)
    movers = tuple(
        Mover(m.label, m.player, tuple(d.name for d in m.deeds), m.types) for m in program.movers
    )
    return StepHead(program.label, program.kind, program.name, actions, movers)


def legal_of(step: StepStructure, flat: Floats, n_states: int) -> Bytes:
    """What may be played in each state [S, A], by the guards alone."""
    legal = np.ones((n_states, step.n_actions), np.uint8)
    for action, lookup in enumerate(step.legal):
        if lookup is not None:
            legal[:, action] = looked_up(flat, lookup) != 0
    for first, mover in sides(step.program.movers):
        ordinary = [first + a for a, deed in enumerate(mover.deeds) if not deed.otherwise]
        for action, deed in enumerate(mover.deeds, start=first):
            if deed.otherwise:
                legal[:, action] &= ~legal[:, ordinary].any(axis=1)
    return legal


def bind_movers(step: StepWork, flat: Floats) -> None:
    """Fill in ``bound``, ``mixture`` and ``legal`` by the policy's rules."""
    legal = legal_of(step.structure, flat, len(step.legal))
    for m, (first, mover) in enumerate(sides(step.structure.program.movers)):
        its = its_of(first, mover)
        step.legal[:, its] = legal[:, its]
        if step.rules[m]:
            binding = bind(step.rules[m], legal[:, its], flat)
            step.bound[:, m], step.mixture[:, its] = binding.bound, binding.mixture
            left = np.asarray(binding.allowed.any(axis=1))
            step.legal[:, its] = np.where(left[:, None], binding.allowed, legal[:, its])


def sides(movers: tuple[MoverProgram, ...]) -> Iterator[tuple[int, MoverProgram]]:
    """Where each mover's actions begin among those of a step."""
    first = 0
    for mover in movers:
        yield first, mover
        first += len(mover.deeds)


def its_of(first: int, mover: MoverProgram) -> slice:
    """Where a mover's actions lie among those of a step."""
    return slice(first, first + len(mover.deeds))
