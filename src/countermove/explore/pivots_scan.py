"""The best of several cases at values of single parameters, and where along one it changes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

import numpy as np

from countermove.errors import InvalidRequest, check_names
from countermove.explore.cases import Case, Outcome
from countermove.explore.objectives import Objective
from countermove.explore.objectives_values import PRECISION

if TYPE_CHECKING:
    from countermove.language.model import Scenario

Progress = Callable[[int, int], None]
Bracket = tuple[str, float, float]  # a parameter, and two values with a change between them
_TAIL = 0.01  # left out at either end of a distribution that has no range


class Solver(Protocol):
    """What an ``Evaluator`` does here."""

    @property
    def scenario(self) -> Scenario:
        """The scenario that is solved."""

    def values_of(self, view: str | None) -> dict[str, float]:
        """Every parameter's value under a view."""

    def outcomes(
        self,
        jobs: Iterable[tuple[Case, Mapping[str, float] | None]],
        *,
        threads: int | None = None,
        progress: Progress | None = None,
    ) -> list[Outcome]:
        """The outcomes of cases, in order."""


class Scan:
    """Looks up the best case at values of single parameters, each but once."""

    def __init__(
        self,
        solver: Solver,
        objective: Objective,
        cases: tuple[Case, ...],
        base: Mapping[str, float],
        threads: int | None,
        progress: Progress | None,
    ) -> None:
        self.best: dict[tuple[str, float], str | None] = {}
        self.figures: dict[tuple[str, float], list[float]] = {}
        self.why = ""
        self.solves = 0
        self.solver, self.base = solver, base
        self._objective, self._cases = objective, cases
        self._threads, self._progress = threads, progress
        self._at_base: list[float] | None = None

    def look(self, places: Iterable[tuple[str, float]]) -> None:
        """Solve all cases at these places, unless that has been done."""
        wanted = [p for p in dict.fromkeys(places) if p not in self.best]
        for name, value in wanted:
            if value == self.base[name] and self._at_base is not None:
                self._note((name, value), self._at_base)
        wanted = [p for p in wanted if p not in self.best]
        jobs = [(case, {name: value}) for name, value in wanted for case in self._cases]
        found = self.solver.outcomes(jobs, threads=self._threads, progress=self._progress)
        self.solves += len(jobs)
        for at, place in enumerate(wanted):
            here = found[at * len(self._cases) : (at + 1) * len(self._cases)]
            self._note(place, [self._figure(outcome) for outcome in here])
            if place[1] == self.base[place[0]]:
                self._at_base = self.figures[place]

    def _figure(self, outcome: Outcome) -> float:
        value = float(outcome.values[self._objective.key]) if outcome.solved else float("nan")
        if not np.isfinite(value):
            undefined = f"no figure for {self._objective.key}: what it is given cannot happen"
            why = undefined if outcome.solved else outcome.status
            self.why = self.why or f"{outcome.case.policy_label}: {why}"
        return value

    def _note(self, place: tuple[str, float], figures: list[float]) -> None:
        """The best of the cases; where several are level, the first of them."""
        self.figures[place] = figures
        turned = self._objective.sign * np.array(figures)
        if not np.isfinite(turned).all():
            self.best[place] = None
            return
        near = PRECISION * float(np.abs(turned).max())
        self.best[place] = self._cases[int(np.argmax(turned >= turned.max() - near))].policy_label

    def differ(self, name: str, a: float, b: float) -> bool:
        """Whether the best is known at both and not the same."""
        one, two = self.best[name, a], self.best[name, b]
        return one is not None and two is not None and one != two

    def lead(self, place: tuple[str, float], policy: str) -> float:
        """How far the policy is ahead of the best other one; NaN where one has no figure."""
        labels = [case.policy_label for case in self._cases]
        turned = self._objective.sign * np.array(self.figures[place])
        at = labels.index(policy)
        return float(turned[at] - np.delete(turned, at).max())


def bisected(
    scan: Scan,
    brackets: Sequence[Bracket],
    ranges: Mapping[str, tuple[float, float]],
    tolerance: float,
) -> list[Bracket]:
    """Brackets with one change each, as narrow as asked; all of one round are solved together.

    A third policy that is best in the middle makes two brackets of one. Where some policy has no
    figure in the middle, the bracket stays as it is.
    """
    done: list[Bracket] = []
    open_ = list(brackets)
    while open_:
        wide: list[Bracket] = []
        for name, a, b in open_:
            size = ranges[name][1] - ranges[name][0]
            (wide if b - a > tolerance * size else done).append((name, a, b))
        scan.look([(name, (a + b) / 2) for name, a, b in wide])
        open_ = []
        for name, a, b in wide:
            middle = (a + b) / 2
            if scan.best[name, middle] is None:
                done.append((name, a, b))
                continue
            halves = [(name, a, middle), (name, middle, b)]
            open_ += [half for half in halves if scan.differ(*half)]
    return done


def ranges_of(
    scenario: Scenario, view: str | None, names: Sequence[str] | None, base: Mapping[str, float]
) -> dict[str, tuple[float, float]]:
    """The ranges to move in: the view's, else the parameter's, else 98% of its distribution.

    All uncertain parameters if no names are given. A base value outside widens its range. Raises
    ``UnknownName``, and ``InvalidRequest`` for a parameter that has nowhere to move.
    """
    own = dict(scenario.views[view].ranges) if view is not None else {}
    stated = {p.name: (p.low, p.high) for p in scenario.parameters.values() if not p.lever_of}
    movable = {n: ends for n, ends in (stated | own).items() if ends[0] < ends[1]}
    movable |= {n: e for n, e in _distributed(scenario).items() if n not in movable}
    check_names("parameter", names or (), list(scenario.parameters))
    for name in names or ():
        if name not in movable:
            raise InvalidRequest(f"{name} has no range to move in; give it one in the scenario")
    chosen = {name: movable[name] for name in (names or [n for n in stated if n in movable])}
    if not chosen:
        raise InvalidRequest("no parameter has a range to move in; give one a range")
    return {n: (min(low, base[n]), max(high, base[n])) for n, (low, high) in chosen.items()}


def _distributed(scenario: Scenario) -> dict[str, tuple[float, float]]:
    """The middle of those distributions that no range cuts off."""
    if not any(p.uncertain and p.low == p.high for p in scenario.parameters.values()):
        return {}
    from countermove.explore.space import space_of
    from countermove.explore.space_draws import quantile

    draws = [d for d in space_of(scenario).draws[None] if d.distribution and d.low == d.high]
    ends = {d.name: quantile(d, np.array([_TAIL, 1 - _TAIL])) for d in draws}
    return {name: (float(low), float(high)) for name, (low, high) in ends.items()}


def grid_of(base: float, low: float, high: float, points: int) -> list[float]:
    """Evenly spaced values from low to high, and the base value."""
    even = np.linspace(low, high, points).tolist()
    return sorted({*even, base})
