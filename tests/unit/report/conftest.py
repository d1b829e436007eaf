"""The starter scenario, solved once: small, and it has every part that a report shows."""

from __future__ import annotations

from importlib.resources import files

import pytest

from countermove import language
from countermove.game import compile
from countermove.language.model import Scenario
from countermove.report.gather import gather
from countermove.report.records import Findings
from countermove.solve import Solution, solve


@pytest.fixture(scope="session")
def scenario() -> Scenario:
    text = files("countermove.cli").joinpath("starter.yaml").read_text(encoding="utf-8")
    return language.loads(text)


@pytest.fixture(scope="session")
def solution(scenario: Scenario) -> Solution:
    return solve(compile(scenario))


@pytest.fixture(scope="session")
def findings(solution: Solution) -> Findings:
    halved = solve(solution.game.replace(rationality_factor=0.5))
    return gather(solution, None, {0.5: halved})
