"""How much memory a game will need, and how much there is."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from countermove.errors import InvalidRequest
from countermove.game.branches import rewards_of
from countermove.game.columns import Column
from countermove.game.program import StepProgram

_UNITS = {"": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30, "t": 1 << 40}


def bytes_of_state(
    programs: Sequence[StepProgram],
    columns: Sequence[Column],
    n_payoffs: int,
    periods: int,
    points: int,
) -> int:
    """Bytes a state costs before its branches are counted: values, flows, pointers, strategies.

    With beliefs each state has ``points`` rows of values; of these the payoffs are kept for every
    period, the measures only in the two arrays that take turns.
    """
    n_columns = len(columns)
    padded = -(-n_columns // 8) * 8
    if points == 1:
        values = 8 * (padded * 5 + n_columns * (periods + 1))
    else:
        kept = n_payoffs * (periods + 1)
        values = 8 * (points * (padded * 3 + kept) + padded * 2)
    profiles = sum(len(p.deeds) for p in programs)
    strategies = sum(
        max(len(m.types), 1) * len(m.deeds) * points for p in programs for m in p.movers
    )
    charges = sum(_charges(p, columns) for p in programs)
    present = 4 * (len(programs) + 1)
    return values + profiles * (8 + 1 + 4) + strategies * 8 + charges * (8 + 4) + present + 64


def _charges(program: StepProgram, columns: Sequence[Column]) -> int:
    """What a step's profiles may add to columns, counted."""
    payers = Counter(c.player for c in columns if c.kind == "payoff")
    costs = sum(
        payers[player] * cost.domain.profiles
        for deed in program.deeds
        for player, cost in (*deed.costs, *rewards_of(deed))
    )
    counts = sum(c.kind == "count" and c.player in program.names for c in columns)
    return costs + counts * len(program.deeds) + len(columns)


def free_memory() -> int:
    """Bytes free for this process, by the system's own account (4 GiB where it keeps none)."""
    try:
        text = Path("/proc/meminfo").read_text(encoding="ascii")
    except OSError:
        return 4 << 30
    found = re.search(r"MemAvailable:\s*(\d+) kB", text)
    return int(found.group(1)) * 1024 if found else 4 << 30


def parse_memory(text: str | int | float | None) -> int:
    """Bytes from ``4GB``, ``500 MB`` or a number; half of what is free for None."""
    if text is None:
        return free_memory() // 2
    if isinstance(text, int | float):
        amount = float(text)
    else:
        found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([kmgt]?)(?:i?b)?\s*", text.lower())
        if not found:
            raise InvalidRequest(f"{text!r} is not an amount of memory; write 4GB or 500MB")
        amount = float(found.group(1)) * _UNITS[found.group(2)]
    if not 1 <= amount < float("inf"):
        raise InvalidRequest(f"the memory allowed must be a finite amount above zero: {text!r}")
    return int(amount)


def words(amount: int) -> str:
    """Bytes as people read them."""
    size = float(amount)
    for unit in ("B", "kB", "MB", "GB"):
        if size < 1024:
            return f"{size:.3g} {unit}"
        size /= 1024
    return f"{size:.3g} TB"
