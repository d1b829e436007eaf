"""What is found of the parameters on which a decision turns, as plain records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from countermove.explain.node import Node
from countermove.explain.record import Sentence
from countermove.explore.cases import SOLVED

if TYPE_CHECKING:
    import polars as pl

    from countermove.language.model import Scenario

FEW = 5  # parameters that are named as those on which the answer turns
LEVEL = 1e-6  # of log odds: two actions are level within it (solves leave far less)
TURNS = "turns"
NO_VALUE = "no such value in range"
NO_EFFECT = "no effect"
NOT_KNOWN = "not known"


@dataclass(frozen=True, slots=True)
class Look:
    """How likely the two actions are at one value of a parameter.

    ``log_odds`` is log(other / this), above 0 where the other is likelier. ``status`` is
    ``solved``, or says why there are no numbers. ``moved`` is by how much the belief about each
    player is then another than at the node.
    """

    value: float
    this: float = float("nan")
    other: float = float("nan")
    log_odds: float = float("nan")
    status: str = SOLVED
    moved: Mapping[str, float] = field(default_factory=dict)

    @property
    def solved(self) -> bool:
        """Are there numbers?"""
        return self.status == SOLVED

    @property
    def turned(self) -> bool:
        """Is the other action the likelier of the two?"""
        return self.log_odds > LEVEL


@dataclass(frozen=True, slots=True)
class Turn:
    """One parameter, moved alone through its range: where the other action becomes likelier.

    ``turn`` is the value nearest to the present one at which the other is likelier, to the
    tolerance: at ``inner``, on this side of it, it is not yet. ``also`` is the same on the other
    side of the present value. All three are None where there is none. ``move`` is the way there as
    a share of the range (of its logarithm, for a ``log`` scale). ``weight`` is by how much the log
    odds rise for a tenth of the range, near the present value. ``nearest`` is the value looked at
    where the other is likeliest against this. ``status`` is ``turns``, ``no such value in range``,
    ``no effect`` or ``not known``; ``unsolved`` are the values at which nothing is known.
    """

    parameter: str
    value: float
    range: tuple[float, float]
    status: str
    low: Look
    high: Look
    nearest: Look
    weight: float
    looks: tuple[Look, ...]
    turn: float | None = None
    inner: float | None = None
    also: float | None = None
    move: float | None = None
    unit: str = ""
    note: str = ""
    cites: tuple[str, ...] = ()
    assumption: bool = False

    @property
    def change(self) -> float | None:
        """The change from the present value to the turn, in the parameter's unit."""
        return None if self.turn is None else self.turn - self.value

    @property
    def at_turn(self) -> Look | None:
        """How likely the two actions are at the turn."""
        return next((look for look in self.looks if look.value == self.turn), None)

    @property
    def unsolved(self) -> tuple[Look, ...]:
        """The values looked at of which nothing is known."""
        return tuple(look for look in self.looks if not look.solved)

    @property
    def moved(self) -> tuple[str, ...]:
        """The players about whom the belief moves with the parameter."""
        looks = [look.moved for look in self.looks if look.solved]
        return tuple(p for p in (looks[0] if looks else ()) if any(m[p] > 1e-9 for m in looks))


@dataclass(frozen=True, slots=True)
class Turns:
    """What would make ``other`` likelier than ``this`` at a node, one parameter at a time.

    ``parameters`` with a turn come first, that with the least move first; then the others, that
    which comes nearest to a turn first. ``follows`` are the players about whom the belief follows
    the prior; elsewhere it stays. ``points`` are those looked at on either side of the present
    value, ``tolerance`` the share of a range to which a turn is enclosed.
    """

    scenario: Scenario
    node: Node
    this: str
    other: str
    now: Look
    parameters: tuple[Turn, ...]
    follows: tuple[str, ...]
    points: int
    tolerance: float
    solves: int
    view: str | None = None

    def __getitem__(self, parameter: str) -> Turn:
        """What is found of one parameter; ``KeyError`` if it was not looked at."""
        for turn in self.parameters:
            if turn.parameter == parameter:
                return turn
        raise KeyError(parameter)

    @property
    def turning(self) -> tuple[Turn, ...]:
        """The parameters that have a turn in their range."""
        return tuple(turn for turn in self.parameters if turn.turn is not None)

    @property
    def few(self) -> tuple[Turn, ...]:
        """The few parameters on which the answer turns most easily."""
        return self.turning[:FEW]

    def frame(self) -> pl.DataFrame:
        """A row a parameter, in their order; nulls where there is no turn, or no number."""
        import polars as pl

        schema = {
            "parameter": pl.String, "value": pl.Float64, "unit": pl.String,
            "range_low": pl.Float64, "range_high": pl.Float64, "turn": pl.Float64,
            "inner": pl.Float64, "also": pl.Float64, "change": pl.Float64, "move": pl.Float64,
            "weight": pl.Float64, "this_low": pl.Float64, "other_low": pl.Float64,
            "this_high": pl.Float64, "other_high": pl.Float64, "this_turn": pl.Float64,
            "other_turn": pl.Float64, "status": pl.String, "looks": pl.Int64,
            "unsolved": pl.Int64, "claims": pl.String, "assumption": pl.Boolean,
        }  # fmt: skip
        rows = [_row(turn) for turn in self.parameters]
        return pl.DataFrame(rows, schema=schema, orient="row", nan_to_null=True)

    def looked(self) -> pl.DataFrame:
        """A row a value looked at: ``parameter``, ``value``, the two probabilities, ``status``."""
        import polars as pl

        schema = {
            "parameter": pl.String, "value": pl.Float64, "this": pl.Float64,
            "other": pl.Float64, "log_odds": pl.Float64, "status": pl.String,
        }  # fmt: skip
        rows = [
            (turn.parameter, look.value, look.this, look.other, look.log_odds, look.status)
            for turn in self.parameters
            for look in turn.looks
        ]
        return pl.DataFrame(rows, schema=schema, orient="row", nan_to_null=True)

    def sentences(self) -> tuple[Sentence, ...]:
        """What would change the answer, in plain English."""
        from countermove.explain.turns_words import turns_sentences

        return turns_sentences(self)

    def _repr_html_(self) -> str:
        from countermove.explain.turns_notebook import turns_view

        return turns_view(self)


def _row(turn: Turn) -> tuple[object, ...]:
    there = turn.at_turn
    return (
        turn.parameter, turn.value, turn.unit, *turn.range, turn.turn, turn.inner, turn.also,
        turn.change, turn.move, turn.weight, turn.low.this, turn.low.other, turn.high.this,
        turn.high.other, there.this if there else None, there.other if there else None,
        turn.status, len(turn.looks), len(turn.unsolved), ", ".join(turn.cites), turn.assumption,
    )  # fmt: skip
