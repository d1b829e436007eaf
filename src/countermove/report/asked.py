"""What a run was asked for beyond the scenario's own numbers, and what of it deserves a warning."""

from __future__ import annotations

from countermove.language import words
from countermove.report.belief_records import TypedPlayer
from countermove.report.fixed_points import unsolved_words
from countermove.report.records import Findings


def moved(findings: Findings) -> dict[str, tuple[str, str]]:
    """Variables that start elsewhere than in the scenario: (level there, level in force)."""
    own = {v.name: v.levels[v.start] for v in findings.scenario.variables}
    return {
        name: (level, findings.start[name])
        for name, level in own.items()
        if findings.start[name] != level
    }


def overridden(findings: Findings) -> dict[str, tuple[float, float]]:
    """Parameters whose value in force is not the scenario's: (scenario's, in force)."""
    given = findings.scenario.parameters
    return {
        name: (given[name].value, value)
        for name, value in findings.parameters.items()
        if name in given and value != given[name].value
    }


def values_set(findings: Findings) -> dict[str, float]:
    """Parameters whose value in force is neither the scenario's nor the view's."""
    view = findings.scenario.views[findings.view].values if findings.view else {}
    changed = overridden(findings)
    return {name: value for name, (_, value) in changed.items() if view.get(name) != value}


def conditions(findings: Findings) -> tuple[str, ...]:
    """From when and where the result starts and what was set, a phrase each; none where plain."""
    calendar, found = findings.scenario.calendar, []
    if findings.start_period:
        found.append(f"from {words.period(calendar, findings.start_period)}")
    starts = [
        f"{words.plain_name(name)} {words.plain_name(level)}"
        for name, (_, level) in moved(findings).items()
    ]
    if starts:
        found.append(f"starting with {words.listed(starts)}")
    found += [_belief_words(player) for player in findings.beliefs.players if player.moved]
    found += [
        f"{name} = {words.level_number(value)}" for name, value in values_set(findings).items()
    ]
    return tuple(found)


def _belief_words(player: TypedPlayer) -> str:
    odds = [
        f"{words.plain_name(name)} with {words.percent(p)}"
        for name, p in zip(player.types, player.prior, strict=True)
    ]
    return f"{words.within(player.title)} believed {words.listed(odds)}"


def warnings(findings: Findings) -> tuple[str, ...]:
    """What a reader must not miss: values outside their ranges, a game that is over at once."""
    found = []
    for name, value in values_set(findings).items():
        parameter = findings.scenario.parameters[name]
        if not parameter.low <= value <= parameter.high and not parameter.distribution:
            span = f"{words.level_number(parameter.low)} to {words.level_number(parameter.high)}"
            found.append(f"{name} = {words.level_number(value)} lies outside its range, {span}")
    if findings.solve.fixed is not None and findings.solve.fixed.n_unsolved:
        found.append(f"{unsolved_words(findings.solve.fixed)}; the method section says where")
    if findings.over_at_start and findings.scenario.ends is not None:
        ends = findings.scenario.ends.text
        found.append(f"the game is over before it starts, as {ends} holds then: nobody moves")
    return tuple(found)
