"""One draw of the parameters on a game's structure: evaluates tables, assembles a period's numbers.

What time does not enter is computed once; the rest again for each period asked for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from threading import RLock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from countermove.game.assemble import add_along, look_up, multiply
from countermove.game.axes import Distributions, beliefs_of, fixed_of, owner_of, weights_of
from countermove.game.beliefs import Beliefs
from countermove.game.domains import Floats, Grid
from countermove.game.entries import Entries
from countermove.game.lookups import looked_up
from countermove.game.numbers import (
    AbsorbNumbers,
    PeriodNumbers,
    StepArrays,
    StepHead,
    StepNumbers,
)
from countermove.game.period_ends import PeriodEnds
from countermove.game.policies import Binding, RuleLookup, bind
from countermove.game.step_work import StepWork, bind_movers, head_of, its_of, legal_of, sides
from countermove.game.structure import Absorb, StepStructure, Structure
from countermove.game.tables import RowEnvironment
from countermove.language.expressions import evaluate

Bytes = NDArray[np.uint8]


class ScenarioWorld:
    """The numbers of a scenario's game under given parameters and a policy.

    ``parameters`` maps every parameter to its value; ``rationality_factor`` multiplies every
    player's. ``rules`` are those of the policy, by the mover's label; where they are a ``surprise``
    the others go on learning from the moves of those who are bound. ``start_beliefs`` stand in
    for the priors of the players named; ``belief_points`` for the sizes of their grids.
    """

    def __init__(
        self,
        structure: Structure,
        parameters: Mapping[str, float],
        *,
        rationality_factor: float = 1.0,
        rules: Mapping[str, tuple[RuleLookup, ...]] | None = None,
        start_beliefs: Mapping[str, tuple[float, ...]] | None = None,
        belief_points: Mapping[str, int] | None = None,
        surprise: bool = False,
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
        self._heads = tuple(step.head for step in self._steps)
        self._period: int | None = None
        self._over = np.empty(0, np.uint8)
        self._refresh(structure.start_period, everything=True)
        self.distributions = Distributions(structure.scenario, self.scalar, start_beliefs or {})
        still = self._still(surprise=surprise) if self.distributions.players else set()
        self._beliefs = beliefs_of(self.distributions, belief_points or {}, still)
        self._fixed = fixed_of(structure.columns, self._beliefs)
        self._owner = owner_of(structure.columns, self._beliefs)
        for step in self._steps:
            self._place_beliefs(step)
        self._ends = PeriodEnds(self)

    @property
    def work(self) -> tuple[StepWork, ...]:
        """The steps' working arrays, in order."""
        return tuple(self._steps)

    @property
    def first_timed(self) -> int:
        """Where in ``flat`` the entries begin that time enters."""
        return self._entries.first_timed

    def timed_entries(self) -> Iterator[Floats]:
        """The entries that time enters, of all periods, in blocks; ``at`` is needed after."""
        self._period = None
        return self._entries.blocks()

    def move(self, period: int) -> None:
        """Bring the entries of ``flat`` to a period, and nothing else; ``at`` is needed after."""
        self._entries.move(period)
        self._period = None

    @property
    def steps(self) -> tuple[StepHead, ...]:
        """The steps of every period, in order."""
        return self._heads

    @property
    def n_states(self) -> int:
        """The number of public states."""
        return self.structure.n_states

    @property
    def beliefs(self) -> Beliefs:
        """The public beliefs about types."""
        return self._beliefs

    @property
    def fixed(self) -> NDArray[np.int32]:
        """[C, J] the true type of each axis that a column takes for granted, -1 for none."""
        return self._fixed

    @property
    def owner(self) -> NDArray[np.int32]:
        """[C] the axis of the typed player whose payoff a column is, -1 for none."""
        return self._owner

    @property
    def stationary(self) -> bool:
        """Does one period repeat itself for ever?"""
        return self.structure.scenario.calendar.forever

    @property
    def n_columns(self) -> int:
        """The number of columns."""
        return len(self.structure.columns)

    @property
    def n_payoffs(self) -> int:
        """The number of columns that are payoffs, one a player and type; they come first."""
        return sum(max(len(p.types), 1) for p in self.structure.scenario.players)

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

    def _begin(self, step: StepStructure) -> StepWork:
        scenario, n, movers = self.structure.scenario, self.n_states, step.program.movers
        players = [scenario.player(m.player) for m in movers]
        rationality = [self.scalar(p.rationality) * self.rationality_factor for p in players]
        rules = tuple(self.rules.get(m.label, ()) for m in movers)
        ruled = n if any(rules) else 0
        timed_legal = any(x.table.timed for x in step.legal if x is not None)
        return StepWork(
            step,
            head_of(step.program),
            np.cumsum([0, *(len(m.deeds) for m in movers)], dtype=np.int32),
            np.array(step.players, np.int32),
            np.array(rationality, np.float64),
            rules,
            np.ones(len(step.successor)),
            np.zeros((n, len(step.charges))),
            np.array([c.action for c in step.charges], np.int32),
            np.array([c.column for c in step.charges], np.int32),
            np.ones((n, step.n_actions), np.uint8),
            np.zeros((ruled, max(len(movers), 1)), np.uint8),
            np.zeros((ruled, step.n_actions)),
            tuple(self._timed_charges(step)),
            timed_legal,
            bool(ruled) and (timed_legal or any(r.timed for its in rules for r in its)),
            np.ones(n, bool),
            any(g.table.timed for g in step.guards),
        )

    def _place_beliefs(self, step: StepWork) -> None:
        """What a step needs to know of beliefs, once the grids are there."""
        structure, beliefs = step.structure, self._beliefs
        step.charge_weight = weights_of([c.types for c in structure.charges], beliefs)
        step.axis = np.array([beliefs.axis(m.player) for m in structure.program.movers], np.int32)
        step.redraws = tuple(
            self.distributions.redraw(drawn, beliefs) for drawn in structure.redraws
        )

    def _still(self, *, surprise: bool) -> set[str]:
        """The players of whom nothing can be learnt: a policy binds all their moves."""
        found = set(self.distributions.players)
        for period in range(self.start_period, self.periods):
            if not found:
                break
            if period != self._period:
                self._refresh(period, everything=False)
            row = self.structure.present[period - self.start_period]
            for k, step in enumerate(self._steps):
                moving, _ = self._who_moves(step, row[k])
                for m, mover in enumerate(step.head.movers):
                    bound = step.rules[m] and not surprise and step.bound[moving, m].all()
                    if len(moving) and not bound:
                        found.discard(mover.player)
        if self._period != self.start_period:
            self._refresh(self.start_period, everything=False)
        return found

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
        add, keep, typed = self._ends.at(period, self._over)
        return PeriodNumbers(
            period,
            steps,
            add,
            keep,
            self.structure.carry,
            self._over,
            row[0],
            row[-1],
            self._ends.typed_column,
            typed,
            self._ends.typed_weight,
        )

    def _refresh(self, period: int, *, everything: bool) -> None:
        self._entries.move(period)
        ends = self.structure.ends
        if ends is not None and (everything or ends.table.timed):
            self._over = (looked_up(self.flat, ends) != 0).astype(np.uint8)
            for step in self._steps:
                step.cache.clear()
        wanted = []
        for step in self._steps:
            every = np.arange(len(step.odds), dtype=np.int32) if everything else None
            which = step.structure.timed if every is None else every
            if which.size:
                wanted.append((step.structure.factors, which, step.odds))
        multiply(self.flat, wanted)
        for step in self._steps:
            self._refresh_step(step, everything)
        self._period = period

    def _refresh_step(self, step: StepWork, everything: bool) -> None:
        structure = step.structure
        charges = range(len(structure.charges)) if everything else step.timed_charges
        for k in charges:
            charge = structure.charges[k]
            if charge.lookup is None:
                step.charge[:, k] = 0.0
            else:
                offset = charge.lookup.offset
                look_up(self.flat, offset, charge.lookup.rows, charge.sign, step.charge, k)
        for extra in structure.extras:
            if everything or extra.charge in step.timed_charges:
                add_along(
                    self.flat, extra.factors, extra.state, extra.sign, step.charge, extra.charge
                )
        if everything or step.timed_legal:
            step.legal[:] = legal_of(structure, self.flat, self.n_states)
        if len(step.bound) and (everything or step.timed_rules):
            bind_movers(step, self.flat)
        if structure.guards and (everything or step.timed_guard):
            step.guard[:] = True
            for guard in structure.guards:
                step.guard &= looked_up(self.flat, guard) != 0
            step.cache.clear()

    def binding(self, label: str) -> Binding | None:
        """What the policy makes of a mover in the period last asked for; None where free."""
        for step in self._steps:
            for m, (first, mover) in enumerate(sides(step.structure.program.movers)):
                if mover.label == label and step.rules[m]:
                    legal = legal_of(step.structure, self.flat, self.n_states)
                    return bind(step.rules[m], legal[:, its_of(first, mover)], self.flat)
        return None

    def _numbers(self, step: StepWork, there: NDArray[np.int32]) -> StepNumbers:
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
            step.charge_weight,
            step.first,
            step.column,
            step.axis,
            step.rationality,
        )
        return StepNumbers(
            step.head,
            arrays,
            structure.happened,
            tuple(self._absorb(a) for a in structure.absorbs),
            step.redraws,
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
            condition = looked_up(self.flat, absorb.condition)
        return AbsorbNumbers(absorb.column, absorb.hit, condition)

    def _who_moves(
        self, step: StepWork, there: NDArray[np.int32]
    ) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        found = step.cache.get(id(there))
        if found is None:
            acts = step.guard[there]
            if self._over.size:
                acts = acts & (self._over[there] == 0)
            found = (there[acts], there[~acts])
            step.cache[id(there)] = found
        return found
