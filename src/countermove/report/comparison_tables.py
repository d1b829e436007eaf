"""The tables of a comparison: what the terminal and the page show alike."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from countermove.explore.cases import FREE
from countermove.language import words
from countermove.report.comparison_words import (
    bits,
    change,
    cost,
    key_name,
    option_name,
    share,
    sign_when,
    sign_words,
    value,
    view_name,
)
from countermove.report.tables import Table

if TYPE_CHECKING:
    from countermove.explore.comparison import Comparison
    from countermove.explore.ranking import Ranking, Reversal
    from countermove.explore.telltale import Sign

_SHOWN_PART = 0.005  # what is shown as 0% of a range says nothing
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def promises(comparison: Comparison, view: str) -> Table:
    """Each policy: what it comes to, what it promises, what is left, what is taken back."""
    scenario, key = comparison.scenario, comparison.objective.key
    columns = ("policy", "value", "promise", "delivered", "effect", "taken back")
    rows: list[tuple[str, ...]] = []
    for option in _best_first(comparison, view):
        number = value(scenario, key, comparison.value(view, option, key))
        if option == FREE:
            rows.append((option_name(option), number, "", "", "", ""))
            continue
        found = comparison.promise(view, option, key)
        parts = (found.promise, found.delivered, found.effect)
        shown = (change(scenario, key, part, noise=found.noise) for part in parts)
        rows.append((option_name(option), number, *shown, share(found)))
    return Table(columns, tuple(rows), frozenset(columns[1:]))


def _best_first(comparison: Comparison, view: str) -> list[str]:
    """Free play and all policies by the objective; those not solved last."""
    key, sign = comparison.objective.key, comparison.objective.sign

    def rank(option: str) -> float:
        number = comparison.value(view, option, key)
        return math.inf if math.isnan(number) else -sign * number

    return sorted((FREE, *comparison.policies), key=rank)


def lettered(views: Sequence[str], width: int | None, *, beside: int) -> list[str]:
    """Headings for the views: their names where they fit, else letters.

    ``width`` is None where there is room for all; ``beside`` what the other columns take.
    """
    names = [view_name(view) for view in views]
    if width is None or sum(max(len(n), 7) + 2 for n in names) + beside <= width:
        return names
    return [_letter(at) for at in range(len(views))]


def _letter(at: int) -> str:
    return _LETTERS[at] if at < len(_LETTERS) else f"{_LETTERS[at // 26 - 1]}{_LETTERS[at % 26]}"


def legend(views: Sequence[str], headings: Sequence[str]) -> str:
    """What letters stand for; empty where names are shown."""
    names = [view_name(view) for view in views]
    if list(headings) == names:
        return ""
    return ", ".join(f"{letter} {name}" for letter, name in zip(headings, names, strict=True))


def by_view(comparison: Comparison, *, width: int | None = None) -> Table:
    """The objective of each option under each view, others adaptive; ``*`` marks the best."""
    scenario, key = comparison.scenario, comparison.objective.key
    longest = max((len(option_name(option)) for option in comparison.options), default=6)
    headings = lettered(comparison.views, width, beside=longest)
    best = comparison.regret.best
    rows = []
    for at, option in enumerate(comparison.options):
        numbers = [
            value(scenario, key, comparison.value(view, option, key))
            + ("*" if best[v] == at else " ")
            for v, view in enumerate(comparison.views)
        ]
        rows.append((option_name(option), *numbers))
    return Table(("policy", *headings), tuple(rows), frozenset(headings))


def regrets(comparison: Comparison, *, width: int | None = None) -> Table:
    """Rows give the advice, columns are the world that it meets: what it costs there."""
    scenario, key, found = comparison.scenario, comparison.objective.key, comparison.regret
    longest = max(len(view_name(view)) for view in comparison.views)
    headings = lettered(comparison.views, width, beside=longest + 22 + 18)
    letters = bool(legend(comparison.views, headings))
    columns = ("advice of", "it is", *headings, "mean", "largest")
    rows = []
    for at, view in enumerate(comparison.views):
        costs = [cost(scenario, key, float(number)) for number in found.matrix[at]]
        costs[at] = "·"
        summed = (cost(scenario, key, float(x[at])) for x in (found.mean, found.worst))
        name = f"{headings[at]} {view_name(view)}" if letters else view_name(view)
        rows.append((name, option_name(found.advice(view)) or "–", *costs, *summed))
    return Table(columns, tuple(rows), frozenset(columns[2:]), spare=("it is",))


def ranking(comparison: Comparison) -> Table:
    """Each view's options in a line, best first; ``=`` joins what differs by rounding alone."""
    rows = tuple((view_name(r.view), _in_line(comparison, r)) for r in comparison.rankings)
    return Table(("view", "best first"), rows)


def _in_line(comparison: Comparison, found: Ranking) -> str:
    line = ""
    for at, (option, number) in enumerate(zip(found.options, found.values, strict=True)):
        if at:
            same = abs(number - found.values[at - 1]) <= comparison.noise
            line += " = " if same else " > "
        line += option_name(option)
    lost = [f"{option_name(option)} without a figure" for option in found.missing]
    return "; ".join([line, *lost] if line else lost)


def accounts(comparison: Comparison, reversal: Reversal, *, most: int = 6) -> Table:
    """Why two views disagree about two options, measure by measure, the weightiest first."""
    scenario = comparison.scenario
    here, there = view_name(reversal.here), view_name(reversal.there)
    last = "adds" if reversal.exact else "of its range"
    columns = ("measure", f"lead, {here}", f"lead, {there}", last)
    rows = []
    terms = [t for t in reversal.terms if reversal.exact or abs(t.part) >= _SHOWN_PART]
    for term in terms[:most]:
        part = (
            change(scenario, comparison.objective.key, term.part)
            if reversal.exact
            else f"{100 * abs(term.part):.0f}%"
        )
        leads = (change(scenario, term.key, lead) for lead in (term.here, term.there))
        rows.append((key_name(scenario, term.key), *leads, part))
    left = terms[most:]
    if reversal.exact and left:
        rest = change(scenario, comparison.objective.key, sum(term.part for term in left))
        rows.append((words.counted(len(left), "more measure"), "", "", rest))
    return Table(columns, tuple(rows), frozenset(columns[1:]))


def signs(comparison: Comparison, found: Sequence[Sign], *, width: int | None = None) -> Table:
    """What to watch for, when, and how likely it is under each view."""
    assert comparison.signs is not None
    scenario, views = comparison.scenario, comparison.signs.views
    labels = [sign_words(scenario, sign, sign.telling()) for sign in found]
    headings = lettered(views, width, beside=max(map(len, labels), default=10) + 24)
    columns = ("watch for", "when", *headings, "bits")
    rows = tuple(
        (
            label,
            sign_when(scenario, sign),
            *(words.percent(float(p)) for p in sign.odds[:, sign.telling()]),
            bits(sign.bits),
        )
        for label, sign in zip(labels, found, strict=True)
    )
    return Table(columns, rows, frozenset(columns[2:]))


def pairs(comparison: Comparison) -> Table:
    """What tells each two views apart best."""
    assert comparison.signs is not None
    scenario, found = comparison.scenario, comparison.signs
    columns = ("views", "watch for", "when", "first", "second", "bits")
    rows = []
    for a, first in enumerate(found.views):
        for b, second in list(enumerate(found.views))[a + 1 :]:
            sign = found.between(first, second)
            if sign is None:
                continue
            at = int(np.argmax(np.abs(sign.odds[a] - sign.odds[b])))
            names = f"{view_name(first)} / {view_name(second)}"
            odds = (words.percent(float(sign.odds[v, at])) for v in (a, b))
            watch = (sign_words(scenario, sign, at), sign_when(scenario, sign))
            rows.append((names, *watch, *odds, bits(float(sign.pairwise[a, b]))))
    return Table(columns, tuple(rows), frozenset(columns[3:]))


def measured(comparison: Comparison, view: str, policy: str) -> Table:
    """Everything measured of a policy under a view: free play, promise, delivery, effect."""
    scenario = comparison.scenario
    columns = ("measure", "free play", "promise", "delivered", "effect", "taken back")
    rows = []
    for key in comparison.keys:
        found = comparison.promise(view, policy, key)
        parts = (found.promise, found.delivered, found.effect)
        shown = (change(scenario, key, part, noise=found.noise) for part in parts)
        free = value(scenario, key, found.free)
        rows.append((key_name(scenario, key), free, *shown, share(found)))
    return Table(columns, tuple(rows), frozenset(columns[1:]))


def failures(comparison: Comparison) -> Table:
    """The cells that were not solved, with the reason."""
    columns = ("view", "policy", "others", "why not")
    rows = tuple(
        (view_name(o.case.view_label), option_name(o.case.policy_label), o.case.met, o.status)
        for o in comparison.failed
    )
    return Table(columns, rows)
