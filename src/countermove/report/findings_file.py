"""``findings.json``: what a run found, kept so that its page can be written again without solving.

Everything but the scenario itself, of which the hash of what it computes is kept.
"""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_type_hints

from countermove.errors import InvalidRequest
from countermove.report.records import Findings
from countermove.report.why import Told

if TYPE_CHECKING:
    from pydantic import TypeAdapter

    from countermove.language.model import Scenario

FINDINGS = "findings.json"
FORMAT = 1


def write_findings(path: Path, findings: Findings, explanations: tuple[Told, ...] = ()) -> None:
    """Write what a run found, and its explanations."""
    from countermove.explore.compare_cells import fingerprint

    kept = {name: getattr(findings, name) for name in _adapters() if name != "explanations"}
    plain = {name: _adapters()[name].dump_python(value) for name, value in kept.items()}
    plain["explanations"] = _adapters()["explanations"].dump_python(explanations)
    data = {"format": FORMAT, "fingerprint": fingerprint(findings.scenario)} | _finite(plain)
    path.write_text(json.dumps(data, ensure_ascii=False, allow_nan=False), encoding="utf-8")


def read_findings(path: Path, scenario: Scenario) -> tuple[Findings, tuple[Told, ...]] | None:
    """What a run of this scenario found; None where it was of another state of the scenario.

    Raises ``InvalidRequest`` where the file is missing or cannot be read.
    """
    from countermove.explore.compare_cells import fingerprint

    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        if data["format"] != FORMAT:
            raise ValueError("another form")
        if data["fingerprint"] != fingerprint(scenario):
            return None
        read = {name: adapter.validate_python(data[name]) for name, adapter in _adapters().items()}
    except FileNotFoundError:
        raise InvalidRequest(
            f"{path.parent} holds no {FINDINGS}, as it was written by an earlier version: run the "
            "scenario again with --overwrite"
        ) from None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InvalidRequest(
            f"{path} is not as a run wrote it ({type(error).__name__}): run the scenario again "
            "with --overwrite"
        ) from None
    explanations = read.pop("explanations")
    return Findings(scenario=scenario, **read), explanations


@cache
def _adapters() -> dict[str, TypeAdapter[Any]]:
    """How each field is read and written."""
    from pydantic import TypeAdapter

    from countermove.game.forms import Form
    from countermove.solve.others import Others

    names = {"Form": Form, "Others": Others}
    hints: dict[str, Any] = get_type_hints(Findings, localns=names)
    hints["explanations"] = tuple[Told, ...]
    found = {}
    for field in (*(f.name for f in dataclasses.fields(Findings)), "explanations"):
        if field != "scenario":
            adapter: TypeAdapter[Any] = TypeAdapter(hints[field])
            adapter.rebuild(force=True, _types_namespace=names)
            found[field] = adapter
    return found


def _finite(value: Any) -> Any:
    """JSON has no numbers that are not finite: they become their names, which are read as such."""
    match value:
        case Mapping():
            return {str(key): _finite(below) for key, below in value.items()}
        case list() | tuple():
            return [_finite(below) for below in value]
        case set() | frozenset():
            return sorted(value)
        case float():
            return value if math.isfinite(value) else str(value)
    return value
