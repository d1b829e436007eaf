"""A slow reference for games with private types: plain recursion over states and belief points.

A strategy comes from ``play``: one that was reported, or a fixed point found here at low
rationality. Values follow from it by definition; nothing is shared with the solver but the points
of the belief grids.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from functools import cached_property

from countermove.language.expressions import evaluate
from oracle.bruteforce import Point, Tree
from oracle.typed_play import FixedPoint


@dataclass(frozen=True)
class Charge:
    """A cost as it stands, to be read once the types or the beliefs are known."""

    expression: object
    state: object
    period: int


class TypedTree(Tree):
    """A scenario with types, on the belief grids that a game reports.

    ``believed`` are the types' probabilities at the start, by player, where not the prior.
    """

    def __init__(self, scenario, grids, policy=None, *, play=None, believed=None, **options):
        super().__init__(scenario, policy, **options)
        self.believed = believed or {}
        self.grids = {g.player: g for g in grids}
        self.typed = [p for p in self.players if p in self.grids]
        self.kinds = {p.name: len(p.types) for p in scenario.players if p.types}
        assert set(self.kinds) == set(self.grids)
        self.columns = [(p, k) for p in self.players for k in range(self.kinds.get(p, 1))]
        self.play = play if play is not None else FixedPoint()
        self.plays = {}  # (period, k, state, belief) -> by mover, type and action
        self._once = {}

    def once(self, function, *key):
        """A function's value, worked out the first time."""
        found = self._once.get((function.__name__, key))
        if found is None:
            found = self._once[function.__name__, key] = function(*key)
        return found

    # -- beliefs and types -----------------------------------------------------------------------

    def losses(self, costs, state, period):
        return tuple((who, Charge(cost, state, period)) for who, cost in costs.items())

    def spread(self, player, belief):
        """The grid points that stand for a belief about a player, with their weights."""
        return self.grids[player].spread(belief)

    def find(self, player, shares):
        """The grid point of a distribution that a scenario names."""
        return self.grids[player].find(shares)

    def distribution(self, shares):
        """Probabilities by type from expressions that read parameters alone."""
        return tuple(self.read(x, self.first_state, 0) for x in shares)

    def prior(self, player):
        if player in self.believed:
            return self.believed[player]
        return self.distribution(self.scenario.player(player).prior)

    @cached_property
    def first_belief(self):
        """A point number for each typed player."""
        return tuple(self.grids[p].find(self.prior(p)) for p in self.typed)

    def probabilities(self, belief):
        """The probabilities of types, by player, at a point of every grid."""
        return {p: self.grids[p].points[b] for p, b in zip(self.typed, belief, strict=True)}

    def with_types(self, expression, state, period, types):
        """An expression's value given everybody's type."""
        key = (id(expression), state, period, tuple(sorted(types.items())))
        if key not in self._read:
            point = Point(self.scenario, self.values, state, float(period), types)
            self._read[key] = float(evaluate(expression.node, point))
        return self._read[key]

    def averaged(self, expression, state, period, beliefs, column):
        """What it comes to for a column: its own type as it is, others' by the beliefs."""
        player, kind = column
        ways = [
            [(kind, 1.0)] if p == player else [(k, x) for k, x in enumerate(beliefs[p]) if x > 0]
            for p in self.typed
        ]
        return sum(
            math.prod(x for _, x in way)
            * self.with_types(
                expression,
                state,
                period,
                dict(zip(self.typed, [k for k, _ in way], strict=True)),
            )
            for way in itertools.product(*ways)
        )

    def charged(self, losses, beliefs):
        """What losses cost each column."""
        total = dict.fromkeys(self.columns, 0.0)
        for who, c in losses:
            for column in self.columns:
                if column[0] == who:
                    total[column] -= self.averaged(c.expression, c.state, c.period, beliefs, column)
        return total

    # -- values ----------------------------------------------------------------------------------

    def value(self, period, k, state, belief=None):
        """What every column is worth before step k at a state and one point of every grid."""
        belief = self.first_belief if belief is None else belief
        key = (period, k, state, belief)
        if key not in self._known:
            steps = self.scenario.order
            if k == len(steps):
                found = self.at_end(period, state, belief)
            elif not self.acts(state, False, period, steps[k]):
                found = self.value(period, k + 1, state, belief)
            elif steps[k].kind == "event":
                found = self.at_event(period, k, state, belief, self.scenario.event(steps[k].name))
            else:
                found = self.at_move(period, k, state, belief, steps[k])
            self._known[key] = found
        return self._known[key]

    def at_end(self, period, state, belief):
        beliefs, found = self.probabilities(belief), {}
        last = self.ended(state, period) or self.is_last(period)
        later = None if last else self.later(period, self.next_period(state), belief)
        for column in self.columns:
            player = self.scenario.player(column[0])
            terms = [*player.interests.values(), *(player.final.values() if last else ())]
            found[column] = sum(self.averaged(x, state, period, beliefs, column) for x in terms)
            if later is not None:
                found[column] += self.read(player.discount, state, period) * later[column]
        return found

    def is_last(self, period):
        return not self.scenario.calendar.forever and period == self.T - 1

    def later(self, period, state, belief):
        """Values at the start of the next period."""
        return self.value(period + 1, 0, state, belief)

    def at_event(self, period, k, state, belief, event):
        beliefs = self.probabilities(belief)
        total = self.charged(self.losses(event.costs, state, period), beliefs)
        for way in self.once(self.chances, k, state, period):
            draws = (*event.redraws, *way.redraws)
            later = self.redrawn(period, k, way.state, belief, draws)
            paid = self.charged(way.losses, beliefs)
            for c in self.columns:
                total[c] += way.probability * (later[c] + paid[c])
        return total

    def chances(self, k, state, period):
        """The branches of the event that is step k."""
        event = self.scenario.event(self.scenario.order[k].name)
        return self.branches(event.effects, state, period)

    def redrawn(self, period, k, state, belief, draws):
        """Values after the step, once types are drawn anew, one draw after another."""
        if not draws:
            return self.value(period, k + 1, state, belief)
        draw, rest = draws[0], draws[1:]
        shares = self.distribution(draw.distribution)
        later = dict(self.redrawn(period, k, state, self.moved(belief, draw, shares), rest))
        mean = sum(x * later[draw.player, kind] for kind, x in enumerate(shares))
        for kind in range(len(shares)):
            later[draw.player, kind] = 0.0 if draw.stops else mean
        return later

    def moved(self, belief, draw, shares):
        at = list(belief)
        at[self.typed.index(draw.player)] = self.once(self.find, draw.player, shares)
        return tuple(at)

    # -- moves -----------------------------------------------------------------------------------

    def _all_ways(self, period, k, state, step):
        if step.kind == "event":
            return super()._all_ways(period, k, state, step)
        profiles = itertools.product(*self.menus(step, state, period))
        return [self.deeds(k, profile, state, period)[0] for profile in profiles]

    def menus(self, step, state, period):
        """The legal actions of each mover, by number."""
        menus = []
        for name in step.players:
            player = self.scenario.player(name)
            legal = self.legal(player, state, period)
            menus.append([a for a, ok in enumerate(legal) if ok])
        return menus

    def deeds(self, k, profile, state, period):
        """The branches of everyone's actions at once, and what the actions themselves cost."""
        step = self.scenario.order[k]
        lasts, effects, losses = list(state[1]), [], ()
        for name, a in zip(step.players, profile, strict=True):
            action = self.scenario.player(name).actions[a]
            lasts[self.players.index(name)] = a + 1
            effects += action.effects
            losses += self.losses(action.costs, state, period)
        return self.branches(effects, (state[0], tuple(lasts)), period), losses

    def posterior(self, player, belief, sigma, a):
        """The belief about a player (as probabilities) after its action, by Bayes' rule."""
        if player not in self.grids:
            return None
        before = self.probabilities(belief)[player]
        joint = [b * row[a] for b, row in zip(before, sigma, strict=True)]
        if sum(joint) == 0:  # a policy rules it out, and so nothing follows from it
            return before
        return tuple(x / sum(joint) for x in joint)

    def learnt(self, step, belief, sigmas, profile):
        """Exact beliefs after a profile; and the grid points that stand for them, with weights."""
        beliefs = dict(self.probabilities(belief))
        points = [[(b, 1.0)] for b in belief]
        for name, sigma, a in zip(step.players, sigmas, profile, strict=True):
            if name in self.grids:
                beliefs[name] = self.posterior(name, belief, sigma, a)
                points[self.typed.index(name)] = self.once(self.spread, name, beliefs[name])
        ways = [
            (tuple(v for v, _ in way), math.prod(w for _, w in way))
            for way in itertools.product(*points)
        ]
        return beliefs, ways

    def worth(self, period, k, state, belief, step, sigmas):
        """What each profile is worth to every column, given the strategies that it is read by."""
        found = {}
        for profile in itertools.product(*self.menus(step, state, period)):
            beliefs, points = self.learnt(step, belief, sigmas, profile)
            branches, losses = self.once(self.deeds, k, profile, state, period)
            total = self.charged(losses, beliefs)
            for way in branches:
                paid = self.charged(way.losses, beliefs)
                for c in self.columns:
                    total[c] += way.probability * paid[c]
                for point, weight in points:
                    later = self.value(period, k + 1, way.state, point)
                    for c in self.columns:
                        total[c] += way.probability * weight * later[c]
            found[profile] = total
        return found

    def mixtures(self, step, belief, sigmas, column):
        """The movers' mixtures as a column sees them: its own type's, others' on average."""
        beliefs, found = self.probabilities(belief), []
        for name, sigma in zip(step.players, sigmas, strict=True):
            if name == column[0]:
                found.append(sigma[column[1]])
                continue
            shares = beliefs.get(name, (1.0,))
            actions = range(len(sigma[0]))
            found.append(
                [sum(x * row[a] for x, row in zip(shares, sigma, strict=True)) for a in actions]
            )
        return found

    def action_values(self, step, belief, sigmas, worth, m, kind):
        """What each action of mover m is worth to its type, given what others do."""
        column = (step.players[m], kind)
        mixed = self.mixtures(step, belief, sigmas, column)
        found = [0.0] * len(sigmas[m][0])
        for profile, total in worth.items():
            others = math.prod(mixed[i][a] for i, a in enumerate(profile) if i != m)
            found[profile[m]] += others * total[column]
        return found

    def answers(self, period, k, state, belief, step, sigmas):
        """The choices that answer strategies, by mover, type and action."""
        worth = self.worth(period, k, state, belief, step, sigmas)
        found = []
        for m, name in enumerate(step.players):
            player = self.scenario.player(name)
            legal = self.legal(player, state, period)
            rows = []
            for kind in range(self.kinds.get(name, 1)):
                q = self.action_values(step, belief, sigmas, worth, m, kind)
                rows.append(self.choice(player, legal, q, state, period))
            found.append(rows)
        return found

    def at_move(self, period, k, state, belief, step):
        sigmas = self.play(self, period, k, state, belief, step)
        self.plays[period, k, state, belief] = sigmas
        worth = self.worth(period, k, state, belief, step, sigmas)
        found = {}
        for column in self.columns:
            mixed = self.mixtures(step, belief, sigmas, column)
            found[column] = sum(
                math.prod(mixed[i][a] for i, a in enumerate(profile)) * total[column]
                for profile, total in worth.items()
            )
        return found

    @cached_property
    def type_payoffs(self):
        """By player and type, at the start."""
        return dict(self.value(self.at, 0, self.first_state))

    @cached_property
    def payoffs(self):
        found = dict.fromkeys(self.players, 0.0)
        for (player, kind), x in self.type_payoffs.items():
            found[player] += x * (self.prior(player)[kind] if player in self.grids else 1.0)
        return found

    def pooled(self, step, state, period):
        """Every legal action alike, whoever plays it."""
        found = []
        for name, menu in zip(step.players, self.menus(step, state, period), strict=True):
            n = len(self.scenario.player(name).actions)
            row = [float(a in menu) / len(menu) for a in range(n)]
            found.append([row] * self.kinds.get(name, 1))
        return found
