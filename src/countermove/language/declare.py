"""The names that a scenario declares, and the one namespace that most of them share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from countermove.errors import Location
from countermove.language.faults import Faults
from countermove.language.names import check_name
from countermove.language.tree import Entry, Fields, entries

SHARED = {
    "state": "variable",
    "parameters": "parameter",
    "terms": "term",
    "players": "player",
    "events": "event",
}
OWN = {
    "sources": "source",
    "claims": "claim",
    "measures": "measure",
    "policies": "policy",
    "views": "view",
}


@dataclass(frozen=True)
class Declared:
    """Section -> its entries by name; ``misnamed`` are those whose name is itself a fault."""

    sections: Mapping[str, Mapping[str, Entry]]
    misnamed: frozenset[str] = field(default_factory=frozenset)

    def names(self, section: str) -> list[str]:
        """The names declared in a section, as written."""
        return list(self.sections[section])

    def entries(self, section: str) -> tuple[Entry, ...]:
        """The entries of a section, in order."""
        return tuple(self.sections[section].values())


def declare(root: Fields, faults: Faults) -> Declared:
    """Collect the declared names; report those that may not be names or are taken."""
    sections: dict[str, dict[str, Entry]] = {}
    misnamed: set[str] = set()
    taken: dict[str, tuple[str, Location]] = {}
    for section, kind in {**SHARED, **OWN}.items():
        sections[section] = {}
        for entry in entries(root.get(section)):
            if not check_name(kind, entry.key, entry.location, faults):
                misnamed.add(entry.key)
            if section in SHARED and entry.key in taken:
                _taken(entry, kind, *taken[entry.key], faults)
                continue
            if section in SHARED:
                taken[entry.key] = (kind, entry.location)
            sections[section][entry.key] = entry
    return Declared(sections, frozenset(misnamed))


def _taken(entry: Entry, kind: str, first: str, place: Location, faults: Faults) -> None:
    faults.add(
        "CM058",
        f"{entry.key!r} is already the name of a {first} (line {place.line}) and cannot name a "
        f"{kind} too",
        entry.location,
        text=entry.key,
        expected="a name that no variable, parameter, term, player or event has",
        remedy="rename one of the two",
    )
