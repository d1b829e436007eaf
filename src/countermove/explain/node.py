"""Where a decision is taken: a move, a period, a state, what is believed, and the mover's type."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from countermove.errors import InvalidRequest, unknown
from countermove.game.build import period_asked
from countermove.game.numbers import Mover

if TYPE_CHECKING:
    from countermove.solve import Solution

Floats = NDArray[np.float64]
Chances = Mapping[str, Mapping[str, float]]  # by player and type


@dataclass(frozen=True, slots=True)
class Node:
    """One decision, and its place among a game's arrays.

    ``mover`` is the move's label (``us``, ``us#2``), ``when`` the period as people read it;
    ``type`` is empty where the player has none. ``step`` is the step's number, ``place`` the
    mover's among those who move there, ``row`` the state's, ``point`` the joint belief point's and
    ``kind`` the type's (0 for none). ``beliefs`` are those of the point: the nearest of the grid.
    """

    mover: str
    player: str
    period: int
    when: str
    state: Mapping[str, str]
    beliefs: Chances = field(default_factory=dict)
    type: str = ""
    step: int = 0
    place: int = 0
    row: int = 0
    point: int = 0
    kind: int = 0


@dataclass(frozen=True, slots=True)
class Place:
    """A move in the order of play: its step's number, and the mover's place and part there.

    The mover's strategy are ``sigma[first : first + width]`` at a state and belief.
    """

    step: int
    place: int
    mover: Mover
    first: int
    width: int


def places_of(solution: Solution) -> dict[str, Place]:
    """Every move of a period, by label, in order."""
    return {
        mover.label: Place(k, m, mover, first, width)
        for k, head in enumerate(solution.game.world.steps)
        for m, (mover, first, width) in enumerate(head.places)
    }


def node_of(
    solution: Solution,
    mover: str | None = None,
    *,
    period: int | str | None = None,
    type: str | None = None,
    beliefs: Chances | None = None,
    state: Mapping[str, str] | None = None,
) -> Node:
    """The decision that is meant; what is left out is the likeliest.

    ``mover`` is a player or a move's label, the first in the order of play by default. ``period``
    is a number from 0 or a date, by default the first in which the mover may have a choice (in a
    state with these levels).
    ``state`` names levels; those left out stand as in the likeliest state in which the mover then
    chooses. ``beliefs`` are by player and type, by default those likeliest there; ``type`` is the
    likeliest by the belief.

    Raises ``UnknownName`` and ``InvalidRequest``, the latter for a decision that never comes up.
    """
    place = _place(solution, mover)
    asked = None if period is None else _period(solution, period)
    at, mass = _met(solution, place, asked, state or {})
    n_beliefs = solution.game.world.beliefs.size
    row = _row(solution, place, at, mass, dict(state or {}))
    here = mass.reshape(-1, n_beliefs)[row]
    point = int(here.argmax()) if here.any() else solution.game.world.beliefs.start
    if beliefs:
        point = _point(solution, point, beliefs)
    kind = _kind(solution, place.mover, type, point)
    game = solution.game
    return Node(
        place.mover.label,
        place.mover.player,
        at,
        solution.labels_of(at - game.start_period + 1)[-1],
        game.state(row),
        beliefs_at(solution, point),
        place.mover.types[kind] if place.mover.types else "",
        place.step,
        place.place,
        row,
        point,
        kind,
    )


def beliefs_at(solution: Solution, point: int) -> dict[str, dict[str, float]]:
    """What is believed at a joint point, by player and type."""
    beliefs = solution.game.world.beliefs
    return {
        axis.player: dict(zip(axis.types, axis.points[at].tolist(), strict=True))
        for axis, at in zip(beliefs.axes, beliefs.split(point), strict=True)
    }


def _place(solution: Solution, mover: str | None) -> Place:
    known = places_of(solution)
    if not known:
        raise InvalidRequest(f"{solution.game.name} has no moves to explain")
    if mover is None:
        return next(iter(known.values()))
    if mover not in known:
        visits = [p for label, p in known.items() if p.mover.player == mover]
        if not visits:
            raise unknown("mover", mover, list(known))
        return visits[0]
    return known[mover]


def _period(solution: Solution, period: int | str) -> int:
    game = solution.game
    assert game.scenario is not None
    at = period_asked(game.scenario, period)
    if not game.start_period <= at < game.periods:
        raise InvalidRequest(
            f"period {at} lies outside {game.start_period} to {game.periods - 1} of this result"
        )
    return at


def _met(
    solution: Solution, place: Place, period: int | None, state: Mapping[str, str]
) -> tuple[int, Floats]:
    """The period, and how likely each state and belief [S * B] is at which the mover chooses.

    Of all periods, the first in which a state with these levels may be met; for a state that no
    play ever meets, the first in which the mover would have a choice there.
    """
    from countermove.explain.course import course

    n_states, wanted = solution.game.n_states, _with(solution, state)
    unmet: tuple[int, Floats] | None = None
    for at, masses in course(solution, upto=period):
        if period is not None and at < period:
            continue
        choices = _choices(solution, place, at)
        here = masses[place.step].reshape(n_states, -1) * choices[:, None]
        if at == period or here[wanted].any():
            return at, here.reshape(-1)
        if unmet is None and (choices & wanted).any():
            unmet = at, here.reshape(-1)
    if unmet is None:
        raise InvalidRequest(f"{place.mover.label} never has a choice to make there")
    return unmet


def _choices(solution: Solution, place: Place, period: int) -> NDArray[np.bool_]:
    """The states [S] in which the mover chooses between two actions or more."""
    game = solution.game
    found = np.zeros(game.n_states, bool)
    with game.world.lock:
        arrays = game.world.at(period).steps[place.step].arrays
        its = slice(arrays.first[place.place], arrays.first[place.place + 1])
        found[arrays.moving] = (arrays.legal[arrays.moving, its] != 0).sum(axis=1) > 1
    return found


def _open(
    solution: Solution, place: Place, period: int, state: Mapping[str, str]
) -> NDArray[np.bool_]:
    """The states [S] with these levels in which the mover has a choice."""
    return _choices(solution, place, period) & _with(solution, state)


def _row(solution: Solution, place: Place, period: int, mass: Floats, state: dict[str, str]) -> int:
    """The likeliest state with these levels at which the mover has a choice.

    Of those that no play reaches by then, the one most like the likeliest of all.
    """
    game = solution.game
    here = mass.reshape(game.n_states, -1).sum(axis=1)
    there = _open(solution, place, period, state)
    found = np.where(there, here, 0.0)
    if found.any():
        return int(found.argmax())
    if not state:
        raise InvalidRequest(
            f"{place.mover.label} has no choice to make in that period; name a state or another "
            "period"
        )
    rows = np.flatnonzero(there)
    if not len(rows):
        raise InvalidRequest(
            f"{place.mover.label} has no choice to make in that state then; name another state, or "
            "leave the period out for the first that fits"
        )
    if game.structure is None:
        return int(rows[0])
    usual = game.structure.levels[int(here.argmax()) if here.any() else game.start]
    alike = (game.structure.levels[rows] == usual).sum(axis=1)
    return int(rows[alike.argmax()])


def _with(solution: Solution, state: Mapping[str, str]) -> NDArray[np.bool_]:
    """Which states [S] have these levels."""
    game = solution.game
    found = np.ones(game.n_states, bool)
    for name, level in state.items():
        if name not in game.variables and name in game.parameters:
            raise InvalidRequest(
                f"{name} is a parameter, and stands for all of a game: --set {name}={level}"
            )
        if name not in game.variables:
            raise unknown("state variable", name, game.variables)
        column = game.variables.index(name)
        levels = game.level_names[column]
        if level not in levels:
            raise unknown(f"level of {name}:", level, levels)
        codes = (
            np.arange(game.n_states)
            if game.structure is None
            else np.asarray(game.structure.levels[:, column])
        )
        found &= codes == levels.index(level)
    return found


def _point(solution: Solution, usual: int, wanted: Chances) -> int:
    """The joint point nearest to these beliefs; those of other players stay as usual."""
    beliefs = solution.game.world.beliefs
    for player in wanted:
        if beliefs.axis(player) < 0:
            raise unknown("player with types", player, [a.player for a in beliefs.axes])
    points = list(beliefs.split(usual))
    for j, axis in enumerate(beliefs.axes):
        if axis.player in wanted:
            points[j] = axis.index(_chances(axis.player, axis.types, wanted[axis.player]))
    return beliefs.join(points)


def _chances(player: str, types: tuple[str, ...], wanted: Mapping[str, float]) -> list[float]:
    for name in wanted:
        if name not in types:
            raise unknown(f"type of {player}:", name, types)
    left, missing = 1.0 - sum(wanted.values()), [t for t in types if t not in wanted]
    if left < -1e-9 or any(p < 0 for p in wanted.values()) or (not missing and left > 1e-9):
        raise InvalidRequest(f"the beliefs about {player} must be probabilities that add up to 1")
    share = left / len(missing) if missing else 0.0
    return [wanted.get(name, share) for name in types]


def _kind(solution: Solution, mover: Mover, type: str | None, point: int) -> int:
    if type is not None and type not in mover.types:
        if not mover.types:
            raise InvalidRequest(f"{mover.player} has no types")
        raise unknown(f"type of {mover.player}:", type, mover.types)
    if not mover.types:
        return 0
    if type is not None:
        return mover.types.index(type)
    beliefs = solution.game.world.beliefs
    return int(beliefs.probabilities(beliefs.axis(mover.player))[point].argmax())
