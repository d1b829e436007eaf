"""How boxes of failing worlds are sought, and by which rule one is taken."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from countermove.errors import InvalidRequest, unknown
from countermove.explore.discovery_boxes import Limits, around, choose, pruned
from countermove.explore.discovery_cart import failing_leaves
from countermove.explore.discovery_prim import ALPHA, LEAST_MASS, peeled, workbench
from countermove.explore.objectives_values import BoolArray, FloatArray

METHODS = ("prim", "cart")
FEWEST = 10  # failures, and worlds without: fewer tell nothing of where they gather


@dataclass(frozen=True, slots=True)
class Search:
    """How to seek: ``prim`` (EMA Workbench) or ``cart`` (scikit-learn), and up to so many boxes.

    PRIM looks for each box among the worlds outside those before. On each trajectory the box is
    taken that ``choose`` takes (by ``purity`` where given), or that at ``step`` on the first;
    limits that could be chance (quasi-p above 0.05) are dropped from it, but not from one asked for
    by its step. ``alpha`` is the share that a step of PRIM peels off, ``least_mass`` the least
    share of all worlds that a box or a leaf holds. PRIM is greedy: of two regions in opposite
    corners it may see neither, where a tree sees both. Raises ``UnknownName``, ``InvalidRequest``.
    """

    method: str = "prim"
    boxes: int = 1
    purity: float | None = None
    step: int | None = None
    alpha: float = ALPHA
    least_mass: float = LEAST_MASS

    def __post_init__(self) -> None:
        if self.method not in METHODS:
            raise unknown("method of scenario discovery", self.method, METHODS)
        if self.boxes < 1:
            raise InvalidRequest(f"ask for one box or more, not {self.boxes}")
        shares = (("purity", self.purity), ("alpha", self.alpha), ("least mass", self.least_mass))
        for name, value in shares:
            if value is not None and not 0 < value < 1:
                raise InvalidRequest(f"the {name} lies between 0 and 1, not {value:g}")


Region = tuple[Limits, int | None]  # a box, and its place on the trajectory


def search_boxes(
    x: FloatArray, y: BoolArray, how: Search, *, seed: int = 0
) -> tuple[list[Region], list[Limits]]:
    """The boxes found, and PRIM's first trajectory (empty for CART)."""
    if how.method == "cart":
        leaves = failing_leaves(x, y, least_mass=how.least_mass, seed=seed)
        return [(box, None) for box in leaves[: how.boxes]], []
    found: list[Region] = []
    first: list[Limits] = []
    left = np.ones(len(y), dtype=bool)
    while len(found) < how.boxes and min(y[left].sum(), (~y[left]).sum()) >= FEWEST:
        rest = how.least_mass * len(y) / int(left.sum())
        if rest >= 1:
            break
        path = workbench(x[left], y[left], alpha=how.alpha, least_mass=rest)
        box, at = _taken(path, x[left], y[left], how, first=not found)
        if found and not box.sides(around(x[left])).any():
            break  # what is left has no region of its own
        first = first or path
        found.append((box, at))
        left &= ~box.holds(x)
    return found, first


def _taken(
    path: list[Limits], x: FloatArray, y: BoolArray, how: Search, *, first: bool
) -> tuple[Limits, int]:
    if first and how.step is not None:
        if not 0 <= how.step < len(path):
            last = len(path) - 1
            raise InvalidRequest(f"the trajectory has steps 0 to {last}, and no {how.step}")
        return path[how.step], how.step
    at = choose(path, x, y, purity=how.purity)
    return pruned(path[at], x, y), at


def finder(how: Search, *, seed: int = 0) -> Callable[[FloatArray, BoolArray], Limits | None]:
    """What finds the first box in a resample, by the same rule as in all worlds."""

    def by_prim(x: FloatArray, y: BoolArray) -> Limits | None:
        path = peeled(x, y, alpha=how.alpha, least_mass=how.least_mass)
        return pruned(path[choose(path, x, y, purity=how.purity)], x, y)

    def by_cart(x: FloatArray, y: BoolArray) -> Limits | None:
        leaves = failing_leaves(x, y, least_mass=how.least_mass, seed=seed)
        return leaves[0] if leaves else None

    return by_prim if how.method == "prim" else by_cart
