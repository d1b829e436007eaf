"""What a notebook shows of a solution, of its certificate, and of a policy that surprises."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from countermove._html import (
    Figure,
    Html,
    bullets,
    code,
    counted,
    folded,
    listed,
    number,
    percent,
    strong,
    table,
    view,
)
from countermove.game import forms
from countermove.game.notebook import size_words

if TYPE_CHECKING:
    from countermove.game.game import Game
    from countermove.solve.certificate import Certificate
    from countermove.solve.measures import MeasureResult
    from countermove.solve.solution import Solution
    from countermove.solve.surprise import Surprised

_NEVER = 1e-12  # below this a mover does not get to move


def solution_view(solution: Solution) -> Html:
    """What it comes to, what players do first, and how well it was solved."""
    game = solution.game
    title = f"{game.name}: {solution.status}"
    how = f"{size_words(game)[:-1]}; {_how(solution)}."
    if solution.status.startswith("not solved"):
        return view(title, how, "Its numbers would mislead, so none are shown.")
    return view(
        title,
        how,
        measures_table(game, solution.measures.values()),
        table(_when(solution), ("mover", "plays", "gets to move"), _first_moves(solution)),
        table("What players expect", ("player", "payoff"), _payoffs(solution)),
    )


def _how(solution: Solution) -> str:
    told = [f"residual {solution.residual:.1e}", f"{solution.wall_time:.2g} s"]
    record = solution.record
    if record.n_unsolved:
        told.append(f"{record.n_unsolved:,} of {record.points:,} fixed points not found")
    others = solution.others
    if others is not None and others.several:
        told.append(
            f"more than one equilibrium at {others.several:,} of the {others.sampled:,} points "
            "looked at"
        )
    return ", ".join(told)


def measures_table(game: Game, measures: Iterable[MeasureResult]) -> Html:
    """Measures: probabilities in per cent, others with their units."""
    shown = list(measures)
    timed = any(m.times for m in shown)
    rows = [
        (
            code(m.name),
            measure_figure(game, m.name, m.value),
            measure_unit(game, m),
            *((m.times,) if timed else ()),
            code(m.text),
        )
        for m in shown
    ]
    heads = ("measure", "value", "unit", *(("mean time",) if timed else ()), "definition")
    return table("What it comes to", heads, rows)


def in_percent(game: Game, name: str) -> bool:
    """Is the measure a probability, a share of the time or a belief?"""
    return forms.in_percent(game.readings[name].measure)


def measure_figure(game: Game, name: str, value: float) -> Figure:
    """A measure's value as people read it."""
    return percent(value) if in_percent(game, name) else number(value)


def measure_unit(game: Game, measure: MeasureResult) -> str:
    """A measure's unit; none where it is in per cent."""
    return "" if in_percent(game, measure.name) else measure.said_unit


def _when(solution: Solution) -> str:
    return f"What players do in the first period ({solution.labels_of(1)[0]})"


def _first_moves(solution: Solution) -> Iterator[tuple[object, ...]]:
    """Each mover, and each of its types, with its likeliest actions; exact."""
    forward = solution.forward(1)
    for label, played in forward.actions.items():
        moves = float(forward.moves[label].values[0])
        actions = [str(name) for name in played.coords["action"].values]
        yield code(label), _odds(actions, played.values[0]), percent(moves)
        if label in forward.by_type:
            of = forward.by_type[label]
            for kind, row in zip(of.coords["type"].values, of.values[0], strict=True):
                yield Html(f"{code(label)} if {code(kind)}"), _odds(actions, row), Figure("")


def _odds(actions: list[str], plays: Iterable[float]) -> Html | str:
    """``wait 62.1%, threaten 37.9%``, the likeliest first."""
    pairs = sorted(zip(plays, actions, strict=True), key=lambda pair: -pair[0])
    whole = float(sum(p for p, _ in pairs))
    if whole <= _NEVER:
        return "does not get to move"
    return listed(f"{name} {percent(float(p) / whole)}" for p, name in pairs if p > _NEVER)


def _payoffs(solution: Solution) -> Iterator[tuple[object, ...]]:
    for player, payoff in solution.payoffs.items():
        yield code(player), number(payoff)
        for (own, kind), value in solution.type_payoffs.items():
            if own == player:
                yield Html(f"{code(player)} if {code(kind)}"), number(value)


def surprised_view(found: Surprised) -> Html:
    """What the policy comes to before the others have understood it."""
    game = found.game
    title = f"{game.name}: {game.policy} met by surprise, {found.status}"
    if found.status != "solved":
        return view(title, size_words(game), "Its numbers would mislead, so none are shown.")
    return view(title, size_words(game), measures_table(game, found.measures.values()))


def certificate_view(found: Certificate) -> Html:
    """The verdict and its reasons, then what was looked at."""
    checks = [
        (c.name, number(c.size, 2), number(c.limit, 2), _mark(c.clean), str(c.where))
        for c in found.checks
    ]
    regrets = [
        (code(r.player), number(r.gain), number(r.allowed), _mark(r.clean), str(r.where))
        for r in found.regrets
    ]
    compared = [
        (code(m.name), number(m.reported, 8), number(m.recomputed, 8), number(m.off, 2))
        for m in found.measures
    ]
    looked = f"{len(found.periods):,} of {counted(found.n_periods, 'period')}"
    return view(
        f"{found.game}: {found.verdict}",
        f"{_under(found)}{looked} and {counted(found.decisions, 'decision')} recomputed.",
        bullets(found.reasons),
        table("What was checked", ("check", "largest", "limit", "holds", "where"), checks),
        table(
            "What players could gain by another choice",
            ("player", "regret", "log(A) / λ", "holds", "where"),
            regrets,
        ),
        folded(
            "Figures beside those recomputed",
            table("Figures", ("figure", "reported", "recomputed", "off"), compared),
        ),
        _refined(found),
        bullets(found.notes),
    )


def _under(found: Certificate) -> str:
    told = {"View": found.view, "policy": found.policy}
    said = ", ".join(f"{what} {name}" for what, name in told.items() if name)
    return f"{said[0].upper()}{said[1:]}; " if said else ""


def _mark(clean: bool) -> object:
    return "yes" if clean else strong("no")


def _refined(found: Certificate) -> Html:
    """The finer belief grid, where one was solved."""
    fine = found.refinement
    if fine is None:
        return Html("")
    rows = [
        (c.name, number(c.before), number(c.after), number(c.limit, 2), _mark(c.clean))
        for c in fine.changes
    ]
    grids = _grids(fine.points)
    heads = ("figure", "before", "on the finer grid", "limit", "holds")
    return folded(f"Finer belief grid ({grids}): {fine.status}", table("Changes", heads, rows))


def _grids(points: Mapping[str, tuple[int, int]]) -> str:
    return ", ".join(f"{player} {old} to {new} points" for player, (old, new) in points.items())
