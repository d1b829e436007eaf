"""The tables of types and beliefs: who may be what, what moves tell, what each type plays."""

from __future__ import annotations

from countermove.language import words
from countermove.report.belief_records import BeliefPath, Signals, TypedPlayer
from countermove.report.records import Findings
from countermove.report.tables import Table, without_empty_columns

_ABOUT_TYPE = ("odds at the start", "instead of", "payoff expected from here on")


def types(player: TypedPlayer) -> Table:
    """A player's types: how likely at the start, what each expects from there on."""
    columns = ("type", *_ABOUT_TYPE)
    rows = tuple(
        (words.plain_name(name), *_about(player, k)) for k, name in enumerate(player.types)
    )
    return without_empty_columns(Table(columns, rows, frozenset(_ABOUT_TYPE)))


def all_types(findings: Findings) -> Table:
    """The same of all players with types."""
    columns = ("player", "may be", *_ABOUT_TYPE)
    rows = tuple(
        (player.title, words.plain_name(name), *_about(player, k))
        for player in findings.beliefs.players
        for k, name in enumerate(player.types)
    )
    return without_empty_columns(Table(columns, rows, frozenset(_ABOUT_TYPE)))


def _about(player: TypedPlayer, kind: int) -> tuple[str, str, str]:
    own = words.percent(player.own_prior[kind]) if player.moved else ""
    return words.percent(player.prior[kind]), own, words.number(player.payoffs[kind])


def differences(player: TypedPlayer) -> Table:
    """What sets a player's types apart: each payoff and cost that reads the type, by type."""
    columns = ("what", "whose", *(f"if {words.plain_name(name)}" for name in player.types))
    rows = tuple((d.about, d.who, *d.by_type) for d in player.differences)
    return Table(columns, rows)


def shown_types(types: tuple[str, ...]) -> range:
    """The types that a table tells of: of two, the second follows from the first."""
    return range(1) if len(types) == 2 else range(len(types))


def tells(signals: Signals) -> Table:
    """What each action does to the belief, over all periods."""
    kinds = shown_types(signals.types)
    named = [words.plain_name(signals.types[k]) for k in kinds]
    columns = ("after", "expected times", *_pairs(named))
    rows = []
    for action, before, after in sorted(signals.moved(), key=lambda row: -row[2][0]):
        cells = [(words.percent(before[k]), words.percent(after[k])) for k in kinds]
        name, expected = signals.actions[action], signals.expected(action)
        rows.append(
            (words.plain_name(name), words.number(expected), *(c for p in cells for c in p))
        )
    return Table(columns, tuple(rows), frozenset(columns[1:]))


def _pairs(named: list[str]) -> list[str]:
    return [text for name in named for text in (f"{name}: before", f"{name}: after")]


def all_tells(findings: Findings) -> Table:
    """The same in one table for all players with types; beliefs in every type in words."""
    columns = ("player", "after", "expected times", "observers believe")
    rows = []
    for signals in findings.beliefs.signals:
        for action, before, after in sorted(signals.moved(), key=lambda row: -row[2][0]):
            said = [
                f"{words.plain_name(signals.types[k])} {words.percent(before[k])} → "
                f"{words.percent(after[k])}"
                for k in shown_types(signals.types)
            ]
            name = words.plain_name(signals.actions[action])
            rows.append(
                (
                    visit_title(signals),
                    name,
                    words.number(signals.expected(action)),
                    ", ".join(said),
                )
            )
    return Table(columns, tuple(rows), frozenset({"expected times"}), spare=("expected times",))


def visit_title(signals: Signals) -> str:
    """The player, and which of its visits where there are several."""
    visit = signals.label.partition("#")[2]
    return f"{signals.title} (visit {visit})" if visit else signals.title


def plays(signals: Signals) -> Table:
    """What each type plays over all periods: the share of each of its moves."""
    columns = ("move", *(f"if {words.plain_name(name)}" for name in signals.types))
    shares = [_share(signals, k) for k in range(len(signals.types))]
    rows = tuple(
        (words.plain_name(action), *(words.percent(share[a]) for share in shares))
        for a, action in enumerate(signals.actions)
    )
    return Table(columns, rows, frozenset(columns[1:]))


def _share(signals: Signals, kind: int) -> list[float]:
    """How a type divides its moves among the actions, over all periods."""
    totals = [0.0] * len(signals.actions)
    for plays_, after in zip(signals.plays, signals.after, strict=True):
        for a, belief in enumerate(after):
            if belief is not None:
                totals[a] += plays_[a] * belief[kind]
    whole = sum(totals)
    return [total / whole if whole else float("nan") for total in totals]


def path_table(findings: Findings, path: BeliefPath) -> Table:
    """The numbers behind a belief's figure: a row a time."""
    calendar = findings.scenario.calendar
    columns = ("end of", *line_names(path), "5%", "25%", "median", "75%", "95%")
    rows = []
    for at, time in enumerate(path.times):
        ended = words.period_end(calendar, time - 1) if at else "the start"
        spread = path.overall
        means = (path.if_so.mean[at], path.if_not.mean[at], spread.mean[at])
        bands = (spread.low, spread.lower, spread.middle, spread.upper, spread.high)
        rows.append((ended, *(words.percent(p) for p in (*means, *(band[at] for band in bands)))))
    return Table(columns, tuple(rows), frozenset(columns[1:]))


def line_names(path: BeliefPath) -> list[str]:
    """What the means of a path are called: where it is so, where not, and of all."""
    kind, other = words.plain_name(path.type), words.plain_name(path.other)
    return [f"mean if {kind}", f"mean if {other or f'not {kind}'}", "mean of all"]


def after_by_period(signals: Signals, kind: int) -> list[tuple[str, list[float | None]]]:
    """The belief in a type after each action, period by period."""
    rows: list[tuple[str, list[float | None]]] = []
    for a, action in enumerate(signals.actions):
        row = [_entry(after[a], kind) for after in signals.after]
        if any(value is not None for value in row):
            rows.append((words.plain_name(action), row))
    return rows


def _entry(numbers: tuple[float, ...] | None, at: int) -> float | None:
    return None if numbers is None else numbers[at]


def played_by_period(signals: Signals) -> list[tuple[str, list[float | None]]]:
    """What each type plays, period by period; an action's rows stand together."""
    rows: list[tuple[str, list[float | None]]] = []
    for a, action in enumerate(signals.actions):
        for k, kind in enumerate(signals.types):
            row = [_entry(odds[k], a) for odds in signals.odds]
            if any(row):
                name = f"{words.plain_name(action)}, if {words.plain_name(kind)}"
                rows.append((name, row))
    return rows
