"""The forward distribution: mass pushed through the strategies, for exact fans and frequencies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from countermove.game.beliefs import Beliefs
from countermove.game.numbers import Mover, StepHead, StepNumbers
from countermove.solve.backward import strategies_of
from countermove.solve.believed import believed_before, drawn_anew
from countermove.solve.redraws import redrawn_points

if TYPE_CHECKING:
    import xarray as xr

    from countermove.solve.solution import Solution

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Forward:
    """Where the game goes, exactly.

    ``mass`` [T, S * B]: the probability of each state and belief point at period ends. ``fans``:
    each variable's levels at period ends (period, level). ``actions``: how often each action is
    played (period, action), by mover. ``by_type``: the same of a mover with types (period, type,
    action); as beliefs are calibrated, its shares by type are the mean posteriors after each
    action. ``moves``: the probability that the mover gets to move (period). ``happenings``: the
    probability that the event brings something about (period). ``beliefs``: the probability of
    each point of a player's belief grid at period ends (period, point). ``believed``: the belief
    before each action of a mover with types, times how often it is played (period, type, action).
    ``redraws``: the probability that a player's type is drawn anew (period). ``over`` [T]: the
    probability that the game is over by the period's end.
    """

    mass: Floats
    fans: dict[str, xr.DataArray]
    actions: dict[str, xr.DataArray]
    by_type: dict[str, xr.DataArray]
    moves: dict[str, xr.DataArray]
    happenings: dict[str, xr.DataArray]
    beliefs: dict[str, xr.DataArray]
    over: Floats
    believed: dict[str, xr.DataArray]
    redraws: dict[str, xr.DataArray]


def forward(solution: Solution, periods: int | None = None) -> Forward:
    """Push the start state's mass through the strategies, period by period.

    ``periods`` is how many to go through: all by default, and needed where the game goes on for
    ever.
    """
    from countermove.solve.posteriors import atlas_of
    from countermove.solve.push import push_all

    world = solution.game.world
    n_states, n_beliefs = world.n_states, world.beliefs.size
    mass = np.zeros(n_states * n_beliefs)
    mass[solution.start_row] = 1.0
    length = len(solution.labels_of(periods))
    masses = np.zeros((length, len(mass)))
    frozen = np.zeros(len(mass))  # where the game has ended, it stays
    over = np.zeros(length)
    tallies = Tallies.of(solution, length)
    grids = atlas_of(world.beliefs)
    with world.lock:
        for t in range(length):
            period = solution.period_at(t)
            strategies = strategies_of(world, solution.found, period, serial=solution.serial)
            numbers = world.at(period)
            for k, step in enumerate(numbers.steps):
                redrawn = redrawn_points(world.beliefs, step.redraws)
                out, played, brought = push_all(
                    step, grids, redrawn, strategies[k], mass, serial=solution.serial
                )
                tallies.note(t, step.head, played, brought)
                tallies.note_beliefs(t, world.beliefs, step, strategies[k], mass)
                mass = out
            masses[t] = mass + frozen
            if numbers.over.size:
                ended = np.repeat(numbers.over != 0, n_beliefs)
                frozen[ended] += mass[ended]
                mass[ended] = 0.0
            over[t] = frozen.sum()
            following = np.zeros((n_states, n_beliefs))
            np.add.at(following, numbers.carry, mass.reshape(n_states, n_beliefs))
            mass = following.reshape(-1)
    return tallies.finish(solution, masses, over)


@dataclass(slots=True)
class Tallies:
    """Counts of what was played and what happened, by period."""

    played: dict[str, Floats]  # [T, K, A] by mover
    brought: dict[str, Floats]
    movers: dict[str, Mover]
    believed: dict[str, Floats]  # [T, K, A] by mover with types
    redrawn: Floats  # [T, J]

    @classmethod
    def of(cls, solution: Solution, length: int) -> Tallies:
        """Zeros for every step of a game."""
        heads = solution.game.world.steps
        movers = {m.label: m for head in heads for m in head.movers}
        return cls(
            {
                label: np.zeros((length, max(len(m.types), 1), len(m.actions)))
                for label, m in movers.items()
            },
            {head.label: np.zeros(length) for head in heads if head.kind == "event"},
            movers,
            {
                label: np.zeros((length, len(m.types), len(m.actions)))
                for label, m in movers.items()
                if m.types
            },
            np.zeros((length, len(solution.game.world.beliefs.axes))),
        )

    def note(self, t: int, head: StepHead, played: Floats, brought: float) -> None:
        """Add one step's counts; ``played`` is by mover, type and action."""
        if head.kind == "event":
            self.brought[head.label][t] += brought
        first = 0
        for mover in head.movers:
            counts = self.played[mover.label][t]
            counts += played[first : first + counts.size].reshape(counts.shape)
            first += counts.size

    def note_beliefs(
        self, t: int, beliefs: Beliefs, step: StepNumbers, strategy: Floats, mass: Floats
    ) -> None:
        """Add what is believed before one step's moves, and how likely it draws types anew."""
        if not beliefs.axes:
            return
        for label, counts in believed_before(beliefs, step, strategy, mass).items():
            self.believed[label][t] += counts
        if step.head.kind == "event":
            self.redrawn[t] += drawn_anew(len(beliefs.axes), step, mass)

    def finish(self, solution: Solution, masses: Floats, over: Floats) -> Forward:
        """Labelled results."""
        import xarray as xr

        n_beliefs, labels = solution.game.world.beliefs.size, solution.labels_of(len(masses))
        by_state = masses.reshape(len(masses), -1, n_beliefs).sum(axis=2)

        def labelled(values: Floats, **more: Sequence[str]) -> xr.DataArray:
            coords = {"period": labels, **{name: list(names) for name, names in more.items()}}
            return xr.DataArray(values, dims=tuple(coords), coords=coords)

        return Forward(
            masses,
            fans_of(solution, by_state),
            {
                label: labelled(counts.sum(axis=1), action=self.movers[label].actions)
                for label, counts in self.played.items()
            },
            {
                label: labelled(
                    counts, type=self.movers[label].types, action=self.movers[label].actions
                )
                for label, counts in self.played.items()
                if self.movers[label].types
            },
            {label: labelled(counts.sum(axis=(1, 2))) for label, counts in self.played.items()},
            {label: labelled(counts) for label, counts in self.brought.items()},
            beliefs_of(solution, masses),
            over,
            {
                label: labelled(
                    counts, type=self.movers[label].types, action=self.movers[label].actions
                )
                for label, counts in self.believed.items()
            },
            {
                axis.player: labelled(self.redrawn[:, j])
                for j, axis in enumerate(solution.game.world.beliefs.axes)
            },
        )


def beliefs_of(solution: Solution, masses: Floats) -> dict[str, xr.DataArray]:
    """The probability of each point of each belief axis (period, point), from masses [T, S * B].

    Coordinates by the names of the types are the probabilities that the points stand for.
    """
    import xarray as xr

    beliefs, labels = solution.game.world.beliefs, solution.labels_of(len(masses))
    by_point = masses.reshape(len(masses), -1, *beliefs.sizes).sum(axis=1)
    found = {}
    for j, axis in enumerate(beliefs.axes):
        others = tuple(1 + i for i in range(len(beliefs.axes)) if i != j)
        points = {f"{name}_": ("point", axis.points[:, k]) for k, name in enumerate(axis.types)}
        found[axis.player] = xr.DataArray(
            by_point.sum(axis=others),
            dims=("period", "point"),
            coords={"period": labels, **points},
        )
    return found


def fans_of(solution: Solution, masses: Floats) -> dict[str, xr.DataArray]:
    """Each variable's probabilities (period, level), from the states' masses [T, S]."""
    import xarray as xr

    game, labels = solution.game, solution.labels_of(len(masses))
    found = {}
    for column, (name, levels) in enumerate(zip(game.variables, game.level_names, strict=True)):
        fan = masses
        if game.structure is not None:
            positions = game.structure.levels[:, column]
            fan = np.zeros((len(masses), len(levels)))
            for t, mass in enumerate(masses):
                fan[t] = np.bincount(positions, weights=mass, minlength=len(levels))
        coords = {"period": labels, "level": list(levels)}
        found[name] = xr.DataArray(fan, dims=("period", "level"), coords=coords)
    return found
