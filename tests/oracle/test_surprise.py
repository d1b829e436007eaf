"""Policies met by surprised others, against every path of surprised play with true types."""

import pytest

from oracle.surprise import POLICIES, SurprisedTree, invent_policies, played_freely, reference, same
from oracle.surprise import met as met_by
from oracle.typed_cases import close
from oracle.typed_play import distance

SEEDS = [*range(200, 214), 215, 216, 218, 219, 226, 239]
# Two policies a scenario, and each policy with eight scenarios; slow/test_surprise.py has them all.
CASES = [(seed, POLICIES[(seed + i) % 5]) for seed in SEEDS for i in (0, 2)]


@pytest.mark.parametrize(("seed", "policy"), CASES)
def test_measures_are_what_every_path_comes_to(seed, policy):
    same(seed, policy)


@pytest.mark.parametrize("seed", range(240, 244))
def test_the_sharp_sighted(seed):
    same(seed, "partly", sharp=8.0, both=False, east=False)
    same(seed, "mixes", sharp=8.0, both=False, east=False)


@pytest.mark.parametrize("seed", SEEDS[:4])
def test_what_the_bound_expect_is_what_they_get(seed):
    # Values carried back at each type, against paths along which the points come as it reads them.
    its = reference(seed, "partly")
    for kind in range(its.tree.kinds["north"]):
        begun = [types for types in its.starts if types[0] == kind]
        shares = sum(its.starts[types] for types in begun)
        found = sum(its.payoffs("north").payoffs["north", types] for types in begun) / shares
        assert close(found, its.tree.type_payoffs["north", kind])


class Endless(SurprisedTree):
    """A game without end, cut off where what follows is discounted to nothing."""

    def is_last(self, period):
        return False

    def later(self, period, state, belief):
        if period == 36:  # discounts are a half at the most
            return dict.fromkeys(self.columns, 0.0)
        return self.value(period + 1, 0, state, belief)


@pytest.mark.parametrize("seed", [125, 126, 129])
def test_a_game_that_repeats_for_ever(seed):
    options = {"forever": True, "joint": seed % 2 == 0, "both": False, "east": False}
    tree, free = played_freely(seed, **options)
    found = met_by(seed, "mixes", **options)
    every = Endless(tree, "mixes")
    every.play = lambda again, period, *where: tree.play(again, 0, *where)
    assert found.status == "solved"
    for kind, name in enumerate(tree.scenario.player("north").types):
        wanted = every.type_payoffs["north", kind]
        assert close(found.measures[f"north_if_{name}"].value, wanted)
        its = free.type_payoffs["north", name]
        assert abs(wanted - its) > 1e-6, "the policy makes no difference"


def test_the_scenarios_are_worth_the_trouble():
    # Were the generator to stop using a feature, the tests above would go on passing.
    texts = [invent_policies(seed) for seed in SEEDS]
    for word in ('"redraw"', '"stops"', '"continues"', '"odd"', '"firm"', '"east"', '"ends"'):
        assert sum(word in text for text in texts) >= len(texts) // 6, word
    trees = {seed: played_freely(seed)[0] for seed in SEEDS}
    joint = [any(s.kind == "joint" for s in t.scenario.order) for t in trees.values()]
    assert sum(joint) > len(trees) // 4
    moved, apart, learnt = 0, 0, 0
    for seed, policy in CASES:
        _, free = played_freely(seed)
        found, its = met_by(seed, policy), reference(seed, policy)
        common = [n for n, m in found.measures.items() if m.value == m.value and "if" not in n]
        worst = max(abs(found.measures[n].value - free.measures[n].value) for n in common)
        moved += worst > 0.01
        plays, free_plays = its.tree.plays, its.tree.read_by
        apart += any(
            distance([s[:1]], [s[1:2]]) > 0.01
            for where, sigmas in plays.items()
            for s, free_s in zip(sigmas, free_plays[where], strict=True)
            if len(s) > 1 and s is not free_s
        )
        # What types get between belief points is not what the truth makes of the same points.
        measure = its.tree.scenario.measures["payoff_north"]
        learnt += abs(its.measured(measure) - its.counts.measured(measure)) > 1e-6
    assert moved > len(CASES) * 3 // 4  # policies matter
    assert apart > len(CASES) // 4  # the bound choose by their type where they are free to
    assert learnt > len(CASES) // 4
