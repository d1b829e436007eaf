"""Robustness of policies, against loops written out, and what is done about holes."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from countermove.errors import InvalidRequest, UnknownName
from countermove.explore.cases import FREE, OWN
from countermove.explore.exploration import Exploration
from countermove.explore.objectives import Objective
from countermove.explore.robustness import Robustness, resampled, robustness
from countermove.explore.robustness_statistics import PERCENTILES
from countermove.explore.robustness_words import counted, robustness_words
from countermove.language.model import Goal
from unit.explore.explored import POLICIES, explored, sanctions

HIGH, LOW = Objective("payoff(sender)", 1.0), Objective("imposed", -1.0)
GOALS = (
    Goal("calm", "imposed", at_most=0.5),
    Goal("pays", "payoff(sender)", at_least=0.0),
)
NAMES = (FREE, *POLICIES)


def invented(n: int = 41, *, seed: int = 1, views: tuple[str, ...] = (OWN,)) -> Exploration:
    """Three policies, two figures, worlds that the policies like differently."""
    rng = np.random.default_rng(seed)
    shape = (len(views), n)
    figures = {
        "payoff(sender)": {name: rng.normal(0.2 * i, 1 + i, shape) for i, name in enumerate(NAMES)},
        "imposed": {name: rng.random(shape) ** (i + 1) for i, name in enumerate(NAMES)},
    }
    return explored(figures, scenario=sanctions(goals=GOALS), views=views, shuffled=seed)


def by_world(exploration: Exploration, key: str, view: str = OWN) -> dict[str, list[float]]:
    """The figures by policy, looked up one by one."""
    found: dict[str, list[float]] = {}
    for name in exploration.policies:
        rows = exploration.rows.filter((pl.col("policy") == name) & (pl.col("view") == view))
        found[name] = rows.sort("world")[key].to_list()
    return found


def loops(values: dict[str, list[float]], sign: float) -> dict[str, dict[str, float]]:
    """Every statistic by policy, world by world in plain Python; in the objective's units."""
    n = len(next(iter(values.values())))
    found: dict[str, dict[str, float]] = {}
    for name, own in values.items():
        turned = [sign * value for value in own]
        ranked = sorted(turned)
        mean = sum(turned) / n
        spread = math.sqrt(sum((value - mean) ** 2 for value in turned) / n)
        at = {level: ranked[math.ceil(level / 100 * n) - 1] for level in PERCENTILES}
        regrets, shares = [], []
        for world in range(n):
            there = [sign * values[other][world] for other in values]
            regrets.append(max(there) - turned[world])
            shares.append(regrets[-1] / (max(there) - min(there)))
        found[name] = {
            "mean": sign * mean,
            "mean_less_sd": sign * (mean - spread),
            "worst": sign * ranked[0],
            **{f"p{level}": sign * value for level, value in at.items()},
            "regret_max": max(regrets),
            "regret_p90": sorted(regrets)[math.ceil(0.9 * n) - 1],
            "regret_mean": sum(regrets) / n,
            "share_max": max(shares),
            "share_mean": sum(shares) / n,
            "deviation": sum(max(at[50] - value, 0) for value in turned) / n,
            "skewness": ((at[90] + at[10]) / 2 - at[50]) / ((at[90] - at[10]) / 2),
        }
    return found


@pytest.mark.parametrize("objective", [HIGH, LOW], ids=["high", "low"])
def test_every_statistic_is_that_of_plain_loops(objective: Objective) -> None:
    exploration = invented()
    result = robustness(exploration, objective, goals=(), policies=NAMES, resamples=2)
    expected = loops(by_world(exploration, objective.key), objective.sign)
    assert {r.statistic.name for r in result.ranked} == set(expected[FREE])
    for ranked in result.ranked:
        wanted = [expected[name][ranked.statistic.name] for name in result.alternatives]
        assert ranked.values == pytest.approx(wanted, rel=1e-12, abs=1e-12), ranked.statistic.name


def test_goals_are_shares_of_worlds_each_and_all() -> None:
    exploration = invented()
    result = robustness(exploration, HIGH, resamples=2)
    calm, pays = by_world(exploration, "imposed"), by_world(exploration, "payoff(sender)")
    for at, name in enumerate(result.alternatives):
        held = [(c <= 0.5, p >= 0) for c, p in zip(calm[name], pays[name], strict=True)]
        assert result["goal:calm"].values[at] == pytest.approx(sum(c for c, _ in held) / len(held))
        assert result["goal:pays"].values[at] == pytest.approx(sum(p for _, p in held) / len(held))
        assert result["goals"].values[at] == pytest.approx(
            sum(c and p for c, p in held) / len(held)
        )


def test_ranks_turn_with_the_objective_and_with_losses() -> None:
    figures = {FREE: np.array([1.0, 3.0]), POLICIES[0]: np.array([2.0, 2.5])}
    both = explored({"imposed": figures})
    high = robustness(both, Objective("imposed", 1.0), resamples=2)
    low = robustness(both, LOW, resamples=2)
    assert (high["mean"].ranks, low["mean"].ranks) == ((2, 1), (1, 2))
    assert (high["worst"].values, low["worst"].values) == ((1.0, 2.0), (3.0, 2.5))
    assert (high.best("worst"), low.best("worst")) == ((POLICIES[0],), (POLICIES[0],))
    assert high["regret_max"].values == (1.0, 0.5) and high["regret_max"].ranks == (2, 1)


def test_a_best_of_zero_and_worlds_with_nothing_at_stake_give_finite_shares() -> None:
    figures = {FREE: np.array([0.0, 0.0, 5.0]), POLICIES[0]: np.array([-1.0, 0.0, 5.0])}
    result = robustness(explored({"payoff(sender)": figures}), HIGH, resamples=2)
    assert result["share_max"].values == (0.0, 1.0)
    assert result["share_mean"].values == pytest.approx((0.0, 1 / 3))
    assert result.n_level == 2
    assert result["skewness"].values[0] == 1.0  # 0, 0, 5: all the spread lies on the good side


def test_policies_that_are_level_share_the_first_rank() -> None:
    same = np.array([1.0, 2.0, 4.0])
    figures = {FREE: same, POLICIES[0]: same + 1e-13, POLICIES[1]: same - 1}
    result = robustness(explored({"payoff(sender)": figures}), HIGH, policies=NAMES, resamples=50)
    for ranked in result.ranked:
        if ranked.statistic.scale != "gain" and ranked.statistic.name != "deviation":
            assert ranked.ranks == (1, 1, 3), ranked.statistic.name
    assert result["mean"].first == (0.5, 0.5, 0.0)
    assert "are level on the mean" in robustness_words(result)[0]


def test_a_reference_takes_the_medians_place() -> None:
    figures = {FREE: np.array([1.0, 3.0]), POLICIES[0]: np.array([2.0, 2.5])}
    both = explored({"imposed": figures})
    low = robustness(both, LOW, resamples=2, reference=2.0)
    assert low["deviation"].values == (0.5, 0.25)  # what lies above 2 is too much


def test_views_are_pooled_by_their_weights() -> None:
    exploration = invented(views=("sceptic", OWN))
    weights = {"sceptic": 1.0, OWN: 3.0}
    pooled = robustness(exploration, HIGH, weights=weights, resamples=20)
    apart = {v: robustness(exploration, HIGH, views=[v], resamples=20) for v in weights}
    assert pooled.views == {"sceptic": 0.25, OWN: 0.75}
    for at in range(3):
        mean = 0.25 * apart["sceptic"]["mean"].values[at] + 0.75 * apart[OWN]["mean"].values[at]
        assert pooled["mean"].values[at] == pytest.approx(mean)
        worst = min(apart[view]["worst"].values[at] for view in weights)
        assert pooled["worst"].values[at] == worst
    only = robustness(exploration, HIGH, weights={OWN: 1.0}, resamples=20)
    assert only["mean"].values == pytest.approx(apart[OWN]["mean"].values)
    assert only["worst"].values == apart[OWN]["worst"].values  # no weight, no say


def test_a_resample_draws_worlds_with_all_their_views() -> None:
    world = np.array([0, 1, 2, 0, 1, 2])
    for counts in resampled(world, 20, seed=3):
        assert counts.sum() == 6
        assert np.array_equal(counts[:3], counts[3:])


def test_intervals_are_the_percentiles_of_resampled_means() -> None:
    exploration = invented(n=200)
    result = robustness(exploration, HIGH, resamples=400, seed=5)
    values = np.array([by_world(exploration, HIGH.key)[name] for name in NAMES])
    rng = np.random.default_rng(5)
    means = np.array([values[:, rng.integers(200, size=200)].mean(axis=1) for _ in range(400)])
    low, high = np.quantile(means, (0.025, 0.975), axis=0)
    assert result["mean"].low == pytest.approx(low) and result["mean"].high == pytest.approx(high)
    firsts = np.bincount(means.argmax(axis=1), minlength=3) / 400
    assert result["mean"].first == pytest.approx(firsts)


def test_the_same_seed_gives_the_same_result() -> None:
    one, two = (robustness(invented(), HIGH, resamples=20, seed=4) for _ in range(2))
    assert one == two
    assert one["mean"].low != robustness(invented(), HIGH, resamples=20, seed=5)["mean"].low


def with_holes(holes: int) -> Exploration:
    rng = np.random.default_rng(0)
    figures = {name: rng.normal(size=100) for name in NAMES}
    figures[POLICIES[0]][:holes] = np.nan
    return explored({"payoff(sender)": figures})


def test_few_missing_worlds_are_left_out_for_all_and_told() -> None:
    result = robustness(with_holes(3), HIGH, resamples=2)
    values = by_world(with_holes(3), HIGH.key)
    expected = [sum(values[name][3:]) / 97 for name in NAMES]
    assert result["mean"].values == pytest.approx(expected)
    assert (result.n_worlds, result.n_dropped) == (97, 3)
    assert [m.unsolved for m in result.missing] == [0, 3, 0]
    assert "3 worlds are left out" in robustness_words(result)[-1]
    assert f"{POLICIES[0]}: 3 not solved" in robustness_words(result)[-1]


def test_many_missing_worlds_are_refused_unless_asked_for() -> None:
    said = rf"6 of 100 worlds lack a figure \({POLICIES[0]}: 6 not solved\), more than 5%"
    with pytest.raises(InvalidRequest, match=said):
        robustness(with_holes(6), HIGH, resamples=2)
    assert robustness(with_holes(6), HIGH, resamples=2, allow_missing=True).n_worlds == 94


def test_a_policy_without_any_figure_is_refused_even_then() -> None:
    with pytest.raises(InvalidRequest, match="no world has figures for all of"):
        robustness(with_holes(100), HIGH, resamples=2, allow_missing=True)


def test_solved_but_undefined_and_absent_rows_are_told_apart() -> None:
    exploration = with_holes(0)
    undefined = pl.when((pl.col("world") == 5) & (pl.col("policy") == FREE)).then(None)
    rows = exploration.rows.with_columns(undefined.otherwise(pl.col(HIGH.key)).alias(HIGH.key))
    rows = rows.filter(~((pl.col("world") == 7) & (pl.col("policy") == POLICIES[1])))
    changed = replace(exploration, rows=rows)
    result = robustness(changed, HIGH, resamples=2)
    kinds = [(m.unsolved, m.undefined, m.absent) for m in result.missing]
    assert kinds == [(0, 1, 0), (0, 0, 0), (0, 0, 1)]
    assert result.n_worlds == 98


def test_rows_that_stand_twice_are_refused() -> None:
    exploration = with_holes(0)
    changed = replace(exploration, rows=pl.concat([exploration.rows] * 2))
    with pytest.raises(InvalidRequest, match="several rows of"):
        robustness(changed, HIGH, resamples=2)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"policies": ["no_coercio"]}, "no policy in this exploration 'no_coercio'; did you mean"),
        ({"views": ["sceptc"]}, "no view in this exploration 'sceptc'"),
        ({"goals": ["calmer"]}, "no goal 'calmer'; did you mean 'calm'"),
        ({"met": "surprised"}, "no way of meeting policies in this exploration 'surprised'"),
        ({"weights": {"sceptic": 1.0}}, "no view among those pooled 'sceptic'"),
    ],
)
def test_names_that_are_not_there_are_told(asked: dict[str, object], said: str) -> None:
    with pytest.raises(UnknownName, match=said):
        robustness(invented(), HIGH, **asked)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"weights": {OWN: -1.0}}, "must be 0 or more: -1"),
        ({"weights": {OWN: 0.0}}, "weights add up to nothing"),
        ({"confidence": 1.0}, "confidence lies between 0 and 1, not 1"),
        ({"resamples": 1}, "an interval needs 2 resamples or more, not 1"),
        ({"met": "angry"}, "others meet a policy adaptive or surprised, not 'angry'"),
    ],
)
def test_requests_out_of_place_are_refused(asked: dict[str, object], said: str) -> None:
    with pytest.raises(InvalidRequest, match=said):
        robustness(invented(), HIGH, **asked)  # type: ignore[arg-type]


def test_policies_of_other_players_are_no_alternatives() -> None:
    exploration = invented()
    theirs = robustness(exploration, Objective("payoff(sender)", 1.0), resamples=2)
    assert theirs.alternatives == NAMES
    target = explored({"payoff(target)": {name: np.arange(4.0) for name in NAMES}})
    judged = robustness(target, Objective("payoff(target)", 1.0), resamples=2)
    assert judged.alternatives == NAMES  # by what the target wants, who has no policies
    with pytest.raises(InvalidRequest, match="binds 'target'; policies bind: sender"):
        robustness(target, Objective("payoff(target)", 1.0), player="target", resamples=2)


def test_the_words_name_the_best_and_who_else_would_be_chosen() -> None:
    figures = {FREE: np.tile([0.0, 4.0], 50), POLICIES[0]: np.tile([1.0, 1.5], 50)}
    told = " ".join(robustness_words(robustness(explored({"payoff(sender)": figures}), HIGH)))
    assert "Over 100 worlds as (own) sees them, (free) has the best mean" in told
    by_others = "By the worst case and the tenth percentile from the bad end, threaten_and_impose"
    assert by_others in told


def test_the_table_has_a_row_for_each_statistic_and_policy() -> None:
    result: Robustness = robustness(invented(), HIGH, resamples=5)
    table = result.table()
    assert table.columns == ["statistic", "policy", "value", "low", "high", "rank", "first"]
    assert table.height == 3 * len(result.ranked)
    assert table["first"].sum() == pytest.approx(len(result.ranked))


def test_sentences_have_true_minus_signs_and_count_worlds_once() -> None:
    figures = {name: np.full((2, 10), -0.5 - at) for at, name in enumerate(NAMES)}
    exploration = explored({"payoff(sender)": figures}, views=("(own)", "sceptic"))
    told = robustness_words(robustness(exploration, HIGH, resamples=2))[0]
    assert told.startswith("Over 10 worlds × 2 views, pooled ((own) 50%, sceptic 50%), (free) has")
    assert "(high is better) at −0.5, and clearly so" in told
    assert counted(1533, 3, 3) == "512 worlds × 3 views, less 3"
    assert counted(509, 3, 1) == "509 worlds"
