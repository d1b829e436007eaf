"""The Pareto set of policies, against pairs compared one by one."""

from __future__ import annotations

import numpy as np
import pytest

from countermove.errors import InvalidRequest, UnknownName
from countermove.explore.cases import FREE
from countermove.explore.exploration import Exploration
from countermove.explore.objectives import Objective
from countermove.explore.robustness import robustness
from countermove.explore.tradeoffs import dominates, tradeoff_words, tradeoffs
from unit.explore.explored import POLICIES, explored

PAYS, IMPOSED = Objective("payoff(sender)", 1.0), Objective("imposed", -1.0)
NAMES = (FREE, *POLICIES)


def made(pays: tuple[float, ...], imposed: tuple[float, ...], *, noise: float = 0.0) -> Exploration:
    """Three policies around these means; noise that cancels out over the worlds."""
    half = np.random.default_rng(0).normal(size=50) * noise
    wave = np.concatenate([half, -half])
    figures = {
        "payoff(sender)": {name: mean + wave for name, mean in zip(NAMES, pays, strict=True)},
        "imposed": {name: mean - wave for name, mean in zip(NAMES, imposed, strict=True)},
    }
    return explored(figures, shuffled=2)


def test_dominance_is_that_of_pairs_compared_one_by_one() -> None:
    rng = np.random.default_rng(1)
    goodness = np.round(rng.random((30, 3)), 1)  # with ties
    found = dominates(goodness)
    for a in range(30):
        for b in range(30):
            pairs = list(zip(goodness[a], goodness[b], strict=True))
            assert found[a, b] == (all(x >= y for x, y in pairs) and any(x > y for x, y in pairs))


def test_who_is_beaten_on_every_count_falls_out_and_names_the_others() -> None:
    result = tradeoffs(made((1.0, 2.0, 0.5), (0.3, 0.6, 0.6)), [PAYS, IMPOSED], resamples=20)
    assert result.efficient == (FREE, POLICIES[0])
    by_name = {s.policy: s for s in result.standings}
    assert by_name[POLICIES[1]].dominated_by == (FREE, POLICIES[0])
    assert by_name[POLICIES[0]].values == pytest.approx((2.0, 0.6))
    told = tradeoff_words(result)
    assert told[0].startswith(f"Between payoff(sender) and imposed, (free) and {POLICIES[0]} are")
    assert f"{POLICIES[1]} is nowhere better and somewhere worse than (free) and" in told[1]
    assert f"{POLICIES[0]}, best for payoff(sender), gives up 0.3 of imposed." in told
    assert "(free), best for imposed, gives up 1 of payoff(sender)." in told


def test_worlds_in_which_a_figure_is_not_defined_are_left_out_and_told() -> None:
    def full(value: float) -> np.ndarray:
        return np.full(40, value)

    figures = {
        PAYS.key: dict(zip(NAMES, map(full, (1.0, 2.0, 0.5)), strict=True)),
        IMPOSED.key: dict(zip(NAMES, map(full, (0.3, 0.6, 0.6)), strict=True)),
    }
    figures[IMPOSED.key][POLICIES[1]][7] = np.nan
    result = tradeoffs(explored(figures), [PAYS, IMPOSED], resamples=5)
    assert (result.n_worlds, result.n_dropped) == (39, 1)
    told = tradeoff_words(result)[-1]
    assert told.startswith("1 world is left out") and f"{POLICIES[1]}: 1 not defined" in told


def test_one_policy_may_be_best_on_every_count() -> None:
    result = tradeoffs(made((1.0, 2.0, 0.5), (0.5, 0.2, 0.6)), [PAYS, IMPOSED], resamples=5)
    assert result.efficient == (POLICIES[0],)
    assert "is best on every count" in tradeoff_words(result)[0]


def test_the_figures_of_a_player_without_policies_judge_those_of_another() -> None:
    figures = {
        f"payoff({player})": {
            name: np.full(40, pays) for name, pays in zip(NAMES, all_, strict=True)
        }
        for player, all_ in (("target", (1.0, 2.0, 0.5)), ("sender", (0.3, 0.2, 0.1)))
    }
    exploration = explored(figures)
    target = Objective("payoff(target)", 1.0)
    result = tradeoffs(exploration, [target, PAYS], resamples=2)
    assert [s.policy for s in result.standings] == list(NAMES)
    assert robustness(exploration, target, goals=(), resamples=2).alternatives == NAMES
    with pytest.raises(InvalidRequest, match="no policy in this exploration binds 'target'"):
        tradeoffs(exploration, [target, PAYS], player="target")


def test_one_policy_alone_is_not_praised() -> None:
    exploration = made((1.0, 2.0, 0.5), (0.5, 0.2, 0.6))
    alone = tradeoffs(exploration, [PAYS, IMPOSED], policies=[FREE], resamples=2)
    assert tradeoff_words(alone)[0].startswith("(free) is compared with nothing")


def test_what_is_level_does_not_dominate() -> None:
    result = tradeoffs(made((1.0, 1.0 + 1e-13, 0.5), (0.5, 0.5, 0.5)), [PAYS, IMPOSED], resamples=5)
    assert result.efficient == (FREE, POLICIES[0])


def test_any_statistic_may_sum_up_the_worlds() -> None:
    exploration = made((1.0, 2.0, 0.5), (0.3, 0.6, 0.6), noise=1.0)
    for statistic in ("worst", "p10", "regret_max", "deviation"):
        result = tradeoffs(exploration, [PAYS, IMPOSED], statistic=statistic, resamples=2)
        alone = [robustness(exploration, o, goals=(), resamples=2) for o in (PAYS, IMPOSED)]
        for at, standing in enumerate(result.standings):
            expected = [each[statistic].values[at] for each in alone]
            assert standing.values == pytest.approx(expected), statistic


def test_resamples_tell_how_often_a_policy_is_kept() -> None:
    rng = np.random.default_rng(3)
    noise = rng.normal(size=100)
    none, own = np.zeros(100), noise - noise.mean()
    figures = {
        "payoff(sender)": {FREE: none, POLICIES[0]: own, POLICIES[1]: none},
        "imposed": {FREE: none, POLICIES[0]: none, POLICIES[1]: none + 1},
    }
    result = tradeoffs(explored(figures), [PAYS, IMPOSED], resamples=400, seed=1)
    kept = {s.policy: s.kept for s in result.standings}
    assert kept[POLICIES[1]] == 0.0
    drawn = np.random.default_rng(1)
    better = [own[drawn.integers(100, size=100)].mean() > 0 for _ in range(400)]
    assert kept[FREE] == pytest.approx(1 - np.mean(better))
    assert kept[POLICIES[0]] == pytest.approx(np.mean(better))


def test_the_table_has_a_row_for_each_policy() -> None:
    table = tradeoffs(made((1.0, 2.0, 0.5), (0.3, 0.6, 0.6)), [PAYS, IMPOSED], resamples=2).table()
    assert table.columns == [
        "policy", "payoff(sender)", "imposed", "efficient", "dominated_by", "kept",
    ]  # fmt: skip
    assert table["efficient"].to_list() == [True, True, False]


def test_requests_out_of_place_are_refused() -> None:
    exploration = made((1.0, 2.0, 0.5), (0.3, 0.6, 0.6))
    for few in ([PAYS], [PAYS, PAYS]):
        with pytest.raises(InvalidRequest, match="between two objectives or more, each named once"):
            tradeoffs(exploration, few)
    with pytest.raises(UnknownName, match="there is no statistic 'meen'; did you mean 'mean'"):
        tradeoffs(exploration, [PAYS, IMPOSED], statistic="meen")
