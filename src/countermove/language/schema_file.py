"""The shape of the whole file: measures, policies, views and the top level; JSON Schema export."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, StrictInt, Tag

from countermove.language.schema import (
    AnyParameter,
    Calendar,
    Cites,
    Claim,
    Formula,
    Note,
    Part,
    Range,
    Source,
    Unit,
    Variable,
    When,
    _choose,
    absent,
)
from countermove.language.schema_moves import AnyEvent, AnyStep, Player


class Measure(Part):
    """What the analyst wants to know, with a condition, a unit or a note."""

    of: str = Field(description="A measure: ever(...), first(...), played(player, action) ...")
    given: str = absent("A condition on the state, read with it, or type(player) == a_type.")
    unit: Unit = ""
    note: Note = ""


def _measure_kind(value: Any) -> str | None:
    kinds: dict[type, str] = {str: "<text>", dict: "<map>", Measure: "<map>"}
    return kinds.get(type(value))


AnyMeasure = Annotated[
    Annotated[str, Tag("<text>")] | Annotated[Measure, Tag("<map>")],
    _choose(_measure_kind, "a measure like ever(...), or {of: ..., given: ...}"),
]


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


class Policy(Part):
    """Rules that bind players; where none holds, they are free."""

    title: str = Field(default="", description="How people call it.")
    player: str = Field(default="", description="The player that is bound.")
    players: list[str] = Field(default=[], description="Players that are bound together.")
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


class ScenarioFile(Part):
    """A crisis between states, as Countermove reads it."""

    scenario: str = Field(description="The scenario's name, like us-iraq-2020; its folder's name.")
    title: str = Field(default="", description="A line for people.")
    summary: str = Field(default="", description="A paragraph for people.")
    version: StrictInt = Field(default=1, ge=1, description="Raised when behaviour changes.")
    base: str = Field(
        default="", description="A bundled scenario, or a file, that this one starts from."
    )
    sources: dict[str, Source] = Field(default={}, description="Documents.")
    claims: dict[str, Claim] = Field(default={}, description="What the sources say.")
    calendar: Calendar = Field(description="The periods.")
    state: dict[str, Variable] = Field(min_length=1, description="The state variables.")
    parameters: dict[str, AnyParameter] = Field(default={}, description="Named numbers.")
    terms: dict[str, Formula] = Field(default={}, description="Named expressions.")
    players: dict[str, Player] = Field(min_length=1, description="The actors.")
    events: dict[str, AnyEvent] = Field(default={}, description="What happens by chance.")
    order: list[AnyStep] = Field(
        default=[], description="A period's steps; without it, players and then events."
    )
    ends: Formula = absent("Once it holds, the game is over.")
    measures: dict[str, AnyMeasure] = Field(default={}, description="What you want to know.")
    policies: dict[str, Policy] = Field(default={}, description="Rules to try out.")
    views: dict[str, View] = Field(default={}, description="Judgements to compare.")


def json_schema() -> dict[str, Any]:
    """The JSON Schema of a scenario file, by which editors complete and check one."""
    schema: dict[str, Any] = _for_editors(ScenarioFile.model_json_schema())
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **schema,
        "title": "Countermove scenario",
    }


def _for_editors(schema: Any) -> Any:
    """The schema as editors need it.

    A table of costs is also a map of players to them, so any match will do; and what may be left
    out has no default to be filled in.
    """
    if isinstance(schema, list):
        return [_for_editors(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    renamed = {"oneOf": "anyOf"}
    return {
        renamed.get(key, key): _for_editors(value)
        for key, value in schema.items()
        if not (key == "default" and value is None)
    }
