"""A game as an extensive form in Gambit's ``.efg`` format (EFG 2 R).

The format: https://gambitproject.readthedocs.io/en/latest/formats.efg.html
"""

from __future__ import annotations

from decimal import Context, Decimal

from countermove.errors import wrong_kind
from countermove.game.game import Game
from countermove.interop.nodes import Node, Tree
from countermove.interop.tree import unroll

MAX_NODES = 100_000

_EXACT = Context(prec=1200)  # enough for any sum of floats


def export_efg(game: Game, *, max_nodes: int = MAX_NODES) -> str:
    """The text of an ``.efg`` file that Gambit reads.

    Chance draws the private types first; then follows every play, public but for the types and for
    what those do who move at once. Payoffs add up to the leaves, discounted to the start. A
    player bound by a policy moves as chance does, and who has but one legal action is passed over.
    Rationality and measures have no place in the format: at a node that payoffs reach with
    discount d, the agent logit strategies are softmax(λ / d · Gambit's action values).

    Raises ``SizeLimitError`` where the tree has more than ``max_nodes``, ``InvalidRequest`` for
    a game that goes on for ever, ``TypeError`` for what is no game.
    """
    if not isinstance(game, Game):
        remedy = "countermove.export_efg(countermove.compile(scenario))"
        raise wrong_kind("export_efg", "Game", game, remedy)
    return written(unroll(game, max_nodes=max_nodes), game)


def written(tree: Tree, game: Game) -> str:
    """A tree as text."""
    title = game.scenario.title if game.scenario is not None else game.name
    players = " ".join(quoted(name) for name in tree.players)
    about = [game.name, f"policy {game.policy}" if game.policy else ""]
    about += [f"view {game.view}" if game.view else "", "written by Countermove"]
    lines = [
        f"EFG 2 R {quoted(title)} {{ {players} }}",
        quoted(", ".join(filter(None, about))),
        "",
    ]
    numbers = _numbers_by_player(tree)
    chances = ends = 0
    for node in tree.nodes:
        if node.kind == "chance":
            chances += 1
            lines.append(_chance(node, chances))
        elif node.kind == "move":
            lines.append(_move(node, tree, numbers))
        else:
            ends += 1
            lines.append(_end(node, ends, len(tree.players)))
    return "\n".join(lines) + "\n"


def _numbers_by_player(tree: Tree) -> list[int]:
    """The number of each information set among its player's, from 1."""
    counts = [0] * len(tree.players)
    found = []
    for decision in tree.decisions:
        counts[decision.player] += 1
        found.append(counts[decision.player])
    return found


def _chance(node: Node, number: int) -> str:
    shares = probabilities(node.odds)
    options = " ".join(
        f"{quoted(name)} {share}"
        for name, share in zip(_distinct(node.actions), shares, strict=True)
    )
    return f'c "" {number} {quoted(f"{node.label}, {number}")} {{ {options} }} 0'


def _move(node: Node, tree: Tree, numbers: list[int]) -> str:
    player = tree.decisions[node.infoset].player + 1
    actions = " ".join(quoted(name) for name in node.actions)
    number = numbers[node.infoset]
    name = quoted(f"{node.label}, {number}")  # Gambit wants each set of a player's named apart
    return f'p "" {player} {number} {name} {{ {actions} }} 0'


def _end(node: Node, number: int, n_players: int) -> str:
    pays = (*node.pays, *[0.0] * (n_players - len(node.pays)))
    return f't "" {number} "" {{ {", ".join(decimal(Decimal(repr(x))) for x in pays)} }}'


def _distinct(names: tuple[str, ...]) -> tuple[str, ...]:
    """Names told apart by numbers where they are alike."""
    if len(set(names)) == len(names):
        return names
    return tuple(f"{name} ({number})" for number, name in enumerate(names, 1))


def quoted(text: str) -> str:
    """Text in double quotes, on one line."""
    flat = " ".join(text.split())
    return '"' + flat.replace("\\", "\\\\").replace('"', '\\"') + '"'


def decimal(number: Decimal) -> str:
    """A decimal number without an exponent."""
    text = format(number, "f")
    return "0" if not number else text


def probabilities(odds: tuple[float, ...]) -> list[str]:
    """Probabilities as decimals that add up to exactly 1; the likeliest takes what is missing."""
    exact = [Decimal(repr(p)) for p in odds]
    likeliest = max(range(len(odds)), key=lambda i: odds[i])
    rest = Decimal(0)
    for i, p in enumerate(exact):
        if i != likeliest:
            rest = _EXACT.add(rest, p)
    exact[likeliest] = _EXACT.subtract(Decimal(1), rest)
    return [decimal(p) for p in exact]
