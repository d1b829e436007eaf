"""A tree of perfect information: pygambit's tracing of the agent logit against ours."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from benchmarks.environments import PYGAMBIT, Unavailable, measure, version
from benchmarks.plots import race
from benchmarks.timing import Part, seconds, short
from countermove import Game, Solution, solve
from countermove.game.arrays import Move

Floats = NDArray[np.float64]

RATIONALITY = 2.0
TARGET, JUDGED = 1_000.0, 1_023
_SAME = 1e-6
_DEFAULT = {"first_step": 0.03, "growth": 1.1}
_BOLD = {"first_step": 1.0, "growth": 1.5}
_PATIENCE = 7  # levels, beyond which the default steps take minutes


def game_of(payoffs: Floats) -> Game:
    """The tree of ``payoffs`` [L, P] at the leaves, folded: L places, whatever the level.

    Place i's two successors are 2i and 2i + 1, so that a level of the tree lies within the places
    of the next, and after all levels each leaf is a place.
    """
    leaves = len(payoffs)
    following = (2 * np.arange(leaves)[:, None] + np.arange(2)) % leaves
    names = ("p0", "p1")
    levels = leaves.bit_length() - 1
    return Game.from_arrays(
        players=names,
        rationality=[RATIONALITY] * 2,
        discount=[1.0] * 2,
        periods=1,
        steps=[
            Move(names[level % 2], following[:, :, None], np.ones((leaves, 2, 1)))
            for level in range(levels)
        ],
        flows=np.zeros((leaves, 2)),
        final=payoffs,
    )


def run(*, quick: bool) -> Part:
    """Trees of a growing number of nodes; strategies at every node must agree."""
    part = Part("trees", "Trees, against pygambit")
    try:
        name = f"pygambit {version(PYGAMBIT)}"
    except Unavailable as error:
        part.notes.append(f"Not measured: {error}")
        return part
    bold_name = "with bolder steps"
    times: dict[str, list[tuple[int, float]]] = {"Countermove": [], name: [], bold_name: []}
    apart = []
    for levels in (3, 4) if quick else (5, 6, 7, 8, 9):
        payoffs = np.random.default_rng(levels).random((2**levels, 2))
        nodes, game = 2 * len(payoffs) - 1, game_of(payoffs)
        kept: list[Solution] = []
        runs = seconds(lambda game=game, kept=kept: kept.append(solve(game)), repeats=9)
        ours, strategies = float(np.median(runs)), _strategies(kept[-1], levels)
        times["Countermove"].append((nodes, ours))
        for steps, series in ((_DEFAULT, name), (_BOLD, bold_name)):
            if steps is _DEFAULT and levels > _PATIENCE:
                continue
            given = {"payoffs": payoffs, "rationality": RATIONALITY, **steps}
            found = measure(PYGAMBIT, "peer_gambit.py", given)
            theirs = float(found["seconds"])
            apart.append(float(np.abs(found["strategies"] - strategies).max()))
            times[series].append((nodes, theirs))
            _compare(part, nodes, theirs, ours, bold=steps is _BOLD)
    if max(apart) > _SAME:
        raise AssertionError(f"strategies are apart by {apart}")
    part.add("largest difference of a probability", f"{max(apart):.0e}")
    part.notes.append(_words(name))
    plot = race(times, size="nodes", title="Seconds to solve a tree")
    part.plots["benchmark-trees.svg"] = plot
    return part


def _compare(part: Part, nodes: int, theirs: float, ours: float, *, bold: bool) -> None:
    ratio, judged = theirs / ours, bold and nodes == JUDGED
    part.add(
        f"{nodes:,} nodes: pygambit{' with bolder steps' if bold else ''} ÷ Countermove",
        f"{short(theirs)} ÷ {short(ours)} = {ratio:,.0f} ×",
        f"{TARGET:,g} ×" if judged else "",
        ratio >= TARGET if judged else None,
    )


def _words(name: str) -> str:
    return (
        "Two players take turns between two actions; of the nodes, one more than half are leaves, "
        f"with payoffs even on [0, 1]; λ = {RATIONALITY:g} for both. {name} follows the agent "
        "logit from λ = 0 (`logit_solve_lambda`) through all information sets at once; where "
        "information is perfect one backward induction is enough, which is what ours does and "
        "what the ratio mostly measures. Its default steps take minutes on the larger trees; the "
        f"quickest of six settings tried (`first_step` {_BOLD['first_step']:g}, `max_accel` "
        f"{_BOLD['growth']:g}) reach the same solution sooner, and the target is held against "
        "them. Theirs is timed once, ours is the median of several solves, the kernels loaded."
    )


def _strategies(solution: Solution, levels: int) -> Floats:
    """By node [L - 1, 2], the root first, level after level."""
    found = solution.strategies
    labels = [mover.label for head in solution.game.world.steps for mover in head.movers]
    return np.vstack([found[labels[k]].values[0, : 2**k] for k in range(levels)])
