"""``explore``: every policy and view in many worlds, shard by shard, to be taken up again."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from countermove.errors import InvalidRequest, OutputExists, wrong_kind
from countermove.explore.shards import (
    Evaluates,
    Factory,
    evaluator_of,
)
from countermove.explore.stable import Contest, Standing, field_of
from countermove.explore.sweep_folder import open_folder
from countermove.explore.sweep_lock import locked
from countermove.explore.sweep_plan import BeliefPoints, Plan, plan_of
from countermove.explore.sweep_run import Ended, Progress, Run, Sweep, Told

if TYPE_CHECKING:
    from countermove.explore.exploration import Exploration
    from countermove.explore.objectives import Objective
    from countermove.language.model import Scenario


@dataclass(frozen=True, slots=True)
class Swept:
    """How a run ended, and how the policies stand then."""

    ended: Ended
    progress: Progress
    standings: tuple[Standing, ...]


def explore(
    scenario: Scenario,
    *,
    worlds: int,
    folder: str | Path | None = None,
    method: str = "sobol",
    seed: int = 0,
    views: Sequence[str] | None = None,
    policies: Sequence[str] | None = None,
    player: str | None = None,
    met: Sequence[str] = ("adaptive",),
    measures: Sequence[str] | None = None,
    belief_points: BeliefPoints = None,
    shard: int | None = None,
    objective: Objective | None = None,
    until_stable: float | None = None,
    threads: int | None = None,
    max_memory: str | int | None = None,
    cluster: str | None = None,
    restart: bool = False,
    progress: Told | None = None,
) -> Exploration:
    """Solve a scenario under every policy and view in many worlds.

    A world is one draw of all uncertain parameters; all policies and views meet the same ones.
    ``views`` are names, ``"(own)"`` for the scenario's own values (the default), or ``["all"]``;
    ``policies`` all those of ``player``, or of whoever has most; ``met`` who meets them,
    ``adaptive`` or ``surprised`` others or both. ``method`` is sobol, lhs, random, saltelli or
    morris. With a ``folder`` the rows are kept there, and the same call goes on where an earlier
    one stopped, or adds worlds where the method can (sobol, random). ``until_stable`` stops early
    once the best policy by ``objective`` is the same in that share of bootstrap resamples (0.95 is
    usual). ``cluster`` is the address of a dask scheduler, or ``local``.

    Raises ``InvalidRequest``, ``UnknownName``, ``ScenarioError``, ``SizeLimitError`` and
    ``OutputExists``. A world that is not solved is a row that says why.
    """
    from countermove.explore.exploration import load_exploration
    from countermove.language.model import Scenario

    if not isinstance(scenario, Scenario):
        remedy = "countermove.explore(countermove.load(name_or_file), worlds=1024)"
        raise wrong_kind("explore", "Scenario", scenario, remedy)
    plan, space = plan_of(
        scenario,
        worlds=worlds,
        method=method,
        seed=seed,
        views=views,
        policies=policies,
        player=player,
        met=met,
        measures=measures,
        belief_points=belief_points,
        shard=shard,
    )
    goal = objective or objective_for(scenario, plan)
    with _folder(folder) as path:
        asked = Sweep(plan, space, path, goal, threads, max_memory, cluster, until_stable, restart)
        sweep(asked, progress=progress)
        found = load_exploration(path)
    return found if folder is not None else replace(found, folder=None)


@contextmanager
def _folder(folder: str | Path | None) -> Iterator[Path]:
    if folder is not None:
        yield Path(folder)
        return
    with TemporaryDirectory(prefix="countermove-") as made:
        yield Path(made)


def objective_for(scenario: Scenario, plan: Plan) -> Objective | None:
    """What policies are ranked by unless told: the wish of the player whose policies they are."""
    from countermove.explore.objectives import default_objective

    return default_objective(scenario, plan.player) if plan.player else None


def sweep(
    asked: Sweep,
    *,
    factory: Factory = evaluator_of,
    stop: Callable[[], bool] = lambda: False,
    progress: Told | None = None,
) -> Swept:
    """Compute the rows that are missing, a shard at a time; ``stop`` is asked between shards.

    Whatever ends it, what is listed in the folder is whole. ``factory`` makes the evaluator.
    """
    evaluator = factory(asked.plan, asked.max_memory)
    evaluator.prepare(asked.plan.cases)
    contest = _contest(asked, evaluator)
    _make(asked.folder)
    with locked(asked.folder):
        folder = open_folder(
            asked.folder, asked.plan, asked.space, evaluator.keys, restart=asked.restart
        )
        run = Run(asked, folder, contest, progress)
        try:
            ended = run.go(evaluator, factory, stop)
        finally:
            folder.save()
            run.keep_progress()
    return Swept(ended, run.progress(), contest.standings() if contest else ())


def _make(folder: Path) -> None:
    if folder.exists() and not folder.is_dir():
        raise OutputExists(f"{folder} is there and is no folder; name another by --output")
    folder.mkdir(parents=True, exist_ok=True)


def _contest(asked: Sweep, evaluator: Evaluates) -> Contest | None:
    field = field_of(asked.plan, asked.objective) if asked.objective else None
    if field is not None and field.objective.key not in evaluator.keys:
        if asked.until_stable is None:
            return None
        raise InvalidRequest(
            f"the ranking is by {field.objective.key!r}, which is not among the measures asked "
            f"for; add --measure '{field.objective.key}', or rank by another with --of"
        )
    if field is None and asked.until_stable is not None:
        raise InvalidRequest(
            "there is no ranking that could become stable without a policy and a figure to rank "
            "by; drop --until-stable"
        )
    return Contest(field) if field is not None else None
