"""Scenarios as games: reachable states, branches, numbers; nothing here knows YAML."""

from countermove.game.game import Game, compile

__all__ = ["Game", "compile"]
