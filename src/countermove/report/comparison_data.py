"""A comparison for machines, as plain data."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING, Any

from countermove.report.comparison_summary import regret_words

if TYPE_CHECKING:
    from countermove.explore.comparison import Comparison
    from countermove.explore.telltale import Sign

_SIGNS = 8


def as_data(comparison: Comparison, folder: Path | None) -> dict[str, Any]:
    """Everything that the terminal shows, and every number."""
    return {
        "scenario": comparison.scenario.name,
        "version": comparison.scenario.version,
        "folder": str(folder) if folder is not None else None,
        "player": comparison.player,
        "policies": comparison.policies,
        "views": comparison.views,
        "objective": {"key": comparison.objective.key, "better": comparison.objective.better},
        "include_free": comparison.include_free,
        "cells": comparison.rows.to_dicts(),
        "effects": comparison.effects().to_dicts(),
        "regret": _regret(comparison),
        "rankings": [dataclasses.asdict(ranking) for ranking in comparison.rankings],
        "reversals": [dataclasses.asdict(reversal) for reversal in comparison.reversals],
        "signs": _signs(comparison),
        "failed": [
            {"view": o.case.view_label, "policy": o.case.policy_label, "met": o.case.met}
            | {"status": o.status}
            for o in comparison.failed
        ],
    }


def _regret(comparison: Comparison) -> dict[str, Any]:
    found = comparison.regret
    return {
        "views": found.views,
        "options": found.options,
        "advice": {view: found.advice(view) or None for view in found.views},
        "matrix": found.matrix.tolist(),
        "worst": dict(zip(found.views, found.worst.tolist(), strict=True)),
        "mean": dict(zip(found.views, found.mean.tolist(), strict=True)),
        "punishes": dict(zip(found.views, found.punishes.tolist(), strict=True)),
        "stakes": dict(zip(found.views, found.stakes.tolist(), strict=True)),
        "reading": regret_words(comparison),
    }


def _signs(comparison: Comparison) -> dict[str, Any] | None:
    found = comparison.signs
    if found is None:
        return None
    pairs = [
        {"views": [first, second], "bits": float(sign.pairwise[a, b])} | _sign(comparison, sign)
        for a, first in enumerate(found.views)
        for b, second in enumerate(found.views)
        if a < b and (sign := found.between(first, second)) is not None
    ]
    return {
        "views": found.views,
        "most_bits": found.most,
        "best": [_with_bits(comparison, sign) for sign in found.best(_SIGNS)],
        "soonest": [_with_bits(comparison, sign) for sign in found.soonest(_SIGNS)],
        "pairs": pairs,
        "twins": found.twins,
        "failed": dict(found.failed),
    }


def _with_bits(comparison: Comparison, sign: Sign) -> dict[str, Any]:
    return {"bits": sign.bits} | _sign(comparison, sign)


def _sign(comparison: Comparison, sign: Sign) -> dict[str, Any]:
    assert comparison.signs is not None
    return {
        "kind": sign.kind,
        "name": sign.name,
        "period": sign.period,
        "when": comparison.scenario.calendar.label(sign.period),
        "odds": {
            view: dict(zip(sign.outcomes, sign.odds[v].tolist(), strict=True))
            for v, view in enumerate(comparison.signs.views)
        },
    }
