"""Runs the examples of ``docs/language.md``: each is a sound part of a scenario."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

from countermove import language
from countermove.game import compile
from countermove.language import caps, compose, dates, priors, source, state
from countermove.language.model import Outcomes

PAGE = Path(__file__).parents[2] / "docs" / "language.md"
TEXT = PAGE.read_text(encoding="utf-8")
PARTS = re.findall(r"^```yaml\n(.*?)^```$", TEXT, re.M | re.DOTALL)
FILES = re.findall(r"^```yaml file\n(.*?)^```$", TEXT, re.M | re.DOTALL)


def errors_page() -> ModuleType:
    path = Path(__file__).with_name("test_errors.py")
    spec = importlib.util.spec_from_file_location("errors_page", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_there_are_examples() -> None:
    assert len(PARTS) >= 14 and len(FILES) == 2


@pytest.mark.parametrize("text", PARTS, ids=lambda text: text.split(":")[0])
def test_parts_are_sound_and_make_games(text: str) -> None:
    scenario, faults = errors_page().patched(text)
    assert [d for d in faults.sorted() if d.severity == "error"] == []
    for policy in (None, *scenario.policies):
        for view in (None, *scenario.views):
            assert compile(scenario, policy=policy, view=view).n_states > 1


def test_the_smallest_scenario_loads() -> None:
    game = compile(language.loads(FILES[0]))
    assert game.n_states == 3
    assert game.warnings() == []


def test_the_whole_scenario_says_what_is_told_of_it() -> None:
    scenario = language.loads(FILES[1])
    assert [w.code for w in scenario.warnings] == ["CM097"]
    challenger = scenario.player("challenger")
    assert (challenger.types, challenger.belief_points) == (("resolved", "bluffing"), 21)
    assert scenario.measures["war_if_resolved"].given_type == ("challenger", "resolved")
    (outcomes,) = scenario.event("election").effects
    assert isinstance(outcomes, Outcomes)
    ((redraw,),) = (outcome.redraws for outcome in outcomes.outcomes)
    assert (redraw.player, redraw.stops) == ("challenger", False)
    assert scenario.scores["restraint"].weights == {"war": -2.0, "challenger_gets": 1.0}
    assert (scenario.goals["peace"].key, scenario.goals["peace"].at_most) == ("war", 0.2)
    assert scenario.policies["measured"].levers == ("odds",)
    assert compile(scenario).n_states > 1


def test_the_limits_told_are_the_limits_kept() -> None:
    assert source.MAX_BYTES == 2**20 and "1 MiB" in TEXT
    told = [
        f"{compose.MAX_DEPTH} levels of nesting",
        f"{compose.MAX_NODES:,} values",
        f"{caps.MAX_ENTRIES['state']} variables of {state.MAX_LEVELS:,} levels",
        f"{caps.MAX_ENTRIES['players']} players with {caps.MAX_ACTIONS} actions and "
        f"{caps.MAX_TYPES} types each",
        f"policies of {caps.MAX_LEVERS} levers, {caps.MAX_ENTRIES['correlations']} correlations",
        f"{dates.MAX_PERIODS:,} periods",
    ]
    flat = " ".join(TEXT.split())
    assert [limit for limit in told if limit not in flat] == []
    points = f"from {priors.FEWEST_POINTS} to {priors.MOST_POINTS:,}: 21 if left out, 11 with three"
    assert points in flat
    assert f"{compose.MAX_SCALAR:,} characters" in flat
