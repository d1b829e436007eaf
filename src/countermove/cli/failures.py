"""Exit codes, and how each kind of failure is said on the terminal.

The codes are part of the interface (``docs/commands.md`` lists them): scripts may rely on them.
"""

from __future__ import annotations

from enum import IntEnum
from pathlib import Path

from countermove.errors import (
    CountermoveError,
    InvalidRequest,
    OutputExists,
    ScenarioError,
    SizeLimitError,
    SolveError,
    UnknownName,
)


class ExitCode(IntEnum):
    """What the exit status of ``countermove`` means."""

    OK = 0
    FAULTS = 1
    USAGE = 2
    TOO_LARGE = 3
    NOT_SOLVED = 4
    OUTPUT_EXISTS = 5
    FILES = 6
    INTERRUPTED = 130
    TERMINATED = 143


MEANINGS: dict[ExitCode, str] = {
    ExitCode.OK: "all went well",
    ExitCode.FAULTS: "the scenario has faults (or `format --check` found a file to format)",
    ExitCode.USAGE: "a command, option, name or value is not valid",
    ExitCode.TOO_LARGE: "the game would need more memory or states than allowed",
    ExitCode.NOT_SOLVED: "the solve failed or did not converge, or `verify` found it not right",
    ExitCode.OUTPUT_EXISTS: "the output is already there, and `--overwrite` was not given",
    ExitCode.FILES: "a file could not be read or written",
    ExitCode.INTERRUPTED: "interrupted by Ctrl-C; nothing half-written is left",
    ExitCode.TERMINATED: "terminated; nothing half-written is left",
}

_CODES: tuple[tuple[type[CountermoveError], ExitCode], ...] = (
    (ScenarioError, ExitCode.FAULTS),
    (UnknownName, ExitCode.USAGE),
    (InvalidRequest, ExitCode.USAGE),
    (SizeLimitError, ExitCode.TOO_LARGE),
    (SolveError, ExitCode.NOT_SOLVED),
    (OutputExists, ExitCode.OUTPUT_EXISTS),
)


def exit_code(error: CountermoveError | OSError) -> ExitCode:
    """The exit code that stands for an error."""
    if isinstance(error, ScenarioError) and _is_missing(error):
        named = Path(error.diagnostics[0].location.file)
        return ExitCode.FILES if named.suffix or len(named.parts) > 1 else ExitCode.USAGE
    for kind, code in _CODES:
        if isinstance(error, kind):
            return code
    return ExitCode.FILES if isinstance(error, OSError) else ExitCode.USAGE


def _is_missing(error: ScenarioError) -> bool:
    """Is there no such scenario or file at all, rather than a fault within one?"""
    return any(d.code == "CM001" and not d.location.line for d in error.diagnostics)


def say(error: CountermoveError | OSError) -> None:
    """Print an error to stderr: diagnostics with their excerpts, anything else in a line."""
    from countermove.cli.diagnostics import print_diagnostics
    from countermove.cli.terminal import err

    console = err()
    if isinstance(error, ScenarioError):
        print_diagnostics(console, error.diagnostics)
        return
    text = _file_words(error) if isinstance(error, OSError) else str(error)
    console.print("error:", style="bold red", end=" ", highlight=False)
    console.print(text, markup=False, highlight=False, soft_wrap=True)


def _file_words(error: OSError) -> str:
    where = f"{error.filename}: " if error.filename else ""
    return f"{where}{error.strerror or error}"
