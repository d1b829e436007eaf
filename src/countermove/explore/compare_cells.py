"""The cells of a comparison on disk: each is kept as it comes, so that a comparison can go on.

``FOLDER/cells/`` holds ``cells.json``, which says what was computed (scenario, version, measures,
belief points), and a file a cell. A file is written beside its place and renamed onto it, so what
is there is whole. Cells do not depend on which others are asked for: another choice of policies,
views or objective goes on in the same folder.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from pathlib import Path
from typing import Any

from countermove._version import __version__
from countermove.errors import InvalidRequest, OutputExists
from countermove.explore.cases import SOLVED, Case, Outcome
from countermove.explore.compare_request import Request
from countermove.explore.files import clear_partials, is_partial, write_json
from countermove.explore.telltale import Key, Prediction
from countermove.language.expressions import Expression
from countermove.language.model import Scenario

CELLS, IDENTITY = "cells", "cells.json"
FORMAT = 1
OUTPUTS = (
    "comparison.parquet",
    "effects.parquet",
    "regret.parquet",
    "signs.parquet",
    "comparison.html",
    "scenario.yaml",
    "manifest.json",
)

# What is only told of a scenario, or says where it was read, leaves what is computed as it is.
_TOLD = frozenset(
    [
        "location",
        "file",
        "files",
        "text",
        "whole",
        "warnings",
        "coverage",
        "version",
        "title",
        "note",
        "summary",
        "by",
        "cites",
        "interest_cites",
        "claims",
        "sources",
        "assumption",
        "goals",
    ]
)


@dataclass(frozen=True, slots=True)
class Cells:
    """The cells of a folder; made by ``opened``."""

    folder: Path

    def outcome(self, case: Case) -> Outcome | None:
        """What is kept of a case; None where it is still to be solved, or did not work out."""
        found = _read(self.folder / _name(case))
        if found is None or found["status"] != SOLVED or found["of"] != _of(case):
            return None
        values = {key: math.nan if v is None else float(v) for key, v in found["values"].items()}
        return Outcome(case, found["status"], values, found["residual"], found["unsolved"])

    def keep(self, outcome: Outcome) -> None:
        """Keep what came of a case, solved or not."""
        _write(
            self.folder / _name(outcome.case),
            {
                "of": _of(outcome.case),
                "status": outcome.status,
                "residual": outcome.residual,
                "unsolved": outcome.unsolved,
                "values": dict(outcome.values),
            },
        )

    def prediction(self, view: str) -> Prediction | None:
        """What is kept of what a view expects; None where it is still to be solved."""
        found = _read(self.folder / _sign_name(view))
        if found is None or found["status"] != SOLVED or found["of"] != view:
            return None
        outcomes: dict[Key, tuple[str, ...]] = {}
        odds: dict[Key, tuple[float, ...]] = {}
        for seen in found["seen"]:
            key: Key = (seen["kind"], seen["name"], seen["period"])
            outcomes[key], odds[key] = tuple(seen["outcomes"]), tuple(seen["odds"])
        return Prediction(view, found["status"], outcomes, odds)

    def keep_prediction(self, prediction: Prediction) -> None:
        """Keep what a view expects, solved or not."""
        seen = [
            {
                "kind": key[0],
                "name": key[1],
                "period": key[2],
                "outcomes": prediction.outcomes[key],
                "odds": odds,
            }
            for key, odds in prediction.odds.items()
        ]
        _write(
            self.folder / _sign_name(prediction.view),
            {"of": prediction.view, "status": prediction.status, "seen": seen},
        )


def opened(folder: str | Path, request: Request, *, overwrite: bool = False) -> Cells:
    """The cells of a folder, which is made where it is not there.

    Raises ``OutputExists`` where the folder holds something else, or cells of another scenario,
    version, choice of measures or belief grid; with ``overwrite`` those are deleted.
    """
    target = Path(folder)
    identity = identity_of(request)
    _refuse_foreign(target)
    for place in (target, target / CELLS):
        clear_partials(place)
    kept = _read(target / CELLS / IDENTITY)
    if kept is not None and kept != identity:
        if not overwrite:
            raise OutputExists(_differs(target, kept, identity))
        _clear(target)
        kept = None
    if kept is None:
        try:
            (target / CELLS).mkdir(parents=True, exist_ok=True)
        except FileExistsError:
            raise InvalidRequest(f"{target} cannot be a folder; name another") from None
        _write(target / CELLS / IDENTITY, identity)
    return Cells(target / CELLS)


def identity_of(request: Request) -> dict[str, Any]:
    """What cells depend on."""
    points = request.belief_points
    return {
        "format": FORMAT,
        "countermove": __version__,
        "scenario": request.scenario.name,
        "fingerprint": fingerprint(request.scenario),
        "measures": None if request.measures is None else list(request.measures),
        "belief_points": dict(points) if isinstance(points, Mapping) else points,
    }


def fingerprint(scenario: Scenario) -> str:
    """A hash of what a scenario computes: its numbers, rules and measures, not its notes."""
    text = json.dumps(_plain(scenario), ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(value: Any) -> Any:
    match value:
        case Expression():
            return repr(value.node)
        case Mapping():
            return {str(key): _plain(below) for key, below in value.items()}
        case tuple() | list():
            return [_plain(below) for below in value]
        case frozenset() | set():
            return sorted(map(str, value))
        case None | bool() | int() | float() | str():
            return value
        case _ if is_dataclass(value):
            told = {f.name: getattr(value, f.name) for f in fields(value) if f.name not in _TOLD}
            return [type(value).__name__, {name: _plain(below) for name, below in told.items()}]
    return str(value)


def _differs(target: Path, kept: Mapping[str, Any], identity: Mapping[str, Any]) -> str:
    said = {
        "format": "a form that this version does not read",
        "countermove": f"version {kept.get('countermove')}",
        "scenario": f"scenario {kept.get('scenario')!r}",
        "fingerprint": "another state of the scenario",
        "measures": "another choice of measures",
        "belief_points": "other belief points",
    }
    differing = [name for name in said if kept.get(name) != identity.get(name)]
    if "scenario" in differing:
        differing.remove("fingerprint")
    about = ", ".join(said[name] for name in differing) or "something else"
    return (
        f"{target} holds a comparison of {about}; start anew with --overwrite (overwrite=True in "
        "Python) or name another folder"
    )


def _refuse_foreign(target: Path) -> None:
    """Raise where the folder holds files that no comparison wrote."""
    if not target.exists():
        return
    if not target.is_dir():
        raise OutputExists(f"{target} is there and is no folder; name another")
    names = {path.name for path in target.iterdir() if not is_partial(path)}
    begun = (target / CELLS / IDENTITY).exists() or not _holds_any(target / CELLS)
    foreign = sorted(names - {CELLS, *OUTPUTS} if begun else names)
    if foreign:
        shown = ", ".join(foreign[:3]) + (", …" if len(foreign) > 3 else "")
        raise OutputExists(
            f"{target} holds files that no comparison wrote ({shown}) and is left alone; move them "
            "or name another folder"
        )


def _holds_any(folder: Path) -> bool:
    """Is there anything but what a killed comparison left half-written?"""
    return folder.exists() and not all(is_partial(path) for path in folder.iterdir())


def _clear(target: Path) -> None:
    """Delete a comparison: what says that it is one goes last."""
    for name in OUTPUTS:
        (target / name).unlink(missing_ok=True)
    for path in sorted((target / CELLS).glob("*.json")):
        if path.name != IDENTITY:
            path.unlink()
    (target / CELLS / IDENTITY).unlink()


def _name(case: Case) -> str:
    return f"{case.view or '-'}.{case.policy or '-'}.{case.met}.json"  # no name is a dash


def _of(case: Case) -> list[str | None]:
    """Whose cell it is: some file systems take names that differ in capitals for the same."""
    return [case.view, case.policy, case.met]


def _sign_name(view: str) -> str:
    return f"{'-' if view.startswith('(') else view}.signs.json"


def _read(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except ValueError:
        raise OutputExists(
            f"{path} is no cell of a comparison; delete it, or name another folder"
        ) from None


def _write(path: Path, data: Mapping[str, Any]) -> None:
    """Write a file whole or not at all; numbers that are not finite become null."""
    write_json(path, _finite(data))


def _finite(value: Any) -> Any:
    match value:
        case Mapping():
            return {str(key): _finite(below) for key, below in value.items()}
        case list() | tuple():
            return [_finite(below) for below in value]
        case float():
            return value if math.isfinite(value) else None
    return value
