"""Many worlds: how many a second, beside EMA Workbench's evaluators, and in how much memory."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
import warnings
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from benchmarks.crisis import draw, scenario
from benchmarks.timing import Part
from countermove import load, loads
from countermove.explore.cases import Case, Evaluator

FLAGSHIP, KEYS = "us-iraq-2020", ("attacks_a_month", "embassy_closes", "forces_at_end")
POLICIES, WORLDS, SECONDS = 6, 10_000, 1800.0
SCALING = 1.8
_CASES = [Case(None, f"c{k}", "adaptive") for k in range(POLICIES)]
_known: dict[str, Evaluator] = {}  # one a process of EMA Workbench


def run(*, quick: bool) -> Part:
    """Worlds a second on one and on two cores; the same solves driven by EMA Workbench."""
    part = Part("explore", "Many worlds")
    count = 2 if quick else 40
    evaluator = Evaluator(loads(_text(quick)))
    single, double = _scaling(evaluator, count, repeats=1 if quick else 5)
    rows = POLICIES * WORLDS / double
    part.add("solves a second, 1,500 states, one core: median", f"{single:.1f}")
    part.add("two cores", f"{double:.1f}")
    part.add(
        "two cores over one",
        f"{double / single:.2f}",
        f"{SCALING:g}",
        None if quick else double / single >= SCALING,
    )
    part.add(
        f"{WORLDS:,} worlds × {POLICIES} policies at that rate",
        f"{rows / 60:.1f} min",
        f"{SECONDS / 60:g} min",
        None if quick else rows <= SECONDS,
    )
    _ema(part, count, evaluator, quick=quick)
    _flagship(part, quick=quick)
    _memory(part, quick=quick)
    part.notes.append(
        "1,500 states with as many branches as 1,300 states with 8 successors, 24 periods (see "
        f"`small`); {POLICIES} policies, met by others who adapt; every world draws all 12 "
        "parameters and is checked and solved anew. EMA Workbench calls the same function on the "
        "same draws, once a policy. One core and two are timed in turn, in the same run."
    )
    return part


def _text(quick: bool) -> str:
    return scenario(periods=4 if quick else 24, policies=POLICIES)


def _draws(count: int, seed: int) -> list[dict[str, float]]:
    rng = np.random.default_rng(seed)
    return [draw(rng) for _ in range(count)]


def _rate(evaluator: Evaluator, draws: list[dict[str, float]], threads: int) -> float:
    """Solves a second."""
    jobs = [(case, values) for values in draws for case in _CASES]
    began = time.perf_counter()
    outcomes = evaluator.outcomes(jobs, threads=threads)
    wall = time.perf_counter() - began
    if not all(outcome.solved for outcome in outcomes):
        raise AssertionError({outcome.status for outcome in outcomes})
    return len(jobs) / wall


def _scaling(evaluator: Evaluator, count: int, *, repeats: int) -> tuple[float, float]:
    """The median rates on one core and on two."""
    _rate(evaluator, _draws(1, 99), 2)
    found = [
        (
            _rate(evaluator, _draws(count // 2, seed), 1),
            _rate(evaluator, _draws(count, seed), 2),
        )
        for seed in range(repeats)
    ]
    return statistics.median(a for a, _ in found), statistics.median(b for _, b in found)


def solved_by_ema(bound_by: Any = None, quick: bool = False, **values: float) -> dict[str, float]:
    """What EMA Workbench calls; each of its processes compiles the scenario once."""
    text = _text(quick)
    if text not in _known:
        _known[text] = Evaluator(loads(text))
    outcome = _known[text].outcome(Case(None, bound_by, "adaptive"), values)
    return dict(outcome.values)


def _ema(part: Part, count: int, evaluator: Evaluator, *, quick: bool) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import ema_workbench as ema
    model = ema.Model("crisis", function=solved_by_ema)
    names = list(draw(np.random.default_rng(0)))
    model.uncertainties = [ema.RealParameter(name, 0.05, 0.6) for name in names]
    model.levers = [ema.CategoricalParameter("bound_by", [case.policy for case in _CASES])]
    model.constants = [ema.Constant("quick", quick)]
    model.outcomes = [ema.ScalarOutcome("revolt"), ema.ScalarOutcome("alarmed")]
    policies = [ema.Policy(case.policy, bound_by=case.policy) for case in _CASES]
    for name, make, cores in (
        ("sequential", lambda: ema.SequentialEvaluator(model), 1),
        ("multiprocessing, 2 processes", lambda: ema.MultiprocessingEvaluator(model, 2), 2),
    ):
        with make() as peer:
            ours, theirs = [], []
            peer.perform_experiments(2, policies)  # loads the loops, in each process
            for _ in range(1 if quick else 3):
                began = time.perf_counter()
                peer.perform_experiments(count, policies)
                theirs.append(count * POLICIES / (time.perf_counter() - began))
                ours.append(_rate(evaluator, _draws(count, 7), cores))
        rate, own = statistics.median(theirs), statistics.median(ours)
        part.add(
            f"EMA Workbench, {name}: solves a second (ours in the same run)",
            f"{rate:.1f} ({own:.1f})",
        )
        part.add(f"its overhead a run over ours, {name}", f"{1e3 * (1 / rate - 1 / own):.1f} ms")


def _flagship(part: Part, *, quick: bool) -> None:
    if quick:
        return
    evaluator = Evaluator(load(FLAGSHIP), measures=KEYS)
    cases = [Case(None, p, "adaptive") for p in ("strategic_patience", "quiet_support")]
    evaluator.outcomes([(cases[0], None)])
    rng = np.random.default_rng(5)
    odds = [{"odds_of_change": float(rng.uniform(0.3, 0.9))} for _ in range(2)]
    walls = {}
    for threads in (1, 2):
        began = time.perf_counter()
        evaluator.outcomes([(c, v) for v in odds for c in cases], threads=threads)
        walls[threads] = time.perf_counter() - began
    solves = len(odds) * len(cases)
    part.add(f"{FLAGSHIP}: solves a minute, one core", f"{60 * solves / walls[1]:.1f}")
    ratio = walls[1] / walls[2]
    part.add("two cores", f"{60 * solves / walls[2]:.1f}")
    part.add("two cores over one", f"{ratio:.2f}", f"{SCALING:g}", ratio >= SCALING)


def _memory(part: Part, *, quick: bool) -> None:
    sizes = (8, 16) if quick else (256, 2048)
    peaks = [_peak(worlds) for worlds in sizes]
    part.add(
        f"peak memory of `explore sanctions`, {sizes[0]:,} and {sizes[1]:,} worlds",
        f"{peaks[0]:.0f} and {peaks[1]:.0f} MB",
        "flat",
        None if quick else peaks[1] <= 1.1 * peaks[0],
    )


_SWEEP = """
import json, re, sys
from pathlib import Path
from countermove.cli import main
code = main(["explore", "sanctions", "--worlds", sys.argv[1], "--output", sys.argv[2], "--quiet",
             "--measure", "conceded", "--belief-points", "sender=5,target=3"])
# Not getrusage: that counts what the process that started this one held.
peak = re.search(r"VmHWM:\\s*(\\d+) kB", Path("/proc/self/status").read_text())
print(json.dumps([code, int(peak[1]) / 1024]))
"""


def _peak(worlds: int) -> float:
    """Megabytes at the most, of a process that explores so many worlds."""
    with TemporaryDirectory() as folder:
        command = [sys.executable, "-c", _SWEEP, str(worlds), str(Path(folder) / "sweep")]
        found = subprocess.run(command, capture_output=True, text=True, check=True)
    code, peak = json.loads(found.stdout.splitlines()[-1])
    if code:
        raise AssertionError(found.stdout + found.stderr)
    return float(peak)
