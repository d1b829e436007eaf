"""What a comparison is asked for: whose policies, which views, measured by what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from countermove.errors import InvalidRequest, check_names
from countermove.explore.cases import OWN, Case
from countermove.explore.objectives import (
    PERIODS,
    Objective,
    default_objective,
    known_keys,
    parse_objective,
)
from countermove.language.model import Scenario

OWN_VIEW = "own"  # how the scenario's own values are asked for, beside the views' names


@dataclass(frozen=True, slots=True)
class Request:
    """A comparison as asked for, with every name resolved.

    ``views`` holds None for the scenario's own values. ``measures`` is None for all.
    """

    scenario: Scenario
    player: str
    policies: tuple[str, ...]
    views: tuple[str | None, ...]
    measures: tuple[str, ...] | None
    objective: Objective
    belief_points: Mapping[str, int] | int | None = None

    @property
    def labels(self) -> tuple[str, ...]:
        """The views as tables name them."""
        return tuple(view or OWN for view in self.views)

    def cases(self) -> tuple[Case, ...]:
        """Every case to solve: free play, and each policy met in both ways, view by view."""
        return tuple(
            case
            for view in self.views
            for case in (
                Case(view),
                *(Case(view, p, met) for p in self.policies for met in ("adaptive", "surprised")),
            )
        )


def request(
    scenario: Scenario,
    *,
    player: str | None = None,
    policies: Sequence[str] | None = None,
    views: Sequence[str] | None = None,
    measures: Sequence[str] | None = None,
    of: str | Objective | None = None,
    belief_points: Mapping[str, int] | int | None = None,
) -> Request:
    """Resolve what is asked for; raises ``UnknownName`` and ``InvalidRequest``."""
    chosen = _distinct("policy", policies)
    check_names("policy", chosen or (), list(scenario.policies))
    whose = _player(scenario, player, chosen)
    bound = tuple(p for p in chosen or scenario.policies if whose in scenario.policies[p].players)
    _refuse_others(scenario, whose, chosen or (), bound)
    seen = _views(scenario, _distinct("view", views))
    if player is not None and not bound and scenario.policies:
        binding = dict.fromkeys(p for policy in scenario.policies.values() for p in policy.players)
        raise InvalidRequest(
            f"no policy of {scenario.name!r} binds {player!r}; policies bind: {', '.join(binding)}"
        )
    if not bound and len(seen) < 2:
        raise InvalidRequest(
            f"there is nothing to compare in {scenario.name}: it has no policies of {whose!r} and "
            "no views; write some into the scenario, or name another --player"
        )
    objective = parse_objective(scenario, of) if of else default_objective(scenario, whose)
    wanted = _measures(scenario, _distinct("measure", measures), objective)
    return Request(scenario, whose, bound, seen, wanted, objective, belief_points)


def _player(scenario: Scenario, player: str | None, policies: Sequence[str] | None) -> str:
    """The player asked for; else the one whom most of the policies bind, the first of equals."""
    names = [p.name for p in scenario.players]
    if player is not None:
        check_names("player", (player,), names)
        return player
    chosen = [scenario.policies[name] for name in policies or scenario.policies]
    return max(names, key=lambda name: sum(name in policy.players for policy in chosen))


def _refuse_others(
    scenario: Scenario, player: str, chosen: Sequence[str], bound: Sequence[str]
) -> None:
    for name in chosen:
        if name not in bound:
            owner = scenario.policies[name].players[0]
            raise InvalidRequest(
                f"policy {name!r} binds {owner!r}, not {player!r}, whose policies are compared; "
                f"leave it out, or say --player {owner}"
            )


def _views(scenario: Scenario, views: Sequence[str] | None) -> tuple[str | None, ...]:
    if views is None:
        return (None, *scenario.views)
    taken = OWN_VIEW in scenario.views
    own = (OWN,) if taken else (OWN, OWN_VIEW)
    check_names("view", [v for v in views if v not in own], [*scenario.views, own[-1]])
    return tuple(dict.fromkeys(None if view in own else view for view in views))


def _measures(
    scenario: Scenario, measures: Sequence[str] | None, objective: Objective
) -> tuple[str, ...] | None:
    """The keys asked for, and those that the objective is made of; None for all."""
    if measures is None:
        return None
    known = [key for key in known_keys(scenario) if not key.endswith(PERIODS)]
    check_names("measure, score or payoff", measures, known)
    needed = [objective.key.removesuffix(PERIODS), *weights_of(scenario, objective)]
    kept = {*measures, *needed}
    return tuple(key for key in known if key in kept)


def weights_of(scenario: Scenario, objective: Objective) -> Mapping[str, float]:
    """The weights of the score that is the objective; empty where it is none."""
    name = objective.key.removeprefix("score(").removesuffix(")")
    is_score = objective.key == f"score({name})" and name in scenario.scores
    return scenario.scores[name].weights if is_score else {}


def _distinct(kind: str, names: Sequence[str] | None) -> tuple[str, ...] | None:
    """The names as given; one given twice is a slip. None, and an empty list, mean all."""
    if not names:
        return None
    if isinstance(names, str):
        names = (names,)
    for name in names:
        if list(names).count(name) > 1:
            raise InvalidRequest(f"{kind} {name!r} is named twice")
    return tuple(names)
