"""What ``countermove explore`` prints: progress, the end, the status, the estimate."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console

    from countermove.explore.cost import Cost
    from countermove.explore.sweep import Swept
    from countermove.explore.sweep_run import Progress, Sweep
    from countermove.explore.sweep_status import Status
    from countermove.report.tables import Table

_NEXT = (
    ("robustness", "which policy does well in most worlds, and how badly in the others"),
    ("discover", "in which worlds a policy fails"),
    ("sensitivity", "which parameters matter"),
    ("tradeoffs", "what is gained for what is given up"),
    ("pivots", "which parameter, moved how far, changes the best policy"),
)


def pace(progress: Progress) -> str:
    """The rate and the time left, in words."""
    if progress.left is None:
        return ""
    return f"{_number(progress.rate)} rows/s, {duration(progress.left)} left"


def duration(seconds: float) -> str:
    """A time as people read it: 40 s, 12 min, 3.5 h, 6 days."""
    if seconds < 100:
        return f"{seconds:.0f} s"
    if seconds < 100 * 60:
        return f"{seconds / 60:.0f} min"
    if seconds < 48 * 3600:
        return f"{seconds / 3600:.1f} h"
    return f"{seconds / 86400:,.0f} days"


def size(count: float) -> str:
    """Bytes as people read them."""
    for unit in ("B", "kB", "MB", "GB"):
        if count < 1000:
            return f"{count:.3g} {unit}"
        count /= 1000
    return f"{count:,.1f} TB"


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def tell(asked: Sweep, swept: Swept, notes: Sequence[str], *, as_json: bool, quiet: bool) -> None:
    """How a run ended, and where the exploration stands then."""
    from countermove.cli.terminal import out, print_json
    from countermove.explore.sweep_status import status

    found = status(asked.folder, asked.objective)
    if as_json:
        print_json({**_as_data(found), "ended": swept.ended, "notes": notes})
        return
    if quiet:
        return
    console = out()
    console.print(_ending(found, swept), style="bold", markup=False, soft_wrap=True)
    for note in notes:
        console.print(note, style="dim", markup=False, soft_wrap=True)
    _show(console, found)
    if swept.ended == "interrupted":
        console.print("\nGive the same command to go on.", markup=False)
    else:
        _show_next(console, found)


def tell_status(found: Status, *, as_json: bool) -> None:
    """How far an exploration is."""
    from countermove.cli.terminal import out, print_json

    if as_json:
        print_json(_as_data(found))
        return
    console = out()
    console.print(_so_far(found), style="bold", markup=False, soft_wrap=True)
    console.print(_last_run(found), markup=False, soft_wrap=True)
    _show(console, found)


def _as_data(found: Status) -> dict[str, Any]:
    import dataclasses

    data = {f.name: getattr(found, f.name) for f in dataclasses.fields(found)}
    return {**data, "complete": found.complete}


def _ending(found: Status, swept: Swept) -> str:
    said = {
        "complete": "done",
        "interrupted": "interrupted",
        "stable": "the ranking is stable",
    }[swept.ended]
    return f"{said}: {_so_far(found)}"


def _so_far(found: Status) -> str:
    of = "" if found.complete else f" of {found.worlds:,}"
    return (
        f"{found.scenario} · {found.explored:,}{of} worlds · {found.rows:,} rows · "
        f"{size(found.bytes)} · {found.folder}"
    )


def _last_run(found: Status) -> str:
    parts = []
    if found.rate is not None:
        parts.append(f"the last run did {_number(found.rate)} rows a second ({found.by})")
    if found.left:
        parts.append(f"at that rate {duration(found.left)} are left")
    parts.append(f"{found.holder} is at it" if found.holder else "nobody is at it")
    if found.stable_after and not found.complete:
        parts.append(f"stopped as stable after {found.stable_after:,} worlds")
    return "; ".join(parts)


def _show(console: Console, found: Status) -> None:
    from countermove.cli.tables import grid
    from countermove.explore.region import words
    from countermove.report.tables import fitted

    if found.standings:
        unit = f", in {found.unit}" if found.unit else ""
        heading = f"Policies by {found.objective}{unit}, over the worlds"
        table = fitted(_standings(found), console.width)
        console.print(f"\n{heading}", style="bold cyan", markup=False)
        console.print(grid(table, console.width))
        shares = ", ".join(c for c in table.columns if c in ("same best", "same order"))
        console.print(
            f"lead: with its 95% interval by bootstrap over worlds; {shares}: share of resamples",
            style="dim",
            markup=False,
        )
    elif found.objective is not None:
        said = f"no ranking by {found.objective.key}: in no world counted has every policy a figure"
        console.print(f"\n{said}", style="yellow", markup=False, soft_wrap=True)
    console.print()
    if not found.regions:
        console.print("every row is solved", style="green", markup=False)
    for region in found.regions:
        for at, line in enumerate(words(region)):
            style = "" if at else "yellow"
            console.print(f"{'  ' if at else ''}{line}", style=style, markup=False, soft_wrap=True)


def _standings(found: Status) -> Table:
    from countermove.report.tables import Table, without_empty_columns

    rows = tuple(
        (
            s.view,
            s.order[0],
            _signed(f"{s.means[0]:.4g}"),
            s.order[1],
            _signed(f"{s.lead:.3g} ({s.low:.3g} to {s.high:.3g})"),
            f"{s.top:.0%}",
            f"{s.whole:.0%}",
            f"{s.left_out:,}" if s.left_out else "",
        )
        for s in found.standings
    )
    columns = ("view", "best", "mean", "next", "lead", "same best", "same order", "left out")
    numeric = frozenset({"mean", "lead", "same best", "same order", "left out"})
    return without_empty_columns(Table(columns, rows, numeric, ("left out", "same order")))


def _signed(figures: str) -> str:
    return figures.replace("-", "−")


def _show_next(console: Console, found: Status) -> None:
    console.print("\nNext", style="bold cyan", markup=False)
    folder = shlex.quote(str(found.folder))
    for command, what in _NEXT:
        console.print(
            f"  countermove {command} {folder}", style="bold", end="", markup=False, soft_wrap=True
        )
        console.print(f"  {what}", style="dim", markup=False, soft_wrap=True)


def tell_cost(spent: Cost, *, as_json: bool) -> None:
    """What so many worlds would cost."""
    from countermove.cli.tables import grid
    from countermove.cli.terminal import out, print_json
    from countermove.report.tables import Table

    if as_json:
        print_json(spent)
        return
    console = out()
    rows = (
        ("worlds", f"{spent.worlds:,}"),
        ("rows", f"{spent.rows:,}"),
        ("core-hours", _number(spent.core_hours)),
        (f"time on {spent.cores:,} cores", duration(3600 * spent.hours)),
        ("on the disk", size(spent.disk)),
    )
    console.print(grid(Table(("what", "estimate"), rows, frozenset({"estimate"})), console.width))
    console.print(
        f"from {spent.measured:,} rows that took {spent.core_seconds:.3g} s of processor time on "
        f"{spent.threads:,} threads of this machine, and {spent.bytes_a_row:.0f} bytes a row; "
        "other cores are taken to work as fast as those here",
        style="dim",
        markup=False,
        soft_wrap=True,
    )
