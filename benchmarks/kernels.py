"""The compiled recursion against the same in NumPy, and against what the machine can do."""

from __future__ import annotations

import numpy as np

from benchmarks import peaks, peers
from benchmarks.shape import Arrays, Shape, draw, game_of
from benchmarks.timing import Part, seconds, words
from countermove.solve.backward import backward

TARGET = 8.0


def run(*, quick: bool) -> Part:
    """Ratios in one run, on one random game; every formulation must give the same values."""
    shape = Shape(states=2_000, periods=3) if quick else Shape()
    part = Part("kernels", "The kernels against NumPy")
    arrays = draw(shape)
    world = game_of(arrays).world
    repeats = 2 if quick else 12  # many: other work on the machine only ever adds time

    def solve(*, serial: bool) -> np.ndarray:
        return backward(world, 0, serial=serial, keep_strategies=False).values[:-1]

    ours = seconds(lambda: solve(serial=False), repeats=repeats)
    alone = seconds(lambda: solve(serial=True), repeats=repeats)
    theirs = _peers(arrays, solve(serial=False), repeats=1 if quick else 3)
    name = min((n for n in theirs if n != peers.SPARSE), key=lambda n: min(theirs[n]))
    best, fastest = min(theirs[name]), min(ours)
    part.add("kernels, all cores", words(ours))
    part.add("kernels, one core", words(alone))
    for peer, times in theirs.items():
        part.add(f"peer: {peer}", words(times))
    ratio = min(theirs[peers.VECTORISED]) / fastest
    part.add(
        "NumPy vectorised over all states ÷ kernels, all cores",
        f"{ratio:.1f} ×",
        f"{TARGET:g} ×",
        ratio >= TARGET,
    )
    part.add("fastest NumPy, in blocks of states ÷ kernels, all cores", f"{best / fastest:.1f} ×")
    part.add("fastest NumPy, in blocks of states ÷ kernels, one core", f"{best / min(alone):.1f} ×")
    compiled = min(theirs[peers.SPARSE])
    part.add("scipy's compiled CSR product ÷ kernels, all cores", f"{compiled / fastest:.1f} ×")
    part.notes.append(
        f"{_words(shape)}; successors anywhere among the states. Ratios are of the least times. "
        "The target is held against the recursion as it is written in NumPy, whole arrays of "
        f"states at a time; the fastest that we found in NumPy alone ({name}) works on blocks that "
        "fit a cache, and the product with a sparse matrix is a loop that scipy compiled: both "
        "stand beside it. All give the kernels' values to 1e-12, and all keep the values at the "
        "start of every period."
    )
    _roofline(part, arrays, min(ours), quick=quick)
    return part


def _words(shape: Shape) -> str:
    return (
        f"{shape.states:,} states, {shape.players} players × {shape.actions} actions × "
        f"{shape.successors} successors, {shape.columns} columns, {shape.periods} periods"
    )


def _peers(arrays: Arrays, expected: np.ndarray, *, repeats: int) -> dict[str, list[float]]:
    found = {}
    for name, steps in peers.formulations(arrays).items():
        if not np.allclose(peers.solve(arrays, steps), expected, rtol=1e-12, atol=1e-12):
            raise AssertionError(f"{name} and the kernels disagree")
        found[name] = seconds(lambda steps=steps: peers.solve(arrays, steps), repeats=repeats)
    return found


def _roofline(part: Part, arrays: Arrays, time: float, *, quick: bool) -> None:
    """Which of the machine's limits is nearest?"""
    shape = arrays.shape
    repeats = 2 if quick else 5
    rows = np.concatenate([s.reshape(-1) for s in arrays.successors]).astype(np.uint32)
    triad = peaks.bandwidth(megabytes=16 if quick else 256, repeats=repeats)
    gathers = peaks.gathers(rows, shape.states, repeats=repeats)
    arithmetic = peaks.arithmetic(n=100_000 if quick else 5_000_000, repeats=repeats)
    shares = {
        "memory bandwidth": _streamed(shape) / time / triad,
        "random gathers": shape.branches / time / gathers,
        "arithmetic": _operations(shape) / time / arithmetic,
    }
    part.add(
        "memory bandwidth: reached of measured (triad)",
        f"{_streamed(shape) / time / 1e9:.1f} of {triad / 1e9:.1f} GB/s "
        f"({shares['memory bandwidth']:.0%})",
    )
    part.add(
        "random gathers of 64-byte rows: reached of measured (weighted sums of rows alone)",
        f"{shape.branches / time / 1e6:.0f} of {gathers / 1e6:.0f} million/s "
        f"({shares['random gathers']:.0%})",
    )
    part.add(
        "arithmetic: reached of measured (fused multiply-adds)",
        f"{_operations(shape) / time / 1e9:.1f} of {arithmetic / 1e9:.0f} Gflop/s "
        f"({shares['arithmetic']:.0%})",
    )
    binding = max(shares, key=lambda name: shares[name])
    table = shape.states * shape.columns * 8 / 1e6
    part.notes.append(
        f"The binding limit is {binding}. What is streamed: odds and successors of each branch, "
        f"and each state's strategy, cost and values, once a step; the gathered table has "
        f"{table:.3g} MB. One gather takes {1e9 * time / shape.branches:.2g} ns of wall time."
    )


def _streamed(shape: Shape) -> float:
    """Bytes that must come from or go to memory at least once in a solve."""
    per_action = shape.successors * (8 + 4) + 8 + 8 + 8 + 1  # odds, successors, pointer, cost, σ
    per_state = shape.actions * per_action + 8 * shape.columns * 2 + 4
    return float(shape.states * shape.players * shape.periods * per_state)


def _operations(shape: Shape) -> float:
    """Floating-point operations: expectations, the average over actions, the exponentials."""
    per_action = 2 * shape.columns * (shape.successors + 1) + 40  # an exponential takes about 40
    return float(shape.states * shape.players * shape.periods * shape.actions * per_action)
