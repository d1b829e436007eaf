"""The parts of a step: each mover's, or the event's; those who move at once share a profile."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from countermove.game.numbers import Mover, StepHead


@dataclass(frozen=True, slots=True)
class Part:
    """A mover's part of step ``step``, or an event's (``mover`` is None).

    ``names`` are the actions; one of them stands for ``later`` profiles in a row.
    """

    step: int
    label: str
    names: tuple[str, ...]
    later: int = 1
    mover: Mover | None = None

    def action(self, profiles: NDArray[Any]) -> NDArray[Any]:
        """The mover's action in each profile, of any shape; -1 where that is -1."""
        return np.where(profiles < 0, -1, profiles // self.later % len(self.names))


def parts_of(steps: Sequence[StepHead]) -> list[Part]:
    """All parts, in the order of the steps and of those who move at once."""
    parts = []
    for k, head in enumerate(steps):
        if not head.movers:
            parts.append(Part(k, head.label, head.actions))
        later = 1
        found = []
        for mover in reversed(head.movers):
            found.append(Part(k, mover.label, mover.actions, later, mover))
            later *= len(mover.actions)
        parts += found[::-1]
    return parts
