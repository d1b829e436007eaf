"""How views rank the options, and on what account they rank them differently."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Valued = Callable[[str, str, str], float]  # view, option, key -> value


@dataclass(frozen=True, slots=True)
class Ranking:
    """The options of a view, best first; those without a figure stand in ``missing``."""

    view: str
    options: tuple[str, ...]
    values: tuple[float, ...]
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Term:
    """What one measure adds to a disagreement about two options.

    ``here`` and ``there`` are its differences between the options under the two views;
    ``weight`` its weight in the score (signed so that more is better), NaN where there is no score.
    ``part`` is ``weight * (here - there)`` of a score: the parts add up to the disagreement. Where
    there is no score it is ``(here - there)`` as a share of the measure's range over all cells.
    """

    key: str
    here: float
    there: float
    weight: float
    part: float


@dataclass(frozen=True, slots=True)
class Reversal:
    """Two options that views rank differently.

    ``first`` is the better by ``ahead`` under the view ``here``, the one most in its favour, and
    ``second`` by ``behind`` under ``there``, the one most in its own. ``prefer_first`` and
    ``prefer_second`` are all who take either side. ``terms`` tell why, the weightiest first;
    ``exact`` is whether they add up to ``ahead + behind``.
    """

    first: str
    second: str
    here: str
    there: str
    ahead: float
    behind: float
    prefer_first: tuple[str, ...]
    prefer_second: tuple[str, ...]
    terms: tuple[Term, ...] = ()
    exact: bool = False


def rankings(
    views: Sequence[str], options: Sequence[str], values: Floats, *, sign: float = 1
) -> tuple[Ranking, ...]:
    """Each view's options from best to worst, by their values [V, P]."""
    return tuple(
        _ranking(view, options, row, sign) for view, row in zip(views, values, strict=True)
    )


def _ranking(view: str, options: Sequence[str], row: Floats, sign: float) -> Ranking:
    solved = [at for at, value in enumerate(row) if math.isfinite(value)]
    ordered = sorted(solved, key=lambda at: -sign * row[at])  # equals stay in their order
    return Ranking(
        view,
        tuple(options[at] for at in ordered),
        tuple(float(row[at]) for at in ordered),
        tuple(option for at, option in enumerate(options) if at not in solved),
    )


def reversals(
    views: Sequence[str],
    options: Sequence[str],
    values: Floats,
    *,
    sign: float = 1,
    noise: float = 0.0,
) -> tuple[Reversal, ...]:
    """The pairs of options that views rank differently, the most consequential first.

    ``values`` [V, P]; differences of no more than ``noise`` take no side. A pair counts for as much
    as the less convinced side would lose by giving way: the smaller of the two margins.
    """
    oriented = sign * np.asarray(values, dtype=np.float64)
    found = []
    for p, q in combinations(range(len(options)), 2):
        leads = oriented[:, p] - oriented[:, q]
        sides = np.where(np.isfinite(leads), leads, 0.0)
        if sides.max() > noise and sides.min() < -noise:
            found.append(_reversal(views, options, sides, (p, q), noise))
    return tuple(sorted(found, key=lambda r: -min(r.ahead, r.behind)))


def _reversal(
    views: Sequence[str], options: Sequence[str], sides: Floats, pair: tuple[int, int], noise: float
) -> Reversal:
    here, there = int(sides.argmax()), int(sides.argmin())
    return Reversal(
        options[pair[0]],
        options[pair[1]],
        views[here],
        views[there],
        float(sides[here]),
        float(-sides[there]),
        tuple(view for view, side in zip(views, sides, strict=True) if side > noise),
        tuple(view for view, side in zip(views, sides, strict=True) if side < -noise),
    )


def account_of_score(
    reversal: Reversal, weights: Mapping[str, float], valued: Valued, *, sign: float = 1
) -> tuple[Term, ...]:
    """Why two views disagree about two options by a score, exactly.

    The lead of the first option is ``sum(w_k * (m_k(first) - m_k(second)))`` under either view; the
    difference of the leads is the sum of ``w_k`` times the difference of these differences.
    """
    terms = [
        _term(reversal, key, sign * weight, valued, scale=1.0) for key, weight in weights.items()
    ]
    return tuple(sorted(terms, key=lambda term: -abs(_or_zero(term.part))))


def account_of_measures(
    reversal: Reversal, ranges: Mapping[str, float], valued: Valued
) -> tuple[Term, ...]:
    """Which measures differ most where two views disagree about two options.

    ``ranges`` are the measures' ranges over all cells, by key: measures in different units are
    compared as shares of them. Those that are the same everywhere, and those that some of the four
    cells do not define, are left out.
    """
    terms = [
        _term(reversal, key, math.nan, valued, scale=1.0 / wide)
        for key, wide in ranges.items()
        if wide > 0
    ]
    known = [term for term in terms if math.isfinite(term.part)]
    return tuple(sorted(known, key=lambda term: -abs(term.part)))


def _term(reversal: Reversal, key: str, weight: float, valued: Valued, *, scale: float) -> Term:
    here, there = (
        valued(view, reversal.first, key) - valued(view, reversal.second, key)
        for view in (reversal.here, reversal.there)
    )
    factor = scale if math.isnan(weight) else weight
    return Term(key, here, there, weight, factor * (here - there))


def _or_zero(value: float) -> float:
    return value if math.isfinite(value) else 0.0
