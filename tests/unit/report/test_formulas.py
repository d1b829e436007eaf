"""Expressions as text, and with a player's type filled in."""

from __future__ import annotations

import numpy as np
import pytest

from countermove import language
from countermove.language.expressions import Expression, evaluate
from countermove.language.model import Scenario
from countermove.report.differences import differences
from countermove.report.formulas import for_type, reads_type, text_of
from unit.report.typed_scenarios import STANDOFF


def interest(text: str) -> tuple[Scenario, Expression]:
    """The scenario with one more interest of the United States, and that interest."""
    line = f"      extra: {text}\n"
    loaded = language.loads(STANDOFF.replace("      prize:", line + "      prize:", 1))
    return loaded, loaded.player("us").interests["extra"]


@pytest.mark.parametrize(
    "text",
    [
        "prize * (crisis - 1) / 2",
        "-(prize + 1) ** 2",
        "(prize * 2) ** 0.5",
        "prize - (1 - bold) - 0.5",
        "where(crisis >= threatened and not patrols == out, 1, -0.5)",
        "fought * 2",
        "max(prize, min(0.2, bold), abs(crisis))",
        "(crisis == war) + (patrols == none_out or crisis < war) * 3",
        "0.1 * (last(iran) == give_way)",
    ],
)
def test_what_is_written_reads_back_as_the_same(text: str) -> None:
    scenario, read = interest(f'"{text}"')
    again = interest(f'"{text_of(scenario, read.node)}"')[1]
    assert again.node == read.node


@pytest.mark.parametrize(
    ("text", "resolved", "bluffing"),
    [
        ("0.05 + 0.1 * (type == bluffing)", "0.05", "0.15"),
        ("{by: type, resolved: prize, bluffing: -2 * fought}", "prize", "-2 * fought"),
        ("where(type == resolved, prize, 0) + bold", "prize + bold", "bold"),
        ("prize * (type == resolved and crisis == war)", "prize * fought", "0"),
        ("prize * (type == bluffing or crisis == war)", "prize * fought", "prize"),
        ("prize * (type != resolved)", "0", "prize"),
        ("prize - 0.3 * (type in [bluffing])", "prize", "prize - 0.3"),
    ],
)
def test_a_type_filled_in_leaves_what_it_decides(text: str, resolved: str, bluffing: str) -> None:
    scenario, read = interest(text if text.startswith("{") else f'"{text}"')
    shown = [text_of(scenario, for_type(read.node, "us", k)) for k in (0, 1)]
    assert shown == [resolved, bluffing]


class World:
    """Every value that an expression of the standoff can read, at one type."""

    period = 2.0

    def __init__(self, crisis: int, kind: int) -> None:
        self.levels = {"crisis": crisis, "patrols": 1}
        self.kind = kind

    def parameter(self, name: str) -> float:
        return {"bold": 0.4, "prize": 1.3, "reelected": 0.3}[name]

    def number(self, variable: str) -> float:
        return float(self.levels[variable])

    position = number

    def last(self, player: str) -> float:
        return 1.0

    def type_of(self, player: str) -> float:
        return float(self.kind)


@pytest.mark.parametrize("crisis", range(4))
@pytest.mark.parametrize("kind", [0, 1])
def test_filling_in_a_type_changes_no_value(crisis: int, kind: int) -> None:
    text = (
        "where(type == resolved, crisis, -prize) * (0.2 + 0.1 * (type == bluffing)) "
        "- (fought or type == resolved) / (1 + (type == resolved))"
    )
    _, read = interest(f'"{text}"')
    known = for_type(read.node, "us", kind)
    assert not reads_type(known, "us")
    world = World(crisis, kind)
    np.testing.assert_allclose(evaluate(known, world), evaluate(read.node, world), rtol=1e-15)


def test_what_sets_the_types_apart_is_listed_with_what_it_is_by_type() -> None:
    scenario = language.loads(STANDOFF)
    found = differences(scenario, scenario.player("us"))
    assert [(d.who, d.about, d.by_type) for d in found] == [
        ("The United States", "war", ("-0.1 * fought", "-1 * fought")),
        ("The United States", "cost of threaten", ("0.1", "1.3")),
    ]
