"""What the pages on the flagship show; with few belief points, so that it is solved in seconds."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from docs_build.registry import figure

if TYPE_CHECKING:
    from countermove import Solution


@functools.cache
def _free_play() -> Solution:
    import countermove as cm

    game = cm.compile(cm.load("us-iraq-2020"), belief_points={"us": 3, "iran": 2})
    return cm.solve(game, others=0)


@figure(
    "flagship-attacks",
    caption=(
        "Free play: how likely each rate of attacks is, month by month, and the mean below. "
        "Three belief points for Washington and two for Iran."
    ),
    alt=(
        "Areas stacked over sixteen months from September 2020, one for each level of attacks: "
        "truce, few, some and many. The election and the inauguration are marked."
    ),
)
def attacks() -> Any:
    """The fan of attacks."""
    import countermove as cm

    return cm.figures.fan(_free_play(), "attacks")


@figure(
    "flagship-embassy",
    caption=(
        "Free play: how likely it is that the embassy is vast, modest or closed at each month's "
        "end. Three belief points for Washington and two for Iran."
    ),
    alt=(
        "Areas stacked over sixteen months. The embassy is vast at first; between the election "
        "and the spring of 2021 a modest and a closed one become somewhat likelier, and "
        "stay so."
    ),
)
def embassy() -> Any:
    """The fan of the embassy's size."""
    import countermove as cm

    return cm.figures.fan(_free_play(), "embassy")
