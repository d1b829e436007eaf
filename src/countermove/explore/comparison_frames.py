"""A comparison as tables for machines: frames of polars."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import polars as pl

    from countermove.explore.comparison import Comparison
    from countermove.explore.regret import Regret
    from countermove.explore.telltale import Signs


def rows(comparison: Comparison) -> pl.DataFrame:
    """A row a cell: view, policy, met, status, residual, unsolved, and a Float64 column a key."""
    import polars as pl

    columns: dict[str, tuple[Any, list[Any]]] = {
        "view": (pl.String, [o.case.view_label for o in comparison.outcomes]),
        "policy": (pl.String, [o.case.policy_label for o in comparison.outcomes]),
        "met": (pl.String, [o.case.met for o in comparison.outcomes]),
        "status": (pl.String, [o.status for o in comparison.outcomes]),
        "residual": (pl.Float64, [_known(o.residual) for o in comparison.outcomes]),
        "unsolved": (pl.Int64, [o.unsolved for o in comparison.outcomes]),
    }
    for key in comparison.keys:
        values = [_known(o.values.get(key)) if o.solved else None for o in comparison.outcomes]
        columns[key] = (pl.Float64, values)
    return _frame(columns)


def effects(comparison: Comparison) -> pl.DataFrame:
    """A row a view, policy and key: free, surprised, adaptive, promise, delivered, effect, share.

    ``share`` is null where nothing is promised, everything where a cell has no figure.
    """
    import polars as pl

    found = [
        (view, policy, key, comparison.promise(view, policy, key))
        for view in comparison.views
        for policy in comparison.policies
        for key in comparison.keys
    ]
    columns: dict[str, tuple[Any, list[Any]]] = {
        "view": (pl.String, [view for view, _, _, _ in found]),
        "policy": (pl.String, [policy for _, policy, _, _ in found]),
        "key": (pl.String, [key for _, _, key, _ in found]),
    }
    for name in ("free", "surprised", "adaptive", "promise", "delivered", "effect", "share"):
        columns[name] = (pl.Float64, [_known(getattr(p, name)) for _, _, _, p in found])
    return _frame(columns)


def regrets(regret: Regret) -> pl.DataFrame:
    """A row a pair of views: whose advice, in whose world, what it is and what it costs there.

    ``stake`` is what lies between the best and the worst option in that world.
    """
    import polars as pl

    size = range(len(regret.views))
    cells = [(a, b) for a in size for b in size]
    return _frame(
        {
            "advice_of": (pl.String, [regret.views[a] for a, _ in cells]),
            "world_of": (pl.String, [regret.views[b] for _, b in cells]),
            "advised": (pl.String, [regret.advice(regret.views[a]) or None for a, _ in cells]),
            "best": (pl.String, [regret.advice(regret.views[b]) or None for _, b in cells]),
            "regret": (pl.Float64, [_known(float(regret.matrix[a, b])) for a, b in cells]),
            "stake": (pl.Float64, [_known(float(regret.stakes[b])) for _, b in cells]),
        }
    )


def signs(found: Signs | None) -> pl.DataFrame:
    """A row an observable, view and outcome: its probability there, and the observable's bits."""
    import polars as pl

    cells = [
        (sign, view, outcome, float(sign.odds[v, o]))
        for sign in (found.signs if found is not None else ())
        for v, view in enumerate(found.views if found is not None else ())
        for o, outcome in enumerate(sign.outcomes)
    ]
    return _frame(
        {
            "kind": (pl.String, [sign.kind for sign, _, _, _ in cells]),
            "name": (pl.String, [sign.name for sign, _, _, _ in cells]),
            "period": (pl.Int64, [sign.period for sign, _, _, _ in cells]),
            "bits": (pl.Float64, [sign.bits for sign, _, _, _ in cells]),
            "view": (pl.String, [view for _, view, _, _ in cells]),
            "outcome": (pl.String, [outcome for _, _, outcome, _ in cells]),
            "probability": (pl.Float64, [p for _, _, _, p in cells]),
        }
    )


def _frame(columns: dict[str, tuple[Any, list[Any]]]) -> pl.DataFrame:
    import polars as pl

    return pl.DataFrame(
        {name: values for name, (_, values) in columns.items()},
        schema={name: kind for name, (kind, _) in columns.items()},
    )


def _known(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None
