"""``search``: a policy's levers set so that they do best, over worlds, against who adapts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from countermove.errors import SolveError
from countermove.explore.cases import Case, Evaluator, Outcome
from countermove.explore.levers import Setting, as_written
from countermove.explore.objectives import Objective
from countermove.explore.search_algorithm import ALL, run
from countermove.explore.search_archive import Archive
from countermove.explore.search_folder import Folder, opened
from countermove.explore.search_front import Front, front_of
from countermove.explore.search_plan import Plan, plan_of
from countermove.explore.search_points import Point
from countermove.explore.search_worlds import World, Worlds, worlds_of
from countermove.language.model import Scenario

Progress = Callable[[int, int], None]  # solves done and in all, as far as can be foreseen


class Evaluates(Protocol):
    """What a search asks of an ``Evaluator``."""

    def outcomes(
        self,
        jobs: Any,
        *,
        threads: int | None = None,
        progress: Callable[[int, int], None] | None = None,
    ) -> list[Outcome]:
        """The outcomes of jobs (a case and parameters), in their order."""
        ...


@dataclass(frozen=True, slots=True)
class Search:
    """What a search has found.

    ``points`` are all settings that were tried, in order; ``written`` the policy as the scenario
    has it; ``front`` those that no other beats. ``generations`` were gone through, the last that
    changed the front being ``changed``. ``solves`` were made this time, others known before.
    """

    plan: Plan
    points: tuple[Point, ...]
    written: Point
    front: Front
    generations: int
    changed: int
    solves: int
    folder: Path | None = None

    @property
    def failed(self) -> int:
        """How many settings failed in some world."""
        return sum(not point.holds for point in self.points)

    @property
    def reasons(self) -> dict[str, int]:
        """Why settings failed, with how many of them: the most frequent first."""
        return dict(Counter(p.reason for p in self.points if not p.holds).most_common())

    def _repr_html_(self) -> str:
        from countermove.explore.notebook_worlds import search_view

        return search_view(self)


def search(
    scenario: Scenario,
    policy: str,
    *,
    of: Sequence[str | Objective] | None = None,
    view: str | None = None,
    worlds: int = 16,
    seed: int = 0,
    statistic: str = "mean",
    population: int | None = None,
    generations: int = 20,
    folder: str | Path | None = None,
    restart: bool = False,
    threads: int | None = None,
    max_memory: str | int | None = None,
    evaluator: Evaluates | None = None,
    parameters_of_world: Worlds | None = None,
    progress: Progress | None = None,
    note: Callable[[str], None] | None = None,
) -> Search:
    """Search a policy's levers for what does best by several objectives, met by adaptive others.

    ``of`` are up to three objectives (``KEY``, ``KEY:low``, ``KEY:high``); by default what the
    player bound wants, and up to two measures of which the scenario says what is better. Every
    setting is tried in the same ``worlds`` (0: the values as stated) and summed up by a
    ``statistic``: ``mean``, ``worst``, or ``p10`` and its like, a percentile from the bad end. A
    setting that fails in any world breaks a constraint, by the number of those worlds.

    In a ``folder`` what was tried is kept after each generation, and the same search goes on from
    there to exactly the result of an undisturbed one; with more ``generations`` it goes on beyond.
    ``evaluator`` and ``parameters_of_world`` stand in for those of the scenario. ``progress`` is
    called with solves done and in all, ``note`` with how far it is in words.

    Raises ``UnknownName``, ``InvalidRequest``, ``OutputExists``, what compiling raises, and
    ``SolveError`` where no setting could be solved in all worlds.
    """
    plan = plan_of(
        scenario,
        policy,
        of=of,
        view=view,
        worlds=worlds,
        seed=seed,
        statistic_name=statistic,
        population=population,
        generations=generations,
    )
    drawn = (parameters_of_world or worlds_of)(plan)
    tested = evaluator or Evaluator(scenario, measures=plan.keys, max_memory=max_memory)
    if isinstance(tested, Evaluator):
        tested.prepare([plan.case])
    with _folder(folder, plan, restart) as kept:
        return _Trials(plan, drawn, tested, kept, threads, progress, note).search()


@contextmanager
def _folder(path: str | Path | None, plan: Plan, restart: bool) -> Iterator[Folder | None]:
    with nullcontext() if path is None else opened(Path(path), plan, restart=restart) as found:
        yield found


class _Trials:
    """Tries settings, and keeps what came of them."""

    def __init__(
        self,
        plan: Plan,
        drawn: Sequence[World],
        evaluator: Evaluates,
        folder: Folder | None,
        threads: int | None,
        progress: Progress | None,
        note: Callable[[str], None] | None,
    ) -> None:
        self._plan, self._drawn, self._evaluator = plan, drawn, evaluator
        self._folder, self._threads = folder, threads
        self._progress, self._note = progress, note
        self._known = folder.archive if folder is not None else Archive()
        self._seen = Archive()  # in the order of this search, as if nothing had been known
        self._generation = self._solves = 0

    def search(self) -> Search:
        """All generations; the front of what they tried."""
        plan = self._plan
        start = as_written(plan.levers)
        (written,) = self._tried(0, [start])
        run(
            plan.method,
            plan.levers,
            plan.objectives,
            self._tried,
            population=plan.population,
            generations=plan.generations,
            seed=plan.seed,
        )
        found = self._concluded(written)
        if self._folder is not None:
            points = self._seen.first(self._known)
            self._folder.finish(points, found.front, found.generations)
        if not found.front.points:
            raise SolveError(
                f"no setting of {plan.policy!r} could be solved in all worlds; mostly, "
                + next(iter(found.reasons))
            )
        return found

    def _concluded(self, written: Point) -> Search:
        points = tuple(self._seen.points.values())
        front = front_of(points, self._plan.objectives)
        changed = max((point.generation for point in front.points), default=0)
        folder = self._folder.path if self._folder is not None else None
        return Search(
            self._plan,
            points,
            written,
            front,
            self._generation,
            changed,
            self._solves,
            folder,
        )

    def _tried(self, generation: int, settings: list[Setting]) -> list[Point]:
        """The points of settings; those tried before are not solved again."""
        self._generation = generation
        if self._note is not None:
            of = f" of {self._plan.generations:,}" if self._plan.method != ALL else ""
            self._note(f"generation {generation:,}{of}, {len(self._seen.points):,} settings tried")
        new = [s for s in dict.fromkeys(settings) if s not in self._known.points]
        if new:
            self._known.add(self._solved(generation, new))
            if self._folder is not None:
                self._folder.keep(self._seen.first(self._known))
        found = [replace(self._known.points[s], generation=generation) for s in settings]
        self._seen.add(found)
        return found

    def _solved(self, generation: int, settings: Sequence[Setting]) -> list[Point]:
        names = [lever.name for lever in self._plan.levers]
        jobs: list[tuple[Case, dict[str, float]]] = [
            (self._plan.case, {**world, **dict(zip(names, setting, strict=True))})
            for setting in settings
            for world in self._drawn
        ]
        outcomes = self._evaluator.outcomes(jobs, threads=self._threads, progress=self._told(jobs))
        self._solves += len(jobs)
        size = len(self._drawn)
        return [
            self._point(generation, setting, outcomes[at * size : (at + 1) * size])
            for at, setting in enumerate(settings)
        ]

    def _told(self, jobs: Sequence[Any]) -> Progress | None:
        if self._progress is None:
            return None
        plan, told = self._plan, self._progress
        tried = len(self._seen.points)
        most = 1 + plan.population * plan.generations
        before, whole = tried * len(self._drawn), most * len(self._drawn)
        return lambda done, total: told(before + done, max(whole, before + total))

    def _point(self, generation: int, setting: Setting, outcomes: Sequence[Outcome]) -> Point:
        objectives = self._plan.objectives
        values = np.array(
            [[o.values.get(x.key, np.nan) for x in objectives] for o in outcomes], dtype=float
        ).reshape(len(outcomes), len(objectives))
        reasons = [
            reason
            for outcome, row in zip(outcomes, values, strict=True)
            if (reason := _reason(outcome, objectives, row))
        ]
        if reasons:
            nothing = (float("nan"),) * len(objectives)
            return Point(setting, nothing, len(reasons), generation, reasons[0])
        figures = (self._plan.statistic.of(values[:, k], o) for k, o in enumerate(objectives))
        return Point(setting, tuple(figures), 0, generation)


def _reason(outcome: Outcome, objectives: Sequence[Objective], row: Any) -> str:
    """Why a world gives no figures; empty where it does."""
    if not outcome.solved:
        return outcome.status
    keys = [o.key for o, x in zip(objectives, row, strict=True) if not np.isfinite(x)]
    return f"no figure for {', '.join(keys)}: what it is given cannot happen" if keys else ""
