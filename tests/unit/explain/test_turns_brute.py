"""Turns against brute force on random scenarios: the whole game solved on a grid of every range."""

from __future__ import annotations

import json

import numpy as np
import pytest

from countermove.errors import InvalidRequest
from countermove.explain.node import node_of, places_of
from countermove.explain.turns import turns
from countermove.explain.turns_game import odds_at
from countermove.explain.turns_record import LEVEL
from countermove.game import compile as compile_game
from countermove.language import loads
from countermove.solve import solve
from oracle.invent import invent
from oracle.typed_invent import invent_typed

POINTS, TOLERANCE = 6, 0.02


def whole(solution, node, found, name, value):
    """The log odds of the two actions in the whole game, by the labels of its own strategies."""
    again = solve(solution.game.replace(parameters={name: value}), threads=1, others=0)
    assert again.status == "solved"
    beliefs, points = again.game.beliefs, []
    for axis in beliefs.axes:
        wanted = [node.beliefs[axis.player][name] for name in axis.types]
        points.append(axis.prior if axis.player in found.follows else axis.index(wanted))
        if axis.player not in found.follows and abs(axis.points[points[-1]] - wanted).max() > 1e-9:
            return np.nan  # the belief is no point of the grid, as the prior has moved
    played = again.strategies[node.mover].values[node.period - solution.game.start_period]
    row = played.reshape(solution.game.n_states, beliefs.size, -1)
    actions = places_of(solution)[node.mover].mover.actions
    mine = row[node.row, beliefs.join(points)].reshape(-1, len(actions))[node.kind]
    this, other = (mine[actions.index(a)] for a in (found.this, found.other))
    return float(np.log(other) - np.log(this))


def decisions(solution):
    """The likeliest decision of each mover in each period that has one."""
    for mover in places_of(solution):
        for period in range(solution.game.periods):
            try:
                yield node_of(solution, mover, period=period)
            except InvalidRequest:
                continue


def closest(solution, node):
    """The two neighbours in likelihood whose odds are the closest, and are not level."""
    actions = places_of(solution)[node.mover].mover.actions
    odds = odds_at(solution, node, row=node.row, point=node.point)
    ranked = sorted(np.flatnonzero(odds.open), key=lambda a: -odds.played[a])
    gaps = np.diff(-np.log(odds.played[ranked]))
    at = int(np.where(gaps > LEVEL, gaps, np.inf).argmin())
    return actions[ranked[at]], actions[ranked[at + 1]]


def twisted(text):
    """The same, with a parameter that may turn everybody's payoffs round."""
    scenario = json.loads(text)
    counted = "ladder" if "ladder" in scenario["state"] else "heat"
    scenario["parameters"]["twist"] = {"value": 0.1, "range": [-5, 6], "assumption": True}
    for at, player in enumerate(scenario["players"].values()):
        player.setdefault("interests", {})["twist"] = f"{(-1) ** at} * twist * {counted}"
    return json.dumps(scenario)


def check(text, seed, **asked):
    """Compare with the whole game; how many parameters have a turn. None where nobody decides."""
    solution = solve(compile_game(loads(twisted(text))), others=0)
    known = list(decisions(solution))
    if not known or solution.status != "solved":
        return None
    node = known[seed % len(known)]
    found = turns(
        solution,
        node,
        *closest(solution, node),
        points=POINTS,
        tolerance=TOLERANCE,
        threads=1,
        **asked,
    )
    for turn in found.parameters:
        expected = {}
        for end in turn.range:
            rings = np.linspace(turn.value, end, POINTS + 1)
            odds = [whole(solution, node, found, turn.parameter, x) for x in rings]
            if not np.isfinite(odds).all():
                assert turn.parameter == "slip"  # which priors read
                return None
            seen = {round(look.value, 9): look.log_odds for look in turn.looks}
            pairs = zip(np.round(rings, 9), odds, strict=True)
            common = [(seen[x], f) for x, f in pairs if x in seen]
            assert len(common) > 1
            np.testing.assert_allclose(*zip(*common, strict=True), atol=1e-7)
            over = next((k for k, f in enumerate(odds) if f > LEVEL), None)
            if over is not None:
                expected[end > turn.value] = (rings[over - 1], rings[over])
        places = {at > turn.value: at for at in (turn.turn, turn.also) if at is not None}
        assert set(places) == set(expected)
        for side, at in places.items():
            near, far = expected[side]
            assert min(near, far) - 1e-9 <= at <= max(near, far) + 1e-9 and at != near
        if turn.turn is not None:
            assert whole(solution, node, found, turn.parameter, turn.turn) > LEVEL / 2
            assert whole(solution, node, found, turn.parameter, turn.inner) < 2 * LEVEL
    return sum(turn.turn is not None for turn in found.parameters)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(25))
def test_public_games(seed):
    check(invent(seed), seed)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(25))
def test_games_with_types(seed):
    check(invent_typed(seed, redraws=seed % 2 == 0), seed)


def test_some_of_either_kind_that_turn():
    assert check(invent(19), 19, parameters=["twist"]) == 1
    assert check(invent_typed(11), 11, parameters=["twist"]) == 1
