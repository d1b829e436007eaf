"""What would tell the views apart: the moves and levels that they expect differently.

For each move and each variable, period by period, every view has a distribution. How far apart they
lie is the Jensen-Shannon divergence in bits [Lin 1991]: with equal weights it is the mutual
information between the view and what is observed, so of ``n`` views at most ``log2(n)``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from countermove.explore.cases import SOLVED
from countermove.solve.certificate import TOLERANCE

Floats = NDArray[np.float64]
Kind = Literal["move", "level"]
Key = tuple[Kind, str, int]  # what kind, the mover's or variable's name, the period

NO_MOVE = "(no move)"


@dataclass(frozen=True, slots=True)
class Prediction:
    """What a view expects of everything that can be seen.

    ``odds`` maps what is seen to the probability of each of its ``outcomes``. ``status`` is
    ``solved``, or says why there is nothing.
    """

    view: str
    status: str
    outcomes: Mapping[Key, tuple[str, ...]]
    odds: Mapping[Key, tuple[float, ...]]


@dataclass(frozen=True, slots=True, eq=False)
class Sign:
    """Something to watch for: a move in a period, or a variable's level at a period's end.

    ``odds`` [V, O] are the probabilities of the outcomes under each view. ``bits`` tells how far
    all views lie apart, ``pairwise`` [V, V] each two.
    """

    kind: Kind
    name: str
    period: int
    outcomes: tuple[str, ...]
    odds: Floats
    bits: float
    pairwise: Floats

    def telling(self) -> int:
        """The position of the outcome whose probability differs most between two views."""
        return int(np.argmax(self.odds.max(axis=0) - self.odds.min(axis=0)))


@dataclass(frozen=True)
class Signs:
    """All there is to watch for, what tells most first.

    ``views`` are those whose games were solved; ``failed`` maps the others to why not.
    """

    views: tuple[str, ...]
    signs: tuple[Sign, ...]
    failed: Mapping[str, str]

    @property
    def most(self) -> float:
        """The bits that a sign can have: enough to tell each view from all others."""
        return float(np.log2(max(len(self.views), 1)))

    def best(self, count: int) -> tuple[Sign, ...]:
        """What tells most, each move and each variable in its most telling period only."""
        return _first_of_each(self.signs)[:count]

    def soonest(self, count: int) -> tuple[Sign, ...]:
        """What tells most in the first period that has anything to tell."""
        telling = [sign for sign in self.signs if sign.bits > TOLERANCE]
        first = min((sign.period for sign in telling), default=-1)
        return _first_of_each([sign for sign in telling if sign.period == first])[:count]

    def between(self, first: str, second: str) -> Sign | None:
        """What tells two views apart best; None where there is nothing to see."""
        a, b = self.views.index(first), self.views.index(second)
        return max(self.signs, key=lambda sign: sign.pairwise[a, b], default=None)

    @cached_property
    def twins(self) -> tuple[tuple[str, ...], ...]:
        """Groups of views that expect the same of everything, to within rounding."""
        groups: list[list[int]] = []
        for at in range(len(self.views)):
            home = next((group for group in groups if self._alike(group[0], at)), None)
            if home is None:
                groups.append([at])
            else:
                home.append(at)
        return tuple(tuple(self.views[at] for at in group) for group in groups if len(group) > 1)

    def _alike(self, a: int, b: int) -> bool:
        return all(np.abs(sign.odds[a] - sign.odds[b]).max() <= TOLERANCE for sign in self.signs)


def divergence(odds: Floats) -> float:
    """The Jensen-Shannon divergence, in bits, of distributions [V, O] with equal weights."""
    mean = odds.mean(axis=0)
    ratio = np.divide(odds, mean, out=np.ones_like(odds), where=odds > 0)
    return max(0.0, float((odds * np.log2(ratio)).sum(axis=1).mean()))


def signs_of(predictions: Sequence[Prediction]) -> Signs:
    """All that tells views apart, from what each expects."""
    solved = [p for p in predictions if p.status == SOLVED]
    failed = {p.view: p.status for p in predictions if p.status != SOLVED}
    shared = [key for key in solved[0].odds if all(key in p.odds for p in solved)] if solved else []
    signs = [_sign(key, solved) for key in shared]
    signs.sort(key=lambda sign: (-sign.bits, sign.period))
    return Signs(tuple(p.view for p in solved), tuple(signs), failed)


def _sign(key: Key, predictions: Sequence[Prediction]) -> Sign:
    odds = np.array([p.odds[key] for p in predictions], dtype=np.float64)
    pairwise = np.zeros((len(odds), len(odds)))
    for a, b in combinations(range(len(odds)), 2):
        pairwise[a, b] = pairwise[b, a] = divergence(odds[[a, b]])
    return Sign(*key, predictions[0].outcomes[key], odds, divergence(odds), pairwise)


def _first_of_each(signs: Sequence[Sign]) -> tuple[Sign, ...]:
    found: dict[tuple[str, str], Sign] = {}
    for sign in signs:
        found.setdefault((sign.kind, sign.name), sign)
    return tuple(found.values())
