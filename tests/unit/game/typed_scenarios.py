"""Scenarios with private types, made without the words that the files have for them."""

from __future__ import annotations

from dataclasses import replace

from countermove.language import loads
from countermove.language.expressions import (
    Binary,
    Choice,
    Expression,
    LevelNumber,
    Node,
    Number,
    ParameterRef,
    TypeOf,
)
from countermove.language.model import Measure, Redraw, Scenario, Step

PLAIN = """
scenario: bluff
title: A threat that may be a bluff
calendar: {periods: 2}
state:
  crisis: {levels: [calm, threatened, open], start: calm}
parameters:
  bold: {value: 0.4, range: [0.2, 0.6], assumption: true}
  fear: {value: 1, range: [0, 2], assumption: true}
players:
  us:
    rationality: 3
    discount: 0.9
    interests: {worry: fear * (crisis == open)}
    actions:
      wait: {}
      threaten: {when: crisis == calm, effects: [{crisis: threatened}]}
  iran:
    rationality: 2
    interests: {calm: crisis == calm}
    actions:
      comply: {otherwise: true}
      resist: {when: crisis == threatened, effects: [{crisis: open, probability: 0.5}]}
events:
  election: {outcomes: [{probability: 0.3, effects: [{crisis: -1}], costs: {us: 0.2}}]}
order: [us, iran, election]
measures:
  war: ever(crisis == open)
  threats: played(us, threaten)
policies:
  hush: {player: us, rules: [{play: [wait]}]}
  shy: {player: us, rules: [{when: crisis == calm, play: [wait]}]}
"""
TYPES = ("resolved", "bluffing")


def expression(node: Node) -> Expression:
    return Expression(node, "x")


def by_type(player: str, *values: float) -> Node:
    return Choice(TypeOf(player), tuple(enumerate(Number(v) for v in values)), None)


def halves(**more: bool) -> Redraw:
    return Redraw("us", (expression(Number(0.5)), expression(Number(0.5))), **more)


def bluff(
    redraw: Redraw | None = None, always: Redraw | None = None, iran: bool = False
) -> Scenario:
    """``us`` has two types, which its costs and both players' interests read.

    ``redraw`` hangs on the election's outcome, ``always`` on its coming up; ``iran`` has three
    types where that is set.
    """
    plain = loads(PLAIN)
    us, them, election = plain.player("us"), plain.player("iran"), plain.event("election")
    toll = by_type("us", 0.1, 0.9)
    worry = expression(Binary("*", toll, LevelNumber("crisis")))
    threaten = replace(
        us.actions[1], costs={"us": expression(toll), "iran": expression(by_type("us", 2.0, 3.0))}
    )
    prior = ParameterRef("bold")
    us = replace(
        us,
        types=TYPES,
        prior=(expression(prior), expression(Binary("-", Number(1.0), prior))),
        belief_points=5,
        interests={"worry": worry},
        final={"honour": expression(toll)},
        actions=(us.actions[0], threaten),
    )
    them = replace(them, interests={"worry": worry})
    if iran:
        thirds = (0.5, 0.25, 0.25)
        them = replace(
            them,
            types=("low", "mid", "high"),
            prior=tuple(expression(Number(x)) for x in thirds),
            belief_points=3,
            interests={
                "both": expression(Binary("*", toll, by_type("iran", 1.0, 10.0, 100.0))),
            },
        )
    if redraw is not None or always is not None:
        outcomes = election.effects[0]
        drawn = (redraw,) if redraw is not None else ()
        outcome = replace(outcomes.outcomes[0], redraws=drawn)
        election = replace(
            election,
            effects=(replace(outcomes, outcomes=(outcome,)),),
            redraws=(always,) if always is not None else (),
        )
    return replace(plain, players=(us, them), events=(election,))


def measuring(scenario: Scenario, *measures: Measure) -> Scenario:
    """The scenario with these measures alone."""
    return replace(scenario, measures={m.name: m for m in measures})


def at_once(scenario: Scenario, *then: str) -> Scenario:
    """``us`` and ``iran`` move at once, then the players named, then the election."""
    steps = [Step("joint", "us+iran", players=("us", "iran"))]
    steps += [Step("move", name, players=(name,)) for name in then]
    return replace(scenario, order=(*steps, scenario.order[-1]))


def for_ever(scenario: Scenario, discount: float = 0.9) -> Scenario:
    """One period of the scenario that repeats itself."""
    rate = expression(Number(discount))
    players = tuple(replace(p, discount=rate, final={}) for p in scenario.players)
    calendar = replace(scenario.calendar, periods=1, forever=True)
    return replace(scenario, calendar=calendar, players=players)
