"""The options by which several commands choose the game: policy, view, numbers, start, threads."""

from __future__ import annotations

from typing import Annotated

import typer

MANY = "(repeat it, or separate by commas)"

POLICY = Annotated[
    list[str] | None,
    typer.Option("--policy", "-p", metavar="NAME", help="Bind a player to this policy."),
]
VIEW = Annotated[
    list[str] | None,
    typer.Option("--view", "-v", metavar="NAME", help="Take the numbers of this view."),
]
SET = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="NAME=VALUE", help=f"Set a parameter {MANY}."),
]
FROM = Annotated[
    list[str] | None,
    typer.Option(
        "--from",
        metavar="VARIABLE=LEVEL",
        help=f"Start elsewhere, or from other beliefs: us.resolved=0.7 {MANY}.",
    ),
]
AT = Annotated[
    str | None,
    typer.Option("--at", metavar="DATE|PERIOD", help="Start at this date, or period from 0."),
]
THREADS = Annotated[
    int | None,
    typer.Option("--threads", metavar="N", min=1, help="Threads to use; all if left out."),
]
MAX_MEMORY = Annotated[
    str | None,
    typer.Option("--max-memory", metavar="SIZE", help="Such as 4GB; half of what is free."),
]
BELIEF_POINTS = Annotated[
    list[str] | None,
    typer.Option(
        "--belief-points",
        metavar="PLAYER=N",
        help=f"Points of a player's belief grid {MANY}, or a factor for all: fewer are quicker.",
    ),
]
