"""What every bundled scenario must do: load, compile, solve, add up, and give what it says.

Run as a script, ``python tests/oracle/test_bundled.py [SLUG ...]`` writes the ``expected.json`` of
each slug anew (of every bundled scenario, where none is named).
"""

import json
import sys

import numpy as np
import pytest

from countermove import language
from countermove.game import compile as compile_game
from countermove.solve import solve

SLUGS = language.bundled()


def expected_path(slug):
    return language.bundled_path(slug).parent / "expected.json"


def expected_of(solution):
    """A solution's measures at the start state, and the players' payoffs."""
    measures = {name: result.value for name, result in solution.measures.items()}
    return {"measures": measures, "payoffs": dict(solution.payoffs)}


def write_expected(slug):
    scenario = language.load(slug)
    content = {"version": scenario.version, **expected_of(solve(compile_game(scenario)))}
    expected_path(slug).write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


@pytest.fixture(scope="module", params=SLUGS)
def solution(request):
    return solve(compile_game(language.load(request.param)))


def test_there_are_bundled_scenarios():
    assert {"us-iraq-2020", "centipede"} <= set(SLUGS)


@pytest.mark.parametrize("slug", SLUGS)
def test_it_loads_without_a_fault_and_is_described(slug):
    scenario = language.load(slug)
    assert scenario.name == slug
    assert not [str(d) for d in language.check(slug) if d.severity == "error"]
    readme = language.bundled_path(slug).parent / "README.md"
    assert len(readme.read_text(encoding="utf-8")) > 400
    assert scenario.coverage.bare == 0


def test_it_solves(solution):
    assert solution.status == "solved"
    assert solution.residual < 1e-9
    assert all(np.isfinite(result.value) for result in solution.measures.values())
    assert all(np.isfinite(payoff) for payoff in solution.payoffs.values())


def test_probabilities_sum_to_one(solution):
    forward = solution.forward()
    for fan in forward.fans.values():
        assert np.allclose(fan.sum(axis=-1), 1, atol=1e-9)
        assert float(fan.min()) >= 0
    for label, actions in forward.actions.items():
        assert np.allclose(actions.sum(axis=-1), forward.moves[label], atol=1e-9)
    for strategy in solution.strategies.values():
        total = np.nansum(strategy.values, axis=-1)
        assert np.allclose(total[total > 0], 1, atol=1e-9)


@pytest.mark.parametrize("slug", [s for s in SLUGS if language.load(s).policies])
def test_every_policy_can_be_played(slug):
    scenario = language.load(slug)
    game = compile_game(scenario)
    for policy in scenario.policies:
        assert game.under(view=None, policy=policy).policy == policy


def test_it_gives_what_is_expected(solution):
    scenario = solution.game.scenario
    said = json.loads(expected_path(scenario.name).read_text(encoding="utf-8"))
    found = expected_of(solution)
    assert said["version"] == scenario.version
    # Where a move has several equilibria, rounding may tip which of them ends at a turning point,
    # and rounding differs between versions of the compiler: by 1e-4 of a measure where it was seen.
    several = solution.others is not None and solution.others.several > 0
    close = {"rel": 1e-3, "abs": 1e-4} if several else {"rel": 0, "abs": 1e-6}
    assert found["measures"] == pytest.approx(said["measures"], **close)
    assert found["payoffs"] == pytest.approx(said["payoffs"], **close)


if __name__ == "__main__":
    for named in sys.argv[1:] or SLUGS:
        write_expected(named)
