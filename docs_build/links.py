"""Files outside ``docs/`` that are pages of the site, too, and the links between all pages.

Pages link to each other as they lie in the repository, so that links work wherever the files are
read. On the site the changelog and the scenarios' READMEs are pages, too, and what is no page
there (the licence, a folder) is named without a link.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parents[1]
DOCS = "docs/"
# Page of the site -> the file of the repository that it shows.
SHOWN = {
    "changelog.md": "CHANGELOG.md",
    "contributing/contributing.md": "CONTRIBUTING.md",
    **{
        f"scenarios/{path.parent.name}.md": path.relative_to(ROOT).as_posix()
        for path in sorted((ROOT / "src/countermove/scenarios").glob("*/README.md"))
    },
}
_PAGES = {file: page for page, file in SHOWN.items()} | {"README.md": "index.md"}
_FENCE = re.compile(r"^( *)(`{3,}|~{3,})[^\n]*\n.*?^\1\2 *$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"(?P<picture>!?)\[(?P<text>[^\]]*)\]\((?P<to>[^)\s]+)\)")


def origin(page: str) -> str:
    """The file of the repository that a page of the site shows."""
    return SHOWN.get(page, DOCS + page)


def on_site(file: str) -> str | None:
    """The page of the site that shows a file of the repository; None if none does."""
    return file.removeprefix(DOCS) if file.startswith(DOCS) else _PAGES.get(file)


def for_site(prose: str, page: str) -> str:
    """A page's Markdown, its links as they are on the site."""
    return LINK.sub(lambda link: _link(link, page), prose)


def outside_code(
    text: str, change: Callable[[str], str], block: Callable[[str], str] = lambda block: block
) -> str:
    """A text of which all but the fenced blocks is changed, and these in a way of their own."""
    done, at = [], 0
    for found in _FENCE.finditer(text):
        done += [change(text[at : found.start()]), block(found[0])]
        at = found.end()
    return "".join([*done, change(text[at:])])


def without_code(text: str) -> str:
    """A text without its fenced blocks."""
    return outside_code(text, lambda prose: prose, lambda block: "")


def _link(link: re.Match[str], page: str) -> str:
    to, hash_, anchor = link["to"].partition("#")
    if not to or "://" in to or to.startswith("mailto:"):
        return link[0]
    file = posixpath.normpath(posixpath.join(posixpath.dirname(origin(page)), to))
    target = on_site(file)
    if target is None:
        return link["text"]
    near = posixpath.relpath(target, posixpath.dirname(page) or ".")
    return f"{link['picture']}[{link['text']}]({near}{hash_}{anchor})"
