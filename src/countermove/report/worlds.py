"""What an exploration says of policies in uncertain worlds: who holds up, and where each fails."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from countermove.language import words
from countermove.report.comparison_words import change, key_name, option_name, value, view_name
from countermove.report.figure import Figure
from countermove.report.tables import Table, without_empty_columns
from countermove.report.worlds_figures import ranges_figure

if TYPE_CHECKING:
    from countermove.explore.discovery import Box, Discovery
    from countermove.explore.discovery_questions import Question
    from countermove.explore.exploration import Exploration
    from countermove.explore.objectives import Objective
    from countermove.explore.robustness import Ranked, Robustness
    from countermove.language.model import Scenario

RESAMPLES, DISCOVERY_RESAMPLES = 1000, 20
_SURE = 0.9  # share of resamples from which on a first place is called clear
_WORST = 0.1  # the share of worlds that counts as failing where there are no goals
_SHOWN = ("mean", "worst", "p10", "p50", "regret_max", "regret_mean", "deviation")
_HEADINGS = {
    "mean": "mean",
    "worst": "worst case",
    "p10": "1 in 10 is worse",
    "p50": "median",
    "regret_max": "largest regret",
    "regret_mean": "mean regret",
    "deviation": "mean shortfall",
    "goals": "all goals hold",
}


@dataclass(frozen=True, slots=True)
class Robust:
    """How the policies stand up under one view."""

    view: str
    sentences: tuple[str, ...]
    table: Table
    caption: str
    figure: Figure | None


@dataclass(frozen=True, slots=True)
class Failing:
    """Where one policy fails; ``table`` holds the limits of the first box, None where none."""

    policy: str
    sentences: tuple[str, ...]
    table: Table | None


@dataclass(frozen=True, slots=True)
class Worlds:
    """Everything that the page says of an exploration; ``brief`` is one sentence of it."""

    about: str
    objective: str
    robust: tuple[Robust, ...]
    caveat: str
    failure: str
    failing: tuple[Failing, ...]
    brief: str


def worlds_of(
    exploration: Exploration,
    *,
    of: Objective | None = None,
    resamples: int = RESAMPLES,
    progress: Callable[[int, int], None] | None = None,
) -> Worlds:
    """Analyse an exploration as the commands ``robustness`` and ``discover`` do if asked nothing.

    ``progress`` is called with the analyses done and in all. Worlds without all figures are left
    out, and the sentences say how many.
    """
    from countermove.explore.objectives_values import default_of
    from countermove.explore.robustness_words import CAVEAT

    objective = of or default_of(exploration, None)
    views, total = exploration.views, len(exploration.views) + len(exploration.policies)
    told = progress or (lambda done, total: None)
    robust, found = [], []
    for view in views:
        found.append(_robustness(exploration, objective, view, resamples))
        robust.append(_robust(exploration.scenario, found[-1], view))
        told(len(found), total)
    asked = _question(exploration, objective)
    failing = []
    for policy in exploration.policies:
        failing.append(_failing(exploration, asked, policy))
        told(len(found) + len(failing), total)
    return Worlds(
        about=_about(exploration),
        objective=f"{key_name(exploration.scenario, objective.key)} ({objective.better} is better)",
        robust=tuple(robust),
        caveat=CAVEAT,
        failure=f"A policy fails here in a world where: {_question_words(exploration, asked)}.",
        failing=tuple(failing),
        brief=_brief(found[0]),
    )


def _about(exploration: Exploration) -> str:
    count, uncertain = exploration.explored, len(exploration.parameters)
    said = f"{words.counted(count, 'world')}, in which {words.counted(uncertain, 'parameter')} "
    said += f"{'was' if uncertain == 1 else 'were'} drawn from the stated ranges"
    if not exploration.complete:
        said += f" (of {int(exploration.manifest['worlds']):,} asked for)"
    return f"{said}; in each, every policy was solved anew, with others who adapt."


def _robustness(
    exploration: Exploration, objective: Objective, view: str, resamples: int
) -> Robustness:
    from countermove.explore.robustness import robustness

    return robustness(exploration, objective, views=[view], resamples=resamples, allow_missing=True)


def _robust(scenario: Scenario, found: Robustness, view: str) -> Robust:
    return Robust(
        view=view_name(view),
        sentences=_sentences(scenario, found),
        table=_table(scenario, found),
        caption=f"Each policy over {words.counted(found.n_worlds, 'world')}; ★ marks the best",
        figure=ranges_figure(scenario, found, view_name(view)),
    )


def _sentences(scenario: Scenario, found: Robustness) -> tuple[str, ...]:
    """Who is best on average and how surely; who by other rules; what was left out."""
    from countermove.explore.robustness_words import left_out_words

    return (_mean_words(scenario, found), _other_words(found), *left_out_words(found))


def _mean_words(scenario: Scenario, found: Robustness) -> str:
    best, ranked = found.best("mean"), found["mean"]
    at = found.alternatives.index(best[0])
    if len(best) > 1:
        return f"on average {_names(best)} are level."
    sure = "clearly" if ranked.first[at] >= _SURE else "though not clearly"
    return (
        f"on average {_names(best)} does best "
        f"({value(scenario, found.objective.key, ranked.values[at])}), {sure}: it comes first in "
        f"{words.percent(ranked.first[at])} of the resamples of the worlds."
    )


def _other_words(found: Robustness) -> str:
    best = set(found.best("mean"))
    rules = {
        "worst": "the worst case",
        "p10": "the worst tenth of the worlds",
        "regret_max": "the largest regret",
    }
    elsewhere: dict[tuple[str, ...], list[str]] = {}
    for name, rule in rules.items():
        if not best & set(found.best(name)):
            elsewhere.setdefault(found.best(name), []).append(rule)
    if not elsewhere:
        return "whoever looks at the worst case, the worst tenth or the largest regret agrees."
    return (
        "; ".join(
            f"by {words.listed(rules)}, it would be {_names(who)}"
            for who, rules in elsewhere.items()
        )
        + "."
    )


def _brief(found: Robustness) -> str:
    best, many = found.best("mean"), words.counted(found.n_worlds, "world")
    sure = "clearly" if max(found["mean"].first) >= _SURE else "not clearly"
    verb = "does" if len(best) == 1 else "do"
    return f"over {many}, {_names(best)} {verb} best on average, {sure} so; {_other_words(found)}"


def _names(options: tuple[str, ...]) -> str:
    return words.listed([f"“{option_name(option)}”" for option in options])


def _table(scenario: Scenario, found: Robustness) -> Table:
    shown = [
        r for r in found.ranked if r.statistic.name in _SHOWN or r.statistic.name[:4] == "goal"
    ]
    headings = [_heading(scenario, ranked) for ranked in shown]
    rows = tuple(
        (
            option_name(name),
            *(_cell(scenario, found, ranked, at) for ranked in shown),
            words.percent(found["mean"].first[at]),
        )
        for at, name in enumerate(found.alternatives)
    )
    columns = ("policy", *headings, "first in")
    return without_empty_columns(Table(columns, rows, frozenset(columns[1:])))


def _heading(scenario: Scenario, ranked: Ranked) -> str:
    name = ranked.statistic.name
    if name.startswith("goal:"):
        goal = scenario.goals.get(name.removeprefix("goal:"))
        return (goal.title if goal else "") or words.plain_name(name.removeprefix("goal:"))
    return _HEADINGS.get(name, ranked.statistic.title)


def _cell(scenario: Scenario, found: Robustness, ranked: Ranked, at: int) -> str:
    number, key = ranked.values[at], found.objective.key
    star = "★\N{NO-BREAK SPACE}" if ranked.ranks[at] == 1 and max(ranked.ranks) > 1 else ""
    if ranked.statistic.name[:4] == "goal":
        return star + words.percent(number)
    if ranked.statistic.scale == "loss":
        return star + change(scenario, key, number).removeprefix("+")
    return star + value(scenario, key, number)


def _question(exploration: Exploration, objective: Objective) -> Question:
    """What a failure is: a goal of the scenario missed, else the worst tenth of the objective."""
    from countermove.explore.discovery_questions import question

    known = exploration.scenario.goals.values()
    goals = [goal.name for goal in known if goal.key in exploration.keys]
    if goals:
        return question(exploration.scenario, goals=goals)
    return question(exploration.scenario, objective=objective, worst=_WORST)


def _question_words(exploration: Exploration, asked: Question) -> str:
    if asked.goals:
        named = [goal.title or words.plain_name(goal.name) for goal in asked.goals]
        held = words.listed([f"“{name}”" for name in named], last="or")
        return f"the goal {held} is missed" if len(named) == 1 else f"any of {held} is missed"
    assert asked.objective is not None
    figure = key_name(exploration.scenario, asked.objective.key)
    return f"{figure} is in the worst {words.percent(asked.share)} that the policy itself comes to"


def _failing(exploration: Exploration, asked: Question, policy: str) -> Failing:
    from countermove.explore.discovery import discover

    found = discover(
        exploration, asked, policy=policy, resamples=DISCOVERY_RESAMPLES, allow_missing=True
    )
    box = next((box for box in found.boxes if box.restrictions), None)
    return Failing(
        policy=option_name(policy),
        sentences=_failing_words(found, box, goals=bool(asked.goals)),
        table=_limits(found, box) if box is not None else None,
    )


def _failing_words(found: Discovery, box: Box | None, *, goals: bool) -> tuple[str, ...]:
    many = words.counted(found.n_worlds, "world")
    if not found.n_failures:
        return (f"fails in none of {many}.",)
    if found.n_failures == found.n_worlds:
        return (f"fails in all of {many}.",) if goals else ("comes to the same in every world.",)
    share = words.percent(found.n_failures / found.n_worlds)
    said = f"fails in {found.n_failures:,} of {many} ({share})"
    if box is None:
        return (f"{said}; no limits on parameters tell those worlds from the others.",)
    gathered = (
        f"the box below holds {words.percent(box.fit.coverage)} of the failures, and "
        f"{words.percent(box.fit.density)} of the worlds in it are failures"
    )
    return (f"{said}; {gathered}.", *_steady(found, box))


def _steady(found: Discovery, box: Box) -> tuple[str, ...]:
    """Which of the box's limits are found again in fewer than half of the resamples."""
    if found.stability is None or not found.stability.found:
        return ()
    often = {s.parameter: s.restricted for s in found.stability.parameters}
    shaky = [r.parameter for r in box.restrictions if often.get(r.parameter, 0.0) < 0.5]
    if not shaky:
        return ()
    named = words.listed([words.plain_name(name) for name in shaky])
    limits = "limit" if len(shaky) == 1 else "limits"
    return (
        f"mind the {limits} on {named}: they may be chance.".replace(
            "they may", "it may" if len(shaky) == 1 else "they may"
        ),
    )


def _limits(found: Discovery, box: Box) -> Table:
    columns = ("parameter", "fails where", "range tried", "what it is")
    rows = tuple(
        (words.plain_name(r.parameter), _limit(r.low, r.high), _span(*r.range), r.note)
        for r in box.restrictions
    )
    return without_empty_columns(Table(columns, rows))


def _limit(low: float | None, high: float | None) -> str:
    if low is not None and high is not None:
        return f"between {words.number(low)} and {words.number(high)}"
    return f"above {words.number(low)}" if low is not None else f"below {words.number(high or 0.0)}"


def _span(low: float, high: float) -> str:
    return f"{words.number(low)} to {words.number(high)}"


def with_scenario(exploration: Exploration, scenario: Scenario) -> Exploration:
    """The exploration, told in the words of the scenario as it is now."""
    return replace(exploration, scenario=scenario)
