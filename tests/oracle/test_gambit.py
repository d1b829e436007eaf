"""Gambit as an oracle: from the exported tree alone it computes beliefs and action values.

Compared at every information set that is reached: the public belief in the others' types, which
must be Gambit's to rounding, since both follow Bayes' rule on the same strategies; and the
strategy, which must be softmax(λ / discount · Gambit's action values). Between grid points our
strategies are interpolated along the exact posterior, so that this holds but for the grid's error,
which must fall as the grid gets finer; without types it holds to rounding.
"""

from functools import cache

import pytest

from countermove.game import compile as compile_game
from countermove.interop.size import estimate
from countermove.language import loads
from countermove.solve import solve
from oracle.gambit import Seen
from oracle.invent import invent
from oracle.typed_invent import invent_typed

ROUNDING = 1e-9  # the solver's tolerance for fixed points, and the decimals of the file
GRID = 2e-3  # that belief grids leave, at these rationalities
NODES = 3_000
UNTYPED = range(10)
SHORT, LONGER = 30, 8  # games with types, of one period and of two

CRISIS = """
scenario: little-crisis
title: A threat that may be a bluff
calendar: {periods: 1}
state:
  crisis: {levels: [calm, threat, complied, stood, backed], start: calm, ordered: false}
parameters:
  sharp: {value: 3, range: [1, 10], assumption: true}
players:
  us:
    rationality: sharp
    types: {resolved: 0.4, bluffing: rest}
    belief_points: 6
    final:
      pay:
        by: crisis
        complied: 1
        stood: {by: type, resolved: -0.2, bluffing: -1.5}
        backed: -0.8
        otherwise: 0
    actions:
      wait: {when: crisis == calm}
      threaten: {when: crisis == calm, effects: [{crisis: threat}]}
      stand_firm: {when: crisis == threat, effects: [{crisis: stood}]}
      back_down: {when: crisis == threat, effects: [{crisis: backed}]}
  them:
    rationality: sharp
    final: {pay: {by: crisis, complied: -1, stood: -2, backed: 1, otherwise: 0}}
    actions:
      comply: {effects: [{crisis: complied}]}
      resist: {}
order:
  - us
  - {step: them, when: crisis == threat}
  - {step: us, when: crisis == threat}
"""


@cache
def seen(text, *, finer=1, policy=None):
    """Gambit's view of a solved game, on belief grids with ``finer`` times the cells."""
    game = compile_game(loads(text), policy=policy, belief_points=finer)
    solution = solve(game, threads=1, keep_strategies=True)
    assert solution.status == "solved"
    return Seen(solution, max_nodes=NODES)


@cache
def invented(periods, wanted):
    """So many small games with types, by seed; of two periods with two players alone."""
    simple = {} if periods == 1 else {"east": False, "both": False, "three": False}
    found = {}
    for seed in range(200):
        text = invent_typed(seed, periods=periods, **simple)
        if estimate(compile_game(loads(text))) <= NODES:
            found[seed] = text
        if len(found) == wanted:
            return found
    raise AssertionError("hardly any invented game is small")


def everything():
    return {**invented(1, SHORT), **{-seed: text for seed, text in invented(2, LONGER).items()}}


def payoffs(reading):
    names = reading.solution.game.players
    return {name: float(reading.profile.payoffs[name]) for name in names}


@pytest.mark.parametrize("sharp", [3, 8])
def test_the_little_crisis_on_finer_and_finer_grids(sharp):
    text = CRISIS.replace("value: 3", f"value: {sharp}")
    readings = [seen(text, finer=finer) for finer in (1, 8, 64)]
    errors = [reading.worst_choice() for reading in readings]
    assert all(reading.worst_belief() < ROUNDING for reading in readings)
    # Cells 8 times finer: the error falls as they do at least, and by their square in the end.
    assert errors[0] > 8 * errors[1] > 64 * errors[2]
    assert errors[2] < 1e-4
    assert payoffs(readings[2]) == pytest.approx(readings[2].solution.payoffs, abs=1e-4)


@pytest.mark.parametrize("seed", UNTYPED)
@pytest.mark.parametrize("policy", [None, "mixed"])
def test_games_without_types(seed, policy):
    text = invent(seed).replace('"periods": 3', '"periods": 1')
    reading = seen(text, policy=policy)
    assert reading.worst_choice() < ROUNDING
    assert payoffs(reading) == pytest.approx(reading.solution.payoffs, abs=ROUNDING)


@pytest.mark.parametrize(("periods", "wanted"), [(1, SHORT), (2, LONGER)])
def test_games_with_types_redraws_and_moves_at_once(periods, wanted):
    for seed, text in invented(periods, wanted).items():
        reading = seen(text)
        assert reading.worst_belief() < ROUNDING, seed
        assert reading.worst_choice() < GRID, seed


def test_the_error_falls_with_the_grid():
    errors = {seed: seen(text).worst_choice() for seed, text in everything().items()}
    worst = sorted(errors, key=errors.get)[-4:]
    for seed in worst:
        fine = seen(everything()[seed], finer=8)
        assert fine.worst_belief() < ROUNDING, seed
        assert errors[seed] > 4 * fine.worst_choice(), seed


def test_the_games_have_what_they_are_to_test():
    readings = [seen(text) for text in everything().values()]
    decisions = [(r, d) for r in readings for d in r.tree.decisions]
    assert sum(d.type >= 0 for _, d in decisions) > 300  # of movers with types
    assert sum(d.rate < 1 for _, d in decisions) > 50  # discounted
    assert sum(d.mover > 0 for _, d in decisions) > 50  # second movers of those who move at once
    assert sum(r.believed(d.history) != r.believed(0) for r, d in decisions) > 300
    assert sum(any(e.outcome.redraw for e in r.tree.events) for r in readings) > 5
    assert sum(len(r.tree.players) > len(r.solution.game.players) for r in readings) > 2
    assert sum(r.worst_choice() > ROUNDING for r in readings) > 5  # else no posterior mattered
