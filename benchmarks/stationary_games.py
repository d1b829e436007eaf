"""Games without an end: sgamesolver's homotopy to one λ against ours, on the same random games."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from benchmarks.environments import SGAMESOLVER, Unavailable, measure, version
from benchmarks.plots import race
from benchmarks.timing import Part, seconds, short
from countermove import Game, Solution, solve
from countermove.game.arrays import Joint

Floats = NDArray[np.float64]

ACTIONS, DISCOUNT, RATIONALITY = 4, 0.95, 5.0
TARGET, JUDGED = 100.0, (64, 128)
_SAME = 1e-6  # strategies nearer than this are one equilibrium
_OFF = 1e-7  # the tolerance to which the peer solves its equations
_NAMES = ("p0", "p1")
_DEFAULT = {"first_step": 0.01, "growth": 1.2}
_BOLD = {"first_step": 1.0, "growth": 2.0}


@dataclass(frozen=True)
class Drawn:
    """``payoffs`` [S, P, A, A] and ``transitions`` [S, A, A, S] of two players."""

    payoffs: Floats
    transitions: Floats


def draw(states: int, *, seed: int = 0) -> Drawn:
    """Payoffs even on [0, 1], each profile leading anywhere: as sgamesolver's own random games."""
    rng = np.random.default_rng(seed)
    transitions = rng.exponential(size=(states, ACTIONS, ACTIONS, states))
    transitions /= transitions.sum(axis=-1, keepdims=True)
    return Drawn(rng.random((states, 2, ACTIONS, ACTIONS)), transitions)


def game_of(drawn: Drawn) -> Game:
    """The same game as arrays: what a profile pays is a cost below zero, paid when it is played."""
    states, profiles = len(drawn.payoffs), ACTIONS**2
    actions = tuple(f"a{i}" for i in range(ACTIONS))
    step = Joint(
        _NAMES,
        np.broadcast_to(np.arange(states), (states, profiles, states)),
        drawn.transitions.reshape(states, profiles, states),
        (actions, actions),
        costs={p: -drawn.payoffs[:, i].reshape(states, profiles) for i, p in enumerate(_NAMES)},
    )
    return Game.from_arrays(
        players=_NAMES,
        rationality=[RATIONALITY] * 2,
        discount=[DISCOUNT] * 2,
        periods=None,
        steps=[step],
        flows=np.zeros((states, 2)),
    )


def residual(drawn: Drawn, strategies: Floats) -> float:
    """``max |σ - softmax(λQ)|`` of strategies [S, P, A], their values by one linear solve."""
    first, second = strategies[:, 0], strategies[:, 1]
    flows = np.einsum("sa,sb,spab->sp", first, second, drawn.payoffs)
    moves = np.einsum("sa,sb,sabt->st", first, second, drawn.transitions)
    values = np.linalg.solve(np.eye(len(flows)) - DISCOUNT * moves, flows)
    worth = drawn.payoffs + DISCOUNT * np.einsum("sabt,tp->spab", drawn.transitions, values)
    by_action = [
        np.einsum("sab,sb->sa", worth[:, 0], second),
        np.einsum("sab,sa->sb", worth[:, 1], first),
    ]
    logits = RATIONALITY * np.stack(by_action, axis=1)
    weights = np.exp(logits - logits.max(axis=2, keepdims=True))
    return float(np.abs(weights / weights.sum(axis=2, keepdims=True) - strategies).max())


def run(*, quick: bool) -> Part:
    """Both are timed in this run; what each finds is held against the other's and certified."""
    part = Part("stationary", "Games without an end, against sgamesolver")
    try:
        name = f"sgamesolver {version(SGAMESOLVER)}"
    except Unavailable as error:
        part.notes.append(f"Not measured: {error}")
        return part
    races = [_race(states) for states in ((4, 8) if quick else (16, 32, 64, 128))]
    for one in races:
        judged = one.states in JUDGED
        ratio = one.default / one.ours
        part.add(
            f"{one.states} states: sgamesolver ÷ Countermove",
            f"{short(one.default)} ÷ {short(one.ours)} = {ratio:,.0f} ×",
            f"{TARGET:g} ×" if judged else "",
            ratio >= TARGET if judged else None,
        )
    for one in races:
        part.add(
            f"{one.states} states: sgamesolver with bolder steps ÷ Countermove",
            f"{short(one.bold)} ÷ {short(one.ours)} = {one.bold / one.ours:,.0f} ×",
        )
    same = sum(one.apart < _SAME for one in races)
    part.add("sizes at which both find one equilibrium, to 1e-6", f"{same} of {len(races)}")
    part.add("largest residual of either, computed apart", f"{max(x.off for x in races):.0e}")
    part.notes.append(_words(name))
    times = {
        "Countermove": [(one.states, one.ours) for one in races],
        name: [(one.states, one.default) for one in races],
        "with bolder steps": [(one.states, one.bold) for one in races],
    }
    title = "Seconds to a stationary equilibrium"
    part.plots["benchmark-stationary.svg"] = race(times, size="states", title=title)
    return part


def _words(name: str) -> str:
    return (
        f"2 players who move at once, {ACTIONS} actions each, payoffs even on [0, 1], each "
        f"profile leading to every state at random odds; discount {DISCOUNT}, λ = {RATIONALITY:g} "
        f"for both. {name} follows its path from λ = 0 with its compiled functions and is timed "
        "once, on all cores: with its default steps, against which the target is held, and with "
        f"the quickest of five settings that we tried (`ds_initial` {_BOLD['first_step']:g}, "
        f"`ds_inflation_factor` {_BOLD['growth']:g}). Ours is the median of several solves "
        "(residual included), the kernels loaded, without the search for other equilibria, which "
        "the peer does not make. A solution is certified by NumPy that shares code with neither: "
        "values by a linear solve, then the logit of each action's worth. One game a size. "
        "λ was chosen after a trial: at 10 the two end in different equilibria with 16 and with 64 "
        "states (not with 32), each certified, so that their times would not be of one problem; "
        "at 5 they agree."
    )


@dataclass(frozen=True)
class _Race:
    """Seconds at one size; how far the strategies are apart, and the largest residual."""

    states: int
    default: float
    bold: float
    ours: float
    apart: float
    off: float


def _race(states: int) -> _Race:
    drawn = draw(states)
    given = {
        "payoffs": drawn.payoffs,
        "transitions": drawn.transitions,
        "discount": DISCOUNT,
        "rationality": RATIONALITY,
    }
    theirs = [measure(SGAMESOLVER, "peer_sgamesolver.py", given | s) for s in (_DEFAULT, _BOLD)]
    game = game_of(drawn)
    kept: list[Solution] = []
    times = seconds(lambda: kept.append(solve(game, others=0)), repeats=9)
    if kept[-1].status != "solved":
        raise AssertionError(kept[-1].status)
    ours = np.stack([kept[-1].strategies[name].values[0] for name in _NAMES], axis=1)
    off = max(residual(drawn, x) for x in (ours, *(found["strategies"] for found in theirs)))
    if off > _OFF:
        raise AssertionError(f"a residual of {off} with {states} states")
    return _Race(
        states,
        float(theirs[0]["seconds"]),
        float(theirs[1]["seconds"]),
        float(np.median(times)),
        float(max(np.abs(found["strategies"] - ours).max() for found in theirs)),
        off,
    )
