"""A generated scenario of 1,500 states for the benchmark of many small games."""

from __future__ import annotations

import numpy as np

_PLAYERS = 4
_ACTIONS = 5
_VARIABLES = {"unrest": 15, "alarm": 10, "forces": 10}
_PARAMETERS = 12


def scenario(*, periods: int = 24, policies: int = 0) -> str:
    """The text of a crisis: 4 players of 5 actions, each with three effects at odds of their own.

    Three effects make 8 successors. Every odds reads parameters and levels, and one in ten time
    as well; with 4 measures there are 8 columns. ``policies`` of the first player forbid it an
    action where unrest is high, each another one or from another level on.
    """
    state = "\n".join(
        f"  {name}: {{levels: 0..{size - 1}, start: {size // 2}}}"
        for name, size in _VARIABLES.items()
    )
    parameters = "\n".join(
        f"  q{i}: {{value: {0.2 + 0.02 * i:.2f}, range: [0.05, 0.6], assumption: true}}"
        for i in range(_PARAMETERS)
    )
    players = "\n".join(_player(i) for i in range(_PLAYERS))
    return f"""\
scenario: many-small-crises
title: A crisis generated to be solved many times over
calendar: {{start: 2020-01-01, step: 1 month, periods: {periods}}}
state:
{state}
parameters:
{parameters}
players:
{players}
measures:
  revolt: ever(unrest >= 11)
  alarmed: mean(alarm)
  forces_left: final(forces)
  first_moves: played(p0, a1)
{_policies(policies)}"""


def draw(rng: np.random.Generator) -> dict[str, float]:
    """New values of all parameters."""
    return {f"q{i}": float(rng.uniform(0.05, 0.6)) for i in range(_PARAMETERS)}


def _policies(number: int) -> str:
    rules = "\n".join(
        f"  c{k}: {{player: p0, rules: [{{when: unrest > {5 + k}, forbid: [a{k % _ACTIONS}]}}]}}"
        for k in range(number)
    )
    return f"policies:\n{rules}\n" if number else ""


def _player(i: int) -> str:
    actions = "\n".join(_action(i, a) for a in range(_ACTIONS))
    return f"""\
  p{i}:
    rationality: {2 + i}
    discount: 0.97
    interests:
      quiet: "{0.1 * (i + 1):.1f} * (6 - unrest) / 6 - 0.2 * (alarm > {4 + i})"
      strength: "where(forces >= {3 + i}, 0.3, 0.1 * q{i})"
    final: {{standing: "(forces - alarm) / 10"}}
    actions:
{actions}"""


def _action(i: int, a: int) -> str:
    effects = "\n".join(
        f'          - {{{variable}: {_shift(i, a, k)}, probability: "{_odds(i, a, k)}"}}'
        for k, variable in enumerate(_VARIABLES)
    )
    cost = f"0.02 * {a} + 0.01 * alarm * q{(i + a) % _PARAMETERS}"
    return f"""\
      a{a}:
        costs: {{p{i}: "{cost}"}}
        effects:
{effects}"""


def _shift(i: int, a: int, k: int) -> int:
    return (-1, 1, -2, 2)[(i + 2 * a + k) % 4]


def _odds(i: int, a: int, k: int) -> str:
    """Of 60 odds 6 read time, each in another action."""
    number = (i * _ACTIONS + a) * len(_VARIABLES) + k
    names = list(_VARIABLES)
    reads, other = names[(k + a) % 3], names[(k + a + 1) % 3]
    first, second = number % _PARAMETERS, (5 * number + 3) % _PARAMETERS
    late = " + 0.01 * period" if number % 10 == 4 else ""
    if number % 2:
        return f"clip(q{first} + 0.03 * {reads} - 0.1 * (q{second} > 0.3){late}, 0.02, 0.98)"
    return f"logistic(4 * q{first} - 2 + 0.1 * ({reads} - {other}) * q{second}{late})"
