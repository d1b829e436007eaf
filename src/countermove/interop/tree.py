"""A game unrolled into a tree: every play from the start, a node for each choice and each chance.

Chance draws the private types first; all that follows is public, but for types drawn anew and what
those do who move at once. A player's information set is the public history, and the types that it
has had itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from countermove.errors import InvalidRequest, SizeLimitError
from countermove.game.game import Game
from countermove.interop.nodes import Decision, Event, Node, Tree
from countermove.interop.numbers import Branch, Numbers, Payment
from countermove.interop.size import estimate

_HOPELESS = 1000  # times the nodes allowed: beyond this the tree is not even begun


@dataclass(frozen=True, slots=True)
class _Moment:
    """A place in the unrolling.

    ``types`` and ``own`` (all types so far) are by belief axis; ``players`` are by player of the
    game its present number in the tree (an incumbent whose payoff has stopped is another player
    than its successor). ``pays`` are by player of the tree, ``rates`` the discount by player of
    the game. ``chosen`` are the actions of this step so far, ``pending`` the types to be drawn.
    """

    period: int
    step: int
    state: int
    types: tuple[int, ...]
    own: tuple[tuple[int, ...], ...]
    players: tuple[int, ...]
    pays: tuple[float, ...]
    rates: tuple[float, ...]
    history: int = 0
    chosen: tuple[int, ...] = ()
    pending: tuple[tuple[int, tuple[float, ...]], ...] = ()


def unroll(game: Game, *, max_nodes: int) -> Tree:
    """The tree of a game.

    Raises ``SizeLimitError`` where it has more than ``max_nodes``, ``InvalidRequest`` for a game
    that goes on for ever.
    """
    if game.world.stationary:
        raise InvalidRequest(
            f"{game.name} goes on for ever, and a tree does not: give its calendar a number of "
            "periods"
        )
    expected = estimate(game)
    if expected > _HOPELESS * max_nodes:
        raise _too_large(game, expected, max_nodes)
    unroller = _Unroller(game)
    for node in unroller.nodes():
        if len(unroller.tree.nodes) >= max_nodes:
            raise _too_large(game, expected, max_nodes)
        unroller.tree.nodes.append(node)
    return unroller.tree


def _too_large(game: Game, expected: float, max_nodes: int) -> SizeLimitError:
    about = f"{expected:,.0f}" if expected < 1e9 else f"{expected:.0e}"
    return SizeLimitError(
        f"the tree of {game.name} has more than {max_nodes:,} nodes (up to about {about}); unroll "
        "fewer periods, start nearer to the end, or allow more nodes"
    )


class _Unroller:
    def __init__(self, game: Game) -> None:
        self.game = game
        self.numbers = Numbers(game)
        self.tree = Tree(list(game.players))
        self.axes = game.world.beliefs.axes
        self.axis_of = [game.world.beliefs.axis(player) for player in game.players]
        self.owner = _owners(game)
        self._infosets: dict[tuple[object, ...], int] = {}
        self._histories: dict[Event, int] = {}
        self._successors: dict[tuple[int, int], int] = {}

    def nodes(self) -> Iterator[Node]:
        """Every node, parents first."""
        n_players, n_axes = len(self.game.players), len(self.axes)
        begin = _Moment(
            self.game.start_period,
            0,
            self.game.start,
            (-1,) * n_axes,
            ((),) * n_axes,
            tuple(range(n_players)),
            (0.0,) * n_players,
            (1.0,) * n_players,
            pending=tuple(
                (j, tuple(map(float, axis.points[axis.prior]))) for j, axis in enumerate(self.axes)
            ),
        )
        stack = [begin]
        while stack:
            node, after = self._next(stack.pop())
            stack.extend(reversed(after))
            yield node

    def _next(self, moment: _Moment) -> tuple[Node, list[_Moment]]:
        """The next node from a moment on, and the moments after it."""
        while True:
            ways = self._ways(moment)
            if isinstance(ways, Node):
                return ways, []
            node, after = ways
            if len(after) > 1:
                return node, after
            moment = after[0]  # what is bound to happen needs no node

    def _ways(self, at: _Moment) -> Node | tuple[Node, list[_Moment]]:
        """What may happen next, be it only one thing."""
        if at.pending:
            return self._draw(at)
        numbers = self.numbers.at(at.period)
        if at.step == len(numbers.steps):
            return self._close(at)
        step = numbers.steps[at.step]
        if at.state not in numbers.moving[at.step]:
            return Node("chance"), [replace(at, step=at.step + 1)]
        if len(at.chosen) < len(step.head.movers):
            return self._choose(at)
        return self._outcomes(at)

    def _draw(self, at: _Moment) -> tuple[Node, list[_Moment]]:
        (axis, odds), *left = at.pending
        kinds = [k for k, p in enumerate(odds) if p > 0]
        after = []
        for k in kinds:
            own = (*at.own[axis], k)
            after.append(
                replace(
                    at,
                    types=_put(at.types, axis, k),
                    own=_put(at.own, axis, own),
                    pending=tuple(left),
                )
            )
        player = self.axes[axis]
        names = tuple(player.types[k] for k in kinds)
        node = Node("chance", f"type of {player.player}", names, tuple(odds[k] for k in kinds))
        return node, after

    def _choose(self, at: _Moment) -> tuple[Node, list[_Moment]]:
        """The next mover's choice, or its policy's."""
        step = self.numbers.at(at.period).steps[at.step]
        m, arrays = len(at.chosen), step.arrays
        mover, its = step.head.movers[m], range(arrays.first[m], arrays.first[m + 1])
        bound = len(arrays.bound) > 0 and arrays.bound[at.state, m] != 0
        odds = arrays.mixture[at.state] if bound else arrays.legal[at.state]
        options = [a for a, i in enumerate(its) if odds[i] > 0]
        names = tuple(mover.actions[a] for a in options)
        after = [replace(at, chosen=(*at.chosen, a)) for a in options]
        if bound:
            shares = tuple(float(odds[its[a]]) for a in options)
            return Node("chance", f"{mover.label}, as its policy says", names, shares), after
        label = mover.label
        player = self.game.players.index(mover.player)
        axis = self.axis_of[player]
        kind = at.types[axis] if axis >= 0 else -1
        if kind >= 0:
            label = f"{label} as {self.axes[axis].types[kind]}"
        if len(options) < 2:
            return Node("move", label, names), after
        decision = Decision(
            at.players[player],
            at.period,
            at.step,
            m,
            at.state,
            kind,
            at.own[axis] if axis >= 0 else (),
            at.history,
            at.rates[player],
            tuple(options),
        )
        return Node("move", label, names, infoset=self._infoset(decision)), after

    def _infoset(self, decision: Decision) -> int:
        key = (decision.player, decision.history, decision.step, decision.mover, decision.own)
        if key not in self._infosets:
            self._infosets[key] = len(self.tree.decisions)
            self.tree.decisions.append(decision)
        return self._infosets[key]

    def _outcomes(self, at: _Moment) -> tuple[Node, list[_Moment]]:
        """What comes of the actions, or of the event."""
        step = self.numbers.at(at.period).steps[at.step]
        sizes = tuple(np.diff(step.arrays.first))
        profile = int(np.ravel_multi_index(at.chosen, sizes)) if at.chosen else 0
        at = self._pay(at, self.numbers.charges(at.period, at.step, at.state, profile))
        ways = self.numbers.branches(at.period, at.step, at.state, profile)
        after = []
        for way in ways:
            moved = replace(
                self._pay(at, way.paid),
                state=way.state,
                step=at.step + 1,
                chosen=(),
                history=self._history(
                    Event(at.history, at.period, at.step, at.state, at.chosen, way)
                ),
            )
            after.append(self._redraw(moved, at.step, way))
        total = sum(way.odds for way in ways)
        names = tuple(self._said(at.state, way) for way in ways)
        odds = tuple(way.odds / total for way in ways)
        return Node("chance", step.label, names, odds), after

    def _history(self, event: Event) -> int:
        """The number of a public history."""
        if event not in self._histories:
            self.tree.events.append(event)
            self._histories[event] = len(self.tree.events)
        return self._histories[event]

    def _redraw(self, at: _Moment, step: int, way: Branch) -> _Moment:
        """Types that are drawn anew, before anything else happens."""
        if not way.redraw:
            return at
        redraw = self.numbers.at(at.period).steps[step].redraws[way.redraw - 1]
        pending = []
        for axis, (point, stops) in enumerate(zip(redraw.point, redraw.stops, strict=True)):
            if point < 0:
                continue
            pending.append((axis, tuple(map(float, self.axes[axis].points[point]))))
            if stops:
                at = self._succeeded(at, axis)
        return replace(at, pending=tuple(pending))

    def _succeeded(self, at: _Moment, axis: int) -> _Moment:
        """The incumbent's payoff stops: its successor is another player."""
        player = self.axis_of.index(axis)
        now = at.players[player]
        if (player, now) not in self._successors:
            self._successors[player, now] = len(self.tree.players)
            number = sum(of == player for of, _ in self._successors)
            self.tree.players.append(f"{self.game.players[player]}, successor {number}")
        following = self._successors[player, now]
        pays = at.pays + (0.0,) * (following + 1 - len(at.pays))
        return replace(
            at, players=_put(at.players, player, following), own=_put(at.own, axis, ()), pays=pays
        )

    def _close(self, at: _Moment) -> Node | tuple[Node, list[_Moment]]:
        """The period's end: what is earned, and the next period or the end."""
        numbers = self.numbers.at(at.period)
        at = self._pay(at, self.numbers.flows(at.period, at.state))
        over = numbers.over.size > 0 and numbers.over[at.state] != 0
        if over or at.period == self.game.periods - 1:
            return Node("end", pays=at.pays)
        rates = list(at.rates)
        for player, axis in enumerate(self.axis_of):
            kind = at.types[axis] if axis >= 0 else -1
            rates[player] *= float(numbers.keep[at.state, self.owner.index((player, kind))])
        state = int(numbers.carry[at.state])
        following = replace(at, period=at.period + 1, step=0, state=state, rates=tuple(rates))
        return Node("chance"), [following]

    def _pay(self, at: _Moment, payments: list[Payment] | tuple[Payment, ...]) -> _Moment:
        pays = list(at.pays)
        for payment in payments:
            player, kind = self.owner[payment.column]
            axis = self.axis_of[player]
            mine = axis < 0 or at.types[axis] == kind
            if mine and all(at.types[j] == k for j, k in payment.types):
                pays[at.players[player]] += at.rates[player] * payment.amount
        return replace(at, pays=tuple(pays))

    def _said(self, state: int, way: Branch) -> str:
        """What a way changes, in words."""
        before, after = self.game.state(state), self.game.state(way.state)
        changed = [f"{name} {level}" for name, level in after.items() if before[name] != level]
        if way.redraw:
            changed.append("types drawn anew")
        return ", ".join(changed) or "nothing"


def _put(values: tuple[object, ...], at: int, value: object) -> tuple:  # type: ignore[type-arg]
    """The tuple with one entry replaced."""
    return (*values[:at], value, *values[at + 1 :])


def _owners(game: Game) -> list[tuple[int, int]]:
    """Each payoff column's player, and its type (-1 where it has none)."""
    found, beliefs = [], game.world.beliefs
    for number, player in enumerate(game.players):
        axis = beliefs.axis(player)
        kinds = range(len(beliefs.axes[axis].types)) if axis >= 0 else (-1,)
        found += [(number, k) for k in kinds]
    return found
