import dataclasses
import re
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest

import countermove
from countermove import language
from countermove.errors import InvalidRequest, SolveError
from countermove.game import Game, compile
from countermove.language import words
from countermove.language.model import Scenario
from countermove.report import asked, record, result_tables, summary
from countermove.report.gather import gather
from countermove.report.html import page
from countermove.report.records import Findings, Sampled
from countermove.simulate import simulate
from countermove.solve import Solution, solve

VOID = {"meta", "br", "link", "img", "input", "hr", "path", "rect", "line"}


class Reader(HTMLParser):
    """Collects tags, attributes, ids and links, and checks that elements nest."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag

    def all(self, name: str) -> list[dict[str, str | None]]:
        return [attributes for tag, attributes in self.tags if tag == name]


def read(text: str) -> Reader:
    reader = Reader()
    reader.feed(text)
    reader.close()
    assert reader.open == []
    return reader


@pytest.fixture(scope="module")
def text(findings: Findings) -> str:
    return page(findings, manifest={"seed": 0, "inputs": {"scenario.yaml": "abc"}})


def test_the_page_asks_nothing_of_the_network_and_runs_no_script(text: str) -> None:
    reader = read(text)
    assert not reader.all("script") and not reader.all("link") and not reader.all("img")
    assert not reader.all("iframe")
    for _, attributes in reader.tags:
        assert not any(name.startswith("on") for name in attributes)
        for name in ("src", "srcset", "data", "action", "xlink:href"):
            assert name not in attributes
    assert "url(" not in text and "@import" not in text
    policy = next(m for m in reader.all("meta") if m.get("http-equiv"))
    assert (policy["content"] or "").startswith("default-src 'none'")


def test_every_link_within_the_page_leads_somewhere(text: str) -> None:
    reader = read(text)
    ids = [str(a["id"]) for _, a in reader.tags if "id" in a]
    assert len(ids) == len(set(ids))
    inner = {str(a["href"])[1:] for a in reader.all("a") if str(a["href"]).startswith("#")}
    assert inner
    assert inner <= set(ids)


def test_figures_and_tables_can_be_read_without_seeing(text: str, findings: Findings) -> None:
    reader = read(text)
    images = reader.all("svg")
    assert len(images) == len(findings.fans) + len(findings.moves) + 1
    assert all(image["role"] == "img" and image["aria-label"] for image in images)
    assert all(cell.get("scope") in ("col", "row") for cell in reader.all("th"))
    assert reader.all("html")[0]["lang"] == "en"
    headings = [int(tag[1]) for tag, _ in reader.tags if re.fullmatch("h[1-6]", tag)]
    assert headings[0] == 1 and headings.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(headings))


def test_figures_take_the_pages_ink(text: str) -> None:
    assert "currentColor" in text
    assert "#010203" not in text
    assert 'fill="white"' not in text


def test_every_part_of_the_scenario_is_in_the_page(text: str, scenario: Scenario) -> None:
    for claim in scenario.claims.values():
        assert f'id="claim-{claim.name}"' in text
        assert claim.says in text
    for thing in (*scenario.parameters, *scenario.measures, *scenario.policies, *scenario.views):
        assert thing.replace("_", " ") in text
    for player in scenario.players:
        assert text.count(player.title) >= 3


def test_text_from_the_scenario_cannot_become_markup(scenario: Scenario) -> None:
    attack = "<img src=x onerror=alert(1)>"
    named = scenario.text.replace("A blockade that may be answered", attack)
    named = named.replace("name: The mainland", f"name: '{attack}'")
    named = named.replace("unit: days", f"unit: '{attack}'", 1)
    assert named.count(attack) == 3
    named = named.replace("title: An invented briefing", "title: x, url: 'javascript:alert(1)'")
    findings = gather(solve(compile(language.loads(named))))
    reader = read(page(findings))
    assert not reader.all("img")
    assert all(not str(a["href"]).startswith("javascript") for a in reader.all("a"))


def test_a_game_that_was_not_solved_has_no_report(solution: Solution, tmp_path: Path) -> None:
    failed = dataclasses.replace(solution, status="not solved: values that are not finite")
    with pytest.raises(SolveError, match=r"starter is not solved: values that are not finite; a"):
        gather(failed)
    with pytest.raises(SolveError, match="is not solved"):
        countermove.report(failed, folder=tmp_path / "out")
    assert list(tmp_path.iterdir()) == []


def test_another_start_and_values_set_are_said(scenario: Scenario) -> None:
    game = compile(
        scenario, view="officer", set={"promise": 7}, start={"blockade": "full"}, at="2027-04-01"
    )
    found = gather(solve(game))
    assert asked.conditions(found) == (
        "from Apr 2027",
        "starting with blockade full",
        "promise = 7",
    )
    assert asked.warnings(found) == ("promise = 7 lies outside its range, 0.2 to 1",)
    shown = page(found)
    assert "from Apr 2027; starting with blockade full; promise = 7" in shown
    assert "promise = 7 lies outside its range, 0.2 to 1" in shown
    assert "<small>(instead of absent)</small>" in shown


def test_a_game_that_is_over_at_its_start_says_so(scenario: Scenario) -> None:
    found = gather(solve(compile(scenario, start={"war": "open_war"})))
    (said,) = asked.warnings(found)
    assert said.startswith("the game is over before it starts, as war == open_war holds then")
    assert found.over == (1.0,) * 12


def test_how_likely_the_game_is_over_is_exact(findings: Findings, solution: Solution) -> None:
    war = solution.measures["war"].value
    assert findings.over[-1] == pytest.approx(war, abs=1e-12)
    assert list(findings.over) == sorted(findings.over)
    said = result_tables.over_words(findings)
    assert said == f"Over by Feb 2028: {words.percent(war)}; levels then stay as they were."


def test_columns_of_conditional_paths_are_told_apart(solution: Solution) -> None:
    simulation = simulate(solution, paths=500, given={"mainland": "wait"})
    table = result_tables.measures(gather(solution, simulation))
    assert table.columns[1:4:2] == ("exact, all courses", "simulated, given the mainland: wait")


def test_the_record_is_in_plain_words() -> None:
    manifest = {
        "options": {"policy": None, "set": {}, "at": "2027-04-01", "paths": 1000},
        "residual": 1.6653345369377348e-15,
        "states": 12096,
        "created": "2027-01-02T03:04:05+00:00",
    }
    assert record.rows(manifest) == [
        ("Asked for", "at 2027-04-01; paths 1,000"),
        ("States", "12,096"),
        ("Residual", "1.7e-15"),
        ("Made", "2027-01-02 03:04:05 UTC"),
    ]


def test_policies_and_views_come_with_their_names_and_a_command(text: str) -> None:
    assert "<code>restraint</code>" in text and "<code>officer</code>" in text
    assert "countermove run SCENARIO --policy steady --output runs/steady" in text
    assert "countermove run SCENARIO --view officer --output runs/officer" in text


def test_policy_view_and_changed_values_are_marked(scenario: Scenario) -> None:
    game = compile(scenario, policy="steady", view="officer", set={"promise": 0.9})
    shown = page(gather(solve(game)))
    assert "Policy in force: <strong>steady</strong>" in shown
    assert "View: <strong>officer</strong> (An officer)" in shown
    assert "<strong>0.9</strong> <small>(instead of 0.5)</small>" in shown
    assert shown.count('<span class="badge">in force</span>') == 2


def test_a_scenario_with_hardly_anything_has_a_page() -> None:
    bare = """
scenario: bare
calendar: {periods: 2}
state: {lamp: {levels: [dark, lit], start: dark}}
players:
  one:
    rationality: 1
    interests: {light: lamp == lit}
    actions: {wait: , press: {effects: [{lamp: lit}]}}
"""
    shown = page(gather(solve(compile(language.loads(bare)))))
    read(shown)
    assert "The scenario defines no measures." in shown
    assert "period 1" in shown


def test_a_measure_whose_condition_never_holds_is_a_dash(scenario: Scenario) -> None:
    measure = (
        "odd: {of: final(war == open_war), given: clashes == 3 and war == no_war and period > 99}"
    )
    loaded = language.loads(scenario.text.replace("measures:", f"measures:\n  {measure}", 1))
    solution = solve(compile(loaded))
    findings = gather(solution, None, {2.0: solution})
    assert not next(row for row in findings.measures if row.name == "odd").is_defined
    shown = page(findings)
    read(shown)
    assert '<span class="card-value">–</span>' in shown
    text = re.sub(r'href="data:[^"]*"', "", shown).lower().replace("finance", "")
    assert "nan" not in text
    assert summary.sentences(findings)


def test_records_agree_with_the_solution(findings: Findings, solution: Solution) -> None:
    assert {row.name: row.value for row in findings.measures} == {
        name: measure.value for name, measure in solution.measures.items()
    }
    for moves in findings.moves:
        for odds in moves.odds:
            assert odds is None or sum(odds) == pytest.approx(1)
    final = {fan.variable: fan for fan in findings.fans}["blockade"]
    later = sum(final.odds[-1][1:])
    assert later == pytest.approx(solution.measures["blockade_at_the_end"].value)


def test_means_weigh_the_levels_numbers(findings: Findings) -> None:
    fans = {fan.variable: fan for fan in findings.fans}
    stocks = fans["stocks"]
    assert stocks.means[0] == 90
    assert stocks.means[-1] == pytest.approx(stocks.odds[-1][1] * 30 + stocks.odds[-1][2] * 90)
    assert fans["clashes"].means and not fans["war"].means and not fans["cabinet"].means


def test_the_minute_says_who_does_what_where_it_leads_and_how_firm(findings: Findings) -> None:
    said = {sentence.about: sentence.says for sentence in summary.sentences(findings)}
    assert said["The mainland"].startswith("in Mar 2027 most likely chooses “wait” (5")
    change = "blockade will most likely have gone from “absent” to “full” ("
    assert change in said["By the end of Feb 2028"]
    ended = "the game is over by Feb 2028 with a chance of "
    assert said["An early end"].startswith(ended)
    assert "moves most, from" in said["With rationality halved or doubled"]
    assert said["What this rests on"].endswith("are stated assumptions.")


def test_simulated_values_show_their_error(findings: Findings) -> None:
    war = next(row for row in findings.measures if row.name == "war")
    shown = dataclasses.replace(war, sampled=Sampled(0.12346, 0.00104, 100_000))
    assert result_tables.sampled_words(shown) == "12.35% ± 0.10"
    stocks = next(row for row in findings.measures if row.name == "days_of_stocks")
    shown = dataclasses.replace(stocks, sampled=Sampled(62.78, 0.6, 100))
    assert result_tables.sampled_words(shown) == "62.78 ± 0.60"


def test_python_writes_the_same_folder_as_the_command(solution: Solution, tmp_path: Path) -> None:
    simulation = simulate(solution, paths=500, log=5)
    folder = countermove.report(solution, simulation, tmp_path / "out")
    assert folder == tmp_path / "out"
    assert {path.name for path in folder.iterdir()} == {
        "findings.json",
        "manifest.json",
        "paths.parquet",
        "paths.states.parquet",
        "report.html",
        "solution.nc",
    }
    assert "λ doubled" in (folder / "report.html").read_text(encoding="utf-8")


def test_a_game_without_a_scenario_cannot_be_reported(solution: Solution) -> None:
    bare = dataclasses.replace(solution, game=dataclasses.replace(solution.game, scenario=None))
    assert isinstance(bare.game, Game)
    with pytest.raises(InvalidRequest, match="a game made from arrays has no scenario to report"):
        gather(bare)
