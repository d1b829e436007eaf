"""Whatever a scenario file holds, checking it returns diagnostics, soon and in little memory."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from countermove import language
from countermove.errors import Diagnostic, ScenarioError
from countermove.language.faults import MAX_REPORTED, Faults
from countermove.language.model import Scenario
from countermove.language.source import MAX_BYTES, read_tree
from countermove.language.tree import plain_data

GOOD = (Path(__file__).parents[1] / "broken" / "bases" / "little-crisis.yaml").read_text("utf-8")
LINES = GOOD.splitlines()
SOON = 10.0  # seconds, for a file as large as may be, on a slow and busy machine
LITTLE = 256  # MiB, numpy and pydantic included

WORDS = """
    : - ? , [ ] { } & * ! | > % @ ` ' " # ~ << *a &a !!str null true .nan .inf -.inf 1e999 0x1F
    0..9999999 10**400 rest when probability by otherwise types forever 2020-11-03 9999-12-31 -0
    crisis tension leader where( ) == >= not and in last(target) type(target) until( ever( ((( \\
"""
TOKENS = st.sampled_from(WORDS.split()) | st.text(max_size=6)
EXTREME = st.sampled_from(
    [0, -1, 1, 10**6, 2**53, 2**63, 1e308, -1e308, 5e-324, 10**400, True, None, "", "rest", "a b"]
)
VALUES = st.recursive(
    EXTREME | st.text(max_size=12) | st.integers() | st.floats(allow_nan=False),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["by", "when", "value", "levels", "calm", "x"]), inner)
    ),
    max_leaves=12,
)
PATHS = st.sampled_from(
    [
        ("scenario",), ("version",), ("base",), ("sources",), ("claims",), ("claims", "bluffs"),
        ("calendar",), ("calendar", "start"), ("calendar", "step"), ("calendar", "periods"),
        ("state",), ("state", "crisis"), ("state", "crisis", "levels"), ("state", "tension"),
        ("state", "tension", "levels"), ("parameters",), ("parameters", "audience_cost"),
        ("parameters", "audience_cost", "range"), ("terms",), ("terms", "trouble"), ("players",),
        ("players", "target"), ("players", "target", "rationality"),
        ("players", "target", "interests"), ("players", "target", "interests", "calm"),
        ("players", "target", "actions"), ("players", "target", "actions", "resist"),
        ("players", "target", "actions", "resist", "costs"),
        ("players", "target", "actions", "resist", "effects"), ("events",), ("events", "drift"),
        ("events", "election", "outcomes"), ("order",), ("ends",), ("measures",),
        ("measures", "war"), ("policies",), ("policies", "patience"),
        ("policies", "patience", "rules"), ("views",), ("views", "hawk", "set"),
    ]
)  # fmt: skip


def check(text: str) -> list[Diagnostic]:
    """The diagnostics, after seeing that they are some and came soon."""
    begun = time.perf_counter()
    found = language.check_text(text)
    assert time.perf_counter() - begun < SOON
    assert all(isinstance(d, Diagnostic) and d.message and str(d) for d in found)
    assert len(found) <= MAX_REPORTED + 1
    assert found == sorted(found, key=lambda d: d.location) or found[-1].code == "CM099"
    return found


def good_tree() -> Any:
    tree = read_tree(GOOD, "good", Faults())
    assert tree is not None
    return plain_data(tree)


def assert_complete(scenario: Scenario, text: str) -> None:
    """Nothing that the file declares is silently left out."""
    tree = read_tree(text, "", Faults())
    assert tree is not None
    written = plain_data(tree)
    for section, loaded in [
        ("state", scenario.variables),
        ("parameters", scenario.parameters),
        ("terms", scenario.terms),
        ("players", scenario.players),
        ("events", scenario.events),
        ("measures", scenario.measures),
        ("policies", scenario.policies),
        ("views", scenario.views),
        ("claims", scenario.claims),
    ]:
        assert len(loaded) == len(written.get(section) or {}), section
    assert len(scenario.order) == len(
        written.get("order") or [p for p in scenario.players if p.actions] + [*scenario.events]
    )
    for player in scenario.players:
        told = written["players"][player.name]
        for key in ("interests", "final", "actions"):
            assert len(getattr(player, key)) == len(told.get(key, {})), (player.name, key)
        for action in player.actions:
            said = told["actions"][action.name] or {}
            assert len(action.effects) == len(said.get("effects", [])), action.name
            assert (action.when is None) == ("when" not in said)
            assert bool(action.costs) == bool(said.get("costs", {}) not in ({},))


@st.composite
def mutated_lines(draw: st.DrawFn) -> str:
    lines = list(LINES)
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(lines) - 1))
        line = lines[at]
        column = draw(st.integers(0, len(line)))
        match draw(st.sampled_from(["insert", "cut", "delete", "double", "indent"])):
            case "insert":
                lines[at] = line[:column] + draw(TOKENS) + line[column:]
            case "cut":
                lines[at] = line[:column]
            case "delete":
                lines[at] = ""
            case "double":
                lines.insert(at, line)
            case "indent":
                lines[at] = " " * draw(st.integers(0, 6)) + line.strip()
    return "\n".join(lines)


@settings(max_examples=150, deadline=None)
@given(mutated_lines())
def test_mutated_files_are_told_or_load(text: str) -> None:
    found = check(text)
    if not any(d.severity == "error" for d in found):
        scenario = language.loads(text)
        assert scenario.warnings == tuple(found)
        assert_complete(scenario, text)
    else:
        with pytest.raises(ScenarioError) as caught:
            language.loads(text)
        assert [d.code for d in caught.value.diagnostics] == [d.code for d in found]


@settings(max_examples=150, deadline=None)
@given(PATHS, VALUES)
def test_anything_anywhere(path: tuple[str, ...], value: Any) -> None:
    tree = good_tree()
    holder = tree
    for key in path[:-1]:
        holder = holder[key]
    holder[path[-1]] = value
    text = json.dumps(tree)
    if not any(d.severity == "error" for d in check(text)):
        assert_complete(language.loads(text), text)


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=60) | st.lists(TOKENS, max_size=20).map(" ".join))
def test_any_text(text: str) -> None:
    check(text)


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=80))
def test_any_bytes(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.mktemp("any") / "scenario.yaml"
    path.write_bytes(data)
    assert language.check(path)


@settings(max_examples=60, deadline=None)
@given(mutated_lines())
def test_formatting_keeps_what_is_said(text: str) -> None:
    try:
        formatted = language.format_text(text)
    except ScenarioError:
        return
    before, after = read_tree(text, "", Faults()), read_tree(formatted, "", Faults())
    assert before is not None and after is not None
    assert plain_data(before) == plain_data(after)


def test_many_warnings_hide_nothing() -> None:
    """Nothing is given up for warnings, however many."""
    views = "".join(
        f"  v{i}: {{set: {{{', '.join(f'p{j}: 9' for j in range(60))}}}}}\n" for i in range(60)
    )
    parameters = "".join(f"  p{j}: {{value: 1, range: [0, 2]}}\n" for j in range(60))
    text = GOOD.replace("parameters:\n", "parameters:\n" + parameters) + views
    found = check(text)
    assert {d.severity for d in found} == {"warning"} and len(found) == MAX_REPORTED + 1
    assert_complete(language.loads(text), text)


BOMBS = {
    "aliases": "a0: &a0 [1, 2, 3]\n"
    + "".join(f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]\n" for i in range(1, 20)),
    "merges": "a0: &a0 {k: 1}\n"
    + "".join(f"a{i}: &a{i} {{<<: [{', '.join([f'*a{i - 1}'] * 9)}]}}\n" for i in range(1, 20)),
    "brackets": "a: " + "[" * 200_000,
    "braces": "{a: " * 100_000,
    "dashes": "- " * 300_000,
    "questions": "? " * 300_000,
    "keys": "".join(f"key{i}: 1\n" for i in range(70_000)),
    "repeated keys": "a: 1\n" * 100_000,
    "commas": "a: [" + "(," * 200_000 + "]",
    "one word": "a: " + "x" * (MAX_BYTES - 10),
    "many lines": "a:\n" + "  x\n" * 200_000,
    "too large": "#" * (MAX_BYTES + 1),
    "digits": "a: " + "9" * 500_000,
    "levels": GOOD + "".join(f"  v{i}: {{levels: 0..999999999, start: 0}}\n" for i in range(99)),
    "doubled terms": GOOD.replace(
        "terms:\n",
        "terms:\n  t0: tension\n" + "".join(f"  t{i}: t{i - 1} * t{i - 1}\n" for i in range(1, 80)),
    ),
    "powers": GOOD.replace("crisis >= threatened", "9 ** 9 ** 9 ** 9"),
    "huge step": GOOD.replace("1 month", "9999 years"),
    "far end": GOOD.replace("periods: 6", "until: 9999-12-31"),
    "unknown names": GOOD.replace(
        "terms:\n", "terms:\n" + "".join(f"  q{i}: {' + '.join(['zz'] * 50)}\n" for i in range(999))
    ),
}


@pytest.mark.parametrize("name", BOMBS)
def test_bombs_are_told_soon(name: str) -> None:
    found = check(BOMBS[name])
    assert any(d.severity == "error" for d in found)


def test_bombs_take_little_memory() -> None:
    program = (
        "import json, pathlib, re, resource, sys\n"
        "from countermove import language\n"
        "for text in json.load(sys.stdin):\n"
        "    language.check_text(text)\n"
        "status = pathlib.Path('/proc/self/status')\n"
        # where there is /proc: Linux counts the parent's memory in ru_maxrss, across exec
        "own = re.search(r'VmHWM:\\s*(\\d+)', status.read_text()) if status.exists() else None\n"
        "whole = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "print(own[1] if own else whole)\n"
    )
    names = ["aliases", "merges", "keys", "levels", "doubled terms", "powers"]
    done = subprocess.run(
        [sys.executable, "-c", program],
        input=json.dumps([BOMBS[name] for name in names]),
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    kibibytes = int(done.stdout) // (1024 if sys.platform == "darwin" else 1)
    assert kibibytes / 1024 < LITTLE
