"""How one uncertain parameter is drawn: from a range, or from a distribution of scipy.stats."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from countermove.errors import Diagnostic, Location, ScenarioError, nearest_name

Floats = npt.NDArray[np.float64]
_LEAST, _MOST = 2.0**-53, 1 - 2.0**-53  # the open unit interval's ends, as doubles tell them


@dataclass(frozen=True, slots=True)
class Draw:
    """How one parameter is drawn under one view: pinned where ``low == high`` and no distribution.

    With a distribution, the draw is cut off at ``low`` and ``high`` where ``cut``; without one it
    is uniform between them, in logarithms where the scale is ``log``.
    """

    name: str
    low: float
    high: float
    scale: Literal["linear", "log"] = "linear"
    distribution: str = ""
    arguments: Mapping[str, float] = field(default_factory=dict)
    cut: bool = False
    location: Location = Location()

    @property
    def pinned(self) -> bool:
        """Whether the parameter is the same in every world."""
        return not self.distribution and self.low == self.high


def quantile(draw: Draw, points: Floats) -> Floats:
    """The parameter's values at points of the unit interval, ``(W,)`` to ``(W,)``.

    The quantile function (inverse transform, Devroye 1986, ch. 2), so that a lower point is never
    a higher value: ranks, and with them rank correlations, go through it unchanged.
    """
    if draw.distribution:
        return _of_distribution(draw, points)
    if draw.pinned:
        return np.full(len(points), draw.low)
    low, high = draw.low, draw.high
    if draw.scale == "log":
        values: Floats = np.exp(np.log(low) + points * (np.log(high) - np.log(low)))
    else:
        values = low + points * (high - low)
    held: Floats = np.clip(values, low, high)  # what rounding puts past an end
    return held


def _of_distribution(draw: Draw, points: Floats) -> Floats:
    frozen = distribution_of(draw)
    inner = np.clip(points, _LEAST, _MOST)
    if not draw.cut:
        return np.asarray(frozen.ppf(inner), dtype=np.float64)
    below, inside, above = _masses(frozen, draw)
    if below <= above:
        values = frozen.ppf(below + inner * inside)
    else:  # in an upper tail the distribution function has no digits left; its complement has
        values = frozen.isf(above + (1 - inner) * inside)
    held: Floats = np.clip(np.asarray(values, dtype=np.float64), draw.low, draw.high)
    return held


def _masses(frozen: Any, draw: Draw) -> tuple[float, float, float]:
    """The probability below the range, inside it and above it."""
    first = np.ceil(draw.low) - 1 if hasattr(frozen, "pmf") else draw.low
    below, above = float(frozen.cdf(first)), float(frozen.sf(draw.high))
    upper = float(frozen.cdf(draw.high)) - below
    inside = upper if below <= above else float(frozen.sf(first)) - above
    return below, inside, above


def check_draw(draw: Draw, *, view: str | None = None) -> None:
    """Raise ``ScenarioError`` where the parameter cannot be drawn so."""
    if draw.distribution:
        _check_distribution(draw, view)
    elif draw.scale == "log" and not draw.pinned and draw.low <= 0:
        _refuse(
            "CM072",
            draw,
            view,
            f"is drawn on a log scale from {draw.low:g}",
            remedy="begin the range above 0, or drop the scale",
        )


def _check_distribution(draw: Draw, view: str | None) -> None:
    frozen = distribution_of(draw)
    middle = np.asarray(frozen.ppf([0.25, 0.5, 0.75]), dtype=np.float64)
    if not np.isfinite(middle).all():
        given = ", ".join(f"{name}={value:g}" for name, value in draw.arguments.items())
        _refuse(
            "CM071",
            draw,
            view,
            f"has a distribution {draw.distribution!r} with arguments that it cannot have "
            f"({given or 'none'})",
            remedy=f"look up scipy.stats.{draw.distribution}: its arguments have bounds",
        )
    if draw.cut and not _masses(frozen, draw)[1] > 0:
        _refuse(
            "CM071",
            draw,
            view,
            f"has a range [{draw.low:g}, {draw.high:g}] in which its distribution "
            f"{draw.distribution!r} never falls",
            remedy="move the range or the distribution so that they meet",
        )


def distribution_of(draw: Draw) -> Any:
    """The frozen distribution of scipy.stats; ``ScenarioError`` where there is none such."""
    from scipy import stats

    kind = getattr(stats, draw.distribution, None)
    if not isinstance(kind, (stats.rv_continuous, stats.rv_discrete)):
        near = nearest_name(draw.distribution, _names())
        _refuse(
            "CM071",
            draw,
            None,
            f"has a distribution {draw.distribution!r}, which scipy.stats does not have",
            nearest=near,
            remedy=f"write {near!r}" if near else "look up the distributions in scipy.stats",
        )
    assert kind is not None
    _check_arguments(draw, kind)
    return kind(**draw.arguments)


def _names() -> list[str]:
    from scipy import stats

    kinds = (stats.rv_continuous, stats.rv_discrete)
    return sorted(name for name, thing in vars(stats).items() if isinstance(thing, kinds))


def _check_arguments(draw: Draw, kind: Any) -> None:
    needed = [name.strip() for name in kind.shapes.split(",")] if kind.shapes else []
    known = [*needed, "loc", *(() if hasattr(kind, "pmf") else ("scale",))]
    for name in draw.arguments:
        if name not in known:
            near = nearest_name(name, known)
            _refuse(
                "CM071",
                draw,
                None,
                f"gives its distribution {draw.distribution!r} an argument {name!r} that it does "
                "not take",
                expected=", ".join(known),
                nearest=near,
                remedy=f"write {near!r}" if near else "drop it",
            )
    missing = [name for name in needed if name not in draw.arguments]
    if missing:
        example = ", ".join(f"{name}: .." for name in missing)
        _refuse(
            "CM071",
            draw,
            None,
            f"has a distribution {draw.distribution!r} that needs {' and '.join(missing)}",
            expected=", ".join(known),
            remedy=f"write {{name: {draw.distribution}, parameters: {{{example}}}}}",
        )


def _refuse(
    code: str,
    draw: Draw,
    view: str | None,
    what: str,
    *,
    expected: str = "",
    nearest: str = "",
    remedy: str = "",
) -> None:
    under = f" under the view {view!r}" if view else ""
    fault = Diagnostic(
        code,
        f"the parameter {draw.name!r}{under} {what}",
        draw.location,
        text=draw.distribution,
        expected=expected,
        nearest=nearest,
        remedy=remedy,
    )
    raise ScenarioError([fault])
