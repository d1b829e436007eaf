"""One of every result that people are shown, made from one small scenario with hostile names."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

import countermove
from countermove.explore.cases import FREE, Case, Evaluator
from countermove.explore.comparison import Comparison
from countermove.explore.discovery import Discovery, discover
from countermove.explore.discovery_questions import question
from countermove.explore.discovery_search import Search as Tree
from countermove.explore.exploration import Exploration
from countermove.explore.objectives import Objective
from countermove.explore.pivots import Pivots, pivots
from countermove.explore.robustness import Robustness, robustness
from countermove.explore.search import Search, search
from countermove.explore.sensitivity import Sensitivity, sensitivity
from countermove.explore.tradeoffs import Tradeoffs, tradeoffs
from countermove.language.model import Scenario
from countermove.solve import Solution
from unit.explore.explored import explored

HOSTILE = '<script>alert("1")</script>&'
TEXT = f"""
scenario: harbour
title: 'A harbour {HOSTILE}'
calendar: {{start: 2030-01-01, step: month, periods: 3}}
state:
  harbour: {{levels: [calm, tense, shelled], start: calm}}
  ships: {{levels: [0, 10, 20], start: "10", unit: 'ships {HOSTILE}'}}
parameters:
  prize: {{value: 1.0, range: [0, 5], assumption: true}}
  pain: {{value: 1.0, range: [0.5, 5], scale: log, assumption: true}}
players:
  us:
    name: 'The admirals {HOSTILE}'
    types: {{brave: 0.4, shy: rest}}
    rationality: 2
    interests:
      harm: {{by: type, brave: -1 * (harbour == shelled), shy: -2 * (harbour == shelled)}}
    actions:
      wait: {{}}
      patrol:
        costs: 0.2
        effects: [{{harbour: -1, probability: 0.5}}, {{ships: 1, probability: 0.3}}]
      threaten: {{costs: {{by: type, brave: 0.1, shy: 0.6}}, effects: [{{harbour: tense}}]}}
  them:
    name: The raiders
    rationality: 2
    interests: {{prize: prize * (harbour == shelled), pain: -pain * (harbour == tense)}}
    actions:
      idle: {{}}
      shell: {{costs: {{them: 0.3}}, effects: [{{harbour: +1, probability: 0.6}}]}}
events:
  council:
    when: date == 2030-02-14 and harbour > calm
    effects: [{{harbour: calm, probability: 0.5}}]
order: [us, them, council]
measures:
  shelled: {{of: ever(harbour == shelled), better: low}}
  patrols: played(us, patrol)
  hit: first(harbour == shelled)
  fleet: mean(ships)
  us_gets: payoff(us)
policies:
  patrol_always: {{player: us, rules: [{{play: patrol}}]}}
  graded:
    player: us
    levers: {{push: {{value: 0.5, range: [0, 1]}}}}
    rules: [{{play: {{threaten: push, wait: rest}}}}]
views:
  eager: {{by: An analyst, set: {{prize: 4}}}}
"""
PAYOFF = Objective("payoff(us)", 1.0)
SHELLED = Objective("shelled", -1.0)


@cache
def scenario() -> Scenario:
    return countermove.loads(TEXT)


@cache
def solution() -> Solution:
    return countermove.solve(countermove.compile(scenario()))


@cache
def comparison() -> Comparison:
    return countermove.compare(scenario())


@cache
def exploration() -> Exploration:
    """Free play is best in all worlds but those where the prize is great."""
    rng = np.random.default_rng(0)
    prize, pain = rng.uniform(0, 5, 128), rng.uniform(0.5, 5, 128)
    figures = {
        "shelled": {
            FREE: prize / 6, "patrol_always": prize / 8, "graded": np.full(128, 0.6),
        },
        "payoff(us)": {
            FREE: np.where(prize > 4, -3.0, 0.0) - 0.01 * pain,
            "patrol_always": np.full(128, -0.9) - 0.02 * pain,
            "graded": np.full(128, -1.2) - 0.3 * pain,
        },
    }  # fmt: skip
    return explored(figures, scenario=scenario(), worlds={"prize": prize, "pain": pain})


@cache
def robust() -> Robustness:
    return robustness(exploration(), PAYOFF, resamples=50)


@cache
def sensitive() -> Sensitivity:
    return sensitivity(exploration(), "payoff(us)", resamples=20)


@cache
def discovered() -> Discovery:
    asked = question(scenario(), key="payoff(us)", below=-1)
    return discover(exploration(), asked, search=Tree(method="cart"), resamples=0)


@cache
def traded() -> Tradeoffs:
    return tradeoffs(exploration(), [PAYOFF, SHELLED], resamples=50)


@cache
def turning() -> Pivots:
    cases = [Case(), Case(policy="patrol_always", met="adaptive")]
    return pivots(Evaluator(scenario()), SHELLED, cases, points=3, tolerance=0.05)


@cache
def searched() -> Search:
    return search(scenario(), "graded", of=[SHELLED, PAYOFF], worlds=0, population=8, generations=1)


@cache
def results() -> dict[str, Any]:
    """By the names of their classes."""
    known = ["us"]  # whose types the surprised do not learn
    other = TEXT.replace("probability: 0.3", "probability: 0.5")
    bound = countermove.compile(scenario(), policy="patrol_always", known=known)
    return {
        "Scenario": scenario(),
        "Game": solution().game,
        "Solution": solution(),
        "Certificate": countermove.verify(solution()),
        "Simulation": countermove.simulate(solution(), paths=50),
        "Surprised": countermove.surprised(solution(), bound),
        "Comparison": comparison(),
        "Difference": countermove.diff(scenario(), countermove.loads(other)),
        "Exploration": exploration(),
        "Robustness": robust(),
        "Sensitivity": sensitive(),
        "Discovery": discovered(),
        "Tradeoffs": traded(),
        "Pivots": turning(),
        "Search": searched(),
        "Outcome": comparison().outcomes[0],
        "Diagnostics": countermove.check("no-such-scenario"),
        "Diagnostic": countermove.check("no-such-scenario")[0],
    }
