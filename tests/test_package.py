"""The package as it is handed out: its names, its weight at import, its types, its version."""

from __future__ import annotations

import importlib.util
import inspect
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import countermove

ROOT = Path(__file__).parents[1]
HEAVY = {
    "SALib",
    "distributed",
    "ema_workbench",
    "pymoo",
    "sklearn",
    "threadpoolctl",
    "altair",
    "h5netcdf",
    "h5py",
    "jinja2",
    "numba",
    "numpy",
    "pandas",
    "polars",
    "pyarrow",
    "pydantic",
    "rich",
    "ruamel",
    "scipy",
    "typer",
    "vl_convert",
    "xarray",
}


def python(code: str) -> str:
    """What a fresh interpreter prints for this code."""
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    return run.stdout.strip()


def loaded_after(code: str) -> set[str]:
    """Top-level modules in memory after this code, in a fresh interpreter."""
    listing = "import sys; print(*sorted({name.partition('.')[0] for name in sys.modules}))"
    return set(python(f"{code}\n{listing}").split())


def test_public_names_are_those_the_documentation_lists():
    documented = set(re.findall(r"``(\w+)``", inspect.getdoc(countermove) or ""))
    assert documented == set(countermove.__all__) - {"__version__"}


def test_public_names_are_listed_once_and_in_order():
    assert countermove.__all__ == sorted(set(countermove.__all__))
    assert set(countermove.__all__) <= set(dir(countermove))


@pytest.mark.parametrize("name", countermove.__all__)
def test_public_name_can_be_had_and_is_documented(name):
    thing = getattr(countermove, name)
    assert name == "__version__" or inspect.getdoc(thing)
    assert inspect.ismodule(thing) == (name == "figures")


def test_an_unknown_name_is_refused():
    with pytest.raises(AttributeError, match="module 'countermove' has no attribute 'solv'"):
        countermove.solv  # noqa: B018


@pytest.mark.parametrize("name", ["solve", "simulate", "report"])
def test_a_function_is_not_displaced_by_the_subpackage_of_its_name(name):
    code = f"import countermove, countermove.{name}, inspect"
    assert python(f"{code}; print(inspect.isfunction(countermove.{name}))") == "True"


def test_import_loads_no_heavy_library():
    assert loaded_after("import countermove") & HEAVY == set()


def test_reading_a_scenario_loads_neither_kernels_nor_tables_nor_figures():
    heavy = HEAVY - {"numpy", "pydantic", "ruamel"}
    assert loaded_after("from countermove import load; load('us-iraq-2020')") & heavy == set()


def test_checking_a_scenario_loads_neither_kernels_nor_tables_nor_figures():
    heavy = HEAVY - {"numpy", "pydantic", "ruamel", "typer", "rich"}
    quiet = "import contextlib, io; from countermove.cli import main\n"
    check = "with contextlib.redirect_stdout(io.StringIO()): main(['check', 'us-iraq-2020'])"
    assert loaded_after(quiet + check) & heavy == set()


def test_the_heavy_libraries_are_the_declared_ones():
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    names = {re.split("[>=]", requirement)[0] for requirement in declared}
    renamed = {
        "ruamel": "ruamel.yaml",
        "vl_convert": "vl-convert-python",
        "sklearn": "scikit-learn",
    }
    assert names <= {renamed.get(name, name) for name in HEAVY}
    assert all(importlib.util.find_spec(name) for name in HEAVY)


def test_version_is_the_installed_one_and_has_its_changelog():
    from importlib.metadata import version

    assert countermove.__version__ == version("countermove")
    assert f"## [{countermove.__version__}]" in (ROOT / "CHANGELOG.md").read_text()


def test_types_are_announced():
    assert (Path(countermove.__file__).parent / "py.typed").is_file()
