"""Cases: a scenario under a view and a policy, met by others who adapt or are surprised.

Everything that compares or explores asks an ``Evaluator``, which compiles a scenario once and then
solves it again and again under other numbers, many cases side by side.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from queue import SimpleQueue
from threading import Event, Lock
from typing import TYPE_CHECKING, Literal

from countermove.errors import InvalidRequest, ScenarioError, check_names
from countermove.game import Game, compile
from countermove.game.game import values_of
from countermove.language.model import Measure, Scenario

if TYPE_CHECKING:
    from countermove.solve import Solution
    from countermove.solve.measures import MeasureResult

FREE = "(free)"  # the policy's name in tables where nobody is bound
OWN = "(own)"  # the view's name in tables where the scenario's own values hold
SOLVED = "solved"  # the status of what was solved; any other says why not
Met = Literal["free", "adaptive", "surprised"]
Parameters = Mapping[str, float]
Job = tuple["Case", Parameters | None]


@dataclass(frozen=True, slots=True)
class Case:
    """A view and a policy (None: the scenario's own values; nobody bound), and who meets it.

    ``met`` is ``free`` where there is no policy; else ``adaptive``, by others who know the policy
    and answer it, or ``surprised``, by others who play and believe as if there were none.
    """

    view: str | None = None
    policy: str | None = None
    met: Met = "free"

    def __post_init__(self) -> None:
        if (self.policy is None) != (self.met == "free"):
            raise InvalidRequest(
                f"a case is met 'free' if and only if it has no policy, not {self.met!r} with "
                f"policy {self.policy!r}"
            )

    @property
    def view_label(self) -> str:
        """The view's name in tables."""
        return OWN if self.view is None else self.view

    @property
    def policy_label(self) -> str:
        """The policy's name in tables."""
        return FREE if self.policy is None else self.policy


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a case comes to.

    ``values`` by key: measures by name (of ``first``, its probability, and ``NAME.periods``, the
    mean time, with the horizon where it does not happen), ``payoff(PLAYER)`` and ``score(NAME)``;
    empty where not solved. ``status`` is ``solved``, or says why not; ``unsolved`` counts fixed
    points that were not found, of which there are none in what is solved.
    """

    case: Case
    status: str
    values: Mapping[str, float] = field(default_factory=dict)
    residual: float = float("nan")
    unsolved: int = 0

    @property
    def solved(self) -> bool:
        """Are the values to be relied on?"""
        return self.status == SOLVED

    def _repr_html_(self) -> str:
        from countermove.explore.notebook import outcome_view

        return outcome_view(self)


class Evaluator:
    """A scenario, compiled once, to be solved under views, policies and drawn parameters.

    ``measures`` are the keys wanted (all by default): fewer make large games quicker.
    ``belief_points`` and ``max_memory`` are as for ``countermove.compile``. Safe to share between
    threads. Raises ``UnknownName`` for a key that is none.
    """

    def __init__(
        self,
        scenario: Scenario,
        *,
        measures: Sequence[str] | None = None,
        belief_points: Mapping[str, int] | int | None = None,
        max_memory: str | int | None = None,
    ) -> None:
        self.keys, wanted = _keys(scenario, measures)
        self.scenario = replace(scenario, measures=_measures(scenario, wanted))
        self._belief_points = belief_points
        self._max_memory = max_memory
        self._games: dict[tuple[str | None, str | None, tuple[str, ...]], Game] = {}
        self._lock = Lock()

    def values_of(self, view: str | None) -> dict[str, float]:
        """Every parameter's value, under a view where one is named."""
        return values_of(self.scenario, view)

    def prepare(self, cases: Iterable[Case]) -> None:
        """Compile what these cases need, so that a fault in the scenario shows at once.

        Raises ``ScenarioError``, ``SizeLimitError`` and ``UnknownName`` as ``compile`` does.
        """
        for case in cases:
            self.game(case)

    def game(self, case: Case) -> Game:
        """The game of a case, at the parameters of its view."""
        known = self._known(case)
        with self._lock:
            found = self._games.get((case.view, case.policy, known))
            if found is None:
                found = self._compiled(case, known)
                self._games[case.view, case.policy, known] = found
        return found

    def _known(self, case: Case) -> tuple[str, ...]:
        if (
            case.met != "surprised"
            or case.policy is None
            or case.policy not in self.scenario.policies
        ):
            return ()
        bound = self.scenario.policies[case.policy].players
        return tuple(p.name for p in self.scenario.players if p.types and p.name in bound)

    def _compiled(self, case: Case, known: tuple[str, ...]) -> Game:
        for (_, _, its), game in self._games.items():
            if its == known:  # the same structure
                return game.under(view=case.view, policy=case.policy)
        return compile(
            self.scenario,
            view=case.view,
            policy=case.policy,
            max_memory=self._max_memory,
            belief_points=self._belief_points,
            known=known,
        )

    def outcome(
        self,
        case: Case,
        parameters: Parameters | None = None,
        *,
        threads: int = 1,
        progress: Callable[[int, int], None] | None = None,
    ) -> Outcome:
        """Solve a case, some of its parameters drawn anew.

        A draw that makes no game (odds that are no probabilities, …) and a solve that fails are
        statuses. Raises ``InvalidRequest`` for values outside the ranges that the scenario states.
        """
        return next(self._evaluate([case], parameters, threads=threads, progress=progress))

    def outcomes(
        self,
        jobs: Iterable[Job],
        *,
        threads: int | None = None,
        progress: Callable[[int, int], None] | None = None,
        each: Callable[[int, Outcome], None] | None = None,
    ) -> list[Outcome]:
        """Solve many cases side by side, each on one thread; their outcomes in the same order.

        ``threads`` are as many as there are cores by default. ``progress`` is called with the
        jobs done and in all, ``each`` with a job's place and outcome as soon as it is there; both
        from the thread that calls. An interruption ends what is under way within a period.
        """
        listed = list(jobs)
        self.prepare(dict.fromkeys(case for case, _ in listed))
        found: dict[int, Outcome] = {}
        stopped = Event()
        ready: SimpleQueue[tuple[int, Outcome] | BaseException] = SimpleQueue()

        def told(_done: int, _total: int) -> None:
            if stopped.is_set():
                raise _Stopped

        def work(group: list[int]) -> None:
            cases = [listed[i][0] for i in group]
            try:
                outcomes = self._evaluate(cases, listed[group[0]][1], threads=1, progress=told)
                for i, outcome in zip(group, outcomes, strict=True):
                    ready.put((i, outcome))
            except BaseException as error:
                ready.put(error)

        with ThreadPoolExecutor(threads or os.cpu_count() or 1) as pool:
            try:
                for group in _groups(listed):
                    pool.submit(work, group)
                while len(found) < len(listed):
                    arrived = ready.get()
                    if isinstance(arrived, BaseException):
                        raise arrived
                    i, outcome = arrived
                    found[i] = outcome
                    if each is not None:
                        each(i, outcome)
                    if progress is not None:
                        progress(len(found), len(listed))
            except BaseException:
                stopped.set()
                pool.shutdown(wait=False, cancel_futures=True)
                raise
        return [found[i] for i in range(len(listed))]

    def _evaluate(
        self,
        cases: Sequence[Case],
        parameters: Parameters | None,
        *,
        threads: int,
        progress: Callable[[int, int], None] | None,
    ) -> Iterator[Outcome]:
        """The outcomes of cases of one view and one draw; the free game is solved but once."""
        free: Solution | None = None
        for case in cases:
            try:
                if case.met == "adaptive":
                    yield self.outcome_of(case, self._solved(case, parameters, threads, progress))
                    continue
                if free is None:
                    keep = any(c.met == "surprised" for c in cases)
                    alone, drawn = Case(case.view), self._without_levers(parameters)
                    free = self._solved(alone, drawn, threads, progress, keep=keep)
                if case.met == "free":
                    yield self.outcome_of(case, free)
                else:
                    yield self._surprised(case, free, parameters, threads, progress)
            except ScenarioError as error:
                yield Outcome(case, f"no game: {_first_of(error)}")

    def _solved(
        self,
        case: Case,
        parameters: Parameters | None,
        threads: int,
        progress: Callable[[int, int], None] | None,
        *,
        keep: bool = False,
    ) -> Solution:
        from countermove.solve import solve

        return solve(
            self._drawn(case, parameters),
            threads=threads,
            keep_strategies=None if keep else False,
            others=0,
            progress=progress,
        )

    def _without_levers(self, parameters: Parameters | None) -> Parameters:
        """What is drawn, but for policies' levers, which free play does not know."""
        known = self.scenario.parameters
        return {
            name: value
            for name, value in (parameters or {}).items()
            if name not in known or not known[name].lever_of
        }

    def _drawn(self, case: Case, parameters: Parameters | None) -> Game:
        game = self.game(case)
        return game.replace(parameters=parameters) if parameters else game

    def _surprised(
        self,
        case: Case,
        free: Solution,
        parameters: Parameters | None,
        threads: int,
        progress: Callable[[int, int], None] | None,
    ) -> Outcome:
        from countermove.solve.surprise import surprised

        unsolved = free.found.record.n_unsolved
        if free.status != SOLVED:
            return Outcome(case, f"free play {free.status}", unsolved=unsolved)
        game = self._drawn(case, parameters)
        met = surprised(free, game, threads=threads, progress=progress)
        values = self._values(met.measures) if met.status == SOLVED else {}
        return Outcome(case, met.status, values, free.residual, unsolved)

    def outcome_of(self, case: Case, solution: Solution) -> Outcome:
        """What a solution of a case comes to, by key."""
        values = self._values(solution.measures) if solution.status == SOLVED else {}
        unsolved = solution.found.record.n_unsolved
        return Outcome(case, solution.status, values, solution.residual, unsolved)

    def _values(self, measures: Mapping[str, MeasureResult]) -> dict[str, float]:
        """The values of all keys, from the measures of a solution."""
        found = {name: m.value for name, m in measures.items()}
        for name, m in measures.items():
            if m.mean_censored is not None:
                found[f"{name}.periods"] = m.mean_censored
        for score in self.scenario.scores.values():
            parts = [(weight, found.get(key)) for key, weight in score.weights.items()]
            if all(value is not None for _, value in parts):
                found[f"score({score.name})"] = sum(w * v for w, v in parts if v is not None)
        return {key: found[key] for key in self.keys}


class _Stopped(Exception):
    """Work that nobody waits for any more."""


def _groups(jobs: Sequence[Job]) -> list[list[int]]:
    """The places of jobs that are best solved in turn: those that need the same free game."""
    together: dict[tuple[object, ...], list[int]] = {}
    for i, (case, parameters) in enumerate(jobs):
        alone = (i,) if case.met == "adaptive" else ()
        drawn = tuple(sorted((parameters or {}).items()))
        together.setdefault((case.view, drawn, *alone), []).append(i)
    return list(together.values())


def _keys(
    scenario: Scenario, wanted: Sequence[str] | None
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The keys of the values asked for, and all measures and payoffs that they rest on."""
    payoffs = [f"payoff({p.name})" for p in scenario.players]
    scores = {f"score({name})": score for name, score in scenario.scores.items()}
    known = [*scenario.measures, *payoffs, *scores]
    if wanted is None:
        wanted = known
    check_names("measure, payoff(…) or score(…)", wanted, known)
    named = dict.fromkeys(wanted)
    needed = dict(named)
    for key in named:
        if key in scores:
            needed.update(dict.fromkeys(scores[key].weights))
    keys: list[str] = []
    for key in named:
        keys.append(key)
        if key in scenario.measures and scenario.measures[key].kind == "first":
            keys.append(f"{key}.periods")
    return tuple(keys), tuple(key for key in needed if key not in scores)


def _measures(scenario: Scenario, wanted: Sequence[str]) -> dict[str, Measure]:
    """The measures with these keys; a payoff that the scenario does not measure is made one."""
    return {
        key: scenario.measures[key]
        if key in scenario.measures
        else Measure(key, "payoff", key, player=key[len("payoff(") : -1])
        for key in wanted
    }


def _first_of(error: ScenarioError) -> str:
    """The first fault of a draw in a line."""
    first = error.diagnostics[0]
    return f"{first.code} {first.message}"
