"""Reports of games that go on for ever: strategies by state, and a horizon of periods."""

from __future__ import annotations

from pathlib import Path

import pytest

import countermove
from countermove import language
from countermove.cli import run
from countermove.game import compile
from countermove.language import words
from countermove.report import result_tables, stationary, summary
from countermove.report.gather import gather
from countermove.report.html import page
from countermove.solve import Solution, solve
from unit.report.test_report_page import read
from unit.report.typed_scenarios import FOR_EVER


@pytest.fixture(scope="module")
def rivals() -> Solution:
    return solve(compile(language.loads(FOR_EVER)))


def test_the_report_says_that_it_goes_on_for_ever(rivals: Solution) -> None:
    found = gather(rivals, horizon=6)
    assert found.periods == range(6)
    assert words.span(found.scenario.calendar) == "From Jan 2020, periods of a month without end"
    assert result_tables.destinations(found).columns[2] == "likeliest after 6 months"
    about = [sentence.about for sentence in summary.sentences(found)]
    assert "By the end of Jun 2020" in about
    shown = page(found)
    read(shown)
    assert "The game goes on for ever; what happens over time is shown for 6 months." in shown
    assert "One month repeats itself without end" in shown


def test_strategies_are_told_by_state_and_type(rivals: Solution) -> None:
    east, west = gather(rivals).by_state
    assert east.actions == ("ease", "press") and east.n_states == 2
    assert east.belief == "east: hard 30%, soft 70%"
    first = east.rows[0]
    start = rivals.game.beliefs.start
    strategy = rivals.strategies["east"].values
    assert set(first.odds) == {"hard", "soft"}
    low = rivals.game.index(tension="low")
    row = next(row for row in east.rows if row.state == "tension low")
    assert row.odds["soft"] == pytest.approx(strategy[0, low, start, 1])
    table = stationary.state_table(west)
    assert table.columns == ("state", "wait", "answer")
    assert ("tension low", "100%", "0%") in table.rows


def test_the_default_horizon_is_the_commands_too(rivals: Solution) -> None:
    assert run.HORIZON == stationary.HORIZON
    assert len(gather(rivals).periods) == stationary.HORIZON


def test_a_folder_is_written(rivals: Solution, tmp_path: Path) -> None:
    folder = countermove.report(rivals, folder=tmp_path / "out", horizon=4)
    assert "for 4 months" in (folder / "report.html").read_text(encoding="utf-8")
