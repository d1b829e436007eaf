"""Scenario discovery: a box that is known, the Workbench run directly, and what is said."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from countermove.errors import InvalidRequest, UnknownName
from countermove.explore.cases import FREE
from countermove.explore.discovery import Discovery, discover
from countermove.explore.discovery_boxes import (
    Limits,
    around,
    choose,
    fit,
    pruned,
    quasi_p,
)
from countermove.explore.discovery_cart import failing_leaves, grown
from countermove.explore.discovery_prim import _quiet, peeled, workbench
from countermove.explore.discovery_questions import Question, failures, question
from countermove.explore.discovery_search import Search
from countermove.explore.discovery_words import discovery_words
from countermove.explore.exploration import Exploration
from countermove.explore.objectives import Objective
from countermove.explore.objectives_values import alternatives_of, sampled
from countermove.language.model import Goal
from unit.explore.explored import POLICIES, explored, sanctions

DATA = Path(__file__).parents[4] / "shared/data/bryant-lempert-2010.csv"
NAMES = ("leak", "aim_value", "resolve_committed")
GOALS = (Goal("calm", "imposed", at_most=0.5), Goal("pays", "payoff(sender)", at_least=0.0))


def boxed(n: int = 1000, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Failures are exactly the worlds with the first above 0.7 and the second below 0.4."""
    x = np.random.default_rng(seed).random((n, 3))
    return x, (x[:, 0] > 0.7) & (x[:, 1] < 0.4)


def failing(x: np.ndarray, y: np.ndarray, *, goals: tuple[Goal, ...] = GOALS) -> Exploration:
    worlds = {name: x[:, at] for at, name in enumerate(NAMES)}
    figures = {
        "imposed": {FREE: np.where(y, 0.9, 0.1), POLICIES[0]: np.full(len(y), 0.2)},
        "payoff(sender)": {FREE: np.where(y, -2.0, 1.0), POLICIES[0]: np.full(len(y), 0.5)},
    }
    return explored(figures, scenario=sanctions(goals=goals), worlds=worlds, shuffled=1)


@pytest.fixture(scope="module")
def exploration() -> Exploration:
    return failing(*boxed())


@pytest.fixture(scope="module")
def found(exploration: Exploration) -> Discovery:
    return discover(exploration, question(exploration.scenario, goals=["calm"]), resamples=20)


def test_a_known_box_is_found(found: Discovery) -> None:
    (box,) = found.boxes
    limits = {r.parameter: r for r in box.restrictions}
    assert set(limits) == {"leak", "aim_value"}
    assert limits["leak"].high is None and limits["aim_value"].low is None
    # a peel takes a twentieth of the box's worlds: limits can be off by one peel
    x, y = boxed()
    inside = int(y.sum())
    peel = math.ceil(0.05 * inside / 0.95)
    assert np.sum(y & (x[:, 0] < (limits["leak"].low or 0))) <= peel
    assert np.sum(y & (x[:, 1] > (limits["aim_value"].high or 1))) <= peel
    assert box.fit.density >= 0.95 and box.fit.coverage >= 0.95
    assert all((r.p_low or 0) + (r.p_high or 0) < 1e-6 for r in box.restrictions)


def test_what_was_found_is_said(found: Discovery) -> None:
    told = discovery_words(found)
    assert told[0].startswith(
        "As (own) sees the worlds, (free) fails (calm (imposed at most 0.5) missed) in "
    )
    assert "It fails where leak is above 0.7" in told[1] or "aim_value is below 0.4" in told[1]
    assert "% of the failures, " in told[1] and "% pure; " in told[1]
    assert "limited in at least half: " in told[2]


def test_the_limits_are_steady_in_resamples(found: Discovery) -> None:
    assert found.stability is not None
    by_name = {s.parameter: s for s in found.stability.parameters}
    assert by_name["leak"].restricted == by_name["aim_value"].restricted == 1.0
    assert by_name["leak"].above == 0.0 and by_name["leak"].high is None
    low, high = by_name["leak"].low or (0, 1)
    assert 0.65 < low <= high < 0.75
    assert by_name["resolve_committed"].restricted < 0.2
    assert found.stability.density > 0.9 and found.stability.coverage > 0.9


def test_the_same_seed_gives_the_same_discovery(exploration: Exploration) -> None:
    asked = question(exploration.scenario, goals=["calm"])
    one, two = (discover(exploration, asked, resamples=3, seed=3) for _ in range(2))
    assert one.boxes == two.boxes and one.stability == two.stability


def test_the_trajectory_is_a_table_from_all_worlds_on(found: Discovery) -> None:
    table = found.peeling()
    assert table.row(0)[:5] == (0, 0, 1000, found.n_failures, 1.0)
    assert table["worlds"].is_sorted(descending=True)
    taken = found.boxes[0].step
    assert taken == table["phi"].arg_max()


def mixed(seed: int, *, digits: int | None = None) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    x = rng.random((300, 4))
    if digits is not None:
        x = np.round(x, digits)
    return x, rng.random(300) < np.where((x[:, 1] > 0.6) & (x[:, 2] < 0.5), 0.8, 0.1)


@pytest.mark.parametrize(
    ("data", "alpha"), [(mixed(2), 0.05), (mixed(3, digits=1), 0.05), (mixed(4), 0.1)]
)
def test_the_quick_peeling_is_the_workbenchs(data: Any, alpha: float) -> None:
    same_boxes(workbench(*data, alpha=alpha), peeled(*data, alpha=alpha))


def same_boxes(one: list[Limits], two: list[Limits]) -> None:
    assert len(one) == len(two) > 5
    for a, b in zip(one, two, strict=True):
        assert np.array_equal(a.low, b.low) and np.array_equal(a.high, b.high)


def bryant_lempert() -> tuple[np.ndarray, np.ndarray]:
    if not DATA.exists():
        pytest.skip(f"the data of Bryant and Lempert are not beside the repository ({DATA.name})")
    table = pl.read_csv(DATA)
    return table[:, 2:11].to_numpy().astype(float), table["Greater than 90%"].to_numpy() == 1


@pytest.mark.parametrize("alpha", [0.05, 0.1])
def test_on_the_published_data_all_boxes_are_those_of_the_workbench(alpha: float) -> None:
    x, y = bryant_lempert()
    with _quiet():
        import pandas as pd
        from ema_workbench.analysis.prim import Prim

        names = [str(at) for at in range(x.shape[1])]
        prim = Prim(pd.DataFrame(x, columns=names), y.astype(int), threshold=0.8, peel_alpha=alpha)
        theirs = prim.find_box()
    ours = workbench(x, y, alpha=alpha)
    # pasting begins where peeling ends; here nothing is pasted, so that its share does not matter
    boxes = [Limits(b.to_numpy()[0], b.to_numpy()[1]) for b in theirs.box_lims]
    same_boxes(boxes, ours)
    same_boxes(boxes, peeled(x, y, alpha=alpha))
    path = theirs.peeling_trajectory
    for at, box in enumerate(ours):
        own = fit(box, x, y)
        assert (own.n, own.k) == (path["n"][at], path["k"][at])
        assert own.coverage == pytest.approx(path["coverage"][at])
        assert own.density == pytest.approx(path["density"][at])
    last = quasi_p(ours[-1], x, y)
    for name, (below, above) in theirs.qp[-1].items():
        for side, p in enumerate((below, above)):
            assert last[side, int(name)] == (
                pytest.approx(p, rel=1e-9) if p >= 0 else pytest.approx(math.nan, nan_ok=True)
            )


def test_the_published_case_gives_its_known_drivers() -> None:
    x, y = bryant_lempert()
    path = workbench(x, y, alpha=0.1)
    box = pruned(path[choose(path, x, y)], x, y)
    limited = set(np.flatnonzero(box.sides(around(x)).any(axis=0)))
    # cellulosic yield or cost, demand elasticity, biomass, backstop price: of the nine inputs
    assert {1, 5, 8} <= limited  # biomass, demand elasticity, backstop price
    assert fit(box, x, y).density > 0.7 and fit(box, x, y).coverage > 0.7


def test_phi_is_the_correlation_of_lying_in_the_box_and_failing() -> None:
    x, y = mixed(7)
    box = Limits(np.array([0.0, 0.6, 0.0, 0.0]), np.array([1.0, 1.0, 0.5, 1.0]))
    correlation = np.corrcoef(box.holds(x), y)[0, 1]
    assert fit(box, x, y).phi == pytest.approx(correlation)
    assert fit(around(x), x, y).phi == 0.0


def test_an_insignificant_limit_is_dropped() -> None:
    x, y = boxed()
    chance = Limits(np.array([0.7, 0.0, 0.02]), np.array([1.0, 0.4, 1.0]))
    box = pruned(chance, x, y)
    assert box.low[2] == around(x).low[2]
    assert (box.low[0], box.high[1]) == (0.7, 0.4)


def test_quasi_p_is_the_binomial_tail_at_the_density_without_the_limit() -> None:
    x, y = mixed(5)
    box = Limits(np.array([0.0, 0.6, 0.0, 0.0]), np.array([1.0, 1.0, 0.5, 1.0]))
    inside = (x[:, 1] >= 0.6) & (x[:, 2] <= 0.5)
    wider = x[:, 2] <= 0.5
    n, k, rate = int(inside.sum()), int(y[inside].sum()), float(y[wider].mean())
    tail = sum(math.comb(n, i) * rate**i * (1 - rate) ** (n - i) for i in range(k, n + 1))
    assert quasi_p(box, x, y)[0, 1] == pytest.approx(tail)


def test_purity_takes_the_widest_box_that_is_pure_enough() -> None:
    x, y = mixed(6)
    path = peeled(x, y)
    fits = [fit(box, x, y) for box in path]
    at = choose(path, x, y, purity=0.6)
    assert fits[at].density >= 0.6
    assert fits[at].coverage == max(f.coverage for f in fits if f.density >= 0.6)
    densest = choose(path, x, y, purity=0.999)
    assert fits[densest].density == max(f.density for f in fits)


def test_a_second_box_lies_in_the_worlds_outside_the_first() -> None:
    x = np.random.default_rng(8).random((1000, 3))
    y = ((x[:, 0] > 0.7) & (x[:, 1] < 0.4)) | (x[:, 2] > 0.9)
    asked = question(sanctions(goals=GOALS), goals=["calm"])
    result = discover(failing(x, y), asked, search=Search(boxes=3), resamples=0)
    assert len(result.boxes) == 2  # after that, hardly any failure is left
    limited = [tuple(sorted(r.parameter for r in box.restrictions)) for box in result.boxes]
    assert sorted(limited) == [("aim_value", "leak"), ("resolve_committed",)]
    assert sum(box.fit.coverage for box in result.boxes) > 0.9
    assert "It fails, too, where" in " ".join(discovery_words(result))


def test_of_two_opposite_corners_prim_sees_none_and_a_tree_both() -> None:
    x = np.random.default_rng(8).random((1000, 3))
    y = ((x[:, 0] > 0.7) & (x[:, 1] < 0.4)) | ((x[:, 0] < 0.3) & (x[:, 1] > 0.6))
    asked = question(sanctions(goals=GOALS), goals=["calm"])
    by_prim = discover(failing(x, y), asked, resamples=0)
    assert by_prim.boxes[0].restrictions == ()  # whatever it peels off, failures go with it
    assert "No limits on parameters tell failures apart" in discovery_words(by_prim)[1]
    by_tree = discover(failing(x, y), asked, search=Search("cart", boxes=2), resamples=0)
    assert sum(box.fit.coverage for box in by_tree.boxes) > 0.95
    assert min(box.fit.density for box in by_tree.boxes) > 0.95


def test_no_limits_are_not_followed_by_limits_without_a_word(found: Discovery) -> None:
    assert found.stability is not None
    bare = replace(found, boxes=(replace(found.boxes[0], restrictions=()),))
    told = discovery_words(bare)
    assert told[1] == "No limits on parameters tell failures apart from other worlds."
    assert told[2].startswith("Yet of ") and "so that more worlds may show one; on" in told[2]
    never = tuple(replace(s, restricted=0.1) for s in found.stability.parameters)
    steady = replace(found.stability, parameters=never)
    assert len(discovery_words(replace(bare, stability=steady))) == 2


def test_a_step_of_the_trajectory_may_be_asked_for(exploration: Exploration) -> None:
    asked = question(exploration.scenario, goals=["calm"])
    at_five = discover(exploration, asked, search=Search(step=5), resamples=0)
    assert at_five.boxes[0].step == 5
    assert at_five.boxes[0].fit.n == at_five.trajectory[5][2].n
    with pytest.raises(InvalidRequest, match=r"steps 0 to \d+, and no 500"):
        discover(exploration, asked, search=Search(step=500), resamples=0)


def test_a_tree_finds_the_known_box_too(exploration: Exploration) -> None:
    asked = question(exploration.scenario, goals=["calm"])
    result = discover(exploration, asked, search=Search("cart"), resamples=5)
    (box,) = result.boxes
    assert {r.parameter for r in box.restrictions} == {"leak", "aim_value"}
    assert box.fit.density > 0.95 and box.fit.coverage > 0.9
    assert result.trajectory == () and result.stability is not None


def test_the_leaves_are_those_of_scikit_learn() -> None:
    x, y = mixed(9)
    tree = grown(x, y)
    failing_there = tree.predict(x)
    leaves = failing_leaves(x, y)
    inside = np.logical_or.reduce([box.holds(x) for box in leaves])
    assert leaves and np.array_equal(inside, failing_there)


def test_a_tree_of_noise_has_no_failing_leaf() -> None:
    rng = np.random.default_rng(0)
    x, y = rng.random((400, 3)), rng.random(400) < 0.2
    asked = question(sanctions(goals=GOALS), goals=["calm"])
    result = discover(failing(x, y), asked, search=Search("cart"), resamples=0)
    assert result.boxes == ()
    assert "No part of the tree holds mostly failures." in discovery_words(result)


def test_a_view_that_pins_everything_has_no_box(found: Discovery) -> None:
    pinned = replace(found, parameters=(), boxes=(), stability=None)
    assert "The view pins every parameter" in discovery_words(pinned)[1]


def test_policies_that_never_or_hardly_fail_have_no_box(exploration: Exploration) -> None:
    asked = question(exploration.scenario, goals=["calm"])
    never = discover(exploration, asked, policy=POLICIES[0])
    assert (never.n_failures, never.boxes) == (0, ())
    assert discovery_words(never) == (
        f"As (own) sees the worlds, {POLICIES[0]} fails in none of 1,000 worlds.",
    )
    x, y = boxed()
    few = discover(failing(x, y & (np.cumsum(y) <= 9)), asked)
    assert (few.n_failures, few.boxes) == (9, ())
    assert "So few failures tell nothing of where they gather." in discovery_words(few)


def counted(exploration: Exploration, **asked: Any) -> int:
    policy = asked.pop("policy", FREE)
    what = question(exploration.scenario, **asked)
    names = [policy, *([what.against] if what.against else [])]
    points = sampled(exploration, alternatives_of(exploration, policies=names), what.keys)
    return int(failures(what, points).sum())


def test_what_counts_as_a_failure(exploration: Exploration) -> None:
    n = int(boxed()[1].sum())
    assert counted(exploration, goals=["calm", "pays"]) == n
    assert counted(exploration, key="imposed", above=0.5) == n
    assert counted(exploration, key="imposed", below=0.5) == 1000 - n
    payoff = Objective("payoff(sender)", 1.0)
    assert counted(exploration, objective=payoff, against=POLICIES[0]) == n
    assert counted(exploration, objective=payoff, against=FREE, policy=POLICIES[0]) == 1000 - n
    assert counted(exploration, objective=payoff, worst=n / 1000) == n


def test_a_question_says_what_it_is() -> None:
    scenario = sanctions(goals=GOALS)
    payoff = Objective("payoff(sender)", 1.0)
    assert question(scenario, key="imposed", above=0.5).words == "imposed above 0.5"
    assert question(scenario, objective=payoff, worst=0.1).words == (
        "payoff(sender) among its worst 10%"
    )
    assert question(scenario, objective=payoff, against="x").words == (
        "payoff(sender) worse than under x"
    )
    assert question(scenario, goals=["calm", "pays"]).words == (
        "calm (imposed at most 0.5) or pays (payoff(sender) at least 0) missed"
    )


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({}, "say what a failure is in one way"),
        ({"goals": ["calm"], "worst": 0.1}, "say what a failure is in one way"),
        ({"above": 1.0}, "say which figure may not be above or below"),
        ({"key": "imposed", "above": 1.0, "below": 2.0}, "every world is above 1 or below 2"),
        ({"worst": 0.1}, "say which figure, and which way it is better"),
        ({"objective": Objective("imposed", -1.0), "worst": 10.0}, "between 0 and 1, not 10"),
    ],
)
def test_questions_out_of_place_are_refused(asked: dict[str, Any], said: str) -> None:
    with pytest.raises(InvalidRequest, match=said):
        question(sanctions(goals=GOALS), **asked)


def test_names_that_are_not_there_are_told() -> None:
    with pytest.raises(UnknownName, match="no goal 'clam'; did you mean 'calm'"):
        question(sanctions(goals=GOALS), goals=["clam"])
    with pytest.raises(UnknownName, match="no measure, score or payoff 'imposd'"):
        question(sanctions(), key="imposd", above=1.0)
    with pytest.raises(UnknownName, match="no method of scenario discovery 'prin'; did you mean"):
        Search("prin")
    with pytest.raises(InvalidRequest, match="the purity lies between 0 and 1, not 2"):
        Search(purity=2.0)
    with pytest.raises(InvalidRequest, match="ask for one box or more, not 0"):
        Search(boxes=0)


def test_pinned_parameters_and_holes_are_told() -> None:
    x, y = boxed()
    x[:, 2] = 0.5
    whole = failing(x, y)
    gone = pl.col("world") < 20
    rows = whole.rows.with_columns(
        pl.when(gone).then(pl.lit("not solved")).otherwise(pl.col("status")).alias("status")
    )
    asked = question(whole.scenario, goals=["calm"])
    result = discover(replace(whole, rows=rows), asked, resamples=0)
    assert result.pinned == ("resolve_committed",)
    assert (result.n_worlds, result.n_dropped) == (980, 20)
    assert (
        "20 worlds have no figure ((free): 20 not solved) and count neither"
        in (discovery_words(result)[-1])
    )
    punched = replace(whole, rows=rows.with_columns(status=pl.lit("not solved")))
    with pytest.raises(InvalidRequest, match="no world has figures for all of"):
        discover(punched, asked, allow_missing=True)


def test_the_table_tells_each_limit_with_its_note(found: Discovery) -> None:
    table = found.table()
    assert table["parameter"].to_list() == [r.parameter for r in found.boxes[0].restrictions]
    assert table["note"].to_list()[0] != ""
    assert isinstance(Question(), Question)
