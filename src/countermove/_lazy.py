"""Hands out a package's public names upon first use, so that importing the package stays cheap."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any


def hand_out(
    package: str, homes: Mapping[str, str]
) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """The ``__getattr__`` and ``__dir__`` of a package whose names live elsewhere.

    ``homes`` tells the module of each name. Where a subpackage bears the name of its function
    (``solve``), the package's attribute is always the function, whatever was imported first;
    the subpackage's members are reached by ``from package.solve import``.
    """
    module = sys.modules[package]
    shared = frozenset(name for name in homes if homes[name].startswith(f"{package}.{name}"))
    module.__class__ = _keeping(shared)

    def get(name: str) -> Any:
        if name not in homes:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        found = getattr(importlib.import_module(homes[name]), name)
        setattr(module, name, found)
        return found

    def names() -> list[str]:
        return sorted({*vars(module), *homes})

    return get, names


def _keeping(shared: frozenset[str]) -> type[ModuleType]:
    """A class of modules on which an import does not put a subpackage in a function's place."""

    class Package(ModuleType):
        def __setattr__(self, name: str, value: object) -> None:
            if name in shared and isinstance(value, ModuleType):
                return
            super().__setattr__(name, value)

    return Package
