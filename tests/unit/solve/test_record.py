"""How fixed points were found is counted, and those that were not found are located."""

import numpy as np

import countermove as cm
from countermove.game.arrays import Move
from countermove.solve.record import ROUTES, UNSOLVED, Found, Record


def bluff(periods: int = 3) -> cm.Game:
    """A mover of two types on four states, whom another answers."""
    rng = np.random.default_rng(5)
    leads = rng.integers(0, 4, (4, 2, 2))
    even = np.full((4, 2, 2), 0.5)
    own = {("us", 0): rng.random((4, 2)), ("us", 1): rng.random((4, 2))}
    return cm.Game.from_arrays(
        players=["us", "them"],
        rationality=[4.0, 4.0],
        discount=[0.9, 0.9],
        periods=periods,
        steps=[Move("us", leads, even, costs=own), Move("them", leads, even)],
        flows=rng.normal(size=(4, 2)),
        types={"us": {"firm": 0.4, "soft": 0.6}},
        belief_points=5,
    )


def test_every_point_is_counted_by_its_route() -> None:
    found = cm.solve(bluff())
    n_points = found.game.world.beliefs.size
    assert found.record.points == 3 * 4 * n_points
    assert found.record.routes[ROUTES.index("belief at a corner")] == 3 * 4 * 2
    assert found.record.n_unsolved == 0
    assert found.residual == found.record.residual < 1e-8


def test_unsolved_points_are_counted_located_and_said() -> None:
    game = bluff()
    record = Record.of(game.world)
    shape = (game.n_states, game.world.beliefs.size)
    found = Found(np.ones(shape, np.uint8), np.zeros(shape))
    found.route[2, 3], found.residual[2, 3] = UNSOLVED, 0.25
    record.note(1, game.world.at(1).steps[0], found)
    assert record.n_unsolved == 1
    assert record.residual == 0.25
    (point,) = record.unsolved
    assert (point.period, point.step, point.state, point.belief) == (1, "us", 2, 3)


def test_a_tally_survives_being_written() -> None:
    record = cm.solve(bluff()).record
    again = Record.of(bluff().world)
    again.take(record.as_plain())
    assert again.as_plain() == record.as_plain()


def test_the_status_tells_of_unsolved_points() -> None:
    from countermove.solve.solve import conclude

    solved = cm.solve(bluff())
    solved.found.record.routes[UNSOLVED] = 2
    told = conclude(solved.game, solved.found, 0.0, 1.0, serial=True)
    assert told.status == f"solved, but for 2 of {solved.record.points:,} fixed points"
    told.refuse_unsolved()  # it is for the reader to judge; only --strict refuses it
