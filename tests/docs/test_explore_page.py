"""Holds what ``docs/explore.md`` says to the code."""

import re
from pathlib import Path

from countermove.cli.failures import ExitCode
from countermove.explore import stable, sweep_files, worlds

PAGE = (Path(__file__).parents[2] / "docs" / "explore.md").read_text(encoding="utf-8")


def test_every_method_is_told_and_whether_it_can_grow() -> None:
    rows = re.findall(r"^\| (`.*?) \| .* \| (yes|no) \|$", PAGE, re.M)
    told = {name: grows == "yes" for names, grows in rows for name in re.findall(r"`(\w+)`", names)}
    assert told == {method: method in worlds.EXTENDABLE for method in worlds.METHODS}


def test_every_file_is_told() -> None:
    told = set(re.findall(r"^\| `([\w./]+\.\w+)` \|", PAGE, re.M))
    names = {getattr(sweep_files, n) for n in ("MANIFEST", "SCENARIO", "WORLDS", "PROGRESS")}
    assert told == {*names, sweep_files.shard_name(0)}


def test_the_rule_for_stopping_is_the_one_in_use() -> None:
    assert (stable.FIRST_LOOK, stable.GROWTH, stable.LOOKS) == (64, 1.25, 3)
    assert (stable.SHARE, stable.RESAMPLES) == (0.95, 1000)
    assert f"exit code {int(ExitCode.INTERRUPTED)}" in PAGE
