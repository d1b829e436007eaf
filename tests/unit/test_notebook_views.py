"""What notebooks show of every public result: whole, escaped, with the answer in it, and quick."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import numpy as np
import pytest

import countermove
from countermove import _html
from countermove.errors import Diagnostic, Diagnostics, Location
from countermove.explore.cases import Case, Evaluator, Outcome
from countermove.game.arrays import Move
from unit import shown_results
from unit.shown_results import HOSTILE, results

VOID = {"br", "hr", "img", "input", "meta", "link"}
ENDLESS = """
scenario: endless
title: No end
calendar: {periods: forever}
state: {mood: {levels: [calm], start: calm}}
players:
  us: {rationality: 2, discount: 0.9, interests: {calm: mood == calm}, actions: {wait: , stay: }}
measures: {us_gets: payoff(us)}
"""
QUESTIONS = {"Case", "Evaluator"}  # what is asked with, not what is answered
ELSEWHERE = {"Explanation"}  # looked at in a file of its own
RESULTS = sorted(
    name
    for name in countermove.__all__
    if inspect.isclass(kind := getattr(countermove, name))
    and not issubclass(kind, Exception)
    and name not in QUESTIONS
)


class Page(HTMLParser):
    """Refuses what is not well-formed; gathers tables, and all text."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.tables: list[list[list[str]]] = []
        self.captions: list[str] = []
        self.attributes: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""
        self.feed(page)
        self.close()
        assert not self.open, f"never closed: {self.open}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.attributes.append((tag, dict(attrs)))
        if tag in VOID:
            return
        self.open.append(tag)
        if tag == "table":
            self.tables.append([])
        elif tag == "tr":
            self.tables[-1].append([])
        elif tag in ("td", "th"):
            assert "tr" in self.open
            self.tables[-1][-1].append("")
        elif tag == "caption":
            self.captions.append("")

    def handle_endtag(self, tag: str) -> None:
        assert self.open and self.open.pop() == tag, f"{tag} closes nothing"

    def handle_data(self, data: str) -> None:
        self.words += data
        if any(tag in self.open for tag in ("td", "th")):
            self.tables[-1][-1][-1] += data
        elif "caption" in self.open:
            self.captions[-1] += data

    def row(self, head: str) -> list[str]:
        """The first row that begins with this cell."""
        return next(row for table in self.tables for row in table if row[0] == head)


def page(name: str) -> Page:
    return Page(results()[name]._repr_html_())


@pytest.mark.parametrize("name", RESULTS)
def test_every_public_result_has_a_view(name: str) -> None:
    assert callable(getattr(getattr(countermove, name), "_repr_html_", None)), (
        f"{name} shows nothing in a notebook: give it _repr_html_"
    )


SHOWN = [
    "Certificate", "Comparison", "Diagnostic", "Diagnostics", "Difference", "Discovery",
    "Exploration", "Game", "Outcome", "Pivots", "Robustness", "Scenario", "Search", "Sensitivity",
    "Simulation", "Solution", "Surprised", "Tradeoffs",
]  # fmt: skip


def test_all_that_is_made_is_looked_at() -> None:
    assert sorted(results()) == SHOWN
    assert set(RESULTS) - ELSEWHERE <= set(SHOWN)


@pytest.mark.parametrize("name", SHOWN)
def test_views_are_whole_escaped_and_of_no_colour(name: str) -> None:
    shown = results()[name]._repr_html_()
    found = Page(shown)
    assert found.words.strip()
    assert "<script" not in shown and "&amp;amp;" not in shown and "&amp;lt;" not in shown
    assert {tag for tag, _ in found.attributes}.isdisjoint({"script", "style", "img", "a"})
    for tag, attributes in found.attributes:
        if tag == "th":
            assert attributes["scope"] in ("row", "col")
        assert "color" not in (attributes.get("style") or "")
    assert len(found.captions) == len(found.tables) and all(found.captions)
    for table in found.tables:
        widths = {len(row) for row in table if not row[0].endswith(" more")}
        assert len(widths) == 1, f"{name}: rows of {widths} cells"
    assert len(shown) < 60_000


def test_hostile_names_are_shown_as_they_are_written() -> None:
    assert HOSTILE in page("Scenario").words
    assert HOSTILE in page("Solution").words  # a unit
    hostile = Diagnostic("CM001", HOSTILE, Location(HOSTILE), text=HOSTILE, remedy=HOSTILE)
    assert Page(hostile._repr_html_()).words.count(HOSTILE) == 4
    outcome = Outcome(Case(HOSTILE, HOSTILE, "adaptive"), HOSTILE)
    assert Page(outcome._repr_html_()).words.count(HOSTILE) == 3
    certificate = replace(results()["Certificate"], game=HOSTILE, notes=(HOSTILE,))
    assert Page(certificate._repr_html_()).words.count(HOSTILE) == 2
    found = results()["Discovery"]
    assert HOSTILE in Page(replace(found, policy=HOSTILE)._repr_html_()).words


def test_a_solution_shows_measures_first_moves_and_payoffs() -> None:
    solution, found = shown_results.solution(), page("Solution")
    shelled = solution.measures["shelled"].value
    assert found.row("shelled")[1] == f"{100 * shelled:.1f}%"
    played = solution.strategy("us", 0).sel(type="brave")
    best = int(played.values.argmax())
    told = f"{played.action.values[best]} {100 * played.values[best]:.1f}%"
    assert found.row("us if brave")[1].startswith(told)
    payoffs = found.tables[-1]
    assert ["them", _html.number(solution.payoffs["them"])] in payoffs
    assert ["us if shy", _html.number(solution.type_payoffs["us", "shy"])] in payoffs
    assert "the first period (2030-01-01)" in found.words


def test_what_was_not_solved_says_so_and_shows_no_numbers() -> None:
    unsolved = replace(shown_results.solution(), status="not solved: values that are not finite")
    found = Page(unsolved._repr_html_())
    assert "not solved: values that are not finite" in found.words and not found.tables
    surprised = replace(results()["Surprised"], status="not solved: the sweeps did not settle")
    assert not Page(surprised._repr_html_()).tables
    outcome = Page(Outcome(Case(), "not solved: period 3")._repr_html_())
    assert "not solved: period 3" in outcome.words and not outcome.tables


def test_a_comparison_shows_promise_delivery_and_what_is_taken_back() -> None:
    comparison, found = shown_results.comparison(), page("Comparison")
    told = comparison.promise("eager", "patrol_always", comparison.objective.key)
    (row,) = [r for t in found.tables for r in t if r[:2] == ["eager", "patrol_always"]]
    changes = (told.promise, told.delivered, told.effect)
    assert row[3:6] == [_html.signed(x, noise=told.noise) for x in changes]
    for ranking in comparison.rankings:
        shown = [r[1] for t in found.tables[:1] for r in t if r[0] == ranking.view]
        assert shown == list(ranking.options)


def test_a_comparison_tells_what_failed() -> None:
    comparison = shown_results.comparison()
    first, *others = comparison.outcomes
    broken = replace(comparison, outcomes=(Outcome(first.case, f"not solved: {HOSTILE}"), *others))
    found = Page(broken._repr_html_())
    assert f"1: not solved: {HOSTILE}" in found.words and "1 not solved" in found.words
    assert "–" in found.row("(own)")


def test_an_exploration_shows_its_ranking() -> None:
    exploration, found = shown_results.exploration(), page("Exploration")
    means = {
        policy: float(rows["payoff(us)"].mean())
        for (policy,), rows in exploration.rows.group_by("policy")
    }
    order = sorted(means, key=lambda policy: -means[policy])
    assert [row[0] for row in found.tables[0][1:]] == order
    assert found.row(order[0])[1] == _html.number(means[order[0]])
    assert sum(float(row[-1].rstrip("%")) for row in found.tables[0][1:]) == pytest.approx(100, 0.2)
    part = replace(exploration, manifest={**exploration.manifest, "worlds": 500})
    assert "128 of 500 worlds" in Page(part._repr_html_()).words


def test_analyses_show_their_figures() -> None:
    robust = shown_results.robust()
    mean = robust["mean"]
    shown = page("Robustness").row("(free)")[1]
    assert shown.startswith(f"{_html.number(mean.values[robust.alternatives.index('(free)')])} (")
    sensitive = shown_results.sensitive()
    assert page("Sensitivity").tables[0][1][0] == sensitive.ranked[0]
    limit = shown_results.discovered().boxes[0].restrictions[0]
    assert page("Discovery").tables[0][1][1:3] == [limit.parameter, _html.number(limit.low or 0)]
    beaten = [s for s in shown_results.traded().standings if not s.efficient]
    assert beaten and all(
        page("Tradeoffs").row(s.policy)[3] == f"by {', '.join(s.dominated_by)}" for s in beaten
    )
    assert page("Search").tables[0][-1][0] == "as written"


def test_a_difference_tells_what_moved() -> None:
    difference = results()["Difference"]
    moved = [answer for answer in difference.answers if answer.difference]
    assert moved
    assert page("Difference").row(moved[0].key)[1:3] == [
        _html.number(moved[0].old), _html.number(moved[0].new)
    ]  # fmt: skip
    same = countermove.diff(shown_results.scenario(), shown_results.scenario())
    assert "Nothing has changed." in Page(same._repr_html_()).words


def test_faults_are_listed_errors_first_and_none_is_said() -> None:
    warning = Diagnostic("CM002", "odd", severity="warning")
    error = Diagnostic("CM001", "wrong")
    found = Page(Diagnostics([warning, error])._repr_html_())
    assert [row[0] for row in found.tables[0]] == ["code", "CM001", "CM002"]
    assert "1 error and 1 warning" in found.words
    assert "No faults" in Page(countermove.check("little-crisis")._repr_html_()).words
    assert isinstance(countermove.check("little-crisis"), list)


def test_views_solve_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    every = results()

    def refuse(*args: Any, **kwargs: Any) -> Iterator[None]:
        raise AssertionError("a view solves")

    monkeypatch.setattr(sys.modules["countermove.solve.solve"], "backward", refuse)
    monkeypatch.setattr(Evaluator, "outcomes", refuse)
    with pytest.raises(AssertionError, match="a view solves"):
        countermove.solve(shown_results.solution().game)
    for result in every.values():
        assert result._repr_html_()


def test_long_tables_are_cut_and_say_so() -> None:
    rows = [(f"row {at}", _html.count(at)) for at in range(40)]
    found = Page(_html.table("Many", ("what", "how many"), rows))
    assert len(found.tables[0]) == 1 + _html.MOST + 1
    assert found.tables[0][-1] == ["and 10 more"]


@pytest.mark.parametrize(
    ("shown", "said"),
    [
        (_html.percent(0.4567), "45.7%"),
        (_html.percent(0.0), "0.0%"),
        (_html.percent(0.00001), "<0.1%"),
        (_html.percent(0.99999), ">99.9%"),
        (_html.percent(1.0), "100.0%"),
        (_html.percent(-0.5), "−50.0%"),
        (_html.percent(float("nan")), "–"),
        (_html.number(-1234.5678), "−1235"),
        (_html.number(1234567.0), "1,234,567"),
        (_html.number(float("nan")), "–"),
        (_html.signed(0.25), "+0.25"),
        (_html.signed(-0.25, in_percent=True), "−25.0 pt"),
        (_html.signed(1e-12, noise=1e-8), "0"),
    ],
)
def test_numbers_as_people_read_them(shown: str, said: str) -> None:
    assert shown == said


def test_html_is_not_escaped_twice_and_text_always_is() -> None:
    assert _html.text(_html.code("<b>")) == "<code>&lt;b&gt;</code>"
    assert _html.listed(["<b>", _html.code("x")]) == "&lt;b&gt;, <code>x</code>"
    assert _html.table("None", ("a",), []) == "" and _html.bullets([]) == ""


def test_a_game_from_arrays_and_one_without_end_are_shown() -> None:
    steps = [Move("a", [[[0], [1]], [[1], [0]]], np.ones((2, 2, 1)), actions=("stay", "<go>"))]
    game = countermove.Game.from_arrays(
        players=("a",), rationality=(1.0,), discount=(1.0,), periods=2, steps=steps,
        flows=[[0.0], [1.0]], name=HOSTILE,
    )  # fmt: skip
    for result in (game, countermove.solve(game)):
        found = Page(result._repr_html_())
        assert HOSTILE in found.words and "<go>" in found.words
    shown = countermove.solve(countermove.compile(countermove.loads(ENDLESS)))._repr_html_()
    assert "1 state, without end" in Page(shown).words
