"""What a notebook shows of a scenario."""

from __future__ import annotations

from typing import TYPE_CHECKING

from countermove._html import Figure, Html, count, counted, table, text, view

if TYPE_CHECKING:
    from countermove.language.model import Calendar, Player, Scenario


def scenario_view(scenario: Scenario) -> Html:
    """Who plays for how long, about what, and what the scenario rests on."""
    named = {
        "players": [_player(player) for player in scenario.players],
        "state variables": [f"{v.name} ({', '.join(v.levels)})" for v in scenario.variables],
        "events": [event.name for event in scenario.events],
        "measures": list(scenario.measures),
        "scores": list(scenario.scores),
        "goals": list(scenario.goals),
        "policies": list(scenario.policies),
        "views": list(scenario.views),
    }
    rows = [(what, *_many(names)) for what, names in named.items() if names]
    return view(
        scenario.title,
        f"{scenario.name}, version {scenario.version}: {_length(scenario.calendar)}",
        table("What it consists of", ("what", "number", "names"), rows),
        _rests_on(scenario),
    )


def _many(names: list[str]) -> tuple[Figure, Html]:
    return count(len(names)), Html("; ".join(text(name) for name in names))


def _player(player: Player) -> str:
    titled = player.title if player.title != player.name else ""
    told = ": ".join(part for part in (titled, " or ".join(player.types)) if part)
    return f"{player.name} ({told})" if told else player.name


def _length(calendar: Calendar) -> str:
    if calendar.forever:
        return "periods without end"
    many = counted(calendar.periods, "period")
    unit = calendar.step_unit
    if unit is not None:
        step = f"a {unit}" if calendar.step_count == 1 else f"{calendar.step_count} {unit}s"
        many = f"{many} of {step}"
    begins = calendar.begins(0)
    return f"{many}, from {begins.isoformat()}" if begins is not None else many


def _rests_on(scenario: Scenario) -> str:
    uncertain = sum(p.high > p.low for p in scenario.parameters.values())
    told = [
        f"{counted(len(scenario.parameters), 'parameter')}, {uncertain:,} of them uncertain",
        f"{100 * scenario.coverage.share_cited:.0f}% of its parts cite one of "
        f"{counted(len(scenario.claims), 'claim')} from {counted(len(scenario.sources), 'source')}",
    ]
    if scenario.warnings:
        told.append(f"{counted(len(scenario.warnings), 'warning')}: see scenario.warnings")
    return "; ".join(told) + "."
