"""Tables: an expression's values, one row for each combination of the levels that it reads.

Odds, guards, costs and payoffs read few variables, so each is evaluated on a small table and looked
up by row; a new draw of the parameters evaluates the tables again and nothing else. Axis letters:
R rows of a table, B periods.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from countermove.game.domains import Domain, Floats, Grid, Layout, last_name, type_name
from countermove.language.expressions import Expression, Node, Number, evaluate, reads
from countermove.language.intervals import bounds

# Above this many combinations a table keeps only those that occur.
DENSE_ROWS = 1 << 16


@dataclass(slots=True)
class RowEnvironment:
    """An expression's surroundings on the rows of a table.

    ``period`` is a number, or [B, 1] for several periods at once.
    """

    grid: Grid
    parameters: Mapping[str, Any]
    period: Any

    def parameter(self, name: str) -> Any:
        """A parameter's value, or its bounds."""
        return self.parameters[name]

    def number(self, variable: str) -> Floats:
        """The number that the variable's level carries [R]."""
        return self.grid.number(variable)

    def position(self, variable: str) -> Floats:
        """The position of the variable's level [R]."""
        return self.grid.position(variable)

    def last(self, player: str) -> Floats:
        """A player's latest action [R]."""
        return self.grid.position(last_name(player))

    def type_of(self, player: str) -> Floats:
        """The position of a player's type [R]."""
        return self.grid.position(type_name(player))


@dataclass(frozen=True, slots=True)
class Use:
    """What a table stands for somewhere in the scenario, in words, with its expressions there."""

    what: str
    expressions: tuple[Expression | None, ...]


@dataclass(slots=True, eq=False)
class Table:
    """Some expressions on one domain, laid out side by side: ``width`` values a row.

    ``kind`` says what they mean. ``value``: one expression as it is. ``odds``: the probability of
    an effect and of its absence. ``outcomes``: the probability of each outcome, then of nothing.
    A ``when`` multiplies odds and outcomes.
    """

    kind: str
    nodes: tuple[Node, ...]
    when: Node | None
    domain: Domain
    uses: list[Use]
    timed: bool
    parametric: bool
    number: int = 0  # its place among the game's tables
    offset: int = 0  # its place in the flat vector
    length: int = 0  # its size, once it has a place there
    _constant: Floats | None = None

    def used_by(self, *words: str) -> Use:
        """The use whose words contain one of these, or the first."""
        found = (use for use in self.uses if any(w in use.what for w in words))
        return next(found, self.uses[0])

    @property
    def width(self) -> int:
        """Values a row."""
        return {"value": 1, "odds": 2, "outcomes": len(self.nodes) + 1}[self.kind]

    @property
    def size(self) -> int:
        """Values in all."""
        return self.width * self.domain.n_rows

    def environment(self, parameters: Mapping[str, Any], period: Any) -> RowEnvironment:
        """Where its expressions are evaluated; ``period`` is a number, or [B, 1] for several."""
        return RowEnvironment(self.domain.grid(), parameters, period)

    def values(self, parameters: Mapping[str, Any], period: Any) -> Floats:
        """The values [R, width] under one draw of the parameters; [B, R, width] for B periods."""
        environment = self.environment(parameters, period)
        shape = np.broadcast_shapes(np.shape(period), (self.domain.n_rows,))
        out = np.empty((*shape, len(self.nodes)))
        for i, node in enumerate(self.nodes):
            out[..., i] = evaluate(node, environment)
        if self.when is not None:
            holds = np.not_equal(evaluate(self.when, environment), 0)
            out = np.where(np.broadcast_to(holds, shape)[..., None], out, 0.0)
        if self.kind == "value":
            return out
        return np.concatenate([out, 1.0 - out.sum(axis=-1, keepdims=True)], axis=-1)

    def drawn(self, parameters: Mapping[str, Any]) -> Floats:
        """As ``values`` of a table that time does not enter, once it has its place.

        What reads no parameter is worked out for the first draw alone.
        """
        if self.parametric:
            return self.values(parameters, 0.0)
        if self._constant is None:
            self._constant = self.values(parameters, 0.0)
        return self._constant

    def possible(self, ranges: Mapping[str, Any], period: int) -> tuple[Floats, Floats]:
        """Bounds (low, high), each [R, width], over all parameters within their ranges."""
        environment = self.environment(ranges, float(period))
        shape = (self.domain.n_rows, len(self.nodes))
        low, high = np.empty(shape), np.empty(shape)
        for i, node in enumerate(self.nodes):
            low[:, i], high[:, i] = bounds(node, environment)
        if self.when is not None:
            never, always = bounds(self.when, environment)
            sure = np.broadcast_to((never > 0) | (always < 0), shape[0])
            can = np.broadcast_to((never != 0) | (always != 0), shape[0])
            low = np.where(sure[:, None], low, np.minimum(low, 0.0))
            high = np.where(can[:, None], high, 0.0)
            low = np.where(can[:, None], low, 0.0)
        if self.kind == "value":
            return low, high
        rest = (1.0 - high.sum(axis=1, keepdims=True), 1.0 - low.sum(axis=1, keepdims=True))
        return np.hstack([low, rest[0]]), np.hstack([high, rest[1]])


@dataclass(slots=True)
class Tables:
    """All tables of a game; equal expressions on equal domains share one."""

    layout: Layout
    tables: list[Table] = field(default_factory=list)
    _found: dict[Any, Table] = field(default_factory=dict)
    _dense: dict[tuple[tuple[str, ...], tuple[str, ...]], Domain] = field(default_factory=dict)

    def add(
        self,
        kind: str,
        expressions: Sequence[Expression | None],
        what: str,
        *,
        when: Expression | None = None,
    ) -> Table:
        """The table of these expressions (``None`` is certainty), made where there is none yet.

        ``what`` says in words what it is for, as messages about it will.
        """
        nodes = tuple(Number(1.0) if e is None else e.node for e in expressions)
        guard = None if when is None else when.node
        key = (kind, nodes, guard)
        use = Use(what, (*expressions, when))
        if key in self._found:
            table = self._found[key]
            if all(known.what != what for known in table.uses):
                table.uses.append(use)
            return table
        seen = [reads(node) for node in (*nodes, *(() if guard is None else (guard,)))]
        names = frozenset().union(
            *(r.variables for r in seen), *({last_name(p) for p in r.lasts} for r in seen)
        )
        types = frozenset().union(*(r.types for r in seen))
        domain = self._domain(
            tuple(n for n in self.layout.names if n in names),
            tuple(p for p in self.layout.types if p in types),
        )
        table = Table(
            kind,
            nodes,
            guard,
            domain,
            [use],
            timed=any(r.period for r in seen),
            parametric=any(r.parameters for r in seen),
            number=len(self.tables),
        )
        self._found[key] = table
        self.tables.append(table)
        return table

    def _domain(self, variables: tuple[str, ...], typed: tuple[str, ...]) -> Domain:
        """Dense domains are shared; the others keep what their own table met."""
        key = (variables, typed)
        if key in self._dense:
            return self._dense[key]
        domain = Domain(self.layout, variables, typed)
        size = np.prod([float(s) for s in domain.sizes]) * domain.profiles
        domain.dense = bool(size <= DENSE_ROWS)
        if domain.dense:
            self._dense[key] = domain
        return domain

    def place(self) -> int:
        """Lay the tables out one after another, those that time enters last.

        Returns the flat vector's length.
        """
        offset = 0
        for table in sorted(self.tables, key=lambda t: t.timed):
            table.offset, table.length = offset, table.size
            offset += table.length
        return offset
