"""Games in the forms of other programs."""

from countermove.interop.efg import export_efg

__all__ = ["export_efg"]
