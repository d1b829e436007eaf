"""The benchmarks measure what they say: peers and kernels agree, and a part runs."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from countermove.solve.backward import backward

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def benchmarks_on_path(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT))


def arrays_of(**shape):
    from benchmarks.shape import Shape, draw

    return draw(Shape(**shape), seed=3)


@pytest.mark.parametrize("serial", [True, False])
def test_every_formulation_in_numpy_gives_the_kernels_values(serial):
    from benchmarks import peers
    from benchmarks.shape import game_of

    arrays = arrays_of(states=1_500, periods=4)
    world = game_of(arrays).world
    ours = backward(world, 0, serial=serial, keep_strategies=False).values[:-1]
    for steps in peers.formulations(arrays).values():
        np.testing.assert_allclose(peers.solve(arrays, steps), ours, rtol=1e-12, atol=1e-12)
    assert np.ptp(ours[0], axis=0).min() > 0.01


def test_the_generated_crisis_has_the_shape_asked_for():
    from benchmarks.crisis import scenario
    from countermove import compile, loads
    from countermove.language.expressions import reads

    crisis = loads(scenario(periods=3))
    odds = [e.probability for p in crisis.players for a in p.actions for e in a.effects]
    assert len(odds) == 60
    assert sum(reads(o.node).period for o in odds) == 6
    assert all(reads(o.node).parameters for o in odds)
    game = compile(crisis)
    assert len(game.columns) == 8
    branches = sum(len(step.arrays.successor) for step in game.world.at(2).steps)
    assert branches >= 1_300 * 4 * 5 * 8


def test_a_part_runs_and_writes_its_page(tmp_path, capsys):
    from benchmarks.__main__ import main

    main(["small", "--quick", "--output", str(tmp_path)])
    page = (tmp_path / "benchmarks.md").read_text(encoding="utf-8")
    assert "Many small games" in page
    assert "the figures mean nothing" in page
    assert "1,500 states" in page
    assert "solves a second" in capsys.readouterr().out


def test_a_part_takes_its_place_on_the_page_and_leaves_the_others(tmp_path):
    from benchmarks.document import write
    from benchmarks.timing import Part

    one, other = Part("a", "First", notes=["before"]), Part("b", "Second", notes=["stays"])
    write([one, other], tmp_path, (0.1, 0.2), quick=False)
    one.notes[0] = "after"
    page = write([one], tmp_path, (0.3, 0.4), quick=False).read_text(encoding="utf-8")
    assert page.index("## First") < page.index("after") < page.index("## Second")
    assert page.count("## First") == 1
    assert "stays" in page
    assert "before\n" not in page


def test_a_part_that_there_is_not_is_refused(capsys):
    from benchmarks.__main__ import main

    with pytest.raises(SystemExit):
        main(["speed"])
    assert "no part speed; there are kernels, scale" in capsys.readouterr().err


def test_the_folded_tree_is_the_tree():
    from benchmarks.trees import RATIONALITY, game_of
    from countermove import solve

    payoffs = np.random.default_rng(5).random((16, 2))
    values = payoffs
    for level in (3, 2, 1, 0):
        worth = values.reshape(-1, 2, 2)
        weights = np.exp(RATIONALITY * worth[:, :, level % 2])
        values = np.einsum("na,nap->np", weights / weights.sum(axis=1, keepdims=True), worth)
    found = solve(game_of(payoffs)).payoffs
    np.testing.assert_allclose([found["p0"], found["p1"]], values[0], rtol=1e-12)


def test_the_stationary_residual_tells_equilibrium_from_what_is_none():
    from benchmarks.stationary_games import draw, game_of, residual
    from countermove import solve

    drawn = draw(3)
    found = solve(game_of(drawn)).strategies
    strategies = np.stack([found[name].values[0] for name in ("p0", "p1")], axis=1)
    assert residual(drawn, strategies) < 1e-9
    even = np.full_like(strategies, 0.25)
    # Any mixture with them is off by its share of what even choices are off, to first order.
    assert residual(drawn, 0.999 * strategies + 0.001 * even) > 1e-6


def test_a_peer_that_cannot_be_installed_is_told_on_the_page(monkeypatch):
    from benchmarks import environments, trees

    fails = [sys.executable, "-c", "print('no such package'); raise SystemExit(1)"]
    monkeypatch.setattr(trees, "version", lambda peer: environments._done(peer, fails))
    part = trees.run(quick=True)
    assert not part.rows
    assert part.notes == ["Not measured: pygambit cannot be installed: no such package"]


def test_the_game_with_types_has_choices_neither_even_nor_certain():
    from benchmarks.hidden_types import Shape, draw
    from countermove import solve

    solution = solve(draw(Shape(levels=(4, 4, 4), periods=3, points=5)))
    assert solution.status == "solved"
    assert solution.record.residual < 1e-8
    sigma = solution.strategies["p0"].values
    assert 0.3 < np.median(sigma.max(axis=-1)) < 0.95
    assert np.abs(sigma[..., 0, :] - sigma[..., 1, :]).max() > 0.1
