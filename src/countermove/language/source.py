"""From the bytes of a YAML file to a tree with places, within limits that no input can pass.

YAML 1.2 without tags: nothing is constructed but text, numbers, booleans, lists and maps.
"""

from __future__ import annotations

import re

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from countermove.errors import Location
from countermove.language.compose import Stopped, compose
from countermove.language.faults import Faults
from countermove.language.traps import explain_syntax_error
from countermove.language.tree import Fields

MAX_BYTES = 2**20

# Besides control characters: ruamel ends lines at these too, which would shift places below.
_UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff\ufffe\uffff]"
)


def decode(data: bytes, file: str, faults: Faults) -> str | None:
    """The text of a file, or None (and a fault) where it is too large or is not plain UTF-8."""
    top = Location(file, 1, 1)
    if len(data) > MAX_BYTES:
        faults.add(
            "CM002",
            f"the file has {len(data):,} bytes; the limit is {MAX_BYTES:,}",
            top,
            remedy="keep the scenario itself in the file, and data beside it",
        )
        return None
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        column = error.start - data.rfind(b"\n", 0, error.start)
        _not_text(
            f"byte {data[error.start]:#04x} is not UTF-8", Location(file, line, column), faults
        )
        return None
    return text


def read_tree(text: str, file: str, faults: Faults) -> Fields | None:
    """The file's one map, or None where it cannot be read; every fault is recorded."""
    text = text.removeprefix("\ufeff")
    if len(text.encode("utf-8", "replace")) > MAX_BYTES:
        decode(text.encode("utf-8", "replace"), file, faults)
        return None
    if not _is_printable(text, file, faults):
        return None
    lines = text.splitlines()
    yaml = YAML(typ="safe", pure=True)
    try:
        return compose(yaml.parse(text), file, lines, faults)
    except Stopped:
        return None
    except MarkedYAMLError as error:
        explain_syntax_error(error, file, lines, faults)
    except (YAMLError, ValueError, RecursionError, IndexError, AttributeError) as error:
        # ruamel raises bare errors on a few malformed escapes and directives.
        faults.add(
            "CM004",
            f"this is not YAML: {str(error)[:200]}",
            Location(file, 1, 1),
            remedy="check quotation marks, escapes and directives",
        )
    return None


def _is_printable(text: str, file: str, faults: Faults) -> bool:
    bad = _UNPRINTABLE.search(text)
    if bad is None:
        return True
    before = text[: bad.start()]
    location = Location(file, before.count("\n") + 1, bad.start() - before.rfind("\n"))
    _not_text(f"character U+{ord(bad.group()):04X} may not stand in a scenario", location, faults)
    return False


def _not_text(message: str, location: Location, faults: Faults) -> None:
    faults.add(
        "CM003",
        message,
        location,
        expected="plain text in UTF-8",
        remedy="save the file as UTF-8 text, without control characters",
    )
