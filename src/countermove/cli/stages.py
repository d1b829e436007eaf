"""The stages of a run: how long each took, and progress on stderr where people watch."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.progress import Progress


class Stages(AbstractContextManager["Stages"]):
    """Times stages by name; draws them as they go on where ``shown`` and stderr is a terminal."""

    def __init__(self, *, shown: bool) -> None:
        self.times: dict[str, float] = {}
        self._stack = ExitStack()
        self._progress = self._stack.enter_context(_progress()) if shown else None

    def __exit__(self, *exc: object) -> None:
        self._stack.close()

    @contextmanager
    def stage(self, name: str, words: str) -> Iterator[Stage]:
        """A stage of that name; the block may say how far it is."""
        began = time.perf_counter()
        stage = Stage(self._progress, words)
        try:
            yield stage
        finally:
            self.times[name] = round(time.perf_counter() - began, 3)
            stage.finish(self.times[name])


class Stage:
    """One stage; ``advance`` is what solvers and simulators call as they go on."""

    def __init__(self, progress: Progress | None, words: str) -> None:
        self._progress = progress
        self._words = words
        self._task = progress.add_task(words, total=None, note="") if progress else None

    def note(self, text: str) -> None:
        """Say something beside the stage: how many states, how many paths."""
        if self._progress is not None and self._task is not None:
            self._progress.update(self._task, note=text)

    def advance(self, done: int, total: int) -> None:
        """So much is done of the whole."""
        if self._progress is not None and self._task is not None:
            self._progress.update(self._task, completed=done, total=total)

    def finish(self, seconds: float) -> None:
        """Show the stage as done."""
        if self._progress is not None and self._task is not None:
            self._progress.update(self._task, total=1, completed=1)
            self._progress.stop_task(self._task)


def _progress() -> Any:
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    from countermove.cli.terminal import err

    return Progress(
        SpinnerColumn(finished_text="✓"),
        TextColumn("{task.description:<9}"),
        BarColumn(bar_width=24),
        TimeElapsedColumn(),
        TextColumn("{task.fields[note]}", style="dim"),
        console=err(),
        transient=False,
    )
