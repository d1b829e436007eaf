"""What a comparison of two scenarios or runs comes to, in sentences."""

from __future__ import annotations

import math

from countermove.explore.diff_record import Answer, Difference

_NAMED = 3  # parts that a sentence names


def story(found: Difference) -> tuple[str, ...]:
    """In a few sentences: what moved most, by how much, and what accounts for it."""
    if not found.changes:
        return (_nothing_changed(found),)
    if not found.moving:
        return ("Nothing that these figures rest on has changed.",)
    if not found.answers:
        return ("There are no figures to compare.",)
    most = found.answers[0]
    if not most.difference:
        return ("No figure has moved.",)
    sentences = [f"What moved most is {most.key}: {_moved(most)}."]
    if found.parts:
        sentences.append(_credit(found, most))
    return tuple(sentences)


def _nothing_changed(found: Difference) -> str:
    if found.told:
        return "The scenario and what was asked for are the same; the runs differ as said above."
    return "Nothing has changed."


def _moved(answer: Answer) -> str:
    way = "up" if answer.difference > 0 else "down"
    return (
        f"{number(answer.old)} to {number(answer.new)}, {way} by {number(abs(answer.difference))}"
    )


def _credit(found: Difference, answer: Answer) -> str:
    credits = [(part.credits[answer.key].share, part.name) for part in found.parts]
    if any(math.isnan(share) for share, _ in credits):
        return "It cannot be shared out: not every combination of changes has a figure."
    ranked = sorted(credits, key=lambda pair: -abs(pair[0]))
    if len(ranked) == 1:
        alone = found.parts[0]
        if len(alone.changes) == 1:
            return f"{alone.name} is the only change that can have done it."
        return "All changes need each other, so that it cannot be told which of them did it."
    told = [f"{name} accounts for {signed(share)}" for share, name in ranked[:_NAMED] if share]
    left = len([share for share, _ in ranked[_NAMED:] if share])
    more = (
        f"; {left} more for {signed(sum(s for s, _ in ranked[_NAMED:]))} together" if left else ""
    )
    text = "; ".join(told) + more
    if not found.exact:
        text += f"; {signed(found.remainders[answer.key])} is owed to changes acting together"
    return f"Of the {signed(answer.difference)}: {text}."


def method(found: Difference) -> str:
    """How the parts' shares were found, in a sentence."""
    if len(found.parts) == 1:
        return f"{found.solves} solves."
    apart = ""
    if any(len(part.changes) > 1 for part in found.parts):
        apart = "Changes named together make no game without each other. "
    if found.exact:
        return (
            f"{apart}Shares are means over all orders in which the changes can be made (Shapley "
            f"values), and add up to the whole difference; {found.solves} solves."
        )
    return (
        f"{apart}Each change was made first and made last, and its share is the mean of the two; "
        f"what changes do together is told apart; {found.solves} solves."
    )


def number(value: float) -> str:
    """A figure with four digits."""
    return f"{value:.4g}".replace("-", "−")


def signed(value: float) -> str:
    """A difference with its sign and three digits; an en dash where it is not known."""
    if math.isnan(value):
        return "–"
    return "0" if value == 0 else f"{value:+.3g}".replace("-", "−")
