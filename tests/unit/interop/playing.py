"""Playing PettingZoo environments through, as their users do."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import numpy as np

EXPECTED = (  # PettingZoo's advice that a scenario has reasons not to take
    "Observation is not a NumPy array",  # a mask of actions goes with it, as in its own games
    "Observation space for each agent probably should be gymnasium.spaces.box",
    "We recommend agents to be named in the format",  # players have names of their own
    "Agents have different observation space sizes",  # who has types sees its own
    "Observations are different shapes",
    "Action mask is all zeros",  # at the end, when nothing is left to choose
)


class Turn(NamedTuple):
    """What ``last`` tells an agent, and what it then does (None at its end)."""

    agent: str
    seen: Any
    mask: Any
    reward: float
    terminated: bool
    truncated: bool
    action: int | None


Chooser = Callable[[Any, str, Any], int]


def uniform(random: np.random.Generator) -> Chooser:
    """Any legal action, all as likely."""
    return lambda env, agent, mask: int(random.choice(np.flatnonzero(mask)))


def equilibrium(random: np.random.Generator) -> Chooser:
    """As the solved equilibrium has it."""

    def choose(env: Any, agent: str, mask: Any) -> int:
        likely = env.equilibrium()
        return int(random.choice(len(likely), p=likely / likely.sum()))

    return choose


def turns(env: Any, choose: Chooser, *, observe: bool = True, **reset: Any) -> Iterator[Turn]:
    """A whole play, turn by turn."""
    env.reset(**reset)
    for agent in env.agent_iter():
        seen, reward, terminated, truncated, _ = env.last(observe=observe)
        mask = seen["action_mask"] if observe else None
        over = terminated or truncated
        action = None if over else choose(env, agent, mask)
        vector = seen["observation"] if observe else None
        yield Turn(agent, vector, mask, reward, terminated, truncated, action)
        env.step(action)


def returns(env: Any, choose: Chooser, n: int, *, seed: int) -> dict[str, np.ndarray]:
    """What each agent's rewards add up to, play by play."""
    env.reset(seed=seed)
    found = {agent: np.zeros(n) for agent in env.possible_agents}
    for play in range(n):
        for turn in turns(env, choose, observe=False):
            found[turn.agent][play] += turn.reward
    return found


def passes(check: Callable[[], None]) -> None:
    """Run one of PettingZoo's own tests; it may warn of what is expected, and of nothing else."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        check()
    told = {str(w.message) for w in caught}
    assert [text for text in told if not text.startswith(EXPECTED)] == []
