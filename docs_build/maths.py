"""Turns the LaTeX that Arithmatex found on a page into MathML, which browsers draw."""

from __future__ import annotations

import html
import re

_INLINE = re.compile(r'<span class="arithmatex">\\\((.*?)\\\)</span>', re.DOTALL)
_BLOCK = re.compile(r'<div class="arithmatex">\s*\\\[(.*?)\\\]\s*</div>', re.DOTALL)
# What latex2mathml does not know comes out as it went in, instead of as a fault.
_UNKNOWN = re.compile(r"<m[ion]>(\\[^<]*|&(?:amp;)?)</m[ion]>")


# What it calls by another name -> that name.
_OTHERWISE = {"{aligned}": "{split}", r"\arg\max": r"\argmax", r"\arg\min": r"\argmin"}


# A prime is high by itself: as a superscript it is as small as a dot.
_PRIMED = re.compile(r"<msup>(<mi>[^<]*</mi>)<mi>&#x02032;</mi></msup>")


class MathsError(ValueError):
    """A formula that cannot be written as MathML."""


def with_mathml(page: str) -> str:
    """A page's HTML, its formulas as MathML."""
    page = _BLOCK.sub(lambda found: f"<p>{mathml(found[1], block=True)}</p>", page)
    return _INLINE.sub(lambda found: mathml(found[1]), page)


def mathml(escaped: str, *, block: bool = False) -> str:
    """A formula as MathML, with its LaTeX beside it for who copies it."""
    from latex2mathml.converter import convert

    latex = html.unescape(escaped).strip()
    try:
        made = str(convert(_as_known(latex), display="block" if block else "inline"))
    except Exception as error:  # the library raises many kinds, without a common one
        raise MathsError(f"no formula: {latex!r} ({type(error).__name__})") from error
    unknown = _UNKNOWN.search(made)
    if unknown:
        raise MathsError(f"{unknown[1]!r} is not known, in the formula {latex!r}")
    made = _PRIMED.sub(r'<mrow>\1<mo lspace="0" rspace="0">&#x02032;</mo></mrow>', made)
    return made.replace("<math ", f'<math alttext="{html.escape(latex)}" ', 1)


def _as_known(latex: str) -> str:
    for name, other in _OTHERWISE.items():
        latex = latex.replace(name, other)
    return latex
