"""Draws of parameters that make no game: found as ``compile`` finds them, and only where they are.

``Game.replace`` looks quickly (``sound``) and, where that tells too little, as closely as compile.
"""

import json
import random

import pytest

from countermove.errors import InvalidRequest, ScenarioError
from countermove.game import compile as compile_game
from countermove.game.faults import inspect
from countermove.game.game import _rules
from countermove.game.sound import is_sound
from countermove.game.world import ScenarioWorld
from countermove.language import loads
from oracle.invent import invent
from oracle.typed_invent import invent_typed

HOST = {"wait": {}, "stoke": {"effects": [{"heat": 1}]}}


def scenario(host=None, **changes):
    """Four periods, in which heat may rise to 3; faults come where ``much`` is 2."""
    about = {
        "scenario": "small",
        "title": "Small",
        "calendar": {"periods": 4},
        "state": {
            "heat": {"levels": "0..3", "start": 0},
            "mood": {"levels": ["calm", "angry"], "start": "calm"},
        },
        "parameters": {"much": {"value": 0.5, "range": [0, 2], "assumption": True}},
        "players": {
            "host": {
                "rationality": 1,
                "interests": {"cool": "-heat"},
                "actions": HOST,
                **(host or {}),
            },
            "guest": {
                "rationality": 1,
                "interests": {"warm": "heat + much"},
                "actions": {"sit": {}, "shout": {"effects": [{"mood": "angry"}]}},
            },
        },
        "events": {"cooling": {"effects": [{"heat": -1, "probability": 0.5}]}},
    }
    return loads(json.dumps({**about, **changes}, indent=1))


def cooling(**about):
    return {"events": {"cooling": about}}


def falling(odds):
    return cooling(effects=[{"heat": -1, "probability": odds}])


def policy(*rules):
    return {"policies": {"ruled": {"player": "host", "rules": list(rules)}}}


GUARDED = {
    "wait": {"when": "heat + much < 3.6"},
    "stoke": {**HOST["stoke"], "when": "heat < 3"},
}
SHARES = {"firm": "0.6 * much", "soft": "rest"}
FAULTS = {
    "odds": ("CM100", falling("much * heat / 3")),
    "odds of an action": (
        "CM100",
        {
            "host": {
                "actions": {"wait": {}, "stoke": {"effects": [{"heat": 1, "probability": "much"}]}}
            }
        },
    ),
    "outcomes": (
        "CM101",
        cooling(
            outcomes=[
                {"probability": 0.4, "effects": [{"heat": -1}]},
                {"probability": "much * heat / 6", "effects": [{"mood": "calm"}]},
            ]
        ),
    ),
    "odds in the last period alone": ("CM100", falling("much * (period == 3)")),
    "odds in the second period alone": ("CM100", falling("much * (period == 1) * heat / 2")),
    "a payoff": ("CM103", {"host": {"interests": {"odd": "log(1.75 - much) * heat"}}}),
    "a last payoff": ("CM103", {"host": {"final": {"odd": "1 / (2 - much + (heat < 2))"}}}),
    "a cost": (
        "CM103",
        {"host": {"actions": {"wait": {}, "stoke": {**HOST["stoke"], "costs": "1 / (2 - much)"}}}},
    ),
    "an event's cost": (
        "CM103",
        cooling(effects=[{"heat": -1}], costs={"host": "log(2 - much) * (heat > 1)"}),
    ),
    "no action": ("CM102", {"host": {"actions": GUARDED}}),
    "no action in the end": (
        "CM102",
        {
            "host": {
                "actions": {"wait": {"when": "much * period < 5"}, "stoke": {"when": "period < 3"}}
            }
        },
    ),
    "a guard": ("CM112", cooling(effects=[{"heat": -1}], when="log(1.75 - much)")),
    "an end": ("CM112", {"ends": "sqrt(1.75 - much) - 3 * (heat == 3)"}),
    "a mixture": (
        "CM111",
        policy({"when": "heat == 2", "play": {"wait": "much + 0 * heat", "stoke": 0.5}}),
    ),
    "a late mixture": (
        "CM111",
        policy({"play": {"wait": "0.5 + (much - 0.5) * (period == 3)", "stoke": 0.5}}),
    ),
    "a share below nothing": (
        "CM111",
        policy({"play": {"wait": "much + 0 * heat", "stoke": "rest"}}),
    ),
    "a rule": (
        "CM107",
        {
            "host": {"actions": {"wait": {}, "stoke": {**HOST["stoke"], "when": "heat < 3"}}},
            **policy({"when": "heat + much > 4", "forbid": ["wait"]}),
        },
    ),
    "a prior": ("CM114", {"host": {"types": SHARES}}),
    "a redraw": (
        "CM114",
        {
            "host": {"types": {"firm": 0.5, "soft": "rest"}},
            "events": {"vote": {"redraw": {"host": SHARES}}},
        },
    ),
    "rationality": ("CM108", {"host": {"rationality": "2 - 1.5 * much"}}),
    "a discount": ("CM108", {"host": {"discount": "much / 1.5"}}),
}


def told(caught):
    return [
        (f.code, f.message, f.location, f.text, f.path, f.expected)
        for f in caught.value.diagnostics
    ]


@pytest.mark.parametrize("which", FAULTS)
def test_a_draw_is_faulted_as_compile_would(which):
    code, changes = FAULTS[which]
    fine = scenario(**changes)
    ruled = "ruled" if fine.policies else None
    game = compile_game(fine, policy=ruled)
    with pytest.raises(ScenarioError) as caught:
        game.replace(parameters={"much": 2})
    assert {f.code for f in caught.value.diagnostics} == {code}
    found = told(caught)
    with pytest.raises(ScenarioError) as caught:
        compile_game(fine, policy=ruled, set={"much": 2})
    assert found == told(caught)
    # What is fine is let through, and quickly: no path to a state is looked for.
    assert is_sound(game.world)
    assert game.replace(parameters={"much": 0.5}).parameters == {"much": 0.5}


@pytest.mark.parametrize("which", [n for n, (_, c) in FAULTS.items() if "policies" in c])
def test_a_policy_is_faulted_where_it_is_in_force(which):
    code, changes = FAULTS[which]
    game = compile_game(scenario(**changes, views={"wild": {"set": {"much": 2}}}))
    assert game.replace(parameters={"much": 2}).parameters == {"much": 2}
    assert game.under(view="wild", policy=None).parameters == {"much": 2}
    assert game.under(view=None, policy="ruled").policy == "ruled"
    with pytest.raises(ScenarioError, match=f"{code}: under view 'wild', "):
        game.under(view="wild", policy="ruled")


def test_a_late_fault_tells_the_way_there():
    _, changes = FAULTS["odds in the last period alone"]
    with pytest.raises(ScenarioError) as caught:
        compile_game(scenario(**changes)).replace(parameters={"much": 2})
    (fault,) = caught.value.diagnostics
    assert "is 2, with heat" in fault.message
    assert fault.path[-1].startswith("4 ")


def test_a_fault_under_a_view_is_said_to_be():
    views = {"views": {"wild": {"set": {"much": 2}}}}
    game = compile_game(scenario(**falling("much * heat / 3"), **views))
    with pytest.raises(
        ScenarioError, match="CM100: under view 'wild', the probability of"
    ) as caught:
        game.under(view="wild", policy=None)
    found = told(caught)
    with pytest.raises(ScenarioError) as caught:
        compile_game(game.scenario, view="wild")
    assert found == told(caught)


GATE = {
    "state": {
        "heat": {"levels": "0..3", "start": 0},
        "gate": {"levels": ["shut", "open"], "start": "shut"},
    },
    "parameters": {
        "much": {"value": 0.5, "range": [0, 2], "assumption": True},
        "key": {"value": 0.5, "range": [0, 1], "assumption": True},
    },
    "players": {
        "host": {
            "rationality": 1,
            "interests": {"cool": "-heat + 0 * log(1.75 - much * (gate == open))"},
            "actions": HOST,
        },
        "guest": {
            "rationality": 1,
            "interests": {"warm": "heat"},
            "actions": {
                "sit": {"when": "gate == shut or much < 2"},
                "knock": {"when": "gate == shut"},
            },
        },
    },
    "events": {
        "turning": {"effects": [{"gate": "open", "probability": "key"}]},
        "cooling": {"effects": [{"heat": -1, "probability": "where(gate == open, much, 0.5)"}]},
    },
    "order": ["host", "guest", "turning", "cooling"],
    "policies": {
        "ruled": {
            "player": "host",
            "rules": [{"when": "gate == open", "play": {"wait": "much", "stoke": 0.5}}],
        }
    },
}


@pytest.mark.parametrize("ruled", [None, "ruled"])
def test_states_that_no_play_reaches_do_not_count(ruled):
    game = compile_game(scenario(**GATE), policy=ruled)
    shut = game.replace(parameters={"much": 2, "key": 0})
    assert not is_sound(shut.world)  # which looks at every state
    assert shut.parameters == {"much": 2, "key": 0}
    with pytest.raises(ScenarioError) as caught:
        game.replace(parameters={"much": 2, "key": 0.001})
    codes = {"CM100", "CM102", "CM103"} | ({"CM111"} if ruled else set())
    assert {f.code for f in caught.value.diagnostics} == codes


def test_time_may_keep_all_away():
    # By the last period nobody is left to move: the guard, not the menu, counts.
    actions = {"wait": {"when": "much * period < 5"}, "stoke": {"when": "period < 3"}}
    guarded = scenario(
        host={"actions": actions},
        order=[{"step": "host", "when": "period < 3"}, "guest", "cooling"],
    )
    game = compile_game(guarded).replace(parameters={"much": 2})
    inspect(game.world, None, None)


def test_a_draw_refused_leaves_the_game_as_it_was():
    game = compile_game(scenario(**falling("much * heat / 3")))
    with pytest.raises(ScenarioError):
        game.replace(parameters={"much": 2})
    assert game.parameters == {"much": 0.5}
    assert is_sound(game.world)
    with pytest.raises(InvalidRequest, match=r"'much' was compiled for 0 to 2, not 2\.5"):
        game.replace(parameters={"much": 2.5})


# -- at random -----------------------------------------------------------------------------------


def drawn(game, seed):
    draw = random.Random(seed)
    found = {}
    for name in game.parameters:
        low, high = (-1.0, 4.0) if name == "sharp" else (-0.1, 1.2)
        found[name] = draw.choice([draw.uniform(low, high), draw.uniform(0.1, 0.4)])
    return found


def outcome(do):
    try:
        do()
    except ScenarioError as error:
        return [(f.code, f.message, f.location, f.path) for f in error.diagnostics]
    return []


SEEDS = range(20)


@pytest.mark.parametrize("make", [invent, invent_typed])
def test_what_is_sound_has_no_fault(make):
    counted, codes = dict.fromkeys(("sound", "faulted", "cleared"), 0), set()
    for seed in SEEDS:
        about = json.loads(make(seed))
        for name, parameter in about["parameters"].items():
            parameter["range"] = [-1, 4] if name == "sharp" else [-0.1, 1.2]
        wide = loads(json.dumps(about))
        game = compile_game(wide)
        for policy in (None, *wide.policies):
            chosen = wide.policies.get(policy)
            for again in range(3):
                values = {**game.parameters, **drawn(game, 100 * seed + again)}
                world = ScenarioWorld(game.structure, values, rules=_rules(game.structure, chosen))
                sound = is_sound(world)
                faults = outcome(lambda w=world, c=chosen: inspect(w, c, None))
                assert not (sound and faults), (seed, policy, values, faults)
                counted["sound"] += sound
                counted["faulted"] += bool(faults)
                counted["cleared"] += not (sound or faults)
                codes |= {fault[0] for fault in faults}
    # Were draws all alike, nothing would be tried.
    assert min(counted["sound"], counted["faulted"]) > 20, counted
    assert counted["cleared"] > 0, counted
    assert codes >= {"CM100"}, codes


@pytest.mark.parametrize("seed", range(12))
def test_replace_and_compile_agree(seed):
    about = json.loads(invent(seed))
    for name, parameter in about["parameters"].items():
        parameter["range"] = [-1, 4] if name == "sharp" else [-0.1, 1.2]
    wide = loads(json.dumps(about))
    for policy in (None, "mixed"):
        game = compile_game(wide).under(view=None, policy=policy)
        for again in range(3):
            values = drawn(game, 1000 * seed + again)
            quick = outcome(lambda g=game, v=values: g.replace(parameters=v))
            assert quick == outcome(lambda v=values, p=policy: compile_game(wide, policy=p, set=v))
