"""Values carried backwards along strategies that are given, rather than found."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from countermove.game.game import Game
from countermove.game.numbers import PeriodNumbers, StepNumbers
from countermove.solve.backward import Stepper, share_out
from countermove.solve.redraws import redrawn_values

Floats = NDArray[np.float64]


@dataclass(slots=True)
class Along(Stepper):
    """A recursion along given strategies, but for those whom a policy binds."""

    ours: tuple[NDArray[np.uint8], ...] = ()  # by step and mover [M]: is it one of the bound?
    classes: tuple[Any, ...] = ()
    known: PeriodNumbers | None = None
    free: list[Floats] | None = None

    @classmethod
    def begin(
        cls,
        game: Game,
        bound: Collection[str] = (),
        *,
        serial: bool,
        n_columns: int | None = None,
    ) -> Self:
        """Buffers for a game's first ``n_columns`` (all by default).

        ``bound`` are the players that play by the game's policy, whatever strategies are given.
        """
        stepper = cls.of(game.world, serial=serial, n_columns=n_columns)
        stepper.steps_together = False
        heads = game.world.steps
        stepper.ours = tuple(
            np.array([m.player in bound for m in head.movers], np.uint8) for head in heads
        )
        wide = stepper.before.shape[1]
        stepper.classes = tuple(_classes(game, head.movers, wide) for head in heads)
        return stepper

    def meet(self, numbers: PeriodNumbers, known: PeriodNumbers, free: list[Floats]) -> None:
        """Carry the values back over one period; ``known`` are the free game's numbers."""
        self.known, self.free = known, free
        self.period(numbers, free)

    def step(self, k: int, step: StepNumbers, strategy: Floats) -> None:
        """Carry the values back over one step; an event is no different."""
        if not step.head.movers:
            Stepper.step(self, k, step, strategy)
            return
        from countermove.solve.meet import Meeting, meet_plain_rows, meet_rows, meet_typed_rows
        from countermove.solve.posteriors import atlas_of

        assert self.known is not None
        arrays = step.arrays
        if not len(arrays.moving):
            return
        from countermove.solve.kernels import copy_rows

        self.after, self.before = self.before, self.after
        after, before, n_beliefs = self.after, self.before, self.n_beliefs
        share_out(
            lambda some: copy_rows(some, n_beliefs, after, before), arrays.idle, alone=self.serial
        )
        if step.redraws:
            after = redrawn_values(self.world, step.redraws, self.after)
        seen = self.known.steps[k].arrays
        # What can happen, and what is learnt from it, is as in free play; charges are this game's.
        played = arrays._replace(legal=seen.legal, bound=seen.bound, mixture=seen.mixture)
        rows = np.zeros((len(arrays.legal), 1), np.uint8)
        meeting = Meeting(
            self.ours[k],
            arrays.legal,
            arrays.bound if len(arrays.bound) else np.repeat(rows, len(self.ours[k]), axis=1),
            arrays.mixture if len(arrays.mixture) else np.zeros(arrays.legal.shape),
            *self.classes[k],
        )
        marks, movers = self.marks(k, step), step.head.movers
        if len(movers) == 1 and not movers[0].types:
            share_out(
                lambda some: meet_plain_rows(
                    some, played, marks, meeting, n_beliefs, after, before, strategy
                ),
                arrays.moving,
                alone=self.serial,
            )
            return
        atlas = self._atlas = self._atlas or atlas_of(self.world.beliefs)
        rows = meet_typed_rows if len(movers) == 1 else meet_rows
        share_out(
            lambda some: rows(
                some, played, marks, atlas, meeting, n_beliefs, after, before, strategy
            ),
            arrays.moving,
            alone=self.serial,
        )


def _classes(game: Game, movers: tuple[Any, ...], wide: int) -> tuple[Any, ...]:
    """How columns are averaged at a step: the class of each [P], and what each takes for granted.

    ``types`` [N, M] is the type of each mover, -1 for any; ``own`` [N, M] tells of payoffs that
    its types read as they choose. Columns of the padding are of class 0, which takes nothing.
    """
    fixed, axes = np.asarray(game.fixed), [game.beliefs.axis(m.player) for m in movers]
    anyone = tuple((-1, False) for _ in movers)
    found: dict[tuple[tuple[int, bool], ...], int] = {anyone: 0}
    number = np.zeros(wide, np.int32)
    for c, column in enumerate(game.columns[:wide]):
        types = [int(fixed[c, j]) if j >= 0 else -1 for j in axes]
        own = [
            column.own and k >= 0 and m.player == column.player
            for m, k in zip(movers, types, strict=True)
        ]
        number[c] = found.setdefault(tuple(zip(types, own, strict=True)), len(found))
    listed = np.array(list(found), np.int32).reshape(len(found), len(movers), 2)
    return number, listed[:, :, 0].copy(), listed[:, :, 1].astype(np.uint8)
