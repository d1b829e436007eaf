"""A scenario as plain frozen data: what the loader hands to everything downstream.

Names are resolved, terms inlined, defaults filled in, ``rest`` expanded; nothing here knows YAML.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeVar

from countermove.errors import Diagnostic, Location
from countermove.language.expressions import Expression

_Named = TypeVar("_Named", "Player", "Variable", "Event")


@dataclass(frozen=True, slots=True)
class Source:
    """A document; ``title``, and where given its author, publisher, date and address."""

    name: str
    title: str
    date: str = ""
    author: str = ""
    publisher: str = ""
    url: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Claim:
    """What a source says, in our own words: a fact or somebody's judgement."""

    name: str
    source: str
    says: str
    kind: Literal["fact", "judgement"] = "judgement"
    by: str = ""
    date: str = ""


@dataclass(frozen=True, slots=True)
class Calendar:
    """The periods, ``0 .. periods - 1``; dated where ``start`` and ``step`` are given.

    Where ``forever``, one period repeats itself without end, and ``periods`` is 1.
    """

    periods: int
    start: dt.date | None = None
    step_count: int = 1
    step_unit: Literal["day", "week", "month", "year"] | None = None
    years: float = 1.0  # a period's length in years; 1 where there is no step
    forever: bool = False

    def begins(self, period: int) -> dt.date | None:
        """The first day of a period (``periods`` is allowed: the day after the last)."""
        from countermove.language.calendar import period_start

        return period_start(self, period)

    def label(self, period: int) -> str:
        """How people read the period: its first day, or its number from 1 where undated."""
        day = self.begins(period)
        return day.isoformat() if day is not None else str(period + 1)


@dataclass(frozen=True, slots=True)
class Variable:
    """A public state variable: ordered, named levels that carry numbers."""

    name: str
    levels: tuple[str, ...]
    numbers: tuple[float, ...]
    start: int  # position of the start level
    ordered: bool = True
    unit: str = ""
    resets: bool = False
    note: str = ""
    cites: tuple[str, ...] = ()
    location: Location = Location()


@dataclass(frozen=True, slots=True)
class Parameter:
    """A named number with a value, a range, and the claims that it rests on.

    A policy's lever is one too: ``lever_of`` names the policy, whose rules alone read it, and
    ``whole`` says that it takes whole numbers only.
    """

    name: str
    value: float
    low: float  # equal to ``value`` where no range is given
    high: float
    scale: Literal["linear", "log"] = "linear"
    distribution: str = ""  # a scipy.stats name; empty: uniform on the range
    distribution_parameters: Mapping[str, float] = field(default_factory=dict)
    unit: str = ""
    note: str = ""
    cites: tuple[str, ...] = ()
    assumption: bool = False
    location: Location = Location()
    lever_of: str = ""  # a policy; empty: it is no lever
    whole: bool = False

    @property
    def uncertain(self) -> bool:
        """Whether worlds differ in it by itself: a range or a distribution, and no lever."""
        return not self.lever_of and (self.low < self.high or bool(self.distribution))


@dataclass(frozen=True, slots=True)
class Correlation:
    """How two uncertain parameters go together: a rank correlation, -1 to 1."""

    first: str
    second: str
    value: float
    note: str = ""
    cites: tuple[str, ...] = ()
    assumption: bool = False
    location: Location = Location()


@dataclass(frozen=True, slots=True)
class Effect:
    """At its odds, while ``when`` holds, one variable shifts by ``shift`` levels or is set."""

    variable: str
    shift: int | None = None  # levels, held at the ends
    level: int | None = None  # the position it is set to
    probability: Expression | None = None  # None: certain
    when: Expression | None = None
    location: Location = Location()


@dataclass(frozen=True, slots=True)
class Redraw:
    """A player's type is drawn anew, in public: the belief becomes ``distribution``, by type.

    Where the succession ``stops``, the incumbent gets nothing afterwards; else it values what its
    successor will get.
    """

    player: str
    distribution: tuple[Expression, ...]  # these read parameters alone
    stops: bool = False
    location: Location = Location()


@dataclass(frozen=True, slots=True)
class Outcome:
    """One of several exclusive outcomes; its effects happen in order, its costs are paid."""

    probability: Expression
    effects: tuple[Effect, ...] = ()
    costs: Mapping[str, Expression] = field(default_factory=dict)  # player -> loss
    location: Location = Location()
    redraws: tuple[Redraw, ...] = ()  # of events alone


@dataclass(frozen=True, slots=True)
class Outcomes:
    """Exclusive outcomes; what is left of 1 is "nothing". A member of a list of effects."""

    outcomes: tuple[Outcome, ...]
    when: Expression | None = None
    location: Location = Location()


@dataclass(frozen=True, slots=True)
class Action:
    """A move: legal while ``when`` holds; costs are paid before its effects happen in order."""

    name: str
    when: Expression | None = None
    otherwise: bool = False  # legal only where nothing else is
    costs: Mapping[str, Expression] = field(default_factory=dict)  # player -> loss
    effects: tuple[Effect | Outcomes, ...] = ()
    note: str = ""
    cites: tuple[str, ...] = ()
    location: Location = Location()


@dataclass(frozen=True, slots=True)
class Player:
    """An actor with interests; it moves where ``order`` says so.

    ``types`` are its private types, none or two and more; ``prior`` their public probabilities at
    the start, by type, which read parameters alone. ``belief_points`` are those of the belief's
    grid along each edge of the simplex.
    """

    name: str
    title: str  # how people read it: "The United States"
    rationality: Expression
    discount: Expression
    interests: Mapping[str, Expression] = field(default_factory=dict)  # each period
    final: Mapping[str, Expression] = field(default_factory=dict)  # once, at the end
    actions: tuple[Action, ...] = ()
    note: str = ""
    cites: tuple[str, ...] = ()
    interest_cites: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    location: Location = Location()
    types: tuple[str, ...] = ()
    prior: tuple[Expression, ...] = ()
    belief_points: int = 21
    belief_spacing: str = "even"  # or "ends": closer towards certainty


@dataclass(frozen=True, slots=True)
class Event:
    """Chance: effects and outcomes in order, while ``when`` holds."""

    name: str
    when: Expression | None = None
    effects: tuple[Effect | Outcomes, ...] = ()
    costs: Mapping[str, Expression] = field(default_factory=dict)  # paid when it fires
    note: str = ""
    cites: tuple[str, ...] = ()
    location: Location = Location()
    redraws: tuple[Redraw, ...] = ()  # whenever it comes up; before its effects


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a period, possibly skipped by its guard: a move, a simultaneous one, an event.

    In a ``joint`` step ``players`` move at once and ``name`` joins them by ``+``; effects apply in
    their order. In a ``move``, ``players`` holds the one player.
    """

    kind: Literal["move", "joint", "event"]
    name: str  # the player or the event
    when: Expression | None = None
    location: Location = Location()
    players: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Measure:
    """What the analyst wants to know.

    ``kind`` says how to read it. ``ever first mean total final`` have an ``expression``;
    ``played`` has ``player`` and ``action`` and perhaps a condition in ``expression``;
    ``happened`` has ``event`` and perhaps a condition; ``ever_played`` and ``ever_happened`` are
    ``ever(...)`` of those; ``payoff`` has ``player``. ``final_belief`` has ``player`` and ``type``;
    ``belief_after`` too, and the ``action`` of ``actor`` after which the belief is read (the mean
    posterior where it is played), perhaps with a condition in ``expression``. ``given`` conditions
    the measure on a state condition at the same reading, ``given_type`` (player, type) on a true
    type at the start. ``better`` says which way the analyst would have it; empty: neither.
    """

    name: str
    kind: Literal[
        "ever",
        "first",
        "mean",
        "total",
        "final",
        "played",
        "happened",
        "ever_played",
        "ever_happened",
        "payoff",
        "final_belief",
        "belief_after",
    ]
    text: str  # as written
    expression: Expression | None = None
    player: str = ""
    action: str = ""
    event: str = ""
    given: Expression | None = None
    unit: str = ""
    note: str = ""
    location: Location = Location()
    type: str = ""
    actor: str = ""
    given_type: tuple[str, str] | None = None
    better: Literal["", "low", "high"] = ""


@dataclass(frozen=True, slots=True)
class Score:
    """One number for how well things go: the sum of weights times measures; high is better.

    ``weights`` go by the name of a measure or by ``payoff(player)``. ``player`` is whose eyes it
    sees with; empty: nobody's in particular.
    """

    name: str
    weights: Mapping[str, float]
    title: str = ""
    player: str = ""
    note: str = ""
    cites: tuple[str, ...] = ()
    location: Location = Location()


@dataclass(frozen=True, slots=True)
class Goal:
    """What is good enough: a value at most, at least, or between the two.

    ``key`` is the name of a measure, ``payoff(player)`` or ``score(name)``.
    """

    name: str
    key: str
    at_most: float | None = None
    at_least: float | None = None
    title: str = ""
    note: str = ""
    cites: tuple[str, ...] = ()
    location: Location = Location()


@dataclass(frozen=True, slots=True)
class Rule:
    """While ``when`` holds: play a mixture, or the first legal action, or forbid some."""

    when: Expression | None = None
    mixture: tuple[tuple[str, Expression], ...] = ()  # action -> probability, summing to 1
    first_legal: tuple[str, ...] = ()
    forbid: tuple[str, ...] = ()
    location: Location = Location()


@dataclass(frozen=True, slots=True)
class Policy:
    """Rules that bind players; for each, the first that holds, else it is free.

    ``levers`` name those parameters that its rules alone read.
    """

    name: str
    players: tuple[str, ...]
    rules: tuple[Rule, ...]
    title: str = ""
    note: str = ""
    cites: tuple[str, ...] = ()
    location: Location = Location()
    levers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class View:
    """A named set of overrides that stands for somebody's judgement."""

    name: str
    by: str = ""
    values: Mapping[str, float] = field(default_factory=dict)
    ranges: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    note: str = ""
    cites: tuple[str, ...] = ()
    location: Location = Location()


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many citable parts rest on a claim, on a stated assumption, or on nothing."""

    cited: int
    assumed: int
    bare: int

    @property
    def total(self) -> int:
        """All citable parts."""
        return self.cited + self.assumed + self.bare

    @property
    def share_cited(self) -> float:
        """Cited parts as a share of all, 0 to 1 (1 where there is nothing to cite)."""
        return self.cited / self.total if self.total else 1.0


@dataclass(frozen=True, slots=True, repr=False)
class Scenario:
    """A crisis, checked and resolved."""

    name: str
    title: str
    version: int
    calendar: Calendar
    variables: tuple[Variable, ...]
    players: tuple[Player, ...]
    events: tuple[Event, ...]
    order: tuple[Step, ...]
    sources: Mapping[str, Source]
    claims: Mapping[str, Claim]
    parameters: Mapping[str, Parameter]
    terms: Mapping[str, Expression]
    ends: Expression | None
    measures: Mapping[str, Measure]
    policies: Mapping[str, Policy]
    views: Mapping[str, View]
    summary: str = ""
    coverage: Coverage = Coverage(0, 0, 0)
    warnings: tuple[Diagnostic, ...] = ()
    file: str = "<memory>"
    text: str = ""  # the scenario file as read
    whole: str = ""  # the same with its bases merged in: a text that stands alone
    files: Mapping[str, str] = field(default_factory=dict)  # path -> sha256, bases too
    scores: Mapping[str, Score] = field(default_factory=dict)
    goals: Mapping[str, Goal] = field(default_factory=dict)
    correlations: tuple[Correlation, ...] = ()

    def player(self, name: str) -> Player:
        """The player of that name; ``KeyError`` if there is none."""
        return _named(self.players, name)

    def variable(self, name: str) -> Variable:
        """The state variable of that name; ``KeyError`` if there is none."""
        return _named(self.variables, name)

    def event(self, name: str) -> Event:
        """The event of that name; ``KeyError`` if there is none."""
        return _named(self.events, name)

    def __repr__(self) -> str:
        length = "no end" if self.calendar.forever else f"{self.calendar.periods} periods"
        counts = f"{len(self.players)} players, {len(self.variables)} state variables, {length}"
        return f"Scenario({self.name!r}, version {self.version}: {counts})"

    def _repr_html_(self) -> str:
        from countermove.language.notebook import scenario_view

        return scenario_view(self)


def _named(things: tuple[_Named, ...], name: str) -> _Named:
    for thing in things:
        if thing.name == name:
            return thing
    raise KeyError(name)
