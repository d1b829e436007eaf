"""The shape of what happens: effects, outcomes, actions, players, events and the order of play."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StrictInt, Tag

from countermove.language.schema import (
    Cites,
    Formula,
    Note,
    Part,
    Table,
    When,
    _choose,
    _formula_kind,
    absent,
)


class Setting(Part):
    """Sets a counting variable to a level, where a bare number would shift it."""

    set: str | StrictInt = Field(description="The level, by its name or number.")


def _change_kind(value: Any) -> str | None:
    if isinstance(value, bool):
        return None
    kinds: dict[type, str] = {str: "<level>", int: "<shift>", dict: "<set>", Setting: "<set>"}
    return kinds.get(type(value))


Change = Annotated[
    Annotated[str, Tag("<level>")]
    | Annotated[StrictInt, Tag("<shift>")]
    | Annotated[Setting, Tag("<set>")],
    _choose(_change_kind, "a level's name, a whole number of levels to shift by, or {set: level}"),
]


class Effect(BaseModel):
    """One variable is set to a level or shifted by levels, at some odds."""

    model_config = ConfigDict(strict=True, extra="allow", frozen=True)
    __pydantic_extra__: dict[str, Change]

    probability: Formula = absent("The odds, from 0 to 1; without it, certain.")
    when: When = absent()


def _costs_kind(value: Any) -> str | None:
    if isinstance(value, dict) and "by" not in value:
        return "<players>"
    return _formula_kind(value)


Costs = Annotated[
    Annotated[str, Tag("<text>")]
    | Annotated[float, Tag("<number>")]
    | Annotated[bool, Tag("<truth>")]
    | Annotated[Table, Tag("<table>")]
    | Annotated[dict[str, Formula], Tag("<players>")],
    _choose(_costs_kind, "a loss (the mover's), or a map of players to losses"),
    Field(description="Losses, positive; a bare one is the mover's."),
]


def _redraw_kind(value: Any) -> str | None:
    kinds: dict[type, str] = {str: "<player>", list: "<players>", dict: "<odds>"}
    return kinds.get(type(value))


Odds = Annotated[
    dict[str, Formula], Field(description="The odds of each type; one may take the 'rest'.")
]
AnyRedraw = Annotated[
    Annotated[str, Tag("<player>")]
    | Annotated[list[str], Tag("<players>"), Field(min_length=1)]
    | Annotated[dict[str, Odds], Tag("<odds>"), Field(min_length=1)],
    _choose(_redraw_kind, "a player, a list of players, or a map of players to odds of types"),
]
_REDRAW = "Players whose type is drawn anew, in public: from the prior, or at the odds given."
_SUCCESSION = (
    "Whether a redrawn player values what its successor gets (continues) or gets nothing (stops)."
)
Succession = Literal["continues", "stops"]


class Outcome(Part):
    """One of several outcomes that exclude each other."""

    probability: Formula = Field(description="The odds, from 0 to 1, or 'rest' for what is left.")
    effects: list[AnyEffect] = Field(default=[], description="What happens then, in order.")
    costs: Costs = absent()
    redraw: AnyRedraw = absent(_REDRAW)
    succession: Succession = absent(_SUCCESSION)
    note: Note = ""


class Outcomes(Part):
    """Outcomes that exclude each other; what is left of 1 is nothing."""

    outcomes: list[Outcome] = Field(min_length=1, description="At most one of these happens.")
    when: When = absent()


def _effect_kind(value: Any) -> str | None:
    if isinstance(value, dict):
        return "<outcomes>" if "outcomes" in value else "<effect>"
    return None


AnyEffect = Annotated[
    Annotated[Effect, Tag("<effect>")] | Annotated[Outcomes, Tag("<outcomes>")],
    _choose(_effect_kind, "an effect like {variable: level}, or {outcomes: [...]}"),
]


class Action(Part):
    """A move that a player may choose."""

    when: When = absent()
    otherwise: bool = Field(default=False, description="true: legal only where nothing else is.")
    costs: Costs = absent()
    effects: list[AnyEffect] = Field(default=[], description="What happens, in order.")
    cites: Cites = Field(default=[])
    note: Note = ""


class Interest(Part):
    """A term of a player's payoff with the claims that it rests on."""

    value: Formula = Field(description="What it is worth, in the player's own units of payoff.")
    cites: Cites = Field(default=[])
    note: Note = ""


def _interest_kind(value: Any) -> str | None:
    if isinstance(value, dict) and "value" in value and "by" not in value:
        return "<interest>"
    return _formula_kind(value)


AnyInterest = Annotated[
    Annotated[str, Tag("<text>")]
    | Annotated[float, Tag("<number>")]
    | Annotated[bool, Tag("<truth>")]
    | Annotated[Table, Tag("<table>")]
    | Annotated[Interest, Tag("<interest>")],
    _choose(_interest_kind, "an expression, a number, a table, or {value: ..., cites: [...]}"),
]


class Player(Part):
    """An actor with interests."""

    name: str = Field(default="", description="How people call it.")
    rationality: Formula = Field(
        description="How sharply it picks what pays more: 0 is blind chance, 4 is usual."
    )
    discount: Formula = Field(default=1.0, description="What the next period is worth, 0 to 1.")
    types: dict[str, Formula] = absent(
        "Its private types and their public odds at the start; one may take the 'rest'."
    )
    belief_points: StrictInt = absent(
        "Points of the grid of beliefs about its type; 21 if left out (11 with three types)."
    )
    belief_spacing: Literal["even", "ends"] = absent(
        "How these points lie: 'even' if left out; 'ends' is closer towards certainty (two types)."
    )
    interests: dict[str, AnyInterest] = Field(
        default={}, description="Terms of its payoff, earned at the end of each period."
    )
    final: dict[str, AnyInterest] = Field(
        default={}, description="Terms of its payoff, earned once, at the end."
    )
    actions: dict[str, Action | None] = Field(default={}, description="What it may do.")
    cites: Cites = Field(default=[])
    note: Note = ""


class Event(Part):
    """Chance: something that happens by itself."""

    when: When = absent()
    effects: list[AnyEffect] = Field(default=[], description="What happens, in order.")
    outcomes: list[Outcome] = Field(
        default=[], description="At most one of these happens, after the effects."
    )
    costs: Costs = absent()
    redraw: AnyRedraw = absent(_REDRAW)
    succession: Succession = absent(_SUCCESSION)
    cites: Cites = Field(default=[])
    note: Note = ""


def _event_kind(value: Any) -> str | None:
    kinds: dict[type, str] = {list: "<list>", dict: "<map>", Event: "<map>"}
    return kinds.get(type(value))


AnyEvent = Annotated[
    Annotated[list[AnyEffect], Tag("<list>")] | Annotated[Event, Tag("<map>")],
    _choose(_event_kind, "a list of effects, or {when: ..., effects: [...], outcomes: [...]}"),
]


class Step(Part):
    """A step that a guard may skip."""

    step: str | list[str] = Field(
        description="A player, an event, or a list of players who move at once."
    )
    when: When = absent()


def _step_kind(value: Any) -> str | None:
    kinds: dict[type, str] = {str: "<name>", list: "<together>", dict: "<step>", Step: "<step>"}
    return kinds.get(type(value))


AnyStep = Annotated[
    Annotated[str, Tag("<name>")]
    | Annotated[list[str], Tag("<together>")]
    | Annotated[Step, Tag("<step>")],
    _choose(
        _step_kind,
        "a player, an event, a list of players who move at once, or {step: name, when: condition}",
    ),
]
