"""Which words may be names: identifiers that YAML, Python and the language leave free."""

from __future__ import annotations

import keyword
import re
import unicodedata

from countermove.errors import Location
from countermove.language.faults import Faults

MAX_NAME = 64

_RESERVED = """
    action after base belief by calendar cites claims correlations costs date discount distribution
    effects ends ever events final first forbid given goals happened interests last levels levers
    mean measures name note nothing of order ordered otherwise outcomes parameters payoff period
    periods play played player players policies probability range ranges rationality redraw resets
    rest rules scale scenario score scores set sources start state step succession terms total type
    types unit until value views when years where min max abs exp log sqrt logistic clip
"""
LANGUAGE_WORDS = frozenset(_RESERVED.split())
# Level names only ever stand opposite their variable: most words of the language are free there.
LEVEL_WORDS = frozenset(["by", "otherwise", "rest", "probability", "when", "set", "date", "period"])
YAML_WORDS = frozenset({"null", "true", "false", "yes", "no", "on", "off"})
PYTHON_WORDS = frozenset(word.lower() for word in keyword.kwlist)

_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def check_name(
    kind: str,
    name: str,
    location: Location,
    faults: Faults,
    *,
    reserved: frozenset[str] = LANGUAGE_WORDS,
) -> bool:
    """Whether ``name`` may name a ``kind`` (a variable, a player ...); if not, a fault says why."""
    low = name.lower()
    if low in YAML_WORDS:
        _refuse(
            "CM055", kind, name, "is a word that YAML readers take for a value", location, faults
        )
    elif low in PYTHON_WORDS:
        _refuse("CM056", kind, name, "is a word of the expressions' grammar", location, faults)
    elif not _IDENTIFIER.fullmatch(name):
        faults.add(
            "CM054",
            f"{name[:60]!r} is not a name for {with_article(kind)}",
            location,
            text=name,
            expected="the letters a to z, digits and underscores, beginning with a letter",
            nearest=_as_identifier(name),
            remedy="write it as one word, with underscores for spaces",
        )
    elif len(name) > MAX_NAME:
        faults.add(
            "CM054",
            f"a name has at most {MAX_NAME} characters, this one has {len(name)}",
            location,
            text=name,
            remedy="shorten it",
        )
    elif name in reserved:
        _refuse("CM057", kind, name, "is a word of the language", location, faults)
    else:
        return True
    return False


def check_slug(name: str, location: Location, faults: Faults) -> None:
    """Report a scenario's own name where it is not lower-case words joined by hyphens."""
    if _SLUG.fullmatch(name) and len(name) <= MAX_NAME:
        return
    faults.add(
        "CM054",
        f"{name[:60]!r} is not a name for a scenario",
        location,
        text=name,
        expected="lower-case words and numbers joined by hyphens, like us-iraq-2020",
        nearest=re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:MAX_NAME],
        remedy="rename it (and its folder)",
    )


def with_article(kind: str) -> str:
    """The kind of thing with "a" or "an" before it."""
    return f"an {kind}" if kind[0] in "aeiou" else f"a {kind}"


def _refuse(code: str, kind: str, name: str, why: str, location: Location, faults: Faults) -> None:
    faults.add(
        code,
        f"{name!r} {why} and cannot name {with_article(kind)}",
        location,
        text=name,
        expected=f"another name for the {kind}",
        nearest=f"{name.lower()}_",
        remedy=f"rename it, say to '{name.lower()}_'",
    )


def _as_identifier(name: str) -> str:
    plain = (
        unicodedata.normalize("NFKD", name[:MAX_NAME].casefold()).encode("ascii", "ignore").decode()
    )
    words = re.sub(r"\W+", "_", plain).strip("_").lower()
    return words if _IDENTIFIER.fullmatch(words) else f"n_{words}" if words else ""
