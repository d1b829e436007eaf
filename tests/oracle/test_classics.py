"""The classics give the figures known from elsewhere, and each teaches what its README says.

The figures are logit equilibria computed outside this project and Kreps and Wilson's closed form. A
tolerance is 1e-5 where no belief is interpolated; where one is, the figure is also seen to converge
as the grid is refined. The other tests change the one thing, solve again, and look for the
direction that the literature gives, with a margin of half of what was found, or less.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
import pytest

from countermove import language
from countermove.game import compile as compile_game
from countermove.solve import solve
from countermove.solve.forward import Forward

EXACT = 1e-5  # no belief is interpolated


@dataclass(frozen=True, eq=False)
class Outcome:
    """What the tests read of a solution."""

    measures: dict[str, float]
    residual: float
    forward: Forward


@cache
def _solved(slug, belief_points, policy, view, values) -> Outcome:
    return outcome_of(
        compile_game(
            language.load(slug),
            belief_points=belief_points,
            policy=policy,
            view=view,
            set=dict(values),
        )
    )


def outcome_of(game) -> Outcome:
    solution = solve(game, threads=1)
    assert solution.status == "solved"
    measures = {name: result.value for name, result in solution.measures.items()}
    return Outcome(measures, solution.residual, solution.forward())


def solved(slug, *, belief_points=1, policy=None, view=None, **values) -> Outcome:
    """A bundled scenario, solved with parameters or the belief grid changed."""
    return _solved(slug, belief_points, policy, view, tuple(sorted(values.items())))


def measure(name, slug, **change):
    return solved(slug, **change).measures[name]


# -- figures known from elsewhere -----------------------------------------------------------------

CONSTANT_SUM = """
scenario: constant-sum
calendar: {periods: 1}
state:
  row_choice: {levels: [undecided, one, two], start: undecided, ordered: false}
  column_choice: {levels: [undecided, one, two], start: undecided, ordered: false}
players:
  row:
    rationality: 1
    final: {prize: 1 - (row_choice == two and column_choice == one)}
    actions: {one: {effects: [{row_choice: one}]}, two: {effects: [{row_choice: two}]}}
  column:
    rationality: 1
    final: {prize: 1 + (row_choice == two and column_choice == one)}
    actions: {one: {effects: [{column_choice: one}]}, two: {effects: [{column_choice: two}]}}
order: [[row, column]]
measures: {row_one: final(row_choice == one), column_one: final(column_choice == one)}
"""


def test_constant_sum_two_by_two():
    found = outcome_of(compile_game(language.loads(CONSTANT_SUM))).measures
    assert found["row_one"] == pytest.approx(0.642979, abs=EXACT)
    assert found["column_one"] == pytest.approx(0.588319, abs=EXACT)


@pytest.mark.parametrize(("rationality", "stands"), [(0.5, 0.195846), (1, 0.020264)])
def test_stag_hunt(rationality, stands):
    found = solved("stag-hunt", rationality_all=rationality).measures
    assert found["north_stands"] == pytest.approx(stands, abs=EXACT)
    assert found["south_stands"] == pytest.approx(stands, abs=EXACT)


CENTIPEDE = [(0.5, [0.29626, 0.27798, 0.46488, 0.83202]), (1, [0.23619, 0.37630, 0.76158, 0.96083])]


@pytest.mark.parametrize(("rationality", "takes"), CENTIPEDE)
def test_centipede(rationality, takes):
    forward = solved("centipede", rationality_all=rationality).forward
    found = [
        float(forward.actions[who].sel(action="take")[t] / forward.moves[who][t])
        for t in (0, 1)
        for who in ("one", "two")
    ]
    assert found == pytest.approx(takes, abs=EXACT)


# rationality: P(threaten | resolved), P(threaten | bluffing), P(comply after a threat)
LITTLE_CRISIS = {
    3: (0.54489085, 0.24650080, 0.26855798),
    8: (0.89490663, 0.31777494, 0.39225851),
}


def little_crisis(**change):
    found = solved("little-crisis", **change).measures
    complies = found["complies"] / found["threats"]
    return np.array([found["threat_if_resolved"], found["threat_if_bluffing"], complies])


@pytest.mark.parametrize("rationality", LITTLE_CRISIS)
def test_little_crisis(rationality):
    known = LITTLE_CRISIS[rationality]

    def error(times):
        found = little_crisis(rationality_all=rationality, belief_points=times)
        return np.abs(found - known).max()

    assert error(1) < 2e-3  # 21 points
    assert error(16) < EXACT
    # Interpolation's error falls as the square of the cells' width, up to where in its cell a
    # posterior lies.
    assert error(32) < error(4) / 16


def test_beer_and_quiche():
    known = {
        "beer_if_wimp": 0.30585,
        "beer_if_surly": 0.76502,
        "duel_after_beer": 0.28599,
        "duel_after_quiche": 0.37619,
    }

    def error(times):
        found = solved("beer-quiche", belief_points=times).measures
        return max(abs(found[name] - value) for name, value in known.items())

    assert error(1) < 1e-3
    assert error(16) < EXACT


# -- the chain store, against Kreps and Wilson's closed form --------------------------------------

LADDER = (10, 20, 40, 80)  # rationality; the closed form is that of players who never err


@cache
def chain_store(rationality, stages, tough):
    """P(the first entrant enters), P(a weak incumbent fights it)."""
    whole = language.load("chain-store").whole
    assert "periods: 3" in whole
    scenario = language.loads(whole.replace("periods: 3", f"periods: {stages}"))
    game = compile_game(scenario, set={"rationality_all": rationality, "likely_tough": tough})
    found = outcome_of(game)
    assert found.residual < 1e-9
    enters = found.measures["first_enters"]
    return enters, found.measures["fights_first_if_weak"] / enters


# stages left, how likely it is tough: does the entrant enter, does a weak incumbent fight it?
CLOSED_FORM = {(3, 0.1): (1, 1 / 3), (2, 0.25): (1 / 2, 1 / 3), (1, 0.5): (1 / 2, 0)}


@pytest.mark.parametrize(("stages", "tough"), CLOSED_FORM)
def test_chain_store_nears_the_closed_form_as_rationality_grows(stages, tough):
    found = np.array([chain_store(rationality, stages, tough) for rationality in LADDER])
    away = np.abs(found - CLOSED_FORM[stages, tough])
    assert (np.diff(away, axis=0) <= 1e-9).all()
    assert away[-1].max() < 0.01


def test_chain_store_at_forty():
    # What a prototype outside this project found on the same 21 points, to the digits it gave.
    assert chain_store(40, 3, 0.1) == pytest.approx((0.98, 0.3367), abs=5e-3)
    assert chain_store(40, 3, 0.1)[1] == pytest.approx(0.3367, abs=1e-4)
    assert chain_store(40, 2, 0.25) == pytest.approx((0.489, 0.3348), abs=5e-4)


# -- what each classic teaches --------------------------------------------------------------------


def test_little_crisis_bluffs_are_rarer_and_threats_believed_where_backing_down_is_dear():
    def seen(audience_cost):
        found = solved("little-crisis", audience_cost=audience_cost).measures
        return (
            -found["threat_if_bluffing"],
            found["read_after_threat"],
            found["complies"] / found["threats"],
        )

    cheap, usual = np.array(seen(0.1)), np.array(seen(0.8))
    assert (usual - cheap > 0.1).all()


def test_little_crisis_bluffers_are_locked_in_where_backing_down_costs_more_than_war():
    usual, locked = (solved("little-crisis", audience_cost=c).measures for c in (0.8, 1.6))
    assert locked["threat_if_bluffing"] > usual["threat_if_bluffing"] + 0.2
    assert locked["war"] > usual["war"] + 0.01


def test_beer_is_for_all_where_choices_hardly_err():
    found = solved("beer-quiche", rationality_all=10).measures
    assert min(found["beer_if_wimp"], found["beer_if_surly"]) > 0.99
    assert found["duel_after_quiche"] > 0.99
    assert found["duel"] < 0.01


def test_chain_store_a_name_is_worth_a_fight_while_others_are_to_come():
    found = solved("chain-store").measures
    assert found["fights_first_if_weak"] > 0.3
    assert found["fights_last_if_weak"] < 0.001
    assert found["tough_after_fight"] > 0.1 + 0.1  # more than at first
    assert found["tough_after_giving_way"] < 0.01


def test_chain_store_entrants_stay_away_from_a_name_for_toughness():
    assert measure("first_enters", "chain-store", likely_tough=0.3) < 0.01
    feared, known = solved("chain-store"), solved("chain-store", view="all_is_known")
    assert known.measures["fights_if_weak"] < feared.measures["fights_if_weak"] / 5
    assert known.measures["incumbent_gets"] < feared.measures["incumbent_gets"] - 0.2


def test_stag_hunt_less_to_lose_or_a_pledge_brings_trust():
    usual = measure("south_stands", "stag-hunt")
    assert measure("south_stands", "stag-hunt", view="low_risk") > usual + 0.2
    assert measure("south_stands", "stag-hunt", policy="north_pledges") > usual + 0.25


def test_stag_hunt_has_other_equilibria_where_choices_hardly_err():
    game = compile_game(language.load("stag-hunt"), set={"rationality_all": 2})
    others = solve(game, threads=1).others
    assert (others.several, others.most, others.disagreed) == (others.sampled, 3, 0)
    assert others.apart > 0.9


STRONGER = (0.0, 0.2, 0.4, 0.8)


def test_audience_costs_make_challenges_rarer_by_doves_believed_and_heeded():
    found = [solved("audience-costs", home_audience=cost).measures for cost in STRONGER]

    def rises(name):
        return (np.diff([x[name] for x in found]) > 0.01).all()

    assert rises("read_after_challenge")
    assert rises("rival_gives_in_when_challenged")
    assert (np.diff([x["challenge_if_dove"] for x in found]) < -0.05).all()
    assert (np.diff([x["home_gives_in_when_challenged"] for x in found]) < -0.05).all()


def test_audience_costs_and_dearer_war_differ_in_whether_the_rival_resists():
    usual = measure("rival_gives_in_when_challenged", "audience-costs", view="quiet_challenger")
    informed = measure("rival_gives_in_when_challenged", "audience-costs")
    constrained = measure(
        "rival_gives_in_when_challenged", "audience-costs", view="constrained_leader"
    )
    assert constrained < usual - 0.1
    assert informed > usual + 0.05


def test_audience_costs_beyond_those_of_war_lock_doves_in():
    mild, severe = (
        solved("audience-costs", war_dove=1.2, home_audience=cost).measures for cost in (0.4, 0.8)
    )
    assert severe["challenge_if_dove"] > mild["challenge_if_dove"] + 0.05
    assert severe["war"] > mild["war"] + 0.03


def test_escalation_tells_who_is_a_hawk():
    found = solved("audience-costs").measures
    assert 0.3 + 0.1 < found["read_after_challenge"] < found["read_after_escalation"] - 0.03
    assert found["rival_read_after_resisting"] > 0.5 + 0.1


def test_extended_deterrence_holds_by_denial_and_by_a_record():
    usual = measure("deterred", "extended-deterrence")
    assert measure("deterred", "extended-deterrence", view="denied") > usual + 0.15
    assert measure("deterred", "extended-deterrence", view="gave_way_before") < usual - 0.1


def test_extended_deterrence_a_warning_that_binds_nobody_tells_nothing():
    bound, idle = (solved("extended-deterrence", broken_word=c).measures for c in (0.5, 0.0))
    assert idle["read_after_warning"] == pytest.approx(0.4, abs=1e-6)  # the prior
    assert idle["deterred"] == pytest.approx(
        measure("deterred", "extended-deterrence", policy="never_warn"), abs=1e-6
    )
    assert bound["read_after_warning"] > 0.4 + 0.05 > 0.1 > bound["read_after_silence"]
    assert bound["attacks_after_warning"] < bound["attacks_after_silence"] - 0.25


def leaving(**change):
    """The rival's odds of leaving in each week that it gets to choose."""
    forward = solved("deadline", **change).forward
    return np.asarray(forward.actions["rival"].sel(action="leave")) / forward.moves["rival"].values


VOTE = 12  # the week that holds it


def test_deadline_the_rival_waits_for_a_vote_that_may_bring_a_softer_government():
    soft, never = leaving(), leaving(view="safe_seat")
    assert (soft[1:VOTE] < never[1:VOTE]).all()
    assert soft[VOTE - 2 : VOTE].max() < soft[2:4].max() / 5  # less and less as it nears
    left = "rival_leaves_before_vote"
    usual = measure(left, "deadline")
    assert measure(left, "deadline", view="firm_successor") > usual + 0.08
    assert measure(left, "deadline", stubborn_successor=0.5) > usual + 0.03


def test_deadline_nobody_leaves_shortly_before_the_last_day():
    for view in (None, "firm_successor", "safe_seat"):
        found = solved("deadline", view=view).measures
        assert found["home_leaves_in_last_month"] + found["rival_leaves_in_last_month"] < 0.005
    # With nothing to share, waiting to the end is worth nothing, and more is given up before it.
    assert measure("shared_at_last", "deadline", shared=0.0) < 0.1
    assert measure("shared_at_last", "deadline") > 0.2


def test_deadline_who_stays_is_taken_for_stubborn_until_the_government_changes():
    home = solved("deadline").forward.by_type["home"].sum("action")
    stubborn = (home.sel(type="stubborn") / home.sum("type")).values
    assert (np.diff(stubborn[: VOTE + 1]) > -1e-9).all()
    assert stubborn[VOTE] > 0.9
    assert stubborn[VOTE + 1] < stubborn[VOTE] - 0.2


def test_cuba_a_strike_is_the_most_dangerous_beginning():
    strike = measure("war", "cuba-1962", policy="air_strike_first")
    assert strike > measure("war", "cuba-1962") + 0.15
    assert 1 / 3 < strike < 1 / 2  # the odds that Kennedy named


def test_cuba_the_trade_is_waited_for_where_it_may_be_offered():
    free, none = solved("cuba-1962"), solved("cuba-1962", policy="no_trade")
    assert none.measures["withdrawn"] > free.measures["withdrawn"] + 0.2
    assert free.measures["read_after_carrying_on"] > 0.4 + 0.05  # taken for risky
    ruled_out = solved("cuba-1962", policy="no_strike").measures
    assert ruled_out["traded"] > free.measures["traded"] + 0.2


def test_cuba_views_differ_on_the_strike():
    struck = {view: measure("strikes", "cuba-1962", view=view) for view in ("joint_chiefs", None)}
    assert struck["joint_chiefs"] > struck[None] + 0.25


def test_sanctions_that_work_mostly_need_not_be_imposed():
    found = solved("sanctions").measures
    assert found["conceded_unimposed"] > found["conceded"] / 2
    assert found["imposed_if_sturdy"] > found["imposed_if_brittle"] + 0.2


def test_sanctions_imposing_tells_who_is_committed():
    found = solved("sanctions").measures
    assert found["read_after_imposing"] > 0.5 + 0.2
    at_once = [found[f"threat_at_once_if_{kind}"] for kind in ("committed", "posturing")]
    assert at_once[0] > at_once[1] + 0.25
    believed, doubted = (measure("conceded", "sanctions", likely_committed=p) for p in (0.8, 0.2))
    assert believed > doubted + 0.15


# -- the belief grid ------------------------------------------------------------------------------

TYPED = [slug for slug in language.bundled() if any(p.types for p in language.load(slug).players)]
CLASSICS = [slug for slug in TYPED if not slug.startswith("us-")]


@pytest.mark.parametrize("slug", ["stag-hunt", *CLASSICS])
def test_every_policy_and_view_is_solved(slug):
    scenario = language.load(slug)
    assert scenario.policies or scenario.views
    for policy in scenario.policies:
        assert solved(slug, policy=policy).residual < 1e-9, policy
    for view in scenario.views:
        assert solved(slug, view=view).residual < 1e-9, view


def spread(solution, measure):
    """How far a measure can range: a payoff over all states and beliefs, a count over periods."""
    if measure.kind == "payoff":
        names = solution.values.column.values.tolist()
        own = [i for i, name in enumerate(names) if name.partition("[")[0] == measure.player]
        values = solution.values.values[..., own]
        return float(np.nanmax(values) - np.nanmin(values))
    counts = measure.kind in ("played", "happened") and measure.given is None
    return solution.game.periods if counts else 1.0


@pytest.mark.parametrize("slug", CLASSICS)
def test_doubling_the_belief_grid_moves_no_measure_by_more_than_a_hundredth(slug):
    scenario = language.load(slug)
    usual, fine = (
        solve(compile_game(scenario, belief_points=times), threads=1) for times in (1, 2)
    )
    for name, result in usual.measures.items():
        allowed = 0.01 * spread(usual, scenario.measures[name])
        assert fine.measures[name].value == pytest.approx(result.value, abs=allowed), name
