"""What a notebook shows of a game."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from countermove._html import Html, code, counted, folded, listed, number, table, view

if TYPE_CHECKING:
    from countermove.game.game import Game


def game_view(game: Game) -> Html:
    """How large it is, who moves when, and the numbers in force."""
    values = ((code(name), number(value, 6)) for name, value in game.parameters.items())
    parameters = table("Parameters in force", ("parameter", "value"), values, most=200)
    return view(
        f"{game.name}: a game to be solved",
        size_words(game),
        f"In each period: {' → '.join(head.label for head in game.world.steps)}.",
        table("The order of play in a period", ("step", "kind", "actions"), _steps(game)),
        folded(counted(len(game.parameters), "parameter"), parameters),
    )


def size_words(game: Game) -> str:
    """``512 states and 21 beliefs, 16 periods, view hawk, policy patience``."""
    told = [counted(game.n_states, "state")]
    if game.beliefs.axes:
        told[0] += f" and {counted(game.beliefs.size, 'point')} of the belief grid"
    told.append("without end" if game.world.stationary else counted(game.periods, "period"))
    told += [f"view {game.view}"] if game.view else []
    told += [f"policy {game.policy}" if game.policy else "free play"]
    if game.rationality_factor != 1.0:
        told.append(f"rationality × {game.rationality_factor:g}")
    return ", ".join(told) + "."


def _steps(game: Game) -> Iterator[tuple[object, ...]]:
    for head in game.world.steps:
        kind = {"move": "move", "joint": "moves at once"}.get(head.kind, head.kind)
        if not head.movers:
            yield code(head.label), kind, ""
        for mover in head.movers:
            types = f" as {' or '.join(mover.types)}" if mover.types else ""
            yield code(mover.label), kind + types, listed(mover.actions)
