"""The figures of an explanation as tables, for the page and the terminal."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from countermove.explain.record import ITSELF
from countermove.explain.words import signed
from countermove.language import words
from countermove.report.tables import Table

if TYPE_CHECKING:
    from countermove.explain import Explanation
    from countermove.explain.record import Signals, Why
    from countermove.language.model import Scenario


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
        shown.append(("What each move tells", signs_table(scenario, found.signals)))
    return shown


def options_table(why: Why) -> Table:
    """Every open action with its probability and value."""
    rows = tuple(
        (words.plain_name(o.action), words.percent(o.odds), words.number(o.value))
        for o in why.options
    )
    return Table(("action", "chance", "worth"), rows, frozenset(("chance", "worth")))


def gains_table(scenario: Scenario, why: Why) -> Table:
    """The difference in value by interest, in this period and later."""
    step = words.step(scenario.calendar)
    rows = [
        (_gain_name(g.name, g.source), signed(g.now), signed(g.later), signed(g.difference))
        for g in sorted(why.gains, key=lambda gain: -abs(gain.difference))
        if abs(g.now) + abs(g.later) > 0
    ]
    now, later = (sum(getattr(g, part) for g in why.gains) for part in ("now", "later"))
    rows.append(("in all", signed(now), signed(later), signed(why.difference)))
    names = ("interest", f"this {step}", "later", "difference")
    return Table(names, tuple(rows), frozenset(names[1:]))


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


def signs_table(scenario: Scenario, signals: Signals) -> Table:
    """Beliefs after each action, and what the change of belief is worth to each player."""
    kinds = list(signals.before)
    players = [e.player for e in signals.signs[0].effects] if signals.signs else []
    names = (
        "move",
        "chance",
        *(f"believed {words.plain_name(k)}" for k in kinds),
        *(f"signal to {_title(scenario, p)}" for p in players),
    )
    before = ("(before)", "", *(words.percent(p) for p in signals.before.values()))
    rows = [before + ("",) * len(players)]
    rows += [
        (
            words.plain_name(s.action),
            words.percent(s.chance),
            *(words.percent(s.belief[k]) for k in kinds),
            *(signed(s.effect(p).signal) for p in players),
        )
        for s in signals.signs
    ]
    return Table(names, tuple(rows), frozenset(names[1:]))


def _gain_name(name: str, source: str) -> str:
    if source == "costs":
        return "what moves cost"
    return words.plain_name(name) + (" (at the end)" if source == "close" else "")


def _named(action: str) -> str:
    return f"‘{words.plain_name(action)}’"


def _title(scenario: Scenario, player: str) -> str:
    return words.within(scenario.player(player).title)
