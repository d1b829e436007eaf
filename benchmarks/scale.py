"""One million states, and how cost grows with the number of states."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from typing import Any

from benchmarks.timing import Part, short

_GB = 1e9
TARGET_SECONDS, TARGET_BYTES = 20.0, 8 * _GB


def run(*, quick: bool) -> Part:
    """Each size in a process of its own, so that its peak of memory is its own."""
    sizes = [1_000, 3_000] if quick else [1_000, 3_000, 10_000, 30_000, 100_000, 300_000, 1_000_000]
    found = [_child(size, periods=3 if quick else 24) for size in sizes]
    part = Part("scale", "Large games")
    for one in found:
        part.add(
            f"{one['states']:,} states",
            f"{short(one['seconds'])}, {one['seconds'] / one['states'] * 1e6:.1f} µs a state, "
            f"peak {one['bytes'] / _GB:.2f} GB",
        )
    _verdict(part, found[-1], quick=quick)
    part.plots["benchmark-scale.svg"] = _plot(found)
    part.notes.append(
        "The shape is that of the kernels' part. Seconds are of `solve` (residual included), all "
        "cores, the second call; the peak is that of the whole process, in which the game's arrays "
        "were drawn and compiled too."
    )
    return part


def _verdict(part: Part, last: dict[str, float], *, quick: bool) -> None:
    if quick:
        return
    time, size = last["seconds"], last["bytes"]
    part.add("one million states: seconds", short(time), "20 s", time <= TARGET_SECONDS)
    part.add("one million states: memory", f"{size / _GB:.2f} GB", "8 GB", size <= TARGET_BYTES)


def _child(states: int, *, periods: int) -> dict[str, float]:
    code = f"from benchmarks.scale import measure; measure({states}, {periods})"
    done = subprocess.run(
        [sys.executable, "-c", code], check=True, stdout=subprocess.PIPE, text=True
    )
    found: dict[str, float] = json.loads(done.stdout)
    return found


def measure(states: int, periods: int) -> None:
    """Print the seconds and the peak of memory of one size, as JSON."""
    import time

    from benchmarks.shape import Shape, draw, game_of
    from countermove.solve import solve

    solve(game_of(draw(Shape(states=100, periods=2))))  # loads the kernels
    game = game_of(draw(Shape(states=states, periods=periods)))
    times = []
    for _ in range(2 if states > 300_000 else 4):
        began = time.perf_counter()
        solution = solve(game, keep_strategies=False)
        times.append(time.perf_counter() - began)
    if solution.status != "solved" or solution.residual > 1e-9:
        raise AssertionError(f"{solution.status}, residual {solution.residual}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(
        json.dumps(
            {
                "states": states,
                "seconds": min(times[1:]),
                "bytes": peak * (1 if sys.platform == "darwin" else 1024),
            }
        )
    )


def _plot(found: list[dict[str, float]]) -> str:
    """Time against states, both logarithmic, with the line of constant time a state (SVG)."""
    import altair as alt
    import vl_convert

    middle = found[len(found) // 2]
    slope = middle["seconds"] / middle["states"]
    rows = [{"states": f["states"], "seconds": f["seconds"]} for f in found]
    line = [{"states": f["states"], "seconds": f["states"] * slope} for f in found]
    x: Any = alt.X("states:Q", title="states").scale(type="log")
    y: Any = alt.Y("seconds:Q", title="seconds").scale(type="log")
    base = alt.Chart(alt.Data(values=line)).mark_line(strokeDash=[4, 4], color="#888")
    points = alt.Chart(alt.Data(values=rows)).mark_point(size=70, filled=True, color="#20508c")
    chart = (base.encode(x, y) + points.encode(x, y)).properties(
        width=460, height=300, title="Seconds to solve; dashed: in proportion to the states"
    )
    return vl_convert.vegalite_to_svg(chart.to_dict())
