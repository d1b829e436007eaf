"""Other equilibria: whether a step's fixed point, sought otherwise, is another.

At a sample of states and beliefs the path of rising rationality is followed, and the fixed point
sought from several starts, given the values that follow the step.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from countermove.game.numbers import StepNumbers, World

_APART = 1e-6  # probabilities that differ by no more are one solution's


@dataclass(frozen=True, slots=True)
class Others:
    """What a sample of fixed points says about other equilibria.

    At ``sampled`` points the path of rising rationality was followed and the fixed point sought
    from several starts. At ``several`` of them more than one solution was found, ``most`` at one,
    ``apart`` the largest difference of a probability between two; at ``disagreed`` the solution in
    force is not the one that the path leads to, and at ``unfollowed`` the path was lost.
    """

    sampled: int
    several: int
    most: int
    apart: float
    disagreed: int
    unfollowed: int


@dataclass(slots=True)
class Sample:
    """The points looked at so far: about ``size`` over all periods, the start among them."""

    world: World
    start_row: int
    size: int
    counts: list[NDArray[np.int64]] = field(default_factory=list)
    apart: list[NDArray[np.float64]] = field(default_factory=list)
    followed: list[NDArray[np.uint8]] = field(default_factory=list)
    _random: np.random.Generator = field(default_factory=lambda: np.random.default_rng(0))

    def look(
        self, step: StepNumbers, marks: Any, atlas: Any, after: Any, strategy: NDArray[np.float64]
    ) -> None:
        """Look at some states and beliefs of a step, whose values afterwards are ``after``."""
        from countermove.solve.probe import probe

        states, points = self._draw(step.arrays.moving)
        n = len(states)
        count, apart = np.ones(n, np.int64), np.zeros((n, 2))
        followed = np.zeros(n, np.uint8)
        n_beliefs = self.world.beliefs.size
        probe(
            states,
            points,
            step.arrays,
            marks,
            atlas,
            n_beliefs,
            after,
            strategy,
            count,
            apart,
            followed,
        )
        self.counts.append(count)
        self.apart.append(apart)
        self.followed.append(followed)

    def _draw(self, moving: NDArray[np.int32]) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        n_beliefs, periods = self.world.beliefs.size, self.world.periods - self.world.start_period
        state, belief = divmod(self.start_row, n_beliefs)
        waiting = [
            h for h in self.world.steps if len(h.movers) > 1 or any(m.types for m in h.movers)
        ]
        n = max(1, self.size // (periods * len(waiting)))
        states = self._random.choice(moving, n)
        points = self._random.integers(0, n_beliefs, n)
        if state in moving:
            states[0], points[0] = state, belief
        return states.astype(np.int32), points.astype(np.int32)

    def result(self) -> Others | None:
        """What was found; None where there was nothing to look at."""
        if not self.counts:
            return None
        counts, apart = np.concatenate(self.counts), np.concatenate(self.apart)
        return Others(
            len(counts),
            int((counts > 1).sum()),
            int(counts.max()),
            float(apart[:, 0].max()),
            int((apart[:, 1] > _APART).sum()),
            int((np.concatenate(self.followed) == 0).sum()),
        )
