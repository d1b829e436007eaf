"""Small scenarios in which the value that turns a decision is known exactly."""

from __future__ import annotations

from countermove.explain.node import Node, node_of
from countermove.game import compile as compile_game
from countermove.language import loads
from countermove.solve import Solution, solve

# log σ(fight) / σ(wait) = sharp * (prize * chance - price - hump * (dial - 2)^2)
GAMBLE = """
scenario: gamble
title: A gamble
calendar: {periods: 2, start: 2030-01-01, step: month}
state:
  won: {levels: [unsettled, victory], start: unsettled, ordered: false}
sources: {book: {title: A book}}
claims: {said: {source: book, says: Fighting is dear.}}
parameters:
  prize: {value: 2, range: [1, 9], assumption: true}
  price: {value: 1.5, range: [0.2, 4], unit: bn dollars, cites: [said]}
  chance: {value: 0.5, range: [0.1, 0.9], assumption: true}
  sharp: {value: 3, range: [1, 9], scale: log, assumption: true}
  dial: {value: 2, range: [0, 5], assumption: true}
  hump: {value: 0, range: [0, 0], assumption: true}
  idle: {value: 1, range: [0, 2], assumption: true}
players:
  us:
    name: The United States
    rationality: sharp
    final: {prize: "prize * (won == victory) + 0 * idle"}
    actions:
      wait:
      fight:
        when: won == unsettled
        costs: price + hump * (dial - 2) * (dial - 2)
        effects: [{won: victory, probability: chance}]
  them:
    rationality: sharp
    final: {calm: "-prize * (won == victory)"}
    actions: {look: , go: {costs: price}}
order: [{step: us, when: period == 1}, them]
measures: {wins: final(won == victory)}
policies:
  meek:
    player: us
    rules: [{play: wait}]
  tuned:
    player: them
    levers: {pull: {value: 0.5, range: [0, 1]}}
    rules: [{play: {go: pull, look: rest}}]
views:
  bold: {set: {prize: 2.5, price: 2}, ranges: {prize: [2, 3.5]}}
"""

# The target moves first, at the prior: log σ(resist) / σ(give_in) = 4 * (gain - loss * resolved)
PRIOR = """
scenario: prior
title: A move at the prior
calendar: {periods: 1}
state:
  done: {levels: [calm, fought], start: calm, ordered: false}
  heard: {levels: [silence, words], start: silence, ordered: false}
parameters:
  resolved: {value: 0.2, range: [0, 1], assumption: true}
  gain: {value: 1, range: [0, 1.5], assumption: true}
  loss: {value: 2, range: [1, 4], assumption: true}
  bias: {value: 1, range: [0, 3], assumption: true}
players:
  target:
    rationality: 4
    final: {fight: "(gain - loss * (type(hawk) == hard)) * (done == fought)"}
    actions:
      give_in:
      resist: {effects: [{done: fought}]}
  hawk:
    name: The hawk
    rationality: 1
    types: {hard: resolved, soft: rest}
    final: {talk: "bias * (type == hard) * (heard == words)"}
    actions:
      quiet:
      speak: {effects: [{heard: words}]}
order: [%s]
measures: {resists: "played(target, resist)"}
"""


def solved(text: str, **asked: object) -> Solution:
    return solve(compile_game(loads(text), **asked), others=0)  # type: ignore[arg-type]


def decision(text: str, mover: str = "us", **asked: object) -> tuple[Solution, Node]:
    solution = solved(text, **asked)
    return solution, node_of(solution, mover)
