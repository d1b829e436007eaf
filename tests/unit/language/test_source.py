"""YAML to a tree with places: scalars, positions, aliases, merges, limits, traps."""

from __future__ import annotations

import pytest

from countermove.errors import Diagnostic, Location
from countermove.language.compose import MAX_SCALAR
from countermove.language.faults import MAX_REPORTED, Faults
from countermove.language.source import MAX_BYTES, decode, read_tree
from countermove.language.tree import Fields, Leaf, child, plain_data, shown


def read(text: str) -> Fields:
    faults = Faults()
    tree = read_tree(text, "m", faults)
    assert tree is not None and not faults.found, faults.found
    return tree


def faults_of(text: str) -> list[Diagnostic]:
    faults = Faults()
    read_tree(text, "m", faults)
    return faults.sorted()


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("12", 12),
        ("+1", 1),
        ("-1", -1),
        ("0x1F", 31),
        ("0o17", 15),
        ("017", 17),
        ("1.5", 1.5),
        (".5", 0.5),
        ("1e3", 1000.0),
        ("true", True),
        ("False", False),
        ("~", None),
        ("", None),
        ("yes", "yes"),
        ("no", "no"),
        ("2020-09-01", "2020-09-01"),
        ("1_000", "1_000"),
        ("12:30", "12:30"),
        ("0..5", "0..5"),
        ("'12'", "12"),
        ('"true"', "true"),
    ],
)
def test_scalars_follow_the_core_schema(written: str, value: object) -> None:
    found = plain_data(read(f"x: {written}"))["x"]
    assert found == value
    assert type(found) is type(value)


def test_places_are_those_of_the_text_inside_quotes() -> None:
    tree = read("a:\n  b: 'x y'\n  c: |\n    text\n  d: {e: 1}\n")
    b, c = child(child(tree, "a"), "b"), child(child(tree, "a"), "c")
    d = child(child(tree, "a"), "d")
    assert b is not None and b.location == Location("m", 2, 7)
    assert c is not None and c.location == Location("m", 4, 5)
    assert isinstance(d, Fields) and d.entries["e"].location == Location("m", 5, 7)


def test_aliases_are_copied_and_merges_fill_in_what_is_missing() -> None:
    tree = read("a: &a {x: 1, y: 2}\nb: {<<: *a, x: 3}\nc: *a\nd: {<<: [*a, {z: 4}]}\n")
    assert plain_data(tree) == {
        "a": {"x": 1, "y": 2},
        "b": {"x": 3, "y": 2},
        "c": {"x": 1, "y": 2},
        "d": {"x": 1, "y": 2, "z": 4},
    }


def test_a_cut_expression_is_put_together_and_told_once() -> None:
    faults = Faults()
    tree = read_tree("a: {war: where(x == y, 1, 0), b: [min(1, 2), 3]}", "m", faults)
    assert [d.code for d in faults.found] == ["CM006", "CM006"]
    assert tree is not None
    assert plain_data(tree) == {"a": {"war": "where(x == y, 1, 0)", "b": ["min(1, 2)", 3]}}
    assert faults.sorted()[0].remedy == 'write "where(x == y, 1, 0)" in quotation marks'


def test_brackets_that_belong_are_not_taken_for_cuts() -> None:
    assert plain_data(read("a: [f(x), (y), z]\nb: {c: (d), e: , f: 1}")) == {
        "a": ["f(x)", "(y)", "z"],
        "b": {"c": "(d)", "e": None, "f": 1},
    }


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("x: - (a == b)", "list item"),
        ("x: >= 3", "folded"),
        ("x: > 3", "folded"),
        ("x: >3\ny: 1", "folded text, which is empty"),
        ("x: a: b", "colon"),
        ("x: 'a' == b", "goes on after it ends"),
        ("x: %a", "begins with %"),
        ("x: @a", "begins with @"),
        ("@x: 1", "cannot start"),
    ],
)
def test_yaml_traps_have_words_of_their_own(text: str, words: str) -> None:
    (fault,) = faults_of(text)
    assert fault.code == "CM005"
    assert words in fault.message
    assert "quot" in fault.remedy


def test_a_limit_is_told_with_its_number() -> None:
    faults = Faults()
    assert decode(b"x" * (MAX_BYTES + 1), "m", faults) is None
    assert "the limit is 1,048,576" in faults.found[0].message
    assert decode(b"x: y\n\xff", "m", faults) is None
    assert faults.found[1].location == Location("m", 2, 1)
    assert f"the limit is {MAX_SCALAR:,}" in faults_of("x: " + "y" * (MAX_SCALAR + 1))[0].message


def test_a_byte_order_mark_is_passed_over() -> None:
    assert decode(b"\xef\xbb\xbfx: 1", "m", Faults()) == "x: 1"
    assert plain_data(read("\ufeffx: 1")) == {"x": 1}


def test_an_alias_is_counted_with_all_that_it_copies() -> None:
    bomb = "a0: &a0 [1, 2, 3, 4, 5, 6, 7, 8, 9]\n" + "".join(
        f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]\n" for i in range(1, 7)
    )
    (fault,) = faults_of(bomb)
    assert fault.code == "CM009"
    assert "unfolds to more than 100,000 values" in fault.message


def test_too_many_faults_are_cut_errors_first() -> None:
    faults = Faults()
    for number in range(300):
        severity = "warning" if number < 150 else "error"
        faults.add("CM050", str(number), Location("m", number + 1), severity=severity)  # type: ignore[arg-type]
    kept = faults.sorted()
    assert len(kept) == MAX_REPORTED + 1
    assert sum(d.severity == "error" for d in kept) == 150 + 1
    assert kept[-1].message == "100 more faults are not shown"


def test_shown_is_short() -> None:
    assert shown(Leaf("x" * 99, "x" * 99, Location())) == "x" * 57 + "..."
    assert shown(read("a: {b: 1, c: 2}").get("a")) == "{b: ..., c: ...}"
