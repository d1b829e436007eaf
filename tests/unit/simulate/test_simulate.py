"""The simulator: the same paths from the same seed, requests that are refused, and its log."""

import itertools
import os
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from countermove.errors import InvalidRequest, UnknownName
from countermove.game import compile as compile_game
from countermove.language import loads
from countermove.simulate import simulate
from countermove.simulate.summaries import Estimate
from countermove.solve import solve
from oracle.crisis import CRISIS

PATHS = 3_000


@cache
def solution():
    return solve(compile_game(loads(CRISIS)))


@cache
def logged():
    return simulate(solution(), paths=PATHS, seed=4, log=PATHS)


def same(one, other):
    assert one.measures == other.measures
    assert one.payoffs == other.payoffs
    assert one.log.equals(other.log)
    for kind in ("fans", "actions", "moves", "happenings"):
        for name, values in getattr(one, kind).items():
            assert values.equals(getattr(other, kind)[name]), (kind, name)


# -- the same paths ------------------------------------------------------------------------------


def test_a_seed_gives_its_paths_again():
    same(logged(), simulate(solution(), paths=PATHS, seed=4, log=PATHS))
    other = simulate(solution(), paths=PATHS, seed=5, log=PATHS)
    assert not logged().log.equals(other.log)
    assert logged().payoffs != other.payoffs


def test_more_paths_begin_with_the_same():
    few = simulate(solution(), paths=100, seed=4, log=100).log_table()
    assert few.equals(logged().log_table().filter(pl.col("path") < 100))


def test_blocks_do_not_show():
    # More paths than are walked at a time; those of the second block are numbered on.
    many = simulate(solution(), paths=(1 << 16) + 50, seed=4, log=(1 << 16) + 50)
    table = many.log_table()
    assert table["path"].n_unique() == many.kept
    few = simulate(solution(), paths=PATHS, seed=4, log=PATHS).log_table()
    assert table.filter(pl.col("path") < PATHS).equals(few)
    first = table.filter(pl.col("path") == 0)
    later = table.filter(pl.col("path") == 1 << 16)
    assert later.height and not first["action"].equals(later["action"])


DIGEST = """
import hashlib, sys
sys.path.insert(0, sys.argv[1])
from oracle.crisis import CRISIS
from countermove import compile, load, simulate, solve
from countermove.language import loads
for threads in (1, 2, 4):
    solution = solve(compile(loads(CRISIS)), threads=threads)
    found = simulate(solution, paths=5000, seed=9, log=500, threads=threads)
    parts = [repr(found.measures), repr(found.payoffs), repr(solution.payoffs)]
    parts += [repr(found.log.to_pydict()), repr([v.values for v in found.actions.values()])]
    print(hashlib.sha256("".join(parts).encode()).hexdigest())
"""


def test_threads_change_nothing_bit_by_bit():
    folder = str(Path(__file__).parents[2])
    environment = {**os.environ, "NUMBA_NUM_THREADS": "4"}
    done = subprocess.run(
        [sys.executable, "-c", DIGEST, folder],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    digests = done.stdout.split()
    assert len(digests) == 3
    assert len(set(digests)) == 1


def test_given_keeps_those_of_the_same_paths():
    given = simulate(solution(), paths=PATHS, seed=4, log=PATHS, given={"guard": "search"})
    assert (given.paths, given.kept, given.given) == (PATHS, given.kept, {"guard": "search"})
    table = logged().log_table()
    first = table.filter(pl.col("player") == "guard").group_by("path", maintain_order=True).first()
    wanted = set(first.filter(pl.col("action") == "search")["path"].to_list())
    assert 0 < len(wanted) < PATHS
    assert set(given.log_table()["path"].to_list()) == wanted
    assert given.kept == len(wanted)
    kept = table.filter(pl.col("path").is_in(sorted(wanted)))
    assert kept.equals(given.log_table())


# -- the log -------------------------------------------------------------------------------------


def test_the_log_adds_up_to_the_frequencies():
    simulation, table = logged(), logged().log_table()
    for label, values in simulation.actions.items():
        for t in range(values.sizes["period"]):
            rows = table.filter((pl.col("step") == label) & (pl.col("period") == t))
            for action in values["action"].to_numpy():
                count = rows.filter(pl.col("action") == str(action)).height
                assert count / PATHS == pytest.approx(float(values[t].sel(action=action)))
            assert rows.height / PATHS == pytest.approx(float(simulation.moves[label][t]))
    for label, values in simulation.happenings.items():
        for t in range(values.sizes["period"]):
            rows = table.filter((pl.col("step") == label) & (pl.col("period") == t))
            assert rows.height / PATHS == pytest.approx(float(values[t]))
            assert rows["player"].null_count() == rows.height


def test_the_log_counts_what_measures_count():
    table = logged().log_table()
    strikes = table.filter((pl.col("player") == "raider") & (pl.col("action") == "strike"))
    assert strikes.height / PATHS == pytest.approx(logged().measures["strikes"].mean)
    votes = table.filter(pl.col("step") == "vote")
    assert votes.height / PATHS == pytest.approx(logged().measures["votes"].mean)
    searching = table.filter((pl.col("player") == "guard") & (pl.col("action") == "search"))
    share = searching["path"].n_unique() / PATHS
    assert share == pytest.approx(logged().measures["ever_search"].mean)
    low = strikes.join(logged().states_table(), on="state").filter(
        pl.col("tension").is_in(["0", "1"])
    )
    assert low.height / PATHS == pytest.approx(logged().measures["strikes_low"].mean)


def test_every_move_logged_could_be_made():
    game = solution().game
    table = logged().log_table()
    for label, strategy in solution().strategies.items():
        rows = table.filter(pl.col("step") == label)
        actions = [str(a) for a in strategy["action"].to_numpy()]
        at = [actions.index(a) for a in rows["action"].to_list()]
        odds = strategy.to_numpy()[rows["period"].to_numpy(), rows["state"].to_numpy(), at]
        assert (odds > 0).all()
    begins = table.group_by("path", maintain_order=True).first()
    assert set(begins["state"].to_list()) == {game.start}
    order = {label: k for k, label in enumerate(s.label for s in game.world.steps)}
    place = table["period"].to_numpy() * 10 + np.array([order[s] for s in table["step"].to_list()])
    path = table["path"].to_numpy()
    onward = (np.diff(path) > 0) | ((np.diff(path) == 0) & (np.diff(place) > 0))
    assert onward.all()


def test_each_logged_state_follows_from_the_one_before():
    # Between two entries of one path lies what the first did, and events that changed nothing.
    game, table = solution().game, logged().log_table().filter(pl.col("path") < 300)
    labels = [s.label for s in game.world.steps]
    follows = {}
    for period in range(game.periods):
        for step in game.world.at(period).steps:
            pointer = step.arrays.pointer
            for s in range(game.n_states):
                for a, action in enumerate(step.actions):
                    low, high = pointer[s * len(step.actions) + a : s * len(step.actions) + a + 2]
                    branches = slice(int(low), int(high))
                    open_ = step.arrays.odds[branches] > 0
                    to = set(step.arrays.successor[branches][open_].tolist())
                    follows[period, step.label, action, s] = to
    carry = game.world.at(0).carry
    rows = list(table.iter_rows(named=True))
    checked = 0
    for before, after in itertools.pairwise(rows):
        if before["path"] != after["path"]:
            continue
        key = before["period"], before["step"], before["action"], before["state"]
        reached = follows[key]
        if after["period"] > before["period"]:
            reached = {int(carry[s]) for s in reached}
        assert after["state"] in reached, (before, after)
        checked += 1
    assert checked > 1000
    assert {r["step"] for r in rows} <= set(labels)


def test_the_log_is_as_long_as_asked():
    assert simulate(solution(), paths=50, log=10).log_table()["path"].n_unique() == 10
    empty = simulate(solution(), paths=50, log=0).log_table()
    assert empty.height == 0
    assert empty.columns == logged().log_table().columns
    assert empty.schema == logged().log_table().schema


def test_parquet_there_and_back(tmp_path):
    target = tmp_path / "paths.parquet"
    states = logged().write_log(target)
    assert states == tmp_path / "paths.states.parquet"
    assert pl.read_parquet(target).equals(logged().log_table())
    table = pl.read_parquet(states)
    assert table.equals(logged().states_table())
    game = solution().game
    for index in (0, game.n_states // 2, game.n_states - 1):
        row = table.row(index, named=True)
        assert row.pop("state") == index
        assert row == game.state(index)
    columns = pl.read_parquet(target).columns
    assert columns == ["path", "period", "date", "step", "player", "action", "state"]


def test_a_log_without_rows_can_be_written(tmp_path):
    target = tmp_path / "none.parquet"
    simulate(solution(), paths=5, log=0).write_log(target)
    assert pl.read_parquet(target).height == 0


def test_dates_in_the_log():
    dated = CRISIS.replace("periods: 4", "start: 2020-11-15, step: 2 weeks, periods: 4")
    simulation = simulate(solve(compile_game(loads(dated), at=1)), paths=20, log=20)
    table = simulation.log_table()
    assert table["date"].to_list()[0] == "2020-11-29"
    assert table["period"].min() == 1
    assert simulation.fans["tension"]["period"].to_numpy()[0] == "2020-11-29"


# -- requests ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"paths": 0}, "paths must be at least 1: 0"),
        ({"log": -1}, "log must not be negative: -1"),
        ({"seed": -1}, "seed must be a whole number from 0 to 2^64 - 1: -1"),
        ({"seed": 2**64}, "seed must be a whole number"),
        ({"threads": 0}, "threads must be 1 to"),
        ({"threads": 10_000}, "threads must be 1 to"),
    ],
)
def test_requests_out_of_range(options, message):
    with pytest.raises(InvalidRequest, match=re.escape(message)):
        simulate(solution(), **{"paths": 10, **options})


def test_given_what_there_is_not():
    with pytest.raises(UnknownName, match="no player 'gard'; did you mean 'guard'"):
        simulate(solution(), paths=10, given={"gard": "watch"})
    with pytest.raises(UnknownName, match="no action of guard: 'serch'; did you mean 'search'"):
        simulate(solution(), paths=10, given={"guard": "serch"})
    # An event is not a player.
    with pytest.raises(UnknownName, match="no player 'vote'"):
        simulate(solution(), paths=10, given={"vote": "vote"})


def test_given_what_never_happens():
    with pytest.raises(
        InvalidRequest, match="on none of the 50 paths is the first move raider=rest_up"
    ):
        simulate(solution(), paths=50, given={"raider": "rest_up"})


def test_the_largest_seed():
    found = simulate(solution(), paths=50, seed=2**64 - 1)
    assert found.seed == 2**64 - 1


def test_progress_is_told():
    told = []
    simulate(solution(), paths=70_000, log=0, progress=lambda done, of: told.append((done, of)))
    assert told[-1] == (70_000, 70_000)
    assert [d for d, _ in told] == sorted({d for d, _ in told})
    assert len(told) > 1


def test_a_single_path_has_no_error_to_speak_of():
    found = simulate(solution(), paths=1)
    assert found.kept == 1
    assert all(e.n == 1 for e in found.measures.values())


def test_large_payoffs_keep_their_standard_error():
    # A payoff of about 10^9 in every period, which varies by a few units.
    endless = CRISIS.replace("ends: tension == 3 and raid == raided", "")
    text = endless.replace("interests: {calm: -tension,", "interests: {calm: 1e9 - tension,")
    small, large = (
        simulate(solve(compile_game(loads(t))), paths=PATHS, seed=4, log=0) for t in (endless, text)
    )
    wanted = small.payoffs["guard"].standard_error
    assert large.payoffs["guard"].mean == pytest.approx(4e9)
    assert large.payoffs["guard"].standard_error == pytest.approx(wanted, rel=1e-3)


def test_shown_shortly():
    assert str(Estimate(0.123456, 0.00123, 10)) == "0.1235 ± 0.0012"
    assert repr(logged()).startswith("Simulation(3,000 paths, seed 4; war=")
    given = simulate(solution(), paths=50, given={"guard": "watch"})
    assert re.match(r"Simulation\(50 paths, \d+ kept, seed 0; ", repr(given))
    page = logged()._repr_html_()
    assert "crisis: 3,000 paths drawn, seed 4" in page
    assert page.count('<th scope="row"') == len(logged().measures) + len(logged().payoffs)
