"""The figures and tables that pages ask for by name: ``<!-- figure: NAME -->``.

A function of a module in ``docs_build/figures`` gives one, and is registered by a decorator. It is
run when the documentation is built, so a figure shows what the code does now.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

INK = "#010203"  # a colour that becomes the page's own: of text, and of neutral lines


@dataclass(frozen=True)
class Figure:
    """A chart, the sentence below it, and what it shows for those who do not see it."""

    name: str
    caption: str
    alt: str
    chart: Callable[[], Any]


FIGURES: dict[str, Figure] = {}
TABLES: dict[str, Callable[[], str]] = {}


def figure(
    name: str, *, caption: str, alt: str
) -> Callable[[Callable[[], Any]], Callable[[], Any]]:
    """Register a function that gives an Altair chart."""

    def keep(chart: Callable[[], Any]) -> Callable[[], Any]:
        _refuse_again(name, FIGURES)
        FIGURES[name] = Figure(name, caption, alt, chart)
        return chart

    return keep


def table(name: str) -> Callable[[Callable[[], str]], Callable[[], str]]:
    """Register a function that gives a table in Markdown."""

    def keep(text: Callable[[], str]) -> Callable[[], str]:
        _refuse_again(name, TABLES)
        TABLES[name] = text
        return text

    return keep


def load_all() -> None:
    """Import every module of ``docs_build/figures``, so that all are registered."""
    import docs_build.figures as package

    for module in pkgutil.iter_modules(package.__path__):
        importlib.import_module(f"{package.__name__}.{module.name}")


def _refuse_again(name: str, among: dict[str, Any]) -> None:
    if name in among:
        raise ValueError(f"there are two of the name {name!r}: give one another name")
