"""What a notebook shows of a simulation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from countermove._html import Html, code, count, counted, number, percent, table, view
from countermove.solve.notebook import in_percent, measure_figure, measure_unit

if TYPE_CHECKING:
    from countermove.simulate.summaries import Simulation


def simulation_view(found: Simulation) -> Html:
    """The estimates beside what is exact; where paths were chosen, there is nothing exact."""
    game, exact = found.solution.game, found.solution.measures
    every = found.kept == found.paths and not found.given
    rows = [
        (
            code(name),
            measure_figure(game, name, e.mean),
            (percent if in_percent(game, name) else number)(e.standard_error),
            count(e.n),
            *((measure_figure(game, name, exact[name].value),) if every else ()),
            measure_unit(game, exact[name]),
        )
        for name, e in found.measures.items()
    ]
    heads = ("measure", "mean", "standard error", "paths", *(("exact",) if every else ()), "unit")
    payoffs = [
        (code(player), number(e.mean), number(e.standard_error, 2), count(e.n))
        for player, e in found.payoffs.items()
    ]
    return view(
        f"{found.solution.game.name}: {counted(found.paths, 'path')} drawn, seed {found.seed}",
        _given(found),
        table("What the paths come to", heads, rows),
        table("What players get", ("player", "mean", "standard error", "paths"), payoffs),
    )


def _given(found: Simulation) -> str:
    if not found.given:
        return ""
    told = ", ".join(f"{who} {does}" for who, does in found.given.items())
    return f"{found.kept:,} of them kept, in which {told}."
