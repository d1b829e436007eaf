"""Figures of the page: what they say, and the files that they hand out."""

from __future__ import annotations

import base64
import csv
import io
import re
import xml.etree.ElementTree as ET

import altair as alt
import pytest

from countermove.report import canvas, figures
from countermove.report.figure import Figure, as_csv
from countermove.report.html import page
from countermove.report.records import Findings
from countermove.report.scheduled import scheduled


@pytest.fixture(scope="module")
def fan(findings: Findings) -> Figure:
    return figures.fan_figure(findings.fans[0], findings, scheduled(findings.scenario))


def saved(figure: Figure, kind: str) -> bytes:
    address = dict(figure.files)[kind]
    return base64.b64decode(address.partition("base64,")[2])


def test_the_title_says_what_is_found(fan: Figure, findings: Findings) -> None:
    assert re.fullmatch(
        r"Blockade will most likely have gone from “absent” to “full” \(\d+%\) at the end",
        fan.title,
    )
    assert fan.about == "Probability of each level of blockade at the end of each month."
    titles = [figures._moves_title(moves) for moves in findings.moves]
    assert titles[0].startswith("The mainland: “wait” is the likeliest move ")


def test_the_csv_holds_the_numbers_of_the_figure(fan: Figure, findings: Findings) -> None:
    rows = list(csv.DictReader(io.StringIO(saved(fan, "CSV").decode())))
    first = findings.fans[0]
    assert len(rows) == len(first.times) * len(first.levels)
    assert [float(row["odds"]) for row in rows] == [p for odds in first.odds for p in odds]
    assert rows[0]["at"] == "2027-03-01"


def test_the_svg_file_stands_alone_dark_on_white_with_its_title(fan: Figure) -> None:
    root = ET.fromstring(saved(fan, "SVG"))
    said = " ".join("".join(root.itertext()).split())
    assert said.startswith("Blockade will most likely have")
    assert root.find("{http://www.w3.org/2000/svg}rect").get("fill") == "white"  # type: ignore[union-attr]
    text = saved(fan, "SVG").decode()
    assert canvas.PRINT_INK in text and "currentColor" not in text and canvas.INK not in text


def test_the_png_file_is_one(fan: Figure) -> None:
    assert saved(fan, "PNG").startswith(b"\x89PNG")


def test_the_drawing_in_the_page_takes_its_ink_and_bears_one_name(fan: Figure) -> None:
    assert "currentColor" in fan.svg and canvas.INK not in fan.svg
    assert fan.svg.count("role=") == fan.svg.count("aria-") == 1
    assert "congress" in fan.svg  # what the calendar brings
    head = fan.svg.partition(">")[0]
    assert 'role="img"' in head and " height=" not in head


def test_titles_are_escaped() -> None:
    chart = alt.Chart(alt.Data(values=[{"x": 1}])).mark_point().encode(x="x:Q")
    drawn = canvas.drawn(chart)
    assert "&lt;b&gt; &amp; &quot;c&quot;" in canvas.inline(drawn, '<b> & "c"')
    assert "&lt;b&gt;" in canvas.standalone(drawn, "<b>")


def test_a_csv_has_all_headings() -> None:
    assert as_csv([{"a": 1}, {"a": 2, "b": 3}]) == "a,b\r\n1,\r\n2,3\r\n"


def test_every_figure_of_the_page_can_be_saved_under_a_name_of_its_own(findings: Findings) -> None:
    text = page(findings)
    names = re.findall(r' download="([^"]*)"', text)
    assert len(names) == len(set(names)) == 3 * text.count("<figure")
    assert {name.rpartition(".")[2] for name in names} == {"svg", "png", "csv"}
