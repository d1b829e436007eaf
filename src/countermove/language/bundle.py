"""The scenarios that come with the package."""

from __future__ import annotations

from functools import cache
from importlib import resources
from pathlib import Path

from countermove.errors import unknown


@cache
def bundled() -> tuple[str, ...]:
    """The names of the bundled scenarios, sorted."""
    return tuple(sorted(path.name for path in _folder().iterdir() if _holds_scenario(path)))


def bundled_path(slug: str) -> Path:
    """The file of a bundled scenario; raises ``UnknownName`` where there is none of that name."""
    if slug not in bundled():
        raise unknown("bundled scenario", slug, bundled())
    return _folder() / slug / "scenario.yaml"


def _folder() -> Path:
    # The wheel is installed as files: a zip has no paths to hand out.
    return Path(str(resources.files("countermove.scenarios")))


def _holds_scenario(path: Path) -> bool:
    return (path / "scenario.yaml").is_file()
