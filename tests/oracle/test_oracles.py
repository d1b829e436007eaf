"""Equilibria that were computed outside this project: the solver must find them again.

Probabilities are good to the digits shown; where beliefs are interpolated, as near as the grid is
known to come.
"""

import math

import pytest

from countermove.game import compile as compile_game
from countermove.language import loads
from countermove.solve import solve

EXACT = 1e-5  # the digits that are known
GRID = 2e-3  # 21 belief points, rationality up to 20


def solved(text, **options):
    solution = solve(compile_game(loads(text), **options))
    assert solution.status == "solved"
    assert solution.record.n_unsolved == 0
    assert solution.residual < 1e-9
    return solution


def at_start(solution, mover, period=0):
    """A mover's strategy at the start state, and at the prior where there are beliefs."""
    sigma = solution.strategies[mover].isel(period=period, state=solution.game.start)
    beliefs = solution.game.world.beliefs
    return sigma.isel(belief=beliefs.start) if beliefs.axes else sigma


def bimatrix(first, second, rationality):
    """Two actions each, at once; payoffs by row and column."""

    def table(pay):
        rows = [f"{{by: column, left: {left}, right: {right}}}" for left, right in pay]
        return f"{{by: row, up: {rows[0]}, down: {rows[1]}}}"

    return f"""
scenario: bimatrix
title: Bimatrix
calendar: {{periods: 1}}
state:
  row: {{levels: [up, down], start: up, ordered: false}}
  column: {{levels: [left, right], start: left, ordered: false}}
players:
  one:
    rationality: {rationality}
    final: {{pay: {table(first)}}}
    actions: {{go_up: {{}}, go_down: {{effects: [{{row: down}}]}}}}
  two:
    rationality: {rationality}
    final: {{pay: {table(second)}}}
    actions: {{go_left: {{}}, go_right: {{effects: [{{column: right}}]}}}}
order:
  - [one, two]
measures:
  both: ever(row == up and column == left)
"""


def test_a_constant_sum_game_of_two_who_move_at_once():
    # Gambit's own test of its logit solver.
    solution = solved(bimatrix([(1, 1), (0, 1)], [(1, 1), (2, 1)], 1))
    row, column = float(at_start(solution, "one")[0]), float(at_start(solution, "two")[0])
    assert row == pytest.approx(0.642979, abs=EXACT)
    assert column == pytest.approx(0.588319, abs=EXACT)
    assert solution.measures["both"].value == pytest.approx(row * column, abs=1e-12)


@pytest.mark.parametrize(("rationality", "stag"), [(0.5, 0.195846), (1, 0.020264)])
def test_a_stag_hunt(rationality, stag):
    # From the documentation of sgamesolver.
    solution = solved(bimatrix([(10, 1), (8, 5)], [(10, 8), (1, 5)], rationality))
    for player in ("one", "two"):
        assert float(at_start(solution, player)[0]) == pytest.approx(stag, abs=EXACT)


BEER = """
scenario: breakfast
title: Beer and quiche
calendar: {periods: 1}
state:
  meal: {levels: [none_yet, beer, quiche], start: none_yet, ordered: false}
  end: {levels: [peace, duel], start: peace, ordered: false}
players:
  sender:
    rationality: 1
    types: {wimp: 0.1, surly: rest}
    final:
      peace: 2 * (end == peace)
      taste: {by: type, wimp: meal == quiche, surly: meal == beer}
    actions:
      drink: {effects: [{meal: beer}]}
      eat: {effects: [{meal: quiche}]}
  receiver:
    rationality: 1
    final:
      right: {by: type(sender), wimp: end == duel, surly: end == peace}
    actions:
      fight: {effects: [{end: duel}]}
      leave: {}
order: [sender, receiver]
measures:
  beer_if_wimp: {of: "played(sender, drink)", given: type(sender) == wimp}
  beer_if_surly: {of: "played(sender, drink)", given: type(sender) == surly}
  duel_after_beer: {of: "played(receiver, fight)", given: meal == beer}
  duel_after_quiche: {of: "played(receiver, fight)", given: meal == quiche}
  wimp_after_beer: belief(sender, wimp) after drink
"""


def test_beer_and_quiche():
    # Cho and Kreps 1987; no belief is interpolated between the sender and the end but the
    # receiver's, so the grid shows by a little.
    solution = solved(BEER)
    value = {name: m.value for name, m in solution.measures.items()}
    assert value["beer_if_wimp"] == pytest.approx(0.30585, abs=1e-3)
    assert value["beer_if_surly"] == pytest.approx(0.76502, abs=1e-3)
    assert value["duel_after_beer"] == pytest.approx(0.28599, abs=1e-3)
    assert value["duel_after_quiche"] == pytest.approx(0.37619, abs=1e-3)
    drinks = at_start(solution, "sender").sel(action="drink")
    assert value["beer_if_wimp"] == pytest.approx(float(drinks.sel(type="wimp")), abs=1e-12)
    bayes = (
        0.1 * value["beer_if_wimp"] / (0.1 * value["beer_if_wimp"] + 0.9 * value["beer_if_surly"])
    )
    assert value["wimp_after_beer"] == pytest.approx(bayes, abs=1e-12)


CRISIS = """
scenario: threat
title: The little crisis
calendar: {periods: 1}
state:
  stage:
    levels: [quiet, threat, complied, resisted, fought, backed]
    start: quiet
    ordered: false
players:
  challenger:
    rationality: LAMBDA
    types: {resolved: 0.4, bluffing: rest}
    belief_points: POINTS
    final:
      pay:
        by: stage
        complied: 1
        fought: {by: type, resolved: -0.2, bluffing: -1.5}
        backed: -0.8
        otherwise: 0
    actions:
      wait: {when: stage == quiet}
      threaten: {when: stage == quiet, effects: [{stage: threat}]}
      stand: {when: stage == resisted, effects: [{stage: fought}]}
      back_down: {when: stage == resisted, effects: [{stage: backed}]}
  target:
    rationality: LAMBDA
    final: {pay: {by: stage, complied: -1, fought: -2, backed: 1, otherwise: 0}}
    actions:
      comply: {effects: [{stage: complied}]}
      resist: {effects: [{stage: resisted}]}
order:
  - challenger
  - {step: target, when: stage == threat}
  - {step: challenger, when: stage == resisted}
measures:
  threat_if_resolved: {of: "played(challenger, threaten, stage == quiet)",
    given: type(challenger) == resolved}
  threats: played(challenger, threaten)
  complies: played(target, comply)
"""
CRISES = {3: (0.54489085, 0.24650080, 0.26855798), 8: (0.89490663, 0.31777494, 0.39225851)}


def crisis(rationality, points):
    text = CRISIS.replace("LAMBDA", str(rationality)).replace("POINTS", str(points))
    solution = solved(text)
    threatens = at_start(solution, "challenger").sel(action="threaten")
    complies = solution.measures["complies"].value / solution.measures["threats"].value
    return float(threatens[0]), float(threatens[1]), complies


@pytest.mark.parametrize("rationality", list(CRISES))
def test_the_little_crisis(rationality):
    wanted = CRISES[rationality]
    coarse, fine = crisis(rationality, 21), crisis(rationality, 401)
    assert coarse == pytest.approx(wanted, abs=GRID)
    # Twenty times as fine: four hundred times as near.
    assert fine == pytest.approx(wanted, abs=EXACT)


CHAIN = """
scenario: stores
title: A chain store and three who may enter
calendar: {periods: 3}
state:
  market: {levels: [calm, entered, fought], start: calm, ordered: false, resets: true}
players:
  entrant:
    rationality: LAMBDA
    discount: 0
    interests: {pay: "{by: market, calm: 0, entered: 0.5, fought: -0.5}"}
    actions:
      stay_out: {}
      enter: {effects: [{market: entered}]}
  incumbent:
    rationality: LAMBDA
    types: {tough: 0.1, weak: rest}
    interests:
      alone: 2 * (market == calm)
      fight: {by: type, tough: market == fought, weak: -(market == fought)}
    actions:
      acquiesce: {}
      fight: {effects: [{market: fought}]}
order: [entrant, {step: incumbent, when: market == entered}]
measures:
  entries: played(entrant, enter)
""".replace('"{', "{").replace('}"', "}")


def chain(rationality):
    """A weak incumbent's first and second fight, entry at 1/4 with two left, the first entry."""
    solution = solved(CHAIN.replace("LAMBDA", str(rationality)))
    beliefs = solution.game.world.beliefs.axes[0]
    levels = solution.states.get_level_values("market")
    calm, entered = list(levels).index("calm"), list(levels).index("entered")

    def read(mover, period, state, tough, **chosen):
        point = beliefs.index([tough, 1 - tough])
        sigma = solution.strategies[mover].isel(period=period, state=state, belief=point)
        return float(sigma.sel(**chosen))

    weak = {"type": "weak", "action": "fight"}
    return (
        read("incumbent", 0, entered, 0.1, **weak),
        read("incumbent", 1, entered, 0.25, **weak),
        read("entrant", 1, calm, 0.25, action="enter"),
        read("entrant", 0, calm, 0.1, action="enter"),
    )


def test_the_chain_store():
    # Kreps and Wilson 1982: what perfect players do, to which these come near as they err less.
    limit = (1 / 3, 1 / 3, 1 / 2, 1.0)
    away = [math.dist(chain(rationality), limit) for rationality in (5, 10, 20, 40)]
    assert away == sorted(away, reverse=True)
    first, second, at_quarter, at_first = chain(40)
    assert first == pytest.approx(0.3367, abs=1e-4)
    assert second == pytest.approx(0.3348, abs=1e-4)
    assert at_quarter == pytest.approx(0.489, abs=1e-3)
    assert at_first == pytest.approx(0.98, abs=1e-2)
