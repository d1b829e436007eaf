"""One period once more, in plain NumPy: strategies against logit, values against stored ones.

Axis letters: S states, B joint belief points, C columns, N decision points, M movers, K types, A
actions.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from countermove.game.numbers import PeriodNumbers, StepNumbers
from countermove.solve.recheck_beliefs import UNHEARD, Spread
from countermove.solve.recheck_step import (
    Facts,
    Floats,
    Indices,
    Points,
    actions_of,
    bound_at,
    mixed,
    outcomes,
    points_of,
    redrawn,
    values_of_actions,
)

_NUMBERS = 4_000_000  # that a part of the states may need at a time


@dataclass(frozen=True, slots=True)
class Spot:
    """Where something is largest, by numbers; -1 for what does not apply."""

    period: int = -1
    step: int = -1
    state: int = -1
    belief: int = -1
    mover: int = -1
    type: int = -1
    action: int = -1
    column: int = -1


@dataclass(slots=True)
class Worst:
    """The largest of what is noted, and where it is; what is not a number counts as largest."""

    size: float = 0.0
    spot: Spot = field(default_factory=Spot)

    def note(self, sizes: Floats, **where: int | Indices) -> None:
        """Note an array; ``where`` maps axes of it, by their order, to a spot's fields.

        A field's value is one number, or an array by the axis that bears the field's name in the
        order given.
        """
        if not sizes.size:
            return
        flat = np.where(np.isnan(sizes), np.inf, sizes).reshape(-1)
        at = int(flat.argmax())
        if flat[at] > self.size:
            place = np.unravel_index(at, sizes.shape)
            self.size = float(flat[at])
            self.spot = Spot(**{name: _at(value, place) for name, value in where.items()})


def _at(value: int | Indices, place: tuple[np.intp, ...]) -> int:
    """A number, or the entry of an array [N, 1, ...] that broadcasts over the sizes."""
    if isinstance(value, int):
        return value
    index = tuple(i if size > 1 else 0 for i, size in zip(place, value.shape, strict=False))
    return int(value[index])


@dataclass(slots=True)
class Faults:
    """What a recheck of periods finds.

    ``choices`` is max |σ - softmax(λQ)|, ``policies`` max |σ - the policy's mixture|, ``sums`` max
    |Σσ - 1|, ``illegal`` the largest probability of an illegal action (or the size of a negative
    one), ``values`` max |stored - recomputed| over the column's largest. ``regret`` by player is
    the largest gain of a single other choice, ``allowed`` [log A / λ] what logit choice permits
    there at the most. ``points`` counts the decisions of types that were checked.
    """

    choices: Worst = field(default_factory=Worst)
    policies: Worst = field(default_factory=Worst)
    sums: Worst = field(default_factory=Worst)
    illegal: Worst = field(default_factory=Worst)
    values: Worst = field(default_factory=Worst)
    regret: dict[str, Worst] = field(default_factory=dict)
    allowed: dict[str, float] = field(default_factory=dict)
    points: int = 0


def recheck_period(
    facts: Facts,
    numbers: PeriodNumbers,
    strategies: list[Floats],
    following: Floats,
    stored: Floats,
    frozen: Floats,
    faults: Faults,
) -> None:
    """Check a period's strategies and values [S * B, C], given the next period's.

    ``frozen`` [S * B, C] is what measures earn from the next period on where the game is over.
    """
    values = _at_end(facts, numbers, following, frozen)
    for k in range(len(numbers.steps) - 1, -1, -1):
        step = numbers.steps[k]
        after = redrawn(facts, step, values)
        values = values.copy()
        for states in _parts(facts, step, values.shape[1]):
            worth = outcomes(facts, step, states, after)
            place = np.repeat(np.arange(len(states)), facts.n_beliefs)
            belief = np.tile(np.arange(facts.n_beliefs), len(states))
            points = points_of(facts, step, strategies[k], states[place], belief)
            before = mixed(facts, step, points, worth, place)
            values[points.state * facts.n_beliefs + belief] = before
            _check_choices(numbers.period, k, step, points, worth, place, faults)
    there = numbers.present.astype(np.int64)
    shape = (facts.n_states, facts.n_beliefs, -1)
    found, kept = values.reshape(shape)[there], stored.reshape(shape)[there]
    scale = np.maximum(np.abs(found), np.abs(kept)).max(axis=(0, 1), initial=0.0)
    faults.values.note(
        np.abs(found - kept) / np.where(scale > 0, scale, 1.0),
        period=numbers.period,
        state=there[:, None, None],
        belief=np.arange(facts.n_beliefs)[None, :, None],
        column=np.arange(found.shape[2])[None, None, :],
    )


def _parts(facts: Facts, step: StepNumbers, n_columns: int) -> Iterator[Indices]:
    moving = step.arrays.moving.astype(np.int64)
    wide = len(actions_of(step.arrays)) * facts.n_beliefs * n_columns
    size = max(_NUMBERS // wide, 1)
    for low in range(0, len(moving), size):
        yield moving[low : low + size]


def earned_at_end(facts: Facts, numbers: PeriodNumbers, n_columns: int) -> Floats:
    """What columns earn at a period's end [S, B, C]."""
    earned = np.repeat(numbers.add[:, None, :n_columns], facts.n_beliefs, axis=1)
    for f, column in enumerate(numbers.typed_column):
        if column < n_columns:
            earned[:, :, column] += numbers.typed_value[:, f, None] * numbers.typed_weight[f]
    return np.asarray(earned)


def _at_end(facts: Facts, numbers: PeriodNumbers, following: Floats, frozen: Floats) -> Floats:
    """Values [S * B, C] at a period's end, before what comes after it."""
    n_columns = following.shape[1]
    shape = (facts.n_states, facts.n_beliefs, n_columns)
    later = following.reshape(shape)[numbers.carry]
    if numbers.over.size:
        still = frozen.reshape(shape).copy()
        still[:, :, : facts.n_payoffs] = 0.0
        later = np.where(numbers.over[:, None, None] != 0, still, later)
    keep = numbers.keep[:, None, :n_columns]
    values = earned_at_end(facts, numbers, n_columns) + keep * later
    return np.asarray(values.reshape(-1, n_columns))


def freeze(facts: Facts, numbers: PeriodNumbers, frozen: Floats) -> Floats:
    """What measures earn from a period on [S * B, C] where the game is over and nothing moves."""
    n_columns = frozen.shape[1]
    later = frozen.reshape(facts.n_states, facts.n_beliefs, n_columns)
    found = earned_at_end(facts, numbers, n_columns) + numbers.keep[:, None, :n_columns] * later
    return np.asarray(found.reshape(-1, n_columns))


def _check_choices(
    period: int,
    k: int,
    step: StepNumbers,
    points: Points,
    worth: Floats,
    place: Indices,
    faults: Faults,
) -> None:
    if not points.spreads:
        return
    values = values_of_actions(step, points, worth, place)
    _unheard(step, points, worth, place, values)
    arrays = step.arrays
    for m, (x, q) in enumerate(zip(points.spreads, values, strict=True)):
        first = int(arrays.first[m])
        its = slice(first, first + x.sigma.shape[2])
        legal = (arrays.legal[points.state, its] != 0)[:, None, :]
        where: dict[str, int | Indices] = {
            "period": period,
            "step": k,
            "state": points.state[:, None, None],
            "belief": points.belief[:, None, None],
            "mover": m,
            "type": np.arange(x.sigma.shape[1])[None, :, None],
            "action": np.arange(x.sigma.shape[2])[None, None, :],
        }
        faults.points += x.sigma.shape[0] * x.sigma.shape[1]
        faults.sums.note(np.abs(x.sigma.sum(axis=2, keepdims=True) - 1.0), **where)
        faults.illegal.note(np.where(legal, -x.sigma, np.abs(x.sigma)), **where)
        bound = bound_at(arrays, points.state, m)
        if bound.any():
            off = np.abs(x.sigma - arrays.mixture[points.state, None, its])
            faults.policies.note(off * bound[:, None, None], **where)
        free = ~bound[:, None, None]
        rationality = float(arrays.rationality[m])
        share = logit(rationality * q, legal)
        faults.choices.note(np.abs(x.sigma - share) * free, **where)
        _note_regret(step.head.movers[m].player, x, q, legal, free, rationality, where, faults)


def logit(exponent: Floats, legal: NDArray[np.bool_]) -> Floats:
    """Softmax over the legal actions, the last axis."""
    exponent = np.where(legal, exponent, -np.inf)
    exponent = exponent - exponent.max(axis=-1, keepdims=True)
    share = np.exp(exponent)
    return np.asarray(share / share.sum(axis=-1, keepdims=True))


def _note_regret(
    player: str,
    x: Spread,
    q: Floats,
    legal: NDArray[np.bool_],
    free: NDArray[np.bool_],
    rationality: float,
    where: dict[str, int | Indices],
    faults: Faults,
) -> None:
    best = np.where(legal, q, -np.inf).max(axis=2, keepdims=True)
    gain = (best - (x.sigma * q).sum(axis=2, keepdims=True)) * free
    worst = faults.regret.setdefault(player, Worst())
    before = worst.size
    worst.note(gain, **{**where, "action": -1})
    if worst.size > before or player not in faults.allowed:
        at = np.unravel_index(int(np.nan_to_num(gain).argmax()), gain.shape)
        options = int(legal[at[0]].sum())
        faults.allowed[player] = (
            float(np.log(options)) / rationality if rationality > 0 else float("inf")
        )


def _unheard(
    step: StepNumbers, points: Points, worth: Floats, place: Indices, values: list[Floats]
) -> None:
    """Judge actions that no type plays to speak of at the belief that speaks most against them.

    Bayes' rule has nothing to go by there; ``values`` are written.
    """
    arrays = step.arrays
    for m, x in enumerate(points.spreads):
        if x.grid is None:
            continue
        first = int(arrays.first[m])
        support = x.grid.axis.cells.support[x.grid.at[points.belief]]
        for a in range(x.chance.shape[1]):
            silent = (x.chance[:, a] < UNHEARD) & (support >= 0)
            silent &= arrays.legal[points.state, first + a] != 0
            which = np.flatnonzero(silent & ~bound_at(arrays, points.state, m))
            if len(which):
                least = _least(step, points.some(which), worth, place[which], m, a)
                values[m][which, :, a] = least


def _least(
    step: StepNumbers, points: Points, worth: Floats, place: Indices, m: int, a: int
) -> Floats:
    """An action's values by type [N, K] at the point of the axis where its best type is worst."""
    x = points.spreads[m]
    grid = x.grid
    assert grid is not None
    found, lowest = np.zeros(x.sigma.shape[:2]), np.full(len(points.state), np.inf)
    at = grid.at[points.belief]
    x.weight[:, a] = 0.0
    x.weight[:, a, 0] = 1.0
    support, mine = grid.axis.cells.support, grid.axis.points > 0
    for v in range(len(grid.axis.points)):
        x.shift[:, a, 0] = (v - at) * grid.stride
        worths = values_of_actions(step, points, worth, place)[m]
        others = np.delete(worths, a, axis=2).max(axis=2, initial=-np.inf)
        gap = np.where(x.believed > 0, worths[:, :, a] - others, -np.inf).max(axis=1)
        closed = (mine[at] | ~mine[v]).all(axis=1)  # what is impossible stays so
        better = closed & (support[at] >= 0) & (gap < lowest)
        found[better], lowest[better] = worths[better, :, a], gap[better]
    return found
