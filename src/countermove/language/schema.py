"""The shape of a scenario file as pydantic models: what may stand where, and what it is for.

The models check shape alone (keys, kinds of values); meaning is checked afterwards, with places.
They are exported as JSON Schema, so every field carries the sentence that editors show.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Discriminator, Field, StrictInt, Tag

EXPECT_FORMULA = "an expression, a number, or a table {by: ..., level: value, ...}"


def _formula_kind(value: Any) -> str | None:
    kinds: dict[type, str] = {
        str: "<text>",
        bool: "<truth>",
        int: "<number>",
        float: "<number>",
        dict: "<table>",
    }
    return kinds.get(type(value), "<table>" if isinstance(value, Table) else None)


def _choose(decide: Any, expected: str) -> Discriminator:
    return Discriminator(
        decide, custom_error_type="wrong_kind", custom_error_message=f"expected {expected}"
    )


def absent(description: str = "") -> Any:
    """A field that may be left out, but not left empty; a new one each time, as pydantic needs."""
    return Field(default=None, description=description) if description else Field(default=None)


class Part(BaseModel):
    """Settings shared by all parts: no coercion, no unknown keys."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class Table(BaseModel):
    """A value for each level of a variable, or for each latest action of a player."""

    model_config = ConfigDict(strict=True, extra="allow", frozen=True)
    __pydantic_extra__: dict[str, Formula]

    by: str = Field(description="A variable, or last(player), whose value picks the entry.")
    # Annotated here, for pydantic before 2.11.7 loses the union's tags otherwise.
    otherwise: Annotated[
        Formula, Field(description="The value where none of the other entries fits.")
    ] = absent()


Formula = Annotated[
    Annotated[str, Tag("<text>")]
    | Annotated[float, Tag("<number>")]
    | Annotated[bool, Tag("<truth>")]
    | Annotated[Table, Tag("<table>")],
    _choose(_formula_kind, EXPECT_FORMULA),
]
Cites = Annotated[list[str], Field(description="Claims that this rests on.")]
Note = Annotated[str, Field(description="Anything the reader should know.")]
Unit = Annotated[str, Field(description="The unit of the number, for people.")]
When = Annotated[Formula, Field(description="A condition; without it, always.")]


class Source(Part):
    """A document."""

    title: str = Field(description="What the document is called.")
    date: str | int = Field(
        default="", description="When it appeared: 2020, 2020-10 or 2020-10-07."
    )
    author: str = Field(default="", description="Who wrote it.")
    publisher: str = Field(default="", description="Who published it.")
    url: str = Field(default="", description="Where it can be read.")
    note: Note = ""


class Claim(Part):
    """What a source says, in our own words."""

    source: str = Field(description="The source that says so.")
    says: str = Field(description="The claim, in your own words.")
    kind: Literal["fact", "judgement"] = Field(
        default="judgement", description="A fact, or somebody's judgement."
    )
    by: str = Field(default="", description="Who says so, where it is not the source as a whole.")
    date: str | int = Field(default="", description="When it was said, if not the source's date.")


class Calendar(Part):
    """The periods that the game runs through."""

    start: str = Field(default="", description="The first day of the first period: 2020-09-01.")
    step: str = Field(default="", description="A period's length: 1 month, 2 weeks, 1 day, 1 year.")
    periods: StrictInt | Literal["forever"] = absent("How many periods there are.")
    until: str = Field(default="", description="A day in the last period, in place of periods.")


def _levels_kind(value: Any) -> str | None:
    kinds: dict[type, str] = {list: "<list>", dict: "<numbers>", str: "<range>"}
    return kinds.get(type(value))


class Variable(Part):
    """A public state variable: ordered levels, each with a name and a number."""

    levels: Annotated[
        Annotated[list[str | StrictInt], Tag("<list>")]
        | Annotated[dict[str, float], Tag("<numbers>")]
        | Annotated[str, Tag("<range>")],
        _choose(_levels_kind, "a list of names, a map of names to numbers, or a range like 0..5"),
    ] = Field(description="Names from low to high; a map gives each a number; 0..5 counts.")
    start: str | StrictInt = Field(description="The level at the start.")
    unit: Unit = ""
    ordered: bool = Field(default=True, description="false: no shifts, no < or >.")
    resets: bool = Field(
        default=False, description="Returns to its start after each period's payoffs and measures."
    )
    cites: Cites = Field(default=[])
    note: Note = ""


Range = Annotated[
    list[float], Field(min_length=2, max_length=2, description="The lowest and highest value.")
]


class Distribution(Part):
    """A distribution of scipy.stats to draw from in place of the range."""

    name: str = Field(description="Its name in scipy.stats: beta, norm, triang ...")
    parameters: dict[str, float] = Field(
        default={}, description="Its arguments, by their names in scipy.stats."
    )


def _distribution_kind(value: Any) -> str | None:
    kinds: dict[type, str] = {str: "<name>", dict: "<map>"}
    return kinds.get(type(value), "<map>" if value else None)


class Parameter(Part):
    """A named number."""

    value: float = Field(description="The value in force unless a view or --set says otherwise.")
    range: Range = absent()
    scale: Literal["linear", "log"] = Field(
        default="linear", description="How values in the range are drawn."
    )
    distribution: Annotated[
        Annotated[str, Tag("<name>")] | Annotated[Distribution, Tag("<map>")],
        _choose(_distribution_kind, "a name in scipy.stats, or {name, parameters}"),
    ] = absent("What to draw from in place of the range.")
    unit: Unit = ""
    cites: Cites = Field(default=[])
    note: Note = ""
    assumption: bool = Field(default=False, description="true: it rests on no source, and says so.")


class Correlation(Part):
    """How two uncertain parameters go together."""

    between: list[str] = Field(min_length=2, max_length=2, description="The two parameters.")
    value: float = Field(description="Their rank correlation, from -1 to 1.")
    cites: Cites = Field(default=[])
    note: Note = ""
    assumption: bool = Field(default=False, description="true: it rests on no source, and says so.")


def _parameter_kind(value: Any) -> str | None:
    if isinstance(value, bool):
        return None
    return "<number>" if isinstance(value, (int, float)) else "<map>" if value else None


AnyParameter = Annotated[
    Annotated[float, Tag("<number>")] | Annotated[Parameter, Tag("<map>")],
    _choose(_parameter_kind, "a number, or {value: ..., range: [..., ...]}"),
]
