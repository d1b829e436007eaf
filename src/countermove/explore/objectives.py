"""What is to be made better: a key of the outcomes, and which way is up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from countermove.errors import InvalidRequest, unknown

if TYPE_CHECKING:
    from collections.abc import Iterable

    from countermove.language.model import Scenario

Better = Literal["low", "high"]

PERIODS = ".periods"  # of a measure `first`: the mean time, beside the chance that it comes


@dataclass(frozen=True, slots=True)
class Objective:
    """A key of ``Outcome.values`` and its sign: +1 where high is better, -1 where low is."""

    key: str
    sign: float

    def __post_init__(self) -> None:
        if self.sign not in (1.0, -1.0):
            raise InvalidRequest(f"the sign of an objective is 1 or -1, not {self.sign:g}")

    @property
    def better(self) -> Better:
        """``high`` or ``low``."""
        return "high" if self.sign > 0 else "low"

    def __str__(self) -> str:
        return f"{self.key} ({self.better} is better)"


def objective_of(scenario: Scenario, key: str, better: str | None = None) -> Objective:
    """The objective of that key.

    Payoffs and scores are better high. A measure is better as its ``better:`` says, unless
    ``better`` says otherwise. Raises ``UnknownName`` for a key that the scenario does not have, and
    ``InvalidRequest`` where neither the scenario nor the caller says which way is better.
    """
    if better not in (None, "low", "high"):
        raise InvalidRequest(f"better is low or high, not {better!r}")
    check_key(scenario, key)
    said = better or _stated(scenario, key)
    if not said:
        raise InvalidRequest(
            f"is {key!r} better low or high? The scenario does not say: give the measure "
            f"`better: low` (or high) there, or say --of {key}:low (of={key + ':low'!r} in Python)"
        )
    return Objective(key, -1.0 if said == "low" else 1.0)


def _stated(scenario: Scenario, key: str) -> str:
    if key not in scenario.measures and not key.endswith(PERIODS):
        return "high"  # a payoff or a score
    measure = scenario.measures[key.removesuffix(PERIODS)]
    if key.endswith(PERIODS) and measure.better:
        # what had better be likely had better come soon, and the other way round
        return "low" if measure.better == "high" else "high"
    if measure.kind == "payoff":
        return measure.better or "high"
    return measure.better


def check_key(scenario: Scenario, key: str) -> None:
    """Raise ``UnknownName`` unless the scenario's outcomes have that key."""
    keys = known_keys(scenario)
    if key not in keys:
        raise unknown("measure, score or payoff", key, keys)


def known_keys(scenario: Scenario) -> tuple[str, ...]:
    """The keys of the scenario's outcomes: measures, scores, payoffs."""
    timed = [f"{m.name}{PERIODS}" for m in scenario.measures.values() if m.kind == "first"]
    return (
        *scenario.measures,
        *timed,
        *(f"score({name})" for name in scenario.scores),
        *(f"payoff({player.name})" for player in scenario.players),
    )


def default_objective(scenario: Scenario, player: str) -> Objective:
    """What a player is taken to want: the first score that names it, else its payoff.

    Raises ``UnknownName`` where there is no such player.
    """
    names = [p.name for p in scenario.players]
    if player not in names:
        raise unknown("player", player, names)
    for score in scenario.scores.values():
        if score.player == player:
            return Objective(f"score({score.name})", 1.0)
    return Objective(f"payoff({player})", 1.0)


def parse_objective(scenario: Scenario, of: str | Objective) -> Objective:
    """The objective of ``KEY``, ``KEY:low`` or ``KEY:high``; raises as ``objective_of`` does."""
    if isinstance(of, Objective):
        check_key(scenario, of.key)
        return of
    key, colon, better = of.rpartition(":")
    if not colon:
        return objective_of(scenario, of.strip())
    return objective_of(scenario, key.strip(), better.strip())


def player_of(scenario: Scenario, key: str) -> str:
    """Whose objective the key is: the player of a payoff or of a score; empty for a measure."""
    kind, _, rest = key.partition("(")
    name = rest.removesuffix(")")
    if kind == "payoff":
        return name
    if kind == "score":
        return scenario.scores[name].player if name in scenario.scores else ""
    measure = scenario.measures.get(key)
    return measure.player if measure is not None and measure.kind == "payoff" else ""


def chooser_of(scenario: Scenario, keys: Iterable[str], policies: Iterable[str]) -> str | None:
    """The first whose objective a key is and whom one of the policies binds; None if nobody is.

    What a player without policies wants may well judge the policies of another.
    """
    known = scenario.policies
    bound = {p for name in policies if name in known for p in known[name].players}
    return next((owner for key in keys if (owner := player_of(scenario, key)) in bound), None)
