"""Why the answers are what they are: decisions, signals, and whose choice matters."""

from countermove.explain.explain import explain
from countermove.explain.explanation import Explanation

__all__ = ["Explanation", "explain"]
