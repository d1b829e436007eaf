"""What must not matter to a game with private types does not: names, orders, units, mere labels."""

import json
import re

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from countermove.game import compile as compile_game
from countermove.language import loads
from countermove.solve import solve
from oracle.typed_invent import TYPES, TypedInventor

EXACT = 1e-9
SEEDS = st.integers(1_000, 9_999)
small = settings(
    max_examples=10, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)


def invented(seed, **options):
    return TypedInventor(seed, **options).scenario()


def solved(about):
    solution = solve(compile_game(loads(json.dumps(about))))
    assert solution.status == "solved"
    return solution


def values(solution):
    return {name: m.value for name, m in solution.measures.items()}


def same(found, wanted):
    assert set(found) == set(wanted)
    for name, value in wanted.items():
        assert found[name] == pytest.approx(value, abs=EXACT, rel=EXACT, nan_ok=True), name


def alike(other, one):
    same(other.payoffs, one.payoffs)
    same(other.type_payoffs, one.type_payoffs)
    same(values(other), values(one))
    assert other.game.n_states == one.game.n_states


@small
@given(SEEDS)
def test_names_do_not_matter(seed):
    about = invented(seed)
    names = {
        "north": "zulu",
        "south": "alpha",
        "keen": "z_keen",
        "meek": "a_meek",
        "firm": "x_firm",
        "push": "a_push",
        "wait": "z_wait",
        "heat": "warmth",
        "vote": "ballot",
    }
    words = "|".join(rf"\b{old}\b" for old in names)
    text = re.sub(words, lambda found: names[found[0]], json.dumps(about))
    one, other = solved(about), solved(json.loads(text))
    same(other.payoffs, {names.get(p, p): v for p, v in one.payoffs.items()})
    wanted = {
        (names.get(p, p), names.get(kind, kind)): v for (p, kind), v in one.type_payoffs.items()
    }
    same(other.type_payoffs, wanted)
    same(values(other), values(one))


@small
@given(SEEDS, st.randoms(use_true_random=False))
def test_the_order_of_players_actions_and_events_does_not_matter(seed, draw):
    one, about = solved(invented(seed)), invented(seed)
    sections = [about["players"], about["events"], about["measures"]]
    sections += [player["actions"] for player in about["players"].values()]
    for section in sections:
        entries = list(section.items())
        draw.shuffle(entries)
        section.clear()
        section.update(entries)
    alike(solved(about), one)


@small
@given(SEEDS)
def test_the_order_of_two_types_does_not_matter(seed):
    # Of three it may, a little: their triangles lie otherwise.
    one, about = solved(invented(seed, three=False)), invented(seed, three=False)
    for player in about["players"].values():
        if "types" in player:
            player["types"] = dict(reversed(player["types"].items()))
    alike(solved(about), one)


def scaled(thing, factor):
    """A payoff or a cost, perhaps a table of them, times a factor."""
    if isinstance(thing, dict):
        return {k: v if k == "by" else scaled(v, factor) for k, v in thing.items()}
    return f"{factor} * ({thing})"


def in_units(about, factor):
    """Every payoff and cost times a factor, every rationality divided by it."""
    if isinstance(about, list):
        return [in_units(part, factor) for part in about]
    if not isinstance(about, dict):
        return about
    found = {}
    for key, part in about.items():
        if key in ("costs", "interests", "final"):
            found[key] = {name: scaled(x, factor) for name, x in part.items()}
        elif key == "rationality":
            found[key] = part / factor
        else:
            found[key] = in_units(part, factor)
    return found


@small
@given(SEEDS, st.sampled_from([0.125, 2.0, 8.0]))
def test_the_unit_of_payoffs_does_not_matter(seed, factor):
    about = invented(seed)
    one, other = solved(about), solved(in_units(about, factor))
    same(other.payoffs, {p: factor * v for p, v in one.payoffs.items()})
    same(other.type_payoffs, {k: factor * v for k, v in one.type_payoffs.items()})
    gets = {name for name in about["measures"] if name.startswith("gets")}
    same(values(other), {n: v * (factor if n in gets else 1) for n, v in values(one).items()})


def without_types(about):
    """The scenario as if nobody had a type, and without the measures that ask about one."""
    players = {
        name: {k: v for k, v in player.items() if k not in ("types", "belief_points")}
        for name, player in about["players"].items()
    }
    measures = {
        name: m
        for name, m in about["measures"].items()
        if "type(" not in json.dumps(m) and "belief(" not in json.dumps(m)
    }
    return about | {"players": players, "measures": measures}


@small
@given(SEEDS)
def test_types_that_are_but_names_do_not_matter(seed):
    about = invented(seed, plain=True)
    typed, untyped = solved(about), solved(without_types(about))
    same(typed.payoffs, untyped.payoffs)
    found = values(typed)
    same({name: found[name] for name in untyped.measures}, values(untyped))
    for (player, _), value in typed.type_payoffs.items():
        assert value == pytest.approx(untyped.payoffs[player], abs=EXACT, rel=EXACT)
    for name, given_ in ((n, n.split("_if_")) for n in found if "_if_" in n):
        assert found[name] == pytest.approx(found[given_[0]], abs=EXACT, rel=EXACT, nan_ok=True)
    for label, strategy in untyped.strategies.items():
        wide = typed.strategies[label].to_numpy()
        narrow = strategy.to_numpy()
        narrow = narrow.reshape(*narrow.shape[:2], *[1] * (wide.ndim - 3), narrow.shape[2])
        assert wide == pytest.approx(np.broadcast_to(narrow, wide.shape), abs=EXACT, nan_ok=True)


def known(part, kinds):
    """Payoffs and costs as they are if each player's type is the one that is told."""
    if isinstance(part, list):
        return [known(one, kinds) for one in part]
    if isinstance(part, str):
        names = {kind: kind in kinds.values() for every in TYPES.values() for kind in every}
        return re.sub(r"type(\(\w+\))? == (\w+)", lambda m: f"{int(names[m[2]])} == 1", part)
    if not isinstance(part, dict):
        return part
    if str(part.get("by", "")).startswith("type"):
        chosen = next((kind for kind in kinds.values() if kind in part), "otherwise")
        return known(part[chosen], kinds)
    return {key: known(one, kinds) for key, one in part.items()}


@small
@given(SEEDS)
def test_a_type_that_is_certain_is_no_type(seed):
    about = invented(seed, redraws=False)
    kinds = {}
    for name, player in about["players"].items():
        if "types" in player:
            kinds[name] = list(player["types"])[seed % len(player["types"])]
            player["types"] = {kind: int(kind == kinds[name]) for kind in player["types"]}
    typed = solved(about)
    untyped = solved(known(without_types(about), kinds))
    same(typed.payoffs, untyped.payoffs)
    for name, kind in kinds.items():
        value = typed.type_payoffs[name, kind]
        assert value == pytest.approx(untyped.payoffs[name], abs=EXACT, rel=EXACT)
    found = values(typed)
    same({name: found[name] for name in untyped.measures}, values(untyped))


@small
@given(SEEDS)
def test_types_drawn_at_once_from_the_prior_are_those_there_are(seed):
    about = invented(seed)
    one = solved(about)
    about["events"]["birth"] = {
        "redraw": {n: p["types"] for n, p in about["players"].items() if "types" in p}
    }
    about["order"].insert(0, {"step": "birth", "when": "period == 0"})
    other = solved(about)
    same(other.payoffs, one.payoffs)
    # Who was there before has no part in it any more, whoever it was.
    for (player, _), value in other.type_payoffs.items():
        assert value == pytest.approx(one.payoffs[player], abs=EXACT, rel=EXACT)
    wanted = {
        name: values(one)[name.split("_if_")[0]] if "_if_" in name else value
        for name, value in values(one).items()
    }
    found = values(other)
    # What a player with types gets is read between belief points as it reads it, or as others do.
    for name in [n for n in wanted if n.startswith("gets_if")]:
        del found[name], wanted[name]
    same(found, wanted)


@small
@given(SEEDS)
def test_probabilities_sum_to_one_and_beliefs_are_martingales(seed):
    about = invented(seed, redraws=False)
    solution = solved(about)
    forward, beliefs = solution.forward(), solution.game.world.beliefs
    assert forward.mass.sum(axis=1) == pytest.approx(1.0, abs=1e-12)
    for label, strategy in solution.strategies.items():
        sums = strategy.sum("action", skipna=False).to_numpy()
        assert sums[~np.isnan(sums)] == pytest.approx(1.0, abs=1e-12)
        assert forward.actions[label].sum("action").to_numpy() == pytest.approx(
            forward.moves[label].to_numpy(), abs=1e-12
        )
    for axis in beliefs.axes:
        mean = forward.beliefs[axis.player].to_numpy() @ axis.points
        assert mean == pytest.approx(np.tile(axis.points[axis.prior], (len(mean), 1)), abs=1e-12)
