"""Faults that only the reachable states show, each with a path from the start to the state."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from countermove.errors import Diagnostic, Location, ScenarioError
from countermove.game.axes import is_wrong
from countermove.game.case import Case, Mask, diagnose, state_in_words
from countermove.game.conditions import end_faults, guard_faults
from countermove.game.lookups import Types
from countermove.game.numbers import PeriodNumbers, StepNumbers
from countermove.game.paths import Trail, playable
from countermove.game.profiles import owners
from countermove.game.program import Deed
from countermove.game.structure import StepStructure
from countermove.game.tables import Table, Use
from countermove.game.world import ScenarioWorld
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
    "CM112": "A condition that is not a number in a reachable state",
    "CM113": "Too many combinations of actions in a simultaneous move",
    "CM114": "Types whose probabilities are not from 0 to 1, or do not add up to 1",
}
SLACK = 1e-9  # by which odds may pass 0 and 1


def inspect(world: ScenarioWorld, policy: Policy | None, view: str | None) -> None:
    """Check the numbers of every period; raises ``ScenarioError`` with all faults found.

    Only states that the parameters' values reach count, not all that their ranges leave open.
    """
    odds = np.zeros(len(world.flat), bool)
    for table in world.structure.tables.tables:
        odds[table.offset : table.offset + table.size] = table.kind != "value"
    faults: dict[tuple[str, Location], Diagnostic] = {}
    for fault in _all(Case(world, policy, Trail(world), odds)):
        faults.setdefault((fault.code, fault.location), fault)  # the first state tells enough
    if faults:
        raise ScenarioError(_under(fault, view) for fault in faults.values())


def distribution_faults(world: ScenarioWorld) -> Iterator[Diagnostic]:
    """Priors and redraws that are no distributions."""
    known = world.distributions
    for name, player in known.players.items():
        found = [(f"the prior of {name!r}", player.prior, known.priors[name])]
        found += [(f"a redraw of {name!r}", r.distribution, d) for r, d in known.redraws[name]]
        for what, expressions, values in found:
            if is_wrong(values):
                pairs = zip(player.types, values, strict=True)
                yield diagnose(
                    expressions[0],
                    "CM114",
                    f"{what} is {', '.join(f'{t} {x:.6g}' for t, x in pairs)}",
                    expected="probabilities from 0 to 1 that add up to 1",
                    remedy="change the expressions or the parameters they rest on, or let one type "
                    "have the `rest`",
                )


def _all(case: Case) -> Iterator[Diagnostic]:
    world = case.world
    yield from scalar_faults(world)
    yield from distribution_faults(world)
    for period in range(world.start_period, world.periods):
        numbers = world.at(period)
        for k, step in enumerate(world.structure.steps):
            yield from _step_faults(case, period, numbers.steps[k], step, k)
        yield from end_faults(case, numbers)
        yield from _flow_faults(case, numbers)


def _under(fault: Diagnostic, view: str | None) -> Diagnostic:
    if view is None:
        return fault
    from dataclasses import replace

    return replace(fault, message=f"under view {view!r}, {fault.message}")


def scalar_faults(world: ScenarioWorld) -> Iterator[Diagnostic]:
    """Rationalities and discounts that are none."""
    for player in world.structure.scenario.players:
        rationality = world.scalar(player.rationality)
        if not (0 <= rationality < np.inf):
            yield diagnose(
                player.rationality,
                "CM108",
                f"the rationality of {player.name!r} is {rationality:g}",
                expected="a finite number that is not negative",
                remedy="change the expression, or the range of its parameters",
            )
        discount = world.scalar(player.discount)
        if not 0 <= discount <= 1 or (world.stationary and discount == 1):
            below = " and below, as the calendar goes on for ever" if world.stationary else ""
            yield diagnose(
                player.discount,
                "CM108",
                f"the discount of {player.name!r} is {discount:g}",
                expected=f"a number from 0 to 1{below}",
                remedy="change the expression, or the range of its parameters",
            )


def _step_faults(
    case: Case, period: int, step: StepNumbers, structure: StepStructure, k: int
) -> Iterator[Diagnostic]:
    moving = step.arrays.moving
    if not len(moving):
        return
    world = case.world
    here = np.zeros(world.n_states, bool)
    here[moving] = True
    yield from guard_faults(case, period, structure, here, k)
    yield from _odds_faults(case, period, structure, step, here, k)
    yield from _stuck(case, period, step, here, k)
    yield from _cost_faults(case, period, structure, step, here, k)
    if case.policy is not None and len(step.arrays.bound):
        for m in range(len(step.head.movers)):
            yield from _policy_faults(case, case.policy, period, step, m, here, k)


def _stuck(case: Case, period: int, step: StepNumbers, here: Mask, k: int) -> Iterator[Diagnostic]:
    world, first = case.world, step.arrays.first
    for m, mover in enumerate(step.head.movers):
        legal = step.arrays.legal[:, first[m] : first[m + 1]]
        stuck = case.narrow(here & ~legal.any(axis=1), period, k)
        if stuck.any():
            state = int(np.argmax(stuck))
            yield Diagnostic(
                "CM102",
                f"{mover.player!r} is to move and has no legal action, "
                f"with {state_in_words(world, state)}",
                world.structure.scenario.player(mover.player).location,
                expected="at least one legal action at every step that the player takes",
                remedy="give it an action without `when`, or guard the step with `when`",
                path=case.trail.path_to(period, k, state),
            )


def _odds_faults(
    case: Case, period: int, structure: StepStructure, step: StepNumbers, here: Mask, k: int
) -> Iterator[Diagnostic]:
    flat, factors = case.world.flat, structure.factors
    wrong = case.odds & ((flat < -SLACK) | (flat > 1 + SLACK) | ~np.isfinite(flat))
    if not wrong.any() or not factors.size:
        return
    origin, action = owners(step.arrays)
    entries = np.where(factors >= 0, flat[factors], 1.0)
    # A branch matters where it can be taken as far as the effect whose odds are wrong.
    taken = np.cumprod(np.hstack([np.ones((len(entries), 1)), entries[:, :-1] != 0]), axis=1)
    bad = (factors >= 0) & wrong[factors] & (taken != 0)
    bad &= (here[origin] & playable(step.arrays)[origin, action])[:, None]
    if bad.any():
        bad &= case.trail.reached(period, k)[origin][:, None]
    for place in np.unique(factors[bad]):
        table = _table_at(case.world, int(place))
        branch = int(np.argmax((bad & (factors == place)).any(axis=1)))
        deed = structure.program.deeds[int(action[branch])]
        row, slot = divmod(int(place) - table.offset, table.width)
        yield _odds_fault(case, period, table, deed, row, slot, int(origin[branch]), k)


def _odds_fault(
    case: Case, period: int, table: Table, deed: Deed, row: int, slot: int, state: int, k: int
) -> Diagnostic:
    world = case.world
    values = world.flat[table.offset + row * table.width :][: table.width]
    path = case.trail.path_to(period, k, state)
    use = table.used_by(*deed.words)
    rest = slot == table.width - 1
    if rest and np.all((values[:-1] >= -SLACK) & (values[:-1] <= 1 + SLACK)):
        return diagnose(
            use.expressions[0],
            "CM101",
            f"{use.what} add up to {values[:-1].sum():.6g}, with {state_in_words(world, state)}",
            expected="exclusive outcomes that add up to 1 at the most",
            remedy="lower their probabilities, or write `probability: rest` for the last",
            path=path,
        )
    which = int(np.argmax((values < -SLACK) | (values > 1 + SLACK) | ~np.isfinite(values)))
    which = min(which, len(table.nodes) - 1)
    what = f"a probability among {use.what}" if table.kind == "outcomes" else use.what
    return diagnose(
        use.expressions[which],
        "CM100",
        f"{what} is {values[which]:.6g}, with {state_in_words(world, state)}",
        expected="a probability from 0 to 1",
        remedy="bound it with clip(…, 0, 1), or change the parameters it rests on",
        path=path,
    )


def _table_at(world: ScenarioWorld, place: int) -> Table:
    tables = world.structure.tables.tables
    return next(t for t in tables if t.offset <= place < t.offset + t.size)


def _cost_faults(
    case: Case, period: int, structure: StepStructure, step: StepNumbers, here: Mask, k: int
) -> Iterator[Diagnostic]:
    can = playable(step.arrays)
    for number, charge in enumerate(structure.charges):
        if charge.column >= case.world.n_payoffs:
            continue  # a measure's count, finite wherever the odds are
        values = charge.sign * step.arrays.charge[:, number]
        bad = case.narrow(here & can[:, charge.action] & ~np.isfinite(values), period, k)
        if bad.any():
            state = int(np.argmax(bad))
            words = structure.program.deeds[charge.action].words
            types = (*case.world.structure.columns[charge.column].types, *charge.types)
            table = _cost_table(structure, number)
            read = tuple(pair for pair in types if pair[0] in table.domain.typed)
            use = table.used_by(*words)
            yield _not_finite(case, use, float(values[state]), period, k, state, read)


def _cost_table(structure: StepStructure, number: int) -> Table:
    """The table of a charge, which hangs on an outcome where it has none of its own."""
    charge = structure.charges[number]
    if charge.lookup is not None:
        return charge.lookup.table
    if charge.reward is None:
        raise AssertionError("a charge without a table hangs on an outcome")  # pragma: no cover
    return charge.reward


def _not_finite(
    case: Case, use: Use, value: float, period: int, k: int, state: int, types: Types
) -> Diagnostic:
    return diagnose(
        use.expressions[0],
        "CM103",
        f"{use.what} is {value}, with {state_in_words(case.world, state, types)}",
        expected="a finite number",
        remedy="guard against division by zero, and logs or roots of what is not positive",
        path=case.trail.path_to(period, k, state),
    )


def _policy_faults(
    case: Case, policy: Policy, period: int, step: StepNumbers, m: int, here: Mask, k: int
) -> Iterator[Diagnostic]:
    world, mover, first = case.world, step.head.movers[m], step.arrays.first
    binding = world.binding(mover.label)
    if binding is None:
        return
    sums = binding.mixture.sum(axis=1)
    amiss = (binding.bound != 0) & ((np.abs(sums - 1) > 1e-6) | (binding.mixture < 0).any(axis=1))
    for code, found in (("CM107", here & binding.stuck), ("CM111", here & amiss)):
        where = case.narrow(found, period, k)
        if not where.any():
            continue
        state = int(np.argmax(where))
        rule = world.rules[mover.label][int(binding.rule[state])].rule
        allowed = step.arrays.legal[state, first[m] : first[m + 1]]
        legal = [a for a, ok in zip(mover.actions, allowed, strict=True) if ok]
        if code == "CM107":
            message = f"a rule of policy {policy.name!r} leaves {mover.player!r} no legal action"
            expected = f"one of the legal actions: {', '.join(legal)}"
            remedy = "narrow the rule's `when`, or give a list of which the first legal is played"
        else:
            message = f"a mixture of policy {policy.name!r} adds up to {sums[state]:.6g}"
            expected = "probabilities that are not negative and add up to 1"
            remedy = "let one of them be `rest`"
        yield Diagnostic(
            code,
            f"{message}, with {state_in_words(world, state)}",
            rule.location,
            expected=expected,
            remedy=remedy,
            path=case.trail.path_to(period, k, state),
        )


def _flow_faults(case: Case, numbers: PeriodNumbers) -> Iterator[Diagnostic]:
    world, period = case.world, numbers.period
    last = period == world.periods - 1 and not world.stationary
    k = len(world.structure.steps)
    there = np.zeros(world.n_states, bool)
    there[numbers.end] = True
    for flow in world.structure.flows:
        if flow.at == "last" and not last:
            continue
        here = there
        if flow.at == "close" and not last:
            here = there & (numbers.over != 0) if numbers.over.size else np.zeros_like(there)
        table = flow.lookup.table
        values = world.flat[flow.lookup.offset + flow.lookup.rows]
        bad = case.narrow(here & ~np.isfinite(values), period, k)
        if bad.any():
            state = int(np.argmax(bad))
            column = world.structure.columns[flow.column]
            use = table.used_by(f"of {column.player!r}" if column.player else repr(column.name))
            types = tuple(p for p in (*column.types, *flow.types) if p[0] in table.domain.typed)
            yield _not_finite(case, use, float(values[state]), period, k, state, types)
