"""Moves at once, games without an end, and measures of beliefs and given types."""

from __future__ import annotations

from pathlib import Path

import pytest

from countermove import language
from countermove.errors import Diagnostic
from countermove.language.model import Measure, Scenario

BASE = Path(__file__).parents[2] / "broken" / "bases" / "little-crisis.yaml"
TYPED = """
players:
  challenger:
    types: {resolved: 0.4, bluffing: rest}
    interests: {war: {by: type, resolved: -0.2, bluffing: -1.5}}
  third: {rationality: 3, actions: {wait: null, help: null, resist: null}}
"""
ENDLESS = """
calendar: {periods: forever}
players:
  challenger: {discount: 0.9}
  target: {discount: 0.9}
events: {election: {when: crisis == calm}}
measures: {war: null, tension_at_end: null, new_leader: null, worth: payoff(target)}
"""


def laid(text: str, folder: Path, base: str = BASE.as_posix(), name: str = "mine") -> Path:
    path = folder / f"{name}.yaml"
    path.write_text(f"base: {base}\nscenario: {name}\n{text}\n", encoding="utf-8")
    return path


def faults(path: Path) -> list[Diagnostic]:
    return [d for d in language.check(path) if d.severity == "error"]


def test_an_inner_list_moves_at_once(tmp_path: Path) -> None:
    order = "order: [[target, challenger], {step: [challenger, target], when: tension > 1}, drift]"
    first, second, third = language.load(laid(order, tmp_path)).order
    assert (first.kind, first.name) == ("joint", "target+challenger")
    assert first.players == ("target", "challenger") and first.when is None
    assert second.players == ("challenger", "target") and second.when is not None
    assert (third.kind, third.players) == ("event", ())


def test_a_move_has_the_one_player(tmp_path: Path) -> None:
    scenario = language.load(laid("order: [target, {step: challenger}, drift]", tmp_path))
    assert [step.players for step in scenario.order] == [("target",), ("challenger",), ()]
    assert [step.players for step in language.load(BASE).order][:2] == [
        ("challenger",),
        ("target",),
    ]


def test_who_moves_at_once_has_a_place_in_the_order(tmp_path: Path) -> None:
    both = language.load(laid("order: [[target, challenger], drift, election]", tmp_path))
    assert [w.code for w in both.warnings] == []
    one = language.load(laid("order: [challenger, drift, election]", tmp_path))
    assert [(w.code, w.text) for w in one.warnings] == [("CM095", "target")]


@pytest.mark.parametrize(
    ("step", "code", "words"),
    [
        ("[challenger]", "CM209", "'challenger' is alone"),
        ("[]", "CM209", "is alone"),
        ("[challenger, challenger]", "CM209", "with itself"),
        ("[challenger, drift]", "CM209", "is an event"),
        ("[challenger, targt]", "CM059", "'targt' is no player"),
        ("[challenger, idle]", "CM086", "has no actions"),
        ("{step: [challenger, target], when: crisi == open}", "CM027", "'crisi'"),
        ("[challenger, [target]]", "CM052", "a list"),
    ],
)
def test_moves_at_once_that_cannot_be(step: str, code: str, words: str, tmp_path: Path) -> None:
    text = f"players: {{idle: {{rationality: 2}}}}\norder: [{step}, target, drift, election]"
    (fault,) = faults(laid(text, tmp_path))
    assert fault.code == code
    assert words in fault.message
    assert fault.remedy


def test_a_game_without_an_end_repeats_one_period(tmp_path: Path) -> None:
    scenario = language.load(laid(ENDLESS, tmp_path))
    assert (scenario.calendar.forever, scenario.calendar.periods) == (True, 1)
    assert scenario.calendar.years == pytest.approx(1 / 12)
    assert "no end" in repr(scenario)
    assert not language.load(BASE).calendar.forever


NOT_ENDLESS = [
    ("ends: period == 3", "CM210", "period cannot be read"),
    ("ends: date == 2020-11-03", "CM210", "a date cannot be read"),
    ("players: {target: {interests: {a: until(2020-11-03)}}}", "CM210", "until(...)"),
    ("players: {target: {final: {a: 1}}}", "CM210", "earned at the end"),
    ("measures: {a: ever(crisis == open)}", "CM210", "no measure but payoff"),
    ("measures: {a: 'played(target, wait)'}", "CM210", "not discounted"),
    ("players: {target: {discount: null}}", "CM211", "is 1, and this game has no end"),
    ("players: {target: {discount: 1}}", "CM211", "is 1, and"),
    (
        "{parameters: {p: {value: 0.9, range: [0.8, 1]}}, players: {target: {discount: p}}}",
        "CM211",
        "may be 1 in its range",
    ),
    (
        "{parameters: {p: 0.9}, players: {target: {discount: p}}, views: {v: {set: {p: 1}}}}",
        "CM211",
        "is 1 in the view 'v'",
    ),
    (
        "{parameters: {p: 0.9}, players: {target: {discount: p}}, "
        "views: {v: {ranges: {p: [0.5, 1]}}}}",
        "CM211",
        "may be 1 in the view 'v'",
    ),
    ("calendar: {until: 2020-12-31}", "CM061", "both"),
]


@pytest.mark.parametrize(("text", "code", "words"), NOT_ENDLESS)
def test_what_a_game_without_an_end_cannot_have(
    text: str, code: str, words: str, tmp_path: Path
) -> None:
    below = laid(ENDLESS, tmp_path, name="below")
    text = text.removeprefix("{").removesuffix("}") if text.startswith("{") else text
    text = text.replace(", players:", "\nplayers:").replace(", views:", "\nviews:")
    (fault,) = faults(laid(text, tmp_path, below.name, "above"))
    assert fault.code == code
    assert words in fault.message
    assert fault.remedy


@pytest.mark.parametrize(
    "text",
    [
        "ends: crisis == open",
        "players: {target: {discount: exp(-years)}}",
        "players: {target: {discount: 0, interests: {a: 1 - exp(-0.1 * years)}}}",
        "calendar: {start: null, step: null}",
        "measures: {other: payoff(challenger)}",
        "state: {crisis: {resets: true}}",
        "parameters: {p: {value: 0.9, range: [0.8, 0.99]}}\nplayers: {target: {discount: p}}",
    ],
)
def test_what_it_may_have(text: str, tmp_path: Path) -> None:
    below = laid(ENDLESS, tmp_path, name="below")
    assert faults(laid(text, tmp_path, below.name, "above")) == []


def measure(text: str, folder: Path) -> Measure:
    return language.load(laid(f"{TYPED}\nmeasures: {{mine: {text}}}", folder)).measures["mine"]


@pytest.mark.parametrize(
    ("text", "actor", "action"),
    [
        ("'belief(challenger, resolved) after threaten'", "challenger", "threaten"),
        ("'belief( challenger,resolved )  after wait'", "challenger", "wait"),
        ("'belief(challenger, resolved) after help'", "third", "help"),
        ("'belief(challenger, resolved) after resist of target'", "target", "resist"),
        ("'belief(challenger, resolved) after wait of third'", "third", "wait"),
    ],
)
def test_beliefs_after_an_action(text: str, actor: str, action: str, tmp_path: Path) -> None:
    read = measure(text, tmp_path)
    assert (read.kind, read.player, read.type) == ("belief_after", "challenger", "resolved")
    assert (read.actor, read.action, read.expression) == (actor, action, None)


def test_beliefs_at_the_end_and_under_a_condition(tmp_path: Path) -> None:
    read = measure("'final(belief(challenger, bluffing))'", tmp_path)
    assert (read.kind, read.player, read.type) == ("final_belief", "challenger", "bluffing")
    read = measure(
        "{of: 'belief(challenger, resolved) after threaten', given: tension > 1}", tmp_path
    )
    assert read.given is not None and read.given.text == "tension > 1"
    assert (read.kind, read.given_type) == ("belief_after", None)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("ever(crisis == open)", "ever"),
        ("first(crisis == open)", "first"),
        ("total(tension)", "total"),
        ("mean(tension)", "mean"),
        ("final(tension)", "final"),
        ("payoff(challenger)", "payoff"),
        ("payoff(target)", "payoff"),
        ("'played(challenger, threaten)'", "played"),
        ("ever(happened(election))", "ever_happened"),
    ],
)
def test_measures_may_be_given_a_type(text: str, kind: str, tmp_path: Path) -> None:
    for given in ("type(challenger) == bluffing", "bluffing == type(challenger)"):
        read = measure(f"{{of: {text}, given: {given}}}", tmp_path)
        assert (read.kind, read.given) == (kind, None)
        assert read.given_type == ("challenger", "bluffing")


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        ("'mean(belief(challenger, resolved))'", "CM212", "only the prior"),
        ("'belief(challenger, resolved)'", "CM212", "only the prior"),
        ("'ever(belief(challenger, resolved) > 0.5)'", "CM212", "only the prior"),
        ("'final(0.5 < belief(challenger, resolved))'", "CM212", "only the prior"),
        ("'final(belief(challenger, resolved) after wait)'", "CM212", "only the prior"),
        ("'belief(challenger, resolved) after'", "CM212", "only the prior"),
        ("'belief(challenger) after wait'", "CM087", "does not take 1 arguments"),
        ("'belief(challenger, resolved, bluffing) after wait'", "CM087", "does not take 3"),
        ("'belief(target, resolved) after wait'", "CM203", "has no types"),
        ("'belief(chalenger, resolved) after wait'", "CM059", "no player"),
        ("'belief(challenger, resolvd) after wait'", "CM201", "no type of 'challenger'"),
        ("'belief(challenger, resolved) after treaten'", "CM059", "no action"),
        ("'belief(challenger, resolved) after resist'", "CM087", "target and third each have"),
        ("'belief(challenger, resolved) after wait of thrid'", "CM059", "no player"),
        ("'belief(challenger, resolved) after help of target'", "CM059", "action of 'target'"),
        (
            "{of: 'final(belief(challenger, resolved))', given: type(challenger) == resolved}",
            "CM214",
            "do not know the true type",
        ),
        (
            "{of: mean(tension), given: type(challenger) == resolved and tension > 1}",
            "CM214",
            "one true type",
        ),
        ("{of: mean(tension), given: type(challenger) != resolved}", "CM214", "one true type"),
        ("{of: mean(tension), given: type == resolved}", "CM204", "nobody's interest"),
        ("{of: mean(tension), given: type(target) == resolved}", "CM203", "has no types"),
        ("{of: total(tension), given: tension > 1}", "CM087", "cannot be read given"),
    ],
)
def test_measures_that_cannot_be(text: str, code: str, words: str, tmp_path: Path) -> None:
    (fault,) = faults(laid(f"{TYPED}\nmeasures: {{mine: {text}}}", tmp_path))
    assert fault.code == code
    assert words in fault.message
    assert fault.remedy


def scenario_of_the_page() -> Scenario:
    page = Path(__file__).parents[3] / "docs" / "language.md"
    text = page.read_text(encoding="utf-8").split("```yaml file\n")[2].split("```")[0]
    once = language.format_text(text)
    assert language.format_text(once) == once
    return language.loads(once)


def test_a_formatted_scenario_says_the_same() -> None:
    scenario = scenario_of_the_page()
    assert scenario.player("challenger").types == ("resolved", "bluffing")
    assert scenario.measures["read_after_threat"].action == "threaten"
    assert [step.name for step in scenario.order] == ["challenger", "target", "election", "drift"]


def test_editors_are_told_of_types_redraws_and_moves_at_once() -> None:
    parts = language.json_schema()["$defs"]
    types = parts["Player"]["properties"]["types"]
    assert types["type"] == "object" and "rest" in types["description"]
    assert parts["Player"]["properties"]["belief_points"]["type"] == "integer"
    assert parts["Player"]["properties"]["belief_spacing"]["enum"] == ["even", "ends"]
    for part in ("Event", "Outcome"):
        kinds = [kind["type"] for kind in parts[part]["properties"]["redraw"]["anyOf"]]
        assert kinds == ["string", "array", "object"]
        assert parts[part]["properties"]["succession"]["enum"] == ["continues", "stops"]
    assert {"type": "array", "items": {"type": "string"}} in parts["Step"]["properties"]["step"][
        "anyOf"
    ]
