"""What changed between two scenarios or runs, how the answers differ, and which change did it."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from countermove.errors import InvalidRequest, unknown
from countermove.explore.cases import Case, Outcome
from countermove.explore.changes import Change, Reading, changes
from countermove.explore.changes_tree import canonical
from countermove.explore.diff_answers import Mixtures, Progress, Solver, answers, bare
from countermove.explore.diff_credit import Credit, first_and_last, remainder, shapley
from countermove.explore.diff_groups import EXACT, Groups, combined, grouped
from countermove.explore.diff_notes import (
    failed,
    notes_on,
    only_one_side,
    other_figures,
    told_apart,
)
from countermove.explore.diff_options import option_changes
from countermove.explore.diff_record import Answer, Difference, Part
from countermove.explore.diff_sides import Side, chosen, side_of
from countermove.explore.objectives import PERIODS, known_keys
from countermove.game.forms import in_percent
from countermove.language.model import Scenario

Stage = Callable[[str, int, int], None]  # what is being done, steps done, steps in all


def diff(
    old: str | Path | Scenario,
    new: str | Path | Scenario,
    *,
    view: str | None = None,
    policy: str | None = None,
    set: Mapping[str, float] | None = None,
    measures: Sequence[str] | None = None,
    attribution: bool = True,
    exact: bool = True,
    threads: int | None = None,
    max_memory: str | None = None,
    progress: Stage | None = None,
) -> Difference:
    """What changed from ``old`` to ``new``, and what it did to the answers.

    Each is a ``Scenario``, a bundled name, a file, a folder, or a folder of results, which is
    solved as it was then (``view``, ``policy`` and ``set`` override both). ``measures`` are the
    keys to compare (all that both have by default). With ``attribution``, each change is made
    alone and left out; changes that make no game without each other go together. For up to six
    such parts every combination is solved and the shares are Shapley values [Shapley 1953], unless
    ``exact`` is false. ``progress`` is called with a stage's name, its steps done and in all.

    Raises ``UnknownName``, ``InvalidRequest``, and whatever loading and compiling raise.
    """
    before, after = (
        chosen(side_of(source), view=view, policy=policy, set=set) for source in (old, new)
    )
    sides = (before, after)
    told = progress or (lambda stage, done, total: None)
    keys = _keys(sides, measures)
    found = _changes(sides, keys)
    if not keys or not any(change.kind == "game" for change in found):
        figures = _answers(sides, keys, tuple(_stored(side) for side in sides))
        notes = (*only_one_side(sides, measures), *other_figures(figures))
        return Difference(before, after, found, told_apart(sides), figures, notes=notes)
    solver = Solver(keys, threads, max_memory)
    outcomes = _both(sides, solver, told)
    figures = _answers(sides, keys, outcomes)
    notes = tuple(notes_on(sides, outcomes, measures))
    base = Difference(before, after, found, told_apart(sides), figures, notes=notes, solves=2)
    if not (attribution and base.moving and figures):
        return base
    return _attributed(base, solver, outcomes, exact, told)


def _keys(sides: Sequence[Side], wanted: Sequence[str] | None) -> tuple[str, ...]:
    """The keys to solve for: those asked for, or all that both sides have."""
    known = [known_keys(side.scenario) for side in sides]
    shared = [key for key in known[0] if key in known[1]]
    for key in wanted or ():
        if key in shared:
            continue
        lacking = [side.source for side, keys in zip(sides, known, strict=True) if key not in keys]
        if len(lacking) == 1:
            raise InvalidRequest(f"{lacking[0]} has no {key!r}, so that it cannot be compared")
        raise unknown("measure, score or payoff", key, shared)
    # mean times come with their measures
    named = [key.removesuffix(PERIODS) for key in (wanted or _once(sides[0].scenario, shared))]
    return tuple(dict.fromkeys(named))


def _once(scenario: Scenario, keys: Sequence[str]) -> list[str]:
    """The keys less the payoffs that are there as measures, too."""
    measures = [scenario.measures[key] for key in keys if key in scenario.measures]
    twins = {f"payoff({m.player})" for m in measures if m.kind == "payoff"}
    return [key for key in keys if key not in twins]


def _changes(sides: Sequence[Side], keys: Sequence[str]) -> tuple[Change, ...]:
    old, new = sides
    points = [side.point for side in sides]
    reading = Reading(
        views=frozenset(p.view for p in points if p.view),
        policies=frozenset(p.policy for p in points if p.policy),
        keys=frozenset(_asked(sides, keys)),
    )
    return (*option_changes(old.point, new.point), *changes(old.scenario, new.scenario, reading))


def _asked(sides: Sequence[Side], keys: Sequence[str]) -> list[str]:
    """The keys, and the measures that scores among them rest on."""
    found = list(keys)
    for side in sides:
        for score in side.scenario.scores.values():
            if f"score({score.name})" in keys:
                found += score.weights
    return list(dict.fromkeys(found))


def _stored(side: Side) -> Outcome:
    """What a run's folder says, where nothing needs to be solved."""
    point = side.point
    case = Case(point.view, point.policy, "free" if point.policy is None else "adaptive")
    return Outcome(case, "solved", side.stored)


def _both(sides: Sequence[Side], solver: Solver, told: Stage) -> tuple[Outcome, ...]:
    """The answers of both sides."""
    return tuple(
        answers(side.scenario, side.point, solver, _steps(told, "solve", number, len(sides)))
        for number, side in enumerate(sides)
    )


def _steps(told: Stage, stage: str, before: int, solves: int) -> Progress:
    def advance(done: int, total: int) -> None:
        told(stage, before * total + done, solves * total)

    return advance


def _answers(
    sides: Sequence[Side], keys: Sequence[str], outcomes: Sequence[Outcome]
) -> tuple[Answer, ...]:
    old, new = outcomes
    found = [
        Answer(key, value, new.values[key], _scale(sides[0].scenario, key, value, new.values[key]))
        for key, value in old.values.items()
        if key in new.values and key.removesuffix(PERIODS) in keys
    ]
    finite = [answer for answer in found if math.isfinite(answer.difference)]
    return tuple(sorted(finite, key=lambda answer: -answer.relative))


def _scale(scenario: Scenario, key: str, old: float, new: float) -> float:
    if key.endswith(PERIODS) and not scenario.calendar.forever:
        return float(scenario.calendar.periods)
    measure = scenario.measures.get(key)
    if measure is not None and in_percent(measure):
        return 1.0
    return max(abs(old), abs(new))


def _attributed(
    base: Difference,
    solver: Solver,
    outcomes: Sequence[Outcome],
    exact: bool,
    told: Stage,
) -> Difference:
    mixtures = _mixtures(base, solver)
    everything = frozenset(range(len(base.moving)))
    mixtures.known(frozenset(), outcomes[0])
    mixtures.known(everything, outcomes[1])
    groups = grouped(len(base.moving), _counted(mixtures, told), exact=exact)
    wanted = [frozenset().union(*c) for c in combined(groups, exact=exact)]
    for number, made in enumerate(wanted):
        mixtures.outcome(made, _steps(told, "attribute", number, len(wanted)))
    # of a single part, first and last are all the orders there are
    shares = len(groups) == 1 or (exact and len(groups) <= EXACT)
    credits = {a.key: _credits(a.key, groups, mixtures, shares) for a in base.answers}
    parts = tuple(
        Part(_ordered(base, group), {key: found[g] for key, found in credits.items()})
        for g, group in enumerate(groups)
    )
    return replace(
        base,
        parts=_largest_first(parts, base.answers),
        exact=shares,
        remainders={a.key: remainder(credits[a.key], a.difference) for a in base.answers},
        notes=(*base.notes, *failed(mixtures, wanted, base.moving)),
        solves=len({*wanted, frozenset(), everything}),
    )


def _mixtures(base: Difference, solver: Solver) -> Mixtures:
    sides = (base.old, base.new)
    shared = {name for s in sides for name in (s.point.view,) if name}
    bound = {name for s in sides for name in (s.point.policy,) if name}
    asked = _asked(sides, solver.keys or ())
    old, new = (
        bare(
            canonical(side.scenario),
            views=shared,
            policies=bound,
            measures=asked,
            scores=[key[len("score(") : -1] for key in asked if key.startswith("score(")],
        )
        for side in sides
    )
    return Mixtures(old, new, base.old, base.moving, solver)


def _counted(mixtures: Mixtures, told: Stage) -> Callable[[frozenset[int]], bool]:
    """``works``, telling how many trials there have been; nobody knows how many will be."""
    tried = 0

    def works(made: frozenset[int]) -> bool:
        nonlocal tried
        tried += 1
        told("group", tried, 0)
        return mixtures.works(made)

    return works


def _credits(key: str, groups: Groups, mixtures: Mixtures, shares: bool) -> list[Credit]:
    def value(made: frozenset[int]) -> float:
        union: frozenset[int] = frozenset().union(*(groups[g] for g in made))
        return mixtures.outcome(union).values.get(key, math.nan)

    return (shapley if shares else first_and_last)(len(groups), value)


def _ordered(base: Difference, group: frozenset[int]) -> tuple[Change, ...]:
    return tuple(base.moving[number] for number in sorted(group))


def _largest_first(parts: Sequence[Part], answers: Sequence[Answer]) -> tuple[Part, ...]:
    """By the sum of their shares' sizes over the answers' scales."""
    scales = {answer.key: answer.scale for answer in answers if answer.scale}

    def size(part: Part) -> float:
        sizes = [abs(c.share) / scales[k] for k, c in part.credits.items() if k in scales]
        return sum(s for s in sizes if math.isfinite(s))

    return tuple(sorted(parts, key=lambda part: -size(part)))
