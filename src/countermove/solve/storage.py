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
from countermove.game.game import Game
from countermove.game.numbers import World
from countermove.solve.backward import Backward
from countermove.solve.measures import MeasureResult
from countermove.solve.others import Others
from countermove.solve.record import Record
from countermove.solve.storage_arrays import arrays_of, game_from_arrays

if TYPE_CHECKING:
    import xarray as xr

    from countermove.solve.solution import Solution

FORMAT = 3
_STORED_BYTES = 1 << 27  # values and strategies beyond this are found again on loading
_PACK = {"zlib": True, "complevel": 1, "shuffle": True}


def save(solution: Solution, path: str | Path) -> None:
    """Write a solution to one netCDF-4 file, atomically."""
    target = Path(path)
    data = dataset(solution)
    data.attrs["countermove"] = json.dumps(_about(solution))
    game = solution.game
    if game.structure is None:
        data = data.assign(arrays_of(game))
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
    """Values, strategies and measures as one dataset with plain coordinates.

    Of a game with beliefs whose values and strategies are large, the measures alone.
    """
    import xarray as xr

    measures = list(solution.measures)
    found: dict[str, Any] = {
        "measure": (("name",), np.array([solution.measures[n].value for n in measures]))
    }
    names = np.array(measures, dtype=str) if measures else np.empty(0, "U1")
    if not _is_stored(solution.game):
        return xr.Dataset(found, coords={"name": names})

    game = solution.game
    levels = np.arange(game.n_states)[:, None] if game.structure is None else game.structure.levels
    coordinates: dict[str, Any] = {
        "name": names,
        "period": solution.period_labels,
        "column": solution.values["column"].to_numpy().astype(str),
    }
    for i, (name, known) in enumerate(zip(game.variables, game.level_names, strict=True)):
        about = {"flag_meanings": " ".join(known)} if game.structure is not None else {}
        code = np.min_scalar_type(max(len(known) - 1, 0))
        coordinates[f"variable_{name}"] = ("state", levels[:, i].astype(code), about)
    found["value"] = (solution.values.dims, solution.values.to_numpy())
    for label, strategy in solution.strategies.items():
        own = {d: f"{d}_{label}" if d in ("type", "action") else str(d) for d in strategy.dims}
        for dim in own.keys() & {"type", "action"}:
            coordinates[own[dim]] = strategy[dim].to_numpy().astype(str)
        dims = tuple(own.values())
        found[f"strategy_{label}"] = (dims, strategy.to_numpy())
    for j, axis in enumerate(solution.game.world.beliefs.axes):
        for k, name in enumerate(axis.types):
            chances = solution.game.world.beliefs.probabilities(j)[:, k]
            coordinates[f"belief_{axis.player}_{name}"] = ("belief", chances)
    return xr.Dataset(found, coords=coordinates)


def _is_stored(game: Game) -> bool:
    """Are values and strategies few enough to be worth storing?"""
    world = game.world
    widths = world.n_payoffs + sum(head.width for head in world.steps)
    rows = world.n_states * world.beliefs.size * (game.periods - game.start_period)
    return world.beliefs.size == 1 or 8 * rows * widths <= _STORED_BYTES


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
        "record": solution.record.as_plain(),
        "residual": solution.residual,
        "wall_time": solution.wall_time,
        "versions": dict(solution.versions),
        "measures": [asdict(m) for m in solution.measures.values()],
        "payoffs": dict(solution.payoffs),
        "type_payoffs": [[*key, value] for key, value in solution.type_payoffs.items()],
        "others": None if solution.others is None else asdict(solution.others),
        "stored": _is_stored(game),
        "first": solution.found.first.tolist(),
    }
    if game.scenario is not None:
        about["scenario"] = game.scenario.whole
        about["file"] = Path(game.scenario.file).name
        about["start_levels"] = game.state(game.start)
        about["start_beliefs"] = {p: list(chances) for p, chances in game.start_beliefs.items()}
        about["belief_points"] = dict(game.belief_points)
    return about


def load_solution(path: str | Path) -> Solution:
    """Read a solution back; its game is built again from what the file carries.

    Where values and strategies were too many to store, the game is solved again.

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
    return Solution(
        game=game,
        found=_found(path, about, data, game),
        status=about["status"],
        residual=about["residual"],
        wall_time=about["wall_time"],
        versions=about["versions"],
        measures={m["name"]: MeasureResult(**m) for m in about["measures"]},
        payoffs=about["payoffs"],
        type_payoffs={(player, name): value for player, name, value in about["type_payoffs"]},
        others=None if about["others"] is None else Others(**about["others"]),
    )


def _found(path: str | Path, about: Mapping[str, Any], data: xr.Dataset, game: Game) -> Backward:
    """What the recursion had found, from the file or by going through it again."""
    world = game.world
    record = Record.of(world)
    record.take(about["record"])
    if not about["stored"]:
        from countermove.solve.solve import solve

        again = solve(game)
        kept = data["measure"].to_numpy()
        if not np.allclose(kept, [m.value for m in again.measures.values()], equal_nan=True):
            raise _outdated(path, about)
        return again.found
    values = np.nan_to_num(data["value"].to_numpy())
    rows = world.n_states * world.beliefs.size
    if values.size != len(values) * rows * values.shape[-1] or values.shape[1] != world.n_states:
        raise _outdated(path, about)
    values = values.reshape(len(values), rows, -1)
    following = values[-1:] if world.stationary else np.zeros_like(values[-1:])
    first = np.array(about["first"])
    strategies = _strategies(data, world)
    starts: list[list[Any]] = [[None] * len(world.steps) for _ in values]
    return Backward(np.concatenate([values, following]), first, strategies, starts, record)


def _outdated(path: str | Path, about: Mapping[str, Any]) -> InvalidRequest:
    return InvalidRequest(
        f"{path} was written by version {about['versions']['countermove']}, which builds "
        "another game from the same scenario: solve again"
    )


def _strategies(data: xr.Dataset, world: World) -> list[list[np.ndarray]]:
    """Each period's strategies [S, B * Z] by step."""
    shape = (world.n_states, world.beliefs.size)
    found: list[list[np.ndarray]] = []
    for t in range(data.sizes["period"]):
        steps = []
        for head in world.steps:
            parts = [
                np.nan_to_num(data[f"strategy_{m.label}"].to_numpy()[t]).reshape(*shape, -1)
                for m in head.movers
            ]
            joined = np.concatenate(parts, axis=2) if parts else np.zeros((*shape, 1))
            steps.append(joined.reshape(world.n_states, -1))
        found.append(steps)
    return found


def _game(about: Mapping[str, Any], data: xr.Dataset) -> Game:
    if "scenario" not in about:
        return game_from_arrays(about, data)
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
        beliefs={
            player: dict(zip(scenario.player(player).types, chances, strict=True))
            for player, chances in about["start_beliefs"].items()
        },
        belief_points=about["belief_points"],
    )
