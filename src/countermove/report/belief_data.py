"""Types, beliefs and fixed points as plain data, for machines."""

from __future__ import annotations

from typing import Any

from countermove.report.belief_records import BeliefPath, Signals, Spread, Story, TypedPlayer
from countermove.report.fixed_points import as_plain
from countermove.report.records import Findings


def as_data(findings: Findings) -> dict[str, Any]:
    """What a result says of types, beliefs and fixed points; nothing where there are none."""
    beliefs, fixed = findings.beliefs, findings.solve.fixed
    found: dict[str, Any] = {}
    if beliefs.players:
        found["types"] = {player.player: _player(player) for player in beliefs.players}
        found["after_moves"] = {one.label: _signals(one) for one in beliefs.signals}
        found["beliefs"] = [_path(path) for path in beliefs.paths]
        found["story"] = _story(beliefs.story) if beliefs.story else None
    if findings.by_state:
        found["by_state"] = {
            strategy.label: {
                "actions": strategy.actions,
                "states": [{"state": row.state, "odds": row.odds} for row in strategy.rows],
            }
            for strategy in findings.by_state
        }
    if fixed is not None:
        found["status"] = findings.solve.status
        found["fixed_points"] = as_plain(fixed)
    return found


def _player(player: TypedPlayer) -> dict[str, Any]:
    return {
        "prior": dict(zip(player.types, player.prior, strict=True)),
        "payoffs": dict(zip(player.types, player.payoffs, strict=True)),
        "redraws": player.redraws,
    }


def _signals(signals: Signals) -> dict[str, Any]:
    return {
        "overall": {
            signals.actions[action]: {
                "plays": signals.expected(action),
                "before": dict(zip(signals.types, before, strict=True)),
                "after": dict(zip(signals.types, after, strict=True)),
            }
            for action, before, after in signals.moved()
        },
        "types": signals.types,
        "actions": signals.actions,
        "periods": signals.periods,
        "plays": signals.plays,
        "before": signals.before,
        "after": signals.after,
        "odds": signals.odds,
    }


def _path(path: BeliefPath) -> dict[str, Any]:
    return {
        "player": path.player,
        "type": path.type,
        "times": path.times,
        "overall": _spread(path.overall),
        "if_so": _spread(path.if_so),
        "if_not": _spread(path.if_not),
    }


def _spread(spread: Spread) -> dict[str, Any]:
    return {
        "mean": spread.mean,
        "5%": spread.low,
        "25%": spread.lower,
        "50%": spread.middle,
        "75%": spread.upper,
        "95%": spread.high,
    }


def _story(story: Story) -> dict[str, Any]:
    return {
        "mover": story.label,
        "action": story.action,
        "period": story.period,
        "plays": story.plays,
        "type": story.type,
        "before": story.before,
        "after": story.after,
        "answers": [
            {"player": a.title, "action": a.action, "then": a.then, "otherwise": a.else_}
            for a in story.answers
        ],
    }
