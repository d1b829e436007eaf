"""Sensitivity: known functions through the rows of an exploration, designs, and refusals."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from scipy.stats import ks_2samp

from countermove.errors import InvalidRequest, UnknownName
from countermove.explore.cases import FREE, OWN
from countermove.explore.exploration import Exploration
from countermove.explore.sensitivity import (
    design,
    morris_points,
    saltelli_points,
    sensitivity,
    sensitivity_words,
)
from countermove.explore.sensitivity_designs import problem, quiet
from countermove.explore.sensitivity_methods import distances
from countermove.language.model import Correlation
from unit.explore.explored import POLICIES, explored, sanctions

KEY = "payoff(sender)"
NEEDS_NUMPY_2 = pytest.mark.skipif(
    not hasattr(np, "trapezoid"), reason="SALib's delta does not work with NumPy 1"
)
# Ishigami and Homma (1990), a = 7, b = 0.1: the variance in closed form
_A, _B = 7.0, 0.1
_V1 = 0.5 * (1 + _B * np.pi**4 / 5) ** 2
_V2 = _A**2 / 8
_V13 = _B**2 * np.pi**8 * (1 / 18 - 1 / 50)
_V = _V1 + _V2 + _V13
FIRST = {"zeta": _V1 / _V, "alpha": _V2 / _V, "mid": 0.0}
TOTAL = {"zeta": (_V1 + _V13) / _V, "alpha": _V2 / _V, "mid": _V13 / _V}
NAMES = ("zeta", "alpha", "mid")  # not in the order of the alphabet: columns must not be sorted


def ishigami(x: np.ndarray) -> np.ndarray:
    y: np.ndarray = (
        np.sin(x[:, 0]) + _A * np.sin(x[:, 1]) ** 2 + _B * x[:, 2] ** 4 * np.sin(x[:, 0])
    )
    return y


def through(
    points: np.ndarray,
    f: Callable[[np.ndarray], np.ndarray],
    *,
    method: str,
    names: tuple[str, ...] = NAMES,
    low: float = -np.pi,
    high: float = np.pi,
    shuffled: int | None = 3,
) -> Exploration:
    """An exploration of ``f`` at points of the unit cube, its rows in no order."""
    x = low + (high - low) * points
    worlds = {name: x[:, at] for at, name in enumerate(names)}
    figures = {KEY: {FREE: f(x), POLICIES[0]: f(x) + x[:, -1]}}
    manifest = {"method": method, "worlds": len(x), "seed": 0}
    return explored(figures, worlds=worlds, manifest=manifest, shuffled=shuffled)


def by_name(result: Any, index: int = 0) -> dict[str, float]:
    return dict(zip(result.parameters, result.indices[index].values, strict=True))


@pytest.fixture(scope="module")
def saltelli() -> Exploration:
    return through(design("saltelli", 3, 1024 * 5), ishigami, method="saltelli")


def test_sobol_indices_of_ishigami_are_those_of_the_closed_form(saltelli: Exploration) -> None:
    result = sensitivity(saltelli, KEY)
    assert (result.method, result.n_worlds) == ("sobol", 5120)
    for index, exact in zip(result.indices, (TOTAL, FIRST), strict=True):
        for at, name in enumerate(NAMES):
            half = index.high[at] - index.values[at]
            assert abs(index.values[at] - exact[name]) <= half, (index.name, name)
    assert result.ranked == ("zeta", "alpha", "mid")
    told = sensitivity_words(result)[0]
    assert "payoff(sender) under (free) moves most with zeta" in told


def test_sobol_indices_are_those_that_salib_gives_directly(saltelli: Exploration) -> None:
    from SALib.analyze import sobol

    points = saltelli_points(3, 1024)
    y = ishigami(-np.pi + 2 * np.pi * points)
    with quiet():
        direct = sobol.analyze(problem(3), y, calc_second_order=False, num_resamples=50, seed=1)
    ours = sensitivity(saltelli, KEY, resamples=50, seed=0)
    assert ours.indices[0].values == pytest.approx(direct["ST"])
    assert ours.indices[1].values == pytest.approx(direct["S1"])
    halves = np.subtract(ours.indices[0].high, ours.indices[0].values)
    assert halves == pytest.approx(direct["ST_conf"])


def test_columns_in_another_order_are_noticed(saltelli: Exploration) -> None:
    swapped = replace(
        saltelli, manifest={**saltelli.manifest, "parameters": ("alpha", "zeta", "mid")}
    )
    with pytest.raises(InvalidRequest, match="no Saltelli design over these parameters"):
        sensitivity(swapped, KEY)


def test_the_lead_of_a_policy_has_its_own_sensitivity(saltelli: Exploration) -> None:
    lead = sensitivity(saltelli, KEY, policy=POLICIES[0], against=FREE)
    assert by_name(lead) == pytest.approx({"zeta": 0, "alpha": 0, "mid": 1}, abs=1e-2)
    assert f"the lead of {POLICIES[0]} over (free)" in sensitivity_words(lead)[0]


def linear(x: np.ndarray) -> np.ndarray:
    y: np.ndarray = x @ np.array([3.0, -1.0, 0.0]) + 0.5
    return y


def test_morris_effects_of_a_linear_function_are_its_slopes() -> None:
    points = design("morris", 3, 43, seed=2)
    assert len(points) == 40 and points.min() == 0.125 and points.max() == 0.875
    result = sensitivity(through(points, linear, method="morris", low=0, high=1), KEY)
    assert by_name(result) == pytest.approx({"zeta": 3, "alpha": 1, "mid": 0})
    assert by_name(result, 1) == pytest.approx({"zeta": 3, "alpha": -1, "mid": 0})
    assert by_name(result, 2) == pytest.approx(dict.fromkeys(NAMES, 0), abs=1e-12)


def test_morris_effects_are_those_that_salib_gives_directly() -> None:
    from SALib.analyze import morris

    points = morris_points(3, 60, seed=4)
    ours = sensitivity(through(points, ishigami, method="morris"), KEY)
    y = ishigami(-np.pi + 2 * np.pi * points) * (2 / 3) / 0.5  # its step is 2/3, ours a half
    direct = morris.analyze(problem(3) | {"groups": None}, points, y, num_levels=4, seed=1)
    assert ours.indices[0].values == pytest.approx(np.asarray(direct["mu_star"], dtype=float))
    assert ours.indices[2].values == pytest.approx(np.asarray(direct["sigma"], dtype=float))


def test_a_parameter_that_the_view_pins_has_no_effect_in_a_design() -> None:
    points = design("morris", 3, 40)
    both = through(points, linear, method="morris", low=0, high=1)
    pinned = both.worlds.with_columns(alpha=0.5)
    x = np.column_stack([pinned[name].to_numpy() for name in NAMES])
    figures = {KEY: {FREE: linear(x), POLICIES[0]: linear(x)}}
    worlds = {name: pinned[name].to_numpy() for name in NAMES}
    result = sensitivity(explored(figures, worlds=worlds, manifest=both.manifest), KEY)
    assert by_name(result) == pytest.approx({"zeta": 3, "alpha": 0, "mid": 0})
    assert result.pinned == ("alpha",)


def test_rows_out_of_a_trajectory_are_noticed() -> None:
    points = design("morris", 3, 40)
    with pytest.raises(InvalidRequest, match="no Morris design over these parameters"):
        sensitivity(through(np.roll(points, 1, axis=0), linear, method="morris"), KEY)


@pytest.fixture(scope="module")
def random() -> Exploration:
    points = np.random.default_rng(7).random((600, 3))
    return through(points, ishigami, method="sobol")


def test_pawn_is_that_of_salib_and_sorts_the_parameters(random: Exploration) -> None:
    from SALib.analyze import pawn

    result = sensitivity(random, KEY, resamples=20)
    x = random.worlds.select(NAMES).to_numpy()
    with quiet():
        direct = pawn.analyze(problem(3), x, ishigami(x), S=10)
    assert result.method == "pawn"
    assert result.indices[0].values == pytest.approx(direct["median"])
    assert result.ranked[0] == "alpha"


@pytest.mark.parametrize("digits", [1, 6])
def test_the_quick_distances_are_those_of_scipy(digits: int) -> None:
    rng = np.random.default_rng(0)
    x, y = np.round(rng.random(300), digits), np.round(rng.random(300), 1)  # with ties
    edges = np.quantile(x, np.linspace(0, 1, 11))
    for at, distance in enumerate(distances(x[:, None], y)[:, 0]):
        own = y[(x >= edges[at]) & (x < edges[at + 1])]
        if not len(own):
            assert np.isnan(distance)
            continue
        assert distance == pytest.approx(ks_2samp(own, y).statistic)


@pytest.mark.parametrize(
    ("method", "resamples"), [("pawn", 40), pytest.param("delta", 5, marks=NEEDS_NUMPY_2)]
)
def test_a_parameter_without_influence_stays_below_the_dummy(method: str, resamples: int) -> None:
    points = np.random.default_rng(1).random((150, 3))
    one = through(points, linear, method="sobol", low=0, high=1)
    result = sensitivity(one, KEY, method=method, resamples=resamples)
    value, dummy = by_name(result), by_name(result, 1)
    assert value["zeta"] > dummy["zeta"] and value["mid"] <= dummy["mid"]
    assert "moves most with zeta" in sensitivity_words(result)[0]


def test_delta_says_that_it_needs_a_newer_numpy(
    random: Exploration, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(np, "trapezoid", raising=False)
    with pytest.raises(InvalidRequest, match=r"delta needs NumPy 2 or newer, and .* is installed"):
        sensitivity(random, KEY, method="delta")


@NEEDS_NUMPY_2
def test_delta_leaves_the_global_generator_and_the_warnings_as_they_were() -> None:
    random = through(np.random.default_rng(7).random((100, 3)), linear, method="lhs")
    before, shown = np.random.get_state()[1].copy(), warnings.formatwarning  # type: ignore[index]
    one, two = (sensitivity(random, KEY, method="delta", resamples=3) for _ in range(2))
    assert one == two
    assert np.array_equal(np.random.get_state()[1], before)  # type: ignore[index]
    assert warnings.formatwarning is shown


def punched(exploration: Exploration, worlds: int) -> Exploration:
    import polars as pl

    hole = pl.col("world") < worlds
    rows = exploration.rows.with_columns(
        pl.when(hole).then(pl.lit("not solved")).otherwise(pl.col("status")).alias("status"),
        pl.when(hole).then(None).otherwise(pl.col(KEY)).alias(KEY),
    )
    return replace(exploration, rows=rows)


def test_a_design_with_holes_is_refused_whatever_is_asked(saltelli: Exploration) -> None:
    said = r"sobol needs all 5,120 worlds of its design, and 2 have no figure \(\(free\): 2 not"
    with pytest.raises(InvalidRequest, match=said):
        sensitivity(punched(saltelli, 2), KEY, allow_missing=True)


def test_an_unfinished_design_is_refused(saltelli: Exploration) -> None:
    import polars as pl

    part = saltelli.rows.filter(pl.col("world") < 5000)
    with pytest.raises(InvalidRequest, match="and 120 have no figure; finish the exploration"):
        sensitivity(replace(saltelli, rows=part), KEY)


def test_given_data_take_few_holes_and_say_so(random: Exploration) -> None:
    few = sensitivity(punched(random, 12), KEY, resamples=5)
    assert (few.n_worlds, few.n_dropped) == (588, 12)
    assert "12 worlds without a figure are left out ((free): 12 not solved)." in few.notes
    with pytest.raises(InvalidRequest, match="60 of 600 worlds lack a figure"):
        sensitivity(punched(random, 60), KEY, resamples=5)
    assert sensitivity(punched(random, 60), KEY, resamples=5, allow_missing=True).n_dropped == 60


def test_a_method_needs_its_own_worlds(random: Exploration, saltelli: Exploration) -> None:
    with pytest.raises(InvalidRequest, match="drawn by `explore --method saltelli`, and these"):
        sensitivity(random, KEY, method="sobol")
    with pytest.raises(InvalidRequest, match="drawn by `explore --method morris`"):
        sensitivity(saltelli, KEY, method="morris")
    with pytest.raises(UnknownName, match="no method of sensitivity analysis 'soboll'; did you"):
        sensitivity(saltelli, KEY, method="soboll")


def test_correlated_parameters_have_no_sobol_indices(saltelli: Exploration) -> None:
    scenario = replace(sanctions(), correlations=(Correlation("alpha", "mid", 0.5),))
    tied = replace(saltelli, scenario=scenario)
    with pytest.raises(InvalidRequest, match="takes parameters for independent"):
        sensitivity(tied, KEY)


def test_a_figure_that_nothing_moves_is_told(random: Exploration) -> None:
    flat = through(
        np.random.default_rng(0).random((120, 3)), lambda x: x[:, 0] * 0 + 2, method="lhs"
    )
    with pytest.raises(InvalidRequest, match=r"payoff\(sender\) is 2 in all 120 worlds"):
        sensitivity(flat, KEY)


def test_too_few_worlds_for_slices_are_refused() -> None:
    few = through(np.random.default_rng(0).random((60, 3)), linear, method="lhs")
    with pytest.raises(InvalidRequest, match="60 are too few for that: explore 100 or more"):
        sensitivity(few, KEY)


def test_wide_intervals_are_told() -> None:
    small = through(design("saltelli", 3, 40), ishigami, method="saltelli")
    assert any("Intervals are wide" in note for note in sensitivity(small, KEY).notes)


@pytest.mark.parametrize(("method", "block"), [("saltelli", 5), ("morris", 4)])
def test_designs_are_whole_and_no_larger_than_asked(method: str, block: int) -> None:
    for n in (2 * block, 2 * block + 1, 100, 1000):
        points = design(method, 3, n, seed=n)
        assert len(points) <= n and len(points) % block == 0
        assert points.min() >= 0 and points.max() <= 1
        assert np.array_equal(points, design(method, 3, n, seed=n))
    assert not np.array_equal(design(method, 3, 100, 1), design(method, 3, 100, 2))
    said = f"comes in blocks of {block} worlds.*ask for {2 * block} worlds or more, not 7"
    with pytest.raises(InvalidRequest, match=said):
        design(method, 3, 7)


def test_no_such_design() -> None:
    with pytest.raises(UnknownName, match="there is no design 'fast'"):
        design("fast", 3, 100)
    with pytest.raises(InvalidRequest, match="at least one uncertain parameter"):
        design("morris", 0, 100)


def test_the_table_tells_the_most_influential_first(saltelli: Exploration) -> None:
    table = sensitivity(saltelli, KEY).table()
    assert table["parameter"].to_list() == ["zeta", "alpha", "mid"]
    assert table.columns == [
        "parameter", "ST", "ST_low", "ST_high", "S1", "S1_low", "S1_high", "pinned",
    ]  # fmt: skip
    assert sensitivity(saltelli, KEY).view == OWN
