"""``countermove verify``: tables, JSON, a file, and an exit code that scripts may rely on."""

import json
from pathlib import Path

from countermove.cli.failures import ExitCode
from unit.cli.command_results import Run


def test_a_clean_solution_ends_well(countermove: Run, starter: Path) -> None:
    ran = countermove("verify", starter)
    assert ran.code == ExitCode.OK, ran.out
    assert "clean" in ran.out
    assert "not clean" not in ran.out
    assert "choices against logit" in ran.out
    assert "What another choice could gain" in ran.out
    assert "5 of " in ran.out


def test_all_periods_under_a_policy_as_json(countermove: Run) -> None:
    ran = countermove("verify", "centipede", "--all", "--set", "rationality_all=2", "--json")
    assert ran.code == ExitCode.OK
    data = json.loads(ran.out)
    assert data["clean"] is True
    assert data["reasons"] == []
    assert data["periods"] == ["1", "2"]
    assert {check["name"] for check in data["checks"]} >= {"values between periods"}
    assert all(check["size"] <= check["limit"] for check in data["checks"])
    assert {regret["player"] for regret in data["regrets"]} == {"one", "two"}
    assert data["refinement"] is None


def test_the_certificate_can_be_kept(countermove: Run, tmp_path: Path) -> None:
    kept = tmp_path / "certificate.json"
    assert countermove("verify", "centipede", "-o", kept).code == 0
    assert json.loads(kept.read_text())["game"] == "centipede"


COARSE = """
scenario: coarse
title: Too coarse a grid
calendar: {periods: 1}
state:
  crisis: {levels: [calm, threat, complied, stood, backed], start: calm, ordered: false}
players:
  us:
    rationality: 12
    types: {resolved: 0.4, bluffing: rest}
    belief_points: 3
    final:
      pay:
        by: crisis
        complied: 1
        stood: {by: type, resolved: -0.2, bluffing: -1.5}
        backed: -0.8
        otherwise: 0
    actions:
      wait: {when: crisis == calm}
      threaten: {when: crisis == calm, effects: [{crisis: threat}]}
      stand_firm: {when: crisis == threat, effects: [{crisis: stood}]}
      back_down: {when: crisis == threat, effects: [{crisis: backed}]}
  them:
    rationality: 12
    final: {pay: {by: crisis, complied: -1, stood: -2, backed: 1, otherwise: 0}}
    actions:
      comply: {effects: [{crisis: complied}]}
      resist: {}
order:
  - us
  - {step: them, when: crisis == threat}
  - {step: us, when: crisis == threat}
measures:
  war: ever(crisis == stood)
"""


def test_what_is_not_right_is_told_and_fails(countermove: Run, tmp_path: Path) -> None:
    (tmp_path / "coarse.yaml").write_text(COARSE)
    ran = countermove("verify", tmp_path / "coarse.yaml")
    assert ran.code == ExitCode.NOT_SOLVED
    assert "On belief grids twice as fine" in ran.out
    assert "not clean" in ran.out
    assert "raise belief_points" in ran.out
    ran = countermove("verify", tmp_path / "coarse.yaml", "--no-refine")
    assert ran.code == ExitCode.OK
    assert "no finer belief grid was tried" in ran.out


def test_a_scenario_that_there_is_not(countermove: Run) -> None:
    assert countermove("verify", "no-such-scenario").code == ExitCode.USAGE
    assert countermove("verify", "centipede", "--policy", "none-such").code == ExitCode.USAGE
