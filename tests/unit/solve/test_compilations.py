"""Compiled loops are compiled once a machine, never once a scenario."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[2]

PROGRAM = """
import json, sys, tempfile
from pathlib import Path
sys.path.insert(0, sys.argv[1])
import numpy as np
from numba.core.dispatcher import Dispatcher
from oracle.crisis import CRISIS
from oracle.invent import invent
from countermove import compile, load_solution, simulate, solve
from countermove.game import Game
from countermove.game.arrays import Chance, Move
from countermove.language import loads

PLAIN = '''
scenario: plain
title: Plain
calendar: {periods: 2}
state: {a: {levels: 0..2, start: 0}}
players: {p: {rationality: 1, interests: {i: a}, actions: {wait: {}, up: {effects: [{a: 1}]}}}}
'''
POLICY = "{player: guard, rules: [{when: tension == 1, play: {search: 0.3, watch: rest}}]}"


def everything(game, **options):
    solution = solve(game, **options)
    solution.forward(), solution.values, solution.strategies
    simulate(solution, paths=200, given=None)
    return solution


def arrays(costs, ends):
    move = Move("a", [[[0], [1]], [[1], [0]]], np.ones((2, 2, 1)), costs=costs)
    flip = Chance("flip", [[0, 1], [1, 0]], [[0.5, 0.5], [0.25, 0.75]])
    return Game.from_arrays(
        players=("a",), rationality=(1,), discount=(1,), periods=2, steps=[move, flip],
        flows=[[0.0], [1.0]], ends=ends, measures={"m": ("ever", [0, 1])},
    )


def games():
    yield "plain", lambda: everything(compile(loads(PLAIN)))
    crisis = loads(CRISIS + f"policies: {{probe: {POLICY}}}")
    yield "crisis", lambda: everything(compile(crisis))
    yield "policy", lambda: everything(compile(crisis, policy="probe", at=1))
    yield "replaced", lambda: everything(compile(crisis).replace(rationality_factor=2))
    yield "invented", lambda: everything(compile(loads(invent(27))))
    yield "arrays", lambda: everything(arrays({}, None))
    yield "arrays with costs", lambda: everything(arrays({"a": [[0, 1], [1, 2]]}, [0, 1]))
    yield "serial", lambda: everything(compile(crisis), threads=1)
    yield "loaded", lambda: loaded(compile(crisis), arrays({"a": [[0, 1], [1, 2]]}, [0, 1]))


def loaded(*games):
    with tempfile.TemporaryDirectory() as folder:
        for game in games:
            solve(game).save(Path(folder) / "s.nc")
            found = load_solution(Path(folder) / "s.nc")
            found.forward(), simulate(found, paths=50)


def kernels():
    return {
        f"{name}.{key}": thing
        for name, module in list(sys.modules.items())
        if name.startswith("countermove.")
        for key, thing in vars(module).items()
        if isinstance(thing, Dispatcher) and thing.py_func.__module__ == name
    }


told = {}
for name, play in games():
    play()
    told[name] = {k: [str(s) for s in d.signatures] for k, d in kernels().items()}
stats = {k: [sum(d.stats.cache_hits.values()), sum(d.stats.cache_misses.values())]
         for k, d in kernels().items()}
print(json.dumps({"signatures": told, "stats": stats}))
"""


def run(**environment):
    """What the program says, with further variables of the environment."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", PROGRAM, str(TESTS)],
        env={**os.environ, "NUMBA_NUM_THREADS": "2", **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout)


def compiled(said):
    """The loops that a run compiled, and how often."""
    return {kernel: misses for kernel, (_, misses) in said["stats"].items() if misses}


@pytest.fixture(scope="module")
def runs():
    """Runs with the loops that earlier ones of any test have kept, until nothing is compiled.

    Three at most: tests that go on at the same time may write over what the first has kept.
    """
    found = [run()]
    while compiled(found[-1]) and len(found) < 3:
        found.append(run())
    return found


def test_no_scenario_compiles_a_loop_again(runs):
    first = runs[0]
    called = [signatures for signatures in first["signatures"]["loaded"].values() if signatures]
    assert len(called) > 8
    seen = {}
    for game, kernels in first["signatures"].items():
        for kernel, signatures in kernels.items():
            assert set(signatures) == set(seen.get(kernel) or signatures), (game, kernel)
            seen[kernel] = signatures


def test_each_loop_has_one_signature(runs):
    for kernel, signatures in runs[0]["signatures"]["loaded"].items():
        assert len(signatures) <= 1, (kernel, signatures)


def test_a_run_after_others_compiles_nothing(runs):
    last = runs[-1]
    assert compiled(last) == {}
    assert sum(hits for hits, _ in last["stats"].values()) > 8


@pytest.mark.slow  # every loop is compiled
def test_the_first_run_fills_the_cache_and_the_second_compiles_nothing(tmp_path):
    first, second = (run(NUMBA_CACHE_DIR=str(tmp_path)) for _ in range(2))
    assert len(compiled(first)) > 8
    assert compiled(second) == {}
    assert sum(hits for hits, _ in second["stats"].values()) > 8
