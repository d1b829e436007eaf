"""Who proposes the settings to try next: pymoo's genetic algorithms, or simply all there are."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from countermove.explore.levers import Lever, Setting, as_written, count, every, settled
from countermove.explore.objectives import Objective
from countermove.explore.search_points import Floats, Point, losses

ALL, NSGA2, DE, GA = "every setting", "NSGA-II", "differential evolution", "genetic algorithm"
Try = Callable[[int, list[Setting]], list[Point]]  # the generation and what to try -> the points


def method_of(levers: Sequence[Lever], objectives: Sequence[Objective], tries: int) -> str:
    """All settings where they are no more than the tries; else the algorithm that fits.

    NSGA-II [Deb et al. 2002] for several objectives; for one, differential evolution [Storn and
    Price 1997], or a genetic algorithm where a lever is whole.
    """
    if count(levers) <= tries:
        return ALL
    if len(objectives) > 1:
        return NSGA2
    return GA if any(lever.whole for lever in levers) else DE


def run(
    method: str,
    levers: Sequence[Lever],
    objectives: Sequence[Objective],
    attempt: Try,
    *,
    population: int,
    generations: int,
    seed: int,
) -> None:
    """Have settings tried, generation by generation, the policy as written among the first.

    The same arguments, and the same points in answer, give the same settings again, and more
    generations the same ones first: so a search can be taken up by running it anew.
    """
    if method == ALL:
        for number, batch in enumerate(_batches(levers, population), 1):
            attempt(number, batch)
        return
    problem = _problem(levers, objectives)
    algorithm = _algorithm(method, levers, population, seed)
    algorithm.setup(problem, termination=("n_gen", generations), seed=seed)
    for number in range(1, generations + 1):
        if not algorithm.has_next():
            return
        proposed = algorithm.ask()
        if proposed is None or not len(proposed):
            return  # nothing new is left to try
        settings = [settled(levers, x) for x in proposed.get("X")]
        _answered(problem, proposed, attempt(number, settings), objectives)
        algorithm.tell(infills=proposed)


def _batches(levers: Sequence[Lever], size: int) -> Iterator[list[Setting]]:
    batch: list[Setting] = []
    for setting in every(levers):
        batch.append(setting)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch


def _problem(levers: Sequence[Lever], objectives: Sequence[Objective]) -> Any:
    from pymoo.core.problem import Problem

    return Problem(
        n_var=len(levers),
        n_obj=len(objectives),
        n_ieq_constr=1,
        xl=np.array([lever.low for lever in levers]),
        xu=np.array([lever.high for lever in levers]),
    )


def _answered(
    problem: Any, proposed: Any, points: Sequence[Point], objectives: Sequence[Objective]
) -> None:
    """Tell the algorithm: a point in which a world failed breaks a constraint, by so many."""
    from pymoo.core.evaluator import Evaluator
    from pymoo.problems.static import StaticProblem

    found = losses(points, objectives)
    failed = np.array([[float(point.failed)] for point in points])
    # pymoo judges points that break a constraint by that alone, but wants numbers all the same
    found = np.where(failed > 0, 0.0, found)
    Evaluator().eval(StaticProblem(problem, F=found, G=failed), proposed)


def _algorithm(method: str, levers: Sequence[Lever], population: int, seed: int) -> Any:
    from pymoo.config import Config

    Config.warnings["not_compiled"] = False
    options: dict[str, Any] = {
        "pop_size": population,
        "sampling": _first(levers, population, seed),
        "repair": _repair(levers),
    }
    if method == NSGA2:
        from pymoo.algorithms.moo.nsga2 import NSGA2 as Algorithm  # noqa: N811
    elif method == DE:
        from pymoo.algorithms.soo.nonconvex.de import DE as Algorithm  # noqa: N811
    else:
        from pymoo.algorithms.soo.nonconvex.ga import GA as Algorithm  # noqa: N811
    return Algorithm(**options)


def _first(levers: Sequence[Lever], population: int, seed: int) -> Floats:
    """The first generation [N, L]: the policy as written, then a Latin hypercube of the ranges."""
    from scipy.stats import qmc

    cube = qmc.LatinHypercube(len(levers), seed=np.random.default_rng(seed)).random(population - 1)
    low = np.array([lever.low for lever in levers])
    high = np.array([lever.high for lever in levers])
    drawn = [settled(levers, x) for x in low + cube * (high - low)]
    distinct = dict.fromkeys((as_written(levers), *drawn))
    return np.array(list(distinct))


def _repair(levers: Sequence[Lever]) -> Any:
    from pymoo.core.repair import Repair

    class Settled(Repair):  # type: ignore[misc]
        def _do(self, problem: Any, X: Any, **kwargs: Any) -> Any:
            return np.array([settled(levers, x) for x in X])

    return Settled()
