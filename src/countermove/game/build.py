"""From a scenario to a game's structure: columns, tables, reachable states, branches."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from math import prod

import numpy as np

from countermove.errors import InvalidRequest, SizeLimitError, nearest_name, unknown
from countermove.game.axes import points_of
from countermove.game.branches import Possible
from countermove.game.columns import columns_of
from countermove.game.domains import Layout, Levels
from countermove.game.flows import column_tables, flows_of
from countermove.game.lookups import Reader
from countermove.game.memory import bytes_of_state
from countermove.game.policies import policy_tables
from countermove.game.predict import states_at_least
from countermove.game.program import StepProgram, layout_of, step_programs
from countermove.game.reach import Reach, StepReach, explore, explore_for_ever
from countermove.game.registry import Registry, costliest
from countermove.game.step_structure import step_structure
from countermove.game.structure import Structure
from countermove.game.tables import Table, Tables
from countermove.language.calendar import last_day, period_of
from countermove.language.model import Scenario


def build(
    scenario: Scenario,
    *,
    max_memory: int,
    overrides: Mapping[str, float],
    start: Mapping[str, str] | None = None,
    at: int | str | dt.date | None = None,
    belief_points: Mapping[str, int] | None = None,
    known: Sequence[str] = (),
    itemised: Sequence[str] = (),
) -> Structure:
    """The structure of a scenario's game, for all parameters within their ranges.

    ``max_memory`` is in bytes; ``overrides`` widen the ranges; ``belief_points`` stand in for those
    of the players named, in what memory is counted; ``known`` are the players whose types the
    measures take for granted, and ``itemised`` those whose payoffs are carried by part, too (see
    ``columns_of``). Raises ``SizeLimitError`` before anything large
    is allocated, ``InvalidRequest`` and ``UnknownName`` for a bad start.
    """
    layout = layout_of(scenario)
    tables = Tables(layout)
    programs = step_programs(scenario, tables)
    columns, readings = columns_of(scenario, known, itemised)
    column_tables(scenario, tables, columns)
    for policy in scenario.policies.values():
        policy_tables(policy, tables)
    ends = None
    if scenario.ends is not None:
        ends = tables.add("value", [scenario.ends], "`ends`")
    ranges = ranges_of(scenario, overrides)
    possible = Possible(tables, ranges, scenario.calendar.periods)
    points = points_of(scenario, belief_points or {})
    n_payoffs = sum(max(len(p.types), 1) for p in scenario.players)
    cost = bytes_of_state(
        programs, columns, n_payoffs, scenario.calendar.periods, prod(points.values())
    )
    registry = Registry(layout, max(max_memory // cost, 1), _beliefs_in_words(points))
    steps = tuple(StepReach(p, p.kind == "event") for p in programs)
    start_period = period_asked(scenario, at)
    start_levels = start_of(scenario, layout, start or {})
    resets = _resets(scenario, layout)
    _refuse_early(programs, registry, possible, ends, start_levels, start_period)
    reach = Reach(registry, steps, cost, max_memory)
    if scenario.calendar.forever:
        explore_for_ever(reach, possible, ends, resets, start_levels)
    else:
        explore(reach, possible, ends, resets, start_levels, start_period)
    levels = registry.levels()
    reader = Reader(levels)
    for table in tables.tables:
        if not table.domain.dense:
            table.domain.rows(levels)
    n_flat = tables.place()
    return Structure(
        scenario,
        tables,
        n_flat,
        levels,
        columns,
        readings,
        tuple(step_structure(s, tables, reader, columns) for s in steps),
        flows_of(scenario, tables, reader, columns),
        None if ends is None else reader.at(ends),
        _carry(registry, levels, resets),
        reach.present,
        int(registry.find(start_levels)[0]),
        start_period,
        scenario.calendar.periods,
        registry,
        reach.bytes_needed(),
        ranges,
        tuple(known),
    )


def _refuse_early(
    programs: tuple[StepProgram, ...],
    registry: Registry,
    possible: Possible,
    ends: Table | None,
    start: Levels,
    start_period: int,
) -> None:
    """Refuse a game that is plainly too large before its states are followed."""
    sizes = registry.layout.sizes
    if np.prod([float(size) for size in sizes]) <= registry.max_states:
        return
    least, seen = states_at_least(programs, registry, possible, ends, start, start_period)
    if least > registry.max_states:
        raise SizeLimitError(
            f"CM109: about {float(f'{least:.1g}'):,.0f} states or more can be reached, and the "
            f"memory allowed holds {registry.max_states:,}. "
            f"{costliest(registry.layout.names, seen)}{registry.beliefs} Merge levels, turn "
            "variables into parameters, or raise --max-memory."
        )


def _beliefs_in_words(points: Mapping[str, int]) -> str:
    if not points:
        return ""
    listed = ", ".join(f"{number} of {player!r}" for player, number in points.items())
    return (
        f" Each state comes with {prod(points.values()):,} belief points ({listed}): lower "
        "`belief_points`."
    )


def _carry(registry: Registry, levels: Levels, resets: Levels) -> np.ndarray:
    begun = np.where(resets >= 0, resets, levels).astype(np.int32)
    found = registry.find(begun)
    # A state whose reset is not in the set is one that the last period alone reaches.
    return np.where(found < 0, 0, found).astype(np.uint32)


def _resets(scenario: Scenario, layout: Layout) -> Levels:
    resets = [v.start if v.resets else -1 for v in scenario.variables]
    resets += [0] * (len(layout.names) - len(resets))
    return np.asarray(resets, np.int32)


def ranges_of(scenario: Scenario, overrides: Mapping[str, float]) -> dict[str, tuple[float, float]]:
    """The widest range that each parameter takes: its own, its views', and what is asked for."""
    ranges = {}
    for name, parameter in scenario.parameters.items():
        low, high = parameter.low, parameter.high
        if parameter.distribution and low == high:
            low, high = -np.inf, np.inf
        seen = [parameter.value, low, high, *_view_values(scenario, name)]
        if name in overrides:
            seen.append(overrides[name])
        ranges[name] = (min(seen), max(seen))
    return ranges


def _view_values(scenario: Scenario, name: str) -> Iterable[float]:
    for view in scenario.views.values():
        if name in view.values:
            yield view.values[name]
        yield from view.ranges.get(name, ())


def start_of(scenario: Scenario, layout: Layout, start: Mapping[str, str]) -> Levels:
    """The start state [1, V], some variables overridden by level name."""
    levels = [v.start for v in scenario.variables]
    names = [v.name for v in scenario.variables]
    for name, level in start.items():
        if name not in names:
            raise unknown("state variable", name, names)
        known = scenario.variables[names.index(name)].levels
        if str(level) not in known:
            near = nearest_name(str(level), known)
            hint = f"; did you mean {near!r}?" if near else ""
            raise InvalidRequest(
                f"{name!r} has no level {level!r}{hint} (levels: {', '.join(known)})"
            )
        levels[names.index(name)] = known.index(str(level))
    levels += [0] * (len(layout.names) - len(levels))
    return np.asarray([levels], np.int32)


def period_asked(scenario: Scenario, at: int | str | dt.date | None) -> int:
    """The period meant by a number, a date, or a date's text; 0 for none."""
    calendar = scenario.calendar
    if at is None:
        return 0
    period: int | None
    if isinstance(at, str) and not (at.isascii() and at.isdigit()):
        at = _date(at)
    if isinstance(at, dt.date):
        period = period_of(calendar, at)
        if period is None:
            raise InvalidRequest(f"the date {at} lies outside the calendar {_span(scenario)}")
        return period
    period = int(at)
    if not 0 <= period < calendar.periods:
        raise InvalidRequest(f"period {period} lies outside 0 to {calendar.periods - 1}")
    return period


def _date(text: str) -> dt.date:
    """A date as people write it: ``2021-01-20``, ``2021-01``, ``Jan 2021``, ``20 Jan 2021``."""
    day, _, rest = text.partition(" ")
    whole = text if day.isdigit() and rest else f"1 {text}"
    for form, said in (
        ("%Y-%m-%d", text),
        ("%Y-%m", text),
        ("%d %b %Y", whole),
        ("%d %B %Y", whole),
    ):
        with suppress(ValueError):
            return dt.datetime.strptime(said, form).date()
    raise InvalidRequest(
        f"{text!r} is neither a period (0, 1, …) nor a date such as 2021-01-20 or Jan 2021"
    )


def _span(scenario: Scenario) -> str:
    calendar = scenario.calendar
    if calendar.start is None:
        return "(it has no dates: give a period)"
    return f"({calendar.start} to {last_day(calendar)})"
