"""What tests need of the system: skipped with the remedy where it is missing, failed in CI."""

from __future__ import annotations

import os

import pytest


def need(found: object, remedy: str) -> None:
    """Go on where the tool was found; else skip and say why, or fail where ``CI`` is set."""
    if found:
        return
    if os.environ.get("CI"):
        pytest.fail(remedy, pytrace=False)
    pytest.skip(remedy)
