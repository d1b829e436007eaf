"""What each player's choice does to the measures, as plain records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from countermove.explain.record import Sentence
from countermove.explore.cases import FREE, SOLVED

if TYPE_CHECKING:
    import polars as pl

    from countermove.game.forms import Form
    from countermove.language.model import Scenario

NAN = float("nan")
LEAST = 0.1  # the span that a probability, a share of the time or a belief counts with at the least
CHANCES = ("probability", "share", "belief")
NO_CHOICE = "no choice to make"


@dataclass(frozen=True, slots=True)
class Bound:
    """A player held to a policy, the others answering: what it gets, and every value by key.

    ``value`` is the player's own objective, NaN where there is none; ``values`` are as in
    ``countermove.explore.cases.Outcome``. ``title`` is how people read the policy.
    """

    policy: str
    title: str
    value: float = NAN
    values: Mapping[str, float] = field(default_factory=dict)
    status: str = SOLVED

    @property
    def solved(self) -> bool:
        """Are there numbers?"""
        return self.status == SOLVED


@dataclass(frozen=True, slots=True)
class Swing:
    """A measure in free play, and with a player held to its best and to its worst policy.

    ``share`` is the swing as a share of the measure's span: its largest less its smallest value in
    free play and under every player's best and worst policy, for a probability or the like at least
    ``LEAST``. NaN where one of the three has no value; 0 where nothing moves the measure.
    """

    key: str
    unit: str
    form: Form
    free: float
    best: float
    worst: float
    share: float = NAN

    @property
    def swing(self) -> float:
        """The largest of the three less the smallest; NaN where one is missing."""
        three = (self.free, self.best, self.worst)
        return max(three) - min(three) if all(x == x for x in three) else NAN


@dataclass(frozen=True, slots=True)
class Stake:
    """One player: its policies by what they bring it, best first, and how far measures swing.

    ``objective`` is the key by which the player judges: the first score that names it, else its
    payoff. ``made`` tells that the scenario has no policy that binds this player alone, so that
    the policies are made up: to play one action wherever it is open. ``free`` is the objective in
    free play; ``share`` the mean of the swings' shares; ``status`` is ``solved``, or says why
    there are no numbers.
    """

    player: str
    title: str
    objective: str
    made: bool
    free: float
    bounds: tuple[Bound, ...]
    swings: tuple[Swing, ...] = ()
    share: float = NAN
    status: str = SOLVED

    @property
    def ranked(self) -> tuple[Bound, ...]:
        """The policies that have a value, the best first."""
        return tuple(bound for bound in self.bounds if bound.value == bound.value)

    @property
    def best(self) -> Bound | None:
        """The policy that serves the player best; None where none could be solved."""
        return self.ranked[0] if self.ranked else None

    @property
    def worst(self) -> Bound | None:
        """The policy that serves the player worst."""
        return self.ranked[-1] if self.ranked else None


@dataclass(frozen=True, slots=True)
class Stakes:
    """Whose choice matters: the players, the one whose choice moves the measures most first.

    ``free`` is free play, ``keys`` the measures that count.
    """

    scenario: Scenario
    view: str | None
    free: Bound
    keys: tuple[str, ...]
    players: tuple[Stake, ...]
    solves: int

    def __getitem__(self, player: str) -> Stake:
        """What is at stake in one player's choice; ``KeyError`` if it was not asked for."""
        for stake in self.players:
            if stake.player == player:
                return stake
        raise KeyError(player)

    def frame(self) -> pl.DataFrame:
        """A row a player and measure: ``free``, ``best``, ``worst``, ``swing``, ``share``."""
        import polars as pl

        schema = {
            "player": pl.String, "measure": pl.String, "unit": pl.String, "free": pl.Float64,
            "best": pl.Float64, "worst": pl.Float64, "swing": pl.Float64, "share": pl.Float64,
            "best_policy": pl.String, "worst_policy": pl.String,
        }  # fmt: skip
        rows = [_row(stake, swing) for stake in self.players for swing in stake.swings]
        return pl.DataFrame(rows, schema=schema, orient="row", nan_to_null=True)

    def policies(self) -> pl.DataFrame:
        """A row a player and policy, free play first: ``objective``, ``value``, ``status``."""
        import polars as pl

        schema = {
            "player": pl.String, "objective": pl.String, "policy": pl.String, "title": pl.String,
            "made": pl.Boolean, "value": pl.Float64, "status": pl.String,
        }  # fmt: skip
        rows: list[tuple[object, ...]] = []
        for stake in self.players:
            start = (stake.player, stake.objective)
            rows.append((*start, FREE, "free play", False, stake.free, self.free.status))
            rows += [
                (*start, b.policy, b.title, stake.made, b.value, b.status) for b in stake.bounds
            ]
        return pl.DataFrame(rows, schema=schema, orient="row", nan_to_null=True)

    def sentences(self) -> tuple[Sentence, ...]:
        """Whose choice matters, in plain English."""
        from countermove.explain.stakes_words import stakes_sentences

        return stakes_sentences(self)

    def _repr_html_(self) -> str:
        from countermove.explain.stakes_notebook import stakes_view

        return stakes_view(self)


def _row(stake: Stake, swing: Swing) -> tuple[object, ...]:
    assert stake.best is not None and stake.worst is not None
    numbers = (swing.free, swing.best, swing.worst, swing.swing, swing.share)
    policies = (stake.best.policy, stake.worst.policy)
    return (stake.player, swing.key, swing.unit, *numbers, *policies)
