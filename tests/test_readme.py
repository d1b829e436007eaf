"""The README says what is so: its commands and exit codes; tests/docs/ runs its examples."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_it_begins_with_the_two_commands():
    first = re.search(r"```sh\n(.*?)```", README, re.S)
    assert first is not None
    commands = [line.split("#")[0].strip() for line in first[1].splitlines()]
    assert commands == ["make demo", "make test"]


def test_its_table_of_exit_codes_is_that_of_the_command_line():
    from countermove.cli.failures import MEANINGS

    said = {int(code): text for code, text in re.findall(r"^\| (\d+) \| (.+) \|$", README, re.M)}
    assert said == {int(code): text for code, text in MEANINGS.items()}


def test_its_table_of_commands_is_that_of_the_command_line():
    import typer.main

    from countermove.cli import app

    said = set(re.findall(r"^\| `countermove (\w+)", README, re.M))
    assert said == set(typer.main.get_command(app).commands)


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"])
def test_its_links_lead_somewhere(page):
    text = (ROOT / page).read_text(encoding="utf-8")
    near = [link for link in re.findall(r"\]\(([^)#]+)\)", text) if "://" not in link]
    assert [link for link in near if not (ROOT / link).exists()] == []
