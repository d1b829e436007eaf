"""What a solved scenario says, as plain records: the page and the terminal both show these.

Axis letters: T periods, A actions, L levels. Everything is Python's own numbers and strings.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from countermove.language.model import Scenario
from countermove.report.belief_records import Beliefs
from countermove.report.fixed_points import FixedPoints
from countermove.report.stationary import ByState

if TYPE_CHECKING:
    from countermove.game.forms import Form


@dataclass(frozen=True, slots=True)
class Moves:
    """One visit of a player to the order of play: what it is likely to do, period by period.

    ``moves[t]`` is the probability that it moves in the period; ``odds[t][a]`` that it then
    chooses the action, or None where it never moves there.
    """

    label: str
    player: str
    title: str
    actions: tuple[str, ...]
    periods: tuple[int, ...]
    moves: tuple[float, ...]
    odds: tuple[tuple[float, ...] | None, ...]

    def first(self) -> int | None:
        """The position of the first period in which the player may move."""
        return next((at for at, odds in enumerate(self.odds) if odds is not None), None)

    def now(self) -> tuple[tuple[str, float], ...]:
        """The actions at the first move with their probabilities, likeliest first."""
        at = self.first()
        odds = self.odds[at] if at is not None else None
        if odds is None:
            return ()
        pairs = zip(self.actions, odds, strict=True)
        return tuple(sorted(pairs, key=lambda pair: -pair[1]))


@dataclass(frozen=True, slots=True)
class Fan:
    """Where a state variable goes: the probability of each level at the start and period ends.

    ``times[i]`` is the number of periods that have ended; ``odds[i][l]`` the probability of the
    level; ``means[i]`` of the levels' numbers, empty where they carry none.
    """

    variable: str
    unit: str
    ordered: bool
    levels: tuple[str, ...]
    times: tuple[int, ...]
    odds: tuple[tuple[float, ...], ...]
    means: tuple[float, ...] = ()

    def likeliest(self, at: int) -> tuple[str, float]:
        """The likeliest level at a time, with its probability."""
        row = self.odds[at]
        best = max(range(len(row)), key=row.__getitem__)
        return self.levels[best], row[best]


@dataclass(frozen=True, slots=True)
class Sampled:
    """A simulated mean with its standard error over ``n`` paths."""

    mean: float
    standard_error: float
    n: int


@dataclass(frozen=True, slots=True)
class MeasureRow:
    """A measure: its exact value, how it was simulated, and how it moves with rationality.

    ``form`` says what kind of number it is: a ``probability``, a ``share`` of the time, a
    ``belief`` in a type, a ``count`` of plays or happenings, or a ``number`` in ``unit``.
    ``given`` is the condition on the state, ``given_type`` the true type that is taken for granted,
    in words; ``about`` what a belief is about. ``value`` of a ``first`` is the probability
    that it ever holds; ``mean_given`` is the mean time in periods where it does. ``variants`` maps
    the factor on rationality to the value there.
    """

    name: str
    kind: str
    text: str
    unit: str
    note: str
    given: str
    value: float
    form: Form
    mean_given: float | None = None
    mean_censored: float | None = None
    sampled: Sampled | None = None
    variants: Mapping[float, float] = field(default_factory=dict)
    given_type: str = ""
    about: str = ""

    @property
    def is_defined(self) -> bool:
        """Is it a number at every rationality? One whose condition never holds is not."""
        return all(math.isfinite(value) for value in (self.value, *self.variants.values()))

    @property
    def in_percent(self) -> bool:
        """Is it read as a percentage?"""
        return self.form in ("probability", "share", "belief")


@dataclass(frozen=True, slots=True)
class Sample:
    """How a simulation was made: paths asked for, paths kept, seed, and the condition."""

    paths: int
    kept: int
    seed: int
    given: str


@dataclass(frozen=True, slots=True)
class Solve:
    """How a solve went; ``fixed`` tells of fixed points, None where there were none to seek."""

    residual: float
    wall_time: float
    states: int
    versions: Mapping[str, str]
    status: str = "solved"
    fixed: FixedPoints | None = None


@dataclass(frozen=True, slots=True)
class Findings:
    """Everything that a report shows, in plain numbers.

    ``over[t]`` is the probability that the game is over by the end of a period.
    """

    scenario: Scenario
    view: str | None
    policy: str | None
    parameters: Mapping[str, float]
    start_period: int
    start: Mapping[str, str]
    moves: tuple[Moves, ...]
    fans: tuple[Fan, ...]
    measures: tuple[MeasureRow, ...]
    happenings: Mapping[str, tuple[float, ...]]
    over: tuple[float, ...]
    over_at_start: bool
    payoffs: Mapping[str, float]
    solve: Solve
    sample: Sample | None
    factors: tuple[float, ...]
    beliefs: Beliefs = field(default_factory=Beliefs)
    by_state: tuple[ByState, ...] = ()

    @property
    def periods(self) -> range:
        """The periods that the result covers; of a game without an end, the first of them."""
        return range(self.start_period, self.start_period + len(self.over))

    @property
    def forever(self) -> bool:
        """Does the game go on for ever?"""
        return self.scenario.calendar.forever
