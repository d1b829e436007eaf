"""The formatter: one order of sections, two spaces, comments kept, the same scenario as before."""

from __future__ import annotations

import io
import re
from itertools import pairwise
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import YAMLError

from countermove.errors import ScenarioError
from countermove.language.faults import Faults
from countermove.language.schema_file import ScenarioFile
from countermove.language.source import read_tree
from countermove.language.tree import Fields, plain_data

WIDTH = 100
_MOST_GOES = 3
_NEVER_FOLD = 1_000_000  # a fold would shift the columns that diagnostics tell
SECTIONS = tuple(ScenarioFile.model_fields)

_TOP_KEY = re.compile(r"(?P<quote>[\"']?)(?P<key>[\w-]+)(?P=quote)\s*:(\s|$)")


def format_text(text: str, *, file: str = "<memory>") -> str:
    """The scenario's text in the usual layout; it loads as the same scenario.

    ``file`` is the name that faults tell.

    Formatting twice changes nothing more. Raises ``ScenarioError`` where the text is not YAML that
    a scenario may hold.
    """
    before = _read(text, file)
    for candidate in (_laid_out(_sections_in_order(text)), _laid_out(text)):
        # Moving sections can part an alias from its anchor; then they stay where they were.
        if candidate is not None and _same(candidate, before):
            return _settled(candidate, before)
    return text


def _settled(text: str, before: Fields) -> str:
    """The text once laying it out again changes nothing: ruamel may take two goes at comments."""
    for _ in range(_MOST_GOES):
        again = _laid_out(text)
        if again is None or again == text or not _same(again, before):
            break
        text = again
    return text


def _read(text: str, file: str) -> Fields:
    faults = Faults()
    tree = read_tree(text, file, faults)
    if tree is None or faults.has_errors():
        raise ScenarioError(faults.sorted())
    return tree


def _same(text: str, before: Fields) -> bool:
    faults = Faults()
    after = read_tree(text, "<memory>", faults)
    if after is None or faults.has_errors():
        return False
    return bool(plain_data(after) == plain_data(before)) and _orders(after) == _orders(before)


def _orders(tree: Fields) -> dict[str, list[str]]:
    """Section -> its keys in order: actions, players and levels mean something by theirs."""
    return {
        entry.key: list(entry.value.entries) for entry in tree if isinstance(entry.value, Fields)
    }


def _sections_in_order(text: str) -> str:
    """The top-level blocks in the usual order, each with the comments right above it."""
    lines = text.removeprefix("\ufeff").splitlines()
    starts = [
        (number, found["key"])
        for number, line in enumerate(lines)
        if (found := _TOP_KEY.match(line)) is not None
    ]
    if not starts:
        return text
    begins = [_with_comments(lines, number) for number, _ in starts]
    head = lines[: begins[0]]
    ends = [*begins[1:], len(lines)]
    blocks = [
        (key, lines[begin:end]) for (_, key), begin, end in zip(starts, begins, ends, strict=True)
    ]
    blocks.sort(key=lambda block: _rank(block[0]))
    return "\n".join([*head, *(line for _, block in blocks for line in block)]) + "\n"


def _with_comments(lines: list[str], number: int) -> int:
    """The line where the comments right above a key begin, or the key's own line."""
    while number > 0 and lines[number - 1].startswith("#"):
        number -= 1
    return number


def _rank(key: str) -> int:
    return SECTIONS.index(key) if key in SECTIONS else len(SECTIONS)


def _laid_out(text: str) -> str | None:
    """Indentation and quotation marks made even; None where ruamel cannot write the text back."""
    yaml = YAML(typ="rt", pure=True)
    yaml.preserve_quotes = True
    yaml.brace_single_entry_mapping_in_flow_sequence = True
    yaml.width = _NEVER_FOLD
    yaml.indent(mapping=2, sequence=4, offset=2)
    yaml.brace_single_entry_mapping_in_flow_sequence = True  # [{blockade: 1}], as people write it
    stream = io.StringIO()
    try:
        data = yaml.load(text)
        _open_long_braces(data, 0, 0)
        yaml.dump(data, stream)
    except (YAMLError, ValueError, TypeError, AttributeError, RecursionError):
        return None
    return _even_gaps(stream.getvalue())


def _open_long_braces(data: Any, block: int, inline: int) -> None:
    """Write maps and lists in braces that pass the line's end in block style instead.

    ``inline`` is the column where braces would open, ``block`` that of a block's keys.
    """
    if not isinstance(data, (CommentedMap, CommentedSeq)):
        return
    if data.fa.flow_style():
        # Comments inside of braces would be lost or misplaced by moving what they stand at.
        if inline + _inline_length(data) <= WIDTH or _is_commented(data):
            return
        data.fa.set_block_style()
    if isinstance(data, CommentedMap):
        for key, value in data.items():
            _open_long_braces(value, block + 2, block + len(str(key)) + 2)
    else:
        for value in data:
            _open_long_braces(value, block + 2, block + 2)


def _is_commented(data: Any) -> bool:
    if not isinstance(data, (CommentedMap, CommentedSeq)):
        return False
    below = data.values() if isinstance(data, CommentedMap) else data
    return bool(data.ca.items or data.ca.comment) or any(map(_is_commented, below))


def _inline_length(data: Any) -> int:
    if isinstance(data, dict):
        return sum(len(str(k)) + 4 + _inline_length(v) for k, v in data.items()) or 2
    if isinstance(data, list):
        return sum(2 + _inline_length(item) for item in data) or 2
    return 0 if data is None else len(str(data))


def _even_gaps(text: str) -> str:
    """No trailing spaces outside of block texts, no more than one blank line at a time."""
    lines = text.rstrip().split("\n")
    if any(re.search(r":\s+[|>][-+0-9]*\s*(#.*)?$", line) for line in lines):
        return "\n".join(lines) + "\n"
    stripped = [line.rstrip() for line in lines]
    kept = stripped[:1] + [now for before, now in pairwise(stripped) if before or now]
    return "\n".join(kept) + "\n"
