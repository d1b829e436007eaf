"""The documentation's site: built strictly, asks for nothing outside, fits and is accessible."""

from __future__ import annotations

import functools
import json
import re
import sys
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from docs_build import registry
from docs_build.drawing import INKS
from docs_build.maths import MathsError, mathml, with_mathml
from slow.browser import browser, faults, too_wide, visit
from slow.environments import ROOT, run

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.slow

UNDONE = re.compile(r"(<|&lt;)!-- (figure|table|api|test): ")
LOADED = re.compile(
    r'<(?:script|img|iframe|source)[^>]* src="(?:https?:)?//|<link[^>]* href="(?:https?:)?//'
)
LOADED_BY_CSS = re.compile(r'(?:url\(|@import )["\']?(?:https?:)?//')
# The theme's navigation gives several of its landmarks the same name.
OF_THE_THEME = "landmark-unique"
LOOKED_AT = [
    "index.html",
    "language.html",
    "commands.html",
    "analyses.html",
    "theory/quantal-response.html",
    "reference/solutions.html",
    "scenarios/blockade.html",
]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built as ``make docs`` does."""
    folder = tmp_path_factory.mktemp("docs") / "site"
    run(sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", folder, cwd=ROOT)
    return folder


@pytest.fixture(scope="module")
def address(site: Path) -> Iterator[str]:
    """Where the site is served on this machine."""
    handler = functools.partial(Quiet, directory=str(site))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *arguments: Any) -> None:
        pass


@pytest.fixture(scope="module")
def chrome() -> Iterator[Browser]:
    with browser() as running:
        yield running


def test_every_page_is_built_and_none_is_left_unfinished(site: Path) -> None:
    pages = {path.relative_to(ROOT / "docs") for path in (ROOT / "docs").rglob("*.md")}
    missing = [page for page in pages if not (site / page.with_suffix(".html")).exists()]
    assert missing == []
    for path in site.rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        assert 'class="arithmatex"' not in text, path
        assert not UNDONE.search(without_code(text)), path


def without_code(page: str) -> str:
    """A page without its code."""
    return re.sub(r"<code.*?</code>", "", page, flags=re.DOTALL)


def test_pages_name_nothing_elsewhere_that_a_browser_would_load(site: Path) -> None:
    for path in site.rglob("*.html"):
        assert not LOADED.search(path.read_text(encoding="utf-8")), path
    for path in site.rglob("*.css"):
        assert not re.search(r'(?:url\(|@import )["\']?(?:https?:)?//', path.read_text("utf-8")), (
            path
        )


def test_every_figure_is_drawn_for_light_and_dark_pages(site: Path) -> None:
    registry.load_all()
    drawn = {path.stem for path in (site / "figures").glob("*.svg")}
    assert drawn == {f"{name}-{scheme}" for name in registry.FIGURES for scheme in INKS}


def test_formulas_are_mathml(site: Path) -> None:
    page = (site / "theory" / "quantal-response.html").read_text(encoding="utf-8")
    assert page.count("<math ") >= 2
    assert "\\frac{" not in re.sub(r'alttext="[^"]*"', "", page)


def test_the_search_knows_the_pages(site: Path) -> None:
    index = json.loads((site / "search" / "search_index.json").read_text(encoding="utf-8"))
    places = {entry["location"].partition("#")[0] for entry in index["docs"]}
    assert {"language.html", "reference/solutions.html", "scenarios/blockade.html"} <= places


@pytest.mark.parametrize("page", LOOKED_AT)
def test_a_page_asks_for_nothing_outside(chrome: Browser, address: str, page: str) -> None:
    with visit(chrome, address + page) as shown:
        shown.page.wait_for_timeout(300)
        assert shown.outside(address, "blob:") == []
        assert shown.complaints == []


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("page", LOOKED_AT)
def test_a_page_fits_its_width(chrome: Browser, address: str, page: str, width: int) -> None:
    with visit(chrome, address + page, width=width) as shown:
        assert too_wide(shown.page) == []


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("page", LOOKED_AT)
def test_a_page_is_accessible(chrome: Browser, address: str, page: str, dark: bool) -> None:
    with visit(chrome, address + page, dark=dark, still=True) as shown:
        found = faults(shown.page)
        assert [fault for fault in found if not fault.startswith(OF_THE_THEME)] == []


def test_the_search_finds(chrome: Browser, address: str) -> None:
    with visit(chrome, f"{address}index.html") as shown:
        shown.page.fill("input[name=query]", "countermove effect")
        shown.page.wait_for_selector(".md-search-result__item a")
        assert shown.outside(address, "blob:") == []


def test_a_formula_that_is_not_known_is_refused():
    with pytest.raises(MathsError, match=r"'\\\\foo' is not known"):
        mathml(r"\foo x")
    with pytest.raises(MathsError, match="no formula"):
        mathml(r"\frac{a}{")


def test_formulas_keep_their_latex_beside_them():
    page = with_mathml('<p><span class="arithmatex">\\(a &lt; b\\)</span></p>')
    assert page.startswith('<p><math alttext="a &lt; b" ')
    assert "arithmatex" not in page


def test_primes_are_not_made_small():
    assert "<mrow><mi>a</mi><mo" in mathml("a'")
