"""The Python reference: ``<!-- api: solve Solution -->`` is what mkdocstrings shows of them.

A public name is shown under the name by which people import it, wherever its code lies.
"""

from __future__ import annotations

import re
from typing import Any

NAMES = re.compile(r"^<!-- api: ([\w. ]+?) -->$", re.MULTILINE)


def shown(text: str) -> list[str]:
    """The names that a page shows."""
    return [name for names in NAMES.findall(text) for name in names.split()]


def with_references(text: str) -> str:
    """A page's Markdown with an entry of mkdocstrings for each name that it shows."""
    return NAMES.sub(lambda names: "\n\n".join(map(_entry, names[1].split())), text)


def _entry(name: str) -> str:
    path, public = home(name)
    return f"::: {path}\n    options:\n      heading: {public}\n      toc_label: {public}"


def home(name: str) -> tuple[str, str]:
    """Where a name's code lies, and how people write it: a public name, or a dotted path."""
    import countermove

    if "." in name:
        return name, name
    found: Any = getattr(countermove, name)
    return f"{found.__module__}.{found.__qualname__}", f"countermove.{name}"
