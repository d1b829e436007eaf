from pathlib import Path

import pytest

from countermove.cli import options
from countermove.cli.run import default_output
from countermove.errors import InvalidRequest


def test_assignments_may_be_repeated_or_separated_by_commas() -> None:
    assert options.assignments("--from", ["a=low,b=2", " c = x "]) == {
        "a": "low",
        "b": "2",
        "c": "x",
    }
    assert options.assignments("--from", []) == {}


@pytest.mark.parametrize("text", ["a", "a=", "=1", "="])
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(InvalidRequest, match=r"--set takes name=value, not '"):
        options.assignments("--set", [text])


def test_a_name_given_twice_is_refused() -> None:
    with pytest.raises(InvalidRequest, match="--set names 'a' twice"):
        options.assignments("--set", ["a=1", "a=2"])


def test_numbers_must_be_finite_numbers() -> None:
    assert options.numbers("--set", ["a=1.5,b=-2e-3"]) == {"a": 1.5, "b": -0.002}
    for text in ("a=low", "a=nan", "a=inf"):
        with pytest.raises(InvalidRequest, match="is not a number"):
            options.numbers("--set", [text])


def test_the_default_folder_is_named_after_the_scenario(tmp_path: Path) -> None:
    folder = tmp_path / "crisis.v2"
    folder.mkdir()
    (folder / "scenario.yaml").touch()
    (tmp_path / "strait.yaml").touch()
    for given, name in (
        ("us-iraq-2020", "us-iraq-2020"),
        (folder, "crisis.v2"),
        (folder / "scenario.yaml", "crisis.v2"),
        (tmp_path / "strait.yaml", "strait"),
    ):
        assert default_output(str(given)) == Path("runs") / name
