"""The shape of the whole file: its sections and the top level; JSON Schema export."""

from __future__ import annotations

from typing import Any

from pydantic import Field, StrictInt

from countermove.language.schema import (
    AnyParameter,
    Calendar,
    Claim,
    Correlation,
    Formula,
    Part,
    Source,
    Variable,
    absent,
)
from countermove.language.schema_asked import AnyMeasure, Goal, Policy, Score, View
from countermove.language.schema_moves import AnyEvent, AnyStep, Player


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
    correlations: list[Correlation] = Field(
        default=[], description="Uncertain parameters that go together."
    )
    terms: dict[str, Formula] = Field(default={}, description="Named expressions.")
    players: dict[str, Player] = Field(min_length=1, description="The actors.")
    events: dict[str, AnyEvent] = Field(default={}, description="What happens by chance.")
    order: list[AnyStep] = Field(
        default=[], description="A period's steps; without it, players and then events."
    )
    ends: Formula = absent("Once it holds, the game is over.")
    measures: dict[str, AnyMeasure] = Field(default={}, description="What you want to know.")
    scores: dict[str, Score] = Field(default={}, description="Measures weighed into one number.")
    goals: dict[str, Goal] = Field(default={}, description="What is good enough.")
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
