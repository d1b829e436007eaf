"""The simulator with private types and movers who move at once: shapes, threads, log, beliefs."""

import os
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from countermove.errors import InvalidRequest, UnknownName
from countermove.game import compile as compile_game
from countermove.game.numbers import Mover, StepHead
from countermove.language import loads
from countermove.simulate import paths as paths_module
from countermove.simulate import simulate
from countermove.simulate.accounts import accounts_of
from countermove.simulate.beliefs import BeliefPaths
from countermove.simulate.parts import parts_of
from countermove.solve import solve
from oracle.crisis import CRISIS

PATHS = 2_000

BLUFF = """
scenario: bluff
title: A threat that may be a bluff
calendar: {periods: 3}
state:
  crisis: {levels: [calm, threatened, open], start: calm}
players:
  us:
    rationality: 3
    types: {resolved: 0.4, bluffing: rest}
    belief_points: 5
    interests: {war: {by: type, resolved: -0.2 * (crisis == open), bluffing: -(crisis == open)}}
    actions:
      wait: {}
      threaten: {when: crisis < open, effects: [{crisis: 1}]}
  iran:
    rationality: 2
    types: {firm: 0.3, soft: rest}
    belief_points: 4
    interests: {calm: crisis == calm, us: 0.2 * (type(us) == resolved)}
    actions:
      bend: {effects: [{crisis: -1}]}
      resist: {costs: {iran: 0.1 * (type == soft)}}
  iraq:
    rationality: 2
    interests: {calm: crisis == calm}
    actions: {stay: {}, speak: {}, leave: {when: crisis == open}}
events:
  election:
    outcomes: [{probability: 0.25, redraw: {us: {resolved: 0.7, bluffing: rest}}}]
order: [us, [iran, us, iraq], election]
measures:
  war: ever(crisis == open)
  war_if: {of: ever(crisis == open), given: type(us) == resolved}
  threats: played(us, threaten)
"""

# What version 0.1 gave of CRISIS: 1,000 paths, seed 9.
STRIKES, WAR, GUARD = 2.664, 0.159, -5.3121499999999875
ACTIONS = "stwastsetastsesttawastwatasetataseststwastsetatawavotawa"  # how they begin
STATES = [0, 1, 0, 2, 10, 0, 2, 10, 17, 17, 0, 2]


@cache
def solution():
    return solve(compile_game(loads(BLUFF)))


@cache
def logged():
    return simulate(solution(), paths=PATHS, seed=4, log=PATHS)


def same(one, other):
    assert one.measures == other.measures
    assert one.payoffs == other.payoffs
    assert one.type_payoffs == other.type_payoffs
    assert one.log.equals(other.log)
    for kind in ("fans", "actions", "by_type", "moves", "happenings"):
        for name, values in getattr(one, kind).items():
            assert values.equals(getattr(other, kind)[name]), (kind, name)
    for player, types in one.types.items():
        assert np.array_equal(types, other.types[player])
        assert np.array_equal(one.beliefs[player].counts, other.beliefs[player].counts)


# -- the same paths ------------------------------------------------------------------------------


def test_a_seed_gives_its_paths_again():
    same(logged(), simulate(solution(), paths=PATHS, seed=4, log=PATHS))
    assert not logged().log.equals(simulate(solution(), paths=PATHS, seed=5, log=PATHS).log)


def test_blocks_do_not_show(monkeypatch):
    monkeypatch.setattr(paths_module, "_BLOCK", 700)
    blocks = simulate(solution(), paths=PATHS, seed=4, log=PATHS)
    assert blocks.log.equals(logged().log)
    for player, types in logged().types.items():
        assert np.array_equal(types, blocks.types[player])
        assert np.array_equal(logged().beliefs[player].counts, blocks.beliefs[player].counts)
    for key, estimate in logged().type_payoffs.items():
        assert blocks.type_payoffs[key].mean == pytest.approx(estimate.mean)
        assert blocks.type_payoffs[key].standard_error == pytest.approx(estimate.standard_error)


DIGEST = """
import hashlib, sys
sys.path.insert(0, sys.argv[1])
from unit.simulate.test_simulate_types import BLUFF
from countermove import compile, loads, simulate, solve
for threads in (1, 2, 4):
    solution = solve(compile(loads(BLUFF)), threads=1)
    found = simulate(solution, paths=5000, seed=9, log=500, threads=threads)
    parts = [repr(found.measures), repr(found.payoffs), repr(found.type_payoffs)]
    parts += [repr(found.log.to_pydict()), repr([v.values for v in found.by_type.values()])]
    parts += [repr(b.counts.tolist()) for b in found.beliefs.values()]
    print(hashlib.sha256("".join(parts).encode()).hexdigest())
"""


def test_threads_change_nothing_bit_by_bit():
    done = subprocess.run(
        [sys.executable, "-c", DIGEST, str(Path(__file__).parents[2])],
        env={**os.environ, "NUMBA_NUM_THREADS": "4"},
        capture_output=True,
        text=True,
        check=False,
        timeout=180,
    )
    assert done.returncode == 0, done.stderr
    digests = done.stdout.split()
    assert len(digests) == 3
    assert len(set(digests)) == 1


def test_games_without_types_give_the_paths_they_always_gave():
    # The streams, and what is drawn from them, do not change between versions.
    found = simulate(solve(compile_game(loads(CRISIS))), paths=1_000, seed=9, log=3)
    assert found.measures["strikes"].mean == STRIKES
    assert found.measures["war"].mean == WAR
    assert found.payoffs["guard"].mean == pytest.approx(GUARD, rel=1e-12)
    assert "".join(a[:2] for a in found.log["action"].to_pylist()) == ACTIONS
    assert found.log["state"].to_pylist()[:12] == STATES
    assert found.log.column_names == ["path", "period", "date", "step", "player", "action", "state"]
    assert not found.types
    assert not found.beliefs
    assert not found.by_type
    assert not found.type_payoffs


# -- what comes out ------------------------------------------------------------------------------


def test_types_are_drawn_for_each_path():
    found = logged()
    assert set(found.types) == {"us", "iran"}
    for player, axis in (("us", 0), ("iran", 1)):
        types = found.types[player]
        assert types.shape == (found.kept,)
        assert types.dtype == np.uint8
        names = solution().game.world.beliefs.axes[axis].types
        for k, name in enumerate(names):
            assert found.type_payoffs[player, name].n == (types == k).sum()
    assert found.measures["war_if"].n == (found.types["us"] == 0).sum()
    assert found.measures["war"].n == found.kept


def test_payoffs_of_all_are_those_of_the_types_together():
    found = logged()
    for player, kinds in (("us", ["resolved", "bluffing"]), ("iran", ["firm", "soft"])):
        parts = [found.type_payoffs[player, kind] for kind in kinds]
        whole = found.payoffs[player]
        assert whole.n == sum(p.n for p in parts) == found.kept
        assert whole.mean == pytest.approx(sum(p.mean * p.n for p in parts) / whole.n)
        # The variance of a mixture: that within the parts, and that between them.
        squares = sum(p.n * (p.standard_error**2 * (p.n - 1) + p.mean**2) for p in parts) / whole.n
        error = np.sqrt((squares - whole.mean**2) / (whole.n - 1))
        assert whole.standard_error == pytest.approx(error)


def test_frequencies_by_type_add_up():
    found = logged()
    assert set(found.by_type) == {"us", "iran", "us#2"}
    assert set(found.actions) == {"us", "iran", "us#2", "iraq"}
    assert set(found.happenings) == {"election"}
    for label, values in found.by_type.items():
        assert values.dims == ("period", "type", "action")
        assert np.allclose(values.sum("type"), found.actions[label])
    for label, values in found.moves.items():
        assert np.allclose(values, found.actions[label].sum("action"))
        assert np.allclose(values, 1.0)
    by_drawn = found.by_type["us"][0].sum("action") * found.kept
    assert by_drawn.to_numpy() == pytest.approx(np.bincount(found.types["us"]))


def test_shapes_of_beliefs():
    found = logged()
    for axis in solution().game.world.beliefs.axes:
        paths = found.beliefs[axis.player]
        assert paths.types == axis.types
        assert np.array_equal(paths.points, axis.points)
        assert paths.counts.shape == (3, *axis.points.shape)
        assert (paths.counts.sum(axis=(1, 2)) == found.kept).all()
        assert paths.shares.dims == ("period", "point", "held")
        assert float(paths.shares.sum()) == pytest.approx(3)
        # Nobody holds a type that is thought impossible.
        assert (paths.counts[:, axis.points == 0] == 0).all()


def test_given_first_moves_of_one_of_several():
    given = {"us": "threaten", "iran": "resist"}
    found = simulate(solution(), paths=PATHS, seed=4, log=PATHS, given=given)
    table = logged().log_table()
    wanted = set(range(PATHS))
    for player, action in given.items():
        moves = table.filter(pl.col("player") == player)
        first = moves.group_by("path", maintain_order=True).first()
        wanted &= set(first.filter(pl.col("action") == action)["path"].to_list())
    assert 0 < len(wanted) < PATHS
    assert found.log_table().equals(table.filter(pl.col("path").is_in(sorted(wanted))))
    assert found.kept == len(wanted) == len(found.types["us"])
    assert np.array_equal(found.types["us"], logged().types["us"][sorted(wanted)])
    with pytest.raises(UnknownName, match="no player 'us#2'"):
        simulate(solution(), paths=10, given={"us#2": "wait"})


# -- the log -------------------------------------------------------------------------------------


def test_the_log_has_a_row_for_each_who_moves_at_once():
    table = logged().log_table()
    at_once = table.filter(pl.col("step") == "iran+us#2+iraq")
    assert at_once.height == 3 * 3 * PATHS
    assert at_once["player"].to_list()[:3] == ["iran", "us", "iraq"]
    for label, player in (("iran", "iran"), ("us#2", "us"), ("iraq", "iraq")):
        rows = at_once.filter(pl.col("player") == player)
        for t in range(3):
            counts = rows.filter(pl.col("period") == t)["action"].cast(pl.String).value_counts()
            shares = {a: n / PATHS for a, n in counts.iter_rows()}
            exact = logged().actions[label][t]
            for action in exact["action"].to_numpy():
                assert shares.get(str(action), 0.0) == pytest.approx(
                    float(exact.sel(action=action))
                )


def test_the_log_shows_beliefs_and_marks_what_is_true():
    table = logged().log_table()
    assert table.columns == [
        "path",
        "period",
        "date",
        "step",
        "player",
        "action",
        "state",
        "belief(us, resolved)",
        "belief(us, bluffing)",
        "belief(iran, firm)",
        "belief(iran, soft)",
        "true type(us)",
        "true type(iran)",
    ]
    first = table.group_by("path", maintain_order=True).first()
    assert set(first["belief(us, resolved)"].to_list()) == {0.4}
    names = solution().game.world.beliefs.axes[0].types
    drawn = [names[k] for k in logged().types["us"]]
    assert first["true type(us)"].cast(pl.String).to_list() == drawn
    # A type changes only where it is drawn anew, and the belief is then the election's.
    follows = table.filter(pl.col("step") == "us").sort("path", "period")
    before = follows.shift(1)
    changed = (follows["path"] == before["path"]) & (
        follows["true type(us)"] != before["true type(us)"]
    )
    rows = follows.filter(changed)
    assert rows.height > 20
    assert set(rows["belief(us, resolved)"].round(12).to_list()) == {0.7}


def test_the_log_of_types_there_and_back(tmp_path):
    target = tmp_path / "paths.parquet"
    logged().write_log(target)
    assert_frame_equal(pl.read_parquet(target), logged().log_table(), categorical_as_str=True)
    empty = simulate(solution(), paths=50, log=0).log_table()
    assert empty.height == 0
    assert empty.schema == logged().log_table().schema


# -- beliefs by hand -----------------------------------------------------------------------------


def by_hand():
    points = np.array([[0.0, 1.0], [0.25, 0.75], [1.0, 0.0]])
    counts = np.zeros((2, 3, 2), np.int64)
    counts[0] = [[0, 10], [20, 60], [10, 0]]
    counts[1] = [[0, 50], [0, 0], [50, 0]]
    return BeliefPaths("us", ("resolved", "bluffing"), points, counts, ("1", "2"))


def test_means_and_quantiles_of_beliefs():
    summary = by_hand().summary
    resolved = summary.sel(type="resolved")
    first = resolved.sel(period="1", held="all")
    assert float(first.sel(statistic="mean")) == pytest.approx(0.3)
    wanted = {"5%": 0.0, "25%": 0.25, "50%": 0.25, "75%": 0.25, "95%": 1.0}
    for name, value in wanted.items():
        assert float(first.sel(statistic=name)) == value, name
    true = resolved.sel(period="1", held="resolved", statistic="mean")
    assert float(true) == pytest.approx((20 * 0.25 + 10) / 30)
    assert float(summary.sel(period="2", held="bluffing", type="bluffing", statistic="5%")) == 1.0
    mean = summary.sel(statistic="mean")
    assert np.allclose(mean.sum("type"), 1.0)


def test_a_type_that_nobody_holds_has_no_mean():
    paths = by_hand()
    counts = paths.counts.copy()
    counts[:, :, 0] = 0
    none = BeliefPaths("us", paths.types, paths.points, counts, paths.period_labels).summary
    assert none.sel(held="resolved").isnull().all()
    assert none.sel(held="all").notnull().all()


def test_calibration_by_hand():
    pooled = by_hand().calibration(bins=4)
    resolved = pooled.sel(type="resolved")
    assert resolved["count"].to_numpy().tolist() == [60, 80, 0, 60]
    assert resolved["held"].to_numpy() == pytest.approx([0, 0.25, np.nan, 1], nan_ok=True)
    assert resolved["belief"].to_numpy() == pytest.approx([0, 0.25, np.nan, 1], nan_ok=True)
    # 0.75 is the lower end of the last of four bins, whatever rounding says.
    assert pooled.sel(type="bluffing")["count"].to_numpy().tolist() == [60, 0, 0, 140]
    assert pooled["low"].to_numpy().tolist() == [0, 0.25, 0.5, 0.75]
    assert pooled["high"].to_numpy().tolist() == [0.25, 0.5, 0.75, 1]
    with pytest.raises(InvalidRequest, match="bins must be at least 1: 0"):
        by_hand().calibration(bins=0)


# -- parts and accounts --------------------------------------------------------------------------


def test_parts_of_profiles():
    movers = (Mover("a", "a", ("x", "y")), Mover("b", "b", ("u", "v", "w")))
    steps = [
        StepHead("rain", "event", "rain", ("rain",)),
        StepHead("a+b", "joint", "a+b", tuple("123456"), movers),
    ]
    rain, a, b = parts_of(steps)
    assert (rain.mover, rain.step, rain.names) == (None, 0, ("rain",))
    assert (a.label, b.label, a.step, b.step) == ("a", "b", 1, 1)
    profiles = np.array([[-1, 0, 1, 2], [3, 4, 5, -1]])
    # The last mover's actions run fastest.
    assert a.action(profiles).tolist() == [[-1, 0, 0, 0], [1, 1, 1, -1]]
    assert b.action(profiles).tolist() == [[-1, 0, 1, 2], [0, 1, 2, -1]]
    assert rain.action(np.array([0, -1])).tolist() == [0, -1]


def test_types_share_an_account():
    world = solution().game.world
    accounts = accounts_of(world)
    columns = solution().game.columns
    for i, one in enumerate(columns):
        for j, other in enumerate(columns):
            siblings = one.name.partition("[")[0] == other.name.partition("[")[0]
            assert (accounts.of[i] == accounts.of[j]) == siblings, (one, other)
    assert accounts.ledger.n_payoffs == 3
    assert accounts.ledger.owner[:3].tolist() == [0, 1, -1]
    earned, types = np.arange(2.0 * accounts.n).reshape(2, -1), np.array([[0, 1], [1, 1]], np.uint8)
    by_column, fits = accounts.by_column(earned, types)
    assert np.array_equal(by_column, earned[:, accounts.of])
    for c, column in enumerate(columns):
        held = dict(column.types)
        for p, drawn in enumerate(types):
            mine = dict(zip(("us", "iran"), drawn.tolist(), strict=True))
            assert bool(fits[p, c]) == all(mine[who] == kind for who, kind in held.items())


# -- requests ------------------------------------------------------------------------------------


def test_periods_are_for_games_without_end():
    with pytest.raises(InvalidRequest, match="the game has its own periods"):
        simulate(solution(), paths=10, periods=3)
    text = BLUFF.replace("{periods: 3}", "{periods: forever}").replace(
        "    rationality:", "    discount: 0.6\n    rationality:"
    )
    endless = solve(compile_game(loads(text[: text.index("measures:")])))
    with pytest.raises(InvalidRequest, match="say how many `periods`"):
        simulate(endless, paths=10)
    for periods in (0, 2.5):
        message = re.escape(f"periods must be a whole number of at least 1: {periods}")
        with pytest.raises(InvalidRequest, match=message):
            simulate(endless, paths=10, periods=periods)
    found = simulate(endless, paths=100, periods=4)
    assert found.beliefs["us"].counts.shape[0] == 4
    assert found.fans["crisis"]["period"].to_numpy().tolist() == ["1", "2", "3", "4"]
    assert set(found.log_table()["date"].cast(pl.String).to_list()) == {"1", "2", "3", "4"}


def test_shown_shortly():
    assert repr(logged()).startswith("Simulation(2,000 paths, seed 4; war=")
    rows = len(logged().measures) + len(logged().payoffs)
    assert logged()._repr_html_().count('<th scope="row"') == rows
