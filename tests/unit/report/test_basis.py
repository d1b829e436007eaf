"""What rests on each claim and on each parameter."""

from __future__ import annotations

from countermove.language import loads
from countermove.language.model import Scenario
from countermove.report.basis import basis_of
from countermove.report.html import page
from countermove.report.records import Findings


def named(groups: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]) -> dict[str, set[str]]:
    return {kind: {name for name, _ in things} for kind, things in groups}


def test_every_citation_of_the_scenario_is_found_again(scenario: Scenario) -> None:
    basis = basis_of(scenario)
    assert set(basis.claims) == set(scenario.claims)
    for parameter in scenario.parameters.values():
        for claim in parameter.cites:
            kinds = named(basis.claims[claim])
            found = kinds.get("parameter", set()) | kinds.get("parameters", set())
            assert parameter.name.replace("_", " ") in found
    for player in scenario.players:
        for action in player.actions:
            for claim in action.cites:
                assert any(
                    kind.startswith("move") and action.name.replace("_", " ") in names
                    for kind, names in named(basis.claims[claim]).items()
                )


TEXT = """
scenario: small
calendar: {periods: 2}
state: {lamp: {levels: [dark, lit], start: dark}}
parameters:
  worth: {value: 1, range: [0, 2], assumption: true}
  odds: {value: 0.5, range: [0, 1], assumption: true}
  keen: {value: 2, range: [1, 3], assumption: true}
  idle: {value: 0.2, range: [0, 1], assumption: true}
terms: {bright: worth * (lamp == lit)}
players:
  one:
    name: The one
    rationality: keen
    interests: {light: bright}
    actions: {wait: , press: {effects: [{lamp: lit, probability: odds}]}}
events:
  storm: {when: period > idle, effects: [{lamp: dark, probability: odds}]}
order: [one, storm]
measures: {lit_worth: final(bright)}
policies:
  always: {player: one, rules: [{play: {press: odds, wait: rest}}]}
views:
  dim: {set: {worth: 0.5}}
"""


def test_what_reads_a_parameter_is_told_also_through_terms() -> None:
    found = {name: named(groups) for name, groups in basis_of(loads(TEXT)).parameters.items()}
    assert found["worth"] == {
        "interest of the one": {"light"},
        "measure": {"lit worth"},
        "set by view": {"dim"},
    }
    assert found["keen"] == {"rationality": {"of the one"}}
    assert found["odds"] == {
        "move of the one": {"press"},
        "event": {"storm"},
        "policy": {"always"},
    }
    assert found["idle"] == {"event": {"storm"}}


def test_several_of_a_kind_are_in_the_plural() -> None:
    more = "  always: {player: one, rules: [{play: {press: odds, wait: rest}}]}\n"
    text = TEXT.replace(more, more + more.replace("always", "oft").replace("odds", "odds / 2"))
    text = text.replace("{light: bright}", "{light: bright, glow: bright / 2}")
    text = text.replace("worth: 0.5}}", "worth: 0.5}}\n  bleak: {set: {worth: 0}}")
    found = {name: set(named(groups)) for name, groups in basis_of(loads(text)).parameters.items()}
    assert "policies" in found["odds"]
    both = TEXT.replace("rationality: keen", "rationality: keen\n    discount: keen / 4")
    other = both[both.index("  one:") : both.index("events:")].replace("one", "two")
    both = both.replace("events:", f"{other}events:").replace("order: [one", "order: [one, two")
    kinds = {kind for kind, _ in basis_of(loads(both)).parameters["keen"]}
    assert kinds == {"rationality", "patience"}
    assert {"interests of the one", "set by views"} <= found["worth"]


def test_the_page_links_to_what_rests_on_a_claim(findings: Findings) -> None:
    text = page(findings)
    for claim, groups in basis_of(findings.scenario).claims.items():
        part = text.partition(f'id="claim-{claim}"')[2].partition("</li>")[0]
        for _, things in groups:
            for name, anchor in things:
                assert f'<a href="#{anchor}">{name}</a>' in part
                assert f'id="{anchor}"' in text
