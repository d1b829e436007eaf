"""Collecting the faults of a scenario, so that all of them are reported at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from countermove.errors import Diagnostic, Location, Severity, nearest_name

MAX_REPORTED = 200
MAX_FOUND = 1_000  # beyond it reading stops early: nobody mends more in one go


@dataclass
class Faults:
    """The diagnostics found so far; the one mutable thing that the loader passes along."""

    found: list[Diagnostic] = field(default_factory=list)
    _seen: set[tuple[str, Location, str]] = field(default_factory=set)
    _errors: int = 0

    def add(
        self,
        code: str,
        message: str,
        location: Location,
        *,
        severity: Severity = "error",
        text: str = "",
        expected: str = "",
        nearest: str = "",
        remedy: str = "",
    ) -> None:
        """Report one fault; the same fault at the same place is kept once."""
        self.extend(
            [
                Diagnostic(
                    code,
                    message,
                    location,
                    severity,
                    text=_short(text),
                    expected=expected,
                    nearest=nearest,
                    remedy=remedy,
                )
            ]
        )

    def unknown(
        self, code: str, kind: str, name: str, valid: Sequence[str], location: Location
    ) -> None:
        """Report a name that does not exist, with the nearest one that does."""
        near = self.nearest(name, valid)
        remedy = f"write {near!r}" if near else "declare it, or correct its spelling"
        self.add(
            code,
            f"{_short(name)!r} is no {kind}",
            location,
            text=name,
            expected="one of: " + ", ".join(list(valid)[:20]) if valid else "a declared name",
            nearest=near,
            remedy=remedy,
        )

    def nearest(self, name: str, valid: Sequence[str]) -> str:
        """The valid name closest to ``name``; nothing once there are more faults than are shown."""
        return "" if len(self.found) > MAX_REPORTED else nearest_name(name, valid)

    def full(self) -> bool:
        """Whether there are so many errors that looking for more is in vain."""
        return self._errors >= MAX_FOUND

    def extend(self, diagnostics: Iterable[Diagnostic]) -> None:
        """Take over diagnostics found elsewhere."""
        for diagnostic in diagnostics:
            key = (diagnostic.code, diagnostic.location, diagnostic.message)
            if key not in self._seen:
                self._seen.add(key)
                self.found.append(diagnostic)
                self._errors += diagnostic.severity == "error"

    def has_errors(self) -> bool:
        """Whether any of the diagnostics is an error rather than a warning."""
        return self._errors > 0

    def sorted(self) -> list[Diagnostic]:
        """All diagnostics by place; beyond ``MAX_REPORTED`` only their number is told."""
        # Errors first where there are too many, so that the cut never hides one behind warnings.
        ranked = sorted(self.found, key=lambda d: (d.severity != "error", d.location))
        kept, cut = ranked[:MAX_REPORTED], ranked[MAX_REPORTED:]
        kept.sort(key=lambda d: (d.location, d.code))
        if cut:
            severity: Severity = "error" if any(d.severity == "error" for d in kept) else "warning"
            kept.append(
                Diagnostic(
                    "CM099",
                    f"{len(cut)} more faults are not shown",
                    kept[-1].location,
                    severity,
                    remedy="mend those shown first, then check again",
                )
            )
        return kept


def _short(text: str, limit: int = 120) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= limit else flat[: limit - 3] + "..."
