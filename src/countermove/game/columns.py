"""Columns of the value array: one a player and type, then those that the measures need.

A column is carried backwards by ``V <- add + keep * V'`` at each period's end, and earns at moves
and events. Measures are exact because every one is such a column, or a ratio of two.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import product
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from countermove.game.beliefs import Beliefs
from countermove.language.expressions import Binary, Compare, Expression, Logical, Number
from countermove.language.model import Measure, Player, Scenario

Kind = Literal["payoff", "sum", "final", "ever", "time", "count", "ever_count"]
Source = Literal["each", "close", "costs"]


@dataclass(frozen=True, slots=True)
class Part:
    """What a payoff is made of: an interest of each period, one of the close, or all costs.

    ``name`` is the interest's, and empty for costs.
    """

    source: Source
    name: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """One passenger of the recursion.

    ``payoff``: a player's discounted interests and costs. ``sum``: the total of ``expression`` over
    period ends. ``final``: its value at the last. ``ever``: 1 once it held. ``time``: periods until
    it first holds, where it does. ``count``: how often an action is played (any, if ``action`` is
    empty) or an event happens (or comes up, if ``opportunities``) while ``expression`` holds.
    ``ever_count``: 1 once that occurred.

    ``types`` are the players' types that the column takes for granted; ``belief`` is the type by
    whose public probability it weighs what it counts (after the move) or reads. An ``own`` payoff
    is read between belief points after its player's moves as its types read it when they choose.
    """

    name: str
    kind: Kind
    expression: Expression | None = None
    player: str = ""
    action: str = ""
    event: str = ""
    opportunities: bool = False
    types: tuple[tuple[str, int], ...] = ()
    belief: tuple[tuple[str, int], ...] = ()
    own: bool = False
    part: Part | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """How a measure is read off the columns at the start.

    ``value`` is the column, ``over`` the column it is divided by (conditional measures), ``time``
    the column of E[τ·1{hit}] for ``first``; ``mean`` divides by the number of periods left. The
    payoff of a player with types is read off ``by_type``, a column for each type of ``typed``, by
    their public probabilities at the start.
    """

    measure: Measure
    value: int
    over: int | None = None
    time: int | None = None
    mean: bool = False
    by_type: tuple[int, ...] = ()
    typed: str = ""


def read_value(reading: Reading, row: NDArray[np.float64], beliefs: Beliefs) -> float:
    """What ``value`` or ``by_type`` come to; ``row`` [C] are the values at the start."""
    if not reading.by_type:
        return float(row[reading.value])
    return _mean_of_types(reading.by_type, reading.typed, row, beliefs)


def payoffs_at(
    columns: Sequence[Column], row: NDArray[np.float64], beliefs: Beliefs
) -> dict[str, float]:
    """Each player's payoff, by its types' probabilities at the start; ``row`` [C] as above."""
    own: dict[str, list[int]] = {}
    for i, column in enumerate(columns):
        if is_payoff(column):
            own.setdefault(column.player, []).append(i)
    return {
        player: float(row[its[0]]) if len(its) == 1 else _mean_of_types(its, player, row, beliefs)
        for player, its in own.items()
    }


def _mean_of_types(
    columns: Sequence[int], player: str, row: NDArray[np.float64], beliefs: Beliefs
) -> float:
    axis = beliefs.axes[beliefs.axis(player)]
    return float(axis.points[axis.prior] @ row[list(columns)])


def is_payoff(column: Column) -> bool:
    """Is it a player's own payoff (not a part, nor a measure of it, given the type of another)?"""
    whole = column.kind == "payoff" and column.part is None
    return whole and all(p == column.player for p, _ in column.types)


def parts_of(player: Player) -> tuple[Part, ...]:
    """What a player's payoff is the sum of."""
    each = [Part("each", name) for name in player.interests]
    return (*each, *(Part("close", name) for name in player.final), Part("costs"))


def columns_of(
    scenario: Scenario, known: Sequence[str] = (), itemised: Sequence[str] = ()
) -> tuple[tuple[Column, ...], dict[str, Reading]]:
    """The columns that a scenario needs, and how each measure reads them.

    Measures, and what others get, take the types of the players ``known`` for granted: a column
    for each, of which readings name the first (or the one that a measure's ``given`` asks for).
    The payoffs of the players ``itemised`` have a column for each part besides.
    """
    made = _Columns(tuple(p for p in scenario.players if p.types), known=frozenset(known))
    for player in scenario.players:
        made.add(Column(player.name, "payoff", player=player.name, own=True))
    for name in itemised:
        for part in parts_of(scenario.player(name)):
            label = f"{name}: {part.name or part.source}"
            made.add(Column(label, "payoff", player=name, own=True, part=part))
    made.knowing = True
    readings = {name: _reading(measure, made) for name, measure in scenario.measures.items()}
    return tuple(made.columns), readings


@dataclass(slots=True)
class _Columns:
    """The columns so far; ``given`` is the player and type that the next ones take for granted.

    Once ``known`` counts (``knowing``), they take those players' types for granted too.
    """

    typed: tuple[Player, ...]
    known: frozenset[str] = frozenset()
    columns: list[Column] = field(default_factory=list)
    given: tuple[str, int] | None = None
    knowing: bool = False

    def add(self, column: Column) -> int:
        """Add a column for each type that it must fix; the number of the one that is asked for."""
        fixed = [p for p in self.typed if self._fixes(p, column)]
        at = None
        for profile in product(*(range(len(p.types)) for p in fixed)):
            types = tuple((p.name, k) for p, k in zip(fixed, profile, strict=True))
            names = ", ".join(p.types[k] for p, k in zip(fixed, profile, strict=True))
            name = f"{column.name}[{names}]" if names else column.name
            if at is None and (self.given is None or self.given in types):
                at = len(self.columns)
            self.columns.append(replace(column, name=name, types=types))
        assert at is not None, "a column fixes the type that is given"
        return at

    def _fixes(self, player: Player, column: Column) -> bool:
        own = column.kind == "payoff" and player.name == column.player
        given = self.given is not None and player.name == self.given[0]
        return own or given or (self.knowing and player.name in self.known)

    def position(self, player: str, name: str) -> int:
        """The number of a player's type."""
        return next(p for p in self.typed if p.name == player).types.index(name)


def _reading(measure: Measure, made: _Columns) -> Reading:
    if measure.given_type is not None:
        player, name = measure.given_type
        made.given = (player, made.position(player, name))
    try:
        match measure.kind:
            case "payoff":
                return _payoff(measure, made)
            case "mean" | "total" | "final":
                return _of_state(measure, made)
            case "final_belief":
                return _final_belief(measure, made)
            case "ever" | "first":
                return _ever(measure, made)
            case "belief_after":
                return _belief_after(measure, made)
            case _:
                return _counted(measure, made)
    finally:
        made.given = None


def _payoff(measure: Measure, made: _Columns) -> Reading:
    player, given = measure.player, made.given
    own = given is None or given[0] == player
    if not made.known - {player} and own:
        found = [i for i, c in enumerate(made.columns) if c.player == player and is_payoff(c)]
    else:
        first = len(made.columns)
        made.add(Column(measure.name, "payoff", player=player, own=own))
        known = made.known - {player, given[0] if given else player}
        found = [
            i
            for i in range(first, len(made.columns))
            if not any(k for name, k in made.columns[i].types if name in known)
        ]
    if given is not None:
        found = [i for i in found if given in made.columns[i].types]
    if len(found) == 1:
        return Reading(measure, found[0])
    return Reading(measure, found[0], by_type=tuple(found), typed=player)


def _of_state(measure: Measure, made: _Columns) -> Reading:
    kind: Kind = "final" if measure.kind == "final" else "sum"
    condition = measure.given
    expression = measure.expression
    if condition is None:
        value = made.add(Column(measure.name, kind, expression))
        return Reading(measure, value, mean=measure.kind == "mean")
    value = made.add(Column(measure.name, kind, _times(expression, condition)))
    over = made.add(Column(f"{measure.name}/given", kind, _true(condition)))
    return Reading(measure, value, over)


def _final_belief(measure: Measure, made: _Columns) -> Reading:
    belief = ((measure.player, made.position(measure.player, measure.type)),)
    if measure.given is None:
        return Reading(measure, made.add(Column(measure.name, "final", belief=belief)))
    condition = _true(measure.given)
    value = made.add(Column(measure.name, "final", condition, belief=belief))
    over = made.add(Column(f"{measure.name}/given", "final", condition))
    return Reading(measure, value, over)


def _belief_after(measure: Measure, made: _Columns) -> Reading:
    """The belief summed over the times that the action is played, over how often that is."""
    belief = ((measure.player, made.position(measure.player, measure.type)),)
    condition = measure.expression or measure.given
    if measure.expression is not None and measure.given is not None:
        condition = _both(measure.expression, measure.given)
    count = Column(measure.name, "count", condition, measure.actor, measure.action)
    value = made.add(replace(count, belief=belief))
    return Reading(measure, value, made.add(replace(count, name=f"{measure.name}/times")))


def _ever(measure: Measure, made: _Columns) -> Reading:
    expression = _both(measure.expression, measure.given)
    value = made.add(Column(measure.name, "ever", expression))
    time = over = None
    if measure.kind == "first":
        time = made.add(Column(f"{measure.name}/time", "time", expression))
    elif measure.given is not None:
        over = made.add(Column(f"{measure.name}/given", "ever", _true(measure.given)))
    return Reading(measure, value, over, time)


def _counted(measure: Measure, made: _Columns) -> Reading:
    kind: Kind = "ever_count" if measure.kind.startswith("ever") else "count"
    condition = measure.expression
    if measure.given is not None:
        condition = _both(measure.expression, measure.given)
    column = Column(measure.name, kind, condition, measure.player, measure.action, measure.event)
    value = made.add(column)
    over = None
    if measure.given is not None:
        chances = Column(
            f"{measure.name}/given",
            kind,
            _true(measure.given),
            measure.player,
            event=measure.event,
            opportunities=True,
        )
        over = made.add(chances)
    return Reading(measure, value, over)


def _true(condition: Expression) -> Expression:
    return Expression(
        Compare("!=", condition.node, Number(0.0)), condition.text, condition.location
    )


def _both(first: Expression | None, second: Expression | None) -> Expression:
    if first is None or second is None:
        only = first or second
        if only is None:
            raise AssertionError("a measure of a condition has one")  # pragma: no cover
        return _true(only)
    node = Logical("and", (first.node, second.node))
    return Expression(node, f"({first.text}) and ({second.text})", first.location)


def _times(value: Expression | None, condition: Expression) -> Expression:
    if value is None:
        raise AssertionError("a measure of the state has an expression")  # pragma: no cover
    node = Binary("*", value.node, _true(condition).node)
    return Expression(node, f"({value.text}) given ({condition.text})", value.location)
