"""How much of a scenario rests on a claim, how much on a stated assumption, how much on nothing."""

from __future__ import annotations

from collections.abc import Iterator

from countermove.errors import Location
from countermove.language.faults import Faults
from countermove.language.model import Coverage, Scenario
from countermove.language.players import uncited_interests

_LISTED = 12


def measure_coverage(scenario: Scenario) -> Coverage:
    """The counts over all that can cite: parameters, variables, types, interests and so on."""
    standing = [rests for _, rests in _citable(scenario)]
    return Coverage(*(standing.count(rests) for rests in ("claim", "assumption", "nothing")))


def warn_of_uncited(scenario: Scenario, location: Location, faults: Faults) -> None:
    """One warning that lists the parts that cite nothing, with the coverage in per cent."""
    bare = [name for name, rests in _citable(scenario) if rests == "nothing"]
    if not bare:
        return
    coverage = scenario.coverage
    listed = ", ".join(bare[:_LISTED]) + (", ..." if len(bare) > _LISTED else "")
    faults.add(
        "CM097",
        f"{len(bare)} of {coverage.total} parts cite no claim (cited: "
        f"{coverage.share_cited:.0%}, assumed: {coverage.assumed / coverage.total:.0%})",
        location,
        severity="warning",
        text=listed,
        expected="cites: [claim], or assumption: true for a parameter",
        remedy="cite the claims that they rest on; `countermove show` tells which they are",
    )


def _citable(scenario: Scenario) -> Iterator[tuple[str, str]]:
    for parameter in scenario.parameters.values():
        if parameter.lever_of:
            continue  # a choice, and no statement of how things are
        rests = "assumption" if parameter.assumption and not parameter.cites else ""
        yield f"parameter {parameter.name}", rests or _rests(parameter.cites)
    for pair in scenario.correlations:
        rests = "assumption" if pair.assumption and not pair.cites else ""
        yield f"correlation {pair.first} with {pair.second}", rests or _rests(pair.cites)
    for variable in scenario.variables:
        yield f"variable {variable.name}", _rests(variable.cites)
    for player in scenario.players:
        if player.types:
            yield f"types of {player.name}", _rests(player.cites)
        for name, uncited in uncited_interests(player).items():
            yield f"interest {player.name}.{name}", "nothing" if uncited else "claim"
        for action in player.actions:
            if action.effects:
                yield f"action {player.name}.{action.name}", _rests(action.cites)
    for event in scenario.events:
        yield f"event {event.name}", _rests(event.cites)
    for view in scenario.views.values():
        yield f"view {view.name}", _rests(view.cites)


def _rests(cites: tuple[str, ...]) -> str:
    return "claim" if cites else "nothing"
