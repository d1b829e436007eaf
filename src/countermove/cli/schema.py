"""``countermove schema``: the JSON Schema with which editors complete and check scenarios."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer


def schema(
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", metavar="FILE", help="Write it to this file, not to stdout."
        ),
    ] = None,
) -> None:
    """Print the JSON Schema of a scenario file.

    An editor with a YAML language server uses it when a file's first line is
    `# yaml-language-server: $schema=countermove.schema.json`.
    """
    from countermove import language

    text = json.dumps(language.json_schema(), indent=2, ensure_ascii=False) + "\n"
    if output is None:
        sys.stdout.write(text)
        return
    from countermove.cli.format import replace_text

    replace_text(output, text)
