"""How the report tells of fixed points: found, missing, and others beside them."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from countermove import language
from countermove.game import compile
from countermove.report import asked, fixed_points
from countermove.report.gather import gather
from countermove.report.html import page
from countermove.solve import Solution, solve
from countermove.solve.others import Others
from countermove.solve.record import ROUTES, UNSOLVED, Record, Unsolved
from unit.report.test_report_page import read
from unit.report.typed_scenarios import STANDOFF


@pytest.fixture(scope="module")
def typed() -> Solution:
    return solve(compile(language.loads(STANDOFF)))


def with_missing(solution: Solution, **more: Any) -> Solution:
    """The solution as if one fixed point, that of the last period's threat, were missing."""
    record = Record.of(solution.game.world)
    record.take(solution.record.as_plain())
    record.routes[UNSOLVED] = 1
    state = solution.game.index(crisis="threatened")
    record.unsolved.append(Unsolved(5, "us", state, 3, 2.5e-3))
    record.unsolved.append(Unsolved(4, "militias+iraq", state, 2, 1e-4))
    found = dataclasses.replace(solution.found, record=record)
    return dataclasses.replace(solution, found=found, **more)


def test_a_missing_point_is_counted_located_and_warned_of(typed: Solution) -> None:
    failed = with_missing(typed)
    findings = gather(failed)
    fixed = findings.solve.fixed
    assert fixed is not None
    assert fixed.n_unsolved == 1
    first = fixed.unsolved[0]
    assert first.period == "Feb 2021"
    assert first.where == (
        "Feb 2021; The United States; crisis threatened, patrols none out; "
        f"us: {fixed_points.belief_words(first.belief).removeprefix('us: ')}"
    )
    assert fixed.unsolved[1].step == "The militias and Iraq"
    (warning,) = asked.warnings(findings)
    assert warning.startswith("1 of ") and warning.endswith("the method section says where")
    shown = page(findings)
    read(shown)
    assert "Where no fixed point was found" in shown and "2.5e-03" in shown


def test_strict_names_the_worst_place_and_the_remedy(typed: Solution) -> None:
    assert fixed_points.strict_message(typed) == ""
    said = fixed_points.strict_message(with_missing(typed))
    assert said.startswith("standoff is not solved everywhere: 1 of ")
    assert "Feb 2021; The United States; crisis threatened" in said
    assert "off by 2.5e-03" in said
    assert said.endswith(fixed_points.REMEDY)


def test_every_way_has_words() -> None:
    assert set(ROUTES[:UNSOLVED]) == set(fixed_points.WAYS)


def test_the_manifest_holds_routes_and_places(typed: Solution) -> None:
    fixed = fixed_points.fixed_points_of(with_missing(typed, others=Others(50, 4, 3, 0.3, 2, 1)))
    assert fixed is not None
    plain = fixed_points.as_plain(fixed)
    assert plain["unsolved"] == 1
    assert plain["where"][0]["state"]["crisis"] == "threatened"
    assert sum(plain["where"][0]["belief"]["us"].values()) == pytest.approx(1)
    assert plain["others"]["several"] == 4


@pytest.mark.parametrize(
    ("others", "said"),
    [
        (Others(50, 0, 1, 0.0, 0, 0), "At 50 fixed points others were sought from several starts"),
        (
            Others(50, 4, 3, 0.32, 2, 1),
            "At 4 of 50 fixed points where others were sought, there is more than one (up to 3); "
            "probabilities of two differ by up to 32%. At 2 the one in force is not the one to "
            "which rising rationality leads. At 1 the path of rising rationality was lost on its "
            "way.",
        ),
    ],
)
def test_other_equilibria_are_told(typed: Solution, others: Others, said: str) -> None:
    fixed = fixed_points.fixed_points_of(dataclasses.replace(typed, others=others))
    assert fixed is not None and fixed.others is not None
    assert fixed_points.other_words(fixed.others).startswith(said)
    assert said in page(gather(dataclasses.replace(typed, others=others)))
