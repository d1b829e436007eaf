"""Which folder ``countermove explore`` means: where rows go, and whose status is asked for."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from countermove.explore.sweep_status import Status
    from countermove.language import Scenario


def refuse_exploration(source: str) -> None:
    """Raise where an exploration is named as the scenario: its rows would go elsewhere."""
    from countermove.errors import InvalidRequest
    from countermove.explore.files import read_json
    from countermove.explore.sweep_files import MANIFEST

    if (read_json(Path(source) / MANIFEST) or {}).get("kind") == "exploration":
        raise InvalidRequest(
            f"{source} is an exploration: to go on with it, give the command that it was begun "
            f"with, or say --output {shlex.quote(source)} and ask for the same views and policies"
        )


def default_output(source: str, scenario: Scenario) -> Path:
    """``explorations/NAME``, named after the scenario."""
    return Path("explorations") / (scenario.name or Path(source).stem)


def status_of(source: str, output: Path | None, of: str | None) -> Status:
    """The status of the folder named, or of the scenario's own folder."""
    from countermove import language
    from countermove.explore.objectives import parse_objective
    from countermove.explore.sweep_files import MANIFEST, SCENARIO
    from countermove.explore.sweep_status import status

    named = Path(source)
    missing = not named.exists() and source not in language.bundled()
    if output is not None:
        folder = output
    elif missing or (named / MANIFEST).is_file():
        folder = named
    else:
        folder = default_output(source, language.load(source))
    kept = folder / SCENARIO
    goal = parse_objective(language.load(kept), of) if of and kept.is_file() else None
    return status(folder, goal)
