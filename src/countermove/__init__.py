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
- ``export_efg``: a small ``Game`` as a tree that Gambit reads;
- ``to_pettingzoo``: a ``Game`` as a PettingZoo environment, for agents that learn;
- ``compare``: policies under rival views, met by others who adapt or who are surprised: a
  ``Comparison``;
- ``explain``: why a player rather does this than that, and what it tells: an ``Explanation``;
- ``surprised``: a policy against others who play on as if there were none;
- ``diff``: what changed between two scenarios or results, and what it moved: a ``Difference``;
- ``explore``: policies and views in many uncertain worlds: an ``Exploration``, which
  ``load_exploration`` reads again; ``robustness``, ``sensitivity``, ``discover``, ``tradeoffs`` and
  ``pivots`` analyse it, into a ``Robustness``, ``Sensitivity``, ``Discovery``, ``Tradeoffs``,
  ``Pivots``;
- ``search``: a policy's levers, set for the best: a ``Search``;
- ``Evaluator``: a ``Case`` (a view and a policy) in any world becomes an ``Outcome``;
- ``figures``: Altair charts of all these, for notebooks.

What is raised on purpose derives from ``CountermoveError``: ``ScenarioError``, ``UnknownName``,
``InvalidRequest``, ``SizeLimitError``, ``SolveError``, ``OutputExists``.
"""

from typing import TYPE_CHECKING

from countermove import figures
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
    from countermove.explain import Explanation, explain
    from countermove.explore.cases import Case, Evaluator, Outcome
    from countermove.explore.compare import compare
    from countermove.explore.comparison import Comparison
    from countermove.explore.diff import diff
    from countermove.explore.diff_record import Difference
    from countermove.explore.discovery import Discovery, discover
    from countermove.explore.exploration import Exploration, load_exploration
    from countermove.explore.pivots import Pivots, pivots
    from countermove.explore.robustness import Robustness, robustness
    from countermove.explore.search import Search, search
    from countermove.explore.sensitivity import Sensitivity, sensitivity
    from countermove.explore.sweep import explore
    from countermove.explore.tradeoffs import Tradeoffs, tradeoffs
    from countermove.game import Game, compile
    from countermove.interop import export_efg, to_pettingzoo
    from countermove.language import Scenario, check, load, loads
    from countermove.report import report
    from countermove.simulate import Simulation, simulate
    from countermove.solve import Certificate, Solution, load_solution, solve, surprised, verify

__all__ = [
    "Case",
    "Certificate",
    "Comparison",
    "CountermoveError",
    "Diagnostic",
    "Difference",
    "Discovery",
    "Evaluator",
    "Explanation",
    "Exploration",
    "Game",
    "InvalidRequest",
    "Outcome",
    "OutputExists",
    "Pivots",
    "Robustness",
    "Scenario",
    "ScenarioError",
    "Search",
    "Sensitivity",
    "Simulation",
    "SizeLimitError",
    "Solution",
    "SolveError",
    "Tradeoffs",
    "UnknownName",
    "__version__",
    "check",
    "compare",
    "compile",
    "diff",
    "discover",
    "explain",
    "explore",
    "export_efg",
    "figures",
    "load",
    "load_exploration",
    "load_solution",
    "loads",
    "pivots",
    "report",
    "robustness",
    "search",
    "sensitivity",
    "simulate",
    "solve",
    "surprised",
    "to_pettingzoo",
    "tradeoffs",
    "verify",
]

__getattr__, __dir__ = hand_out(
    __name__,
    {
        "Case": "countermove.explore.cases",
        "Certificate": "countermove.solve",
        "Comparison": "countermove.explore.comparison",
        "CountermoveError": "countermove.errors",
        "Diagnostic": "countermove.errors",
        "Difference": "countermove.explore.diff_record",
        "Discovery": "countermove.explore.discovery",
        "Evaluator": "countermove.explore.cases",
        "Explanation": "countermove.explain",
        "Exploration": "countermove.explore.exploration",
        "Game": "countermove.game",
        "InvalidRequest": "countermove.errors",
        "Outcome": "countermove.explore.cases",
        "OutputExists": "countermove.errors",
        "Pivots": "countermove.explore.pivots",
        "Robustness": "countermove.explore.robustness",
        "Scenario": "countermove.language",
        "ScenarioError": "countermove.errors",
        "Search": "countermove.explore.search",
        "Sensitivity": "countermove.explore.sensitivity",
        "Simulation": "countermove.simulate",
        "SizeLimitError": "countermove.errors",
        "Solution": "countermove.solve",
        "SolveError": "countermove.errors",
        "Tradeoffs": "countermove.explore.tradeoffs",
        "UnknownName": "countermove.errors",
        "check": "countermove.language",
        "compare": "countermove.explore.compare",
        "compile": "countermove.game",
        "diff": "countermove.explore.diff",
        "discover": "countermove.explore.discovery",
        "explain": "countermove.explain",
        "explore": "countermove.explore.sweep",
        "export_efg": "countermove.interop",
        "load": "countermove.language",
        "load_exploration": "countermove.explore.exploration",
        "load_solution": "countermove.solve",
        "loads": "countermove.language",
        "pivots": "countermove.explore.pivots",
        "report": "countermove.report",
        "robustness": "countermove.explore.robustness",
        "search": "countermove.explore.search",
        "sensitivity": "countermove.explore.sensitivity",
        "simulate": "countermove.simulate",
        "solve": "countermove.solve",
        "surprised": "countermove.solve",
        "to_pettingzoo": "countermove.interop.pettingzoo",
        "tradeoffs": "countermove.explore.tradeoffs",
        "verify": "countermove.solve",
    },
)
