"""What a view expects of every move and every variable: the game solved, and played forward."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from countermove.errors import CountermoveError
from countermove.explore.cases import OWN, SOLVED
from countermove.explore.telltale import NO_MOVE, Key, Prediction
from countermove.game.game import Game
from countermove.language.model import Scenario, Variable

HORIZON = 24  # periods looked at of a game without an end


def unmeasured(scenario: Scenario) -> Scenario:
    """The scenario without what is only read off it: quicker to solve, with the same play."""
    return replace(scenario, measures={}, scores={}, goals={})


def predict(game: Game, view: str | None, *, threads: int | None = None) -> Prediction:
    """What a view expects where everybody is free; its status says why, where it cannot be told.

    ``game`` is the scenario's under any view.
    """
    from countermove.solve import solve

    label = view or OWN
    try:
        game = game.under(view=view, policy=None)
        solution = solve(game, threads=threads, others=0)
    except CountermoveError as error:
        return Prediction(label, str(error), {}, {})
    if solution.status != SOLVED:
        return Prediction(label, solution.status, {}, {})
    forward = solution.forward(HORIZON if game.world.stationary else None)
    variables = game.scenario.variables if game.scenario is not None else ()
    return _prediction(label, variables, forward, int(game.start_period))


def _prediction(view: str, variables: Sequence[Variable], forward: Any, first: int) -> Prediction:
    outcomes: dict[Key, tuple[str, ...]] = {}
    odds: dict[Key, tuple[float, ...]] = {}
    for label, played in forward.actions.items():
        actions = tuple(str(action) for action in played.coords["action"].values)
        moving = forward.moves[label].values
        for t, row in enumerate(played.values):
            key: Key = ("move", label, first + t)
            outcomes[key] = (*actions, NO_MOVE)
            odds[key] = (*map(float, row), max(0.0, 1.0 - float(moving[t])))
    for variable in variables:
        for t, row in enumerate(forward.fans[variable.name].values):
            key = ("level", variable.name, first + t)
            outcomes[key] = variable.levels
            odds[key] = tuple(map(float, row))
    return Prediction(view, SOLVED, outcomes, odds)
