"""Charts as SVG: drawn once, then made ready to stand in a page and to be saved as a file.

In a page, text and axes take the page's colour (``currentColor``), so that one figure serves light,
dark and printed pages.
"""

from __future__ import annotations

import re
import textwrap
from html import escape
from typing import Any

from countermove.report.charts import GREY, WIDTH

INK = "#010203"  # replaced by currentColor
FONT = "Liberation Sans, Arial, Helvetica, sans-serif"  # as wide as it is measured when drawn
PRINT_INK = "#1c2430"  # of figures that stand alone
_GROWS = 1.25  # a figure may be drawn so much larger than it was laid out
_MARGIN, _LINE, _LETTER = 8, 17, 7.2  # pixels: around a file, of a title's lines and letters
_ARIA = re.compile(r' (?:role|aria-[a-z]+)="[^"]*"')
_WIDTH_HEIGHT = re.compile(r'<svg\b[^>]*?\bwidth="([\d.]+)" height="([\d.]+)"')
_HEIGHT = re.compile(r'(<svg\b[^>]*?) width="[^"]*" height="[^"]*"')
_GREY_MARK = re.compile(rf'stroke="{GREY}"(?=[^>]*stroke-dasharray)')  # to be seen on colours
_GREY_TEXT = re.compile(rf'(<text\b[^>]*?fill="){GREY}"')


def drawn(chart: Any) -> str:
    """A chart as SVG without its title, its text in ``INK``, on no background."""
    import altair as alt
    import vl_convert

    spec = chart.to_dict(validate=False)  # what altair made of calls that it checked
    spec.pop("title", None)
    version = ".".join(alt.SCHEMA_VERSION.removeprefix("v").split(".")[:2])
    svg = vl_convert.vegalite_to_svg(spec | {"config": _config()}, vl_version=version)
    return _GREY_MARK.sub(f'stroke="{INK}"', _GREY_TEXT.sub(rf'\1{INK}"', svg))


def inline(svg: str, label: str) -> str:
    """What was drawn, to stand in a page: it scales, takes the page's ink, and says what it shows.

    ``label`` says so to those who do not see it.
    """
    width, _ = _size(svg)
    style = f"width:100%;max-width:{_GROWS * width:.0f}px;height:auto"
    head = f'<svg role="img" aria-label="{escape(label)}" style="{style}"'
    svg = _ARIA.sub("", _HEIGHT.sub(r"\1", svg, count=1))
    return svg.replace("<svg", head, 1).replace(INK, "currentColor")


def standalone(svg: str, title: str) -> str:
    """What was drawn, as a file of its own: dark ink on white, below its title."""
    width, height = _size(svg)
    lines = textwrap.wrap(title, max(int(width / _LETTER), 24))
    top = len(lines) * _LINE + _MARGIN
    said = "".join(
        f'<text x="0" y="{(at + 1) * _LINE}">{escape(line)}</text>' for at, line in enumerate(lines)
    )
    wide, high = width + 2 * _MARGIN, height + top + 2 * _MARGIN
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{wide:g}" height="{high:g}" '
        f'viewBox="{-_MARGIN} {-_MARGIN} {wide:g} {high:g}">'
        f'<rect x="{-_MARGIN}" y="{-_MARGIN}" width="{wide:g}" height="{high:g}" fill="white"/>'
        f'<g font-family="{FONT}" font-size="13" font-weight="bold" fill="{INK}">{said}</g>'
        f'<g transform="translate(0,{top})">{svg}</g></svg>'
    ).replace(INK, PRINT_INK)


def _size(svg: str) -> tuple[float, float]:
    found = _WIDTH_HEIGHT.search(svg)
    return (float(found[1]), float(found[2])) if found else (WIDTH, WIDTH)


def _config() -> dict[str, Any]:
    text: dict[str, Any] = {"labelColor": INK, "titleColor": INK, "labelFontSize": 11}
    limits = {"titleLimit": 300, "labelLimit": 260}
    axis = {
        **text,
        **limits,
        "domainColor": INK,
        "tickColor": INK,
        "gridColor": INK,
        "gridOpacity": 0.12,
    }
    return {
        "background": "transparent",
        "font": FONT,
        "aria": False,
        "axis": axis,
        "legend": {**text, "symbolType": "square", "symbolStrokeWidth": 0, **limits},
        "title": {"color": INK},
        "view": {"stroke": None},
    }
