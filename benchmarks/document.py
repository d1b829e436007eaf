"""The results as a page: a table a part, notes, plots, the machine."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from benchmarks.machine import describe
from benchmarks.timing import Part, Row

_INTRODUCTION = """\
# Benchmarks

Written by `make bench`; do not edit. Parts run alone by their names and take their place on the
page: `python -m benchmarks types --output docs`. Ratios are of times in one run on one machine,
which each part names; times of different parts are comparable only where the machine is the same.
Targets stand beside what was measured, met or not.
"""


def write(parts: list[Part], folder: Path, loads: tuple[float, float], *, quick: bool) -> Path:
    """Write ``benchmarks.md`` and its plots (``images/``) into a folder.

    Parts of a page that is there already stay as they are, but for those measured now. ``loads`` is
    the machine's load average before and after.
    """
    images = folder / "images"
    images.mkdir(parents=True, exist_ok=True)
    page = folder / "benchmarks.md"
    sections = _sections_of(page)
    sections.update({part.title: _section(part, loads, quick=quick) for part in parts})
    for part in parts:
        for name, svg in part.plots.items():
            (images / name).write_text(svg + "\n", encoding="utf-8")
    page.write_text("\n".join([_INTRODUCTION, *sections.values()]), encoding="utf-8")
    return page


def _sections_of(page: Path) -> dict[str, str]:
    """The parts of a page by title, as they stand; none where there is no page."""
    if not page.exists():
        return {}
    _, *found = page.read_text(encoding="utf-8").split("\n## ")
    return {text.partition("\n")[0]: f"## {text.rstrip()}\n" for text in found}


def show(part: Part) -> str:
    """A part as it is printed."""
    lines = [f"\n{part.title} ({part.name})"]
    for row in part.rows:
        target = f"  [target {row.target}: {_verdict(row)}]" if row.target else ""
        lines.append(f"  {row.what}: {row.measured}{target}")
    return "\n".join(lines)


def _machine(loads: tuple[float, float]) -> str:
    """Where, when and with what a part was measured."""
    facts = dict(describe())
    versions = ", ".join(f"{name} {facts[name]}" for name in ("Python", "numpy", "numba"))
    return (
        f"Measured {dt.date.today().isoformat()} on {facts['processor']}, {facts['cores']} cores, "
        f"{facts['memory']}, {facts['caches of the first core']}, {facts['system']}, {versions}; "
        f"load average {loads[0]:.1f} before and {loads[1]:.1f} after."
    )


def _section(part: Part, loads: tuple[float, float], *, quick: bool) -> str:
    lines = [f"## {part.title}", ""]
    if quick:
        lines += ["**A quick run at small sizes: the figures mean nothing.**", ""]
    lines += ["| | measured | target | |", "|---|---|---|---|"]
    lines += [f"| {r.what} | {r.measured} | {r.target} | {_verdict(r)} |" for r in part.rows]
    for note in [*part.notes, _machine(loads)]:
        lines += ["", note]
    lines += [x for name in part.plots for x in ("", f"![{part.title}](images/{name})")]
    return "\n".join([*lines, ""])


def _verdict(row: Row) -> str:
    return "" if row.met is None else ("met" if row.met else "**missed**")
