"""Checks a tree against the schema and tells each fault at its place in the file."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Annotated, Any, get_args, get_origin

from pydantic import BaseModel, Tag, ValidationError

from countermove.errors import Location
from countermove.language.faults import MAX_FOUND, Faults
from countermove.language.schema_file import ScenarioFile
from countermove.language.tree import Fields, Items, Leaf, Tree, plain_data, shown

_KINDS = {
    "string_type": "text",
    "int_type": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "list_type": "a list",
    "dict_type": "a map of names",
    "model_type": "a map of keys",
    "model_attributes_type": "a map of keys",
    "none_required": "nothing",
}
_SPAN = re.compile(r"\s*([-+]?[\d.]+)\s*(?:-|–|to|\.\.)\s*([-+]?[\d.]+)\s*")  # 3-10, 3 to 10
_MISPLACED = {
    "simultaneous": "who moves at once stands in an inner list of the order: - [one, another]",
    "redraw": "only events and their outcomes redraw types: redraw: player",
    "succession": "it stands beside the `redraw` of an event or of its outcome",
    "prior": "the odds stand with the types: types: {resolved: 0.4, bluffing: rest}",
    "lever": "a policy's levers stand in it: levers: {name: {value: ..., range: [low, high]}}",
    "levers": "levers stand in a policy: policies: {name: {levers: ..., rules: ...}}",
    "at_most": "it stands in a goal: goals: {name: {measure: ..., at_most: ...}}",
    "at_least": "it stands in a goal: goals: {name: {measure: ..., at_least: ...}}",
    "weights": "weights stand in a score: scores: {name: {weights: ...}}",
    "type": "write types: {resolved: 0.4, bluffing: rest}",
    "outcomes": "an action's outcomes stand in its list of effects: effects: [{outcomes: [...]}]",
}


def check_shape(root: Fields, faults: Faults) -> None:
    """Report unknown and missing keys and values of the wrong kind, everywhere in the file."""
    try:
        ScenarioFile.model_validate(plain_data(root))
    except ValidationError as error:
        _report(error.errors(include_url=False), root, faults)


def _report(errors: Sequence[Any], root: Fields, faults: Faults) -> None:
    wrong_kinds: dict[Location, tuple[Tree, list[str]]] = {}
    for error in errors[:MAX_FOUND]:
        path, kind = error["loc"], error["type"]
        if kind == "extra_forbidden":
            _unknown_key(root, path, faults)
        elif kind == "missing":
            _missing_key(root, path, faults)
        elif not _is_stray_change(root, path):
            tree, place = _follow(root, path)
            _, expected = wrong_kinds.setdefault(place, (tree, []))
            expected.append(_expected(error))
    for place, (tree, expected) in wrong_kinds.items():
        _wrong_value(tree, place, list(dict.fromkeys(expected)), faults)


def _is_stray_change(root: Fields, path: tuple[Any, ...]) -> bool:
    """Whether the path leads to one of several changes of an effect: that is a fault of its own."""
    if "<effect>" not in path:
        return False
    effect, _ = _follow(root, path[: len(path) - path[::-1].index("<effect>")])
    known = ("probability", "when")
    changes = [e.key for e in effect if e.key not in known] if isinstance(effect, Fields) else []
    return len(changes) != 1 and not set(known) & set(map(str, path[-2:]))


def _follow(root: Tree, path: Iterable[Any]) -> tuple[Tree, Location]:
    """The value that a pydantic path leads to, and its place; tags of unions are passed over."""
    tree: Tree = root
    place = root.location
    for part in path:
        if isinstance(tree, Fields) and str(part) in tree:
            entry = tree.entries[str(part)]
            tree = entry.value
            # A value left empty has no visible place of its own.
            empty = isinstance(tree, Leaf) and tree.text == "" and tree.plain
            place = entry.location if empty else tree.location
        elif isinstance(tree, Items) and isinstance(part, int) and part < len(tree.items):
            tree = tree.items[part]
            place = tree.location
    return tree, place


def _unknown_key(root: Fields, path: tuple[Any, ...], faults: Faults) -> None:
    parent, _ = _follow(root, path[:-1])
    key = str(path[-1])
    location = parent.location
    if isinstance(parent, Fields) and key in parent:
        location = parent.entries[key].location
        first, _, value = key.partition(" ")
        if _is_cut_text(parent.entries[key].value) and first in _valid_keys(path[:-1]):
            faults.add(
                "CM050",
                f"the key {first!r} lacks its colon",
                location,
                text=key,
                nearest=first,
                remedy=f"write '{first}: {value}'",
            )
            return
        if path[0] == "measures" and " given " in key:
            faults.add(
                "CM050",
                "a measure given a condition has the keys 'of' and 'given'",
                location,
                text=key,
                remedy="write {{of: {}, given: {}}}".format(*key.split(" given ", 1)),
            )
            return
        if _is_cut_text(parent.entries[key].value):
            faults.add(
                "CM006",
                "YAML cuts a text in braces at its commas",
                location,
                text=key,
                expected="a quoted text, or one that stands in a block",
                remedy="put the whole text in quotation marks; decimals take a point",
            )
            return
    valid = _valid_keys(path[:-1])
    near = faults.nearest(key, valid)
    faults.add(
        "CM050",
        f"{key[:60]!r} is not a key here",
        location,
        text=key,
        expected="one of: " + ", ".join(valid),
        nearest=near,
        remedy=_MISPLACED.get(key) or (f"write {near!r}" if near else "remove it, or move it"),
    )


def _is_cut_text(value: Tree) -> bool:
    return isinstance(value, Leaf) and value.plain and value.text == ""


def _missing_key(root: Fields, path: tuple[Any, ...], faults: Faults) -> None:
    parent, place = _follow(root, path[:-1])
    above = [part for part in path[:-1] if not str(part).startswith("<")]
    where = f"item {above[-1] + 1}" if above and isinstance(above[-1], int) else "the file"
    where = str(above[-1]) if above and isinstance(above[-1], str) else where
    faults.add(
        "CM051",
        f"{where} lacks the key {str(path[-1])!r}",
        place if path[:-1] else parent.location,
        expected=f"{path[-1]}: ...",
        remedy=f"add '{path[-1]}:'",
    )


def _wrong_value(tree: Tree, place: Location, expected: list[str], faults: Faults) -> None:
    written = shown(tree)
    what = " or ".join(expected)
    faults.add(
        "CM052",
        f"this is {_kind_of(tree)}, where {what} is expected",
        place,
        text=written,
        expected=what,
        remedy=_remedy(tree, what),
    )


def _remedy(tree: Tree, what: str) -> str:
    if isinstance(tree, Leaf) and tree.value is None:
        return "write a value after the colon, or remove the key"
    if isinstance(tree, Leaf) and not isinstance(tree.value, str) and what == "text":
        return f'put it in quotation marks: "{tree.text[:60]}"'
    if not isinstance(tree, Items) and what == "a list":
        ends = _SPAN.fullmatch(tree.text) if isinstance(tree, Leaf) else None
        return f"put it in brackets: [{', '.join(ends.groups()) if ends else '...'}]"
    if isinstance(tree, Leaf) and what == "a number" and tree.text.endswith("%"):
        return "write a share of 1: 0.8 for 80%"
    if what == "a number":
        return "write digits, with a point before decimals: 0.8"
    return "replace it"


def _kind_of(tree: Tree) -> str:
    match tree:
        case Fields():
            return "a map"
        case Items():
            return "a list"
        case Leaf(None):
            return "empty"
        case Leaf(bool()):
            return "true or false"
        case Leaf(int() | float()):
            return "a number"
        case _:
            return "text"


def _expected(error: Any) -> str:
    kind = error["type"]
    if kind in ("model_type", "model_attributes_type") and error["loc"][-2:-1] == ("levers",):
        return "{value: ..., range: [low, high]}"
    if kind in _KINDS:
        return _KINDS[kind]
    context = error.get("ctx", {})
    match kind:
        case "literal_error":
            return f"one of: {context.get('expected', '')}"
        case "too_short":
            return f"at least {context.get('min_length')} of them"
        case "too_long":
            return f"at most {context.get('max_length')} of them"
        case "greater_than_equal":
            return f"a number of at least {context.get('ge')}"
        case _:
            return str(error["msg"]).removeprefix("expected ")


def _valid_keys(path: tuple[Any, ...]) -> list[str]:
    """The keys that the model at a pydantic path knows."""
    here: Any = ScenarioFile
    for part in path:
        here = _below(_bare(here), part)
    model = _bare(here)
    return list(model.model_fields) if _is_model(model) else []


def _below(kind: Any, part: Any) -> Any:
    if _is_model(kind):
        field = kind.model_fields.get(str(part))
        return field.annotation if field is not None else Any
    arguments = get_args(kind)
    if get_origin(kind) is dict:
        return arguments[1]
    if get_origin(kind) is list:
        return arguments[0]
    for choice in arguments:
        if get_origin(choice) is Annotated and Tag(str(part)) in choice.__metadata__:
            return choice
    return Any


def _bare(kind: Any) -> Any:
    """The annotation without its metadata and without ``| None``."""
    while True:
        if get_origin(kind) is Annotated:
            kind = get_args(kind)[0]
            continue
        choices = [choice for choice in get_args(kind) if choice is not type(None)]
        if len(choices) == 1 and get_origin(kind) not in (list, dict):
            kind = choices[0]
            continue
        return kind


def _is_model(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)
