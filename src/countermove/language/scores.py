"""Scores and goals: measures weighed into one number, and what of a measure is good enough."""

from __future__ import annotations

from countermove.language.calls import Piece, read_call
from countermove.language.declare import Declared
from countermove.language.formulas import Reading
from countermove.language.model import Goal, Score
from countermove.language.sections import number_of, read_cites, read_note
from countermove.language.tree import Entry, Leaf, child, entries, text_of


def read_scores(declared: Declared, reading: Reading) -> dict[str, Score]:
    """The scores, by name; the measures that they weigh must exist."""
    return {entry.key: _score(entry, declared, reading) for entry in declared.entries("scores")}


def read_goals(declared: Declared, reading: Reading) -> dict[str, Goal]:
    """The goals, by name; each is about a measure, a payoff or a score."""
    found = {}
    for entry in declared.entries("goals"):
        goal = _goal(entry, declared, reading)
        if goal is not None:
            found[entry.key] = goal
    return found


def _score(entry: Entry, declared: Declared, reading: Reading) -> Score:
    weights: dict[str, float] = {}
    given = entries(child(entry.value, "weights"))
    for weight in given:
        key = _key(Piece(weight.key, weight.location), declared, reading)
        number = number_of(weight.value)
        if key is not None and number is not None:
            weights[key] = number
    if all(number_of(weight.value) == 0 for weight in given):
        _weighs_nothing(entry, reading)
    return Score(
        entry.key,
        weights,
        text_of(child(entry.value, "title")),
        _player(child(entry.value, "player"), reading),
        read_note(entry.value),
        read_cites(entry.value, reading.claims, reading.faults),
        entry.location,
    )


def _weighs_nothing(entry: Entry, reading: Reading) -> None:
    weights = child(entry.value, "weights")
    if weights is None:
        return  # a key that is missing has been reported
    reading.faults.add(
        "CM219",
        f"the score {entry.key!r} gives no measure a weight, so that it is always 0",
        weights.location,
        expected="at least one weight that is not 0",
        remedy="weigh a measure: weights: {war: -1}; below 0 where more of it is worse",
    )


def _player(tree: object, reading: Reading) -> str:
    if not isinstance(tree, Leaf) or not text_of(tree):
        return ""
    known = list(reading.scope.players)
    if tree.text in known:
        return tree.text
    if tree.text not in reading.scope.faulty:
        reading.faults.unknown("CM059", "player", tree.text, known, tree.location)
    return ""


def _goal(entry: Entry, declared: Declared, reading: Reading) -> Goal | None:
    named = child(entry.value, "measure")
    low = number_of(child(entry.value, "at_least"))
    high = number_of(child(entry.value, "at_most"))
    _check_ends(entry, low, high, reading)
    if not isinstance(named, Leaf) or not isinstance(named.value, str):
        return None
    key = _key(Piece(named.text, named.location), declared, reading, scores=True)
    if key is None:
        return None
    return Goal(
        entry.key,
        key,
        high,
        low,
        text_of(child(entry.value, "title")),
        read_note(entry.value),
        read_cites(entry.value, reading.claims, reading.faults),
        entry.location,
    )


def _check_ends(entry: Entry, low: float | None, high: float | None, reading: Reading) -> None:
    """Report a goal with no end, and one whose ends leave nothing between them."""
    ends = [child(entry.value, key) for key in ("at_least", "at_most")]
    if ends == [None, None]:
        reading.faults.add(
            "CM220",
            f"the goal {entry.key!r} does not say what is good enough",
            entry.location,
            expected="at_most: a number, at_least: a number, or both",
            remedy="add 'at_most:' or 'at_least:'",
        )
    elif low is not None and high is not None and low > high and ends[0] is not None:
        reading.faults.add(
            "CM220",
            f"nothing is at least {low:g} and at most {high:g}",
            ends[0].location,
            text=f"{low:g}",
            expected="at_least below at_most",
            remedy="swap the two numbers",
        )


def _key(piece: Piece, declared: Declared, reading: Reading, *, scores: bool = False) -> str | None:
    """The name of a measure, ``payoff(player)`` or ``score(name)``; a fault where it is none."""
    known = {"payoff": ("player", list(reading.scope.players))}
    if scores:
        known["score"] = ("score", declared.names("scores"))
    call = read_call(piece)
    if call is not None and call[0].text in known and len(call[1]) == 1:
        function, (argument,) = call[0].text, call[1]
        kind, names = known[function]
        if argument.text in names:
            return f"{function}({argument.text})"
        if argument.text not in reading.scope.faulty:
            reading.faults.unknown("CM059", kind, argument.text, names, argument.location)
        return None
    measures = declared.names("measures")
    if piece.text in measures:
        return piece.text
    others = [f"{function}({name})" for function, (_, names) in known.items() for name in names]
    reading.faults.unknown("CM059", "measure", piece.text, measures + others, piece.location)
    return None
