"""Policies as arrays: where a player is bound, to which mixture, and what is forbidden to it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from countermove.game.domains import Floats
from countermove.game.lookups import Lookup, Reader
from countermove.game.tables import Tables
from countermove.language.model import Policy, Rule


@dataclass(frozen=True, slots=True)
class RuleLookup:
    """A rule with its condition and its mixture's probabilities as lookups."""

    rule: Rule
    when: Lookup | None
    mixture: tuple[tuple[int, Lookup], ...]  # action, probability
    first_legal: tuple[int, ...]
    forbid: tuple[int, ...]

    @property
    def timed(self) -> bool:
        """Does time enter the rule?"""
        lookups = [self.when, *(p for _, p in self.mixture)]
        return any(x.table.timed for x in lookups if x is not None)


def policy_tables(policy: Policy, tables: Tables) -> None:
    """Register the tables that a policy reads, before the tables are placed."""
    for rule in policy.rules:
        what = f"a rule of policy {policy.name!r}"
        for expression in (rule.when, *(p for _, p in rule.mixture)):
            if expression is not None:
                tables.add("value", [expression], what)


def rule_lookups(
    policy: Policy, actions: tuple[str, ...], tables: Tables, reader: Reader
) -> tuple[RuleLookup, ...]:
    """The rules of a policy for a player with these actions."""
    what = f"a rule of policy {policy.name!r}"
    found = []
    for rule in policy.rules:
        named = [*(a for a, _ in rule.mixture), *rule.first_legal, *rule.forbid]
        if named and not set(named) <= set(actions):
            continue  # the rule speaks of another of the players bound
        found.append(
            RuleLookup(
                rule,
                None if rule.when is None else reader.at(tables.add("value", [rule.when], what)),
                tuple(
                    (actions.index(a), reader.at(tables.add("value", [p], what)))
                    for a, p in rule.mixture
                ),
                tuple(actions.index(a) for a in rule.first_legal),
                tuple(actions.index(a) for a in rule.forbid),
            )
        )
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Binding:
    """What a policy makes of one step.

    ``bound`` [S] and ``mixture`` [S, A]; ``allowed`` [S, A] is what is left to a player that is
    partly free; ``rule`` [S] is the number of the rule that holds, -1 for none; ``stuck`` [S] tells
    where that rule names no legal action, or forbids all of them.
    """

    bound: NDArray[np.uint8]
    mixture: Floats
    allowed: NDArray[np.uint8]
    rule: NDArray[np.int32]
    stuck: NDArray[np.bool_]


def bind(rules: tuple[RuleLookup, ...], legal: NDArray[np.uint8], flat: Floats) -> Binding:
    """Apply the first rule that holds, state by state; ``legal`` is [S, A]."""
    n, n_actions = legal.shape
    binding = Binding(
        np.zeros(n, np.uint8),
        np.zeros((n, n_actions)),
        legal.copy(),
        np.full(n, -1, np.int32),
        np.zeros(n, bool),
    )
    free = np.ones(n, bool)
    for number, rule in enumerate(rules):
        holds = free.copy()
        if rule.when is not None:
            holds &= flat[rule.when.offset + rule.when.rows] != 0
        free &= ~holds
        at = np.flatnonzero(holds)
        binding.rule[at] = number
        if rule.forbid:
            binding.allowed[np.ix_(at, np.asarray(rule.forbid))] = 0
            binding.stuck[at] |= ~binding.allowed[at].any(axis=1)
        elif rule.first_legal:
            _first_legal(binding, rule, legal, at)
        else:
            _mix(binding, rule, legal, flat, at)
    return binding


def _first_legal(
    binding: Binding, rule: RuleLookup, legal: NDArray[np.uint8], at: NDArray[np.intp]
) -> None:
    options = legal[np.ix_(at, np.asarray(rule.first_legal))]
    some = options.any(axis=1)
    chosen = np.asarray(rule.first_legal)[options.argmax(axis=1)]
    binding.bound[at[some]] = 1
    binding.mixture[at[some], chosen[some]] = 1.0
    binding.stuck[at[~some]] = True


def _mix(
    binding: Binding,
    rule: RuleLookup,
    legal: NDArray[np.uint8],
    flat: Floats,
    at: NDArray[np.intp],
) -> None:
    binding.bound[at] = 1
    for action, lookup in rule.mixture:
        share = flat[lookup.offset + lookup.rows[at]]
        binding.mixture[at, action] += share
        binding.stuck[at] |= (share != 0) & (legal[at, action] == 0)
