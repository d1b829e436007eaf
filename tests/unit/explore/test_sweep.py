"""Explorations: whole shards, taken up where they stopped, refused where they are another."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from countermove import InvalidRequest, OutputExists, UnknownName, loads
from countermove.explore import sweep_plan
from countermove.explore.cases import Case
from countermove.explore.exploration import load_exploration
from countermove.explore.objectives import Objective
from countermove.explore.region import regions, words
from countermove.explore.sweep import Swept, explore, sweep
from countermove.explore.sweep_lock import LOCK, holder, locked
from countermove.explore.sweep_plan import plan_of
from countermove.explore.sweep_run import Progress, Sweep, in_order
from countermove.explore.sweep_status import status
from unit.explore.sweep_scenario import TEXT, Pretender, pretending, tiny

GOAL = Objective("payoff(us)", 1.0)


def swept(
    folder: Path,
    *,
    evaluator: Pretender | None = None,
    stop: Callable[[], bool] = lambda: False,
    progress: Callable[[Progress], None] | None = None,
    until_stable: float | None = None,
    restart: bool = False,
    text: str = TEXT,
    **asked: Any,
) -> Swept:
    """A sweep of the tiny scenario by the evaluator that pretends."""
    wanted = {"worlds": 40, "shard": 8, "views": ["all"], "method": "sobol", **asked}
    plan, space = plan_of(loads(text), **wanted)
    whole = Sweep(plan, space, folder, GOAL, until_stable=until_stable, restart=restart)
    factory = pretending(evaluator or Pretender())
    return sweep(whole, factory=factory, stop=stop, progress=progress)


def after(shards: int) -> Callable[[], bool]:
    """Says stop once so many shards are done."""
    calls = iter(range(1, 1000))
    return lambda: next(calls) >= shards


def files(folder: Path) -> dict[str, bytes]:
    kept = [path for path in folder.rglob("*") if path.is_file() and path.name != "progress.json"]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in kept}


def test_rows_are_every_world_view_policy_in_a_fixed_order(tmp_path: Path) -> None:
    assert swept(tmp_path).ended == "complete"
    found = load_exploration(tmp_path)
    assert found.complete
    assert found.policies == ("(free)", "always_ask", "never_ask")  # those of 'us' alone
    assert found.views == ("(own)", "shy", "bold")
    assert found.met == ("free", "adaptive")
    assert found.keys == Pretender.keys
    assert found.rows.columns[:7] == [
        "world", "view", "policy", "met", "status", "residual", "unsolved"
    ]  # fmt: skip
    assert found.rows["world"].to_list() == [w for w in range(40) for _ in range(9)]
    assert found.rows["view"].to_list()[:9] == [v for v in found.views for _ in range(3)]
    assert found.rows["policy"].to_list()[:3] == [*found.policies]
    assert found.worlds.shape == (120, 5)


def test_rows_belong_to_the_worlds_beside_them(tmp_path: Path) -> None:
    swept(tmp_path)
    found = load_exploration(tmp_path)
    both = found.rows.join(found.worlds, on=["world", "view"]).filter(pl.col("policy") == "(free)")
    assert (both["payoff(us)"] == both["prize"] - both["shame"]).all()
    assert both.height == 120
    assert found.rows["yields"].null_count() == found.rows.height  # a measure that has no number


def test_an_interrupted_one_ends_with_the_same_bytes(tmp_path: Path) -> None:
    swept(tmp_path / "whole")
    first = swept(tmp_path / "parts", stop=after(2))
    assert first.ended == "interrupted"
    assert first.progress.rows == 2 * 8 * 9
    assert not load_exploration(tmp_path / "parts").complete
    rest = Pretender()
    assert swept(tmp_path / "parts", evaluator=rest).ended == "complete"
    assert rest.solved == 3 * 8 * 9
    assert files(tmp_path / "parts") == files(tmp_path / "whole")


def test_a_failure_leaves_whole_shards_and_no_lock(tmp_path: Path) -> None:
    def burst() -> None:
        if len([*(tmp_path / "rows").iterdir()]) == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        swept(tmp_path, evaluator=Pretender(before=burst))
    assert sorted(files(tmp_path)) == [
        "manifest.json", "rows/00000.parquet", "rows/00001.parquet", "rows/00002.parquet",
        "scenario.yaml", "worlds.parquet",
    ]  # fmt: skip
    assert load_exploration(tmp_path).explored == 24


def test_shards_that_are_wrong_or_not_listed_are_done_again(tmp_path: Path) -> None:
    swept(tmp_path)
    whole = files(tmp_path)
    (tmp_path / "rows/00001.parquet").write_bytes(b"nothing")
    (tmp_path / "rows/00003.parquet").unlink()
    manifest = json.loads((tmp_path / "manifest.json").read_text())
    del manifest["shards"]["rows/00004.parquet"]
    (tmp_path / "manifest.json").write_text(json.dumps(manifest))
    (tmp_path / "rows/.00004.parquet.partial-elsewhere-1-00ff00ff").write_bytes(b"half")
    with pytest.raises(InvalidRequest, match=r"00001\.parquet is no more as it was written"):
        load_exploration(tmp_path)
    again = Pretender()
    swept(tmp_path, evaluator=again)
    assert again.solved == 3 * 8 * 9
    assert files(tmp_path) == whole


def test_nothing_is_left_to_do_at_the_end(tmp_path: Path) -> None:
    swept(tmp_path)
    again = Pretender()
    assert swept(tmp_path, evaluator=again).ended == "complete"
    assert again.solved == 0


def test_worlds_that_were_lost_are_drawn_again(tmp_path: Path) -> None:
    swept(tmp_path, stop=after(1))
    worlds = (tmp_path / "worlds.parquet").read_bytes()
    (tmp_path / "worlds.parquet").write_bytes(worlds[:-3])
    (tmp_path / "scenario.yaml").unlink()
    swept(tmp_path)
    assert (tmp_path / "worlds.parquet").read_bytes() == worlds
    assert load_exploration(tmp_path).complete


def test_worlds_that_cannot_be_drawn_again_are_refused(tmp_path: Path) -> None:
    swept(tmp_path, stop=after(1))
    manifest = json.loads((tmp_path / "manifest.json").read_text())
    manifest["values_sha256"] = "0"
    (tmp_path / "manifest.json").write_text(json.dumps(manifest))
    (tmp_path / "worlds.parquet").unlink()
    with pytest.raises(InvalidRequest, match="cannot be drawn again as they were"):
        swept(tmp_path)


def test_more_worlds_are_added(tmp_path: Path) -> None:
    swept(tmp_path / "grown", worlds=20)
    added = Pretender()
    assert swept(tmp_path / "grown", worlds=100, evaluator=added).ended == "complete"
    assert added.solved == (100 - 16) * 9  # the last shard was not full, and is done again
    swept(tmp_path / "whole", worlds=100)
    assert files(tmp_path / "grown") == files(tmp_path / "whole")


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"seed": 1}, "--seed was 0, and is now 1"),
        ({"worlds": 30}, "--worlds was 40, and is now 30"),
        ({"method": "random"}, "--method was sobol, and is now random"),
        ({"views": ["shy"]}, r"--views was \(own\), shy, bold, and is now shy"),
        ({"policies": ["never_ask"]}, "the policies was always_ask, never_ask, and is now never"),
        ({"met": ["surprised"]}, "--met was adaptive, and is now surprised"),
        ({"shard": 4}, "--shard was 8, and is now 4"),
        ({"belief_points": 2}, "--belief-points was left out, and is now 2"),
        ({"text": TEXT.replace("title: One", "title: Any")}, "the scenario has changed"),
    ],
)
def test_another_exploration_is_refused(
    tmp_path: Path, changed: dict[str, Any], message: str
) -> None:
    swept(tmp_path, stop=after(1))
    before = files(tmp_path)
    with pytest.raises(InvalidRequest, match=message) as caught:
        swept(tmp_path, **changed)
    assert "--restart" in str(caught.value)
    assert files(tmp_path) == before


def test_what_follows_from_another_difference_is_not_blamed(tmp_path: Path) -> None:
    swept(tmp_path, stop=after(1))
    with pytest.raises(InvalidRequest, match="--views was") as caught:
        swept(tmp_path, views=None, shard=4)
    assert "--shard" not in str(caught.value)
    with pytest.raises(InvalidRequest, match=r"--seed was 0.*--shard was 8, and is now 4"):
        swept(tmp_path, seed=1, shard=4)


def test_another_version_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    swept(tmp_path, stop=after(1))
    monkeypatch.setattr(sweep_plan, "__version__", "99.0")
    with pytest.raises(InvalidRequest, match=r"the version of Countermove was .*is now 99\.0"):
        swept(tmp_path)


def test_a_latin_hypercube_does_not_grow(tmp_path: Path) -> None:
    swept(tmp_path, method="lhs")
    with pytest.raises(InvalidRequest, match="has 40 worlds, to which this --method cannot add"):
        swept(tmp_path, method="lhs", worlds=80)


def test_restart_begins_anew_and_deletes_nothing_else(tmp_path: Path) -> None:
    swept(tmp_path, worlds=80)
    (tmp_path / "notes.txt").write_text("mine")
    (tmp_path / "rows" / "mine.parquet").write_text("mine")
    swept(tmp_path, seed=3, restart=True)
    assert load_exploration(tmp_path).manifest["seed"] == 3
    assert len([*(tmp_path / "rows").glob("0*.parquet")]) == 5
    assert (tmp_path / "notes.txt").read_text() == "mine"
    assert (tmp_path / "rows" / "mine.parquet").exists()


@pytest.mark.parametrize("restart", [False, True])
def test_a_folder_of_something_else_is_left_alone(tmp_path: Path, restart: bool) -> None:
    (tmp_path / "scenario.yaml").write_text("my own")
    with pytest.raises(OutputExists, match=r"holds no exploration \(scenario.yaml\)"):
        swept(tmp_path, restart=restart)
    (tmp_path / "manifest.json").write_text('{"kind": "run"}')
    with pytest.raises(OutputExists, match="holds no exploration"):
        swept(tmp_path, restart=restart)
    assert sorted(files(tmp_path)) == ["manifest.json", "scenario.yaml"]
    assert (tmp_path / "scenario.yaml").read_text() == "my own"
    with pytest.raises(OutputExists, match="is no folder"):
        swept(tmp_path / "manifest.json")


def test_rows_that_fail_are_rows_with_their_reason(tmp_path: Path) -> None:
    swept(tmp_path, worlds=256, evaluator=Pretender(fails_above=7.0))
    rows = load_exploration(tmp_path).rows
    failed = rows.filter(pl.col("status") != "solved")
    assert failed.height > 0
    assert rows.height == 256 * 9
    assert failed["payoff(us)"].null_count() == failed.height
    assert set(failed["status"]) == {"no answer"}
    assert set(failed["unsolved"]) == {3}
    found = status(tmp_path)
    assert found.failed == {"no answer": failed.height}
    assert [region.view for region in found.regions] == ["(own)", "shy"]  # bold has lam at 6
    own = found.regions[0]
    assert own.sides[0].parameter == "lam"
    assert 7 < own.sides[0].low < own.sides[0].high < 9
    assert own.policies.keys() == {"(free)", "always_ask"}
    assert found.standings[0].left_out == own.worlds


def test_progress_tells_rate_and_what_is_left(tmp_path: Path) -> None:
    told: list[Progress] = []
    swept(tmp_path, stop=after(2))
    swept(tmp_path, progress=told.append)
    assert told[0].rows == 3 * 72
    assert told[-1].rows == told[-1].total == 360
    assert told[-1].fresh == 3 * 72
    assert told[-1].left == 0
    assert Progress(10, 30, 5, 2.0).rate == 2.5
    assert Progress(10, 30, 5, 2.0).left == 8.0
    assert Progress(10, 30, 0, 0.0).left is None


def test_status_reads_what_is_there(tmp_path: Path) -> None:
    swept(tmp_path, stop=after(2))
    found = status(tmp_path)
    assert (found.explored, found.worlds, found.rows, found.total) == (16, 40, 144, 360)
    assert not found.complete
    assert found.rate is not None
    assert found.left == pytest.approx(216 / found.rate)
    assert found.holder is None
    assert found.objective == GOAL
    assert [s.order[0] for s in found.standings] == ["always_ask"] * 3
    with locked(tmp_path):
        assert status(tmp_path).holder == holder(tmp_path)
        assert str(os.getpid()) in str(holder(tmp_path))


def test_a_stable_ranking_ends_the_run_and_an_interruption_changes_nothing(tmp_path: Path) -> None:
    wanted: dict[str, Any] = {"worlds": 512, "until_stable": 0.95}
    ended = swept(tmp_path / "whole", **wanted)
    assert ended.ended == "stable"
    assert ended.standings[0].worlds == 104
    assert status(tmp_path / "whole").stable_after == 104
    swept(tmp_path / "parts", stop=after(5), **wanted)
    swept(tmp_path / "parts", stop=after(5), **wanted)
    assert swept(tmp_path / "parts", **wanted).ended == "stable"
    assert files(tmp_path / "parts") == files(tmp_path / "whole")
    assert swept(tmp_path / "whole", worlds=512).ended == "complete"
    assert status(tmp_path / "whole").stable_after is None


def test_what_cannot_become_stable_is_refused(tmp_path: Path) -> None:
    plan, space = plan_of(tiny(), worlds=8, policies=["stand_firm"])
    none = Sweep(plan, space, tmp_path / "a", None, until_stable=0.95)
    with pytest.raises(InvalidRequest, match="no ranking that could become stable"):
        sweep(none, factory=pretending(Pretender()))
    other = Sweep(plan, space, tmp_path / "a", Objective("asked", 1.0), until_stable=0.95)
    with pytest.raises(InvalidRequest, match="'asked', which is not among the measures"):
        sweep(other, factory=pretending(Pretender()))
    assert not (tmp_path / "a").exists()


def test_two_processes_do_not_work_in_one_folder(tmp_path: Path) -> None:
    code = (
        "import sys, pathlib; from countermove.explore.sweep_lock import locked\n"
        "with locked(pathlib.Path(sys.argv[1])): print('held', flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", code, str(tmp_path)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        with pytest.raises(InvalidRequest, match=f"worked on by process {other.pid} on"):
            swept(tmp_path)
        assert str(other.pid) in str(holder(tmp_path))
        other.kill()
    assert (tmp_path / LOCK).exists()  # left behind by the dead, and no hindrance
    assert holder(tmp_path) is None
    assert swept(tmp_path).ended == "complete"
    assert not (tmp_path / LOCK).exists()


def test_a_lock_of_another_machine_is_respected(tmp_path: Path) -> None:
    (tmp_path / LOCK).write_text('{"host": "elsewhere", "process": 7}')
    assert holder(tmp_path) == "process 7 on elsewhere"
    with pytest.raises(InvalidRequest, match=r"left locked by process 7 on elsewhere.*delete"):
        swept(tmp_path)
    assert (tmp_path / LOCK).exists()


def test_plans_name_what_is_unknown() -> None:
    for asked, message in (
        ({"views": ["sly"]}, "no view 'sly'; did you mean 'shy'"),
        ({"policies": ["ask"]}, "no policy 'ask'"),
        ({"player": "usa"}, "no player 'usa'"),
        ({"met": ["free"]}, "no way of meeting a policy 'free'"),
    ):
        with pytest.raises(UnknownName, match=message):
            plan_of(tiny(), worlds=8, **asked)  # type: ignore[arg-type]
    with pytest.raises(InvalidRequest, match="at least one world, not 0"):
        plan_of(tiny(), worlds=8, shard=0)


def test_a_plan_takes_the_policies_of_who_has_most(tmp_path: Path) -> None:
    plan, _ = plan_of(tiny(), worlds=8, met=["surprised", "adaptive"], views=["own", "shy"])
    assert plan.player == "us"
    assert plan.cases[:3] == (
        Case(),
        Case(None, "always_ask", "adaptive"),
        Case(None, "always_ask", "surprised"),
    )
    assert plan.views == (None, "shy")
    assert plan.shard == 16  # ten rows a world
    assert plan_of(tiny(), worlds=8)[0].shard == 64
    named, _ = plan_of(tiny(), worlds=8, player="them")
    assert named.policies == ("stand_firm",)


def test_shards_that_come_early_wait() -> None:
    source = (pair for pair in [(4, "e"), (1, "a"), (2, "b"), (6, "f")])
    assert [*in_order(source, [1, 2, 4, 6])] == [(1, "a"), (2, "b"), (4, "e"), (6, "f")]


def test_explore_solves_for_real_and_in_memory() -> None:
    found = explore(tiny(), worlds=4, views=["all"], met=["adaptive", "surprised"])
    assert found.folder is None
    assert found.rows.height == 4 * 3 * 5
    assert set(found.rows["status"]) == {"solved"}
    assert found.rows.filter(pl.col("policy") == "always_ask")["asked"].to_list() == (
        pytest.approx([1.0] * 24)
    )
    assert repr(found) == "Exploration('tiny': 4 worlds, 3 policies, 3 views, 60 rows)"


def test_draws_that_make_no_game_are_rows_and_their_region_is_found(tmp_path: Path) -> None:
    drawn = "  odds: {value: 0.9, range: [0.5, 1.5], assumption: true}\nplayers:"
    text = TEXT.replace("players:", drawn)
    text = text.replace("[{demand: met}]", "[{demand: met, probability: odds}]")
    found = explore(loads(text), worlds=64, policies=["never_ask"], folder=tmp_path)
    beyond = found.worlds.filter(pl.col("odds") > 1)["world"]
    failed = found.rows.filter(pl.col("status") != "solved")
    assert failed["world"].to_list() == beyond.to_list()
    assert set(failed["policy"]) == {"(free)"}  # who never asks is given nothing to answer
    (why,) = status(tmp_path).failed
    assert why.startswith("no game: CM100 the probability of action 'give_in'")
    assert " is #, with" in why
    (region,) = regions(tmp_path, found.manifest)
    assert [side.parameter for side in region.sides] == ["odds"]
    lines = words(region)
    assert lines[0].startswith(f"{failed.height} rows are not solved, in 32 of 64 worlds (50.0%)")
    assert re.fullmatch(r"nine tenths of these worlds have odds from 1\.0.*", lines[-1])


def test_regions_too_small_or_too_large_to_have_a_side(tmp_path: Path) -> None:
    swept(tmp_path / "few", worlds=64, views=None, evaluator=Pretender(fails_above=8.6))
    (few,) = status(tmp_path / "few").regions
    assert few.worlds < 5
    assert "too few to tell where they lie: worlds" in words(few)[-1]
    swept(tmp_path / "all", worlds=16, views=None, evaluator=Pretender(fails_above=0))
    (every,) = status(tmp_path / "all").regions
    assert words(every)[-1] == "that is every world: the fault is not in what is drawn"
    assert status(tmp_path / "all").standings == ()


def test_explore_takes_a_scenario() -> None:
    with pytest.raises(TypeError, match=r"explore takes a Scenario, not a str.*load"):
        explore("tiny", worlds=4)  # type: ignore[arg-type]
