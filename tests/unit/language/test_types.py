"""Private types: their odds, what may read them, and how they are drawn anew."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from countermove import language
from countermove.errors import Diagnostic, ScenarioError
from countermove.language.caps import MAX_TYPES
from countermove.language.expressions import (
    Choice,
    Compare,
    Expression,
    Node,
    Number,
    TypeOf,
    evaluate,
    reads,
    walk,
)
from countermove.language.model import Event, Outcomes, Player, Scenario

BASE = Path(__file__).parents[2] / "broken" / "bases" / "little-crisis.yaml"
TYPES = "types: {resolved: 0.4, bluffing: rest}"
WAR = "interests: {war: {by: type, resolved: -0.2, bluffing: -1.5}}"


def laid(text: str, folder: Path) -> Path:
    path = folder / "mine.yaml"
    path.write_text(f"base: {BASE.as_posix()}\nscenario: mine\n{text}\n", encoding="utf-8")
    return path


def load(text: str, folder: Path) -> Scenario:
    return language.load(laid(text, folder))


def faults(text: str, folder: Path) -> list[Diagnostic]:
    return [d for d in language.check(laid(text, folder)) if d.severity == "error"]


def typed(more: str = "", odds: str = TYPES, war: str = WAR) -> str:
    return f"players:\n  challenger:\n    {odds}\n    {war}\n{more}"


class At:
    """An environment in which parameters and types have values."""

    period = 0.0

    def __init__(self, **values: float) -> None:
        self.values = values

    def parameter(self, name: str) -> Any:
        return self.values[name]

    number = position = last = type_of = parameter


def value(expression: Expression, **values: float) -> float:
    return float(evaluate(expression.node, At(**values)))


def odds_of(player: Player, **values: float) -> list[float]:
    return [value(odds, **values) for odds in player.prior]


def test_types_have_odds_in_their_order_and_one_takes_the_rest(tmp_path: Path) -> None:
    player = load(typed(), tmp_path).player("challenger")
    assert player.types == ("resolved", "bluffing")
    assert odds_of(player) == pytest.approx([0.4, 0.6])
    assert [odds.text for odds in player.prior] == ["0.4", "rest"]
    assert "challenger (resolved or bluffing); target" in load(typed(), tmp_path)._repr_html_()


def test_odds_may_read_parameters_and_the_rest_may_come_first(tmp_path: Path) -> None:
    more = "parameters: {bold: 0.1}"
    odds = "types: {mad: rest, resolved: bold, bluffing: 3 * bold}"
    war = "interests: {war: {by: type, mad: 1, otherwise: 0}}"
    player = load(typed(more, odds, war), tmp_path).player("challenger")
    assert player.types == ("mad", "resolved", "bluffing")
    assert odds_of(player, bold=0.2) == pytest.approx([0.2, 0.2, 0.6])


def test_a_player_has_no_types_unless_told(tmp_path: Path) -> None:
    player = load("", tmp_path).player("target")
    assert (player.types, player.prior) == ((), ())


@pytest.mark.parametrize(
    ("odds", "points"),
    [
        (TYPES, 21),
        ("types: {a: 0.4, b: 0.3, c: rest}", 11),
        (f"{TYPES}\n    belief_points: 2", 2),
        ("types: {a: 0.4, b: 0.3, c: rest}\n    belief_points: 1001", 1001),
    ],
)
def test_the_points_of_a_belief(odds: str, points: int, tmp_path: Path) -> None:
    war = f"interests: {{war: type == {'a' if 'a:' in odds else 'resolved'}}}"
    player = load(typed(odds=odds, war=war), tmp_path).player("challenger")
    assert player.belief_points == points
    assert player.belief_spacing == "even"


def test_the_points_of_a_belief_may_be_closer_at_the_ends(tmp_path: Path) -> None:
    player = load(typed(odds=f"{TYPES}\n    belief_spacing: ends"), tmp_path).player("challenger")
    assert player.belief_spacing == "ends"


@pytest.mark.parametrize(
    ("odds", "code", "words"),
    [
        ("types: {a: 0.5, b: 0.6}", "CM207", "add up to 1.1"),
        ("types: {a: 0.5, b: 0.6, c: rest}", "CM207", "add up to 1.1"),
        ("types: {a: 1.5, b: rest}", "CM079", "is 1.5"),
        ("types: {a: -0.5, b: rest}", "CM079", "is -0.5"),
        ("types: {a: rest, b: rest}", "CM081", "only one type"),
        ("types: {a: crisis == open, b: rest}", "CM048", "changes during play"),
        ("types: {a: {by: crisis, otherwise: 1}, b: rest}", "CM048", "changes during play"),
        ("types: {a: type(challenger) == b, b: rest}", "CM200", "the same for all types"),
        ("types: {a: 1}", "CM205", "has 1 type,"),
        ("types: {}", "CM205", "has 0 types,"),
        ("types: [a, b]", "CM052", "a list"),
        ("types: {a: 0.5, rest: 0.5}", "CM057", "cannot name a type"),
        ("types: {a: 0.5, a: 0.5}", "CM011", "stands twice"),
        ("types: {a: 0.5, b: rest}\n    belief_points: 1", "CM206", "2 to 1,001 points, not 1"),
        ("types: {a: 0.5, b: rest}\n    belief_points: 1002", "CM206", "not 1,002"),
        ("types: {a: 0.5, b: rest}\n    belief_points: many", "CM052", "a whole number"),
        ("types: {a: 0.5, b: rest}\n    belief_spacing: odd", "CM052", "'even' or 'ends'"),
        ("types: {a: 0.4, b: 0.3, c: rest}\n    belief_spacing: ends", "CM206", "has 3 types"),
        ("belief_spacing: even", "CM206", "has no types"),
    ],
)
def test_types_that_cannot_be(odds: str, code: str, words: str, tmp_path: Path) -> None:
    found = [d for d in faults(typed(odds=odds, war="note: none"), tmp_path) if d.code == code]
    assert found and words in found[0].message
    assert found[0].remedy


def test_odds_are_checked_in_every_view(tmp_path: Path) -> None:
    more = "parameters: {bold: 0.4}\nviews: {hawk: {set: {bold: 0.9}}}"
    odds = "types: {resolved: bold, bluffing: 0.6}"
    (fault,) = faults(typed(more, odds), tmp_path)
    assert (fault.code, fault.location.line) == ("CM207", 5)
    assert "add up to 1.5 in the view 'hawk'" in fault.message


def test_a_type_opposite_a_variable_is_told_whose_it_is(tmp_path: Path) -> None:
    (fault,) = faults(typed("ends: crisis == resolved"), tmp_path)
    assert fault.code == "CM032"
    assert "it is a type of 'challenger': type(challenger) == resolved" in fault.message


def test_there_is_a_limit_to_types(tmp_path: Path) -> None:
    odds = ", ".join(f"t{i}: 0" for i in range(MAX_TYPES)) + ", last_one: rest"
    (fault,) = faults(typed(odds=f"types: {{{odds}}}", war="note: none"), tmp_path)
    assert fault.code == "CM053"


def test_type_alone_is_that_of_who_earns_or_pays(tmp_path: Path) -> None:
    text = """
players:
  challenger:
    types: {resolved: 0.4, bluffing: rest}
    interests: {war: type == bluffing}
    final: {hold: {by: type, resolved: 1, bluffing: 2}}
    actions:
      threaten:
        costs: {challenger: type != resolved, target: "type in [soft]"}
        effects: [{outcomes: [{probability: 1, costs: {by: type, resolved: 1, bluffing: 0}}]}]
  target:
    types: {hard: 0.5, soft: rest}
    interests: {calm: type(challenger) == resolved and type == hard}
events:
  drift: {effects: [{crisis: -1}], costs: {target: type == soft}}
"""
    scenario = load(text, tmp_path)
    challenger, target = scenario.players
    assert challenger.interests["war"].node == Compare("==", TypeOf("challenger"), Number(1.0))
    hold = challenger.final["hold"].node
    assert isinstance(hold, Choice) and hold.by == TypeOf("challenger")
    threaten = challenger.actions[1]
    assert reads(threaten.costs["challenger"].node).types == {"challenger"}
    assert threaten.costs["target"].node == Compare("==", TypeOf("target"), Number(1.0))
    (group,) = threaten.effects
    assert isinstance(group, Outcomes)
    assert reads(group.outcomes[0].costs["challenger"].node).types == {"challenger"}
    assert reads(target.interests["calm"].node).types == {"challenger", "target"}
    assert reads(scenario.event("drift").costs["target"].node).types == {"target"}
    assert value(target.interests["calm"], challenger=0, target=0) == 1
    assert value(target.interests["calm"], challenger=1, target=0) == 0


def test_terms_name_the_player(tmp_path: Path) -> None:
    more = "terms: {firm: type(challenger) == resolved, double: 2 * firm}"
    scenario = load(typed(more, war="interests: {war: double}"), tmp_path)
    node = scenario.player("challenger").interests["war"].node
    assert TypeOf("challenger") in set(walk(node))


def test_types_are_compared_in_a_list_and_with_each_other(tmp_path: Path) -> None:
    text = """
players:
  challenger:
    types: {resolved: 0.4, bluffing: 0.3, mad: rest}
    interests:
      listed: type in [resolved, mad]
      unlisted: type not in [resolved, mad]
      alike: type == type(target)
      turned: bluffing != type
  target:
    types: {resolved: 0.2, bluffing: 0.3, mad: rest}
"""
    interests = load(text, tmp_path).player("challenger").interests
    for mine, theirs in ((0, 0), (1, 1), (2, 0)):
        at = {"challenger": mine, "target": theirs}
        read = {k: value(e, **at) for k, e in interests.items() if k != "standing"}
        assert read["listed"] == (mine != 1) == 1 - read["unlisted"]
        assert read["alike"] == (mine == theirs)
        assert read["turned"] == (mine != 1)


def test_a_type_outranks_other_names(tmp_path: Path) -> None:
    more = "parameters: {firm: 0.3}"
    odds = "types: {firm: firm, calm: rest}"
    scenario = load(typed(more, odds, "interests: {a: firm * (type == firm)}"), tmp_path)
    node: Node = scenario.player("challenger").interests["a"].node
    assert reads(node).parameters == {"firm"} and reads(node).types == {"challenger"}


NOT_HERE = [
    ("players: {challenger: {actions: {threaten: {when: type == resolved}}}}", "would reveal it"),
    (
        "events: {drift: [{crisis: -1, probability: 0.1 * (type(challenger) == resolved)}]}",
        "odds cannot depend on a private type",
    ),
    ("events: {drift: {when: firm}}", "a condition cannot read a private type"),
    ("ends: firm", "a condition cannot read a private type"),
    ("order: [challenger, {step: target, when: firm}]", "a condition cannot read"),
    ("measures: {m: ever(firm)}", "a measure's expression reads what is public"),
    ("measures: {m: 'played(target, resist, firm)'}", "a measure's expression"),
    ("players: {target: {rationality: 1 + firm}}", "the same for all types"),
    ("policies: {p: {player: target, rules: [{when: firm, play: wait}]}}", "a condition"),
    (
        "policies: {p: {player: target, rules: [{play: {wait: 0.5 * firm, resist: rest}}]}}",
        "odds cannot depend",
    ),
    (
        "players: {target: {actions: {resist: {effects: [{crisis: open, when: firm}]}}}}",
        "a condition cannot read",
    ),
]


@pytest.mark.parametrize(("text", "words"), NOT_HERE)
def test_types_are_read_only_where_nothing_tells_them(
    text: str, words: str, tmp_path: Path
) -> None:
    below = laid(typed("terms: {firm: type(challenger) == resolved}"), tmp_path)
    path = tmp_path / "above.yaml"
    path.write_text(f"base: {below.name}\nscenario: above\n{text}\n", encoding="utf-8")
    (fault,) = [d for d in language.check(path) if d.severity == "error"]
    assert (fault.code, fault.location.line) == ("CM200", 3)
    assert words in fault.message
    assert fault.remedy


def redraws_of(event: Event) -> list[tuple[str, list[float], bool]]:
    groups = [group for group in event.effects if isinstance(group, Outcomes)]
    found = [*event.redraws, *(r for g in groups for o in g.outcomes for r in o.redraws)]
    return [(r.player, [value(odds) for odds in r.distribution], r.stops) for r in found]


def test_redraws(tmp_path: Path) -> None:
    more = """
  target:
    types: {hard: 0.7, soft: rest}
    interests: {calm: type == hard}
events:
  election:
    redraw: {challenger: {bluffing: rest, resolved: 0.5}}
    outcomes:
      - {probability: 0.5, redraw: challenger, succession: stops}
      - {probability: rest, redraw: [target, challenger], succession: continues}
"""
    scenario = load(typed(more), tmp_path)
    assert redraws_of(scenario.event("election")) == [
        ("challenger", [0.5, 0.5], False),
        ("challenger", [0.4, 0.6], True),
        ("target", [0.7, pytest.approx(0.3)], False),
        ("challenger", [0.4, 0.6], False),
    ]
    assert redraws_of(scenario.event("drift")) == []


@pytest.mark.parametrize(
    ("event", "code", "words"),
    [
        ("{redraw: {challenger: {resolved: 0.5}}}", "CM207", "bluffing are missing"),
        ("{redraw: {challenger: {resolved: 0.5, bluffing: 0.6}}}", "CM207", "1.1"),
        ("{redraw: {challenger: {resolved: 0.5, blufing: rest}}}", "CM201", "'blufing'"),
        ("{redraw: {challenger: {resolved: tension, bluffing: rest}}}", "CM048", "tension"),
        ("{redraw: target}", "CM203", "has no types"),
        ("{redraw: chalenger}", "CM059", "no player"),
        ("{redraw: [challenger, challenger]}", "CM208", "twice"),
        ("{succession: stops}", "CM208", "there is none here"),
        ("{redraw: challenger, succession: maybe}", "CM052", "'continues' or 'stops'"),
        ("[{redraw: challenger}]", "CM208", "only events"),
    ],
)
def test_redraws_that_cannot_be(event: str, code: str, words: str, tmp_path: Path) -> None:
    found = faults(typed(f"events: {{drift: {event}}}"), tmp_path)
    assert code in [d.code for d in found]
    (fault,) = [d for d in found if d.code == code]
    assert words in fault.message
    assert fault.remedy


def test_parameters_in_odds_of_types_count_as_used(tmp_path: Path) -> None:
    more = (
        "parameters: {bold: 0.4, bolder: 0.5, idle: 1}\n"
        "events: {drift: {redraw: {challenger: {resolved: bolder, bluffing: rest}}}}"
    )
    scenario = load(typed(more, "types: {resolved: bold, bluffing: rest}"), tmp_path)
    assert [w.text for w in scenario.warnings if w.code == "CM093"] == ["idle"]


def test_types_that_nothing_reads_are_told(tmp_path: Path) -> None:
    scenario = load(typed(war="note: none"), tmp_path)
    (warning,) = [w for w in scenario.warnings if w.code == "CM213"]
    assert (warning.text, warning.location.line) == ("challenger", 4)
    assert "CM213" not in [w.code for w in load(typed(), tmp_path).warnings]


def test_types_are_among_what_can_cite(tmp_path: Path) -> None:
    plain, private = load("", tmp_path).coverage, load(typed(), tmp_path).coverage
    assert private.cited == plain.cited + 2  # the types and the interest, both of a cited player


def test_a_scenario_changes_the_types_of_its_base(tmp_path: Path) -> None:
    below = laid(typed(), tmp_path)
    path = tmp_path / "above.yaml"
    changed = "players: {challenger: {types: {resolved: 0.7}, belief_points: 5}}"
    path.write_text(f"base: {below.name}\nscenario: above\n{changed}\n", encoding="utf-8")
    player = language.load(path).player("challenger")
    assert player.types == ("resolved", "bluffing")
    assert (odds_of(player), player.belief_points) == (pytest.approx([0.7, 0.3]), 5)
    removed = "players: {challenger: {types: null, interests: {war: null}}}"
    path.write_text(f"base: {below.name}\nscenario: above\n{removed}\n", encoding="utf-8")
    assert language.load(path).player("challenger").types == ()


def test_all_that_is_wrong_with_types_is_told_at_once(tmp_path: Path) -> None:
    war = "interests: {a: type == resolvd, b: 2 * type, c: resolved}"
    text = typed("events: {drift: {redraw: target}}", "types: {resolved: 2, bluffing: rest}", war)
    with pytest.raises(ScenarioError) as caught:
        load(text, tmp_path)
    codes = [d.code for d in caught.value.diagnostics if d.severity == "error"]
    assert sorted(codes) == ["CM079", "CM201", "CM202", "CM202", "CM203", "CM207"]
