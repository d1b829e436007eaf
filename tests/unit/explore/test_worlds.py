"""Worlds: points of the unit cube, mapped through each view's ranges and distributions."""

import dataclasses

import numpy as np
import pytest
from scipy import stats

from countermove import InvalidRequest, Scenario, ScenarioError, UnknownName, loads
from countermove.explore.space import space_of
from countermove.explore.worlds import notes, points, sample
from unit.explore.sweep_scenario import TEXT, tiny


def cube(method: str, worlds: int, dimensions: int = 3, seed: int = 0) -> np.ndarray:
    return np.concatenate([*points(sample(method, worlds, dimensions, seed=seed))])


def with_parameter(line: str, *, name: str = "shame", more: str = "") -> Scenario:
    """The tiny scenario with another line for one parameter."""
    old = next(row for row in TEXT.splitlines() if row.startswith(f"  {name}:"))
    return loads(TEXT.replace(old, f"  {name}: {line}") + more)


def drawn(scenario: Scenario, view: str | None = None, worlds: int = 4096) -> dict[str, np.ndarray]:
    space = space_of(scenario, [view])
    values = space.values(cube("sobol", worlds, space.dimensions), view)
    return dict(zip(space.names, values.T, strict=True))


@pytest.mark.parametrize("method", ["sobol", "random"])
def test_more_worlds_leave_the_first_ones_as_they_are(method: str) -> None:
    assert sample(method, 10, 3).extendable
    assert np.array_equal(cube(method, 100), cube(method, 9000)[:100])
    assert np.array_equal(cube(method, 8192), cube(method, 9000)[:8192])
    assert not np.array_equal(cube(method, 100), cube(method, 100, seed=1))


def test_a_latin_hypercube_has_a_world_in_every_slice_and_cannot_grow() -> None:
    found = cube("lhs", 100)
    for column in found.T:
        assert sorted(np.floor(100 * column)) == [*range(100)]
    assert not sample("lhs", 100, 3).extendable
    assert not np.array_equal(found, cube("lhs", 200)[:100])


def test_sobol_is_scipys_own() -> None:
    own = stats.qmc.Sobol(3, scramble=True, seed=np.random.default_rng(7)).random(64)
    assert np.array_equal(cube("sobol", 64, seed=7), own)


def test_designs_are_as_large_as_they_must_be() -> None:
    found = sample("saltelli", 100, 3)
    assert found.worlds == 80  # 16 base points, five of each
    assert len(cube("saltelli", 100)) == 80
    assert notes(found, 100) == ("a saltelli design of 3 parameters has 80 worlds, not 100",)
    assert not found.extendable
    assert sample("morris", 100, 3).worlds == 100


def test_what_is_said_of_a_number_that_is_no_power_of_two() -> None:
    assert notes(sample("sobol", 1024, 3), 1024) == ()
    (said,) = notes(sample("sobol", 1000, 3), 1000)
    assert "512 or 1,024 worlds would do better than 1,000" in said


def test_what_cannot_be_sampled() -> None:
    with pytest.raises(UnknownName, match="'sobel'; did you mean 'sobol'"):
        sample("sobel", 10, 3)
    with pytest.raises(InvalidRequest, match="at least one world, not 0"):
        sample("sobol", 0, 3)
    with pytest.raises(InvalidRequest, match="seed is a whole number from 0"):
        sample("sobol", 4, 3, seed=-1)


def test_ranges_are_uniform_on_their_scale() -> None:
    found = drawn(tiny())
    assert set(found) == {"lam", "prize", "shame"}  # 'fixed' has no range
    assert np.quantile(found["prize"], [0, 0.5, 1]) == pytest.approx([0.5, 1.25, 2], abs=2e-3)
    assert np.quantile(found["lam"], [0, 0.5, 1]) == pytest.approx([1, 3, 9], abs=2e-2)


def test_a_view_pins_and_moves_the_same_worlds() -> None:
    own, shy, bold = (drawn(tiny(), view) for view in (None, "shy", "bold"))
    assert set(shy["shame"]) == {0.9}
    assert set(bold["lam"]) == {6.0}
    assert np.array_equal(own["shame"], bold["shame"])
    assert shy["prize"] == pytest.approx(1 + 2 * (own["prize"] - 0.5) / 1.5)


def test_a_range_takes_the_place_of_a_value_in_the_same_view() -> None:
    text = TEXT.replace("ranges: {prize: [1, 3]}", "ranges: {prize: [1, 3], shame: [0.8, 1]}")
    found = drawn(loads(text), "shy")["shame"]
    assert 0.8 <= found.min() < 0.81
    assert 0.99 < found.max() <= 1


def test_what_only_a_view_ranges_over_is_uncertain_there_alone() -> None:
    text = TEXT.replace("ranges: {prize: [1, 3]}", "ranges: {fixed: [0, 1]}")
    scenario = loads(text)
    assert space_of(scenario).names == ("lam", "prize", "shame", "fixed")
    assert set(drawn(scenario)["fixed"]) == {0.2}
    assert np.mean(drawn(scenario, "shy")["fixed"]) == pytest.approx(0.5, abs=1e-3)


def test_levers_are_not_drawn() -> None:
    scenario = tiny()
    lever = dataclasses.replace(scenario.parameters["prize"], lever_of="always_ask")
    changed = dataclasses.replace(scenario, parameters={**scenario.parameters, "prize": lever})
    assert space_of(changed).names == ("lam", "shame")


def test_a_distribution_is_scipys_cut_to_the_range() -> None:
    line = (
        "{value: 0.5, range: [0, 1], assumption: true, "
        "distribution: {name: norm, parameters: {loc: 0.6, scale: 0.5}}}"
    )
    found = drawn(with_parameter(line))["shame"]
    own = stats.truncnorm((0 - 0.6) / 0.5, (1 - 0.6) / 0.5, loc=0.6, scale=0.5)
    assert stats.kstest(found, own.cdf).statistic < 1e-3
    assert found.min() >= 0
    assert found.max() <= 1


def test_a_far_tail_keeps_its_digits() -> None:
    line = (
        "{value: 10, range: [9, 12], assumption: true, distribution: {name: norm, parameters: {}}}"
    )
    found = drawn(with_parameter(line))["shame"]
    own = stats.norm.isf(stats.norm.sf(9) * np.array([0.75, 0.5, 0.25]))
    assert np.quantile(found, [0.25, 0.5, 0.75]) == pytest.approx(own, rel=1e-4)


def test_a_whole_number_is_drawn_from_a_discrete_distribution() -> None:
    line = (
        "{value: 2, range: [1, 3], assumption: true, "
        "distribution: {name: poisson, parameters: {mu: 2}}}"
    )
    found = drawn(with_parameter(line))["shame"]
    odds = stats.poisson.pmf([1, 2, 3], 2)
    values, counts = np.unique(found, return_counts=True)
    assert [*values] == [1, 2, 3]
    assert counts / counts.sum() == pytest.approx(odds / odds.sum(), abs=1e-3)


def test_a_distribution_without_a_range_is_not_cut() -> None:
    found = drawn(with_parameter("{value: 0, assumption: true, distribution: norm}"))["shame"]
    assert np.isfinite(found).all()
    assert found.min() < -3
    assert found.max() > 3


def in_range(distribution: str, bounds: str = "[0, 1]") -> str:
    return f"{{value: 0.5, range: {bounds}, assumption: true, distribution: {distribution}}}"


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (in_range("bata"), "'shame' has a distribution 'bata'.*\n.*\n.*nearest:  beta"),
        (in_range("sobol_seq"), "which scipy.stats does not have"),
        (in_range("kstest"), "which scipy.stats does not have"),
        (in_range("beta"), "'beta' that needs a and b"),
        (in_range("{name: norm, parameters: {mean: 0}}"), "an argument 'mean' that it does not"),
        (in_range("{name: norm, parameters: {locc: 0}}"), "nearest:  loc"),
        (in_range("{name: beta, parameters: {a: -1, b: 2}}"), r"cannot have \(a=-1, b=2\)"),
        (
            in_range("{name: uniform, parameters: {loc: 4}}", "[0, 1]"),
            "in which its distribution 'uniform' never falls",
        ),
    ],
)
def test_distributions_that_cannot_be(line: str, message: str) -> None:
    with pytest.raises(ScenarioError, match=message) as caught:
        space_of(with_parameter(line))
    assert caught.value.diagnostics[0].location.line > 0


def test_a_view_may_not_move_a_logarithmic_range_to_zero() -> None:
    scenario = loads(TEXT.replace("ranges: {prize: [1, 3]}", "ranges: {lam: [0, 3]}"))
    with pytest.raises(ScenarioError, match="'lam' under the view 'shy' is drawn on a log scale"):
        space_of(scenario, ["shy"])


def test_nothing_uncertain_is_refused() -> None:
    scenario = tiny()
    fixed = {"fixed": scenario.parameters["fixed"]}
    with pytest.raises(InvalidRequest, match="nothing is uncertain in 'tiny'"):
        space_of(dataclasses.replace(scenario, parameters=fixed, views={}))


CORRELATED = "correlations: [{between: [lam, shame], value: -0.7, assumption: true}]\n"


def test_rank_correlations_are_as_stated_and_leave_the_margins() -> None:
    found = drawn(loads(TEXT + CORRELATED))
    assert stats.spearmanr(found["lam"], found["shame"]).statistic == pytest.approx(-0.7, abs=0.01)
    assert abs(stats.spearmanr(found["lam"], found["prize"]).statistic) < 0.01
    assert stats.kstest(found["shame"], "uniform").statistic < 0.01
    assert np.array_equal(found["lam"], drawn(tiny())["lam"])


def test_a_perfect_correlation_is_a_mirror() -> None:
    found = drawn(loads(TEXT + CORRELATED.replace("-0.7", "-1")))
    assert stats.spearmanr(found["lam"], found["shame"]).statistic == pytest.approx(-1)


def test_correlations_that_contradict_each_other_are_refused() -> None:
    pairs = [("lam", "shame"), ("lam", "prize"), ("shame", "prize")]
    stated = "".join(
        f"  - {{between: [{a}, {b}], value: -0.5, assumption: true}}\n" for a, b in pairs
    )
    scenario = loads(f"{TEXT}correlations:\n{stated}")
    with pytest.raises(InvalidRequest, match="no joint draw has all these rank correlations"):
        space_of(scenario)
