import json
from pathlib import Path

import pytest

from unit.cli.command_results import Run


def break_it(folder: Path, before: str, after: str) -> Path:
    file = folder / "scenario.yaml"
    text = file.read_text(encoding="utf-8")
    assert before in text
    file.write_text(text.replace(before, after, 1), encoding="utf-8")
    return file


def test_a_sound_scenario_has_no_faults(starter: Path, countermove: Run) -> None:
    ran = countermove("check", "--warnings-as-errors", starter)
    assert (ran.code, ran.out) == (0, f"{starter}: no faults\n")


def test_it_is_sound_under_each_policy_and_view(starter: Path, countermove: Run) -> None:
    assert countermove("check", "--thorough", starter).code == 0


def test_a_fault_shows_its_line_with_a_caret_and_the_remedy(
    starter: Path, countermove: Run
) -> None:
    file = break_it(starter, "prestige: prestige *", "prestige: prestig *")
    line = next(
        number
        for number, text in enumerate(file.read_text().splitlines(), start=1)
        if "prestig *" in text
    )
    ran = countermove("check", starter)
    assert ran.code == 1
    shown = ran.out.splitlines()
    assert shown[0] == (
        f"{file}:{line}:17: error CM027: there is no variable, parameter or term 'prestig'"
    )
    assert shown[1].startswith(f"  {line} |       prestige: prestig * where(")
    assert shown[2] == f"  {' ' * len(str(line))} | {' ' * 16}^^^^^^^"
    assert "  nearest:  prestige" in shown
    assert shown[-1] == f"{starter}: 1 error"


def test_all_faults_come_at_once(starter: Path, countermove: Run) -> None:
    break_it(starter, "prestige: prestige *", "prestige: prestig *")
    break_it(starter, "effects: [{blockade: 1}]", "effects: [{blokade: 1}]")
    ran = countermove("check", starter)
    assert "'prestig'" in ran.out
    assert "'blokade'" in ran.out
    assert ran.out.splitlines()[-1].endswith("2 errors")


def test_faults_of_reachable_states_come_with_a_path(starter: Path, countermove: Run) -> None:
    break_it(starter, "probability: spark * clashes", "probability: 2 * clashes")
    ran = countermove("check", starter)
    assert ran.code == 1
    assert "error" in ran.out


def test_warnings_fail_only_when_asked(starter: Path, countermove: Run) -> None:
    break_it(starter, ", cites: [home_front]}", "}")
    lenient, strict = countermove("check", starter), countermove("check", "-W", starter)
    assert (lenient.code, strict.code) == (0, 1)
    assert "warning CM097" in lenient.out


def test_json_gives_every_field(starter: Path, countermove: Run) -> None:
    break_it(starter, "prestige: prestige *", "prestige: prestig *")
    ran = countermove("check", starter, "--json")
    (fault,) = json.loads(ran.out)["diagnostics"]
    assert ran.code == 1
    assert fault["code"] == "CM027"
    assert fault["text"] == "prestig"
    assert fault["nearest"] == "prestige"
    assert (fault["line"], fault["column"]) > (0, 0)


@pytest.mark.parametrize(
    ("name", "code"), [("no-such-scenario", 2), ("no-such-file.yaml", 6), ("no-such/folder", 6)]
)
@pytest.mark.parametrize("command", ["check", "show", "run"])
def test_a_scenario_that_is_not_there(countermove: Run, command: str, name: str, code: int) -> None:
    ran = countermove(command, name)
    assert ran.code == code
    assert "CM001" in ran.out + ran.err


@pytest.mark.parametrize("junk", ["", "\x00\x01", "[1, 2", "- a\n- b\n", "é: \udcff"])
def test_junk_is_a_fault_and_no_traceback(countermove: Run, tmp_path: Path, junk: str) -> None:
    file = tmp_path / "junk.yaml"
    file.write_bytes(junk.encode("utf-8", errors="surrogateescape"))
    ran = countermove("check", file)
    assert ran.code == 1
    assert "Traceback" not in ran.out + ran.err
