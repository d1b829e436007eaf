"""A slow reference for the solver: plain recursion over periods, steps and states, one at a time.

It shares nothing with the solver but the scenario's own data and the evaluation of an expression at
a single state. Payoffs and strategies come from the recursion; measures from walking every path.
"""

from __future__ import annotations

import math
from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property

from countermove.language.expressions import evaluate
from countermove.language.model import Effect, Redraw, Scenario

State = tuple[tuple[int, ...], tuple[int, ...]]  # levels' positions, latest actions (0: none yet)


@dataclass
class Point:
    """Where an expression is read: one state in one period."""

    scenario: Scenario
    values: dict[str, float]
    state: State
    period: float
    types: dict[str, int] = field(default_factory=dict)  # by typed player

    def parameter(self, name):
        return self.values[name]

    def position(self, variable):
        names = [v.name for v in self.scenario.variables]
        return float(self.state[0][names.index(variable)])

    def number(self, variable):
        return float(self.scenario.variable(variable).numbers[int(self.position(variable))])

    def last(self, player):
        names = [p.name for p in self.scenario.players]
        return float(self.state[1][names.index(player)])

    def type_of(self, player):
        return float(self.types[player])


@dataclass(frozen=True)
class Branch:
    """One way that effects may turn out."""

    probability: float
    state: State
    happened: bool
    losses: tuple[tuple[str, float], ...]
    redraws: tuple[Redraw, ...] = ()


@dataclass
class Tree:
    """A scenario's game, computed the obvious way."""

    scenario: Scenario
    policy: str | None = None
    parameters: dict[str, float] = field(default_factory=dict)
    factor: float = 1.0
    start: dict[str, str] = field(default_factory=dict)
    at: int = 0

    def __post_init__(self):
        s = self.scenario
        self.values = {n: p.value for n, p in s.parameters.items()} | self.parameters
        self.players = [p.name for p in s.players]
        self.variables = [v.name for v in s.variables]
        self.T = s.calendar.periods
        self._read = {}
        self._known = {}
        self.strategies = {}  # (period, step, state) -> probabilities of the player's actions

    # -- reading ---------------------------------------------------------------------------------

    def read(self, expression, state, period):
        """An expression's value at one state."""
        key = (id(expression), state, period)
        if key not in self._read:
            point = Point(self.scenario, self.values, state, float(period))
            self._read[key] = float(evaluate(expression.node, point))
        return self._read[key]

    def holds(self, condition, state, period):
        return condition is None or self.read(condition, state, period) != 0

    def ended(self, state, period):
        return self.scenario.ends is not None and self.holds(self.scenario.ends, state, period)

    @cached_property
    def first_state(self):
        levels = [
            v.levels.index(self.start[v.name]) if v.name in self.start else v.start
            for v in self.scenario.variables
        ]
        return tuple(levels), (0,) * len(self.players)

    def next_period(self, state):
        """The state in which a period begins that follows one that ended in this state."""
        levels = [
            v.start if v.resets else x
            for v, x in zip(self.scenario.variables, state[0], strict=True)
        ]
        return tuple(levels), (0,) * len(self.players)

    # -- what actions and events do --------------------------------------------------------------

    def after(self, effect, state):
        at = self.variables.index(effect.variable)
        top = len(self.scenario.variables[at].levels) - 1
        levels = list(state[0])
        if effect.level is not None:
            levels[at] = effect.level
        else:
            levels[at] = min(max(levels[at] + effect.shift, 0), top)
        return tuple(levels), state[1]

    def branches(self, effects, state, period):
        """Every way that a list of effects may turn out, each effect reading what those before
        it left."""
        if not effects:
            return [Branch(1.0, state, False, ())]
        first, rest = effects[0], effects[1:]
        found = []

        def go_on(probability, reached, happened, losses, redraws=()):
            if probability == 0:
                return
            for b in self.branches(rest, reached, period):
                found.append(
                    Branch(
                        probability * b.probability,
                        b.state,
                        happened or b.happened,
                        losses + b.losses,
                        redraws + b.redraws,
                    )
                )

        on = self.holds(first.when, state, period)
        if isinstance(first, Effect):
            p = 1.0 if first.probability is None else self.read(first.probability, state, period)
            p = p if on else 0.0
            go_on(p, self.after(first, state), True, ())
            go_on(1 - p, state, False, ())
            return found
        left = 1.0
        for outcome in first.outcomes:
            p = self.read(outcome.probability, state, period) if on else 0.0
            left -= p
            paid = self.losses(outcome.costs, state, period)
            if p > 0:
                for b in self.branches(outcome.effects, state, period):
                    go_on(p * b.probability, b.state, True, paid + b.losses, outcome.redraws)
        go_on(left if on else 1.0, state, False, ())
        return found

    def losses(self, costs, state, period):
        return tuple((who, self.read(cost, state, period)) for who, cost in costs.items())

    # -- moves -----------------------------------------------------------------------------------

    def legal(self, player, state, period):
        ordinary = [not a.otherwise and self.holds(a.when, state, period) for a in player.actions]
        return [
            self.holds(a.when, state, period) and not any(ordinary) if a.otherwise else ok
            for a, ok in zip(player.actions, ordinary, strict=True)
        ]

    def deed(self, player, number, state, period):
        """An action's branches: it is the latest of its player before its effects are read."""
        lasts = list(state[1])
        lasts[self.players.index(player.name)] = number + 1
        return self.branches(player.actions[number].effects, (state[0], tuple(lasts)), period)

    def rule(self, player, state, period):
        """The rule of the policy that binds the player here."""
        if self.policy is None:
            return None
        policy = self.scenario.policies[self.policy]
        if player.name not in policy.players:
            return None
        actions = {a.name for a in player.actions}
        for rule in policy.rules:
            named = {a for a, _ in rule.mixture} | {*rule.first_legal, *rule.forbid}
            if named <= actions and self.holds(rule.when, state, period):
                return rule
        return None

    def choice(self, player, legal, worth, state, period):
        """The probabilities of the player's actions, given what each is worth to it."""
        names = [a.name for a in player.actions]
        rule = self.rule(player, state, period)
        if rule is not None and rule.mixture:
            shares = {a: self.read(p, state, period) for a, p in rule.mixture}
            return [shares.get(name, 0.0) for name in names]
        if rule is not None and rule.first_legal:
            chosen = next(a for a in rule.first_legal if legal[names.index(a)])
            return [float(name == chosen) for name in names]
        if rule is not None:
            legal = [ok and a not in rule.forbid for a, ok in zip(names, legal, strict=True)]
        rationality = self.read(player.rationality, state, period) * self.factor
        best = max(q for q, ok in zip(worth, legal, strict=True) if ok)
        weights = [
            math.exp(rationality * (q - best)) if ok else 0.0
            for q, ok in zip(worth, legal, strict=True)
        ]
        return [w / sum(weights) for w in weights]

    # -- values ----------------------------------------------------------------------------------

    def value(self, period, k, state):
        """Every player's expected payoff from here on, before step k (K: the period's end)."""
        key = (period, k, state)
        if key not in self._known:
            steps = self.scenario.order
            self._known[key] = (
                self.at_end(period, state)
                if k == len(steps)
                else self.at_step(period, k, state, steps[k])
            )
        return self._known[key]

    def at_end(self, period, state):
        found = []
        over = self.ended(state, period)
        for i, player in enumerate(self.scenario.players):
            payoff = sum(self.read(x, state, period) for x in player.interests.values())
            if over or period == self.T - 1:
                payoff += sum(self.read(x, state, period) for x in player.final.values())
            else:
                later = self.value(period + 1, 0, self.next_period(state))
                payoff += self.read(player.discount, state, period) * later[i]
            found.append(payoff)
        return tuple(found)

    def at_step(self, period, k, state, step):
        if self.ended(state, period) or not self.holds(step.when, state, period):
            return self.value(period, k + 1, state)
        if step.kind == "event":
            event = self.scenario.event(step.name)
            if not self.holds(event.when, state, period):
                return self.value(period, k + 1, state)
            ways = self.branches(event.effects, state, period)
            return self.expected(period, k, ways, self.losses(event.costs, state, period))
        player = self.scenario.player(step.name)
        me = self.players.index(player.name)
        legal = self.legal(player, state, period)
        nothing = (0.0,) * len(self.players)
        values = [
            self.expected(
                period,
                k,
                self.deed(player, a, state, period),
                self.losses(action.costs, state, period),
            )
            if ok
            else nothing
            for a, (action, ok) in enumerate(zip(player.actions, legal, strict=True))
        ]
        odds = self.choice(player, legal, [v[me] for v in values], state, period)
        self.strategies[period, k, state] = odds
        return tuple(
            sum(p * v[i] for p, v in zip(odds, values, strict=True))
            for i in range(len(self.players))
        )

    def expected(self, period, k, ways, losses):
        total = [0.0] * len(self.players)
        for who, loss in losses:
            total[self.players.index(who)] -= loss
        for way in ways:
            later = self.value(period, k + 1, way.state)
            for i in range(len(self.players)):
                total[i] += way.probability * later[i]
            for who, loss in way.losses:
                total[self.players.index(who)] -= way.probability * loss
        return tuple(total)

    @cached_property
    def payoffs(self):
        return dict(zip(self.players, self.value(self.at, 0, self.first_state), strict=True))

    # -- walking every path ----------------------------------------------------------------------

    def walk(self, account):
        """The distribution of an account kept along the paths; see ``measures.py`` for accounts.

        ``account.move(kept, state, period, player, action)``, ``account.chance(kept, state,
        period, event, happened)`` and ``account.close(kept, state, period)`` return what is kept.
        """
        _ = self.payoffs
        here = {(self.first_state, False, account.begin): 1.0}
        for period in range(self.at, self.T):
            for k, step in enumerate(self.scenario.order):
                here = self._walk_step(here, period, k, step, account)
            closed = defaultdict(float)
            for (state, over, kept), p in here.items():
                kept = account.close(kept, state, period)
                over = over or self.ended(state, period)
                state = state if over else self.next_period(state)
                closed[state, over, kept] += p
            here = closed
        totals = defaultdict(float)
        for (_, _, kept), p in here.items():
            totals[kept] += p
        return totals

    def _walk_step(self, here, period, k, step, account):
        onward = defaultdict(float)
        for (state, over, kept), p in here.items():
            if not self.acts(state, over, period, step):
                onward[state, over, kept] += p
            elif step.kind == "event":
                event = self.scenario.event(step.name)
                for way in self.branches(event.effects, state, period):
                    now = account.chance(kept, state, period, step.name, way.happened)
                    onward[way.state, over, now] += p * way.probability
            else:
                player = self.scenario.player(step.name)
                for a, sigma in enumerate(self.strategies[period, k, state]):
                    if sigma == 0:
                        continue
                    name = player.actions[a].name
                    now = account.move(kept, state, period, step.name, name)
                    for way in self.deed(player, a, state, period):
                        onward[way.state, over, now] += p * sigma * way.probability
        return onward

    def acts(self, state, over, period, step):
        """Does anything happen at this step?"""
        if over or self.ended(state, period) or not self.holds(step.when, state, period):
            return False
        if step.kind == "event":
            return self.holds(self.scenario.event(step.name).when, state, period)
        return True

    def present(self):
        """The states that can be there before each step and at each period's end.

        A list a period of a set a step, then the set at the end; games that have ended are gone.
        """
        _ = self.payoffs
        here, found = {self.first_state}, []
        for period in range(self.at, self.T):
            row = [here]
            for k, step in enumerate(self.scenario.order):
                onward = set()
                for state in here:
                    if not self.acts(state, False, period, step):
                        onward.add(state)
                        continue
                    for ways in self._all_ways(period, k, state, step):
                        onward |= {way.state for way in ways}
                here = onward
                row.append(here)
            found.append(row)
            here = {self.next_period(s) for s in here if not self.ended(s, period)}
        return found

    def _all_ways(self, period, k, state, step):
        if step.kind == "event":
            return [self.branches(self.scenario.event(step.name).effects, state, period)]
        player = self.scenario.player(step.name)
        legal = self.legal(player, state, period)
        return [self.deed(player, a, state, period) for a, ok in enumerate(legal) if ok]


def positions(game):
    """The number of each state, by positions and latest actions as the reference keeps them."""
    scenario = game.scenario
    read = [n[len("last(") : -1] for n in game.variables[len(scenario.variables) :]]
    order = [p.name for p in scenario.players]
    numbers = {}
    for index, row in enumerate(game.structure.levels.tolist()):
        lasts = dict(zip(read, row[len(scenario.variables) :], strict=True))
        numbers[tuple(row[: len(scenario.variables)]), tuple(lasts.items())] = index

    def number(state):
        lasts = dict(zip(order, state[1], strict=True))
        return numbers[state[0], tuple((p, lasts[p]) for p in read)]

    return number
