"""A decision explained in sentences, each with the claims and assumptions that it rests on."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from countermove.explain import basis
from countermove.explain.basis import Basis
from countermove.explain.record import ITSELF, Gain, Reply, Sentence, Sign, Signals, Why
from countermove.language import words

if TYPE_CHECKING:
    from countermove.explain.node import Node
    from countermove.language.model import Scenario

_LEAST = 0.08  # of all that pulls either way: smaller parts go untold
_REPLIES = 3
_SHIFT = 0.05  # a probability that moves by less is not told
_NOTHING = 1e-9


def why_sentences(scenario: Scenario, why: Why) -> tuple[Sentence, ...]:
    """Why the mover rather plays this than that: the choice, the reasons, when, the answers."""
    found = [
        _choice(scenario, why),
        _interests(scenario, why),
        _time(scenario, why),
        _answers(scenario, why),
        *_replies(scenario, why),
    ]
    return tuple(sentence for sentence in found if sentence is not None)


def signal_sentences(scenario: Scenario, signals: Signals, why: Why) -> tuple[Sentence, ...]:
    """What the two actions tell of the mover's type, and what that is worth to whom."""
    wanted = [
        sign for name in (why.this, why.other) for sign in signals.signs if sign.action == name
    ]
    return tuple(
        sentence for sign in wanted for sentence in _sign(scenario, signals, sign) if sentence
    )


def place_words(scenario: Scenario, node: Node) -> str:
    """Where the decision is taken: ``In Nov 2020, with the embassy open and attacks few``."""
    calendar = scenario.calendar
    when = "At any time" if calendar.forever else words.in_period(calendar, node.period)
    levels = [
        f"{words.plain_name(name)} {words.plain_name(level)}"
        for name, level in node.state.items()
        if not name.startswith("last(")
    ]
    said = f"{when[0].upper()}{when[1:]}, with {words.listed(levels)}"
    held = [_held(scenario, player, chances) for player, chances in node.beliefs.items()]
    return f"{said}; {words.listed(held)}" if held else said


def mover_words(scenario: Scenario, node: Node) -> str:
    """Who decides: ``the United States, if resolved,``."""
    title = words.within(scenario.player(node.player).title)
    return f"{title}, if {words.plain_name(node.type)}," if node.type else title


def signed(value: float) -> str:
    """A payoff's difference with its sign: ``+0.48``, ``−0.08``, ``0``."""
    shown = words.number(value)
    return f"+{shown}" if value > 0 and shown != "0" else shown


def _held(scenario: Scenario, player: str, chances: dict[str, float] | object) -> str:
    assert isinstance(chances, dict)
    parts = [f"{words.plain_name(name)} {words.percent(p)}" for name, p in chances.items()]
    title = words.within(scenario.player(player).title)
    return f"{title} {words.verb(title)} held to be {words.listed(parts, last='or')}"


def _choice(scenario: Scenario, why: Why) -> Sentence:
    title = scenario.player(why.node.player).title
    text = (
        f"{_capital(mover_words(scenario, why.node))} {_does(title, 'play')} "
        f"{_quoted(why.this)} {_often(why.odds(why.this))}, {_quoted(why.other)} "
        f"{_often(why.odds(why.other))}: "
    )
    better, size = (
        (why.this, why.difference) if why.difference >= 0 else (why.other, -why.difference)
    )
    if size < _NOTHING:
        text += f"both are worth the same to {_it(title)}."
    else:
        text += f"{_quoted(better)} is worth {_amount(size)} more to {_it(title)}"
        if why.rationality > 0:
            text += f", which at a rationality of {words.number(why.rationality)} makes it "
            text += f"{_times(why.rationality * size)} as likely"
        text += "."
    rests = basis.of_expressions(scenario, [scenario.player(why.node.player).rationality])
    return _sentence("The choice", text, rests)


def _times(log_ratio: float) -> str:
    size = math.exp(min(log_ratio, 700.0))
    return f"{words.number(size)} times" if size < 1e6 else "more than a million times"


def _interests(scenario: Scenario, why: Why) -> Sentence | None:
    told, rest = _weighty(why.gains)
    if not told:
        return None
    ahead = [gain for gain in told if gain.difference > 0]
    behind = [gain for gain in told if gain.difference < 0]
    parts = []
    if ahead:
        parts.append(f"for {_quoted(why.this)}: {_listed(ahead)}")
    if behind:
        parts.append(f"against it: {_listed(behind)}")
    text = f"What speaks {'; '.join(parts)}"
    if rest:
        text += f". All else comes to {signed(sum(g.difference for g in rest))}"
    rests = Basis()
    for gain in told:
        rests += _rests(scenario, why, gain)
    return _sentence("By interest", f"{text}.", rests)


def _weighty(gains: Sequence[Gain]) -> tuple[list[Gain], list[Gain]]:
    """The parts that matter, the largest first, and the others."""
    ranked = sorted(gains, key=lambda gain: -abs(gain.difference))
    whole = sum(abs(gain.difference) for gain in ranked)
    if whole < _NOTHING:
        return [], []
    told = [gain for gain in ranked if abs(gain.difference) >= _LEAST * whole]
    return told, [g for g in ranked if g not in told and abs(g.difference) >= _NOTHING]


def _listed(gains: Sequence[Gain]) -> str:
    said = [f"{_gain_name(gain)} ({signed(gain.difference)})" for gain in gains]
    return words.listed(said)


def _gain_name(gain: Gain) -> str:
    if gain.source == "costs":
        return "what moves cost"
    return _quoted(gain.name) + (" at the end" if gain.source == "close" else "")


def _rests(scenario: Scenario, why: Why, gain: Gain) -> Basis:
    player = why.node.player
    if gain.source != "costs":
        return basis.of_interest(scenario, player, gain.name, gain.source)
    first = basis.of_action(scenario, player, why.this)
    return first + basis.of_action(scenario, player, why.other)


def _time(scenario: Scenario, why: Why) -> Sentence | None:
    now, later = (sum(getattr(g, name) for g in why.gains) for name in ("now", "later"))
    if abs(now) + abs(later) < _NOTHING:
        return None
    step = words.step(scenario.calendar)
    this = _quoted(why.this)
    if abs(later) < 0.01 * abs(now):
        text = f"All of it falls within this {step}."
    elif abs(now) < 0.01 * abs(later):
        text = f"None of it comes this {step}: it is all in what follows."
    elif now * later < 0:
        first, second = ("gains", "loses") if now > 0 else ("costs", "gains")
        text = (
            f"Against {_quoted(why.other)}, {this} {first} {_amount(now)} this {step} and "
            f"{second} {_amount(later)} later."
        )
    else:
        share = words.percent(later / (now + later))
        text = f"{signed(now)} of it comes this {step}, {signed(later)} ({share}) later."
    return _sentence("By time", text, Basis())


def _answers(scenario: Scenario, why: Why) -> Sentence | None:
    others = [a for a in why.answers if a.who != ITSELF]
    if not others:
        return None
    itself = next(a.difference for a in why.answers if a.who == ITSELF)
    size = sum(abs(a.difference) for a in others)
    this, other = _quoted(why.this), _quoted(why.other)
    if size < max(_NOTHING, 0.005 * abs(why.difference)):
        text = (
            f"The others’ answers do not part the two: {this} would be worth as much if they "
            f"went on as after {other}."
        )
        return _sentence("By the others’ answers", text, Basis())
    text = (
        f"If the others went on as after {other}, {this} would {_verb(itself)} "
        f"{_amount(itself)}; what they do in return makes that {signed(why.difference)}"
    )
    told = sorted(others, key=lambda a: -abs(a.difference))
    said = [
        f"{words.within(scenario.player(a.who).title)} {signed(a.difference)}"
        for a in told
        if abs(a.difference) >= _LEAST * size
    ]
    return _sentence("By the others’ answers", f"{text} ({words.listed(said)}).", Basis())


def _replies(scenario: Scenario, why: Why) -> Iterator[Sentence]:
    for label in dict.fromkeys(reply.mover for reply in why.replies):
        its = [reply for reply in why.replies if reply.mover == label]
        text = _reply(scenario, why, its)
        if text:
            rests = Basis()
            for reply in _told(its):
                rests += basis.of_action(scenario, reply.player, reply.action)
            yield _sentence("What they do next", text, Basis(rests.claims))


def _reply(scenario: Scenario, why: Why, its: list[Reply]) -> str:
    title = scenario.player(its[0].player).title
    if math.isnan(its[0].after_this) or math.isnan(its[0].after_other):
        return _lone_reply(title, why, its)
    told = _told(its)
    if not told:
        return ""
    first, *rest = told
    text = (
        f"After {_quoted(why.this)}, {words.within(title)} {_does(title, 'choose')} "
        f"{_quoted(first.action)} {_often(first.after_this)}, after {_quoted(why.other)} "
        f"{_often(first.after_other)}"
    )
    parts = [
        f"{_quoted(r.action)} {words.percent(r.after_this)} instead of "
        f"{words.percent(r.after_other)}"
        for r in rest
    ]
    return f"{text}{'; ' + words.listed(parts) if parts else ''}."


def _told(its: list[Reply]) -> list[Reply]:
    """The replies that are told: those that differ most, or of a lone move the likeliest."""
    if math.isnan(its[0].after_this):
        return sorted(its, key=lambda r: -r.after_other)[:_REPLIES]
    if math.isnan(its[0].after_other):
        return sorted(its, key=lambda r: -r.after_this)[:_REPLIES]
    ranked = sorted(its, key=lambda r: -abs(r.after_this - r.after_other))
    return [r for r in ranked if abs(r.after_this - r.after_other) >= _SHIFT][:_REPLIES]


def _lone_reply(title: str, why: Why, its: list[Reply]) -> str:
    """The reply of one who gets to move after one of the two actions alone."""
    never = math.isnan(its[0].after_this)
    parts = [
        f"{_quoted(r.action)} ({words.percent(r.after_other if never else r.after_this)})"
        for r in _told(its)
    ]
    return (
        f"{title} {_does(title, 'get')} to move after {_quoted(why.other if never else why.this)} "
        f"alone, and then {_does(title, 'choose')} {words.listed(parts, last='or')}."
    )


def _sign(scenario: Scenario, signals: Signals, sign: Sign) -> Iterator[Sentence]:
    player, node = signals.node.player, signals.node
    title = scenario.player(player).title
    rests = basis.of_prior(scenario, player)
    plays = [
        f"{words.percent(p)} if {words.plain_name(name)}" for name, p in sign.likelihood.items()
    ]
    text = (
        f"{title} {_does(title, 'play')} {_quoted(sign.action)} with a chance of "
        f"{words.listed(plays)}: it {_moved(title, signals, sign)}."
    )
    yield _sentence("What the move tells", text, rests)
    told = [effect for effect in sign.effects if abs(effect.signal) >= 5e-4]
    if told:
        parts = [
            f"{signed(e.signal)} to {_own(scenario, node, e.player)} (against {signed(e.direct)} "
            "directly)"
            for e in told
        ]
        text = (
            f"After {_quoted(sign.action)}, the change of belief alone is worth "
            f"{words.listed(parts)}."
        )
        yield _sentence("What the signal is worth", text, rests)


def _moved(title: str, signals: Signals, sign: Sign) -> str:
    """What becomes of the belief in the type that gains most by a move."""
    kind = max(sign.belief, key=lambda name: sign.belief[name] - signals.before[name])
    before, after = signals.before[kind], sign.belief[kind]
    if after - before < 0.005:
        return "leaves the belief as it is"
    return (
        f"raises the belief that {words.within(title)} {words.verb(title)} "
        f"{words.plain_name(kind)} from {words.percent(before)} to {words.percent(after)}"
    )


def _own(scenario: Scenario, node: Node, player: str) -> str:
    title = words.within(scenario.player(player).title)
    if player == node.player and node.type:
        return f"{title} if {words.plain_name(node.type)}"
    return title


def _often(probability: float) -> str:
    """How often, with the figure beside: ``about 2 times in 3 (66%)``, ``never``."""
    figure = words.percent(probability)
    if figure in ("0%", "100%"):
        return "never" if figure == "0%" else "always"
    if figure in ("<0.1%", ">99.9%"):
        return f"hardly ever ({figure})" if figure == "<0.1%" else f"all but always ({figure})"
    part, among, whole = words.chance(probability).removeprefix("about ").partition(" in ")
    if not among:
        return f"{words.chance(probability)} ({figure})"
    return f"about {part} {'time' if part == '1' else 'times'} in {whole} ({figure})"


def _does(title: str, verb: str) -> str:
    """A verb as a title asks: the United States plays, the militias play."""
    return verb if words.verb(title) == "are" else f"{verb}s"


def _it(title: str) -> str:
    return "them" if words.verb(title) == "are" else "it"


def _amount(value: float) -> str:
    return words.number(abs(value))


def _verb(value: float) -> str:
    return "gain" if value >= 0 else "lose"


def _quoted(name: str) -> str:
    return f"“{words.plain_name(name)}”"


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]


def _sentence(about: str, text: str, rests: Basis) -> Sentence:
    return Sentence(about, text, rests.claims, rests.assumptions)
