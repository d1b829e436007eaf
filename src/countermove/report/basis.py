"""What rests on what: the parts of a scenario that cite a claim, or that read a parameter."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

from countermove.language import words
from countermove.language.expressions import Expression, reads
from countermove.language.model import Player, Scenario

Grouped = tuple[tuple[str, tuple[tuple[str, str], ...]], ...]

_MANY = {
    "policy": "policies",
    "prior": "priors",
    "patience": "patience",
    "rationality": "rationality",
}


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a scenario: what kind it is, its name in words, and its anchor in the page.

    ``holds`` is what may read parameters; ``cites`` are the claims that it rests on.
    """

    kind: str
    name: str
    anchor: str
    holds: Any
    cites: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Basis:
    """By claim and by parameter: what rests on it, as (kinds, ((name, anchor), …)) groups."""

    claims: Mapping[str, Grouped]
    parameters: Mapping[str, Grouped]


def basis_of(scenario: Scenario) -> Basis:
    """What rests on each claim, and on each parameter."""
    parts = tuple(_parts(scenario))
    on_claims: dict[str, list[Part]] = {name: [] for name in scenario.claims}
    on_numbers: dict[str, list[Part]] = {name: [] for name in scenario.parameters}
    for part in parts:
        for claim in part.cites:
            on_claims.setdefault(claim, []).append(part)
        for name in _read(part.holds):
            on_numbers[name].append(part)
    for view in scenario.views.values():
        for name in dict.fromkeys((*view.values, *view.ranges)):
            part = Part("set by view", words.plain_name(view.name), f"view-{view.name}", None)
            on_numbers[name].append(part)
    return Basis(
        {name: _grouped(found) for name, found in on_claims.items()},
        {name: _grouped(found) for name, found in on_numbers.items()},
    )


def _grouped(parts: list[Part]) -> Grouped:
    kinds: dict[str, dict[str, str]] = {}
    for part in parts:
        kinds.setdefault(part.kind, {}).setdefault(part.name, part.anchor)
    return tuple((_counted(kind, len(of)), tuple(of.items())) for kind, of in kinds.items())


def _counted(kind: str, count: int) -> str:
    if count == 1:
        return kind
    first, _, rest = kind.partition(" ")
    if first == "set":
        return "set by views"
    return " ".join(filter(None, (_MANY.get(first, f"{first}s"), rest)))


def _parts(scenario: Scenario) -> Iterator[Part]:
    """Everything that may cite a claim or read a parameter."""
    for parameter in scenario.parameters.values():
        anchor = "" if parameter.lever_of else f"parameter-{parameter.name}"
        name = words.plain_name(parameter.name)
        yield Part("parameter", name, anchor, None, parameter.cites)
    for pair in scenario.correlations:
        name = f"{words.plain_name(pair.first)} with {words.plain_name(pair.second)}"
        yield Part("correlation", name, "numbers", None, pair.cites)
    for variable in scenario.variables:
        name = words.plain_name(variable.name)
        yield Part("variable", name, f"variable-{variable.name}", None, variable.cites)
    for player in scenario.players:
        yield from _of_player(player)
    for event in scenario.events:
        holds = (event, *(s.when for s in scenario.order if s.name == event.name))
        anchor = f"event-{event.name}" if _in_order(scenario, event.name) else ""
        yield Part("event", words.plain_name(event.name), anchor, holds, event.cites)
    for name, measure in scenario.measures.items():
        yield Part("measure", words.plain_name(name), "measures", measure)
    for name, score in scenario.scores.items():
        yield Part("score", score.title or words.plain_name(name), "measures", None, score.cites)
    for name, goal in scenario.goals.items():
        yield Part("goal", goal.title or words.plain_name(name), "measures", None, goal.cites)
    for name, policy in scenario.policies.items():
        yield Part("policy", words.plain_name(name), f"policy-{name}", policy, policy.cites)
    for name, view in scenario.views.items():
        yield Part("view", words.plain_name(name), f"view-{name}", None, view.cites)
    if scenario.ends is not None:
        yield Part("the end of the game", "", "order", scenario.ends)


def _in_order(scenario: Scenario, event: str) -> bool:
    return any(step.kind == "event" and step.name == event for step in scenario.order)


def _of_player(player: Player) -> Iterator[Part]:
    of, anchor = words.within(player.title), f"player-{player.name}"
    yield Part("rationality", f"of {of}", anchor, player.rationality)
    yield Part("patience", f"of {of}", anchor, player.discount)
    yield Part("prior", f"of {of}", anchor, player.prior)
    yield Part("player", of, anchor, None, player.cites)
    for place, interests in (("interest", player.interests), ("final", player.final)):
        for name, worth in interests.items():
            cites = player.interest_cites.get(name, ())
            where = f"{place}-{player.name}-{name}"
            yield Part(f"interest of {of}", words.plain_name(name), where, worth, cites)
    for action in player.actions:
        where = f"action-{player.name}-{action.name}"
        yield Part(f"move of {of}", words.plain_name(action.name), where, action, action.cites)


def _read(thing: Any) -> frozenset[str]:
    """The parameters that anything within reads."""
    found: set[str] = set()
    for expression in _expressions(thing):
        found |= reads(expression.node).parameters
    return frozenset(found)


def _expressions(thing: Any) -> Iterator[Expression]:
    match thing:
        case Expression():
            yield thing
        case Mapping():
            for below in thing.values():
                yield from _expressions(below)
        case tuple() | list():
            for below in thing:
                yield from _expressions(below)
        case _ if is_dataclass(thing) and not isinstance(thing, type):
            for at in fields(thing):
                yield from _expressions(getattr(thing, at.name))
