"""The search along a parameter: brackets, enclosures and slopes of functions that are known."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

import pytest

from countermove.explain.turns_record import Look
from countermove.explain.turns_search import Axis, Side, search, sides_of, slope

UNIT = Axis("x", 0.0, 1.0, 0.0)


def ask(
    f: Callable[[float], float], fails: Callable[[float], bool] = lambda x: False
) -> tuple[Callable[[Sequence[tuple[str, float]]], Mapping[tuple[str, float], Look]], list[float]]:
    """A lookup that answers by a formula, and the list of what was asked."""
    asked: list[float] = []

    def look(places: Sequence[tuple[str, float]]) -> Mapping[tuple[str, float], Look]:
        asked.extend(value for _, value in places)
        return {
            (name, x): Look(x, status="not solved") if fails(x) else Look(x, log_odds=f(x))
            for name, x in places
        }

    return look, asked


def searched(
    f: Callable[[float], float],
    *,
    axis: Axis = UNIT,
    points: int = 5,
    tolerance: float = 1e-3,
    fails: Callable[[float], bool] = lambda x: False,
) -> tuple[tuple[Side, ...], list[float]]:
    look, asked = ask(f, fails)
    sides = sides_of(axis, points)
    search(sides, Look(axis.value, log_odds=f(axis.value)), look, tolerance)
    return sides, asked


@pytest.mark.parametrize("root", [0.003, 0.2, 0.3777, 0.61, 0.9995])
@pytest.mark.parametrize(
    "f",
    [
        lambda d: d,
        lambda d: 1e9 * d**3,
        lambda d: math.atan(4000 * d),
        lambda d: math.inf if d > 0 else -math.inf,
        lambda d: math.expm1(20 * d),
    ],
)
def test_a_root_is_enclosed_with_no_more_points_than_bisection_and_one(
    f: Callable[[float], float], root: float
) -> None:
    (side,), asked = searched(lambda x: f(x - root))
    assert side.outer is not None
    assert side.inner <= root + 1e-5 and root < side.outer  # within 1e-5 the cube is level
    assert side.outer - side.inner <= 1e-3 * (1 + 1e-9)
    rings = math.floor(root / 0.2 + 1e-9) + 1 + (root < 0.8)  # past the root, and the end
    assert len(asked) == len(set(asked)) <= rings + math.ceil(math.log2(0.2 / 1e-3)) + 1


def test_a_smooth_function_needs_far_fewer_points_than_bisection() -> None:
    _, asked = searched(lambda x: math.sin(x) - math.sin(0.3777), tolerance=1e-6)
    assert len(asked) <= 3 + 8  # bisection would need 18


def test_nothing_beyond_the_nearest_change_is_looked_at_but_the_end() -> None:
    (side,), asked = searched(lambda x: -math.cos(2 * math.pi * x) - 1e-3)  # turns at 0.25, 0.75
    assert side.inner <= 0.2503 and side.outer is not None and side.outer > 0.25
    assert [x for x in asked if x > 0.4] == [1.0]


def test_where_nothing_is_known_the_enclosure_stays_wide() -> None:
    (side,), _ = searched(lambda x: x - 0.5, fails=lambda x: 0.41 < x < 0.59)
    assert side.stuck and side.outer is not None
    assert side.inner <= 0.41 and side.outer >= 0.59
    (side,), _ = searched(lambda x: x - 0.5, fails=lambda x: x > 0)
    assert not side.turned
    (side,), _ = searched(lambda x: x - 0.25, fails=lambda x: x in (0.2, 0.4))
    assert side.outer is not None and 0.0 < side.outer - side.inner < 1e-3


def test_both_ways_out_and_a_scale_that_is_logarithmic() -> None:
    axis = Axis("x", 0.01, 100.0, 1.0, log=True)
    assert axis.here == pytest.approx(0.5)
    assert axis.at(0.75) == pytest.approx(10.0)
    assert [axis.at(p) for p in (0.0, axis.here, 1.0)] == [0.01, 1.0, 100.0]
    sides, _ = searched(lambda x: abs(math.log10(x)) - 1.3, axis=axis, tolerance=1e-6)
    below, above = sides
    assert below.outer is not None and above.outer is not None
    assert below.value(below.outer) == pytest.approx(10**-1.3, rel=1e-4)
    assert above.value(above.outer) == pytest.approx(10**1.3, rel=1e-4)
    assert len(sides_of(Axis("x", 0.0, 1.0, 1.0), 3)) == 1


def test_the_slope_is_that_of_a_parabola_from_one_side_or_two() -> None:
    def f(x: float) -> float:
        return 3 * (x - 0.3) - 5 * (x - 0.3) ** 2 - 1

    sides, _ = searched(f, axis=Axis("x", 0.0, 1.0, 0.3))
    assert slope(sides) == pytest.approx(0.3)
    sides, _ = searched(lambda x: 2 * x + x * x - 9)
    assert slope(sides) == pytest.approx(0.2)
    sides, _ = searched(lambda x: -9.0, fails=lambda x: x > 0)
    assert math.isnan(slope(sides))
