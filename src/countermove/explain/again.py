"""A solution's game, compiled again with other columns or beliefs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from countermove.errors import InvalidRequest
from countermove.game import Game, compile


def compiled_again(
    game: Game,
    *,
    itemised: Sequence[str] = (),
    measures: bool = True,
    beliefs: Mapping[str, Mapping[str, float]] | None = None,
) -> Game:
    """The same game, with ``beliefs`` at the start instead of those in force.

    The payoffs of the players ``itemised`` have a column for each part. Without ``measures`` the
    states may be others: a measure may be all that reads a variable. Raises ``InvalidRequest`` for
    a game made from arrays.
    """
    scenario = game.scenario
    if scenario is None or game.structure is None:
        raise InvalidRequest("a game made from arrays has no interests to explain it by")
    begun = game.state(game.start)
    in_force = {
        name: dict(zip(scenario.player(name).types, chances, strict=True))
        for name, chances in game.start_beliefs.items()
    }
    return compile(
        scenario if measures else replace(scenario, measures={}, scores={}, goals={}),
        view=game.view,
        policy=game.policy,
        set=dict(game.parameters),
        rationality_factor=game.rationality_factor,
        start={v.name: begun[v.name] for v in scenario.variables},
        at=game.start_period,
        beliefs=in_force if beliefs is None else beliefs,
        belief_points=dict(game.belief_points) or None,
        known=game.structure.known,
        itemised=itemised,
    )
