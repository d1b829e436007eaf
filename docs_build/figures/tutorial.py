"""What the tutorial shows: its own crisis, read from its page, as it is solved now."""

from __future__ import annotations

import functools
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docs_build.registry import figure

if TYPE_CHECKING:
    from countermove.language.model import Scenario
    from countermove.solve import Solution

_PAGE = Path(__file__).parents[2] / "docs" / "tutorial" / "going-further.md"
_FILE = re.compile(r'^```yaml title="([\w.]+)"\n(.*?)^```$', re.MULTILINE | re.DOTALL)


@functools.cache
def scenario(name: str) -> Scenario:
    """A scenario that the page shows whole, or as a variant of one beside it."""
    import tempfile

    import countermove

    with tempfile.TemporaryDirectory() as folder:
        for file, text in _FILE.findall(_PAGE.read_text(encoding="utf-8")):
            (Path(folder) / file).write_text(text, encoding="utf-8")
        return countermove.load(Path(folder) / f"{name}.yaml")


@functools.cache
def solution(name: str) -> Solution:
    """Its free play."""
    import countermove

    return countermove.solve(countermove.compile(scenario(name)))


@figure(
    "tutorial-reservoir",
    caption="How likely the reservoir is low, half full or full at the end of each month.",
    alt=(
        "Stacked areas by month from May to December 2031. At the end of May the reservoir is half "
        "full with probability 0.71; at the end of June it is low again with 0.84, as Highland "
        "gives way to troops. From September on it fills, and in December it is full with 0.46."
    ),
)
def reservoir() -> Any:
    """The levels of the reservoir over the calendar."""
    from countermove import figures

    return figures.fan(solution("dam"), "reservoir")


@figure(
    "tutorial-policies",
    caption="What each of the bank's policies promises, and what is left once the others answer.",
    alt=(
        "For the condition, a promise of 0.11 and a delivery of 0.82 of the bank's payoff over "
        "free play; for patience, 0.34 and 0.39."
    ),
)
def policies() -> Any:
    """Promise and delivery of the bank's two policies."""
    import countermove
    from countermove import figures

    return figures.policies(countermove.compare(scenario("dam"), signs=False))


@figure(
    "tutorial-tells",
    caption="How far each of Lowland's moves shifts the belief that it is resolved.",
    alt=(
        "A strike shifts the mean belief that Lowland is resolved from 0.64 to 0.93, mobilising "
        "from 0.20 to 0.28; waiting and withdrawing lower it to about 0.07."
    ),
)
def tells() -> Any:
    """The mean belief before and after each move of Lowland."""
    from countermove import figures

    return figures.tells(solution("secret"), "lowland")
