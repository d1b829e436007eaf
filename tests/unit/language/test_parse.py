"""What expressions mean: the node that each construct becomes, and its value."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

import numpy as np
import pytest

from countermove.errors import Location
from countermove.language.expressions import (
    Binary,
    Compare,
    Expression,
    Last,
    LevelNumber,
    LevelPosition,
    Logical,
    Number,
    ParameterRef,
    Period,
    Unary,
    evaluate,
    reads,
)
from countermove.language.model import Calendar, Variable
from countermove.language.parse import Scope, parse_expression

PLACE = Location("crisis.yaml", 3, 10)


def variable(name, levels, numbers=None, **options):
    numbers = tuple(float(i) for i in range(len(levels))) if numbers is None else numbers
    return Variable(name, tuple(levels), numbers, 0, **options)


SCOPE = Scope(
    variables={
        "crisis": variable("crisis", ("calm", "threatened", "open")),
        "mood": variable("mood", ("calm", "threatened", "open")),
        "forces": variable("forces", ("none_left", "reduced", "full"), (0.0, 2500.0, 5200.0)),
        "tension": variable("tension", ("0", "1", "2", "3")),
        "leader": variable("leader", ("old", "new"), ordered=False),
        "party": variable("party", ("left", "right"), (-1.0, 1.0), ordered=False),
        "shadow": variable("shadow", ("cost", "period")),
    },
    parameters=("cost", "odds"),
    terms={
        "trouble": Expression(Compare(">=", LevelPosition("crisis"), Number(1.0)), "crisis >= ..")
    },
    events=("election",),
    players={
        "sender": ("wait", "threaten"),
        "target": ("wait", "resist"),
        "twin": ("wait", "resist"),
    },
    calendar=Calendar(12, dt.date(2020, 9, 1), 1, "month", 1 / 12),
)


def node(text, kind="payoff", scope=SCOPE):
    expression, faults = parse_expression(text, scope, PLACE, kind=kind)
    assert faults == []
    return expression.node


@dataclass(frozen=True)
class State:
    """Three states at once."""

    period: int = 2

    def parameter(self, name):
        return {"cost": 0.5, "odds": 0.25}[name]

    def position(self, name):
        return np.array([0.0, 1.0, 2.0])

    def number(self, name):
        return np.array(SCOPE.variables[name].numbers[:3])

    def last(self, player):
        return np.array([0.0, 1.0, 2.0])


def value(text):
    return np.broadcast_to(evaluate(node(text), State()), 3).tolist()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("crisis >= threatened", Compare(">=", LevelPosition("crisis"), Number(1))),
        ("threatened <= crisis", Compare("<=", Number(1), LevelPosition("crisis"))),
        ("forces == 2500", Compare("==", LevelNumber("forces"), Number(2500))),
        ("forces > 3000", Compare(">", LevelNumber("forces"), Number(3000))),
        ("tension >= 2", Compare(">=", LevelNumber("tension"), Number(2))),
        ("crisis != mood", Compare("!=", LevelPosition("crisis"), LevelPosition("mood"))),
        ("leader == new", Compare("==", LevelPosition("leader"), Number(1))),
        ("party * cost", Binary("*", LevelNumber("party"), ParameterRef("cost"))),
        ("party == -1", Compare("==", LevelNumber("party"), Number(-1))),
        ("tension > cost", Compare(">", LevelNumber("tension"), ParameterRef("cost"))),
        ("date == 2020-11-03", Compare("==", Period(), Number(2))),
        ("2020-11-03 <= date", Compare("<=", Number(2), Period())),
        ("until(2020-11-03)", Binary("-", Number(2), Period())),
        ("last(sender) == threaten", Compare("==", Last("sender"), Number(2))),
        ("nothing != last(sender)", Compare("!=", Number(0), Last("sender"))),
        ("last(target) == last(twin)", Compare("==", Last("target"), Last("twin"))),
        ("years", Number(1 / 12)),
        ("true", Number(1)),
        ("False", Number(0)),
        ("not cost", Unary("not", ParameterRef("cost"))),
        ("+cost", ParameterRef("cost")),
        ("trouble", Compare(">=", LevelPosition("crisis"), Number(1))),
        ("1_000", Number(1000)),
        ("007", Number(7)),
        ("1 / 4 + 2 ** 3", Number(8.25)),
        ("  cost\n  + 1", Binary("+", ParameterRef("cost"), Number(1))),
    ],
)
def test_a_construct_becomes_its_node(text, expected):
    assert node(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("forces / 2 - 1", [-1, 1249, 2599]),
        ("-cost * (crisis == threatened)", [0, -0.5, 0]),
        ("crisis in [calm, open]", [1, 0, 1]),
        ("crisis not in [calm, open]", [0, 1, 0]),
        ("crisis in [open]", [0, 0, 1]),
        ("forces in [0, full]", [1, 0, 1]),
        ("period in [1, 2]", [1, 1, 1]),
        ("date in [2020-09-30, 2020-10-01]", [0, 0, 0]),
        ("last(sender) not in [wait, nothing]", [0, 0, 1]),
        ("where(crisis == open, 7, min(2, cost, 9))", [0.5, 0.5, 7]),
        ("clip(forces, 100, 3000)", [100, 2500, 3000]),
        ("abs(-tension) + max(1, tension)", [1, 2, 4]),
        ("logistic(0) + sqrt(4) + log(exp(1))", [3.5, 3.5, 3.5]),
        ("7 // 2 + 7 % 2", [4, 4, 4]),
        ("not (crisis == calm or tension > 1) and cost", [0, 1, 0]),
        ("until(2020-09-15)", [-2, -2, -2]),
        ("(crisis == calm) == false", [0, 1, 1]),
    ],
)
def test_a_construct_has_its_value(text, expected):
    assert value(text) == pytest.approx(expected)


def test_level_names_outrank_other_names_opposite_their_variable():
    assert node("shadow == cost") == Compare("==", LevelPosition("shadow"), Number(0))
    assert node("period == shadow") == Compare("==", Number(1), LevelPosition("shadow"))
    assert node("cost > 0") == Compare(">", ParameterRef("cost"), Number(0))


@pytest.mark.parametrize("day", ["2020-09-01", "2020-11-30", "2020-12-01", "2021-08-31"])
def test_exactly_one_of_less_equal_and_greater_holds_in_every_period(day):
    for period in range(12):
        held = [evaluate(node(f"date {sign} {day}"), State(period)) for sign in ("<", "==", ">")]
        assert sum(float(h) for h in held) == 1


def test_numbers_and_truth_values_that_yaml_has_read_are_expressions():
    for given, text in ((2, "2"), (0.25, "0.25"), (True, "true"), (False, "false")):
        expression, faults = parse_expression(given, SCOPE, PLACE, kind="odds")
        assert faults == []
        assert expression == Expression(Number(float(given)), text, PLACE)


def test_an_expression_keeps_its_text_and_place():
    expression, _ = parse_expression(" crisis == open ", SCOPE, PLACE, kind="guard")
    assert str(expression) == "crisis == open"
    assert expression.location == PLACE


def test_what_is_constant_is_computed_once():
    assert node("1 - exp(-2 * years)") == Number(pytest.approx(1 - np.exp(-1 / 6)))
    assert node("where(2 > 1, 3, 4)") == Number(3)


def test_in_reads_only_what_it_compares():
    found = reads(node("crisis in [calm, open] and last(sender) == wait"))
    assert found.variables == {"crisis"}
    assert found.lasts == {"sender"}
    assert not found.period
    assert isinstance(node("crisis in [calm, open]"), Logical)


def test_the_expression_of_a_parameter_may_use_parameters_and_constants():
    assert node("2 * cost + years", "parameter") == Binary(
        "+", Binary("*", Number(2), ParameterRef("cost")), Number(1 / 12)
    )


def test_the_expression_of_a_parameter_may_use_terms_that_never_change():
    terms = {"twice": Expression(Binary("*", Number(2), ParameterRef("cost")), "2 * cost")}
    scope = replace(SCOPE, terms={**SCOPE.terms, **terms})
    assert node("twice", "parameter", scope) == terms["twice"].node
    _, (fault,) = parse_expression("trouble", scope, PLACE, kind="parameter")
    assert fault.code == "CM048"
    assert "trouble changes during play" in fault.message


def test_names_may_hold_letters_beyond_ascii_and_faults_still_point_at_them():
    scope = replace(SCOPE, parameters=("größe",))
    assert node("größe * 2", scope=scope) == Binary("*", ParameterRef("größe"), Number(2))
    _, (fault,) = parse_expression("größe * 2 + größ", scope, PLACE, kind="payoff")
    assert (fault.code, fault.nearest, fault.location.column) == ("CM027", "größe", 10 + 12)


def test_names_that_have_faults_of_their_own_are_not_reported_again():
    scope = replace(SCOPE, faulty=("broken", "spy"))
    for text in ("broken + 1", "broken == some_level", "broken in [a, b]", "last(spy) == look"):
        assert parse_expression(text, scope, PLACE, kind="payoff") == (None, [])
    _, faults = parse_expression("broken + unknown", scope, PLACE, kind="payoff")
    assert [fault.text for fault in faults] == ["unknown"]
