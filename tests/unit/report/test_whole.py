"""The whole report: composed from finished results, or refused with a remedy."""

from __future__ import annotations

import json
import re
import shutil
import sys
from pathlib import Path

import pytest

import countermove
from countermove.errors import InvalidRequest, OutputExists
from countermove.explore.compare import compare
from countermove.explore.exploration import load_exploration
from countermove.explore.sweep import explore
from countermove.game import compile
from countermove.language import load, loads
from countermove.language.model import Scenario
from countermove.report import manifest as manifests
from countermove.report.brief import brief
from countermove.report.comparison_load import load_comparison
from countermove.report.comparison_write import write_comparison
from countermove.report.whole import (
    Places,
    Whole,
    compose,
    places_of,
    write_elsewhere,
    write_into_run,
)
from countermove.report.worlds import worlds_of
from countermove.simulate import simulate
from countermove.solve import solve, verify
from unit.explore.comparing import TEXT

SECTIONS = (
    "minute", "situation", "wants", "order", "moves", "where", "measures", "promises", "views",
    "wrong", "rankings", "signs", "effects", "worlds", "choices", "numbers", "method", "record",
)  # fmt: skip
GOALS = "goals:\n  unharmed: {title: No shells, measure: shelled, at_most: 0.2}\n"


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a scenario and all its results, in the usual places."""
    place = tmp_path_factory.mktemp("whole")
    (place / "harbour.yaml").write_text(TEXT + GOALS)
    scenario = load(place / "harbour.yaml")
    solution = solve(compile(scenario))
    why = [countermove.explain(solution, "us")]
    countermove.report(
        solution,
        simulate(solution, paths=200, log=2),
        place / "runs" / "harbour",
        variants={2.0: solution},
        explanations=why,
    )
    folder = place / "comparisons" / "harbour"
    write_comparison(compare(scenario, views=["own", "eager"], folder=folder), folder)
    explore(scenario, worlds=48, folder=place / "explorations" / "harbour")
    return place


@pytest.fixture
def results(source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of it that a test may change, as the current folder."""
    shutil.copytree(source, tmp_path / "here")
    monkeypatch.chdir(tmp_path / "here")
    return tmp_path / "here"


@pytest.fixture(scope="module")
def whole(source: Path) -> Whole:
    places = Places(
        *(source / kind / "harbour" for kind in ("runs", "comparisons", "explorations"))
    )
    return compose(load(source / "harbour.yaml"), places, source="harbour.yaml")


def without_files(html: str) -> str:
    return re.sub(r'href="data:[^"]*"', "", html)


@pytest.fixture
def run_alone(results: Path) -> Path:
    """The same with the run alone, which is quickly told."""
    shutil.rmtree("comparisons")
    shutil.rmtree("explorations")
    return results


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages of a line: where it matters only that there is one."""
    monkeypatch.setattr(sys.modules[compose.__module__], "page", lambda *_, **__: "a page")


def composed(results: Path, text: str | None = None) -> Whole:
    if text is not None:
        (results / "harbour.yaml").write_text(text)
    return compose(load("harbour.yaml"), places_of("harbour"), source="harbour.yaml")


def test_the_page_holds_every_section_in_order_and_nothing_is_absent(whole: Whole) -> None:
    found = re.findall(r'<section id="(\w+)"', whole.text)
    assert tuple(found) == SECTIONS
    assert re.findall(r'<li><a href="#(\w+)"', whole.text) == list(SECTIONS)
    assert whole.more.absent == ()


def test_links_within_lead_somewhere_and_nothing_is_fetched(whole: Whole) -> None:
    ids = re.findall(r'\bid="([^"]*)"', whole.text)
    assert len(ids) == len(set(ids))
    assert {a[1:] for a in re.findall(r'href="(#[^"]*)"', whole.text)} <= set(ids)
    assert not re.search(r"<script|<img|<link|@import|\bsrc=|url\(", whole.text)
    labels = re.findall(r'role="group" aria-label="([^"]*)"', whole.text)
    assert len(labels) == len(set(labels))


def test_the_minute_can_be_read_in_a_minute(whole: Whole) -> None:
    said = brief(whole.findings, whole.more.comparison, whole.more.worlds)
    about = [sentence.about for sentence in said]
    assert about[:3] == ["By Mar 2030", "The likeliest first moves", "What does best"]
    assert {"The countermoves", "If the numbers are uncertain", "How firm this is"} <= set(about)
    words = " ".join(f"{s.about} {s.says}" for s in said).split()
    assert 60 < len(words) < 260  # people read some 240 words a minute
    best = next(s.says for s in said if s.about == "What does best")
    comparison = whole.more.comparison
    assert comparison is not None
    option = comparison.rankings[0].options[0].replace("_", " ").replace("(free)", "stay free")
    assert best.startswith("by the score “Safety”, ") and option in best


def test_why_stands_with_the_mover_and_says_what_it_rests_on(whole: Whole) -> None:
    moves = whole.text.partition('<section id="moves"')[2].partition("</section>")[0]
    assert "What each is likely to do, and why" in moves
    assert "Why the United States chooses “" in moves
    assert moves.index("Why the United States") < moves.index("<h3>The raiders")
    assert "”, by interest</caption>" in moves
    assert whole.more.explanations[0].sentences[0].text in moves


def test_worlds_say_who_holds_up_and_who_fails(source: Path, whole: Whole) -> None:
    from countermove.explore.robustness import robustness

    told, exploration = whole.more.worlds, load_exploration(source / "explorations" / "harbour")
    assert told is not None
    assert told.about.startswith("48 worlds, in which 2 parameters were drawn")
    assert told.failure == "A policy fails here in a world where: the goal “No shells” is missed."
    found = robustness(exploration, whole.more.comparison.objective, resamples=2)  # type: ignore[union-attr]
    (row,) = [row for row in told.robust[0].table.rows if row[0] == "patrol always"]
    at = found.alternatives.index("patrol_always")
    assert f"{found['mean'].values[at]:.3g}".replace("-", "−") in row[1]
    failing = {one.policy: one.sentences[0] for one in told.failing}
    held = found["goal:unharmed"].values[at]
    missed = round((1 - held) * 48)
    assert f"fails in {missed}" in failing["patrol always"] or missed in (0, 48)


def test_the_comparison_read_from_its_folder_is_the_one_that_was_written(source: Path) -> None:
    scenario = load(source / "harbour.yaml")
    folder = source / "comparisons" / "harbour"
    made = compare(scenario, views=["own", "eager"], folder=folder)
    read = load_comparison(folder)
    assert read.rows.equals(made.rows) and read.effects().equals(made.effects())
    assert read.options == made.options and read.objective == made.objective
    assert read.signs is not None and made.signs is not None
    assert [s.bits for s in read.signs.signs] == [s.bits for s in made.signs.signs]
    with pytest.raises(InvalidRequest, match="holds no finished comparison; make one by"):
        load_comparison(source)


def test_a_comparison_changed_by_hand_is_not_read(results: Path) -> None:
    file = results / "comparisons" / "harbour" / "comparison.parquet"
    file.write_bytes(file.read_bytes() + b"x")
    with pytest.raises(InvalidRequest, match="is no more as it was written; give the command"):
        load_comparison(file.parent)


def test_what_is_not_there_is_left_out_with_the_command_for_it(run_alone: Path) -> None:
    found = composed(run_alone)
    assert "Not yet drawn up" in found.text
    ids = re.findall(r'<section id="(\w+)"', found.text)
    assert "promises" not in ids and "worlds" not in ids and ids[-1] == "absent"
    commands = [c for thing in found.more.absent for c in thing.commands]
    assert commands == [
        "countermove compare harbour.yaml --output comparisons/harbour",
        "countermove explore harbour.yaml --worlds 256 --output explorations/harbour",
    ]
    assert all(command in found.text for command in commands)


def test_parts_can_be_left_out(results: Path) -> None:
    places = places_of("harbour", without=frozenset({"exploration"}))
    assert places.exploration is None and places.comparison is not None


@pytest.mark.parametrize(
    ("change", "kept", "remedy"),
    [
        (("prize: {value: 1.0", "prize: {value: 1.5"), (), "runs/harbour was made from another"),
        (("prize: {value: 1.0", "prize: {value: 1.5"), ("runs",), "comparisons/harbour was made"),
        (
            ("prize: {value: 1.0", "prize: {value: 1.5"),
            ("runs", "comparisons"),
            "explorations/harbour was made from another state",
        ),
    ],
)
def test_results_of_another_state_of_the_scenario_are_refused(
    results: Path, change: tuple[str, str], kept: tuple[str, ...], remedy: str
) -> None:
    text = (TEXT + GOALS).replace(*change)
    scenario = loads(text)
    if "runs" in kept:
        solution = solve(compile(scenario))
        simulation = simulate(solution, paths=10, log=1)
        countermove.report(
            solution, simulation, "runs/harbour", variants={}, overwrite=True, page=False
        )
    if "comparisons" in kept:
        shutil.rmtree("comparisons")
    with pytest.raises(InvalidRequest, match=f"^{remedy}.*make it anew by `countermove "):
        composed(results, text)


def test_notes_and_titles_may_change_and_are_told_as_they_are_now(run_alone: Path) -> None:
    text = (TEXT + GOALS).replace("title: A harbour under threat", "title: Guns over the harbour")
    assert "<h1>Guns over the harbour</h1>" in composed(run_alone, text).text


def test_without_a_run_the_command_for_one_is_told(results: Path) -> None:
    shutil.rmtree("runs")
    wanted = "runs/harbour holds no run: `countermove run harbour.yaml --output runs/harbour`"
    with pytest.raises(InvalidRequest, match=wanted):
        composed(results)


def test_a_run_of_an_earlier_version_is_to_be_made_again(results: Path) -> None:
    Path("runs/harbour/findings.json").unlink()
    with pytest.raises(InvalidRequest, match="was written by an earlier version: run the scenario"):
        composed(results)
    Path("runs/harbour/findings.json").write_text("{}")
    with pytest.raises(InvalidRequest, match="is not as a run wrote it"):
        composed(results)


def test_the_page_takes_the_place_of_the_runs_and_the_manifest_follows(
    run_alone: Path, short: None
) -> None:
    found = composed(run_alone)
    written = write_into_run(found)
    assert written.read_text() == found.text
    manifest = json.loads(Path("runs/harbour/manifest.json").read_text())
    assert manifest["outputs"]["report.html"]["sha256"] == manifests.sha256(written)
    assert manifest["report"]["comparison"] is None
    write_into_run(composed(run_alone))  # and again
    written.write_text("mine")
    with pytest.raises(OutputExists, match="is not as Countermove wrote it; replace it with"):
        write_into_run(composed(run_alone))
    write_into_run(composed(run_alone), overwrite=True)
    assert written.read_text() == "a page"


def test_elsewhere_nothing_is_replaced_unasked(whole: Whole, tmp_path: Path) -> None:
    file = write_elsewhere(whole, tmp_path / "deep" / "page.html")
    assert file.read_text() == whole.text
    with pytest.raises(OutputExists, match="is already there; replace it with --overwrite"):
        write_elsewhere(whole, file)
    assert write_elsewhere(whole, tmp_path).name == "report.html"


def test_a_certificate_is_kept_with_the_solution_that_it_is_of(
    run_alone: Path, short: None
) -> None:
    assert composed(run_alone).more.certificate is None
    scenario = load("harbour.yaml")
    drawn_up = verify(solve(compile(scenario)), refine=False)
    first = compose(scenario, places_of("harbour"), source="x", certificate=drawn_up)
    assert first.more.certificate is not None and first.more.certificate.clean
    write_into_run(first)
    assert composed(run_alone).more.certificate == first.more.certificate
    kept = Path("runs/harbour/certificate.json")
    kept.write_text(kept.read_text().replace('"solution": "', '"solution": "0'))
    assert composed(run_alone).more.certificate is None


def test_results_of_another_scenario_do_not_go_into_a_report(source: Path, tmp_path: Path) -> None:
    other = solve(compile(loads((TEXT + GOALS).replace("rationality: 2", "rationality: 3"))))
    comparison = load_comparison(source / "comparisons" / "harbour")
    with pytest.raises(InvalidRequest, match="the comparison is of another state of the scenario"):
        countermove.report(other, folder=tmp_path / "out", comparison=comparison)
    assert not (tmp_path / "out").exists()


def test_python_puts_everything_into_a_page(source: Path, tmp_path: Path) -> None:
    scenario: Scenario = load(source / "harbour.yaml")
    solution = solve(compile(scenario))
    folder = countermove.report(
        solution,
        simulate(solution, paths=50, log=1),
        tmp_path / "out",
        variants={},
        comparison=load_comparison(source / "comparisons" / "harbour"),
        exploration=load_exploration(source / "explorations" / "harbour"),
        certificate=verify(solution, refine=False),
    )
    text = (folder / "report.html").read_text()
    assert 'id="promises"' in text and 'id="worlds"' in text and "It is clean." in text


def test_progress_is_told_by_analysis(source: Path) -> None:
    exploration = load_exploration(source / "explorations" / "harbour")
    told: list[tuple[int, int]] = []
    worlds_of(exploration, resamples=2, progress=lambda *counts: told.append(counts))
    total = len(exploration.views) + len(exploration.policies)
    assert told == [(at + 1, total) for at in range(total)]
