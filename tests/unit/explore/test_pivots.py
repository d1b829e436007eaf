"""Pivots: found by solving anew, on games whose turning points are known; and in samples."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

import numpy as np
import pytest

import countermove
from countermove.errors import InvalidRequest, UnknownName
from countermove.explore.cases import FREE, Case, Evaluator, Outcome
from countermove.explore.objectives import Objective
from countermove.explore.pivots import Pivot, Pivots, pivots
from countermove.explore.pivots_sample import best_split, flip_words, flips
from countermove.explore.pivots_words import _pivot_words, digits_of, pivot_words
from countermove.language.model import Scenario
from unit.explore.explored import POLICIES, explored, sanctions

KEY = "payoff(sender)"
HIGH = Objective(KEY, 1.0)
CASES = (Case(), Case(policy=POLICIES[0], met="adaptive"), Case(policy=POLICIES[1], met="adaptive"))
Worth = Callable[[Mapping[str, float]], tuple[float, ...]]


class Analytic:
    """An evaluator whose outcomes are a formula of the parameters."""

    def __init__(self, worth: Worth, *, fails: Callable[[Mapping[str, float]], bool] | None = None):
        self.scenario: Scenario = sanctions()
        self._worth, self._fails = worth, fails or (lambda values: False)
        self.solved: list[tuple[str, float]] = []

    def values_of(self, view: str | None) -> dict[str, float]:
        values = {name: p.value for name, p in self.scenario.parameters.items()}
        return values | dict(self.scenario.views[view].values if view else {})

    def outcomes(
        self,
        jobs: Iterable[tuple[Case, Mapping[str, float] | None]],
        *,
        threads: int | None = None,
        progress: Callable[[int, int], None] | None = None,
    ) -> list[Outcome]:
        return [self._outcome(case, parameters or {}) for case, parameters in jobs]

    def _outcome(self, case: Case, parameters: Mapping[str, float]) -> Outcome:
        values = self.values_of(case.view) | parameters
        self.solved += list(parameters.items())
        if self._fails(values) and case.policy == POLICIES[0]:
            return Outcome(case, "not solved: 3 fixed points")
        at = [c.policy for c in CASES].index(case.policy)
        return Outcome(case, "solved", {KEY: self._worth(values)[at]})


def sought(worth: Worth, **asked: object) -> Pivots:
    return pivots(Analytic(worth), HIGH, CASES, **asked)  # type: ignore[arg-type]


def spans(name: str) -> tuple[float, float, float]:
    parameter = sanctions().parameters[name]
    return parameter.value, parameter.low, parameter.high


def test_a_turning_point_that_is_known_is_enclosed() -> None:
    base, low, high = spans("leak")
    turn = base + 0.37 * (high - base)
    result = sought(lambda v: (turn, v["leak"], -10.0))
    assert result.best == FREE
    first = result.parameters[0]
    (pivot,) = first.pivots
    assert first.parameter == "leak"
    assert pivot.low <= turn <= pivot.high
    assert pivot.high - pivot.low <= 1e-3 * (high - low)
    assert (pivot.before, pivot.after) == (FREE, POLICIES[0])
    assert pivot.move == pytest.approx((turn - base) / (high - low), abs=1e-3)
    told = pivot_words(result)
    assert f"{POLICIES[0]} takes the place of (free)." in told[1]
    assert "With leak above" in told[1]
    assert "no such value in the range" in told[2] and "aim_value" in told[2]


def test_two_turning_points_on_either_side_and_a_third_policy_between() -> None:
    base, low, high = spans("leak")
    down, up = base - 0.5 * (base - low), base + 0.4 * (high - base)
    width = 0.02 * (high - low)  # far less than between the points looked at first

    def worth(values: Mapping[str, float]) -> tuple[float, ...]:
        leak = values["leak"]
        between = up < leak < up + width
        return (0.0, 1.0 if leak < down or leak >= up + width else -1.0, 1.0 if between else -1.0)

    (first, *_) = sought(worth, parameters=["leak"]).parameters
    ends = sorted((p.before, p.after) for p in first.pivots)
    threaten, refrain = POLICIES
    assert ends == [(FREE, refrain), (FREE, threaten), (refrain, threaten)]
    below = next(p for p in first.pivots if p.move < 0)
    assert below.low <= down <= below.high and below.after == POLICIES[0]
    assert min(abs(p.move) for p in first.pivots) == abs(first.pivots[0].move)


def test_low_is_better_where_the_objective_says_so() -> None:
    base, _, high = spans("leak")
    turn = (base + high) / 2
    low = pivots(Analytic(lambda v: (turn, v["leak"], 99.0)), Objective(KEY, -1.0), CASES)
    assert low.best == POLICIES[0]
    assert low.parameters[0].pivots[0].after == FREE


def test_no_such_value_is_said_plainly() -> None:
    result = sought(lambda v: (3.0, 2.0, 1.0))
    assert all(not s.pivots for s in result.parameters)
    assert {s.gap for s in result.parameters} == {1.0}
    assert "No parameter, moved alone through its range, was found to change that." in (
        pivot_words(result)
    )
    assert result.table()["before"].is_null().all()


def test_each_place_is_solved_but_once_and_the_base_for_all() -> None:
    solver = Analytic(lambda v: (0.1, v["leak"], 0.0))
    result = pivots(solver, HIGH, CASES)
    assert len(solver.solved) == result.solves
    assert all(solver.solved.count(place) <= len(CASES) for place in solver.solved)


@pytest.mark.parametrize("points", [4, 9, 40])
def test_a_pivot_among_values_that_cannot_be_solved_stays_wide(points: int) -> None:
    base, low, high = spans("leak")
    edge = base + 0.5 * (high - base)
    solver = Analytic(
        lambda v: (0.0, 1.0 if v["leak"] > edge else -1.0, -2.0),
        fails=lambda v: abs(v["leak"] - edge) < 0.03 * (high - low),
    )
    (half,) = pivots(solver, HIGH, CASES, parameters=["leak"], points=points).parameters
    (pivot,) = half.pivots
    assert pivot.low < edge < pivot.high
    assert pivot.high - pivot.low > 0.06 * (high - low)
    assert half.unsolved


def test_what_cannot_be_solved_is_told_and_no_pivot_is_made_of_it() -> None:
    base, _, high = spans("leak")
    edge = base + 0.5 * (high - base)
    solver = Analytic(lambda v: (1.0, 0.0, -1.0), fails=lambda v: v["leak"] > edge)
    result = pivots(solver, HIGH, CASES, parameters=["leak"])
    (scanned,) = result.parameters
    assert scanned.pivots == () and min(scanned.unsolved) > edge
    assert "Not known for leak at" in " ".join(pivot_words(result))


def test_what_is_solved_but_has_no_figure_is_told_in_other_words() -> None:
    base, _, high = spans("leak")
    edge = base + 0.5 * (high - base)
    nan = float("nan")
    result = sought(lambda v: (nan if v["leak"] > edge else 1.0, 0.0, -1.0), parameters=["leak"])
    assert min(result.parameters[0].unsolved) > edge
    assert "some policy has no figure there" in " ".join(pivot_words(result))
    with pytest.raises(InvalidRequest, match=r"no figure for .*: what it is given cannot happen"):
        sought(lambda v: (1.0, nan, 0.0))


def test_an_unsolved_base_is_refused() -> None:
    solver = Analytic(lambda v: (1.0, 0.0, -1.0), fails=lambda v: True)
    said = rf"at the base values not every policy has a figure \({POLICIES[0]}: not solved: 3"
    with pytest.raises(InvalidRequest, match=said):
        pivots(solver, HIGH, CASES)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"points": 1}, "look at 2 points of a range or more, not 1"),
        ({"tolerance": 0.0}, "the tolerance is a share of the range, 0 to 1, not 0"),
        ({"parameters": ["horizon_weight"]}, "horizon_weight has no range to move in"),
    ],
)
def test_requests_out_of_place_are_refused(asked: dict[str, object], said: str) -> None:
    solver = Analytic(lambda v: (1.0, 0.0, -1.0))
    fixed = replace(solver.scenario.parameters["leak"], name="horizon_weight", low=0.1, high=0.1)
    parameters = {**solver.scenario.parameters, "horizon_weight": fixed}
    solver.scenario = replace(solver.scenario, parameters=parameters)
    with pytest.raises(InvalidRequest, match=said):
        pivots(solver, HIGH, CASES, **asked)  # type: ignore[arg-type]


def test_a_single_policy_has_no_rival_and_names_must_exist() -> None:
    solver = Analytic(lambda v: (1.0, 0.0, -1.0))
    with pytest.raises(InvalidRequest, match="only among two or more"):
        pivots(solver, HIGH, CASES[:1])
    with pytest.raises(InvalidRequest, match="under one view at a time"):
        pivots(solver, HIGH, (Case(), Case(view="sceptic")))
    with pytest.raises(UnknownName, match="no parameter 'leek'; did you mean 'leak'"):
        pivots(solver, HIGH, CASES, parameters=["leek"])


def test_a_distribution_without_a_range_moves_through_its_middle() -> None:
    solver = Analytic(lambda v: (0.5, v["leak"], -1.0))
    spread = replace(
        solver.scenario.parameters["leak"], value=0.0, low=0.0, high=0.0, distribution="norm",
        distribution_parameters={},
    )  # fmt: skip
    solver.scenario = replace(
        solver.scenario, parameters={**solver.scenario.parameters, "leak": spread}
    )
    (scanned,) = pivots(solver, HIGH, CASES, parameters=["leak"]).parameters
    assert scanned.range == pytest.approx((-2.3263478740, 2.3263478740))
    assert scanned.pivots[0].low <= 0.5 <= scanned.pivots[0].high


def test_pivots_of_a_real_game_are_where_its_policies_cross() -> None:
    scenario = countermove.load("extended-deterrence")
    solver = Evaluator(scenario, measures=["payoff(defender)"])
    objective = Objective("payoff(defender)", 1.0)
    cases = [Case(policy=name, met="adaptive") for name in ("always_warn", "never_warn")]
    result = pivots(solver, objective, cases, parameters=["likely_committed", "warning_cost"])
    assert result.best == "always_warn"
    found = [p for s in result.parameters for p in s.pivots]
    assert {p.parameter for p in found} == {"likely_committed", "warning_cost"}
    for pivot in found:
        ends = []
        for value in (pivot.low, pivot.high):
            both = [solver.outcome(case, {pivot.parameter: value}) for case in cases]
            ends.append(both[0].values[objective.key] - both[1].values[objective.key])
        assert ends[0] * ends[1] <= 0, pivot


def two_sided(n: int = 500) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Above 0.6 of the first parameter the policy is better by 1, below worse by 1."""
    x = np.random.default_rng(0).random((n, 3))
    own = np.where(x[:, 0] > 0.6, 1.0, -1.0)
    return x, {FREE: np.zeros(n), POLICIES[0]: own}


def test_a_flip_in_a_sample_is_found_with_what_it_is_worth() -> None:
    x, figures = two_sided()
    worlds = {name: x[:, at] for at, name in enumerate(("leak", "aim_value", "climb_down"))}
    exploration = explored({KEY: figures}, worlds=worlds, shuffled=4)
    result = flips(exploration, HIGH, resamples=50)
    first = result.parameters[0]
    assert (first.parameter, first.below, first.above) == ("leak", FREE, POLICIES[0])
    assert first.threshold == pytest.approx(0.6, abs=0.02)
    share = float((x[:, 0] > 0.6).mean())
    assert (
        first.gain == pytest.approx(share) == result.perfect
    )  # the side says all there is to know
    assert result.best == FREE and result.share_best[1] == pytest.approx(share)
    assert all(f.gain <= 2 * result.chance for f in result.parameters[1:])
    told = flip_words(result)
    assert "With leak below 0.6, (free) is best on average, above threaten_and_impose" in told[1]
    assert "(100% of what it is worth to know the world)" in told[1]


def test_a_split_gains_what_all_thresholds_tried_one_by_one_gain() -> None:
    rng = np.random.default_rng(2)
    column, u = np.round(rng.random(60), 1), rng.normal(size=(3, 60))
    gains = {}
    for value in sorted(set(column))[:-1]:
        below = column <= value
        if min(below.sum(), (~below).sum()) >= 3:
            parts = u[:, below].sum(axis=1).max() + u[:, ~below].sum(axis=1).max()
            gains[float(value)] = (parts - u.sum(axis=1).max()) / 60
    threshold, gain = best_split(column, u)
    at = max(gains, key=lambda value: gains[value])
    assert gain == pytest.approx(gains[at])
    assert at < threshold < at + 0.1 + 1e-9


def test_noise_does_not_flip_the_best() -> None:
    rng = np.random.default_rng(5)
    figures = {FREE: rng.normal(size=300), POLICIES[0]: rng.normal(size=300) - 0.1}
    worlds = {"leak": rng.random(300)}
    result = flips(explored({KEY: figures}, worlds=worlds), HIGH, resamples=100)
    assert "No single parameter's threshold flips" in flip_words(result)[-1]
    with pytest.raises(InvalidRequest, match="only among two or more"):
        flips(explored({KEY: figures}, worlds=worlds), HIGH, policies=[FREE])


def test_minus_signs_and_digits_are_those_of_the_table() -> None:
    pivot = Pivot("leak", 0.4, (-1.0, 0.9), 0.8992, 0.9, "a", "b", 0.26)
    assert digits_of(pivot) == 5
    assert digits_of(replace(pivot, low=1234.25, high=1234.75)) == 5
    assert "With leak above 0.8996 (base 0.4, range −1 to 0.9), b takes the place of a." in (
        _pivot_words(pivot)
    )
