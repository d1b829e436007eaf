"""The pages in a real Chromium: what they ask for, fit, links, keyboard, accessibility, paper."""

from __future__ import annotations

import base64
import csv
import io
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, unquote_to_bytes, urlsplit

import pytest
from pypdf import PdfReader

from countermove.report.pdf import write_pdf
from slow.browser import REMEDY, as_address, browser, chromium, faults, too_wide, unfold, visit
from slow.browser_pages import LONG_NAME, MARKUP, PAGES
from unit.report.test_pdf import A4, MARGIN, can_be_made, elements, starts, titles

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.slow

COLOURFUL = ("types", "whole")  # between them, they show every kind of table and figure
COLOURS = ("color-contrast", "link-in-text-block")
A4_WIDTH = 665  # CSS pixels between margins of 17 mm


@pytest.fixture(scope="module")
def chrome() -> Iterator[Browser]:
    with browser() as running:
        yield running


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], str]:
    """Makes a page once and tells its address."""
    addresses: dict[str, str] = {}

    def address(name: str) -> str:
        if name not in addresses:
            folder = tmp_path_factory.mktemp(name) / "result"
            addresses[name] = as_address(PAGES[name](folder))
        return addresses[name]

    return address


@pytest.fixture(params=list(PAGES))
def address(request: pytest.FixtureRequest, made: Callable[[str], str]) -> str:
    return made(request.param)


def test_a_page_asks_for_nothing_and_complains_of_nothing(chrome: Browser, address: str) -> None:
    with visit(chrome, address) as shown:
        unfold(shown.page)
        shown.page.mouse.wheel(0, 100_000)
        shown.page.wait_for_timeout(100)
        assert shown.outside() == [address]
        assert shown.complaints == []


@pytest.mark.parametrize("width", [320, 360, 768, 1280])
def test_a_page_fits_its_width(chrome: Browser, address: str, width: int) -> None:
    with visit(chrome, address, width=width) as shown:
        assert too_wide(shown.page) == []
        unfold(shown.page)
        assert too_wide(shown.page) == []


def test_a_page_is_accessible(chrome: Browser, address: str) -> None:
    with visit(chrome, address, still=True) as shown:
        unfold(shown.page)
        assert faults(shown.page) == []
        background, ink = luminances(shown.page)
        assert background > 0.9 and ink < 0.1


@pytest.mark.parametrize("name", COLOURFUL)
def test_a_page_is_accessible_on_a_phone(
    chrome: Browser, made: Callable[[str], str], name: str
) -> None:
    with visit(chrome, made(name), width=360, still=True) as shown:
        unfold(shown.page)
        assert faults(shown.page) == []


def test_a_page_is_light_on_dark_where_that_is_asked(chrome: Browser, address: str) -> None:
    with visit(chrome, address, dark=True, still=True) as shown:
        background, ink = luminances(shown.page)
        assert background < 0.1 and ink > 0.6


@pytest.mark.parametrize("name", COLOURFUL)
def test_a_page_can_be_read_in_the_dark(
    chrome: Browser, made: Callable[[str], str], name: str
) -> None:
    with visit(chrome, made(name), dark=True, still=True) as shown:
        unfold(shown.page)
        assert faults(shown.page, *COLOURS) == []


def luminances(page: Page) -> tuple[float, float]:
    """How light the page's background and its text are, from 0 to 1."""
    told = page.evaluate(
        "() => ['backgroundColor', 'color'].map(what => getComputedStyle(document.body)[what])"
    )
    first, second = (_luminance(colour) for colour in told)
    return first, second


def _luminance(colour: str) -> float:
    numbers = [float(part) / 255 for part in colour.strip("rgba()").split(",")[:3]]
    linear = [n / 12.92 if n <= 0.04045 else ((n + 0.055) / 1.055) ** 2.4 for n in numbers]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_a_printed_page_is_dark_on_white_and_fits(chrome: Browser, address: str) -> None:
    with visit(chrome, address, width=A4_WIDTH, dark=True, printed=True) as shown:
        background, ink = luminances(shown.page)
        assert background == pytest.approx(1) and ink < 0.05
        assert too_wide(shown.page) == []
        assert faults(shown.page, *COLOURS) == []
        assert not shown.page.locator("nav, .skip, a[download]").locator("visible=true").all()


def test_a_page_prints_all_its_sections(chrome: Browser, address: str) -> None:
    with visit(chrome, address) as shown:
        headings = shown.page.locator("h2").all_inner_texts()
        reader = PdfReader(io.BytesIO(shown.page.pdf(format="A4")))
    printed = "".join("".join(sheet.extract_text().split()) for sheet in reader.pages)
    assert headings
    assert [heading for heading in headings if "".join(heading.split()) not in printed] == []


@pytest.mark.parametrize("name", ["weeks", "whole", "hostile-compared"])
def test_a_page_becomes_a_pdf_with_all_its_parts_on_the_paper(
    chrome: Browser, made: Callable[[str], str], tmp_path: Path, name: str
) -> None:
    can_be_made()
    with visit(chrome, made(name), printed=True) as shown:
        headings = shown.page.locator("h2").all_inner_texts()
        drawings = shown.page.locator("svg[role=img]").locator("visible=true").count()
    page = Path(unquote(urlsplit(made(name)).path))
    reader = PdfReader(write_pdf(page, tmp_path / "page.pdf"))
    assert set(headings) <= set(titles(reader.outline))
    assert len(elements(reader, "/Figure")) >= drawings > 3
    assert max(x for sheet in reader.pages for x in starts(sheet)) < A4[0] - MARGIN


def test_links_within_a_page_lead_to_what_is_there(chrome: Browser, address: str) -> None:
    with visit(chrome, address) as shown:
        unfold(shown.page)
        links = shown.page.locator("a[href^='#']")
        targets = {link.get_attribute("href") for link in links.all()}
        assert len(targets) > 4
        broken = [t for t in targets if not shown.page.locator(f"[id='{str(t)[1:]}']").count()]
        assert broken == []


def test_a_link_in_the_contents_moves_there(chrome: Browser, address: str) -> None:
    with visit(chrome, address, still=True) as shown:
        for link in shown.page.locator("nav a[href^='#']").locator("visible=true").all():
            target = str(link.get_attribute("href"))
            link.click()
            assert shown.page.evaluate("location.hash") == target
            top = shown.page.evaluate(
                "id => document.getElementById(id).getBoundingClientRect().top", target[1:]
            )
            at_the_end = shown.page.evaluate(
                "() => innerHeight + scrollY >= document.scrollingElement.scrollHeight - 2"
            )
            assert -5 <= top < 250 or at_the_end
        assert shown.outside() == [address]


def test_a_link_to_something_folded_away_opens_it(chrome: Browser, address: str) -> None:
    """A target in a closed fold is shown by the browser, or stands outside folds."""
    with visit(chrome, address, still=True) as shown:
        targets: list[str] = shown.page.evaluate(
            "() => [...new Set([...document.querySelectorAll(\"a[href^='#']\")]"
            ".map(one => one.hash.slice(1)))]"
        )
        for target in targets:
            shown.page.evaluate("id => { location.hash = id }", target)
            found = shown.page.locator(f"[id='{target}']")
            assert found.evaluate("one => one.checkVisibility()"), f"#{target} stays hidden"


def test_links_to_the_outside_tell_nothing_about_the_reader(chrome: Browser, address: str) -> None:
    with visit(chrome, address) as shown:
        for link in shown.page.locator("a:not([href^='#']):not([download])").all():
            assert str(link.get_attribute("href")).startswith(("https://", "http://"))
            assert "noreferrer" in str(link.get_attribute("rel"))


def test_what_a_page_saves_is_a_file_of_its_kind(
    chrome: Browser, address: str, tmp_path: Path
) -> None:
    with visit(chrome, address, height=3000, still=True) as shown:
        unfold(shown.page)
        kinds: dict[str, int] = {}
        names = []
        for link in shown.page.locator("a[download]").all():
            name = Path(str(link.get_attribute("download")))
            data = within(str(link.get_attribute("href")))
            assert is_of_its_kind(name, data), name
            if name.suffix not in kinds:  # one of each kind is really saved
                with shown.page.expect_download() as told:
                    link.click()
                told.value.save_as(tmp_path / name)
                assert told.value.suggested_filename == str(name)
                assert (tmp_path / name).read_bytes() == data
            kinds[name.suffix] = kinds.get(name.suffix, 0) + 1
            names.append(name)
        assert len(names) == len(set(names))
        figures = shown.page.locator("figure svg[role=img]").count()
        assert all(kinds.get(kind, 0) >= figures for kind in (".svg", ".png", ".csv"))
        assert shown.complaints == []


def within(address: str) -> bytes:
    """What a ``data:`` address holds."""
    head, _, text = address.partition(",")
    assert head.startswith("data:")
    return base64.b64decode(text) if head.endswith(";base64") else unquote_to_bytes(text)


def is_of_its_kind(path: Path, data: bytes) -> bool:
    """Is the file what its name says: a drawing, a picture, or a table with as many cells a row?"""
    if path.suffix == ".svg":
        root = ET.fromstring(data)
        return root.tag == "{http://www.w3.org/2000/svg}svg" and len(list(root.iter())) > 10
    if path.suffix == ".png":
        size = int.from_bytes(data[16:20]), int.from_bytes(data[20:24])
        return data.startswith(b"\x89PNG\r\n\x1a\n") and min(size) > 100
    if path.suffix == ".csv":
        rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))
        return len(rows) > 1 and len(rows[0]) > 1 and len({len(row) for row in rows}) == 1
    return False


def test_every_fold_opens_and_closes_by_mouse_and_keyboard(chrome: Browser, address: str) -> None:
    with visit(chrome, address, still=True) as shown:
        folds = shown.page.locator("details:not(details details)")
        for fold in folds.all():
            was = fold.evaluate("one => one.open")
            summary = fold.locator("> summary")
            for act in (
                summary.click,
                summary.click,
                lambda summary=summary: summary.press("Enter"),
                lambda summary=summary: summary.press("Space"),
            ):
                act()
                is_now = fold.evaluate("one => one.open")
                assert is_now is not was
                was = is_now


def test_no_other_control_is_there_than_the_tests_work(chrome: Browser, address: str) -> None:
    others = "button, input, select, textarea, dialog, [onclick], [role=button], [contenteditable]"
    with visit(chrome, address) as shown:
        assert shown.page.locator(others).count() == 0


def test_the_first_stop_of_the_keyboard_skips_to_the_content(chrome: Browser, address: str) -> None:
    with visit(chrome, address, still=True) as shown:
        shown.page.keyboard.press("Tab")
        focused = shown.page.locator(":focus")
        assert str(focused.get_attribute("href")).startswith("#")
        place = focused.bounding_box()
        assert place is not None and place["x"] >= 0 and place["y"] >= 0
        target = str(focused.get_attribute("href"))[1:]
        focused.press("Enter")
        shown.page.keyboard.press("Tab")
        assert shown.page.evaluate(
            "id => document.getElementById(id).contains(document.activeElement)", target
        )


# The stops of the keyboard, each with what is wrong with it; empty where all is well.
STOP = """() => {
  const one = document.activeElement
  if (!one || one === document.body) return null
  const place = one.getBoundingClientRect(), style = getComputedStyle(one)
  const name = one.tagName.toLowerCase() + ' ' + (one.textContent || '').trim().slice(0, 40)
  const marked = (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0)
    || style.boxShadow !== 'none'
  const seen = place.bottom > 0 && place.top < innerHeight && place.width > 0
  const all = [...document.querySelectorAll('*')]
  return {at: all.indexOf(one), name,
    fault: !marked ? 'no mark of focus' : !seen ? 'out of sight' : ''}
}"""


def stops(page: Page) -> list[dict[str, Any]]:
    """Where Tab stops, one after the other, until it leaves the page or comes round."""
    found: list[dict[str, Any]] = []
    while len(found) < 400:
        page.keyboard.press("Tab")
        stop = page.evaluate(STOP)
        if stop is None or (found and stop["at"] == found[0]["at"]):
            break
        found.append(stop)
    return found


def test_the_keyboard_stops_in_order_and_each_stop_is_seen(chrome: Browser, address: str) -> None:
    with visit(chrome, address, still=True) as shown:
        found = stops(shown.page)
        assert [stop for stop in found if stop["fault"]] == []
        assert [stop["at"] for stop in found] == sorted({stop["at"] for stop in found})
        expected = shown.page.locator("a[href], summary, [tabindex='0']").locator("visible=true")
        assert len(found) >= expected.count()
        assert (
            shown.page.locator("[tabindex]:not([tabindex='0']):not([tabindex='-1'])").count() == 0
        )


def test_nothing_moves_for_those_who_asked_for_stillness(chrome: Browser, address: str) -> None:
    moving = """() => [...document.querySelectorAll('*')].filter(one => {
      const style = getComputedStyle(one)
      return style.scrollBehavior === 'smooth' || parseFloat(style.transitionDuration) > 0.01
        || (style.animationName !== 'none' && parseFloat(style.animationDuration) > 0.01)
    }).map(one => one.tagName + '.' + one.className)"""
    with visit(chrome, address, still=True) as shown:
        assert shown.page.evaluate(moving) == []


@pytest.mark.parametrize("name", ["hostile", "hostile-compared"])
def test_what_authors_write_is_shown_and_never_obeyed(
    chrome: Browser, made: Callable[[str], str], name: str
) -> None:
    with visit(chrome, made(name)) as shown:
        unfold(shown.page)
        assert shown.page.locator("script, img, iframe, a[href^='javascript:']").count() == 0
        said = shown.page.locator("body").text_content() or ""
        assert said.count(MARKUP) > 3
        assert LONG_NAME.replace("_", " ") in said
        assert MARKUP in shown.page.title()
        assert shown.complaints == []


FAULTY = """<!DOCTYPE html><title>x</title><main><div style="width:900px">wide</div>
<img src="https://example.org/x.png"><a href="#gone"></a>
<script>console.error('oh'); undefined_name()</script></main>"""


def test_faults_would_be_found(chrome: Browser, tmp_path: Path) -> None:
    (tmp_path / "faulty.html").write_text(FAULTY)
    with visit(chrome, as_address(tmp_path / "faulty.html"), width=360) as shown:
        shown.page.wait_for_timeout(100)
        assert too_wide(shown.page)[1].startswith("main > div to")
        assert [*shown.outside("file:")] == ["https://example.org/x.png"]
        assert any("oh" in said for said in shown.complaints)
        assert any("undefined_name" in said for said in shown.complaints)
        rules = {fault.split()[0] for fault in faults(shown.page)}
        assert {"html-has-lang", "image-alt", "link-name"} <= rules


def test_without_chromium_the_remedy_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match="apt-get install chromium"):
        chromium()
    monkeypatch.delenv("CI")
    with pytest.raises(pytest.skip.Exception, match=REMEDY):
        chromium()
