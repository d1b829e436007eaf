"""What a search has found, in sentences."""

from __future__ import annotations

from collections.abc import Sequence

from countermove.explore.levers import Lever
from countermove.explore.objectives import Objective
from countermove.explore.robustness_words import listed
from countermove.explore.search import Search
from countermove.explore.search_algorithm import ALL
from countermove.explore.search_front import Front
from countermove.explore.search_points import Point


def story(found: Search) -> tuple[str, ...]:
    """In a few sentences: what is best, what the policy as written lacks, where returns end."""
    sentences = [_tried(found)]
    if len(found.plan.objectives) == 1:
        sentences.append(_best(found))
    else:
        sentences += [_written(found), *_returns(found)]
    if found.failed:
        reason, number = next(iter(found.reasons.items()))
        sentences.append(
            f"{_counted(found.failed, 'setting')} failed in some world and cannot be on the front; "
            f"the most frequent reason ({number:,}): {reason}."
        )
    return tuple(sentences)


def _tried(found: Search) -> str:
    plan, front = found.plan, found.front
    where = "at the values as stated"
    if plan.worlds:
        where = f"in {_counted(plan.worlds, 'world')} ({plan.statistic.words})"
    said = f"{_counted(len(found.points), 'setting')} of {plan.policy} tried {where}"
    if len(plan.objectives) > 1:
        said += f"; {len(front.points):,} beaten by no other"
    if plan.method == ALL:
        return said + ". These are all that there are."
    if found.changed >= found.generations:
        return said + (
            f". The last of {found.generations:,} generations still found better ones: go on with "
            "more --generations."
        )
    return said + (
        f". The last better one came in generation {found.changed:,} of {found.generations:,}."
    )


def _best(found: Search) -> str:
    (objective,) = found.plan.objectives
    best = found.front.points[0]
    levers = setting_words(found.plan.levers, best)
    said = f"{objective.key} is best, at {number(best.figures[0])}, with {levers}"
    if not found.written.holds:
        return said + ". The policy as written fails in some world."
    (gain,) = found.front.gains(best, found.written)
    if gain <= 0:
        return f"The policy as written does best: {objective.key} is {number(best.figures[0])}."
    return said + f": better by {number(gain)} than the policy as written."


def _written(found: Search) -> str:
    front, written = found.front, found.written
    if not written.holds:
        return "The policy as written fails in some world."
    if any(point.figures == written.figures for point in front.points):
        return "Nothing beats the policy as written in every respect: it is on the front."
    beating = [p for p in front.points if min(front.gains(p, written)) >= 0]
    best = max(beating, key=lambda point: _scaled_gain(front, point, written))
    return (
        f"The policy as written is beaten: with {setting_words(found.plan.levers, best)} "
        f"{listed(_gain_words(front, best, written))}."
    )


def _scaled_gain(front: Front, point: Point, other: Point) -> float:
    """The sum of the gains, each over the front's extent in that objective."""
    total = 0.0
    for k, gain in enumerate(front.gains(point, other)):
        figures = [p.figures[k] for p in front.points]
        extent = max(figures) - min(figures)
        total += gain / extent if extent > 0 else gain
    return total


def _gain_words(front: Front, point: Point, other: Point) -> list[str]:
    gains = zip(front.objectives, front.gains(point, other), strict=True)
    return [
        f"{o.key} is better by {number(gain)}" if gain > 0 else f"{o.key} is no worse"
        for o, gain in gains
    ]


def _returns(found: Search) -> list[str]:
    """The knee: what is bought on the way to it, and what beyond it."""
    front, plan = found.front, found.plan
    if len(front.points) == 1:
        levers = setting_words(plan.levers, front.points[0])
        return [f"One setting is best in every respect: {levers}."]
    if front.knee is None:
        if len(front.points) < 3 or len(front.objectives) > 2:
            return []
        return [
            "Returns do not diminish: no setting between the extremes does better than a straight "
            "line from one to the other."
        ]
    place = front.knee.place
    levers = setting_words(plan.levers, front.points[place])
    if len(front.objectives) == 2:
        return [_two(front, place, levers)]
    lacks = [
        f"{number(lack)} of {o.key}"
        for o, lack in zip(front.objectives, front.gives_up(place), strict=True)
    ]
    return [f"Returns diminish at {levers}: it gives up {listed(lacks)} against the best of each."]


def _two(front: Front, place: int, levers: str) -> str:
    first, second = front.objectives
    points = front.points
    start, knee, end = (points[at] for at in (front.extremes[0], place, front.extremes[1]))
    paid, got = _steps(front, start, knee)
    more, little = _steps(front, knee, end)
    return (
        f"Returns diminish at {levers}: from the best of {first.key}, giving up {number(paid)} of "
        f"it brings {number(got)} of {second.key}; beyond, another {number(more)} brings only "
        f"{number(little)}."
    )


def _steps(front: Front, start: Point, end: Point) -> tuple[float, float]:
    """What is lost of the first objective and won of the second from one point to another."""
    first, second = front.gains(end, start)
    return -first, second


def setting_words(levers: Sequence[Lever], point: Point) -> str:
    """The setting in words: ``threshold 3, odds 0.25``."""
    return ", ".join(
        f"{lever.name} {number(x)}" for lever, x in zip(levers, point.setting, strict=True)
    )


def objective_words(objective: Objective) -> str:
    """The objective with the way that is better: ``attacks ↓``."""
    return f"{objective.key} {'↑' if objective.sign > 0 else '↓'}"


def number(value: float) -> str:
    """A figure with four digits."""
    return f"{value:.4g}".replace("-", "−")


def _counted(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"
