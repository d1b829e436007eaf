"""How the fixed points of a solve were found, and where none was: records and words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from countermove.language import words
from countermove.report.tables import Table

if TYPE_CHECKING:
    from countermove.language.model import Scenario
    from countermove.solve import Solution
    from countermove.solve.others import Others
    from countermove.solve.record import Unsolved

_SHOWN = 20

REMEDY = (
    "lower the rationality, give the beliefs more points (belief_points), or do without --strict: "
    "the report then says where"
)


@dataclass(frozen=True, slots=True)
class UnsolvedPoint:
    """Where no fixed point was found, in words, and how far the strategies there are off."""

    period: str
    step: str
    state: Mapping[str, str]
    belief: Mapping[str, Mapping[str, float]]  # by player and type
    residual: float

    @property
    def where(self) -> str:
        """The place in a line."""
        parts = [self.period, self.step, state_words(self.state), belief_words(self.belief)]
        return "; ".join(part for part in parts if part)


@dataclass(frozen=True, slots=True)
class FixedPoints:
    """The fixed points of movers with types and of those who move at once.

    ``routes`` counts them by the way in which they were found; ``unsolved`` holds the first
    thousand of the ``n_unsolved`` that were not; ``others`` says what a search for other equilibria
    found, None where none was made.
    """

    points: int
    routes: Mapping[str, int]
    residual: float
    n_unsolved: int
    unsolved: tuple[UnsolvedPoint, ...]
    others: Others | None = None


def fixed_points_of(solution: Solution) -> FixedPoints | None:
    """What a solution's record says; None where the game has no fixed points to seek."""
    from countermove.solve.record import ROUTES

    record = solution.record
    if not record.points:
        return None
    counts = dict(zip(ROUTES[:-1], record.routes.tolist(), strict=False))
    return FixedPoints(
        points=record.points,
        routes={name: int(count) for name, count in counts.items() if count},
        residual=float(record.residual),
        n_unsolved=record.n_unsolved,
        unsolved=tuple(_point(solution, point) for point in record.unsolved),
        others=solution.others,
    )


def _point(solution: Solution, point: Unsolved) -> UnsolvedPoint:
    game, beliefs = solution.game, solution.game.world.beliefs
    scenario = game.scenario
    dated = scenario is not None and not scenario.calendar.forever
    belief = {
        axis.player: dict(zip(axis.types, map(float, axis.points[at]), strict=True))
        for axis, at in zip(beliefs.axes, beliefs.split(point.belief), strict=True)
    }
    return UnsolvedPoint(
        period=words.period(scenario.calendar, point.period) if scenario and dated else "",
        step=_step_words(scenario, point.step),
        state=dict(game.state(point.state)),
        belief=belief,
        residual=point.residual,
    )


def _step_words(scenario: Scenario | None, label: str) -> str:
    if scenario is None:
        return label
    parts = [part.partition("#") for part in label.split("+")]
    titles = [
        scenario.player(name).title + (f" (visit {visit})" if visit else "")
        for name, _, visit in parts
    ]
    return words.listed(titles)


def state_words(state: Mapping[str, str]) -> str:
    """A state in a line; what nobody has done yet is left out."""
    shown = [
        f"{words.plain_name(name)} {words.plain_name(level)}"
        for name, level in state.items()
        if not (name.startswith("last(") and level == "nothing")
    ]
    return ", ".join(shown)


def belief_words(belief: Mapping[str, Mapping[str, float]]) -> str:
    """A belief in a line: ``us resolved 40%, bluffing 60%``."""
    parts = []
    for player, odds in belief.items():
        shown = [f"{words.plain_name(name)} {words.percent(p)}" for name, p in odds.items()]
        parts.append(f"{words.plain_name(player)}: {', '.join(shown)}")
    return "; ".join(parts)


def route_words(fixed: FixedPoints) -> str:
    """How many were found, and in which ways."""
    ways = [f"{count:,} by {WAYS.get(name, name)}" for name, count in fixed.routes.items()]
    return words.listed(ways)


WAYS = {
    "belief at a corner": "plain choice, as nothing can be learnt there",
    "Newton from the period after": "Newton’s method from the answer of the period after",
    "Newton from the prior": "Newton’s method from nothing learnt",
    "Newton from the belief beside it": "Newton’s method from the answer at the belief beside",
    "continuation in rationality": "raising rationality from nothing",
    "pseudo-arclength": "following the path of rising rationality round its turns",
    "other starts": "starting elsewhere",
}


def unsolved_words(fixed: FixedPoints) -> str:
    """How many were not found, in a sentence; empty where all were."""
    if not fixed.n_unsolved:
        return ""
    few = fixed.n_unsolved == 1
    return (
        f"{fixed.n_unsolved:,} of {words.counted(fixed.points, 'fixed point')} "
        f"{'was' if few else 'were'} not found: what is shown there is the best that was"
    )


def unsolved_table(fixed: FixedPoints, *, most: int = _SHOWN) -> Table:
    """Where no fixed point was found, the worst first."""
    worst = sorted(fixed.unsolved, key=lambda point: -point.residual)[:most]
    rows = tuple(
        (p.step, p.period, state_words(p.state), belief_words(p.belief), f"{p.residual:.1e}")
        for p in worst
    )
    return Table(("step", "period", "state", "belief", "off by"), rows, frozenset({"off by"}))


def other_words(others: Others) -> str:
    """What a search for other equilibria found, in a sentence or two."""
    sampled = words.counted(others.sampled, "fixed point")
    if not others.several:
        said = f"At {sampled} others were sought from several starts, and none was found."
    else:
        said = (
            f"At {others.several:,} of {sampled} where others were sought, there is more than one "
            f"(up to {others.most}); probabilities of two differ by up to "
            f"{words.percent(others.apart)}."
        )
    if others.disagreed:
        said += (
            f" At {others.disagreed:,} the one in force is not the one to which rising rationality "
            "leads."
        )
    if others.unfollowed:
        said += f" At {others.unfollowed:,} the path of rising rationality was lost on its way."
    return said


def as_plain(fixed: FixedPoints) -> dict[str, Any]:
    """For ``manifest.json`` and for machines."""
    others = fixed.others
    return {
        "sought": fixed.points,
        "routes": dict(fixed.routes),
        "residual": fixed.residual,
        "unsolved": fixed.n_unsolved,
        "where": [
            {
                "period": point.period or None,
                "step": point.step,
                "state": dict(point.state),
                "belief": {player: dict(odds) for player, odds in point.belief.items()},
                "residual": point.residual,
            }
            for point in fixed.unsolved
        ],
        "others": asdict(others) if others is not None else None,
    }


def strict_message(solution: Solution, *, about: str = "") -> str:
    """What ``--strict`` says of the first fixed point that was not found; empty where all were."""
    fixed = fixed_points_of(solution)
    if fixed is None or not fixed.n_unsolved:
        return ""
    worst = max(fixed.unsolved, key=lambda point: point.residual)
    count = f"{fixed.n_unsolved:,} of {words.counted(fixed.points, 'fixed point')}"
    return (
        f"{solution.game.name}{about} is not solved everywhere: {count} not found, the worst "
        f"({worst.where}) off by {worst.residual:.1e}; {REMEDY}"
    )
