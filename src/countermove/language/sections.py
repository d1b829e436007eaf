"""Sources, claims and what cites them."""

from __future__ import annotations

from collections.abc import Mapping

from countermove.language.dates import check_document_date
from countermove.language.declare import Declared
from countermove.language.faults import Faults
from countermove.language.model import Claim, Source
from countermove.language.tree import Leaf, Tree, child, items, text_of


def read_sources(declared: Declared, faults: Faults) -> dict[str, Source]:
    """The documents, by name; a date that is none is a fault."""
    found = {}
    for entry in declared.entries("sources"):
        check_document_date(child(entry.value, "date"), faults)
        keys = ("date", "author", "publisher", "url", "note")
        given = {key: text_of(child(entry.value, key)) for key in keys}
        found[entry.key] = Source(entry.key, text_of(child(entry.value, "title")), **given)
    return found


def read_claims(declared: Declared, faults: Faults) -> dict[str, Claim]:
    """What the sources say, by name; a claim of an unknown source is a fault."""
    found = {}
    for entry in declared.entries("claims"):
        source = child(entry.value, "source")
        name = text_of(source)
        if source is not None and name and name not in declared.sections["sources"]:
            faults.unknown("CM059", "source", name, declared.names("sources"), source.location)
        check_document_date(child(entry.value, "date"), faults)
        fact = text_of(child(entry.value, "kind")) == "fact"
        found[entry.key] = Claim(
            entry.key,
            name,
            text_of(child(entry.value, "says")),
            "fact" if fact else "judgement",
            text_of(child(entry.value, "by")),
            text_of(child(entry.value, "date")),
        )
    return found


def read_cites(
    holder: Tree | None, claims: Mapping[str, object], faults: Faults
) -> tuple[str, ...]:
    """The claims that a part cites; unknown ones are faults."""
    cited: list[str] = []
    for item in items(child(holder, "cites")):
        name = text_of(item)
        if not name:
            continue
        if name not in claims:
            faults.unknown("CM059", "claim", name, list(claims), item.location)
        cited.append(name)
    return tuple(dict.fromkeys(cited))


def read_note(holder: Tree | None) -> str:
    """The part's note, or nothing."""
    return text_of(child(holder, "note"))


def is_true(holder: Tree | None, key: str, default: bool = False) -> bool:
    """Whether a yes-or-no key says true."""
    found = child(holder, key)
    return found.value if isinstance(found, Leaf) and isinstance(found.value, bool) else default


def number_of(tree: Tree | None) -> float | None:
    """The number a scalar holds, or None."""
    if isinstance(tree, Leaf) and not isinstance(tree.value, bool):
        return float(tree.value) if isinstance(tree.value, (int, float)) else None
    return None
