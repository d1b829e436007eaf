"""Holds the tables of codes, ``docs/errors.md`` and what the checks report together."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from countermove import language
from countermove.errors import Diagnostic, ScenarioError, SizeLimitError
from countermove.game import compile
from countermove.game.faults import GAME_CODES
from countermove.language.base import Opened, merge
from countermove.language.build import build
from countermove.language.codes import LANGUAGE_CODES
from countermove.language.faults import Faults
from countermove.language.model import Scenario
from countermove.language.parse import Scope
from countermove.language.source import read_tree

PAGE = Path(__file__).parents[2] / "docs" / "errors.md"
CODES = dict(sorted({**LANGUAGE_CODES, **GAME_CODES}.items()))
SECTION = re.compile(r"^### (CM\d{3}): (.*)$", re.MULTILINE)
BLOCK = re.compile(r"^```(yaml file|yaml patch|yaml base|python)\n(.*?)^```$", re.M | re.DOTALL)


def sections() -> dict[str, tuple[str, str]]:
    parts = SECTION.split(PAGE.read_text(encoding="utf-8"))[1:]
    return {code: (title, body) for code, title, body in zip(*[iter(parts)] * 3, strict=True)}


def base() -> str:
    return next(t for kind, t in BLOCK.findall(PAGE.read_text("utf-8")) if kind == "yaml base")


def patched(text: str) -> tuple[Scenario | None, Faults]:
    faults = Faults()
    below, above = read_tree(base(), "base", Faults()), read_tree(text or "{}", "patch", faults)
    if below is None or above is None:
        return None, faults
    return build(Opened(merge(below, above), text), "patch", faults), faults


def check_patch(text: str) -> list[Diagnostic]:
    return patched(text)[1].sorted()


def compiled(text: str, **options: Any) -> list[Any]:
    """What the text shows, and if that is no error what compiling shows, under every policy."""
    scenario, faults = patched(text)
    found: list[Any] = list(faults.sorted())
    if scenario is None or faults.has_errors():
        return found
    for policy in (None, *scenario.policies):
        try:
            game = compile(scenario, policy=policy, **options)
            found += game.warnings() if policy is None else []
        except ScenarioError as error:
            found += error.diagnostics
        except SizeLimitError as error:
            found.append(SimpleNamespace(code=str(error)[:5], message=str(error)))
    return found


def run_example(kind: str, text: str, code: str) -> list[Any]:
    if kind == "yaml patch":
        return compiled(text)
    if kind == "yaml file":
        return list(language.check_text(text))
    names: dict[str, Any] = {
        "language": language,
        "check_patch": check_patch,
        "compiled": compiled,
        "base": base(),
        "scope": Scope(variables={v.name: v for v in language.loads(base()).variables}),
        "Path": Path,
    }
    exec(compile_python(text, code), names)
    return list(names["found"])


def compile_python(text: str, code: str) -> Any:
    import builtins

    return builtins.compile(textwrap.dedent(text), f"docs/errors.md {code}", "exec")


def test_every_code_has_a_section_and_every_section_a_code() -> None:
    assert list(sections()) == list(CODES)


@pytest.mark.parametrize("code", CODES)
def test_titles_agree(code: str) -> None:
    assert sections()[code][0].lower() == CODES[code].lower()


def test_the_base_scenario_has_no_faults() -> None:
    assert compiled("") == []


@pytest.mark.parametrize("code", CODES)
def test_the_example_shows_its_code(
    code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    blocks = BLOCK.findall(sections()[code][1])
    assert len(blocks) == 1
    assert code in {d.code for d in run_example(*blocks[0], code)}


def test_every_code_in_the_source_is_in_a_table() -> None:
    source = Path(language.__file__).parents[1]
    used = {
        code
        for folder in ("language", "game")
        for path in (source / folder).glob("*.py")
        for code in re.findall(r"\bCM\d{3}\b", path.read_text(encoding="utf-8"))
    }
    assert used == set(CODES)
