"""The export of trees: what is in the file, and what is refused."""

import re
from fractions import Fraction

import numpy as np
import pytest

import countermove as cm
from countermove.errors import InvalidRequest, SizeLimitError
from countermove.game import Game
from countermove.game.arrays import Chance, Move
from countermove.interop import export_efg
from countermove.interop.efg import probabilities, quoted
from countermove.interop.size import estimate
from countermove.interop.tree import unroll
from countermove.language import loads
from oracle.invent import invent
from oracle.typed_invent import invent_typed

BLUFF = r"""
scenario: bluff
title: "A \"bluff\", or not \\ so"
calendar: {periods: 2}
state:
  crisis: {levels: [calm, threat, open], start: calm}
  leader: {levels: [old, new], start: old, ordered: false}
players:
  us:
    rationality: 2
    discount: 0.5
    types: {resolved: 0.1, bluffing: 0.2, mad: 0.7}
    belief_points: 4
    interests: {war: {by: type, resolved: 1, bluffing: -1, mad: 3 * (crisis == open)}}
    actions:
      wait: {otherwise: true}
      threaten: {when: crisis == calm, costs: 0.25, effects: [{crisis: threat}]}
      bide: {when: crisis == calm}
  them:
    rationality: 2
    interests: {peace: crisis == calm}
    final: {toll: {by: type(us), resolved: 1, otherwise: 0}}
    actions:
      comply: {effects: [{crisis: calm}]}
      resist: {effects: [{crisis: open, probability: 1/3}]}
events:
  election:
    when: period == 0
    outcomes:
      - probability: 0.3
        effects: [{leader: new}]
        redraw: {us: {resolved: 0.5, mad: 0.5, bluffing: 0}}
order:
  - [us, them]
  - election
policies:
  timid: {player: us, rules: [{when: crisis == calm, play: {bide: 0.75, threaten: rest}}]}
"""


def tree_of(text=BLUFF, **options):
    return unroll(cm.compile(loads(text), **options), max_nodes=100_000)


def lines(text=BLUFF, **options):
    return export_efg(cm.compile(loads(text), **options)).splitlines()


def test_the_head_names_the_game_and_its_players():
    head, about, *_ = lines()
    assert head == r'EFG 2 R "A \"bluff\", or not \\ so" { "us" "them" }'
    assert about == '"bluff, written by Countermove"'
    assert lines(policy="timid")[1] == '"bluff, policy timid, written by Countermove"'


@pytest.mark.parametrize("text", ['say "no"', "back\\slash", "two\nlines", "ünï·code"])
def test_names_are_quoted(text):
    inside = quoted(text)[1:-1]
    assert "\n" not in inside
    assert re.sub(r"\\(.)", r"\1", inside) == " ".join(text.split())


def test_chance_draws_the_types_first():
    assert lines()[3] == ('c "" 1 "type of us, 1" { "resolved" 0.1 "bluffing" 0.2 "mad" 0.7 } 0')


@pytest.mark.parametrize("seed", range(6))
def test_the_odds_of_chance_add_up_exactly(seed):
    found = 0
    for line in lines(invent_typed(seed, periods=1)):
        if line.startswith("c "):
            shares = re.findall(r'" ([\d.]+)', line[line.index("{") :])
            assert sum(map(Fraction, shares)) == 1
            found += 1
    assert found


@pytest.mark.parametrize(
    "odds", [(1 / 3, 1 / 3, 1 / 3), (0.1, 0.2, 0.7), (1e-300, 1.0), (1e-20, 0.5, 0.5 - 1e-17)]
)
def test_odds_become_decimals_that_add_up(odds):
    shares = probabilities(odds)
    assert sum(map(Fraction, shares)) == 1
    assert all(Fraction(share) > 0 for share in shares)
    assert [float(share) for share in shares] == pytest.approx(odds, rel=1e-12)
    assert not any("e" in share.lower() for share in shares)


def test_who_moves_at_once_does_not_see_the_other():
    tree = tree_of()
    first = [d for d in tree.decisions if d.period == 0]
    ours, theirs = [d for d in first if d.mover == 0], [d for d in first if d.mover == 1]
    assert [d.type for d in ours] == [0, 1, 2]
    assert len(theirs) == 1
    members = [n for n in tree.nodes if n.infoset == tree.decisions.index(theirs[0])]
    assert len(members) == 6  # three types, two actions of ours


def test_later_moves_are_seen_but_not_types():
    tree = tree_of()
    later = {d.history for d in tree.decisions if d.period == 1}
    assert len(later) > 4
    for history in later:
        theirs = [d for d in tree.decisions if d.history == history and d.mover == 1]
        assert len(theirs) == 1


def test_only_legal_actions_and_real_choices_are_there():
    tree = tree_of()
    names = ("wait", "threaten", "bide")
    for decision in tree.decisions:
        if decision.mover == 0:
            assert {names[a] for a in decision.actions} == {"threaten", "bide"}
    assert all(len(node.actions) > 1 for node in tree.nodes if node.kind != "end")


def test_a_policy_moves_as_chance_does():
    tree = tree_of(policy="timid")
    assert not [d for d in tree.decisions if d.mover == 0]
    moves = [n for n in tree.nodes if n.label == "us, as its policy says"]
    assert moves
    assert all(n.odds == pytest.approx((0.25, 0.75)) for n in moves)
    assert all(n.actions == ("threaten", "bide") for n in moves)


def test_types_are_drawn_anew_without_what_cannot_be():
    tree = tree_of()
    drawn = [n for n in tree.nodes if n.label == "type of us"][1:]
    assert drawn
    assert {n.actions for n in drawn} == {("resolved", "mad")}
    assert tree.players == ["us", "them"]


def test_a_successor_is_another_player_where_the_succession_stops():
    tree = tree_of(BLUFF.replace("bluffing: 0}}", "bluffing: 0}}\n        succession: stops"))
    assert tree.players == ["us", "them", "us, successor 1"]
    late = [d for d in tree.decisions if d.player == 2]
    assert late
    assert all(d.period == 1 for d in late)
    ends = [n.pays for n in tree.nodes if n.kind == "end"]
    assert {len(pays) for pays in ends} == {2, 3}
    with_three = [pays for pays in ends if len(pays) == 3]
    # What the incumbent got in the first period: its type's interest, less the cost of a threat.
    assert {round(pays[0], 9) for pays in with_three} <= {1, 0.75, -1, -1.25, 0, -0.25, 3, 2.75}


def test_payoffs_are_discounted_and_add_up():
    tree = tree_of(policy="timid")
    ends = [n.pays for n in tree.nodes if n.kind == "end"]
    best = max(pays[0] for pays in ends)
    assert best == pytest.approx(3 + 0.5 * 3)  # mad, at war in both periods, without a threat
    assert any(pays[0] == pytest.approx(1 - 0.25 + 0.5 * (1 - 0)) for pays in ends)
    assert {pays[1] for pays in ends} == {0.0, 1.0, 2.0, 3.0}  # two peaces and the toll


def test_each_information_set_has_a_name_of_its_own():
    text = lines()
    named = [
        re.match(r'p "" (\d+) (\d+) ("[^"]*")', line).groups()
        for line in text
        if line.startswith("p ")
    ]
    by_name = {}
    for player, number, name in named:
        assert by_name.setdefault((player, name), number) == number
    assert len(set(named)) == len(by_name)


def test_a_game_from_arrays():
    game = Game.from_arrays(
        players=["row"],
        rationality=[1.0],
        discount=[0.5],
        periods=2,
        steps=[
            Move("row", np.array([[[0], [1]], [[1], [1]]]), np.ones((2, 2, 1)), ("stay", "go")),
            Chance("weather", np.array([[0, 1], [1, 1]]), np.array([[0.25, 0.75], [1, 0]])),
        ],
        flows=np.array([[1.0], [3.0]]),
    )
    tree = unroll(game, max_nodes=1000)
    assert len(tree.decisions) == 4
    ends = [n.pays[0] for n in tree.nodes if n.kind == "end"]
    assert set(ends) == {1.5, 2.5, 4.5}
    assert export_efg(game).startswith('EFG 2 R "arrays" { "row" }')


def test_a_game_that_ends_early_ends_the_tree_there():
    centipede = cm.compile(cm.load("centipede"))
    tree = unroll(centipede, max_nodes=100)
    assert [n.kind for n in tree.nodes] == ["move", "end"] * 4 + ["end"]
    assert [n.pays for n in tree.nodes if n.kind == "end"] == [
        (0.8, 0.2),
        (0.4, 1.6),
        (3.2, 0.8),
        (1.6, 6.4),
        (12.8, 3.2),
    ]


def test_a_tree_that_is_too_large_is_refused_before_or_while_it_grows():
    with pytest.raises(
        SizeLimitError, match=r"the tree of us-iraq-2020 has more than 100,000 nodes"
    ):
        export_efg(cm.compile(cm.load("us-iraq-2020")))
    game = cm.compile(loads(BLUFF))
    nodes = len(unroll(game, max_nodes=100_000).nodes)
    assert len(unroll(game, max_nodes=nodes).nodes) == nodes
    with pytest.raises(SizeLimitError, match=rf"more than {nodes - 1:,} nodes \(up to about"):
        unroll(game, max_nodes=nodes - 1)


@pytest.mark.parametrize("seed", range(8))
def test_the_estimate_is_no_less_than_the_tree(seed):
    for text in (
        invent_typed(seed, periods=1),
        invent(seed).replace('"periods": 3', '"periods": 1'),
    ):
        for policy in (None, *loads(text).policies):
            game = cm.compile(loads(text), policy=policy)
            assert len(unroll(game, max_nodes=100_000).nodes) <= estimate(game)


def test_a_game_without_an_end_is_refused():
    game = cm.compile(loads(invent_typed(3, forever=True)))
    with pytest.raises(InvalidRequest, match="goes on for ever, and a tree does not"):
        export_efg(game)


def test_what_is_no_game_is_refused():
    with pytest.raises(TypeError, match=r"countermove\.export_efg\(countermove\.compile"):
        export_efg(loads(BLUFF))
