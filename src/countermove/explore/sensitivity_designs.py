"""Points of the unit cube for analyses that need worlds of their own kind: Saltelli's, Morris's."""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Iterator

import numpy as np

from countermove.errors import InvalidRequest, unknown
from countermove.explore.objectives_values import BoolArray, FloatArray

DESIGNS = ("saltelli", "morris")
LEVELS = 4  # of Morris's grid
STEP = 0.5  # how far a parameter moves there, as a share of its range
_FEWEST = 2  # base points or trajectories: with one there is no spread to estimate


def design(method: str, n_parameters: int, n: int, seed: int = 0) -> FloatArray:
    """A whole design of at most n worlds, [W, D] in the unit cube; its rows must stay in order.

    ``saltelli``: B x (D + 2) worlds, B the greatest power of two that fits. ``morris``: R x (D + 1)
    worlds. Raises ``UnknownName`` for another method, and ``InvalidRequest`` where n is too small.
    """
    if method not in DESIGNS:
        raise unknown("design", method, DESIGNS)
    if n_parameters < 1:
        raise InvalidRequest("a design needs at least one uncertain parameter")
    block = n_parameters + (2 if method == "saltelli" else 1)
    if n < _FEWEST * block:
        raise InvalidRequest(
            f"a {method} design of {n_parameters} parameters comes in blocks of {block} worlds and "
            f"needs {_FEWEST} of them at least, better 16 and more: ask for {_FEWEST * block} "
            f"worlds or more, not {n}"
        )
    if method == "saltelli":
        return saltelli_points(n_parameters, 2 ** int(np.log2(n // block)), seed)
    return morris_points(n_parameters, n // block, seed)


def saltelli_points(d: int, base: int, seed: int = 0) -> FloatArray:
    """Saltelli's scheme, [base * (d + 2), d]: for each base point A, A with one of B's, B.

    Scrambled Sobol points; ``base`` should be a power of two. For first and total order indices
    (Saltelli et al. 2010, Computer Physics Communications 181). Points come from SALib.
    """
    from SALib.sample import sobol

    found: FloatArray = sobol.sample(
        problem(d), base, calc_second_order=False, scramble=True, seed=np.random.default_rng(seed)
    )
    return found


def morris_points(d: int, trajectories: int, seed: int = 0) -> FloatArray:
    """Trajectories in which one parameter after another moves, [trajectories * (d + 1), d].

    Morris (1991), Technometrics 33, on four levels, from SALib. The levels are moved from 0, 1/3,
    2/3, 1 to the middles of four equal cells, 1/8 to 7/8: the ends of the unit interval would stand
    for the ends of a distribution, which may have none. Each step is half of the range.
    """
    from SALib.sample import morris

    with quiet():
        levels = morris.sample(problem(d), trajectories, num_levels=LEVELS, seed=seed + 1)
    found: FloatArray = (np.round(levels * (LEVELS - 1)) + 0.5) / LEVELS
    return found


def problem(d: int) -> dict[str, object]:
    """SALib's description of d parameters in the unit cube; it forbids some names, so none ours."""
    return {"num_vars": d, "names": [f"x{i}" for i in range(d)], "bounds": [[0.0, 1.0]] * d}


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Keep SALib from changing NumPy's global generator and how warnings are shown.

    On one thread: for its many small products, several take up to thirty times as long. Its seeds
    are whole numbers above 0: it takes 0 for none, and some versions take no generator.
    """
    from threadpoolctl import threadpool_limits

    state, shown = np.random.get_state(), warnings.formatwarning
    try:
        # recorded, because it sets filters of its own
        with warnings.catch_warnings(record=True), threadpool_limits(1, "blas"):
            warnings.simplefilter("ignore")
            yield
    finally:
        np.random.set_state(state)
        warnings.formatwarning = shown


def check_saltelli(x: FloatArray) -> None:
    """Raise ``InvalidRequest`` unless worlds [W, D], in order, follow Saltelli's scheme.

    Each block must hold A, then A with B's j-th parameter for each j, then B: a mistake in the
    order of worlds or parameters would give figures that look right.
    """
    block = x.shape[1] + 2
    if len(x) % block or not len(x):
        raise InvalidRequest(_NOT_WHOLE.format("Saltelli", len(x), block))
    blocks = x.reshape(-1, block, x.shape[1])
    expected = np.repeat(blocks[:, :1], block, axis=1)
    expected[:, -1] = blocks[:, -1]
    for j in range(x.shape[1]):
        expected[:, j + 1, j] = blocks[:, -1, j]
    if not np.array_equal(blocks, expected):
        raise InvalidRequest(_NOT_A_DESIGN.format("Saltelli", "saltelli"))


def check_morris(x: FloatArray) -> FloatArray:
    """The trajectories [W, D] with pinned parameters moved in their turn; raises as above.

    In each step one parameter moves, and each once. A view may pin parameters: in their steps
    nothing moves, and these are given to the pinned parameters in order (no matter which: nothing
    they do has an effect).
    """
    d = x.shape[1]
    if len(x) % (d + 1) or not len(x):
        raise InvalidRequest(_NOT_WHOLE.format("Morris", len(x), d + 1))
    pinned = np.flatnonzero(constant(x))
    whole = x.copy()
    for first in range(0, len(x), d + 1):
        trajectory = whole[first : first + d + 1]
        moved = trajectory[1:] != trajectory[:-1]
        still = np.flatnonzero(~moved.any(axis=1))
        each_once = (moved.sum(axis=1) <= 1).all() and (
            np.delete(moved, pinned, 1).sum(0) == 1
        ).all()
        if not each_once or len(still) != len(pinned):
            raise InvalidRequest(_NOT_A_DESIGN.format("Morris", "morris"))
        for parameter, step in zip(pinned, still, strict=True):
            trajectory[: step + 1, parameter], trajectory[step + 1 :, parameter] = 0.0, 1.0
    return whole


def constant(x: FloatArray) -> BoolArray:
    """[D]: the parameters that are the same in all worlds."""
    same: BoolArray = (x == x[:1]).all(axis=0)
    return same


_NOT_WHOLE = (
    "a {} design comes in whole blocks, and {:,} worlds are no multiple of {}; finish the "
    "exploration, or use --method pawn"
)
_NOT_A_DESIGN = (
    "the worlds are no {} design over these parameters; explore with --method {}, or use "
    "--method pawn, which takes any worlds"
)
