"""A comparison's names and numbers as people read them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from countermove.explore.cases import FREE, OWN
from countermove.explore.objectives import PERIODS
from countermove.explore.telltale import NO_MOVE
from countermove.explore.units import unit_of_key
from countermove.game import forms
from countermove.language import words

if TYPE_CHECKING:
    from countermove.explore.comparison import Comparison
    from countermove.explore.promise import Promise
    from countermove.explore.telltale import Sign
    from countermove.language.model import Policy, Scenario

_BEYOND = 10.0  # a share of a promise: what is more says that next to nothing was promised


def view_name(view: str) -> str:
    """A view in a table: ``own values`` where the scenario's own hold."""
    return "own values" if view == OWN else words.plain_name(view)


def option_name(option: str) -> str:
    """A policy in a table, or ``free play``."""
    return "free play" if option == FREE else words.plain_name(option)


def view_names(views: tuple[str, ...] | list[str]) -> str:
    """Views as a list in a sentence."""
    return words.listed([view_name(view) for view in views])


def lever_words(scenario: Scenario, policy: Policy) -> str:
    """A policy's levers as they stand: ``threshold = 2, push = 0.7``; empty where it has none."""
    levers = (scenario.parameters[name] for name in policy.levers)
    return ", ".join(f"{p.name} = {words.level_number(p.value)}" for p in levers)


def key_name(scenario: Scenario, key: str) -> str:
    """What is measured: a measure's name with its unit, ``payoff of …``, a score's title.

    Of a first time, ``time to war (if ever)`` is how likely it comes at all, and ``time to war,
    mean in months`` how late it comes, the horizon where it never does.
    """
    kind, _, rest = key.partition("(")
    name = rest.removesuffix(")")
    if key in scenario.measures:
        return _measure_name(scenario, key)
    if kind == "payoff":
        return f"payoff of {words.within(scenario.player(name).title)}"
    if kind == "score":
        score = scenario.scores[name]
        return score.title or f"score {words.plain_name(name)}"
    return f"{words.plain_name(key.removesuffix(PERIODS))}, mean in {unit_of_key(scenario, key)}"


def _measure_name(scenario: Scenario, key: str) -> str:
    named, unit = words.plain_name(key), unit_of_key(scenario, key)
    if scenario.measures[key].kind == "first":
        return f"{named} (if ever)"
    return f"{named} ({unit})" if unit else named


def in_percent(scenario: Scenario, key: str) -> bool:
    """Is it read as a percentage?"""
    return key in scenario.measures and forms.in_percent(scenario.measures[key])


def value(scenario: Scenario, key: str, number: float) -> str:
    """A key's value: a percentage to a tenth where it is a probability, else a number."""
    if in_percent(scenario, key):
        return words.percent(number, tenths=True)
    return words.number(number)


def change(scenario: Scenario, key: str, difference: float, *, noise: float = 0.0) -> str:
    """A difference with its sign: ``+12.3 pt`` of a percentage, ``−0.127`` of a number."""
    if math.isnan(difference):
        return "–"
    if abs(difference) <= noise:
        return "0"
    sign = "+" if difference > 0 else "−"
    if in_percent(scenario, key):
        points = 100 * abs(difference)
        return f"{sign}{points:.1f} pt" if points >= 0.05 else f"{sign}<0.1 pt"
    return f"{sign}{words.number(abs(difference))}"


def share(promise: Promise) -> str:
    """The share of a promise that is taken back; an en dash where nothing is promised.

    Where next to nothing is, the share is beyond all measure, and is told as no more than that.
    """
    if math.isnan(promise.share):
        return "–"
    if abs(promise.share) > _BEYOND:
        return ">1,000%" if promise.share > 0 else "<−1,000%"
    return f"{100 * promise.share + 0.0:,.0f}%".replace("-0%", "0%").replace("-", "−")


def cost(scenario: Scenario, key: str, regret: float) -> str:
    """A regret: ``0``, ``12.3 pt``, ``0.127``; an en dash where it is not known."""
    return change(scenario, key, regret).removeprefix("+")


def objective(comparison: Comparison) -> str:
    """What policies are judged by: ``payoff of the sender, high is better``."""
    named = key_name(comparison.scenario, comparison.objective.key)
    return f"{named}, {comparison.objective.better} is better"


def sign_words(scenario: Scenario, sign: Sign, outcome: int) -> str:
    """What to watch for: ``attacks: many``, ``militias: strike``, ``militias: no move``."""
    seen = sign.outcomes[outcome]
    name, _, visit = sign.name.partition("#")
    what = words.plain_name(name) + (f" (visit {visit})" if visit else "")
    return f"{what}: {'no move' if seen == NO_MOVE else words.plain_name(seen)}"


def sign_when(scenario: Scenario, sign: Sign) -> str:
    """When: the period of a move, the end of the period of a level."""
    if sign.kind == "move":
        return words.period(scenario.calendar, sign.period)
    return f"end of {words.period_end(scenario.calendar, sign.period)}"


def bits(number: float) -> str:
    """An amount of information, in bits: ``0.31``."""
    return f"{number:.2f}" if number >= 0.005 or number == 0 else "<0.01"
