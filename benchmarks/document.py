"""The results as a page: a table a part, notes, plots, the machine."""

from __future__ import annotations

from pathlib import Path

from benchmarks.machine import describe
from benchmarks.timing import Part, Row

_INTRODUCTION = """\
# Benchmarks

Written by `make bench`, which measures everything in one run; do not edit. Parts run alone by
their names: `python -m benchmarks kernels`. Targets stand beside what was measured, met or not.
"""


def write(parts: list[Part], folder: Path, loads: tuple[float, float], *, quick: bool) -> Path:
    """Write ``benchmarks.md`` and its plots (``images/``) into a folder.

    ``loads`` is the machine's load average before and after.
    """
    images = folder / "images"
    images.mkdir(parents=True, exist_ok=True)
    text = [_INTRODUCTION]
    if quick:
        text.append("**A quick run at small sizes: the figures mean nothing.**\n")
    text += [_machine(loads), *(_section(part) for part in parts)]
    for part in parts:
        for name, svg in part.plots.items():
            (images / name).write_text(svg + "\n", encoding="utf-8")
    page = folder / "benchmarks.md"
    page.write_text("\n".join(text), encoding="utf-8")
    return page


def show(part: Part) -> str:
    """A part as it is printed."""
    lines = [f"\n{part.title} ({part.name})"]
    for row in part.rows:
        target = f"  [target {row.target}: {_verdict(row)}]" if row.target else ""
        lines.append(f"  {row.what}: {row.measured}{target}")
    return "\n".join(lines)


def _machine(loads: tuple[float, float]) -> str:
    rows = [f"| {name} | {value} |" for name, value in describe()]
    before, after = loads
    rows.append(f"| load average before and after | {before:.1f} and {after:.1f} |")
    return "\n".join(["## The machine", "", "| | |", "|---|---|", *rows, ""])


def _section(part: Part) -> str:
    lines = [f"## {part.title}", "", "| | measured | target | |", "|---|---|---|---|"]
    lines += [f"| {r.what} | {r.measured} | {r.target} | {_verdict(r)} |" for r in part.rows]
    for note in part.notes:
        lines += ["", note]
    lines += [x for name in part.plots for x in ("", f"![{part.title}](images/{name})")]
    return "\n".join([*lines, ""])


def _verdict(row: Row) -> str:
    return "" if row.met is None else ("met" if row.met else "**missed**")
