"""What a comparison of two scenarios or runs comes to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from countermove.explore.changes import Change
from countermove.explore.diff_credit import Credit
from countermove.explore.diff_sides import Side


@dataclass(frozen=True, slots=True)
class Answer:
    """One figure of both sides. ``scale`` is 1 for what lies between 0 and 1, the horizon for a
    mean time, else the larger of the two figures without their signs."""

    key: str
    old: float
    new: float
    scale: float

    @property
    def difference(self) -> float:
        """The second side's less the first's."""
        return self.new - self.old

    @property
    def relative(self) -> float:
        """The size of the difference over the scale; 0 where both are 0."""
        return abs(self.difference) / self.scale if self.scale else 0.0


@dataclass(frozen=True, slots=True)
class Part:
    """Changes that can only be made together (mostly a single one), and their credit by key."""

    changes: tuple[Change, ...]
    credits: Mapping[str, Credit]

    @property
    def name(self) -> str:
        """The paths of its changes, the one that others need last."""
        return " + ".join(change.name for change in self.changes)


@dataclass(frozen=True, slots=True)
class Difference:
    """Two sides and what sets them apart.

    ``changes`` are all, of every kind; ``told`` the versions, seeds and effort of two runs, as
    (what, old, new). ``answers`` come with the largest relative difference first. ``parts`` share
    out the differences among the changes that can move them; ``exact`` tells that the shares are
    Shapley values, which add up, and ``remainders`` by key what else they leave. ``notes`` say what
    could not be compared.
    """

    old: Side
    new: Side
    changes: tuple[Change, ...]
    told: tuple[tuple[str, Any, Any], ...] = ()
    answers: tuple[Answer, ...] = ()
    parts: tuple[Part, ...] = ()
    exact: bool = True
    remainders: Mapping[str, float] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    solves: int = 0

    @property
    def moving(self) -> tuple[Change, ...]:
        """The changes that can move an answer."""
        return tuple(change for change in self.changes if change.kind == "game")

    def _repr_html_(self) -> str:
        from countermove.explore.notebook import difference_view

        return difference_view(self)
