"""What a worker of a cluster does with a block of worlds, without a cluster."""

from concurrent.futures import CancelledError
from typing import Any

import numpy as np
import pytest

from countermove import InvalidRequest, SolveError
from countermove.explore import cluster
from countermove.explore.shards import compute, parquet_of
from countermove.explore.sweep_plan import Plan, plan_of
from countermove.explore.worlds_file import Block, blocks
from unit.explore.sweep_scenario import Pretender, tiny


def planned() -> tuple[Plan, Block]:
    plan, space = plan_of(tiny(), worlds=8, views=["all"])
    return plan, next(blocks(plan, space))


def test_a_worker_returns_the_rows_that_this_process_would_make() -> None:
    plan, block = planned()
    made: list[Pretender] = []

    def factory(plan: Plan, max_memory: Any) -> Pretender:
        made.append(Pretender())
        return made[-1]

    cluster._evaluators.clear()
    streams = [cluster.work(plan, block, factory, None, cluster.versions()) for _ in range(2)]
    here = compute(Pretender(), plan, block)
    assert parquet_of(cluster._table(streams[0])) == parquet_of(here)
    assert streams[0] == streams[1]
    assert len(made) == 1  # compiled once
    assert made[0].threads == {1}


def test_other_versions_are_refused() -> None:
    plan, block = planned()
    wanted = {**cluster.versions(), "countermove": "99.0"}
    with pytest.raises(InvalidRequest, match=r"this worker has countermove .* instead of 99\.0"):
        cluster.work(plan, block, lambda p, m: Pretender(), None, wanted)
    with pytest.raises(InvalidRequest, match=r"numba is not there instead of .*same versions"):
        cluster.refuse_versions("it", {**cluster.versions(), "numba": ""}, cluster.versions())


class Failed:
    def __init__(self, error: Exception) -> None:
        self._error = error

    def result(self) -> bytes:
        raise self._error


def test_what_a_cluster_may_do_to_a_shard_is_said_in_words() -> None:
    from distributed import KilledWorker

    plan, _ = planned()
    killed = KilledWorker("task", None, 4)
    with pytest.raises(SolveError, match="worlds 0 to 7 ended every worker that took them"):
        cluster._result(Failed(killed), plan, 0)
    with pytest.raises(InvalidRequest, match="goes on where it stopped"):
        cluster._result(Failed(CancelledError()), plan, 0)


def test_few_shards_are_under_way_at_a_time() -> None:
    plan, space = plan_of(tiny(), worlds=64, shard=2)
    drawn = np.concatenate([b.values for b in blocks(plan, space)], axis=1)
    there = AtOnce()

    class Reader:
        def block(self, first: int, last: int) -> Block:
            return Block(first, drawn[:, first:last])

    found = cluster._gathered(
        there,
        plan,
        Reader(),
        range(32),
        lambda p, m: Pretender(),
        None,  # type: ignore[arg-type]
    )
    assert sorted(shard for shard, _ in found) == [*range(32)]
    assert there.most == 6  # two a thread


class AtOnce:
    """A client of three threads that does its tasks when somebody waits for them."""

    def __init__(self) -> None:
        self.held: list[Any] = []
        self.most = 0

    def ncores(self) -> dict[str, int]:
        return {"one": 1, "two": 2}

    def submit(self, function: Any, *arguments: Any, key: str, pure: bool) -> Any:
        client = self

        class Task:
            def result(self) -> bytes:
                return function(*arguments)  # type: ignore[no-any-return]

            def release(self) -> None:
                client.held.remove(self)

        assert not pure
        self.held.append(Task())
        self.most = max(self.most, len(self.held))
        return self.held[-1]


@pytest.fixture(autouse=True)
def _waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "_finished", lambda client, futures: futures[-1:])
