"""CART: a tree of questions about parameters that sorts worlds into failing and not (scikit-learn).

Breiman, Friedman, Olshen and Stone (1984); for scenario discovery see Lempert, Bryant and Bankes
(2008). Where PRIM finds one region after another, a tree divides all worlds at once.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from countermove.explore.discovery_boxes import Limits, around, fit
from countermove.explore.discovery_prim import LEAST_MASS
from countermove.explore.objectives_values import BoolArray, FloatArray

FOLDS = 5


def failing_leaves(
    x: FloatArray, y: BoolArray, *, least_mass: float = LEAST_MASS, seed: int = 0
) -> list[Limits]:
    """The leaves in which most worlds are of interest, as boxes, the one that covers most first.

    Leaves hold ``least_mass`` of the worlds at least; the tree is cut back to the smallest whose
    cross-validated error is within a standard error of the least (the rule of Breiman et al.).
    Empty where no leaf is mostly of interest.
    """
    tree = grown(x, y, least_mass=least_mass, seed=seed)
    found = [box for box, density in _leaves(tree, around(x)) if density > 0.5]
    return sorted(found, key=lambda box: -fit(box, x, y).coverage)


def grown(x: FloatArray, y: BoolArray, *, least_mass: float = LEAST_MASS, seed: int = 0) -> Any:
    """The tree, cut back; see ``failing_leaves``."""
    from sklearn.tree import DecisionTreeClassifier

    leaf = max(int(least_mass * len(y)), 1)
    whole = DecisionTreeClassifier(min_samples_leaf=leaf, random_state=seed)
    path = whole.cost_complexity_pruning_path(x, y)
    alphas = np.unique(np.maximum(path.ccp_alphas, 0.0))
    alpha = _simplest(x, y, alphas, leaf, seed) if min(y.sum(), (~y).sum()) >= FOLDS else 0.0
    cut = DecisionTreeClassifier(min_samples_leaf=leaf, random_state=seed, ccp_alpha=alpha)
    return cut.fit(x, y)


def _simplest(x: FloatArray, y: BoolArray, alphas: FloatArray, leaf: int, seed: int) -> float:
    """The greatest cost of a leaf whose error is within a standard error of the least."""
    from sklearn.model_selection import StratifiedKFold
    from sklearn.tree import DecisionTreeClassifier

    folds = list(StratifiedKFold(FOLDS, shuffle=True, random_state=seed).split(x, y))
    # between two neighbours, a tree is the same: their mean stands for all between
    tried = np.sqrt(alphas * np.append(alphas[1:], alphas[-1]))
    errors = np.empty((len(tried), FOLDS))
    for at, alpha in enumerate(tried):
        for fold, (learn, test) in enumerate(folds):
            tree = DecisionTreeClassifier(min_samples_leaf=leaf, random_state=seed, ccp_alpha=alpha)
            errors[at, fold] = (tree.fit(x[learn], y[learn]).predict(x[test]) != y[test]).mean()
    means = errors.mean(axis=1)
    best = int(np.argmin(means))
    limit = means[best] + errors[best].std(ddof=1) / np.sqrt(FOLDS)
    return float(tried[np.flatnonzero(means <= limit)[-1]])


def _leaves(tree: Any, full: Limits) -> list[tuple[Limits, float]]:
    """Every leaf as a box, with the share of its worlds that are of interest."""
    nodes = tree.tree_
    yes = list(tree.classes_).index(True)
    found: list[tuple[Limits, float]] = []

    def walk(node: int, low: FloatArray, high: FloatArray) -> None:
        if nodes.children_left[node] < 0:
            counts = nodes.value[node][0]
            found.append((Limits(low, high), float(counts[yes] / counts.sum())))
            return
        at, limit = int(nodes.feature[node]), float(nodes.threshold[node])
        below, above = high.copy(), low.copy()
        below[at] = min(high[at], limit)
        above[at] = max(low[at], np.nextafter(limit, np.inf))
        walk(int(nodes.children_left[node]), low, below)
        walk(int(nodes.children_right[node]), above, high)

    walk(0, full.low, full.high)
    return found
