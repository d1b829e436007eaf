"""One play of a game under way: chance and types drawn by a generator, payoffs as they are earned.

What hangs on another's type is earned at once and paid at the end, for a payment made in between
would tell the type.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from countermove.game.numbers import RedrawNumbers
from countermove.interop.numbers import Payment
from countermove.interop.pettingzoo_others import Equilibrium
from countermove.interop.pettingzoo_rules import Menu, Rules

Holder = tuple[int, int]  # a player, and how many have held its place before


@dataclass(frozen=True, slots=True)
class Passed:
    """A step gone by, as the public saw it; ``chosen`` is empty where nobody moved.

    ``state`` is that after it, ``redrawn`` are the belief axes whose types were drawn anew.
    """

    t: int
    step: int
    chosen: tuple[int, ...]
    state: int
    redrawn: tuple[int, ...] = ()


@dataclass(slots=True)
class Play:
    """Where a play stands.

    ``t`` are the periods gone by, ``types`` the true ones by belief axis, ``holders`` how many have
    held each player's place before; ``rates`` what each player's payoff counts for now, ``held``
    what it has earned and not yet been paid. ``paid`` and ``left`` are new since they were last
    taken: what holders were paid, and which of them have gone. ``menu`` is what is to be chosen
    from; none once the game is ``over``, or ``cut`` at the last period that is played.
    """

    rules: Rules
    random: np.random.Generator
    asked: frozenset[str]
    others: Equilibrium | None
    state: int
    types: list[int]
    holders: list[int]
    rates: list[float]
    held: list[float]
    t: int = 0
    step: int = 0
    chosen: list[int] = field(default_factory=list)
    passed: list[Passed] = field(default_factory=list)
    paid: dict[Holder, float] = field(default_factory=dict)
    left: list[Holder] = field(default_factory=list)
    menu: Menu | None = None
    over: bool = False
    cut: bool = False

    @property
    def done(self) -> bool:
        """Has it come to its end?"""
        return self.over or self.cut


def begin(
    rules: Rules,
    random: np.random.Generator,
    *,
    asked: frozenset[str],
    others: Equilibrium | None,
    types: Mapping[int, int],
) -> Play:
    """A new play, as far as the first choice of the players who are ``asked``.

    ``types`` stand in for those drawn, by belief axis; the draws are made all the same, so that
    chance goes on alike.
    """
    drawn = [_draw(random, tuple(np.cumsum(a.points[a.prior]))) for a in rules.axes]
    true = [types.get(axis, kind) for axis, kind in enumerate(drawn)]
    n = len(rules.game.players)
    play = Play(rules, random, asked, others, rules.game.start, true, [0] * n, [1.0] * n, [0.0] * n)
    if others is not None:
        others.begin()
    go_on(play)
    return play


def choose(play: Play, action: int) -> None:
    """The player whose turn it is takes an action; then all that follows up to the next choice."""
    play.chosen.append(action)
    go_on(play)


def go_on(play: Play) -> None:
    """Everything up to the next choice, or to the end."""
    play.menu = None
    while not play.done and play.menu is None:
        numbers = play.rules.at(play.t)
        if play.step == len(numbers.steps):
            _close(play)
        elif play.state not in numbers.moving[play.step]:
            _pass(play, Passed(play.t, play.step, (), play.state))
        elif len(play.chosen) < len(numbers.steps[play.step].head.movers):
            _ask(play)
        else:
            _settle(play)


def _ask(play: Play) -> None:
    """The next mover's action, where nobody need be asked for it."""
    mover = len(play.chosen)
    menu = play.rules.menu(play.t, play.step, mover, play.state)
    if menu.odds:
        play.chosen.append(menu.legal[_draw(play.random, menu.odds)])
    elif len(menu.legal) == 1:
        play.chosen.append(menu.legal[0])
    elif menu.mover.player in play.asked:
        play.menu = menu
    else:
        likely = odds_of(play, menu)
        play.chosen.append(_draw(play.random, tuple(np.cumsum(likely))))


def odds_of(play: Play, menu: Menu) -> NDArray[np.float64]:
    """What the solved equilibrium has the mover whose turn it is play [A], by its true type."""
    assert play.others is not None, "whoever is not asked plays the equilibrium"
    axis = play.rules.axis[menu.player]
    kind = play.types[axis] if axis >= 0 else 0
    types = play.others.strategy(play.t, play.step, len(play.chosen), play.state)
    return np.asarray(types[kind])


def _settle(play: Play) -> None:
    """What comes of the actions chosen, or of the event."""
    chosen = tuple(play.chosen)
    outcome = play.rules.outcome(play.t, play.step, play.state, chosen)
    _pay(play, outcome.paid)
    branch = outcome.branches[_draw(play.random, outcome.odds)]
    _pay(play, branch.paid)
    if play.others is not None:
        play.others.learn(play.rules, play.t, play.step, play.state, chosen)
    redrawn: tuple[int, ...] = ()
    if branch.redraw:
        redraw = play.rules.at(play.t).steps[play.step].redraws[branch.redraw - 1]
        redrawn = _redraw(play, redraw)
    play.state = branch.state
    _pass(play, Passed(play.t, play.step, chosen, play.state, redrawn))


def _pass(play: Play, passed: Passed) -> None:
    play.passed.append(passed)
    play.chosen = []
    play.step += 1


def _redraw(play: Play, redraw: RedrawNumbers) -> tuple[int, ...]:
    """Types drawn anew; where the succession stops, the incumbent goes and another comes."""
    redrawn = tuple(axis for axis, point in enumerate(redraw.point) if point >= 0)
    for axis in redrawn:
        points = play.rules.axes[axis].points[redraw.point[axis]]
        if redraw.stops[axis]:
            player = play.rules.axis.index(axis)
            _release(play, player)
            play.left.append((player, play.holders[player]))
            play.holders[player] += 1
        play.types[axis] = _draw(play.random, tuple(np.cumsum(points)))
        if play.others is not None:
            play.others.redraw(axis, redraw.point[axis])
    return redrawn


def _close(play: Play) -> None:
    """The period's end."""
    rules = play.rules
    _pay(play, rules.earned(play.t, play.state))
    play.over = rules.ends(play.t, play.state)
    play.cut = not play.over and play.t + 1 == rules.length
    if play.done:
        for player in range(len(play.held)):
            _release(play, player)
        return
    numbers = rules.at(play.t)
    for player, axis in enumerate(rules.axis if rules.discounted else ()):
        kind = play.types[axis] if axis >= 0 else -1
        play.rates[player] *= float(numbers.keep[play.state, rules.column[player, kind]])
    play.state = int(numbers.carry[play.state])
    play.t, play.step = play.t + 1, 0


def _pay(play: Play, payments: tuple[Payment, ...]) -> None:
    """Book what is earned: at once, or to be paid at the end where another's type shows in it."""
    for payment in payments:
        player, kind = play.rules.owner[payment.column]
        axis = play.rules.axis[player]
        if axis >= 0 and play.types[axis] != kind:
            continue
        amount = play.rates[player] * payment.amount
        if not payment.types:
            _add(play, player, amount)
        elif all(play.types[j] == k for j, k in payment.types):
            play.held[player] += amount


def _release(play: Play, player: int) -> None:
    _add(play, player, play.held[player])
    play.held[player] = 0.0


def _add(play: Play, player: int, amount: float) -> None:
    holder = player, play.holders[player]
    play.paid[holder] = play.paid.get(holder, 0.0) + amount


def _draw(random: np.random.Generator, odds: tuple[float, ...]) -> int:
    """One of the odds, which are added up; one number of the generator is used in any case."""
    return min(bisect_right(odds, random.random() * odds[-1]), len(odds) - 1)
