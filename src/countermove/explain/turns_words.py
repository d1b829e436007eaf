"""What would make another action likelier, in sentences that name what they rest on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from countermove.explain.basis import of_parameters
from countermove.explain.record import Sentence
from countermove.explain.turns_record import NO_EFFECT, NO_VALUE, Look, Turn, Turns
from countermove.explain.words import mover_words
from countermove.language.words import (
    chance,
    counted,
    in_period,
    level_number,
    listed,
    number,
    percent,
    plain_name,
    within,
)

ABOUT = "Why not the other"
_NAMED = 6  # parameters that one sentence names at the most


def turns_sentences(turns: Turns) -> tuple[Sentence, ...]:
    """How it stands, what would turn it, what would not, and how that was looked for."""
    return (
        Sentence(ABOUT, _now(turns)),
        *_turning(turns),
        *_without(turns),
        *_still(turns),
        *_unsolved(turns),
        *_beliefs(turns),
        Sentence(ABOUT, _method(turns)),
    )


def rests_on(turns: Turns, text: str, parameters: Iterable[Turn]) -> Sentence:
    """A sentence with the claims and the assumptions that these parameters rest on."""
    rests = of_parameters(turns.scenario, [turn.parameter for turn in parameters])
    return Sentence(ABOUT, text, rests.claims, rests.assumptions)


def _now(turns: Turns) -> str:
    node, scenario = turns.node, turns.scenario
    who = mover_words(scenario, node)
    when = "" if scenario.calendar.forever else f"{in_period(scenario.calendar, node.period)}, "
    said = (
        f"{when}{who} plays {_quoted(turns.this)} with {percent(turns.now.this)} "
        f"({chance(turns.now.this)}) and {_quoted(turns.other)} with "
        f"{percent(turns.now.other)} ({chance(turns.now.other)})."
    )
    return said[0].upper() + said[1:]


def _turning(turns: Turns) -> list[Sentence]:
    found = [
        rests_on(turns, _turn(turns, turn, first=turn is turns.few[0]), [turn])
        for turn in turns.few
    ]
    rest = turns.turning[len(turns.few) :]
    if rest:
        text = (
            f"A greater change of {_names(rest, last='or')} does it, too."
            if len(rest) <= _NAMED
            else f"A greater change of any of {len(rest)} other parameters does it, too."
        )
        found.append(rests_on(turns, text, rest))
    return found


def _turn(turns: Turns, turn: Turn, *, first: bool) -> str:
    """``“threaten” would be likelier than “wait” if war_bluffing were about 0.87 or less, …``."""
    assert turn.turn is not None and turn.move is not None
    beyond = turn.low if turn.move < 0 else turn.high
    said = f"{_quoted(turns.other)} would be likelier than {_quoted(turns.this)} if "
    said = f"{said if first else 'Likewise if '}{turn.parameter} were {_side(turn, turn.turn)}"
    if turn.also is not None:
        said += f", or {_side(turn, turn.also)}"
    said += (
        f", instead of {_value(turn, turn.value)} (range {_range(turn)}): a change of "
        f"{percent(abs(turn.move))} of the range."
    )
    if beyond.turned and beyond.value != turn.turn:
        said += f" At {_value(turn, beyond.value)} it is {_against(beyond)}."
    return said


def _side(turn: Turn, value: float) -> str:
    """``about 0.87 or less``; without the last words where it does not hold beyond."""
    below = value < turn.value
    beyond = [look for look in turn.looks if (look.value < value if below else look.value > value)]
    said = f"about {_value(turn, value)}"
    if not beyond:
        return f"{_value(turn, value)}, the {'lowest' if below else 'highest'} in its range"
    if all(look.turned for look in beyond):
        said += " or less" if below else " or more"
    return said


def _without(turns: Turns) -> list[Sentence]:
    """No such value: said plainly, with what comes nearest to one."""
    none = [turn for turn in turns.parameters if turn.status == NO_VALUE]
    if not none:
        return []
    this, other = _quoted(turns.this), _quoted(turns.other)
    if len(none) <= _NAMED:
        what = f"of {_names(none, last='or')}"
    else:
        what = f"of the {'other ' if turns.turning else ''}{len(none)} parameters"
    plural = "its range" if len(none) == 1 else "their ranges"
    each = "it" if len(none) == 1 else "each"
    text = (
        f"No such value {what} was found in {plural}: moved alone, {each} leaves {this} likelier."
    )
    near = none[0]
    if not turns.turning:
        text += (
            f" {other} comes nearest with {near.parameter} at "
            f"{_value(near, near.nearest.value)}: {_against(near.nearest)}."
        )
    return [rests_on(turns, text, none)]


def _still(turns: Turns) -> list[Sentence]:
    none = [turn for turn in turns.parameters if turn.status == NO_EFFECT]
    if not none:
        return []
    if len(none) <= _NAMED:
        do = "makes" if len(none) == 1 else "make"
        return [rests_on(turns, f"{_names(none)} {do} no difference here.", none)]
    return [rests_on(turns, f"{len(none)} parameters make no difference here.", none)]


def _unsolved(turns: Turns) -> list[Sentence]:
    found = []
    for turn in turns.parameters:
        if turn.unsolved:
            values = [_value(turn, look.value) for look in turn.unsolved]
            text = (
                f"Nothing is known of {turn.parameter} at {listed(values)}: "
                f"{turn.unsolved[0].status}."
            )
            found.append(rests_on(turns, text, [turn]))
    return found


def _beliefs(turns: Turns) -> list[Sentence]:
    moved = [(turn, player) for turn in turns.parameters for player in turn.moved]
    return [
        rests_on(
            turns,
            f"The belief about {within(turns.scenario.player(player).title)} is the prior here, "
            f"and moves with {turn.parameter}.",
            [turn],
        )
        for turn, player in moved
    ]


def _method(turns: Turns) -> str:
    beyond = " (beyond a turn, to the end alone)" if turns.turning else ""
    said = (
        f"Each parameter was moved alone, to {counted(turns.points, 'value')} on either side of "
        f"its present one, as far as the ends of its range{beyond}; the game was solved anew "
        f"{counted(turns.solves, 'time')}. Two changes between neighbouring values that undo each "
        "other would not be seen."
    )
    kept = [name for name in turns.node.beliefs if name not in turns.follows]
    if kept:
        titles = [within(turns.scenario.player(name).title) for name in kept]
        said += f" What is believed about {listed(titles)} stays as it is at the decision."
    return said


def _against(look: Look) -> str:
    return f"{percent(look.other)} against {percent(look.this)}"


def _names(parameters: Sequence[Turn], *, last: str = "and") -> str:
    return listed([turn.parameter for turn in parameters], last=last)


def _value(turn: Turn, value: float) -> str:
    """A value with its unit, exactly where it is an end or the present one, else to about three
    figures; with more where that would not tell it from the present one."""
    exact = f"{level_number(value)} {_unit(turn)}".strip()
    if value in (*turn.range, turn.value):
        return exact
    short = number(value, _unit(turn))
    return exact if short in (number(x, _unit(turn)) for x in (*turn.range, turn.value)) else short


def _unit(turn: Turn) -> str:
    """The unit, unless it would run into the number: ``1 over payoff``."""
    return "" if turn.unit[:1].isdigit() else turn.unit


def _range(turn: Turn) -> str:
    low, high = turn.range
    return f"{level_number(low)} to {level_number(high)} {_unit(turn)}".strip()


def _quoted(name: str) -> str:
    return f"“{plain_name(name)}”"
