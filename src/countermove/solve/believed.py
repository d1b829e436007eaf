"""What was believed before each move, and how likely types are drawn anew, along the forward pass.

Axis letters: S states, B joint belief points, K types, A actions, J belief axes, T periods.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from countermove.game.beliefs import Beliefs
from countermove.game.numbers import StepNumbers

Floats = NDArray[np.float64]


def believed_before(
    beliefs: Beliefs, step: StepNumbers, strategy: Floats, mass: Floats
) -> dict[str, Floats]:
    """The public belief before each action times how often it is played [K, A], by typed mover.

    ``strategy`` is [S, B * Z], ``mass`` [S * B].
    """
    found = {}
    moving = step.arrays.moving
    here = mass.reshape(-1, beliefs.size)[moving]
    sigma = strategy.reshape(len(strategy), beliefs.size, -1)
    for mover, first, width in step.head.places:
        if mover.types:
            chances = beliefs.probabilities(beliefs.axis(mover.player))
            own = sigma[moving, :, first : first + width]
            own = own.reshape(*here.shape, len(mover.types), len(mover.actions))
            played = np.einsum("sb,bk,sbka->ba", here, chances, own, optimize=True)
            found[mover.label] = chances.T @ played
    return found


def drawn_anew(n_axes: int, step: StepNumbers, mass: Floats) -> Floats:
    """How likely each axis's types are drawn anew at an event [J], from ``mass`` [S * B]."""
    found, arrays = np.zeros(n_axes), step.arrays
    if not step.redraws:
        return found
    by_state = mass.reshape(len(arrays.legal), -1).sum(axis=1)
    counts = np.diff(arrays.pointer)
    brought = np.repeat(by_state, counts) * arrays.odds
    brought[~np.repeat(np.isin(np.arange(len(by_state)), arrays.moving), counts)] = 0.0
    draws = arrays.successor // len(by_state)
    for number, redraw in enumerate(step.redraws, start=1):
        found[np.array(redraw.point) >= 0] += brought[draws == number].sum()
    return found
