"""What a solved scenario says of private types and public beliefs, as plain records.

Axis letters: T periods, A actions, K types. Everything is Python's own numbers and strings.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

LEAST_PLAYS = 1e-9  # what is expected less often than this has no belief after it worth telling


@dataclass(frozen=True, slots=True)
class Difference:
    """A payoff or cost that hangs on a player's type: whose, which, and what it is by type."""

    who: str
    about: str
    by_type: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TypedPlayer:
    """A player with private types.

    ``prior`` [K] is the public belief at the start, ``own_prior`` that of the scenario at the
    parameters' values; ``payoffs`` [K] what each type expects from the start on. ``redraws`` [T] is
    the probability that the type is drawn anew; ``learnt`` tells whether the player's moves teach
    anything (a policy may bind it in all that it does).
    """

    player: str
    title: str
    types: tuple[str, ...]
    prior: tuple[float, ...]
    own_prior: tuple[float, ...]
    payoffs: tuple[float, ...]
    differences: tuple[Difference, ...]
    redraws: tuple[float, ...]
    learnt: bool

    @property
    def moved(self) -> bool:
        """Is the belief at the start another than the scenario's?"""
        pairs = zip(self.prior, self.own_prior, strict=True)
        return any(abs(start - own) > 1e-9 for start, own in pairs)

    @property
    def draws(self) -> tuple[int, ...]:
        """The positions of the periods in which the type may be drawn anew."""
        return tuple(t for t, odds in enumerate(self.redraws) if odds > 0)


@dataclass(frozen=True, slots=True)
class Spread:
    """A belief over time: its mean and quantiles at the start and at period ends, each [T + 1]."""

    mean: tuple[float, ...]
    low: tuple[float, ...]  # 5%
    lower: tuple[float, ...]  # 25%
    middle: tuple[float, ...]
    upper: tuple[float, ...]  # 75%
    high: tuple[float, ...]  # 95%


@dataclass(frozen=True, slots=True)
class BeliefPath:
    """How the public belief that a player is of a type goes.

    ``overall`` is over everything that may happen, ``if_so`` where the player then is of the type,
    ``if_not`` where it is not. ``times[i]`` is the number of periods that have ended.
    """

    player: str
    title: str
    type: str
    types: tuple[str, ...]
    times: tuple[int, ...]
    overall: Spread
    if_so: Spread
    if_not: Spread
    redraws: tuple[int, ...]  # the periods, counted from the calendar's start, with a redraw

    @property
    def other(self) -> str:
        """The other type, where there are but two."""
        return next(t for t in self.types if t != self.type) if len(self.types) == 2 else ""


@dataclass(frozen=True, slots=True)
class Signals:
    """What the moves of a player with types tell of it, at one visit to the order of play.

    ``plays[t][a]`` is how often the action is expected; ``before[t][a][k]`` the mean belief in the
    type just before the action, where it is played, and ``after[t][a][k]`` just after, None where
    it never is. ``odds[t][k][a]`` is what the type plays where it is to move, None where it is not.
    """

    label: str
    player: str
    title: str
    types: tuple[str, ...]
    actions: tuple[str, ...]
    periods: tuple[int, ...]
    plays: tuple[tuple[float, ...], ...]
    before: tuple[tuple[tuple[float, ...] | None, ...], ...]
    after: tuple[tuple[tuple[float, ...] | None, ...], ...]
    odds: tuple[tuple[tuple[float, ...] | None, ...], ...]

    def expected(self, action: int) -> float:
        """How often the action is expected in all."""
        return sum(row[action] for row in self.plays)

    def overall(self, action: int) -> tuple[tuple[float, ...], tuple[float, ...]] | None:
        """The mean beliefs just before and after an action over all periods [K]."""
        total = self.expected(action)
        if total <= LEAST_PLAYS:
            return None
        return self._mean(self.before, action, total), self._mean(self.after, action, total)

    def _mean(
        self, beliefs: tuple[tuple[tuple[float, ...] | None, ...], ...], action: int, total: float
    ) -> tuple[float, ...]:
        weighted = [
            [plays[action] * b for b in row[action] or ()]
            for plays, row in zip(self.plays, beliefs, strict=True)
            if row[action] is not None
        ]
        return tuple(sum(column) / total for column in zip(*weighted, strict=True))

    def moved(self) -> Iterator[tuple[int, tuple[float, ...], tuple[float, ...]]]:
        """Each action that is played with the mean beliefs before and after it."""
        for action in range(len(self.actions)):
            found = self.overall(action)
            if found is not None:
                yield action, *found


@dataclass(frozen=True, slots=True)
class Answer:
    """What a player does next: an action's odds after the telling move, and after the others.

    ``else_`` is None where the player never moves after the others.
    """

    title: str
    action: str
    then: float
    else_: float | None


@dataclass(frozen=True, slots=True)
class Story:
    """The move that tells most: in one period, the belief before and after it, and the answers.

    The belief is in ``type``, the type that the move makes likelier; ``plays`` is how often the
    move is expected in the period.
    """

    label: str
    title: str
    action: str
    period: int
    plays: float
    type: str
    before: float
    after: float
    answers: tuple[Answer, ...] = ()


@dataclass(frozen=True, slots=True)
class Beliefs:
    """Everything about types and beliefs; empty where no player has types."""

    players: tuple[TypedPlayer, ...] = ()
    paths: tuple[BeliefPath, ...] = ()
    signals: tuple[Signals, ...] = ()
    story: Story | None = None
