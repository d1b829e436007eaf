"""Results for people: records, tables, figures, the page, and the folder they are written to."""

from __future__ import annotations

from countermove.report.write import report

__all__ = ["report"]
