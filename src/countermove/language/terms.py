"""Named expressions: each may use the others in any order, but none may use itself."""

from __future__ import annotations

import dataclasses
from graphlib import CycleError, TopologicalSorter

from countermove.language.declare import Declared
from countermove.language.expressions import Expression
from countermove.language.formulas import Reading, read_formula, words


def read_terms(declared: Declared, reading: Reading) -> Reading:
    """The reading with the scenario's terms in scope; those with faults are marked faulty."""
    entries = {entry.key: entry for entry in declared.entries("terms")}
    uses = {name: words(entry.value) & entries.keys() for name, entry in entries.items()}
    circular = _circular(uses)
    for name in circular:
        chain = " -> ".join([*circular, circular[0]])
        reading.faults.add(
            "CM073",
            f"the term {name!r} uses itself: {chain}",
            entries[name].location,
            text=chain,
            remedy="write one of them out without the others",
        )
    terms: dict[str, Expression] = {}
    faulty = set(reading.scope.faulty) | entries.keys()
    for name in _in_order({n: u for n, u in uses.items() if n not in circular}):
        scope = dataclasses.replace(reading.scope, terms=terms, faulty=frozenset(faulty))
        here = dataclasses.replace(reading, scope=scope)
        if name in circular:
            continue
        expression = read_formula(entries[name].value, here)
        if expression is not None:
            terms[name] = expression
            faulty.discard(name)
    declared_order = {name: terms[name] for name in entries if name in terms}
    scope = dataclasses.replace(reading.scope, terms=declared_order, faulty=frozenset(faulty))
    return dataclasses.replace(reading, scope=scope)


def _circular(uses: dict[str, frozenset[str]]) -> list[str]:
    """The terms of one cycle, in its order; nothing where there is none."""
    try:
        tuple(TopologicalSorter(uses).static_order())
    except CycleError as error:
        # The cycle is told with its first term repeated, from what is used to what uses it.
        return list(reversed(error.args[1]))[:-1]
    return []


def _in_order(uses: dict[str, frozenset[str]]) -> list[str]:
    """Terms after those that they use; terms that lead into a second cycle are left out."""
    placed: list[str] = []
    left = dict(uses)
    while left:
        ready = [n for n, u in left.items() if not (u & left.keys())]
        if not ready:
            break
        placed.extend(ready)
        for name in ready:
            del left[name]
    return placed
