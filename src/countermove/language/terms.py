"""Named expressions: each may use the others in any order, but none may use itself."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from graphlib import CycleError, TopologicalSorter

from countermove.language.declare import Declared
from countermove.language.expressions import Expression
from countermove.language.formulas import Reading, read_formula, words


def read_terms(declared: Declared, reading: Reading) -> Reading:
    """The reading with the scenario's terms in scope; those with faults are marked faulty."""
    entries = {entry.key: entry for entry in declared.entries("terms")}
    uses = {name: words(entry.value) & entries.keys() for name, entry in entries.items()}
    circular = _circular(uses)
    for cycle in circular:
        chain = " -> ".join([*cycle, cycle[0]])
        reading.faults.add(
            "CM073",
            f"the term {cycle[0]!r} uses itself: {chain}",
            entries[cycle[0]].location,
            text=chain,
            remedy="write one of them out without the others",
        )
    terms: dict[str, Expression] = {}
    faulty = set(reading.scope.faulty) | entries.keys()
    for name in _in_order(uses, {name for cycle in circular for name in cycle}):
        scope = dataclasses.replace(reading.scope, terms=terms, faulty=frozenset(faulty))
        here = dataclasses.replace(reading, scope=scope)
        expression = read_formula(entries[name].value, here, kind="term")
        if expression is not None:
            terms[name] = expression
            faulty.discard(name)
    declared_order = {name: terms[name] for name in entries if name in terms}
    scope = dataclasses.replace(reading.scope, terms=declared_order, faulty=frozenset(faulty))
    return dataclasses.replace(reading, scope=scope)


def _circular(uses: Mapping[str, frozenset[str]]) -> list[list[str]]:
    """Cycles that share no term, each in its order, until none is left."""
    cycles: list[list[str]] = []
    left = dict(uses)
    while True:
        try:
            tuple(TopologicalSorter(left).static_order())
        except CycleError as error:
            # The cycle is told with its first term repeated, from what is used to what uses it.
            cycle = list(reversed(error.args[1]))[:-1]
            cycles.append(cycle)
            left = {name: used - set(cycle) for name, used in left.items() if name not in cycle}
        else:
            return cycles


def _in_order(uses: Mapping[str, frozenset[str]], circular: set[str]) -> list[str]:
    """The terms outside of cycles, each after those that it uses."""
    left = {name: used - circular for name, used in uses.items() if name not in circular}
    return list(TopologicalSorter(left).static_order())
