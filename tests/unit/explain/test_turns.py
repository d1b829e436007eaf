"""Why not the other: the values that turn a decision, where they are known exactly."""

from __future__ import annotations

import math
from dataclasses import replace

import polars as pl
import pytest

from countermove.errors import InvalidRequest, UnknownName
from countermove.explain.node import node_of
from countermove.explain.turns import turns
from countermove.explain.turns_record import NO_EFFECT, NO_VALUE, NOT_KNOWN, TURNS
from unit.explain.turning import GAMBLE, PRIOR, decision, solved
from unit.test_notebook_views import Page

SHARE = 1e-3  # of the range: how closely turns are asked for here


@pytest.fixture(scope="module")
def gamble():
    return turns(*decision(GAMBLE), "wait", "fight")


# -- closed forms ----------------------------------------------------------------------------------


def test_the_present_odds_are_those_of_the_solution(gamble):
    assert (gamble.this, gamble.other) == ("wait", "fight")
    assert gamble.now.log_odds == pytest.approx(3 * (2 * 0.5 - 1.5), abs=1e-9)
    assert gamble.now.this + gamble.now.other == pytest.approx(1)


@pytest.mark.parametrize(
    ("name", "value", "width"), [("prize", 3.0, 8.0), ("price", 1.0, 3.8), ("chance", 0.75, 0.8)]
)
def test_turns_that_are_known_exactly(gamble, name, value, width):
    found = gamble[name]
    assert found.status == TURNS
    assert found.turn == pytest.approx(value, abs=SHARE * width)
    assert min(found.turn, found.inner) <= value <= max(found.turn, found.inner)
    assert found.change == found.turn - found.value
    assert found.move == pytest.approx((value - found.value) / width, abs=SHARE)
    assert found.at_turn.turned
    assert found.at_turn.log_odds == pytest.approx(0, abs=0.02)
    assert not next(look for look in found.looks if look.value == found.inner).turned
    assert (found.low.value, found.high.value) == found.range
    assert found.also is None and not found.unsolved


def test_weights_are_slopes_for_a_tenth_of_the_range(gamble):
    assert gamble["prize"].weight == pytest.approx(3 * 0.5 * 0.8)
    assert gamble["price"].weight == pytest.approx(-3 * 0.38)
    assert gamble["sharp"].weight == pytest.approx(-1.5 * 0.1 * math.log(9), rel=0.02)


def test_no_such_value_and_no_effect_are_told_apart(gamble):
    assert gamble["sharp"].status == NO_VALUE  # it makes choices surer, not other
    assert gamble["sharp"].turn is gamble["sharp"].move is gamble["sharp"].at_turn is None
    assert gamble["sharp"].nearest.value == 1
    assert gamble["dial"].status == gamble["idle"].status == NO_EFFECT
    assert "hump" not in [turn.parameter for turn in gamble.parameters]  # it has no range


def test_the_least_move_comes_first_and_what_has_no_effect_last(gamble):
    names = [turn.parameter for turn in gamble.parameters]
    assert names == ["prize", "price", "chance", "sharp", "dial", "idle"]
    moves = [abs(turn.move) for turn in gamble.turning]
    assert moves == sorted(moves)
    assert gamble.few == gamble.turning


def test_only_the_periods_from_the_decision_on_are_solved(gamble, monkeypatch):
    from countermove.explain import turns_game

    seen = []
    enter = turns_game._entered

    def entered(*args):
        seen.append(enter(*args))
        return seen[-1]

    monkeypatch.setattr(turns_game, "_entered", entered)
    turns(*decision(GAMBLE), parameters=["prize"], points=1)
    (game,) = seen
    assert (game.start_period, game.periods) == (1, 2)
    assert [c.name for c in game.columns] == ["us", "them"]  # no measure is carried along


# -- not monotone ----------------------------------------------------------------------------------


def humped(dial: float) -> str:
    text = GAMBLE.replace("dial: {value: 2,", f"dial: {{value: {dial},")
    text = text.replace("hump: {value: 0, range: [0, 0]", "hump: {value: 1, range: [1, 1]")
    return text.replace("price: {value: 1.5", "price: {value: 0.75")


def test_the_nearer_of_two_turns_on_one_side():
    found = turns(*decision(humped(0)), parameters=["dial"])["dial"]  # fights from 1.5 to 2.5
    assert found.turn == pytest.approx(1.5, abs=SHARE * 5)
    assert found.also is None
    assert not found.low.turned and not found.high.turned


def test_a_turn_on_either_side_of_the_present_value():
    found = turns(*decision(humped(2.1)), parameters=["dial"])["dial"]
    assert found.turn == pytest.approx(2.5, abs=SHARE * 5)
    assert found.also == pytest.approx(1.5, abs=SHARE * 5)
    assert found.move == pytest.approx(0.4 / 5, abs=SHARE)


def test_changes_that_undo_each_other_between_neighbours_need_more_points():
    wanted = decision(humped(0))
    assert turns(*wanted, parameters=["dial"], points=1)["dial"].status == NO_VALUE
    assert turns(*wanted, parameters=["dial"], points=3)["dial"].turn is not None


def test_the_other_way_round_where_the_other_is_likelier():
    found = turns(*decision(GAMBLE), "fight", "wait", parameters=["price"])
    assert (found.this, found.other) == ("wait", "fight")
    named = turns(*decision(GAMBLE), parameters=["price"])
    assert (named.this, named.other) == ("wait", "fight")


# -- views, policies, overrides --------------------------------------------------------------------


def test_a_view_sets_the_present_values_and_the_ranges():
    found = turns(*decision(GAMBLE, view="bold"), parameters=["prize", "price"])
    assert found.view == "bold"
    assert (found["prize"].value, found["prize"].range) == (2.5, (2, 3.5))
    assert found["prize"].status == NO_VALUE  # it would have to be 4
    assert found["price"].turn == pytest.approx(1.25, abs=SHARE * 3.8)


def test_values_that_were_set_by_hand_hold():
    found = turns(*decision(GAMBLE, set={"chance": 0.25}), parameters=["prize"])
    assert found["prize"].turn == pytest.approx(6, abs=SHARE * 8)
    factor = turns(*decision(GAMBLE, rationality_factor=2.0), parameters=["prize"])
    assert factor.now.log_odds == pytest.approx(-3)


def test_others_policies_hold_and_those_of_the_mover_leave_no_question():
    found = turns(*decision(GAMBLE, policy="tuned"), parameters=["prize"])
    assert found["prize"].turn == pytest.approx(3, abs=SHARE * 8)
    with pytest.raises(InvalidRequest, match="a policy binds us"):
        turns(*decision(GAMBLE, policy="meek"))


def test_a_lever_is_chosen_and_not_uncertain():
    with pytest.raises(InvalidRequest, match="lever of the policy tuned"):
        turns(*decision(GAMBLE, policy="tuned"), parameters=["pull"])


# -- priors and beliefs ----------------------------------------------------------------------------


def test_a_prior_moves_the_belief_of_a_decision_that_stands_at_it():
    found = turns(*decision(PRIOR % "target, hawk", "target"), "resist", "give_in")
    assert found.follows == ("hawk",)
    assert found["resolved"].turn == pytest.approx(0.5, abs=SHARE)
    assert found["resolved"].moved == ("hawk",) and not found["gain"].moved
    assert found["gain"].turn == pytest.approx(0.4, abs=SHARE * 1.5)
    told = " ".join(s.text for s in found.sentences())
    assert "The belief about the hawk is the prior here, and moves with resolved." in told


def test_elsewhere_the_belief_stays_what_it_is():
    solution = solved(PRIOR % "hawk, target")
    node = node_of(solution, "target", state={"heard": "words"}, beliefs={"hawk": {"hard": 0.35}})
    found = turns(solution, node, "resist", "give_in", parameters=["resolved", "gain", "bias"])
    assert found.follows == ()
    assert node.beliefs["hawk"]["hard"] == pytest.approx(0.35)
    assert found["resolved"].status == found["bias"].status == NO_EFFECT
    assert found["gain"].turn == pytest.approx(0.7, abs=SHARE * 1.5)
    assert "stays as it is at the decision" in found.sentences()[-1].text


def test_a_belief_that_was_set_by_hand_stays_though_the_prior_moves():
    solution = solved(PRIOR % "target, hawk", beliefs={"hawk": {"hard": 0.3}})
    found = turns(solution, node_of(solution, "target"), parameters=["resolved", "gain"])
    assert found.follows == ()
    assert found["resolved"].status == NO_EFFECT
    assert found["gain"].turn == pytest.approx(0.6, abs=SHARE * 1.5)


# -- what goes wrong -------------------------------------------------------------------------------

TOO_LIKELY = GAMBLE.replace("probability: chance}", "probability: chance + 0.6 * (idle > 1.3)}")


def test_values_that_make_no_game_are_told_and_passed_over():
    found = turns(*decision(TOO_LIKELY), parameters=["idle", "prize"])
    idle = found["idle"]
    assert idle.status == NO_VALUE
    assert [look.value for look in idle.unsolved] == pytest.approx([1.4, 1.6, 1.8, 2.0])
    assert all(look.status.startswith("no game: CM100") for look in idle.unsolved)
    assert math.isnan(idle.high.this)
    assert found["prize"].turn == pytest.approx(3, abs=SHARE * 8)
    told = [s for s in found.sentences() if s.text.startswith("Nothing is known of idle at 1.4, 1")]
    assert told and told[0].assumptions == ("idle",)
    one = turns(*decision(TOO_LIKELY.replace("> 1.3", "!= 1")), parameters=["idle"])
    assert one["idle"].status == NOT_KNOWN


def test_a_move_that_does_not_come_up_is_a_status():
    text = GAMBLE.replace("{step: us, when: period == 1}", "{step: us, when: idle < 1.5}")
    found = turns(*decision(text), parameters=["idle"])["idle"]
    assert {look.status for look in found.unsolved} == {"us does not get to move there"}


def test_what_cannot_be_asked_is_refused():
    solution, node = decision(GAMBLE)
    with pytest.raises(UnknownName, match="figt"):
        turns(solution, node, "figt", "wait")
    with pytest.raises(InvalidRequest, match="named twice"):
        turns(solution, node, "wait", "wait")
    with pytest.raises(InvalidRequest, match="1 point"):
        turns(solution, node, points=0)
    with pytest.raises(InvalidRequest, match="share of the range"):
        turns(solution, node, tolerance=1.0)
    with pytest.raises(UnknownName, match="prise"):
        turns(solution, node, parameters=["prise"])
    with pytest.raises(InvalidRequest, match="hump has no range"):
        turns(solution, node, parameters=["hump"])
    with pytest.raises(InvalidRequest, match="fight is not open"):
        turns(solution, replace(node, row=solution.game.index(won="victory")), "wait", "fight")


def test_progress_and_threads():
    seen = []
    found = turns(
        *decision(GAMBLE), threads=1, progress=lambda done, total: seen.append((done, total))
    )
    assert seen[-1] == (found.solves, found.solves)
    assert all(done <= total for done, total in seen)
    assert found.frame().equals(turns(*decision(GAMBLE), threads=2).frame())


# -- tables and sentences --------------------------------------------------------------------------


def test_the_table_has_a_row_a_parameter_and_the_other_a_row_a_value(gamble):
    frame = gamble.frame()
    assert frame["parameter"].to_list() == [turn.parameter for turn in gamble.parameters]
    row = frame.row(by_predicate=pl.col("parameter") == "price", named=True)
    assert row["turn"] == gamble["price"].turn and row["claims"] == "said"
    assert row["other_turn"] == pytest.approx(0.5, abs=0.01)
    assert frame["turn"].null_count() == 3
    assert len(gamble.looked()) == sum(len(turn.looks) for turn in gamble.parameters)
    assert set(gamble.looked()["status"]) == {"solved"}
    with pytest.raises(KeyError):
        gamble["nothing"]


def test_sentences_say_what_turns_it_what_does_not_and_how_it_was_looked_for(gamble):
    told = gamble.sentences()
    assert told[0].text == (
        "In Feb 2030, the United States plays “wait” with 82% (about 5 in 6) and “fight” with 18% "
        "(about 1 in 6)."
    )
    assert told[2].text == (
        "Likewise if price were about 1 bn dollars or less, instead of 1.5 bn dollars (range 0.2 "
        "to 4 bn dollars): a change of 13% of the range. At 0.2 bn dollars it is 92% against 8.3%."
    )
    assert told[1].text.startswith("“fight” would be likelier than “wait” if prize were about ")
    assert (told[2].claims, told[2].assumptions) == (("said",), ())
    assert (told[1].claims, told[1].assumptions) == ((), ("prize",))
    assert told[4].text == (
        "No such value of sharp was found in its range: moved alone, it leaves “wait” likelier."
    )
    assert told[5].text == "dial and idle make no difference here."
    assert f"the game was solved anew {gamble.solves} times" in told[-1].text
    assert {s.about for s in told} == {"Why not the other"}


def test_where_nothing_turns_what_comes_nearest_is_named():
    found = turns(*decision(GAMBLE), parameters=["sharp"])
    assert found.sentences()[1].text == (
        "No such value of sharp was found in its range: moved alone, it leaves “wait” likelier. "
        "“fight” comes nearest with sharp at 1: 38% against 62%."
    )


def test_beyond_five_the_parameters_that_turn_are_only_named(gamble):
    many = replace(gamble, parameters=gamble.turning * 3)
    assert len(many.few) == 5
    told = many.sentences()
    assert told[6].text == "A greater change of chance, prize, price or chance does it, too."
    more = replace(gamble, parameters=gamble.turning * 5).sentences()
    assert more[6].text == "A greater change of any of 10 other parameters does it, too."
    assert more[6].assumptions == ("prize", "chance")


def test_a_turn_on_both_sides_and_one_at_the_end_are_told_so():
    found = turns(*decision(humped(2.1)), parameters=["dial"])
    assert (
        "if dial were about 2.5 or more, or about 1.5 or less, instead of 2.1 (range 0 to 5)"
        in found.sentences()[1].text
    )
    nearer = turns(*decision(humped(0)), parameters=["dial"]).sentences()
    assert "if dial were about 1.5, instead of 0 (range 0 to 5): a change of 30%" in nearer[1].text
    assert "(beyond a turn, to the end alone)" in nearer[-1].text


def test_a_notebook_shows_every_parameter_and_escapes_what_it_shows():
    hostile = GAMBLE.replace("unit: bn dollars", "unit: <b>bn</b>")
    hostile = hostile.replace("The United States", "The <i>US</i>")
    found = turns(*decision(hostile), parameters=["price", "sharp", "idle"])
    shown = Page(found._repr_html_())
    assert shown.row("price")[3:5] == [f"{found['price'].turn:.4g}", "13.2%"]
    assert shown.row("sharp")[-1] == "no such value in range"
    assert shown.row("idle")[5] == "0"
    assert "<b>bn</b>" in shown.words and "<i>US</i>" in shown.words
    for sentence in found.sentences():
        assert sentence.text in shown.words
