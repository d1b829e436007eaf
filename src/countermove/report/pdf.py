"""A page as a PDF: A4, numbered, with bookmarks, and tagged for programs that read aloud."""

from __future__ import annotations

import contextlib
import io
from pathlib import Path
from typing import TYPE_CHECKING, Any

from countermove.errors import InvalidRequest
from countermove.explore.files import whole

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

STYLE = Path(__file__).parent / "templates" / "pdf.css"
NO_LIBRARY = (
    "a PDF is made by WeasyPrint 70 or later, which is not installed here: "
    "pip install 'countermove[pdf]'"
)
NO_SYSTEM_LIBRARY = (
    "a PDF is made by WeasyPrint, which does not find a library of the system ({error}); on Debian "
    "and Ubuntu: apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
)
_SVG = "{http://www.w3.org/2000/svg}"
# Letters of the width with which the drawings were laid out; fontconfig's own choice is wider.
_LETTERS = "'Liberation Sans', Arial, Helvetica, sans-serif"


def write_pdf(html: str | Path, target: Path) -> Path:
    """Write a page as a PDF, whole or not at all, and hand back where it is.

    ``html`` is the page's text, or the path of its file. Nothing outside the page is read. What
    the page hides until asked is shown, but for what its print style leaves out, and links that
    save a file are left out. Raises ``InvalidRequest`` where WeasyPrint, or a library of the system
    that it needs, is missing.
    """
    require()
    text = html.read_text(encoding="utf-8") if isinstance(html, Path) else html
    document = _document(text)
    with whole(target) as partial:
        document.write_pdf(partial, pdf_variant="pdf/ua-1", stylesheets=[_style()])
    return target


def require() -> None:
    """Raise ``InvalidRequest``, with the remedy, where no PDF can be made."""
    try:
        with contextlib.redirect_stdout(io.StringIO()):  # it says there what is in its exception
            from weasyprint.urls import URLFetcher  # noqa: F401
    except ImportError as error:
        raise InvalidRequest(NO_LIBRARY) from error
    except OSError as error:
        found = str(error).partition(":")[0]
        raise InvalidRequest(NO_SYSTEM_LIBRARY.format(error=found)) from error


def _document(text: str) -> Any:
    """WeasyPrint's reading of the page, for paper, with nothing to fetch from anywhere."""
    from weasyprint import HTML
    from weasyprint.urls import URLFetcher

    document = HTML(string=text, url_fetcher=URLFetcher(allowed_protocols={"data"}))
    root: Element = document.etree_element
    for parent in list(root.iter()):
        for child in [child for child in parent if child.get("download") is not None]:
            _drop(parent, child)
    for picture in root.iter(f"{_SVG}svg"):
        _describe(picture)
        for part in picture.iter():
            if part.get("font-family") == "sans-serif":
                part.set("font-family", _LETTERS)
    return document


def _style() -> Any:
    from weasyprint import CSS

    return CSS(string=STYLE.read_text(encoding="utf-8"))


def _drop(parent: Element, child: Element) -> None:
    """Remove an element, and keep the text after it."""
    at = list(parent).index(child)
    if child.tail and at:
        parent[at - 1].tail = (parent[at - 1].tail or "") + child.tail
    elif child.tail:
        parent.text = (parent.text or "") + child.tail
    parent.remove(child)


def _describe(picture: Element) -> None:
    """Give a drawing the title that a PDF keeps as its description: its label on the page."""
    from xml.etree.ElementTree import Element

    label = picture.get("aria-label")
    if label and picture.find(f"{_SVG}title") is None:
        title = Element(f"{_SVG}title")
        title.text = label
        picture.insert(0, title)
