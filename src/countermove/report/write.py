"""Writing the folder of a result: the page, the solution, the paths and the manifest."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event, Lock
from typing import TYPE_CHECKING, Any

from countermove.errors import InvalidRequest, wrong_kind
from countermove.report import manifest
from countermove.report.fixed_points import as_plain
from countermove.report.folder import MANIFEST, whole_folder
from countermove.report.gather import gather
from countermove.report.records import Findings, Solve
from countermove.report.stationary import HORIZON

if TYPE_CHECKING:
    from countermove.explain.explanation import Explanation
    from countermove.explore.comparison import Comparison
    from countermove.explore.exploration import Exploration
    from countermove.language.model import Scenario
    from countermove.report.html import More
    from countermove.simulate import Simulation
    from countermove.solve import Certificate, Solution
    from countermove.solve.backward import Progress

FACTORS = (0.5, 2.0)
PAGE, PDF, SOLUTION, PATHS = "report.html", "report.pdf", "solution.nc", "paths.parquet"


def report(
    solution: Solution,
    simulation: Simulation | None = None,
    folder: str | Path = "result",
    *,
    overwrite: bool = False,
    variants: Mapping[float, Solution] | None = None,
    options: Mapping[str, Any] | None = None,
    page: bool = True,
    horizon: int = HORIZON,
    comparison: Comparison | None = None,
    exploration: Exploration | None = None,
    explanations: Sequence[Explanation] = (),
    certificate: Certificate | None = None,
) -> Path:
    """Write a folder of results and return its path.

    The folder holds ``report.html`` (one self-contained page; left out if ``page`` is false),
    ``findings.json`` (what the page shows of the solution), ``solution.nc``, ``paths.parquet`` with
    its table of states, and ``manifest.json``. It appears whole or not at all. Where no simulation
    is given, 100,000 paths are drawn from seed 0. ``variants`` maps factors on everybody's
    rationality to solutions there; where it is None, the game is solved at half and at twice its
    rationality. ``options`` are kept in the manifest. ``horizon`` is how many periods are shown of
    a game that goes on for ever. The page shows a ``comparison``, an ``exploration``,
    ``explanations`` and a ``certificate``, too, where they are given; the first two must be of the
    same scenario.

    Raises ``InvalidRequest`` where they are of another, ``OutputExists`` if the folder is there and
    ``overwrite`` is false, or if it holds files that no run wrote; ``SolveError`` where the game
    was not solved; ``TypeError`` for what is no solution.
    """
    from countermove.report.certified import certified
    from countermove.report.html import More
    from countermove.report.why import told
    from countermove.report.worlds import worlds_of
    from countermove.simulate import simulate
    from countermove.solve import Solution

    if not isinstance(solution, Solution):
        remedy = "countermove.report(countermove.solve(game), folder=...)"
        raise wrong_kind("report", "Solution", solution, remedy)
    solution.refuse_unsolved()
    scenario = solution.game.scenario
    if scenario is not None:
        refuse_other(scenario, comparison, "the comparison")
        refuse_other(scenario, exploration, "the exploration")
    if simulation is None:
        simulation = simulate(solution, periods=periods_of(solution, horizon))
    if variants is None:
        variants = solve_variants(solution)
    findings = gather(solution, simulation, variants, horizon=horizon)
    more = More(
        comparison=comparison,
        worlds=worlds_of(exploration) if exploration is not None and page else None,
        explanations=tuple(told(explanation) for explanation in explanations),
        certificate=certified(certificate) if certificate is not None else None,
    )
    return write_folder(
        findings,
        solution,
        simulation,
        folder,
        overwrite=overwrite,
        options=options,
        page=page,
        more=more,
    )


def refuse_other(scenario: Scenario, result: Comparison | Exploration | None, what: str) -> None:
    """Raise ``InvalidRequest`` for a result of another scenario, or of another state of it."""
    from countermove.explore.compare_cells import fingerprint

    if result is None or fingerprint(result.scenario) == fingerprint(scenario):
        return
    raise InvalidRequest(
        f"{what} is of another state of the scenario {scenario.name!r} (its numbers, rules, "
        "measures or scores differ): make it anew from the scenario that was solved"
    )


def periods_of(solution: Solution, horizon: int) -> int | None:
    """How many periods to simulate: the horizon, of a game that goes on for ever."""
    return horizon if solution.game.world.stationary else None


def solve_variants(
    solution: Solution, *, threads: int | None = None, progress: Progress | None = None
) -> dict[float, Solution]:
    """The same game at half and at twice everybody's rationality, side by side on two cores.

    ``progress`` is called with the periods done and in all, of both together. Strategies are not
    kept. An interruption ends both with the period that they are at.
    """
    from countermove.solve import solve

    counts, stopped, lock = dict.fromkeys(FACTORS, 0), Event(), Lock()
    alone = threads == 1

    def variant(factor: float) -> Solution:
        def told(done: int, total: int) -> None:
            if stopped.is_set():
                raise KeyboardInterrupt
            with lock:
                counts[factor] = done
                if progress is not None:
                    progress(sum(counts.values()), len(FACTORS) * total)

        game = solution.game.replace(rationality_factor=factor)
        return solve(game, threads=1, keep_strategies=False, others=0, progress=told)

    with ThreadPoolExecutor(1 if alone else len(FACTORS)) as pool:
        try:
            return dict(zip(FACTORS, pool.map(variant, FACTORS), strict=True))
        except BaseException:
            stopped.set()
            raise


def write_folder(
    findings: Findings,
    solution: Solution,
    simulation: Simulation,
    folder: str | Path,
    *,
    overwrite: bool = False,
    options: Mapping[str, Any] | None = None,
    times: Mapping[str, float] | None = None,
    page: bool = True,
    more: More | None = None,
    pdf: bool = False,
) -> Path:
    """Write what was gathered; the folder appears whole or not at all.

    ``more`` is what the page shows beyond the run; ``pdf`` asks for the page as a PDF, too.
    """
    from countermove.report.findings_file import FINDINGS, write_findings
    from countermove.report.html import More
    from countermove.report.html import page as html_page
    from countermove.report.pdf import write_pdf

    target, more = Path(folder), more or More()
    record = _record(findings, options or {}, times or {})
    with whole_folder(target, overwrite=overwrite) as partial:
        solution.save(partial / SOLUTION)
        simulation.write_log(partial / PATHS)
        write_findings(partial / FINDINGS, findings, more.explanations)
        if page:
            text = html_page(findings, manifest=record, more=more)
            (partial / PAGE).write_text(text, encoding="utf-8")
            if pdf:
                write_pdf(text, partial / PDF)
        complete = record | {"outputs": manifest.outputs(partial)}
        manifest.write_json(partial / MANIFEST, complete)
    return target


def _record(
    findings: Findings, options: Mapping[str, Any], times: Mapping[str, float]
) -> dict[str, Any]:
    scenario, solved, sample = findings.scenario, findings.solve, findings.sample
    now = dt.datetime.now(dt.UTC)
    return {
        "format": manifest.FORMAT,
        "scenario": scenario.name,
        "scenario_version": scenario.version,
        "inputs": _inputs(scenario.files),
        "view": findings.view,
        "policy": findings.policy,
        "parameters": dict(findings.parameters),
        "start": {"period": findings.start_period, **findings.start},
        "options": dict(options),
        "simulation": _sample_record(sample) if sample else None,
        "residual": solved.residual,
        **_fixed_record(solved),
        "states": solved.states,
        "coverage": scenario.coverage.share_cited,
        "times": {"solve": solved.wall_time, **times},
        "versions": manifest.versions(solved.versions),
        "created": now.isoformat(timespec="seconds"),
    }


def _fixed_record(solved: Solve) -> dict[str, Any]:
    """How the fixed points were found; nothing where there were none to seek."""
    if solved.fixed is None:
        return {}
    return {"status": solved.status, "fixed_points": as_plain(solved.fixed)}


def _inputs(files: Mapping[str, str]) -> dict[str, str]:
    """Files by folder and name with their hashes: a result tells nothing of its maker's disk."""
    return {"/".join(Path(path).parts[-2:]): digest for path, digest in files.items()}


def _sample_record(sample: Any) -> dict[str, Any]:
    return {
        "paths": sample.paths,
        "kept": sample.kept,
        "seed": sample.seed,
        "given": sample.given or None,
    }
