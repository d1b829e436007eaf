"""Where a policy fails, in sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from countermove.explore.discovery_search import FEWEST
from countermove.explore.objectives_values import describe_missing
from countermove.explore.robustness_words import listed

if TYPE_CHECKING:
    from countermove.explore.discovery import Box, Discovery, Restriction

OFTEN = 0.5  # share of resamples from which on a parameter's limit is called steady


def discovery_words(result: Discovery) -> tuple[str, ...]:
    """Sentences: how often it fails, where, how steady that is, and what was left out."""
    if not result.n_failures:
        told = [f"{_subject(result)} fails in none of {result.n_worlds:,} worlds."]
    else:
        told = [_how_often(result), *_where(result), *_steady(result)]
    return (*told, *_left_out(result))


def _subject(result: Discovery) -> str:
    return f"As {result.view} sees the worlds, {result.policy}"


def _how_often(result: Discovery) -> str:
    share = result.n_failures / result.n_worlds
    return (
        f"{_subject(result)} fails ({result.question}) in {result.n_failures:,} of "
        f"{result.n_worlds:,} worlds ({share:.0%})."
    )


def _where(result: Discovery) -> list[str]:
    if not result.parameters:
        return ["The view pins every parameter, so that none tells failures apart."]
    if not result.boxes:
        few = min(result.n_failures, result.n_worlds - result.n_failures)
        if result.method == "cart" and few >= FEWEST:
            return ["No part of the tree holds mostly failures."]
        kind = "failures" if few == result.n_failures else "worlds without failure"
        return [f"So few {kind} tell nothing of where they gather."]
    return [box_words(box, first=not at) for at, box in enumerate(result.boxes)]


def box_words(box: Box, *, first: bool = True) -> str:
    """``It fails where a is above 0.7 and b is below 0.2: 83% of the failures, 71% pure; …``."""
    if not box.restrictions:
        return "No limits on parameters tell failures apart from other worlds."
    fit = box.fit
    verb = "It fails" if first else "It fails, too,"
    return (
        f"{verb} where {listed([limit_words(r) for r in box.restrictions])}: {fit.coverage:.0%} of "
        f"the failures, {fit.density:.0%} pure; {fit.mass:.0%} of all worlds."
    )


def limit_words(restriction: Restriction) -> str:
    """``patience is above 0.7``, ``… between 0.2 and 0.5``."""
    low, high = restriction.low, restriction.high
    if low is not None and high is not None:
        return f"{restriction.parameter} is between {low:.3g} and {high:.3g}"
    if low is not None:
        return f"{restriction.parameter} is above {low:.3g}"
    return f"{restriction.parameter} is below {high:.3g}"


def _steady(result: Discovery) -> list[str]:
    known = result.stability
    if known is None or not known.found:
        return []
    own = {r.parameter for box in result.boxes[:1] for r in box.restrictions}
    often = [s for s in known.parameters if s.restricted >= OFTEN]
    if not (own or often):
        return []
    told = listed([f"{s.parameter} ({s.restricted:.0%})" for s in often]) if often else "none"
    start = f"In {known.found} resamples of the worlds, limited in at least half: {told}"
    if not own:
        start = (
            f"Yet of {known.found} resamples of the worlds, at least half have a limit on {told}, "
            "so that more worlds may show one"
        )
    sentence = (
        f"{start}; on worlds left out, such boxes cover {known.coverage:.0%} of the failures and "
        f"are {known.density:.0%} pure."
    )
    shaky = sorted(own - {s.parameter for s in often})
    warning = f"The limit on {listed(shaky)} is not steady: it may be chance." if shaky else ""
    return [sentence, *([warning] if warning else [])]


def _left_out(result: Discovery) -> list[str]:
    if not result.n_dropped:
        return []
    told = "; ".join(describe_missing(m) for m in result.missing if m.total)
    return [
        f"{result.n_dropped:,} worlds have no figure ({told}) and count neither as failing nor as "
        "not failing."
    ]
