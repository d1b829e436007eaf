"""The log: some paths move by move, and the states that it names."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from countermove.game.beliefs import Axis
from countermove.simulate.parts import Part
from countermove.solve.solution import Solution

if TYPE_CHECKING:
    import pyarrow as pa

    from countermove.simulate.walk import Walked

_LOGGED = ("path", "period", "part", "action", "state")


@dataclass(slots=True)
class Log:
    """The first ``wanted`` paths kept, a row a move or happening; ``paths`` are logged so far."""

    solution: Solution
    parts: list[Part]
    wanted: int
    paths: int = 0
    rows: list[dict[str, NDArray[Any]]] = field(default_factory=list)

    def add(self, walked: Walked, which: NDArray[np.intp]) -> None:
        """Add paths of a block, as far as any are wanted."""
        which = which[: max(self.wanted - self.paths, 0)]
        if not len(which):
            return
        self.paths += len(which)
        for number, part in enumerate(self.parts):
            action = part.action(walked.chosen[:, part.step, which])
            period, path = np.nonzero(action >= 0)
            at = period, part.step, which[path]
            rows = {
                "path": (walked.first + which[path]).astype(np.int64),
                "period": period.astype(np.int32),
                "part": np.full(len(path), number, np.int16),
                "action": action[period, path].astype(np.int32),
                "state": walked.before[at],
            }
            if walked.trace is not None:
                rows["belief"] = walked.trace.believed[at]
                for j in range(walked.trace.held.shape[3]):
                    rows[f"type {j}"] = walked.trace.held[(*at, j)]
            self.rows.append(rows)

    def table(self) -> pa.Table:
        """All rows, by path and time.

        Where players have types, ``belief(player, type)`` are the public beliefs at the step, and
        ``true type(player)`` is what nobody but that player knows.
        """
        import pyarrow as pa

        axes = self.solution.game.world.beliefs.axes
        names = [*_LOGGED, *(["belief", *(f"type {j}" for j in range(len(axes)))] if axes else [])]
        none = np.empty(0, np.int32)
        rows = {n: np.concatenate([none, *(r[n] for r in self.rows)]) for n in names}
        order = np.lexsort((rows["part"], rows["period"], rows["path"]))
        rows = {name: values[order] for name, values in rows.items()}
        return pa.table({**self._columns(rows), **_hidden(axes, rows)})

    def _columns(self, rows: dict[str, NDArray[Any]]) -> dict[str, pa.Array]:
        import pyarrow as pa

        # Names are numbered by part and action, so that the table holds each but once.
        parts = self.parts
        starts = np.cumsum([0, *(len(part.names) for part in parts)])
        actions, number = np.unique([a for p in parts for a in p.names], return_inverse=True)
        who = [None if part.mover is None else part.mover.player for part in parts]
        players = sorted({w for w in who if w is not None})
        player = np.array([-1 if w is None else players.index(w) for w in who])[rows["part"]]
        step = np.array([part.step for part in parts])[rows["part"]]
        action = number[starts[rows["part"]] + rows["action"]]
        labels = self.solution.labels_of(int(rows["period"].max(initial=0)) + 1)
        steps = [head.label for head in self.solution.game.world.steps]
        first = self.solution.game.start_period
        return {
            "path": pa.array(rows["path"].astype(np.int64)),
            "period": pa.array((rows["period"] + first).astype(np.int32)),
            "date": _named(rows["period"], labels),
            "step": _named(step, steps),
            "player": _named(player, players),
            "action": _named(action, actions.tolist()),
            "state": pa.array(rows["state"].astype(np.uint32)),
        }


def _hidden(axes: tuple[Axis, ...], rows: dict[str, NDArray[Any]]) -> dict[str, pa.Array]:
    import pyarrow as pa

    found = {}
    joint = rows["belief"].astype(np.int64) if axes else np.empty(0, np.int64)
    points = np.unravel_index(joint, [len(axis.points) for axis in axes]) if axes else ()
    for axis, point in zip(axes, points, strict=True):
        for k, name in enumerate(axis.types):
            found[f"belief({axis.player}, {name})"] = pa.array(axis.points[point, k])
    for j, axis in enumerate(axes):
        found[f"true type({axis.player})"] = _named(rows[f"type {j}"], axis.types)
    return found


def _named(codes: NDArray[Any], names: Any) -> pa.DictionaryArray:
    """Names by their numbers; none where the number is negative."""
    import pyarrow as pa

    values = pa.array(codes.astype(np.int32), mask=codes < 0)
    return pa.DictionaryArray.from_arrays(values, list(names))


def states_of(solution: Solution) -> pa.Table:
    """The table of states: number, then a column of level names for each variable."""
    import pyarrow as pa

    game = solution.game
    columns: dict[str, Any] = {"state": pa.array(np.arange(game.n_states, dtype=np.uint32))}
    for i, (name, levels) in enumerate(zip(game.variables, game.level_names, strict=True)):
        codes = np.arange(game.n_states) if game.structure is None else game.structure.levels[:, i]
        column = pa.DictionaryArray.from_arrays(pa.array(codes.astype(np.int32)), list(levels))
        columns[f"{name}_" if name == "state" else name] = column
    return pa.table(columns)
