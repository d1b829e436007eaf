"""Every block of README, docs and the scenarios' pages is run, page by page, as a reader would."""

from __future__ import annotations

import functools
import re
from pathlib import Path
from typing import Any

import pytest
import typer.main

from countermove.cli import app
from docs.blocks import PAGES, ROOT, Block, blocks_of, name_of
from docs.running import Reader, commands, made_smaller

# Pages whose blocks other tests run, each in a way of its own.
OTHERS = {
    "docs/language.md": "tests/docs/test_language.py",
    "docs/errors.md": "tests/docs/test_errors.py",
    "docs/commands.md": "tests/unit/cli/test_command_line.py",
}
TEXTS = {name_of(page): page.read_text(encoding="utf-8") for page in PAGES}
BLOCKS = {name: blocks_of(text, name) for name, text in TEXTS.items() if name not in OTHERS}
ALL = [block for blocks in BLOCKS.values() for block in blocks]
QUICK = [name for name, blocks in BLOCKS.items() if blocks]
LONG = [
    name
    for name, blocks in BLOCKS.items()
    if any(block.asked.slow or block.asked.whole_when_slow for block in blocks)
]


def follow(name: str, folder: Path, *, slow: bool) -> int:
    """Do what a page says, and tell how many of its blocks were run."""
    reader, passed, skipped = Reader(folder), 0, False
    for block in BLOCKS[name]:
        skipped = not slow and (block.asked.slow or (skipped and output_of_last(block)))
        if not skipped:
            reader.follow(as_run(block, slow=slow))
            passed += block.asked.shown is None
    return passed


def output_of_last(block: Block) -> bool:
    return block.language == "text" and block.follows


def as_run(block: Block, *, slow: bool) -> Block:
    """The block with what is replaced in it, which is told."""
    if not block.asked.replaced or (slow and block.asked.whole_when_slow):
        return block
    for old, new in block.asked.replaced:
        print(f"{block.name}: run with {new!r} for {old!r}")
    return block.with_text(made_smaller(block))


@pytest.mark.parametrize("name", QUICK)
def test_a_page_does_what_it_says(name: str, tmp_path: Path) -> None:
    follow(name, tmp_path, slow=False)


@pytest.mark.slow
@pytest.mark.parametrize("name", LONG)
def test_a_page_does_what_it_says_with_what_takes_long(name: str, tmp_path: Path) -> None:
    assert follow(name, tmp_path, slow=True) > 0


def test_every_block_is_run_or_has_its_reason() -> None:
    shown = [block for block in ALL if block.asked.shown is not None]
    for block in shown:
        print(f"{block.name}: only shown: {block.asked.shown}")
    assert [b.name for b in shown if len(str(b.asked.shown)) < 10] == []
    assert len(shown) < len(ALL) / 5
    assert [name for name, test in OTHERS.items() if not (ROOT / test).exists()] == []


def test_every_block_says_its_language() -> None:
    assert [block.name for block in ALL if not block.language] == []


@functools.cache
def our_commands() -> dict[str, Any]:
    return dict(typer.main.get_command(app).commands)  # type: ignore[attr-defined]


def options_of(command: Any) -> set[str]:
    return {name for p in command.params for name in (*p.opts, *p.secondary_opts)} | {"--help"}


def unknown_in(line: str) -> list[str]:
    """What a command line of ours names that there is not."""
    words = line.split()
    if len(words) < 2 or words[1].startswith("-") or words[1].isupper():
        return []
    if words[1] not in our_commands():
        return [words[1]]
    known = options_of(our_commands()[words[1]])
    asked = (word.partition("=")[0] for word in words[2:] if re.match(r"--?[a-z]", word))
    return [option for option in asked if option not in known]


@pytest.mark.parametrize("name", TEXTS)
def test_commands_within_sentences_have_the_names_and_options_that_there_are(name: str) -> None:
    inline = re.findall(r"`(countermove [^`]+)`", " ".join(TEXTS[name].split()))
    fenced = [
        line
        for block in BLOCKS.get(name, [])
        if block.language == "sh"
        for line in commands(block.text)
        if line.startswith("countermove ")
    ]
    assert {line: wrong for line in inline + fenced if (wrong := unknown_in(line))} == {}


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        ("countermove list", []),
        ("countermove lost", ["lost"]),
        ("countermove run SCENARIO --output X --overwrit", ["--overwrit"]),
    ],
)
def test_an_unknown_command_or_option_would_be_found(line: str, wrong: list[str]) -> None:
    assert unknown_in(line) == wrong
