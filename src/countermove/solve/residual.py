"""The residual: strategies of one period computed again in plain NumPy, against the kernels'."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from countermove.game.numbers import PeriodNumbers, StepArrays, World
from countermove.solve.backward import Backward, has_fixed_points, strategies_of

Floats = NDArray[np.float64]
_LARGE = 20_000_000  # branches × payoffs beyond which only the period's last move is checked


def residual(world: World, found: Backward, *, serial: bool) -> float:
    """``max |σ - softmax(λ Q)|`` over the first period's moves, Q by NumPy from the values.

    A game too large for that is checked at the last move of its last period alone. Where choices
    are fixed points, the loops measure the residual of every one as they go, and the largest is
    returned.
    """
    if world.beliefs.size > 1 or any(has_fixed_points(head) for head in world.steps):
        return found.record.residual
    work = sum(len(s.arrays.successor) for s in world.at(world.start_period).steps)
    with np.errstate(
        over="ignore", invalid="ignore"
    ):  # told by the result, which is then no number
        if work * world.n_payoffs <= _LARGE:
            return _period(world, found, world.start_period, serial, whole=True)
        return _period(world, found, world.periods - 1, serial, whole=False)


def _period(world: World, found: Backward, period: int, serial: bool, *, whole: bool) -> float:
    strategies = strategies_of(world, found, period, serial=serial)
    numbers = world.at(period)
    values = _at_end(world, numbers, found.values[period + 1 - world.start_period])
    worst = 0.0
    for step, strategy in zip(reversed(numbers.steps), reversed(strategies), strict=True):
        arrays = step.arrays
        if not len(arrays.moving):
            continue
        sample = arrays.moving if whole else arrays.moving[:10_000]
        sigma, mixed = _step(arrays, sample, values)
        if step.kind == "move":
            # NumPy's maximum, unlike Python's, lets through what is not a number.
            worst = float(np.maximum(worst, np.abs(sigma - strategy[sample]).max(initial=0.0)))
            if not whole:
                return worst
        if not whole and not np.array_equal(sample, arrays.moving):
            return worst
        values = values.copy()
        values[sample] = mixed
    return worst


def _at_end(world: World, numbers: PeriodNumbers, following: Floats) -> Floats:
    """Payoffs [S, P] at the period's end."""
    n = world.n_payoffs
    values = numbers.add[:, :n] + numbers.keep[:, :n] * following[numbers.carry, :n]
    if numbers.over.size:
        values = np.where(numbers.over[:, None] != 0, numbers.add[:, :n], values)
    return np.asarray(values)


def _step(arrays: StepArrays, states: NDArray[np.int32], values: Floats) -> tuple[Floats, Floats]:
    """σ [N, A] and values [N, P] of some states, before the step."""
    n_actions, n_payoffs = arrays.legal.shape[1], values.shape[1]
    owner = (states[:, None].astype(np.int64) * n_actions + np.arange(n_actions)).reshape(-1)
    low, counts = arrays.pointer[owner], np.diff(arrays.pointer)[owner]
    slot = np.repeat(np.arange(len(owner)), counts)
    branch = np.repeat(low - np.cumsum(counts) + counts, counts) + np.arange(counts.sum())
    q = np.zeros((len(owner), n_payoffs))
    for c in range(n_payoffs):
        terms = arrays.odds[branch] * values[arrays.successor[branch], c]
        q[:, c] = np.bincount(slot, weights=terms, minlength=len(owner))
    by_action: Floats = q.reshape(len(states), n_actions, n_payoffs)
    for k, (action, column) in enumerate(
        zip(arrays.charge_action, arrays.charge_column, strict=True)
    ):
        if column < n_payoffs:
            by_action[:, action, column] += arrays.charge[states, k]
    sigma = np.ones((len(states), n_actions))
    if len(arrays.column):
        legal = arrays.legal[states] != 0
        worth = np.where(legal, by_action[:, :, arrays.column[0]], -np.inf)
        # The best first: payoffs times a large rationality may pass what a float holds.
        worth -= worth.max(axis=1, keepdims=True)
        sigma = np.where(legal, np.exp(arrays.rationality[0] * worth), 0.0)
        sigma /= sigma.sum(axis=1, keepdims=True)
        if len(arrays.bound):
            bound = arrays.bound[states, 0] != 0
            sigma = np.where(bound[:, None], arrays.mixture[states], sigma)
    mixed = np.einsum("na,nap->np", sigma, np.where(sigma[:, :, None] > 0, by_action, 0.0))
    return sigma, mixed
