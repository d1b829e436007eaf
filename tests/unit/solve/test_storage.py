"""A solution written to a file and read back."""

import json
import re
from functools import cache

import h5netcdf
import numpy as np
import pytest
import xarray as xr

from countermove.errors import InvalidRequest
from countermove.game import Game
from countermove.game import compile as compile_game
from countermove.game.arrays import Chance, Move
from countermove.language import loads
from countermove.simulate import simulate
from countermove.solve import load_solution, solve, verify
from oracle.crisis import CRISIS

VIEWS = """
views: {bold: {set: {success: 0.5}}}
policies: {probe: {player: guard, rules: [{when: tension == 1, play: {search: 0.3, watch: rest}}]}}
"""


def of_scenario(**options):
    return solve(compile_game(loads(CRISIS + VIEWS), **options))


def of_arrays():
    move = Move(
        player="a",
        successors=[[[0, 1], [1, 2]], [[1, 2], [2, 0]], [[2, 2], [0, 1]]],
        odds=np.tile([0.7, 0.3], (3, 2, 1)),
        actions=("stay", "go"),
        costs={"b": [[0.2, 0]] * 3},
        legal=[[1, 1], [1, 0], [1, 1]],
    )
    chance = Chance("slip", [[0, 1], [1, 0], [2, 1]], [[0.9, 0.1], [0.8, 0.2], [0.5, 0.5]])
    game = Game.from_arrays(
        players=("a", "b"),
        rationality=(1.5, 1),
        discount=(0.9, 1),
        periods=4,
        steps=[move, chance, move],
        flows=[[0, 1], [0.5, 0.2], [1, -1]],
        final=[[0, 0], [1, 1], [2, 0]],
        ends=[False, False, True],
        measures={"two": ("ever", [0, 0, 1]), "mean": ("mean", [0, 1, 2])},
        state_names=["zero", "one", "two"],
        start=1,
        name="three",
    )
    return solve(game)


OPTIONS = {
    "plain": {},
    "all": {
        "view": "bold",
        "policy": "probe",
        "set": {"success": 0.45},
        "rationality_factor": 0.5,
        "start": {"tension": "2", "rule": "new"},
        "at": 1,
    },
}


@cache
def case(name):
    return of_arrays() if name == "arrays" else of_scenario(**OPTIONS[name])


@pytest.mark.parametrize("name", ["plain", "all", "arrays"])
def test_there_and_back(name, tmp_path):
    before = case(name)
    path = tmp_path / "solution.nc"
    before.save(path)
    assert [p.name for p in tmp_path.iterdir()] == ["solution.nc"]  # nothing half-written stays
    after = load_solution(path)
    assert after.payoffs == before.payoffs
    assert after.status == before.status == "solved"
    assert after.residual == before.residual
    assert after.versions == before.versions
    assert after.parameters == before.parameters
    assert after.period_labels == before.period_labels
    assert set(after.measures) == set(before.measures)
    for key, measure in before.measures.items():
        found = after.measures[key]
        assert (found.kind, found.text, found.unit) == (measure.kind, measure.text, measure.unit)
        assert found.value == pytest.approx(measure.value, nan_ok=True)
        assert found.mean_given == measure.mean_given
        assert found.mean_censored == measure.mean_censored
    xr.testing.assert_identical(after.values, before.values)
    assert list(after.strategies) == list(before.strategies)
    for label, strategy in before.strategies.items():
        xr.testing.assert_allclose(after.strategies[label], strategy, rtol=0, atol=1e-14)
    for kind in ("fans", "actions", "moves", "happenings"):
        one, other = getattr(before.forward(), kind), getattr(after.forward(), kind)
        assert list(one) == list(other)
        for key in one:
            xr.testing.assert_allclose(other[key], one[key], rtol=0, atol=1e-14)
    game = after.game
    for what in ("name", "players", "start", "start_period", "periods", "view", "policy"):
        assert getattr(game, what) == getattr(before.game, what), what
    assert game.rationality_factor == before.game.rationality_factor
    assert game.state(game.start) == before.game.state(before.game.start)


@pytest.mark.parametrize("name", ["all", "arrays"])
def test_a_loaded_solution_simulates_the_same(name, tmp_path):
    case(name).save(tmp_path / "s.nc")
    one = simulate(case(name), paths=500, seed=3)
    other = simulate(load_solution(tmp_path / "s.nc"), paths=500, seed=3)
    assert one.measures == other.measures
    assert one.log.equals(other.log)


@pytest.mark.parametrize("name", ["all", "arrays"])
def test_saving_what_was_loaded(name, tmp_path):
    case(name).save(tmp_path / "s.nc")
    load_solution(tmp_path / "s.nc").save(tmp_path / "t.nc")
    again = load_solution(tmp_path / "t.nc")
    xr.testing.assert_identical(again.values, case(name).values)
    assert again.payoffs == case(name).payoffs


def test_anyone_can_open_it(tmp_path):
    solution = case("plain")
    solution.save(tmp_path / "s.nc")
    with xr.open_dataset(tmp_path / "s.nc", engine="h5netcdf") as data:
        game = solution.game
        assert data["value"].dims == ("period", "state", "column")
        assert data.sizes["state"] == game.n_states
        assert list(data["period"].to_numpy()) == solution.period_labels
        assert list(data["column"].to_numpy())[:2] == ["raider", "guard"]
        names = list(data["name"].to_numpy())
        assert names == list(solution.measures)
        values = dict(zip(names, data["measure"].to_numpy(), strict=True))
        assert values["war"] == solution.measures["war"].value
        raider = data["strategy_raider"]
        assert raider.dims == ("period", "state", "action_raider")
        assert list(raider["action_raider"].to_numpy()) == ["rest_up", "strike", "talk"]
        assert float(raider.sum("action_raider", skipna=True)[0, game.start]) == pytest.approx(1)
        assert "strategy_raider#2" in data
        meanings = data["variable_tension"].attrs["flag_meanings"].split()
        level = meanings[int(data["variable_tension"][game.start])]
        assert level == game.state(game.start)["tension"]


def test_a_file_is_replaced_whole(tmp_path):
    path = tmp_path / "s.nc"
    case("arrays").save(path)
    case("plain").save(path)
    assert load_solution(path).game.name == "crisis"


def not_a_solution(path):
    return pytest.raises(
        InvalidRequest, match=re.escape(f"{path} is not a solution that Countermove wrote")
    )


def test_a_damaged_file(tmp_path):
    path = tmp_path / "s.nc"
    case("plain").save(path)
    whole = path.read_bytes()
    for cut in (0, 10, len(whole) // 2, len(whole) - 100):
        path.write_bytes(whole[:cut])
        with not_a_solution(path):
            load_solution(path)
    path.write_text("scenario: not this\n")
    with not_a_solution(path):
        load_solution(path)


def test_no_file(tmp_path):
    with not_a_solution(tmp_path / "none.nc"):
        load_solution(tmp_path / "none.nc")
    with not_a_solution(tmp_path):
        load_solution(tmp_path)


def test_somebody_elses_file(tmp_path):
    path = tmp_path / "other.nc"
    xr.Dataset({"x": ("t", [1.0, 2.0])}).to_netcdf(path, engine="h5netcdf")
    with not_a_solution(path):
        load_solution(path)


def rewritten(path, change):
    """The file with its account of itself changed."""
    with h5netcdf.File(path, "a") as file:
        about = json.loads(file.attrs["countermove"])
        change(about)
        file.attrs["countermove"] = json.dumps(about)


def test_another_format(tmp_path):
    path = tmp_path / "s.nc"
    case("plain").save(path)
    rewritten(path, lambda about: about.update(format=99))
    with pytest.raises(InvalidRequest, match=r"has format 99; this version reads \d+: solve again"):
        load_solution(path)


def test_an_account_with_parts_missing(tmp_path):
    path = tmp_path / "s.nc"
    case("plain").save(path)
    rewritten(path, lambda about: about.pop("start_levels"))
    with not_a_solution(path):
        load_solution(path)
    rewritten(path, lambda about: about.pop("format"))
    with not_a_solution(path):
        load_solution(path)


def test_a_scenario_that_builds_another_game(tmp_path):
    path = tmp_path / "s.nc"
    case("plain").save(path)
    smaller = CRISIS.replace("levels: 0..3", "levels: 0..4")
    rewritten(path, lambda about: about.update(scenario=smaller))
    with pytest.raises(InvalidRequest, match="builds another game from the same scenario"):
        load_solution(path)


def test_a_solution_that_was_read_is_found_right(tmp_path):
    solution = solve(compile_game(loads(CRISIS)))
    solution.save(tmp_path / "solution.nc")
    again = load_solution(tmp_path / "solution.nc")
    np.testing.assert_array_equal(again.found.first, solution.found.first)
    assert verify(again).reasons == ()
