"""What a notebook shows of the parameters on which a decision turns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from countermove._html import (
    Figure,
    Html,
    bullets,
    code,
    counted,
    folded,
    number,
    percent,
    signed,
    table,
    view,
)
from countermove.explain.turns_record import LEVEL
from countermove.language.words import level_number, plain_name

if TYPE_CHECKING:
    from countermove.explain.turns_record import Turns


def turns_view(found: Turns) -> Html:
    """What would turn the answer, then each parameter, and every value looked at."""
    this, other = plain_name(found.this), plain_name(found.other)
    rows = [
        (
            code(turn.parameter),
            Figure(level_number(turn.value)),
            Figure(f"{level_number(turn.range[0])} to {level_number(turn.range[1])}"),
            Figure("–" if turn.turn is None else number(turn.turn)),
            Figure("–") if turn.move is None else percent(abs(turn.move)),
            signed(turn.weight, noise=LEVEL),
            percent(turn.low.other),
            percent(turn.high.other),
            turn.status,
        )
        for turn in found.parameters
    ]
    heads = (
        "parameter", "value", "range", "turns at", "move, of the range",
        "log odds a tenth of the range", f"{other} at its low end", "at its high end", "",
    )  # fmt: skip
    title = f"What would make “{other}” likelier than “{this}”"
    return view(
        f"{title}: {len(found.turning):,} of {counted(len(found.parameters), 'parameter')}",
        bullets(sentence.text for sentence in found.sentences()),
        folded("All parameters", table(title, heads, rows, most=len(rows))),
    )
