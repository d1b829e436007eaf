"""Any scenario as a PettingZoo environment, for agents that learn."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import TYPE_CHECKING

from countermove.errors import InvalidRequest, check_names, wrong_kind
from countermove.game.game import Game

if TYPE_CHECKING:
    from countermove.interop.pettingzoo_env import ScenarioEnv
    from countermove.solve.solution import Solution

HORIZON = 100  # periods of a game that goes on for ever


def to_pettingzoo(
    game: Game | Solution,
    *,
    agents: Sequence[str] | None = None,
    horizon: int | None = None,
    history: int | None = None,
    discounted: bool = True,
    render_mode: str | None = None,
) -> ScenarioEnv:
    """A game as an agent-environment-cycle environment of PettingZoo.

    Every player who ever has a choice is an agent. Made from a solution, the environment may leave
    some out of ``agents``: these play the equilibrium, and know from the moves what the public
    knows. Chance, policies, moves with one legal action and the drawing of types are its own part.

    An agent observes the public state, the time, its own type, and the public history of the last
    ``history`` periods, this one among them: by default of all periods where there are private
    types, of none where there are not. ``action_mask`` tells its legal actions. Those who move at
    once choose one after another, and none sees another's choice. Rewards are discounted to the
    start of the play, so that they add up to the payoff, unless ``discounted`` is false: then they
    are as they come, and the learner discounts. What a player earns by another's type is paid at
    the end. A game that goes on for ever is truncated after ``horizon`` periods (100).

    Raises ``InvalidRequest`` where PettingZoo is not installed, for a game in which nobody has a
    choice, and for options out of place; ``UnknownName`` for agents that do not exist.
    """
    from countermove.solve.solution import Solution

    if not isinstance(game, Game | Solution):
        remedy = "countermove.to_pettingzoo(countermove.compile(scenario))"
        raise wrong_kind("to_pettingzoo", "Game or a Solution", game, remedy)
    _require()
    from countermove.interop.pettingzoo_env import ScenarioEnv
    from countermove.interop.pettingzoo_observe import Sight
    from countermove.interop.pettingzoo_others import Equilibrium
    from countermove.interop.pettingzoo_rules import Rules

    if render_mode not in (None, "ansi", "human"):
        raise InvalidRequest(f"render_mode is ansi, human or None, not {render_mode!r}")
    played, solution = (game.game, game) if isinstance(game, Solution) else (game, None)
    rules = Rules(played, _length(played, horizon), discounted=discounted)
    return ScenarioEnv(
        rules,
        Sight(rules, _history(played, rules.length, history)),
        players=_players(rules.chooses, agents, solution),
        others=Equilibrium(solution) if solution is not None else None,
        render_mode=render_mode,
    )


def _require() -> None:
    """The library is an extra; ``InvalidRequest`` where it is not there."""
    try:
        import_module("pettingzoo")
    except ImportError:
        raise InvalidRequest(
            "an environment for learning agents needs PettingZoo: "
            "pip install 'countermove[pettingzoo]'"
        ) from None


def _length(game: Game, horizon: int | None) -> int:
    """The number of periods that are played."""
    if not game.world.stationary:
        if horizon is not None:
            raise InvalidRequest(
                f"{game.name} has a calendar that ends; only one that goes on "
                "for ever takes a horizon"
            )
        return game.periods - game.start_period
    if horizon is not None and horizon < 1:
        raise InvalidRequest(f"the horizon must be at least 1 period: {horizon}")
    return HORIZON if horizon is None else horizon


def _history(game: Game, length: int, history: int | None) -> int:
    """The number of periods that are shown."""
    if history is None:
        return length if game.beliefs.axes else 0
    if history < 0:
        raise InvalidRequest(f"history is a number of periods, 0 or more: {history}")
    return min(history, length)


def _players(
    chooses: tuple[str, ...], agents: Sequence[str] | None, solution: Solution | None
) -> tuple[str, ...]:
    """The players who are agents, in the game's order."""
    if not chooses:
        raise InvalidRequest("nobody has a choice in this game, so nobody can learn to choose")
    if agents is None:
        return chooses
    if isinstance(agents, str):
        raise InvalidRequest(f"agents is a list of names: write agents=[{agents!r}]")
    check_names("player with a choice", agents, chooses)
    if not agents:
        raise InvalidRequest("name at least one agent")
    left = [player for player in chooses if player not in agents]
    if left and solution is None:
        raise InvalidRequest(
            f"who plays for {', '.join(left)}? Make the environment from a solution, and they play "
            "the equilibrium: countermove.to_pettingzoo(countermove.solve(game), agents=...)"
        )
    return tuple(player for player in chooses if player in agents)
