"""Tables by a variable or a latest action: what they become and what is wrong with them."""

from __future__ import annotations

import dataclasses

import pytest

from countermove.errors import Location
from countermove.language.expressions import (
    Choice,
    Last,
    LevelPosition,
    Number,
    ParameterRef,
    TypeOf,
)
from countermove.language.model import Variable
from countermove.language.parse import Scope, build_choice

PLACE = Location("crisis.yaml", 8, 20)
SCOPE = Scope(
    variables={"crisis": Variable("crisis", ("calm", "threatened", "open"), (0.0, 1.0, 2.0), 0)},
    players={"sender": ("wait", "threaten")},
)
ONE, TWO, THREE = Number(1), Number(2), ParameterRef("cost")


def cases(*pairs):
    return [(name, node, Location("crisis.yaml", 9 + i, 4)) for i, (name, node) in enumerate(pairs)]


def test_a_table_by_a_variable_goes_by_position():
    rows = cases(("open", ONE), ("calm", TWO), ("threatened", THREE))
    node, faults = build_choice("crisis", rows, None, SCOPE, PLACE)
    assert faults == []
    assert node == Choice(LevelPosition("crisis"), ((2, ONE), (0, TWO), (1, THREE)), None)


def test_a_table_by_the_latest_action_counts_nothing_as_0():
    rows = cases(("nothing", ONE), ("threaten", TWO))
    node, faults = build_choice(" last( sender ) ", rows, THREE, SCOPE, PLACE)
    assert faults == []
    assert node == Choice(Last("sender"), ((0, ONE), (2, TWO)), THREE)


@pytest.mark.parametrize(
    ("by", "code", "message", "nearest"),
    [
        ("crises", "CM035", "cannot go by 'crises'", "crisis"),
        ("last(sendr)", "CM035", "cannot go by 'last(sendr)'", "last(sender)"),
        ("crisis + 1", "CM035", "cannot go by", "crisis"),
        (3, "CM035", "cannot go by '3'", ""),
        (None, "CM035", "cannot go by 'None'", ""),
        ("type", "CM200", "stands only in interests and costs", ""),
        ("type(sender)", "CM200", "stands only in interests and costs", ""),
    ],
)
def test_a_table_goes_by_a_variable_or_a_latest_action(by, code, message, nearest):
    node, (fault,) = build_choice(by, cases(("calm", ONE)), TWO, SCOPE, PLACE)
    assert node is None
    assert fault.code == code
    assert message in fault.message
    assert (fault.nearest, fault.location) == (nearest, PLACE)
    assert fault.remedy


def test_a_value_that_holds_throughout_has_no_table():
    for by in ("crisis", "last(sender)"):
        node, (fault,) = build_choice(by, cases(("calm", ONE)), TWO, SCOPE, PLACE, kind="parameter")
        assert node is None
        assert (fault.code, fault.text) == ("CM048", by)


def test_a_table_by_a_type_goes_by_position():
    scope = dataclasses.replace(SCOPE, types={"sender": ("bold", "shy")}, bearer="sender")
    for by in ("type", " type( sender ) "):
        rows = cases(("shy", ONE), ("bold", TWO))
        node, faults = build_choice(by, rows, None, scope, PLACE, kind="cost")
        assert faults == []
        assert node == Choice(TypeOf("sender"), ((1, ONE), (0, TWO)), None)
    node, faults = build_choice("type", cases(("bld", ONE)), None, scope, PLACE, kind="cost")
    assert node is None
    assert [(f.code, f.nearest) for f in faults] == [("CM201", "bold"), ("CM049", "")]
    assert "is no type of 'sender'" in faults[0].message


def test_all_faults_of_a_table_are_reported_at_once():
    rows = cases(("calm", ONE), ("opne", TWO), ("calm", THREE))
    node, faults = build_choice("crisis", rows, None, SCOPE, PLACE)
    assert node is None
    unknown, twice, missing = faults
    assert (unknown.code, unknown.nearest, unknown.location.line) == ("CM032", "open", 10)
    assert "'opne' is no level of 'crisis'" in unknown.message
    assert unknown.expected == "one of calm, threatened, open"
    assert (twice.code, twice.location.line) == ("CM038", 11)
    assert "names 'calm' twice" in twice.message
    assert (missing.code, missing.location) == ("CM049", PLACE)
    assert "no value for threatened, open" in missing.message
    assert "otherwise: value" in missing.remedy


def test_a_key_that_is_no_action_names_the_nearest():
    node, (fault,) = build_choice("last(sender)", cases(("wiat", ONE)), TWO, SCOPE, PLACE)
    assert node is None
    assert (fault.code, fault.nearest) == ("CM043", "wait")
    assert "'wiat' is no action of 'sender'" in fault.message


def test_tables_by_what_has_faults_of_its_own_are_not_reported_again():
    scope = dataclasses.replace(SCOPE, faulty=("broken",))
    for by in ("broken", "last(broken)"):
        assert build_choice(by, cases(("calm", ONE)), None, scope, PLACE) == (None, [])


def test_tables_that_grow_by_nesting_are_refused_before_they_are_large():
    node = ParameterRef("cost")
    for depth in range(20):  # three times as large each time: 1, 5, 17, ... parts
        rows = cases(("calm", node), ("threatened", node), ("open", node))
        node, faults = build_choice("crisis", rows, None, SCOPE, PLACE)
        if faults:
            assert depth == 7
            break
    assert [fault.code for fault in faults] == ["CM021"]
