"""Whose choice matters, in sentences that name what they rest on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from countermove.explain.record import Sentence
from countermove.explain.stakes_record import CHANCES, NO_CHOICE, Bound, Stake, Stakes, Swing
from countermove.explore.cases import SOLVED
from countermove.language.words import listed, number, percent, plain_name, verb, within

if TYPE_CHECKING:
    from countermove.language.model import Measure, Scenario

ABOUT = "Whose choice matters"


def stakes_sentences(stakes: Stakes) -> tuple[Sentence, ...]:
    """Whose choice moves the measures most, what it moves, and what it brings the player."""
    found: list[Sentence] = []
    for rank, stake in enumerate(stakes.players):
        text = _stake(stakes, stake, rank) if stake.status == SOLVED else _without(stake)
        found.append(Sentence(ABOUT, text, _claims(stakes.scenario, stake)))
    made = [within(stake.title) for stake in stakes.players if stake.made and stake.bounds]
    if made:
        text = (
            f"The scenario has no policy that binds {listed(made, last='or')} alone: to have one "
            "to compare, each of the actions is played wherever it is open."
        )
        found.append(Sentence(ABOUT, text))
    return tuple(found)


def _stake(stakes: Stakes, stake: Stake, rank: int) -> str:
    said = _head(stakes, stake, rank)
    wide = telling(stakes.scenario, stake)
    if wide is not None:
        said += f": {_moved(stake, wide)}"
    return f"{said}. {_own(stakes.scenario, stake)}"


def telling(scenario: Scenario, stake: Stake) -> Swing | None:
    """The measure that swings most.

    A belief, a payoff, what is given something else, or how often the player itself does
    something, only where nothing else moves.
    """
    moving = [swing for swing in stake.swings if swing.share > 0]
    plain = [swing for swing in moving if _telling(scenario.measures.get(swing.key), stake.player)]
    return max(plain or moving, key=lambda swing: swing.share, default=None)


def _telling(measure: Measure | None, player: str) -> bool:
    if measure is None or measure.kind in ("payoff", "final_belief", "belief_after"):
        return False
    if measure.given is not None or measure.given_type is not None:
        return False
    return not (measure.kind in ("played", "ever_played") and measure.player == player)


def _head(stakes: Stakes, stake: Stake, rank: int) -> str:
    what = f"What {within(stake.title)} {_does(stake)}"
    if not stake.share > 0:
        return f"{what} moves no measure"
    solved = [s for s in stakes.players if s.share > 0]
    if len(solved) == 1:
        return f"{what} matters alone"
    share = f"{percent(stake.share)} of how far the measures move, on average"
    if rank == 0:
        return f"{what} matters most ({share})"
    last = rank == len(solved) - 1 > 1
    return f"{what} {'matters least' if last else 'comes next'} ({percent(stake.share)})"


def _moved(stake: Stake, swing: Swing) -> str:
    """``held to its worst policy (always pull), “attacks” rises from 4 to 9 times``."""
    best, worst = stake.best, stake.worst
    assert best is not None and worst is not None
    name, its = f"“{plain_name(swing.key)}”", _its(stake)
    if best is worst:
        return f"held to {its} only policy ({best.title}), {name} {_change(swing, swing.best)}"
    parts = [(worst, "worst", swing.worst), (best, "best", swing.best)]
    parts.sort(key=lambda part: -abs(part[2] - swing.free))
    (first, which, value), (second, other, rest) = parts
    return (
        f"held to {its} {which} policy ({first.title}), {name} {_change(swing, value)}; "
        f"held to {its} {other} ({second.title}), it {_change(swing, rest, short=True)}"
    )


def _change(swing: Swing, value: float, *, short: bool = False) -> str:
    before, after = _value(swing, swing.free), _value(swing, value)
    if before == after:
        return f"stays at {after}"
    does = "rises" if value > swing.free else "falls"
    return f"{does} to {after}" if short else f"{does} from {before} to {after}"


def _value(swing: Swing, value: float) -> str:
    if swing.form in CHANCES:
        return percent(value)
    shown = number(value)
    if swing.unit == "times" and shown == "1":
        return "once"
    return f"{shown} {swing.unit}".strip()


def _own(scenario: Scenario, stake: Stake) -> str:
    """What the policies bring the player itself."""
    best, worst = stake.best, stake.worst
    assert best is not None and worst is not None
    what = _objective(scenario, stake)
    if best is worst:
        return f"{what} is {number(stake.free)} in free play, and {number(best.value)} then."
    said = (
        f"{what} is {number(stake.free)} in free play, {number(best.value)} under the best policy "
        f"and {number(worst.value)} under the worst"
    )
    better = "none serves it better than to stay free" if best.value < stake.free else ""
    return f"{said}: {better}." if better else f"{said}."


def _objective(scenario: Scenario, stake: Stake) -> str:
    if stake.objective.startswith("score("):
        name = stake.objective.removeprefix("score(").removesuffix(")")
        return f"The score “{scenario.scores[name].title or plain_name(name)}”"
    return f"{_its(stake).capitalize()} payoff"


def _without(stake: Stake) -> str:
    if stake.status == NO_CHOICE:
        return f"{stake.title} {'have' if _does(stake) == 'do' else 'has'} {NO_CHOICE}."
    return f"Nothing is known of {within(stake.title)}: {stake.status}."


def _claims(scenario: Scenario, stake: Stake) -> tuple[str, ...]:
    """What the best and the worst policy rest on."""
    cites: dict[str, None] = {}
    for bound in (stake.best, stake.worst):
        if bound is not None:
            cites.update(dict.fromkeys(_cites(scenario, stake, bound)))
    return tuple(cites)


def _cites(scenario: Scenario, stake: Stake, bound: Bound) -> tuple[str, ...]:
    if not stake.made:
        return scenario.policies[bound.policy].cites
    from countermove.explain.stakes import made_policies

    player = scenario.player(stake.player)
    return next(p.cites for p in made_policies(player) if p.name == bound.policy)


def _does(stake: Stake) -> str:
    return "do" if verb(stake.title) == "are" else "does"


def _its(stake: Stake) -> str:
    return "their" if _does(stake) == "do" else "its"
