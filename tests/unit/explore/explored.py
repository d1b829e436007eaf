"""Explorations made by hand: rows and worlds as an exploration's folder holds them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl

import countermove
from countermove.explore.cases import FREE, OWN
from countermove.explore.exploration import Exploration
from countermove.language.model import Goal, Scenario, Score

UNSOLVED = "not solved: period 3"
POLICIES = ("threaten_and_impose", "no_coercion")  # of the scenario `sanctions`, both the sender's


def sanctions(*, goals: Sequence[Goal] = ()) -> Scenario:
    scenario = countermove.load("sanctions")
    score = Score("sender_view", {"payoff(sender)": 1.0}, player="sender")
    return replace(
        scenario,
        scores={score.name: score},
        goals={goal.name: goal for goal in goals},
    )


def explored(
    figures: Mapping[str, Mapping[str, np.ndarray]],
    *,
    scenario: Scenario | None = None,
    worlds: Mapping[str, np.ndarray] | None = None,
    views: Sequence[str] = (OWN,),
    manifest: Mapping[str, Any] | None = None,
    shuffled: int | None = None,
) -> Exploration:
    """An exploration from ``figures[key][policy]``, arrays [views, W] or [W]; NaN: not solved.

    ``worlds`` are the parameters by name, arrays alike. ``shuffled`` puts rows in another order.
    """
    keys = tuple(figures)
    policies = tuple(next(iter(figures.values())))
    first = np.atleast_2d(next(iter(figures[keys[0]].values())))
    n_views, n = first.shape
    assert n_views == len(views)
    rows = []
    for at, view in enumerate(views):
        for world in range(n):
            for policy in policies:
                values = [float(np.atleast_2d(figures[key][policy])[at, world]) for key in keys]
                solved = not all(np.isnan(value) for value in values)
                met = "free" if policy == FREE else "adaptive"
                status = "solved" if solved else UNSOLVED
                told = [None if np.isnan(value) else value for value in values]
                rows.append((world, view, policy, met, status, 1e-12, 0, *told))
    schema = {
        "world": pl.Int64,
        "view": pl.String,
        "policy": pl.String,
        "met": pl.String,
        "status": pl.String,
        "residual": pl.Float64,
        "unsolved": pl.Int64,
        **dict.fromkeys(keys, pl.Float64),
    }
    table = pl.DataFrame(rows, schema=schema, orient="row")
    if shuffled is not None:
        table = table.sample(fraction=1.0, shuffle=True, seed=shuffled)
    drawn = dict(worlds or {})
    points = pl.concat(
        pl.DataFrame(
            {"world": np.arange(n, dtype=np.int64), "view": [view] * n}
            | {name: np.atleast_2d(values)[at] for name, values in drawn.items()}
        )
        for at, view in enumerate(views)
    )
    listed = {
        "method": "sobol",
        "seed": 0,
        "worlds": n,
        "parameters": list(drawn),
        "keys": list(keys),
        "policies": [name for name in policies if name != FREE],
        "views": list(views),
        "met": ["adaptive"],
        "shards": {"rows/00000.parquet": {"worlds": [0, n - 1]}},
    }
    return Exploration(None, scenario or sanctions(), listed | dict(manifest or {}), table, points)
