"""Loading and checking scenarios: by name, from a file, from a folder or from text."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from countermove.errors import Diagnostics, Location, ScenarioError, nearest_name
from countermove.language.base import open_text, read_file
from countermove.language.build import build
from countermove.language.bundle import bundled, bundled_path
from countermove.language.faults import Faults
from countermove.language.model import Scenario


def load(source: str | Path) -> Scenario:
    """The scenario of a bundled name, a file, or a folder that holds ``scenario.yaml``.

    Raises ``ScenarioError`` with every diagnostic where any of them is an error; warnings alone
    are kept in ``scenario.warnings``.
    """
    faults = Faults()
    return _finished(_from_source(source, faults), faults)


def loads(text: str, *, file: str = "<memory>") -> Scenario:
    """The scenario of a text; ``file`` is the name that diagnostics tell."""
    faults = Faults()
    return _finished(_from_text(text, file, faults), faults)


def check(source: str | Path) -> Diagnostics:
    """Every fault and warning of a scenario, by place; faults in it are never raised."""
    faults = Faults()
    _from_source(source, faults)
    return Diagnostics(faults.sorted())


def check_text(text: str, *, file: str = "<memory>") -> Diagnostics:
    """Every fault and warning of a scenario given as text."""
    faults = Faults()
    _from_text(text, file, faults)
    return Diagnostics(faults.sorted())


def _finished(scenario: Scenario | None, faults: Faults) -> Scenario:
    if scenario is None or faults.has_errors():
        raise ScenarioError(faults.sorted())
    return dataclasses.replace(scenario, warnings=tuple(faults.sorted()))


def _from_source(source: str | Path, faults: Faults) -> Scenario | None:
    path = _find(source, faults)
    if path is None:
        return None
    text = read_file(path, Location(str(path)), faults)
    if text is None:
        return None
    scenario = _from_text(text, str(path), faults)
    if scenario is not None:
        _check_folder(scenario, path, faults)
    return scenario


def _from_text(text: str, file: str, faults: Faults) -> Scenario | None:
    opened = open_text(text, file, faults)
    return build(opened, file, faults) if opened is not None else None


def _find(source: str | Path, faults: Faults) -> Path | None:
    slugs = bundled()
    if isinstance(source, str) and source in slugs:
        return bundled_path(source)
    path = Path(source)
    try:
        if path.is_dir():
            return path / "scenario.yaml"
        if path.exists() or path.suffix or len(path.parts) > 1:
            return path
    except (OSError, ValueError):
        pass
    name = str(source)[:200]
    near = nearest_name(name, slugs)
    faults.add(
        "CM001",
        f"there is no scenario {name!r}",
        Location(name),
        text=name,
        expected="a bundled scenario, a file, or a folder that holds scenario.yaml",
        nearest=near,
        remedy=f"write {near!r}" if near else "`countermove list` shows the bundled ones",
    )
    return None


def _check_folder(scenario: Scenario, path: Path, faults: Faults) -> None:
    folder = path.resolve().parent.name
    if path.name != "scenario.yaml" or not scenario.name or folder == scenario.name:
        return
    faults.add(
        "CM098",
        f"the scenario {scenario.name!r} lies in a folder called {folder!r}",
        Location(str(path), 1, 1),
        severity="warning",
        text=scenario.name,
        expected=f"scenario: {folder}",
        remedy="give the folder the scenario's name",
    )
