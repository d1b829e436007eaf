"""Crises between states as games: how the actors answer each other.

In the order in which they are used:

- ``load``, ``loads``: a bundled scenario, a file or a text becomes a ``Scenario``;
- ``check``: all faults and warnings of a scenario, each a ``Diagnostic``;
- ``compile``: a ``Scenario`` becomes a ``Game`` (reachable states, odds, payoffs as arrays);
- ``solve``: a ``Game`` becomes a ``Solution`` (strategies, values, measures, exact fans);
- ``load_solution``: a ``Solution`` from its file;
- ``verify``: a ``Solution`` is computed again by other code, which gives a ``Certificate``;
- ``simulate``: a ``Solution`` becomes a ``Simulation`` (sampled paths and their summaries);
- ``report``: a folder with a self-contained page for people to read;
- ``export_efg``: a small ``Game`` as a tree that Gambit reads.

What is raised on purpose derives from ``CountermoveError``: ``ScenarioError``, ``UnknownName``,
``InvalidRequest``, ``SizeLimitError``, ``SolveError``, ``OutputExists``.
"""

from typing import TYPE_CHECKING

from countermove._lazy import hand_out
from countermove._version import __version__

if TYPE_CHECKING:
    from countermove.errors import (
        CountermoveError,
        Diagnostic,
        InvalidRequest,
        OutputExists,
        ScenarioError,
        SizeLimitError,
        SolveError,
        UnknownName,
    )
    from countermove.game import Game, compile
    from countermove.interop import export_efg
    from countermove.language import Scenario, check, load, loads
    from countermove.report import report
    from countermove.simulate import Simulation, simulate
    from countermove.solve import Certificate, Solution, load_solution, solve, verify

__all__ = [
    "Certificate",
    "CountermoveError",
    "Diagnostic",
    "Game",
    "InvalidRequest",
    "OutputExists",
    "Scenario",
    "ScenarioError",
    "Simulation",
    "SizeLimitError",
    "Solution",
    "SolveError",
    "UnknownName",
    "__version__",
    "check",
    "compile",
    "export_efg",
    "load",
    "load_solution",
    "loads",
    "report",
    "simulate",
    "solve",
    "verify",
]

__getattr__, __dir__ = hand_out(
    __name__,
    {
        "Certificate": "countermove.solve",
        "CountermoveError": "countermove.errors",
        "Diagnostic": "countermove.errors",
        "Game": "countermove.game",
        "InvalidRequest": "countermove.errors",
        "OutputExists": "countermove.errors",
        "Scenario": "countermove.language",
        "ScenarioError": "countermove.errors",
        "Simulation": "countermove.simulate",
        "SizeLimitError": "countermove.errors",
        "Solution": "countermove.solve",
        "SolveError": "countermove.errors",
        "UnknownName": "countermove.errors",
        "check": "countermove.language",
        "compile": "countermove.game",
        "export_efg": "countermove.interop",
        "load": "countermove.language",
        "load_solution": "countermove.solve",
        "loads": "countermove.language",
        "report": "countermove.report",
        "simulate": "countermove.simulate",
        "solve": "countermove.solve",
        "verify": "countermove.solve",
    },
)
