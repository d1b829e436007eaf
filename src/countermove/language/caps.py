"""How many entries a section may have: more than anybody writes, few enough to check at once."""

from __future__ import annotations

from countermove.language.faults import Faults
from countermove.language.tree import Fields, Items, Tree, child, entries

MAX_ENTRIES = {
    "sources": 5_000,
    "claims": 5_000,
    "state": 200,
    "parameters": 5_000,
    "correlations": 500,
    "terms": 2_000,
    "players": 50,
    "events": 1_000,
    "order": 1_000,
    "measures": 2_000,
    "scores": 500,
    "goals": 500,
    "policies": 500,
    "views": 200,
}
MAX_ACTIONS = 200  # of one player
MAX_TYPES = 20  # of one player
MAX_LEVERS = 50  # of one policy


def check_caps(root: Fields, faults: Faults) -> bool:
    """Whether every section is of a size that can be checked; a fault for each that is not."""
    fine = [_fits(name, root.get(name), limit, faults) for name, limit in MAX_ENTRIES.items()]
    for player in entries(root.get("players")):
        fine.append(_fits("actions", child(player.value, "actions"), MAX_ACTIONS, faults))
        fine.append(_fits("types", child(player.value, "types"), MAX_TYPES, faults))
    for policy in entries(root.get("policies")):
        fine.append(_fits("levers", child(policy.value, "levers"), MAX_LEVERS, faults))
    return all(fine)


def _fits(name: str, tree: Tree | None, limit: int, faults: Faults) -> bool:
    count = len(tree.entries) if isinstance(tree, Fields) else 0
    count = len(tree.items) if isinstance(tree, Items) else count
    if tree is None or count <= limit:
        return True
    faults.add(
        "CM053",
        f"there are {count:,} entries in {name!r}; the limit is {limit:,}",
        tree.location,
        text=name,
        remedy="leave some of them out",
    )
    return False
