"""The whole report: one page from the finished results of a scenario, solving nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from countermove.errors import InvalidRequest, OutputExists
from countermove.explore.files import read_json, whole
from countermove.report import manifest as manifests
from countermove.report.absent import (
    COMPARISONS,
    EXPLORATIONS,
    comparison_absent,
    why_absent,
    worlds_absent,
)
from countermove.report.certified import Certified, as_plain, from_plain
from countermove.report.comparison_load import load_comparison, manifest_of
from countermove.report.findings_file import FINDINGS, read_findings
from countermove.report.folder import MANIFEST
from countermove.report.html import Absent, More, page
from countermove.report.records import Findings
from countermove.report.worlds import Worlds, with_scenario, worlds_of
from countermove.report.write import PAGE, SOLUTION

if TYPE_CHECKING:
    from countermove.explore.comparison import Comparison
    from countermove.language.model import Scenario
    from countermove.solve import Certificate

CERTIFICATE = "certificate.json"
RUNS = "runs"
Progress = Callable[[str, int, int], None]  # a stage's name, what is done, and in all


@dataclass(frozen=True, slots=True)
class Places:
    """Where results lie; None where there are none of that kind."""

    run: Path
    comparison: Path | None = None
    exploration: Path | None = None


@dataclass(frozen=True, slots=True)
class Whole:
    """A report put together: its findings, what it holds beyond them, and the page's text."""

    findings: Findings
    more: More
    text: str
    places: Places
    manifest: Mapping[str, Any] = field(default_factory=dict)


def places_of(
    name: str,
    *,
    run: Path | None = None,
    comparison: Path | None = None,
    exploration: Path | None = None,
    without: frozenset[str] = frozenset(),
) -> Places:
    """The folders named, and the usual ones, by the scenario's ``name``, where they are there.

    ``without`` leaves out the ``comparison`` or the ``exploration``. A run is always needed.
    """
    usual = Path(COMPARISONS) / name, Path(EXPLORATIONS) / name
    return Places(
        run=run or Path(RUNS) / name,
        comparison=_place(comparison, usual[0], left_out="comparison" in without),
        exploration=_place(exploration, usual[1], left_out="exploration" in without),
    )


def _place(named: Path | None, usual: Path, *, left_out: bool) -> Path | None:
    if left_out:
        return None
    return named if named is not None else usual if (usual / MANIFEST).is_file() else None


def compose(
    scenario: Scenario,
    places: Places,
    *,
    source: str,
    certificate: Certificate | None = None,
    progress: Progress | None = None,
) -> Whole:
    """Read the results and write the page's text; ``source`` is what to type for the scenario.

    A ``certificate`` just drawn up is kept in the run's folder; else the one there is shown, where
    it is of the same solution. Raises ``InvalidRequest`` where there is no run, or where a result
    is of another state of the scenario.
    """
    told = progress or (lambda stage, done, total: None)
    manifest = run_manifest(places.run, source)
    read = read_findings(places.run / FINDINGS, scenario)
    if read is None:
        raise InvalidRequest(_other(places.run, _again(source, places.run), "--run"))
    findings, explanations = read
    comparison = _comparison(scenario, places.comparison, source)
    worlds = _worlds(scenario, places.exploration, source, told)
    more = More(
        comparison=comparison,
        worlds=worlds,
        explanations=explanations,
        certificate=_certificate(places.run, manifest, certificate),
        records=tuple(_records(places)),
        source=source,
    )
    more = with_absent(scenario, more, places.run)
    told("page", 0, 1)
    text = page(findings, manifest=manifest, more=more)
    return Whole(findings, more, text, places, manifest)


def run_manifest(run: Path, source: str) -> dict[str, Any]:
    """The manifest of a run; ``InvalidRequest`` where the folder holds none."""
    found = read_json(run / MANIFEST)
    if found is None or found.get("kind", "run") != "run" or not (run / SOLUTION).is_file():
        raise InvalidRequest(
            f"{run} holds no run: `countermove run {source} --output {run}` makes one, or name "
            "another by --run"
        )
    return found


def _again(source: str, run: Path) -> str:
    return f"countermove run {source} --output {run} --overwrite"


def _other(folder: Path, command: str, option: str) -> str:
    return (
        f"{folder} was made from another state of the scenario (its numbers, rules, measures or "
        f"scores differ): make it anew by `{command}`, or name another by {option}"
    )


def _comparison(scenario: Scenario, folder: Path | None, source: str) -> Comparison | None:
    from countermove.explore.compare_cells import fingerprint

    if folder is None:
        return None
    found = load_comparison(folder)
    if fingerprint(found.scenario) != fingerprint(scenario):
        command = f"countermove compare {source} --output {folder} --overwrite"
        raise InvalidRequest(
            _other(folder, command, "--comparison") + ", or leave it out by --without comparison"
        )
    return replace(found, scenario=scenario)


def _worlds(scenario: Scenario, folder: Path | None, source: str, told: Progress) -> Worlds | None:
    from countermove.explore.compare_cells import fingerprint
    from countermove.explore.exploration import load_exploration

    if folder is None:
        return None
    found = load_exploration(folder)
    if fingerprint(found.scenario) != fingerprint(scenario):
        count = found.manifest["worlds"]
        command = f"countermove explore {source} --worlds {count} --output {folder} --restart"
        raise InvalidRequest(
            _other(folder, command, "--exploration") + ", or leave it out by --without exploration"
        )
    return worlds_of(
        with_scenario(found, scenario), progress=lambda done, total: told("worlds", done, total)
    )


def with_absent(scenario: Scenario, more: More, folder: Path) -> More:
    """Say in the page what it does not hold, and the commands that would bring it in."""
    source, name = more.source, folder.name
    absent: tuple[Absent, ...] = () if more.explanations else (why_absent(source, str(folder)),)
    if more.comparison is None:
        absent += comparison_absent(scenario, source, name)
    if more.worlds is None:
        absent += worlds_absent(scenario, source, name)
    return replace(more, absent=absent)


def _records(places: Places) -> list[tuple[str, Mapping[str, Any]]]:
    found: list[tuple[str, Mapping[str, Any]]] = []
    if places.comparison is not None:
        found.append(("The comparison", manifest_of(places.comparison)))
    if places.exploration is not None:
        told = read_json(places.exploration / MANIFEST) or {}
        shown = ("seed", "method", "worlds", "views", "policies", "met")
        options = {name: told.get(name) for name in shown}
        versions = {"countermove": told.get("countermove")}
        found.append(("The exploration", {"options": options, "versions": versions}))
    return found


def _certificate(
    run: Path, manifest: Mapping[str, Any], drawn_up: Certificate | None
) -> Certified | None:
    """The certificate of the run's solution: a new one is kept, an old one read."""
    from countermove.report.certified import certified

    solution = manifest["outputs"][SOLUTION]["sha256"]
    if drawn_up is not None:
        found = certified(drawn_up)
        with whole(run / CERTIFICATE) as partial:
            manifests.write_json(partial, {"solution": solution} | as_plain(found))
        return found
    kept = read_json(run / CERTIFICATE)
    if kept is None or kept.get("solution") != solution:
        return None
    try:
        return from_plain(kept)
    except (KeyError, TypeError, ValueError):
        return None


def write_into_run(report: Whole, *, overwrite: bool = False) -> Path:
    """Put the page into its run's folder in place of the run's own, and tell the manifest.

    Raises ``OutputExists`` where the page there was changed by hand and ``overwrite`` is false.
    """
    run = report.places.run
    target = run / PAGE
    if not overwrite:
        _refuse_changed(target, report.manifest)
    with whole(target) as partial:
        partial.write_text(report.text, encoding="utf-8")
    tell_manifest(report)
    return target


def _refuse_changed(target: Path, manifest: Mapping[str, Any]) -> None:
    listed = manifest["outputs"].get(PAGE, {}).get("sha256")
    if target.is_file() and manifests.sha256(target) != listed:
        raise OutputExists(
            f"{target} is not as Countermove wrote it; replace it with --overwrite, or write the "
            "report elsewhere by --output"
        )


def tell_manifest(report: Whole) -> None:
    """Bring the run's manifest up to date with the files in its folder."""
    run, places = report.places.run, report.places
    made_of = {
        "comparison": places.comparison.name if places.comparison is not None else None,
        "exploration": places.exploration.name if places.exploration is not None else None,
        "created": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
    }
    known = {*report.manifest["outputs"], PAGE, "report.pdf", CERTIFICATE}
    found = {name: told for name, told in manifests.outputs(run).items() if name in known}
    data = dict(report.manifest) | {"report": made_of, "outputs": found}
    with whole(run / MANIFEST) as partial:
        manifests.write_json(partial, data)


def write_elsewhere(report: Whole, target: Path, *, overwrite: bool = False) -> Path:
    """Write the page to a file, or into a folder as ``report.html``."""
    file = target / PAGE if target.is_dir() or not target.suffix else target
    if file.exists() and not overwrite:
        raise OutputExists(f"{file} is already there; replace it with --overwrite or name another")
    file.parent.mkdir(parents=True, exist_ok=True)
    with whole(file) as partial:
        partial.write_text(report.text, encoding="utf-8")
    return file


def as_data(report: Whole, written: Path) -> dict[str, Any]:
    """A report for machines: where it is, what it is made of, what is not there."""
    more = report.more
    return {
        "page": str(written),
        "run": str(report.places.run),
        "comparison": str(report.places.comparison) if report.places.comparison else None,
        "exploration": str(report.places.exploration) if report.places.exploration else None,
        "explanations": len(more.explanations),
        "certificate": more.certificate.verdict if more.certificate else None,
        "absent": [{"what": thing.what, "commands": list(thing.commands)} for thing in more.absent],
        "bytes": len(report.text.encode()),
    }
