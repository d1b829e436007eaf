"""A solution as one netCDF file: labelled results for anyone, and all that is needed to go on.

State variables are stored as whole numbers with CF ``flag_meanings``; the scenario's text and the
options travel as attributes, so that the game can be built again; a game made from arrays carries
its arrays.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from countermove.errors import InvalidRequest
from countermove.game.arrays import ArraysWorld
from countermove.game.columns import Column, Reading
from countermove.game.game import Game
from countermove.game.numbers import StepArrays, StepNumbers
from countermove.language.model import Measure
from countermove.solve.backward import Backward
from countermove.solve.measures import MeasureResult

if TYPE_CHECKING:
    import xarray as xr

    from countermove.solve.solution import Solution

FORMAT = 1
_PACK = {"zlib": True, "complevel": 1, "shuffle": True}


def save(solution: Solution, path: str | Path) -> None:
    """Write a solution to one netCDF-4 file, atomically."""
    target = Path(path)
    data = dataset(solution)
    data.attrs["countermove"] = json.dumps(_about(solution))
    game = solution.game
    if game.structure is None:
        data = data.assign(_arrays(game))
    partial = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        encoding = {
            name: _PACK
            for name, variable in data.variables.items()
            if variable.ndim and variable.size
        }
        data.to_netcdf(partial, engine="h5netcdf", encoding=encoding)
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)


def dataset(solution: Solution) -> xr.Dataset:
    """Values, strategies and measures as one dataset with plain coordinates."""
    import xarray as xr

    game = solution.game
    levels = np.arange(game.n_states)[:, None] if game.structure is None else game.structure.levels
    coordinates: dict[str, Any] = {
        "period": solution.period_labels,
        "column": solution.values["column"].to_numpy().astype(str),
    }
    for i, (name, names) in enumerate(zip(game.variables, game.level_names, strict=True)):
        about = {"flag_meanings": " ".join(names)} if game.structure is not None else {}
        code = np.min_scalar_type(max(len(names) - 1, 0))
        coordinates[f"variable_{name}"] = ("state", levels[:, i].astype(code), about)
    found: dict[str, Any] = {"value": (("period", "state", "column"), solution.values.to_numpy())}
    for label, strategy in solution.strategies.items():
        actions = f"action_{label}"
        coordinates[actions] = strategy["action"].to_numpy().astype(str)
        found[f"strategy_{label}"] = (("period", "state", actions), strategy.to_numpy())
    measures = list(solution.measures)
    found["measure"] = (("name",), np.array([solution.measures[n].value for n in measures]))
    coordinates["name"] = np.array(measures, dtype=str) if measures else np.empty(0, "U1")
    return xr.Dataset(found, coords=coordinates)


def _about(solution: Solution) -> dict[str, Any]:
    game = solution.game
    about: dict[str, Any] = {
        "format": FORMAT,
        "name": game.name,
        "players": game.players,
        "start": game.start,
        "start_period": game.start_period,
        "periods": game.periods,
        "view": game.view,
        "policy": game.policy,
        "parameters": dict(game.parameters),
        "rationality_factor": game.rationality_factor,
        "status": solution.status,
        "residual": solution.residual,
        "wall_time": solution.wall_time,
        "versions": dict(solution.versions),
        "measures": [asdict(m) for m in solution.measures.values()],
        "payoffs": dict(solution.payoffs),
    }
    if game.scenario is not None:
        about["scenario"] = game.scenario.whole
        about["file"] = Path(game.scenario.file).name
        about["start_levels"] = game.state(game.start)
    return about


def load_solution(path: str | Path) -> Solution:
    """Read a solution back; its game is built again from what the file carries.

    Raises ``InvalidRequest`` for a file that is missing or is no solution.
    """
    import xarray as xr

    try:
        with xr.open_dataset(path, engine="h5netcdf") as data:
            about = json.loads(data.attrs["countermove"])
            data.load()
        return _solution(path, about, data)
    except (OSError, KeyError, ValueError, TypeError) as error:
        raise InvalidRequest(f"{path} is not a solution that Countermove wrote: {error}") from error


def _solution(path: str | Path, about: Mapping[str, Any], data: xr.Dataset) -> Solution:
    from countermove.solve.solution import Solution

    if about["format"] != FORMAT:
        raise InvalidRequest(
            f"{path} has format {about['format']}; this version reads {FORMAT}: solve again"
        )
    game = _game(about, data)
    values = np.zeros((data.sizes["period"] + 1, data.sizes["state"], data.sizes["column"]))
    values[:-1] = np.nan_to_num(data["value"].to_numpy())
    if values.shape[1:] != (game.n_states, len(game.columns)):
        raise InvalidRequest(
            f"{path} was written by version {about['versions']['countermove']}, which builds "
            "another game from the same scenario: solve again"
        )
    return Solution(
        game=game,
        found=Backward(values, None),
        status=about["status"],
        residual=about["residual"],
        wall_time=about["wall_time"],
        versions=about["versions"],
        measures={m["name"]: MeasureResult(**m) for m in about["measures"]},
        payoffs=about["payoffs"],
    )


def _game(about: Mapping[str, Any], data: xr.Dataset) -> Game:
    if "scenario" not in about:
        return _game_from_arrays(about, data)
    from countermove.game.game import compile
    from countermove.language import loads

    scenario = loads(about["scenario"], file=about["file"])
    names = [v.name for v in scenario.variables]
    return compile(
        scenario,
        view=about["view"],
        policy=about["policy"],
        set=about["parameters"],
        rationality_factor=about["rationality_factor"],
        start={n: level for n, level in about["start_levels"].items() if n in names},
        at=about["start_period"],
    )


def _arrays(game: Game) -> dict[str, Any]:
    """The arrays of a game without a scenario, as variables of the file."""
    world = game.world
    if not isinstance(world, ArraysWorld):
        raise InvalidRequest("only games from a scenario or from arrays can be saved")
    found: dict[str, Any] = {}
    for name in ("add", "keep", "final", "over", "carry"):
        found[f"game_{name}"] = _variable(f"game_{name}", getattr(world, name))
    for k, step in enumerate(world.numbers):
        for name, value in step.arrays._asdict().items():
            if isinstance(value, np.ndarray):
                found[f"step_{k}_{name}"] = _variable(f"step_{k}_{name}", value)
        head = {
            "label": step.label,
            "kind": step.kind,
            "name": step.name,
            "actions": list(step.actions),
            "player": step.arrays.player,
            "rationality": step.arrays.rationality,
        }
        found[f"step_{k}"] = ((), 0, {"about": json.dumps(head)})
    columns = [[c.name, c.kind, c.player] for c in game.columns]
    readings = [
        [name, r.measure.kind, r.measure.text, r.value, r.mean] for name, r in game.readings.items()
    ]
    head = {"columns": columns, "readings": readings, "levels": list(game.level_names[0])}
    found["game"] = ((), 0, {"about": json.dumps(head)})
    return found


def _variable(name: str, value: Any) -> Any:
    return tuple(f"{name}_{axis}" for axis in range(value.ndim)), value


def _game_from_arrays(about: Mapping[str, Any], data: xr.Dataset) -> Game:
    head = json.loads(data["game"].attrs["about"])
    steps: list[StepNumbers] = []
    while f"step_{len(steps)}" in data:
        steps.append(_step(data, len(steps)))
    arrays: dict[str, Any] = {
        name: data[f"game_{name}"].to_numpy() for name in ("add", "keep", "final", "over", "carry")
    }
    players = tuple(about["players"])
    n = len(arrays["add"])
    world = ArraysWorld(
        tuple(steps),
        everyone=np.arange(n, dtype=np.int32),
        n_payoffs=len(players),
        periods=about["periods"],
        **arrays,
    )
    return Game(
        name=about["name"],
        players=players,
        columns=tuple(Column(name, kind, player=player) for name, kind, player in head["columns"]),
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
    arrays["player"], arrays["rationality"] = head["player"], head["rationality"]
    happened = np.ones(len(arrays["successor"]) if head["kind"] == "event" else 0, np.uint8)
    return StepNumbers(
        head["label"],
        head["kind"],
        head["name"],
        tuple(head["actions"]),
        StepArrays(**arrays),
        happened,
    )
