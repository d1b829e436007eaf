"""The flagship shows every mechanism that its two reports describe.

Each test changes the one thing, solves again, and looks for the direction that the reports give,
with a margin well above rounding: half of what the game showed when it was written, or less. The
directions are sought on a coarse grid of beliefs, which is quicker and shifts figures a little;
what is said of beliefs themselves is sought on the scenario's own grid.
"""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

import countermove
from countermove import language
from countermove.game import compile as compile_game
from countermove.solve import solve

SLUG = "us-iraq-2020"
COARSE = 2  # of US types: certain either way, and the two priors
FINER = 6
ELECTION, HANDOVER, LAST = 2, 4, 15  # November 2020, January 2021, December 2021
LATER = 6  # March 2021
MONTHS = tuple(f"attacks_{month}" for month in range(LAST + 1))
MORE = {
    **{name: f"total(where(period == {t}, attacks, 0))" for t, name in enumerate(MONTHS)},
    "attacks_later": f"total(where(period >= {LATER}, attacks, 0))",
    "crackdown_0": "played(iraq, crack_down, period == 0)",
    "weak_0": "total(standing == weak and period == 0)",
    "attacks_if_threatened": "{of: mean(attacks), given: footing == ultimatum and period == 0}",
    "attacks_if_not": "{of: mean(attacks), given: footing == plain and period == 0}",
    "threats_later": f"played(us, threaten, period >= {HANDOVER})",
}
# What the tests of strikes read.
OF_STRIKES = ("attacks_0", "attacks_later", "attacks_a_month", "grievance")
# What several tests read under a policy, or where nobody is bound, is solved for them all at once.
SHARED = {
    None: (
        "attacks_a_month",
        "agreed_presence_at_end",
        "crackdown_0",
        "government_falls",
        "grievance",
        "iran_hold_at_end",
        "out_at_end",
        "truce_months",
        "truce_otherwise",
        "truce_under_timetable",
        "weak_standing",
    ),
    "iran_unleashes": ("attacks_a_month", "isis_revived"),
    "iran_restrains": ("attacks_a_month", "isis_revived"),
}


@cache
def scenario():
    return language.load(SLUG)


@cache
def with_more():
    """The scenario with the further measures that the tests read."""
    measures = "".join(f"  {name}: {text}\n" for name, text in MORE.items())
    return language.loads(f"base: {SLUG}\nscenario: with-more\nmeasures:\n{measures}")


def reading(names):
    """The scenario with these measures alone: each takes a column or two of a solve's time."""
    measures = {name: with_more().measures[name] for name in names}
    return replace(with_more(), measures=measures, scores={}, goals={})


@cache
def _measures(names, policy, view, parameters, start, points):
    begun = compile_game(
        reading(names),
        policy=policy,
        view=view,
        set=dict(parameters),
        start=dict(start),
        belief_points={"us": points},
    )
    # The tests run side by side, so that each solve keeps to one thread; they read measures alone,
    # which are the same to the last bit however few there are, whatever else is kept or looked for.
    found = solve(begun, threads=1, others=0, keep_strategies=False)
    assert found.status == "solved"
    return {name: result.value for name, result in found.measures.items()}


def solved(*names, policy=None, view=None, start=(), points=COARSE, **parameters):
    """These measures under a policy or view, with parameters and start levels changed."""
    levels = tuple(sorted(dict(start).items()))
    change = (policy, view, tuple(sorted(parameters.items())), levels, points)
    shared = SHARED.get(policy, ()) if change == (policy, None, (), (), COARSE) else ()
    found = _measures(shared if set(names) <= set(shared) else names, *change)
    return {name: found[name] for name in names}


def measure(name, **change):
    return solved(name, **change)[name]


def attacks(**change):
    """Expected rate of attacks at the end of each period."""
    found = solved(*MONTHS, **change)
    return np.array([found[name] for name in MONTHS])


@cache
def itself():
    """The scenario as shipped, solved on its own grid of beliefs."""
    return solve(compile_game(scenario()))


def after_change():
    """The forward distribution where the president must lose."""
    must_lose = {"odds_of_change": 1.0}
    game = compile_game(reading(()), set=must_lose, belief_points={"us": COARSE})
    return solve(game, threads=1, others=0).forward()


def after_threat(**change):
    """What a threat in the first month does to that month's rate of attacks, starting from some."""
    start, rate = {"attacks": "some"}, "attacks_0"
    threat = measure(rate, policy="threat_at_once", start=start, **change)
    return threat - measure(rate, policy="hold_fire_at_once", start=start, **change)


@pytest.mark.slow
def test_ultimatum_moves_the_public_belief_in_resolve():
    prior = scenario().parameters["prior_resolved"].value
    found = itself().measures
    assert found["resolved_after_threat"].value > prior + 0.2
    assert found["resolved_after_close"].value > found["resolved_after_threat"].value + 0.05
    assert found["resolved_after_stay"].value < prior - 0.03


def test_ultimatum_is_carried_out_by_the_resolved_and_not_by_those_who_bluff():
    read = ("closes_if_resolved", "closes_if_bluffing", "embassy_closes")
    threatened = solved(*read, policy="threat_at_once")
    assert threatened["closes_if_resolved"] > threatened["closes_if_bluffing"] + 0.3
    assert threatened["embassy_closes"] < 0.5


@pytest.mark.slow
def test_ultimatum_pays_less_where_iran_wants_the_us_out():
    def pays(prior):
        threat = measure("us_gets", policy="ultimatum_carried_out", prior_expel=prior)
        return threat - measure("us_gets", policy="strategic_patience", prior_expel=prior)

    assert pays(0.95) < pays(0.1) - 0.1


def test_gift_more_attacks_follow_a_threat_the_more_iran_wants_the_us_expelled():
    def follow(prior):
        """What a threat that the US makes of itself does, with all that it tells of resolve."""
        read = ("attacks_if_threatened", "attacks_if_not")
        threatened, not_so = solved(*read, start={"attacks": "some"}, prior_expel=prior).values()
        return threatened - not_so

    assert follow(0.95) > follow(0.1) + 1.0


def test_gift_kadhim_expects_a_step_up_and_the_administration_a_fall():
    assert after_threat(view="kadhim") > 0.3
    assert after_threat(view="administration") < -0.2


def test_withdrawal_dilemma_the_cost_of_being_seen_expelled_keeps_the_us_in():
    cheap, dear = (
        solved("expelled", "forces_at_end", policy="iran_unleashes", expelled_cost=cost)
        for cost in (0.2, 2.5)
    )
    assert cheap["expelled"] > dear["expelled"] + 0.1
    assert dear["forces_at_end"] > cheap["forces_at_end"] + 100


def test_withdrawal_hands_iran_a_win_and_cook_thinks_so_most():
    def won(**change):
        gone = measure("iran_hold_at_end", start={"forces": "gone"}, **change)
        return gone - measure("iran_hold_at_end", **change)

    assert won() > 0.05
    assert won(view="cook") > won() + 0.03


def test_maximum_pressure_brings_attacks_in_iraq():
    free = measure("attacks_a_month")
    assert measure("attacks_a_month", pressure=1.0, pressure_new=1.0) > free + 0.5
    assert measure("attacks_a_month", policy="maximum_pressure") > free + 0.2


def test_militia_attacks_give_isis_room():
    def room(**distraction):
        fire = measure("isis_revived", policy="iran_unleashes", **distraction)
        return fire - measure("isis_revived", policy="iran_restrains", **distraction)

    assert room() > 0.04
    assert room() > room(distraction=0.2) + 0.02


def test_truce_an_announced_timetable_makes_it_likelier():
    assert measure("truce_under_timetable") > measure("truce_otherwise") + 0.15
    announced = measure("truce_months", policy="announced_timetable")
    assert announced > measure("truce_months") + 1.5
    unmoved = measure("truce_months", policy="announced_timetable", truce_dated=0.5, truce_pays=0.0)
    assert announced > unmoved + 0.5


def test_waiting_out_attacks_ease_before_the_vote_where_a_change_is_near():
    near, never = attacks(points=FINER), attacks(points=FINER, odds_of_change=0.0)
    eased = never - near
    assert eased[:ELECTION].min() > 0.3
    assert eased[ELECTION - 1] > eased[0] + 0.3
    assert eased[HANDOVER + 1 : 12].max() < -0.5  # they come back; the last months see the end near


def test_principal_and_agent_restraint_buys_less_calm_where_control_is_lower():
    def calm(**control):
        loose = measure("attacks_a_month", policy="iran_unleashes", **control)
        return loose - measure("attacks_a_month", policy="iran_restrains", **control)

    assert calm(iran_control=0.2) < calm() - 1


def test_fragile_baghdad_cracks_down_less_when_weak():
    assert measure("crackdown_0", start={"standing": "weak"}) < measure("crackdown_0") / 2
    assert measure("weak_standing", hardship=0.9) > measure("weak_standing") + 0.04


def under_a_strike(view):
    """What the tests of strikes read where the US strikes in the first month."""
    return solved(*OF_STRIKES, policy="strike_at_once", view=view)


def under_held_fire(view):
    """The same where it does not."""
    return solved(*OF_STRIKES, policy="hold_fire_at_once", view=view)


@pytest.mark.parametrize("view", ["administration", "dodge"])
def test_strike_raises_grievance_and_later_attacks(view):
    struck, held = under_a_strike(view), under_held_fire(view)
    assert struck["grievance"] > held["grievance"] + 0.07
    later = (struck["attacks_later"] - held["attacks_later"]) / (LAST + 1 - LATER)
    assert later > 0.02


def test_strike_deters_at_once_by_a_parameter_on_which_the_views_differ():
    def adds(measured, view):
        return under_a_strike(view)[measured] - under_held_fire(view)[measured]

    assert adds("attacks_0", "administration") < adds("attacks_0", "dodge") - 1
    assert adds("attacks_a_month", "dodge") > adds("attacks_a_month", "administration") + 0.2


def test_crackdown_on_protest_feeds_it_and_costs_the_militias():
    read = ("mass_protest", "iran_hold_at_end")
    repressed, spared = (solved(*read, policy=policy) for policy in ("repression", "spared_street"))
    assert repressed["mass_protest"] > spared["mass_protest"] + 0.1
    assert repressed["iran_hold_at_end"] < spared["iran_hold_at_end"] - 0.05
    fed = measure("mass_protest", policy="repression", repression_feeds=0.9)
    assert fed > repressed["mass_protest"] + 0.1


def test_isis_gains_where_us_forces_are_fewer_and_iraqi_ones_weaker():
    def gains(strength):
        none, full = (
            measure("isis_revived", iraqi_strength=strength, start={"forces": forces})
            for forces in ("gone", "full")
        )
        return none - full

    assert gains(0.8) > 0.05
    assert gains(0.2) > gains(0.8) + 0.05


def test_transition_changes_what_the_us_does():
    read = ("squeezes", "timetables", "threats_later")
    stays, goes = (solved(*read, odds_of_change=odds) for odds in (0.0, 1.0))
    assert goes["squeezes"] < stays["squeezes"] - 0.8
    assert goes["timetables"] > stays["timetables"] + 0.02
    assert goes["threats_later"] == pytest.approx(0, abs=1e-12)


def test_transition_brings_belief_back_to_the_prior_of_a_new_administration():
    by_type = after_change().by_type["us"]

    def share_resolved(period):
        played = by_type[period].sum(axis=-1).values
        return played[0] / played.sum()

    named = {name: scenario().parameters[name].value for name in scenario().parameters}
    for period in range(HANDOVER):
        assert share_resolved(period) == pytest.approx(named["prior_resolved"], abs=1e-9)
    for period in range(HANDOVER, LAST + 1):
        assert share_resolved(period) == pytest.approx(named["prior_resolved_new"], abs=1e-9)


def test_transition_leaves_nothing_of_what_was_learnt_of_the_last_administration():
    game = compile_game(scenario(), set={"odds_of_change": 1.0})
    handover = next(
        step.redraws for step in game.world.at(HANDOVER).steps if step.head.label == "inauguration"
    )
    us, iran = (game.world.beliefs.axis(player) for player in ("us", "iran"))
    (drawn,) = handover
    axis = game.world.beliefs.axes[us]
    resolved = scenario().parameters["prior_resolved_new"].value
    assert axis.points[drawn.point[us]] == pytest.approx([resolved, 1 - resolved], abs=1e-12)
    assert drawn.point[iran] == -1  # what was learnt of Iran stays


def test_strategic_dialogue_lowers_the_cost_of_a_small_presence():
    assert measure("out_at_end", relief=0.0) > measure("out_at_end") + 0.05
    small, dear = {"forces": "small"}, 0.25  # a burden at which leaving is a live option
    agreed = measure("out_at_end", start={**small, "footing": "framework"}, burden_new=dear)
    assert agreed < measure("out_at_end", start=small, burden_new=dear) - 0.03


def test_quiet_balance_loud_words_cost_the_prime_minister():
    threatened = measure("weak_0", policy="threat_at_once")
    quiet = measure("weak_0", policy="hold_fire_at_once")
    assert threatened > quiet + 0.2
    support = solved("weak_0", "weak_standing", policy="quiet_support")
    assert support["weak_0"] <= quiet + 0.01
    loud = measure("weak_standing", policy="ultimatum_carried_out")
    assert support["weak_standing"] < loud - 0.1


def test_leaders_fall_where_protest_lasts_and_the_stance_is_reset():
    usual = measure("government_falls")
    assert measure("government_falls", start={"protest": "mass"}) > usual + 0.07
    assert measure("government_falls", protest_fades=0.4) < usual - 0.07
    agreed = measure("agreed_presence_at_end")
    assert measure("agreed_presence_at_end", fall_odds=0.0) > agreed + 0.003


def test_third_parties_move_baghdad_and_irans_hold():
    outreach = measure("iran_hold_at_end", policy="gulf_outreach_first")
    assert outreach < measure("iran_hold_at_end") - 0.1
    assert measure("weak_standing", turkey_odds=0.3) > measure("weak_standing") + 0.05
    strikes = solved("grievance", "iran_hold_at_end", israel_odds=0.1)
    assert strikes["grievance"] > measure("grievance") + 0.04
    assert strikes["iran_hold_at_end"] < measure("iran_hold_at_end") - 0.02


@pytest.mark.slow
def test_views_differ_where_their_judges_do():
    measures = ("attacks_a_month", "embassy_closes", "isis_revived", "weak_standing", "us_gets")
    seen = {v: np.array(list(solved(*measures, view=v).values())) for v in scenario().views}
    for one in seen:
        for other in seen:
            assert one == other or np.abs(seen[one] - seen[other]).max() > 0.15, (one, other)


def test_the_game_fits_and_everything_in_it_rests_on_something():
    game = compile_game(scenario())
    assert game.n_states * game.world.beliefs.size <= 300_000
    assert not scenario().warnings
    assert scenario().coverage.bare == 0
    assert scenario().coverage.share_cited > 0.8
    assert countermove.load(SLUG).name == SLUG
