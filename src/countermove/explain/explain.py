"""Explaining a decision of a solved game."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from countermove.errors import InvalidRequest, wrong_kind
from countermove.explain.explanation import Explanation
from countermove.explain.node import Chances, node_of
from countermove.explain.signals import signals
from countermove.explain.why import weigh

if TYPE_CHECKING:
    from countermove.language.model import Scenario
    from countermove.solve import Solution

Progress = Callable[[str, int, int], None]  # a stage's name, what is done, and in all


def explain(
    what: Scenario | Solution,
    mover: str | None = None,
    *,
    this: str | None = None,
    other: str | None = None,
    period: int | str | None = None,
    type: str | None = None,
    state: Mapping[str, str] | None = None,
    beliefs: Chances | None = None,
    view: str | None = None,
    policy: str | None = None,
    turns: bool = False,
    stakes: bool = False,
    parameters: Sequence[str] | None = None,
    belief_points: Mapping[str, int] | int | None = None,
    threads: int | None = None,
    progress: Progress | None = None,
) -> Explanation:
    """Why a mover rather does ``this`` than ``other``, and what the move tells.

    ``what`` is a scenario, which is solved first (under ``view`` and ``policy``), or a solution.
    ``mover`` is a player or a move's label; ``period`` a number from 0 or a date; ``state`` names
    levels, ``beliefs`` are by player and type. What is left out is the likeliest: see
    ``countermove.explain.node.node_of``. ``turns`` asks for the smallest change of each of the
    ``parameters`` (all uncertain ones by default) that makes the other action likelier, ``stakes``
    for what each player's choice of policy does to the measures: both solve the game many times.

    Raises ``UnknownName`` and ``InvalidRequest`` for a decision or an action that is not there,
    ``SolveError`` where the game was not solved, ``TypeError`` for what is neither.
    """
    solution = _solved(what, view, policy, belief_points, threads, progress)
    scenario = solution.game.scenario
    if scenario is None:
        raise InvalidRequest("a game made from arrays has no interests to explain it by")
    node = node_of(solution, mover, period=period, type=type, beliefs=beliefs, state=state)
    weighed = weigh(solution, node, this, other, progress=_of(progress, "explain"))
    why = weighed.why
    found = Explanation(scenario, solution.game.view, solution.game.policy, why, signals(weighed))
    if turns:
        from countermove.explain.turns import turns as turns_of

        told = _of(progress, "turns")
        its = turns_of(
            solution,
            node,
            why.this,
            why.other,
            parameters=parameters,
            threads=threads,
            progress=told,
        )
        found = replace(found, turns=its)
    if stakes:
        from countermove.explain.stakes import stakes as stakes_of

        if solution.game.policy is not None:
            raise InvalidRequest("whose choice matters is asked of free play: leave the policy out")
        theirs = stakes_of(
            scenario,
            view=solution.game.view,
            parameters=_changed(solution),
            belief_points=dict(solution.game.belief_points) or None,
            threads=threads,
            progress=_of(progress, "stakes"),
        )
        found = replace(found, stakes=theirs)
    return found


def _changed(solution: Solution) -> dict[str, float] | None:
    """The parameters that stand otherwise than the view has them."""
    from countermove.game.game import values_of

    game = solution.game
    assert game.scenario is not None
    usual = values_of(game.scenario, game.view)
    return {n: v for n, v in game.parameters.items() if v != usual[n]} or None


def _solved(
    what: Scenario | Solution,
    view: str | None,
    policy: str | None,
    belief_points: Mapping[str, int] | int | None,
    threads: int | None,
    progress: Progress | None,
) -> Solution:
    from countermove.game import compile
    from countermove.language.model import Scenario
    from countermove.solve import Solution, solve

    if isinstance(what, Solution):
        if view is not None or policy is not None or belief_points is not None:
            raise InvalidRequest(
                "a solution has its own view, policy and belief points: solve anew for others"
            )
        return what
    if not isinstance(what, Scenario):
        raise wrong_kind("explain", "Scenario or Solution", what, "countermove.load(name_or_file)")
    game = compile(what, view=view, policy=policy, belief_points=belief_points)
    return solve(game, threads=threads, progress=_of(progress, "solve"))


def _of(progress: Progress | None, stage: str) -> Callable[[int, int], None] | None:
    """The progress of one stage."""
    if progress is None:
        return None
    return lambda done, total: progress(stage, done, total)
