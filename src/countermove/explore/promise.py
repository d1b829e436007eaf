"""What a policy promises, what it delivers, and what the others' answer takes back of it.

With the same numbers, a policy is met by others who do not know of it (``surprised``) and by others
who know it and answer (``adaptive``); ``free`` is what comes where nobody is bound. Then

    promise = surprised - free,  delivered = adaptive - free,  effect = surprised - adaptive,

and ``effect / promise`` is the share of the promise that is taken back.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from countermove.solve.certificate import TOLERANCE


@dataclass(frozen=True, slots=True)
class Promise:
    """A policy's promise and what is left of it, for one number under one view.

    Numbers are in the unit of what is measured; NaN where one of the three was not solved.
    ``noise`` is how far a difference of two of them may come from rounding.
    """

    free: float
    surprised: float
    adaptive: float
    noise: float

    @property
    def promise(self) -> float:
        """What the policy would bring if nobody answered it."""
        return self.surprised - self.free

    @property
    def delivered(self) -> float:
        """What it brings once the others answer."""
        return self.adaptive - self.free

    @property
    def effect(self) -> float:
        """The countermove effect: what the answer takes away."""
        return self.surprised - self.adaptive

    @property
    def share(self) -> float:
        """The share of the promise that is taken back; NaN where nothing is promised."""
        return self.effect / self.promise if abs(self.promise) > self.noise else math.nan


def promise(free: float, surprised: float, adaptive: float, residual: float = 0.0) -> Promise:
    """A policy's promise from the three numbers and the largest residual of their solutions."""
    return Promise(free, surprised, adaptive, noise(free, surprised, adaptive, residual=residual))


def noise(*values: float, residual: float = 0.0) -> float:
    """How far a difference of two of these values may come from rounding alone.

    Either may be off by what the certificate allows a solution (``TOLERANCE``), or by the residual
    of its choices where that is larger, relative to the values' size and at least to 1, as there.
    A difference can then be off by twice that.
    """
    sizes = [abs(value) for value in values if math.isfinite(value)]
    off = max(TOLERANCE, residual) if math.isfinite(residual) else TOLERANCE
    return 2.0 * off * max([1.0, *sizes])
