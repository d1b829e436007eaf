"""What a scenario declares but never uses, changes or reaches: warnings, for they may be slips."""

from __future__ import annotations

from collections.abc import Iterator

from countermove.errors import Location
from countermove.language.expressions import Expression, reads
from countermove.language.faults import Faults
from countermove.language.formulas import words
from countermove.language.model import Effect, Outcome, Outcomes, Redraw, Scenario
from countermove.language.tree import Fields, Items, Tree


def check_usage(scenario: Scenario, root: Fields, faults: Faults) -> None:
    """Warn of variables, parameters, terms, claims, sources and events without use."""
    expressions = list(all_expressions(scenario))
    _variables(scenario, expressions, faults)
    used = {name for e in expressions for name in reads(e.node).parameters}
    for parameter in scenario.parameters.values():
        if parameter.name not in used:
            kind = "lever" if parameter.lever_of else "parameter"
            _unused("CM093", kind, parameter.name, parameter.location, faults)
    _types(scenario, expressions, faults)
    _terms(scenario, root, faults)
    _citations(scenario, root, faults)
    _order(scenario, faults)


def all_expressions(scenario: Scenario) -> Iterator[Expression]:
    """Every expression that has a bearing on the game or on what is asked of it."""
    for player in scenario.players:
        yield player.rationality
        yield player.discount
        yield from player.prior
        yield from player.interests.values()
        yield from player.final.values()
        for action in player.actions:
            yield from _present(action.when)
            yield from action.costs.values()
            yield from _of_effects(action.effects)
    for event in scenario.events:
        yield from _present(event.when)
        yield from event.costs.values()
        yield from _of_redraws(event.redraws)
        yield from _of_effects(event.effects)
    yield from _present(scenario.ends, *(step.when for step in scenario.order))
    for measure in scenario.measures.values():
        yield from _present(measure.expression, measure.given)
    for policy in scenario.policies.values():
        for rule in policy.rules:
            yield from _present(rule.when)
            yield from (odds for _, odds in rule.mixture)


def _present(*expressions: Expression | None) -> Iterator[Expression]:
    yield from (expression for expression in expressions if expression is not None)


def _of_effects(effects: tuple[Effect | Outcomes, ...]) -> Iterator[Expression]:
    for effect in effects:
        yield from _present(effect.when)
        if isinstance(effect, Effect):
            yield from _present(effect.probability)
            continue
        for outcome in effect.outcomes:
            yield outcome.probability
            yield from outcome.costs.values()
            yield from _of_redraws(outcome.redraws)
            yield from _of_effects(outcome.effects)


def _of_redraws(redraws: tuple[Redraw, ...]) -> Iterator[Expression]:
    for redraw in redraws:
        yield from redraw.distribution


def _changed(effects: tuple[Effect | Outcomes, ...]) -> Iterator[str]:
    for effect in effects:
        parts: tuple[Outcome, ...] = effect.outcomes if isinstance(effect, Outcomes) else ()
        if isinstance(effect, Effect):
            yield effect.variable
        for outcome in parts:
            yield from _changed(outcome.effects)


def _variables(scenario: Scenario, expressions: list[Expression], faults: Faults) -> None:
    read = {name for e in expressions for name in reads(e.node).variables}
    movers = [action.effects for player in scenario.players for action in player.actions]
    chance = [event.effects for event in scenario.events]
    changed = {name for effects in movers + chance for name in _changed(effects)}
    for variable in scenario.variables:
        if variable.name not in changed:
            faults.add(
                "CM091",
                f"nothing changes the variable {variable.name!r}",
                variable.location,
                severity="warning",
                text=variable.name,
                remedy="let an action or an event change it, or make it a parameter",
            )
        if variable.name not in read:
            faults.add(
                "CM092",
                f"nothing reads the variable {variable.name!r}",
                variable.location,
                severity="warning",
                text=variable.name,
                remedy="let an interest, a condition, odds or a measure read it, or remove it",
            )


def _types(scenario: Scenario, expressions: list[Expression], faults: Faults) -> None:
    read = {name for e in expressions for name in reads(e.node).types}
    for player in scenario.players:
        if player.types and player.name not in read:
            faults.add(
                "CM213",
                f"nothing reads the type of {player.name!r}, so that its types are all alike",
                player.location,
                severity="warning",
                text=player.name,
                remedy="let an interest or a cost read its type, or remove the types",
            )


def _unused(code: str, kind: str, name: str, location: Location, faults: Faults) -> None:
    faults.add(
        code,
        f"nothing uses the {kind} {name!r}",
        location,
        severity="warning",
        text=name,
        remedy="use it, or remove it",
    )


def _terms(scenario: Scenario, root: Fields, faults: Faults) -> None:
    section = root.entries.get("terms")
    if section is None or not isinstance(section.value, Fields):
        return
    others = {key: entry for key, entry in root.entries.items() if key != "terms"}
    used = set(_all_words(Fields(others, root.location)))
    for entry in section.value:
        used |= words(entry.value)
    for entry in section.value:
        if entry.key not in used:
            _unused("CM093", "term", entry.key, entry.location, faults)


def _all_words(tree: Tree) -> frozenset[str]:
    if isinstance(tree, Items):
        return frozenset().union(*map(_all_words, tree.items))
    if isinstance(tree, Fields):
        return frozenset().union(*(_all_words(entry.value) for entry in tree))
    return words(tree)


def _citations(scenario: Scenario, root: Fields, faults: Faults) -> None:
    cited = {name for variable in scenario.variables for name in variable.cites}
    cited.update(name for part in scenario.parameters.values() for name in part.cites)
    cited.update(name for event in scenario.events for name in event.cites)
    cited.update(name for policy in scenario.policies.values() for name in policy.cites)
    cited.update(name for view in scenario.views.values() for name in view.cites)
    cited.update(name for score in scenario.scores.values() for name in score.cites)
    cited.update(name for goal in scenario.goals.values() for name in goal.cites)
    cited.update(name for pair in scenario.correlations for name in pair.cites)
    for player in scenario.players:
        cited.update(player.cites)
        cited.update(name for action in player.actions for name in action.cites)
        cited.update(name for names in player.interest_cites.values() for name in names)
    sourced = {claim.source for claim in scenario.claims.values()}
    for section, kind, used in (("claims", "claim", cited), ("sources", "source", sourced)):
        holder = root.get(section)
        for entry in holder if isinstance(holder, Fields) else ():
            if entry.key not in used:
                _unused("CM094", kind, entry.key, entry.location, faults)


def _order(scenario: Scenario, faults: Faults) -> None:
    stepped = {step.name for step in scenario.order if step.kind == "event"}
    moving = {player for step in scenario.order for player in step.players}
    for event in scenario.events:
        if event.name not in stepped:
            faults.add(
                "CM095",
                f"the event {event.name!r} stands nowhere in the order, so that it never happens",
                event.location,
                severity="warning",
                text=event.name,
                remedy=f"add '- {event.name}' to the order",
            )
    for player in scenario.players:
        if player.actions and player.name not in moving:
            faults.add(
                "CM095",
                f"the player {player.name!r} has actions but no place in the order, so that it "
                "never moves",
                player.location,
                severity="warning",
                text=player.name,
                remedy=f"add '- {player.name}' to the order",
            )
