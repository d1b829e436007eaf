"""The flagship shows every mechanism that its two reports describe.

Each test changes the one thing, solves again, and looks for the direction that the reports give,
with a margin well above rounding: half of what the game showed when it was written, or less.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
import pytest

import countermove
from countermove import language
from countermove.game import compile as compile_game
from countermove.solve import solve
from countermove.solve.forward import Forward

SLUG = "us-iraq-2020"
RATE = np.array([0, 2, 7, 15])  # attacks a month at each level
ELECTION, HANDOVER = 2, 4  # November 2020, January 2021


@cache
def scenario():
    return language.load(SLUG)


@dataclass(frozen=True, eq=False)
class Outcome:
    """What the tests read of a solution; the solution itself is too large to keep by the dozen."""

    n_states: int
    measures: dict[str, float]
    forward: Forward


@cache
def _outcome(policy, view, parameters, start) -> Outcome:
    game = compile_game(
        scenario(), policy=policy, view=view, set=dict(parameters), start=dict(start)
    )
    solution = solve(game, threads=1)
    measures = {name: result.value for name, result in solution.measures.items()}
    return Outcome(solution.game.n_states, measures, solution.forward())


def solved(*, policy=None, view=None, start=(), **parameters) -> Outcome:
    """The scenario solved under a policy or view, with parameters and start levels changed."""
    levels = tuple(sorted(dict(start).items()))
    return _outcome(policy, view, tuple(sorted(parameters.items())), levels)


def measure(name, **change):
    return solved(**change).measures[name]


def attacks(**change):
    """Expected rate of attacks at the end of each period."""
    return np.asarray(solved(**change).forward.fans["attacks"].values) @ RATE


def level(variable, name, period, **change):
    return float(solved(**change).forward.fans[variable].sel(level=name).values[period])


def played(player, action, period, **change):
    return float(solved(**change).forward.actions[player].sel(action=action).values[period])


def after_threat(**change):
    """What a threat in the first month does to that month's rate of attacks, starting from some."""
    start = {"attacks": "some"}
    threat = attacks(policy="threat_at_once", start=start, **change)
    return (threat - attacks(policy="hold_fire_at_once", start=start, **change))[0]


def test_ultimatum_pays_less_where_iran_wants_the_us_out():
    def pays(weight):
        threat = measure("us_gets", policy="ultimatum_carried_out", expel_weight=weight)
        return threat - measure("us_gets", policy="strategic_patience", expel_weight=weight)

    assert pays(1.0) < pays(0.1) - 0.1


def test_gift_more_attacks_follow_a_threat_the_more_iran_wants_the_us_expelled():
    assert after_threat(expel_weight=1.0) > after_threat(expel_weight=0.1) + 1.0


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
    near, never = attacks(), attacks(odds_of_change=0.0)
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
    weak = played("iraq", "crack_down", 0, start={"standing": "weak"})
    assert weak < played("iraq", "crack_down", 0) / 2
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
    threats = sum(played("us", "threaten", period, **goes) for period in range(HANDOVER, 16))
    assert threats == pytest.approx(0, abs=1e-12)


def test_strategic_dialogue_lowers_the_cost_of_a_small_presence():
    assert measure("out_at_end", relief=0.0) > measure("out_at_end") + 0.05
    small = {"forces": "small"}
    agreed = measure("out_at_end", start={**small, "footing": "framework"})
    assert agreed < measure("out_at_end", start=small) - 0.03


def test_quiet_balance_loud_words_cost_the_prime_minister():
    threatened = level("standing", "weak", 0, policy="threat_at_once")
    quiet = level("standing", "weak", 0, policy="hold_fire_at_once")
    assert threatened > quiet + 0.2
    assert level("standing", "weak", 0, policy="quiet_support") <= quiet + 0.01
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


def test_views_differ_where_their_judges_do():
    measures = ("attacks_a_month", "embassy_closes", "isis_revived", "weak_standing", "us_gets")
    seen = {v: np.array([measure(m, view=v) for m in measures]) for v in scenario().views}
    for one in seen:
        for other in seen:
            assert one == other or np.abs(seen[one] - seen[other]).max() > 0.15, (one, other)


def test_the_game_fits_and_everything_in_it_rests_on_something():
    assert solved().n_states <= 12_500
    assert not scenario().warnings
    assert scenario().coverage.bare == 0
    assert scenario().coverage.share_cited > 0.8
    assert countermove.load(SLUG).name == SLUG
