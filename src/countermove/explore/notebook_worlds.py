"""What a notebook shows of explorations, of their analyses, and of searches."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from countermove._html import (
    Figure,
    Html,
    bullets,
    code,
    count,
    counted,
    folded,
    listed,
    number,
    percent,
    table,
    view,
)
from countermove.errors import InvalidRequest
from countermove.explore.cases import SOLVED
from countermove.explore.discovery_words import discovery_words
from countermove.explore.notebook import figure, figure_name
from countermove.explore.objectives_values import alternatives_of, default_of, sampled
from countermove.explore.pivots_words import pivot_words
from countermove.explore.robustness_words import robustness_words
from countermove.explore.search_front import spread
from countermove.explore.search_words import story
from countermove.explore.sensitivity import sensitivity_words
from countermove.explore.tradeoffs import tradeoff_words

if TYPE_CHECKING:
    from countermove.explore.discovery import Discovery
    from countermove.explore.exploration import Exploration
    from countermove.explore.pivots import Pivots
    from countermove.explore.robustness import Ranked, Robustness
    from countermove.explore.search import Search
    from countermove.explore.sensitivity import Sensitivity
    from countermove.explore.tradeoffs import Tradeoffs

_SHOWN = ("mean", "worst", "p10", "regret_mean", "regret_max")  # statistics that a view shows
_SETTINGS = 10


def exploration_view(found: Exploration) -> Html:
    """How far it is, how policies rank by what the player wants, and what was not solved."""
    asked = int(found.manifest["worlds"])
    worlds = f"{asked:,}" if found.complete else f"{found.explored:,} of {asked:,}"
    not_solved = found.rows.filter(found.rows["status"] != SOLVED)
    reasons = not_solved.group_by("status").len().sort("len", "status", descending=[True, False])
    left = [f"{many:,}: {reason}" for reason, many in reasons.head(5).iter_rows()]
    seed = found.manifest.get("seed")
    return view(
        f"{found.scenario.name}: {worlds} worlds",
        "" if found.complete else "Not finished: the same command goes on with it.",
        _ranking(found),
        f"{counted(found.rows.height, 'row')}, "
        f"{f'{not_solved.height:,} not' if not_solved.height else 'all'} solved; worlds drawn by "
        f"{found.method}{f', seed {seed}' if seed is not None else ''}.",
        bullets(left),
        folded(counted(len(found.parameters), "uncertain parameter"),
               Html(f"<p>{listed(map(code, found.parameters))}</p>")),
        folded(counted(len(found.keys), "figure"), Html(f"<p>{listed(map(code, found.keys))}</p>")),
    )  # fmt: skip


def _ranking(found: Exploration) -> Html:
    """Policies by their means over the worlds that all have, and how often each is best."""
    try:
        objective = default_of(found)
        met = "adaptive" if "adaptive" in found.met else "surprised"
        chosen = alternatives_of(found, met=met)
        every = sampled(found, chosen, [objective.key])
    except InvalidRequest:
        return Html("")
    points = every.only(every.complete())
    if not len(points.world):
        return Html("")
    values = points.values[objective.key]
    best = (objective.sign * values).argmax(axis=0)
    order = np.argsort(-objective.sign * values.mean(axis=1), kind="stable")
    of_view = [points.view == at for at in range(len(points.views))]
    rows = [
        (
            code(points.labels[p]),
            *(_mean(found, objective.key, values[p, here]) for here in of_view),
            percent(float((best == p).mean())),
        )
        for p in order
    ]
    heads = ("policy", *(Html(f"mean, {code(name)}") for name in points.views), "best in")
    key = figure_name(found.scenario, objective.key)
    caption = Html(f"Policies by {key}, {objective.better} is better")
    return table(caption, heads, rows)


def _mean(found: Exploration, key: str, values: np.ndarray) -> Figure:
    return figure(found.scenario, key, float(values.mean()) if values.size else float("nan"))


def robustness_view(found: Robustness) -> Html:
    """In sentences who stands up best, then policies by several statistics."""
    by_name = {ranked.statistic.name: ranked for ranked in found.ranked}
    goals = [name for name in by_name if name.startswith("goal")]
    shown = [by_name[name] for name in (*_SHOWN, *goals) if name in by_name]
    order = np.argsort(found["mean"].ranks, kind="stable")
    heads = ("policy", *(ranked.statistic.title for ranked in shown), "first by mean")
    rows = [
        (
            code(found.alternatives[p]),
            *(_statistic(ranked, p) for ranked in shown),
            percent(found["mean"].first[p]),
        )
        for p in order
    ]
    caption = Html(
        f"{code(found.objective.key)}, {found.objective.better} is better; in brackets the "
        f"{found.confidence:.0%} interval of the mean"
    )
    return view(
        f"Robustness over {counted(found.n_worlds, 'world')}",
        bullets(robustness_words(found)),
        table(caption, heads, rows),
    )


def _statistic(ranked: Ranked, at: int) -> Figure:
    """A figure; of the mean, by which policies are ordered, with its interval."""
    share = not ranked.statistic.in_units and ranked.statistic.name != "skewness"
    value = percent(ranked.values[at]) if share else number(ranked.values[at])
    if ranked.statistic.name != "mean":
        return value
    return Figure(f"{value} ({number(ranked.low[at], 3)} to {number(ranked.high[at], 3)})")


def sensitivity_view(found: Sensitivity) -> Html:
    """In sentences what moves the figure, then the indices."""
    rows = []
    for name in found.ranked:
        at = found.parameters.index(name)
        cells: list[object] = [code(name)]
        for index in found.indices:
            cells.append(number(index.values[at], 3))
            if index is found.indices[0]:
                cells.append(Figure(f"{number(index.low[at], 2)} to {number(index.high[at], 2)}"))
        rows.append(cells)
    main, *others = found.indices
    interval = f"{found.confidence:.0%} interval"
    heads = ("parameter", main.title, interval, *(index.title for index in others))
    return view(
        f"Sensitivity of {found.key} under {found.policy}",
        bullets(sensitivity_words(found)),
        table("Parameters, the most influential first", heads, rows, most=15),
    )


def discovery_view(found: Discovery) -> Html:
    """In sentences where the policy fails, then the limits."""
    heads = ("region", "parameter", "above", "below", "range", "by chance")
    return view(
        f"Where {found.policy} fails",
        bullets(discovery_words(found)),
        table("Limits of the regions found", heads, _limits(found)),
    )


def _limits(found: Discovery) -> Iterator[tuple[object, ...]]:
    for at, box in enumerate(found.boxes):
        for limit in box.restrictions:
            low, high = (Figure("" if x is None else number(x)) for x in (limit.low, limit.high))
            chance = min(p for p in (limit.p_low, limit.p_high) if p is not None)
            span = Figure(f"{number(limit.range[0])} to {number(limit.range[1])}")
            yield count(at + 1), code(limit.parameter), low, high, span, number(chance, 2)


def tradeoffs_view(found: Tradeoffs) -> Html:
    """In sentences which policies are a matter of choice, then all with their figures."""
    rows = [
        (
            code(s.policy),
            *(number(value) for value in s.values),
            "no" if s.efficient else Html(f"by {listed(map(code, s.dominated_by))}"),
            percent(s.kept),
        )
        for s in sorted(found.standings, key=lambda s: not s.efficient)
    ]
    named = (Html(f"{code(o.key)}, {o.better} is better") for o in found.objectives)
    heads = ("policy", *named, "beaten on every count", "unbeaten in resamples")
    return view(
        f"Trade-offs over {counted(found.n_worlds, 'world')}",
        bullets(tradeoff_words(found)),
        table(f"Policies by the {found.statistic} over the worlds", heads, rows),
    )


def pivots_view(found: Pivots) -> Html:
    """In sentences what changes the best policy, then each parameter."""
    rows: list[tuple[object, ...]] = []
    for scanned in found.parameters:
        start = (code(scanned.parameter), number(scanned.base),
                 Figure(f"{number(scanned.range[0])} to {number(scanned.range[1])}"))  # fmt: skip
        rows += [
            (*start, number(pivot.value), code(pivot.before), code(pivot.after))
            for pivot in scanned.pivots
        ]
        if not scanned.pivots:
            gap = "not known" if scanned.unsolved else "no such value in range"
            rows.append((*start, Figure("–"), gap, ""))
    heads = ("parameter", "base", "range", "pivot", "best before", "best beyond")
    return view(
        f"What would change the best policy, {found.best}",
        bullets(pivot_words(found)),
        table("Parameters, those that need the least move first", heads, rows),
    )


def search_view(found: Search) -> Html:
    """In sentences what is best, then settings of the front and the policy as written."""
    plan, front = found.plan, found.front
    places = spread(front, _SETTINGS) if front.points else ()
    chosen = [("front", front.points[at]) for at in places]
    if front.knee is not None:
        knee = front.points[front.knee.place]
        chosen = [("returns diminish" if p is knee else what, p) for what, p in chosen]
    chosen.append(("as written", found.written))
    rows = [
        (
            what,
            *(number(x) for x in point.setting),
            *(figure(plan.scenario, o.key, x)
              for o, x in zip(plan.objectives, point.figures, strict=True)),
        )
        for what, point in chosen
    ]  # fmt: skip
    levers = (code(lever.name) for lever in plan.levers)
    named = (Html(f"{figure_name(plan.scenario, o.key)}, {o.better}") for o in plan.objectives)
    return view(
        f"{plan.scenario.name}: the levers of {plan.policy}",
        bullets(story(found)),
        table("Settings", ("setting", *levers, *named), rows),
    )
