"""Draws an Altair chart as SVG, for light and for dark pages."""

from __future__ import annotations

from typing import Any

from docs_build.registry import INK

WIDTH = 520
HEIGHT = 260
INKS = {"light": "#2b2b2b", "dark": "#dcdcdc"}
# Okabe and Ito's colours, told apart by people who see few colours; the dark page's are lighter.
COLOURS = {
    "light": ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#b07d00", "#56b4e9", "#6b6b6b"],
    "dark": ["#56b4e9", "#ff8f4a", "#2fc79b", "#e8a3c9", "#e6b93c", "#8fc9ff", "#b0b0b0"],
}


def drawings(chart: Any) -> dict[str, str]:
    """Scheme -> SVG of the chart."""
    import vl_convert

    made = {}
    for scheme in INKS:
        spec = chart.to_dict()
        spec["config"] = {**spec.get("config", {}), **_config(scheme)}
        svg = vl_convert.vegalite_to_svg(spec)
        made[scheme] = svg.replace(INK, INKS[scheme])
    return made


def _config(scheme: str) -> dict[str, Any]:
    ink = INKS[scheme]
    text = {"labelColor": ink, "titleColor": ink, "labelFontSize": 12, "titleFontSize": 12}
    lines = {"domainColor": ink, "tickColor": ink, "gridColor": ink, "gridOpacity": 0.15}
    mark = {"color": COLOURS[scheme][0]}
    return {
        "background": "transparent",
        "font": "sans-serif",
        "axis": {**text, **lines, "titleFontWeight": "normal"},
        "legend": {**text, "titleFontWeight": "normal", "symbolStrokeWidth": 3},
        "header": text,
        "title": {"color": ink, "subtitleColor": ink, "fontSize": 13},
        "range": {"category": COLOURS[scheme], "ordinal": {"scheme": "viridis"}},
        "view": {"stroke": None, "continuousWidth": WIDTH, "continuousHeight": HEIGHT},
        "mark": mark,
        "line": {"strokeWidth": 2.5},
        "text": {"color": ink, "fontSize": 12},
        "rule": {"color": ink},
    }
