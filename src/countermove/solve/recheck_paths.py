"""Every column at the start once more: what is earned along all paths, pushed forward in time.

The solver carries values backwards; this carries the chance of each state and belief forwards and
adds up what is earned on the way, so that a slip in either shows. Axis letters: S states, B joint
belief points, C columns, N rows with chance at a step, E branches.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from countermove.game.numbers import PeriodNumbers, RedrawNumbers, StepNumbers, World
from countermove.solve.recheck_period import earned_at_end
from countermove.solve.recheck_step import (
    Facts,
    Floats,
    Group,
    Indices,
    Reached,
    actions_of,
    group_of,
    odds_of,
    points_of,
    reached,
)

StrategiesOf = Callable[[int], list[Floats]]


@dataclass(frozen=True, slots=True)
class Earned:
    """Columns at the start [C], and the size of what was added up for each."""

    value: Floats
    size: Floats


class Stream(NamedTuple):
    """Chance that columns share: of a class, begun at one sibling and now at another.

    Where a type is drawn anew, a column that takes it for granted goes on as the mean of its
    siblings.
    """

    kind: int
    begun: int
    now: int


@dataclass(slots=True)
class _Walk:
    """Chance (discounted) by stream [S, B]: of games that go on and of those that are over.

    ``families`` [class][member] are siblings' columns, alike but for what they earn.
    """

    facts: Facts
    families: list[list[Indices]]
    going: dict[Stream, Floats]
    over: dict[Stream, Floats] = field(default_factory=dict)
    value: Floats = field(init=False)
    size: Floats = field(init=False)

    def __post_init__(self) -> None:
        self.value, self.size = np.zeros((2, len(self.facts.fixed)))

    def column(self, stream: Stream) -> int:
        """A column that a stream now stands for."""
        return int(self.families[stream.kind][0][stream.now])

    def earn(self, column: int, stream: Stream, amounts: Floats) -> None:
        """What chance earns in a column goes to the one with which it began."""
        for family in self.families[stream.kind]:
            if family[stream.now] == column:
                self.value[family[stream.begun]] += amounts.sum()
                self.size[family[stream.begun]] += np.abs(amounts).sum()


def along_paths(world: World, start: int, strategies_of: StrategiesOf) -> Earned:
    """Every column's expectation from the start row, under the stated strategies."""
    facts = Facts.of(world)
    families = _classes(world, facts)
    walk = _Walk(facts, families, {})
    for kind, members in enumerate(families):
        for i in range(len(members[0])):
            chance = np.zeros((facts.n_states, facts.n_beliefs))
            chance[divmod(start, facts.n_beliefs)] = 1.0
            walk.going[Stream(kind, i, i)] = chance
    for period in range(world.start_period, world.periods):
        strategies = strategies_of(period)
        numbers = world.at(period)
        for step, strategy in zip(numbers.steps, strategies, strict=True):
            _step(walk, step, strategy)
        _close(walk, numbers)
    return Earned(walk.value, walk.size)


def _classes(world: World, facts: Facts) -> list[list[Indices]]:
    """Families of siblings, together where the same chance does for all of them."""
    marked: set[int] = set()
    kept: list[list[int]] = [[] for _ in facts.fixed]
    for period in range(world.start_period, world.periods):
        numbers = world.at(period)
        for step in numbers.steps:
            marked |= {mark.column for mark in step.absorbs}
        for c, hashes in enumerate(kept):
            hashes.append(hash(numbers.keep[:, c].tobytes()))
    found: dict[tuple[object, ...], list[Indices]] = {}
    for c, types in enumerate(facts.fixed):
        family = np.array([c])
        for axis in np.flatnonzero(types >= 0):
            family = np.concatenate([facts.siblings(int(s), int(axis)) for s in family])
        family = np.unique(family)
        if family[0] != c:
            continue
        alike = tuple(
            (c < facts.n_payoffs, int(facts.owner[s]), *facts.fixed[s], *kept[s]) for s in family
        )
        apart = tuple(int(s) for s in family if s in marked)
        found.setdefault((alike, apart), []).append(family)
    return list(found.values())


@dataclass(frozen=True, slots=True)
class _Branches:
    """A profile's branches from some states, in the order of where they lead.

    ``source`` [E] numbers the states, ``first`` where each of the ``target`` states begins.
    """

    source: Indices
    branch: Indices
    odds: Floats
    first: Indices
    target: Indices

    @classmethod
    def of(cls, step: StepNumbers, states: Indices, profile: int) -> _Branches:
        """Those of a profile; a target may be a redrawn one, beyond the number of states."""
        arrays = step.arrays
        place = states * len(actions_of(arrays)) + profile
        low, count = arrays.pointer[place], arrays.pointer[place + 1] - arrays.pointer[place]
        source = np.repeat(np.arange(len(states)), count)
        branch = np.repeat(low - np.cumsum(count) + count, count) + np.arange(count.sum())
        order = np.argsort(arrays.successor[branch], kind="stable")
        source, branch = source[order], branch[order]
        target, first = np.unique(arrays.successor[branch].astype(np.int64), return_index=True)
        return cls(source, branch, arrays.odds[branch], first, target)


def _step(walk: _Walk, step: StepNumbers, strategy: Floats) -> None:
    """Push all chance through a step."""
    facts, arrays = walk.facts, step.arrays
    moving = arrays.moving.astype(np.int64)
    there = np.zeros((len(moving), facts.n_beliefs), bool)
    for chance in walk.going.values():
        there |= chance[moving] != 0
    states = moving[there.any(axis=1)]
    if not len(states):
        return
    place, belief = np.nonzero(there[there.any(axis=1)])
    points = points_of(facts, step, strategy, states[place], belief)
    here = {stream: chance[states[place], belief] for stream, chance in walk.going.items()}
    for chance in walk.going.values():
        chance[states] = 0.0
    by_profile: dict[int, list[Reached]] = {}
    for way in reached(arrays, points):
        by_profile.setdefault(way.profile, []).append(way)
    for profile, ways in by_profile.items():
        branches = _Branches.of(step, states, profile)
        shares: dict[Group, list[Floats]] = {}
        for stream, chance in here.items():
            if not chance.any():
                continue
            group = group_of(facts, step, walk.column(stream))
            if group not in shares:
                shares[group] = [odds_of(points, way, group) for way in ways]
            after = _believed(facts, len(states), place, ways, shares[group], chance)
            _charge(walk, stream, step, states, profile, after)
            _branch(walk, stream, step, states, branches, after)


def _believed(
    facts: Facts, n: int, place: Indices, ways: list[Reached], shares: list[Floats], chance: Floats
) -> Floats:
    """Chance [N', B] of the states, at the beliefs after a profile."""
    found = np.zeros(n * facts.n_beliefs)
    for way, share in zip(ways, shares, strict=True):
        row = place * facts.n_beliefs + way.belief
        found += np.bincount(row, weights=share * chance, minlength=len(found))
    return found.reshape(n, facts.n_beliefs)


def _charge(
    walk: _Walk, stream: Stream, step: StepNumbers, states: Indices, profile: int, after: Floats
) -> None:
    arrays = step.arrays
    its = {int(family[stream.now]) for family in walk.families[stream.kind]}
    for k in np.flatnonzero(arrays.charge_action == profile):
        column = int(arrays.charge_column[k])
        if column in its:
            paid = arrays.charge[states, k][:, None] * arrays.charge_weight[k]
            walk.earn(column, stream, after * paid)


def _branch(
    walk: _Walk,
    stream: Stream,
    step: StepNumbers,
    states: Indices,
    branches: _Branches,
    after: Floats,
) -> None:
    """Put chance [N', B] where a profile's branches lead."""
    facts, odds = walk.facts, branches.odds
    for mark in step.absorbs:
        if mark.column == walk.column(stream):
            hit = mark.hit[branches.branch] != 0
            hit &= mark.condition[states[branches.source]] != 0
            walk.earn(mark.column, stream, after[branches.source[hit]] * odds[hit, None])
            odds = np.where(hit, 0.0, odds)
    if not len(branches.target):
        return
    arrived = np.add.reduceat(after[branches.source] * odds[:, None], branches.first, axis=0)
    way, target = np.divmod(branches.target, facts.n_states)
    for number in np.unique(way):
        mine = way == number
        if not number:
            walk.going[stream][target[mine]] += arrived[mine]
        else:
            _redraw(walk, stream, step.redraws[number - 1], target[mine], arrived[mine])


def _redraw(
    walk: _Walk, stream: Stream, redraw: RedrawNumbers, target: Indices, arrived: Floats
) -> None:
    """Put chance [N', B] where types have been drawn anew."""
    facts = walk.facts
    points = np.arange(facts.n_beliefs)
    siblings = {walk.column(stream): 1.0}
    for axis, (point, stops) in enumerate(zip(redraw.point, redraw.stops, strict=True)):
        if point < 0:
            continue
        grid = facts.grids[axis]
        points = points + (point - grid.at) * grid.stride
        drawn: dict[int, float] = {}
        for column, share in siblings.items():
            if facts.fixed[column, axis] < 0:
                drawn[column] = share
            elif not (stops and facts.owner[column] == axis):
                odds = zip(facts.siblings(column, axis), grid.axis.points[point], strict=True)
                for sibling, p in odds:
                    drawn[int(sibling)] = drawn.get(int(sibling), 0.0) + share * float(p)
        siblings = drawn
    moved = np.zeros(arrived.shape)
    np.add.at(moved.T, points, arrived.T)
    family = walk.families[stream.kind][0].tolist()
    for column, share in siblings.items():
        other = stream._replace(now=family.index(column))
        chance = walk.going.setdefault(other, np.zeros((facts.n_states, facts.n_beliefs)))
        chance[target] += share * moved


def _close(walk: _Walk, numbers: PeriodNumbers) -> None:
    """Earn at the period's end, and go on to the next."""
    facts = walk.facts
    earned = earned_at_end(facts, numbers, len(facts.fixed))
    ended = numbers.over != 0 if numbers.over.size else np.zeros(facts.n_states, bool)
    for stream, chance in walk.going.items():
        column = walk.column(stream)
        keep = numbers.keep[:, column][:, None]
        still = walk.over.get(stream)
        for family in walk.families[stream.kind]:
            its = int(family[stream.now])
            walk.earn(its, stream, chance * earned[:, :, its])
            if still is not None:
                walk.earn(its, stream, still * earned[:, :, its])
        if ended.any() and column >= facts.n_payoffs:
            stopped = np.where(ended[:, None], chance, 0.0)
            walk.over[stream] = keep * (stopped if still is None else still + stopped)
        elif still is not None:
            walk.over[stream] = keep * still
        moved = np.where(ended[:, None], 0.0, chance * keep)
        order = np.argsort(numbers.carry, kind="stable")
        target, first = np.unique(numbers.carry[order].astype(np.int64), return_index=True)
        chance[:] = 0.0
        chance[target] = np.add.reduceat(moved[order], first, axis=0)
