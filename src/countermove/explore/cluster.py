"""The same shards as tasks of ``dask.distributed``: beyond one machine, or on all of its cores."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from importlib.metadata import version
from threading import Lock
from typing import Any

from countermove._version import __version__
from countermove.errors import InvalidRequest, SolveError
from countermove.explore.shards import Computed, Evaluates, Factory, compute
from countermove.explore.sweep_plan import Plan
from countermove.explore.worlds_file import Block, WorldsReader

LOCAL = "local"
_PATIENCE = 60.0  # seconds without any worker
_CONNECT = "15s"
_AHEAD = 2  # tasks a thread of a worker, so that none waits for us
_SAME = ("numba", "numpy")  # figures differ in their last digits from one version to another


def computed(
    plan: Plan,
    reader: WorldsReader,
    todo: Sequence[int],
    *,
    address: str,
    factory: Factory,
    workers: int | None = None,
    max_memory: str | int | None = None,
) -> Computed:
    """The shards to do with their tables, as the cluster finishes them.

    ``address`` is a scheduler's, or ``local`` for ``workers`` processes on this machine (as many as
    it has cores). Few shards are under way at a time, so that memory does not grow with their
    number. A shard whose worker dies is given to another. Raises ``InvalidRequest`` where dask is
    not installed, the cluster cannot be reached, has no workers or other versions; ``SolveError``
    where a shard ends every worker that takes it.
    """
    with _client(address, workers) as client:
        _check_workers(client, address)
        yield from _gathered(client, plan, reader, todo, factory, max_memory)


def _gathered(
    client: Any,
    plan: Plan,
    reader: WorldsReader,
    todo: Sequence[int],
    factory: Factory,
    max_memory: str | int | None,
) -> Computed:
    waiting = iter(todo)
    under_way: dict[Any, int] = {}
    run = secrets.token_hex(8)  # a scheduler may remember another run's tasks
    while True:
        for shard in waiting:
            block = reader.block(*plan.span(shard))
            arguments = (work, plan, block, factory, max_memory, versions())
            key = f"countermove-{run}-{shard}"
            under_way[client.submit(*arguments, key=key, pure=False)] = shard
            if len(under_way) >= max(1, _AHEAD * _threads(client)):
                break
        if not under_way:
            return
        for future in _finished(client, list(under_way)):
            shard = under_way.pop(future)
            table = _table(_result(future, plan, shard))
            future.release()
            yield shard, table


def _threads(client: Any) -> int:
    """The threads of all workers there are now."""
    return sum(client.ncores().values())


def _finished(client: Any, futures: list[Any]) -> list[Any]:
    """Those that are finished, at least one; waits as long as there are workers."""
    wait = _dask().wait
    while True:
        try:
            with client.as_current():
                done = wait(futures, timeout=_PATIENCE, return_when="FIRST_COMPLETED").done
            return [future for future in futures if future in done]
        except TimeoutError:
            if not _threads(client):
                raise InvalidRequest(
                    f"the cluster has had no worker for {_PATIENCE:g} seconds; start workers and "
                    "give the command again: it goes on where it stopped"
                ) from None


def _result(future: Any, plan: Plan, shard: int) -> bytes:
    from concurrent.futures import CancelledError

    first, last = plan.span(shard)
    try:
        found: bytes = future.result()
    except _dask().KilledWorker:
        raise SolveError(
            f"the worlds {first:,} to {last - 1:,} ended every worker that took them, perhaps for "
            "want of memory; give workers more, or ask for smaller shards by --shard"
        ) from None
    except CancelledError:
        raise InvalidRequest(
            "the scheduler has dropped the tasks, or the connection to it is lost; give the "
            "command again: it goes on where it stopped"
        ) from None
    return found


_evaluators: dict[str, Evaluates] = {}  # of this worker, the last used
_making = Lock()


def work(
    plan: Plan,
    block: Block,
    factory: Factory,
    max_memory: str | int | None,
    wanted: dict[str, str],
) -> bytes:
    """What a worker does with a block of worlds; the rows as an Arrow stream."""
    import pyarrow as pa

    refuse_versions("this worker", versions(), wanted)
    table = compute(_evaluator(plan, factory, max_memory), plan, block, threads=1)
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as stream:
        stream.write_table(table)
    return bytes(sink.getvalue())


def _evaluator(plan: Plan, factory: Factory, max_memory: str | int | None) -> Evaluates:
    name = repr((sorted(map(str, plan.identity().items())), max_memory))
    with _making:
        if name not in _evaluators:
            _evaluators.clear()
            _evaluators[name] = factory(plan, max_memory)
        return _evaluators[name]


def _table(stream: bytes) -> Any:
    import pyarrow as pa

    with pa.ipc.open_stream(stream) as reader:
        return reader.read_all()


def versions() -> dict[str, str]:
    """The versions that must be the same wherever rows are computed."""
    return {"countermove": __version__, **{name: version(name) for name in _SAME}}


def refuse_versions(who: str, found: dict[str, str], wanted: dict[str, str]) -> None:
    """Raise ``InvalidRequest`` where a worker's versions are not those wanted."""
    differing = [
        f"{name} {found.get(name) or 'is not there'} instead of {wanted[name]}"
        for name in wanted
        if found.get(name) != wanted[name]
    ]
    if differing:
        raise InvalidRequest(
            f"{who} has {', '.join(differing)}; install the same versions on all workers"
        )


def _check_workers(client: Any, address: str) -> None:
    try:
        client.wait_for_workers(1, timeout=_PATIENCE)
    except TimeoutError:
        raise InvalidRequest(
            f"the scheduler at {address} has no worker; start one by `dask worker {address} "
            "--nthreads 1`"
        ) from None
    others = list(_SAME)

    def probe() -> dict[str, str]:  # travels by value: a worker may lack countermove
        from importlib.metadata import PackageNotFoundError, version

        found = {}
        try:
            found["countermove"] = __import__("countermove").__version__
            found |= {name: version(name) for name in others}
        except (ImportError, PackageNotFoundError):
            pass
        return found

    for worker, found in client.run(probe).items():
        refuse_versions(f"the worker {worker}", found, versions())


def _dask() -> Any:
    """The library, which is an extra; ``InvalidRequest`` where it is not there."""
    try:
        return import_module("distributed")
    except ImportError:
        raise InvalidRequest(
            "explorations on a cluster need dask: pip install 'countermove[cluster]'"
        ) from None


@contextmanager
def _client(address: str, workers: int | None) -> Iterator[Any]:
    distributed = _dask()
    if address == LOCAL:
        with _local(workers) as cluster, distributed.Client(cluster, set_as_default=False) as ours:
            yield ours
        return
    try:
        client = distributed.Client(address, timeout=_CONNECT, set_as_default=False)
    except (OSError, ValueError) as error:
        raise InvalidRequest(
            f"no dask scheduler answers at {address!r} ({error}); give the address that `dask "
            "scheduler` prints, such as tcp://10.0.0.1:8786, or local"
        ) from None
    with client:
        yield client


def _local(workers: int | None) -> Any:
    """Processes of one thread each; without a dashboard, which needs more libraries."""
    import logging

    try:
        return _dask().LocalCluster(
            n_workers=workers or os.cpu_count() or 1,
            threads_per_worker=1,
            processes=True,
            dashboard_address=None,
            memory_limit=None,  # games are measured against the free memory before they are made
            silence_logs=logging.ERROR,
            env={"NUMBA_NUM_THREADS": "1"},
            preload=["countermove.explore.cluster_worker"],
            preload_argv=[[]],
        )
    except RuntimeError as error:
        raise InvalidRequest(
            f"the workers could not be started ({error}); a script that explores on a local "
            "cluster does so under `if __name__ == '__main__':`, as its workers import it"
        ) from None
