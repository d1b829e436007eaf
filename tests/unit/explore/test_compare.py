"""Comparing policies under views: a real scenario, its identities, and going on after an end."""

import dataclasses
import json
import math
import sys

import numpy as np
import polars as pl
import pytest

import countermove as cm
from countermove import language
from countermove.errors import InvalidRequest, OutputExists, UnknownName
from countermove.explore.cases import FREE, OWN, Case, Evaluator, Outcome
from countermove.explore.compare import compare, solve_cases
from countermove.explore.compare_cells import Cells, fingerprint, opened
from countermove.explore.compare_request import request
from countermove.explore.files import whole
from countermove.explore.objectives import Objective
from unit.explore.comparing import TEXT, broken, compared, compared_broken, harbour


class Fake:
    """Every case is worth a number that its names give; ``stops`` after so many."""

    def __init__(self, stops=10**6):
        self.stops, self.asked = stops, []

    def outcomes(self, jobs, *, threads=None, each=None):
        for at, (case, drawn) in enumerate(jobs):
            assert drawn is None
            if at == self.stops:
                raise KeyboardInterrupt
            self.asked.append(case)
            each(at, Outcome(case, "solved", {"payoff(us)": worth(case)}, 1e-12, 0))


def worth(case):
    return float(sum(map(ord, f"{case.view_label}{case.policy_label}{case.met}")))


def test_every_policy_meets_every_view_in_both_ways():
    asked = request(harbour())
    cases = asked.cases()
    assert asked.player == "us"
    assert asked.policies == ("patrol_always", "threaten_always")
    assert asked.labels == (OWN, "eager", "wary", "plain")
    assert len(cases) == len(set(cases)) == 4 * (1 + 2 * 2)
    assert Case() in cases
    assert Case("wary", "threaten_always", "surprised") in cases
    assert asked.objective.key == "score(safety)"


def test_names_choose_what_is_compared():
    asked = request(harbour(), policies=["they_rest"], views=["wary", "own"], measures=["hit"])
    assert (asked.player, asked.policies) == ("them", ("they_rest",))
    assert asked.views == ("wary", None)
    assert asked.objective.key == "payoff(them)"
    assert asked.measures == ("hit", "payoff(them)")
    scored = request(harbour(), measures=["hit"], of="score(safety)")
    assert set(scored.measures) == {"hit", "shelled", "patrols", "payoff(us)", "score(safety)"}
    assert request(harbour(), player="them", of="shelled").objective.better == "low"
    assert request(harbour(), of="shelled:high").objective == Objective("shelled", 1.0)
    assert request(harbour(), of=Objective("hit", -1.0)).objective.better == "low"


@pytest.mark.parametrize(
    ("asked", "error", "says"),
    [
        ({"player": "uss"}, UnknownName, "there is no player 'uss'; did you mean 'us'"),
        ({"policies": ["patrol"]}, UnknownName, "there is no policy 'patrol'"),
        ({"views": ["eagre"]}, UnknownName, "no view 'eagre'; did you mean 'eager'"),
        ({"measures": ["shell"]}, UnknownName, "no measure, score or payoff 'shell'"),
        ({"of": "patrols"}, InvalidRequest, "is 'patrols' better low or high"),
        ({"of": "safety"}, UnknownName, "no measure, score or payoff 'safety'"),
        ({"views": ["eager", "eager"]}, InvalidRequest, "view 'eager' is named twice"),
        (
            {"player": "us", "policies": ["they_rest"]},
            InvalidRequest,
            "policy 'they_rest' binds 'them', not 'us'.*--player them",
        ),
    ],
)
def test_what_is_asked_wrongly_is_said(asked, error, says):
    with pytest.raises(error, match=says):
        compare(harbour(), **asked)


def test_a_scenario_without_policies_and_views_has_nothing_to_compare():
    bare = dataclasses.replace(harbour(), policies={}, views={})
    with pytest.raises(InvalidRequest, match="nothing to compare in harbour"):
        compare(bare)


def test_what_is_no_scenario_is_refused():
    with pytest.raises(TypeError, match="compare takes a Scenario, not a str"):
        compare("harbour")


def test_values_are_those_of_each_game_solved_alone():
    found = compared()
    assert found.failed == ()
    for view, policy in [(None, None), ("eager", "patrol_always"), ("wary", "threaten_always")]:
        solution = cm.solve(cm.compile(harbour(), view=view, policy=policy), others=0)
        cell = found.cells[view or OWN, policy or FREE, "adaptive" if policy else "free"]
        for name, measure in solution.measures.items():
            assert cell.values[name] == pytest.approx(measure.value, abs=1e-10)
        assert cell.values["payoff(them)"] == pytest.approx(solution.payoffs["them"], abs=1e-10)


def test_frames_hold_every_cell_and_every_effect():
    found = compared()
    rows, effects = found.rows, found.effects()
    assert rows.columns[:6] == ["view", "policy", "met", "status", "residual", "unsolved"]
    assert rows.height == 20
    assert set(rows["met"]) == {"free", "adaptive", "surprised"}
    assert effects.height == 4 * 2 * len(found.keys)
    off = effects.select(
        (pl.col("promise") - pl.col("delivered") - pl.col("effect")).abs().max()
    ).item()
    assert off < 1e-12
    known = effects.filter(pl.col("share").is_not_null())
    assert known.height > 0
    assert (known["share"] * known["promise"] - known["effect"]).abs().max() < 1e-12
    cell = rows.filter(view="eager", policy="patrol_always", met="surprised")["shelled"].item()
    effect = effects.filter(view="eager", policy="patrol_always", key="shelled")
    assert effect["surprised"].item() == cell


def test_regret_is_that_of_the_cells():
    found = compared()
    values = found.table("score(safety)")
    for a in range(4):
        for b in range(4):
            cost = values[b].max() - values[b, values[a].argmax()]
            assert found.regret.matrix[a, b] == pytest.approx(cost, abs=1e-12)
    alone = dataclasses.replace(found, include_free=False)
    assert alone.options == found.policies
    assert alone.regret.matrix.shape == (4, 4)
    assert FREE not in alone.rankings[0].options


def test_the_account_of_a_score_adds_up():
    found = compared()
    assert found.reversals, "the views of this scenario must disagree for the test to mean much"
    for reversal in found.reversals:
        assert reversal.exact
        assert sum(t.part for t in reversal.terms) == pytest.approx(
            reversal.ahead + reversal.behind
        )
    judged = found.judged_by("payoff(us)")
    assert all(not reversal.exact for reversal in judged.reversals)
    assert judged.objective.key == "payoff(us)"


def test_views_that_set_nothing_new_are_twins():
    found = compared().signs
    assert found is not None
    assert found.twins == ((OWN, "plain"),)
    assert found.best(1)[0].bits > 0.01


def test_cells_that_cannot_be_solved_stay_and_say_why():
    found = compared_broken()
    assert {o.case.view for o in found.failed} == {"boundless"}
    assert all("not finite" in o.status for o in found.failed)
    assert found.rows.height == 15
    lost = found.rows.filter(pl.col("view") == "boundless")
    assert lost["shelled"].null_count() == lost.height
    assert math.isnan(found.value("boundless", FREE, "shelled"))
    assert np.isnan(found.regret.matrix[1]).all()
    assert found.regret.advice("boundless") == ""
    assert found.signs is not None
    assert list(found.signs.failed) == ["boundless"]
    assert repr(found).endswith("3 views, 15 cells, 5 not solved)")


def test_a_comparison_goes_on_where_it_was_ended(tmp_path):
    asked = request(harbour())
    cells = opened(tmp_path / "out", asked)
    first = Fake(stops=7)
    with pytest.raises(KeyboardInterrupt):
        solve_cases(asked, first, cells)
    second, told = Fake(), []
    found = solve_cases(asked, second, opened(tmp_path / "out", asked), told=told.append)
    assert first.asked + second.asked == list(asked.cases())
    assert told[0] == 7
    assert sum(told) == len(found) == 20
    assert [o.case for o in found] == list(asked.cases())
    assert all(o.values["payoff(us)"] == worth(o.case) for o in found)
    third = Fake()
    fewer = request(harbour(), policies=["threaten_always"], views=["wary"], of="payoff(us)")
    assert len(solve_cases(fewer, third, opened(tmp_path / "out", fewer))) == 3
    assert third.asked == []


def test_what_did_not_work_out_is_tried_again(tmp_path):
    asked = request(harbour(), views=["wary"])
    cells = opened(tmp_path, asked)
    cells.keep(Outcome(Case("wary"), "not solved: no memory", {}, math.nan, 0))
    cells.keep(Outcome(Case("wary", "patrol_always", "adaptive"), "solved", {"x": math.nan}, 0.0))
    fake = Fake()
    found = solve_cases(asked, fake, cells)
    assert Case("wary") in fake.asked
    assert found[0].solved
    assert Case("wary", "patrol_always", "adaptive") not in fake.asked
    assert math.isnan(found[1].values["x"])


def test_a_real_comparison_goes_on_with_the_same_numbers(tmp_path, monkeypatch):
    asked = {"views": ["own", "wary"], "threads": 1, "folder": tmp_path / "out"}
    real, count = Cells.keep, []

    def ending(self, outcome):
        real(self, outcome)
        count.append(outcome)
        if len(count) == 3:
            raise KeyboardInterrupt

    monkeypatch.setattr(Cells, "keep", ending)
    with pytest.raises(KeyboardInterrupt):
        compare(harbour(), **asked)
    monkeypatch.setattr(Cells, "keep", real)
    told = []
    found = compare(harbour(), progress=lambda done, total: told.append((done, total)), **asked)
    assert told[0] == (3, 12)
    assert told[-1] == (12, 12)
    for outcome in found.outcomes:
        other = compared().cells[
            outcome.case.view_label, outcome.case.policy_label, outcome.case.met
        ]
        assert outcome.values == pytest.approx(other.values, abs=1e-12, nan_ok=True)
    monkeypatch.setattr(Evaluator, "_evaluate", None)  # nothing is solved any more
    monkeypatch.setattr(sys.modules[compare.__module__], "predict", None)
    again = compare(harbour(), **asked)
    assert again.rows.equals(found.rows)
    assert again.signs is not None
    assert found.signs is not None
    assert [s.bits for s in again.signs.signs] == [s.bits for s in found.signs.signs]


def test_another_scenario_or_choice_of_measures_is_noticed(tmp_path):
    folder = tmp_path / "out"
    opened(folder, request(harbour()))
    other = language.loads(TEXT.replace("costs: 0.2", "costs: 0.3"))
    with pytest.raises(OutputExists, match="another state of the scenario; start anew with"):
        opened(folder, request(other))
    with pytest.raises(OutputExists, match="another choice of measures"):
        opened(folder, request(harbour(), measures=["hit"]))
    with pytest.raises(OutputExists, match="other belief points"):
        opened(folder, request(harbour(), belief_points=2))
    identity = folder / "cells" / "cells.json"
    identity.write_text(json.dumps(json.loads(identity.read_text()) | {"countermove": "0.0.1"}))
    with pytest.raises(OutputExists, match=r"version 0\.0\.1"):
        opened(folder, request(harbour()))


def test_overwriting_deletes_the_cells_of_another_comparison(tmp_path):
    asked = request(harbour())
    cells = opened(tmp_path, asked)
    cells.keep(Outcome(Case(), "solved", {"x": 1.0}, 0.0))
    (tmp_path / "manifest.json").write_text("{}")
    other = request(language.loads(TEXT.replace("costs: 0.2", "costs: 0.3")))
    assert opened(tmp_path, other, overwrite=True).outcome(Case()) is None
    assert not (tmp_path / "manifest.json").exists()
    kept = opened(tmp_path, other)
    kept.keep(Outcome(Case(), "solved", {"x": 1.0}, 0.0))
    assert opened(tmp_path, other, overwrite=True).outcome(Case()) is not None  # its own stay


def test_a_folder_with_other_files_is_left_alone(tmp_path):
    (tmp_path / "report.html").write_text("a run's")
    for overwrite in (False, True):
        with pytest.raises(OutputExists, match=r"no comparison wrote \(report\.html\)"):
            opened(tmp_path, request(harbour()), overwrite=overwrite)
    file = tmp_path / "report.html"
    with pytest.raises(OutputExists, match="is no folder"):
        opened(file, request(harbour()))


def test_a_damaged_cell_is_said(tmp_path):
    asked = request(harbour())
    cells = opened(tmp_path, asked)
    (tmp_path / "cells" / "-.-.free.json").write_text('{"of":')
    with pytest.raises(OutputExists, match=r"free\.json is no cell of a comparison; delete it"):
        cells.outcome(Case())


def test_notes_do_not_change_what_is_computed_but_numbers_do():
    same = language.loads(TEXT.replace("title: Patrol every month", "title: Patrol"))
    assert fingerprint(same) == fingerprint(harbour())
    for old, new in [
        ("rationality: 2", "rationality: 3"),
        ("0.6", "0.61"),
        ("shelled: -10", "shelled: -9"),
        ("eager: {by: An analyst, set: {prize: 4}}", "eager: {set: {prize: 3}}"),
        ("play: threaten", "play: wait"),
        ("harbour == calm", "harbour != calm"),
    ]:
        assert fingerprint(language.loads(TEXT.replace(old, new))) != fingerprint(harbour())
    assert fingerprint(broken()) != fingerprint(harbour())


def test_what_a_killed_comparison_left_half_written_is_cleared(tmp_path):
    asked = request(harbour())
    (tmp_path / "cells").mkdir()
    with whole(tmp_path / "cells" / "other") as partial:
        mark = partial.name.removeprefix(".other.").rsplit("-", 2)[0]  # partial-HOST
        partial.touch()
    (tmp_path / "cells" / "other").unlink()
    gone = 2**22 + 1  # above any process's number
    left = [
        place / f".{name}.{mark}-{gone}-00ff00ff"
        for place, name in ((tmp_path, "comparison.html"), (tmp_path / "cells", "cells.json"))
    ]
    elsewhere = tmp_path / f".comparison.html.partial-elsewhere-{gone}-00ff00ff"
    for path in (*left, elsewhere):
        path.write_text("half")
    opened(tmp_path, asked)
    assert not any(path.exists() for path in left)
    assert elsewhere.exists()  # another machine's: not for us to judge


def test_values_of_what_was_not_compared_are_refused() -> None:
    found = compared()
    assert found.value("own", "free", "shelled") == found.value("(own)", "(free)", "shelled")
    promised = found.promise("own", "patrol_always", "shelled")
    assert promised == found.promise("(own)", "patrol_always", "shelled")
    with pytest.raises(UnknownName, match="no view 'hawk'"):
        found.value("hawk", "patrol_always", "shelled")
    with pytest.raises(UnknownName, match="no policy 'patrol_alway'; did you mean"):
        found.promise("eager", "patrol_alway", "shelled")
    with pytest.raises(UnknownName, match="no policy 'they_rest'"):
        found.value("eager", "they_rest", "shelled")
    with pytest.raises(UnknownName, match="no measure, score or payoff 'shells'"):
        found.value("eager", "patrol_always", "shells")
    with pytest.raises(UnknownName, match="no way to meet a policy 'startled'"):
        found.value("eager", "patrol_always", "shelled", "startled")


def test_a_player_whom_no_policy_binds_is_refused() -> None:
    text = TEXT.replace("  they_rest: {player: them, rules: [{play: idle}]}\n", "")
    with pytest.raises(InvalidRequest, match=r"no policy of 'harbour' binds 'them'; .*bind: us$"):
        compare(language.loads(text), player="them")
