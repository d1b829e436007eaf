"""Many small games: new parameters on one structure, solved side by side on two cores."""

from __future__ import annotations

import statistics
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from benchmarks.crisis import draw, scenario
from benchmarks.timing import Part
from countermove import Game, compile, loads, solve

TARGET = 60.0
CORES = 2


def run(*, quick: bool) -> Part:
    """Solves a second; each draws every parameter anew and evaluates all expressions again."""
    began = time.perf_counter()
    game = compile(loads(scenario(periods=4 if quick else 24)))
    compiled = time.perf_counter() - began
    count = 4 if quick else 120
    rates = [_rate(game, count, seed=seed, cores=CORES) for seed in range(1 if quick else 5)]
    single = _rate(game, count // 2, seed=99, cores=1)
    rate = statistics.median(rates)
    part = Part("small", "Many small games")
    part.add(
        f"solves a second, {CORES} threads: median (best) of {len(rates)} runs of {count}",
        f"{rate:.0f} ({max(rates):.0f})",
        f"{TARGET:g}",
        None if quick else rate >= TARGET,
    )
    part.add("solves a second, one thread", f"{single:.0f}")
    part.add("compiling the scenario, once", f"{compiled:.2f} s")
    part.notes.append(_words(game))
    return part


def _rate(game: Game, count: int, *, seed: int, cores: int) -> float:
    rng = np.random.default_rng(seed)
    draws = [draw(rng) for _ in range(count)]

    def one(values: dict[str, float]) -> str:
        drawn = game.replace(parameters=values)
        return solve(drawn, threads=1, keep_strategies=False).status

    with ThreadPoolExecutor(cores) as pool:
        list(pool.map(one, draws[:cores]))
        began = time.perf_counter()
        statuses = set(pool.map(one, draws))
        wall = time.perf_counter() - began
    if statuses != {"solved"}:
        raise AssertionError(f"not all were solved: {statuses}")
    return count / wall


def _words(game: Game) -> str:
    steps = game.world.at(game.periods - 1).steps
    branches = sum(len(step.arrays.successor) for step in steps)
    structure = game.structure
    assert structure is not None
    timed = sum(len(step.timed) for step in structure.steps)
    return (
        f"{game.n_states:,} states, {len(steps)} players × 5 actions × 3 independent effects with "
        f"odds of their own ({branches / len(steps) / 5 / game.n_states:.2f} successors on the "
        "average, as shifts are held at the ends; in all as many branches as 1,300 states with 8 "
        f"successors), {len(game.columns)} columns, {game.periods - game.start_period} periods. "
        f"6 of the 60 odds read the period, so that {timed / branches:.0%} of the branches are "
        "multiplied out again each period. `game.replace(parameters=…)` and `solve` are timed, "
        "the check of the residual included."
    )
