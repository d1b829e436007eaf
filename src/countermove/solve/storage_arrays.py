"""Games from arrays in a solution's file: their arrays, and the game built from them again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from countermove.errors import InvalidRequest
from countermove.game.arrays import ArraysWorld
from countermove.game.beliefs import Axis, Beliefs, Cells
from countermove.game.columns import Column, Reading
from countermove.game.game import Game
from countermove.game.numbers import Mover, StepArrays, StepHead, StepNumbers
from countermove.language.model import Measure

if TYPE_CHECKING:
    import xarray as xr

_WORLD = ("add", "keep", "final", "over", "carry", "owner", "types")


def arrays_of(game: Game) -> dict[str, Any]:
    """The arrays of a game without a scenario, as variables of the file."""
    world = game.world
    if not isinstance(world, ArraysWorld):
        raise InvalidRequest("only games from a scenario or from arrays can be saved")
    found: dict[str, Any] = {}
    for name in _WORLD:
        found[f"game_{name}"] = _variable(f"game_{name}", getattr(world, name))
    for axis in world.beliefs.axes:
        for name, value in axis.cells._asdict().items():
            found[f"cells_{axis.player}_{name}"] = _variable(f"cells_{axis.player}_{name}", value)
    for k, step in enumerate(world.numbers):
        for name, value in step.arrays._asdict().items():
            if isinstance(value, np.ndarray):
                found[f"step_{k}_{name}"] = _variable(f"step_{k}_{name}", value)
        head: dict[str, Any] = {
            "label": step.label,
            "kind": step.kind,
            "name": step.name,
            "actions": list(step.actions),
            "movers": [[m.label, m.player, m.actions, m.types] for m in step.head.movers],
        }
        found[f"step_{k}"] = ((), 0, {"about": json.dumps(head)})
    about: dict[str, Any] = {
        "columns": [[c.name, c.kind, c.player, c.types] for c in game.columns],
        "readings": [
            [name, r.measure.kind, r.measure.text, r.value, r.mean]
            for name, r in game.readings.items()
        ],
        "levels": game.level_names[0],
        "stationary": world.stationary,
        "axes": [[a.player, a.types, a.prior, a.still] for a in world.beliefs.axes],
        "n_payoffs": world.n_payoffs,
    }
    found["game"] = ((), 0, {"about": json.dumps(about)})
    return found


def _variable(name: str, value: Any) -> Any:
    return tuple(f"{name}_{axis}" for axis in range(value.ndim)), value


def game_from_arrays(about: Mapping[str, Any], data: xr.Dataset) -> Game:
    """The game whose arrays a file carries; ``about`` is what the file says of it."""
    head = json.loads(data["game"].attrs["about"])
    steps: list[StepNumbers] = []
    while f"step_{len(steps)}" in data:
        steps.append(_step(data, len(steps)))
    arrays: dict[str, Any] = {name: data[f"game_{name}"].to_numpy() for name in _WORLD}
    axes = tuple(
        Axis(
            player,
            tuple(types),
            Cells(*(data[f"cells_{player}_{name}"].to_numpy() for name in Cells._fields)),
            prior,
            still,
        )
        for player, types, prior, still in head["axes"]
    )
    players = tuple(about["players"])
    n = len(arrays["add"])
    world = ArraysWorld(
        tuple(steps),
        everyone=np.arange(n, dtype=np.int32),
        n_payoffs=head["n_payoffs"],
        periods=about["periods"],
        stationary=head["stationary"],
        beliefs=Beliefs(axes),
        **arrays,
    )
    return Game(
        name=about["name"],
        players=players,
        columns=tuple(
            Column(name, kind, player=player, types=tuple((p, k) for p, k in types))
            for name, kind, player, types in head["columns"]
        ),
        readings={
            name: Reading(Measure(name, kind, text), value, mean=mean)
            for name, kind, text, value, mean in head["readings"]
        },
        world=world,
        start=about["start"],
        start_period=about["start_period"],
        periods=about["periods"],
        variables=("state",),
        level_names=(tuple(head["levels"]),),
    )


def _step(data: xr.Dataset, k: int) -> StepNumbers:
    head = json.loads(data[f"step_{k}"].attrs["about"])
    arrays: dict[str, Any] = {
        name: data[f"step_{k}_{name}"].to_numpy()
        for name in StepArrays._fields
        if f"step_{k}_{name}" in data
    }
    happened = np.ones(len(arrays["successor"]) if head["kind"] == "event" else 0, np.uint8)
    return StepNumbers(
        StepHead(
            head["label"],
            head["kind"],
            head["name"],
            tuple(head["actions"]),
            tuple(
                Mover(label, player, tuple(actions), tuple(types))
                for label, player, actions, types in head["movers"]
            ),
        ),
        StepArrays(**arrays),
        happened,
    )
