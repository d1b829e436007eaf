"""Steps from arrays: moves, simultaneous moves and events, checked.

Axis letters: S states, A actions, P profiles of actions (one a mover, the last mover's fastest), M
successors of an action or profile, C columns.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import prod
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from countermove.errors import InvalidRequest
from countermove.game.beliefs import Beliefs
from countermove.game.columns import Column
from countermove.game.numbers import Mover, StepArrays, StepHead, StepNumbers

Payer = str | tuple[str, int]  # a player, or one of its types


@dataclass(frozen=True, slots=True)
class Move:
    """A player's move: ``successors`` and ``odds`` [S, A, M], odds summing to 1 over M.

    ``costs`` maps players, or a player and the position of its type, to losses [S, A]; ``legal`` is
    [S, A], all where left out.
    """

    player: str
    successors: ArrayLike
    odds: ArrayLike
    actions: tuple[str, ...] = ()
    costs: Mapping[Payer, ArrayLike] = field(default_factory=dict)
    legal: ArrayLike | None = None


@dataclass(frozen=True, slots=True)
class Joint:
    """Players who move at once: ``successors`` and ``odds`` [S, P, M], odds summing to 1 over M.

    ``actions`` names each mover's; ``costs`` maps players, or a player and the position of its
    type, to losses [S, P]; ``legal`` is [S, A] by mover, all where left out.
    """

    players: tuple[str, ...]
    successors: ArrayLike
    odds: ArrayLike
    actions: tuple[tuple[str, ...], ...]
    costs: Mapping[Payer, ArrayLike] = field(default_factory=dict)
    legal: Sequence[ArrayLike] | None = None


@dataclass(frozen=True, slots=True)
class Chance:
    """An event: ``successors`` and ``odds`` [S, M], odds summing to 1 over M."""

    name: str
    successors: ArrayLike
    odds: ArrayLike


Step = Move | Joint | Chance


def finite(what: str, values: ArrayLike) -> NDArray[np.float64]:
    """The values as numbers; raises ``InvalidRequest`` where some are not finite."""
    found = np.ascontiguousarray(values, dtype=np.float64)
    if not np.isfinite(found).all():
        raise InvalidRequest(f"{what} must be finite numbers")
    return found


def shaped(what: str, values: ArrayLike, shape: tuple[int, ...]) -> NDArray[np.float64]:
    """The values as finite numbers of a shape; raises ``InvalidRequest``."""
    found = finite(what, values)
    if found.shape != shape:
        raise InvalidRequest(f"{what} must be {list(shape)}, not {list(found.shape)}")
    return found


def payers_of(payer: Payer, columns: Sequence[Column]) -> list[int]:
    """The payoff columns of a player, or of one of its types; none where there is no such."""
    own = [i for i, c in enumerate(columns) if c.kind == "payoff"]
    if isinstance(payer, str):
        return [i for i in own if columns[i].player == payer]
    return [i for i in own if columns[i].types == (payer,)]


def labels_of(steps: Sequence[Step]) -> list[list[str]]:
    """Names of movers and events that tell second visits apart: ``us``, ``us#2``."""
    visits: dict[str, int] = {}
    found = []
    for step in steps:
        labels = []
        for name in _names(step):
            visits[name] = visits.get(name, 0) + 1
            labels.append(name if visits[name] == 1 else f"{name}#{visits[name]}")
        found.append(labels)
    return found


def _names(step: Step) -> tuple[str, ...]:
    match step:
        case Chance():
            return (step.name,)
        case Move():
            return (step.player,)
        case Joint():
            return step.players


@dataclass(frozen=True, slots=True)
class About:
    """What steps must fit: columns, the number of states, rationality by player, beliefs."""

    columns: Sequence[Column]
    n: int
    rationality: Mapping[str, float]
    beliefs: Beliefs


def step_numbers(step: Step, about: About, number: int, labels: Sequence[str]) -> StepNumbers:
    """A step's numbers; ``number`` is its place, for messages. Raises ``InvalidRequest``."""
    names, n = _names(step), about.n
    where = f"step {number} ({'+'.join(names)})"
    successors, odds = _branches(step, n, where)
    n_profiles, m = successors.shape[1:]
    movers = () if isinstance(step, Chance) else _movers(step, labels, about, n_profiles, where)
    profiles: tuple[str, ...] = names
    if isinstance(step, Joint):
        sizes = [len(x.actions) for x in movers]
        parts = np.indices(sizes).reshape(len(sizes), -1).T
        profiles = tuple(
            "+".join(x.actions[a] for x, a in zip(movers, row, strict=True)) for row in parts
        )
    elif movers:
        profiles = movers[0].actions
    costs = [] if isinstance(step, Chance) else _costs(step, about, where, (n, n_profiles))
    legal = np.ones((n, 1), np.uint8)
    if not isinstance(step, Chance):
        legal = _legal(step, movers, where, n)
    arrays = StepArrays(
        np.arange(n, dtype=np.int32),
        np.empty(0, np.int32),
        np.arange(n * n_profiles + 1, dtype=np.int64) * m,
        np.ascontiguousarray(successors, dtype=np.uint32).reshape(-1),
        odds.reshape(-1),
        legal,
        np.empty((0, max(len(movers), 1)), np.uint8),
        np.empty((0, legal.shape[1])),
        np.array([p for p, _, _ in costs], np.int32),
        np.array([c for _, c, _ in costs], np.int32),
        np.column_stack([v for _, _, v in costs]) if costs else np.empty((n, 0)),
        np.ones((len(costs), about.beliefs.size)),
        np.cumsum([0, *(len(x.actions) for x in movers)], dtype=np.int32),
        np.array([payers_of(x.player, about.columns)[0] for x in movers], np.int32),
        np.array([about.beliefs.axis(x.player) for x in movers], np.int32),
        np.array([about.rationality[x.player] for x in movers], np.float64),
    )
    kind = "event" if not movers else "move" if isinstance(step, Move) else "joint"
    head = StepHead("+".join(labels), kind, "+".join(names), profiles, movers)
    happened = np.ones(len(arrays.successor) if kind == "event" else 0, np.uint8)
    return StepNumbers(head, arrays, happened)


def _movers(
    step: Move | Joint, labels: Sequence[str], about: About, n_profiles: int, where: str
) -> tuple[Mover, ...]:
    """The movers, their players and their actions checked."""
    players = list(about.rationality)
    names = _names(step)
    for name in names:
        if name not in players:
            raise InvalidRequest(f"{where}: there is no such player (players: {players})")
    if isinstance(step, Move):
        default = tuple(f"a{i}" for i in range(n_profiles))
        actions: tuple[tuple[str, ...], ...] = (tuple(step.actions) or default,)
    else:
        actions = tuple(tuple(own) for own in step.actions)
        if len(names) < 2 or len(set(names)) < len(names) or len(actions) != len(names):
            raise InvalidRequest(
                f"{where}: actions must be named for two or more different players"
            )
    if prod(len(a) for a in actions) != n_profiles or any(len(set(a)) < len(a) for a in actions):
        raise InvalidRequest(f"{where}: actions must be {n_profiles} different names")
    typed = {axis.player: axis.types for axis in about.beliefs.axes}
    return tuple(
        Mover(label, name, own, typed.get(name, ()))
        for label, name, own in zip(labels, names, actions, strict=True)
    )


def _branches(step: Step, n: int, where: str) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Successors and odds [S, P, M], checked; an event has one profile."""
    successors, odds = np.asarray(step.successors), finite(f"{where}: odds", step.odds)
    chance = isinstance(step, Chance)
    if successors.shape != odds.shape or odds.ndim != 3 - chance or len(odds) != n:
        axes = f"{n} states, M" if chance else f"{n} states, actions, M"
        raise InvalidRequest(f"{where}: successors and odds must be [{axes}]")
    if not np.issubdtype(successors.dtype, np.integer):
        raise InvalidRequest(f"{where}: successors must be whole numbers, the states' indices")
    if chance:
        successors, odds = successors[:, None, :], odds[:, None, :]
    if successors.min(initial=0) < 0 or successors.max(initial=0) >= n:
        raise InvalidRequest(f"{where}: successors must be states 0 to {n - 1}")
    if odds.min(initial=0) < 0 or not np.allclose(odds.sum(axis=2), 1.0, atol=1e-9):
        raise InvalidRequest(f"{where}: odds must not be negative and must add up to 1")
    return successors, odds


def _legal(step: Move | Joint, movers: Sequence[Mover], where: str, n: int) -> NDArray[np.uint8]:
    """What each mover may do, side by side [S, A]."""
    given: Sequence[Any] = [step.legal] if isinstance(step, Move) else step.legal or ()
    if given and len(given) != len(movers):
        raise InvalidRequest(f"{where}: legal must be given for each of {len(movers)} movers")
    found = []
    for i, mover in enumerate(movers):
        shape = (n, len(mover.actions))
        legal = np.ones(shape, np.uint8)
        if given and given[i] is not None:
            legal = np.ascontiguousarray(given[i]).astype(np.uint8)
        if legal.shape != shape or not legal.any(axis=1).all():
            raise InvalidRequest(
                f"{where}: legal must be {list(shape)}, with a legal action in each state"
            )
        found.append(legal)
    return np.ascontiguousarray(np.hstack(found))


_Cost = tuple[int, int, NDArray[np.float64]]  # profile, column, what it adds [S]


def _costs(step: Move | Joint, about: About, where: str, shape: tuple[int, int]) -> list[_Cost]:
    found: list[_Cost] = []
    for payer, loss in step.costs.items():
        who = payer if isinstance(payer, str) else f"{payer[0]}, type {payer[1]}"
        its = payers_of(payer, about.columns)
        if not its:
            raise InvalidRequest(f"{where}: there is no player {who!r} to bear a cost")
        table = shaped(f"{where}: costs of {who}", loss, shape)
        found += [(p, c, -table[:, p]) for c in its for p in range(table.shape[1])]
    return found
