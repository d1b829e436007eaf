"""The order of play, drawn in text: the steps of one period from top to bottom."""

from __future__ import annotations

import textwrap

from countermove.language import words
from countermove.language.model import Scenario
from countermove.report.prose import StepWords, order_words

_MARKS = {"move": "●", "joint": "◉", "event": "◇"}
_VERBS = {"move": "chooses", "joint": "choose at once", "event": "happens"}


def drawn(scenario: Scenario, *, width: int = 100) -> tuple[str, ...]:
    """Lines of text: ``●`` a move, ``◉`` several at once, ``◇`` chance, ``■`` the period's end."""
    inner = max(min(width, 110) - 6, 30)
    lines = [f"┌─▶ each {words.step(scenario.calendar)} ({words.span(scenario.calendar)})"]
    for number, step in enumerate(order_words(scenario), start=1):
        lines += ["│   │", *_step_lines(number, step, inner)]
    lines += ["│   │", "│   ■ the period ends: interests are paid, measures are read"]
    if scenario.ends is not None:
        lines.append(f"│     the game is over once {scenario.ends.text}: payoffs stop there,")
        lines.append("│     and measures go on with the levels as they were")
    lines.append("└───┘")
    return tuple(lines)


def _step_lines(number: int, step: StepWords, width: int) -> list[str]:
    head = f"{number}. {step.title} {_VERBS[step.kind]}"
    body = [f"only if {step.when}"] if step.when else []
    body += [step.does] if step.does else []
    wrapped = [line for part in body for line in textwrap.wrap(part, width)]
    return [f"│   {_MARKS[step.kind]} {head}", *(f"│   │   {line}" for line in wrapped)]
