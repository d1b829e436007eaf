"""``countermove list``: the bundled scenarios."""

from __future__ import annotations

from typing import Any

from countermove.cli.check import AS_JSON


def list_(as_json: AS_JSON = False) -> None:
    """List the bundled scenarios."""
    from countermove import language
    from countermove.cli.terminal import print_json

    rows = [_row(slug) for slug in language.bundled()]
    if as_json:
        print_json(rows)
    else:
        _print(rows)


def _row(slug: str) -> dict[str, Any]:
    from countermove import language
    from countermove.language import words

    scenario = language.load(slug)
    return {
        "scenario": slug,
        "title": scenario.title,
        "version": scenario.version,
        "calendar": words.span(scenario.calendar),
        "players": [player.title for player in scenario.players],
        "types": {player.title: player.types for player in scenario.players if player.types},
        "measures": list(scenario.measures),
        "policies": list(scenario.policies),
        "views": list(scenario.views),
    }


def _print(rows: list[dict[str, Any]]) -> None:
    from rich.table import Table

    from countermove.cli.terminal import out

    typed = any(row["types"] for row in rows)
    headings = ("scenario", "about", "calendar", "players", *(("private types",) if typed else ()))
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="bold")
    for heading in headings:
        table.add_column(heading, overflow="fold", no_wrap=heading == "scenario")
    for row in rows:
        cells = [row["scenario"], row["title"], row["calendar"], ", ".join(row["players"])]
        kinds = [f"{title}: {' or '.join(names)}" for title, names in row["types"].items()]
        table.add_row(*cells, *(("; ".join(kinds),) if typed else ()))
    out().print(table)
