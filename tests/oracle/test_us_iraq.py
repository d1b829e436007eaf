"""The flagship shows every mechanism that its two reports describe.

Each test changes the one thing, solves again, and looks for the direction that the reports give,
with a margin well above rounding: half of what the game showed when it was written, or less. The
directions are sought on a coarse grid of beliefs, which is quicker and shifts figures a little;
what is said of beliefs themselves is sought on the scenario's own grid.
"""

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
READ = [
    "attacks_a_month",
    "forces_at_end",
    "embassy_closes",
    "expelled",
    "out_at_end",
    "government_falls",
    "isis_revived",
    "iran_hold_at_end",
    "truce_months",
    "truce_under_timetable",
    "truce_otherwise",
    "agreed_presence_at_end",
    "grievance",
    "mass_protest",
    "weak_standing",
    "squeezes",
    "timetables",
    "us_gets",
    "closes_if_resolved",
    "closes_if_bluffing",
]
MORE = {
    **{f"attacks_{t}": f"total(where(period == {t}, attacks, 0))" for t in range(LAST + 1)},
    "crackdown_0": "played(iraq, crack_down, period == 0)",
    "weak_0": "total(standing == weak and period == 0)",
    "attacks_if_threatened": "{of: mean(attacks), given: footing == ultimatum and period == 0}",
    "attacks_if_not": "{of: mean(attacks), given: footing == plain and period == 0}",
    "threats_later": f"played(us, threaten, period >= {HANDOVER})",
}


@cache
def scenario():
    return language.load(SLUG)


@cache
def readable():
    """The scenario with the measures that the tests read, attacks by the month among them."""
    read = {name: MORE.get(name) for name in scenario().measures if name not in READ} | MORE
    measures = "".join(f"  {k}: {v or 'null'}\n" for k, v in read.items())
    return language.loads(f"base: {SLUG}\nscenario: by-the-month\nmeasures:\n{measures}")


@cache
def _measures(policy, view, parameters, start, points):
    game = compile_game(
        readable(),
        policy=policy,
        view=view,
        set=dict(parameters),
        start=dict(start),
        belief_points={"us": points},
    )
    return {name: result.value for name, result in solve(game).measures.items()}


def solved(*, policy=None, view=None, start=(), points=COARSE, **parameters) -> dict[str, float]:
    """The measures under a policy or view, with parameters and start levels changed."""
    levels = tuple(sorted(dict(start).items()))
    return _measures(policy, view, tuple(sorted(parameters.items())), levels, points)


def measure(name, **change):
    return solved(**change)[name]


def attacks(**change):
    """Expected rate of attacks at the end of each period."""
    return np.array([measure(f"attacks_{t}", **change) for t in range(LAST + 1)])


@cache
def itself():
    """The scenario as shipped, solved on its own grid of beliefs."""
    return solve(compile_game(scenario()))


@cache
def after_change():
    """The forward distribution where the president must lose."""
    must_lose = {"odds_of_change": 1.0}
    return solve(compile_game(readable(), set=must_lose, belief_points={"us": COARSE})).forward()


def after_threat(**change):
    """What a threat in the first month does to that month's rate of attacks, starting from some."""
    start = {"attacks": "some"}
    threat = attacks(policy="threat_at_once", start=start, **change)
    return (threat - attacks(policy="hold_fire_at_once", start=start, **change))[0]


@pytest.mark.slow
def test_ultimatum_moves_the_public_belief_in_resolve():
    prior = scenario().parameters["prior_resolved"].value
    found = itself().measures
    assert found["resolved_after_threat"].value > prior + 0.2
    assert found["resolved_after_close"].value > found["resolved_after_threat"].value + 0.05
    assert found["resolved_after_stay"].value < prior - 0.03


def test_ultimatum_is_carried_out_by_the_resolved_and_not_by_those_who_bluff():
    threatened = solved(policy="threat_at_once")
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
        found = solved(start={"attacks": "some"}, prior_expel=prior)
        return found["attacks_if_threatened"] - found["attacks_if_not"]

    assert follow(0.95) > follow(0.1) + 1.0


def test_gift_kadhim_expects_a_step_up_and_the_administration_a_fall():
    assert after_threat(view="kadhim") > 0.3
    assert after_threat(view="administration") < -0.2


def test_withdrawal_dilemma_the_cost_of_being_seen_expelled_keeps_the_us_in():
    under_fire = {"policy": "iran_unleashes"}
    cheap, dear = ({**under_fire, "expelled_cost": cost} for cost in (0.2, 2.5))
    assert measure("expelled", **cheap) > measure("expelled", **dear) + 0.1
    assert measure("forces_at_end", **dear) > measure("forces_at_end", **cheap) + 100


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


@pytest.mark.parametrize("view", ["administration", "dodge"])
def test_strike_raises_grievance_and_later_attacks(view):
    struck, held = (
        {"policy": policy, "view": view} for policy in ("strike_at_once", "hold_fire_at_once")
    )
    assert measure("grievance", **struck) > measure("grievance", **held) + 0.07
    later = attacks(**struck)[6:] - attacks(**held)[6:]
    assert later.mean() > 0.02


def test_strike_deters_at_once_by_a_parameter_on_which_the_views_differ():
    def deters(view):
        struck = attacks(policy="strike_at_once", view=view)[0]
        return attacks(policy="hold_fire_at_once", view=view)[0] - struck

    assert deters("administration") > deters("dodge") + 1
    balance = {
        view: measure("attacks_a_month", policy="strike_at_once", view=view)
        - measure("attacks_a_month", policy="hold_fire_at_once", view=view)
        for view in ("administration", "dodge")
    }
    assert balance["dodge"] > balance["administration"] + 0.2


def test_crackdown_on_protest_feeds_it_and_costs_the_militias():
    assert (
        measure("mass_protest", policy="repression")
        > measure("mass_protest", policy="spared_street") + 0.1
    )
    assert (
        measure("iran_hold_at_end", policy="repression")
        < measure("iran_hold_at_end", policy="spared_street") - 0.05
    )
    fed = measure("mass_protest", policy="repression", repression_feeds=0.9)
    assert fed > measure("mass_protest", policy="repression") + 0.1


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
    stays, goes = {"odds_of_change": 0.0}, {"odds_of_change": 1.0}
    assert measure("squeezes", **goes) < measure("squeezes", **stays) - 0.8
    assert measure("timetables", **goes) > measure("timetables", **stays) + 0.02
    assert measure("threats_later", **goes) == pytest.approx(0, abs=1e-12)


def test_transition_brings_belief_back_to_the_prior_of_a_new_administration():
    def share_resolved(period):
        played = after_change().by_type["us"][period].sum(axis=-1).values
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
    assert measure("weak_0", policy="quiet_support") <= quiet + 0.01
    assert (
        measure("weak_standing", policy="quiet_support")
        < measure("weak_standing", policy="ultimatum_carried_out") - 0.1
    )


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
    assert measure("grievance", israel_odds=0.1) > measure("grievance") + 0.04
    assert measure("iran_hold_at_end", israel_odds=0.1) < measure("iran_hold_at_end") - 0.02


@pytest.mark.slow
def test_views_differ_where_their_judges_do():
    measures = ("attacks_a_month", "embassy_closes", "isis_revived", "weak_standing", "us_gets")
    seen = {v: np.array([measure(m, view=v) for m in measures]) for v in scenario().views}
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
