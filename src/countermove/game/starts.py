"""What a caller asks of beliefs when compiling: where they begin, and how fine their grids are."""

from __future__ import annotations

from collections.abc import Mapping
from numbers import Real

from countermove.errors import InvalidRequest, unknown
from countermove.language.model import Player, Scenario


def start_beliefs(
    scenario: Scenario, wanted: Mapping[str, Mapping[str, float]]
) -> dict[str, tuple[float, ...]]:
    """Probabilities by type, for the players named; one type left out gets the rest.

    Raises ``UnknownName``, and ``InvalidRequest`` for what is no distribution.
    """
    return {name: _distribution(_typed(scenario, name), shares) for name, shares in wanted.items()}


def grid_points(scenario: Scenario, wanted: Mapping[str, int] | int | None) -> dict[str, int]:
    """The points along each edge of the grids of the players named, or of all for a number.

    A number multiplies the cells along each edge. Raises ``UnknownName`` and ``InvalidRequest``.
    """
    if wanted is None:
        return {}
    if isinstance(wanted, Mapping):
        found = {_typed(scenario, name).name: int(points) for name, points in wanted.items()}
        if any(points < 2 for points in found.values()):
            raise InvalidRequest("belief_points must be at least 2 along each edge of a grid")
        return found
    if wanted < 1:
        raise InvalidRequest(f"belief_points must multiply the cells by 1 or more, not {wanted}")
    typed = [p for p in scenario.players if p.types]
    return {p.name: (p.belief_points - 1) * int(wanted) + 1 for p in typed}


def _typed(scenario: Scenario, name: str) -> Player:
    typed = {p.name: p for p in scenario.players if p.types}
    if name not in typed:
        raise unknown("player with types", name, list(typed))
    return typed[name]


def _distribution(player: Player, shares: Mapping[str, float]) -> tuple[float, ...]:
    for name in shares:
        if name not in player.types:
            raise unknown(f"type of {player.name!r}", name, player.types)
    if not all(isinstance(x, Real) and 0 <= float(x) <= 1 for x in shares.values()):
        raise InvalidRequest(f"beliefs about {player.name!r} must be probabilities from 0 to 1")
    total, left = float(sum(shares.values())), [t for t in player.types if t not in shares]
    rest = 1.0 - total
    if abs(rest) > 1e-9 and (len(left) != 1 or rest < 0):
        raise InvalidRequest(
            f"beliefs about {player.name!r} add up to {total:g}, not 1 "
            f"(types: {', '.join(player.types)})"
        )
    filled = {t: max(rest, 0.0) if len(left) == 1 else 0.0 for t in left}
    found = {t: float(x) for t, x in (*shares.items(), *filled.items())}
    return tuple(found[t] for t in player.types)
