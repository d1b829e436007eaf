"""Which change moved the answers: groups, shares, and whole comparisons."""

from __future__ import annotations

import itertools
import json
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from countermove import InvalidRequest, UnknownName, compile, load, loads, solve
from countermove.explore.changes import changes
from countermove.explore.diff import diff
from countermove.explore.diff_credit import Credit, first_and_last, remainder, shapley
from countermove.explore.diff_groups import EXACT, combined, grouped
from countermove.explore.diff_notes import told_apart
from countermove.explore.diff_sides import Point, Side
from countermove.explore.diff_words import method, number, signed, story

SMALL = """
scenario: small
title: One
calendar: {periods: 2}
state:
  mood: {levels: [calm, tense, war], start: calm}
parameters:
  cost: {value: 0.5, range: [0, 1]}
  gain: 1
  rise: 0.5
players:
  us:
    rationality: 2
    interests: {peace: gain * (mood == calm)}
    actions:
      wait:
      press: {when: mood < war, costs: cost - 0.6, effects: [{mood: 1, probability: rise}]}
measures: {war: ever(mood == war), calm: mean(mood == calm), gets: payoff(us)}
policies:
  push: {player: us, rules: [{play: [press, wait]}]}
views:
  hawk: {set: {cost: 0.1}}
"""


# Groups


def test_changes_that_stand_alone_stay_apart() -> None:
    assert grouped(3, lambda made: True) == ({0}, {1}, {2})


def test_a_change_goes_with_what_it_needs() -> None:
    """0 needs 3; both may be made with or without the others."""
    assert grouped(4, lambda made: 0 not in made or 3 in made) == ({0, 3}, {1}, {2})


def test_a_change_that_cannot_be_left_out_goes_with_what_needs_that() -> None:
    """Once 1 is made, 2 must be; leaving out 2 alone does not work."""
    assert grouped(3, lambda made: 1 not in made or 2 in made) == ({0}, {1, 2})


def test_what_works_alone_but_not_together_is_put_together() -> None:
    """0 and 1 exclude each other unless 2 is made, too."""
    groups = grouped(4, lambda made: not {0, 1} <= made or 2 in made)
    assert frozenset({3}) in groups
    assert any({0, 1} <= group for group in groups)


def test_many_changes_are_tried_alone_and_left_out_only() -> None:
    groups = tuple(frozenset({n}) for n in range(EXACT + 1))
    assert len(list(combined(groups))) == 2 * (EXACT + 1) + 2
    assert len(list(combined(groups[:EXACT]))) == 2**EXACT
    assert len(list(combined(groups[:EXACT], exact=False))) == 2 * EXACT + 2


def test_needs_are_found_among_many_changes() -> None:
    def works(made: frozenset[int]) -> bool:
        return (7 not in made or {3, 19} <= made) and (11 not in made or 12 in made)

    groups = grouped(30, works)
    assert frozenset({3, 7, 19}) in groups
    assert frozenset({11, 12}) in groups
    assert len(groups) == 27


# Shares


def test_shapley_is_the_mean_over_all_orders() -> None:
    random = np.random.default_rng(1)
    values = {
        frozenset(s): random.normal() for n in range(5) for s in itertools.combinations(range(4), n)
    }
    found = shapley(4, values.__getitem__)
    orders = list(itertools.permutations(range(4)))
    for g in range(4):
        added = [
            values[frozenset(o[: o.index(g) + 1])] - values[frozenset(o[: o.index(g)])]
            for o in orders
        ]
        assert found[g].share == pytest.approx(np.mean(added), abs=1e-12)
    whole = values[frozenset(range(4))] - values[frozenset()]
    assert remainder(found, whole) == pytest.approx(0, abs=1e-12)


def test_first_and_last_leave_what_changes_do_together() -> None:
    """A value that counts pairs: alone nothing, last all but one of them."""
    found = first_and_last(3, lambda made: math.comb(len(made), 2))
    assert [(c.alone, c.last, c.share) for c in found] == [(0, 2, 1)] * 3
    assert remainder(found, 3) == 0
    found = first_and_last(3, lambda made: float(len(made) == 3))
    assert remainder(found, 1) == -0.5
    assert sum(c.share for c in shapley(3, lambda made: float(len(made) == 3))) == pytest.approx(1)


# Whole comparisons


def test_figures_are_those_of_the_solver_and_shares_add_up() -> None:
    new = SMALL.replace("value: 0.5", "value: 0.2").replace("gain: 1", "gain: 0.3")
    new = new.replace("rise: 0.5", "rise: 0.9").replace("title: One", "title: Two")
    found = diff(loads(SMALL), loads(new))
    ours = solve(compile(loads(new))).measures
    assert {a.key for a in found.answers} == {"war", "calm", "gets"}
    for answer in found.answers:
        assert answer.new == pytest.approx(ours[answer.key].value, abs=1e-12)
        total = sum(part.credits[answer.key].share for part in found.parts)
        assert total == pytest.approx(answer.difference, abs=1e-12)
        assert abs(answer.difference) > 1e-4
    assert found.exact
    assert found.solves == 8
    assert [c.name for c in found.changes if c.kind == "words"] == ["title"]
    sizes = [a.relative for a in found.answers]
    assert sizes == sorted(sizes, reverse=True)


def test_alone_and_last_are_what_single_changes_do() -> None:
    new = SMALL.replace("value: 0.5", "value: 0.2").replace("gain: 1", "gain: 0.3")
    found = diff(loads(SMALL), loads(new), measures=["war"])
    parts = {part.name: part.credits["war"] for part in found.parts}

    def war(cost: float, gain: float) -> float:
        game = compile(loads(SMALL), set={"cost": cost, "gain": gain})
        return solve(game).measures["war"].value

    cost = parts["parameters.cost.value"]
    assert cost.alone == pytest.approx(war(0.2, 1) - war(0.5, 1), abs=1e-12)
    assert cost.last == pytest.approx(war(0.2, 0.3) - war(0.5, 0.3), abs=1e-12)
    assert cost.share == pytest.approx((cost.alone + cost.last) / 2, abs=1e-12)


def test_a_new_parameter_goes_with_what_reads_it_and_the_sentence_says_so() -> None:
    new = SMALL.replace("rise: 0.5", "rise: 0.5\n  fear: 0.4").replace("cost - 0.6", "cost - fear")
    new = new.replace("gain: 1", "gain: 0.5")
    found = diff(loads(SMALL), loads(new))
    names = {part.name for part in found.parts}
    assert names == {
        "parameters.gain.value",
        "parameters.fear + players.us.actions.press.costs",
    }
    assert "Changes named together make no game without each other" in method(found)
    assert f"What moved most is {found.answers[0].key}" in story(found)[0]
    assert "accounts for" in story(found)[1]


def test_pairs_leave_a_remainder_that_is_told() -> None:
    new = SMALL.replace("value: 0.5", "value: 0.2").replace("gain: 1", "gain: 0.3")
    new = new.replace("rise: 0.5", "rise: 0.9")
    found = diff(loads(SMALL), loads(new), exact=False)
    assert not found.exact
    key = found.answers[0].key
    shares = sum(part.credits[key].share for part in found.parts)
    assert shares + found.remainders[key] == pytest.approx(found.answers[0].difference, abs=1e-12)
    assert "is owed to changes acting together" in story(found)[1]
    credits = {key: Credit(math.nan, math.nan, math.nan) for key in found.parts[0].credits}
    unknown = replace(found, parts=(replace(found.parts[0], credits=credits), *found.parts[1:]))
    assert story(unknown)[1].startswith("It cannot be shared out")
    assert signed(math.nan) == "–"
    assert "first made and last" not in method(found)
    assert "made first and made last" in method(found)


def test_more_changes_than_can_be_combined() -> None:
    bits = "\n".join(f"  p{n}: {{value: 0.1, range: [0, 1]}}" for n in range(8))
    worth = " + ".join(f"p{n}" for n in range(8))
    old = SMALL.replace("parameters:\n", f"parameters:\n{bits}\n").replace(
        "cost - 0.6", f"cost - ({worth})"
    )
    new = old.replace("{value: 0.1,", "{value: 0.2,")
    found = diff(loads(old), loads(new), measures=["war"])
    assert not found.exact
    assert len(found.parts) == 8
    credits = [part.credits["war"] for part in found.parts]
    assert np.ptp([c.share for c in credits]) == pytest.approx(0, abs=1e-12)
    assert found.solves == 18
    assert abs(found.remainders["war"]) > 1e-9


def test_a_change_of_the_view_in_force_moves_the_answers_and_is_ignored_without_it() -> None:
    new = SMALL.replace("{cost: 0.1}", "{cost: 0.9}")
    without = diff(loads(SMALL), loads(new))
    assert [c.kind for c in without.changes] == ["unread"]
    assert (without.parts, without.solves) == ((), 0)
    assert story(without) == ("Nothing that these figures rest on has changed.",)
    under = diff(loads(SMALL), loads(new), view="hawk")
    assert [part.name for part in under.parts] == ["views.hawk.set.cost"]
    assert "is the only change that can have done it" in story(under)[1]


def test_a_policy_binds_both_sides() -> None:
    new = SMALL.replace("rise: 0.5", "rise: 0.9").replace("rationality: 2", "rationality: 5")
    found = diff(loads(SMALL), loads(new), policy="push", measures=["war"])
    assert found.answers[0].new == pytest.approx(0.81, abs=1e-12)
    parts = {part.name: part.credits["war"].share for part in found.parts}
    assert parts["players.us.rationality"] == pytest.approx(0, abs=1e-12)
    assert parts["parameters.rise.value"] == pytest.approx(0.81 - 0.25, abs=1e-12)


def test_numbers_set_hold_for_both_sides() -> None:
    new = SMALL.replace("value: 0.5", "value: 0.2")
    found = diff(loads(SMALL), loads(new), set={"cost": 0.3}, measures=["war"])
    assert found.answers[0].difference == 0
    assert story(found) == ("No figure has moved.",)


def test_what_is_left_out_of_mixtures_moves_nothing() -> None:
    """Sanctions has sources, views, ranges, other policies: figures are the same without."""
    scenario = load("sanctions")
    text = scenario.text.replace(
        "discount: 0.97\n    types: {sturdy", "discount: 0.9\n    types: {sturdy"
    )
    text = text.replace("aim_value: {value: 2.0", "aim_value: {value: 2.5")
    found = diff(scenario, loads(text), measures=["imposed", "payoff(sender)"])
    for part in found.parts:
        alone = {"parameters.aim_value.value": {"aim_value": 2.5}}.get(part.name)
        if alone:
            ours = solve(compile(scenario, set=alone))
            theirs = found.answers[[a.key for a in found.answers].index("imposed")].old
            assert part.credits["imposed"].alone == pytest.approx(
                ours.measures["imposed"].value - theirs, abs=1e-9
            )
    assert {part.name for part in found.parts} == {
        "parameters.aim_value.value",
        "players.target.discount",
    }


def test_no_attribution() -> None:
    new = SMALL.replace("gain: 1", "gain: 0.3")
    found = diff(loads(SMALL), loads(new), attribution=False)
    assert (found.parts, found.solves) == ((), 2)
    assert len(story(found)) == 1


def test_progress_is_told_to_the_end() -> None:
    told: list[tuple[str, int, int]] = []
    new = SMALL.replace("gain: 1", "gain: 0.3").replace("rise: 0.5", "rise: 0.9")
    diff(loads(SMALL), loads(new), progress=lambda *step: told.append(step))
    assert [name for name, _ in itertools.groupby(name for name, _, _ in told)] == [
        "solve",
        "group",
        "attribute",
    ]
    solving = [(done, total) for name, done, total in told if name == "attribute"]
    assert solving[-1][0] <= solving[-1][1]
    assert [done for done, _ in solving] == sorted(done for done, _ in solving)


def test_names_that_there_are_not() -> None:
    new = SMALL.replace("war: ever(mood == war), ", "").replace("  hawk:", "  dove:")
    with pytest.raises(UnknownName, match="there is no measure, score or payoff 'wor'"):
        diff(loads(SMALL), loads(SMALL), measures=["wor"])
    with pytest.raises(InvalidRequest, match="small has no 'war', so that it cannot be compared"):
        diff(loads(SMALL), loads(new), measures=["war"])
    with pytest.raises(UnknownName, match="in small, there is no view 'hawk'"):
        diff(loads(SMALL), loads(new), view="hawk")
    found = diff(loads(SMALL), loads(new))
    assert found.notes == ("only the first has war, which cannot be compared",)


def test_a_conditional_measure_without_a_figure_is_told() -> None:
    odd = 'odd: {of: "final(mood == calm)", given: mood == war}'
    given = SMALL.replace("calm: mean", f"{odd}, calm: mean")
    found = diff(loads(given), loads(given.replace("rise: 0.5", "rise: 0")))
    assert found.notes == ("in small, what odd is given cannot happen: no figure",)
    assert {a.key for a in found.answers} == {"war", "calm", "gets"}


# Folders of results


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Two runs of one scenario, by other numbers and another seed; and one of another text."""
    from countermove import report, simulate

    folder = tmp_path_factory.mktemp("runs")

    def run(name: str, text: str, seed: int, **options: object) -> Path:
        solution = solve(compile(loads(text), **options))  # type: ignore[arg-type]
        sample = simulate(solution, paths=200, seed=seed)
        about = {"seed": seed, "paths": 200}
        return report(solution, sample, folder / name, page=False, variants={}, options=about)

    return {
        "plain": run("plain", SMALL, 0),
        "again": run("again", SMALL, 1),
        "set": run("set", SMALL, 0, set={"cost": 0.2}, policy="push", start={"mood": "tense"}),
    }


def test_runs_of_the_same_differ_in_their_seed_alone(runs: dict[str, Path]) -> None:
    found = diff(runs["plain"], runs["again"])
    assert found.changes == ()
    assert found.told == (("seed", 0, 1),)
    assert all(a.difference == 0 for a in found.answers)
    assert {a.key for a in found.answers} >= {"war", "calm"}
    assert found.solves == 0
    assert "the runs differ as said above" in story(found)[0]


def test_options_of_runs_are_changes_with_shares(runs: dict[str, Path]) -> None:
    found = diff(runs["plain"], runs["set"], measures=["war"])
    assert [(c.name, c.old_text, c.new_text) for c in found.changes] == [
        ("options.policy", "", "push"),
        ("options.set.cost", "", "0.2"),
        ("options.from.mood", "", "tense"),
    ]
    then = solve(compile(loads(SMALL), policy="push", set={"cost": 0.2}, start={"mood": "tense"}))
    assert found.answers[0].new == pytest.approx(then.measures["war"].value, abs=1e-12)
    shares = {part.name: part.credits["war"].share for part in found.parts}
    assert sum(shares.values()) == pytest.approx(found.answers[0].difference, abs=1e-12)
    assert shares["options.from.mood"] > 0.1


def test_a_run_against_a_scenario(runs: dict[str, Path]) -> None:
    found = diff(loads(SMALL), runs["set"] / "solution.nc", measures=["war"])
    assert found.old.kind == "scenario"
    assert found.new.kind == "run"
    assert len(found.parts) == 3


def test_figures_that_another_version_found_are_told(runs: dict[str, Path], tmp_path: Path) -> None:
    import h5py

    altered = tmp_path / "altered.nc"
    altered.write_bytes((runs["plain"] / "solution.nc").read_bytes())
    with h5py.File(altered, "r+") as file:
        about = json.loads(file.attrs["countermove"])
        about["measures"][0]["value"] += 0.125
        file.attrs["countermove"] = json.dumps(about)
    found = diff(altered, runs["set"], measures=["war"])
    assert any("this one finds war 0.125 away from what it says" in note for note in found.notes)
    found = diff(altered, runs["again"])
    assert any("the runs say otherwise of war" in note for note in found.notes)


def test_folders_that_hold_nothing_to_compare(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text("{}")
    with pytest.raises(InvalidRequest, match=r"neither solution\.nc nor scenario\.yaml"):
        diff(tmp_path, loads(SMALL))
    (tmp_path / "manifest.json").write_text("[")
    with pytest.raises(InvalidRequest, match="is no manifest that can be read"):
        diff(tmp_path, loads(SMALL))
    (tmp_path / "manifest.json").write_text("{}")
    (tmp_path / "solution.nc").write_text("not a solution")
    with pytest.raises(InvalidRequest, match="is not a solution that Countermove wrote"):
        diff(tmp_path, loads(SMALL))


def test_another_result_is_compared_by_its_scenario(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text(json.dumps({"kind": "exploration", "seed": 3}))
    (tmp_path / "scenario.yaml").write_text(SMALL.replace("gain: 1", "gain: 0.3"))
    found = diff(loads(SMALL), tmp_path, measures=["war"])
    assert found.new.kind == "exploration"
    assert [part.name for part in found.parts] == ["parameters.gain.value"]


def test_changes_name_every_difference_once() -> None:
    new = SMALL.replace("gain: 1", "gain: 0.3")
    assert len({c.name for c in changes(loads(SMALL), loads(new))}) == 1


def test_what_one_kind_of_result_does_not_record_is_no_difference() -> None:
    scenario = loads(SMALL)
    sides = [
        Side("a", scenario, Point(), kind, {}, told)
        for kind, told in (
            ("run", {"version of countermove": "1", "version of python": "3.11", "seed": 0}),
            ("exploration", {"version of countermove": "1", "seed": 2}),
        )
    ]
    assert told_apart(sides) == (("seed", 0, 2),)
    alike = [replace(side, kind="run") for side in sides]
    assert told_apart(alike) == (("version of python", "3.11", None), ("seed", 0, 2))


def test_minus_signs_are_those_of_people() -> None:
    assert (number(-0.25), signed(-0.5), signed(0.5)) == ("−0.25", "−0.5", "+0.5")
