"""A game from arrays, without a scenario file.

Axis letters: S states, N players, C columns.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from countermove.errors import InvalidRequest
from countermove.game.arrays_steps import (
    About,
    Chance,
    Joint,
    Move,
    Step,
    finite,
    labels_of,
    payers_of,
    shaped,
    step_numbers,
)
from countermove.game.arrays_world import ArraysWorld
from countermove.game.axes import is_wrong
from countermove.game.beliefs import Axis, Beliefs
from countermove.game.columns import Column, Kind, Reading
from countermove.language.model import Measure

if TYPE_CHECKING:
    from countermove.game.game import Game

__all__ = ["ArraysWorld", "Chance", "Joint", "Move", "from_arrays"]


def from_arrays(
    *,
    players: Sequence[str],
    rationality: Sequence[float],
    discount: Sequence[float],
    periods: int | None,
    steps: Sequence[Step],
    flows: ArrayLike,
    final: ArrayLike | None = None,
    measures: Mapping[str, tuple[str, ArrayLike]] | None = None,
    ends: ArrayLike | None = None,
    start: int = 0,
    name: str = "arrays",
    state_names: Sequence[str] | None = None,
    types: Mapping[str, Mapping[str, float]] | None = None,
    belief_points: int = 21,
    typed_flows: Mapping[tuple[str, int], ArrayLike] | None = None,
    typed_final: Mapping[tuple[str, int], ArrayLike] | None = None,
) -> Game:
    """A game whose states, moves and payoffs are given as arrays.

    ``periods`` None is a game that goes on for ever. ``rationality`` (λ) and ``discount`` are by
    player; ``flows`` [S, N] is earned at each period's end and ``final`` [S, N] at the last, or
    where ``ends`` [S] holds; ``measures`` maps names to a kind (``ever``, ``total``, ``mean``,
    ``final``) and the quantity [S] it reads. ``types`` maps players to the prior probabilities of
    their private types, by name, with ``belief_points`` along each edge of the belief's grid;
    ``typed_flows`` and ``typed_final`` map a player and the position of its type to what that type
    earns besides [S].

    Raises ``InvalidRequest`` where shapes disagree, odds or priors do not add up to 1, a successor
    is out of range or a number is not finite.
    """
    from countermove.game.game import Game

    flow = finite("flows", flows)
    n, n_players = flow.shape if flow.ndim == 2 else (0, 0)
    if n_players != len(players) or not n:
        raise InvalidRequest(f"flows must be [states, {len(players)}], not {list(flow.shape)}")
    if len(set(players)) != n_players:
        raise InvalidRequest(f"players must have names of their own: {', '.join(players)}")
    _check_numbers(rationality, discount, n_players, for_ever=periods is None)
    if periods is not None and periods < 1:
        raise InvalidRequest(f"periods must be at least 1: {periods}")
    if not 0 <= start < n:
        raise InvalidRequest(f"the start state {start} lies outside 0 to {n - 1}")
    if state_names and not len(state_names) == len(set(state_names)) == n:
        raise InvalidRequest(f"state_names must be {n} different names")
    beliefs = _beliefs(players, types or {}, belief_points)
    columns = _payoff_columns(players, beliefs)
    n_payoffs = len(columns)
    own = [list(players).index(c.player) for c in columns]
    ending = np.zeros_like(flow) if final is None else shaped("final", final, flow.shape)
    add, last = flow[:, own], ending[:, own]
    keep = np.tile(np.asarray(discount, np.float64)[own], (n, 1))
    _typed("typed_flows", typed_flows or {}, columns, add)
    _typed("typed_final", typed_final or {}, columns, last)
    add, keep, last = _measured(measures or {}, columns, (add, keep, last))
    about = About(columns, n, dict(zip(players, rationality, strict=True)), beliefs)
    world = ArraysWorld(
        tuple(
            step_numbers(step, about, number, labels)
            for number, (step, labels) in enumerate(zip(steps, labels_of(steps), strict=True))
        ),
        add,
        keep,
        last,
        np.empty(0, np.uint8) if ends is None else shaped("ends", ends, (n,)).astype(np.uint8),
        np.arange(n, dtype=np.uint32),
        np.arange(n, dtype=np.int32),
        n_payoffs,
        1 if periods is None else periods,
        stationary=periods is None,
        beliefs=beliefs,
        owner=np.array([beliefs.axis(c.player) for c in columns], np.int32),
        types=np.array([c.types[0][1] if c.types else -1 for c in columns], np.int32),
    )
    return Game(
        name=name,
        players=tuple(players),
        columns=tuple(columns),
        readings=_readings(measures or {}, n_payoffs),
        world=world,
        start=start,
        start_period=0,
        periods=world.periods,
        variables=("state",),
        level_names=(tuple(state_names) if state_names else tuple(str(s) for s in range(n)),),
    )


def _check_numbers(
    rationality: Sequence[float], discount: Sequence[float], n: int, *, for_ever: bool
) -> None:
    if len(rationality) != n or len(discount) != n:
        raise InvalidRequest("rationality and discount must have one number a player")
    if not all(0 <= x < np.inf for x in rationality):
        raise InvalidRequest("rationality must be finite numbers that are not negative")
    if not all(0 <= x <= 1 for x in discount):
        raise InvalidRequest("discount must be numbers from 0 to 1")
    if for_ever and not all(x < 1 for x in discount):
        raise InvalidRequest("discount must be below 1 in a game that goes on for ever")


def _beliefs(
    players: Sequence[str], types: Mapping[str, Mapping[str, float]], points: int
) -> Beliefs:
    """The grids of the players with types, in the players' order."""
    for player, prior in types.items():
        if player not in players:
            raise InvalidRequest(f"there is no player {player!r} to have types")
        if len(prior) < 2 or is_wrong(np.array(list(prior.values()), np.float64)):
            raise InvalidRequest(f"types of {player!r} must be two or more and add up to 1")
    if types and points < 2:
        raise InvalidRequest(f"belief_points must be at least 2: {points}")
    return Beliefs(tuple(_axis(p, types[p], points) for p in players if p in types))


def _axis(player: str, prior: Mapping[str, float], points: int) -> Axis:
    from countermove.game.grids import cells

    named = [float(x) for x in prior.values()]
    axis = Axis(player, tuple(prior), cells(len(named), points, [named]), 0)
    return Axis(player, axis.types, axis.cells, axis.index(named))


def _payoff_columns(players: Sequence[str], beliefs: Beliefs) -> list[Column]:
    typed = {axis.player: axis.types for axis in beliefs.axes}
    columns = []
    for p in players:
        if p not in typed:
            columns.append(Column(p, "payoff", player=p))
        for k, name in enumerate(typed.get(p, ())):
            columns.append(Column(f"{p}[{name}]", "payoff", player=p, types=((p, k),)))
    return columns


def _typed(
    what: str,
    wanted: Mapping[tuple[str, int], ArrayLike],
    columns: Sequence[Column],
    values: NDArray[np.float64],
) -> None:
    """Add what types earn besides to ``values`` [S, C]."""
    for payer, earned in wanted.items():
        its = payers_of(payer, columns)
        if not its:
            raise InvalidRequest(f"{what}: there is no type {payer[1]} of {payer[0]!r}")
        values[:, its[0]] += shaped(f"{what} of {payer}", earned, (len(values),))


_KINDS: dict[str, Kind] = {"ever": "ever", "total": "sum", "mean": "sum", "final": "final"}


_Arrays = tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]


def _measured(
    measures: Mapping[str, tuple[str, ArrayLike]], columns: list[Column], payoffs: _Arrays
) -> _Arrays:
    """``add``, ``keep`` and ``final`` [S, C], the measures beside the payoffs."""
    n, n_payoffs = payoffs[0].shape
    add, keep, last = (np.hstack([x, np.zeros((n, len(measures)))]) for x in payoffs)
    keep[:, n_payoffs:] = 1.0
    for i, (name, (kind, quantity)) in enumerate(measures.items(), start=n_payoffs):
        if kind not in _KINDS:
            raise InvalidRequest(f"measure {name!r}: kind must be one of {', '.join(_KINDS)}")
        x = shaped(f"measure {name!r}", quantity, (n,))
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
