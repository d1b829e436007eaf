"""The page on paper: its words, figures, order, description, and what is left out."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from pypdf import PageObject, PdfReader

from countermove.errors import InvalidRequest
from countermove.report import pdf, summary
from countermove.report.html import page
from countermove.report.records import Findings
from tools import need

A4 = (595, 842)
MARGIN = 48  # points: 17 mm


@pytest.fixture(scope="session")
def written(findings: Findings, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, PdfReader]:
    """The starter's page and its PDF."""
    can_be_made()
    text = page(findings)
    target = tmp_path_factory.mktemp("pdf") / "report.pdf"
    assert pdf.write_pdf(text, target) == target
    return text, PdfReader(target)


def can_be_made() -> None:
    remedy = ""
    try:
        pdf.require()
    except InvalidRequest as error:
        remedy = str(error)
    need(not remedy, remedy)


def made(html: str, folder: Path) -> PdfReader:
    can_be_made()
    return PdfReader(pdf.write_pdf(html, folder / "some.pdf"))


def words(reader: PdfReader) -> str:
    """All text, with one space between words; a word may be broken at the end of a line."""
    return " ".join("\n".join(sheet.extract_text() for sheet in reader.pages).split())


def elements(reader: PdfReader, kind: str) -> list[Any]:
    """The parts of the PDF's structure of a kind, such as ``/Figure``."""
    found: list[Any] = []
    todo: list[Any] = [reader.trailer["/Root"]["/StructTreeRoot"]]
    while todo:
        part = todo.pop().get_object()
        if isinstance(part, list):
            todo += part
        elif isinstance(part, dict):
            if part.get("/S") == kind:
                found.append(part)
            todo += [part["/K"]] if "/K" in part else []
    return found


def titles(outline: list[Any]) -> Iterator[str]:
    for entry in outline:
        if isinstance(entry, list):
            yield from titles(entry)
        else:
            yield entry.title


def test_every_sentence_of_the_summary_is_in_it(
    written: tuple[str, PdfReader], findings: Findings
) -> None:
    said = words(written[1])
    sentences = summary.sentences(findings)
    assert len(sentences) > 4
    for sentence in sentences:
        assert " ".join(sentence.says.split()) in said


def test_no_figure_is_lost_and_each_is_described(written: tuple[str, PdfReader]) -> None:
    text, reader = written
    labels = [unescape(a) for a in re.findall(r'<svg[^>]*aria-label="([^"]+)"', text)]
    assert len(labels) == text.count("<svg") > 3
    described = [figure["/Alt"] for figure in elements(reader, "/Figure")]
    assert sorted(described) == sorted(labels)


def test_a_drawing_is_described_and_set_in_letters_of_its_width(tmp_path: Path) -> None:
    can_be_made()
    label = 'role="img" aria-label="One &amp; two"'
    text = '<text font-family="sans-serif">wide</text>'
    drawing = f'<svg xmlns="http://www.w3.org/2000/svg" {label} viewBox="0 0 9 9">{text}</svg>'
    document = pdf._document(f"<p>{drawing}")
    (letters,) = document.etree_element.iter("{http://www.w3.org/2000/svg}text")
    assert letters.get("font-family").startswith("'Liberation Sans', Arial")
    (figure,) = elements(made(f"<p>{drawing}", tmp_path), "/Figure")
    assert figure["/Alt"] == "One & two"


def test_pages_are_a4_and_numbered(written: tuple[str, PdfReader]) -> None:
    reader = written[1]
    assert 5 < len(reader.pages) < 40
    for number, sheet in enumerate(reader.pages, 1):
        assert tuple(round(float(side)) for side in sheet.mediabox[2:]) == A4
        assert f"{number} / {len(reader.pages)}" in sheet.extract_text()


def test_it_is_titled_tagged_and_bookmarked(written: tuple[str, PdfReader]) -> None:
    text, reader = written
    root: Any = reader.trailer["/Root"]
    assert root["/Lang"] == "en"
    assert root["/MarkInfo"]["/Marked"]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert reader.metadata is not None
    assert reader.metadata.title == re.findall("<title>(.*)</title>", text)[0]
    assert b"pdfuaid" in root["/Metadata"].get_data()
    headings = [re.sub("<.*", "", h) for h in re.findall("<h2[^>]*>(.*)</h2>", text)]
    assert headings
    assert set(headings) <= set(titles(reader.outline))


def test_nothing_runs_off_the_paper(written: tuple[str, PdfReader]) -> None:
    for sheet in written[1].pages:
        assert all(MARGIN - 1 <= x < A4[0] - MARGIN for x in starts(sheet))


def starts(sheet: PageObject) -> list[float]:
    """How far from the left edge, in points, each run of text begins; not that of drawings."""
    found: list[float] = []

    def note(text: str, matrix: list[float], place: list[float], *_: object) -> None:
        x = matrix[0] * place[4] + matrix[2] * place[5] + matrix[4]
        # What stands in a drawing has no place on the page for pypdf, or one in the drawing, which
        # may be left of its origin.
        if text.strip() and x > 0:
            found.append(x)

    sheet.extract_text(visitor_text=note)
    return found


def test_text_off_the_paper_would_be_found(tmp_path: Path) -> None:
    cells = "".join(f"<td>column {n}</td>" for n in range(30))
    reader = made(f"<table><tr>{cells}</tr></table>", tmp_path)
    assert max(starts(reader.pages[0])) > A4[0]


def test_the_same_page_gives_the_same_bytes(tmp_path: Path) -> None:
    can_be_made()
    html = "<html lang=en><title>t</title><h1>One</h1>"
    files = (pdf.write_pdf(html, tmp_path / name) for name in ("first.pdf", "second.pdf"))
    first, second = (file.read_bytes() for file in files)
    assert first == second and first.startswith(b"%PDF-")


def test_what_saves_a_file_is_left_out_and_the_text_after_it_kept(tmp_path: Path) -> None:
    html = (
        '<p>before <a download="x.csv" href="data:text/csv,a">CSV</a> between '
        '<b>bold</b><a download="x.svg" href="data:image/svg+xml,x">SVG</a> after</p>'
    )
    reader = made(html, tmp_path)
    assert words(reader).startswith("before between bold after")
    assert "/Annots" not in reader.pages[0]


def test_what_is_folded_away_is_shown(tmp_path: Path) -> None:
    said = words(made("<details><summary>More</summary>within</details>", tmp_path))
    assert "More" in said and "within" in said


def test_nothing_is_read_from_outside_the_page(tmp_path: Path) -> None:
    (tmp_path / "red.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'>SECRET</svg>")
    near = (tmp_path / "red.svg").as_uri()
    with socket.create_server(("127.0.0.1", 0)) as server:
        far = f"http://127.0.0.1:{server.getsockname()[1]}/x"
        html = "".join(
            f'<img alt="gone" src="{url}"><link rel=stylesheet href="{url}">'
            f'<style>@import url("{url}");p{{background:url("{url}")}}</style><p>x'
            for url in (near, far)
        )
        assert "SECRET" not in words(made(html, tmp_path))
        server.setblocking(False)
        with pytest.raises(BlockingIOError):
            server.accept()


def test_a_page_is_read_from_its_file(tmp_path: Path) -> None:
    can_be_made()
    (tmp_path / "page.html").write_text("<h1>Über £5 – “quoted”</h1>", encoding="utf-8")
    target = pdf.write_pdf(tmp_path / "page.html", tmp_path / "page.pdf")
    assert "Über £5 – “quoted”" in words(PdfReader(target))


def test_a_failure_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    can_be_made()
    import weasyprint

    def fails(document: object, target: Path, **_: object) -> None:
        target.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(weasyprint.HTML, "write_pdf", fails)
    target = tmp_path / "report.pdf"
    target.write_bytes(b"old")
    with pytest.raises(OSError, match="No space left"):
        pdf.write_pdf("<p>new", target)
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"old"]


def test_without_weasyprint_the_remedy_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "weasyprint.urls", None)
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    with pytest.raises(InvalidRequest, match=r"not installed here: pip install 'countermove\[pdf]"):
        pdf.write_pdf("<p>x", tmp_path / "report.pdf")
    assert list(tmp_path.iterdir()) == []


WITHOUT_PANGO = """
import cffi
from countermove.errors import InvalidRequest
from countermove.report import pdf

def missing(ffi, name, flags=0):
    raise OSError(f"cannot load library '{name}': {name}: no such file. Also tried find_library")

cffi.FFI.dlopen = missing
try:
    pdf.require()
except InvalidRequest as error:
    print(error)
"""


def test_without_a_library_of_the_system_the_remedy_is_all_that_is_said() -> None:
    can_be_made()
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_PANGO], capture_output=True, text=True, check=True
    )
    assert done.stderr == ""
    (said,) = done.stdout.splitlines()
    assert "library of the system (cannot load library 'libgobject-2.0-0'); on Debian and" in said
    assert said.endswith("apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0")
