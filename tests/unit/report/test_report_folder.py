import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from countermove.errors import InvalidRequest, OutputExists
from countermove.report.folder import whole_folder


def write_run(target: Path, text: str, *, overwrite: bool = False) -> None:
    with whole_folder(target, overwrite=overwrite) as partial:
        (partial / "report.html").write_text(text)
        (partial / "manifest.json").write_text(json.dumps({"outputs": {"report.html": {}}}))


def dead_process() -> int:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    return ended.pid


def leftover(target: Path, kind: str) -> Path:
    name = f".{target.name}.{kind}-{socket.gethostname() or 'host'}-{dead_process()}-00ff00ff"
    folder = target.parent / name
    folder.mkdir()
    (folder / "report.html").write_text(kind)
    return folder


def test_the_folder_appears_with_all_that_was_written(tmp_path: Path) -> None:
    target = tmp_path / "runs" / "crisis"
    with whole_folder(target) as partial:
        (partial / "report.html").write_text("all")
        assert not target.exists()
    assert (target / "report.html").read_text() == "all"
    assert [path.name for path in target.parent.iterdir()] == ["crisis"]


@pytest.mark.parametrize("failure", [RuntimeError, KeyboardInterrupt, SystemExit])
def test_nothing_is_left_where_writing_fails(tmp_path: Path, failure: type[BaseException]) -> None:
    with pytest.raises(failure), whole_folder(tmp_path / "crisis") as partial:
        (partial / "report.html").write_text("half")
        raise failure
    assert list(tmp_path.iterdir()) == []


def test_a_failed_replacement_leaves_the_old_folder(tmp_path: Path) -> None:
    target = tmp_path / "crisis"
    write_run(target, "old")
    with pytest.raises(KeyboardInterrupt), whole_folder(target, overwrite=True):
        raise KeyboardInterrupt
    assert (target / "report.html").read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["crisis"]


def test_an_existing_folder_is_not_replaced_unasked(tmp_path: Path) -> None:
    target = tmp_path / "crisis"
    write_run(target, "old")
    with pytest.raises(OutputExists, match=r"is already there; replace it with --overwrite"):
        write_run(target, "new")
    assert (target / "report.html").read_text() == "old"


def test_an_existing_run_is_replaced_when_asked(tmp_path: Path) -> None:
    target = tmp_path / "crisis"
    write_run(target, "old")
    write_run(target, "new", overwrite=True)
    assert (target / "report.html").read_text() == "new"
    assert [path.name for path in tmp_path.iterdir()] == ["crisis"]


def test_an_empty_folder_is_filled(tmp_path: Path) -> None:
    (tmp_path / "crisis").mkdir()
    write_run(tmp_path / "crisis", "new")
    assert (tmp_path / "crisis" / "report.html").read_text() == "new"


def test_files_of_the_users_own_are_never_deleted(tmp_path: Path) -> None:
    target = tmp_path / "crisis"
    write_run(target, "old")
    (target / "notes.txt").write_text("mine")
    with pytest.raises(OutputExists, match=r"holds files that no run wrote \(notes.txt\)"):
        write_run(target, "new", overwrite=True)
    assert (target / "notes.txt").read_text() == "mine"


def test_a_folder_that_no_run_wrote_is_never_replaced(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "thesis.tex").write_text("years of work")
    with pytest.raises(OutputExists, match=r"thesis\.tex"):
        write_run(tmp_path / "home", "new", overwrite=True)
    assert (tmp_path / "home" / "thesis.tex").exists()


def test_a_file_in_the_way_is_named(tmp_path: Path) -> None:
    (tmp_path / "crisis").write_text("a file")
    with pytest.raises(OutputExists, match="is no folder of results"):
        write_run(tmp_path / "crisis", "new", overwrite=True)


def test_the_root_is_no_target() -> None:
    with pytest.raises(InvalidRequest, match="cannot be the folder for results"):
        write_run(Path("/"), "new")


def test_leftovers_of_killed_runs_are_cleaned(tmp_path: Path) -> None:
    target = tmp_path / "crisis"
    leftover(target, "partial")
    write_run(target, "new")
    assert [path.name for path in tmp_path.iterdir()] == ["crisis"]


def test_leftovers_of_running_processes_and_other_targets_stay(tmp_path: Path) -> None:
    target = tmp_path / "crisis"
    host = socket.gethostname() or "host"
    kept = [
        tmp_path / f".crisis.partial-{host}-{os.getpid()}-00ff00ff",
        tmp_path / ".crisis.partial-elsewhere-1-00ff00ff",
        leftover(tmp_path / "other", "partial"),
    ]
    for folder in kept:
        folder.mkdir(exist_ok=True)
    write_run(target, "new")
    assert all(folder.exists() for folder in kept)


def test_a_run_killed_between_its_renames_loses_nothing(tmp_path: Path) -> None:
    target = tmp_path / "crisis"
    write_run(target, "old")
    killed = leftover(target, "replaced")
    (killed / "report.html").unlink()
    killed.rmdir()
    target.rename(killed)
    with pytest.raises(OutputExists, match="already there"):
        write_run(target, "new")
    assert (target / "report.html").read_text() == "old"


def test_a_link_to_a_folder_keeps_pointing_at_it(tmp_path: Path) -> None:
    write_run(tmp_path / "crisis", "old")
    (tmp_path / "latest").symlink_to("crisis", target_is_directory=True)
    write_run(tmp_path / "latest", "new", overwrite=True)
    assert (tmp_path / "latest").is_symlink()
    assert (tmp_path / "crisis" / "report.html").read_text() == "new"
