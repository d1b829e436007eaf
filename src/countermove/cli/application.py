"""The application: its commands, its version, and the one place where errors end."""

from __future__ import annotations

import io
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from countermove._version import __version__
from countermove.cli.check import check
from countermove.cli.compare import compare
from countermove.cli.diff import diff
from countermove.cli.discover import discover
from countermove.cli.explain import explain
from countermove.cli.explore import explore
from countermove.cli.export import export
from countermove.cli.failures import MEANINGS, ExitCode, exit_code, say
from countermove.cli.format import format_
from countermove.cli.list import list_
from countermove.cli.new import new
from countermove.cli.pivots import pivots
from countermove.cli.report import report
from countermove.cli.robustness import robustness
from countermove.cli.run import run
from countermove.cli.schema import schema
from countermove.cli.search import search
from countermove.cli.sensitivity import sensitivity
from countermove.cli.show import show
from countermove.cli.tradeoffs import tradeoffs
from countermove.cli.verify import verify
from countermove.errors import CountermoveError


class Commands(TyperGroup):
    """The group of commands; no failure that is foreseen ends in a traceback."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command, and turn errors into words and an exit code."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            raise
        except (CountermoveError, OSError) as error:
            say(error)
            raise typer.Exit(exit_code(error)) from None
        except KeyboardInterrupt:
            sys.stderr.write("\ninterrupted; nothing half-written is left\n")
            raise typer.Exit(ExitCode.INTERRUPTED) from None


EPILOG = "Exit codes: " + "; ".join(f"{int(code)} {MEANINGS[code]}" for code in ExitCode) + "."

app = typer.Typer(
    name="countermove",
    cls=Commands,
    help="Crises between states as games: how the actors answer each other.",
    epilog=EPILOG,
    no_args_is_help=True,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        sys.stdout.write(f"countermove {__version__}\n")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="Print the version."),
    ] = False,
) -> None:
    pass


app.command("run")(run)
app.command("explain")(explain)
app.command("compare")(compare)
app.command("explore")(explore)
app.command("report")(report)
app.command("robustness")(robustness)
app.command("discover")(discover)
app.command("sensitivity")(sensitivity)
app.command("tradeoffs")(tradeoffs)
app.command("pivots")(pivots)
app.command("search")(search)
app.command("diff")(diff)
app.command("list")(list_)
app.command("show")(show)
app.command("check")(check)
app.command("verify")(verify)
app.command("new")(new)
app.command("format")(format_)
app.command("export")(export)
app.command("schema")(schema)


def main(arguments: list[str] | None = None) -> int:
    """Run ``countermove`` on these arguments (those of the process if None); the exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # where a terminal knows fewer signs than we use
    with _ending_cleanly_on_sigterm():
        try:
            app(args=arguments, prog_name="countermove")
        except SystemExit as ended:
            return ended.code if isinstance(ended.code, int) else int(bool(ended.code))
    return ExitCode.OK


@contextmanager
def _ending_cleanly_on_sigterm() -> Iterator[None]:
    """Let a termination unwind the stack, so that what is half-written is deleted."""

    def terminated(number: int, frame: FrameType | None) -> None:
        raise SystemExit(ExitCode.TERMINATED)

    if threading.current_thread() is not threading.main_thread():
        yield  # signals belong to the process that embeds us
        return
    before = signal.signal(signal.SIGTERM, terminated)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
