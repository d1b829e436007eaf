"""What the loader makes of a good scenario: names resolved, defaults filled in, rest expanded."""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
from pathlib import Path
from typing import Any

import pytest

from countermove import language
from countermove.errors import ScenarioError, UnknownName
from countermove.language.expressions import Choice, Node, Number, evaluate
from countermove.language.model import Effect, Outcomes, Scenario

BASE = Path(__file__).parents[2] / "broken" / "bases" / "little-crisis.yaml"
GOOD = BASE.read_text(encoding="utf-8")


class At:
    """An environment with given numbers."""

    def __init__(self, **numbers: float) -> None:
        self.numbers = numbers
        self.period = numbers.get("period", 0.0)

    def parameter(self, name: str) -> Any:
        return self.numbers[name]

    number = position = last = parameter


def value(expression: Any, **numbers: float) -> float:
    node: Node = expression.node
    return float(evaluate(node, At(**numbers)))


def load(old: str = "", new: str = "") -> Scenario:
    assert old in GOOD
    return language.loads(GOOD.replace(old, new) if old else GOOD)


def test_the_whole() -> None:
    scenario = load()
    assert (scenario.name, scenario.version) == ("little-crisis", 1)
    assert scenario.title == "A threat that may be a bluff"
    assert scenario.calendar.periods == 6
    assert scenario.calendar.start == dt.date(2020, 9, 1)
    assert scenario.calendar.years == pytest.approx(1 / 12)
    assert [v.name for v in scenario.variables] == ["crisis", "tension", "leader"]
    assert scenario.variable("tension").levels == ("0", "1", "2", "3")
    assert scenario.variable("tension").numbers == (0.0, 1.0, 2.0, 3.0)
    assert not scenario.variable("leader").ordered
    assert scenario.sources["schultz_1999"].date == "1999-04"
    assert scenario.claims["bluffs"].kind == "judgement"
    assert scenario.warnings == ()
    assert scenario.text == GOOD
    assert scenario.files == {"<memory>": hashlib.sha256(GOOD.encode()).hexdigest()}


def test_players_actions_and_costs() -> None:
    challenger = load().player("challenger")
    assert [a.name for a in challenger.actions] == ["wait", "threaten"]
    wait, threaten = challenger.actions
    assert wait.when is None and wait.effects == () and wait.costs == {}
    assert value(threaten.costs["challenger"]) == 0.05
    assert value(threaten.when, crisis=0) == 1 and value(threaten.when, crisis=1) == 0
    certain, likely = threaten.effects
    assert isinstance(certain, Effect) and (certain.level, certain.shift) == (1, None)
    assert certain.probability is None
    assert isinstance(likely, Effect) and (likely.level, likely.shift) == (None, 1)
    assert value(likely.probability) == 0.5
    assert value(challenger.rationality) == 4 and value(challenger.discount) == 1
    assert value(challenger.interests["standing"], audience_cost=0.8, crisis=1) == -0.8
    assert challenger.title == "challenger"


def test_the_order_is_players_and_then_events_unless_told() -> None:
    steps = [(s.kind, s.name) for s in load().order]
    assert steps == [
        ("move", "challenger"),
        ("move", "target"),
        ("event", "drift"),
        ("event", "election"),
    ]
    told = load(
        "measures:",
        "order: [drift, {step: target, when: period < 3}, election, challenger]\nmeasures:",
    )
    assert [s.name for s in told.order] == ["drift", "target", "election", "challenger"]
    assert told.order[0].when is None
    assert value(told.order[1].when, period=2) == 1


def test_a_bystander_has_interests_and_no_step() -> None:
    scenario = load(
        "events:", "  public: {rationality: 1, interests: {peace: crisis == calm}}\n\nevents:"
    )
    assert "public" not in [s.name for s in scenario.order]
    assert scenario.player("public").actions == ()


def test_outcomes_leave_nothing_or_take_the_rest() -> None:
    (group,) = load().event("election").effects
    assert isinstance(group, Outcomes) and len(group.outcomes) == 1
    scenario = load(
        "outcomes: [{probability: 0.5, effects: [{leader: new}]}]",
        "outcomes: [{probability: calm_returns}, {probability: 0.2}, "
        "{probability: rest, effects: [{leader: new}], costs: {target: tension}}]",
    )
    (group,) = scenario.event("election").effects
    assert isinstance(group, Outcomes)
    rest = group.outcomes[2]
    assert rest.probability.text == "rest"
    assert value(rest.probability, calm_returns=0.1) == pytest.approx(0.7)
    assert value(rest.costs["target"], tension=2) == 2
    assert [e.level for e in rest.effects] == [1]


def test_numbers_shift_and_set_sets() -> None:
    scenario = load(
        "{effects: [{crisis: -1, probability: calm_returns}], cites: [bluffs]}",
        "[{tension: 2}, {tension: {set: 2}}, {tension: '2'}, {crisis: {set: open}}]",
    )
    effects = [e for e in scenario.event("drift").effects if isinstance(e, Effect)]
    assert [(e.shift, e.level) for e in effects] == [(2, None), (None, 2), (None, 2), (None, 2)]


def test_levels_by_map_by_list_and_by_range() -> None:
    scenario = load(
        "  leader:",
        "  forces: {levels: {gone: 0, full: 5200}, start: full}\n"
        "  years_left: {levels: [0, 2, 5], start: 5}\n"
        "  balance: {levels: -2..2, start: -1}\n"
        "  leader:",
    )
    forces, left = scenario.variable("forces"), scenario.variable("years_left")
    balance = scenario.variable("balance")
    assert (forces.levels, forces.numbers, forces.start) == (("gone", "full"), (0.0, 5200.0), 1)
    assert (left.levels, left.numbers, left.start) == (("0", "2", "5"), (0.0, 2.0, 5.0), 2)
    assert (balance.levels[0], balance.numbers[0], balance.start) == ("-2", -2.0, 1)


def test_terms_are_inlined_in_any_order() -> None:
    scenario = load(
        "  trouble: crisis >= threatened",
        "  worse: trouble and tension > 1\n  trouble: crisis >= threatened",
    )
    assert list(scenario.terms) == ["worse", "trouble"]
    assert value(scenario.terms["worse"], crisis=1, tension=2) == 1
    assert value(scenario.terms["worse"], crisis=0, tension=2) == 0


def test_tables_stand_wherever_expressions_may() -> None:
    scenario = load(
        "interests: {calm: crisis == calm}",
        "interests: {calm: {by: crisis, calm: 1, threatened: {by: leader, old: 0.5, otherwise: 0}, "
        "open: -audience_cost}}",
    )
    table = scenario.player("target").interests["calm"]
    assert isinstance(table.node, Choice)
    assert value(table, crisis=0, leader=0, audience_cost=3) == 1
    assert value(table, crisis=1, leader=0, audience_cost=3) == 0.5
    assert value(table, crisis=1, leader=1, audience_cost=3) == 0
    assert value(table, crisis=2, leader=1, audience_cost=3) == -3
    assert table.text.startswith("{by: crisis, calm: 1, threatened: {by: leader")


def test_interests_may_cite() -> None:
    scenario = load(
        "interests: {calm: crisis == calm}",
        "interests: {calm: {value: crisis == calm, cites: [bluffs]}}\n"
        "    final: {end: 2 * tension}",
    )
    target = scenario.player("target")
    assert target.interest_cites == {"calm": ("bluffs",)}
    assert value(target.final["end"], tension=3) == 6


@pytest.mark.parametrize(
    ("text", "kind", "more"),
    [
        ("ever(crisis == open)", "ever", {}),
        ("first( crisis == open )", "first", {}),
        ("mean(tension)", "mean", {}),
        ("total(tension * 2)", "total", {}),
        ("final(where(tension > 1, 1, 0))", "final", {}),
        ("played(challenger, threaten)", "played", {"player": "challenger", "action": "threaten"}),
        ("played(target, resist, tension > 1)", "played", {"player": "target"}),
        ("happened(election)", "happened", {"event": "election"}),
        ("ever(happened(drift, trouble))", "ever_happened", {"event": "drift"}),
        ("ever(played(target, resist))", "ever_played", {"action": "resist"}),
        ("payoff(target)", "payoff", {"player": "target"}),
    ],
)
def test_measures(text: str, kind: str, more: dict[str, str]) -> None:
    measure = load("measures:", f'measures:\n  it: "{text}"').measures["it"]
    assert (measure.kind, measure.text) == (kind, text)
    assert {key: getattr(measure, key) for key in more} == more
    conditioned = "tension > 1" in text and "where" not in text
    simple = kind in ("ever", "first", "mean", "total", "final")
    assert (measure.expression is not None) == (simple or conditioned or "trouble" in text)


def test_a_measure_may_be_given_a_condition() -> None:
    scenario = load(
        "  war: ever(crisis == open)",
        "  war: {of: ever(crisis == open), given: leader == new, unit: odds, note: after the vote}",
    )
    war = scenario.measures["war"]
    assert war.given is not None and value(war.given, leader=1) == 1
    assert (war.unit, war.note) == ("odds", "after the vote")


def test_policies() -> None:
    rules = (
        "[{when: tension > 1, play: {wait: 0.8, threaten: rest}}, "
        "{play: [threaten, wait]}, {play: wait}, {forbid: [threaten]}]"
    )
    policy = load("[{forbid: [threaten]}]", rules).policies["patience"]
    mixed, first, single, barred = policy.rules
    assert policy.players == ("challenger",)
    assert [(name, value(odds)) for name, odds in mixed.mixture] == [
        ("wait", 0.8),
        ("threaten", pytest.approx(0.2)),
    ]
    assert first.first_legal == ("threaten", "wait") and first.mixture == ()
    assert [(name, odds.node) for name, odds in single.mixture] == [("wait", Number(1.0))]
    assert barred.forbid == ("threaten",)


def test_views_and_parameters() -> None:
    scenario = load(
        "set: {audience_cost: 1.4}}",
        "set: {audience_cost: 1.4}, ranges: {calm_returns: [0.05, 0.2]}}",
    )
    hawk = scenario.views["hawk"]
    assert (hawk.by, hawk.values, hawk.ranges) == (
        "A hawk",
        {"audience_cost": 1.4},
        {"calm_returns": (0.05, 0.2)},
    )
    bare = load(
        "  audience_cost: {value: 0.8, range: [0.2, 1.5], cites: [bluffs]}", "  audience_cost: 1"
    )
    parameter = bare.parameters["audience_cost"]
    assert (parameter.value, parameter.low, parameter.high) == (1.0, 1.0, 1.0)
    drawn = load(
        "range: [0.2, 1.5]",
        "range: [0.2, 1.5], scale: log, distribution: {name: beta, parameters: {a: 2}}",
    ).parameters["audience_cost"]
    assert (drawn.scale, drawn.distribution) == ("log", "beta")
    assert drawn.distribution_parameters == {"a": 2.0}


@pytest.mark.parametrize(
    ("calendar", "periods", "years"),
    [
        ("{periods: 3}", 3, 1.0),
        ("{step: 2 weeks, periods: 3}", 3, 14 / 365.2425),
        ("{start: 2020-09-01, step: 1 month, until: 2021-12-31}", 16, 1 / 12),
        ("{start: 2020-09-01, step: 1 month, until: 2022-01-01}", 17, 1 / 12),
        ("{start: 2020-09-01, step: day, until: 2020-09-01}", 1, 1 / 365.2425),
        ("{start: 2020-01-31, step: 1 year, periods: 2}", 2, 1.0),
    ],
)
def test_calendars(calendar: str, periods: int, years: float) -> None:
    text = GOOD.replace("{start: 2020-09-01, step: 1 month, periods: 6}", calendar)
    scenario = language.loads(text.replace("when: date == 2020-11-03", "when: period == 2"))
    assert scenario.calendar.periods == periods
    assert scenario.calendar.years == pytest.approx(years)


def test_coverage_counts_what_rests_on_what() -> None:
    scenario = load()
    assert dataclasses.astuple(scenario.coverage) == (11, 1, 0)
    bare = load("assumption: true", "unit: a month")
    assert dataclasses.astuple(bare.coverage) == (11, 0, 1)
    (warning,) = bare.warnings
    assert warning.code == "CM097"
    assert "1 of 12 parts cite no claim (cited: 92%, assumed: 0%)" in warning.message
    assert warning.text == "parameter calm_returns"


def test_all_faults_are_told_at_once_and_in_order() -> None:
    text = GOOD.replace("range: [0.2, 1.5]", "range: [1, 2]").replace("crisis: -1", "crysis: -1")
    with pytest.raises(ScenarioError) as caught:
        language.loads(text.replace("[{forbid: [threaten]}]", "[{forbid: [threatn]}]"), file="f")
    codes = [(d.code, d.nearest) for d in caught.value.diagnostics]
    assert codes == [("CM070", ""), ("CM059", "crisis"), ("CM059", "threaten")]
    assert "f:45:22: error CM059: 'crysis' is no variable" in str(caught.value)
    assert "remedy:   write 'crisis'" in str(caught.value)


def test_faults_of_one_part_bring_no_others() -> None:
    found = language.check_text(GOOD.replace("start: calm,", "start: clam,"))
    assert [(d.code, d.nearest) for d in found] == [("CM069", "calm")]
    found = language.check_text(GOOD.replace("start: 2020-09-01", "start: 2020-09-31"))
    assert [d.code for d in found] == ["CM062"]


def test_from_a_file_and_from_a_folder(tmp_path: Path) -> None:
    folder = tmp_path / "little-crisis"
    folder.mkdir()
    path = folder / "scenario.yaml"
    path.write_text(GOOD, encoding="utf-8")
    for source in (path, str(path), folder, str(folder)):
        scenario = language.load(source)
        assert scenario.name == "little-crisis" and scenario.file == str(path)
        assert language.check(source) == []
    assert set(scenario.files) == {str(path)}


def test_what_cannot_be_found_is_told(tmp_path: Path) -> None:
    (fault,) = language.check("us-iraq-2021")
    assert (fault.code, fault.nearest) == ("CM001", "us-iraq-2020")
    assert "there is no scenario 'us-iraq-2021'" in fault.message
    (fault,) = language.check(tmp_path / "nothing.yaml")
    assert "No such file or directory" in fault.message
    with pytest.raises(ScenarioError, match="cannot read"):
        language.load(tmp_path)
    with pytest.raises(UnknownName, match="did you mean 'us-iraq-2020'"):
        language.bundled_path("us-iraq")


def test_the_bundled_ones_load_without_a_fault() -> None:
    assert "us-iraq-2020" in language.bundled()
    for slug in language.bundled():
        assert language.check(slug) == []
        assert language.load(slug).name == slug
