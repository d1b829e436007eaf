"""Run by the environment of pygambit: its tracing of the agent logit to one λ, timed, on a tree.

``python peer_gambit.py GAME.npz FOUND.npz``; GAME has ``payoffs`` [L, P] at the L = 2^depth
leaves, ``rationality`` and the path's ``first_step`` and ``growth`` of steps; FOUND gets
``seconds`` and ``strategies`` [L - 1, 2] by node; node n's children are 2n + 1 and 2n + 2. Players
take turns, a level of the tree each.
"""

import sys
import time

import numpy as np
import pygambit


def main(given: str, found: str) -> None:
    """Its tracing through all information sets at once."""
    with np.load(given) as game:
        payoffs, rationality = game["payoffs"], float(game["rationality"])
        steps = {"first_step": float(game["first_step"]), "max_accel": float(game["growth"])}
    tree = _tree(payoffs)
    began = time.perf_counter()
    traced = pygambit.qre.logit_solve_lambda(tree, rationality, **steps)[0]
    seconds = time.perf_counter() - began
    np.savez(found, seconds=seconds, strategies=_strategies(tree, traced, len(payoffs)))


def _tree(payoffs: np.ndarray) -> pygambit.Game:
    """A binary tree of perfect information; an information set's label is its node's number."""
    leaves, n_players = payoffs.shape
    names = [f"p{i}" for i in range(n_players)]
    tree = pygambit.Game.new_tree(players=names)
    level = [tree.root]
    for depth in range(leaves.bit_length() - 1):
        for place, node in enumerate(level):
            tree.append_move(node, names[depth % n_players], ["a0", "a1"])
            node.infoset.label = str(len(level) - 1 + place)
        level = [child for node in level for child in node.children]
    for place, (node, earned) in enumerate(zip(level, payoffs, strict=True)):
        outcome = tree.add_outcome(f"leaf {place}", [float(x) for x in earned])
        tree.set_outcome(node, outcome)
    return tree


def _strategies(tree: pygambit.Game, traced: object, leaves: int) -> np.ndarray:
    """What was found, by node, from the flat list over players, information sets and actions."""
    labels = [int(i.label) for player in tree.players for i in player.infosets]
    if sorted(labels) != list(range(leaves - 1)):
        raise SystemExit("not each node is an information set of its own")
    strategies = np.empty((leaves - 1, 2))
    strategies[labels] = np.array([traced[i] for i in range(len(traced))]).reshape(-1, 2)
    return strategies


if __name__ == "__main__":
    main(*sys.argv[1:])
