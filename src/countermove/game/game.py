"""A game ready to be solved: a structure, one draw of the parameters, a view, a policy."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from numbers import Real
from typing import Any

from countermove.errors import Diagnostic, InvalidRequest, unknown, wrong_kind
from countermove.game.beliefs import Beliefs
from countermove.game.build import build
from countermove.game.columns import Column, Reading
from countermove.game.faults import inspect
from countermove.game.lookups import Reader
from countermove.game.memory import parse_memory
from countermove.game.numbers import Indices, World
from countermove.game.policies import RuleLookup, rule_lookups
from countermove.game.sound import is_sound
from countermove.game.starts import grid_points, start_beliefs
from countermove.game.structure import Structure
from countermove.game.world import ScenarioWorld
from countermove.language.model import Policy, Scenario


@dataclass(frozen=True, slots=True)
class Game:
    """A stochastic game with public states, as arrays; made by ``compile`` or ``Game.from_arrays``.

    ``start`` is the index of the start state, ``start_period`` where the calendar is entered.
    ``parameters`` are the values in force. ``levels`` names each state's level of each variable.
    """

    name: str
    players: tuple[str, ...]
    columns: tuple[Column, ...]
    readings: Mapping[str, Reading]
    world: World
    start: int
    start_period: int
    periods: int
    variables: tuple[str, ...]
    level_names: tuple[tuple[str, ...], ...]
    structure: Structure | None = None
    scenario: Scenario | None = None
    view: str | None = None
    policy: str | None = None
    parameters: Mapping[str, float] = field(default_factory=dict)
    rationality_factor: float = 1.0
    predicted_bytes: int = 0
    start_beliefs: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    belief_points: Mapping[str, int] = field(default_factory=dict)

    @property
    def n_states(self) -> int:
        """The number of public states ever reachable."""
        return self.world.n_states

    @property
    def beliefs(self) -> Beliefs:
        """The public beliefs about types; one point where no player has any."""
        return self.world.beliefs

    @property
    def fixed(self) -> Indices:
        """[C, J] the true type of each belief axis that a column takes for granted, -1 for none."""
        return self.world.fixed

    @property
    def n_payoffs(self) -> int:
        """The number of columns that are payoffs, one a player and type; they come first."""
        return self.world.n_payoffs

    @property
    def labels(self) -> tuple[str, ...]:
        """The moves of a period in order; a player's later visits are ``player#2`` and so on."""
        return tuple(mover.label for step in self.world.steps for mover in step.movers)

    def warnings(self) -> list[Diagnostic]:
        """What is not wrong but probably not meant, found on the reachable states."""
        from countermove.game.warnings import find

        if not isinstance(self.world, ScenarioWorld):
            return []
        with self.world.lock:
            return find(self.world)

    def state(self, index: int) -> dict[str, str]:
        """A state's level names, by variable."""
        if not 0 <= index < self.n_states:
            raise InvalidRequest(f"state {index} lies outside 0 to {self.n_states - 1}")
        if self.structure is None:
            return {self.variables[0]: self.level_names[0][index]}
        row = self.structure.levels[index]
        named = zip(self.variables, self.level_names, row, strict=True)
        return {name: levels[int(level)] for name, levels, level in named}

    def index(self, **levels: str) -> int:
        """The index of a state; variables left out stand at the start's level.

        Raises ``InvalidRequest`` for a state that cannot be reached.
        """
        from countermove.game.build import start_of

        if self.structure is None:
            return self._index_by_name(levels)
        structure = self.structure
        begun = {v.name: self.state(self.start)[v.name] for v in structure.scenario.variables}
        wanted = start_of(structure.scenario, structure.tables.layout, {**begun, **levels})
        found = int(structure.registry.find(wanted)[0])
        if found < 0:
            shown = ", ".join(f"{name} {level}" for name, level in levels.items())
            raise InvalidRequest(
                f"no play reaches the state with {shown}; compile with `start` to begin there"
            )
        return found

    def _index_by_name(self, levels: Mapping[str, str]) -> int:
        """The index of a state of a game that has but one variable."""
        variable, names = self.variables[0], self.level_names[0]
        for name in levels:
            if name != variable:
                raise unknown("state variable", name, self.variables)
        level = str(levels.get(variable, names[self.start]))
        if level not in names:
            raise InvalidRequest(f"{variable!r} has no level {level!r}")
        return names.index(level)

    def replace(
        self,
        *,
        rationality_factor: float | None = None,
        parameters: Mapping[str, float] | None = None,
    ) -> Game:
        """The same structure with other numbers: quick, as nothing is explored again.

        Raises ``InvalidRequest`` for values outside the parameters' ranges, for which the structure
        may lack states, and for a factor that is negative or infinite; ``UnknownName``;
        ``ScenarioError`` where odds are no probabilities under these parameters, and for all else
        that only the reachable states show.
        """
        if self.structure is None:
            raise InvalidRequest("a game made from arrays has no parameters to replace")
        factor = self.rationality_factor if rationality_factor is None else rationality_factor
        _check_factor(factor)
        values = {**self.parameters, **_within(self.structure, parameters or {})}
        _check_levers(self.structure.scenario, parameters or {}, self.policy)
        return self._draw(self.structure, self.view, self.policy, values, factor)

    def under(self, *, view: str | None, policy: str | None) -> Game:
        """The same structure with a view's parameters and a policy, or with neither.

        What was set by hand is lost. Raises as ``compile`` does.
        """
        if self.structure is None:
            raise InvalidRequest("a game made from arrays has neither views nor policies")
        values = values_of(self.structure.scenario, view)
        return self._draw(self.structure, view, policy, values, self.rationality_factor)

    def _draw(
        self,
        structure: Structure,
        view: str | None,
        policy: str | None,
        values: Mapping[str, float],
        factor: float,
    ) -> Game:
        chosen = _policy(structure.scenario, policy)
        world = ScenarioWorld(
            structure,
            values,
            rationality_factor=factor,
            rules=_rules(structure, chosen),
            start_beliefs=self.start_beliefs,
            belief_points=self.belief_points,
            surprise=bool(structure.known),
        )
        if not is_sound(world):
            inspect(world, chosen, view)
        return replace(
            self,
            world=world,
            view=view,
            policy=policy,
            parameters=values,
            rationality_factor=factor,
        )

    @staticmethod
    def from_arrays(*args: Any, **kwargs: Any) -> Game:
        """A game without a scenario file; see ``countermove.game.arrays.from_arrays``."""
        from countermove.game.arrays import from_arrays

        return from_arrays(*args, **kwargs)

    def __repr__(self) -> str:
        under = [f"view={self.view!r}"] if self.view else []
        under += [f"policy={self.policy!r}"] if self.policy else []
        parts = [repr(self.name), f"{self.n_states:,} states", f"{self.periods} periods", *under]
        return f"Game({', '.join(parts)})"

    def _repr_html_(self) -> str:
        from countermove.game.notebook import game_view

        return game_view(self)


def compile(
    scenario: Scenario,
    *,
    view: str | None = None,
    policy: str | None = None,
    set: Mapping[str, float] | None = None,
    rationality_factor: float = 1.0,
    max_memory: str | int | None = None,
    start: Mapping[str, str] | None = None,
    at: int | str | dt.date | None = None,
    beliefs: Mapping[str, Mapping[str, float]] | None = None,
    belief_points: Mapping[str, int] | int | None = None,
    known: Sequence[str] = (),
    itemised: Sequence[str] = (),
) -> Game:
    """A scenario as a game.

    ``view`` and ``policy`` name ones of the scenario; ``set`` overrides parameters (after the
    view); ``rationality_factor`` multiplies every player's λ; ``max_memory`` (``"4GB"``, bytes;
    default half of what is free) is where a game is refused; ``start`` overrides levels of the
    start state, and ``at`` enters the calendar at a period or date. ``beliefs`` stand in for the
    priors, by player and type (one type may be left out, and gets the rest); ``belief_points``
    gives the points along each edge of a player's grid, or a number by which to multiply the cells
    there of every grid. ``known`` are players whose types the measures take for granted, and of
    whom the others go on learning whatever policy binds them: what ``solve.surprised`` needs.
    ``itemised`` are players whose payoffs have a column for each interest, and one for all costs.

    Raises ``ScenarioError`` for faults that only the reachable states show, ``SizeLimitError``,
    ``UnknownName`` and ``InvalidRequest``; ``TypeError`` for what is no scenario.
    """
    if not isinstance(scenario, Scenario):
        remedy = "countermove.compile(countermove.load(name_or_file))"
        raise wrong_kind("compile", "Scenario", scenario, remedy)
    chosen = _policy(scenario, policy)
    overrides = _overrides(scenario, set or {})
    _check_levers(scenario, overrides, policy)
    _check_factor(rationality_factor)
    begun = start_beliefs(scenario, beliefs or {})
    points = grid_points(scenario, belief_points)
    structure = build(
        scenario,
        max_memory=parse_memory(max_memory),
        overrides=overrides,
        start=start,
        at=at,
        belief_points=points,
        known=[p.name for p in scenario.players if p.types and p.name in known],
        itemised=[p.name for p in scenario.players if p.name in itemised],
    )
    values = {**values_of(scenario, view), **overrides}
    world = ScenarioWorld(
        structure,
        values,
        rationality_factor=rationality_factor,
        rules=_rules(structure, chosen),
        start_beliefs=begun,
        belief_points=points,
        surprise=bool(structure.known),
    )
    inspect(world, chosen, view)
    layout = structure.tables.layout
    levels = [v.levels for v in scenario.variables]
    for name in layout.names[len(levels) :]:
        player = scenario.player(name[len("last(") : -1])
        levels.append(("nothing", *(a.name for a in player.actions)))
    return Game(
        name=scenario.name,
        players=tuple(p.name for p in scenario.players),
        columns=structure.columns,
        readings=structure.readings,
        world=world,
        start=structure.start,
        start_period=structure.start_period,
        periods=structure.periods,
        variables=layout.names,
        level_names=tuple(levels),
        structure=structure,
        scenario=scenario,
        view=view,
        policy=policy,
        parameters=values,
        rationality_factor=rationality_factor,
        predicted_bytes=structure.predicted_bytes,
        start_beliefs=begun,
        belief_points=points,
    )


def values_of(scenario: Scenario, view: str | None) -> dict[str, float]:
    """Every parameter's value, under a view where one is named."""
    values = {name: p.value for name, p in scenario.parameters.items()}
    if view is not None:
        if view not in scenario.views:
            raise unknown("view", view, list(scenario.views))
        values.update(scenario.views[view].values)
    return values


def _overrides(scenario: Scenario, wanted: Mapping[str, float]) -> dict[str, float]:
    found = {}
    for name, value in wanted.items():
        if name not in scenario.parameters:
            raise unknown("parameter", name, list(scenario.parameters))
        number = float(value) if isinstance(value, Real) else float("nan")
        if not abs(number) < float("inf"):
            raise InvalidRequest(f"parameter {name!r} must be a finite number, not {value!r}")
        found[name] = number
    return found


def _check_levers(scenario: Scenario, values: Mapping[str, float], policy: str | None) -> None:
    """Raise ``InvalidRequest`` for a lever that would move nothing, or not by whole steps."""
    for name, value in values.items():
        parameter = scenario.parameters[name]
        if value == parameter.value:
            continue  # as written, it moves nothing
        if parameter.lever_of and parameter.lever_of != policy:
            raise InvalidRequest(
                f"{name!r} is a lever of the policy {parameter.lever_of!r}, which is not in force: "
                f"name it too (--policy {parameter.lever_of}, policy={parameter.lever_of!r})"
            )
        if parameter.whole and value != round(value):
            raise InvalidRequest(f"the lever {name!r} takes whole numbers, not {value:g}")


def _check_factor(factor: float) -> None:
    if not 0 <= factor < float("inf"):
        raise InvalidRequest(
            f"the rationality factor must be a finite number that is not negative: {factor}"
        )


def _within(structure: Structure, wanted: Mapping[str, float]) -> dict[str, float]:
    """Values of parameters, checked against the ranges that a structure was built for."""
    found = _overrides(structure.scenario, wanted)
    for name, value in found.items():
        low, high = structure.ranges[name]
        if not low <= value <= high:
            raise InvalidRequest(
                f"parameter {name!r} was compiled for {low:g} to {high:g}, not {value:g}: compile "
                "again with `set`"
            )
    return found


def _policy(scenario: Scenario, name: str | None) -> Policy | None:
    if name is None:
        return None
    if name not in scenario.policies:
        raise unknown("policy", name, list(scenario.policies))
    return scenario.policies[name]


def _rules(structure: Structure, policy: Policy | None) -> dict[str, tuple[RuleLookup, ...]]:
    if policy is None:
        return {}
    reader = Reader(structure.levels)
    found = {}
    for mover in (m for step in structure.steps for m in step.program.movers):
        if mover.player in policy.players:
            actions = tuple(deed.name for deed in mover.deeds)
            rules = rule_lookups(policy, actions, structure.tables, reader)
            if rules:
                found[mover.label] = rules
    return found
