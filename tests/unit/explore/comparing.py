"""A small scenario with a score, two policies and rival views; and a view without a solution."""

from functools import cache

from countermove import language
from countermove.explore.compare import compare
from countermove.explore.comparison import Comparison
from countermove.language.model import Scenario

TEXT = """
scenario: harbour
title: A harbour under threat
calendar: {start: 2030-01-01, step: month, periods: 3}
state:
  harbour: {levels: [calm, tense, shelled], start: calm}
parameters:
  prize: {value: 1.0, range: [0, 5], assumption: true}
  pain: {value: 1.0, range: [0, 5], assumption: true}
players:
  us:
    name: The United States
    rationality: 2
    interests: {calm: 0.5 * (harbour == calm), harm: -2 * (harbour == shelled)}
    actions:
      wait: {}
      patrol: {costs: 0.2, effects: [{harbour: -1, probability: 0.5}]}
      threaten: {costs: 0.1, effects: [{harbour: tense}]}
  them:
    name: The raiders
    rationality: 2
    interests: {prize: prize * (harbour == shelled), pain: -pain * (harbour == tense)}
    actions:
      idle: {}
      shell: {costs: {them: 0.3}, effects: [{harbour: +1, probability: 0.6}]}
order: [us, them]
measures:
  shelled: {of: ever(harbour == shelled), better: low}
  patrols: played(us, patrol)
  hit: first(harbour == shelled)
  us_gets: payoff(us)
scores:
  safety: {title: Safety, player: us, weights: {shelled: -10, patrols: -0.1, payoff(us): 0.5}}
policies:
  patrol_always: {title: Patrol every month, player: us, rules: [{play: patrol}]}
  threaten_always: {player: us, rules: [{play: threaten}]}
  they_rest: {player: them, rules: [{play: idle}]}
views:
  eager: {by: An analyst, set: {prize: 4}}
  wary: {set: {pain: 4, prize: 0.2}}
  plain: {set: {prize: 1.0}}
"""

# Numbers too large to be solved under one view; the others are as they were.
BROKEN = TEXT.replace("range: [0, 5]", "range: [0, 1.0e+308]", 1) + (
    "  boundless: {set: {prize: 1.0e+308}}\n"
)


@cache
def harbour() -> Scenario:
    return language.loads(TEXT)


@cache
def broken() -> Scenario:
    return language.loads(BROKEN)


@cache
def compared() -> Comparison:
    return compare(harbour(), threads=1)


@cache
def compared_broken() -> Comparison:
    return compare(broken(), views=["own", "boundless", "eager"], threads=1)
