"""The templates' surroundings: one set-up for all pages, and the words that templates may use."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from countermove.language import words
from countermove.report import (
    belief_tables,
    belief_words,
    comparison_summary,
    comparison_tables,
    comparison_words,
    fixed_points,
    prose,
    result_tables,
    scenario_tables,
    stationary,
)

if TYPE_CHECKING:
    from jinja2 import Environment


@cache
def environment() -> Environment:
    """Templates that escape what they are given and refuse names that are not there."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    made = Environment(
        loader=PackageLoader("countermove.report", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals.update(
        words=words,
        prose=prose,
        tables=result_tables,
        scenario_tables=scenario_tables,
        belief_tables=belief_tables,
        belief_words=belief_words,
        fixed_points=fixed_points,
        stationary=stationary,
        said=comparison_words,
        compared=comparison_summary,
        compare_tables=comparison_tables,
    )
    made.filters["sentence"] = sentence
    return made


def sentence(text: str) -> str:
    """The text with a capital at its beginning, and no other letter changed."""
    return text[:1].upper() + text[1:]
