"""How the fixed points were found: routes, residuals, and where none was found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from countermove.game.numbers import StepNumbers, World

# By number, as the compiled loops report them.
ROUTES = (
    "belief at a corner",
    "Newton from the period after",
    "Newton from the prior",
    "Newton from the belief beside it",
    "continuation in rationality",
    "pseudo-arclength",
    "other starts",
    "unsolved",
)
TRIVIAL, WARM, PRIOR, BESIDE, CONTINUED, FOLLOWED, RESTARTED, UNSOLVED = range(len(ROUTES))
_LISTED = 1000  # unsolved points kept one by one


class Found(NamedTuple):
    """What the loops report of a step's fixed points, each [S, B]."""

    route: NDArray[np.uint8]
    residual: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Unsolved:
    """A fixed point that was not found: where, and how far the strategies are off."""

    period: int
    step: str
    state: int
    belief: int
    residual: float


@dataclass(slots=True)
class Record:
    """A tally over all periods.

    ``routes`` counts the points by route; ``residual`` is the largest max |σ - softmax(λQ)|;
    ``unsolved`` lists the first thousand points where none was found.
    """

    n_states: int
    n_beliefs: int
    routes: NDArray[np.int64] = field(default_factory=lambda: np.zeros(len(ROUTES), np.int64))
    residual: float = 0.0
    unsolved: list[Unsolved] = field(default_factory=list)
    _room: dict[int, Found] = field(default_factory=dict)

    @classmethod
    def of(cls, world: World) -> Record:
        """An empty record."""
        return cls(world.n_states, world.beliefs.size)

    @property
    def points(self) -> int:
        """The fixed points sought."""
        return int(self.routes.sum())

    @property
    def n_unsolved(self) -> int:
        """The fixed points not found."""
        return int(self.routes[UNSOLVED])

    def as_plain(self) -> dict[str, Any]:
        """The tally as plain numbers and lists, which ``take`` reads."""
        return {
            "routes": self.routes.tolist(),
            "residual": self.residual,
            "unsolved": [asdict(point) for point in self.unsolved],
        }

    def take(self, plain: Mapping[str, Any]) -> None:
        """Take a tally over from what ``as_plain`` gave."""
        self.routes[:] = plain["routes"]
        self.residual = plain["residual"]
        self.unsolved = [Unsolved(**point) for point in plain["unsolved"]]

    def room(self, k: int) -> Found:
        """Where the loops write what they report of step k."""
        if k not in self._room:
            shape = (self.n_states, self.n_beliefs)
            self._room[k] = Found(np.zeros(shape, np.uint8), np.zeros(shape))
        return self._room[k]

    def note(self, period: int, step: StepNumbers, found: Found) -> None:
        """Add what was reported of a step in a period."""
        moving = step.arrays.moving
        routes, residuals = found.route[moving], found.residual[moving]
        self.routes += np.bincount(routes.reshape(-1), minlength=len(ROUTES))
        # NumPy's maximum, unlike Python's, lets through what is not a number.
        self.residual = float(np.maximum(self.residual, residuals.max(initial=0.0)))
        for i, b in zip(*np.nonzero(routes == UNSOLVED), strict=True):
            if len(self.unsolved) >= _LISTED:
                break
            where = Unsolved(period, step.label, int(moving[i]), int(b), float(residuals[i, b]))
            self.unsolved.append(where)
