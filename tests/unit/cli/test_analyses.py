"""The analyses of an exploration on the command line: what they show, write, and refuse."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest

from countermove.cli import analyses, main
from countermove.cli.failures import ExitCode
from countermove.errors import InvalidRequest
from countermove.explore.exploration import Exploration, load_exploration
from countermove.explore.robustness import robustness
from unit.cli.command_results import Ran, Run
from unit.explore.sweep_scenario import TEXT

GOALS = """
goals:
  often: {measure: yields, at_least: 0.3}
  worth_it: {measure: payoff(us), at_least: 0}
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """128 worlds of a tiny crisis under two views."""
    place = tmp_path_factory.mktemp("tiny")
    (place / "tiny.yaml").write_text(TEXT + GOALS)
    asked = ["explore", str(place / "tiny.yaml"), "-n", "128", "--views", "(own),shy", "--quiet"]
    assert main([*asked, "--player", "us", "-o", str(place / "out")]) == 0
    return place / "out"


@pytest.fixture(scope="module")
def designed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Worlds drawn for Sobol's indices; in the view, one of three parameters is pinned."""
    place = tmp_path_factory.mktemp("designed")
    (place / "tiny.yaml").write_text(TEXT)
    asked = ["explore", str(place / "tiny.yaml"), "-n", "160", "--method", "saltelli", "--quiet"]
    views = ["--views", "(own),shy", "--player", "us"]
    assert main([*asked, *views, "-o", str(place / "out")]) == 0
    return place / "out"


def words(ran: Ran) -> str:
    assert ran.code == ExitCode.OK, ran.err
    return " ".join(ran.out.split())


def test_robustness_shows_each_view_and_says_who_is_best(countermove: Run, folder: Path) -> None:
    said = words(countermove("robustness", folder))
    assert "tiny · payoff(us) (high is better) · 1,000 resamples" in said
    assert "(own): 128 worlds" in said and "shy: 128 worlds" in said
    assert "worst case (maximin)" in said and "often holds" in said
    assert "stand_firm" not in said  # a policy of the other player
    assert "Over 128 worlds as (own) sees them, " in said
    assert "Intervals resample the worlds" in said
    assert "5% are worse" not in said
    assert "5% are worse" in words(countermove("robustness", folder, "--all", "--resamples", "5"))


def test_robustness_is_that_of_the_function(countermove: Run, folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "robust.parquet"
    asked = ("--of", "yields:low", "--view", "shy", "--resamples", "20", "--seed", "3")
    said = words(countermove("robustness", folder, *asked, "-o", file))
    assert f"Written to {file}" in said
    exploration = load_exploration(folder)
    objective = analyses.objective(exploration, "yields:low")
    expected = robustness(exploration, objective, views=["shy"], resamples=20, seed=3).table()
    assert pl.read_parquet(file).drop("view").equals(expected)


def test_views_are_pooled_by_weights(countermove: Run, folder: Path) -> None:
    data = json.loads(
        countermove(
            "robustness", folder, "--weight", "own=3,shy=1", "--resamples", "5", "--json"
        ).out
    )
    (result,) = data["results"]
    assert result["views"] == {"(own)": 0.75, "shy": 0.25}
    assert result["n_worlds"] == 256
    assert "Over 128 worlds × 2 views, pooled ((own) 75%, shy 25%)" in result["words"][0]


def test_sensitivity_of_a_policy_and_of_its_lead(countermove: Run, folder: Path) -> None:
    few = ("--resamples", "10")
    said = words(countermove("sensitivity", folder, "--of", "payoff(us)", "-p", "always_ask", *few))
    assert "tiny · payoff(us) · always_ask · (own)" in said
    assert "pawn, 128 worlds" in said and "payoff(us) under always_ask moves most with" in said
    lead = countermove(
        "sensitivity", folder, "-p", "always_ask", "--against", "free", "-v", "shy", *few
    )
    assert "the lead of always_ask over (free)" in words(lead)
    assert "pinned" in words(lead)  # the view holds shame fixed


def test_sensitivity_takes_the_method_that_the_worlds_were_drawn_for(
    countermove: Run, designed: Path
) -> None:
    data = json.loads(countermove("sensitivity", designed, "--of", "yields:high", "--json").out)
    assert data["method"] == "sobol" and [i["name"] for i in data["indices"]] == ["ST", "S1"]
    shy = json.loads(countermove("sensitivity", designed, "--view", "shy", "--json").out)
    assert shy["pinned"] == ["shame"]
    assert shy["indices"][0]["values"][shy["parameters"].index("shame")] == 0.0


def test_sensitivity_refuses_a_method_without_its_worlds(countermove: Run, folder: Path) -> None:
    ran = countermove("sensitivity", folder, "--method", "sobol")
    assert ran.code == ExitCode.USAGE
    assert (
        "needs worlds drawn by `explore --method saltelli`, and these were drawn by sobol"
        in ran.err
    )


def test_discover_says_where_a_policy_fails(countermove: Run, folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "box.csv"
    asked = ("-p", "always_ask", "--of", "payoff(us)", "--below", "0.3", "--resamples", "5")
    said = words(countermove("discover", folder, *asked, "--peeling", "-o", file))
    assert "tiny · always_ask · (own) · fails: payoff(us) below 0.3" in said
    assert "It fails where " in said and "% pure" in said
    assert "The peeling" in said and "In 5 resamples" in said
    assert set(pl.read_csv(file)["parameter"]) <= {"lam", "prize", "shame"}


def test_discover_has_a_question_of_its_own(countermove: Run, folder: Path) -> None:
    few = ("--resamples", "0", "--json")
    data = json.loads(countermove("discover", folder, "-p", "always_ask", *few).out)
    assert data["question"] == (
        "often (yields at least 0.3) or worth_it (payoff(us) at least 0) missed"
    )
    one = json.loads(countermove("discover", folder, "--goal", "often", *few).out)
    assert one["question"] == "often (yields at least 0.3) missed"
    worst = json.loads(countermove("discover", folder, "--of", "payoff(us)", *few).out)
    assert worst["question"] == "payoff(us) among its worst 10%"
    behind = json.loads(countermove("discover", folder, "--against", "always_ask", *few).out)
    assert behind["question"] == "payoff(us) worse than under always_ask"


def test_discover_by_a_tree(countermove: Run, folder: Path) -> None:
    asked = ("-p", "always_ask", "--of", "payoff(us)", "--below", "0.3", "--method", "cart")
    data = json.loads(countermove("discover", folder, *asked, "--resamples", "3", "--json").out)
    assert data["method"] == "cart" and data["trajectory"] == []


def test_tradeoffs_between_figures(countermove: Run, folder: Path) -> None:
    asked = ("--of", "yields", "--of", "asked:low", "--resamples", "20")
    said = words(countermove("tradeoffs", folder, *asked))
    assert "yields (high)" in said and "asked (low)" in said
    assert "always_ask, best for yields, gives up " in said
    one = countermove("tradeoffs", folder, "--of", "yields")
    assert one.code == ExitCode.USAGE and "between two objectives or more" in one.err
    unnamed = words(countermove("tradeoffs", folder, "--resamples", "20"))
    assert "Between payoff(us) and payoff(them), " in unnamed


def test_pivots_of_a_scenario_are_solved_and_of_a_folder_read(
    countermove: Run, folder: Path, tmp_path: Path
) -> None:
    scenario = folder.parent / "tiny.yaml"
    file = tmp_path / "pivots.json"
    said = words(countermove("pivots", scenario, "--player", "us", "-o", file))
    assert "tiny · payoff(us) (high is better) · (own) · " in said
    assert "At the base values as (own) sees them, " in said
    data = json.loads(file.read_text())
    assert {s["parameter"] for s in data["parameters"]} == {"lam", "prize", "shame"}
    read = words(countermove("pivots", folder))
    assert (
        "Where the best would flip, parameter by parameter" in read
        and "As (own) sees the 128 worlds" in read
    )
    again = words(countermove("pivots", folder, "--solve", "--parameter", "prize", "--view", "own"))
    assert "At the base values as (own) sees them" in again and "shame" not in again


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (("robustness", "--of", "asked"), "is 'asked' better low or high?"),
        (("robustness", "--of", "askd:low"), "did you mean 'asked'"),
        (("robustness", "--player", "thm"), "there is no player 'thm'; did you mean 'them'"),
        (("robustness", "-p", "stand_firm"), "no policy in this exploration 'stand_firm'"),
        (("robustness", "-o", "x.txt"), "x.txt: figures are written as .parquet, .csv or .json"),
        (("sensitivity", "--of", "askd"), "no measure, score or payoff 'askd'"),
        (("sensitivity", "--view", "bold"), "no view in this exploration 'bold'"),
        (("discover", "--goal", "oftn"), "no goal 'oftn'; did you mean 'often'"),
        (
            ("discover", "--above", "0.3"),
            "say which figure may not be above or below that number, by",
        ),
        (("discover", "--worst", "2"), "lies between 0 and 1, not 2"),
        (("pivots", "--met", "surprised"), "no way of meeting policies in this exploration"),
    ],
)
def test_what_is_not_there_is_told(
    countermove: Run, folder: Path, asked: tuple[str, ...], said: str
) -> None:
    command, *rest = asked
    ran = countermove(command, folder, *rest)
    assert ran.code == ExitCode.USAGE
    assert said in ran.err
    assert not ran.out


def test_a_folder_without_an_exploration_is_told(countermove: Run, tmp_path: Path) -> None:
    for command in ("robustness", "sensitivity", "discover", "tradeoffs"):
        ran = countermove(command, tmp_path)
        assert ran.code == ExitCode.USAGE
        assert "holds no exploration; make one by `countermove explore" in ran.err


def test_a_scenario_in_the_place_of_its_exploration_is_told(
    countermove: Run, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran = countermove("robustness", folder.parent / "tiny.yaml")
    assert ran.code == ExitCode.USAGE
    assert "tiny.yaml is a file, and no exploration's folder: explore the scenario" in ran.err
    monkeypatch.chdir(tmp_path)
    (tmp_path / "explorations").mkdir()
    (tmp_path / "explorations" / "tiny").symlink_to(folder)
    ran = countermove("robustness", "tiny")
    assert ran.code == ExitCode.USAGE
    assert "tiny holds no exploration; did you mean explorations/tiny?" in ran.err


def test_pivots_are_sought_for_a_mean_time_too(countermove: Run) -> None:
    asked = ("--of", "quarters_to_halt.periods:low", "--parameter", "leak", "--points", "2")
    ran = countermove("pivots", "sanctions", "--player", "sender", *asked)
    assert ran.code == ExitCode.OK, ran.err
    assert "sanctions · quarters_to_halt.periods (low is better)" in ran.out


def test_pivots_of_a_scenario_need_policies_and_views_that_exist(countermove: Run) -> None:
    ran = countermove("pivots", "sanctions", "--view", "sceptc")
    assert ran.code == ExitCode.USAGE and "there is no view 'sceptc'; did you mean" in ran.err
    ran = countermove("pivots", "sanctions", "--met", "angry")
    assert ran.code == ExitCode.USAGE and "others meet a policy adaptive or surprised" in ran.err
    ran = countermove("pivots", "centipede")
    assert ran.code == ExitCode.USAGE and "centipede has no policies" in ran.err


def test_pivots_for_a_player_without_policies_are_sought_among_those_of_another(
    countermove: Run,
) -> None:
    asked = ("--of", "payoff(target)", "--parameter", "leak", "--points", "2", "--json")
    ran = countermove("pivots", "sanctions", *asked)
    assert ran.code == ExitCode.OK, ran.err
    assert len(json.loads(ran.out)["policies"]) > 1


def test_names_in_brackets_need_none() -> None:
    assert analyses.named("own", ["(own)", "shy"]) == "(own)"
    assert analyses.named("own", ["(own)", "own"]) == "own"
    assert analyses.named("free", ["(free)"]) == "(free)"
    assert analyses.named(None, ["(own)"]) is None
    assert analyses.all_named(["own,shy"], ["(own)", "shy"]) == ["(own)", "shy"]


def test_an_objective_that_was_not_explored_is_told(folder: Path) -> None:
    known = load_exploration(folder)
    few = Exploration(None, known.scenario, {**known.manifest, "keys": ["asked"]}, known.rows,
                      known.worlds)  # fmt: skip
    with pytest.raises(InvalidRequest, match="holds neither a score nor the payoff of us; name a"):
        analyses.objective(few, None)


def lines(ran: Ran) -> list[str]:
    assert ran.code == ExitCode.OK, ran.err
    return [line.rstrip() for line in ran.out.splitlines()]


def test_no_figure_is_cut_where_the_screen_is_narrow(
    countermove: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = ("--resamples", "5", "--view", "own")
    shown = {}
    for width in ("60", "160"):
        monkeypatch.setenv("COLUMNS", width)
        shown[width] = lines(countermove("robustness", folder, *few))
        assert not any("…" in line for line in shown[width])
    assert " to " not in shown["60"][5] and any("★" in line for line in shown["60"])
    assert any(" to " in line for line in shown["160"][:9])
    monkeypatch.setenv("COLUMNS", "72")
    table = lines(countermove("robustness", folder, *few, "--all"))
    assert any(line.split()[:1] == ["to"] for line in table)  # intervals on lines of their own


def test_who_is_kept_is_told_whole_where_the_screen_is_narrow(
    countermove: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "60")
    both = ("--of", "payoff(us)", "--of", "payoff(them)", "--resamples", "5")
    head = next(line for line in lines(countermove("tradeoffs", folder, *both)) if "kept" in line)
    assert head.split()[0] == "policy" and "beaten by" not in head


def test_worlds_under_several_views_are_counted_once(countermove: Run, folder: Path) -> None:
    few = ("--resamples", "5")
    assert "(own) + shy: 128 worlds × 2 views" in words(
        countermove("robustness", folder, "--pool", *few)
    )
    assert "mean · 128 worlds × 2 views · (own) 50%, shy 50%" in words(
        countermove("tradeoffs", folder, *few)
    )


def test_a_parameter_that_flips_nothing_shows_no_threshold(countermove: Run, folder: Path) -> None:
    asked = ("--of", "asked:low", "-p", "free,always_ask")
    found = json.loads(countermove("pivots", folder, *asked, "--json").out)
    level = [f["parameter"] for f in found["parameters"] if f["below"] == f["above"]]
    assert level  # always to ask is never to ask less
    shown = {
        line.split()[0]: line.split()[1:]
        for line in lines(countermove("pivots", folder, *asked))
        if line
    }
    for name in level:
        assert shown[name][0] == "none" and shown[name][-2:] == ["0", "no"]


def test_long_names_are_broken_near_their_middle() -> None:
    assert analyses.broken("always_escort") == "always_\nescort"
    assert analyses.broken("payoff(coast) (high)", longest=18) == "payoff(coast)\n(high)"
    assert analyses.broken("short_name") == "short_name"
