"""Run by the environment of sgamesolver: its homotopy to one λ, timed, on a game in a file.

``python peer_sgamesolver.py GAME.npz FOUND.npz``; GAME has ``payoffs`` [S, P, A, A],
``transitions`` [S, A, A, S], ``discount``, ``rationality`` and the path's ``first_step`` and
``growth`` of steps; FOUND gets ``seconds`` and ``strategies`` [S, P, A].
"""

import sys
import time

import numpy as np
from sgamesolver import SGame
from sgamesolver.homotopy import QRE
from sgamesolver.homotopy._qre import ct


def main(given: str, found: str) -> None:
    """Its compiled functions; other parameters as they come."""
    if not ct:
        raise SystemExit("sgamesolver's compiled functions are not installed")
    with np.load(given) as game:
        one = SGame(game["payoffs"], game["transitions"], float(game["discount"]))
        rationality = float(game["rationality"])
        first_step, growth = float(game["first_step"]), float(game["growth"])
    began = time.perf_counter()
    homotopy = QRE(one)
    homotopy.solver_setup(target_lambda=rationality)
    homotopy.solver.set_parameters(verbose=0, ds_initial=first_step, ds_inflation_factor=growth)
    homotopy.solve()
    seconds = time.perf_counter() - began
    if homotopy.equilibrium is None:
        raise SystemExit("sgamesolver did not reach the rationality asked for")
    np.savez(found, seconds=seconds, strategies=homotopy.equilibrium.strategies)


if __name__ == "__main__":
    main(*sys.argv[1:])
