"""``compare``: a player's policies under every view, met by adaptive and by surprised others."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from countermove.errors import wrong_kind
from countermove.explore.cases import OWN, Case, Evaluator, Outcome
from countermove.explore.compare_cells import Cells, opened
from countermove.explore.compare_request import Request, request
from countermove.explore.comparison import Comparison
from countermove.explore.objectives import Objective
from countermove.explore.telltale import Signs, signs_of
from countermove.explore.telltale_predict import predict, unmeasured
from countermove.language.model import Scenario

Progress = Callable[[int, int], None]


def compare(
    scenario: Scenario,
    *,
    player: str | None = None,
    policies: Sequence[str] | None = None,
    views: Sequence[str] | None = None,
    measures: Sequence[str] | None = None,
    of: str | Objective | None = None,
    include_free: bool = True,
    signs: bool = True,
    threads: int | None = None,
    belief_points: Mapping[str, int] | int | None = None,
    max_memory: str | int | None = None,
    progress: Progress | None = None,
    folder: str | Path | None = None,
    overwrite: bool = False,
) -> Comparison:
    """Solve every policy of a player under every view, and say what follows.

    ``player`` is by default the one whom most policies bind; ``policies`` all of those that bind
    it; ``views`` the scenario's own values (``"own"``) and all its views; ``measures`` all.
    ``of`` is what policies are judged by: a measure, ``score(NAME)`` or ``payoff(PLAYER)``, with
    ``:low`` or ``:high`` where the scenario does not say which is better; by default the first
    score that names the player, else its payoff. ``include_free`` counts free play among the
    options that are ranked and advised. ``signs`` solves the free game once a view more, for what
    would tell the views apart. ``belief_points`` and ``max_memory`` are as in ``compile``;
    ``progress`` is called with the solves done and in all.

    With a ``folder``, each cell is kept in it as it comes, and the same call goes on where an
    earlier one was ended; cells that did not work out are tried again. A changed scenario, version,
    choice of measures or belief grid raises ``OutputExists``, unless ``overwrite``.

    A cell that cannot be solved is kept with its reason in ``status``. Raises ``UnknownName`` and
    ``InvalidRequest`` for what is asked wrongly, ``TypeError`` for what is no scenario.
    """
    if not isinstance(scenario, Scenario):
        remedy = "countermove.compare(countermove.load(name_or_file))"
        raise wrong_kind("compare", "Scenario", scenario, remedy)
    asked = request(
        scenario,
        player=player,
        policies=policies,
        views=views,
        measures=measures,
        of=of,
        belief_points=belief_points,
    )
    cells = None if folder is None else opened(folder, asked, overwrite=overwrite)
    evaluator = Evaluator(
        scenario, measures=asked.measures, belief_points=belief_points, max_memory=max_memory
    )
    told = _Told(progress, len(asked.cases()) + signs * len(asked.views))
    outcomes = solve_cases(asked, evaluator, cells, threads=threads, told=told)
    found = (
        _signs(asked, cells, threads=threads, max_memory=max_memory, told=told) if signs else None
    )
    return Comparison(
        scenario=scenario,
        player=asked.player,
        policies=asked.policies,
        views=asked.labels,
        keys=tuple(evaluator.keys),
        objective=asked.objective,
        outcomes=outcomes,
        signs=found,
        include_free=include_free,
    )


class _Told:
    """How many solves are done of all, told as they come."""

    def __init__(self, progress: Progress | None, total: int) -> None:
        self._progress, self._total, self._done = progress, total, 0

    def __call__(self, count: int = 1) -> None:
        self._done += count
        if self._progress is not None:
            self._progress(self._done, self._total)


def solve_cases(
    asked: Request,
    evaluator: Evaluator,
    cells: Cells | None,
    *,
    threads: int | None = None,
    told: Callable[[int], None] = lambda count: None,
) -> tuple[Outcome, ...]:
    """Every case's outcome in order: from the folder where it is kept, else solved and kept."""
    cases = asked.cases()
    kept = {case: cells.outcome(case) if cells is not None else None for case in cases}
    found: dict[Case, Outcome] = {case: o for case, o in kept.items() if o is not None}
    told(len(found))
    missing = [case for case in cases if case not in found]

    def each(position: int, outcome: Outcome) -> None:
        found[missing[position]] = outcome
        if cells is not None:
            cells.keep(outcome)
        told(1)

    evaluator.outcomes([(case, None) for case in missing], threads=threads, each=each)
    return tuple(found[case] for case in cases)


def _signs(
    asked: Request,
    cells: Cells | None,
    *,
    threads: int | None,
    max_memory: str | int | None,
    told: Callable[[int], None],
) -> Signs:
    """What would tell the views apart; each view's game is solved once more."""
    from countermove.game import compile

    predictions, game = [], None
    for view in asked.views:
        found = cells.prediction(view or OWN) if cells is not None else None
        if found is None:
            if game is None:
                game = compile(
                    unmeasured(asked.scenario),
                    belief_points=asked.belief_points,
                    max_memory=max_memory,
                )
            found = predict(game, view, threads=threads)
            if cells is not None:
                cells.keep_prediction(found)
        predictions.append(found)
        told(1)
    return signs_of(predictions)
