"""The machine and the versions, in words."""

from __future__ import annotations

import os
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

_PACKAGES = ("numpy", "numba", "llvmlite", "scipy")


def describe() -> list[tuple[str, str]]:
    """Processor, cores, memory, system, versions, and how busy the machine was."""
    return [
        ("processor", _processor()),
        ("cores", f"{os.cpu_count()}"),
        ("memory", f"{_memory() / (1 << 30):.1f} GiB"),
        ("caches of the first core", _caches()),
        ("system", f"{platform.system()} {platform.machine()}"),
        ("Python", platform.python_version()),
        *((name, _version(name)) for name in _PACKAGES),
    ]


def load_average() -> float:
    """How many processes wanted to run, over the last minute."""
    return os.getloadavg()[0]


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"


def _processor() -> str:
    fields = {}
    for line in _lines("/proc/cpuinfo"):
        name, _, value = line.partition(":")
        fields.setdefault(name.strip(), value.strip())
    if "model name" not in fields:
        return platform.processor() or platform.machine()
    widest = "AVX-512" if "avx512f" in fields.get("flags", "") else "AVX2 or less"
    family = f"family {fields.get('cpu family')}, model {fields.get('model')}"
    return f"{fields['model name']} ({family}; {widest})"


def _caches() -> str:
    found = []
    for folder in sorted(Path("/sys/devices/system/cpu/cpu0/cache").glob("index*")):
        kind = (folder / "type").read_text().strip()
        if kind != "Instruction":
            found.append(
                f"L{(folder / 'level').read_text().strip()} {(folder / 'size').read_text().strip()}"
            )
    return ", ".join(found) or "unknown"


def _memory() -> int:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


def _lines(path: str) -> list[str]:
    try:
        return Path(path).read_text(encoding="utf-8").splitlines()
    except OSError:
        return []
