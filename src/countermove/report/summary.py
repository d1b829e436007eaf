"""What somebody with a minute should take from a result: a few sentences from the records."""

from __future__ import annotations

import math
from dataclasses import dataclass

from countermove.language import words
from countermove.report import belief_words
from countermove.report.records import Fan, Findings, MeasureRow, Moves

_SHOWN_CHANGES = 3
FIRM = 0.05  # a probability that moves by less is called firm


@dataclass(frozen=True, slots=True)
class Sentence:
    """A finding: what it is about, and what is found."""

    about: str
    says: str


def sentences(findings: Findings) -> tuple[Sentence, ...]:
    """The findings in the order in which they are read."""
    found = [
        _story_sentence(findings),
        *_move_sentences(findings),
        _change_sentence(findings),
        _over_sentence(findings),
        _timing_sentence(findings),
        _firmness_sentence(findings),
        _basis_sentence(findings),
    ]
    return tuple(sentence for sentence in found if sentence is not None)


def _story_sentence(findings: Findings) -> Sentence | None:
    says = belief_words.story_words(findings)
    return Sentence("What a move tells", says) if says else None


def _move_sentences(findings: Findings) -> list[Sentence]:
    spoken = [_move_sentence(findings, moves) for moves in findings.moves]
    return [sentence for sentence in spoken if sentence is not None]


def _move_sentence(findings: Findings, moves: Moves) -> Sentence | None:
    at, odds = moves.first(), moves.now()
    if at is None:
        return None
    when = words.in_period(findings.scenario.calendar, moves.periods[at])
    (best, likely), *others = odds
    chooses = "choose" if words.verb(moves.title) == "are" else "chooses"
    says = f"{when} most likely {chooses} {_quoted(best)} ({words.percent(likely)})"
    nexts = [f"{_quoted(name)} ({words.percent(p)})" for name, p in others[:2] if p >= 0.05]
    if nexts:
        says += f", else {words.listed(nexts, last='or')}"
    return Sentence(moves.title, f"{says}{_later(findings, moves, best)}.")


def _later(findings: Findings, moves: Moves, now: str) -> str:
    """What is likeliest in the last period, where that is not what is likeliest now."""
    last = moves.odds[-1]
    if last is None:
        return ""
    at = max(range(len(last)), key=last.__getitem__)
    if moves.actions[at] == now:
        return ""
    when = words.in_period(findings.scenario.calendar, moves.periods[-1])
    if moves.moves[-1] < 0.9995:
        when += ", where it still moves"
    return f"; {when}, {_quoted(moves.actions[at])} ({words.percent(last[at])})"


def _change_sentence(findings: Findings) -> Sentence | None:
    moved = sorted(findings.fans, key=lambda fan: stays(fan, findings))[:_SHOWN_CHANGES]
    parts = [change_words(fan, findings) for fan in moved if stays(fan, findings) < 0.9]
    if not parts:
        return None
    end = words.period_end(findings.scenario.calendar, findings.periods[-1])
    return Sentence(f"By the end of {end}", "; ".join(parts) + ".")


def _over_sentence(findings: Findings) -> Sentence | None:
    if findings.scenario.ends is None or not findings.over[-1] > 0:
        return None
    end = words.period_end(findings.scenario.calendar, findings.periods[-1])
    odds = words.percent(findings.over[-1])
    says = f"the game is over by {end} with a chance of {odds}; levels then stay as they were."
    return Sentence("An early end", says)


def stays(fan: Fan, findings: Findings) -> float:
    """The probability that a variable ends at the level where it started."""
    return fan.odds[-1][fan.levels.index(findings.start[fan.variable])]


def change_words(fan: Fan, findings: Findings) -> str:
    """Where a variable will most likely have gone by the end, with the odds."""
    start = findings.start[fan.variable]
    level, probability = fan.likeliest(len(fan.odds) - 1)
    name, there, odds = words.plain_name(fan.variable), _quoted(level), words.percent(probability)
    if level == start:
        return f"{name} will most likely still be {there} ({odds})"
    return f"{name} will most likely have gone from {_quoted(start)} to {there} ({odds})"


def _timing_sentence(findings: Findings) -> Sentence | None:
    timed = [row for row in findings.measures if row.kind == "first" and row.mean_given is not None]
    parts = [_timing(row, findings) for row in timed if row.value >= 0.01]
    return Sentence("When", "; ".join(parts) + ".") if parts else None


def _timing(row: MeasureRow, findings: Findings) -> str:
    after = words.duration(row.mean_given or 0.0, findings.scenario.calendar)
    return (
        f"{_quoted(row.name)} has a chance of {words.percent(row.value)} to come at all; "
        f"where it comes, it takes {after} on average"
    )


def _firmness_sentence(findings: Findings) -> Sentence | None:
    swings = [
        (swing(row), row)
        for row in findings.measures
        if row.form in ("probability", "belief") and row.variants and row.is_defined
    ]
    if not swings:
        return None
    widest, row = max(swings, key=lambda pair: pair[0])
    values = [row.value, *row.variants.values()]
    said = f"from {words.percent(min(values))} to {words.percent(max(values))}"
    firm = sum(width < FIRM for width, _ in swings)
    says = f"{_quoted(row.name)} moves most, {said}"
    says += f"; {firm} of {len(swings)} probabilities {'moves' if firm == 1 else 'move'}"
    says += " by less than 5 points."
    if widest >= FIRM:
        says += " What moves far depends on how rational the actors are taken to be."
    return Sentence("With rationality halved or doubled", says)


def swing(row: MeasureRow) -> float:
    """How far a measure moves over the rationalities tried."""
    values = [value for value in (row.value, *row.variants.values()) if not math.isnan(value)]
    return max(values) - min(values) if values else 0.0


def _basis_sentence(findings: Findings) -> Sentence | None:
    coverage = findings.scenario.coverage
    if not coverage.total:
        return None
    says = (
        f"{coverage.cited} of {coverage.total} parts cite a claim of a source "
        f"({words.percent(coverage.share_cited)}); {coverage.assumed} are stated assumptions"
    )
    if coverage.bare:
        says += f", {coverage.bare} rest on nothing stated"
    return Sentence("What this rests on", f"{says}.")


def _quoted(name: str) -> str:
    return f"“{words.plain_name(name)}”"
