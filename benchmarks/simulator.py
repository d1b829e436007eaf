"""The simulator on the flagship scenario: players' moves a second."""

from __future__ import annotations

import statistics
import time

from benchmarks.timing import Part, short
from countermove import compile, load, simulate, solve

TARGET = 5e6
SCENARIO = "us-iraq-2020"


def run(*, quick: bool) -> Part:
    """Moves that players made, divided by the wall time of ``simulate``, summaries included."""
    paths = 500 if quick else 100_000
    solution = solve(compile(load(SCENARIO)))
    simulate(solution, paths=500)
    times, moves, steps = [], 0.0, 0.0
    for seed in range(1 if quick else 7):
        began = time.perf_counter()
        simulation = simulate(solution, paths=paths, seed=seed)
        times.append(time.perf_counter() - began)
        moves = sum(float(x.sum()) for x in simulation.moves.values()) * simulation.kept
        steps = moves + sum(float(x.sum()) for x in simulation.happenings.values()) * paths
    rate, best = moves / statistics.median(times), moves / min(times)
    part = Part("simulator", "The simulator")
    part.add(
        f"players' moves a second, median (best) of {len(times)} runs",
        f"{rate / 1e6:.1f} ({best / 1e6:.1f}) million",
        "5 million",
        None if quick else rate >= TARGET,
    )
    part.add(
        "moves and events that happened, a second",
        f"{steps / statistics.median(times) / 1e6:.1f} million",
    )
    game = solution.game
    walked = len(game.world.steps) * (game.periods - game.start_period)
    part.add(
        "steps of the order walked, a second (events that do not happen included)",
        f"{walked * paths / statistics.median(times) / 1e6:.1f} million",
    )
    part.notes.append(
        f"{SCENARIO} ({game.n_states:,} states, {game.periods} periods), {paths:,} paths in "
        f"{short(statistics.median(times))}: {moves:,.0f} moves. Measures, fans, frequencies and "
        "the log of 1,000 paths are included."
    )
    return part
