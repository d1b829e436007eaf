"""Measures of beliefs: at the end, or after an action, where what it tells has been learnt."""

from __future__ import annotations

import re

from countermove.language.calls import Piece, Read, known_name, wrong_call
from countermove.language.formulas import Reading

_BELIEF = re.compile(
    r"belief\s*\((?P<inside>[^()]*)\)"
    r"(?:\s+after\s+(?P<action>\w+)(?:\s+of\s+(?P<actor>\w+))?)?"
)


def is_belief(piece: Piece) -> bool:
    """Whether a piece begins like a belief."""
    return re.match(r"belief\s*\(", piece.text) is not None


def final_belief(function: str, argument: Piece, reading: Reading) -> Read | None:
    """``final(belief(player, type))``; nothing else is taken of a belief."""
    found = _BELIEF.fullmatch(argument.text)
    if function != "final" or found is None or found["action"]:
        _refuse_belief(argument, reading)
        return None
    about = _about(found, argument, reading)
    return Read("final_belief", player=about[0], type=about[1]) if about is not None else None


def belief_after(piece: Piece, reading: Reading) -> Read | None:
    """``belief(player, type) after action``, or ``after action of another_player``."""
    found = _BELIEF.fullmatch(piece.text)
    if found is None or not found["action"]:
        _refuse_belief(piece, reading)
        return None
    about = _about(found, piece, reading)
    if about is None:
        return None
    player, name = about
    actor = _actor(found, player, piece, reading)
    if actor is None:
        return None
    return Read("belief_after", player=player, action=found["action"], type=name, actor=actor)


def _about(found: re.Match[str], piece: Piece, reading: Reading) -> tuple[str, str] | None:
    """The player and the type that a belief is about."""
    begins, ends = found.span("inside")
    cut = piece.text.find(",", begins, ends)
    if cut < 0 or piece.text.count(",", begins, ends) > 1:
        wrong_call(piece.part(0, len("belief")), piece.text.count(",", begins, ends) + 1, reading)
        return None
    player, name = piece.part(begins, cut), piece.part(cut + 1, ends)
    scope = reading.scope
    if not known_name("player", player, list(scope.players), reading):
        return None
    if player.text not in scope.types:
        reading.faults.add(
            "CM203",
            f"{player.text!r} has no types to hold beliefs about",
            player.location,
            text=player.text,
            expected="one of: " + ", ".join(scope.types) if scope.types else "a player with types",
            remedy="name a player that has types, or remove the measure",
        )
        return None
    types = scope.types[player.text]
    if types and name.text not in types:
        kind = f"type of {player.text!r}"
        reading.faults.unknown("CM201", kind, name.text, types, name.location)
        return None
    return (player.text, name.text) if types else None


def _actor(found: re.Match[str], player: str, piece: Piece, reading: Reading) -> str | None:
    """Whose action it is: of the player named, of the believed, or of the only other with it."""
    players = reading.scope.players
    action = piece.part(*found.span("action"))
    if found["actor"]:
        actor = piece.part(*found.span("actor"))
        fine = known_name("player", actor, list(players), reading) and known_name(
            f"action of {actor.text!r}", action, list(players[actor.text]), reading
        )
        return actor.text if fine else None
    having = [name for name, actions in players.items() if action.text in actions]
    if player in having or len(having) == 1:
        return player if player in having else having[0]
    if having:
        reading.faults.add(
            "CM087",
            f"{' and '.join(having[:4])} each have the action {action.text!r}",
            action.location,
            text=action.text,
            expected="after action of player",
            remedy=f"write after {action.text} of {having[0]}",
        )
    else:
        every = [name for actions in players.values() for name in actions]
        names = list(dict.fromkeys([*players[player], *every]))
        known_name("action", action, names, reading)
    return None


def _refuse_belief(piece: Piece, reading: Reading) -> None:
    reading.faults.add(
        "CM212",
        "a belief is read at the end or after an action: its mean without that is only the prior",
        piece.location,
        text=piece.text,
        expected="final(belief(player, type)), or belief(player, type) after action",
        remedy="write belief(player, type) after action",
    )
