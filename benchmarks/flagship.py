"""The main scenario: how long compiling and solving it take."""

from __future__ import annotations

import statistics
import time

from benchmarks.timing import Part, short, words
from countermove import compile, load, solve

SCENARIO, TARGET = "us-iraq-2020", 10.0


def run(*, quick: bool) -> Part:
    """Seconds of ``compile`` and of ``solve``, the kernels loaded."""
    scenario = load(SCENARIO)
    solve(compile(scenario), keep_strategies=False)
    compiled, solved = [], []
    for _ in range(1 if quick else 5):
        began = time.perf_counter()
        game = compile(scenario)
        compiled.append(time.perf_counter() - began)
        began = time.perf_counter()
        solution = solve(game)
        solved.append(time.perf_counter() - began)
    if solution.status != "solved":
        raise AssertionError(solution.status)
    part = Part("flagship", "The main scenario")
    middle = statistics.median(solved)
    part.add(f"`solve` of {SCENARIO}", words(solved), short(TARGET), middle <= TARGET)
    part.add("`compile`", words(compiled))
    part.add("residual", f"{solution.residual:.0e}")
    beliefs = game.world.beliefs
    points = f" × {beliefs.size} belief points" if beliefs.axes else ""
    part.notes.append(
        f"{game.n_states:,} states{points}, {game.periods - game.start_period} periods, "
        f"{len(game.columns)} columns; medians (least in brackets) of {len(solved)} runs, all "
        "cores, the check of the residual included."
    )
    return part
