"""The parts of a scenario in words: effects, costs, guards, rules, steps.

Records, not text laid out: the terminal and the page each arrange them in their own way.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from countermove.language import words
from countermove.language.expressions import Environment, Expression, Number, evaluate
from countermove.language.model import (
    Action,
    Effect,
    Event,
    Outcome,
    Outcomes,
    Policy,
    Redraw,
    Rule,
    Scenario,
    Step,
    Variable,
)


@dataclass(frozen=True, slots=True)
class MoveWords:
    """An action or an event in words; ``effects`` are sentences in the order they happen."""

    name: str
    when: str
    costs: tuple[str, ...]
    effects: tuple[str, ...]
    note: str
    cites: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StepWords:
    """A step of the period: ``kind`` is ``move``, ``joint`` or ``event``.

    ``does`` lists what may happen, by player where several move at once.
    """

    kind: str
    name: str
    title: str
    when: str
    does: str


def action_words(scenario: Scenario, action: Action) -> MoveWords:
    """An action: when it is legal, what it costs whom, what it does."""
    when = "only where nothing else is legal" if action.otherwise else _text(action.when)
    return MoveWords(
        name=action.name,
        when=when,
        costs=cost_words(scenario, action.costs),
        effects=effect_list(scenario, action.effects),
        note=action.note,
        cites=action.cites,
    )


def event_words(scenario: Scenario, event: Event) -> MoveWords:
    """An event: when it may happen, what it costs whom, what it does."""
    return MoveWords(
        name=event.name,
        when=_text(event.when),
        costs=cost_words(scenario, event.costs),
        effects=_event_effects(scenario, event),
        note=event.note,
        cites=event.cites,
    )


def cost_words(scenario: Scenario, costs: Mapping[str, Expression]) -> tuple[str, ...]:
    """Losses by who pays them: ``The United States pays 0.2``."""
    titles = {player.name: player.title for player in scenario.players}
    return tuple(f"{titles.get(who, who)} pays {cost.text}" for who, cost in costs.items())


def effect_list(scenario: Scenario, effects: tuple[Effect | Outcomes, ...]) -> tuple[str, ...]:
    """One sentence an effect, one an exclusive outcome, in their order."""
    sentences: list[str] = []
    for effect in effects:
        if isinstance(effect, Effect):
            sentences.append(effect_words(scenario, effect))
        else:
            sentences.extend(_outcome_words(scenario, effect))
    return tuple(sentences)


def _event_effects(scenario: Scenario, event: Event) -> tuple[str, ...]:
    redraws = tuple(redraw_words(scenario, redraw) for redraw in event.redraws)
    return (*redraws, *effect_list(scenario, event.effects))


def redraw_words(scenario: Scenario, redraw: Redraw) -> str:
    """A type drawn anew: ``the challenger’s type is drawn anew (resolved 0.5, bluffing rest)``."""
    player = scenario.player(redraw.player)
    own = [odds.node for odds in player.prior] == [odds.node for odds in redraw.distribution]
    odds = [
        f"{words.plain_name(name)} {chance.text}"
        for name, chance in zip(player.types, redraw.distribution, strict=True)
    ]
    said = f"the type of {words.within(player.title)} is drawn anew "
    said += "from the prior" if own else f"({', '.join(odds)})"
    return f"{said}, and the one before gets nothing afterwards" if redraw.stops else said


def effect_words(scenario: Scenario, effect: Effect) -> str:
    """One effect: ``forces falls by 1 level, with probability 0.3, if tension >= 2``."""
    said = _change(scenario.variable(effect.variable), effect)
    if effect.probability is not None and not _is_one(effect.probability):
        said += f", with probability {effect.probability.text}"
    if effect.when is not None:
        said += f", if {effect.when.text}"
    return said


def _change(variable: Variable, effect: Effect) -> str:
    if effect.level is not None:
        return f"{variable.name} becomes {variable.levels[effect.level]}"
    shift = effect.shift or 0
    levels = f"{abs(shift)} level{'' if abs(shift) == 1 else 's'}"
    return f"{variable.name} {'rises' if shift > 0 else 'falls'} by {levels}"


def _outcome_words(scenario: Scenario, group: Outcomes) -> list[str]:
    head = f"if {group.when.text}: " if group.when is not None else ""
    return [head + _one_outcome(scenario, outcome) for outcome in group.outcomes]


def _one_outcome(scenario: Scenario, outcome: Outcome) -> str:
    parts = [effect_words(scenario, effect) for effect in outcome.effects]
    parts += [redraw_words(scenario, redraw) for redraw in outcome.redraws]
    parts += [words.within(cost) for cost in cost_words(scenario, outcome.costs)]
    done = "; ".join(parts) or "nothing changes"
    if _is_one(outcome.probability):
        return done
    return f"with probability {outcome.probability.text}: {done}"


def order_words(scenario: Scenario) -> tuple[StepWords, ...]:
    """The steps of one period in their order."""
    return tuple(_step_words(scenario, step) for step in scenario.order)


def _step_words(scenario: Scenario, step: Step) -> StepWords:
    if step.kind == "move":
        player = scenario.player(step.name)
        does = " · ".join(words.plain_name(action.name) for action in player.actions)
        return StepWords("move", step.name, player.title, _text(step.when), does)
    if step.kind == "joint":
        return _joint_words(scenario, step)
    event = scenario.event(step.name)
    # The same guard may stand at the event and at its step: it is said once.
    guards = dict.fromkeys(_text(guard) for guard in (step.when, event.when) if guard is not None)
    does = "; ".join(_event_effects(scenario, event))
    return StepWords("event", step.name, words.plain_name(step.name), " and ".join(guards), does)


def _joint_words(scenario: Scenario, step: Step) -> StepWords:
    players = [scenario.player(name) for name in step.players]
    titles = [
        player.title if not n else words.within(player.title) for n, player in enumerate(players)
    ]
    does = "; ".join(
        f"{words.within(player.title)}: "
        + " · ".join(words.plain_name(action.name) for action in player.actions)
        for player in players
    )
    return StepWords("joint", step.name, words.listed(titles), _text(step.when), does)


def policy_words(policy: Policy) -> tuple[str, ...]:
    """A policy's rules, a sentence each."""
    return tuple(_rule_words(rule) for rule in policy.rules)


def _rule_words(rule: Rule) -> str:
    head = f"if {rule.when.text}: " if rule.when is not None else ""
    if rule.forbid:
        return f"{head}never {words.listed(rule.forbid, last='or')}"
    if rule.first_legal:
        return f"{head}play {words.listed(rule.first_legal, last='or else')}"
    if len(rule.mixture) == 1:
        return f"{head}play {rule.mixture[0][0]}"
    mixture = [f"{action} ({odds.text})" for action, odds in rule.mixture]
    return f"{head}play {words.listed(mixture)}"


def constant_words(expression: Expression, parameters: Mapping[str, float]) -> str:
    """An expression of parameters alone, with its value: ``alike = 4``; a number is itself."""
    value = float(evaluate(expression.node, values_at(parameters)))
    shown = words.level_number(value)
    return shown if isinstance(expression.node, Number) else f"{expression.text} = {shown}"


def values_at(parameters: Mapping[str, float], *, period: float = 0.0) -> Environment:
    """Where an expression of parameters and the calendar alone finds its values."""
    return _Parameters(parameters, period)


@dataclass(frozen=True, slots=True)
class _Parameters:
    values: Mapping[str, float]
    period: float = 0.0

    def parameter(self, name: str) -> float:
        return self.values[name]

    def number(self, variable: str) -> float:
        raise KeyError(variable)

    position = number
    last = number
    type_of = number


def _is_one(expression: Expression) -> bool:
    return isinstance(expression.node, Number) and expression.node.value == 1


def _text(expression: Expression | None) -> str:
    return expression.text if expression is not None else ""
