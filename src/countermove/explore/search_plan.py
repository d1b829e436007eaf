"""What a search is asked for, and what must be the same for it to be taken up again."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from countermove._version import __version__
from countermove.errors import InvalidRequest, unknown
from countermove.explore.cases import OWN, Case
from countermove.explore.compare_request import weights_of
from countermove.explore.levers import Lever, levers_of
from countermove.explore.objectives import (
    PERIODS,
    Objective,
    default_objective,
    objective_of,
    parse_objective,
)
from countermove.explore.search_algorithm import method_of
from countermove.explore.search_points import Statistic, statistic
from countermove.language.model import Scenario

MOST_OBJECTIVES = 3
FORMAT = 1


@dataclass(frozen=True, slots=True)
class Plan:
    """A search: which levers, for what, in how many worlds of which view, how, and how long."""

    scenario: Scenario
    policy: str
    view: str | None
    levers: tuple[Lever, ...]
    objectives: tuple[Objective, ...]
    statistic: Statistic
    worlds: int
    seed: int
    method: str
    population: int
    generations: int

    @property
    def case(self) -> Case:
        """The policy, met by others who know and answer it."""
        return Case(self.view, self.policy, "adaptive")

    @property
    def keys(self) -> list[str]:
        """The keys that an evaluator must give: mean times come with their measures."""
        return list(dict.fromkeys(o.key.removesuffix(PERIODS) for o in self.objectives))

    def identity(self) -> dict[str, Any]:
        """What a search must have in common with an earlier one to go on from it.

        How settings are chosen is left out: what one comes to does not hang on that, so that more
        generations go on where fewer have stopped.
        """
        text = self.scenario.whole.encode("utf-8", "replace")
        return {
            "scenario": self.scenario.name,
            "scenario_sha256": hashlib.sha256(text).hexdigest(),
            "countermove": __version__,
            "policy": self.policy,
            "view": self.view or OWN,
            "levers": [
                {"name": v.name, "low": v.low, "high": v.high, "value": v.value, "whole": v.whole}
                for v in self.levers
            ],
            "objectives": [{"key": o.key, "better": o.better} for o in self.objectives],
            "statistic": self.statistic.name,
            "worlds": self.worlds,
            "seed": self.seed,
        }


def plan_of(
    scenario: Scenario,
    policy: str,
    *,
    of: Sequence[str | Objective] | None = None,
    view: str | None = None,
    worlds: int = 16,
    seed: int = 0,
    statistic_name: str = "mean",
    population: int | None = None,
    generations: int = 20,
) -> Plan:
    """A search as asked for, with what was left out filled in.

    Raises ``UnknownName`` and ``InvalidRequest``.
    """
    levers = levers_of(scenario, policy)
    if view is not None and view not in scenario.views:
        raise unknown("view", view, list(scenario.views))
    for name, number, least in (("worlds", worlds, 0), ("seed", seed, 0)):
        if number < least:
            raise InvalidRequest(f"{name} must be at least {least}, not {number}")
    if generations < 1:
        raise InvalidRequest(f"a search has at least one generation, not {generations}")
    objectives = _objectives(scenario, policy, of)
    size = population if population is not None else min(max(16, 8 * len(levers)), 64)
    if size < 4:
        raise InvalidRequest(f"a population has at least 4 settings, not {size}")
    return Plan(
        scenario,
        policy,
        view,
        levers,
        objectives,
        statistic(statistic_name),
        worlds,
        seed,
        method_of(levers, objectives, size * generations),
        size,
        generations,
    )


def _objectives(
    scenario: Scenario, policy: str, of: Sequence[str | Objective] | None
) -> tuple[Objective, ...]:
    if not of:
        return _default(scenario, policy)
    found = tuple(parse_objective(scenario, key) for key in of)
    keys = [objective.key for objective in found]
    twice = [key for key in keys if keys.count(key) > 1]
    if twice:
        raise InvalidRequest(f"{twice[0]!r} is named twice among the objectives")
    if len(found) > MOST_OBJECTIVES:
        raise InvalidRequest(
            f"a search has at most {MOST_OBJECTIVES} objectives, not {len(found)}: put some "
            "together in a score of the scenario"
        )
    return found


def _default(scenario: Scenario, policy: str) -> tuple[Objective, ...]:
    """What the player bound wants, and up to two measures of which it is said what is better.

    What a score weighs already is no objective beside it.
    """
    player = scenario.policies[policy].players[0]
    own = default_objective(scenario, player)
    within = weights_of(scenario, own)
    said = [
        m.name
        for m in scenario.measures.values()
        if m.better and m.kind != "payoff" and m.name not in within
    ]
    measures = [objective_of(scenario, name) for name in said[: MOST_OBJECTIVES - 1]]
    return (own, *measures)
