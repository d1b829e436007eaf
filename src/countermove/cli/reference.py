"""The reference of the commands, ``docs/commands.md``, written from the commands themselves.

``python -m countermove.cli.reference > docs/commands.md`` renews it; a test fails when it is stale.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterator
from typing import Any

from countermove.cli.failures import MEANINGS, ExitCode

_HEAD = """# Commands

Written from the commands themselves by `python -m countermove.cli.reference`; do not edit.

`SCENARIO` is a bundled scenario's name (`countermove list`), a file, or a folder with a
`scenario.yaml`. Results go to standard output, progress and errors to standard error. Progress is
shown only on a terminal. `countermove --install-completion` sets up completion in your shell.
"""


def reference() -> str:
    """The whole page, in Markdown."""
    import typer

    from countermove.cli.application import app

    group: Any = typer.main.get_command(app)
    parts = [_HEAD, *(_command(name, group.commands[name]) for name in group.commands), _codes()]
    return "\n".join(parts)


def _command(name: str, command: Any) -> str:
    arguments = [p for p in command.params if p.param_type_name == "argument"]
    options = [p for p in command.params if p.param_type_name == "option" and p.name != "help"]
    usage = " ".join([f"countermove {name}", "[OPTIONS]", *(_metavar(p) for p in arguments)])
    lines = [f"## {name}", "", f"```text\n{usage}\n```", "", inspect.cleandoc(command.help), ""]
    lines += ["| argument, option | meaning |", "|---|---|"]
    lines += [f"| `{_metavar(p)}` | {_cell(p.help)} |" for p in arguments]
    lines += [f"| {_names(p)} | {_cell(p.help)}{_default(p)} |" for p in options]
    return "\n".join([*lines, ""])


def _metavar(argument: Any) -> str:
    shown = argument.metavar or argument.name.upper()
    return f"{shown}..." if argument.nargs == -1 else str(shown)


def _names(option: Any) -> str:
    # Every option that takes a value has a metavar of ours; flags have none.
    value = f" {option.metavar}" if option.metavar else ""
    names = [f"`{_cell(name + value)}`" for name in _spellings(option)]
    return ", ".join(names)


def _spellings(option: Any) -> Iterator[str]:
    yield from sorted(option.opts, key=len, reverse=True)
    yield from option.secondary_opts


def _default(option: Any) -> str:
    shown = isinstance(option.default, int | str) and not isinstance(option.default, bool)
    return f" Default: `{option.default}`." if shown else ""


def _cell(text: str | None) -> str:
    return (text or "").replace("|", "\\|")


def _codes() -> str:
    lines = ["## Exit codes", "", "| code | meaning |", "|---|---|"]
    return "\n".join([*lines, *(f"| {int(code)} | {MEANINGS[code]} |" for code in ExitCode), ""])


if __name__ == "__main__":
    sys.stdout.write(reference())
