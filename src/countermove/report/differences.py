"""What sets a player's types apart: the payoffs and costs that read its type."""

from __future__ import annotations

from collections.abc import Iterator

from countermove.language import words
from countermove.language.expressions import Expression
from countermove.language.model import Action, Event, Outcomes, Player, Scenario
from countermove.report.belief_records import Difference
from countermove.report.formulas import for_type, reads_type, text_of


def differences(scenario: Scenario, typed: Player) -> list[Difference]:
    """Interests and costs that read the player's type, its own first."""
    found: list[Difference] = []
    for player in sorted(scenario.players, key=lambda p: p is not typed):
        who = player.title
        for name, worth in player.interests.items():
            found += _difference(scenario, typed, who, words.plain_name(name), worth)
        for name, worth in player.final.items():
            about = f"{words.plain_name(name)}, at the end"
            found += _difference(scenario, typed, who, about, worth)
    titles = {player.name: player.title for player in scenario.players}
    deeds: list[Action | Event] = [a for player in scenario.players for a in player.actions]
    deeds += scenario.events
    for deed in deeds:
        about = f"cost of {words.plain_name(deed.name)}"
        for who, cost in _costs(deed):
            found += _difference(scenario, typed, titles[who], about, cost)
    return found


def _costs(deed: Action | Event) -> Iterator[tuple[str, Expression]]:
    """Who pays what for an action or an event, and for each of its outcomes."""
    yield from deed.costs.items()
    for group in deed.effects:
        if isinstance(group, Outcomes):
            for outcome in group.outcomes:
                yield from outcome.costs.items()


def _difference(
    scenario: Scenario, typed: Player, who: str, about: str, worth: Expression
) -> list[Difference]:
    if not reads_type(worth.node, typed.name):
        return []
    nodes = [for_type(worth.node, typed.name, k) for k in range(len(typed.types))]
    return [Difference(who, about, tuple(text_of(scenario, node) for node in nodes))]
