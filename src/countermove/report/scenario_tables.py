"""The tables that a scenario alone fills: the situation, what is asked of it, numbers, sources."""

from __future__ import annotations

from countermove.language import words
from countermove.language.expressions import Number, evaluate
from countermove.language.model import (
    Claim,
    Correlation,
    Coverage,
    Goal,
    Measure,
    Parameter,
    Player,
    Policy,
    Scenario,
    Score,
    Source,
    Variable,
    View,
)
from countermove.report import prose
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
    """Each measure as written, with its condition, unit, note, and which way is better."""
    columns = ("measure", "defined as", "given", "unit", "better", "note")
    rows = tuple(
        (m.name, m.text, given_words(m), m.unit, m.better, m.note)
        for m in scenario.measures.values()
    )
    return without_empty_columns(Table(columns, rows))


def given_words(measure: Measure) -> str:
    """What a measure is given, as a scenario would say it; empty where nothing."""
    parts = [measure.given.text] if measure.given else []
    if measure.given_type is not None:
        player, kind = measure.given_type
        parts.append(f"type({player}) == {kind}")
    return " and ".join(parts)


def scores(scenario: Scenario) -> Table:
    """Each score: with whose eyes it sees and what it weighs; more of it is better."""
    columns = ("score", "seen by", "weighs", "note", "rests on")
    rows = tuple(
        (
            s.name,
            scenario.player(s.player).title if s.player else "",
            "\n".join(weight_words(s)),
            _titled(s.title, s.note),
            cite_words(s.cites),
        )
        for s in scenario.scores.values()
    )
    return without_empty_columns(Table(columns, rows, spare=("rests on",)))


def weight_words(score: Score) -> tuple[str, ...]:
    """What a score adds up: ``-0.2 attacks_a_month``, ``+1 payoff(us)``."""
    return tuple(
        f"{'+' if weight > 0 else ''}{words.level_number(weight)} {key}"
        for key, weight in score.weights.items()
    )


def goals(scenario: Scenario) -> Table:
    """Each goal: what would be good enough."""
    columns = ("goal", "is met where", "note", "rests on")
    rows = tuple(
        (g.name, goal_words(g), _titled(g.title, g.note), cite_words(g.cites))
        for g in scenario.goals.values()
    )
    return without_empty_columns(Table(columns, rows, spare=("rests on",)))


def goal_words(goal: Goal) -> str:
    """What a goal asks for: ``war at most 0.1``, ``payoff(us) at least -2``, ``war 0 to 0.1``."""
    if goal.at_least is not None and goal.at_most is not None:
        return f"{goal.key} {range_words(goal.at_least, goal.at_most)}"
    if goal.at_most is not None:
        return f"{goal.key} at most {words.level_number(goal.at_most)}"
    return f"{goal.key} at least {words.level_number(goal.at_least or 0.0)}"


def _titled(title: str, note: str) -> str:
    return " – ".join(part for part in (title, note) if part)


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
    return (
        policy.name,
        binds,
        rules,
        _titled(policy.title, policy.note),
        cite_words(policy.cites),
    )


def levers(scenario: Scenario) -> Table:
    """Each lever of a policy: the value in force and what may be tried."""
    columns = ("lever", "of", "value", "range", "unit", "note", "rests on")
    rows = tuple(
        (
            p.name,
            p.lever_of,
            words.level_number(p.value),
            lever_range(p),
            p.unit,
            p.note,
            cite_words(p.cites),
        )
        for p in scenario.parameters.values()
        if p.lever_of
    )
    return without_empty_columns(Table(columns, rows, frozenset({"value", "range"})))


def lever_range(lever: Parameter) -> str:
    """What a lever may be set to: ``0 to 1``, ``1 to 5 (whole)``."""
    return range_words(lever.low, lever.high) + (" (whole)" if lever.whole else "")


def views(scenario: Scenario) -> Table:
    """Each view: whose it is and what it sets."""
    columns = ("view", "by", "sets", "note", "rests on")
    rows = tuple(
        (v.name, v.by, view_words(v), v.note, cite_words(v.cites)) for v in scenario.views.values()
    )
    return without_empty_columns(Table(columns, rows))


def view_words(view: View) -> str:
    """What a view overrides: ``cost = 1.4 (1 to 1.5), calm_returns in 0 to 0.1``."""
    ranges = {name: range_words(low, high) for name, (low, high) in view.ranges.items()}
    sets = [
        f"{name} = {words.level_number(value)}" + (f" ({ranges[name]})" if name in ranges else "")
        for name, value in view.values.items()
    ]
    moved = [f"{name} in {span}" for name, span in ranges.items() if name not in view.values]
    return ", ".join(sets + moved)


def parameters(scenario: Scenario) -> Table:
    """Each parameter but the levers: value, range, unit and what it rests on."""
    columns = ("parameter", "value", "range", "unit", "rests on")
    rows = tuple(
        (p.name, words.level_number(p.value), parameter_range(p), p.unit, basis(p))
        for p in scenario.parameters.values()
        if not p.lever_of
    )
    return without_empty_columns(Table(columns, rows, frozenset({"value", "range"})))


def correlations(scenario: Scenario) -> Table:
    """Each pair of parameters that go together: how closely, and what that rests on."""
    columns = ("parameters", "rank correlation", "rests on")
    rows = tuple(
        (f"{c.first} with {c.second}", words.level_number(c.value), basis(c))
        for c in scenario.correlations
    )
    return Table(columns, rows, frozenset({"rank correlation"}))


def parameter_range(parameter: Parameter) -> str:
    """A parameter's range, with its scale or distribution where it is not plain."""
    if parameter.low == parameter.high and not parameter.distribution:
        return "fixed"
    shown = range_words(parameter.low, parameter.high)
    extra = parameter.distribution or ("log" if parameter.scale == "log" else "")
    return f"{shown} ({extra})" if extra else shown


def basis(stated: Parameter | Correlation) -> str:
    """What a number rests on: its claims, a stated assumption, or nothing."""
    said = cite_words(stated.cites)
    if not said:
        said = "assumption" if stated.assumption else "nothing stated"
    return f"{said}: {stated.note}" if stated.note else said


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
