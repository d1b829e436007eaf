"""What an exploration is asked to do, as plain data: it names every row before any is computed."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, get_args

from countermove._version import __version__
from countermove.errors import InvalidRequest, check_names, unknown
from countermove.explore.cases import OWN, Case, Met
from countermove.explore.space import Space, space_of
from countermove.explore.worlds import Sample, sample
from countermove.game import compile

if TYPE_CHECKING:
    from countermove.language.model import Scenario

BeliefPoints = Mapping[str, int] | int | None
BOUND: tuple[Met, ...] = tuple(met for met in get_args(Met) if met != "free")
_ROWS_A_SHARD = 256
_MOST_WORLDS_A_SHARD = 64
_POINTS_A_SHARD = 15_000_000  # states x beliefs x periods x rows: about half a minute of a core


@dataclass(frozen=True, slots=True)
class Plan:
    """An exploration as asked for. Everything that the rows depend on is here, and nothing else.

    ``scenario`` is a whole text that stands alone; ``views`` and ``policies`` are in the order of
    the rows. ``player`` is whose policies they are, empty where there are none. A shard is a block
    of ``shard`` worlds.
    """

    scenario: str
    name: str
    sample: Sample
    parameters: tuple[str, ...]
    views: tuple[str | None, ...]
    policies: tuple[str, ...]
    met: tuple[Met, ...]
    player: str
    measures: tuple[str, ...] | None
    belief_points: BeliefPoints
    shard: int

    @property
    def worlds(self) -> int:
        """W, the number of worlds."""
        return self.sample.worlds

    @property
    def cases(self) -> tuple[Case, ...]:
        """What is solved in every world, in the order of the rows."""
        bound = [(policy, met) for policy in self.policies for met in self.met]
        return tuple(
            case
            for view in self.views
            for case in (Case(view), *(Case(view, policy, met) for policy, met in bound))
        )

    @property
    def rows(self) -> int:
        """How many rows there will be."""
        return self.worlds * len(self.cases)

    @property
    def shards(self) -> int:
        """How many shards there will be."""
        return -(-self.worlds // self.shard)

    def span(self, shard: int) -> tuple[int, int]:
        """The worlds of a shard: its first, and the one after its last."""
        return shard * self.shard, min((shard + 1) * self.shard, self.worlds)

    def identity(self) -> dict[str, Any]:
        """What must be the same for an exploration to go on, as a manifest tells it."""
        return {
            "scenario": self.name,
            "scenario_sha256": hashlib.sha256(self.scenario.encode()).hexdigest(),
            "countermove": __version__,
            "seed": self.sample.seed,
            "method": self.sample.method,
            "worlds": self.worlds,
            "views": [view or OWN for view in self.views],
            "policies": list(self.policies),
            "met": list(self.met),
            "player": self.player,
            "measures": None if self.measures is None else list(self.measures),
            "belief_points": (
                dict(self.belief_points)
                if isinstance(self.belief_points, Mapping)
                else self.belief_points
            ),
            "shard": self.shard,
            "parameters": list(self.parameters),
        }


def plan_of(
    scenario: Scenario,
    *,
    worlds: int,
    method: str = "sobol",
    seed: int = 0,
    views: Sequence[str] | None = None,
    policies: Sequence[str] | None = None,
    player: str | None = None,
    met: Sequence[str] = ("adaptive",),
    measures: Sequence[str] | None = None,
    belief_points: BeliefPoints = None,
    shard: int | None = None,
) -> tuple[Plan, Space]:
    """The plan of an exploration, and the space of its worlds.

    ``views`` are names, ``"(own)"`` for the scenario's own values, or ``["all"]`` for these and
    every view; left out, the scenario's own. ``policies`` left out: all that bind ``player``, or
    else whoever has most of them. ``shard`` left out: a power of two, at most 64, of worlds that
    have some 256 rows, fewer where the game is large: what a kill may cost, and a Ctrl-C waits for.

    Raises ``UnknownName``, ``InvalidRequest`` and ``ScenarioError``, as ``space_of`` does.
    """
    seen = _views(scenario, views)
    owner, bound = _policies(scenario, policies, player)
    answers = _met(met)
    space = space_of(scenario, seen)
    drawn = sample(method, worlds, space.dimensions, seed=seed)
    rows_a_world = len(seen) * (1 + len(bound) * len(answers))
    plan = Plan(
        scenario.whole,
        scenario.name,
        drawn,
        space.names,
        seen,
        bound,
        answers if bound else (),
        owner,
        None if measures is None else tuple(dict.fromkeys(measures)),
        belief_points,
        _shard(scenario, shard, rows_a_world, belief_points),
    )
    return plan, space


def _views(scenario: Scenario, asked: Sequence[str] | None) -> tuple[str | None, ...]:
    if not asked:
        return (None,)
    if "all" in asked and "all" not in scenario.views:
        return (None, *scenario.views)
    known = [OWN, *scenario.views]
    named = {OWN if name == "own" and name not in known else name for name in asked}
    for name in asked:
        if name not in (*known, "own"):
            raise unknown("view", name, known)
    return tuple(None if name == OWN else name for name in known if name in named)


def _policies(
    scenario: Scenario, asked: Sequence[str] | None, player: str | None
) -> tuple[str, tuple[str, ...]]:
    """Whose policies, and which, in the scenario's order."""
    known = {p.name for p in scenario.players}
    if player is not None and player not in known:
        raise unknown("player", player, sorted(known))
    check_names("policy", asked or (), list(scenario.policies))
    names = [name for name in scenario.policies if not asked or name in asked]
    binding = {
        p.name: tuple(name for name in names if p.name in scenario.policies[name].players)
        for p in scenario.players
    }
    owner = player if player is not None else max(binding, key=lambda p: len(binding[p]))
    if asked:
        return owner if binding[owner] else "", tuple(names)
    if player is not None and not binding[owner]:
        raise InvalidRequest(
            f"no policy of {scenario.name!r} binds {player!r}; name policies by --policy, or "
            "another player"
        )
    return owner if binding[owner] else "", binding[owner]


def _met(asked: Sequence[str]) -> tuple[Met, ...]:
    check_names("way of meeting a policy", asked, BOUND)
    found = tuple(met for met in BOUND if met in asked)
    return found or ("adaptive",)


def _shard(
    scenario: Scenario, asked: int | None, rows_a_world: int, belief_points: BeliefPoints
) -> int:
    if asked is not None and asked < 1:
        raise InvalidRequest(f"a shard has at least one world, not {asked}")
    if asked is not None:
        return asked
    game = compile(scenario, belief_points=belief_points)
    points = game.n_states * game.beliefs.size * game.periods
    rows = min(_ROWS_A_SHARD, _POINTS_A_SHARD // points)
    fitting = max(1, rows // rows_a_world)
    return int(min(_MOST_WORLDS_A_SHARD, 2 ** (fitting.bit_length() - 1)))
