"""What a comparison of policies over worlds says, in sentences."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from countermove.explore.objectives_values import describe_missing

if TYPE_CHECKING:
    from countermove.explore.robustness import Robustness
    from countermove.explore.tradeoffs import Tradeoffs

SURE = 0.9  # share of resamples from which on a first place is called clear
CAVEAT = (
    "Intervals resample the worlds: they tell how much the figures would move with other worlds, "
    "not whether the ranges of the parameters or the model are right. For points spread evenly "
    "(Sobol, Latin hypercube) they are on the wide side; for the worst case and the greatest "
    "regret, which hang on single worlds, too narrow."
)


def robustness_words(result: Robustness) -> tuple[str, ...]:
    """Sentences: who is best by which statistic, how sure, and what was left out."""
    return (_main(result), *_others(result), *_goals(result), *left_out_words(result))


def _main(result: Robustness) -> str:
    where = _where(result)
    best = result.best("mean")
    ranked = result["mean"]
    at = result.alternatives.index(best[0])
    if len(best) > 1:
        return f"{where}, {listed(best)} are level on the mean of {result.objective.key}."
    share = ranked.first[at]
    sure = "clearly" if share >= SURE else "not clearly"
    return (
        f"{where}, {best[0]} has the best mean of {result.objective} at "
        f"{number(ranked.values[at])}, "
        f"and {sure} so: it comes first in {share:.0%} of the resamples."
    )


def _where(result: Robustness) -> str:
    weights = result.views
    worlds = f"Over {counted(result.n_worlds, result.n_dropped, len(weights))}"
    if len(weights) == 1:
        return f"{worlds} as {next(iter(weights))} sees them"
    told = ", ".join(f"{name} {share:.0%}" for name, share in weights.items())
    return f"{worlds}, pooled ({told})"


def _others(result: Robustness) -> list[str]:
    """Where other statistics point elsewhere than the mean."""
    best = set(result.best("mean"))
    wanted = {
        "worst": "the worst case",
        "p10": "the tenth percentile from the bad end",
        "regret_max": "the greatest regret",
        "regret_mean": "the mean regret",
    }
    elsewhere: dict[tuple[str, ...], list[str]] = {}
    for name, words in wanted.items():
        leaders = result.best(name)
        if not best & set(leaders):
            elsewhere.setdefault(leaders, []).append(words)
    if not elsewhere:
        told = listed(tuple(wanted.values()))
        return [f"{told[0].upper()}{told[1:]} do not point elsewhere."]
    return [
        f"By {listed(words)}, {listed(who)} would be chosen." for who, words in elsewhere.items()
    ]


def _goals(result: Robustness) -> list[str]:
    names = [r.statistic.name for r in result.ranked]
    wanted = ["goals"] if "goals" in names else [n for n in names if n.startswith("goal:")]
    told = []
    for name in wanted:
        ranked, best = result[name], result.best(name)
        share = ranked.values[result.alternatives.index(best[0])]
        what = "all goals hold" if name == "goals" else f"{name.removeprefix('goal:')} holds"
        if share <= 0:
            told.append(f"Under no policy is there a world in which {what}.")
        elif len(best) == len(result.alternatives) and len(best) > 1:
            told.append(f"The policies are level: {what} in {share:.0%} of the worlds.")
        else:
            told.append(f"With {listed(best)}, {what} in {share:.0%} of the worlds, most of all.")
    return told


def left_out_words(result: Robustness | Tradeoffs) -> list[str]:
    """How many worlds are left out, and for want of which figures; none where all count."""
    gone = [describe_missing(m) for m in result.missing if m.total]
    if not gone:
        return []
    worlds = "1 world is" if result.n_dropped == 1 else f"{result.n_dropped:,} worlds are"
    return [
        f"{worlds} left out, as some policy has no figure there "
        f"({'; '.join(gone)}); the policies are compared on the worlds that all have."
    ]


def counted(n: int, dropped: int, views: int) -> str:
    """``512 worlds``, or ``512 worlds × 3 views`` where ``n`` points are of several views."""
    if views == 1:
        return f"{n:,} worlds"
    total = f"{(n + dropped) // views:,} worlds × {views} views"
    return f"{total}, less {dropped:,}" if dropped else total


def number(value: float, digits: int = 4) -> str:
    """A number to so many figures, with a true minus sign."""
    return f"{value:.{digits}g}".replace("-", "−")


def listed(names: Sequence[str]) -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    *before, last = names
    return f"{', '.join(before)} and {last}" if before else last
