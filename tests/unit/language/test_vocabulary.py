"""The tables of functions and measures name the same things, and the documentation names them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args, get_type_hints

import numpy as np
import pytest

from countermove.language import calls, expressions, interval
from countermove.language.expressions import Call, Number
from countermove.language.model import Measure
from countermove.language.scope import FUNCTIONS, MEASURE_FUNCTIONS

DOCS = Path(__file__).parents[3] / "docs"


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_can_be_computed_and_bounded_and_is_told(name: str) -> None:
    fewest, _ = FUNCTIONS[name]
    call = Call(name, tuple(Number(value) for value in (0.5, 0.25, 0.75)[:fewest]))
    assert np.isfinite(expressions.evaluate(call, None))  # type: ignore[arg-type]
    assert name == "where" or name in interval.FUNCTIONS
    assert re.search(rf"\b{name}\b", (DOCS / "language.md").read_text(encoding="utf-8"))
    assert name in (DOCS / "errors.md").read_text(encoding="utf-8")
    assert name in str(Call.__doc__)


def test_no_function_is_bounded_that_cannot_be_written():
    assert set(interval.FUNCTIONS) <= set(FUNCTIONS)


def test_every_measure_has_its_form_and_kind():
    assert set(MEASURE_FUNCTIONS) == set(calls.KINDS) == set(calls.FORMS)
    assert get_args(get_type_hints(Measure)["kind"]) == get_args(calls.Kind)
    told = (DOCS / "language.md").read_text(encoding="utf-8")
    assert [name for name in MEASURE_FUNCTIONS if f"{name}(" not in told] == []
