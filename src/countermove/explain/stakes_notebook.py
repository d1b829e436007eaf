"""What a notebook shows of whose choice matters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from countermove._html import Html, bullets, code, folded, number, percent, table, view
from countermove.explore.cases import OWN, SOLVED
from countermove.explore.notebook import figure, figure_name

if TYPE_CHECKING:
    from countermove.explain.stakes_record import Stake, Stakes


def stakes_view(found: Stakes) -> Html:
    """Whose choice matters, in sentences, then each player's measures and policies."""
    parts = [_player(found, stake) for stake in found.players if stake.status == SOLVED]
    return view(
        f"{found.scenario.name}: whose choice matters, as {found.view or OWN} sees it",
        bullets(sentence.text for sentence in found.sentences()),
        *parts,
        folded("Every policy", _policies(found)),
    )


def _player(found: Stakes, stake: Stake) -> Html:
    assert stake.best is not None and stake.worst is not None
    scenario = found.scenario
    rows = [
        (
            figure_name(scenario, swing.key),
            figure(scenario, swing.key, swing.free),
            figure(scenario, swing.key, swing.best),
            figure(scenario, swing.key, swing.worst),
            percent(swing.share),
        )
        for swing in stake.swings
    ]
    heads = (
        "measure", "free play", f"best: {stake.best.title}", f"worst: {stake.worst.title}",
        "swing, of the span",
    )  # fmt: skip
    return table(f"{stake.title}: {percent(stake.share)} on average", heads, rows, most=len(rows))


def _policies(found: Stakes) -> Html:
    rows = [
        (code(stake.player), bound.title, code(stake.objective), number(bound.value), bound.status)
        for stake in found.players
        for bound in stake.bounds
    ]
    heads = ("player", "policy", "judged by", "worth", "status")
    return table("What each policy brings the player", heads, rows, most=len(rows))
