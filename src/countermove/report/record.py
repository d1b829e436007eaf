"""How a result was made, in plain words: the manifest as rows of a table for people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from countermove.language import words


def rows(manifest: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What the manifest holds as (about, text); what was left out or empty is not told."""
    told = [
        ("Files read", _pairs(manifest.get("inputs", {}), join=", SHA-256 ")),
        ("Asked for", _pairs(manifest.get("options", {}))),
        ("Simulation", _pairs(manifest.get("simulation") or {})),
        ("States", f"{manifest['states']:,}" if "states" in manifest else ""),
        ("Residual", f"{manifest['residual']:.1e}" if "residual" in manifest else ""),
        ("Fixed points", _fixed(manifest.get("fixed_points") or {})),
        ("Seconds taken", _pairs(manifest.get("times", {}))),
        ("Versions", _pairs(manifest.get("versions", {}))),
        ("Made", str(manifest.get("created", "")).replace("T", " ").replace("+00:00", " UTC")),
    ]
    return [(about, text) for about, text in told if text]


def _fixed(record: Mapping[str, Any]) -> str:
    if not record:
        return ""
    return f"{record['sought']:,} sought, {record['unsolved']:,} not found"


def _pairs(values: Mapping[str, Any], *, join: str = " ") -> str:
    shown = {name: _shown(value) for name, value in values.items()}
    return "; ".join(f"{words.plain_name(n)}{join}{text}" for n, text in shown.items() if text)


def _shown(value: Any) -> str:
    match value:
        case None:
            return ""
        case Mapping():
            return ", ".join(f"{name} = {below}" for name, below in value.items())
        case list() | tuple():
            return ", ".join(map(_shown, value))
        case float():
            return words.number(value)
        case True:
            return "yes"
        case False:
            return ""
        case bool() | str():
            return str(value)
    return f"{value:,}"
