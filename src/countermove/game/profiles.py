"""Profiles of a step: one action a mover, the last mover's fastest."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from countermove.game.numbers import StepArrays


def profiles_of(first: Any) -> NDArray[np.int64]:
    """The actions [P, M] of each profile, numbered among those of all movers side by side.

    ``first`` [M + 1] is where each mover's begin. An event's only profile has no actions.
    """
    sizes = np.diff(first)
    if not len(sizes):
        return np.empty((1, 0), np.int64)
    found = np.indices(sizes, np.int64).reshape(len(sizes), -1).T
    return np.asarray(found + np.asarray(first)[:-1])


def together(by_action: NDArray[Any], first: Any) -> NDArray[np.bool_]:
    """Where every part of a profile may be played [S, P]; ``by_action`` [S, A]."""
    if len(first) <= 2:  # one mover's actions, or an event
        return np.asarray(by_action != 0)
    profiles = profiles_of(first)
    return np.asarray((by_action[:, profiles] != 0).all(axis=2))


def owners(arrays: StepArrays) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The state and the profile of each branch, both [E]."""
    n_profiles = (len(arrays.pointer) - 1) // len(arrays.legal)
    owner = np.repeat(np.arange(len(arrays.pointer) - 1), np.diff(arrays.pointer))
    return owner // n_profiles, owner % n_profiles
