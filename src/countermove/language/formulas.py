"""Expressions and tables wherever the file may hold either, with what they are read against."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from countermove.errors import Location
from countermove.language.expressions import Array, Expression, Node, Number
from countermove.language.faults import Faults
from countermove.language.model import Claim
from countermove.language.parse import Scope, build_choice, parse_expression
from countermove.language.tables import Case
from countermove.language.tree import Fields, Leaf, Tree, fields


@dataclass(frozen=True)
class Worlds:
    """The parameters' values at which odds are checked: in force, and in each view.

    ``values`` holds a number where no view moves the parameter, else an array [W]: first the
    value in force and then those of ``views``, in order.
    """

    views: tuple[str, ...]
    values: Mapping[str, float | Array]


_STAND_IN = Number(0.0)  # keeps a table's other entries checked where one of them has faults
# Faults of dates, which only follow from a calendar that could not be made out.
_DATE_CODES = {"CM040", "CM041"}


@dataclass(frozen=True)
class Reading:
    """What every section is read against: the names in scope, the claims, the faults so far."""

    scope: Scope
    claims: Mapping[str, Claim]
    faults: Faults
    worlds: Worlds = Worlds((), {})
    dated: bool = True  # False where the calendar has faults of its own
    priors: Mapping[str, tuple[Expression, ...]] = field(default_factory=dict)  # by player

    def borne_by(self, player: str) -> Reading:
        """The reading of what this player earns or pays, in which ``type`` alone is its type."""
        scope = dataclasses.replace(self.scope, bearer=player)
        return dataclasses.replace(self, scope=scope)


def read_formula(tree: Tree | None, reading: Reading, *, kind: str = "number") -> Expression | None:
    """The resolved expression or table; None where it is absent or has faults (all recorded)."""
    match tree:
        case Leaf(None) | None:
            return None
        case Leaf(bool() as value):
            return _parse("true" if value else "false", tree.location, reading, kind)
        case Leaf(str()):
            return _parse(tree.passage, tree.location, reading, kind)
        case Leaf(int() | float() as value):
            return _parse(value, tree.location, reading, kind)
        case Fields() if "by" in tree:
            return _table(tree, reading, kind)
        case _:
            return None


def read_text_formula(
    text: str, location: Location, reading: Reading, *, kind: str = "number"
) -> Expression | None:
    """The resolved expression of a piece of text that stands at ``location``."""
    return _parse(text, location, reading, kind)


def _parse(
    text: str | int | float, location: Location, reading: Reading, kind: str
) -> Expression | None:
    if reading.faults.full():
        return None
    expression, found = parse_expression(text, reading.scope, location, kind=kind)
    reading.faults.extend(d for d in found if reading.dated or d.code not in _DATE_CODES)
    if expression is None:
        return None
    return dataclasses.replace(expression, text=" ".join(expression.text.split()))


def _table(table: Fields, reading: Reading, kind: str) -> Expression | None:
    by = table.get("by")
    if not isinstance(by, Leaf):
        return None
    cases: list[Case] = []
    otherwise: Node | None = None
    complete = True
    for entry in table:
        if entry.key == "by":
            continue
        value = read_formula(entry.value, reading, kind=kind)
        complete = complete and value is not None
        node = value.node if value is not None else _STAND_IN
        if entry.key == "otherwise":
            otherwise = node
        else:
            cases.append((entry.key, node, entry.location))
    choice, found = build_choice(by.text, cases, otherwise, reading.scope, by.location, kind=kind)
    reading.faults.extend(found)
    if choice is None or not complete:
        return None
    return Expression(choice, written(table), table.location)


def written(tree: Tree | None) -> str:
    """A formula as text, for people: tables on one line."""
    match tree:
        case Leaf(_, text):
            return " ".join(text.split())
        case Fields():
            return "{" + ", ".join(f"{e.key}: {written(e.value)}" for e in tree) + "}"
        case _:
            return ""


def words(tree: Tree | None) -> frozenset[str]:
    """Every word of a formula: a superset of the names that it reads."""
    found = fields(tree)
    if found is not None:
        return frozenset().union(*(words(entry.value) for entry in found))
    return (
        frozenset(re.findall(r"[A-Za-z_]\w*", tree.text)) if isinstance(tree, Leaf) else frozenset()
    )
