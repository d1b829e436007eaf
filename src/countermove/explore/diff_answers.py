"""The answers of a scenario with some of its changes made: put together, compiled, solved."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from countermove.errors import InvalidRequest, ScenarioError, UnknownName
from countermove.explore.cases import Case, Evaluator, Outcome
from countermove.explore.changes import Change, patch
from countermove.explore.changes_tree import PROSE, pattern_of
from countermove.explore.diff_options import is_option, moved
from countermove.explore.diff_sides import Point, Side
from countermove.game import Game, compile
from countermove.language.load import loads
from countermove.language.model import Scenario

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Solver:
    """How to solve: the keys wanted (None: all), threads, memory."""

    keys: tuple[str, ...] | None = None
    threads: int | None = None
    max_memory: str | None = None


def answers(
    scenario: Scenario, point: Point, solver: Solver, progress: Progress | None = None
) -> Outcome:
    """Solve a scenario at a point; the outcome's values by key.

    Raises what ``compile`` raises.
    """
    from countermove.solve import solve

    evaluator = Evaluator(scenario, measures=solver.keys)
    game = _compiled(evaluator.scenario, point, solver)
    solution = solve(
        game, threads=solver.threads, keep_strategies=False, others=0, progress=progress
    )
    case = Case(point.view, point.policy, "free" if point.policy is None else "adaptive")
    return evaluator.outcome_of(case, solution)


def _compiled(scenario: Scenario, point: Point, solver: Solver) -> Game:
    return compile(
        scenario,
        view=point.view,
        policy=point.policy,
        set=point.set or None,
        start=point.start or None,
        at=point.at,
        beliefs=point.beliefs or None,
        belief_points=point.belief_points or None,
        rationality_factor=point.rationality_factor,
        max_memory=solver.max_memory,
    )


@dataclass(slots=True)
class Mixtures:
    """The scenarios between two sides: the first with any set of the changes, by their numbers.

    ``old`` and ``new`` are the merged trees of the sides. What no solve here reads is left out of
    them (``bare``), so that no change needs a note, a source or another policy to make sense.
    """

    old: dict[str, Any]
    new: dict[str, Any]
    side: Side
    changes: Sequence[Change]
    solver: Solver
    _works: dict[frozenset[int], bool] = field(default_factory=dict)
    _found: dict[frozenset[int], Outcome] = field(default_factory=dict)

    def works(self, made: frozenset[int]) -> bool:
        """Do these changes make a game of the first scenario?"""
        if made not in self._works:
            try:
                scenario, point = self._mixed(made)
                evaluator = Evaluator(scenario, measures=self.solver.keys)
                _compiled(evaluator.scenario, point, self.solver)
                self._works[made] = True
            except (ScenarioError, InvalidRequest, UnknownName):
                self._works[made] = False
        return self._works[made]

    def outcome(self, made: frozenset[int], progress: Progress | None = None) -> Outcome:
        """The answers with these changes made, solved once."""
        if made not in self._found:
            scenario, point = self._mixed(made)
            self._found[made] = answers(scenario, point, self.solver, progress)
        return self._found[made]

    def known(self, made: frozenset[int], outcome: Outcome) -> None:
        """Take over what is known already."""
        self._found[made] = outcome
        self._works[made] = True

    def _mixed(self, made: Iterable[int]) -> tuple[Scenario, Point]:
        taken = [self.changes[number] for number in sorted(made)]
        textual = [change for change in taken if not is_option(change)]
        options = [change for change in taken if is_option(change)]
        data = patch(self.old, self.new, textual)
        scenario = loads(json.dumps(data), file=self.side.scenario.file)
        return scenario, moved(self.side.point, options)


def bare(
    data: Mapping[str, Any],
    *,
    views: Iterable[str],
    policies: Iterable[str],
    measures: Iterable[str],
    scores: Iterable[str],
) -> dict[str, Any]:
    """A merged tree less what a solve does not read: prose, ranges, other views and policies."""
    kept = {"views": set(views), "policies": set(policies)}
    kept |= {"measures": set(measures), "scores": set(scores)}
    found: dict[str, Any] = {}
    for section, value in data.items():
        if section in ("title", "summary", "sources", "claims", "goals", "correlations"):
            continue
        if section in kept:
            value = {name: below for name, below in value.items() if name in kept[section]}
        found[section] = _without_prose((section,), value)
    found["scenario"] = "mixture"
    return {section: value for section, value in found.items() if value != {}}


def _without_prose(path: tuple[str, ...], value: Any) -> Any:
    pattern = pattern_of(path)
    if pattern is None or not isinstance(value, dict):
        return value
    dropped: set[str] = set(PROSE) if pattern[-1] == "*" else set()
    if pattern == ("parameters", "*"):
        dropped |= {"range", "scale", "distribution"}
    if pattern == ("views", "*"):
        dropped |= {"ranges"}
    return {
        key: _without_prose((*path, key), below)
        for key, below in value.items()
        if key not in dropped
    }
