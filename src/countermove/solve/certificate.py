"""The certificate: what code that shares nothing with the solver's loops says of a solution."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

TOLERANCE = 1e-8  # what rounding and the solver's own tolerance leave, with room to spare


@dataclass(frozen=True, slots=True)
class Where:
    """A place in a game, in words; what does not apply is empty.

    ``beliefs`` maps players to the public probabilities of their types.
    """

    period: str = ""
    step: str = ""
    state: Mapping[str, str] = field(default_factory=dict)
    beliefs: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    player: str = ""
    type: str = ""
    action: str = ""
    column: str = ""

    def __str__(self) -> str:
        state = ", ".join(f"{name} {level}" for name, level in self.state.items())
        believed = "; ".join(
            f"{player} " + ", ".join(f"{name} {share:.4g}" for name, share in shares.items())
            for player, shares in self.beliefs.items()
        )
        parts = {
            "period": self.period,
            "step": self.step,
            "type": self.type,
            "action": self.action,
            "column": self.column,
            "state": state,
            "belief": believed,
        }
        return "; ".join(f"{name} {said}" for name, said in parts.items() if said)


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at: the largest deviation found, and how large it may be."""

    name: str
    size: float
    limit: float
    where: Where = Where()

    @property
    def clean(self) -> bool:
        """Is the deviation within its limit? (What is not a number is not.)"""
        return self.size <= self.limit


@dataclass(frozen=True, slots=True)
class Regret:
    """What a player could gain at the most by another choice at a single decision.

    Logit players err: ``allowed`` is log(A) / λ, the most that logit choice among the A legal
    actions there gives away.
    """

    player: str
    gain: float
    allowed: float
    where: Where = Where()

    @property
    def clean(self) -> bool:
        """Is the gain no more than what logit choice gives away?"""
        return self.gain <= self.allowed * (1.0 + TOLERANCE) + TOLERANCE


@dataclass(frozen=True, slots=True)
class Compared:
    """A reported number beside the same from paths pushed forward; ``off`` is relative."""

    name: str
    reported: float
    recomputed: float
    off: float


@dataclass(frozen=True, slots=True)
class Change:
    """What a finer belief grid makes of a number at the start, and how far it may move."""

    name: str
    before: float
    after: float
    limit: float

    @property
    def size(self) -> float:
        """How far the number moved; nothing where it is undefined on both grids."""
        if self.before != self.before and self.after != self.after:
            return 0.0
        return abs(self.after - self.before)

    @property
    def clean(self) -> bool:
        """Is the move within its limit?"""
        return self.size <= self.limit


@dataclass(frozen=True, slots=True)
class Refinement:
    """The same game on belief grids with twice the cells along each edge.

    ``points`` maps players to the numbers of grid points before and after; ``status`` is that of
    the finer solve; ``changes`` are of first moves, payoffs and measures.
    """

    points: Mapping[str, tuple[int, int]]
    status: str
    changes: tuple[Change, ...]

    @property
    def worst(self) -> Change | None:
        """The change that takes most of its limit."""
        moved = [c for c in self.changes if c.size > 0]
        return max(moved, key=lambda c: c.size / max(c.limit, 1e-300), default=None)


@dataclass(frozen=True, slots=True, repr=False)
class Certificate:
    """What a recheck of a solution found.

    ``periods`` are those looked at, of ``n_periods``, in all their states and belief points;
    ``decisions`` counts the choices of types there. ``notes`` say what was not looked at.
    """

    game: str
    policy: str | None
    view: str | None
    status: str
    periods: tuple[str, ...]
    n_periods: int
    decisions: int
    checks: tuple[Check, ...]
    regrets: tuple[Regret, ...]
    measures: tuple[Compared, ...]
    refinement: Refinement | None = None
    notes: tuple[str, ...] = ()

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why it is not clean, one sentence each; none where it is."""
        found = [] if self.status == "solved" else [f"the solver says: {self.status}"]
        for check in self.checks:
            if not check.clean:
                place = f" ({check.where})" if str(check.where) else ""
                found.append(f"{check.name}: {check.size:.1e}, past {check.limit:.1e}{place}")
        for regret in self.regrets:
            if not regret.clean:
                found.append(
                    f"{regret.player} could gain {regret.gain:.4g} by another choice, more than "
                    f"the {regret.allowed:.4g} that logit choice gives away ({regret.where})"
                )
        if self.refinement is not None:
            if self.refinement.status != "solved":
                found.append(f"the finer belief grid is {self.refinement.status}")
            found += [
                f"a finer belief grid moves {c.name} from {c.before:.4g} to {c.after:.4g}, by more "
                f"than {c.limit:.2g}: raise belief_points"
                for c in self.refinement.changes
                if not c.clean
            ]
        return tuple(found)

    @property
    def clean(self) -> bool:
        """Does all that was looked at hold?"""
        return not self.reasons

    @property
    def verdict(self) -> str:
        """``clean``, or how many things are not right."""
        n = len(self.reasons)
        return "clean" if not n else f"not clean: {n} thing{'' if n == 1 else 's'} not right"

    def __repr__(self) -> str:
        worst = ", ".join(f"{c.name} {c.size:.1e}" for c in self.checks)
        return f"Certificate({self.game!r}, {self.verdict}; {worst})"

    def _repr_html_(self) -> str:
        from countermove.solve.notebook import certificate_view

        return certificate_view(self)
