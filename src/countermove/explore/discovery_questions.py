"""What counts as a failure of a policy: a goal missed, a figure out of bounds, its worst worlds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from countermove.errors import InvalidRequest, check_names
from countermove.explore.objectives import Objective, check_key
from countermove.explore.objectives_values import PRECISION, BoolArray, FloatArray, Sampled
from countermove.explore.robustness import holds

if TYPE_CHECKING:
    from countermove.language.model import Goal, Scenario


@dataclass(frozen=True, slots=True)
class Question:
    """Which worlds are failures; exactly one kind is asked for, see ``question``.

    ``share`` is that of the worst worlds; ``against`` compares with another policy's figure.
    """

    goals: tuple[Goal, ...] = ()
    key: str = ""
    above: float | None = None
    below: float | None = None
    objective: Objective | None = None
    share: float = 0.0
    against: str = ""

    @property
    def keys(self) -> tuple[str, ...]:
        """The figures that the question is about."""
        if self.objective is not None:
            return (self.objective.key,)
        return tuple(dict.fromkeys(g.key for g in self.goals)) or (self.key,)

    @property
    def words(self) -> str:
        """What a failure is: ``attacks is above 3``."""
        if self.goals:
            return (
                " or ".join(f"{g.title or g.name} ({_bounds(g)})" for g in self.goals) + " missed"
            )
        if self.against and self.objective is not None:
            return f"{self.objective.key} worse than under {self.against}"
        if self.objective is not None:
            return f"{self.objective.key} among its worst {self.share:.0%}"
        sides = [("above", self.above), ("below", self.below)]
        return f"{self.key} " + " or ".join(f"{w} {v:g}" for w, v in sides if v is not None)


def _bounds(goal: Goal) -> str:
    sides = [("at least", goal.at_least), ("at most", goal.at_most)]
    return f"{goal.key} " + " and ".join(f"{w} {v:g}" for w, v in sides if v is not None)


def question(
    scenario: Scenario,
    *,
    goals: Sequence[str] = (),
    key: str | None = None,
    above: float | None = None,
    below: float | None = None,
    objective: Objective | None = None,
    worst: float | None = None,
    against: str | None = None,
) -> Question:
    """A question as asked for.

    ``goals`` by name (any of them missed); or ``key`` with ``above``, ``below`` or both; or
    ``objective`` with ``worst``, a share of the worlds; or with ``against``, another policy. Raises
    ``UnknownName`` for names that are not there, ``InvalidRequest`` for any other combination.
    """
    check_names("goal", goals, list(scenario.goals))
    asked = [bool(goals), above is not None or below is not None, worst is not None, bool(against)]
    if sum(asked) != 1:
        raise InvalidRequest(
            "say what a failure is in one way: a goal; a figure above or below a number; its worst "
            "share of worlds; or a policy to be worse than"
        )
    if goals:
        return Question(goals=tuple(scenario.goals[name] for name in goals))
    if asked[1]:
        if key is None:
            raise InvalidRequest(
                "say which figure may not be above or below that number, by --of (key= in Python)"
            )
        check_key(scenario, key)
        if above is not None and below is not None and above <= below:
            raise InvalidRequest(f"every world is above {above:g} or below {below:g}")
        return Question(key=key, above=above, below=below)
    if objective is None:
        raise InvalidRequest("say which figure, and which way it is better")
    if against:
        return Question(objective=objective, against=against)
    assert worst is not None
    if not 0 < worst < 1:
        raise InvalidRequest(f"the worst share of worlds lies between 0 and 1, not {worst:g}")
    return Question(objective=objective, share=worst)


def failures(asked: Question, points: Sampled) -> BoolArray:
    """[N]: where the first alternative fails; the second is the one it is held against."""
    if asked.goals:
        held = [holds(goal, points.values[goal.key][0]) for goal in asked.goals]
        return np.asarray(~np.logical_and.reduce(held), dtype=bool)
    if asked.objective is not None:
        return _poor(asked, asked.objective, points)
    values = points.values[asked.key][0]
    failed = np.zeros(len(values), dtype=bool)
    if asked.above is not None:
        failed |= values > asked.above
    if asked.below is not None:
        failed |= values < asked.below
    return failed


def _poor(asked: Question, objective: Objective, points: Sampled) -> BoolArray:
    u: FloatArray = objective.sign * points.values[objective.key]
    near = PRECISION * max(float(np.abs(u).max()), 1e-300)
    if asked.against:
        return np.asarray(u[0] < u[1] - near)
    limit = np.sort(u[0])[max(int(np.ceil(asked.share * u.shape[1])) - 1, 0)]
    return np.asarray(u[0] <= limit)
