"""A comparison's result: every cell, and what follows from them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from countermove.errors import check_names
from countermove.explore.cases import FREE, OWN, Outcome
from countermove.explore.compare_request import OWN_VIEW, weights_of
from countermove.explore.objectives import Objective, parse_objective
from countermove.explore.promise import Promise, noise, promise
from countermove.explore.ranking import (
    Ranking,
    Reversal,
    account_of_measures,
    account_of_score,
    rankings,
    reversals,
)
from countermove.explore.regret import Regret, regret
from countermove.explore.telltale import Signs
from countermove.language.model import Scenario

if TYPE_CHECKING:
    import polars as pl

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Comparison:
    """Every policy of a player under every view, met by adaptive and by surprised others.

    ``views`` are labels (``(own)`` where the scenario's own values hold); ``keys`` what is
    measured; ``outcomes`` hold a cell each, in order. ``signs`` is None where it was left out.
    ``include_free`` is whether free play is among the options that are ranked and advised.
    """

    scenario: Scenario
    player: str
    policies: tuple[str, ...]
    views: tuple[str, ...]
    keys: tuple[str, ...]
    objective: Objective
    outcomes: tuple[Outcome, ...]
    signs: Signs | None = None
    include_free: bool = True

    @cached_property
    def cells(self) -> Mapping[tuple[str, str, str], Outcome]:
        """Outcomes by the labels of view and policy, and by how the policy is met."""
        return {(o.case.view_label, o.case.policy_label, o.case.met): o for o in self.outcomes}

    @property
    def options(self) -> tuple[str, ...]:
        """What the player may choose from: the policies, and free play where that counts."""
        return (FREE, *self.policies) if self.include_free else self.policies

    @property
    def failed(self) -> tuple[Outcome, ...]:
        """The cells that were not solved, with their reasons."""
        return tuple(o for o in self.outcomes if not o.solved)

    def judged_by(self, of: str | Objective) -> Comparison:
        """The same comparison by another objective, as in ``compare``."""
        return replace(self, objective=parse_objective(self.scenario, of))

    def value(self, view: str, option: str, key: str, met: str = "adaptive") -> float:
        """A cell's number, NaN where there is none; free play is met in no way but ``free``.

        There is none where it was not solved, nor where what a measure is given cannot happen.
        ``own`` and ``free`` are taken for the scenario's own values and for free play, unless a
        view or policy has that name. Raises ``UnknownName`` for what was not compared.
        """
        view, option = self._view(view), self._option(option)
        check_names("measure, score or payoff", (key,), self._known)
        if option != FREE:
            check_names("way to meet a policy", (met,), ("adaptive", "surprised"))
        cell = self.cells[view, option, "free" if option == FREE else met]
        if not cell.solved:
            return math.nan
        return float(cell.values.get(key, math.nan))

    @property
    def _known(self) -> tuple[str, ...]:
        """What a value can be asked of: what is measured, and the objective where that is more."""
        return tuple(dict.fromkeys((*self.keys, self.objective.key)))

    def _view(self, view: str) -> str:
        label = OWN if view == OWN_VIEW and view not in self.views else view
        check_names("view", (label,), self.views)
        return label

    def _option(self, option: str) -> str:
        label = FREE if option == "free" and option not in self.policies else option
        check_names("policy", (label,), (FREE, *self.policies))
        return label

    def promise(self, view: str, policy: str, key: str) -> Promise:
        """What a policy promises under a view, for one key, and what is left of it.

        Raises ``UnknownName`` for what was not compared.
        """
        check_names("policy", (policy,), self.policies)
        return promise(
            self.value(view, FREE, key),
            self.value(view, policy, key, "surprised"),
            self.value(view, policy, key, "adaptive"),
            self.residual,
        )

    @cached_property
    def residual(self) -> float:
        """The largest residual of any solved cell."""
        return max((o.residual for o in self.outcomes if o.solved), default=0.0)

    def table(self, key: str, *, met: str = "adaptive") -> Floats:
        """A key's values [view, option]; NaN where a cell has no figure."""
        values = [
            [self.value(view, option, key, met) for option in self.options] for view in self.views
        ]
        return np.array(values, dtype=np.float64).reshape(len(self.views), len(self.options))

    @cached_property
    def noise(self) -> float:
        """How far two values of the objective may differ by rounding alone."""
        return noise(*self.table(self.objective.key).ravel(), residual=self.residual)

    @cached_property
    def regret(self) -> Regret:
        """What the advice of each view costs in the world of each other, by the objective."""
        key, sign = self.objective.key, self.objective.sign
        return regret(self.views, self.options, self.table(key), sign=sign, noise=self.noise)

    @cached_property
    def rankings(self) -> tuple[Ranking, ...]:
        """Each view's options, best first by the objective."""
        key, sign = self.objective.key, self.objective.sign
        return rankings(self.views, self.options, self.table(key), sign=sign)

    @cached_property
    def reversals(self) -> tuple[Reversal, ...]:
        """The pairs of options that views rank differently, with the reasons."""
        key, sign = self.objective.key, self.objective.sign
        found = reversals(self.views, self.options, self.table(key), sign=sign, noise=self.noise)
        return tuple(self._explained(reversal) for reversal in found)

    def _explained(self, reversal: Reversal) -> Reversal:
        weights = weights_of(self.scenario, self.objective)
        if weights and all(key in self.keys for key in weights):
            terms = account_of_score(reversal, weights, self.value, sign=self.objective.sign)
            return replace(reversal, terms=terms, exact=True)
        return replace(reversal, terms=account_of_measures(reversal, self._ranges, self.value))

    @cached_property
    def _ranges(self) -> dict[str, float]:
        """How far each measure ranges over views and options; of none, payoff or score."""
        found = {}
        for key in self.keys:
            measure = self.scenario.measures.get(key)
            if measure is None or measure.kind == "payoff" or key == self.objective.key:
                continue
            values = self.table(key)
            known = values[np.isfinite(values)]
            wide = float(known.max() - known.min()) if known.size else 0.0
            found[key] = wide if wide > noise(*known, residual=self.residual) else 0.0
        return found

    @property
    def rows(self) -> pl.DataFrame:
        """A row a cell: view, policy, met, status, residual, unsolved, and a column a key."""
        from countermove.explore.comparison_frames import rows

        return rows(self)

    def effects(self) -> pl.DataFrame:
        """A row a view, policy and key: what is promised, delivered and taken back."""
        from countermove.explore.comparison_frames import effects

        return effects(self)

    def __repr__(self) -> str:
        failed = f", {len(self.failed)} not solved" if self.failed else ""
        return (
            f"Comparison({self.scenario.name!r}: {len(self.policies)} policies of {self.player}, "
            f"{len(self.views)} views, {len(self.outcomes)} cells{failed})"
        )

    def _repr_html_(self) -> str:
        from countermove.explore.notebook import comparison_view

        return comparison_view(self)
