"""Where strategies come from: a solution's report, or a fixed point found by answering answers."""

from __future__ import annotations

from collections import Counter

from oracle.bruteforce import positions


class Reported:
    """The strategies that a solution reports."""

    def __init__(self, solution):
        game = solution.game
        self.first = game.start_period
        self.number = positions(game)
        self.join = game.world.beliefs.join
        self.strategies = {label: s.to_numpy() for label, s in solution.strategies.items()}
        self.untyped = {p.name for p in game.scenario.players if not p.types}

    def __call__(self, tree, period, k, state, belief, step):
        found = []
        for name, label in zip(step.players, labels(tree.scenario)[k], strict=True):
            sigma = self.strategies[label][period - self.first, self.number(state)]
            if tree.grids:
                sigma = sigma[self.join(belief)]
            rows = [sigma] if name in self.untyped else sigma
            found.append([[float(x) for x in row] for row in rows])
        return found


def labels(scenario):
    """The movers' labels at each step: a player's later visits are numbered."""
    visits, found = Counter(), []
    for step in scenario.order:
        visits.update(step.players)
        found.append([p if visits[p] == 1 else f"{p}#{visits[p]}" for p in step.players])
    return found


class FixedPoint:
    """Finds the strategies: answers to answers, from what all would do alike.

    Where that settles at once, as at low rationality, there is but one to find.
    """

    def __init__(self, rounds=400, share=1.0):
        self.rounds, self.share = rounds, share

    def __call__(self, tree, period, k, state, belief, step):
        sigmas = tree.pooled(step, state, period)
        for _ in range(self.rounds):
            found = tree.answers(period, k, state, belief, step, sigmas)
            away = distance(found, sigmas)
            sigmas = blended(sigmas, found, self.share)
            if away < 1e-14:
                return sigmas
        raise AssertionError(f"strategies do not settle: {away:.1e} in {(period, k, state)}")


def distance(one, other):
    return max(
        abs(x - y)
        for rows, others in zip(one, other, strict=True)
        for row, its in zip(rows, others, strict=True)
        for x, y in zip(row, its, strict=True)
    )


def blended(one, other, share):
    return [
        [
            [x + share * (y - x) for x, y in zip(row, its, strict=True)]
            for row, its in zip(rows, others, strict=True)
        ]
        for rows, others in zip(one, other, strict=True)
    ]
