"""The search over levers: fronts that are known, brute force, failures, and taking up again."""

from __future__ import annotations

import itertools
import json
import math
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from countermove import (
    InvalidRequest,
    OutputExists,
    Scenario,
    SolveError,
    UnknownName,
    compile,
    loads,
    solve,
)
from countermove.explore.objectives import Objective
from countermove.explore.search import Search, search
from countermove.explore.search_front import front_of, spread
from countermove.explore.search_plan import plan_of
from countermove.explore.search_points import Point, losses, statistic, undominated
from countermove.explore.search_words import story
from unit.explore.lever_scenarios import LEVERS, Answers, formula_scenario

SCHAFFER = loads(formula_scenario("x: {value: 3, range: [-2, 4]}"))
F1, F2 = Objective("f1", -1.0), Objective("f2", -1.0)


def schaffer(parameters: Mapping[str, float]) -> Mapping[str, float]:
    """Schaffer's problem: x² and (x - 2)², both low; the front is x from 0 to 2 [Schaffer 1985]."""
    x = parameters["x"]
    return {"f1": x * x, "f2": (x - 2) ** 2}


def found_by(
    formula, scenario: Scenario = SCHAFFER, *, stop: int | None = None, **options
) -> Search:
    asked = {"of": ["f1", "f2"], "worlds": 0, "generations": 15, "population": 16} | options
    return search(scenario, "p", evaluator=Answers(formula, stop=stop), **asked)


# Statistics


def test_percentiles_come_from_the_bad_end() -> None:
    values = np.arange(11.0)
    assert statistic("mean").of(values, F1) == 5
    assert statistic("median").of(values, F1) == 5
    assert statistic("worst").of(values, F1) == 10
    assert statistic("worst").of(values, Objective("f1", 1.0)) == 0
    assert statistic("p10").of(values, F1) == 9
    assert statistic("p10").of(values, Objective("f1", 1.0)) == 1
    assert math.isnan(statistic("mean").of(np.array([1, np.nan]), F1))


@pytest.mark.parametrize("name", ["best", "p100", "p-1", "p", "px"])
def test_a_statistic_that_there_is_not(name: str) -> None:
    with pytest.raises(InvalidRequest, match="a statistic is mean, median, worst, or p10"):
        statistic(name)


# Fronts


def test_undominated_against_brute_force() -> None:
    found = np.random.default_rng(3).integers(0, 6, (60, 3)).astype(float)
    kept = set(undominated(found))
    for i, row in enumerate(found):
        beaten = any((other <= row).all() and (other < row).any() for other in found)
        assert (i in kept) is not beaten


def points(*figures: tuple[float, ...]) -> list[Point]:
    return [Point((float(i),), f, 0, 1) for i, f in enumerate(figures)]


def test_a_front_with_its_extremes_knee_and_what_is_given_up() -> None:
    front = front_of(points((0, 10), (1, 2), (5, 1), (9, 0), (9, 9), (1, 2)), (F1, F2))
    assert [p.figures for p in front.points] == [(0, 10), (1, 2), (5, 1), (9, 0)]
    assert front.alike == (0, 1, 0, 0)
    assert front.extremes == (0, 3)
    assert front.knee is not None
    assert front.knee.place == 1
    assert front.knee.bulge == pytest.approx((1 - 1 / 9 - 2 / 10) / math.sqrt(2))
    assert front.gives_up(1) == (1, 2)
    assert front.gives_up(0) == (0, 10)
    assert front.gains(front.points[1], front.points[3]) == (8, -2)


def test_a_front_that_bends_inwards_has_no_knee() -> None:
    assert front_of(points((0, 10), (6, 9), (10, 0)), (F1, F2)).knee is None
    assert front_of(points((0, 10), (5, 5), (10, 0)), (F1, F2)).knee is None
    assert front_of(points((0, 10), (10, 0)), (F1, F2)).knee is None


def test_objectives_that_are_better_high_are_turned() -> None:
    high = Objective("f2", 1.0)
    front = front_of(points((0, 0), (1, 8), (9, 10), (9, 5)), (F1, high))
    assert [p.figures for p in front.points] == [(0, 0), (1, 8), (9, 10)]
    assert front.gives_up(1) == (1, 2)
    assert (losses(points((1, 2)), (F1, high)) == [[1, -2]]).all()


def test_the_knee_of_three_objectives() -> None:
    f3 = Objective("f3", -1.0)
    front = front_of(points((0, 1, 1), (1, 0, 1), (1, 1, 0), (0.2, 0.2, 0.2)), (F1, F2, f3))
    assert front.knee is not None
    assert front.points[front.knee.place].figures == (0.2, 0.2, 0.2)
    assert front.knee.bulge == pytest.approx((2 - 0.6) / math.sqrt(3))


def test_the_table_shows_extremes_the_knee_and_points_far_apart() -> None:
    many = points(*((x * x, (x - 2) ** 2) for x in np.linspace(0, 2, 101)))
    front = front_of(many, (F1, F2))
    places = spread(front, 7)
    assert len(places) == 7
    assert {*front.extremes, front.knee.place} <= set(places)
    shown = losses([front.points[at] for at in places], (F1, F2))
    gaps = np.linalg.norm(np.diff(shown, axis=0), axis=1)
    assert gaps.max() < 2 * gaps.mean()
    assert spread(front, 200) == tuple(range(101))


# Searches by formula


def test_the_front_of_a_problem_that_is_known() -> None:
    found = found_by(schaffer)
    assert found.plan.method == "NSGA-II"
    figures = np.array([p.figures for p in found.front.points])
    # on the true front √f1 + √f2 = 2; what lies beyond its ends is beaten once they are found
    assert all(-0.01 < p.setting[0] < 2.01 for p in found.front.points)
    inner = figures[1:-1]
    assert np.sqrt(inner).sum(axis=1) == pytest.approx(np.full(len(inner), 2.0), abs=1e-9)
    assert figures[0, 0] < 1e-3
    assert figures[-1, 1] < 1e-3
    assert np.linalg.norm(np.diff(figures, axis=0), axis=1).max() < 0.6
    assert abs(found.front.points[found.front.knee.place].setting[0] - 1) < 0.1
    assert found.written.setting == (3.0,)
    assert found.points[0].setting == (3.0,)
    assert len(found.points) > 200
    assert found.solves == len(found.points)


def test_the_same_search_gives_the_same_and_another_seed_does_not() -> None:
    first, second = found_by(schaffer), found_by(schaffer)
    assert first.points == second.points
    assert found_by(schaffer, seed=1).points != first.points


def rugged(parameters: Mapping[str, float]) -> Mapping[str, float]:
    x, y = parameters["x"], parameters["y"]
    value = (x - 13) ** 2 / 50 + (y - 27) ** 2 / 80 + math.sin(x) + math.cos(y / 2)
    return {"f1": value, "f2": -value}


def test_one_objective_against_a_grid() -> None:
    scenario = loads(
        formula_scenario(
            "x: {value: 0, range: [0, 39], whole: true}; y: {value: 0, range: [0, 39], whole: true}"
        )
    )
    grid = {
        (x, y): rugged({"x": x, "y": y})["f1"] for x, y in itertools.product(range(40), repeat=2)
    }
    found = found_by(rugged, scenario, of=["f1"], generations=30, population=24)
    assert found.plan.method == "genetic algorithm"
    assert len(found.points) < len(grid) / 2
    assert found.front.points[0].setting == min(grid, key=grid.__getitem__)
    assert all(x == round(x) for p in found.points for x in p.setting)


def test_one_objective_of_levers_that_are_not_whole() -> None:
    scenario = loads(
        formula_scenario("x: {value: 0, range: [0, 39]}; y: {value: 0, range: [0, 39]}")
    )
    line = np.linspace(0, 39, 400)
    grid = min(rugged({"x": x, "y": y})["f1"] for x, y in itertools.product(line, repeat=2))
    found = found_by(rugged, scenario, of=["f1"], generations=40, population=24)
    assert found.plan.method == "differential evolution"
    assert found.front.points[0].figures[0] <= grid
    assert len(found.front.points) == 1


def test_few_settings_are_all_tried() -> None:
    scenario = loads(formula_scenario("x: {value: 1, range: [-2, 4], whole: true}"))
    found = found_by(schaffer, scenario)
    assert found.plan.method == "every setting"
    assert sorted(p.setting[0] for p in found.points) == [-2, -1, 0, 1, 2, 3, 4]
    assert [p.setting[0] for p in found.front.points] == [0, 1, 2]
    assert "These are all that there are" in story(found)[0]
    assert "Nothing beats the policy as written in every respect" in story(found)[1]


def test_worlds_are_the_same_for_every_setting_and_summed_up() -> None:
    def noisy(parameters: Mapping[str, float]) -> Mapping[str, float]:
        return {k: v + parameters["noise"] for k, v in schaffer(parameters).items()}

    def worlds(plan) -> list[Mapping[str, float]]:
        return [{"noise": n / 10} for n in range(plan.worlds)]

    for name, moved in (("mean", 0.2), ("worst", 0.4), ("p25", 0.3)):
        found = found_by(noisy, parameters_of_world=worlds, worlds=5, statistic=name, generations=3)
        for point in found.points:
            exact = schaffer({"x": point.setting[0]})
            assert point.figures == pytest.approx((exact["f1"] + moved, exact["f2"] + moved))
        assert found.solves == 5 * len(found.points)


def test_worlds_are_drawn_from_the_ranges_by_the_seed() -> None:
    answers = Answers(lambda p: {"f1": p["noise"], "f2": p["x"]})
    asked = {"of": ["f1"], "worlds": 8, "generations": 1, "population": 4}
    search(SCHAFFER, "p", evaluator=answers, **asked)
    drawn = [job["noise"] for job in answers.jobs[:8]]
    assert len(set(drawn)) == 8
    assert all(-1 <= x <= 1 for x in drawn)
    assert [job["noise"] for job in answers.jobs[8:16]] == drawn


# What fails


def test_a_setting_that_fails_in_one_world_is_never_on_the_front() -> None:
    def brittle(parameters: Mapping[str, float]) -> Mapping[str, float] | str:
        if parameters["x"] < 1 and parameters["noise"] > 0.5:
            return "no game: odds above 1"
        return schaffer(parameters)

    worlds = [{"noise": 0.0}, {"noise": 0.6}, {"noise": 0.9}]
    found = found_by(brittle, parameters_of_world=lambda plan: worlds, worlds=3)
    assert all(p.setting[0] >= 1 for p in found.front.points)
    holding = [p.setting[0] for p in found.points if p.setting[0] >= 1]
    assert min(p.setting[0] for p in found.front.points) == min(holding) < 1.1
    assert found.failed == sum(p.setting[0] < 1 for p in found.points) > 0
    assert {p.failed for p in found.points} == {0, 2}
    assert found.reasons == {"no game: odds above 1": found.failed}
    assert any("failed in some world and cannot be on the front" in line for line in story(found))


def test_a_figure_that_is_missing_is_a_failure_with_its_reason() -> None:
    def missing(parameters: Mapping[str, float]) -> Mapping[str, float]:
        found = dict(schaffer(parameters))
        return found if parameters["x"] > 0 else found | {"f2": math.nan}

    found = found_by(missing)
    assert list(found.reasons) == ["no figure for f2: what it is given cannot happen"]
    assert all(p.setting[0] > 0 for p in found.front.points)


def test_a_search_in_which_everything_fails(tmp_path: Path) -> None:
    with pytest.raises(SolveError, match="no setting of 'p' could be solved in all worlds; mostly"):
        found_by(lambda p: "not solved: a fault", generations=2, folder=tmp_path / "s")
    assert json.loads((tmp_path / "s" / "manifest.json").read_text())["complete"] is True


def test_a_policy_as_written_that_fails_is_said_to() -> None:
    found = found_by(lambda p: "not solved" if p["x"] > 2.9 else schaffer(p))
    assert not found.written.holds
    assert "The policy as written fails in some world." in story(found)


# Taking up again


def contents(folder: Path) -> tuple[list, list]:
    return tuple(
        pl.read_parquet(folder / f"{name}.parquet").rows() for name in ("archive", "front")
    )


@pytest.mark.parametrize("calls", [1, 2, 7, 15])
def test_an_interrupted_search_ends_as_an_undisturbed_one(tmp_path: Path, calls: int) -> None:
    whole = found_by(schaffer, folder=tmp_path / "whole")
    with pytest.raises(KeyboardInterrupt):
        found_by(schaffer, folder=tmp_path / "again", stop=calls)
    kept = json.loads((tmp_path / "again" / "manifest.json").read_text())
    assert kept["complete"] is False
    again = found_by(schaffer, folder=tmp_path / "again")
    assert 0 < again.solves < whole.solves
    assert (again.points, again.front, again.changed) == (whole.points, whole.front, whole.changed)
    assert contents(tmp_path / "again") == contents(tmp_path / "whole")
    for name in ("archive.parquet", "front.parquet", "manifest.json"):
        assert (tmp_path / "again" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()
    assert not list((tmp_path / "again").glob(".*"))


def test_a_search_interrupted_again_and_again(tmp_path: Path) -> None:
    whole = found_by(schaffer)
    for _ in range(40):
        try:
            found = found_by(schaffer, folder=tmp_path / "s", stop=1)
        except KeyboardInterrupt:
            continue
        assert found.points == whole.points
        return
    pytest.fail("never came to an end")


def test_more_generations_go_on_and_the_same_again_solves_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "s"
    short = found_by(schaffer, folder=folder, generations=5)
    assert found_by(schaffer, folder=folder, generations=5).solves == 0
    longer = found_by(schaffer, folder=folder, generations=9)
    straight = found_by(schaffer, generations=9)
    assert longer.points == straight.points
    assert longer.solves == straight.solves - short.solves
    assert len(contents(folder)[0]) == len(straight.points)
    shorter = found_by(schaffer, folder=folder, generations=5)
    assert shorter.points == short.points
    assert len(contents(folder)[0]) == len(straight.points)


def test_failures_are_remembered(tmp_path: Path) -> None:
    def brittle(parameters: Mapping[str, float]) -> Mapping[str, float] | str:
        return "not solved" if parameters["x"] < 1 else schaffer(parameters)

    whole = found_by(brittle, folder=tmp_path / "s")
    again = found_by(brittle, folder=tmp_path / "s")
    # NaN is no figure and equals nothing
    assert repr(again.points) == repr(whole.points)
    assert again.reasons == whole.reasons == {"not solved": whole.failed}
    assert again.solves == 0


def test_another_search_in_the_folder_is_refused_or_started_anew(tmp_path: Path) -> None:
    folder = tmp_path / "s"
    found_by(schaffer, folder=folder, generations=2)
    with pytest.raises(InvalidRequest, match="--seed was 0, and is now 1"):
        found_by(schaffer, folder=folder, seed=1)
    with pytest.raises(InvalidRequest, match="--of was f1:low, f2:low, and is now f1:low"):
        found_by(schaffer, folder=folder, of=["f1"])
    other = loads(SCHAFFER.text.replace("title: One", "title: Two"))
    with pytest.raises(InvalidRequest, match=r"the scenario changed.*begin anew by --restart"):
        found_by(schaffer, other, folder=folder)
    fresh = found_by(schaffer, other, folder=folder, restart=True, generations=2)
    assert fresh.solves > 0
    assert "title: Two" in (folder / "scenario.yaml").read_text()


def test_a_folder_of_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(OutputExists, match=r"holds no search \(mine\.txt\)"):
        found_by(schaffer, folder=tmp_path, restart=True)
    assert [p.name for p in tmp_path.iterdir()] == ["mine.txt"]
    with pytest.raises(OutputExists, match="is no folder"):
        found_by(schaffer, folder=tmp_path / "mine.txt")


def test_an_archive_that_cannot_be_read_says_what_to_do(tmp_path: Path) -> None:
    found_by(schaffer, folder=tmp_path / "s", generations=1)
    (tmp_path / "s" / "archive.parquet").write_bytes(b"no parquet")
    with pytest.raises(InvalidRequest, match=r"is not the archive of this search.*--restart"):
        found_by(schaffer, folder=tmp_path / "s")


# What is asked for


def test_defaults_are_what_the_player_wants_and_measures_that_say_what_is_better() -> None:
    scenario = loads(LEVERS)
    answers = Answers(lambda p: {"payoff(us)": p["push"], "heat": 0.0, "concessions": 0.0})
    found = search(scenario, "graded", evaluator=answers, worlds=0, generations=1)
    assert [str(o) for o in found.plan.objectives] == [
        "payoff(us) (high is better)",
        "heat (low is better)",
        "concessions (high is better)",
    ]
    assert found.plan.population == 16
    assert len(found.front.points) == 1
    assert "One setting is best in every respect" in story(found)[2]


def test_what_a_score_weighs_is_no_objective_beside_it() -> None:
    score = "scores:\n  ours: {player: us, weights: {heat: -1}}\npolicies:"
    scenario = loads(LEVERS.replace("policies:", score))
    assert [o.key for o in plan_of(scenario, "graded").objectives] == ["score(ours)", "concessions"]


def test_requests_that_make_no_sense() -> None:
    scenario = loads(LEVERS)
    with pytest.raises(
        InvalidRequest, match=r"'plain' has no levers.*\(policies that have some: graded, stepped\)"
    ):
        search(scenario, "plain")
    with pytest.raises(UnknownName, match="there is no policy 'grade'; did you mean 'graded'"):
        search(scenario, "grade")
    with pytest.raises(UnknownName, match="there is no view 'clam'"):
        search(scenario, "graded", view="clam")
    with pytest.raises(InvalidRequest, match="is 'plain' better low or high"):
        search(scenario, "graded", of=["plain"])
    with pytest.raises(InvalidRequest, match="'heat' is named twice among the objectives"):
        search(scenario, "graded", of=["heat", "heat:high"])
    with pytest.raises(InvalidRequest, match="at most 3 objectives, not 4"):
        search(scenario, "graded", of=["heat", "concessions", "payoff(us)", "payoff(them)"])
    with pytest.raises(InvalidRequest, match="worlds must be at least 0"):
        search(scenario, "graded", worlds=-1)
    with pytest.raises(InvalidRequest, match="at least one generation"):
        search(scenario, "graded", generations=0)
    with pytest.raises(InvalidRequest, match="a population has at least 4 settings"):
        search(scenario, "graded", population=2)
    certain = loads(
        formula_scenario("x: {value: 3, range: [-2, 4]}").replace(", range: [-1, 1]", "")
    )
    with pytest.raises(InvalidRequest, match="or search the values as stated, by --worlds 0"):
        search(certain, "p", evaluator=Answers(schaffer))


# With the solver


def test_a_scenario_against_brute_force() -> None:
    scenario = loads(LEVERS)
    found = search(scenario, "stepped", of=["heat", "concessions"], worlds=0)
    for point in found.points:
        solution = solve(compile(scenario, policy="stepped", set={"limit": point.setting[0]}))
        exact = [solution.measures[key].value for key in ("heat", "concessions")]
        assert point.figures == pytest.approx(exact, abs=1e-12)
    assert len(found.points) == 4


def test_worlds_of_a_scenario_in_a_view() -> None:
    scenario = loads(LEVERS)
    found = search(scenario, "stepped", of=["heat"], worlds=4, view="calm", seed=2)
    answers = Answers(lambda p: {"heat": 0.0})
    search(scenario, "stepped", of=["heat"], worlds=4, view="calm", seed=2, evaluator=answers)
    worlds = answers.jobs[:4]
    assert {world["fear"] for world in worlds} == {0.2}
    best = found.front.points[0]
    heats = [
        solve(
            compile(
                scenario, policy="stepped", view="calm", set={**world, "limit": best.setting[0]}
            )
        )
        .measures["heat"]
        .value
        for world in worlds
    ]
    assert best.figures[0] == pytest.approx(np.mean(heats), abs=1e-12)


def test_progress_ends_at_the_whole() -> None:
    told: list[tuple[int, int]] = []
    found_by(schaffer, generations=3, progress=lambda done, total: told.append((done, total)))
    assert [done for done, _ in told] == sorted(done for done, _ in told)
    assert all(done <= total for done, total in told)
    assert told[-1][0] > 0.9 * told[-1][1]
