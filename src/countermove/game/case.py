"""What an inspection of a game shares: the case, and faults put into words."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from countermove.errors import Diagnostic, Location
from countermove.game.lookups import Types
from countermove.game.paths import Trail
from countermove.game.world import ScenarioWorld
from countermove.language.expressions import Expression
from countermove.language.model import Policy

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Case:
    """What is inspected, and which of its states the values in force reach."""

    world: ScenarioWorld
    policy: Policy | None
    trail: Trail
    odds: Mask  # the places of the flat vector that hold probabilities

    def narrow(self, found: Mask, period: int, k: int) -> Mask:
        """Those states of a mask that can be there before step k; masks are [S]."""
        return found & self.trail.reached(period, k) if found.any() else found


def diagnose(expression: Expression | None, code: str, message: str, **more: object) -> Diagnostic:
    """A fault of an expression, at its place and with its text."""
    location = expression.location if expression is not None else Location()
    text = expression.text if expression is not None else ""
    return Diagnostic(code, message, location, text=text, **more)  # type: ignore[arg-type]


def state_in_words(world: ScenarioWorld, state: int, types: Types = ()) -> str:
    """A state in words, and the types of some players."""
    scenario = world.structure.scenario
    row = world.structure.levels[state]
    named = zip(scenario.variables, row, strict=False)
    words = [f"{v.name} {v.levels[int(level)]}" for v, level in named]
    words += [f"type({p}) {scenario.player(p).types[k]}" for p, k in types]
    return ", ".join(words)
