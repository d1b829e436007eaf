"""Solutions: labels, how they are shown, and how they were computed."""

import re
from functools import cache

import numpy as np
import pytest

from countermove.errors import InvalidRequest
from countermove.game import compile as compile_game
from countermove.language import loads
from countermove.solve import solve
from oracle.crisis import CRISIS


@cache
def solution():
    return solve(compile_game(loads(CRISIS)))


def test_values_have_labels():
    found = solution()
    values = found.values
    assert values.dims == ("period", "state", "column")
    start = values.isel(period=0).sel(
        state=tuple(found.game.state(found.game.start)[n] for n in found.game.variables)
    )
    assert float(start.sel(column="guard")) == found.payoffs["guard"]
    assert float(start.sel(column="war")) == found.measures["war"].value
    # One state begins the game; from others nothing is claimed.
    assert int(np.isfinite(values[0]).all("column").sum()) == 1


def test_states_can_be_chosen_by_level():
    strategy = solution().strategies["raider"]
    tense = strategy.sel(tension="3", period="4")
    assert tense.sizes["state"] > 1
    shares = tense.sum("action", skipna=False).to_numpy()
    assert shares[np.isfinite(shares)] == pytest.approx(1)


def test_strategies_are_distributions_where_players_move():
    for strategy in solution().strategies.values():
        values = strategy.to_numpy()
        moves = np.isfinite(values).all(axis=2)
        assert np.isnan(values[~moves]).all()
        assert moves.any()
        assert values[moves].sum(axis=1) == pytest.approx(1, abs=1e-14)
        assert (values[moves] >= 0).all()


def test_a_second_visit_is_apart():
    assert list(solution().strategies) == ["raider", "guard", "raider#2"]
    assert solution().game.labels == ("raider", "guard", "raider#2")


def test_names_that_are_also_axes():
    found = solve(compile_game(loads(CRISIS.replace("rule", "column"))))
    assert found.states.names == ["tension", "raid", "column_", "last(guard)"]
    assert found.payoffs == solution().payoffs


@pytest.mark.parametrize("threads", [1, None])
@pytest.mark.parametrize("keep", [True, False])
def test_the_way_it_is_computed_changes_nothing(threads, keep):
    found = solve(solution().game, threads=threads, keep_strategies=keep)
    assert found.payoffs == pytest.approx(solution().payoffs, abs=1e-13)
    for label, strategy in solution().strategies.items():
        other = found.strategies[label]
        assert np.allclose(other, strategy, atol=1e-13, equal_nan=True)
    assert found.residual < 1e-12


@pytest.mark.parametrize("threads", [0, -1, 10_000])
def test_threads_that_there_are_not(threads):
    with pytest.raises(InvalidRequest, match=rf"threads must be 1 to \d+: {threads}"):
        solve(solution().game, threads=threads)


def test_threads_are_given_back():
    import numba

    before = numba.get_num_threads()
    solve(solution().game, threads=1)
    assert numba.get_num_threads() == before
    with pytest.raises(ZeroDivisionError):
        solve(solution().game, threads=1, progress=lambda done, of: 1 / 0)
    assert numba.get_num_threads() == before


def test_progress_is_told():
    told = []
    solve(solution().game, progress=lambda done, of: told.append((done, of)))
    assert told == [(1, 4), (2, 4), (3, 4), (4, 4)]


def test_progress_from_a_later_period():
    told = []
    found = solve(compile_game(loads(CRISIS), at=2), progress=lambda *x: told.append(x))
    assert told == [(1, 2), (2, 2)]
    assert found.period_labels == ["3", "4"]


def test_how_it_was_computed():
    found = solution()
    assert found.status == "solved"
    assert 0 <= found.residual < 1e-12
    assert found.wall_time > 0
    assert {"countermove", "python", "numpy", "numba", "llvmlite"} == set(found.versions)
    assert found.parameters == {"success": 0.35}


def test_what_overflows_is_told():
    # Payoffs that are finite a period at a time, but not in all.
    text = CRISIS.replace("calm: -tension", "calm: (1 + tension) * exp(708)")
    found = solve(compile_game(loads(text)))
    assert found.status == "not solved: values that are not finite"


def test_shown_shortly():
    text = repr(solution())
    assert re.match(r"Solution\(Game\('crisis', \d+ states, 4 periods\), solved, residual ", text)
    assert "; war=0." in text
    page = solution()._repr_html_()
    movers, players = len(solution().strategies), len(solution().payoffs)
    assert page.count('<th scope="row"') == len(solution().measures) + movers + players
    assert "<code>played(raider, strike, tension &lt; 2)</code>" in page


SEVEN_PAYOFFS = """
scenario: seven
calendar: {periods: 2}
state:
  heat: {levels: [low, high], start: low}
players:
  one:
    rationality: 1
    types: {keen: 0.4, meek: rest}
    interests: {calm: {by: type, keen: heat == low, meek: heat == high}}
    actions: {wait: {}, push: {effects: [{heat: high}]}}
  two:
    rationality: 1
    types: {keen: 0.3, meek: rest}
    interests: {calm: {by: type, keen: heat == high, meek: heat == low}}
    actions: {wait: {}, push: {effects: [{heat: low}]}}
  three: {interests: {calm: heat == low}, rationality: 1}
  four: {interests: {calm: heat == low}, rationality: 1}
  five: {interests: {calm: heat == low}, rationality: 1}
events:
  election: {redraw: one}
order: [one, two, election]
measures:
  hot: {of: mean(heat == high), given: type(one) == keen}
"""


def test_strategies_found_again_where_types_are_drawn_anew():
    # The seventh payoff's padding ends between the measure's columns, one for each type.
    game = compile_game(loads(SEVEN_PAYOFFS))
    kept = solve(game, keep_strategies=True)
    again = solve(game, keep_strategies=False)
    for mover, sigma in kept.strategies.items():
        np.testing.assert_allclose(again.strategies[mover], sigma, atol=1e-12)
