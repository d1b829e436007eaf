"""A game as a PettingZoo environment: the agents' turns, rewards, comings and goings.

The interface: https://pettingzoo.farama.org/api/aec/
"""

from __future__ import annotations

from typing import Any

import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray
from pettingzoo import AECEnv

from countermove.errors import InvalidRequest, check_names
from countermove.interop.pettingzoo_observe import Sight
from countermove.interop.pettingzoo_others import Equilibrium
from countermove.interop.pettingzoo_play import Holder, Play, begin, choose, odds_of
from countermove.interop.pettingzoo_rules import Rules

Observation = dict[str, NDArray[Any]]


class ScenarioEnv(AECEnv):  # type: ignore[misc]  # PettingZoo is not typed
    """A scenario in which agents take turns; made by ``to_pettingzoo``.

    ``actions`` and ``features`` say what the numbers of actions and observations stand for.
    """

    def __init__(
        self,
        rules: Rules,
        sight: Sight,
        *,
        players: tuple[str, ...],
        others: Equilibrium | None,
        render_mode: str | None,
    ) -> None:
        game = rules.game
        self.metadata = {
            "name": f"countermove-{game.name}",
            "render_modes": ["ansi", "human"],
            "is_parallelizable": False,
        }
        self.render_mode = render_mode
        self._rules, self._sight, self._others = rules, sight, others
        self._players = players
        self._random: np.random.Generator | None = None
        self._play: Play | None = None
        self._holders = {
            _name(player, past): (game.players.index(player), past)
            for player in players
            for past in range(1 + rules.successions(game.players.index(player)))
        }
        self._menus = {player: _every_action(rules, player) for player in players}
        self.possible_agents = list(self._holders)
        self.agents: list[str] = []
        self._spaces = {player: self._spaces_of(player) for player in players}

    # -- what there is ------------------------------------------------------------------------

    def player(self, agent: str) -> str:
        """The player of the scenario that an agent plays: a successor has its forerunner's."""
        check_names("agent", [agent], self.possible_agents)
        return self._rules.game.players[self._holders[agent][0]]

    def actions(self, agent: str) -> tuple[str, ...]:
        """The names of an agent's actions, by number."""
        return self._menus[self.player(agent)]

    def features(self, agent: str) -> tuple[str, ...]:
        """What each number of an agent's observation stands for."""
        return self._sight.features(self._rules.game.players.index(self.player(agent)))

    def observation_space(self, agent: str) -> spaces.Dict:
        """``observation``, numbers from 0 to 1, and ``action_mask``, 1 for legal actions."""
        return self._spaces[self.player(agent)][0]

    def action_space(self, agent: str) -> spaces.Discrete:
        """The agent's actions in all its moves; which are legal now, the mask tells."""
        return self._spaces[self.player(agent)][1]

    def _spaces_of(self, player: str) -> tuple[spaces.Dict, spaces.Discrete]:
        n = len(self._menus[player])
        width = len(self._sight.features(self._rules.game.players.index(player)))
        seen = spaces.Box(0.0, 1.0, (width,), np.float32)
        mask = spaces.Box(0, 1, (n,), np.int8)
        return spaces.Dict({"observation": seen, "action_mask": mask}), spaces.Discrete(n)

    # -- the play -----------------------------------------------------------------------------

    def reset(self, seed: int | None = None, options: dict[str, Any] | None = None) -> None:
        """Begin a play; without a seed, the generator goes on from where it is.

        ``options={"types": {player: type}}`` begins with these types, rather than drawn ones.
        """
        if seed is not None or self._random is None:
            self._random = np.random.default_rng(seed)
        asked = frozenset(self._players)
        types = self._types((options or {}).get("types", {}))
        play = begin(self._rules, self._random, asked=asked, others=self._others, types=types)
        self._play = play
        self.agents = [
            name for name, (player, past) in self._holders.items() if past <= play.holders[player]
        ]
        self.rewards = dict.fromkeys(self.agents, 0.0)
        self._cumulative_rewards = dict.fromkeys(self.agents, 0.0)
        self.terminations = dict.fromkeys(self.agents, False)
        self.truncations = dict.fromkeys(self.agents, False)
        self.infos: dict[str, dict[str, Any]] = {agent: {} for agent in self.agents}
        self._skip_agent_selection = None
        self.agent_selection = self._next(play)

    def step(self, action: int | None) -> None:
        """The agent whose turn it is takes an action; ``None`` once it has ended."""
        play = self._under_way()
        agent = self.agent_selection
        if self.terminations[agent] or self.truncations[agent]:
            self._was_dead_step(action)
            return
        self._cumulative_rewards[agent] = 0.0
        if play.menu is not None:  # else nobody had a choice, and this step only tells the outcome
            choose(play, self._checked(agent, action))
        self._tell(play)
        if self.render_mode == "human":
            self.render()

    def observe(self, agent: str) -> Observation:
        """What an agent sees: public things, and its own type."""
        play = self._under_way()
        player, _ = self._holders[agent]
        legal = np.zeros(len(self.actions(agent)), np.int8)
        if play.menu is not None and agent == self._next(play):
            legal[list(self._legal(play))] = 1
        elif self._tells_only(play) and agent == self.agent_selection:
            legal[:] = 1
        return {"observation": self._sight.of(play, player), "action_mask": legal}

    def equilibrium(self) -> NDArray[np.float64]:
        """How likely each action of the agent whose turn it is, in the solved equilibrium.

        By its own type, and by what the moves so far have told the public. Raises
        ``InvalidRequest`` where the environment was made from a game, not from a solution.
        """
        play = self._under_way()
        if self._others is None:
            raise InvalidRequest("no equilibrium is known: make the environment from a solution")
        found = np.zeros(len(self.actions(self.agent_selection)))
        if play.menu is not None:
            names = self.actions(self.agent_selection)
            where = [names.index(action) for action in play.menu.mover.actions]
            found[where] = odds_of(play, play.menu)
        elif self._tells_only(play):
            found[:] = 1.0 / len(found)
        return found

    def render(self) -> str | None:
        """The public state in words: returned (``ansi``) or printed (``human``)."""
        if self.render_mode is None:
            return None
        text = self._said(self._under_way())
        if self.render_mode == "human":
            print(text)
            return None
        return text

    def close(self) -> None:
        """Nothing needs to be closed."""

    # -- its parts ----------------------------------------------------------------------------

    def _tell(self, play: Play) -> None:
        """Hand out what has been earned, who has gone, who has come, and whose turn it is."""
        for player, past in play.left:
            self._ended(_name(self._rules.game.players[player], past), self.terminations)
            self._come(_name(self._rules.game.players[player], past + 1))
        self._clear_rewards()
        for holder, amount in play.paid.items():
            agent = self._agent(holder)
            if agent in self.rewards:
                self.rewards[agent] = amount
        play.left.clear()
        play.paid.clear()
        self._accumulate_rewards()
        if play.done:
            for agent in self.agents:
                if not self.terminations[agent]:
                    self._ended(agent, self.terminations if play.over else self.truncations)
        self.agent_selection = self._next(play)
        self._deads_step_first()

    def _ended(self, agent: str, how: dict[str, bool]) -> None:
        if agent in how:
            how[agent] = True

    def _come(self, agent: str) -> None:
        """A successor joins, unless it was there from the first choice on."""
        if agent in self._holders and agent not in self.agents:
            self.agents.append(agent)
            self.rewards[agent] = self._cumulative_rewards[agent] = 0.0
            self.terminations[agent] = self.truncations[agent] = False
            self.infos[agent] = {}

    def _next(self, play: Play) -> str:
        """The agent whose turn it is; any that is left, once nobody's is."""
        if play.menu is None:
            return self.agents[0]
        return self._agent((play.menu.player, play.holders[play.menu.player]))

    def _agent(self, holder: Holder) -> str:
        return _name(self._rules.game.players[holder[0]], holder[1])

    def _tells_only(self, play: Play) -> bool:
        """Is the play over before anyone had a choice, and nobody told yet?"""
        told = any((self.terminations | self.truncations).values())
        return play.done and bool(self.agents) and not told

    def _under_way(self) -> Play:
        if self._play is None:
            raise InvalidRequest("no play is under way: call reset() first")
        return self._play

    def _legal(self, play: Play) -> list[int]:
        """The legal actions of the agent whose turn it is, by its own numbers."""
        assert play.menu is not None, "somebody is asked"
        names = self._menus[self._rules.game.players[play.menu.player]]
        return [names.index(play.menu.mover.actions[a]) for a in play.menu.legal]

    def _checked(self, agent: str, action: int | None) -> int:
        """The action's number in the move at hand."""
        play = self._under_way()
        assert play.menu is not None, "somebody is asked"
        legal = self._legal(play)
        if action is None or int(action) not in legal:
            names = self.actions(agent)
            known = action is not None and 0 <= int(action) < len(names)
            what = f"{names[int(action)]} ({action})" if action is not None and known else action
            open_ = ", ".join(f"{names[a]} ({a})" for a in legal)
            raise InvalidRequest(f"{agent} may not choose {what} now, but {open_}: see action_mask")
        return play.menu.legal[legal.index(int(action))]

    def _types(self, wanted: dict[str, str]) -> dict[int, int]:
        axes = self._rules.axes
        check_names("player with types", wanted, [axis.player for axis in axes])
        found = {}
        for number, axis in enumerate(axes):
            if axis.player in wanted:
                check_names(f"type of {axis.player}:", [wanted[axis.player]], axis.types)
                found[number] = axis.types.index(wanted[axis.player])
        return found

    def _said(self, play: Play) -> str:
        game, period = self._rules.game, self._rules.period(play.t)
        label = str(play.t + 1)
        if game.scenario is not None and not game.world.stationary:
            label = game.scenario.calendar.label(period)
        state = ", ".join(f"{name} {level}" for name, level in game.state(play.state).items())
        if play.menu is None:
            return f"{label}: {state}. The play is over."
        open_ = ", ".join(self.actions(self.agent_selection)[a] for a in self._legal(play))
        return f"{label}: {state}. {self.agent_selection} may choose {open_}."


def _name(player: str, past: int) -> str:
    return player if past == 0 else f"{player}, successor {past}"


def _every_action(rules: Rules, player: str) -> tuple[str, ...]:
    """A player's actions in all its moves, each once."""
    movers = [mover for head in rules.heads for mover in head.movers if mover.player == player]
    return tuple(dict.fromkeys(action for mover in movers for action in mover.actions))
