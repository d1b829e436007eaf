"""How ``countermove explore`` is watched and interrupted."""

from __future__ import annotations

import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING

import typer

from countermove.cli.failures import ExitCode

if TYPE_CHECKING:
    from countermove.cli.stages import Stage
    from countermove.explore.sweep_run import Progress

_LINE = 30.0  # seconds between lines of progress where nobody watches a terminal


@contextmanager
def saying_what_is_kept() -> Iterator[None]:
    """Turn a Ctrl-C that stops at once into words on what is left, and its exit code."""
    try:
        yield
    except KeyboardInterrupt:
        sys.stderr.write(
            "\ninterrupted; whole files of rows are kept, and the same command goes on from them\n"
        )
        raise typer.Exit(ExitCode.INTERRUPTED) from None


@contextmanager
def finishing_first() -> Iterator[Callable[[], bool]]:
    """Whether a first Ctrl-C has come, which lets the file in hand be finished."""
    wanted = False

    def interrupted(number: int, frame: FrameType | None) -> None:
        nonlocal wanted
        if wanted:
            raise KeyboardInterrupt
        wanted = True
        sys.stderr.write("\nfinishing the file in hand; Ctrl-C again stops at once\n")

    if threading.current_thread() is not threading.main_thread():
        yield lambda: False  # signals belong to the process that embeds us
        return
    before = signal.signal(signal.SIGINT, interrupted)
    try:
        yield lambda: wanted
    finally:
        signal.signal(signal.SIGINT, before)


def teller(stage: Stage, *, lines: bool) -> Callable[[Progress], None]:
    """Shows progress: on a terminal as it goes, else as a line now and then."""
    from countermove.cli.explore_output import pace

    last = time.monotonic()

    def told(progress: Progress) -> None:
        nonlocal last
        stage.advance(progress.rows, progress.total)
        stage.note(pace(progress))
        if lines and time.monotonic() - last >= _LINE:
            last = time.monotonic()
            sys.stderr.write(f"{progress.rows:,} of {progress.total:,} rows, {pace(progress)}\n")

    return told
