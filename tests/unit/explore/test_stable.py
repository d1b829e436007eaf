"""Enough worlds: the bootstrap of the ranking, and when a run may stop."""

import numpy as np
import pyarrow as pa
import pytest

from countermove import InvalidRequest
from countermove.explore.objectives import Objective
from countermove.explore.stable import Contest, Field, Standing, Watch, words

FIELD = Field(Objective("x", 1.0), ("(own)",), ("(free)", "a", "b"), "adaptive", seed=3)


def table(values: np.ndarray, first: int = 0) -> pa.Table:
    """Rows of values ``(n, 3)``; NaN is null."""
    n = len(values)
    return pa.table(
        {
            "world": np.repeat(np.arange(first, first + n), 3),
            "view": ["(own)"] * (3 * n),
            "policy": ["(free)", "a", "b"] * n,
            "met": ["free", "adaptive", "adaptive"] * n,
            "x": pa.array(values.ravel(), from_pandas=True),
        }
    )


def contest(values: np.ndarray, shard: int = 64, order: list[int] | None = None) -> Contest:
    found = Contest(FIELD)
    for at in order or range(-(-len(values) // shard)):
        part = values[at * shard : (at + 1) * shard]
        for _ in found.add(at, table(part, at * shard)):
            pass
    return found


def noisy(n: int, gap: float = 0.2, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    common = rng.normal(size=(n, 1))
    return common + rng.normal(size=(n, 3)) * 0.5 + np.array([0, gap, -1])


def test_the_interval_is_that_of_the_mean_difference() -> None:
    values = noisy(1024)
    (standing,) = contest(values).standings()
    gain = values[:, 1] - values[:, 0]
    error = gain.std() / np.sqrt(len(gain))
    assert standing.order == ("a", "(free)", "b")
    assert standing.lead == pytest.approx(gain.mean())
    assert standing.high - standing.low == pytest.approx(2 * 1.96 * error, rel=0.15)
    assert standing.low < standing.lead < standing.high
    assert standing.means[2] == pytest.approx(values[:, 2].mean())


def test_the_share_of_the_top_is_a_probability_that_it_is_best() -> None:
    values = noisy(256, gap=0.0, seed=5)
    (standing,) = contest(values).standings()
    rng = np.random.default_rng(1)
    draws = rng.integers(256, size=(4000, 256))
    means = values[draws].mean(axis=1)
    best = FIELD.policies.index(standing.order[0])
    assert standing.top == pytest.approx(np.mean(means.argmax(axis=1) == best), abs=0.05)
    assert standing.whole <= standing.top


def test_low_may_be_better() -> None:
    low = Field(Objective("x", -1.0), FIELD.views, FIELD.policies, "adaptive")
    found = Contest(low)
    assert [*found.add(0, table(noisy(64)))] == [0]
    (standing,) = found.standings()
    assert standing.order == ("b", "(free)", "a")
    assert standing.lead > 0
    assert standing.means[0] < standing.means[2]


def test_the_order_in_which_shards_come_does_not_matter() -> None:
    values = noisy(256)
    assert contest(values).standings() == contest(values, order=[2, 3, 1, 0]).standings()
    waiting = contest(values, order=[1, 2])
    assert waiting.worlds == 0
    assert waiting.standings() == ()


def test_worlds_with_a_hole_are_left_out_for_all() -> None:
    values = noisy(64)
    values[:10, 2] = np.nan
    (standing,) = contest(values).standings()
    assert (standing.worlds, standing.left_out) == (54, 10)
    assert standing.means[0] == pytest.approx(values[10:, 1].mean())
    assert "10 left out, without a figure" in words(standing, FIELD.objective)


def test_no_ranking_counts_as_known_while_a_view_has_no_figures() -> None:
    known = contest(noisy(64))
    assert known.all_standings() == known.standings() != ()
    assert contest(np.full_like(noisy(64), np.nan)).all_standings() == ()


def standing(best: str, top: float) -> Standing:
    return Standing("(own)", 64, 0, (best, "z"), (1.0, 0.0), 1.0, 0.5, 1.5, top, top)


def test_a_run_stops_after_three_sure_looks_a_quarter_apart() -> None:
    watch = Watch()
    looks = []

    def ranked() -> tuple[Standing, ...]:
        looks.append(True)
        return (standing("a", 0.96),)

    stopped = [worlds for worlds in range(8, 400, 8) if watch.stable(worlds, ranked)]
    assert stopped[0] == 104  # 64, 80, 104
    assert len(looks) > 3


def test_doubt_or_another_best_begins_the_count_again() -> None:
    said = iter([("a", 0.99), ("a", 0.94), ("a", 0.99), ("b", 0.99), ("b", 0.99), ("b", 0.99)])
    watch = Watch()
    assert [watch.stable(64 * 2**n, lambda: (standing(*next(said)),)) for n in range(6)] == [
        False,
        False,
        False,
        False,
        False,
        True,
    ]


def test_every_view_must_be_sure() -> None:
    watch = Watch(0.9)
    both = (standing("a", 0.99), standing("b", 0.8))
    assert not any(watch.stable(64 * 2**n, lambda: both) for n in range(6))


@pytest.mark.parametrize("share", [0.5, 1.0, 2.0])
def test_shares_that_mean_nothing(share: float) -> None:
    with pytest.raises(InvalidRequest, match=r"share between 0\.5 and 1"):
        Watch(share)
