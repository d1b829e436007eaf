"""The move that tells most of a player's type, and how the others answer it.

The answers are exact: the mass at the move is pushed on along that action alone, and along all the
others, until every other player has had its turn. Axis letters: S states, B joint belief points.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from countermove.report.belief_records import Answer, Signals, Story

if TYPE_CHECKING:
    from countermove.game.numbers import PeriodNumbers, StepNumbers
    from countermove.solve import Solution
    from countermove.solve.forward import Forward

Floats = NDArray[np.float64]
_SEEN = 0.02  # the story is told of the first period in which the move is so likely
_FEW = 1e-12  # mass too small to tell anything of what follows it
_TRIED = 3
_CHANGED = 0.05  # an answer whose odds change by less is not worth telling
_TOLD = 0.01  # a belief that moves by less tells nothing


def story_of(solution: Solution, forward: Forward, signals: tuple[Signals, ...]) -> Story | None:
    """The action that does most to part beliefs; None where no move tells anything.

    It is the first after which a measure asks for beliefs; where none does, the one that adds most
    to their variance: how often it is played, times the square of the shift that it brings. Of the
    first few, one that changes somebody's answer comes first.
    """
    told = [
        (one, action, float(max(abs(y - x) for x, y in zip(before, after, strict=True))))
        for one in signals
        for action, before, after in one.moved()
    ]
    told = [(one, action, shift) for one, action, shift in told if shift >= _TOLD]
    told.sort(key=lambda t: -t[0].expected(t[1]) * t[2] ** 2)
    for player, action in _asked(solution):
        for one, number, _ in told:
            if (one.label.partition("#")[0], one.actions[number]) == (player, action):
                return _story(solution, forward, one, number)
    stories = (_story(solution, forward, one, action) for one, action, _ in told[:_TRIED])
    found = [story for story in stories if story is not None]
    return next((story for story in found if story.answers), found[0] if found else None)


def _asked(solution: Solution) -> list[tuple[str, str]]:
    """The players and actions after which the scenario's measures ask for beliefs, in order."""
    scenario = solution.game.scenario
    if scenario is None:
        return []
    asked = [m for m in scenario.measures.values() if m.kind == "belief_after"]
    return [(m.actor or m.player, m.action) for m in asked]


def _story(solution: Solution, forward: Forward, one: Signals, action: int) -> Story | None:
    at = _period(one, action)
    before, after = one.before[at][action], one.after[at][action]
    if before is None or after is None:
        return None
    kind = max(range(len(one.types)), key=lambda k: after[k] - before[k])
    return Story(
        label=one.label,
        title=one.title,
        action=one.actions[action],
        period=one.periods[at],
        plays=one.plays[at][action],
        type=one.types[kind],
        before=before[kind],
        after=after[kind],
        answers=answers(solution, forward, one.label, action, at),
    )


def _period(one: Signals, action: int) -> int:
    """The first period in which the action is likely enough, else where it is likeliest."""
    plays = [row[action] for row in one.plays]
    likely = [at for at, p in enumerate(plays) if p >= _SEEN]
    return likely[0] if likely else max(range(len(plays)), key=plays.__getitem__)


def answers(
    solution: Solution, forward: Forward, label: str, action: int, at: int
) -> tuple[Answer, ...]:
    """How the others' next moves differ after the action, played ``at`` periods after the start.

    One a player: the action that gains most on its odds after the mover's other moves; after which
    some players never move, and then the likeliest.
    """
    scenario, world = solution.game.scenario, solution.game.world
    if scenario is None:
        raise AssertionError("a report has a scenario")  # pragma: no cover
    with world.lock:
        split = _Split(solution, label, action)
        split.begin(_start_mass(solution, forward, at))
        for t in range(at, min(at + 2, len(forward.over))):
            split.through(solution.period_at(t))
    found = []
    for player, (actions, then, other) in split.played.items():
        title = scenario.player(player).title
        answer = _answer(title, actions, then / then.sum(), other)
        if answer is not None:
            found.append(answer)
    return tuple(found)


def _answer(title: str, actions: tuple[str, ...], then: Floats, other: Floats) -> Answer | None:
    """The action that gains most; None where nothing changes, or there is but one open to it."""
    if other.sum() < _FEW:
        most, else_ = int(then.argmax()), None
    else:
        other = other / other.sum()
        most = int((then - other).argmax())
        else_ = float(other[most])
        if then[most] - else_ < _CHANGED:
            return None
    return (
        Answer(title, actions[most], float(then[most]), else_) if then[most] < 1.0 - _FEW else None
    )


def _start_mass(solution: Solution, forward: Forward, at: int) -> Floats:
    """The mass [S * B] at the start of a period, ``at`` periods after the first."""
    if not at:
        begun: Floats = np.zeros_like(forward.mass[0])
        begun[solution.start_row] = 1.0
        return begun
    numbers = solution.game.world.at(solution.period_at(at - 1))
    return _next(numbers, forward.mass[at - 1], solution.game.world.beliefs.size)


def _next(numbers: PeriodNumbers, mass: Floats, n_beliefs: int) -> Floats:
    """The mass with which the next period begins, from that at a period's end [S * B]."""
    by_state: Floats = mass.reshape(-1, n_beliefs).copy()
    if numbers.over.size:
        by_state[numbers.over != 0] = 0.0
    following: Floats = np.zeros_like(by_state)
    np.add.at(following, numbers.carry, by_state)
    return following.reshape(-1)


class _Split:
    """Mass that goes on along one action of a move, and along the others, from one start.

    ``played`` is, by player but the mover, its actions and how often each is played at its first
    turn after the move: where the action was played, and where another was.
    """

    def __init__(self, solution: Solution, label: str, action: int) -> None:
        from countermove.solve.posteriors import atlas_of

        self.solution, self.label, self.action = solution, label, action
        self.player = label.partition("#")[0]
        self.atlas = atlas_of(solution.game.world.beliefs)
        self.masses: list[Floats] = []
        self.played: dict[str, tuple[tuple[str, ...], Floats, Floats]] = {}

    def begin(self, mass: Floats) -> None:
        """Mass [S * B] at the start of the period of the move."""
        self.masses = [mass]

    def through(self, period: int) -> None:
        """All steps of a period, and its end."""
        from countermove.solve.backward import strategies_of

        solution, world = self.solution, self.solution.game.world
        strategies = strategies_of(world, solution.found, period, serial=solution.serial)
        numbers = world.at(period)
        for k, step in enumerate(numbers.steps):
            labels = [mover.label for mover in step.head.movers]
            if len(self.masses) == 1 and self.label in labels:
                self._split(step, strategies[k], labels.index(self.label))
            else:
                found = [self._push(step, strategies[k], mass) for mass in self.masses]
                self.masses = [out for out, _ in found]
                if len(found) == 2:
                    self._note(step, found[0][1], found[1][1])
        self.masses = [_next(numbers, mass, self.n_beliefs) for mass in self.masses]

    def _split(self, step: StepNumbers, strategy: Floats, mover: int) -> None:
        head, first, width = step.head.places[mover]
        n_beliefs = self.n_beliefs
        mass = self.masses[0].reshape(-1, n_beliefs).copy()
        mass[step.arrays.idle] = 0.0
        number = len(head.actions)
        chosen = np.arange(width) % number == self.action
        self.masses = []
        for left_out in (~chosen, chosen):
            sigma = strategy.reshape(len(strategy), n_beliefs, -1).copy()
            sigma[:, :, first : first + width][:, :, left_out] = 0.0
            out, _ = self._push(step, sigma.reshape(strategy.shape), mass.reshape(-1))
            self.masses.append(out)

    @property
    def n_beliefs(self) -> int:
        """The number of joint belief points."""
        return self.solution.game.world.beliefs.size

    def _push(self, step: StepNumbers, strategy: Floats, mass: Floats) -> tuple[Floats, Floats]:
        """The mass after a step, and how often each type's action is played there [Z]."""
        from countermove.solve.push import push_all
        from countermove.solve.redraws import redrawn_points

        beliefs = self.solution.game.world.beliefs
        redrawn = redrawn_points(beliefs, step.redraws)
        out, played, _ = push_all(step, self.atlas, redrawn, strategy, mass)
        return out, played

    def _note(self, step: StepNumbers, then: Floats, other: Floats) -> None:
        for mover, first, width in step.head.places:
            own = slice(first, first + width)
            if mover.player in (self.player, *self.played) or then[own].sum() < _FEW:
                continue
            shape = (-1, len(mover.actions))
            by_action = [played[own].reshape(shape).sum(axis=0) for played in (then, other)]
            self.played[mover.player] = (mover.actions, *by_action)
