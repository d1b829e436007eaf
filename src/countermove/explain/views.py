"""Explanations as notebooks show them."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from countermove._html import Html, bullets, folded, percent, signed, strong, table, text, view
from countermove.explain.record import ITSELF, Signals, Why

if TYPE_CHECKING:
    from countermove.explain.explanation import Explanation


def explanation_view(found: Explanation) -> str:
    """What is said, question by question; the figures and sources below."""
    said = [
        Html(f"{strong(about)}: {text(' '.join(s.text for s in sentences))}")
        for about, sentences in groupby(found.sentences, key=lambda s: s.about)
    ]
    claims = [
        f"{name}: {claim.says} ({claim.by or claim.source})" for name, claim in found.claims.items()
    ]
    assumed = ", ".join(found.assumptions)
    return view(
        f"{found.scenario.title or found.scenario.name}: {found.place}",
        bullets(said),
        gains_table(found.why),
        "" if found.signals is None else signs_table(found.signals),
        folded("What this rests on", bullets(claims), f"Assumed: {assumed}." if assumed else ""),
    )


def why_view(why: Why) -> str:
    """The parts of the difference between two actions."""
    answers = table(
        "By who answers",
        ["owed to", "difference"],
        [["by itself" if a.who == ITSELF else a.who, signed(a.difference)] for a in why.answers],
    )
    return view(f"{why.node.mover}: {why.this} rather than {why.other}", gains_table(why), answers)


def signals_view(signals: Signals) -> str:
    """What each action tells of the mover."""
    return view(f"What the moves of {signals.node.player} tell", signs_table(signals))


def gains_table(why: Why) -> Html:
    """The difference by interest, now and later."""
    rows = [
        [gain.name, signed(gain.now), signed(gain.later), signed(gain.difference)]
        for gain in why.gains
    ]
    caption = f"{why.this} against {why.other}: {signed(why.difference)}"
    return table(caption, ["interest", "this period", "later", "difference"], rows)


def signs_table(signals: Signals) -> Html:
    """Beliefs after each action, and what the change of belief is worth to each player."""
    kinds = list(signals.before)
    players = [effect.player for effect in signals.signs[0].effects] if signals.signs else []
    heads = ["move", "chance", *(f"believed {k}" for k in kinds), *(f"to {p}" for p in players)]
    rows = [
        [
            sign.action,
            percent(sign.chance),
            *(percent(sign.belief[kind]) for kind in kinds),
            *(signed(sign.effect(player).signal) for player in players),
        ]
        for sign in signals.signs
    ]
    before = ", ".join(f"{kind} {percent(p)}" for kind, p in signals.before.items())
    return table(f"What each move tells (before: {before})", heads, rows)
