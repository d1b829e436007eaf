"""Correlations of uncertain parameters: between two that exist, and such that all can hold."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from countermove.errors import Location
from countermove.language.declare import Declared
from countermove.language.faults import Faults
from countermove.language.model import Claim, Correlation, Parameter, View
from countermove.language.sections import is_true, number_of, read_cites, read_note
from countermove.language.tree import Fields, Tree, child, fields, items, text_of

Matrix = NDArray[np.float64]
_ROUNDING = 1e-9  # of the smallest eigenvalue, which is 0 where a correlation is 1


def read_correlations(
    root: Fields,
    declared: Declared,
    parameters: Mapping[str, Parameter],
    views: Mapping[str, View],
    claims: Mapping[str, Claim],
    faults: Faults,
) -> tuple[Correlation, ...]:
    """The correlations, in order; those that cannot be are faults."""
    certain = {name for name in parameters if not _is_uncertain(parameters[name], views)}
    found: dict[frozenset[str], Correlation] = {}
    whole = True
    for item in items(root.get("correlations")):
        correlation = _correlation(item, declared, certain, claims, faults)
        if correlation is None or _repeated(correlation, found, faults):
            whole = False
            continue
        found[frozenset((correlation.first, correlation.second))] = correlation
    if whole:
        check_together(tuple(found.values()), faults)
    return tuple(found.values())


def _is_uncertain(parameter: Parameter, views: Mapping[str, View]) -> bool:
    """Whether worlds differ in a parameter, by its own range or by that of a view."""
    moved = [
        view.ranges[parameter.name] for view in views.values() if parameter.name in view.ranges
    ]
    return parameter.uncertain or any(low < high for low, high in moved)


def _correlation(
    item: Tree,
    declared: Declared,
    certain: Collection[str],
    claims: Mapping[str, Claim],
    faults: Faults,
) -> Correlation | None:
    section = fields(item)
    value = number_of(child(item, "value"))
    named = items(child(item, "between"))
    if section is None or value is None or len(named) != 2:
        return None
    fine = [_may_go(tree, declared, certain, faults) for tree in named]
    first, second = map(text_of, named)
    if first and first == second:
        _refuse(f"{first!r} always goes with itself", named[1].location, second, faults)
        return None
    if not -1 <= value <= 1:
        place = section.entries["value"].value.location
        _refuse(f"a correlation lies from -1 to 1, and {value:g} does not", place, value, faults)
        return None
    if not all(fine):
        return None
    return Correlation(
        first,
        second,
        value,
        read_note(item),
        read_cites(item, claims, faults),
        is_true(item, "assumption"),
        item.location,
    )


def _may_go(tree: Tree, declared: Declared, certain: Collection[str], faults: Faults) -> bool:
    """Whether a name is that of an uncertain parameter; a fault where it is not."""
    name = text_of(tree)
    if name in declared.levers:
        why = f"{name!r} is a lever of the policy {declared.levers[name]!r}: it is set, not drawn"
        _refuse(why, tree.location, name, faults)
    elif name not in declared.sections["parameters"]:
        known = declared.names("parameters")
        faults.unknown("CM059", "parameter", name, known, tree.location)
    elif name in certain:
        why = f"{name!r} has neither a range nor a distribution, and goes with nothing"
        _refuse(why, tree.location, name, faults)
    else:
        return True
    return False


def _refuse(message: str, place: Location, text: object, faults: Faults) -> None:
    faults.add(
        "CM221",
        message,
        place,
        text=f"{text:g}" if isinstance(text, float) else str(text),
        expected="between: [two parameters with ranges], value: a number from -1 to 1",
        remedy="correct it, or remove the correlation",
    )


def _repeated(
    correlation: Correlation, found: Mapping[frozenset[str], Correlation], faults: Faults
) -> bool:
    before = found.get(frozenset((correlation.first, correlation.second)))
    if before is None:
        return False
    faults.add(
        "CM221",
        f"how {correlation.first!r} and {correlation.second!r} go together is told twice (first in "
        f"line {before.location.line})",
        correlation.location,
        text=f"[{correlation.first}, {correlation.second}]",
        expected="one correlation of two parameters",
        remedy="remove one of the two",
    )
    return True


def check_together(correlations: Sequence[Correlation], faults: Faults) -> None:
    """Report a smallest set of parameters whose correlations no numbers can have together."""
    names = list(dict.fromkeys(n for c in correlations for n in (c.first, c.second)))
    matrix = correlation_matrix(names, correlations)
    if _can_hold(matrix, range(len(names))):
        return
    wrong = {names[at] for at in _fewest(matrix)}
    told = [c for c in correlations if {c.first, c.second} <= wrong]
    listed = ", ".join(f"{c.first} with {c.second} {c.value:g}" for c in told)
    stated = len(told) == len(wrong) * (len(wrong) - 1) // 2
    faults.add(
        "CM222",
        f"no numbers go together so: {listed}"
        + ("" if stated else ", and the others among them 0"),
        told[-1].location,
        text=", ".join(name for name in names if name in wrong),
        expected="correlations that can all hold: where two go with a third, they go together too",
        remedy="bring them closer to 0" + ("" if stated else ", or state those left out"),
    )


def correlation_matrix(names: Sequence[str], correlations: Iterable[Correlation]) -> Matrix:
    """The correlations [N, N] of the parameters named, 1 on the diagonal and 0 where unstated."""
    at = {name: position for position, name in enumerate(names)}
    matrix = np.eye(len(names))
    for c in correlations:
        if c.first in at and c.second in at:
            matrix[at[c.first], at[c.second]] = matrix[at[c.second], at[c.first]] = c.value
    return matrix


def _can_hold(matrix: Matrix, chosen: Sequence[int]) -> bool:
    """Whether the rows and columns chosen are those of a correlation matrix."""
    if not chosen:
        return True
    part = matrix[np.ix_(list(chosen), list(chosen))]
    return bool(np.linalg.eigvalsh(part)[0] >= -_ROUNDING)


def _fewest(matrix: Matrix) -> list[int]:
    """Parameters that cannot go together though any fewer of them could.

    What holds of a set holds of each part of it, so that one parameter of the set is found after
    another, by halving: the shortest beginning that fails ends with one that is needed.
    """
    needed: list[int] = []
    left = list(range(len(matrix)))
    while _can_hold(matrix, needed):
        low, high = 1, len(left)
        while low < high:
            middle = (low + high) // 2
            if _can_hold(matrix, needed + left[:middle]):
                low = middle + 1
            else:
                high = middle
        needed.append(left[low - 1])
        left = left[: low - 1]
    return needed
