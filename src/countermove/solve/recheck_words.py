"""Places that a recheck speaks of, in words."""

from __future__ import annotations

from dataclasses import replace

from countermove.game.game import Game
from countermove.solve.certificate import Where
from countermove.solve.recheck_period import Spot


def where_of(game: Game, spot: Spot) -> Where:
    """A place in words."""
    where = Where(period=period_of(game, spot.period) if spot.period >= 0 else "")
    if spot.step >= 0:
        head = game.world.steps[spot.step]
        where = replace(where, step=head.label)
        if spot.mover >= 0:
            mover = head.movers[spot.mover]
            where = replace(
                where,
                player=mover.player,
                type=mover.types[spot.type] if mover.types and spot.type >= 0 else "",
                action=mover.actions[spot.action] if spot.action >= 0 else "",
            )
    if spot.state >= 0:
        where = replace(where, state=game.state(spot.state))
    if spot.belief >= 0:
        beliefs = game.world.beliefs
        points = zip(beliefs.axes, beliefs.split(spot.belief), strict=True)
        where = replace(
            where,
            beliefs={
                a.player: dict(zip(a.types, map(float, a.points[i]), strict=True))
                for a, i in points
            },
        )
    if spot.column >= 0:
        where = replace(where, column=game.columns[spot.column].name)
    return where


def period_of(game: Game, period: int) -> str:
    """A period in words."""
    if game.world.stationary:
        return "every"
    if game.scenario is None:
        return str(period + 1)
    return game.scenario.calendar.label(period)
