"""Files that appear whole or not at all."""

import os
import socket

import pytest

from countermove.explore.files import clear_partials, is_partial, read_json, whole, write_json


def test_a_file_that_fails_to_be_written_leaves_the_old_one(tmp_path):
    path = tmp_path / "cell.json"
    path.write_text("old")
    with pytest.raises(KeyboardInterrupt), whole(path) as partial:
        partial.write_text("ha")
        raise KeyboardInterrupt
    assert [p.name for p in tmp_path.iterdir()] == ["cell.json"]
    assert path.read_text() == "old"


def test_a_file_being_written_is_known_as_such_and_left_to_a_process_that_runs(tmp_path):
    with whole(tmp_path / "rows.parquet") as partial:
        partial.write_text("half")
        clear_partials(tmp_path)
        assert is_partial(partial)
        assert partial.exists()
    assert [p.name for p in tmp_path.iterdir()] == ["rows.parquet"]


def test_under_a_lock_what_is_half_written_goes_whoever_left_it_but_only_of_ones_own(tmp_path):
    marks = [f"{socket.gethostname()}-{os.getpid()}-00ff00ff", "elsewhere-1-00ff00ff"]
    left = [tmp_path / f".{name}.partial-{mark}" for name in ("a.b", "c") for mark in marks]
    for path in left:
        path.write_text("half")
    clear_partials(tmp_path, {"a.b"}.__contains__)
    assert [path.exists() for path in left] == [False, False, True, True]
    clear_partials(tmp_path / "nowhere")


def test_what_is_no_object_of_json_is_none(tmp_path):
    path = tmp_path / "manifest.json"
    assert read_json(path) is None
    for text in ("[1]", "{", ""):
        path.write_text(text)
        assert read_json(path) is None
    write_json(path, {"é": 1})
    assert read_json(path) == {"é": 1}
    with pytest.raises(ValueError, match="Out of range float"):
        write_json(path, {"é": float("nan")})
    assert read_json(path) == {"é": 1}
