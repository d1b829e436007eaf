"""What is wrong with an expression: each fault has its code, its words and its column."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest

from countermove.errors import Location
from countermove.language.expression_codes import EXPRESSION_CODES
from countermove.language.expressions import Binary, Expression, ParameterRef
from countermove.language.model import Calendar, Variable
from countermove.language.parse import Scope, parse_expression

PLACE = Location("crisis.yaml", 3, 10)


def variable(name, levels, numbers=None, **options):
    numbers = tuple(float(i) for i in range(len(levels))) if numbers is None else numbers
    return Variable(name, tuple(levels), numbers, 0, **options)


SCOPE = Scope(
    variables={
        "crisis": variable("crisis", ("calm", "threatened", "open")),
        "forces": variable("forces", ("none_left", "reduced", "full"), (0.0, 2500.0, 5200.0)),
        "leader": variable("leader", ("old", "new"), ordered=False),
    },
    parameters=("cost", "odds"),
    events=("election",),
    players={"sender": ("wait", "threaten"), "target": ("wait", "resist")},
    calendar=Calendar(12, dt.date(2020, 9, 1), 1, "month", 1 / 12),
)


def faults_of(text, scope=SCOPE, kind="payoff"):
    expression, faults = parse_expression(text, scope, PLACE, kind=kind)
    assert expression is None
    for fault in faults:
        assert fault.code in EXPRESSION_CODES
        assert fault.remedy
        assert fault.location.line == 3
    return faults


# text, code, words of the message, offending text, words of the remedy, nearest name
CASES = [
    ("   ", "CM020", "needed here, not nothing", None, "a number", ""),
    ("(" * 41 + "1" + ")" * 41, "CM021", "nested more than 40 deep", None, "into terms", ""),
    ("1 +" * 120 + "1", "CM021", "nested more than 100 deep", None, "into terms", ""),
    ("+" * 1501, "CM021", "has 1,501 parts", None, "into terms", ""),
    ("1" * 4001, "CM021", "4,001 characters long", None, "into terms", ""),
    ("(cost", "CM022", "'(' is not closed", "(", "add ')'", ""),
    ("cost)", "CM022", "')' closes nothing", ")", "open '('", ""),
    ("[cost)", "CM022", "')' closes nothing", ")", "open '('", ""),
    ("cost odds", "CM022", "missing between 'cost' and 'odds'", "odds", "write *", ""),
    ("cost AND odds", "CM022", "between 'cost' and 'AND'", "AND", "small letters", "and"),
    ("cost *", "CM022", "nothing stands after '*'", "*", "complete or remove", ""),
    ("max(cost +, 1)", "CM022", "nothing stands after '+'", "+", "complete or remove", ""),
    ("10%", "CM022", "nothing stands after '%'", "%", "0.1 for 10%", ""),
    ("* cost", "CM022", "cannot be read", "*", "operators and commas", ""),
    ("cost # dear", "CM022", "the character # cannot", "#", "line of its own", ""),
    ("cost ? 1 : 2", "CM022", "the character ? cannot", "?", "where(", ""),
    ("cost\0", "CM022", "the character U+0000 cannot", "", "remove it", ""),
    ("'cost", "CM022", "the character ' cannot", "'", "without quotes", ""),
    ("crisis == 'calm'", "CM023", "quoted text", "'calm'", "write calm without", ""),
    ("'a b'", "CM023", "quoted text", "'a b'", "without quotes", ""),
    ("crisis = calm", "CM024", "'=' is not a comparison", "=", "write ==", "=="),
    ("cost && odds", "CM024", "'&&' is not an operator", "&&", "write and", "and"),
    ("cost || odds", "CM024", "'||' is not an operator", "||", "write or", "or"),
    ("!cost", "CM024", "'!' is not an operator", "!", "write not", "not"),
    ("cost ^ 2", "CM024", "'^' is not an operator", "^", "write **", "**"),
    ("cost ≥ 2", "CM024", "'≥' is not an operator", "≥", "write >=", ">="),
    ("cost <> 2", "CM024", "'<>' is not an operator", "<>", "write !=", "!="),
    ("2x + 1", "CM025", "'2x' is not a number", "2x", "3 * x", ""),
    ("0x1F", "CM025", "is not a number", "0x1F", "plain decimals", ""),
    ("1e13", "CM025", "this constant is too large", "1e13", "larger unit", ""),
    ("1e999", "CM025", "this constant is too large", "1e999", "larger unit", ""),
    ("cost.value", "CM026", "an attribute (a dot)", "cost.value", "have no parts", ""),
    ("cost[0]", "CM026", "an index in brackets", "cost[0]", "table or where", ""),
    ("[cost]", "CM026", "do not have a list", "[cost]", "only after in", ""),
    ("cost, odds", "CM026", "do not have a comma", "cost, odds", "one expression", ""),
    ("{cost}", "CM026", "a set in braces", "{cost}", "a list", ""),
    ("{cost: 1}", "CM026", "a map in braces", "{cost: 1}", "a table", ""),
    ("max(*cost, 1)", "CM026", "a star before a value", "*cost", "one by one", ""),
    ("cost @ odds", "CM026", "BinOp of Python", "cost @ odds", "arithmetic", ""),
    ("lambda: 1", "CM026", "'lambda' is a word of Python", "lambda", "another name", ""),
    ("1 if cost else 2", "CM026", "'if' is a word of Python", "if", "where(", ""),
    ("leader is new", "CM026", "'is' is a word of Python", "is", "== instead", ""),
    ("crisis in calm", "CM026", "`in` needs a list", "calm", "square brackets", ""),
    ("crisis in []", "CM026", "`in` needs a list", "[]", "square brackets", ""),
    ("csot + 1", "CM027", "no variable, parameter or term 'csot'", "csot", "spelling", "cost"),
    ("last(sendr) == wait", "CM027", "there is no player 'sendr'", "sendr", "a player", "sender"),
    ("sqr(4)", "CM028", "there is no function 'sqr'", "sqr", "listed functions", "sqrt"),
    ("ln(4)", "CM028", "there is no function 'ln'", "ln", "listed functions", "log"),
    ("__import__(cost)", "CM028", "no function '__import__'", "__import__", "listed", ""),
    ("abs(1)(2)", "CM028", "only a named function", "abs(1)(2)", "write *", ""),
    (
        "where(cost, 1)",
        "CM029",
        "where takes 3 arguments, not 2",
        "where(cost, 1)",
        "other_value",
        "",
    ),
    ("abs()", "CM029", "abs takes 1 argument, not 0", "abs()", "abs(x)", ""),
    ("min(cost)", "CM029", "min takes 2 to 32 arguments, not 1", "min(cost)", "min(x, y)", ""),
    ("clip(1, cost=2)", "CM024", "'=' is not a comparison", "=", "write ==", "=="),
    ("until()", "CM029", "until takes 1 argument, not 0", "until()", "until(2020", ""),
    ("last() == wait", "CM029", "last takes 1 argument, not 0", "last()", "last(player)", ""),
    ("max + 1", "CM030", "'max' is a function", "max", "max(...)", ""),
    ("sender * 2", "CM030", "'sender' is a player", "sender", "last(sender)", ""),
    ("election", "CM030", "'election' is an event", "election", "set a variable", ""),
    ("threaten + 1", "CM030", "'threaten' is an action", "threaten", "last(sender)", ""),
    ("cost(2)", "CM030", "'cost' is not a function", "cost(2)", "cost * (...)", ""),
    ("ever(crisis == open)", "CM030", "belongs to measures", "ever(crisis == open)", "measure", ""),
    ("calm + 1", "CM031", "'calm' is a level of 'crisis'", "calm", "crisis == calm", ""),
    ("crisis == -calm", "CM031", "only opposite its variable", "calm", "crisis == calm", ""),
    ("crisis == clam", "CM032", "'crisis' has no level 'clam'", "clam", "its levels", "calm"),
    ("full == crisis", "CM032", "(it is a level of 'forces')", "full", "its levels", ""),
    ("crisis in [calm, opne]", "CM032", "no level 'opne'", "opne", "its levels", "open"),
    ("forces == 2501", "CM033", "carries the number 2501", "2501", "use < or >", "2500 (reduced)"),
    ("leader < new", "CM034", "'leader' have no order", "leader < new", "in [..]", ""),
    ("leader + 1", "CM034", "no order and no numbers", "leader", "(leader == old)", ""),
    ("leader == 1", "CM034", "no order and no numbers", "leader", "name the level", "new"),
    ("crisis == forces", "CM036", "have different levels", "crisis == forces", "numbers", ""),
    ("last(sender) == last(target)", "CM036", "different actions", None, "own action", ""),
    ("1 < cost < 3", "CM037", "cannot be chained", "1 < cost < 3", "1 < cost and cost < 3", ""),
    (
        "date == 2021-02-29",
        "CM039",
        "2021-02-29 is not a day",
        "2021-02-29",
        "February 2021 has the days 01 to 28, not 29",
        "",
    ),
    ("date == 2020-9-1", "CM039", "2020-9-1 is not a day", "2020-9-1", "two for month and day", ""),
    ("date < 2020-08-31", "CM040", "outside the calendar", "2020-08-31", "move", "2020-09-01"),
    ("until(2021-09-01)", "CM040", "outside the calendar", "2021-09-01", "move", "2021-08-31"),
    ("date + 1", "CM042", "a date stands only opposite", "date", "compare date", ""),
    ("2500-10-10", "CM042", "a date stands only opposite", "2500-10-10", "spaces", ""),
    ("date == 3", "CM042", "a date stands only opposite", "date", "compare date", ""),
    ("date == date", "CM042", "a date stands only opposite", "date", "compare date", ""),
    ("2020-11-03 < 2020-11-04", "CM042", "stands only opposite", "2020-11-03", "compare", ""),
    ("until(cost)", "CM042", "a date stands only opposite", "cost", "compare date", ""),
    ("last(sender) == resist", "CM043", "'resist' is not an action of 'sender'", "resist", "", ""),
    ("last(sender) == wiat", "CM043", "is not an action", "wiat", "one of its actions", "wait"),
    ("last(sender) == 1", "CM043", "'1' is not an action", "1", "one of its actions", ""),
    ("last(sender) + 1", "CM044", "only compared with an action", "last(sender)", "nothing", ""),
    ("last(sender) < wait", "CM044", "only compared", "last(sender) < wait", "nothing", ""),
    ("cost ** 17", "CM046", "the exponent 17 is too large", "cost ** 17", "exp(", ""),
    ("2 ** cost", "CM046", "must be a constant", "2 ** cost", "exp(log(base)", ""),
    ("2 ** 2 ** 2", "CM046", "a power of a power", "2 ** 2 ** 2", "multiply", ""),
    ("cost / 0", "CM047", "divides by zero", "cost / 0", "not 0", ""),
    ("log(0)", "CM047", "has no finite value", "log(0)", "log needs more", ""),
    ("exp(1000) * cost", "CM047", "has no finite value", "exp(1000)", "less than 700", ""),
    ("(0 - 8) ** 0.5", "CM047", "has no finite value", "(0 - 8) ** 0.5", "sqrt", ""),
]


@pytest.mark.parametrize(("text", "code", "message", "found", "remedy", "nearest"), CASES)
def test_a_fault_says_what_where_and_what_to_do(text, code, message, found, remedy, nearest):
    faults = faults_of(text)
    fault = faults[0]
    assert [f.code for f in faults][:1] == [code]
    assert message in fault.message
    assert remedy in fault.remedy
    assert fault.nearest == nearest
    if found:
        assert fault.text == found
        assert fault.location.column == 10 + text.index(found)


ONLY_PARAMETERS = ["crisis + 1", "crisis == calm", "period", "until(2020-11-03)", "odds * period"]
ONLY_PARAMETERS += ["date == 2020-11-03", "last(sender) == wait", "last(sender) == last(sender)"]


@pytest.mark.parametrize("text", ONLY_PARAMETERS)
def test_what_holds_throughout_reads_nothing_that_changes(text):
    faults = faults_of(text, kind="parameter")
    assert [f.code for f in faults] == ["CM048"]
    assert "changes during play" in faults[0].message
    assert faults[0].remedy == "use parameters only"


def test_dates_need_a_calendar_with_dates():
    undated = dataclasses.replace(SCOPE, calendar=Calendar(5))
    for text in ("date == 2020-11-03", "until(2020-11-03)"):
        (fault,) = faults_of(text, undated)
        assert fault.code == "CM041"
        assert "no dates" in fault.message
        assert "a start and a step" in fault.remedy


def test_all_faults_of_one_expression_are_reported_at_once():
    text = "csot * (crisis = clam) + sqr(leader) && date > 2030-01-01"
    faults = faults_of(text)
    assert sorted((f.code, f.location.column - 10) for f in faults) == [
        ("CM024", text.index("=")),
        ("CM024", text.index("&&")),
        ("CM027", 0),
        ("CM028", text.index("sqr")),
        ("CM032", text.index("clam")),
        ("CM040", text.index("2030")),
    ]


def test_text_over_several_lines_is_reported_where_it_starts():
    faults = faults_of("cost\n + csot")
    assert faults[0].location == PLACE


def test_an_unknown_place_stays_unknown():
    _, (fault,) = parse_expression("1 + csot", SCOPE, Location("x.yaml"), kind="odds")
    assert fault.location == Location("x.yaml")


@pytest.mark.parametrize(
    ("given", "code", "message"),
    [
        (None, "CM020", "not nothing"),
        ([1], "CM020", "not a list"),
        ({"a": 1}, "CM020", "not a map"),
        (dt.date(2020, 1, 1), "CM020", "not a date"),
        (float("nan"), "CM025", "not a number"),
        (float("-inf"), "CM025", "too large"),
        pytest.param(10**5000, "CM025", "too large", id="huge"),
        (2 * 10**12, "CM025", "too large"),
    ],
)
def test_values_that_are_no_expression_are_faults(given, code, message):
    (fault,) = faults_of(given)
    assert fault.code == code
    assert message in fault.message


def test_terms_that_grow_by_doubling_are_refused_before_they_are_large():
    terms = {"t0": Expression(Binary("+", ParameterRef("cost"), ParameterRef("odds")))}
    refused = None
    for i in range(1, 40):
        scope = dataclasses.replace(SCOPE, terms=terms)
        expression, faults = parse_expression(f"t{i - 1} + t{i - 1}", scope, PLACE, kind="term")
        if faults:
            refused = faults[0]
            break
        terms = {**terms, f"t{i}": expression}
    assert refused is not None
    assert refused.code == "CM021"
    assert "terms written out" in refused.message
    assert len(terms) < 13


def test_a_long_chain_of_terms_is_refused_before_it_is_too_deep_to_evaluate():
    terms = {"t0": Expression(ParameterRef("cost"))}
    for i in range(1, 400):
        scope = dataclasses.replace(SCOPE, terms=terms)
        expression, faults = parse_expression(f"t{i - 1} + 1", scope, PLACE, kind="term")
        if faults:
            break
        terms = {**terms, f"t{i}": expression}
    assert [f.code for f in faults] == ["CM021"]
    assert 100 < len(terms) < 200


def test_every_code_is_triggered_by_an_expression_or_a_table():
    of_tables = {"CM035", "CM038", "CM049"}
    seen = {case[1] for case in CASES} | {"CM041", "CM048"}
    assert seen | of_tables == set(EXPRESSION_CODES)
