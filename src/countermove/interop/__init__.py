"""Games in the forms of other programs."""

from countermove.interop.efg import export_efg
from countermove.interop.pettingzoo import to_pettingzoo

__all__ = ["export_efg", "to_pettingzoo"]
