"""What a move tells: beliefs before and after it, and what the change of belief does for whom."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from countermove.explain.record import Effect, Sign, Signals
from countermove.game.columns import is_payoff

if TYPE_CHECKING:
    from countermove.explain.node import Node
    from countermove.explain.why import Weighed
    from countermove.game import Game

Floats = NDArray[np.float64]


def signals(weighed: Weighed) -> Signals | None:
    """What the actions at a decision tell of the mover's type; None where it has no types.

    Of each action and player: its direct effect, against the mean over the actions as the public
    expects them, at the belief before it; and what the change of belief adds. The mover's are its
    type's; those of another with types are averaged over what is believed of it.
    """
    game, node, worth = weighed.game, weighed.decision.node, weighed.worth
    axis = game.beliefs.axis(node.player)
    if axis < 0:
        return None
    types = game.beliefs.axes[axis].types
    actions = next(m for s in game.world.steps for m in s.movers if m.label == node.mover).actions
    unmoved = {player: _payoff(game, node, player, worth.unmoved) for player in game.players}
    believed = {player: _payoff(game, node, player, worth.believed) for player in game.players}
    signs = []
    for a, name in enumerate(actions):
        if not worth.legal[a]:
            continue
        effects = tuple(
            Effect(
                player,
                float(unmoved[player][a] - worth.chance @ unmoved[player]),
                float(believed[player][a] - unmoved[player][a]),
            )
            for player in game.players
        )
        after = weighed.decision.posterior(a, axis)
        likelihood = weighed.decision.likelihood(a)
        signs.append(
            Sign(
                name,
                float(worth.chance[a]),
                dict(zip(types, likelihood.tolist(), strict=True)),
                dict(zip(types, after.tolist(), strict=True)),
                effects,
            )
        )
    return Signals(node, dict(node.beliefs[node.player]), tuple(signs))


def _payoff(game: Game, node: Node, player: str, values: Floats) -> Floats:
    """What each action is worth to a player [A]: to the mover's type, or in the public's eyes."""
    its = [
        i for i, column in enumerate(game.columns) if is_payoff(column) and column.player == player
    ]
    if len(its) == 1:
        return values[:, its[0]]
    if player == node.player:
        return values[:, its[node.kind]]
    chances = list(node.beliefs[player].values())
    return np.asarray(values[:, its] @ np.array(chances))
