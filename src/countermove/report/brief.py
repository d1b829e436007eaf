"""What somebody with a minute should take from the whole report: one sentence a question."""

from __future__ import annotations

from typing import TYPE_CHECKING

from countermove.language import words
from countermove.report import comparison_summary
from countermove.report.summary import FIRM, Sentence, change_words, stays, swing

if TYPE_CHECKING:
    from countermove.explore.comparison import Comparison
    from countermove.report.records import Findings
    from countermove.report.worlds import Worlds

_NONE = "no probability moves"
_MOST_CHANGES = 2
_MOST_STAYS = 0.9  # a variable that stays so surely has not changed


def brief(
    findings: Findings, comparison: Comparison | None = None, worlds: Worlds | None = None
) -> tuple[Sentence, ...]:
    """The sentences, in the order in which a reader asks."""
    found = [
        _expect(findings),
        _moves(findings),
        *(_policies(comparison) if comparison is not None else ()),
        Sentence("If the numbers are uncertain", worlds.brief) if worlds is not None else None,
        _watch(comparison) if comparison is not None else None,
        _firm(findings),
    ]
    return tuple(sentence for sentence in found if sentence is not None and sentence.says)


def _expect(findings: Findings) -> Sentence | None:
    moved = sorted(findings.fans, key=lambda fan: stays(fan, findings))
    parts = [change_words(f, findings) for f in moved if stays(f, findings) < _MOST_STAYS]
    end = words.period_end(findings.scenario.calendar, findings.periods[-1])
    about = f"By {end}" if findings.scenario.calendar.begins(0) else "By the end"
    if not parts:
        return Sentence(about, "everything will most likely still be as it was at the start.")
    return Sentence(about, "; ".join(parts[:_MOST_CHANGES]) + ".")


def _moves(findings: Findings) -> Sentence | None:
    """What each most likely does the first time that it may move."""
    first = [moves for moves in findings.moves if moves.first() is not None]
    seen: dict[str, str] = {}
    for moves in first:
        action, odds = moves.now()[0]
        seen.setdefault(
            moves.title,
            f"{words.within(moves.title)}: “{words.plain_name(action)}” ({words.percent(odds)})",
        )
    if not seen:
        return None
    return Sentence("The likeliest first moves", "; ".join(seen.values()) + ".")


def _policies(comparison: Comparison) -> tuple[Sentence | None, ...]:
    return comparison_summary.in_brief(comparison)


def _watch(comparison: Comparison) -> Sentence | None:
    return comparison_summary.sign_in_brief(comparison)


def _firm(findings: Findings) -> Sentence | None:
    """How firm the answers are, and what they rest on, in one sentence."""
    swings = [
        swing(row)
        for row in findings.measures
        if row.form in ("probability", "belief") and row.variants and row.is_defined
    ]
    parts = []
    if swings:
        moved = sum(width >= FIRM for width in swings)
        many = f"{moved} of {len(swings)} probabilities {'moves' if moved == 1 else 'move'}"
        if moved in (0, len(swings)):
            every = {1: "the one probability moves", 2: "both probabilities move"}
            many = every.get(moved, f"all {moved} probabilities move") if moved else _NONE
        parts.append(f"{many} by 5 points or more if everybody’s rationality is halved or doubled")
    coverage = findings.scenario.coverage
    if coverage.total:
        parts.append(
            f"{words.percent(coverage.share_cited)} of the scenario’s parts cite a source, the "
            "rest are assumptions"
        )
    return Sentence("How firm this is", "; ".join(parts) + ".") if parts else None
