"""Types and beliefs in sentences."""

from __future__ import annotations

from countermove.language import words
from countermove.report.belief_records import Answer, BeliefPath, Signals, Story, TypedPlayer
from countermove.report.records import Findings

LEAST_TOLD = 0.01  # a belief that moves by less is not moved


def story_words(findings: Findings) -> str:
    """The move that tells most, what is believed after it, and how the others answer it."""
    story = findings.beliefs.story
    if story is None:
        return ""
    said = f"{_belief_after(findings, story)}, {_from(story)}."
    if odds := _odds_words(findings, story):
        said += f" {odds}"
    compared = [_answer_words(answer) for answer in story.answers if answer.else_ is not None]
    if compared:
        said += f" Likelier next than after other moves: {words.listed(compared)}."
    alone = [_answer_words(answer) for answer in story.answers if answer.else_ is None]
    if alone:
        said += f" The likeliest answer: {words.listed(alone)}."
    return said


def _belief_after(findings: Findings, story: Story) -> str:
    when = words.in_period(findings.scenario.calendar, story.period)
    title, action = words.within(story.title), words.plain_name(story.action)
    return (
        f"After “{action}” {when}, observers put the odds that {title} {words.verb(title)} "
        f"{words.plain_name(story.type)} at {words.in_hundred(story.after)}"
    )


def _from(story: Story) -> str:
    return f"up from {words.in_hundred(story.before).removesuffix(' in 100')}"


def _odds_words(findings: Findings, story: Story) -> str:
    """What each type plays there: where the belief comes from."""
    for one in findings.beliefs.signals:
        if one.label == story.label:
            at, action = one.periods.index(story.period), one.actions.index(story.action)
            parts = [
                f"{words.percent(odds[action])} if {words.plain_name(name)}"
                for name, odds in zip(one.types, one.odds[at], strict=True)
                if odds is not None
            ]
            return f"The odds of that move then: {words.listed(parts)}."
    return ""


def _answer_words(answer: Answer) -> str:
    said = f"“{words.plain_name(answer.action)}” by {words.within(answer.title)}"
    odds = words.percent(answer.then)
    if answer.else_ is not None:
        odds += f", against {words.percent(answer.else_)}"
    return f"{said} ({odds})"


def player_words(player: TypedPlayer) -> str:
    """Who may be what, in a sentence."""
    odds = [
        f"{words.plain_name(name)} ({words.percent(p)})"
        for name, p in zip(player.types, player.prior, strict=True)
    ]
    subject = "It is" if words.verb(player.title) == "is" else "They are"
    return f"{subject} {words.listed(odds, last='or')} at the start; which, nobody else knows."


def draw_words(findings: Findings, player: TypedPlayer) -> str:
    """When a player's type is drawn anew, in a sentence; empty where it never is."""
    draws = player.draws
    if not draws:
        return ""
    calendar, first = findings.scenario.calendar, findings.start_period
    if len(draws) > 3:
        odds = [player.redraws[t] for t in draws]
        spread = words.percent(max(odds))
        since = words.in_period(calendar, first + draws[0])
        return (
            f"The type may be drawn anew in {len(draws)} of {len(player.redraws)} periods, first "
            f"{since}, with a chance of up to {spread} each."
        )
    parts = [
        f"{words.in_period(calendar, first + t)} with a chance of "
        f"{words.percent(player.redraws[t])}"
        for t in draws
    ]
    return f"The type is drawn anew {words.listed(parts)}: the belief then begins again."


def path_words(path: BeliefPath) -> str:
    """Where a belief goes, in a sentence."""
    kind, other = words.plain_name(path.type), words.plain_name(path.other)
    held, apart = path.if_so.mean[-1], path.if_not.mean[-1]
    otherwise = f"the truth is {other}" if other else "it is not so"
    title = words.within(path.title)
    said = f"Belief that {title} {words.verb(title)} {kind}: at the end "
    if held != held or apart != apart:  # one of the two cannot be
        return f"{said}{words.in_hundred(path.overall.mean[-1])} on average."
    return (
        f"{said}{words.in_hundred(held)} on average where it is so, "
        f"{words.in_hundred(apart)} where {otherwise}."
    )


def tells_words(signals: Signals) -> str:
    """How much the moves of a player tell, in a sentence."""
    rises = [
        (after[k] - before[k], action, k)
        for action, before, after in signals.moved()
        for k in range(len(signals.types))
    ]
    title = words.within(signals.title)
    most, action, kind = max(rises, default=(0.0, 0, 0))
    found = signals.overall(action)
    if most < LEAST_TOLD or found is None:
        return f"No move of {title} moves the belief by as much as 1 in 100 on average."
    before, after = (words.in_hundred(belief[kind]) for belief in found)
    return (
        f"“{words.plain_name(signals.actions[action])}” tells most: after it, observers put the "
        f"odds that {title} {words.verb(title)} {words.plain_name(signals.types[kind])} at "
        f"{after} on average, up from {before.removesuffix(' in 100')}."
    )
