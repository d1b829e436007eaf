"""Policies: rules that bind players to actions, to odds over actions, or away from some."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

import numpy as np

from countermove.language.declare import Declared
from countermove.language.expressions import Expression, Node
from countermove.language.formulas import Reading, read_formula
from countermove.language.levers import check_reach, pulled_by
from countermove.language.model import Parameter, Policy, Rule
from countermove.language.odds import (
    ROUNDING,
    check_odds,
    check_sum,
    first_wrong,
    remainder,
    total_odds,
)
from countermove.language.sections import read_cites, read_note
from countermove.language.tree import (
    Entry,
    Fields,
    Items,
    Leaf,
    Tree,
    fields,
    items,
    shown,
    text_of,
)

Mixture = tuple[tuple[str, Expression], ...]


def read_policies(
    declared: Declared, levers: Mapping[str, Parameter], reading: Reading
) -> dict[str, Policy]:
    """The policies, by name; the rules of each may read its own levers."""
    found = {}
    for entry in declared.entries("policies"):
        section = fields(entry.value)
        if section is not None:
            policy = _policy(entry, section, pulled_by(entry, declared, reading))
            own = tuple(name for name in levers if levers[name].lever_of == entry.key)
            found[entry.key] = dataclasses.replace(policy, levers=own)
            _check_levers(policy, levers, reading)
    return found


def _check_levers(policy: Policy, levers: Mapping[str, Parameter], reading: Reading) -> None:
    for rule in policy.rules:
        for _, odds in rule.mixture:
            check_reach(odds, levers, reading)


def _policy(entry: Entry, section: Fields, reading: Reading) -> Policy:
    players = _players(entry, section, reading)
    rules = [
        _rule(rule, players, reading)
        for rule in map(fields, items(section.get("rules")))
        if rule is not None
    ]
    return Policy(
        entry.key,
        players,
        tuple(rules),
        text_of(section.get("title")),
        read_note(section),
        read_cites(section, reading.claims, reading.faults),
        entry.location,
    )


def _players(entry: Entry, section: Fields, reading: Reading) -> tuple[str, ...]:
    named = [section.get("player"), *items(section.get("players"))]
    leaves = [leaf for leaf in named if isinstance(leaf, Leaf) and text_of(leaf)]
    if ("player" in section) == ("players" in section):
        reading.faults.add(
            "CM089",
            f"the policy {entry.key!r} must say whom it binds",
            entry.location,
            expected="player: name, or players: [name, name]",
            remedy="give it either 'player' or 'players'",
        )
    known = list(reading.scope.players)
    for leaf in leaves:
        if leaf.text not in known and leaf.text not in reading.scope.faulty:
            reading.faults.unknown("CM059", "player", leaf.text, known, leaf.location)
    return tuple(dict.fromkeys(leaf.text for leaf in leaves if leaf.text in known))


def _rule(section: Fields, players: tuple[str, ...], reading: Reading) -> Rule:
    if ("play" in section) == ("forbid" in section):
        reading.faults.add(
            "CM089",
            "a rule says either what to play or what to forbid",
            section.location,
            text=shown(section),
            expected="{when: condition, play: action} or {when: condition, forbid: [action]}",
            remedy="write two rules for the two",
        )
    when = read_formula(section.get("when"), reading, kind="condition")
    forbid = _actions(section.get("forbid"), players, reading)
    _check_left(section, forbid, players, reading)
    play = section.get("play")
    if isinstance(play, Items):
        first = _actions(play, players, reading)
        return Rule(when, first_legal=first, forbid=forbid, location=section.location)
    mixture = _mixture(play, players, reading)
    return Rule(when, mixture, forbid=forbid, location=section.location)


def _check_left(
    section: Fields, forbid: tuple[str, ...], players: tuple[str, ...], reading: Reading
) -> None:
    for player in players:
        actions = reading.scope.players[player]
        if actions and set(actions) <= set(forbid):
            reading.faults.add(
                "CM089",
                f"this rule forbids every action of {player!r}",
                section.entries["forbid"].value.location,
                text=shown(section.get("forbid")),
                remedy="leave it one that is always legal",
            )


def _mixture(play: Tree | None, players: tuple[str, ...], reading: Reading) -> Mixture:
    if isinstance(play, Leaf) and text_of(play):
        _check_action(play, players, reading)
        certain = read_formula(Leaf(1, "1", play.location), reading)
        return ((play.text, certain),) if certain is not None else ()
    odds = fields(play)
    if odds is None:
        return ()
    stated: dict[str, Expression] = {}
    rest: Leaf | None = None
    for entry in odds:
        _check_action(Leaf(entry.key, entry.key, entry.location), players, reading)
        if isinstance(entry.value, Leaf) and entry.value.text == "rest":
            if rest is not None:
                _second_rest(entry, reading)
            rest = entry.value
            continue
        probability = read_formula(entry.value, reading, kind="probability")
        if probability is not None:
            check_odds(probability, reading)
            stated[entry.key] = probability
    nodes = [probability.node for probability in stated.values()]
    complete = len(stated) + (rest is not None) == len(odds.entries)
    _check_mixture(nodes, odds, rest is not None, complete, reading)
    if rest is not None:
        left = Expression(remainder(nodes), "rest", rest.location)
        name = next(entry.key for entry in odds if entry.value is rest)
        stated[name] = left
    return tuple((entry.key, stated[entry.key]) for entry in odds if entry.key in stated)


def _check_mixture(
    nodes: list[Node], odds: Fields, has_rest: bool, complete: bool, reading: Reading
) -> None:
    if has_rest:
        check_sum(nodes, odds.location, reading)
        return
    total, constant = total_odds(nodes, reading.worlds)
    found = first_wrong(np.abs(total - 1) > ROUNDING, total, reading.worlds)
    if complete and constant and found is not None:
        reading.faults.add(
            "CM090",
            f"the odds of this mixture add up to {found[0]:g}{found[1]}",
            odds.location,
            text=shown(odds),
            expected="exactly 1",
            remedy="let one of the actions take the 'rest'",
        )


def _actions(tree: Tree | None, players: tuple[str, ...], reading: Reading) -> tuple[str, ...]:
    found = [item for item in items(tree) if isinstance(item, Leaf) and text_of(item)]
    for item in found:
        _check_action(item, players, reading)
    return tuple(dict.fromkeys(item.text for item in found))


def _check_action(leaf: Leaf, players: tuple[str, ...], reading: Reading) -> None:
    for player in players:
        actions = reading.scope.players[player]
        if leaf.text not in actions:
            kind = f"action of {player!r}"
            reading.faults.unknown("CM059", kind, leaf.text, actions, leaf.location)
            return


def _second_rest(entry: Entry, reading: Reading) -> None:
    reading.faults.add(
        "CM081",
        "only one action of a mixture may take the rest",
        entry.value.location,
        text="rest",
        remedy="give the others their own odds",
    )
