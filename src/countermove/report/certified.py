"""A certificate for the page: from the record itself, or from the file that ``verify`` writes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from countermove.language import words
from countermove.report.tables import Table, without_empty_columns

if TYPE_CHECKING:
    from countermove.solve import Certificate


@dataclass(frozen=True, slots=True)
class Certified:
    """What a recheck found, as the page shows it; ``tables`` are (caption, table)."""

    verdict: str
    reasons: tuple[str, ...]
    notes: tuple[str, ...]
    decisions_words: str
    tables: tuple[tuple[str, Table], ...]

    @property
    def clean(self) -> bool:
        """Does all that was looked at hold?"""
        return not self.reasons


def certified(certificate: Certificate) -> Certified:
    """A certificate in the page's words."""
    looked = f"{len(certificate.periods)} of {words.counted(certificate.n_periods, 'period')}"
    tables = (
        ("Recomputed: the largest error, and how large it may be", _checks(certificate)),
        ("What another choice could gain, of what logit choice gives away", _regrets(certificate)),
        ("On belief grids twice as fine", _changes(certificate)),
    )
    return Certified(
        verdict="it is clean" if certificate.clean else certificate.verdict,
        reasons=certificate.reasons,
        notes=certificate.notes,
        decisions_words=f"{words.counted(certificate.decisions, 'decision')} in {looked}, and "
        "all measures along all paths",
        tables=tuple(pair for pair in tables if pair[1].rows),
    )


def _checks(certificate: Certificate) -> Table:
    columns = ("what", "verdict", "largest error", "limit")
    rows = tuple(
        (c.name, "right" if c.clean else "not right", f"{c.size:.1e}", f"{c.limit:.0e}")
        for c in certificate.checks
    )
    return Table(columns, rows, frozenset(columns[2:]))


def _regrets(certificate: Certificate) -> Table:
    columns = ("player", "at most", "allowed", "where")
    rows = tuple(
        (r.player, f"{r.gain:.4g}", f"{r.allowed:.4g}", str(r.where)) for r in certificate.regrets
    )
    return without_empty_columns(Table(columns, rows, frozenset(columns[1:3])))


def _changes(certificate: Certificate) -> Table:
    found = certificate.refinement.changes if certificate.refinement is not None else ()
    columns = ("what", "as solved", "finer", "change", "limit")
    rows = tuple(
        (c.name, f"{c.before:.4f}", f"{c.after:.4f}", f"{c.size:.1e}", f"{c.limit:.2g}")
        for c in found
    )
    return Table(columns, rows, frozenset(columns[1:]))


def as_plain(found: Certified) -> dict[str, Any]:
    """As JSON holds it."""
    return {
        "verdict": found.verdict,
        "reasons": list(found.reasons),
        "notes": list(found.notes),
        "decisions": found.decisions_words,
        "tables": [
            {"caption": caption, "columns": table.columns, "rows": table.rows}
            | {"numeric": sorted(table.numeric)}
            for caption, table in found.tables
        ],
    }


def from_plain(data: Mapping[str, Any]) -> Certified:
    """As JSON held it; raises ``KeyError`` or ``TypeError`` for anything else."""
    tables = tuple(
        (
            str(told["caption"]),
            Table(
                tuple(told["columns"]),
                tuple(tuple(row) for row in told["rows"]),
                frozenset(told["numeric"]),
            ),
        )
        for told in data["tables"]
    )
    return Certified(
        verdict=str(data["verdict"]),
        reasons=tuple(data["reasons"]),
        notes=tuple(data["notes"]),
        decisions_words=str(data["decisions"]),
        tables=tables,
    )
