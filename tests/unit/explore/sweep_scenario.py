"""A crisis that is solved in a moment, and an evaluator that only pretends to solve it."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Iterable

from countermove import Scenario, loads
from countermove.explore.cases import Case, Outcome
from countermove.explore.shards import Job
from countermove.explore.sweep_plan import Plan

TEXT = """
scenario: tiny
title: One asks, the other yields or not
version: 1
calendar: {periods: 2}
state:
  demand: {levels: [quiet, made, met], start: quiet}
parameters:
  lam: {value: 3, range: [1, 9], scale: log, assumption: true}
  prize: {value: 1, range: [0.5, 2], assumption: true}
  shame: {value: 0.5, range: [0, 1], assumption: true}
  fixed: {value: 0.2, assumption: true}
players:
  us:
    rationality: lam
    final: {prize: prize * (demand == met) - fixed * (demand == made)}
    actions:
      wait: {}
      ask: {when: demand == quiet, effects: [{demand: made}]}
  them:
    rationality: lam
    final: {shame: -shame * (demand == met)}
    actions:
      refuse: {}
      give_in: {when: demand == made, effects: [{demand: met}]}
order: [us, them]
measures:
  yields: {of: ever(demand == met), better: high}
  asked: ever(demand >= made)
policies:
  always_ask: {player: us, rules: [{when: demand == quiet, play: ask}]}
  never_ask: {player: us, rules: [{forbid: [ask]}]}
  stand_firm: {player: them, rules: [{forbid: [give_in]}]}
views:
  shy: {by: Somebody, set: {shame: 0.9}, ranges: {prize: [1, 3]}}
  bold: {by: Somebody else, set: {lam: 6}}
"""


def tiny() -> Scenario:
    return loads(TEXT)


class Pretender:
    """Values that follow from the draw alone; draws with a high ``lam`` are not solved."""

    keys = ("yields", "payoff(us)")

    def __init__(self, fails_above: float = math.inf, before: Callable[[], None] | None = None):
        self._fails_above = fails_above
        self._before = before
        self.solved = 0
        self.threads: set[int | None] = set()
        self._lock = threading.Lock()

    def prepare(self, cases: Iterable[Case]) -> None:
        assert len({*cases}) > 0

    def outcomes(
        self,
        jobs: Iterable[Job],
        *,
        threads: int | None = None,
        progress: Callable[[int, int], None] | None = None,
    ) -> list[Outcome]:
        if self._before is not None:
            self._before()
        self.threads.add(threads)
        found = [self._outcome(case, parameters or {}) for case, parameters in jobs]
        with self._lock:
            self.solved += len(found)
        if progress is not None:
            progress(len(found), len(found))
        return found

    def _outcome(self, case: Case, drawn: dict[str, float]) -> Outcome:
        if drawn["lam"] > self._fails_above and case.policy != "never_ask":
            return Outcome(case, "no answer", unsolved=3)
        gain = {None: 0.0, "always_ask": 0.6, "never_ask": -0.5}[case.policy]
        worth = drawn["prize"] - drawn["shame"] + gain * drawn["lam"]
        return Outcome(case, "solved", {"yields": math.nan, "payoff(us)": worth}, 1e-12, 0)


def pretending(evaluator: Pretender) -> Callable[[Plan, object], Pretender]:
    return lambda plan, max_memory: evaluator
