"""The forward distribution: mass pushed through the strategies, for exact fans and frequencies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from countermove.solve.backward import strategies_of

if TYPE_CHECKING:
    import xarray as xr

    from countermove.solve.solution import Solution

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Forward:
    """Where the game goes, exactly.

    ``mass`` [T, S]: the probability of each state at period ends. ``fans``: each variable's
    levels at period ends (period, level). ``actions``: how often each action is played (period,
    action), by move. ``moves``: the probability that the mover gets to move (period).
    ``happenings``: the probability that the event brings something about (period). ``over`` [T]:
    the probability that the game is over by the period's end.
    """

    mass: Floats
    fans: dict[str, xr.DataArray]
    actions: dict[str, xr.DataArray]
    moves: dict[str, xr.DataArray]
    happenings: dict[str, xr.DataArray]
    over: Floats


def forward(solution: Solution) -> Forward:
    """Push the start state's mass through the strategies, period by period."""
    from countermove.solve.kernels import push

    game, world = solution.game, solution.game.world
    mass = np.zeros(game.n_states)
    mass[game.start] = 1.0
    length = game.periods - game.start_period
    masses = np.zeros((length, game.n_states))
    frozen = np.zeros(game.n_states)  # where the game has ended, it stays
    over = np.zeros(length)
    tallies = Tallies.of(solution)
    with world.lock:
        for t in range(length):
            period = game.start_period + t
            strategies = strategies_of(world, solution.found, period, serial=solution.serial)
            numbers = world.at(period)
            for k, step in enumerate(numbers.steps):
                out = np.zeros(game.n_states)
                played = np.zeros(len(step.actions))
                brought = push(step.arrays, step.happened, strategies[k], mass, out, played)
                tallies.note(t, step.label, step.kind, played, brought)
                mass = out
            masses[t] = mass + frozen
            if numbers.over.size:
                ended = numbers.over != 0
                frozen[ended] += mass[ended]
                mass[ended] = 0.0
            over[t] = frozen.sum()
            following = np.zeros(game.n_states)
            np.add.at(following, numbers.carry, mass)
            mass = following
    return tallies.finish(solution, masses, over)


@dataclass(slots=True)
class Tallies:
    """Counts of what was played and what happened, by period."""

    played: dict[str, Floats]
    brought: dict[str, Floats]
    names: dict[str, tuple[str, ...]]

    @classmethod
    def of(cls, solution: Solution) -> Tallies:
        """Zeros for every step of a game."""
        game = solution.game
        steps = game.world.steps
        length = game.periods - game.start_period
        moves = [s for s in steps if s.kind == "move"]
        return cls(
            {s.label: np.zeros((length, len(s.actions))) for s in moves},
            {s.label: np.zeros(length) for s in steps if s.kind == "event"},
            {s.label: s.actions for s in moves},
        )

    def note(self, t: int, label: str, kind: str, played: Floats, brought: float) -> None:
        """Add one step's counts."""
        if kind == "move":
            self.played[label][t] += played
        else:
            self.brought[label][t] += brought

    def finish(self, solution: Solution, masses: Floats, over: Floats) -> Forward:
        """Labelled results."""
        import xarray as xr

        coords = {"period": solution.period_labels}
        return Forward(
            masses,
            fans_of(solution, masses),
            {
                label: xr.DataArray(
                    counts,
                    dims=("period", "action"),
                    coords={**coords, "action": list(self.names[label])},
                )
                for label, counts in self.played.items()
            },
            {
                label: xr.DataArray(counts.sum(axis=1), dims=("period",), coords=coords)
                for label, counts in self.played.items()
            },
            {
                label: xr.DataArray(counts, dims=("period",), coords=coords)
                for label, counts in self.brought.items()
            },
            over,
        )


def fans_of(solution: Solution, masses: Floats) -> dict[str, xr.DataArray]:
    """Each variable's probabilities (period, level), from the states' masses [T, S]."""
    import xarray as xr

    game = solution.game
    found = {}
    for column, (name, levels) in enumerate(zip(game.variables, game.level_names, strict=True)):
        fan = masses
        if game.structure is not None:
            positions = game.structure.levels[:, column]
            fan = np.zeros((len(masses), len(levels)))
            for t, mass in enumerate(masses):
                fan[t] = np.bincount(positions, weights=mass, minlength=len(levels))
        coords = {"period": solution.period_labels, "level": list(levels)}
        found[name] = xr.DataArray(fan, dims=("period", "level"), coords=coords)
    return found
