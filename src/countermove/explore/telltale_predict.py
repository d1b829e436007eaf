"""What a view expects of every move and every variable: the game solved, and played forward."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from countermove.errors import CountermoveError
from countermove.explore.cases import OWN
from countermove.explore.telltale import NO_MOVE, SOLVED, Key, Prediction
from countermove.language.model import Scenario

HORIZON = 24  # periods looked at of a game without an end


def predict(
    scenario: Scenario,
    view: str | None,
    *,
    threads: int | None = None,
    belief_points: Mapping[str, int] | int | None = None,
    max_memory: str | int | None = None,
) -> Prediction:
    """What a view expects where everybody is free; its status says why, where it cannot be told."""
    from countermove.game import compile
    from countermove.solve import solve

    label = view or OWN
    try:
        game = compile(
            unmeasured(scenario), view=view, belief_points=belief_points, max_memory=max_memory
        )
        solution = solve(game, threads=threads, others=0, keep_strategies=None)
    except CountermoveError as error:
        return Prediction(label, str(error), {}, {})
    if solution.status.startswith("not solved"):
        return Prediction(label, solution.status, {}, {})
    forward = solution.forward(HORIZON if game.world.stationary else None)
    return _prediction(label, scenario, forward, int(game.start_period))


def unmeasured(scenario: Scenario) -> Scenario:
    """The scenario without what is only read off it: quicker to solve, with the same play."""
    return replace(scenario, measures={}, scores={}, goals={})


def _prediction(view: str, scenario: Scenario, forward: Any, first: int) -> Prediction:
    outcomes: dict[Key, tuple[str, ...]] = {}
    odds: dict[Key, tuple[float, ...]] = {}
    for label, played in forward.actions.items():
        actions = tuple(str(action) for action in played.coords["action"].values)
        moving = forward.moves[label].values
        for t, row in enumerate(played.values):
            key: Key = ("move", label, first + t)
            outcomes[key] = (*actions, NO_MOVE)
            odds[key] = (*map(float, row), max(0.0, 1.0 - float(moving[t])))
    for variable in scenario.variables:
        for t, row in enumerate(forward.fans[variable.name].values):
            key = ("level", variable.name, first + t)
            outcomes[key] = variable.levels
            odds[key] = tuple(map(float, row))
    return Prediction(view, SOLVED, outcomes, odds)
