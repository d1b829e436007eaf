"""Games whose answers are known: from other programs' documentation, or on paper."""

import math

import numpy as np
import pytest

from countermove.game import Game
from countermove.game import compile as compile_game
from countermove.game.arrays import Chance, Move
from countermove.language import loads
from countermove.solve import solve

TAKEN = [(0.80, 0.20), (0.40, 1.60), (3.20, 0.80), (1.60, 6.40), (12.80, 3.20)]
CENTIPEDE = {
    0.5: [0.29626, 0.27798, 0.46488, 0.83202],
    1.0: [0.23619, 0.37630, 0.76158, 0.96083],
}


def centipede_text(rationality):
    levels = "[open, first, second, third, fourth, never]"
    pays = {
        who: "{by: pot, open: 0, "
        + ", ".join(
            f"{level}: {t[i]}"
            for level, t in zip(["first", "second", "third", "fourth", "never"], TAKEN, strict=True)
        )
        + "}"
        for i, who in enumerate("ab")
    }
    return f"""
scenario: centipede
title: Centipede
calendar: {{periods: 1}}
state:
  pot: {{levels: {levels}, start: open, ordered: false}}
players:
  one:
    rationality: {rationality}
    final: {{pot: {pays["a"]}}}
    actions:
      pass_on: {{}}
      take_first: {{when: pot == open and last(two) == nothing, effects: [{{pot: first}}]}}
      take_third: {{when: pot == open and last(two) == go_on, effects: [{{pot: third}}]}}
  two:
    rationality: {rationality}
    final: {{pot: {pays["b"]}}}
    actions:
      go_on: {{}}
      take_second: {{when: last(two) == nothing, effects: [{{pot: second}}]}}
      take_fourth: {{when: last(two) == go_on, effects: [{{pot: fourth}}]}}
events:
  end: [{{pot: never}}]
order: [one, two, one, two, end]
ends: pot != open
measures:
  took_first: ever(pot == first)
  took_fourth: ever(pot == fourth)
"""


def centipede_arrays(rationality):
    # States: the node reached (0..3), then the ends: taken at each node, or never.
    steps = []
    for node in range(4):
        successors = np.repeat(np.arange(9)[:, None, None], 2, axis=1)
        successors[node, 0], successors[node, 1] = 4 + node, node + 1 if node < 3 else 8
        legal = np.ones((9, 2), bool)
        legal[:, 0] = np.arange(9) == node
        steps.append(
            Move(
                player=("one", "two")[node % 2],
                successors=successors,
                odds=np.ones((9, 2, 1)),
                actions=("take", "pass_on"),
                legal=legal,
            )
        )
    final = np.zeros((9, 2))
    final[4:] = TAKEN
    return Game.from_arrays(
        players=("one", "two"),
        rationality=(rationality, rationality),
        discount=(1, 1),
        periods=1,
        steps=steps,
        flows=np.zeros((9, 2)),
        final=final,
        measures={f"taken{n}": ("ever", np.arange(9) == 4 + n) for n in range(4)},
    )


@pytest.mark.parametrize("rationality", CENTIPEDE)
def test_centipede_from_a_file(rationality):
    solution = solve(compile_game(loads(centipede_text(rationality))))
    found = []
    for label, action in [
        ("one", "take_first"),
        ("two", "take_second"),
        ("one#2", "take_third"),
        ("two#2", "take_fourth"),
    ]:
        strategy = solution.strategies[label][0].sel(action=action).to_numpy()
        found.append(float(np.nanmax(strategy)))
    assert found == pytest.approx(CENTIPEDE[rationality], abs=1e-5)
    passes = 1 - np.array(CENTIPEDE[rationality])
    assert solution.measures["took_fourth"].value == pytest.approx(
        passes[:3].prod() * CENTIPEDE[rationality][3], abs=1e-5
    )


@pytest.mark.parametrize("rationality", CENTIPEDE)
def test_centipede_from_arrays(rationality):
    solution = solve(centipede_arrays(rationality))
    found = [
        float(solution.strategies[label][0, node].sel(action="take"))
        for node, label in enumerate(["one", "two", "one#2", "two#2"])
    ]
    wanted = np.array(CENTIPEDE[rationality])
    assert found == pytest.approx(list(wanted), abs=1e-5)
    reached = np.concatenate([[1], np.cumprod(1 - wanted)[:-1]])
    taken = [solution.measures[f"taken{n}"].value for n in range(4)]
    assert taken == pytest.approx(list(reached * wanted), abs=1e-5)


def test_a_single_decision_is_the_softmax():
    text = """
scenario: choice
title: Choice
calendar: {periods: 1}
state:
  got: {levels: {none_got: 0, some: 1.5, much: 4, most: 7}, start: none_got}
players:
  chooser:
    rationality: 0.7
    interests: {gain: got}
    actions:
      nothing_at_all: {}
      cheap: {effects: [{got: some}], costs: 0.25}
      dear: {effects: [{got: much, probability: 0.5}], costs: {chooser: 1}}
      barred: {when: got == most, effects: [{got: most}]}
measures: {gains: payoff(chooser), cheap: "played(chooser, cheap)"}
"""
    solution = solve(compile_game(loads(text)))
    worth = np.array([0, 1.5 - 0.25, 0.5 * 4 - 1])
    odds = np.exp(0.7 * worth) / np.exp(0.7 * worth).sum()
    found = solution.strategies["chooser"].isel(period=0, state=solution.game.start)
    assert found.to_numpy() == pytest.approx([*odds, 0.0], abs=1e-15)
    assert solution.payoffs["chooser"] == pytest.approx(odds @ worth, abs=1e-14)
    assert solution.measures["gains"].value == solution.payoffs["chooser"]
    assert solution.measures["cheap"].value == pytest.approx(odds[1], abs=1e-15)


WAITING = """
scenario: waiting
title: Waiting
calendar: {{periods: {periods}}}
state: {{struck: {{levels: [no_, yes_], start: no_}}}}
parameters: {{rate: {{value: {rate}, range: [0, 1], assumption: true}}}}
players:
  onlooker:
    rationality: 1
    discount: {discount}
    interests: {{peace: struck == no_}}
    actions: {{look: {{}}}}
events: {{lightning: [{{struck: yes_, probability: rate}}]}}
measures:
  ever_struck: ever(struck == yes_)
  when_struck: first(struck == yes_)
  strikes: happened(lightning)
  calm: total(struck == no_)
  share: mean(struck == no_)
"""


@pytest.mark.parametrize(("rate", "periods"), [(0.25, 1), (0.25, 12), (0.9, 5), (0, 4), (1, 4)])
def test_waiting_times_are_geometric(rate, periods):
    text = WAITING.format(rate=rate, periods=periods, discount=0.8)
    solution = solve(compile_game(loads(text)))
    q, t = 1 - rate, np.arange(1, periods + 1)
    odds = rate * q ** (t - 1.0)
    first = solution.measures["when_struck"]
    assert first.value == pytest.approx(1 - q**periods, abs=1e-14)
    assert solution.measures["ever_struck"].value == pytest.approx(1 - q**periods, abs=1e-14)
    assert first.mean_censored == pytest.approx(odds @ t + periods * q**periods, abs=1e-12)
    if rate:
        assert first.mean_given == pytest.approx(odds @ t / odds.sum(), abs=1e-12)
    else:
        assert math.isnan(first.mean_given)
    # The event goes on happening when there is nothing left to strike.
    assert solution.measures["strikes"].value == pytest.approx(rate * periods, abs=1e-12)
    assert solution.measures["calm"].value == pytest.approx((q**t).sum(), abs=1e-12)
    assert solution.measures["share"].value == pytest.approx((q**t).mean(), abs=1e-12)
    discounted = (0.8 ** (t - 1.0) * q**t).sum()
    assert solution.payoffs["onlooker"] == pytest.approx(discounted, abs=1e-12)


def test_two_periods_discounted():
    # A thief may take one of two loaves each day; today's choice changes tomorrow's.
    text = """
scenario: loaves
title: Loaves
calendar: {periods: 2}
state: {loaves: {levels: 0..2, start: 2}}
players:
  thief:
    rationality: 2
    discount: 0.6
    interests: {left: 0.5 * loaves}
    final: {hoard: 0.25 * (loaves == 2)}
    actions:
      leave: {}
      take: {when: loaves > 0, effects: [{loaves: -1}], costs: {thief: -0.8}}
"""
    solution = solve(compile_game(loads(text)))

    def mixed(worth):
        odds = np.exp(2 * np.array(worth))
        odds /= odds.sum()
        return odds, float(odds @ worth)

    _, second_two = mixed([1 + 0.25, 0.8 + 0.5])
    _, second_one = mixed([0.5, 0.8 + 0.0])
    odds, worth = mixed([1 + 0.6 * second_two, 0.8 + 0.5 + 0.6 * second_one])
    found = solution.strategies["thief"].isel(period=0, state=solution.game.start)
    assert found.to_numpy() == pytest.approx(odds, abs=1e-14)
    assert solution.payoffs["thief"] == pytest.approx(worth, abs=1e-14)


@pytest.mark.parametrize("rationality", [0.0, 1e-3, 1e3, 1e300])
def test_extreme_rationality_is_stable(rationality):
    solution = solve(centipede_arrays(rationality))
    assert solution.status == "solved"
    found = [
        float(solution.strategies[label][0, node].sel(action="take"))
        for node, label in enumerate(["one", "two", "one#2", "two#2"])
    ]
    if rationality == 0:
        assert found == [0.5] * 4
    elif rationality > 1:
        assert found == [1.0] * 4  # the equilibrium of fully rational players
    assert np.isfinite(list(solution.payoffs.values())).all()


def test_chance_alone_from_arrays():
    # A chain of two states, whose distribution after n steps is known.
    forward, back = 0.3, 0.1
    chance = Chance("drift", [[0, 1], [1, 0]], [[1 - forward, forward], [1 - back, back]])
    game = Game.from_arrays(
        players=("nobody",),
        rationality=(1,),
        discount=(0.9,),
        periods=6,
        steps=[chance],
        flows=[[0.0], [1.0]],
        measures={"at_last": ("final", [0, 1]), "share": ("mean", [0, 1])},
    )
    solution = solve(game)
    matrix = np.array([[1 - forward, forward], [back, 1 - back]])
    there = [np.linalg.matrix_power(matrix, n)[0, 1] for n in range(1, 7)]
    assert solution.measures["at_last"].value == pytest.approx(there[-1], abs=1e-15)
    assert solution.measures["share"].value == pytest.approx(np.mean(there), abs=1e-15)
    assert solution.payoffs["nobody"] == pytest.approx(
        sum(0.9**n * p for n, p in enumerate(there)), abs=1e-14
    )
    fan = solution.forward().fans["state"]
    assert fan.sel(level="1").to_numpy() == pytest.approx(there, abs=1e-15)
