"""Tiny random scenarios with private types, redraws and simultaneous moves; the seed decides."""

from __future__ import annotations

import json
import random

ACTIONS = {"north": ["wait", "push", "pull"], "south": ["bide", "act"], "east": ["idle", "call"]}
TYPES = {"north": ["keen", "meek", "odd"], "south": ["firm", "soft"], "east": ["sly", "frank"]}


class TypedInventor:
    """Draws the pieces of one scenario.

    ``three`` gives the first player three types; ``both`` gives the second types as well; ``east``
    lets a third player in; ``joint`` lets some move at once; ``plain`` leaves out redraws and all
    that reads types, so that types are but names; without ``redraws`` types stay as they are.
    """

    def __init__(
        self,
        seed,
        *,
        three=None,
        both=None,
        east=None,
        joint=None,
        plain=False,
        sharp=1.0,
        periods=2,
        ends=None,
        forever=False,
        redraws=True,
    ):
        self.draw = random.Random(seed)
        self.three = self.chance(0.3) if three is None else three
        self.both = (not self.three and self.chance(0.4)) if both is None else both
        self.east = self.chance(0.3) if east is None else east
        self.joint = self.chance(0.5) if joint is None else joint
        self.plain, self.redraws = plain, redraws and not plain
        self.sharp, self.periods, self.forever = sharp, periods, forever
        self.ends = (not forever and self.chance(0.3)) if ends is None else ends
        self.players = ["north", "south", *(["east"] if self.east else [])]
        self.types = {"north": TYPES["north"][: 3 if self.three else 2]}
        if self.both:
            self.types["south"] = TYPES["south"]

    def pick(self, *options):
        return self.draw.choice(options)

    def chance(self, share):
        return self.draw.random() < share

    # -- expressions -----------------------------------------------------------------------------

    def condition(self, *, last=False):
        simple = ["heat == 0", "heat >= 1", "heat == 2", "lamp == lit", "lamp == dark"]
        simple += ["heat + (lamp == lit) == 1", "heat > 0 and lamp == dark"]
        if last:
            for player in self.players:
                simple.append(f"last({player}) == {self.pick('nothing', *ACTIONS[player])}")
        if not self.forever:
            simple += ["period == 0", "period >= 1"]
        return self.pick(*simple)

    def odds(self):
        k = self.draw.randint(1, 7)
        return self.pick(
            k / 8,
            "slip",
            f"where({self.condition()}, {k / 8}, {self.draw.randint(1, 7) / 8})",
            {"by": "lamp", "dark": k / 8, "lit": self.draw.randint(1, 7) / 8},
        )

    def worth(self, player=None):
        """A payoff, or a cost that falls on the player; it may read anybody's type."""
        scale = self.draw.randint(-6, 6) / 4
        plain = [
            f"{scale} * ({self.condition()})",
            f"{scale} * heat",
            f"weight * (lamp == lit) - {scale} * (heat == 2)",
        ]
        if self.plain or player is None:
            return self.pick(*plain)
        typed = []
        for who, kinds in self.types.items():
            kind = self.pick(*kinds)
            name = "type" if who == player else f"type({who})"
            typed += [
                f"{scale} * ({name} == {kind}) * ({self.condition()})",
                f"{scale} * heat + {self.draw.randint(-4, 4) / 4} * ({name} == {kind})",
                {"by": name} | {k: self.worth() for k in kinds},
                {"by": name, kind: self.worth(), "otherwise": self.draw.randint(-4, 4) / 4},
            ]
        return self.pick(*plain, *typed, *typed)

    def costs(self):
        who = self.pick(*self.players)
        found = {who: self.worth(who)}
        if self.chance(0.4):
            other = self.pick(*self.players)
            found[other] = self.worth(other)
        return found

    # -- effects ---------------------------------------------------------------------------------

    def effect(self):
        if self.chance(0.4):
            effect = {"lamp": self.pick("lit", "lit", "dark")}
        else:
            effect = {"heat": self.pick(-1, 1, 1, 2)}
        if self.chance(0.7):
            effect["probability"] = self.odds()
        if self.chance(0.35):
            effect["when"] = self.condition(last=True)
        return effect

    def outcome(self, most, *, redraw=False):
        found = {"probability": self.draw.randint(1, most) / 8}
        if self.chance(0.8):
            found["effects"] = [{self.pick("heat"): self.pick(-1, 1, 2)}]
        if self.chance(0.5) or "effects" not in found:
            found["costs"] = self.costs()
        if redraw:
            found |= self.redraw()
        return found

    def effects(self):
        found = [self.effect()]
        if self.chance(0.3):
            found.append({"outcomes": [self.outcome(3), self.outcome(4)]})
        return found

    def redraw(self):
        """Types drawn anew, from shares that are no points of an even grid."""
        players = [p for p in self.types if self.chance(0.5)] or [self.pick(*self.types)]
        found = {}
        for player in players:
            kinds = self.types[player]
            first = self.pick(0.3, 0.55, "0.2 + slip", 0.5)
            shares = {kinds[0]: first, kinds[1]: "rest"}
            if len(kinds) == 3:
                shares = {kinds[0]: first, kinds[1]: 0.15, kinds[2]: "rest"}
            found[player] = shares
        about = {"redraw": found}
        if self.chance(0.6):
            about["succession"] = self.pick("stops", "continues")
        return about

    # -- the whole -------------------------------------------------------------------------------

    def player(self, name):
        actions = {}
        for i, action in enumerate(ACTIONS[name]):
            about = {}
            if i:
                about["effects"] = self.effects()
                if self.chance(0.3):
                    about["when"] = self.condition(last=True)
            if self.chance(0.6):
                about["costs"] = self.costs()
            actions[action] = about
        found = {
            "rationality": self.sharp * self.pick(0.5, 1, 0.75),
            "discount": self.pick(0.5, 0.4) if self.forever else self.pick(1, 0.5, 0.9),
            "interests": {"one": self.worth(name), "two": self.worth(name)},
            "actions": actions,
        }
        if not self.forever:
            found["final"] = {"end": self.worth(name)}
        if name in self.types:
            kinds = self.types[name]
            first = self.pick(0.3, 0.4, 0.5, "slip")
            found["types"] = {kinds[0]: first, kinds[-1]: "rest"}
            if len(kinds) == 3:
                found["types"] = {kinds[0]: first, kinds[1]: 0.25, kinds[2]: "rest"}
            found["belief_points"] = 3 if len(kinds) == 3 or self.both else self.pick(3, 4, 5)
        return found

    def events(self):
        drift = {"effects": self.effects()}
        if self.chance(0.3):
            drift["when"] = self.condition(last=True)
        if self.chance(0.4):
            drift["costs"] = self.costs()
        found = {"drift": drift}
        if not self.redraws:
            return found
        vote = {
            "outcomes": [self.outcome(4, redraw=True), self.outcome(3, redraw=self.chance(0.5))]
        }
        if self.chance(0.35):
            vote = {"effects": [self.effect()], **self.redraw()}
        if not self.forever and self.chance(0.5):
            vote["when"] = f"period == {self.pick(0, 0, 1)}"
        found["vote"] = vote
        return found

    def order(self, events):
        steps = list(self.players)
        self.draw.shuffle(steps)
        if self.joint:
            steps = [steps[:2], *steps[2:]] if self.chance(0.8) else [steps]
        if self.chance(0.3):
            steps.append(self.pick(*self.players))
        for event in events:
            if event == "drift" and self.chance(0.4):
                continue
            steps.insert(self.draw.randint(0, len(steps)), event)
        if self.chance(0.3):
            at = self.draw.randrange(len(steps))
            if isinstance(steps[at], str):
                steps[at] = {"step": steps[at], "when": self.condition(last=True)}
        return steps

    def measures(self, events):
        player = self.pick(*self.players)
        action = ACTIONS[player][1]
        plain = {
            "ever_it": f"ever({self.condition()})",
            "first_it": f"first({self.condition()})",
            "mean_it": f"mean({self.worth()})",
            "total_it": f"total({self.worth()})",
            "final_it": f"final({self.condition()})",
            "plays": f"played({player}, {action}, {self.condition()})",
            "ever_plays": f"ever(played(north, push, {self.condition()}))",
            "happens": f"happened({self.pick(*events)})",
            "gets": f"payoff({self.pick(*self.players)})",
        }
        for who, kinds in self.types.items():
            kind = self.pick(*kinds)
            plain[f"final_{who}"] = f"final(belief({who}, {kind}))"
            plain[f"read_{who}"] = f"belief({who}, {kind}) after {ACTIONS[who][1]}"
        if self.forever:  # what is not discounted would have no end either
            plain = {"gets": plain["gets"]}
        found = dict(plain)
        who = self.pick(*self.types)
        kind = self.pick(*self.types[who])
        for name, of in plain.items():
            if "belief" not in of and self.chance(0.6):
                found[f"{name}_if_{kind}"] = {"of": of, "given": f"type({who}) == {kind}"}
        for name in ("ever_it", "mean_it", "plays"):
            if name in plain and self.chance(0.4):
                found[f"{name}_given"] = {"of": plain[name], "given": self.condition()}
        return found

    def policies(self):
        bound = ACTIONS["north"]
        return {
            "bound": {
                "player": "north",
                "rules": [
                    {"when": "heat == 1", "play": {bound[0]: 1}},
                    {"play": list(reversed(bound))},
                ],
            },
            "partly": {
                "players": ["north"],
                "rules": [
                    {"when": "lamp == lit", "play": list(bound)},
                    {"when": "heat == 0", "forbid": [bound[2]]},
                ],
            },
            "south_set": {"player": "south", "rules": [{"play": {"bide": 1}}]},
        }

    def scenario(self):
        players = {name: self.player(name) for name in self.players}
        events = self.events()
        order = self.order(events)
        used = [
            e for e in events if any(e in (s, isinstance(s, dict) and s["step"]) for s in order)
        ]
        found = {
            "scenario": "invented",
            "title": "Invented",
            "calendar": {"periods": "forever" if self.forever else self.periods},
            "state": {
                "heat": {"levels": "0..2", "start": self.pick(0, 1)},
                "lamp": {
                    "levels": ["dark", "lit"],
                    "start": "dark",
                    "ordered": False,
                    "resets": self.chance(0.3),
                },
            },
            "parameters": {
                "slip": {"value": 0.25, "range": [0.1, 0.4], "assumption": True},
                "weight": {"value": 0.75, "range": [0.5, 1], "assumption": True},
            },
            "players": players,
            "events": {name: events[name] for name in used},
            "order": order,
            "measures": self.measures(used) if used else {},
            "policies": self.policies(),
        }
        if self.ends:
            found["ends"] = "heat == 2"
        return found


def invent_typed(seed, **options):
    """A scenario's text."""
    return json.dumps(TypedInventor(seed, **options).scenario(), indent=1)
