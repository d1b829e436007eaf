"""The names that a scenario declares, and the one namespace that most of them share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from countermove.errors import Location
from countermove.language.faults import Faults
from countermove.language.names import check_name
from countermove.language.tree import Entry, Fields, child, entries

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
    "scores": "score",
    "goals": "goal",
    "policies": "policy",
    "views": "view",
}


@dataclass(frozen=True)
class Declared:
    """Section -> its entries by name; ``misnamed`` are those whose name is itself a fault.

    ``levers`` has the policy of each lever; their entries are the section of that name.
    """

    sections: Mapping[str, Mapping[str, Entry]]
    misnamed: frozenset[str] = field(default_factory=frozenset)
    levers: Mapping[str, str] = field(default_factory=dict)

    def names(self, section: str) -> list[str]:
        """The names declared in a section, as written."""
        return list(self.sections[section])

    def entries(self, section: str) -> tuple[Entry, ...]:
        """The entries of a section, in order."""
        return tuple(self.sections[section].values())


def declare(root: Fields, faults: Faults) -> Declared:
    """Collect the declared names; report those that may not be names or are taken."""
    names = _Names(faults)
    for section, kind in {**SHARED, **OWN}.items():
        names.enter(section, kind, entries(root.get(section)), shared=section in SHARED)
    levers: dict[str, str] = {}
    names.sections["levers"] = {}
    for policy in names.sections["policies"].values():
        entered = names.enter("levers", "lever", entries(child(policy.value, "levers")))
        levers.update(dict.fromkeys(entered, policy.key))
    return Declared(names.sections, frozenset(names.misnamed), levers)


@dataclass
class _Names:
    """The names so far: by section, and where those that share one namespace were first given."""

    faults: Faults
    sections: dict[str, dict[str, Entry]] = field(default_factory=dict)
    misnamed: set[str] = field(default_factory=set)
    taken: dict[str, tuple[str, Location]] = field(default_factory=dict)

    def enter(
        self, section: str, kind: str, found: tuple[Entry, ...], *, shared: bool = True
    ) -> list[str]:
        """Enter the names of a section; those that are entered."""
        here = self.sections.setdefault(section, {})
        entered = []
        for entry in found:
            if not check_name(kind, entry.key, entry.location, self.faults):
                self.misnamed.add(entry.key)
            if shared and entry.key in self.taken:
                _taken(entry, kind, *self.taken[entry.key], self.faults)
                continue
            if shared:
                self.taken[entry.key] = (kind, entry.location)
            here[entry.key] = entry
            entered.append(entry.key)
        return entered


def _taken(entry: Entry, kind: str, first: str, place: Location, faults: Faults) -> None:
    faults.add(
        "CM058",
        f"{entry.key!r} is already the name of a {first} (line {place.line}) and cannot name a "
        f"{kind} too",
        entry.location,
        text=entry.key,
        expected="a name that no variable, parameter, lever, term, player or event has",
        remedy="rename one of the two",
    )
