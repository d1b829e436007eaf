"""A game from arrays, without a scenario file.

Axis letters: S states, A actions, M successors of an action, P players.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from threading import RLock
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from countermove.errors import InvalidRequest
from countermove.game.columns import Column, Kind, Reading
from countermove.game.numbers import PeriodNumbers, StepArrays, StepHead, StepNumbers
from countermove.language.model import Measure

if TYPE_CHECKING:
    from countermove.game.game import Game


@dataclass(frozen=True, slots=True)
class Move:
    """A player's move: ``successors`` and ``odds`` [S, A, M], odds summing to 1 over M.

    ``costs`` maps players to losses [S, A]; ``legal`` is [S, A], all where left out.
    """

    player: str
    successors: ArrayLike
    odds: ArrayLike
    actions: tuple[str, ...] = ()
    costs: Mapping[str, ArrayLike] = field(default_factory=dict)
    legal: ArrayLike | None = None


@dataclass(frozen=True, slots=True)
class Chance:
    """An event: ``successors`` and ``odds`` [S, M], odds summing to 1 over M."""

    name: str
    successors: ArrayLike
    odds: ArrayLike


@dataclass(slots=True)
class ArraysWorld:
    """Numbers that are the same in every period, but for the last."""

    numbers: tuple[StepNumbers, ...]
    add: NDArray[np.float64]
    keep: NDArray[np.float64]
    final: NDArray[np.float64]
    over: NDArray[np.uint8]
    carry: NDArray[np.uint32]
    everyone: NDArray[np.int32]
    n_payoffs: int
    periods: int
    start_period: int = 0
    lock: AbstractContextManager[Any] = field(default_factory=RLock)

    @property
    def steps(self) -> tuple[StepHead, ...]:
        """The steps of every period, in order."""
        return tuple(StepHead(s.label, s.kind, s.name, s.actions) for s in self.numbers)

    @property
    def n_states(self) -> int:
        """The number of states."""
        return len(self.everyone)

    @property
    def n_columns(self) -> int:
        """The number of columns."""
        return int(self.add.shape[1])

    def at(self, period: int) -> PeriodNumbers:
        """The numbers of a period."""
        add = self.add
        if period == self.periods - 1:
            add = add + self.final
        elif self.over.size:
            close = self.final.copy()
            close[:, self.n_payoffs :] = 0.0  # a measure's final reading is at the last period
            add = np.where(self.over[:, None] != 0, add + close, add)
        return PeriodNumbers(
            period,
            self.numbers,
            add,
            self.keep,
            self.carry,
            self.over,
            self.everyone,
            self.everyone,
        )

    def on_branches(self, step: int) -> list[tuple[int, NDArray[np.float64]]]:
        """No charge hangs on an outcome."""
        return []


def from_arrays(
    *,
    players: Sequence[str],
    rationality: Sequence[float],
    discount: Sequence[float],
    periods: int,
    steps: Sequence[Move | Chance],
    flows: ArrayLike,
    final: ArrayLike | None = None,
    measures: Mapping[str, tuple[str, ArrayLike]] | None = None,
    ends: ArrayLike | None = None,
    start: int = 0,
    name: str = "arrays",
    state_names: Sequence[str] | None = None,
) -> Game:
    """A game whose states, moves and payoffs are given as arrays.

    ``rationality`` (λ) and ``discount`` are by player; ``flows`` [S, P] is earned at each period's
    end and ``final`` [S, P] at the last, or where ``ends`` [S] holds; ``measures`` maps names to
    a kind (``ever``, ``total``, ``mean``, ``final``) and the quantity [S] it reads.

    Raises ``InvalidRequest`` where shapes disagree, odds do not add up to 1, a successor is out of
    range or a number is not finite.
    """
    from countermove.game.game import Game

    flow = _finite("flows", flows)
    n, n_players = flow.shape if flow.ndim == 2 else (0, 0)
    if n_players != len(players) or not n:
        raise InvalidRequest(f"flows must be [states, {len(players)}], not {list(flow.shape)}")
    if len(set(players)) != n_players:
        raise InvalidRequest(f"players must have names of their own: {', '.join(players)}")
    _check_numbers(rationality, discount, n_players)
    if periods < 1:
        raise InvalidRequest(f"periods must be at least 1: {periods}")
    if not 0 <= start < n:
        raise InvalidRequest(f"the start state {start} lies outside 0 to {n - 1}")
    if state_names and not len(state_names) == len(set(state_names)) == n:
        raise InvalidRequest(f"state_names must be {n} different names")
    columns = [Column(p, "payoff", player=p) for p in players]
    add, keep, last = _columns(flow, final, discount, measures or {}, columns)
    lambdas = dict(zip(players, rationality, strict=True))
    labels = _labels(steps)
    world = ArraysWorld(
        tuple(_step(step, n, list(players), lambdas, i, labels[i]) for i, step in enumerate(steps)),
        add,
        keep,
        last,
        np.empty(0, np.uint8) if ends is None else _shaped("ends", ends, (n,)).astype(np.uint8),
        np.arange(n, dtype=np.uint32),
        np.arange(n, dtype=np.int32),
        n_players,
        periods,
    )
    return Game(
        name=name,
        players=tuple(players),
        columns=tuple(columns),
        readings=_readings(measures or {}, n_players),
        world=world,
        start=start,
        start_period=0,
        periods=periods,
        variables=("state",),
        level_names=(tuple(state_names) if state_names else tuple(str(s) for s in range(n)),),
    )


def _finite(what: str, values: ArrayLike) -> NDArray[np.float64]:
    found = np.ascontiguousarray(values, dtype=np.float64)
    if not np.isfinite(found).all():
        raise InvalidRequest(f"{what} must be finite numbers")
    return found


def _shaped(what: str, values: ArrayLike, shape: tuple[int, ...]) -> NDArray[np.float64]:
    found = _finite(what, values)
    if found.shape != shape:
        raise InvalidRequest(f"{what} must be {list(shape)}, not {list(found.shape)}")
    return found


def _check_numbers(rationality: Sequence[float], discount: Sequence[float], n: int) -> None:
    if len(rationality) != n or len(discount) != n:
        raise InvalidRequest("rationality and discount must have one number a player")
    if not all(0 <= x < np.inf for x in rationality):
        raise InvalidRequest("rationality must be finite numbers that are not negative")
    if not all(0 <= x <= 1 for x in discount):
        raise InvalidRequest("discount must be numbers from 0 to 1")


def _labels(steps: Sequence[Move | Chance]) -> list[str]:
    """Names of the steps that tell second visits apart: ``us``, ``us#2``."""
    names = [step.name if isinstance(step, Chance) else step.player for step in steps]
    visits = [names[: i + 1].count(name) for i, name in enumerate(names)]
    return [n if v == 1 else f"{n}#{v}" for n, v in zip(names, visits, strict=True)]


_Cost = tuple[int, int, NDArray[np.float64]]  # action, column, what it adds [S]
_KINDS: dict[str, Kind] = {"ever": "ever", "total": "sum", "mean": "sum", "final": "final"}


def _columns(
    flow: NDArray[np.float64],
    final: ArrayLike | None,
    discount: Sequence[float],
    measures: Mapping[str, tuple[str, ArrayLike]],
    columns: list[Column],
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    n, n_players = flow.shape
    add = np.zeros((n, n_players + len(measures)))
    keep, last = np.ones_like(add), np.zeros_like(add)
    add[:, :n_players] = flow
    keep[:, :n_players] = np.asarray(discount, np.float64)
    if final is not None:
        last[:, :n_players] = _shaped("final", final, flow.shape)
    for i, (name, (kind, quantity)) in enumerate(measures.items(), start=n_players):
        if kind not in _KINDS:
            raise InvalidRequest(f"measure {name!r}: kind must be one of {', '.join(_KINDS)}")
        x = _shaped(f"measure {name!r}", quantity, (n,))
        if kind == "ever" and not np.isin(x, (0, 1)).all():
            raise InvalidRequest(f"measure {name!r}: ever is of a condition, zeros and ones")
        columns.append(Column(name, _KINDS[kind]))
        if kind == "final":
            last[:, i] = x
        else:
            add[:, i] = x
        if kind == "ever":
            keep[:, i] = 1.0 - x
    return add, keep, last


def _readings(measures: Mapping[str, tuple[str, Any]], n_players: int) -> dict[str, Reading]:
    found = {}
    for i, (name, (kind, _)) in enumerate(measures.items(), start=n_players):
        measure = Measure(name, kind, f"{kind}({name})")  # type: ignore[arg-type]
        found[name] = Reading(measure, i, mean=kind == "mean")
    return found


def _step(
    step: Move | Chance,
    n: int,
    players: list[str],
    lambdas: Mapping[str, float],
    number: int,
    label: str,
) -> StepNumbers:
    name = step.name if isinstance(step, Chance) else step.player
    where = f"step {number} ({name})"
    successors, odds = _branches(step, n, where)
    n_actions, m = successors.shape[1:]
    legal, costs = np.ones((n, n_actions), np.uint8), list[_Cost]()
    player, rationality = -1, 0.0
    actions: tuple[str, ...] = (name,)
    if isinstance(step, Move):
        if name not in players:
            raise InvalidRequest(f"{where}: there is no such player (players: {players})")
        player, rationality = players.index(name), float(lambdas[name])
        actions = tuple(step.actions) or tuple(f"a{i}" for i in range(n_actions))
        if len(set(actions)) != n_actions:
            raise InvalidRequest(f"{where}: actions must be {n_actions} different names")
        legal = _legal(step, legal, where)
        costs = _costs(step, players, where, (n, n_actions))
    arrays = StepArrays(
        np.arange(n, dtype=np.int32),
        np.empty(0, np.int32),
        np.arange(n * n_actions + 1, dtype=np.int64) * m,
        np.ascontiguousarray(successors, dtype=np.uint32).reshape(-1),
        odds.reshape(-1),
        legal,
        np.empty(0, np.uint8),
        np.empty((0, n_actions)),
        np.array([a for a, _, _ in costs], np.int32),
        np.array([c for _, c, _ in costs], np.int32),
        np.column_stack([v for _, _, v in costs]) if costs else np.empty((n, 0)),
        player,
        rationality,
    )
    kind = "move" if isinstance(step, Move) else "event"
    happened = np.ones(0 if kind == "move" else len(arrays.successor), np.uint8)
    return StepNumbers(label, kind, name, actions, arrays, happened)


def _branches(
    step: Move | Chance, n: int, where: str
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Successors and odds [S, A, M], checked; an event has one action."""
    successors, odds = np.asarray(step.successors), _finite(f"{where}: odds", step.odds)
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


def _legal(step: Move, everything: NDArray[np.uint8], where: str) -> NDArray[np.uint8]:
    if step.legal is None:
        return everything
    legal = np.ascontiguousarray(step.legal).astype(np.uint8)
    if legal.shape != everything.shape or not legal.any(axis=1).all():
        shape = list(everything.shape)
        raise InvalidRequest(f"{where}: legal must be {shape}, with a legal action in each state")
    return legal


def _costs(step: Move, players: list[str], where: str, shape: tuple[int, int]) -> list[_Cost]:
    found: list[_Cost] = []
    for who, loss in step.costs.items():
        if who not in players:
            raise InvalidRequest(f"{where}: there is no player {who!r} to bear a cost")
        table = _shaped(f"{where}: costs of {who}", loss, shape)
        found += [(a, players.index(who), -table[:, a]) for a in range(table.shape[1])]
    return found
