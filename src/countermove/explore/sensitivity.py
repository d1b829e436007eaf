"""Which uncertain parameters move what a policy reaches."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from countermove.errors import InvalidRequest, unknown
from countermove.explore.cases import FREE
from countermove.explore.objectives_values import (
    PRECISION,
    FloatArray,
    Sampled,
    alternatives_of,
    describe_missing,
    sampled,
    view_of,
    whole,
)
from countermove.explore.robustness_words import number
from countermove.explore.sensitivity_designs import (
    constant,
    design,
    morris_points,
    saltelli_points,
)
from countermove.explore.sensitivity_methods import Index, delta, morris, pawn, sobol

if TYPE_CHECKING:
    import polars as pl

    from countermove.explore.exploration import Exploration

__all__ = [
    "METHODS",
    "Sensitivity",
    "design",
    "morris_points",
    "saltelli_points",
    "sensitivity",
]

METHODS = ("sobol", "morris", "pawn", "delta")
NEEDS: Mapping[str, str] = {"sobol": "saltelli", "morris": "morris"}  # how worlds must be drawn
RESAMPLES = 200
FEWEST_GIVEN = 100  # worlds, below which the slices of a given-data method hold too few
WIDE = 0.1  # an interval of a share that reaches further to either side is called wide


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """How much each parameter matters for a figure: ``indices``, the first the one to rank by.

    ``pinned`` are parameters that the view holds fixed; they have no influence by construction.
    """

    key: str
    policy: str
    against: str
    view: str
    method: str
    drawn: str
    parameters: tuple[str, ...]
    pinned: tuple[str, ...]
    indices: tuple[Index, ...]
    n_worlds: int
    n_dropped: int
    confidence: float
    notes: tuple[str, ...]

    @property
    def ranked(self) -> tuple[str, ...]:
        """The parameters, the most influential first."""
        values = self.indices[0].values
        order = sorted(range(len(values)), key=lambda at: (-values[at], at))
        return tuple(self.parameters[at] for at in order)

    def table(self) -> pl.DataFrame:
        """A row for each parameter, the most influential first: indices, with low and high."""
        import polars as pl

        columns: dict[str, object] = {"parameter": self.parameters}
        for index in self.indices:
            columns[index.name] = index.values
            if index.low != index.high:
                columns[f"{index.name}_low"] = index.low
                columns[f"{index.name}_high"] = index.high
        columns["pinned"] = [name in self.pinned for name in self.parameters]
        order = [self.parameters.index(name) for name in self.ranked]
        return pl.DataFrame(columns)[order]

    def _repr_html_(self) -> str:
        from countermove.explore.notebook_worlds import sensitivity_view

        return sensitivity_view(self)


def sensitivity(
    exploration: Exploration,
    key: str,
    *,
    policy: str | None = None,
    against: str | None = None,
    view: str | None = None,
    met: str = "adaptive",
    method: str | None = None,
    allow_missing: bool = False,
    resamples: int = RESAMPLES,
    confidence: float = 0.95,
    seed: int = 0,
    progress: Callable[[int, int], None] | None = None,
) -> Sensitivity:
    """How much each uncertain parameter moves a figure under a policy, or a policy's lead.

    ``policy`` is free play if left out; ``against`` names another whose figure is taken off. The
    view is the scenario's own if left out and explored. The method follows from how the worlds
    were drawn if left out: ``sobol`` on ``saltelli``, ``morris`` on ``morris``, else ``pawn``.
    Sobol's and Morris's need every world of their design; the others take what is there, with
    ``allow_missing``. Raises ``UnknownName`` and ``InvalidRequest``.
    """
    seen = view_of(exploration, view)
    drawn = str(exploration.manifest.get("method", ""))
    how = _method(method, drawn, exploration)
    names = [policy or FREE, *([against] if against else [])]
    chosen = alternatives_of(exploration, policies=names, met=met)
    points = sampled(exploration, chosen, [key], views=[seen])
    _refuse_holes(points, how, exploration)
    complete = whole(points, allow_missing=allow_missing)
    x = worlds_of(exploration, seen, complete)
    values = complete.values[key]
    y = values[0] - values[1] if against else values[0]
    _refuse_unmoved(y, key)
    indices = _indices(how, x, y, resamples, confidence, seed, progress)
    fixed = constant(x)
    dropped = len(points.world) - len(complete.world)
    return Sensitivity(
        key=key,
        policy=complete.labels[0],
        against=complete.labels[1] if against else "",
        view=seen,
        method=how,
        drawn=drawn,
        parameters=tuple(exploration.parameters),
        pinned=tuple(
            n for n, is_fixed in zip(exploration.parameters, fixed, strict=True) if is_fixed
        ),
        indices=indices,
        n_worlds=len(y),
        n_dropped=dropped,
        confidence=confidence,
        notes=_notes(how, indices, len(y), points, dropped),
    )


def _method(method: str | None, drawn: str, exploration: Exploration) -> str:
    by_design = {needed: name for name, needed in NEEDS.items()}
    how = method or by_design.get(drawn, "pawn")
    if how not in METHODS:
        raise unknown("method of sensitivity analysis", how, METHODS)
    needed = NEEDS.get(how)
    if needed is None:
        return how
    if drawn != needed:
        raise InvalidRequest(
            f"{how} needs worlds drawn by `explore --method {needed}`, and these were drawn by "
            f"{drawn or 'another method'}; explore anew, or use --method pawn, which takes any"
        )
    if exploration.scenario.correlations:
        raise InvalidRequest(
            f"{how} takes parameters for independent, and the scenario correlates some; use "
            "--method pawn, or take out the correlations and explore anew"
        )
    return how


def _refuse_holes(points: Sampled, how: str, exploration: Exploration) -> None:
    """Raise where a design has holes: what is left of it is no design."""
    if how not in NEEDS:
        return
    wanted = int(exploration.manifest.get("worlds", len(points.world)))
    holes = int((~points.complete()).sum()) + max(wanted - len(points.world), 0)
    if holes:
        told = "; ".join(describe_missing(m) for m in points.missing() if m.total)
        raise InvalidRequest(
            f"{how} needs all {wanted:,} worlds of its design, and {holes:,} have no figure"
            f"{f' ({told})' if told else ''}; finish the exploration, narrow the ranges where "
            "solves fail, or use --method pawn with --allow-missing"
        )


def _refuse_unmoved(y: FloatArray, key: str) -> None:
    if np.ptp(y) <= PRECISION * max(float(np.abs(y).max()), 1e-300):
        raise InvalidRequest(
            f"{key} is {float(y[0]):.6g} in all {len(y):,} worlds, so that no parameter moves it"
        )


def worlds_of(exploration: Exploration, view: str, points: Sampled) -> FloatArray:
    """The parameters [N, D] of the points, in the exploration's order, as the view draws them.

    Raises ``InvalidRequest`` where the worlds' table lacks one of the points.
    """
    import polars as pl

    index = pl.DataFrame({"world": points.world, "_at": np.arange(len(points.world))})
    worlds = exploration.worlds.filter(pl.col("view") == view)
    found = index.join(worlds, on="world", how="inner").sort("_at")
    if found.height != len(points.world):
        raise InvalidRequest(
            f"the table of worlds has {found.height:,} of {len(points.world):,} worlds under the "
            f"view {view}; the exploration's folder is damaged: explore anew"
        )
    return found.select(exploration.parameters).to_numpy().astype(float)


def _indices(
    how: str,
    x: FloatArray,
    y: FloatArray,
    resamples: int,
    confidence: float,
    seed: int,
    progress: Callable[[int, int], None] | None,
) -> tuple[Index, ...]:
    if how == "sobol":
        return sobol(x, y, resamples=resamples, confidence=confidence, seed=seed)
    if how == "morris":
        return morris(x, y, resamples=resamples, confidence=confidence, seed=seed)
    if len(y) < FEWEST_GIVEN:
        raise InvalidRequest(
            f"{how} slices the worlds, and {len(y)} are too few for that: explore "
            f"{FEWEST_GIVEN} or more"
        )
    given = pawn if how == "pawn" else delta
    free = ~constant(x)
    if not free.any():
        raise InvalidRequest("the view pins every parameter, so that none can move anything")
    found = given(
        x[:, free], y, resamples=resamples, confidence=confidence, seed=seed, progress=progress
    )
    return tuple(_spread(index, free) for index in found)


def _spread(index: Index, free: np.ndarray) -> Index:
    """An index of the parameters that move, with 0 for those that are pinned."""

    def wide(values: tuple[float, ...]) -> tuple[float, ...]:
        every = np.zeros(len(free))
        every[free] = values
        return tuple(map(float, every))

    return Index(index.name, index.title, wide(index.values), wide(index.low), wide(index.high))


def _notes(
    how: str, indices: tuple[Index, ...], n: int, points: Sampled, dropped: int
) -> tuple[str, ...]:
    notes = []
    if dropped:
        told = "; ".join(describe_missing(m) for m in points.missing() if m.total)
        notes.append(f"{dropped:,} worlds without a figure are left out ({told}).")
    main = indices[0]
    halves = [(high - low) / 2 for low, high in zip(main.low, main.high, strict=True)]
    limit = WIDE * max(main.values) if how == "morris" else WIDE
    if max(halves) > limit:
        notes.append(
            f"Intervals are wide (up to ±{max(halves):.2g} at {n:,} worlds): parameters that lie "
            "within each other's interval are not told apart; more worlds would tell."
        )
    if how == "sobol" and sum(indices[1].values) < 0.5:
        notes.append("Less than half of the variance is due to parameters by themselves.")
    return tuple(notes)


def sensitivity_words(result: Sensitivity) -> tuple[str, ...]:
    """Sentences: what moves the figure, and what does not."""
    main = result.indices[0]
    value = dict(zip(result.parameters, main.values, strict=True))
    dummies = {i.name: i for i in result.indices}.get("dummy")
    floor = dict(zip(result.parameters, dummies.values, strict=True)) if dummies else {}
    low = dict(zip(result.parameters, main.low, strict=True))
    matters = [n for n in result.ranked if (value[n] > floor[n] if floor else low[n] > 0)]
    figure = f"{result.key} under {result.policy}"
    if result.against:
        figure = f"the lead of {result.policy} over {result.against} in {result.key}"
    if not matters:
        return (f"No parameter moves {figure} by more than chance would show.", *result.notes)
    told = ", ".join(f"{name} ({number(value[name], 2)})" for name in matters[:3])
    rest = len(result.parameters) - len(matters)
    others = f"; {rest} of {len(result.parameters)} parameters do not show" if rest else ""
    return (
        f"As {result.view} sees the worlds, {figure} moves most with {told}{others} "
        f"({main.title}, {result.n_worlds:,} worlds).",
        *result.notes,
    )
