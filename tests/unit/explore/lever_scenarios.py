"""Small scenarios with levers, and an evaluator that answers by a formula."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from countermove.explore.cases import Outcome

LEVERS = """
scenario: lever
title: Blockade by degrees
calendar: {periods: 4}
state:
  tension: {levels: 0..3, start: 1}
parameters:
  rise: {value: 0.6, range: [0.3, 0.9]}
  fear: {value: 0.5, range: [0.1, 1.0]}
players:
  us:
    rationality: 4
    interests: {pressure: 0.3 * tension - 0.12 * tension * tension}
    actions:
      wait:
      press: {when: tension < 3, effects: [{tension: 1, probability: rise}]}
      ease: {when: tension > 0, effects: [{tension: -1}]}
  them:
    rationality: 4
    interests: {calm: -fear * tension}
    actions:
      hold:
      concede: {costs: 0.6, effects: [{tension: -1, probability: 0.7}]}
measures:
  heat: {of: mean(tension), better: low}
  concessions: {of: "played(them, concede)", better: high}
  plain: mean(tension)
policies:
  graded:
    player: us
    levers:
      threshold: {value: 2, range: [0, 3], whole: true}
      push: {value: 0.5, range: [0, 1]}
    rules:
      - {when: tension < threshold, play: {press: push, wait: rest}}
      - {play: [ease, wait]}
  stepped:
    player: us
    levers:
      limit: {value: 2, range: [0, 3], whole: true}
    rules:
      - {when: tension < limit, play: press}
      - {play: [ease, wait]}
  plain:
    player: us
    rules: [{play: wait}]
views:
  calm: {set: {fear: 0.2}}
"""


def formula_scenario(levers: str) -> str:
    """A scenario whose policy ``p`` has these levers, all read; its measures are f1 and f2."""
    names = [line.split(":")[0] for line in levers.split(";")]
    listed = "\n".join(f"      {line.strip()}" for line in levers.split(";"))
    reading = " + ".join(f"0 * {name.strip()}" for name in names)
    return f"""
scenario: formula
title: One
calendar: {{periods: 1}}
state:
  mood: {{levels: [calm, war], start: calm}}
parameters:
  noise: {{value: 0, range: [-1, 1]}}
players:
  us:
    rationality: 4
    interests: {{calm: noise * (mood == calm)}}
    actions: {{wait: , press: {{effects: [{{mood: war}}]}}}}
measures:
  f1: {{of: ever(mood == war), better: low}}
  f2: {{of: mean(mood == war), better: low}}
policies:
  p:
    player: us
    levers:
{listed}
    rules:
      - {{play: {{press: 0.5 + {reading}, wait: rest}}}}
"""


Formula = Callable[[Mapping[str, float]], Mapping[str, float] | str]


class Answers:
    """Stands in for an ``Evaluator``: parameters go through a formula; a text is a failure.

    After ``stop`` calls it behaves as if it had been interrupted.
    """

    def __init__(self, formula: Formula, *, stop: int | None = None) -> None:
        self.formula, self.stop = formula, stop
        self.calls = 0
        self.jobs: list[Mapping[str, float]] = []

    def outcomes(
        self, jobs: Any, *, threads: int | None = None, progress: Any = None
    ) -> list[Outcome]:
        listed = list(jobs)
        if self.stop is not None and self.calls >= self.stop:
            raise KeyboardInterrupt
        self.calls += 1
        self.jobs += [parameters for _, parameters in listed]
        if progress is not None:
            progress(len(listed), len(listed))
        return [self._outcome(case, parameters) for case, parameters in listed]

    def _outcome(self, case: Any, parameters: Mapping[str, float]) -> Outcome:
        found = self.formula(parameters)
        if isinstance(found, str):
            return Outcome(case, found)
        return Outcome(case, "solved", found, 0.0)
