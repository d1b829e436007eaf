"""One draw of the parameters on a game's structure: evaluates tables, assembles a period's numbers.

What time does not enter is computed once; the rest again for each period asked for.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from threading import RLock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from countermove.game.assemble import add_along, look_up, multiply
from countermove.game.entries import Entries
from countermove.game.numbers import (
    AbsorbNumbers,
    PeriodNumbers,
    StepArrays,
    StepHead,
    StepNumbers,
)
from countermove.game.policies import Binding, RuleLookup, bind
from countermove.game.structure import Absorb, Flow, Lookup, StepStructure, Structure
from countermove.game.tables import Floats, Grid, RowEnvironment
from countermove.language.expressions import evaluate

Bytes = NDArray[np.uint8]


@dataclass(slots=True)
class _Step:
    """A step's working arrays, and whether time enters each."""

    structure: StepStructure
    rationality: float
    rules: tuple[RuleLookup, ...]
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
    cache: dict[int, tuple[Any, Any]] = field(default_factory=dict)


def _looked_up(flat: Floats, lookup: Lookup) -> Floats:
    return flat[lookup.table.offset + lookup.rows]


class ScenarioWorld:
    """The numbers of a scenario's game under given parameters and a policy.

    ``parameters`` maps every parameter to its value; ``rationality_factor`` multiplies every
    player's. ``rules`` are those of the policy, by step label.
    """

    def __init__(
        self,
        structure: Structure,
        parameters: Mapping[str, float],
        *,
        rationality_factor: float = 1.0,
        rules: Mapping[str, tuple[RuleLookup, ...]] | None = None,
    ) -> None:
        self.structure = structure
        self.lock: AbstractContextManager[Any] = RLock()
        self.parameters = dict(parameters)
        self.rationality_factor = rationality_factor
        self.rules = dict(rules or {})
        self._entries = Entries(
            structure.tables,
            structure.n_flat,
            self.parameters,
            start_period=structure.start_period,
            periods=structure.periods,
        )
        self.flat = self._entries.flat
        self._steps = [self._begin(step) for step in structure.steps]
        self._flows = _Flows(self)
        self._period: int | None = None
        self._over = np.empty(0, np.uint8)
        self._refresh(structure.start_period, everything=True)

    @property
    def steps(self) -> tuple[StepHead, ...]:
        """The steps of every period, in order."""
        programs = [step.program for step in self.structure.steps]
        return tuple(
            StepHead(p.label, p.kind, p.name, tuple(deed.name for deed in p.deeds))
            for p in programs
        )

    @property
    def n_states(self) -> int:
        """The number of public states."""
        return self.structure.n_states

    @property
    def n_columns(self) -> int:
        """The number of columns."""
        return len(self.structure.columns)

    @property
    def n_payoffs(self) -> int:
        """The number of columns that are players' payoffs; they come first."""
        return len(self.structure.scenario.players)

    @property
    def start_period(self) -> int:
        """The first period."""
        return self.structure.start_period

    @property
    def periods(self) -> int:
        """The number of periods of the calendar; the last is ``periods - 1``."""
        return self.structure.periods

    def scalar(self, expression: Any) -> float:
        """The value of an expression that reads parameters alone."""
        nowhere = Grid(self.structure.tables.layout, (), np.zeros((1, 0), np.int32))
        environment = RowEnvironment(nowhere, self.parameters, 0.0)
        return float(np.asarray(evaluate(expression.node, environment)).reshape(-1)[0])

    def _begin(self, step: StepStructure) -> _Step:
        scenario, n = self.structure.scenario, self.n_states
        rationality = 0.0
        if step.player >= 0:
            player = scenario.player(step.program.name)
            rationality = self.scalar(player.rationality) * self.rationality_factor
        rules = self.rules.get(step.program.label, ())
        legal_tables = [x.table for x in step.legal if x is not None]
        return _Step(
            step,
            rationality,
            rules,
            np.ones(len(step.successor)),
            np.zeros((n, len(step.charges))),
            np.array([c.action for c in step.charges], np.int32),
            np.array([c.column for c in step.charges], np.int32),
            np.ones((n, step.n_actions), np.uint8),
            np.zeros(n if rules else 0, np.uint8),
            np.zeros((n if rules else 0, step.n_actions)),
            tuple(self._timed_charges(step)),
            any(t.timed for t in legal_tables),
            any(r.timed for r in rules) or (bool(rules) and any(t.timed for t in legal_tables)),
            np.ones(n, bool),
            any(g.table.timed for g in step.guards),
        )

    def _timed_charges(self, step: StepStructure) -> list[int]:
        timed = {k for k, c in enumerate(step.charges) if c.lookup and c.lookup.table.timed}
        for extra in step.extras:
            if (extra.factors >= self._entries.first_timed).any():
                timed.add(extra.charge)
        return sorted(timed)

    def at(self, period: int) -> PeriodNumbers:
        """The numbers of a period; its arrays are overwritten by the next call."""
        if period != self._period:
            self._refresh(period, everything=False)
        row = self.structure.present[period - self.start_period]
        steps = tuple(self._numbers(step, row[k]) for k, step in enumerate(self._steps))
        add, keep = self._flows.at(period, self._over)
        return PeriodNumbers(
            period, steps, add, keep, self.structure.carry, self._over, row[0], row[-1]
        )

    def _refresh(self, period: int, *, everything: bool) -> None:
        self._entries.move(period)
        ends = self.structure.ends
        if ends is not None and (everything or ends.table.timed):
            self._over = (_looked_up(self.flat, ends) != 0).astype(np.uint8)
            for step in self._steps:
                step.cache.clear()
        for step in self._steps:
            self._refresh_step(step, everything)
        self._period = period

    def _refresh_step(self, step: _Step, everything: bool) -> None:
        structure = step.structure
        which = np.arange(len(step.odds), dtype=np.int32) if everything else structure.timed
        if which.size:
            multiply(self.flat, structure.factors, which, step.odds)
        charges = range(len(structure.charges)) if everything else step.timed_charges
        for k in charges:
            charge = structure.charges[k]
            if charge.lookup is None:
                step.charge[:, k] = 0.0
            else:
                offset = charge.lookup.table.offset
                look_up(self.flat, offset, charge.lookup.rows, charge.sign, step.charge, k)
        for extra in structure.extras:
            if everything or extra.charge in step.timed_charges:
                add_along(
                    self.flat, extra.factors, extra.state, extra.sign, step.charge, extra.charge
                )
        if everything or step.timed_legal:
            step.legal[:] = self._legal(structure)
        if step.rules and (everything or step.timed_rules):
            self._bind(step)
        if structure.guards and (everything or step.timed_guard):
            step.guard[:] = True
            for guard in structure.guards:
                step.guard &= _looked_up(self.flat, guard) != 0
            step.cache.clear()

    def _legal(self, step: StepStructure) -> Bytes:
        legal = np.ones((self.n_states, step.n_actions), np.uint8)
        for action, lookup in enumerate(step.legal):
            if lookup is not None:
                legal[:, action] = _looked_up(self.flat, lookup) != 0
        ordinary = [a for a, deed in enumerate(step.program.deeds) if not deed.otherwise]
        for action, deed in enumerate(step.program.deeds):
            if deed.otherwise:
                legal[:, action] &= ~legal[:, ordinary].any(axis=1)
        return legal

    def binding(self, label: str) -> Binding | None:
        """What the policy makes of a step in the period last asked for; None where free."""
        for step in self._steps:
            if step.structure.program.label == label and step.rules:
                return bind(step.rules, self._legal(step.structure), self.flat)
        return None

    def _bind(self, step: _Step) -> None:
        legal = self._legal(step.structure)
        binding = bind(step.rules, legal, self.flat)
        step.bound[:], step.mixture[:] = binding.bound, binding.mixture
        left = np.asarray(binding.allowed.any(axis=1))
        step.legal[:] = np.where(left[:, None], binding.allowed, legal)

    def _numbers(self, step: _Step, there: NDArray[np.int32]) -> StepNumbers:
        structure = step.structure
        moving, idle = self._who_moves(step, there)
        arrays = StepArrays(
            moving,
            idle,
            structure.pointer,
            structure.successor,
            step.odds,
            step.legal,
            step.bound,
            step.mixture,
            step.charge_action,
            step.charge_column,
            step.charge,
            structure.player,
            step.rationality,
        )
        return StepNumbers(
            structure.program.label,
            structure.program.kind,
            structure.program.name,
            tuple(d.name for d in structure.program.deeds),
            arrays,
            structure.happened,
            tuple(self._absorb(a) for a in structure.absorbs),
        )

    def on_branches(self, step: int) -> list[tuple[int, Floats]]:
        """Charges that hang on outcomes: for each its number and what each branch [E] comes to.

        In the period last asked for; ``charge`` holds their expectation.
        """
        structure = self.structure.steps[step]
        found = []
        for hung in structure.hung:
            values = np.zeros(len(structure.successor))
            entries = np.where(hung.place < 0, 1.0, self.flat[hung.place])
            values[hung.branch] = hung.sign * entries
            found.append((hung.charge, values))
        return found

    def _absorb(self, absorb: Absorb) -> AbsorbNumbers:
        if absorb.condition is None:
            condition = np.ones(self.n_states)
        else:
            condition = _looked_up(self.flat, absorb.condition)
        return AbsorbNumbers(absorb.column, absorb.hit, condition)

    def _who_moves(
        self, step: _Step, there: NDArray[np.int32]
    ) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        found = step.cache.get(id(there))
        if found is None:
            acts = step.guard[there]
            if self._over.size:
                acts = acts & (self._over[there] == 0)
            found = (there[acts], there[~acts])
            step.cache[id(there)] = found
        return found


class _Flows:
    """What columns earn and keep at the ends of periods."""

    def __init__(self, world: ScenarioWorld) -> None:
        structure = world.structure
        self.world = world
        self.discount = np.ones(world.n_columns)
        for i, player in enumerate(structure.scenario.players):
            self.discount[i] = world.scalar(player.discount)
        self.each = [f for f in structure.flows if f.at == "each"]
        self.late = [f for f in structure.flows if f.at != "each"]
        self.moving = [f for f in structure.flows if f.elapsed or f.lookup.table.timed]
        shape = (world.n_states, world.n_columns)
        self.add, self.keep = np.zeros(shape), np.zeros(shape)
        self.period: int | None = None
        self.last = False

    def at(self, period: int, over: Bytes) -> tuple[Floats, Floats]:
        """``add`` and ``keep``, each [S, C]."""
        last = period == self.world.periods - 1
        if self.period is None:
            self._fill(range(self.world.n_columns), period, over, last)
        elif period != self.period:
            columns = {f.column for f in self.moving}
            if last != self.last or (over.size and self._over_is_timed()):
                columns |= {f.column for f in self.late}
            self._fill(sorted(columns), period, over, last)
        self.period, self.last = period, last
        return self.add, self.keep

    def _over_is_timed(self) -> bool:
        ends = self.world.structure.ends
        return ends is not None and ends.table.timed

    def _fill(self, columns: Any, period: int, over: Bytes, last: bool) -> None:
        for column in columns:
            self.add[:, column] = 0.0
            self.keep[:, column] = self.discount[column]
        for flow in self.each:
            if flow.column in columns:
                self._each(flow, period)
        for flow in self.late:
            if flow.column in columns:
                value = _looked_up(self.world.flat, flow.lookup)
                if last:
                    self.add[:, flow.column] += value
                elif flow.at == "close" and over.size:
                    self.add[:, flow.column] += np.where(over != 0, value, 0.0)

    def _each(self, flow: Flow, period: int) -> None:
        value = _looked_up(self.world.flat, flow.lookup)
        scale = period - self.world.start_period + 1.0 if flow.elapsed else 1.0
        self.add[:, flow.column] += value * scale
        if flow.keep:
            self.keep[:, flow.column] = 1.0 - value
