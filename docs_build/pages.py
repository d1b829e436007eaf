"""What becomes of a page's Markdown before it is rendered: figures, tables, fences and links."""

from __future__ import annotations

import html
import posixpath
import re

from docs_build import registry
from docs_build.api import with_references
from docs_build.links import for_site, outside_code, without_code

ASKED = re.compile(r"^<!-- (figure|table): ([\w-]+) -->$", re.MULTILINE)
FOLDER = "figures"
# Words after a fence's language are for the tests; the site knows `title="…"` alone.
_FENCE_WORDS = re.compile(r"^( *`{3,}[\w+-]+)(?: +[\w-]+)+ *$", re.MULTILINE)
_TEST_COMMENT = re.compile(r"^ *<!-- test: (?:(?!-->).)*-->\n", re.MULTILINE | re.DOTALL)


def ready(text: str, page: str) -> str:
    """The Markdown that is rendered, of the Markdown that is written."""

    def prose(part: str) -> str:
        part = with_references(for_site(_TEST_COMMENT.sub("", part), page))
        return ASKED.sub(lambda asked: _made(asked[1], asked[2], page), part)

    return outside_code(text, prose, lambda block: _FENCE_WORDS.sub(r"\1", block, count=1))


def asked(text: str, kind: str) -> list[str]:
    """The names of the figures (or tables) that a page asks for."""
    return [name for what, name in ASKED.findall(without_code(text)) if what == kind]


def drawing_file(name: str, scheme: str) -> str:
    """Where on the site a figure's drawing lies."""
    return f"{FOLDER}/{name}-{scheme}.svg"


def _made(kind: str, name: str, page: str) -> str:
    return registry.TABLES[name]().strip() if kind == "table" else _figure(name, page)


def _figure(name: str, page: str) -> str:
    found = registry.FIGURES[name]
    start = posixpath.dirname(page) or "."
    pictures = "".join(
        f'<img src="{posixpath.relpath(drawing_file(name, scheme), start)}#only-{scheme}" '
        f'alt="{html.escape(found.alt)}">'
        for scheme in ("light", "dark")
    )
    return f"<figure>{pictures}<figcaption>{html.escape(found.caption)}</figcaption></figure>"
