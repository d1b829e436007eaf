"""From a solution, a simulation and solutions at other rationalities to plain records."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from countermove.errors import InvalidRequest
from countermove.game.forms import form_of, is_counted
from countermove.language import words
from countermove.language.model import Measure, Scenario, Variable
from countermove.report.belief_gather import beliefs_of
from countermove.report.fixed_points import fixed_points_of
from countermove.report.records import Fan, Findings, MeasureRow, Moves, Sample, Sampled, Solve
from countermove.report.stationary import HORIZON, by_state

if TYPE_CHECKING:
    from countermove.simulate import Simulation
    from countermove.solve import Solution

_NEVER = 1e-15  # below this, a player does not get to move: conditional odds would be noise


def gather(
    solution: Solution,
    simulation: Simulation | None = None,
    variants: Mapping[float, Solution] | None = None,
    *,
    horizon: int = HORIZON,
) -> Findings:
    """All that a report shows; ``variants`` maps factors on rationality to the solutions there.

    ``horizon`` is how many periods to show of a game that goes on for ever. Raises ``SolveError``
    where the game was not solved.
    """
    solution.refuse_unsolved()
    game, scenario = solution.game, _scenario(solution)
    stationary = game.world.stationary
    forward = solution.forward(horizon if stationary else None)
    first = int(game.start_period)
    varied = dict(sorted((variants or {}).items()))
    start = {name: str(level) for name, level in game.state(game.start).items()}
    return Findings(
        scenario=scenario,
        view=game.view,
        policy=game.policy,
        parameters={name: float(value) for name, value in game.parameters.items()},
        start_period=first,
        start=start,
        moves=tuple(
            _moves(scenario, label, played, forward.moves[label], first)
            for label, played in forward.actions.items()
        ),
        fans=tuple(
            _fan(variable, forward.fans[variable.name], start[variable.name], first)
            for variable in scenario.variables
        ),
        measures=tuple(
            _measure(scenario, n, solution, simulation, varied) for n in solution.measures
        ),
        happenings={name: _floats(array) for name, array in forward.happenings.items()},
        over=_floats(forward.over),
        over_at_start=_over_at_start(solution),
        payoffs={name: float(value) for name, value in solution.payoffs.items()},
        solve=_solve(solution),
        sample=_sample(simulation),
        factors=tuple(varied),
        beliefs=beliefs_of(solution, scenario, forward),
        by_state=by_state(solution, forward) if stationary else (),
    )


def _over_at_start(solution: Solution) -> bool:
    game = solution.game
    with game.world.lock:
        over = game.world.at(game.start_period).over
        return bool(over.size and over[game.start])


def _scenario(solution: Solution) -> Scenario:
    scenario = solution.game.scenario
    if scenario is None:
        raise InvalidRequest(
            "a game made from arrays has no scenario to report; read the solution's measures and "
            "values instead"
        )
    return scenario


def _moves(scenario: Scenario, label: str, played: Any, moving: Any, first: int) -> Moves:
    """``played`` has shape (T, A): expected plays; ``moving`` (T,): the probability of a move."""
    player = label.partition("#")[0]
    moves = _floats(moving)
    odds = tuple(
        tuple(float(n) / p for n in row) if p > _NEVER else None
        for row, p in zip(played.values, moves, strict=True)
    )
    return Moves(
        label=label,
        player=player,
        title=scenario.player(player).title,
        actions=tuple(str(action) for action in played.coords["action"].values),
        periods=tuple(range(first, first + len(moves))),
        moves=moves,
        odds=odds,
    )


def _fan(variable: Variable, array: Any, start: str, first: int) -> Fan:
    """``array`` has shape (T, L): the probability of each level at the periods' ends."""
    before = tuple(float(level == start) for level in variable.levels)
    odds = (before, *(_floats(row) for row in array.values))
    return Fan(
        variable=variable.name,
        unit=variable.unit,
        ordered=variable.ordered,
        levels=variable.levels,
        times=tuple(range(first, first + len(odds))),
        odds=odds,
        means=tuple(_mean(variable, row) for row in odds) if is_counted(variable) else (),
    )


def _mean(variable: Variable, odds: tuple[float, ...]) -> float:
    return sum(p * value for p, value in zip(odds, variable.numbers, strict=True))


def _measure(
    scenario: Scenario,
    name: str,
    solution: Solution,
    simulation: Simulation | None,
    variants: Mapping[float, Solution],
) -> MeasureRow:
    exact, written = solution.measures[name], scenario.measures[name]
    sampled = simulation.measures.get(name) if simulation is not None else None
    return MeasureRow(
        name=name,
        kind=exact.kind,
        text=exact.text,
        unit=exact.unit,
        note=written.note,
        given=written.given.text if written.given else "",
        value=float(exact.value),
        form=form_of(written),
        mean_given=exact.mean_given,
        mean_censored=exact.mean_censored,
        sampled=Sampled(sampled.mean, sampled.standard_error, sampled.n) if sampled else None,
        variants={factor: float(at.measures[name].value) for factor, at in variants.items()},
        given_type=type_words(scenario, *written.given_type) if written.given_type else "",
        about=_belief_about(scenario, written) if written.type else "",
    )


def type_words(scenario: Scenario, player: str, kind: str) -> str:
    """A type in a sentence: ``the United States is resolved``."""
    title = words.within(scenario.player(player).title)
    return f"{title} {words.verb(title)} {words.plain_name(kind)}"


def _belief_about(scenario: Scenario, measure: Measure) -> str:
    """``observers’ odds after “threaten” that the United States is resolved``."""
    when = "at the end"
    if measure.kind == "belief_after":
        when = f"after “{words.plain_name(measure.action)}”"
        if measure.actor != measure.player:
            when += f" of {words.within(scenario.player(measure.actor).title)}"
    return f"observers’ odds {when} that {type_words(scenario, measure.player, measure.type)}"


def _floats(array: Any) -> tuple[float, ...]:
    return tuple(float(value) for value in array)


def _solve(solution: Solution) -> Solve:
    return Solve(
        residual=float(solution.residual),
        wall_time=float(solution.wall_time),
        states=int(solution.game.n_states),
        versions=dict(solution.versions),
        status=solution.status,
        fixed=fixed_points_of(solution),
    )


def _sample(simulation: Simulation | None) -> Sample | None:
    if simulation is None:
        return None
    return Sample(
        paths=int(simulation.paths),
        kept=int(simulation.kept),
        seed=int(simulation.seed),
        given=_given_words(simulation),
    )


def _given_words(simulation: Simulation) -> str:
    titles = {player.name: player.title for player in _scenario(simulation.solution).players}
    return ", ".join(
        f"{words.within(titles[player])}: {words.plain_name(action)}"
        for player, action in simulation.given.items()
    )
