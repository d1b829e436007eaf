"""Pages in a real Chromium: opened from a file, with all that they ask for and complain of."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tools import need

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

NAMES = ("chromium", "chromium-browser", "google-chrome")
REMEDY = "the pages are tested in Chromium, which is not here: apt-get install chromium"
# Every rule of WCAG 2.2, levels A and AA, and what axe holds to be good practice.
RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")


def chromium() -> str:
    """The command of the system's Chromium; without one, the test ends with the remedy."""
    found = next((path for name in NAMES if (path := shutil.which(name))), "")
    need(found, REMEDY)
    return found


@contextmanager
def browser() -> Iterator[Browser]:
    """A headless Chromium of the system, driven by Playwright."""
    command = chromium()
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        # Root, as which CI runs, may not use the sandbox; the pages are our own.
        running = driver.chromium.launch(executable_path=command, args=["--no-sandbox"])
        try:
            yield running
        finally:
            running.close()


@dataclass(frozen=True)
class Visit:
    """An open page, what it asked for, and what it complained of."""

    page: Page
    asked: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def outside(self, *own: str) -> list[str]:
        """The addresses asked for that begin with none of these."""
        return [address for address in self.asked if not address.startswith((*own, "data:"))]


@contextmanager
def visit(
    browser: Browser,
    address: str,
    *,
    width: int = 1280,
    height: int = 900,
    dark: bool = False,
    printed: bool = False,
    still: bool = False,
) -> Iterator[Visit]:
    """Open an address; nothing but this machine's files and loopback is let through."""
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme="dark" if dark else "light",
        reduced_motion="reduce" if still else "no-preference",
        accept_downloads=True,
    )
    try:
        context.route("**/*", _let_through)
        shown = Visit(context.new_page())
        shown.page.on("request", lambda request: shown.asked.append(request.url))
        shown.page.on("console", lambda said: _note(shown, said.type, said.text))
        shown.page.on("pageerror", lambda error: _note(shown, "error", str(error)))
        shown.page.on("dialog", lambda dialog: _refuse(shown, dialog))
        if printed:
            shown.page.emulate_media(media="print")
        shown.page.goto(address)
        yield shown
    finally:
        context.close()


def _let_through(route: Any) -> None:
    """Let what stays on this machine through, and stop the rest."""
    if route.request.url.startswith(("file:", "data:", "http://127.0.0.1:")):
        route.continue_()
    else:
        route.abort()


def _note(visit: Visit, kind: str, text: str) -> None:
    if kind in ("error", "warning", "assert"):
        visit.complaints.append(f"{kind}: {text}")


def _refuse(visit: Visit, dialog: Any) -> None:
    visit.complaints.append(f"dialog: {dialog.message}")
    dialog.dismiss()


def unfold(page: Page) -> None:
    """Open everything that is folded away."""
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")


def too_wide(page: Page) -> list[str]:
    """What makes the page scroll sideways: elements beyond its right edge; none where it fits."""
    found: list[str] = page.evaluate(_TOO_WIDE)
    return found


_TOO_WIDE = """() => {
  const root = document.scrollingElement
  if (root.scrollWidth <= innerWidth) return []
  const clipped = one => {
    for (let at = one.parentElement; at && at !== document.body; at = at.parentElement)
      if (['auto', 'scroll', 'hidden', 'clip'].includes(getComputedStyle(at).overflowX)) return true
    return false
  }
  const name = one => one.tagName.toLowerCase() + (one.id ? '#' + one.id : '')
    + [...one.classList].map(c => '.' + c).join('')
  const wide = [...document.body.querySelectorAll('*')].filter(
    one => one.getBoundingClientRect().right > innerWidth + .5 && !clipped(one))
  return [`${root.scrollWidth} > ${innerWidth}`, ...wide.slice(0, 12).map(one =>
    `${one.parentElement ? name(one.parentElement) + ' > ' : ''}${name(one)}`
    + ` to ${Math.round(one.getBoundingClientRect().right)}: `
    + (one.textContent || '').trim().slice(0, 40))]
}"""


def faults(page: Page, *rules: str) -> list[str]:
    """What axe-core finds fault with, by these rules or all: the rule, and up to three places."""
    page.evaluate(files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8"))
    only = {"type": "rule", "values": rules} if rules else {"type": "tag", "values": RULES}
    found: dict[str, Any] = page.evaluate("only => axe.run(document, {runOnly: only})", only)
    assert found["passes"] or found["violations"], "axe-core did not run"
    return [
        f"{violation['id']} ({violation['impact']}) at {node['target'][0]}: "
        f"{' '.join(node['failureSummary'].split())[:300]}"
        for violation in found["violations"]
        for node in violation["nodes"][:3]
    ]


def as_address(path: Path) -> str:
    """A file's address."""
    return path.resolve().as_uri()
