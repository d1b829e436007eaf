"""What a part of an explanation rests on: claims of sources, and assumptions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from countermove.language.expressions import Expression, reads
from countermove.language.model import Scenario


@dataclass(frozen=True, slots=True)
class Basis:
    """``claims`` by name, and ``assumptions``: parameters that rest on no source."""

    claims: tuple[str, ...] = ()
    assumptions: tuple[str, ...] = ()

    def __add__(self, other: Basis) -> Basis:
        """Both together, nothing twice."""
        return Basis(
            tuple(dict.fromkeys((*self.claims, *other.claims))),
            tuple(dict.fromkeys((*self.assumptions, *other.assumptions))),
        )


def of_parameters(scenario: Scenario, names: Iterable[str]) -> Basis:
    """What these parameters rest on."""
    found = Basis()
    for name in sorted(names, key=list(scenario.parameters).index):
        parameter = scenario.parameters[name]
        found += Basis(tuple(parameter.cites), () if parameter.cites else (name,))
    return found


def of_expressions(scenario: Scenario, expressions: Iterable[Expression]) -> Basis:
    """What the parameters that these expressions read rest on."""
    names = {name for e in expressions for name in reads(e.node).parameters}
    return of_parameters(scenario, names)


def of_interest(scenario: Scenario, player: str, name: str, source: str) -> Basis:
    """What one of a player's interests rests on; ``source`` is ``each`` or ``close``."""
    who = scenario.player(player)
    worth = (who.interests if source == "each" else who.final)[name]
    return Basis(tuple(who.interest_cites.get(name, ()))) + of_expressions(scenario, [worth])


def of_action(scenario: Scenario, player: str, name: str) -> Basis:
    """What an action, and what it costs when it is chosen, rest on."""
    action = next(a for a in scenario.player(player).actions if a.name == name)
    return Basis(tuple(action.cites)) + of_expressions(scenario, action.costs.values())


def of_prior(scenario: Scenario, player: str) -> Basis:
    """What the odds of a player's types rest on."""
    who = scenario.player(player)
    return Basis(tuple(who.cites)) + of_expressions(scenario, who.prior)
