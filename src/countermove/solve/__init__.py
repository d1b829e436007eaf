"""The solver: agent logit equilibrium by backward induction, and what is read off it."""

from countermove.solve.certificate import Certificate
from countermove.solve.recheck import verify
from countermove.solve.solution import Solution
from countermove.solve.solve import solve
from countermove.solve.storage import load_solution
from countermove.solve.surprise import Surprised, surprised

__all__ = [
    "Certificate",
    "Solution",
    "Surprised",
    "load_solution",
    "solve",
    "surprised",
    "verify",
]
