"""What a comparison says: its tables, its sentences, its page and its folder."""

import dataclasses
import json
import math
import re

import numpy as np
import polars as pl
import pytest

from countermove.explore.cases import FREE
from countermove.explore.compare import compare
from countermove.explore.promise import promise
from countermove.explore.telltale import Sign
from countermove.language import loads
from countermove.report import comparison_summary as summary
from countermove.report import comparison_tables as tables
from countermove.report import comparison_words as said
from countermove.report.comparison_data import as_data
from countermove.report.comparison_figures import promise_figure
from countermove.report.comparison_page import page
from countermove.report.comparison_write import write_comparison
from unit.explore.comparing import TEXT, compared, compared_broken, harbour


def column(table, name):
    return [row[table.columns.index(name)] for row in table.rows]


def test_promises_are_told_best_first_with_free_play_among_them():
    found = compared()
    table = tables.promises(found, "eager")
    assert sorted(column(table, "policy")) == ["free play", "patrol always", "threaten always"]
    values = [found.value("eager", o, "score(safety)") for o in ("patrol_always", FREE)]
    assert values[0] > values[1]
    assert column(table, "policy")[:2] == ["patrol always", "free play"]
    told = found.promise("eager", "patrol_always", "score(safety)")
    assert table.rows[0][2] == said.change(harbour(), "score(safety)", told.promise)
    assert table.rows[0][5] == f"{100 * told.share:,.0f}%".replace("-", "−")


def test_changes_and_shares_as_people_read_them():
    scenario = harbour()
    assert said.change(scenario, "shelled", -0.1234) == "−12.3 pt"
    assert said.change(scenario, "shelled", 1e-5) == "+<0.1 pt"
    assert said.change(scenario, "payoff(us)", 0.5) == "+0.5"
    assert said.change(scenario, "payoff(us)", 1e-12, noise=1e-8) == "0"
    assert said.change(scenario, "payoff(us)", math.nan) == "–"
    assert said.cost(scenario, "payoff(us)", 0.5) == "0.5"
    assert said.share(promise(0, 1, 0.25)) == "75%"
    assert said.share(promise(0, 1, 1.4)) == "−40%"
    assert said.share(promise(0, 1, 1)) == "0%"
    assert said.share(promise(0, 0, 1)) == "–"
    assert said.bits(0.001) == "<0.01"
    assert said.key_name(scenario, "payoff(us)") == "payoff of the United States"
    assert said.key_name(scenario, "score(safety)") == "Safety"
    assert said.key_name(scenario, "hit.periods") == "hit, mean in months"
    assert said.key_name(scenario, "hit") == "hit (if ever)"
    assert said.key_name(scenario, "shelled") == "shelled"
    assert said.key_name(scenario, "patrols") == "patrols (times)"
    text = TEXT.replace(
        "patrols: played(us, patrol)", "patrols: {of: 'played(us, patrol)', unit: sorties}"
    )
    assert said.key_name(loads(text), "patrols") == "patrols (sorties)"


def test_views_have_letters_where_names_do_not_fit():
    found = compared()
    wide, narrow = tables.by_view(found), tables.by_view(found, width=50)
    assert wide.columns[1:] == ("own values", "eager", "wary", "plain")
    assert narrow.columns[1:] == ("A", "B", "C", "D")
    assert tables.legend(found.views, wide.columns[1:]) == ""
    legend = tables.legend(found.views, narrow.columns[1:])
    assert legend == "A own values, B eager, C wary, D plain"
    assert [row[0] for row in tables.regrets(found, width=50).rows][1] == "B eager"
    assert tables.lettered(["v"] * 28, 10, beside=0)[25:] == ["Z", "AA", "AB"]


def test_the_best_of_each_view_is_marked():
    found = compared()
    table = tables.by_view(found)
    for at, view in enumerate(found.views, start=1):
        marked = [row[0] for row in table.rows if row[at].endswith("*")]
        assert marked == [said.option_name(found.regret.advice(view))]


def test_regrets_show_whose_advice_costs_what():
    found = compared()
    table = tables.regrets(found)
    assert column(table, "advice of") == ["own values", "eager", "wary", "plain"]
    assert column(table, "it is") == ["free play", "patrol always", "free play", "free play"]
    assert table.rows[1][3] == "·"
    assert table.rows[0][3] == said.cost(harbour(), "score(safety)", found.regret.matrix[0, 1])
    reading = summary.regret_words(found)
    assert reading.startswith("the advice of eager (“patrol always”) costs least if it is wrong: ")
    assert "The world of eager punishes others’ advice most" in reading


def test_agreement_costs_nothing():
    alone = dataclasses.replace(compared(), policies=("threaten_always",))
    assert summary.regret_words(alone).startswith("costs nothing")
    told = {s.about: s.says for s in summary.sentences(alone)}
    assert told["Where the views agree"].startswith("all views put “free play” first")
    assert "they rank everything alike" in told["Where the views agree"]
    assert "no policy does better than to stay free" in told["What does best"]


def test_the_account_of_a_disagreement_adds_up_in_print():
    found = compared()
    reversal = found.reversals[0]
    table = tables.accounts(found, reversal, most=1)
    assert table.columns[-1] == "adds"
    assert table.rows[-1][0] == "2 more measures"
    said_so = summary.reversal_words(found, reversal)
    assert said_so.startswith("“free play” before “patrol always” with own values, wary and plain")
    assert re.search(
        r"\(by up to [\d.]+, wary\); the other way .* with eager \(by [\d.]+\)$", said_so
    )
    plain = dataclasses.replace(found.judged_by("payoff(us)"))
    for other in plain.reversals:
        assert tables.accounts(plain, other).columns[-1] == "of its range"


def test_a_promise_that_turns_round_is_told():
    class Turned:
        objective = compared().objective
        policies = ("patrol_always",)
        views = ("eager",)

        def promise(self, *_):
            return promise(0.0, 1.0, -1.0)

    sentence = summary._reversed_promises(Turned())
    assert sentence.says == (
        "“patrol always” would help if nobody answered, and harms as they do; that is what a share "
        "of more than 100% taken back means."
    )


def test_signs_say_what_to_watch_when_and_how_likely():
    found = compared()
    table = tables.signs(found, found.signs.best(2))
    assert table.columns == ("watch for", "when", "own values", "eager", "wary", "plain", "bits")
    assert any("harbour: " in cell or "them: " in cell for cell in column(table, "watch for"))
    sign = found.signs.best(1)[0]
    words = summary.expected_words(found, sign)
    assert re.search(r"2030: (own values|eager|wary|plain) [<>]?\d", words)
    assert summary.twins_words(found).startswith("own values and plain expect the same")
    odds = np.array([[0.5, 0.5]] * 4)
    moved = Sign("move", "us#2", 1, ("wait", "(no move)"), odds, 0.0, np.zeros((4, 4)))
    assert said.sign_words(harbour(), moved, 1) == "us (visit 2): no move"
    assert said.sign_when(harbour(), moved) == "Feb 2030"
    level = dataclasses.replace(moved, kind="level", name="harbour")
    assert said.sign_when(harbour(), level) == "end of Feb 2030"


def test_the_figure_draws_an_arrow_a_policy():
    found = promise_figure(compared(), "eager")
    assert found is not None
    assert found.title.startswith("With eager, the answer matters most to “")
    svg = found.svg
    assert svg.startswith('<svg role="img" aria-label="With eager, the answer matters most to')
    for name in ("patrol always", "threaten always", "promised", "delivered"):
        assert name in svg
    assert promise_figure(compared_broken(), "boundless") is None


def test_the_page_holds_everything_and_asks_for_nothing():
    html = page(compared())
    for part in ("minute", "promises", "views", "wrong", "rankings", "signs", "effects", "who"):
        assert f'<section id="{part}"' in html
        assert f'href="#{part}"' in html
    assert "what the United States could do" in html
    assert "Patrol every month" in html
    assert "<script" not in html
    assert not re.search(r'(src|href)="https?:', html)
    assert "could not be solved" not in html


def test_the_page_shows_what_was_not_solved():
    html = page(compared_broken())
    assert "5 of 15 cells</a>" in html or "5 of 15 cells could not be solved" in html
    assert 'id="failed"' in html
    assert html.count("not solved: values that are not finite") >= 5
    assert "Not solved, so left out here: boundless" in html


@pytest.mark.parametrize("signs", [False, True])
def test_a_comparison_without_views_has_a_page_and_nothing_to_tell_apart(signs):
    html = page(compare(harbour(), views=["own"], signs=signs, threads=1))
    assert 'id="promises"' in html
    for part in ("views", "wrong", "rankings", "signs"):
        assert f'id="{part}"' not in html


def test_views_alone_can_be_compared():
    found = compare(dataclasses.replace(harbour(), policies={}), threads=1)
    assert found.policies == ()
    html = page(found)
    assert 'id="promises"' not in html
    assert 'id="signs"' in html
    assert summary.regret_words(found) == ""


def test_the_folder_is_complete_and_can_be_written_again(tmp_path):
    folder = tmp_path / "out"
    found = compare(harbour(), views=["own", "eager"], threads=1, folder=folder)
    for _ in range(2):
        assert (
            write_comparison(found, folder, options={"by": None}, times={"compare": 1.0}) == folder
        )
        manifest = json.loads((folder / "manifest.json").read_text())
        files = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}
        assert set(manifest["outputs"]) == files - {"manifest.json"}
        assert manifest["kind"] == "comparison"
        assert manifest["objective"] == {"key": "score(safety)", "better": "high"}
    assert pl.read_parquet(folder / "comparison.parquet").equals(found.rows)
    assert pl.read_parquet(folder / "effects.parquet").equals(found.effects())
    assert pl.read_parquet(folder / "regret.parquet").height == 4
    signs = pl.read_parquet(folder / "signs.parquet")
    odds = signs.group_by("kind", "name", "period", "view").agg(pl.col("probability").sum())
    assert odds["probability"].to_numpy() == pytest.approx(1.0)
    write_comparison(found, folder, page=False)
    assert not (folder / "comparison.html").exists()
    assert compare(harbour(), views=["own"], threads=1, folder=folder).failed == ()


def test_the_data_for_machines_is_whole():
    data = as_data(compared_broken(), None)
    text = json.dumps(data, default=str)
    assert len(data["cells"]) == 15
    assert len(data["failed"]) == 5
    assert data["regret"]["advice"]["boundless"] is None
    assert data["signs"]["views"] == ("(own)", "eager")
    assert "odds" in text
    assert as_data(dataclasses.replace(compared(), signs=None), None)["signs"] is None


def test_the_page_says_what_policies_do_and_where_their_levers_stand():
    text = TEXT.replace(
        "  threaten_always: {player: us, rules: [{play: threaten}]}",
        "  threaten_always: {player: us, levers: {late: {value: 2, range: [0, 3], whole: true}}, "
        "rules: [{when: period >= late, play: threaten}, {play: wait}]}",
    )
    html = page(compare(loads(text), views=["own"], signs=False, threads=1))
    assert '<span class="label">rules</span> play patrol</p>' in html
    assert "if period &gt;= late: play threaten; play wait" in html
    assert '<span class="label">levers</span> late = 2</p>' in html
    assert html.count('<span class="label">levers</span>') == 1
    assert re.search(r"largest residual of any equilibrium is (0|\d\.\de-\d\d)\.", html)
