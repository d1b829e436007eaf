"""What the pages are made of: parts in their order, what all templates are given, and the page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from countermove._version import __version__
from countermove.language import words
from countermove.report.environment import environment

if TYPE_CHECKING:
    from countermove.language.model import Scenario

_COLUMNS = 16  # periods side by side in a table; more are cut into blocks, for paper and phones


@dataclass(frozen=True, slots=True)
class Part:
    """A section of a page: its anchor, its name among the contents, and its template."""

    id: str
    title: str
    name: str = ""

    @property
    def template(self) -> str:
        """Where the template is."""
        return f"sections/{self.name or self.id}.html.jinja"


def rendered(
    scenario: Scenario,
    parts: Sequence[Part],
    *,
    title: str,
    header: str,
    linked: bool,
    given: Mapping[str, Any],
) -> str:
    """A page of these parts; ``linked`` says whether it holds the claims that are cited."""
    return (
        environment()
        .get_template("page.html.jinja")
        .render(
            scenario=scenario,
            parts=parts,
            title=title,
            header=f"sections/{header}.html.jinja",
            linked=linked,
            version=__version__,
            today=words.day(dt.datetime.now(dt.UTC).date()),
            unique=_unique(),
            spans=spans,
            **given,
        )
    )


def spans(count: int) -> list[range]:
    """So many columns in blocks of about equal size, none too wide."""
    blocks = max(1, -(-count // _COLUMNS))
    edges = [round(at * count / blocks) for at in range(blocks + 1)]
    return [range(*pair) for pair in pairwise(edges)]


def _unique() -> Callable[[str], str]:
    """Names for regions of the page: one that is there already gets a number."""
    counts: dict[str, int] = {}

    def named(label: str) -> str:
        counts[label] = counts.get(label, 0) + 1
        return label if counts[label] == 1 else f"{label} ({counts[label]})"

    return named
