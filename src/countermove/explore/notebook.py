"""What a notebook shows of outcomes, of comparisons, and of what sets two versions apart."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from countermove._html import (
    Figure,
    Html,
    bullets,
    code,
    counted,
    folded,
    listed,
    number,
    percent,
    signed,
    table,
    view,
)
from countermove.explore.diff_words import method, story
from countermove.explore.units import unit_of_key
from countermove.game import forms

if TYPE_CHECKING:
    from countermove.explore.cases import Outcome
    from countermove.explore.comparison import Comparison
    from countermove.explore.diff_record import Difference
    from countermove.language.model import Scenario


def in_percent(scenario: Scenario, key: str) -> bool:
    """Is the figure of that key a probability, a share of the time or a belief?"""
    measure = scenario.measures.get(key)
    return measure is not None and forms.in_percent(measure)


def figure(scenario: Scenario, key: str, value: float) -> Figure:
    """A key's value as people read it."""
    return percent(value) if in_percent(scenario, key) else number(value)


def figure_name(scenario: Scenario, key: str) -> Html:
    """A key with its unit."""
    unit = unit_of_key(scenario, key)
    return Html(f"{code(key)} ({unit})") if unit else code(key)


def outcome_view(found: Outcome) -> Html:
    """A case and its figures, or why there are none."""
    case = found.case
    met = {"free": "nobody bound", "adaptive": "met by others who adapt"}
    title = f"{case.policy_label} as {case.view_label} sees it: {found.status}"
    told = met.get(case.met, "met by others who are surprised")
    if not found.solved:
        return view(title, f"{told}; there are no figures.")
    rows = ((code(key), number(value)) for key, value in found.values.items())
    heads = ("figure", "value")
    return view(
        title, f"{told}; residual {found.residual:.1e}.", table("What it comes to", heads, rows)
    )


def comparison_view(found: Comparison) -> Html:
    """What each policy promises and delivers under each view; then what wrong advice costs."""
    scenario, key = found.scenario, found.objective.key
    judged = Html(f"By {figure_name(scenario, key)}: {found.objective.better} is better.")
    failed = f"{len(found.failed):,} not solved" if found.failed else "all solved"
    cells = f"{counted(len(found.outcomes), 'cell')}, {failed}."
    heads = ("view", "policy", "value", "promise", "delivered", "countermove effect", "taken back")
    reasons = Counter(outcome.status for outcome in found.failed)
    return view(
        f"{scenario.name}: policies of {found.player}",
        judged,
        table("Policies against free play, the best first", heads, _cells(found)),
        _regret(found),
        cells,
        bullets(f"{many:,}: {reason}" for reason, many in reasons.most_common(5)),
        folded("Other figures", Html(f"In this comparison: {listed(map(code, found.keys))}.")),
    )


def _cells(found: Comparison) -> Iterator[tuple[object, ...]]:
    """A row a view and option: the options in the order of the view's own ranking."""
    key, percents = found.objective.key, in_percent(found.scenario, found.objective.key)
    for ranking in found.rankings:
        own = code(ranking.view)
        for option in (*ranking.options, *ranking.missing):
            value = figure(found.scenario, key, found.value(ranking.view, option, key))
            if option not in found.policies:
                yield own, code(option), value, *(Figure("") for _ in range(4))
                continue
            f = found.promise(ranking.view, option, key)
            changes = [
                signed(x, in_percent=percents, noise=f.noise)
                for x in (f.promise, f.delivered, f.effect)
            ]
            share = Figure("–") if math.isnan(f.share) else percent(f.share)
            yield own, code(option), value, *changes, share


def _regret(found: Comparison) -> Html:
    """What the advice of each view costs, where there is more than one."""
    regret = found.regret
    if len(regret.views) < 2:
        return Html("")
    percents = in_percent(found.scenario, found.objective.key)
    rows = [
        (
            code(view),
            code(regret.advice(view)) if regret.advice(view) else "none",
            *(Figure(signed(float(x), in_percent=percents).removeprefix("+")) for x in row),
        )
        for view, row in zip(regret.views, regret.matrix, strict=True)
    ]
    heads = ("view", "advises", *(Html(f"if {code(view)} is right") for view in regret.views))
    return table("What each view's advice costs where another is right", heads, rows)


def difference_view(found: Difference) -> Html:
    """What moved most and why, then all that moved and all that changed."""
    answers = [
        (code(a.key), number(a.old), number(a.new), signed(a.difference))
        for a in found.answers
        if a.difference
    ]
    level = len(found.answers) - len(answers)
    same = f"{counted(level, 'figure')} the same." if level else ""
    changes = [(code(c.name), _short(c.old), _short(c.new), c.kind) for c in found.changes]
    told = [(what, str(old), str(new)) for what, old, new in found.told]
    return view(
        f"{found.old.source} and {found.new.source}",
        *story(found),
        table("Figures that moved", ("figure", "first", "second", "difference"), answers),
        same,
        _credits(found),
        table("What changed", ("path", "first", "second", "kind"), changes),
        table("How the runs differ", ("what", "first", "second"), told),
        bullets(found.notes),
    )


def _credits(found: Difference) -> Html:
    """What each change does to the figures that moved most."""
    most = [answer.key for answer in found.answers if answer.difference][:4]
    rows = [
        (code(part.name), *(signed(part.credits[key].share) for key in most))
        for part in found.parts
        if all(key in part.credits for key in most)
    ]
    if not most:
        return Html("")
    heads = ("change", *(code(key) for key in most))
    return Html(table("What each change accounts for", heads, rows) + view_note(method(found)))


def view_note(told: str) -> Html:
    """A remark beneath a table."""
    return Html(f"<p><small>{listed([told])}</small></p>")


def _short(value: object) -> str:
    told = str(value)
    return told if len(told) <= 80 else f"{told[:77]}…"
