"""The shape of what is asked of a scenario: measures, scores, goals, policies and views."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, Tag

from countermove.language.schema import (
    Cites,
    Formula,
    Note,
    Part,
    Range,
    Unit,
    When,
    _choose,
    absent,
)


class Measure(Part):
    """What the analyst wants to know, with a condition, a unit or a note."""

    of: str = Field(description="A measure: ever(...), first(...), played(player, action) ...")
    given: str = absent("A condition on the state, read with it, or type(player) == a_type.")
    unit: Unit = ""
    better: Literal["low", "high"] = absent("Which way you would have it.")
    note: Note = ""


def _measure_kind(value: Any) -> str | None:
    kinds: dict[type, str] = {str: "<text>", dict: "<map>", Measure: "<map>"}
    return kinds.get(type(value))


AnyMeasure = Annotated[
    Annotated[str, Tag("<text>")] | Annotated[Measure, Tag("<map>")],
    _choose(_measure_kind, "a measure like ever(...), or {of: ..., given: ...}"),
]


class Score(Part):
    """One number for how well things go; high is better."""

    title: str = Field(default="", description="How people call it.")
    player: str = Field(default="", description="The player with whose eyes it sees.")
    weights: dict[str, float] = Field(
        description="What a unit of each measure, or of payoff(player), adds; below 0 where bad."
    )
    cites: Cites = Field(default=[])
    note: Note = ""


class Goal(Part):
    """What is good enough: at most, at least, or between the two."""

    title: str = Field(default="", description="How people call it.")
    measure: str = Field(description="A measure, payoff(player) or score(name).")
    at_most: float = absent("The highest value that is good enough.")
    at_least: float = absent("The lowest value that is good enough.")
    cites: Cites = Field(default=[])
    note: Note = ""


def _play_kind(value: Any) -> str | None:
    kinds: dict[type, str] = {str: "<action>", list: "<first>", dict: "<mixture>"}
    return kinds.get(type(value))


class Rule(Part):
    """What a bound player must or must not do while a condition holds."""

    when: When = absent()
    play: Annotated[
        Annotated[str, Tag("<action>")]
        | Annotated[list[str], Tag("<first>"), Field(min_length=1)]
        | Annotated[dict[str, Formula], Tag("<mixture>"), Field(min_length=1)],
        _choose(_play_kind, "an action, a list (the first legal one), or a map to odds"),
    ] = absent("An action, a list (the first legal one), or odds.")
    forbid: list[str] = absent("Actions it may not take.")


class Lever(Part):
    """A number that the policy's rules read and that a search may move."""

    value: float = Field(description="The value in force unless --set or a search says otherwise.")
    range: Range = Field(description="The lowest and highest value that may be tried.")
    whole: bool = Field(default=False, description="true: whole numbers only.")
    unit: Unit = ""
    cites: Cites = Field(default=[])
    note: Note = ""


class Policy(Part):
    """Rules that bind players; where none holds, they are free."""

    title: str = Field(default="", description="How people call it.")
    player: str = Field(default="", description="The player that is bound.")
    players: list[str] = Field(default=[], description="Players that are bound together.")
    levers: dict[str, Lever] = Field(
        default={}, description="Numbers that its rules alone read, and a search may move."
    )
    rules: list[Rule] = Field(min_length=1, description="The first that holds is followed.")
    cites: Cites = Field(default=[])
    note: Note = ""


class View(Part):
    """Overrides that stand for somebody's judgement."""

    by: str = Field(default="", description="Whose judgement it is.")
    set: dict[str, float] = Field(default={}, description="Parameters that it pins.")
    ranges: dict[str, Range] = Field(default={}, description="Ranges that it narrows or moves.")
    cites: Cites = Field(default=[])
    note: Note = ""
