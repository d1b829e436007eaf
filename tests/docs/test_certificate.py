"""Holds the tables of ``docs/certificate.md`` to the checks there are."""

import re
from pathlib import Path

import countermove as cm
from countermove.solve.certificate import TOLERANCE

PAGE = (Path(__file__).parents[2] / "docs" / "certificate.md").read_text(encoding="utf-8")


def test_every_check_is_explained_with_its_limit():
    solution = cm.solve(cm.compile(cm.load("blockade"), policy=next(iter(policies()))))
    certificate = cm.verify(solution, periods=1, refine=False)
    told = dict(re.findall(r"^\| ([^|]+) \| .* \| (\S+) \|$", PAGE, re.M))
    assert set(told) - {"check"} == {check.name for check in certificate.checks}
    assert {float(limit) for name, limit in told.items() if name != "check"} == {TOLERANCE}


def policies():
    found = cm.load("blockade").policies
    assert found
    return found
