"""The command line: ``countermove``, one file a command."""

from __future__ import annotations

from countermove.cli.application import app, main

__all__ = ["app", "main"]
