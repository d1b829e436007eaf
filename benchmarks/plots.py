"""Time against size for ourselves and peers, both axes logarithmic."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

_COLOURS = ["#20508c", "#c0562b", "#e0a080"]


def race(times: Mapping[str, Sequence[tuple[int, float]]], *, size: str, title: str) -> str:
    """An SVG of (size, seconds) by solver; ``size`` names the horizontal axis."""
    import altair as alt
    import vl_convert

    names = list(times)
    rows = [
        {"size": n, "seconds": seconds, "solver": name}
        for name, found in times.items()
        for n, seconds in found
    ]
    sizes = sorted({row["size"] for row in rows})
    x: Any = alt.X("size:Q", title=size).scale(type="log", nice=False, padding=20)
    x = x.axis(values=sizes, format=",d")
    y: Any = alt.Y("seconds:Q", title="seconds").scale(type="log")
    colour: Any = alt.Color("solver:N", title=None).scale(
        domain=names, range=_COLOURS[: len(names)]
    )
    base = alt.Chart(alt.Data(values=rows)).encode(x, y, colour)
    chart = base.mark_line() + base.mark_point(size=70, filled=True)
    chart = chart.properties(width=460, height=300, title=title)
    return vl_convert.vegalite_to_svg(chart.to_dict())
