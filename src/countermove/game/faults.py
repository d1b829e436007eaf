"""Faults that only the reachable states show, each with a path from the start to the state."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from countermove.errors import Diagnostic, Location, ScenarioError
from countermove.game.numbers import PeriodNumbers, StepNumbers
from countermove.game.paths import path_to
from countermove.game.structure import StepStructure
from countermove.game.tables import Table
from countermove.game.world import ScenarioWorld
from countermove.language.expressions import Expression
from countermove.language.model import Policy

GAME_CODES: dict[str, str] = {
    "CM100": "A probability outside 0 to 1 in a reachable state",
    "CM101": "Exclusive outcomes whose probabilities pass 1 in a reachable state",
    "CM102": "No legal action where a player is to move",
    "CM103": "A payoff or cost that is not a finite number",
    "CM104": "An event that never fires",
    "CM105": "A measure of `ever` that can hold only within a period",
    "CM106": "Too many successors of one action",
    "CM107": "A policy's rule that names an action that is not legal there",
    "CM108": "A rationality or discount out of range",
    "CM109": "More states, or more memory, than allowed",
    "CM110": "An action that is never legal",
    "CM111": "A policy's mixture that does not add up to 1",
}
_SLACK = 1e-9
Mask = NDArray[np.bool_]


def inspect(world: ScenarioWorld, policy: Policy | None, view: str | None) -> None:
    """Check the numbers of every period; raises ``ScenarioError`` with all faults found."""
    faults: dict[tuple[str, Location], Diagnostic] = {}
    for fault in _all(world, policy):
        faults.setdefault((fault.code, fault.location), fault)  # the first state tells enough
    if faults:
        raise ScenarioError(_under(fault, view) for fault in faults.values())


def _all(world: ScenarioWorld, policy: Policy | None) -> Iterator[Diagnostic]:
    yield from _scalars(world)
    for period in range(world.start_period, world.periods):
        numbers = world.at(period)
        for k, step in enumerate(world.structure.steps):
            yield from _step_faults(world, numbers, numbers.steps[k], step, k, policy)
        yield from _flow_faults(world, numbers)


def _under(fault: Diagnostic, view: str | None) -> Diagnostic:
    if view is None:
        return fault
    from dataclasses import replace

    return replace(fault, message=f"under view {view!r}, {fault.message}")


def _scalars(world: ScenarioWorld) -> Iterator[Diagnostic]:
    for player in world.structure.scenario.players:
        rationality = world.scalar(player.rationality)
        if not (0 <= rationality < np.inf):
            yield _at(
                player.rationality,
                "CM108",
                f"the rationality of {player.name!r} is {rationality:g}",
                expected="a finite number that is not negative",
                remedy="change the expression, or the range of its parameters",
            )
        discount = world.scalar(player.discount)
        if not 0 <= discount <= 1:
            yield _at(
                player.discount,
                "CM108",
                f"the discount of {player.name!r} is {discount:g}",
                expected="a number from 0 to 1",
                remedy="change the expression, or the range of its parameters",
            )


def _at(expression: Expression | None, code: str, message: str, **more: object) -> Diagnostic:
    location = expression.location if expression is not None else Location()
    text = expression.text if expression is not None else ""
    return Diagnostic(code, message, location, text=text, **more)  # type: ignore[arg-type]


def _step_faults(
    world: ScenarioWorld,
    numbers: PeriodNumbers,
    step: StepNumbers,
    structure: StepStructure,
    k: int,
    policy: Policy | None,
) -> Iterator[Diagnostic]:
    moving = step.arrays.moving
    if not len(moving):
        return
    here = np.zeros(world.n_states, bool)
    here[moving] = True
    yield from _odds_faults(world, numbers.period, structure, here, k)
    legal = step.arrays.legal
    stuck = here & ~legal.any(axis=1)
    if stuck.any():
        state = int(np.argmax(stuck))
        yield Diagnostic(
            "CM102",
            f"{step.name!r} is to move and has no legal action, with {_state(world, state)}",
            world.structure.scenario.player(step.name).location,
            expected="at least one legal action at every step that the player takes",
            remedy="give it an action without `when`, or guard the step with `when`",
            path=path_to(world, numbers.period, k, state),
        )
    yield from _cost_faults(world, numbers.period, structure, step, here, k)
    if policy is not None and len(step.arrays.bound):
        yield from _policy_faults(world, numbers.period, step, here, k, policy)


def _odds_faults(
    world: ScenarioWorld, period: int, step: StepStructure, here: Mask, k: int
) -> Iterator[Diagnostic]:
    bad_place = (world.flat < -_SLACK) | (world.flat > 1 + _SLACK) | ~np.isfinite(world.flat)
    if not bad_place.any() or not step.factors.size:
        return
    owner = np.repeat(np.arange(len(step.pointer) - 1), np.diff(step.pointer)) // step.n_actions
    bad = (step.factors >= 0) & bad_place[step.factors] & here[owner][:, None]
    for place in np.unique(step.factors[bad]):
        table = _table_at(world, int(place))
        if table is None or table.kind == "value":
            continue
        row, slot = divmod(int(place) - table.offset, table.width)
        branch = int(np.argmax((step.factors == place).any(axis=1) & here[owner]))
        yield _odds_fault(world, period, table, row, slot, int(owner[branch]), k)


def _odds_fault(
    world: ScenarioWorld, period: int, table: Table, row: int, slot: int, state: int, k: int
) -> Diagnostic:
    values = world.flat[table.offset + row * table.width :][: table.width]
    path = path_to(world, period, k, state)
    rest = slot == table.width - 1
    if rest and np.all((values[:-1] >= -_SLACK) & (values[:-1] <= 1 + _SLACK)):
        return _at(
            table.expressions[0],
            "CM101",
            f"{table.what} add up to {values[:-1].sum():.6g}, with {_state(world, state)}",
            expected="exclusive outcomes that add up to 1 at the most",
            remedy="lower their probabilities, or let the last be `rest`",
            path=path,
        )
    which = int(np.argmax((values < -_SLACK) | (values > 1 + _SLACK) | ~np.isfinite(values)))
    which = min(which, len(table.nodes) - 1)
    return _at(
        table.expressions[which],
        "CM100",
        f"{table.what} is {values[which]:.6g}, with {_state(world, state)}",
        expected="a probability from 0 to 1",
        remedy="bound it with clip(…, 0, 1), or change the parameters it rests on",
        path=path,
    )


def _table_at(world: ScenarioWorld, place: int) -> Table | None:
    for table in world.structure.tables.tables:
        if table.offset <= place < table.offset + table.size:
            return table
    return None


def _cost_faults(
    world: ScenarioWorld,
    period: int,
    structure: StepStructure,
    step: StepNumbers,
    here: Mask,
    k: int,
) -> Iterator[Diagnostic]:
    for number, charge in enumerate(structure.charges):
        values = step.arrays.charge[:, number]
        bad = here & (step.arrays.legal[:, charge.action] != 0) & ~np.isfinite(values)
        if bad.any():
            state = int(np.argmax(bad))
            table = charge.lookup.table if charge.lookup else None
            what = table.what if table else f"the cost of {step.actions[charge.action]!r}"
            yield _at(
                table.expressions[0] if table else None,
                "CM103",
                f"{what} is {values[state]}, with {_state(world, state)}",
                expected="a finite number",
                remedy="guard against division by zero, and logs or roots of what is not positive",
                path=path_to(world, period, k, state),
            )


def _policy_faults(
    world: ScenarioWorld, period: int, step: StepNumbers, here: Mask, k: int, policy: Policy
) -> Iterator[Diagnostic]:
    binding = world.binding(step.label)
    if binding is None:
        return
    sums = binding.mixture.sum(axis=1)
    wrong = (binding.bound != 0) & ((np.abs(sums - 1) > 1e-6) | (binding.mixture < 0).any(axis=1))
    for code, where in (("CM107", here & binding.stuck), ("CM111", here & wrong)):
        if not where.any():
            continue
        state = int(np.argmax(where))
        rule = world.rules[step.label][int(binding.rule[state])].rule
        legal = [a for a, ok in zip(step.actions, step.arrays.legal[state], strict=True) if ok]
        if code == "CM107":
            message = f"a rule of policy {policy.name!r} leaves {step.name!r} no legal action"
            expected = f"one of the legal actions: {', '.join(legal)}"
            remedy = "narrow the rule's `when`, or give a list of which the first legal is played"
        else:
            message = f"a mixture of policy {policy.name!r} adds up to {sums[state]:.6g}"
            expected = "probabilities that are not negative and add up to 1"
            remedy = "let one of them be `rest`"
        yield Diagnostic(
            code,
            f"{message}, with {_state(world, state)}",
            rule.location,
            expected=expected,
            remedy=remedy,
            path=path_to(world, period, k, state),
        )


def _flow_faults(world: ScenarioWorld, numbers: PeriodNumbers) -> Iterator[Diagnostic]:
    ended = numbers.over.astype(bool) if numbers.over.size else np.zeros(world.n_states, bool)
    last = numbers.period == world.periods - 1
    for flow in world.structure.flows:
        if flow.at == "last" and not last:
            continue
        states = numbers.end
        if flow.at == "close" and not last:
            states = states[ended[states]]
        table = flow.lookup.table
        values = world.flat[table.offset + flow.lookup.rows[states]]
        bad = ~np.isfinite(values)
        if bad.any():
            state = int(states[np.argmax(bad)])
            k = len(world.structure.steps)
            yield _at(
                table.expressions[0],
                "CM103",
                f"{table.what} is {values[np.argmax(bad)]}, with {_state(world, state)}",
                expected="a finite number",
                remedy="guard against division by zero, and logs or roots of what is not positive",
                path=path_to(world, numbers.period, k, state),
            )


def _state(world: ScenarioWorld, state: int) -> str:
    """A state in words."""
    scenario = world.structure.scenario
    row = world.structure.levels[state]
    named = zip(scenario.variables, row, strict=False)
    return ", ".join(f"{v.name} {v.levels[int(level)]}" for v, level in named)
