"""Correlations of parameters: read, refused where they cannot be, and told where they clash."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from countermove import language
from countermove.errors import Location
from countermove.language.correlations import check_together, correlation_matrix
from countermove.language.faults import Faults
from countermove.language.model import Correlation

BASE = Path(__file__).parents[2] / "broken" / "bases" / "little-crisis.yaml"


def pairs(*told: tuple[str, str, float]) -> tuple[Correlation, ...]:
    return tuple(
        Correlation(first, second, value, location=Location("f", line, 1))
        for line, (first, second, value) in enumerate(told, start=1)
    )


def clash(*told: tuple[str, str, float]) -> Faults:
    faults = Faults()
    check_together(pairs(*told), faults)
    return faults


def test_they_are_read_and_count_for_coverage(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(
        f"base: {BASE.as_posix()}\nscenario: mine\ncorrelations:\n"
        "  - {between: [audience_cost, calm_returns], value: -0.4, cites: [bluffs], note: Why.}\n"
    )
    scenario = language.load(path)
    (pair,) = scenario.correlations
    assert (pair.first, pair.second, pair.value, pair.note) == (
        "audience_cost",
        "calm_returns",
        -0.4,
        "Why.",
    )
    assert scenario.coverage.cited == language.load(BASE).coverage.cited + 1


def test_a_view_s_range_makes_a_parameter_uncertain(tmp_path: Path) -> None:
    text = (
        f"base: {BASE.as_posix()}\nscenario: mine\n"
        "parameters: {fixed: {value: 1, assumption: true}}\n"
        "players: {target: {interests: {calm: fixed * (crisis == calm)}}}\n"
        "views: {wide: {cites: [bluffs], ranges: {fixed: [0, 2]}}}\n"
        "correlations: [{between: [audience_cost, fixed], value: 0.4, assumption: true}]\n"
    )
    path = tmp_path / "mine.yaml"
    path.write_text(text)
    assert [d.message for d in language.check(path)] == []
    path.write_text(text.replace("ranges: {fixed: [0, 2]}", "set: {fixed: 2}"))
    assert [d.code for d in language.check(path)] == ["CM221"]


def test_the_matrix_has_ones_and_is_symmetric() -> None:
    matrix = correlation_matrix(["c", "a", "b"], pairs(("a", "b", 0.5), ("c", "x", 0.9)))
    assert matrix.tolist() == [[1, 0, 0], [0, 1, 0.5], [0, 0.5, 1]]


@pytest.mark.parametrize(
    "told",
    [
        (),
        (("a", "b", 1.0),),
        (("a", "b", -1.0), ("c", "d", 0.99)),
        (("a", "b", 0.9), ("b", "c", 0.9), ("a", "c", 0.8)),
        (("a", "b", 1.0), ("b", "c", 1.0), ("a", "c", 1.0)),
        (("a", "b", 0.6), ("b", "c", 0.8)),  # 0.36 + 0.64: just what can be
    ],
)
def test_those_that_can_hold_are_let_pass(told: tuple[tuple[str, str, float], ...]) -> None:
    assert clash(*told).found == []


def test_a_clash_names_the_fewest_that_clash_and_the_place() -> None:
    (fault,) = clash(
        ("d", "e", 0.9),
        ("a", "b", 0.9),
        ("d", "a", 0.1),
        ("b", "c", 0.9),
        ("c", "d", 0.1),
    ).found
    assert (fault.code, fault.text, fault.location.line) == ("CM222", "a, b, c", 4)
    assert fault.message == (
        "no numbers go together so: a with b 0.9, b with c 0.9, and the others among them 0"
    )
    assert fault.remedy == "bring them closer to 0, or state those left out"


def test_a_clash_of_pairs_that_are_all_told() -> None:
    (fault,) = clash(("a", "b", 0.9), ("b", "c", 0.9), ("a", "c", -0.9)).found
    assert fault.message.endswith("a with c -0.9")
    assert fault.remedy == "bring them closer to 0"


def test_among_many_the_clash_is_still_small() -> None:
    rng = np.random.default_rng(7)
    names = [f"p{i}" for i in range(120)]
    told = [(a, b, float(rng.uniform(-0.05, 0.05))) for a, b in pairwise(names)]
    clashing = [("p3", "p60", 0.8), ("p60", "p99", 0.8), ("p3", "p99", -0.5)]
    (fault,) = clash(*told, *clashing).found
    assert fault.text == "p3, p60, p99"


def test_any_fewer_than_those_named_could_hold() -> None:
    rng = np.random.default_rng(11)
    names = list("abcdefg")
    for _ in range(50):
        told = [
            (a, b, float(rng.uniform(-1, 1)))
            for i, a in enumerate(names)
            for b in names[i + 1 :]
            if rng.random() < 0.5
        ]
        whole = correlation_matrix(names, pairs(*told))
        found = clash(*told).found
        assert bool(found) == (np.linalg.eigvalsh(whole)[0] < -1e-9)
        for fault in found:
            named = fault.text.split(", ")
            assert np.linalg.eigvalsh(correlation_matrix(named, pairs(*told)))[0] < -1e-9
            for left_out in named:
                fewer = [name for name in named if name != left_out]
                assert np.linalg.eigvalsh(correlation_matrix(fewer, pairs(*told)))[0] >= -1e-9
