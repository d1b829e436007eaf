"""The benchmarks measure what they say: peers and kernels agree, and a part runs."""

from __future__ import annotations

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
    ours = backward(world, serial=serial, keep_strategies=False).values[:-1]
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


def test_a_part_that_there_is_not_is_refused(capsys):
    from benchmarks.__main__ import main

    with pytest.raises(SystemExit):
        main(["speed"])
    assert "no part speed; there are kernels, scale" in capsys.readouterr().err
