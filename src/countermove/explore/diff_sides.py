"""One side of a comparison of versions: a scenario, or what a folder of results came from."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from countermove.errors import InvalidRequest, unknown
from countermove.game.game import values_of
from countermove.language.load import load, loads
from countermove.language.model import Scenario

SOLUTION, MANIFEST, SCENARIO = "solution.nc", "manifest.json", "scenario.yaml"
_TOLD = ("paths", "seed", "log", "threads", "max_memory", "worlds", "method")


@dataclass(frozen=True, slots=True)
class Point:
    """Where a scenario is solved: view, policy, numbers, start and grids, as in ``compile``."""

    view: str | None = None
    policy: str | None = None
    set: Mapping[str, float] = field(default_factory=dict)
    start: Mapping[str, str] = field(default_factory=dict)
    at: int | str | None = None
    beliefs: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    belief_points: Mapping[str, int] = field(default_factory=dict)
    rationality_factor: float = 1.0


@dataclass(frozen=True, slots=True)
class Side:
    """A scenario, where it is solved, and what is known of an earlier run.

    ``kind`` is ``scenario``, ``run`` or what a manifest says. ``stored`` are the answers of the
    run, by key; ``told`` its versions, seed and options, which move no exact answer.
    """

    source: str
    scenario: Scenario
    point: Point = field(default_factory=Point)
    kind: str = "scenario"
    stored: Mapping[str, float] = field(default_factory=dict)
    told: Mapping[str, Any] = field(default_factory=dict)


def side_of(source: str | Path | Scenario) -> Side:
    """Read one side: a ``Scenario``, a bundled name, a file, a folder, or a folder of results.

    Raises ``ScenarioError`` where the scenario has faults, ``InvalidRequest`` where a folder of
    results cannot be read or carries no scenario.
    """
    if isinstance(source, Scenario):
        return Side(source.name, source)
    path = Path(source)
    if path.suffix == ".nc" and path.is_file():
        return _run(path, {})
    manifest = path / MANIFEST
    if not manifest.is_file():
        return Side(str(source), load(source))
    about = _json(manifest)
    if (path / SOLUTION).is_file():
        return _run(path / SOLUTION, about)
    if (path / SCENARIO).is_file():
        return _folder(path, about)
    raise InvalidRequest(
        f"{path} holds a manifest, but neither {SOLUTION} nor {SCENARIO}: name a scenario, or a "
        "folder of results that carries its scenario"
    )


def chosen(
    side: Side,
    *,
    view: str | None = None,
    policy: str | None = None,
    set: Mapping[str, float] | None = None,
) -> Side:
    """The side with another view, policy or numbers, where they are given.

    Raises ``UnknownName`` that tells which side lacks the name.
    """
    point = replace(
        side.point,
        view=view or side.point.view,
        policy=policy or side.point.policy,
        set={**side.point.set, **(set or {})},
    )
    known = side.scenario
    for kind, name, names in (
        ("view", point.view, known.views),
        ("policy", point.policy, known.policies),
        *(("parameter", name, known.parameters) for name in point.set),
    ):
        if name is not None and name not in names:
            error = unknown(kind, name, list(names))
            raise type(error)(f"in {side.source}, {error}")
    return replace(side, point=point)


def _folder(path: Path, about: Mapping[str, Any]) -> Side:
    text = (path / SCENARIO).read_text(encoding="utf-8")
    kind = str(about.get("kind", "result"))
    return Side(str(path), loads(text, file=str(path / SCENARIO)), Point(), kind, {}, _told(about))


def _run(path: Path, manifest: Mapping[str, Any]) -> Side:
    about = _about(path)
    if "scenario" not in about:
        raise InvalidRequest(
            f"{path} is the solution of a game made from arrays, which carries no scenario: name a "
            "solution of a scenario file"
        )
    scenario = loads(about["scenario"], file=about["file"])
    told = _told({**manifest, "versions": about["versions"]})
    source = str(path.parent if path.name == SOLUTION else path)
    return Side(source, scenario, _point(scenario, about), "run", _stored(about), told)


def _about(path: Path) -> dict[str, Any]:
    """What a solution's file says of itself, without its arrays."""
    import h5py

    try:
        with h5py.File(path) as file:
            found = json.loads(file.attrs["countermove"])
    except (OSError, KeyError, ValueError, TypeError) as error:
        raise InvalidRequest(f"{path} is not a solution that Countermove wrote: {error}") from error
    return dict(found)


def _point(scenario: Scenario, about: Mapping[str, Any]) -> Point:
    """Where the run was solved: only what departs from the scenario."""
    own = values_of(scenario, about["view"])
    starts = {v.name: v.levels[v.start] for v in scenario.variables}
    return Point(
        view=about["view"],
        policy=about["policy"],
        set={n: v for n, v in about["parameters"].items() if n in own and v != own[n]},
        start={n: v for n, v in about["start_levels"].items() if n in starts and v != starts[n]},
        at=about["start_period"] or None,
        beliefs={
            player: dict(zip(scenario.player(player).types, chances, strict=True))
            for player, chances in about["start_beliefs"].items()
        },
        belief_points=about["belief_points"],
        rationality_factor=about["rationality_factor"],
    )


def _stored(about: Mapping[str, Any]) -> dict[str, float]:
    found = {m["name"]: m["value"] for m in about["measures"]}
    found |= {f"{m['name']}.periods": m["mean_censored"] for m in about["measures"]}
    found |= {f"payoff({player})": value for player, value in about["payoffs"].items()}
    return {key: float(value) for key, value in found.items() if value is not None}


def _told(about: Mapping[str, Any]) -> dict[str, Any]:
    """Versions, seed and effort of a result, by name."""
    versions = about.get("versions") or {"countermove": about.get("countermove")}
    found = {f"version of {name}": number for name, number in versions.items()}
    for options in (about, about.get("options") or {}):
        found |= {name: options[name] for name in _TOLD if name in options}
    return {name: value for name, value in found.items() if value is not None}


def _json(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise InvalidRequest(f"{path} is no manifest that can be read: {error}") from error
    if not isinstance(found, dict):
        raise InvalidRequest(f"{path} is no manifest that Countermove wrote")
    return found
