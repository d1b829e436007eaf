"""The tables that a scenario alone fills: situation, chance, measures, numbers, claims, sources."""

from __future__ import annotations

from countermove.language.expressions import Number, evaluate
from countermove.language.model import (
    Claim,
    Coverage,
    Measure,
    Parameter,
    Player,
    Policy,
    Scenario,
    Source,
    Variable,
    View,
)
from countermove.report import prose, words
from countermove.report.prose import MoveWords, event_words, policy_words
from countermove.report.tables import Table, without_empty_columns


def situation(scenario: Scenario) -> Table:
    """Each variable: its level at the start and all its levels, in their order."""
    columns = ("variable", "at the start", "levels", "note", "rests on")
    rows = tuple(
        (v.name, v.levels[v.start], level_words(v), v.note, cite_words(v.cites))
        for v in scenario.variables
    )
    return without_empty_columns(Table(columns, rows, spare=("rests on",)))


def level_words(variable: Variable) -> str:
    """All levels: ``none 0 < small 2,500 < full 5,200 troops``; commas where they have no order."""
    positions = tuple(float(at) for at in range(len(variable.levels)))
    numbered = variable.numbers != positions and variable.levels != tuple(
        words.level_number(n) for n in variable.numbers
    )
    shown = [
        f"{level} {words.level_number(value)}" if numbered else level
        for level, value in zip(variable.levels, variable.numbers, strict=True)
    ]
    joined = (" < " if variable.ordered else ", ").join(shown)
    return f"{joined} {variable.unit}".strip()


def terms(scenario: Scenario) -> Table:
    """The scenario's shorthands with what each stands for."""
    return Table(("shorthand", "stands for"), tuple((n, t.text) for n, t in scenario.terms.items()))


def events(scenario: Scenario) -> Table:
    """Each event: when it may happen and what it does."""
    columns = ("event", "when", "what happens", "rests on")
    rows = tuple(_event_row(event_words(scenario, event)) for event in scenario.events)
    return without_empty_columns(Table(columns, rows))


def _event_row(said: MoveWords) -> tuple[str, ...]:
    return (said.name, said.when, "\n".join((*said.costs, *said.effects)), cite_words(said.cites))


def measures(scenario: Scenario) -> Table:
    """Each measure as written, with its condition, unit and note."""
    columns = ("measure", "defined as", "given", "unit", "note")
    rows = tuple(
        (m.name, m.text, given_words(m), m.unit, m.note) for m in scenario.measures.values()
    )
    return without_empty_columns(Table(columns, rows))


def given_words(measure: Measure) -> str:
    """What a measure is given, as a scenario would say it; empty where nothing."""
    parts = [measure.given.text] if measure.given else []
    if measure.given_type is not None:
        player, kind = measure.given_type
        parts.append(f"type({player}) == {kind}")
    return " and ".join(parts)


def type_odds(scenario: Scenario, player: Player) -> list[tuple[str, str]]:
    """A player's private types with their odds at the start: ``40%``, ``40% (bold)``."""
    values = prose.values_at({name: p.value for name, p in scenario.parameters.items()})
    found = []
    for name, odds in zip(player.types, player.prior, strict=True):
        shown = words.percent(float(evaluate(odds.node, values)))
        plain = isinstance(odds.node, Number) or odds.text == "rest"
        found.append((name, shown if plain else f"{shown} ({odds.text})"))
    return found


def policies(scenario: Scenario) -> Table:
    """Each policy: whom it binds, to what rules."""
    columns = ("policy", "binds", "rules", "note", "rests on")
    rows = tuple(_policy_row(scenario, policy) for policy in scenario.policies.values())
    return without_empty_columns(Table(columns, rows))


def _policy_row(scenario: Scenario, policy: Policy) -> tuple[str, ...]:
    binds = ", ".join(scenario.player(name).title for name in policy.players)
    rules = "\n".join(policy_words(policy))
    note = " – ".join(part for part in (policy.title, policy.note) if part)
    return (policy.name, binds, rules, note, cite_words(policy.cites))


def views(scenario: Scenario) -> Table:
    """Each view: whose it is and what it sets."""
    columns = ("view", "by", "sets", "note", "rests on")
    rows = tuple(
        (v.name, v.by, view_words(v), v.note, cite_words(v.cites)) for v in scenario.views.values()
    )
    return without_empty_columns(Table(columns, rows))


def view_words(view: View) -> str:
    """What a view overrides: ``audience_cost = 1.4, calm_returns in 0 to 0.1``."""
    sets = [f"{name} = {words.level_number(value)}" for name, value in view.values.items()]
    ranges = [f"{name} in {range_words(low, high)}" for name, (low, high) in view.ranges.items()]
    return ", ".join(sets + ranges)


def parameters(scenario: Scenario) -> Table:
    """Each parameter: value, range, unit and what it rests on."""
    columns = ("parameter", "value", "range", "unit", "rests on")
    rows = tuple(
        (p.name, words.level_number(p.value), parameter_range(p), p.unit, basis(p))
        for p in scenario.parameters.values()
    )
    return without_empty_columns(Table(columns, rows, frozenset({"value", "range"})))


def parameter_range(parameter: Parameter) -> str:
    """A parameter's range, with its scale or distribution where it is not plain."""
    if parameter.low == parameter.high and not parameter.distribution:
        return "fixed"
    shown = range_words(parameter.low, parameter.high)
    extra = parameter.distribution or ("log" if parameter.scale == "log" else "")
    return f"{shown} ({extra})" if extra else shown


def basis(parameter: Parameter) -> str:
    """What a parameter rests on: its claims, a stated assumption, or nothing."""
    said = cite_words(parameter.cites)
    if not said:
        said = "assumption" if parameter.assumption else "nothing stated"
    return f"{said}: {parameter.note}" if parameter.note else said


def range_words(low: float, high: float) -> str:
    """A range: ``0.2 to 1.5``."""
    return f"{words.level_number(low)} to {words.level_number(high)}"


def cite_words(cites: tuple[str, ...]) -> str:
    """Claims by name, in one line."""
    return ", ".join(cites)


def claims(scenario: Scenario, source: str) -> Table:
    """What a source says, who says it, and whether it is a fact or a judgement."""
    said = [claim for claim in scenario.claims.values() if claim.source == source]
    rows = tuple((claim.name, f"{claim.says} ({_standing(claim)})") for claim in said)
    return Table(("claim", "says"), rows)


def _standing(claim: Claim) -> str:
    return ", ".join(part for part in (claim.kind, claim.by, claim.date) if part)


def source_words(source: Source) -> str:
    """A document in a line: title, author, publisher, date, address."""
    about = ", ".join(p for p in (source.author, source.publisher, source.date) if p)
    parts = (source.title, f"({about})" if about else "", source.url, source.note)
    return " ".join(part for part in parts if part)


def coverage_words(coverage: Coverage) -> str:
    """Coverage in a sentence."""
    if not coverage.total:
        return "Coverage: the scenario has nothing that needs a source."
    share = words.percent(coverage.share_cited)
    return (
        f"Coverage: {coverage.cited} of {coverage.total} parts cite a claim ({share}); "
        f"{coverage.assumed} are stated assumptions, {coverage.bare} rest on nothing. A claim "
        "seldom gives a number: most values are the authors' translation of it."
    )
