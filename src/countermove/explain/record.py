"""What an explanation says of one decision, as plain records: terminal, page and notebook show it.

All payoffs are in the mover's own units, as expected at the decision.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from countermove.explain.node import Node

if TYPE_CHECKING:
    import polars as pl

ITSELF = "(itself)"  # what an action does by itself


@dataclass(frozen=True, slots=True)
class Gain:
    """A part of the payoff: what it comes to after each of two actions, now and later.

    ``name`` is an interest's, or ``costs``; ``source`` is ``each`` (earned every period),
    ``close`` (once, at the end) or ``costs``. ``now`` is this period, ``later`` all that follow.
    """

    name: str
    source: str
    now_this: float
    now_other: float
    later_this: float
    later_other: float

    @property
    def now(self) -> float:
        """The difference this period, this less the other."""
        return self.now_this - self.now_other

    @property
    def later(self) -> float:
        """The difference in all later periods."""
        return self.later_this - self.later_other

    @property
    def difference(self) -> float:
        """This less the other."""
        return self.now + self.later


@dataclass(frozen=True, slots=True)
class Answer:
    """What of the difference is owed to whom: ``who`` is a player, or ``(itself)``."""

    who: str
    difference: float


@dataclass(frozen=True, slots=True)
class Reply:
    """How likely another's action is at its next move, after this and after the other action.

    ``when`` is the period as people read it; ``open`` tells whether it may follow at all.
    """

    mover: str
    player: str
    when: str
    action: str
    after_this: float
    after_other: float


@dataclass(frozen=True, slots=True)
class Option:
    """An action at the decision: how likely the mover's type plays it, and what it is worth."""

    action: str
    odds: float
    value: float


@dataclass(frozen=True, slots=True)
class Why:
    """Why this action rather than another: the difference in value, split exactly in three ways.

    ``gains`` by interest, each now and later, ``answers`` by what each player does in return: the
    differences of either add up to ``difference``. ``options`` are all open actions, likeliest
    first; ``residual`` is by how much the parts miss the whole, at most.
    """

    node: Node
    this: str
    other: str
    options: tuple[Option, ...]
    rationality: float
    gains: tuple[Gain, ...]
    answers: tuple[Answer, ...]
    replies: tuple[Reply, ...]
    residual: float

    @property
    def difference(self) -> float:
        """The value of this action less that of the other."""
        return self.value(self.this) - self.value(self.other)

    def value(self, action: str) -> float:
        """What an action is worth to the mover."""
        return next(o.value for o in self.options if o.action == action)

    def odds(self, action: str) -> float:
        """How likely the mover's type plays an action."""
        return next(o.odds for o in self.options if o.action == action)

    def frame(self) -> pl.DataFrame:
        """The parts by interest: ``interest``, ``source``, ``now``, ``later``, ``difference``."""
        import polars as pl

        rows = [(g.name, g.source, g.now, g.later, g.difference) for g in self.gains]
        return pl.DataFrame(
            rows, schema=["interest", "source", "now", "later", "difference"], orient="row"
        )

    def _repr_html_(self) -> str:
        from countermove.explain.views import why_view

        return why_view(self)


@dataclass(frozen=True, slots=True)
class Effect:
    """What an action does for one player, apart from and through what is inferred from it.

    ``direct`` is against the mean over the actions as they are played, at the belief before;
    ``signal`` is what the change of belief adds.
    """

    player: str
    direct: float
    signal: float


@dataclass(frozen=True, slots=True)
class Sign:
    """What one action tells: how likely each type plays it, what is believed after it, for whom.

    ``chance`` is its probability in the public's eyes; ``likelihood`` and ``belief`` are by type.
    """

    action: str
    chance: float
    likelihood: Mapping[str, float]
    belief: Mapping[str, float]
    effects: tuple[Effect, ...]

    def effect(self, player: str) -> Effect:
        """What it does for one player."""
        return next(e for e in self.effects if e.player == player)


@dataclass(frozen=True, slots=True)
class Signals:
    """What the mover's actions tell of its type at a node: ``before`` is the belief by type."""

    node: Node
    before: Mapping[str, float]
    signs: tuple[Sign, ...]

    def frame(self) -> pl.DataFrame:
        """A row an action and player: beliefs by type, then ``direct`` and ``signal``."""
        import polars as pl

        rows = [
            {
                "action": sign.action,
                "chance": sign.chance,
                **{f"belief {name}": p for name, p in sign.belief.items()},
                "player": effect.player,
                "direct": effect.direct,
                "signal": effect.signal,
            }
            for sign in self.signs
            for effect in sign.effects
        ]
        return pl.DataFrame(rows)

    def _repr_html_(self) -> str:
        from countermove.explain.views import signals_view

        return signals_view(self)


@dataclass(frozen=True, slots=True)
class Sentence:
    """One thing said, with the claims and assumptions that it rests on.

    ``about`` is the question that it answers; ``claims`` are names of claims, ``assumptions`` of
    parameters that rest on no source.
    """

    about: str
    text: str
    claims: tuple[str, ...] = ()
    assumptions: tuple[str, ...] = field(default=())
