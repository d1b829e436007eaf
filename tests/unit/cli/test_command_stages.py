import os
import subprocess
import sys
from pathlib import Path

import pytest

from countermove.cli.stages import Stages


def test_each_stage_is_timed_and_says_nothing_unasked(capsys: pytest.CaptureFixture[str]) -> None:
    with Stages(shown=False) as stages, stages.stage("solve", "solve") as stage:
        stage.note("half way")
        stage.advance(1, 2)
    assert list(stages.times) == ["solve"]
    assert stages.times["solve"] >= 0
    assert capsys.readouterr() == ("", "")


def test_a_stage_that_fails_is_timed_and_the_failure_goes_on() -> None:
    stages = Stages(shown=False)
    with pytest.raises(RuntimeError, match="no luck"), stages, stages.stage("solve", "solve"):
        raise RuntimeError("no luck")
    assert list(stages.times) == ["solve"]


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
def test_progress_is_drawn_on_a_terminal_and_results_stay_clean(
    starter: Path, tmp_path: Path
) -> None:
    reading, terminal = os.openpty()
    code = "import sys; from countermove.cli import main; sys.exit(main())"
    arguments = ["run", str(starter), "-o", str(tmp_path / "out"), "--paths", "500", "--no-report"]
    ran = subprocess.Popen(
        [sys.executable, "-c", code, *arguments],
        stdout=subprocess.PIPE,
        stderr=terminal,
        env={**os.environ, "TERM": "xterm"},
    )
    os.close(terminal)
    drawn = b""
    try:
        while chunk := os.read(reading, 4096):
            drawn += chunk
    except OSError:  # Linux says so when the other end closes
        pass
    finally:
        os.close(reading)
    out, _ = ran.communicate(timeout=60)
    assert ran.returncode == 0
    for stage in ("check", "compile", "solve", "simulate", "report"):
        assert f"✓ {stage}".encode() in drawn
    assert b"126 states, 12 periods" in drawn
    assert b"\x1b" not in out
