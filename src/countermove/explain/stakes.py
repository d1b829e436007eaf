"""Whose choice matters: the measures with each player held to its best, and its worst, policy."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from countermove.errors import check_names
from countermove.explain.stakes_record import (
    CHANCES,
    LEAST,
    NAN,
    NO_CHOICE,
    Bound,
    Stake,
    Stakes,
    Swing,
)
from countermove.explore.cases import FREE, SOLVED, Case, Evaluator, Outcome
from countermove.explore.objectives import default_objective
from countermove.explore.objectives_values import PRECISION
from countermove.explore.units import unit_of_key
from countermove.game.forms import form_of
from countermove.language.model import Player, Policy, Rule
from countermove.language.words import plain_name

if TYPE_CHECKING:
    from countermove.language.model import Scenario

Progress = Callable[[int, int], None]


def stakes(
    scenario: Scenario,
    *,
    view: str | None = None,
    players: Sequence[str] | None = None,
    measures: Sequence[str] | None = None,
    parameters: Mapping[str, float] | None = None,
    belief_points: Mapping[str, int] | int | None = None,
    threads: int | None = None,
    progress: Progress | None = None,
) -> Stakes:
    """How the measures change if each player is held to the policy that serves it best, or worst.

    A player's policies are those of the scenario that bind it alone; where there are none, to play
    one of its actions wherever that is open, and else as it likes. The others know the policy and
    answer it. A player judges by the first score that names it, else by its payoff. ``players``
    and ``measures`` are all by default; players are ranked by the mean, over the measures, of how
    far each swings, as a share of its span over all players' best and worst policies (a
    probability's span counts for ten points at the least).
    ``parameters`` stand in for the view's. What does not solve is a status.

    Raises ``UnknownName``, and as ``compile`` does.
    """
    known = [p.name for p in scenario.players]
    check_names("player", players or (), known)
    check_names("measure", measures or (), list(scenario.measures))
    wanted = [scenario.player(name) for name in dict.fromkeys(players or known)]
    made = {p.name: made_policies(p) for p in wanted if not _own(scenario, p.name)}
    own = {p.name: made.get(p.name) or _own(scenario, p.name) for p in wanted}
    extra = {policy.name: policy for some in made.values() for policy in some}
    whole = replace(scenario, policies={**scenario.policies, **extra})
    objectives = {p.name: default_objective(scenario, p.name).key for p in wanted}
    keys = tuple(dict.fromkeys(measures or scenario.measures)) or tuple(
        f"payoff({p.name})" for p in scenario.players
    )
    evaluator = Evaluator(
        whole,
        measures=list(dict.fromkeys([*keys, *objectives.values()])),
        belief_points=belief_points,
    )
    cases = [Case(view)]
    cases += [Case(view, policy.name, "adaptive") for some in own.values() for policy in some]
    outcomes = evaluator.outcomes(
        [(case, parameters) for case in cases], threads=threads, progress=progress
    )
    by_policy = dict(zip((case.policy_label for case in cases), outcomes, strict=True))
    free = by_policy[FREE]
    found = [_stake(p, objectives[p.name], p.name in made, own[p.name], by_policy) for p in wanted]
    return Stakes(
        scenario,
        view,
        Bound(FREE, "free play", NAN, free.values, free.status),
        keys,
        _ranked(scenario, keys, free, found),
        len(cases),
    )


def _own(scenario: Scenario, player: str) -> tuple[Policy, ...]:
    """The scenario's policies that bind this player alone."""
    return tuple(p for p in scenario.policies.values() if p.players == (player,))


def made_policies(player: Player) -> tuple[Policy, ...]:
    """A policy for each of a player's actions: to play it wherever it is open.

    None for a player with a single action, and none for an action that is open only where nothing
    else is: to hold the player to it would change nothing.
    """
    if len(player.actions) < 2:
        return ()
    return tuple(
        Policy(
            f"{player.name}: always {plain_name(action.name)}",
            (player.name,),
            (Rule(action.when, first_legal=(action.name,), location=action.location),),
            f"always {plain_name(action.name)}",
            cites=action.cites,
            location=action.location,
        )
        for action in player.actions
        if not action.otherwise
    )


def _stake(
    player: Player,
    objective: str,
    made: bool,
    policies: Sequence[Policy],
    outcomes: Mapping[str, Outcome],
) -> Stake:
    bounds = [_bound(policy, objective, outcomes[policy.name]) for policy in policies]
    bounds.sort(key=lambda bound: -bound.value if bound.value == bound.value else np.inf)
    free = outcomes[FREE]
    if not bounds:
        status = NO_CHOICE
    elif not free.solved:
        status = f"free play: {free.status}"
    elif all(bound.value != bound.value for bound in bounds):
        status = f"no policy was solved: {bounds[0].status}"
    else:
        status = SOLVED
    worth = free.values.get(objective, NAN)
    return Stake(player.name, player.title, objective, made, worth, tuple(bounds), status=status)


def _bound(policy: Policy, objective: str, outcome: Outcome) -> Bound:
    title = policy.title or plain_name(policy.name)
    value = outcome.values.get(objective, NAN)
    return Bound(policy.name, title, value, outcome.values, outcome.status)


def _ranked(
    scenario: Scenario, keys: Sequence[str], free: Outcome, stakes: Sequence[Stake]
) -> tuple[Stake, ...]:
    """The players with their swings, whose choice matters most first; those without last."""
    swings = {
        stake.player: [_swing(scenario, key, free, stake) for key in keys]
        for stake in stakes
        if stake.status == SOLVED
    }
    for at in range(len(keys)):
        column = [own[at] for own in swings.values()]
        span = _span(column)
        for own, swing in zip(swings.values(), column, strict=True):
            own[at] = replace(swing, share=swing.swing / span if span else 0.0 * swing.swing)
    found = [
        replace(
            stake,
            swings=tuple(swings.get(stake.player, ())),
            share=_mean([swing.share for swing in swings.get(stake.player, ())]),
        )
        for stake in stakes
    ]
    return tuple(sorted(found, key=lambda s: -s.share if s.share == s.share else np.inf))


def _swing(scenario: Scenario, key: str, free: Outcome, stake: Stake) -> Swing:
    best, worst = stake.best, stake.worst
    assert best is not None and worst is not None
    measure = scenario.measures.get(key)
    return Swing(
        key,
        unit_of_key(scenario, key),
        "number" if measure is None else form_of(measure),
        free.values.get(key, NAN),
        best.values.get(key, NAN),
        worst.values.get(key, NAN),
    )


def _span(column: Sequence[Swing]) -> float:
    """The largest less the smallest value of a measure; 0 where that may be rounding."""
    values = np.array([(s.free, s.best, s.worst) for s in column]).reshape(-1)
    finite = values[np.isfinite(values)]
    if not finite.size:
        return NAN
    span = float(finite.max() - finite.min())
    if span <= PRECISION * float(np.abs(finite).max()):
        return 0.0
    return max(span, LEAST) if column[0].form in CHANCES else span


def _mean(shares: Sequence[float]) -> float:
    known = [share for share in shares if share == share]
    return float(np.mean(known)) if known else NAN
