"""The Python reference: ``<!-- api: solve Solution -->`` is what mkdocstrings shows of them.

A name is shown as people write it after ``countermove.``, wherever its code lies.
"""

from __future__ import annotations

import inspect
import re
from typing import Any

from docs_build.links import without_code

NAMES = re.compile(r"^<!-- api: ([\w. ]+?) -->$", re.MULTILINE)


def shown(text: str) -> list[str]:
    """The names that a page shows."""
    return [name for names in NAMES.findall(without_code(text)) for name in names.split()]


def with_references(text: str) -> str:
    """A page's Markdown with an entry of mkdocstrings for each name that it shows."""
    return NAMES.sub(lambda names: "\n\n".join(map(_entry, names[1].split())), text)


def _entry(name: str) -> str:
    path, public = home(name)
    return f"::: {path}\n    options:\n      heading: {public}\n      toc_label: {public}"


def home(name: str) -> tuple[str, str]:
    """Where a name's code lies, and how people write it."""
    import countermove

    found: Any = countermove
    for part in name.split("."):
        found = getattr(found, part)
    return f"{found.__module__}.{found.__qualname__}", f"countermove.{name}"


def public() -> set[str]:
    """All names that people import: those of the package, and those of its public modules."""
    import countermove

    names = set()
    for name in set(countermove.__all__) - {"__version__"}:
        found = getattr(countermove, name)
        below = found.__all__ if inspect.ismodule(found) else None
        names |= {name} if below is None else {f"{name}.{part}" for part in below}
    return names
