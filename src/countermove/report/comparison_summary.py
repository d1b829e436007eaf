"""What somebody with a minute should take from a comparison: a few sentences."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from countermove.explore.cases import FREE
from countermove.language import words
from countermove.report.comparison_words import (
    bits,
    change,
    cost,
    key_name,
    option_name,
    sign_when,
    sign_words,
    value,
    view_name,
    view_names,
)
from countermove.report.summary import Sentence
from countermove.solve.certificate import TOLERANCE

if TYPE_CHECKING:
    from countermove.explore.comparison import Comparison
    from countermove.explore.promise import Promise
    from countermove.explore.ranking import Reversal
    from countermove.explore.telltale import Sign

_DIM = 0.05  # a sign of fewer bits tells hardly anything
_LEAST = 0.05  # of the countermove effect: less is as good as nothing promised or delivered
_ALL_SAID = 4  # so many views are all named in a sentence; of more, the extremes


def sentences(comparison: Comparison) -> tuple[Sentence, ...]:
    """The findings in the order in which they are read."""
    found = [
        _best(comparison),
        _taken_back(comparison),
        _reversed_promises(comparison),
        _agreement(comparison),
        _advice(comparison),
        sign_sentence(comparison),
    ]
    return tuple(sentence for sentence in found if sentence is not None)


def in_brief(comparison: Comparison) -> tuple[Sentence | None, ...]:
    """The few of them that fit into a minute: what does best, what is taken back, who differs."""
    return (_best_in_brief(comparison), _taken_back(comparison), _advised(comparison))


def _best_in_brief(comparison: Comparison) -> Sentence | None:
    view, key = comparison.views[0], comparison.objective.key
    first = comparison.rankings[0]
    if not first.options or not comparison.policies:
        return None
    named = key_name(comparison.scenario, key)
    says = f"by “{named}”, " if key in comparison.scenario.measures else f"by the {named}, "
    if key.startswith("score("):
        says = f"by the score “{named}”, "
    number = value(comparison.scenario, key, first.values[0])
    if first.options[0] == FREE:
        return Sentence("What does best", f"{says}no policy does better than to stay free.")
    free = value(comparison.scenario, key, comparison.value(view, FREE, key))
    best = option_name(first.options[0])
    says += f"“{best}” does best: {number}, against {free} with nobody bound."
    return Sentence("What does best", says)


def _advised(comparison: Comparison) -> Sentence | None:
    """What each view would choose."""
    if len(comparison.views) < 2 or len(comparison.options) < 2:
        return None
    sides = _sides(comparison)
    if len(sides) == 1:
        named = option_name(next(iter(sides)))
        if len(comparison.views) == 2:
            says = f"{view_names(comparison.views)} would both choose “{named}”."
        else:
            says = f"all {len(comparison.views)} views would choose “{named}”."
        return Sentence("Where judges agree", says)
    parts = [f"{view_names(views)}: “{option_name(option)}”" for option, views in sides.items()]
    return Sentence("Where judges differ", "what each would choose: " + "; ".join(parts) + ".")


def sign_in_brief(comparison: Comparison) -> Sentence | None:
    """What would tell the views apart best, without its bits; None where there is but one view."""
    if comparison.signs is None or len(comparison.signs.views) < 2:
        return None
    best = next(iter(comparison.signs.best(1)), None)
    if best is None or best.bits <= TOLERANCE:
        says = "nothing: all views expect the same of every move and every variable."
    else:
        says = f"{expected_words(comparison, best)}."
        if best.bits < _DIM:
            says = f"hardly anything would tell the views apart; most does {says}"
    return Sentence("What to watch for", says)


def _best(comparison: Comparison) -> Sentence | None:
    view, key = comparison.views[0], comparison.objective.key
    first = comparison.rankings[0]
    if not first.options or not comparison.policies:
        return None
    best = option_name(first.options[0])
    number = value(comparison.scenario, key, first.values[0])
    says = f"with {view_name(view)}, “{best}” does best ({number})"
    if first.options[0] != FREE:
        free = value(comparison.scenario, key, comparison.value(view, FREE, key))
        says += f"; with nobody bound it is {free}"
    else:
        says += ": no policy does better than to stay free"
    return Sentence("What does best", f"{says}.")


def _promises(comparison: Comparison) -> list[tuple[str, Promise]]:
    view, key = comparison.views[0], comparison.objective.key
    found = [(policy, comparison.promise(view, policy, key)) for policy in comparison.policies]
    return [(policy, p) for policy, p in found if math.isfinite(p.effect)]


def _taken_back(comparison: Comparison) -> Sentence | None:
    found = _promises(comparison)
    if not found:
        return None
    policy, most = max(found, key=lambda pair: abs(pair[1].effect))
    if abs(most.effect) <= most.noise:
        return Sentence("The countermoves", "no policy’s result depends on the others’ answer.")
    scenario, key = comparison.scenario, comparison.objective.key
    says = (
        f"they matter most to “{option_name(policy)}”: unanswered it would change things by "
        f"{change(scenario, key, most.promise, noise=most.noise)}, answered it does by "
        f"{change(scenario, key, most.delivered, noise=most.noise)}"
    )
    if 0 < most.share <= 1:
        says += f"; {words.percent(most.share)} of the promise is taken back"
    return Sentence("The countermoves", f"{says}.")


def _reversed_promises(comparison: Comparison) -> Sentence | None:
    """The policies that promise to help and harm, or the other way round."""
    sign = comparison.objective.sign
    found = _promises(comparison)
    harmed = [n for n, p in found if sign * p.promise > _seen(p) and sign * p.delivered < -_seen(p)]
    helped = [n for n, p in found if sign * p.promise < -_seen(p) and sign * p.delivered > _seen(p)]
    parts = []
    if harmed:
        names = words.listed([f"“{option_name(name)}”" for name in harmed])
        parts.append(f"{names} would help if nobody answered, and harm{_s(harmed)} as they do")
    if helped:
        names = words.listed([f"“{option_name(name)}”" for name in helped])
        parts.append(f"{names} would harm if nobody answered, and help{_s(helped)} as they do")
    if not parts:
        return None
    meant = "that is what a share of more than 100% taken back means"
    return Sentence("Turned round", f"{'; '.join(parts)}; {meant}.")


def _seen(promise: Promise) -> float:
    """From where on a promise and what is delivered count as such, and not as nothing."""
    return max(promise.noise, _LEAST * abs(promise.effect))


def _s(names: list[str]) -> str:
    return "s" if len(names) == 1 else ""


def _agreement(comparison: Comparison) -> Sentence | None:
    if len(comparison.views) < 2 or len(comparison.options) < 2:
        return None
    count, split = len(comparison.options), len(comparison.reversals)
    pairs = count * (count - 1) // 2
    sides = _sides(comparison)
    if len(sides) == 1:
        says = f"all views put “{option_name(next(iter(sides)))}” first"
    else:
        says = "; ".join(
            f"“{option_name(option)}” is best with {view_names(views)}"
            for option, views in sides.items()
        )
    if not split:
        return Sentence("Where the views agree", f"{says}; they rank everything alike.")
    ranked = f"they differ on {split} of {words.counted(pairs, 'pair')} of options"
    return Sentence("Where the views differ", f"{says}; {ranked}.")


def _sides(comparison: Comparison) -> dict[str, list[str]]:
    """The views by what each advises."""
    sides: dict[str, list[str]] = {}
    for view in comparison.views:
        if advised := comparison.regret.advice(view):
            sides.setdefault(advised, []).append(view)
    return sides


def _advice(comparison: Comparison) -> Sentence | None:
    reading = regret_words(comparison)
    return Sentence("Acting on the wrong view", reading) if reading else None


def regret_words(comparison: Comparison) -> str:
    """Whose advice costs least if it is wrong, and whose world punishes others' advice most."""
    found, views = comparison.regret, comparison.views
    known = [at for at in range(len(views)) if math.isfinite(found.worst[at])]
    if len(views) < 2 or len(comparison.options) < 2 or not known:
        return ""
    costs = np.nan_to_num(found.matrix)
    if not costs.any():
        return "costs nothing: what one view advises is as good as anything with every other."
    scenario, key = comparison.scenario, comparison.objective.key
    safest = _least(found.worst, known)
    advised = {found.advice(views[at]) for at in safest}
    names = view_names([views[at] for at in safest])
    worst = float(found.worst[safest[0]])
    mean = float(found.mean[safest].min())
    says = (
        f"the advice of {names} ({words.listed([f'“{option_name(a)}”' for a in sorted(advised)])}) "
        f"costs least if it is wrong: {cost(scenario, key, worst)} at most, "
        f"{cost(scenario, key, mean)} on average over the other views"
    )
    riskiest = int(np.nanargmax(found.worst))
    says += (
        f"; that of {view_name(views[riskiest])} costs up to "
        f"{cost(scenario, key, float(found.worst[riskiest]))}"
    )
    hardest = int(np.nanargmax(found.punishes))
    says += (
        f". The world of {view_name(views[hardest])} punishes others’ advice most: by "
        f"{cost(scenario, key, float(found.punishes[hardest]))} on average"
    )
    return f"{says}."


def _least(numbers: np.ndarray, known: list[int]) -> list[int]:
    """The positions of the least of the known numbers: views that advise the same are equals."""
    least = min(float(numbers[at]) for at in known)
    return [at for at in known if numbers[at] <= least]


def reversal_words(comparison: Comparison, reversal: Reversal) -> str:
    """Who prefers what, and by how much."""
    scenario, key = comparison.scenario, comparison.objective.key
    first, second = option_name(reversal.first), option_name(reversal.second)
    ahead = _by(cost(scenario, key, reversal.ahead), reversal.here, reversal.prefer_first)
    behind = _by(cost(scenario, key, reversal.behind), reversal.there, reversal.prefer_second)
    return (
        f"“{first}” before “{second}” with {view_names(reversal.prefer_first)} ({ahead}); "
        f"the other way round with {view_names(reversal.prefer_second)} ({behind})"
    )


def _by(most: str, view: str, side: tuple[str, ...]) -> str:
    """By how much a side prefers what it prefers, and who most where there are several."""
    return f"by {most}" if len(side) == 1 else f"by up to {most}, {view_name(view)}"


def account_words(reversal: Reversal) -> str:
    """What the table of a reversal's account shows."""
    pair = f"“{option_name(reversal.first)}” over “{option_name(reversal.second)}”"
    if reversal.exact:
        return f"The leads of {pair} by measure, and what each adds to the difference of scores:"
    return f"The leads of {pair} that differ most, and by what part of the measure’s range:"


def sign_sentence(comparison: Comparison) -> Sentence | None:
    """What would tell the views apart best; None where there is but one."""
    if comparison.signs is None or len(comparison.signs.views) < 2:
        return None
    best = next(iter(comparison.signs.best(1)), None)
    if best is None or best.bits <= TOLERANCE:
        says = "nothing would: they expect the same of every move and every variable."
    else:
        told = f"{bits(best.bits)} of at most {bits(comparison.signs.most)} bits"
        says = f"the best sign is {expected_words(comparison, best)} ({told})."
    return Sentence("What would tell them apart", says)


def expected_words(comparison: Comparison, sign: Sign) -> str:
    """What views expect: ``“attacks: many”, end of Nov 2020: administration 62%, …``."""
    assert comparison.signs is not None
    scenario, at = comparison.scenario, sign.telling()
    odds = sign.odds[:, at]
    order = [int(v) for v in np.argsort(-odds, kind="stable")]
    shown = order if len(order) <= _ALL_SAID else [*order[:2], *order[-2:]]
    views = comparison.signs.views
    said = [f"{view_name(views[v])} {words.percent(float(odds[v]))}" for v in shown]
    if len(order) > len(shown):
        said.insert(2, "…")
    when = sign_when(scenario, sign)
    return f"“{sign_words(scenario, sign, at)}”, {when}: {', '.join(said)}"


def twins_words(comparison: Comparison) -> str:
    """The views that expect the same of everything; empty where none do."""
    if comparison.signs is None or not comparison.signs.twins:
        return ""
    groups = [view_names(group) for group in comparison.signs.twins]
    return (
        f"{'; '.join(groups)} expect the same of every move and every variable: nothing that "
        "happens can tell them apart."
    )


def unpredicted_words(comparison: Comparison) -> str:
    """The views whose free game was not solved; empty where all were."""
    if comparison.signs is None or not comparison.signs.failed:
        return ""
    lost = [f"{view_name(view)} ({why})" for view, why in comparison.signs.failed.items()]
    return f"Not solved, so left out here: {words.listed(lost)}."
