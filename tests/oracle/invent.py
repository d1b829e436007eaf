"""Small random scenarios that use everything the language has, as text; the seed decides."""

from __future__ import annotations

import json
import random

LEVELS = {"ladder": ["low", "mid", "high"], "light": ["dark", "lit"], "count": ["0", "1", "2"]}
ACTIONS = {"north": ["wait", "push", "pull"], "south": ["wait", "bide", "act"]}


class Inventor:
    """Draws the pieces of one scenario."""

    def __init__(self, seed: int, *, timed: bool = True, ends: bool | None = None) -> None:
        self.draw = random.Random(seed)
        self.timed = timed
        self.ends = ends

    def pick(self, *options):
        return self.draw.choice(options)

    def chance(self, share: float) -> bool:
        return self.draw.random() < share

    # -- expressions -----------------------------------------------------------------------------

    def condition(self, *, last: bool = True, depth: int = 1) -> str:
        simple = [
            f"ladder == {self.pick('low', 'mid', 'high')}",
            f"ladder >= {self.pick('mid', 'high')}",
            f"light == {self.pick('lit', 'dark')}",
            f"count > {self.pick(0, 1)}",
            f"count + (light == lit) == {self.pick(1, 2)}",
        ]
        if last:
            player = self.pick("north", "south")
            action = self.pick("nothing", *ACTIONS[player])
            simple += [f"last({player}) == {action}"]
        if self.timed:
            simple += [f"period == {self.pick(0, 1, 2)}", f"period < {self.pick(1, 2)}"]
        if depth and self.chance(0.3):
            joint = self.pick("and", "or")
            inner = [self.condition(last=last, depth=0) for _ in range(2)]
            return f"({inner[0]}) {joint} ({inner[1]})"
        if self.chance(0.15):
            return f"not ({self.pick(*simple)})"
        return self.pick(*simple)

    def odds(self, most: int = 8):
        """A probability of at most ``most`` eighths."""
        k = self.draw.randint(1, most)
        options = [
            k / 8,
            f"{k / 8} * ({self.condition()})",
            f"where({self.condition()}, {k / 8}, {self.draw.randint(0, most) / 8})",
            f"{k / 16} * (count + 0) / 2 + {k / 16}",
            {"by": "light", "dark": k / 8, "lit": self.draw.randint(0, most) / 8},
        ]
        if most == 8:
            options += ["slip", "slip * (ladder != low)"]
        if self.timed:
            options += [f"min({k / 8}, 0.125 * (period + 1))", f"{k / 8} * (period > 0)"]
        return self.pick(*options)

    def worth(self, *, last: bool = True) -> str:
        scale = self.draw.randint(-8, 8) / 4
        options = [
            f"{scale} * ({self.condition(last=last)})",
            f"{scale} * count",
            f"{scale} * ladder / 2",
            f"weight * (light == lit) - {scale} * (count == 2)",
        ]
        if self.timed:
            options.append(f"{scale} * period * (ladder == high)")
        return self.pick(*options)

    # -- effects ---------------------------------------------------------------------------------

    def effect(self) -> dict:
        variable = self.pick("ladder", "ladder", "light", "count")
        if variable == "light" or self.chance(0.3):
            effect = {variable: self.pick(*LEVELS[variable])}
            if variable == "count":
                effect = {"light": "lit"}
        else:
            effect = {variable: self.pick(-1, 1, 1, 2)}
        if self.chance(0.6):
            effect["probability"] = self.odds()
        if self.chance(0.3):
            effect["when"] = self.condition()
        return effect

    def outcomes(self) -> dict:
        first = {"probability": self.odds(3), "effects": self.effects(2, plain=True)}
        second = {"probability": self.odds(4), "effects": self.effects(1, plain=True)}
        if self.chance(0.6):
            first["costs"] = {self.pick("north", "south"): self.worth()}
        if self.chance(0.4):
            second["costs"] = {"north": 0.25, "south": self.worth()}
        if self.chance(0.2):
            del second["effects"]
            second["costs"] = {"south": 0.5}
        group = {"outcomes": [first, second]}
        if self.chance(0.4):
            group["when"] = self.condition()
        return group

    def effects(self, most: int, *, plain: bool = False) -> list:
        found = [self.effect() for _ in range(self.draw.randint(1, most))]
        if not plain and self.chance(0.5):
            found.insert(self.draw.randint(0, len(found)), self.outcomes())
        return found

    # -- the whole -------------------------------------------------------------------------------

    def player(self, name: str) -> dict:
        actions = {}
        for i, action in enumerate(ACTIONS[name]):
            about = {}
            if i:
                about["effects"] = self.effects(2)
                if action != "bide" and self.chance(0.6):
                    about["when"] = self.condition()
            elif name == "north" and self.chance(0.3):
                about["otherwise"] = True
            if self.chance(0.5):
                who = self.pick("north", "south")
                about["costs"] = self.pick(0.25, {who: self.worth()})
            actions[action] = about
        return {
            "rationality": self.pick(0.5, 2, "sharp"),
            "discount": self.pick(1, 0.5, 0.9),
            "interests": {"one": self.worth(), "two": self.worth()},
            "final": {"end": self.worth(last=False)},
            "actions": actions,
        }

    def event(self, *, grouped: bool) -> dict:
        about = {}
        if self.chance(0.5):
            about["when"] = self.condition()
        if grouped:
            group = self.outcomes()
            about["outcomes"] = group["outcomes"]
        else:
            about["effects"] = self.effects(2)
        return about

    def order(self) -> list:
        steps = ["north", "south", "drift", "shock"]
        if self.chance(0.4):
            steps.insert(self.draw.randint(1, 4), self.pick("north", "south", "drift"))
        if self.chance(0.4):
            self.draw.shuffle(steps)
        return [{"step": s, "when": self.condition()} if self.chance(0.25) else s for s in steps]

    def measures(self) -> dict:
        plain = {
            "ever_it": f"ever({self.condition()})",
            "first_it": f"first({self.condition(depth=0)})",
            "mean_it": f"mean({self.worth()})",
            "total_it": f"total({self.worth()})",
            "final_it": f"final({self.worth()})",
            "pushes": "played(north, push)",
            "acts": f"played(south, act, {self.condition()})",
            "drifts": "happened(drift)",
            "shocks": f"happened(shock, {self.condition()})",
            "ever_push": f"ever(played(north, push, {self.condition()}))",
            "ever_shock": "ever(happened(shock))",
            "gets": f"payoff({self.pick('north', 'south')})",
        }
        given = {
            f"{name}_given": {"of": plain[name], "given": self.condition()}
            for name in plain
            if name not in ("first_it", "total_it", "gets") and self.chance(0.5)
        }
        return plain | given

    def policies(self, players: dict) -> dict:
        found = {
            "bound": {
                "player": "north",
                "rules": [
                    {"when": self.condition(), "play": ["push", "pull", "wait"]},
                ],
            },
            "mixed": {
                "player": "south",
                "rules": [
                    {"when": "ladder == mid", "play": {"bide": "slip", "wait": "rest"}},
                    {"when": self.condition(), "forbid": ["act", "bide"]},
                    {"when": self.condition(), "play": ["act", "wait"]},
                ],
            },
        }
        if "otherwise" not in players["north"]["actions"]["wait"]:
            found["bound"]["rules"].append({"forbid": ["pull"]})
            found["both"] = {
                "players": ["north", "south"],
                "rules": [{"when": self.condition(), "play": ["wait"]}],
            }
        return found

    def scenario(self) -> dict:
        players = {name: self.player(name) for name in ACTIONS}
        found = {
            "scenario": "invented",
            "title": "Invented",
            "calendar": {"periods": 3},
            "state": {
                "ladder": {"levels": LEVELS["ladder"], "start": self.pick(*LEVELS["ladder"])},
                "light": {
                    "levels": LEVELS["light"],
                    "start": "dark",
                    "ordered": False,
                    "resets": self.chance(0.3),
                },
                "count": {"levels": "0..2", "start": 0, "resets": self.chance(0.3)},
            },
            "parameters": {
                "slip": {"value": 0.25, "range": [0, 0.5], "assumption": True},
                "weight": {"value": 0.75, "range": [0.5, 1], "assumption": True},
                "sharp": {"value": 1.5, "range": [1, 4], "assumption": True},
            },
            "players": players,
            "events": {"drift": self.event(grouped=False), "shock": self.event(grouped=True)},
            "order": self.order(),
            "measures": self.measures(),
            "policies": self.policies(players),
        }
        if self.chance(0.5) if self.ends is None else self.ends:
            found["ends"] = self.pick("ladder == high", "count == 2", self.condition())
        return found


def invent(seed: int, *, timed: bool = True, ends: bool | None = None) -> str:
    """A scenario's text."""
    return json.dumps(Inventor(seed, timed=timed, ends=ends).scenario(), indent=1)
