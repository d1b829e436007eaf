"""The README says what is so: its commands, its Python example, its exit codes, its links."""

from __future__ import annotations

import contextlib
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_it_begins_with_the_two_commands():
    first = re.search(r"```\n(.*?)```", README, re.S)
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


def python_example():
    """The code of the README's one Python example."""
    (example,) = re.findall(r"```python\n(.*?)```", README, re.S)
    return example


def example_report(code, folder):
    """The report that the example writes when it is run in a folder."""
    with contextlib.chdir(folder):
        exec(compile(code, "README.md", "exec"), {})
    return (folder / "result" / "report.html").read_text(encoding="utf-8")


def test_its_python_example_runs_with_a_smaller_scenario(tmp_path):
    code, n_named = re.subn('"us-iraq-2020"', '"extended-deterrence"', python_example())
    assert n_named == 1
    report = example_report(code, tmp_path)
    assert "extended-deterrence" in report
    assert "us-iraq-2020" not in report


@pytest.mark.slow  # the flagship under each of its policies and views
def test_its_python_example_runs(tmp_path):
    assert "us-iraq-2020" in example_report(python_example(), tmp_path)


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"])
def test_its_links_lead_somewhere(page):
    text = (ROOT / page).read_text(encoding="utf-8")
    near = [link for link in re.findall(r"\]\(([^)#]+)\)", text) if "://" not in link]
    assert [link for link in near if not (ROOT / link).exists()] == []
