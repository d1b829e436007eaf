"""What must not matter to a game does not: names, orders, units, constants, the way it is set."""

import json
import random
import re

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from countermove.errors import ScenarioError
from countermove.game import compile as compile_game
from countermove.language import loads
from countermove.solve import solve
from oracle.invent import Inventor, invent

EXACT = 1e-9
SEEDS = st.integers(1_000, 9_999)
small = settings(
    max_examples=12, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)


def solved(about, **options):
    return solve(compile_game(loads(json.dumps(about)), **options))


def values(solution):
    return {name: m.value for name, m in solution.measures.items()}


def same(found, wanted):
    assert set(found) == set(wanted)
    for name, value in wanted.items():
        assert found[name] == pytest.approx(value, abs=EXACT, rel=EXACT, nan_ok=True), name


def renamed(about, names):
    """The scenario with words replaced, in keys and expressions alike."""
    pattern = "|".join(rf"\b{old}\b" for old in names)
    return json.loads(re.sub(pattern, lambda found: names[found[0]], json.dumps(about)))


@small
@given(SEEDS)
def test_names_do_not_matter(seed):
    about = Inventor(seed).scenario()
    names = {
        "ladder": "zeal",
        "light": "aura",
        "count": "b_count",
        "dark": "yonder",
        "lit": "hither",
        "north": "zulu",
        "south": "alpha",
        "push": "a_push",
        "wait": "z_wait",
        "act": "b_act",
        "drift": "y_drift",
        "slip": "q_slip",
    }
    one, other = solved(about), solved(renamed(about, names))
    same(other.payoffs, {names.get(p, p): v for p, v in one.payoffs.items()})
    same(values(other), values(one))
    assert other.game.n_states == one.game.n_states


@small
@given(SEEDS, st.randoms(use_true_random=False))
def test_the_order_of_unordered_levels_variables_and_players_does_not_matter(seed, draw):
    about = Inventor(seed).scenario()
    for section in ("state", "players", "events", "measures"):
        entries = list(about[section].items())
        draw.shuffle(entries)
        about[section] = dict(entries)
    # ``light`` carries no numbers: which of its levels comes first is of no account.
    about["state"]["light"]["levels"] = ["lit", "dark"]
    one, other = solve(compile_game(loads(invent(seed)))), solved(about)
    same(other.payoffs, one.payoffs)
    same(values(other), values(one))
    assert other.game.n_states == one.game.n_states
    forward, again = one.forward(), other.forward()
    for level in ("dark", "lit"):
        wanted = forward.fans["light"].sel(level=level).to_numpy()
        assert again.fans["light"].sel(level=level).to_numpy() == pytest.approx(wanted, abs=EXACT)


@small
@given(SEEDS, st.randoms(use_true_random=False))
def test_the_order_of_actions_does_not_matter(seed, draw):
    about = Inventor(seed).scenario()
    for player in about["players"].values():
        entries = list(player["actions"].items())
        draw.shuffle(entries)
        player["actions"] = dict(entries)
    one, other = solve(compile_game(loads(invent(seed)))), solved(about)
    same(other.payoffs, one.payoffs)
    same(values(other), values(one))
    for label, strategy in one.strategies.items():
        start = strategy.isel(period=0, state=one.game.start)
        again = other.strategies[label].isel(period=0, state=other.game.start)
        for action in strategy["action"].to_numpy():
            wanted = float(start.sel(action=action))
            found = float(again.sel(action=action))
            assert found == pytest.approx(wanted, abs=EXACT, nan_ok=True)


def scaled(about, factor):
    """Every payoff and cost times a factor, every rationality divided by it."""
    found = json.loads(json.dumps(about))

    def costs(holder):
        given_ = holder.get("costs")
        if isinstance(given_, dict):
            holder["costs"] = {who: f"{factor} * ({cost})" for who, cost in given_.items()}
        elif given_ is not None:
            holder["costs"] = factor * given_
        for effect in holder.get("effects", []):
            for outcome in effect.get("outcomes", []):
                costs(outcome)
        for outcome in holder.get("outcomes", []):
            costs(outcome)

    for player in found["players"].values():
        player["rationality"] = f"({player['rationality']}) / {factor}"
        for kind in ("interests", "final"):
            player[kind] = {n: f"{factor} * ({x})" for n, x in player[kind].items()}
        for action in player["actions"].values():
            costs(action)
    for event in found["events"].values():
        costs(event)
    return found


@small
@given(SEEDS, st.sampled_from([0.125, 2.0, 8.0]))
def test_the_unit_of_payoffs_does_not_matter(seed, factor):
    about = Inventor(seed).scenario()
    one, other = solved(about), solved(scaled(about, factor))
    same(other.payoffs, {p: factor * v for p, v in one.payoffs.items()})
    wanted = values(one)
    wanted["gets"] *= factor
    same(values(other), wanted)


@small
@given(SEEDS, st.sampled_from(["north", "south"]), st.floats(-50, 50))
def test_a_constant_at_the_end_does_not_matter(seed, player, constant):
    inventor = Inventor(seed, ends=False)
    about = inventor.scenario()
    one = solved(about)
    about["players"][player]["final"]["more"] = round(constant, 3)
    other = solved(about)
    wanted = values(one)
    found = values(other)
    del wanted["gets"], found["gets"]
    same(found, wanted)
    discount = about["players"][player]["discount"]
    gain = round(constant, 3) * discount ** (about["calendar"]["periods"] - 1)
    same(other.payoffs, {p: v + gain * (p == player) for p, v in one.payoffs.items()})


@small
@given(SEEDS)
def test_probabilities_sum_to_one(seed):
    solution = solve(compile_game(loads(invent(seed))))
    for strategy in solution.strategies.values():
        numbers = strategy.to_numpy()
        moves = np.isfinite(numbers).any(axis=2)
        assert numbers[moves].sum(axis=1) == pytest.approx(1.0, abs=1e-12)
        assert (numbers[moves] >= 0).all()
    forward = solution.forward()
    assert forward.mass.sum(axis=1) == pytest.approx(1.0, abs=1e-12)
    for fan in forward.fans.values():
        assert fan.sum("level").to_numpy() == pytest.approx(1.0, abs=1e-12)
    for label, moves in forward.moves.items():
        assert forward.actions[label].sum("action").to_numpy() == pytest.approx(moves.to_numpy())
        assert (moves <= 1 + 1e-12).all()
    for result in solution.measures.values():
        if result.is_probability and np.isfinite(result.value):
            assert -1e-12 <= result.value <= 1 + 1e-12
    for period in range(3):
        for step in solution.game.world.at(period).steps:
            arrays = step.arrays
            sums = np.add.reduceat(np.append(arrays.odds, 0.0), arrays.pointer[:-1])
            sums[np.diff(arrays.pointer) == 0] = 0.0
            sums = sums.reshape(arrays.legal.shape)[arrays.moving]
            assert sums[arrays.legal[arrays.moving] != 0] == pytest.approx(1.0, abs=1e-12)


@small
@given(SEEDS, st.floats(0.1, 4))
def test_a_replaced_rationality_is_a_fresh_one(seed, factor):
    scenario = loads(invent(seed))
    game = compile_game(scenario)
    before = solve(game)
    replaced = solve(game.replace(rationality_factor=factor))
    fresh = solve(compile_game(scenario, rationality_factor=factor))
    assert replaced.payoffs == fresh.payoffs
    assert values(replaced) == pytest.approx(values(fresh), nan_ok=True, rel=0, abs=0)
    # The game it came from is as it was.
    assert solve(game).payoffs == before.payoffs
    by_hand = Inventor(seed).scenario()
    for player in by_hand["players"].values():
        player["rationality"] = f"{factor!r} * ({player['rationality']})"
    same(solved(by_hand).payoffs, fresh.payoffs)


@small
@given(SEEDS, st.floats(0, 0.5), st.floats(1, 4))
def test_a_parameter_can_be_set_in_four_ways(seed, slip, sharp):
    about = Inventor(seed).scenario()
    plain = loads(json.dumps(about))
    by_set = solve(compile_game(plain, set={"slip": slip, "sharp": sharp}))
    replaced = solve(compile_game(plain).replace(parameters={"slip": slip, "sharp": sharp}))
    about["views"] = {"other": {"set": {"slip": slip, "sharp": sharp}}}
    by_view = solved(about, view="other")
    about["parameters"]["slip"]["value"] = slip
    about["parameters"]["sharp"]["value"] = sharp
    edited = solved(about)
    for other in (replaced, by_view, edited):
        same(other.payoffs, by_set.payoffs)
        same(values(other), values(by_set))
        assert other.game.parameters == by_set.game.parameters


@small
@given(SEEDS)
def test_time_that_is_spelt_out_changes_nothing(seed):
    # The same scenario told so that time seems to enter everywhere.
    about = Inventor(seed, timed=False).scenario()
    one = solved(about)
    for player in about["players"].values():
        player["interests"] = {n: f"{x} + 0 * period" for n, x in player["interests"].items()}
        for action in player["actions"].values():
            if "when" in action:
                action["when"] = f"({action['when']}) and period >= 0"
    for step in about["order"]:
        if isinstance(step, dict):
            step["when"] = f"({step['when']}) and period < 99"
    if "ends" in about:
        about["ends"] = f"({about['ends']}) and period < 99"
    other = solved(about)
    same(other.payoffs, one.payoffs)
    same(values(other), values(one))


@small
@given(st.integers(0, 10_000))
def test_no_legal_action_is_the_only_fault(seed):
    # Guards on every action: a game is either refused with a path, or solved.
    about = Inventor(seed).scenario()
    draw = random.Random(seed)
    for action in about["players"]["north"]["actions"].values():
        action.pop("otherwise", None)
        action["when"] = draw.choice(["ladder != high", "count < 2", "light == dark"])
    scenario = loads(json.dumps(about))
    try:
        assert solve(compile_game(scenario)).status == "solved"
    except ScenarioError as error:
        (fault,) = error.diagnostics
        assert fault.code == "CM102"
        assert "'north' is to move and has no legal action" in fault.message
