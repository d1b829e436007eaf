"""Measures that say which way is better, scores, goals, and policies with levers."""

from __future__ import annotations

from pathlib import Path

import pytest

import countermove
from countermove import language
from countermove.language import Scenario

BASE = Path(__file__).parents[2] / "broken" / "bases" / "little-crisis.yaml"
GRADED = """
policies:
  graded:
    player: target
    levers:
      threshold: {value: 2, range: [1, 3], whole: true, unit: steps, note: Why.}
      last_call: {value: 4, range: [0, 5], whole: true}
      firmness: {value: 0.25, range: [0, 1], cites: [bluffs]}
    rules:
      - {when: trouble and tension >= threshold, play: {resist: firmness, wait: rest}}
      - {when: trouble and period >= last_call, play: resist}
      - {forbid: [resist]}
  softer:
    player: target
    levers: {patience: {value: 1, range: [0, 5]}}
    rules: [{when: trouble and period < patience, play: wait}]
"""


def laid_on_base(text: str, folder: Path) -> Scenario:
    path = folder / "mine.yaml"
    path.write_text(f"base: {BASE.as_posix()}\nscenario: mine\n{text}\n", encoding="utf-8")
    return language.load(path)


@pytest.fixture
def graded(tmp_path: Path) -> Scenario:
    return laid_on_base(GRADED, tmp_path)


def play(scenario: Scenario, **levers: float) -> dict[str, float]:
    game = countermove.compile(scenario, policy="graded", set=levers)
    return {name: m.value for name, m in countermove.solve(game).measures.items()}


def test_levers_are_parameters_of_their_policy(graded: Scenario) -> None:
    assert graded.policies["graded"].levers == ("threshold", "last_call", "firmness")
    assert graded.policies["softer"].levers == ("patience",)
    assert graded.policies["patience"].levers == ()
    threshold = graded.parameters["threshold"]
    assert (threshold.value, threshold.low, threshold.high) == (2, 1, 3)
    assert (threshold.lever_of, threshold.whole, threshold.unit) == ("graded", True, "steps")
    assert (graded.parameters["firmness"].cites, graded.parameters["firmness"].whole) == (
        ("bluffs",),
        False,
    )
    assert graded.parameters["audience_cost"].lever_of == ""


def test_levers_are_never_uncertain_and_count_for_no_coverage(graded: Scenario) -> None:
    uncertain = [p.name for p in graded.parameters.values() if p.uncertain]
    assert uncertain == ["audience_cost", "calm_returns"]
    assert graded.coverage == language.load(BASE).coverage


def test_a_policy_that_is_not_in_force_changes_nothing(graded: Scenario) -> None:
    with_levers = countermove.solve(countermove.compile(graded)).measures
    without = countermove.solve(countermove.compile(language.load(BASE))).measures
    assert {k: m.value for k, m in with_levers.items()} == {k: m.value for k, m in without.items()}


def test_a_lever_moves_odds(graded: Scenario) -> None:
    war = [play(graded, firmness=f, last_call=5)["war"] for f in (0.0, 0.5, 1.0)]
    assert war[0] < war[1] < war[2]


def test_a_lever_moves_a_threshold(graded: Scenario) -> None:
    war = [play(graded, threshold=t, firmness=1, last_call=5)["war"] for t in (1, 2, 3)]
    assert war[0] > war[1] > war[2] > 0


def test_a_lever_moves_a_date(graded: Scenario) -> None:
    war = [play(graded, last_call=period, firmness=0)["war"] for period in (0, 3, 5)]
    assert war[0] > war[1] > war[2]


def test_levers_as_written_are_numbers_in_the_rules(graded: Scenario, tmp_path: Path) -> None:
    rules = GRADED.replace(">= threshold", ">= 3").replace(": firmness", ": 0.75")
    rules = rules.replace(">= last_call", ">= 2")
    plain = laid_on_base(rules, tmp_path)
    assert play(plain) == play(graded, threshold=3, firmness=0.75, last_call=2)


def test_a_lever_that_no_rule_reads_is_a_warning(tmp_path: Path) -> None:
    text = GRADED.replace("and period < patience", "")
    (warning,) = [w for w in laid_on_base(text, tmp_path).warnings if w.code == "CM093"]
    assert warning.message == "nothing uses the lever 'patience'"


def test_a_base_s_levers_can_be_moved_and_removed(graded: Scenario, tmp_path: Path) -> None:
    above = tmp_path / "above.yaml"
    above.write_text(
        "base: ./mine.yaml\nscenario: above\n"
        "policies: {graded: {levers: {threshold: {value: 3}}}, softer: null}\n"
    )
    moved = language.load(above)
    assert moved.parameters["threshold"].value == 3
    assert moved.parameters["threshold"].high == 3
    assert "patience" not in moved.parameters


def test_measures_say_which_way_is_better(tmp_path: Path) -> None:
    text = "measures: {calm: {of: mean(crisis == calm), better: high}, wars: ever(crisis == open)}"
    measures = laid_on_base(text, tmp_path).measures
    assert (measures["calm"].better, measures["wars"].better) == ("high", "")


def test_scores_and_goals_are_read(tmp_path: Path) -> None:
    scenario = laid_on_base(
        """
scores:
  quiet:
    title: Peace
    player: target
    note: Why.
    weights: {war: -4, payoff( target ): 1, tension_at_end: 0}
    cites: [bluffs]
goals:
  peace: {title: No war, measure: war, at_most: 0.1, note: Why., cites: [bluffs]}
  content: {measure: payoff(target), at_least: 2}
  fair: {measure: score(quiet), at_least: -1, at_most: 6}
""",
        tmp_path,
    )
    score = scenario.scores["quiet"]
    assert score.weights == {"war": -4.0, "payoff(target)": 1.0, "tension_at_end": 0.0}
    assert (score.title, score.player, score.note, score.cites) == (
        "Peace",
        "target",
        "Why.",
        ("bluffs",),
    )
    ends = {name: (g.key, g.at_least, g.at_most) for name, g in scenario.goals.items()}
    assert ends == {
        "peace": ("war", None, 0.1),
        "content": ("payoff(target)", 2.0, None),
        "fair": ("score(quiet)", -1.0, 6.0),
    }
    assert scenario.goals["peace"].cites == ("bluffs",)


def test_claims_cited_by_scores_goals_and_levers_are_used(tmp_path: Path) -> None:
    text = """
claims:
  a: {source: schultz_1999, says: One.}
  b: {source: schultz_1999, says: Two.}
  c: {source: schultz_1999, says: Three.}
scores: {s: {weights: {war: -1}, cites: [a]}}
goals: {g: {measure: war, at_most: 1, cites: [b]}}
policies:
  p:
    player: target
    levers: {l: {value: 1, range: [0, 2], cites: [c]}}
    rules: [{when: tension > l, play: wait}]
"""
    assert [w for w in laid_on_base(text, tmp_path).warnings if w.code == "CM094"] == []


def test_a_measure_that_a_base_s_score_weighs_cannot_be_removed_alone(tmp_path: Path) -> None:
    first = tmp_path / "first.yaml"
    first.write_text(
        f"base: {BASE.as_posix()}\nscenario: first\nscores: {{s: {{weights: {{war: -1}}}}}}\n"
    )
    above = tmp_path / "above.yaml"
    above.write_text("base: ./first.yaml\nscenario: above\nmeasures: {war: null}\n")
    (fault,) = [d for d in language.check(above) if d.severity == "error"]
    assert (fault.code, fault.text) == ("CM059", "war")


def test_they_keep_their_order_and_survive_the_formatter() -> None:
    text = language.bundled_path("blockade").read_text(encoding="utf-8")
    tidy = language.format_text(text)
    before, after = language.loads(text), language.loads(tidy)
    assert list(after.policies["timed_escort"].levers) == list(
        before.policies["timed_escort"].levers
    )
    assert {n: s.weights for n, s in after.scores.items()} == {
        n: s.weights for n, s in before.scores.items()
    }
    heads = [line.split(":")[0] for line in tidy.splitlines() if line[:1].isalpha()]
    wanted = ["measures", "scores", "goals", "policies"]
    assert [head for head in heads if head in wanted] == wanted


def test_the_formatter_puts_correlations_after_the_parameters() -> None:
    text = """scenario: x
goals: {g: {measure: m, at_most: 1}}
correlations: [{between: [a, b], value: 0.5}]
parameters: {a: 1}
scores: {s: {weights: {m: 1}}}
measures: {m: ever(x)}
"""
    heads = [line.split(":")[0] for line in language.format_text(text).splitlines()]
    assert heads == ["scenario", "parameters", "correlations", "measures", "scores", "goals"]


def test_too_many_levers_are_refused() -> None:
    levers = "\n".join(f"      l{i}: {{value: 1, range: [0, 2]}}" for i in range(51))
    text = f"scenario: x\npolicies:\n  p:\n    levers:\n{levers}\n"
    (fault,) = language.check_text(text)
    assert fault.code == "CM053"
    assert "51 entries in 'levers'; the limit is 50" in fault.message
