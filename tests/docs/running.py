"""Runs a page's blocks in order, in one folder and one namespace, as its reader does."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from countermove import language
from countermove.cli import main
from countermove.errors import ScenarioError
from countermove.game import compile as compile_game
from countermove.language.model import Scenario
from docs.blocks import Block
from docs.outputs import differences

WIDTH = 80
_SHELL = re.compile(r"[|<>&;$`*()]")
_SECTION = re.compile(r"^(?=[\w-]+:)", re.MULTILINE)
_READERS = {
    "json": json.loads,
    "csv": lambda text: list(csv.reader(io.StringIO(text))),
}


class Fault(AssertionError):
    """A block that does not do what its page says."""


@dataclass
class Reader:
    """Somebody who follows a page: the folder, the Python names, and what was printed last."""

    folder: Path
    names: dict[str, object] = field(default_factory=lambda: {"__name__": "__main__"})
    printed: str = ""

    def follow(self, block: Block) -> None:
        """Do what a block says; raises ``Fault``."""
        if block.title is not None:
            self._write(block)
        if block.asked.shown is not None:
            parsed(block)
        elif block.language in _FOLLOWED:
            _FOLLOWED[block.language](self, block)
        elif block.title is None:
            raise Fault(f"{block.name}: a block of {block.language or 'no language'} cannot be run")

    def _write(self, block: Block) -> None:
        path = self.folder / str(block.title)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(block.text, encoding="utf-8")

    def _python(self, block: Block) -> None:
        with self._here() as said:
            exec(compile(_at_its_line(block), block.page, "exec"), self.names)
        self.printed = said.getvalue()

    def _text(self, block: Block) -> None:
        if not block.follows:
            raise Fault(f"{block.name}: this text is no output of the block before it")
        self._compare(block, block.text)

    def _compare(self, block: Block, shown: str) -> None:
        apart = differences(shown, self.printed)
        if apart:
            raise Fault(f"{block.name}: the page shows other output than is printed\n{apart}")

    def _sh(self, block: Block) -> None:
        printed = []
        lines = commands(block.text)
        for line in lines:
            self._command(block, line, exit=block.asked.exit if line is lines[-1] else 0)
            printed.append(self.printed)
        self.printed = "".join(printed)

    def _console(self, block: Block) -> None:
        first, *turns = re.split(r"^\$ ", block.text, flags=re.MULTILINE)
        if first or not turns:
            raise Fault(f"{block.name}: a console begins with `$ ` and a command")
        for turn in turns:
            command, shown = _turn(turn)
            self._command(block, command, exit=block.asked.exit if turn is turns[-1] else 0)
            self._compare(block, shown)

    def _command(self, block: Block, line: str, *, exit: int) -> None:
        code = self._in_process(line) if _is_ours(line) else self._in_a_shell(line)
        if code != exit:
            raise Fault(f"{block.name}: `{line}` ended with {code}, not {exit}\n{self.printed}")

    def _in_process(self, line: str) -> int:
        with self._here() as said:
            code = main(shlex.split(line, comments=True)[1:])
        self.printed = said.getvalue()
        return code

    def _in_a_shell(self, line: str) -> int:
        place = self.folder / ".where"
        path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
        done = subprocess.run(
            ["bash", "-c", f"{line}\ncode=$?; pwd > {shlex.quote(str(place))}; exit $code"],
            cwd=self.folder,
            env={**os.environ, "PATH": path, "COLUMNS": str(WIDTH)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        self.folder = Path(place.read_text(encoding="utf-8").strip())
        place.unlink()
        self.printed = done.stdout
        return done.returncode

    def _yaml(self, block: Block) -> None:
        if block.asked.into is not None:
            self._into(block, self.folder / block.asked.into)
        elif block.asked.over is not None:
            near = self.folder / block.asked.over
            base = near.name if near.exists() else block.asked.over
            sound(f"base: {base}\n{block.text}", block, file=self.folder / "part.yaml")
        elif _keys(block.text) & {"scenario", "base"}:
            sound(block.text, block, file=self.folder / (block.title or "whole.yaml"))
        else:
            raise Fault(f"{block.name}: a part of a scenario needs `over` or `into`")

    def _into(self, block: Block, file: Path) -> None:
        sections = {_key(section): section for section in _sections(file.read_text("utf-8"))}
        for section in _sections(block.text):
            sections[_key(section)] = f"{section.rstrip()}\n"
        file.write_text("".join(sections.values()), encoding="utf-8")
        sound(file.read_text("utf-8"), block, file=file)

    @contextlib.contextmanager
    def _here(self) -> Iterator[io.StringIO]:
        """In the folder, with what is printed kept, both streams as a terminal shows them."""
        said = io.StringIO()
        columns = os.environ.get("COLUMNS")
        os.environ["COLUMNS"] = str(WIDTH)
        try:
            with (
                contextlib.chdir(self.folder),
                contextlib.redirect_stdout(said),
                contextlib.redirect_stderr(said),
            ):
                yield said
        finally:
            os.environ.pop("COLUMNS")
            if columns is not None:
                os.environ["COLUMNS"] = columns


_FOLLOWED = {
    "python": Reader._python,
    "sh": Reader._sh,
    "console": Reader._console,
    "text": Reader._text,
    "yaml": Reader._yaml,
}


def sound(text: str, block: Block, *, file: Path) -> Scenario:
    """The scenario of a text, which has no error and makes a game under every policy and view."""
    errors = [d for d in language.check_text(text, file=str(file)) if d.severity == "error"]
    if errors:
        told = "\n".join(f"{d.code} {d.message}" for d in errors)
        raise Fault(f"{block.name}: this is no sound scenario\n{told}")
    scenario = language.loads(text, file=str(file))
    cases = [{"policy": policy} for policy in (None, *scenario.policies)]
    for case in [*cases, *({"view": view} for view in scenario.views)]:
        try:
            compile_game(scenario, **case)
        except ScenarioError as error:
            raise Fault(f"{block.name}: this makes no game\n{error}") from None
    return scenario


def parsed(block: Block) -> None:
    """What a block that is only shown must yet be: Python, a scenario's YAML, JSON, CSV."""
    if block.language == "python":
        compile(_at_its_line(block), block.page, "exec")
    elif block.language == "yaml":
        from ruamel.yaml import YAML

        YAML(typ="safe").load(block.text)
    elif block.language in _READERS:
        _READERS[block.language](block.text)


def commands(text: str) -> list[str]:
    """The commands of a block, those over several lines as one; comments are left out."""
    joined = re.sub(r"\\\n\s*", "", text)
    return [line for line in joined.splitlines() if line.strip() and not line.startswith("#")]


def made_smaller(block: Block) -> str:
    """A block's text with what its comment replaces; raises ``Fault`` where it has no such word."""
    text = block.text
    for old, new in block.asked.replaced:
        if old not in text:
            raise Fault(f"{block.name}: there is no {old!r} to replace")
        text = text.replace(old, new)
    return text


def _is_ours(line: str) -> bool:
    quoted = re.sub(r'"[^"]*"' + r"|'[^']*'|\s#.*$", "", line)
    return line.split()[0] == "countermove" and not _SHELL.search(quoted)


def _turn(turn: str) -> tuple[str, str]:
    """A command and what is shown below it."""
    command = re.match(r"(?:[^\n]*\\\n)*[^\n]*\n?", turn)
    assert command is not None
    return re.sub(r"\\\n\s*", "", command[0]).strip(), turn[command.end() :]


def _at_its_line(block: Block) -> str:
    """The text, moved down so that a traceback tells the page's own line."""
    return "\n" * block.line + block.text


def _sections(text: str) -> list[str]:
    return [section for section in _SECTION.split(text) if section]


def _key(section: str) -> str:
    return section.partition(":")[0] if re.match(r"[\w-]+:", section) else ""


def _keys(text: str) -> set[str]:
    return {_key(section) for section in _sections(text)}
