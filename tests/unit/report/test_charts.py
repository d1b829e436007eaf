"""``countermove.figures``: charts hold the numbers of the results that they are made from."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from typing import Any

import altair as alt
import pytest

import countermove
from countermove import figures
from countermove.errors import InvalidRequest, SolveError, UnknownName
from countermove.explore.objectives import Objective
from unit import shown_results as made
from unit.shown_results import HOSTILE, SHELLED


@cache
def halved() -> Any:
    return countermove.solve(made.solution().game.replace(rationality_factor=0.5))


CHARTS: Mapping[str, Callable[[], Any]] = {
    "fan": lambda: figures.fan(made.solution(), "harbour"),
    "moves": lambda: figures.moves(made.solution(), "us"),
    "beliefs": lambda: figures.beliefs(made.solution(), "us"),
    "tells": lambda: figures.tells(made.solution(), "us"),
    "measures": lambda: figures.measures(made.solution(), {0.5: halved()}),
    "policies": lambda: figures.policies(made.comparison()),
    "regret": lambda: figures.regret(made.comparison()),
    "telltales": lambda: figures.telltales(made.comparison()),
    "robustness": lambda: figures.robustness(made.robust(), scenario=made.scenario()),
    "convergence": lambda: figures.convergence(made.exploration()),
    "worlds": lambda: figures.worlds(made.exploration(), "pain", of="shelled"),
    "sensitivity": lambda: figures.sensitivity(made.sensitive()),
    "discovery": lambda: figures.discovery(made.discovered()),
    "tradeoffs": lambda: figures.tradeoffs(made.traded(), scenario=made.scenario()),
    "pivots": lambda: figures.pivots(made.turning()),
    "search": lambda: figures.search(made.searched()),
}


@cache
def drawn(name: str) -> dict[str, Any]:
    found: dict[str, Any] = CHARTS[name]().to_dict()
    return found


def parts(spec: Any) -> Iterator[dict[str, Any]]:
    """Every mapping within."""
    if isinstance(spec, dict):
        yield spec
        for value in spec.values():
            yield from parts(value)
    elif isinstance(spec, list):
        for value in spec:
            yield from parts(value)


def rows(spec: dict[str, Any], field: str) -> list[dict[str, Any]]:
    """The rows of the chart's data that have a field, each once."""
    found: list[dict[str, Any]] = []
    for part in parts(spec):
        if isinstance(part.get("values"), list):
            fresh = (row for row in part["values"] if isinstance(row, dict) and field in row)
            found += [row for row in fresh if row not in found]
    return found


def texts(spec: dict[str, Any]) -> str:
    """All titles and subtitles."""
    return repr([part["title"] for part in parts(spec) if part.get("title")])


def test_every_figure_is_tried_here() -> None:
    assert sorted(CHARTS) == sorted(figures.__all__)
    assert set(figures.__all__) <= set(dir(figures))


@pytest.mark.parametrize("name", sorted(CHARTS))
def test_charts_are_drawn_with_a_title_and_no_configuration(name: str) -> None:
    chart = CHARTS[name]()
    assert chart.config is alt.Undefined
    buffer = io.StringIO()
    chart.save(buffer, format="svg")
    assert buffer.getvalue().startswith("<svg") and "NaN" not in buffer.getvalue()
    title = next(part["title"] for part in parts(chart.to_dict()) if part.get("title"))
    assert title["text"][0].isupper()


def test_a_fan_shows_the_exact_distribution_on_dates() -> None:
    forward, spec = made.solution().forward(), drawn("fan")
    found = {(row["at"], row["level"]): row["odds"] for row in rows(spec, "level")}
    ends = ["2030-02-01T00:00:00", "2030-03-01T00:00:00", "2030-04-01T00:00:00"]
    fan = forward.fans["harbour"]
    for end, exact in zip(ends, fan.values, strict=True):
        for level, odds in zip(fan.coords["level"].values, exact, strict=True):
            assert found[end, str(level)] == odds
    assert found["2030-01-01T00:00:00", "calm"] == 1
    assert any(part.get("format") == ".0%" for part in parts(spec))


def test_a_variable_with_numbers_has_its_mean_with_its_unit() -> None:
    spec = figures.fan(made.solution(), "ships").to_dict()
    means = [row["mean"] for row in rows(spec, "mean")]
    exact = made.solution().forward().fans["ships"].values @ [0, 10, 20]
    assert means == pytest.approx([10, *exact])
    assert f"mean, ships {HOSTILE}" in texts(spec)


@pytest.mark.parametrize("name", ["fan", "moves", "beliefs"])
def test_scheduled_events_are_marked_on_their_day(name: str) -> None:
    (mark,) = rows(drawn(name), "lift")
    assert (mark["event"], mark["at"]) == ("council", "2030-02-14T00:00:00")
    assert mark["when"] == "14 Feb 2030"


def test_moves_are_the_odds_where_the_player_moves() -> None:
    forward = made.solution().forward()
    played, moving = forward.actions["us"], forward.moves["us"].values
    found = {(row["period"], row["action"]): row for row in rows(drawn("moves"), "odds")}
    for t, month in enumerate(("Jan 2030", "Feb 2030", "Mar 2030")):
        for a, action in enumerate(played.coords["action"].values):
            row = found[month, str(action)]
            assert row["odds"] == pytest.approx(played.values[t, a] / moving[t])
            assert row["high"] - row["low"] == pytest.approx(row["odds"])


def test_beliefs_and_what_moves_tell() -> None:
    spec = drawn("beliefs")
    means = [row["belief"] for row in rows(spec, "belief") if row["line"] == "mean of all"]
    assert means == pytest.approx([0.4] * 4, abs=1e-6)  # beliefs are calibrated
    told = {(row["row"], row["what"]): row["odds"] for row in rows(drawn("tells"), "odds")}
    assert told["threaten", "after it"] > told["threaten", "before the move"] > 0


def test_measures_are_shown_at_each_rationality() -> None:
    shown = {(row["row"], row["what"]): row["odds"] for row in rows(drawn("measures"), "odds")}
    for solution, what in ((made.solution(), "as given"), (halved(), "rationality halved")):
        assert shown["shelled", what] == solution.measures["shelled"].value
    assert not any(name == "patrols" for name, _ in shown)  # a count is no probability
    assert "at each rationality" in texts(drawn("measures"))


def test_policies_run_from_promise_to_delivery() -> None:
    comparison = made.comparison()
    spec = figures.policies(comparison, "eager", of=SHELLED).to_dict()
    for row in rows(spec, "promised"):
        exact = comparison.promise("eager", row["policy"].replace(" ", "_"), "shelled")
        assert (row["promised"], row["delivered"]) == (exact.promise, exact.delivered)
        assert row["effect"] == exact.effect
        assert row["effect_words"].endswith(" pt") or row["effect_words"] == "0"
    assert len(rows(spec, "promised")) == 2
    assert len(rows(drawn("policies"), "promised")) == 4  # under both views
    assert drawn("policies")["resolve"]["scale"]["x"] == "shared"


def test_regret_and_telltales() -> None:
    comparison = made.comparison()
    shown = {
        (row["advice"], row["world"]): row["regret"] for row in rows(drawn("regret"), "regret")
    }
    for a, advice in enumerate(("own values", "eager")):
        for b, world in enumerate(("own values", "eager")):
            assert shown[advice, world] == comparison.regret.matrix[a, b]
    assert comparison.signs is not None
    best = comparison.signs.best(8)
    assert len(rows(drawn("telltales"), "what")) == 2 * len(best)
    first = rows(drawn("telltales"), "what")[0]
    assert first["odds"] == best[0].odds[0, best[0].telling()]


def test_robustness_is_ordered_and_in_the_objectives_units() -> None:
    found = made.robust()
    shown = rows(drawn("robustness"), "low")
    assert [row["policy"] for row in shown] == ["free play", "patrol always", "graded"]
    at = found.alternatives.index("(free)")
    assert shown[0]["value"] == found["mean"].values[at]
    assert "payoff of the admirals" in texts(drawn("robustness")).lower()
    shares = figures.robustness(found, "share_max").to_dict()
    assert any(part.get("format") == ".0%" for part in parts(shares))


def test_convergence_ends_at_the_mean_of_all_worlds() -> None:
    table = made.exploration().rows
    last = {row["policy"]: row["mean"] for row in rows(drawn("convergence"), "mean")
            if row["worlds"] == 128}  # fmt: skip
    for (policy,), part in table.group_by("policy"):
        name = "free play" if policy == "(free)" else str(policy).replace("_", " ")
        assert last[name] == pytest.approx(part["payoff(us)"].mean())
    sure = [row for row in rows(drawn("convergence"), "first") if row["worlds"] == 128]
    assert [(row["first"], row["odds"] > 0.5) for row in sure] == [("free play", True)]


def test_worlds_pair_a_parameter_with_what_policies_come_to() -> None:
    exploration = made.exploration()
    shown = [row for row in rows(drawn("worlds"), "at") if row["policy"] == "free play"]
    exact = exploration.rows.filter(policy="(free)").sort("world")["shelled"].to_list()
    pain = exploration.worlds.sort("world")["pain"].to_list()
    assert sorted((r["at"], r["value"]) for r in shown) == sorted(zip(pain, exact, strict=True))
    assert {row["policy"] for row in rows(drawn("worlds"), "at")} == {"free play", "patrol always"}
    assert any(part.get("type") == "log" for part in parts(drawn("worlds")))


def test_analyses_show_their_own_figures() -> None:
    sensitive = made.sensitive()
    bars = rows(drawn("sensitivity"), "low")
    assert [row["parameter"] for row in bars] == list(sensitive.ranked)
    assert bars[0]["value"] == max(sensitive.indices[0].values)
    (limit,) = rows(drawn("discovery"), "limits")
    exact = made.discovered().boxes[0].restrictions[0]
    low, high = exact.range
    assert exact.low is not None
    assert (limit["from"], limit["to"]) == (pytest.approx((exact.low - low) / (high - low)), 1)
    points = rows(drawn("tradeoffs"), "kind")
    assert {row["policy"]: (row["x"], row["y"]) for row in points} == {
        "free play" if s.policy == "(free)" else s.policy.replace("_", " "): s.values
        for s in made.traded().standings
    }
    bases = rows(drawn("pivots"), "range")
    assert bases[0]["base"] == "1" and {row["parameter"] for row in bases} == {"prize", "pain"}


def test_a_search_shows_its_front_and_the_policy_as_written() -> None:
    found = made.searched()
    shown = rows(drawn("search"), "setting")
    front = [row for row in shown if row["place"] is not None]
    assert [(row["x"], row["y"]) for row in front] == [p.figures for p in found.front.points]
    (written,) = [row for row in shown if row["kind"] == "as written"]
    assert (written["x"], written["y"]) == found.written.figures
    alone = replace(found, plan=replace(found.plan, objectives=found.plan.objectives[:1]))
    by_lever = figures.search(alone, "push").to_dict()
    assert {row["x"] for row in rows(by_lever, "setting")} == {p.setting[0] for p in found.points}


@pytest.mark.parametrize("name", sorted(CHARTS))
def test_charts_laid_side_by_side_keep_their_own_colours(name: str) -> None:
    both = alt.hconcat(CHARTS[name](), CHARTS["regret"]()).to_dict()
    assert all(part["resolve"]["scale"]["color"] == "independent" for part in both["hconcat"])
    assert both["config"] == alt.hconcat().to_dict()["config"]


@pytest.mark.parametrize(
    ("ask", "error", "message"),
    [
        (lambda: figures.fan(made.solution(), "harbor"), UnknownName, "did you mean 'harbour'"),
        (lambda: figures.moves(made.solution(), "you"), UnknownName, "no player 'you'"),
        (lambda: figures.beliefs(made.solution(), "them"), UnknownName, "player with types 'them'"),
        (lambda: figures.policies(made.comparison(), "calm"), UnknownName, "no view 'calm'"),
        (lambda: figures.worlds(made.exploration(), "x"), UnknownName, "uncertain parameter 'x'"),
        (lambda: figures.discovery(made.discovered(), 7), InvalidRequest, "no such region"),
        (lambda: figures.tradeoffs(made.traded(), "heat"), UnknownName, "no objective 'heat'"),
        (lambda: figures.search(made.searched(), "shelled", "shelled"), InvalidRequest, "twice"),
    ],
)
def test_what_is_not_there_is_refused(
    ask: Callable[[], Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        ask()


def test_one_view_alone_tells_nothing_apart() -> None:
    alone = replace(made.comparison(), views=("(own)",))
    for figure in (figures.regret, figures.telltales):
        with pytest.raises(InvalidRequest, match="two views to differ"):
            figure(alone)
    with pytest.raises(InvalidRequest, match="without signs"):
        figures.telltales(replace(made.comparison(), signs=None))


def test_what_was_not_solved_is_not_drawn() -> None:
    unsolved = replace(made.solution(), status="not solved: values that are not finite")
    with pytest.raises(SolveError, match="too large"):
        figures.fan(unsolved, "harbour")


def test_a_policy_without_a_figure_is_named() -> None:
    comparison = made.comparison()
    cells = tuple(
        replace(o, status="not solved: x", values={}) if o.case.policy == "graded" else o
        for o in comparison.outcomes
    )
    spec = figures.policies(replace(comparison, outcomes=cells), "own").to_dict()
    assert "without a figure: graded" in texts(spec)
    assert [row["policy"] for row in rows(spec, "promised")] == ["patrol always"]


def test_an_objective_may_be_given_whole() -> None:
    spec = figures.convergence(made.exploration(), of=Objective("shelled", -1.0)).to_dict()
    assert "low is better" in texts(spec)
