"""``python -m benchmarks [PART …] [--quick] [--output FOLDER]``."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

from benchmarks.document import show, write
from benchmarks.machine import load_average

PARTS = {
    "kernels": "kernels",
    "scale": "scale",
    "small": "small_games",
    "simulator": "simulator",
    "startup": "startup",
    "stationary": "stationary_games",
    "trees": "trees",
    "types": "hidden_types",
    "flagship": "flagship",
    "explore": "explorations",
}
_DOCS = Path(__file__).parents[1] / "docs"


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure the parts asked for; a full run of all parts writes ``docs/benchmarks.md``."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=", ".join(PARTS))
    parser.add_argument("--quick", action="store_true", help="small sizes, to see that it runs")
    parser.add_argument("--output", type=Path, help="write the page into this folder")
    asked = parser.parse_args(arguments)
    unknown = sorted(set(asked.parts) - set(PARTS))
    if unknown:
        parser.error(f"no part {', '.join(unknown)}; there are {', '.join(PARTS)}")
    before = load_average()
    found = []
    for name in asked.parts or PARTS:
        part = import_module(f"benchmarks.{PARTS[name]}").run(quick=asked.quick)
        print(show(part), flush=True)
        found.append(part)
    whole = not asked.parts and not asked.quick
    folder = asked.output or (_DOCS if whole else None)
    if folder is not None:
        loads = (before, load_average())
        print(f"\nwrote {write(found, folder, loads, quick=asked.quick)}")


if __name__ == "__main__":
    main()
