"""What a player may see of a play, as numbers between 0 and 1.

Axis letters: S states, F features.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from countermove.interop.pettingzoo_play import Passed, Play
from countermove.interop.pettingzoo_rules import Rules

Singles = NDArray[np.float32]


class Sight:
    """Observations of a game; ``history`` is how many periods of it are shown, the present first.

    First come the public state (one number a level), the share of the calendar gone by (if there is
    an end to it) and the step under way (one number a step), then the player's own type (one number
    a type), then the public history: for each period and step the actions taken, whose types were
    drawn anew, and the state that followed (one number a variable, from its first level to its
    last).
    """

    def __init__(self, rules: Rules, history: int) -> None:
        self.rules = rules
        self.history = history
        game = rules.game
        counts = [len(names) for names in game.level_names]
        levels = _levels(rules)
        firsts = np.cumsum([0, *counts[:-1]])
        self._states = np.zeros((game.n_states, sum(counts)), np.float32)  # [S, F]
        np.put_along_axis(self._states, levels + firsts, np.float32(1), axis=1)
        tops = np.maximum(np.array(counts) - 1, 1)
        self._scaled = (levels / tops).astype(np.float32)  # [S, F]
        self._first: dict[int, int] = {}
        self._names = self._remember()

    def features(self, player: int) -> tuple[str, ...]:
        """What each number that a player sees stands for."""
        game, axis = self.rules.game, self.rules.axis[player]
        named = zip(game.variables, game.level_names, strict=True)
        found = [f"{variable} == {level}" for variable, levels in named for level in levels]
        found += [] if game.world.stationary else ["time"]
        found += [f"step {head.label}" for head in self.rules.heads]
        if axis >= 0:
            found += [f"own type {name}" for name in self.rules.axes[axis].types]
        for ago in range(self.history):
            when = "this period" if ago == 0 else f"{ago} ago"
            found += [f"{when}, {name}" for name in self._names]
        return tuple(found)

    def of(self, play: Play, player: int) -> Singles:
        """What a player sees now [F]."""
        parts = [self._states[play.state]]
        if not self.rules.game.world.stationary:
            parts.append(np.array([play.t / self.rules.length], np.float32))
        n_steps = len(self.rules.heads)
        parts.append(_one(n_steps, -1 if play.done else play.step))
        axis = self.rules.axis[player]
        if axis >= 0:
            parts.append(_one(len(self.rules.axes[axis].types), play.types[axis]))
        if self.history:
            parts.append(self._past(play))
        return np.concatenate(parts)

    def _past(self, play: Play) -> Singles:
        found = np.zeros((self.history, len(self._names)), np.float32)
        for passed in reversed(play.passed):
            ago = play.t - passed.t
            if ago >= self.history:
                break
            self._write(found[ago], passed)
        return found.reshape(-1)

    def _write(self, row: Singles, passed: Passed) -> None:
        at = self._first[passed.step]
        for mover, action in zip(self.rules.heads[passed.step].movers, passed.chosen, strict=False):
            row[at + action] = 1
            at += len(mover.actions)
        at = self._first[passed.step + 1] - self._scaled.shape[1]
        row[at : at + self._scaled.shape[1]] = self._scaled[passed.state]
        for axis in passed.redrawn:
            row[at - len(self.rules.axes) + axis] = 1

    def _remember(self) -> tuple[str, ...]:
        """The names of what is shown of a period gone by; where each step's begin is noted."""
        names: list[str] = []
        for k, head in enumerate(self.rules.heads):
            self._first[k] = len(names)
            names += [
                f"{mover.label} {action}" for mover in head.movers for action in mover.actions
            ]
            names += [f"{axis.player} drawn anew at {head.label}" for axis in self.rules.axes]
            names += [f"{name} after {head.label}" for name in self.rules.game.variables]
        self._first[len(self.rules.heads)] = len(names)
        return tuple(names)


def _levels(rules: Rules) -> NDArray[np.int64]:
    """Each state's level of each variable, by number [S, V]."""
    structure = rules.game.structure
    if structure is None:
        return np.arange(rules.game.n_states, dtype=np.int64)[:, None]
    return structure.levels.astype(np.int64)


def _one(n: int, at: int) -> Singles:
    """Zeros [n] with a one at a place; none where that is negative."""
    found = np.zeros(n, np.float32)
    if at >= 0:
        found[at] = 1
    return found
