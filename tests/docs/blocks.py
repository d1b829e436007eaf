"""The fenced blocks of the documentation's pages, and what a comment above one asks of the tests.

``<!-- test: slow -->``, ``smaller, A -> B``, ``exit 1``, ``into FILE``, ``over SCENARIO`` and
``shown, REASON``: docs/contributing/documentation.md tells what each means.
"""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass, field, replace
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    *sorted((ROOT / "docs").rglob("*.md")),
    *sorted((ROOT / "src/countermove/scenarios").glob("*/README.md")),
]
_PARTS = re.compile(
    r"^(?P<indent> *)(?P<fence>`{3,}) ?(?P<info>[^\n`]*)\n(?P<code>.*?)^(?P=indent)(?P=fence) *$"
    r"|^ *<!-- test: (?P<asked>.*?)\s*-->",
    re.MULTILINE | re.DOTALL,
)
_TITLE = re.compile(r'\btitle="([^"]+)"')


@dataclass(frozen=True)
class Asked:
    """What a comment above a block asks for."""

    slow: bool = False
    whole_when_slow: bool = False
    replaced: tuple[tuple[str, str], ...] = ()
    exit: int = 0
    into: str | None = None
    over: str | None = None
    shown: str | None = None


@dataclass(frozen=True)
class Block:
    """A block of a page; ``follows`` where nothing stands between it and the one before."""

    page: str
    line: int
    language: str
    text: str
    title: str | None = None
    asked: Asked = field(default_factory=Asked)
    follows: bool = False

    @property
    def name(self) -> str:
        """Where it stands."""
        return f"{self.page}:{self.line}"

    def with_text(self, text: str) -> Block:
        """The same block with another text."""
        return replace(self, text=text)


def name_of(page: Path) -> str:
    """A page as its tests name it."""
    return page.relative_to(ROOT).as_posix()


def blocks_of(text: str, page: str) -> list[Block]:
    """A page's blocks in order, hidden commands (``setup``) among them."""
    found: list[Block] = []
    asked, ended = Asked(), -1
    for part in _PARTS.finditer(text):
        line = text.count("\n", 0, part.start()) + 1
        comment = part["asked"]
        if comment is None:
            between = ended >= 0 and not text[ended : part.start()].strip()
            found.append(_block(part, page, line, asked, follows=between))
            asked, ended = Asked(), part.end()
        elif comment.startswith("setup"):
            found.append(
                Block(page, line, "sh", comment.removeprefix("setup").strip(", \n") + "\n")
            )
        else:
            asked, ended = asked_for(comment, f"{page}:{line}"), -1
            _refuse_unattached(text[part.end() :], f"{page}:{line}")
    return found


def _block(part: re.Match[str], page: str, line: int, asked: Asked, *, follows: bool) -> Block:
    info = part["info"].strip()
    title = _TITLE.search(info)
    language = _TITLE.sub("", info).strip()
    return Block(
        page=page,
        line=line,
        language=language,
        text=textwrap.dedent(part["code"]),
        title=title[1] if title else None,
        asked=asked,
        follows=follows,
    )


def _refuse_unattached(after: str, where: str) -> None:
    if not re.match(r"\n *`{3}", after):
        raise ValueError(f"{where}: no block begins on the line after this comment")


def asked_for(comment: str, where: str) -> Asked:
    """What a comment says; raises ``ValueError`` for what none can say."""
    shown = re.fullmatch(r"shown, (\S.*)", comment, re.DOTALL)
    if shown:
        return Asked(shown=" ".join(shown[1].split()))
    kept: dict[str, object] = {}
    replaced: list[tuple[str, str]] = []
    for word in (word.strip() for word in comment.split(",")):
        match word.split():
            case ["slow"]:
                kept["slow"] = True
            case ["smaller"]:
                pass
            case ["smaller", "and", "slow"]:
                kept["whole_when_slow"] = True
            case ["exit", code] if code.isdigit():
                kept["exit"] = int(code)
            case [("into" | "over") as how, file]:
                kept[how] = file
            case _ if " -> " in word:
                old, _, new = word.partition(" -> ")
                replaced.append((old, new))
            case _:
                raise ValueError(f"{where}: {word!r} means nothing to the tests")
    if bool(replaced) != ("smaller" in comment):
        raise ValueError(f"{where}: `smaller` and what is replaced (A -> B) belong together")
    return Asked(**kept, replaced=tuple(replaced))  # type: ignore[arg-type]
