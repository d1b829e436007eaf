"""The figures of an explanation as tables, for the page and the terminal."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from countermove.explain.record import ITSELF
from countermove.explain.words import signed
from countermove.language import words
from countermove.report.tables import Table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from countermove.explain import Explanation
    from countermove.explain.record import Gain, Signals, Why
    from countermove.language.model import Scenario

_LEAST = 5e-4  # what is less is told together


def tables(found: Explanation) -> list[tuple[str, Table]]:
    """Each table with its title, in the order in which they are read."""
    scenario, why = found.scenario, found.why
    shown = [
        ("The choices", options_table(why)),
        (
            f"{_named(why.this)} against {_named(why.other)}, by interest",
            gains_table(scenario, why),
        ),
    ]
    if len(why.answers) > 1:
        title = f"{_named(why.this)} against {_named(why.other)}, by who answers"
        shown.append((title, answers_table(scenario, why)))
    if why.replies:
        shown.append(("What the others do at their next move", replies_table(scenario, why)))
    if found.signals is not None:
        shown.append(("What is believed after each move", beliefs_table(found.signals)))
        shown.append(("What each move does for whom", effects_table(scenario, found.signals)))
    return shown


def options_table(why: Why) -> Table:
    """Every open action with its probability and value."""
    rows = tuple(
        (words.plain_name(o.action), words.percent(o.odds), words.number(o.value))
        for o in why.options
    )
    return Table(("action", "chance", "worth"), rows, frozenset(("chance", "worth")))


def gains_table(scenario: Scenario, why: Why) -> Table:
    """The difference in value by interest, in this period and later; the least parts in one."""
    step = words.step(scenario.calendar)
    ranked = sorted(why.gains, key=lambda gain: -abs(gain.difference))
    told = [gain for gain in ranked if max(abs(gain.now), abs(gain.later)) >= _LEAST]
    rest = [gain for gain in ranked if gain not in told]
    rows = [
        (_gain_name(g.name, g.source), signed(g.now), signed(g.later), signed(g.difference))
        for g in told
    ]
    if set(_sums(rest)) != {"0"}:
        rows.append(("all else", *_sums(rest)))
    rows.append(("in all", *_sums(why.gains)))
    names = ("interest", f"this {step}", "later", "difference")
    return Table(names, tuple(rows), frozenset(names[1:]))


def _sums(gains: Sequence[Gain]) -> tuple[str, str, str]:
    now, later = sum(gain.now for gain in gains), sum(gain.later for gain in gains)
    return _small(now), _small(later), _small(now + later)


def _small(value: float) -> str:
    return signed(value) if abs(value) >= _LEAST else "0"


def answers_table(scenario: Scenario, why: Why) -> Table:
    """The difference in value by what each of the others does in return."""
    rows = [
        ("by itself" if a.who == ITSELF else f"what {_title(scenario, a.who)} does"
         if words.verb(scenario.player(a.who).title) == "is"
         else f"what {_title(scenario, a.who)} do", signed(a.difference))
        for a in why.answers
    ]  # fmt: skip
    rows.append(("in all", signed(why.difference)))
    names = ("owed to", "difference")
    return Table(names, tuple(rows), frozenset(names[1:]))


def replies_table(scenario: Scenario, why: Why) -> Table:
    """How likely the others' next moves are after either action."""
    rows = tuple(
        (
            scenario.player(r.player).title,
            words.plain_name(r.action),
            "–" if math.isnan(r.after_this) else words.percent(r.after_this),
            "–" if math.isnan(r.after_other) else words.percent(r.after_other),
        )
        for r in why.replies
    )
    names = ("player", "move", f"after {_named(why.this)}", f"after {_named(why.other)}")
    return Table(names, rows, frozenset(names[2:]))


def beliefs_table(signals: Signals) -> Table:
    """What is believed of the mover before and after each action."""
    kinds = list(signals.before)
    names = ("move", "chance", *map(words.plain_name, kinds))
    rows = [("(before)", "", *(words.percent(p) for p in signals.before.values()))]
    rows += [
        (
            words.plain_name(sign.action),
            words.percent(sign.chance),
            *(words.percent(sign.belief[kind]) for kind in kinds),
        )
        for sign in signals.signs
    ]
    return Table(names, tuple(rows), frozenset(names[1:]))


def effects_table(scenario: Scenario, signals: Signals) -> Table:
    """What each action does for whom directly, and through what is inferred from it."""
    rows = tuple(
        (
            words.plain_name(sign.action),
            scenario.player(effect.player).title,
            signed(effect.direct),
            signed(effect.signal),
        )
        for sign in signals.signs
        for effect in sign.effects
    )
    names = ("move", "for", "directly", "by the signal")
    return Table(names, rows, frozenset(names[2:]))


def _gain_name(name: str, source: str) -> str:
    if source == "costs":
        return "what moves cost"
    return words.plain_name(name) + (" (at the end)" if source == "close" else "")


def _named(action: str) -> str:
    return f"“{words.plain_name(action)}”"


def _title(scenario: Scenario, player: str) -> str:
    return words.within(scenario.player(player).title)
