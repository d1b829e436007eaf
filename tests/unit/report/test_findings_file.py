"""Findings are kept and read again as they were, whatever kind of game they are of."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import pytest

from countermove import language
from countermove.errors import InvalidRequest
from countermove.game import compile
from countermove.report.findings_file import FINDINGS, read_findings, write_findings
from countermove.report.gather import gather
from countermove.report.why import first_choices
from countermove.solve import solve
from unit.report.typed_scenarios import FOR_EVER, STANDOFF

STARTER = files("countermove.cli").joinpath("starter.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize("text", [STARTER, STANDOFF, FOR_EVER], ids=["plain", "typed", "forever"])
def test_what_is_read_is_what_was_written(text: str, tmp_path: Path) -> None:
    scenario = language.loads(text)
    solution = solve(compile(scenario))
    findings = gather(solution, None, {0.5: solution}, horizon=3)
    told = first_choices(solution)
    write_findings(tmp_path / FINDINGS, findings, told)
    read = read_findings(tmp_path / FINDINGS, scenario)
    assert read is not None
    assert repr(read[0]) == repr(findings)  # numbers that are none are equal as words alone
    assert read[1] == told and told


def test_another_state_of_the_scenario_is_told_apart(tmp_path: Path) -> None:
    scenario = language.loads(STARTER)
    write_findings(tmp_path / FINDINGS, gather(solve(compile(scenario))))
    other = language.loads(STARTER.replace("rationality: 4", "rationality: 5"))
    assert other.players != scenario.players
    assert read_findings(tmp_path / FINDINGS, other) is None


def test_a_file_in_another_form_is_refused(tmp_path: Path) -> None:
    scenario = language.loads(STARTER)
    path = tmp_path / FINDINGS
    for text in ("[]", '{"format": 99}', "no json"):
        path.write_text(text)
        with pytest.raises(InvalidRequest, match="is not as a run wrote it"):
            read_findings(path, scenario)
