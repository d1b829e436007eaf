"""The scenario language: YAML text to a checked, resolved ``Scenario``."""

from countermove.language.bundle import bundled, bundled_path
from countermove.language.format import format_text
from countermove.language.load import check, check_text, load, loads
from countermove.language.model import Scenario
from countermove.language.schema_file import json_schema

__all__ = [
    "Scenario",
    "bundled",
    "bundled_path",
    "check",
    "check_text",
    "format_text",
    "json_schema",
    "load",
    "loads",
]
