"""The tests of code blocks find what is wrong: each kind of block, each kind of fault."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from docs.blocks import Asked, blocks_of
from docs.outputs import differences
from docs.running import Fault, Reader, commands, made_smaller

SOUND = """\
scenario: small
title: Small
calendar: {periods: 2}
state: {flag: {levels: [down, up], start: down}}
players:
  one:
    rationality: 2
    interests: {up: flag == up}
    actions: {wait: , act: {when: flag == down, effects: [{flag: up}]}}
measures: {acts: ever(flag == up)}
"""


def follow(page: str, folder: Path) -> Reader:
    reader = Reader(folder)
    for block in blocks_of(page, "page.md"):
        reader.follow(block)
    return reader


def fence(info: str, text: str, comment: str = "") -> str:
    above = f"<!-- test: {comment} -->\n" if comment else ""
    return f"{above}```{info}\n{text}\n```\n"


def test_blocks_are_found_with_their_lines_titles_and_what_is_asked():
    page = "# A\n\n" + fence('yaml title="a.yaml"', "a: 1", "into b.yaml") + fence("text", "x")
    first, second = blocks_of(page, "page.md")
    assert (first.name, first.language, first.title) == ("page.md:4", "yaml", "a.yaml")
    assert first.asked == Asked(into="b.yaml")
    assert (first.text, first.follows, second.follows) == ("a: 1\n", False, True)


def test_a_block_within_a_list_is_found():
    (block,) = blocks_of("1. First\n\n   ```sh\n   ls\n   ```\n", "page.md")
    assert block.text == "ls\n"


def test_a_longer_fence_may_hold_a_shorter_one():
    (block,) = blocks_of("````text\n```sh\nls\n```\n````\n", "page.md")
    assert block.text == "```sh\nls\n```\n"


@pytest.mark.parametrize(
    ("comment", "asked"),
    [
        ("slow, exit 4", Asked(slow=True, exit=4)),
        (
            "smaller, us-iraq -> small, 256 -> 8",
            Asked(replaced=(("us-iraq", "small"), ("256", "8"))),
        ),
        ("smaller and slow, 256 -> 8", Asked(whole_when_slow=True, replaced=(("256", "8"),))),
        ("shown, needs a cluster, and a key", Asked(shown="needs a cluster, and a key")),
    ],
)
def test_comments_are_read(comment: str, asked: Asked) -> None:
    (block,) = blocks_of(fence("sh", "ls", comment), "page.md")
    assert block.asked == asked


@pytest.mark.parametrize("comment", ["shown", "slowly", "smaller", "256 -> 8", "exit soon"])
def test_a_comment_that_means_nothing_is_refused(comment: str) -> None:
    with pytest.raises(ValueError, match=r"page\.md:1"):
        blocks_of(fence("sh", "ls", comment), "page.md")


def test_a_comment_that_stands_alone_is_refused():
    with pytest.raises(ValueError, match="no block begins"):
        blocks_of("<!-- test: slow -->\n\nText\n", "page.md")


def test_names_and_files_last_from_block_to_block(tmp_path: Path) -> None:
    page = fence('yaml title="small.yaml"', SOUND) + fence("sh", "countermove check small.yaml")
    page += fence("python", "a = 2") + fence("python", "print(a + 1)") + fence("text", "3")
    assert follow(page, tmp_path).names["a"] == 2
    assert (tmp_path / "small.yaml").read_text() == f"{SOUND}\n"


def test_hidden_commands_come_before_a_block(tmp_path: Path) -> None:
    page = "<!-- test: setup, mkdir a -->\n\n" + fence("sh", "cd a && touch b") + fence("sh", "ls")
    assert follow(page + fence("text", "b"), tmp_path).folder == tmp_path / "a"


def test_a_console_is_compared_command_by_command(tmp_path: Path) -> None:
    page = fence("console", "$ echo one \\\n  two\none two\n$ countermove --version\ncountermove …")
    assert follow(page, tmp_path).printed.startswith("countermove ")


@pytest.mark.parametrize(
    ("page", "told"),
    [
        (fence("python", "raise_() "), "raise_"),
        (fence("python", "print(1)") + fence("text", "2"), "other output"),
        (fence("python", "print(1)") + "Words.\n" + fence("text", "1"), "no output"),
        (fence("sh", "countermove check nowhere"), "ended with 2, not 0"),
        (fence("sh", "false"), "ended with 1, not 0"),
        (fence("sh", "true", "exit 1"), "ended with 0, not 1"),
        (fence("console", "$ echo one\ntwo"), "other output"),
        (fence("console", "echo one"), "begins with"),
        (fence("yaml", "scenario: small"), "no sound scenario"),
        (fence("yaml", "measures: {a: ever(x)}"), "a part of a scenario"),
        (fence("yaml", "measures: {a: ever(x)}", "over blockade"), "no sound scenario"),
        (fence("yaml", "calendar: {periods: 3}", "over little-crisis"), "makes no game"),
        (fence("ruby", "puts 1"), "cannot be run"),
        (fence("", "puts 1"), "no language"),
        (fence("python", "a = (", "shown, because it is so long"), "was never closed"),
    ],
)
def test_what_is_wrong_is_found(page: str, told: str, tmp_path: Path) -> None:
    with pytest.raises((Fault, NameError, SyntaxError), match=re.escape(told)):
        follow(page, tmp_path)


def test_parts_go_into_a_file_or_over_a_scenario(tmp_path: Path) -> None:
    page = fence('yaml title="small.yaml"', SOUND)
    page += fence("yaml", "calendar: {periods: 3}", "into small.yaml")
    page += fence("yaml", "measures: {more: final(flag == up)}", "over small.yaml")
    page += fence("yaml", "version: 3", "over little-crisis")
    follow(page, tmp_path)
    assert "periods: 3" in (tmp_path / "small.yaml").read_text()
    assert "periods: 2" not in (tmp_path / "small.yaml").read_text()


def test_what_is_replaced_must_be_there():
    block, other = blocks_of(
        fence("sh", "a 256", "smaller, 256 -> 8") + fence("sh", "a 25", "smaller, 256 -> 8"), "p"
    )
    assert made_smaller(block) == "a 8\n"
    with pytest.raises(Fault, match="no '256' to replace"):
        made_smaller(other)


def test_commands_over_several_lines_are_one():
    assert commands("# first\na \\\n  --b\n\nc\n") == ["a --b", "c"]


@pytest.mark.parametrize(
    ("shown", "printed"),
    [
        ("a\n", "a  \n\n"),
        ("took 2 s\n", "took 13.5 s\n"),
        ("a\n…\nd\n", "a\nb\nc\nd\n"),
        ("a\n...\nd\n", "a\nd\n"),
        ("kept in …/runs\n", "kept in /a/b/runs\n"),
    ],
)
def test_outputs_agree_but_for_times_and_gaps(shown: str, printed: str) -> None:
    assert differences(shown, printed) == ""


@pytest.mark.parametrize(
    ("shown", "printed"),
    [("a\n", "b\n"), ("0.31\n", "0.32\n"), ("a\n…\nd\n", "a\nb\n"), ("a\n", "a\nb\n"), ("", "a\n")],
)
def test_other_outputs_are_told_apart(shown: str, printed: str) -> None:
    assert "printed" in differences(shown, printed)
