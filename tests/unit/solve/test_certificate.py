"""The certificate: honest solutions are clean, and slips of every kind are found."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

import countermove as cm
from countermove.errors import InvalidRequest
from countermove.language import loads
from countermove.solve import Certificate, recheck_refine, recheck_step, solve, verify
from countermove.solve.backward import strategies_of
from countermove.solve.recheck_period import Faults, logit, recheck_period
from countermove.solve.recheck_step import Facts
from oracle.invent import invent
from oracle.typed_invent import invent_typed

LITTLE = """
scenario: little
title: A threat that may be a bluff
calendar: {periods: 2}
state:
  crisis: {levels: [calm, threat, complied, stood, backed], start: calm, ordered: false}
parameters:
  sharp: {value: 3, range: [0, 2000], assumption: true}
players:
  us:
    rationality: sharp
    types: {resolved: 0.4, bluffing: rest}
    interests:
      pay:
        by: crisis
        complied: 1
        stood: {by: type, resolved: -0.2, bluffing: -1.5}
        backed: -0.8
        otherwise: 0
    actions:
      wait: {otherwise: true}
      threaten: {when: crisis == calm, effects: [{crisis: threat}]}
      hold_off: {when: crisis == calm}
      stand_firm: {when: crisis == threat, effects: [{crisis: stood}]}
      back_down: {when: crisis == threat, effects: [{crisis: backed}]}
  them:
    rationality: sharp
    interests: {pay: {by: crisis, complied: -1, stood: -2, backed: 1, otherwise: 0}}
    actions:
      comply: {when: crisis == threat, effects: [{crisis: complied}]}
      resist: {}
order: [us, them, us]
ends: crisis != calm and crisis != threat
measures:
  read: belief(us, resolved) after threaten
  war: ever(crisis == stood)
  war_if: {of: ever(crisis == stood), given: type(us) == resolved}
policies:
  timid: {player: us, rules: [{when: crisis == calm, play: {hold_off: 0.75, threaten: rest}}]}
"""


@cache
def solved(text=LITTLE, **options):
    return solve(cm.compile(loads(text), **options), keep_strategies=True)


def certify(solution, **options):
    return verify(solution, **{"refine": False, "periods": "all", **options})


def copied(solution):
    """The solution with arrays of its own, to be spoilt."""
    found = solution.found
    strategies = [[step.copy() for step in steps] for steps in found.strategies]
    spoilt = replace(
        found, values=found.values.copy(), first=found.first.copy(), strategies=strategies
    )
    return replace(solution, found=spoilt)


def step_of(solution, label, t=0):
    """A step's number, its arrays, and its strategies [S, B, Z] in place."""
    world = solution.game.world
    k = next(i for i, head in enumerate(world.steps) if head.label == label)
    strategy = solution.found.strategies[t][k]
    by_point = strategy.reshape(world.n_states, world.beliefs.size, -1)
    arrays = world.at(solution.game.start_period + t).steps[k].arrays
    return k, arrays, by_point


def failed(certificate):
    return {check.name for check in certificate.checks if not check.clean}


# -- honest ones ---------------------------------------------------------------------------------


@pytest.mark.parametrize("policy", [None, "timid"])
def test_an_honest_solution_is_clean(policy):
    certificate = certify(solved(policy=policy))
    assert isinstance(certificate, Certificate)
    assert certificate.clean, certificate.reasons
    assert certificate.periods == ("1", "2")
    assert ("choices that a policy dictates" in {c.name for c in certificate.checks}) == bool(
        policy
    )
    assert {c.name for c in certificate.measures} >= {"read", "war", "payoff of us as resolved"}
    assert max(check.size for check in certificate.checks) < 1e-10


@pytest.mark.parametrize("seed", range(6))
def test_invented_games_without_types_are_clean(seed):
    certificate = certify(solved(invent(seed)))
    assert certificate.clean, certificate.reasons


@pytest.mark.parametrize("seed", range(32))
def test_invented_games_with_types_redraws_and_moves_at_once_are_clean(seed):
    certificate = certify(solved(invent_typed(seed)))
    assert certificate.clean, certificate.reasons


def test_a_game_that_goes_on_for_ever_is_clean_and_says_what_was_left_out():
    certificate = certify(solved(invent_typed(3, forever=True)))
    assert certificate.clean, certificate.reasons
    assert certificate.periods == ("every",)
    assert any("no paths were followed" in note for note in certificate.notes)


def test_the_bundled_centipede_gives_away_what_logit_choice_does():
    certificate = verify(solve(cm.compile(cm.load("centipede"))))
    assert certificate.clean
    for regret in certificate.regrets:
        # Two actions at λ = 0.5: log(2) / 0.5.
        assert regret.allowed == pytest.approx(np.log(2) / 0.5)
        assert 0 < regret.gain < regret.allowed


def never():
    """A solution in which an action costs so much that its probability is less than floats hold."""
    text = LITTLE.replace(
        "hold_off: {when: crisis == calm}", "hold_off: {when: crisis == calm, costs: 300}"
    )
    return solved(text.replace("wait: {otherwise: true}", "wait: {when: crisis != threat}"))


def test_actions_that_are_never_played_are_judged_without_bayes_rule():
    solution = never()
    _, _, by_point = step_of(solution, "us")
    sigma = by_point[solution.game.start].reshape(-1, 2, 5)
    assert (sigma[..., 2] == 0).all()
    certificate = certify(solution)
    assert certificate.clean, certificate.reasons


def test_an_action_that_should_be_played_and_never_is():
    # Bayes' rule says nothing of it; yet whatever were believed, it would be worth playing.
    solution = copied(solved())
    _, _, by_point = step_of(solution, "us")
    sigma = by_point[solution.game.start].reshape(-1, 2, 5)
    sigma[:, :, 2] += sigma[:, :, 1]
    sigma[:, :, 1] = 0.0
    assert "choices against logit" in failed(certify(solution))


# -- slips ---------------------------------------------------------------------------------------


def test_a_strategy_off_by_a_ten_thousandth():
    solution = copied(solved())
    _, arrays, by_point = step_of(solution, "us")
    first, second = np.flatnonzero(arrays.legal[solution.game.start])[:2]
    by_point[solution.game.start, 7, first] += 1e-4
    by_point[solution.game.start, 7, second] -= 1e-4
    certificate = certify(solution)
    assert "choices against logit" in failed(certificate)
    worst = certificate.checks[0]
    assert worst.size == pytest.approx(1e-4, rel=0.5)
    assert (worst.where.period, worst.where.step, worst.where.player) == ("1", "us", "us")
    assert worst.where.state == {"crisis": "calm"}
    assert worst.where.beliefs["us"]["bluffing"] == pytest.approx(0.35)


def test_a_strategy_that_does_not_add_up():
    solution = copied(solved())
    _, _, by_point = step_of(solution, "them", t=1)
    by_point[:, :, 0] += 1e-6
    assert "choices add up to 1" in failed(certify(solution))


def test_an_illegal_action():
    solution = copied(solved())
    _, arrays, by_point = step_of(solution, "us")
    (start,) = arrays.moving
    illegal = int(np.flatnonzero(arrays.legal[start] == 0)[0])
    by_point[start, 0, illegal] = 1e-6
    certificate = certify(solution)
    assert "illegal actions" in failed(certificate)
    assert any("wait" in reason for reason in certificate.reasons)


def test_a_policy_that_is_not_followed():
    solution = copied(solved(policy="timid"))
    _, arrays, by_point = step_of(solution, "us")
    a, b = np.flatnonzero(arrays.mixture[solution.game.start])
    by_point[solution.game.start, :, a] += 1e-6
    by_point[solution.game.start, :, b] -= 1e-6
    assert "choices that a policy dictates" in failed(certify(solution))


def test_a_value_between_periods():
    solution = copied(solved())
    row = solution.start_row
    solution.found.values[1, row, 0] *= 1 + 1e-6
    certificate = certify(solution)
    assert "values between periods" in failed(certificate)
    where = next(c.where for c in certificate.checks if c.name == "values between periods")
    assert where.column == "us[resolved]"


def test_a_value_at_the_start():
    solution = copied(solved())
    solution.found.values[0, solution.start_row, 2] += 1e-6
    assert {"values between periods", "values at the start"} <= failed(certify(solution))


@pytest.mark.parametrize("name", ["read", "war", "war_if"])
def test_a_measure_or_a_posterior_that_was_reported_wrongly(name):
    solution = solved()
    result = solution.measures[name]
    wrong = {**solution.measures, name: replace(result, value=result.value + 1e-6)}
    certificate = certify(replace(solution, measures=wrong))
    assert failed(certificate) == {"payoffs and measures along all paths"}
    assert certificate.checks[-1].where.column == name


def test_a_payoff_that_was_reported_wrongly():
    solution = solved()
    wrong = {**solution.type_payoffs, ("us", "bluffing"): 0.5}
    certificate = certify(replace(solution, type_payoffs=wrong))
    assert certificate.checks[-1].where.column == "payoff of us as bluffing"


def test_a_measures_column_that_went_wrong():
    solution = copied(solved())
    solution.found.first[-1] += 1e-6
    certificate = certify(solution)
    assert "columns along all paths" in failed(certificate)


def test_a_wrong_column():
    solution = copied(solved())
    values = solution.found.values
    values[:, :, [0, 1]] = values[:, :, [1, 0]]
    assert {"choices against logit", "values between periods"} <= failed(certify(solution))


def test_types_mixed_up():
    solution = copied(solved())
    _, _, by_point = step_of(solution, "us#2")
    width = by_point.shape[2] // 2
    by_point[:] = np.roll(by_point, width, axis=2)
    assert "choices against logit" in failed(certify(solution))


def forgets(spread):
    """Bayes' rule forgotten: the belief stays as it was."""
    weight = np.zeros(spread.weight.shape)
    weight[..., 0] = 1.0
    return replace(spread, shift=np.zeros(spread.shift.shape, np.int64), weight=weight)


def mixes_up(spread):
    """Bayes' rule for the other type: the belief moves by as many points the wrong way."""
    points = spread.grid.axis.points
    top = (len(points) - 1) * spread.grid.stride
    at = np.abs(points[:, None, 0] - spread.believed[None, :, 0]).argmin(axis=0)
    shift = np.clip(-spread.shift, -at[:, None, None], top - at[:, None, None])
    return replace(spread, shift=shift)


@pytest.mark.parametrize("slip", [forgets, mixes_up])
def test_a_slip_in_bayes_rule(slip, monkeypatch):
    """A solution that is consistent in itself, but for its posteriors, is found out."""
    solution = copied(solved(LITTLE.replace("periods: 2", "periods: 1")))
    assert certify(solution).clean
    honest = recheck_step.spread
    with monkeypatch.context() as patch:
        patch.setattr(
            recheck_step,
            "spread",
            lambda grid, *more: slip(honest(grid, *more)) if grid else honest(grid, *more),
        )
        resolve(solution)
        world = solution.game.world
        faults = recheck(solution, world)
        assert faults.choices.size < 1e-9  # right in its own eyes
    certificate = certify(solution)
    assert "choices against logit" in failed(certificate)
    assert certificate.checks[0].size > 1e-3


def resolve(solution):
    """Solve a game of one period again by damped iteration, with the recheck's own pieces."""
    world = solution.game.world
    facts, period = Facts.of(world), world.start_period
    numbers = world.at(period)
    strategies = solution.found.strategies[0]
    values = numbers.add[:, None, :].repeat(facts.n_beliefs, axis=1)[..., : facts.n_payoffs]
    values = values.copy()
    for f, column in enumerate(numbers.typed_column):
        if column < facts.n_payoffs:
            values[:, :, column] += numbers.typed_value[:, f, None] * numbers.typed_weight[f]
    for k in range(len(numbers.steps) - 1, -1, -1):
        step = numbers.steps[k]
        states = step.arrays.moving.astype(np.int64)
        after = [values.copy()]
        place = np.repeat(np.arange(len(states)), facts.n_beliefs)
        belief = np.tile(np.arange(facts.n_beliefs), len(states))
        worth = recheck_step.outcomes(facts, step, states, after)
        sigma = strategies[k].reshape(facts.n_states, facts.n_beliefs, -1)
        for _ in range(400):
            points = recheck_step.points_of(facts, step, strategies[k], states[place], belief)
            q = recheck_step.values_of_actions(step, points, worth, place)[0]
            legal = step.arrays.legal[points.state][:, None, :] != 0
            share = logit(step.arrays.rationality[0] * q, legal).reshape(len(place), -1)
            now = sigma[points.state, belief]
            sigma[points.state, belief] = now + 0.5 * (share - now)
        points = recheck_step.points_of(facts, step, strategies[k], states[place], belief)
        values[points.state, belief] = recheck_step.mixed(facts, step, points, worth, place)
    solution.found.values[0] = values.reshape(-1, facts.n_payoffs)


def recheck(solution, world):
    faults, found = Faults(), solution.found
    frozen = np.zeros(found.values.shape[1:])
    numbers = world.at(world.start_period)
    strategies = strategies_of(world, found, world.start_period, serial=True)
    recheck_period(
        Facts.of(world), numbers, strategies, found.values[1], found.values[0], frozen, faults
    )
    return faults


# -- finer grids, options, words -----------------------------------------------------------------


def test_a_finer_grid_changes_little_where_the_grid_is_fine():
    certificate = certify(solved(), refine=True)
    assert certificate.clean, certificate.reasons
    assert certificate.refinement.points == {"us": (21, 41)}
    names = {change.name for change in certificate.refinement.changes}
    assert {"P(threaten) of us as bluffing", "war", "payoff of them"} <= names
    assert "P(stand_firm) of us as bluffing" not in names
    assert 0 < certificate.refinement.worst.size < 0.01


def test_the_finer_grid_is_spaced_as_the_coarser_one():
    types = "types: {resolved: 0.4, bluffing: rest}"
    spaced = f"{types}\n    belief_points: 5\n    belief_spacing: ends"
    game = cm.compile(loads(LITTLE.replace(types, spaced)))
    finer = recheck_refine.finer(game)
    coarse, fine = (g.world.beliefs.axes[0].points[:, 1] for g in (game, finer))
    assert set(coarse.round(12)) <= set(fine.round(12))
    assert len(fine) == 2 * len(coarse) - 2  # the prior is a point of its own


def test_a_coarse_grid_is_told():
    coarse = solved(LITTLE.replace("value: 3", "value: 12"), belief_points=None)
    coarse = solve(cm.compile(coarse.game.scenario, belief_points={"us": 3}))
    certificate = certify(coarse, refine=True)
    assert not certificate.clean
    assert all("raise belief_points" in reason for reason in certificate.reasons)


def test_a_game_without_types_has_no_grid_to_refine():
    certificate = certify(solved(invent(1)), refine=True)
    assert certificate.refinement is None
    assert not any("finer" in note for note in certificate.notes)


def test_periods_are_a_sample_unless_all_are_asked_for():
    solution = solved(LITTLE.replace("periods: 2", "periods: 9"))
    certificate = certify(solution, periods=None)
    assert certificate.periods == ("1", "3", "5", "7", "9")
    assert certificate.n_periods == 9
    assert any("a sample of the periods" in note for note in certificate.notes)
    assert len(certify(solution, periods="all").periods) == 9
    assert certify(solution, periods=[0, 3]).periods == ("1", "4")
    assert certify(solution, periods=2).periods == ("1", "9")
    with pytest.raises(InvalidRequest, match="period 9 lies outside 0 to 8"):
        certify(solution, periods=[9])
    with pytest.raises(InvalidRequest, match="at least 1"):
        certify(solution, periods=0)
    with pytest.raises(InvalidRequest, match='must be "all"'):
        certify(solution, periods="most")


def test_what_is_no_solution_is_refused():
    with pytest.raises(TypeError, match=r"countermove\.verify\(countermove\.solve\(game\)\)"):
        verify(solved().game)


def test_numbers_that_are_not_finite_are_not_clean():
    solution = copied(solved())
    solution.found.values[1, solution.start_row, 0] = np.nan
    certificate = certify(solution)
    assert "values between periods" in failed(certificate)


def test_progress_is_told_to_the_end():
    seen = []
    certify(solved(), refine=True, progress=lambda done, total: seen.append((done, total)))
    assert seen == [(1, 4), (2, 4), (3, 4), (4, 4)]


def test_it_is_shown_in_words():
    certificate = certify(solved())
    assert repr(certificate).startswith("Certificate('little', clean; choices against logit ")
    page = certificate._repr_html_()
    assert "<strong>little: clean</strong>" in page
    assert "them" in page
