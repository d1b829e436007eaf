"""The pages that are looked at in a browser, of every kind, made from small scenarios."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import countermove
from countermove.explore.compare import compare
from countermove.explore.sweep import explore
from countermove.language.model import Scenario
from countermove.report.comparison_write import write_comparison
from countermove.report.whole import Places, compose, write_into_run
from countermove.solve import verify
from unit.explore.comparing import TEXT as HARBOUR
from unit.report.typed_scenarios import FOR_EVER

MARKUP = "<img src=x onerror=alert(1)><script>alert(2)</script>"
LONG_WORD = "Donaudampfschifffahrtsgesellschaftskapitaensmuetze" * 5
LONG_NAME = "goes_on_" + "x" * 46  # with its longest ending, as long as a name may be
LONG_NOTE = "A note that nobody cut short, told at length. " * 65

# Every text that a scenario's author may write, as bad as it may be.
HOSTILE = f"""\
scenario: hostile
title: '{MARKUP} & "quotes" {LONG_WORD}'
summary: '{MARKUP} {LONG_NOTE}'
sources:
  paper:
    title: '{MARKUP} {LONG_WORD}'
    author: '{LONG_WORD}'
    url: 'https://example.org/{LONG_WORD}?a=<b>&c="d"'
    note: '{LONG_NOTE}'
  trap: {{title: 'Not a link', url: 'javascript:alert(3)'}}
claims:
  {LONG_NAME}_claim: {{source: paper, by: '{MARKUP}', kind: fact, says: '{MARKUP} {LONG_WORD}'}}
  short: {{source: trap, by: Somebody, kind: judgement, says: '{LONG_NOTE}'}}
calendar: {{start: 2030-01-01, step: month, periods: 3}}
state:
  {LONG_NAME}_state:
    levels: [calm, {LONG_NAME}_level]
    start: calm
    note: '{MARKUP} {LONG_NOTE}'
    cites: [{LONG_NAME}_claim]
  stock: {{levels: {{empty: 0, full: 9}}, start: full, unit: '{MARKUP}{LONG_WORD}'}}
parameters:
  {LONG_NAME}_parameter:
    value: 1.0
    range: [0, 5]
    unit: '{MARKUP}'
    note: '{LONG_NOTE}'
    cites: [{LONG_NAME}_claim, short]
players:
  us:
    name: '{MARKUP} {LONG_WORD}'
    rationality: 2
    types: {{{LONG_NAME}_type: 0.4, other: rest}}
    interests:
      {LONG_NAME}_interest: 0.5 * ({LONG_NAME}_state == calm) * {LONG_NAME}_parameter
    actions:
      wait:
      {LONG_NAME}:
        costs: 0.2 + 0.5 * (type == other)
        effects: [{{{LONG_NAME}_state: {LONG_NAME}_level, probability: 0.5}}]
        note: '{MARKUP} {LONG_NOTE}'
  them:
    name: '</title></style>{MARKUP}'
    rationality: 2
    interests: {{prize: {LONG_NAME}_state != calm}}
    actions: {{idle: , spend: {{effects: [{{stock: empty}}]}}}}
measures:
  {LONG_NAME}_measure:
    of: ever({LONG_NAME}_state != calm)
    better: low
    note: '{MARKUP} {LONG_NOTE}'
  spent: final(stock == empty)
  told: belief(us, other) after {LONG_NAME}
policies:
  {LONG_NAME}_policy:
    title: '{MARKUP} {LONG_WORD}'
    player: us
    rules: [{{play: {LONG_NAME}}}]
    note: '{LONG_NOTE}'
  idle: {{player: us, rules: [{{play: wait}}]}}
views:
  {LONG_NAME}_view: {{by: '{MARKUP} {LONG_WORD}', set: {{{LONG_NAME}_parameter: 4}}}}
  plain: {{set: {{{LONG_NAME}_parameter: 1}}}}
"""


def _run(scenario: Scenario, folder: Path, **asked: str) -> Path:
    game = countermove.compile(scenario, **asked)
    solution = countermove.solve(game)
    periods = 12 if game.world.stationary else None
    simulation = countermove.simulate(solution, paths=2000, seed=0, periods=periods)
    countermove.report(solution, simulation, folder=folder)
    return folder / "report.html"


def _compared(text: str, folder: Path) -> Path:
    found = compare(countermove.loads(text), threads=1)
    return write_comparison(found, folder) / "comparison.html"


def _whole(text: str, folder: Path) -> Path:
    """The report of everything: a run with explanations, a comparison, worlds, a certificate."""
    scenario = countermove.loads(text)
    places = Places(*(folder / kind for kind in ("run", "comparison", "exploration")))
    solution = countermove.solve(countermove.compile(scenario))
    why = [countermove.explain(solution, "us")]
    simulation = countermove.simulate(solution, paths=2000, seed=0)
    countermove.report(solution, simulation, folder=places.run, explanations=why)
    _compared(text, folder / "comparison")
    explore(scenario, worlds=32, folder=folder / "exploration", threads=1)
    certificate = verify(solution)
    return write_into_run(compose(scenario, places, source="SCENARIO", certificate=certificate))


# Name -> what makes the page in a folder that is not there yet.
PAGES: dict[str, Callable[[Path], Path]] = {
    "types": lambda folder: _run(countermove.load("little-crisis"), folder),
    "weeks": lambda folder: _run(countermove.load("blockade"), folder),
    "for-ever": lambda folder: _run(countermove.loads(FOR_EVER), folder),
    "bound": lambda folder: _run(
        countermove.loads(HARBOUR), folder, policy="patrol_always", view="eager"
    ),
    "compared": lambda folder: _compared(HARBOUR, folder),
    "whole": lambda folder: _whole(HARBOUR, folder),
    "hostile": lambda folder: _whole(HOSTILE, folder),
    "hostile-compared": lambda folder: _compared(HOSTILE, folder),
}
