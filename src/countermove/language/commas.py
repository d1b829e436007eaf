"""YAML's silent trap: an unquoted expression with commas inside braces or brackets is cut up.

``{war: where(x == y, 1, 0)}`` loads as the three keys ``war``, ``1`` and ``0)``. Such pieces are
reported once and put together again, so that the rest of the file is checked as it was meant.
"""

from __future__ import annotations

from countermove.language.faults import Faults
from countermove.language.tree import Leaf, Tree


def mend_commas_in_map(pairs: list[tuple[Tree, Tree]], faults: Faults) -> list[tuple[Tree, Tree]]:
    """The pairs of a flow map with cut expressions put together and reported."""
    mended: list[tuple[Tree, Tree]] = []
    at = 0
    while at < len(pairs):
        key, value = pairs[at]
        at += 1
        if _opens(value):
            pieces: list[Tree] = []
            while at < len(pairs) and _unclosed([value, *pieces]) and _is_bare_key(pairs[at]):
                pieces.append(pairs[at][0])
                at += 1
            if pieces:
                value = _joined(value, pieces, faults)
        mended.append((key, value))
    return mended


def mend_commas_in_items(found: list[Tree], faults: Faults) -> tuple[Tree, ...]:
    """The items of a flow list with cut expressions put together and reported."""
    mended: list[Tree] = []
    at = 0
    while at < len(found):
        value = found[at]
        at += 1
        if _opens(value):
            parts: list[Tree] = []
            while at < len(found) and _unclosed([value, *parts]) and isinstance(found[at], Leaf):
                parts.append(found[at])
                at += 1
            if parts:
                value = _joined(value, parts, faults)
        mended.append(value)
    return tuple(mended)


def _opens(tree: Tree) -> bool:
    return isinstance(tree, Leaf) and tree.plain and tree.text.count("(") > tree.text.count(")")


def _unclosed(trees: list[Tree]) -> bool:
    text = "".join(tree.text for tree in trees if isinstance(tree, Leaf))
    return text.count("(") > text.count(")")


def _is_bare_key(pair: tuple[Tree, Tree]) -> bool:
    key, value = pair
    return isinstance(key, Leaf) and isinstance(value, Leaf) and value.text == "" and value.plain


def _joined(first: Tree, pieces: list[Tree], faults: Faults) -> Leaf:
    assert isinstance(first, Leaf)
    text = ", ".join([first.text, *(piece.text for piece in pieces if isinstance(piece, Leaf))])
    faults.add(
        "CM006",
        "YAML cuts this expression at its commas",
        first.location,
        text=text,
        expected="a quoted expression, or one that stands in a block",
        remedy=f'write "{text[:80]}" in quotation marks',
    )
    return Leaf(text, text, first.location)
