"""The remedies of faults: what they tell to do fits the fault, and mends it."""

from __future__ import annotations

from pathlib import Path

import pytest

from countermove import language
from countermove.errors import Diagnostic

BASE = Path(__file__).parents[2] / "broken" / "bases" / "little-crisis.yaml"


def laid_on_base(text: str, folder: Path) -> list[Diagnostic]:
    path = folder / "mine.yaml"
    path.write_text(f"base: {BASE.as_posix()}\nscenario: mine\n{text}\n", encoding="utf-8")
    return [d for d in language.check(path) if d.severity == "error"]


@pytest.mark.parametrize(
    ("text", "line", "column", "remedy"),
    [
        ("actions:\n  hold\n  tighten:\n    costs: 1\n", 2, 3, "write 'hold:'"),
        ("a:\n  rationality 3\n  discount: 1\n", 2, 3, "write 'rationality: 3'"),
        ("a:\n  rationality:3\n  discount: 1\n", 2, 3, "write 'rationality: 3'"),
        ("a:\n  discount: 1\n  rationality 3\n  actions: {}\n", 3, 3, "write 'rationality: 3'"),
        ("a:\n  hold  # why\n\n  # more\n  tighten: {}\n", 2, 3, "write 'hold:'"),
        ("a:\n  oil {levels: 0..4, start: 2}\n", 2, 3, "write 'oil: {levels: 0..4, start: 2}'"),
        ("a:\n  - outcomes\n    when: x\n", 2, 5, "write 'outcomes:'"),
        ("scenario: x\ntitle A threat\n", 2, 1, "write 'title: A threat'"),
        ("a:\n  note " + "long " * 20 + "\n  b: 1\n", 2, 3, "write 'note: ...'"),
    ],
)
def test_a_missing_colon_is_told_where_it_is_missing(
    text: str, line: int, column: int, remedy: str
) -> None:
    (fault,) = language.check_text(text)
    assert (fault.code, fault.location.line, fault.location.column) == ("CM004", line, column)
    assert "lacks its colon" in fault.message
    assert fault.remedy == remedy


@pytest.mark.parametrize(
    ("text", "code", "message"),
    [
        ("a:\n  says: a long text that\n    goes on: here\n", "CM005", "a colon and a space"),
        ("title: Iraq: the drawdown\n", "CM005", "a colon and a space"),
        ("a: text\n  b: 1\n", "CM004", "the line above it has a value already"),
        ("a:\n  b: text that\n    goes on\n    c: 1\n", "CM004", "has a value already"),
        ("a:\n  b: {}\n c: {}\n", "CM004", "another indentation"),
    ],
)
def test_not_every_fault_at_a_key_is_a_missing_colon(text: str, code: str, message: str) -> None:
    (fault,) = language.check_text(text)
    assert fault.code == code
    assert message in fault.message


def test_a_missing_colon_inside_of_braces(tmp_path: Path) -> None:
    found = laid_on_base("state:\n  oil: {levels 0..4, start: 2}", tmp_path)
    (fault,) = [d for d in found if d.code == "CM050"]
    assert fault.message == "the key 'levels' lacks its colon"
    assert fault.remedy == "write 'levels: 0..4'"


@pytest.mark.parametrize(
    ("calendar", "message", "remedy"),
    [
        ("{periods: -3}", "periods, not -3", "write 1 or more: 'periods: 12'"),
        ("{periods: 20000}", "periods, not 20,000", "take longer steps"),
        ("{start: 2027-02-30}", "is not a date", "February 2027 has the days 01 to 28, not 30"),
        ("{start: 2027-13-01}", "is not a date", "a year has the months 01 to 12, not 13"),
        ("{start: 2027-2-3}", "is not a date", "two for month and day"),
        ("{start: 3 Feb 2027}", "is not a date", "with hyphens"),
        ("{until: 2021-01-01}", "has both 'periods' and 'until'", "remove one of the two"),
        ("{periods: null}", "does not say how long it is", "add 'periods: 12'"),
        ("{step: fortnight}", "'fortnight' is not a step", "like '2 weeks' or '3 months'"),
        ("{step: 2 wk}", "'2 wk' is not a step", "like '2 weeks' or '3 months'"),
    ],
)
def test_calendars(calendar: str, message: str, remedy: str, tmp_path: Path) -> None:
    (fault,) = laid_on_base(f"calendar: {calendar}", tmp_path)
    assert message in fault.message
    assert remedy in fault.remedy


@pytest.mark.parametrize("date", ["2027", "2027-02", "2027-02-28"])
def test_documents_may_be_dated_by_a_year_a_month_or_a_day(date: str, tmp_path: Path) -> None:
    assert laid_on_base(f"sources: {{memo: {{title: A memo, date: {date}}}}}", tmp_path) == []


@pytest.mark.parametrize("date", ["2027-13", "last spring", "2027-2", "27", "2027-02-29"])
def test_documents_have_no_other_dates(date: str, tmp_path: Path) -> None:
    (fault,) = laid_on_base(f"sources: {{memo: {{title: A memo, date: {date}}}}}", tmp_path)
    assert (fault.code, fault.text) == ("CM062", date)
    assert "2020-09-01, 2020-09 or 2020" in fault.expected


@pytest.mark.parametrize(
    ("measure", "remedy"),
    [
        ("2 * total(tension)", "put the factor inside: total(2 * tension)"),
        ("0.5 * mean(tension + 1)", "put the factor inside: mean(0.5 * (tension + 1))"),
        ("1 - ever(crisis == open)", "write one measure for each"),
        ("crisis == open", "say how to read it: final(crisis == open), or ever(crisis == open)"),
    ],
)
def test_what_is_no_measure(measure: str, remedy: str, tmp_path: Path) -> None:
    (fault,) = laid_on_base(f"measures: {{mine: {measure}}}", tmp_path)
    assert fault.code == "CM087"
    assert remedy in fault.remedy
    if "inside: " in remedy:
        mended = remedy.removeprefix("put the factor inside: ")
        assert laid_on_base(f"measures: {{mine: {mended}}}", tmp_path) == []


@pytest.mark.parametrize(
    ("text", "code", "message", "remedy"),
    [
        ("measures: {m: payoff()}", "CM087", "does not take 0 arguments", "write payoff(player)"),
        ("measures: {m: ever()}", "CM087", "does not take 0 arguments", "write ever(x)"),
        (
            "measures: {m: {mean(tension) given leader == new, unit: x}}",
            "CM050",
            "'of' and 'given'",
            "write {of: mean(tension), given: leader == new}",
        ),
        ("parameters: {p: {value: eight}}", "CM052", "a number is expected", "write digits"),
        ("players: {target: {rationality: calm}}", "CM027", "'calm'", "declare it"),
        ("players: {target: {beliefs: 3}}", "CM050", "'beliefs' is not a key", "belief_points"),
        ("order: [{simultaneous: [a]}]", "CM050", "is not a key", "inner list"),
        ("players: {target: {actions: {wait: {redraw: target}}}}", "CM050", "not", "only events"),
        ("players: {target: {prior: 0.4}}", "CM050", "not a key", "the odds stand with the types"),
        ("players: {target: {type: hard}}", "CM050", "not a key", "write types:"),
        ("events: {drift: [{tension: -9}]}", "CM078", "more than", "by 3 levels at the most"),
        ("events: {drift: [{leader: 1, prob: 0.7}]}", "CM077", "one", "write 'probability'"),
        ("state: {größe: {levels: 0..1, start: 0}}", "CM054", "not a name", "as one word"),
        (
            "policies: {p: {player: target, rules: [{forbid: [wait, resist]}]}}",
            "CM089",
            "forbids every action of 'target'",
            "always legal",
        ),
    ],
)
def test_slips(text: str, code: str, message: str, remedy: str, tmp_path: Path) -> None:
    fault = next(d for d in laid_on_base(text, tmp_path) if d.code == code)
    assert message in fault.message + fault.expected
    assert remedy in fault.remedy


def test_a_sharp_s_is_two_letters(tmp_path: Path) -> None:
    found = laid_on_base("state: {größe: {levels: 0..1, start: 0}}", tmp_path)
    assert [d.nearest for d in found] == ["grosse"]


def test_of_types_that_cannot_be_read_no_use_is_a_fault(tmp_path: Path) -> None:
    text = (
        "players: {challenger: {types: [resolved], interests: {a: type == resolved}}}\n"
        "events: {drift: {redraw: challenger}}\n"
        "measures: {mine: {of: ever(crisis == open), given: type(challenger) == resolved},\n"
        "  read: 'belief(challenger, resolved) after threaten'}"
    )
    found = laid_on_base(text, tmp_path)
    assert [(d.location.line, d.code) for d in found] == [(3, "CM052")]


@pytest.mark.parametrize("kind", ["mean", "total", "final"])
def test_a_mean_of_words_is_a_warning(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    text = f"base: {BASE.as_posix()}\nscenario: mine\nmeasures: {{mine: {kind}(crisis)}}\n"
    path.write_text(text, encoding="utf-8")
    (fault,) = [d for d in language.check(path) if d.code == "CM060"]
    assert (fault.severity, fault.location.line, fault.text) == ("warning", 3, "crisis")
    assert f"{kind}(crisis) counts their positions" in fault.message
    assert fault.remedy == f"write {kind}(crisis == open), or give the levels numbers"
    mended = text.replace(f"{kind}(crisis)", f"{kind}(crisis == open)")
    path.write_text(mended, encoding="utf-8")
    assert "CM060" not in {d.code for d in language.check(path)}


def test_a_mean_of_numbers_is_none(tmp_path: Path) -> None:
    measures = "measures: {one: mean(tension), two: mean(troops), three: final(shares)}"
    state = (
        "state: {troops: {levels: {gone: 0, all: 9}, start: all},"
        " shares: {levels: [0, 10, 20], start: 0}}"
    )
    path = tmp_path / "mine.yaml"
    path.write_text(f"base: {BASE.as_posix()}\nscenario: mine\n{state}\n{measures}\n")
    assert "CM060" not in {d.code for d in language.check(path)}
