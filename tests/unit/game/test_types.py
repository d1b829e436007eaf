"""Private types: columns, weights by belief, grids, redraws, and what is asked of beliefs."""

import re
from dataclasses import replace

import numpy as np
import pytest

from countermove.errors import InvalidRequest, SizeLimitError, UnknownName
from countermove.game import compile as compile_game
from countermove.game.columns import payoffs_at, read_value
from countermove.language import loads
from countermove.language.expressions import Compare, LevelPosition, Number
from countermove.language.model import Measure
from unit.game.typed_scenarios import (
    PLAIN,
    bluff,
    by_type,
    expression,
    halves,
    measuring,
)

OPEN = expression(Compare("==", LevelPosition("crisis"), Number(2.0)))


def names(game):
    return [c.name for c in game.columns]


def charges(numbers, column):
    """(profile, value at the start, weight [B]) of each charge on a column."""
    a = numbers.arrays
    return [
        (int(a.charge_action[k]), float(a.charge[0, k]), a.charge_weight[k])
        for k in np.flatnonzero(a.charge_column == column)
    ]


def test_a_payoff_column_for_each_type():
    game = compile_game(bluff())
    assert names(game)[:3] == ["us[resolved]", "us[bluffing]", "iran"]
    assert game.n_payoffs == 3
    assert game.players == ("us", "iran")
    assert game.fixed.tolist()[:4] == [[0], [1], [-1], [-1]]
    assert game.world.owner.tolist() == [0, 0, -1, -1, -1]
    head = game.world.steps[0]
    assert head.movers[0].types == ("resolved", "bluffing")
    assert head.width == 4
    arrays = game.world.at(0).steps[0].arrays
    assert (arrays.column.tolist(), arrays.axis.tolist()) == ([0], [0])
    arrays = game.world.at(0).steps[1].arrays
    assert (arrays.column.tolist(), arrays.axis.tolist()) == ([2], [-1])


def test_costs_by_type_are_the_own_or_weighed_by_the_belief():
    game = compile_game(bluff())
    points = game.beliefs.axes[0].points
    numbers = game.world.at(0).steps[0]
    for column, loss in ((0, 0.1), (1, 0.9)):
        ((action, value, weight),) = charges(numbers, column)
        assert (action, value) == (1, -loss)
        assert (weight == 1.0).all()
    for (action, value, weight), loss, k in zip(
        charges(numbers, 2), (2.0, 3.0), (0, 1), strict=True
    ):
        assert (action, value) == (1, -loss)
        assert weight == pytest.approx(points[:, k])


def test_interests_by_type_are_the_own_or_typed_flows():
    game = compile_game(bluff())
    points = game.beliefs.axes[0].points
    for period, honour in ((0, 0.0), (1, 1.0)):
        numbers = game.world.at(period)
        for s in range(game.n_states):
            worry = {"calm": 0, "threatened": 1, "open": 2}[game.state(s)["crisis"]]
            assert numbers.add[s, 0] == pytest.approx(0.1 * worry + 0.1 * honour)
            assert numbers.add[s, 1] == pytest.approx(0.9 * worry + 0.9 * honour)
            assert numbers.add[s, 2] == 0.0
            assert numbers.typed_value[s] == pytest.approx([0.1 * worry, 0.9 * worry])
        assert numbers.typed_column.tolist() == [2, 2]
        assert numbers.typed_weight == pytest.approx(points.T)


def test_flows_of_two_types_at_once():
    game = compile_game(bluff(iran=True))
    assert names(game)[:5] == [
        "us[resolved]",
        "us[bluffing]",
        "iran[low]",
        "iran[mid]",
        "iran[high]",
    ]
    assert game.beliefs.sizes == (6, 7)  # the prior of us is inserted, and that of iran is
    numbers = game.world.at(0)
    us = game.beliefs.probabilities(0)
    for k, scale in enumerate((1.0, 10.0, 100.0)):
        its = np.flatnonzero(numbers.typed_column == 2 + k)
        assert numbers.typed_value[0, its] == pytest.approx([0.1 * scale, 0.9 * scale])
        assert numbers.typed_weight[its] == pytest.approx(us.T)


def test_a_measure_given_a_type_has_a_column_for_each():
    war = Measure("war", "ever", "ever(open)", OPEN)
    game = compile_game(
        measuring(
            bluff(),
            replace(war, name="given", given_type=("us", "bluffing")),
            Measure("by_then", "first", "first(open)", OPEN, given_type=("us", "resolved")),
        )
    )
    assert names(game)[3:] == [
        "given[resolved]",
        "given[bluffing]",
        "by_then[resolved]",
        "by_then[bluffing]",
        "by_then/time[resolved]",
        "by_then/time[bluffing]",
    ]
    assert game.fixed[3:, 0].tolist() == [0, 1] * 3
    assert game.readings["given"].value == 4
    assert (game.readings["by_then"].value, game.readings["by_then"].time) == (5, 7)


def test_payoffs_are_read_by_the_prior_or_given_a_type():
    def payoff(player, name, given=None):
        return Measure(name, "payoff", "", player=player, given_type=given)

    game = compile_game(
        measuring(
            bluff(iran=True),
            payoff("us", "all"),
            payoff("us", "own", ("us", "bluffing")),
            payoff("us", "other", ("iran", "mid")),
            payoff("iran", "late", ("us", "resolved")),
            payoff("us", "all_again"),
        )
    )
    # Columns 5 to 10: us's payoff by both types, the later axis (iran's) fastest.
    assert game.fixed[5:11].tolist() == [[i, j] for i in (0, 1) for j in (0, 1, 2)]
    assert game.fixed[11:].tolist() == [[i, j] for i in (0, 1) for j in (0, 1, 2)]
    assert game.world.owner[5:].tolist() == [0] * 6 + [1] * 6
    row = np.arange(len(game.columns), dtype=np.float64)
    found = {n: read_value(r, row, game.beliefs) for n, r in game.readings.items()}
    assert found == pytest.approx(
        {
            "all": 0.4 * 0 + 0.6 * 1,
            "own": 1.0,
            "other": 0.4 * 6 + 0.6 * 9,
            "late": 0.5 * 11 + 0.25 * 12 + 0.25 * 13,
            "all_again": 0.6,
        }
    )
    assert payoffs_at(game.columns, row, game.beliefs) == pytest.approx(
        {"us": 0.6, "iran": 0.5 * 2 + 0.25 * 3 + 0.25 * 4}
    )


def test_a_payoff_given_anothers_type_ends_as_payoffs_do():
    ending = replace(
        measuring(bluff(), Measure("p", "payoff", "", player="us", given_type=("us", "bluffing"))),
        ends=OPEN,
    )
    ending = measuring(
        ending, Measure("q", "payoff", "", player="iran", given_type=("us", "bluffing"))
    )
    game = compile_game(ending)
    numbers = game.world.at(0)
    over = numbers.over != 0
    assert over.any()
    assert not over.all()
    q = game.readings["q"].value
    assert q >= game.n_payoffs
    assert (numbers.keep[over, q] == 0).all()
    assert (numbers.keep[~over, q] == 1).all()
    assert numbers.add[over, q] == pytest.approx([1.8])  # by its type, no weights


def test_beliefs_as_measures():
    game = compile_game(
        measuring(
            bluff(),
            Measure("last", "final_belief", "", player="us", type="bluffing"),
            Measure(
                "after",
                "belief_after",
                "",
                player="us",
                type="bluffing",
                actor="us",
                action="threaten",
            ),
        )
    )
    bluffing = game.beliefs.axes[0].points[:, 1]
    column = game.readings["last"].value
    (at,) = np.flatnonzero(game.world.at(1).typed_column == column)
    for period, value in ((0, 0.0), (1, 1.0)):
        numbers = game.world.at(period)
        assert (numbers.typed_value[:, at] == value).all()
        assert numbers.typed_weight[at] == pytest.approx(bluffing)
        assert not numbers.add[:, column].any()
    reading = game.readings["after"]
    numbers = game.world.at(0).steps[0]
    ((action, value, weight),) = charges(numbers, reading.value)
    assert (action, value) == (1, 1.0)
    assert weight == pytest.approx(bluffing)
    ((action, value, weight),) = charges(numbers, reading.over)
    assert (action, value, set(weight)) == (1, 1.0, {1.0})


def test_costs_of_outcomes_are_weighed_too():
    scenario = bluff()
    election = scenario.events[0]
    outcomes = election.effects[0]
    outcome = replace(outcomes.outcomes[0], costs={"iran": expression(by_type("us", 4.0, 6.0))})
    election = replace(election, effects=(replace(outcomes, outcomes=(outcome,)),))
    game = compile_game(replace(scenario, events=(election,)))
    numbers = game.world.at(0).steps[2]
    found = charges(numbers, 2)
    assert [value for _, value, _ in found] == pytest.approx([-4 * 0.3, -6 * 0.3])
    assert np.array([w for _, _, w in found]) == pytest.approx(game.beliefs.axes[0].points.T)
    hung = game.world.on_branches(2)
    assert sorted(set(hung[0][1].tolist())) == [-4.0, 0.0]
    assert sorted(set(hung[1][1].tolist())) == [-6.0, 0.0]


def test_redraws_are_told_by_the_successor():
    game = compile_game(bluff(halves(stops=True)))
    numbers = game.world.at(0).steps[2]
    point = game.beliefs.axes[0].index([0.5, 0.5])
    assert [(r.point, r.stops) for r in numbers.redraws] == [((point,), (True,))]
    arrays, n = numbers.arrays, game.n_states
    drawn = arrays.successor >= n
    assert arrays.odds[drawn] == pytest.approx(0.3)
    assert arrays.odds[~drawn] == pytest.approx(0.7)
    assert (numbers.happened[drawn] == 1).all()
    # At calm the outcome leaves the state as it is, yet is told apart from nothing.
    calm = arrays.successor[arrays.pointer[game.start] : arrays.pointer[game.start + 1]]
    assert sorted(calm.tolist()) == [game.start, game.start + n]
    assert not game.world.at(0).steps[0].redraws


def test_an_event_may_redraw_whenever_it_comes_up():
    game = compile_game(bluff(always=halves()))
    numbers = game.world.at(0).steps[2]
    assert (numbers.arrays.successor >= game.n_states).all()
    assert (numbers.happened == 1).all()
    assert [r.stops for r in numbers.redraws] == [(False,)]


def test_of_two_redraws_the_last_tells_the_type_and_a_succession_that_stopped_has():
    certain = replace(halves(), distribution=(expression(Number(1.0)), expression(Number(0.0))))
    game = compile_game(bluff(certain, always=halves(stops=True)))
    numbers = game.world.at(0).steps[2]
    axis = game.beliefs.axes[0]
    half, sure = axis.index([0.5, 0.5]), axis.index([1.0, 0.0])
    found = {(r.point[0], r.stops[0]) for r in numbers.redraws}
    assert found == {(half, True), (sure, True)}
    by_number = [r.point[0] for r in numbers.redraws]
    which = numbers.arrays.successor // game.n_states - 1
    assert numbers.arrays.odds[which == by_number.index(sure)] == pytest.approx(0.3)
    assert numbers.arrays.odds[which == by_number.index(half)] == pytest.approx(0.7)


def test_grids_have_the_prior_and_the_redraws():
    game = compile_game(bluff(halves()), set={"bold": 0.3})
    points = game.beliefs.axes[0].points
    assert points[:, 0] == pytest.approx([1, 0.75, 0.5, 0.3, 0.25, 0])
    assert game.beliefs.start == 3
    again = game.replace(parameters={"bold": 0.6})
    assert again.beliefs.axes[0].points[again.beliefs.start] == pytest.approx([0.6, 0.4])


def test_beliefs_and_points_that_are_asked_for():
    game = compile_game(bluff(), beliefs={"us": {"resolved": 0.7}}, belief_points=2)
    assert game.beliefs.sizes == (11,)  # nine even points, the prior, and where it starts
    assert game.beliefs.axes[0].points[game.beliefs.start] == pytest.approx([0.7, 0.3])
    again = game.replace(parameters={"bold": 0.3})
    assert again.beliefs.sizes == (11,)
    assert again.beliefs.axes[0].points[again.beliefs.start] == pytest.approx([0.7, 0.3])
    assert compile_game(bluff(), belief_points={"us": 3}).beliefs.sizes == (4,)


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"beliefs": {"su": {}}}, UnknownName, "no player with types 'su' (known: us)"),
        ({"beliefs": {"iran": {}}}, UnknownName, "no player with types 'iran'"),
        ({"beliefs": {"us": {"resolve": 1}}}, UnknownName, "did you mean 'resolved'"),
        ({"beliefs": {"us": {"resolved": 1.5}}}, InvalidRequest, "probabilities from 0 to 1"),
        ({"beliefs": {"us": {}}}, InvalidRequest, "beliefs about 'us' add up to 0, not 1"),
        (
            {"beliefs": {"us": {"resolved": 0.5, "bluffing": 0.4}}},
            InvalidRequest,
            "beliefs about 'us' add up to 0.9, not 1 (types: resolved, bluffing)",
        ),
        ({"belief_points": 0}, InvalidRequest, "must multiply the cells by 1 or more, not 0"),
        ({"belief_points": {"us": 1}}, InvalidRequest, "must be at least 2 along each edge"),
        ({"belief_points": {"iran": 3}}, UnknownName, "no player with types 'iran'"),
    ],
)
def test_requests_that_are_refused(options, error, message):
    with pytest.raises(error, match=re.escape(message)):
        compile_game(bluff(), **options)


def test_of_a_player_bound_everywhere_nothing_is_learnt():
    game = compile_game(bluff(halves()), policy="hush")
    axis = game.beliefs.axes[0]
    assert axis.still
    assert sorted(axis.points[:, 0].tolist()) == [0.4, 0.5]
    assert axis.points[axis.prior] == pytest.approx([0.4, 0.6])
    partly = compile_game(bluff(), policy="shy").beliefs.axes[0]
    assert not partly.still
    assert not compile_game(bluff()).beliefs.axes[0].still


def test_memory_counts_belief_points():
    plain, typed = compile_game(loads(PLAIN)), compile_game(bluff(iran=True), belief_points=4)
    assert typed.predicted_bytes > 50 * plain.predicted_bytes
    message = "Each state comes with .* belief points .*of 'us'.*: lower `belief_points`"
    with pytest.raises(SizeLimitError, match=f"CM109: .*{message}"):
        compile_game(bluff(iran=True), belief_points=50, max_memory="1MB")


def test_untyped_games_have_one_belief_point():
    game = compile_game(loads(PLAIN))
    assert game.beliefs.size == 1
    assert game.fixed.shape == (len(game.columns), 0)
    numbers = game.world.at(0)
    assert numbers.typed_weight.shape == (0, 1)
    assert numbers.steps[2].arrays.charge_weight.tolist() == [[1.0]]


def test_types_in_tables_too_large_to_keep_whole(monkeypatch):
    def everything():
        game = compile_game(bluff(halves(stops=True), iran=True))
        for period in (0, 1):
            numbers = game.world.at(period)
            yield numbers.add.copy()
            yield numbers.typed_value.copy()
            for step in numbers.steps:
                yield step.arrays.charge.copy()

    whole = list(everything())
    monkeypatch.setattr("countermove.game.tables.DENSE_ROWS", 1)
    parts = list(everything())
    assert len(whole) == len(parts)
    for one, other in zip(whole, parts, strict=True):
        np.testing.assert_array_equal(one, other)
