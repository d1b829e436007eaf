"""The JSON Schema that editors use, and the words that may be names."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from countermove import language
from countermove.errors import Location
from countermove.language import names
from countermove.language.faults import Faults
from countermove.language.names import check_name, check_slug
from countermove.language.schema_file import ScenarioFile
from countermove.language.scope import FUNCTIONS


def models(schema: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    yield "the file", schema
    yield from schema["$defs"].items()


def test_every_field_and_every_part_says_what_it_is_for() -> None:
    for name, model in models(language.json_schema()):
        assert model["description"].endswith("."), name
        for key, field in model.get("properties", {}).items():
            assert field.get("description", "").endswith("."), f"{name}.{key}"


def test_the_schema_is_json_and_admits_no_unknown_keys() -> None:
    schema = json.loads(json.dumps(language.json_schema()))
    assert schema["$schema"].startswith("https://json-schema.org/")
    assert schema["additionalProperties"] is False
    assert set(schema["properties"]) == set(ScenarioFile.model_fields)
    assert "oneOf" not in json.dumps(schema)
    assert schema["required"] == ["scenario", "calendar", "state", "players"]


@pytest.mark.parametrize(
    ("name", "code", "nearest"),
    [
        ("oil price", "CM054", "oil_price"),
        ("2nd", "CM054", "n_2nd"),
        ("half-open", "CM054", "half_open"),
        ("öl", "CM054", "ol"),
        ("x" * 65, "CM054", ""),
        ("None", "CM056", "none_"),
        ("lambda", "CM056", "lambda_"),
        ("TRUE", "CM055", "true_"),
        ("off", "CM055", "off_"),
        ("rest", "CM057", "rest_"),
        ("where", "CM057", "where_"),
    ],
)
def test_what_may_not_be_a_name_is_told_why(name: str, code: str, nearest: str) -> None:
    faults = Faults()
    assert not check_name("event", name, Location(), faults)
    (fault,) = faults.found
    assert (fault.code, fault.nearest) == (code, nearest)


@pytest.mark.parametrize("name", ["crisis", "a", "_hidden", "Iran", "x2", "action_taken"])
def test_other_identifiers_may(name: str) -> None:
    faults = Faults()
    assert check_name("variable", name, Location(), faults) and not faults.found


def test_functions_of_expressions_are_reserved() -> None:
    assert set(FUNCTIONS) <= names.LANGUAGE_WORDS


@pytest.mark.parametrize(("slug", "fine"), [("us-iraq-2020", True), ("Us", False), ("a--b", False)])
def test_slugs(slug: str, fine: bool) -> None:
    faults = Faults()
    check_slug(slug, Location(), faults)
    assert (faults.found == []) is fine
