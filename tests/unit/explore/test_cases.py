"""The evaluator of cases: keys, values, statuses, threads, interruptions."""

import importlib
import math
import random
import threading
import time
from collections import Counter

import pytest

import countermove as cm
from countermove.errors import InvalidRequest, ScenarioError, UnknownName
from countermove.explore.cases import FREE, OWN, Case, Evaluator
from countermove.game import compile as compile_game
from countermove.solve import solve
from countermove.solve.surprise import surprised

TEXT = """
scenario: bluff
title: A threat that may be a bluff
calendar: {periods: 3}
state: {crisis: {levels: [calm, threatened, open], start: calm}}
parameters:
  fear: {value: 1, range: [0, 2], assumption: true}
  odds: {value: 0.5, range: [0, 1.5], assumption: true}
players:
  us:
    types: {resolved: 0.4, bluffing: rest}
    rationality: 3
    interests: {worry: {by: type, resolved: -0.2 * (crisis == open), bluffing: -fear * (crisis == open)}}
    actions:
      wait: {}
      threaten: {when: crisis == calm, effects: [{crisis: threatened}]}
  iran:
    rationality: 2
    interests: {calm: crisis == calm}
    actions:
      comply: {effects: [{crisis: calm}]}
      resist: {when: crisis == threatened, effects: [{crisis: open, probability: odds}]}
measures:
  war: ever(crisis == open)
  war_begins: first(crisis == open)
  threats: played(us, threaten)
  complies: {of: "played(iran, comply)", given: crisis == threatened}
scores:
  washington: {player: us, weights: {war: -2, threats: -0.5, payoff(us): 1}}
  peace: {weights: {war: -1}}
policies:
  shy: {player: us, rules: [{when: crisis == calm and period == 0, play: [wait]}]}
  loud:
    player: us
    levers: {share: {value: 0.9, range: [0, 1]}}
    rules: [{when: crisis == calm, play: {threaten: share, wait: rest}}]
  firm: {player: iran, rules: [{when: crisis == threatened, play: [resist]}]}
views:
  dread: {set: {fear: 1.75}}
  rash: {set: {odds: 0.9}}
"""  # noqa: E501
PACKAGE = importlib.import_module("countermove.solve")
ALL = [
    Case(view, policy, met)
    for view in (None, "dread")
    for policy, met in [
        (None, "free"),
        *((p, m) for p in ("shy", "loud", "firm") for m in ("adaptive", "surprised")),
    ]
]


@pytest.fixture(scope="module")
def scenario():
    return cm.loads(TEXT)


def exactly(outcomes):
    return [repr((o.case, o.status, dict(o.values), o.residual, o.unsolved)) for o in outcomes]


def by_hand(scenario, case, drawn=None):
    """All keys' values from a game compiled for the case alone."""
    drawn = drawn or {}
    options = {"view": case.view, "set": drawn}
    levers = {n for n in drawn if scenario.parameters[n].lever_of}
    if case.met == "surprised":
        free = {n: x for n, x in drawn.items() if n not in levers}
        known = scenario.policies[case.policy].players
        game = compile_game(scenario, policy=case.policy, known=known, **options)
        free = solve(compile_game(scenario, view=case.view, set=free), others=0)
        found, payoffs = surprised(free, game).measures, None
    else:
        solution = solve(compile_game(scenario, policy=case.policy, **options), others=0)
        found, payoffs = solution.measures, solution.payoffs
    values = {name: m.value for name, m in found.items()}
    values["war_begins.periods"] = found["war_begins"].mean_censored
    if payoffs is not None:
        values |= {f"payoff({p})": x for p, x in payoffs.items()}
        values["score(washington)"] = (
            -2 * values["war"] - 0.5 * values["threats"] + values["payoff(us)"]
        )
    values["score(peace)"] = -values["war"]
    return values


# -- cases ---------------------------------------------------------------------------------------


def test_labels():
    assert (Case().view_label, Case().policy_label) == (OWN, FREE) == ("(own)", "(free)")
    case = Case("dread", "shy", "surprised")
    assert (case.view_label, case.policy_label) == ("dread", "shy")


@pytest.mark.parametrize("wrong", [(None, "shy", "free"), (None, None, "adaptive")])
def test_only_the_free_are_met_freely(wrong):
    with pytest.raises(InvalidRequest, match="met 'free' if and only if it has no policy"):
        Case(*wrong)


# -- keys and values -----------------------------------------------------------------------------


def test_all_keys(scenario):
    assert Evaluator(scenario).keys == (
        "war",
        "war_begins",
        "war_begins.periods",
        "threats",
        "complies",
        "payoff(us)",
        "payoff(iran)",
        "score(washington)",
        "score(peace)",
    )


def test_some_keys(scenario):
    wanted = ["score(washington)", "war_begins", "payoff(iran)"]
    few = Evaluator(scenario, measures=wanted)
    assert few.keys == ("score(washington)", "war_begins", "war_begins.periods", "payoff(iran)")
    everything = Evaluator(scenario)
    for case in ALL[:5]:
        found = few.outcome(case).values
        assert tuple(found) == few.keys
        all_values = everything.outcome(case).values
        assert found == pytest.approx({key: all_values[key] for key in few.keys}, abs=1e-12)


@pytest.mark.parametrize("key", ["wars", "payoff(them)", "score(moscow)", "war_begins.periods"])
def test_unknown_keys(scenario, key):
    with pytest.raises(UnknownName) as caught:
        Evaluator(scenario, measures=["war", key])
    assert key in str(caught.value)
    assert "measure, payoff(…) or score(…)" in str(caught.value)


@pytest.mark.parametrize("case", ALL, ids=lambda c: f"{c.view_label}-{c.policy_label}-{c.met}")
def test_values_by_hand(scenario, case):
    drawn = {"odds": 0.75} | ({"share": 0.3} if case.policy == "loud" else {})
    evaluator = Evaluator(scenario)
    for draw in (None, drawn):
        found = evaluator.outcome(case, draw)
        assert found.solved
        assert found.case == case
        assert 0 <= found.residual < 1e-9
        assert found.unsolved == 0
        assert tuple(found.values) == evaluator.keys
        wanted = by_hand(scenario, case, draw)
        wanted = {key: wanted.get(key, found.values[key]) for key in evaluator.keys}
        assert found.values == pytest.approx(wanted, abs=1e-9, nan_ok=True)


def test_a_score_is_the_sum_of_its_parts(scenario):
    for outcome in Evaluator(scenario).outcomes((case, None) for case in ALL):
        v = outcome.values
        wanted = -2 * v["war"] - 0.5 * v["threats"] + v["payoff(us)"]
        assert v["score(washington)"] == pytest.approx(wanted, abs=1e-12)


def test_cases_differ(scenario):
    found = Evaluator(scenario).outcomes([(case, None) for case in ALL])
    assert len({repr(dict(o.values)) for o in found}) == len(ALL)


def test_what_cannot_happen(scenario):
    found = Evaluator(scenario).outcome(Case(None, "loud", "adaptive"), {"odds": 0, "share": 0})
    assert found.solved
    assert (found.values["war"], found.values["war_begins.periods"]) == (0, 3)
    assert math.isnan(found.values["complies"])  # there is no threat to answer


def test_values_of_a_view(scenario):
    evaluator = Evaluator(scenario)
    assert evaluator.values_of(None) == {"fear": 1, "odds": 0.5, "share": 0.9}
    assert evaluator.values_of("dread") == {"fear": 1.75, "odds": 0.5, "share": 0.9}
    with pytest.raises(UnknownName, match="'dred'"):
        evaluator.values_of("dred")


def test_belief_points_and_memory_are_passed_on(scenario):
    coarse = Evaluator(scenario, belief_points={"us": 6})
    assert coarse.game(Case()).beliefs.size == 6  # the prior is one of them
    with pytest.raises(cm.errors.SizeLimitError, match="memory"):
        Evaluator(scenario, max_memory=10).prepare([Case()])


# -- what goes wrong -----------------------------------------------------------------------------


@pytest.mark.parametrize("case", ALL[:7], ids=lambda c: f"{c.policy_label}-{c.met}")
def test_a_draw_that_makes_no_game_is_a_status(scenario, case):
    found = Evaluator(scenario).outcome(case, {"odds": 1.25})
    assert not found.solved
    assert found.status.startswith("no game: CM100 the probability of action 'resist' of 'iran'")
    assert dict(found.values) == {}
    assert math.isnan(found.residual)


def test_a_failing_draw_leaves_its_neighbours_alone(scenario):
    evaluator = Evaluator(scenario)
    jobs = [(case, {"odds": odds}) for odds in (0.25, 1.25, 0.75) for case in ALL[:7]]
    found = evaluator.outcomes(jobs, threads=2)
    assert [o.solved for o in found] == [drawn["odds"] < 1 for _, drawn in jobs]
    assert exactly(found[14:]) == exactly(evaluator.outcomes(jobs[14:]))


def test_a_solve_that_fails_is_a_status(scenario):
    text = TEXT.replace("calm: crisis == calm", "calm: (1 + fear) * exp(708.5) * (crisis != open)")
    evaluator = Evaluator(cm.loads(text))
    words = "not solved: values that are not finite"
    assert evaluator.outcome(Case()).status == words
    assert evaluator.outcome(Case(None, "shy", "adaptive")).status == words
    found = evaluator.outcome(Case(None, "shy", "surprised"))
    assert found.status == f"free play {words}"
    assert dict(found.values) == {}


def test_what_lies_outside_the_ranges_is_refused(scenario):
    evaluator = Evaluator(scenario)
    with pytest.raises(InvalidRequest, match="'fear' was compiled for 0 to 2, not 3"):
        evaluator.outcome(Case(), {"fear": 3})
    with pytest.raises(InvalidRequest, match="'fear' was compiled for 0 to 2, not 3"):
        evaluator.outcomes([(Case(), None), (Case(), {"fear": 3})])
    with pytest.raises(UnknownName, match="no parameter 'fera'"):
        evaluator.outcome(Case(), {"fera": 1})
    with pytest.raises(InvalidRequest, match="'share' is a lever of the policy 'loud'"):
        evaluator.outcome(Case(None, "shy", "adaptive"), {"share": 0.5})


def test_unknown_views_and_policies_are_refused_before_anything_is_solved(scenario, monkeypatch):
    monkeypatch.setattr(PACKAGE, "solve", None)
    evaluator = Evaluator(scenario)
    for wrong, name in [(Case("dred"), "dred"), (Case(None, "shi", "surprised"), "shi")]:
        with pytest.raises(UnknownName, match=name):
            evaluator.outcomes([(Case(), None), (wrong, None)])


def test_a_fault_of_the_scenario_itself_is_raised():
    text = TEXT.replace("probability: odds", "probability: odds + (crisis == threatened)")
    with pytest.raises(ScenarioError, match="CM100"):
        Evaluator(cm.loads(text)).outcomes([(Case(), None)])


# -- many ----------------------------------------------------------------------------------------


@pytest.fixture
def solves(monkeypatch):
    """Counts the games solved, by view, policy and draw."""
    counted, lock = Counter(), threading.Lock()

    def counting(game, **options):
        with lock:
            counted[game.view, game.policy, game.parameters["odds"]] += 1
        return solve(game, **options)

    monkeypatch.setattr(PACKAGE, "solve", counting)
    return counted


def test_free_play_is_solved_once(scenario, solves):
    draws = [None, {"odds": 0.25}]
    jobs = [(case, drawn) for case in ALL for drawn in draws]
    random.Random(1).shuffle(jobs)
    Evaluator(scenario).outcomes(jobs, threads=2)
    # A free game and three adaptive ones for each of two views and two draws.
    assert set(solves.values()) == {1}
    assert sorted(solves, key=str) == sorted(
        [
            (view, policy, odds)
            for view in (None, "dread")
            for policy in (None, "shy", "loud", "firm")
            for odds in (0.5, 0.25)
        ],
        key=str,
    )


def jobs_drawn(n):
    draw, found = random.Random(7), []
    for _ in range(n):
        drawn = {"fear": draw.uniform(0, 2), "odds": draw.uniform(0, 1.2)}
        found += [(case, drawn) for case in ALL]
    return found


def test_threads_order_and_neighbours_change_nothing(scenario):
    jobs = jobs_drawn(3)
    wanted = exactly(Evaluator(scenario).outcomes(jobs, threads=1))
    assert exactly(Evaluator(scenario).outcomes(jobs, threads=4)) == wanted
    evaluator = Evaluator(scenario)
    assert exactly(evaluator.outcomes(jobs[::-1], threads=2))[::-1] == wanted
    assert exactly(evaluator.outcomes(jobs)) == wanted  # once more, from what it has
    assert exactly([evaluator.outcome(*job) for job in jobs[::5]]) == wanted[::5]
    assert exactly([Evaluator(scenario).outcome(*job) for job in jobs[::9]]) == wanted[::9]


def test_one_evaluator_serves_many_threads(scenario):
    evaluator, jobs = Evaluator(scenario), jobs_drawn(1)
    wanted, found = exactly(Evaluator(scenario).outcomes(jobs)), {}

    def work(number):
        found[number] = exactly([evaluator.outcome(*job) for job in jobs])

    threads = [threading.Thread(target=work, args=(number,)) for number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [found[number] for number in range(3)] == [wanted] * 3


def test_each_and_progress_are_told_from_the_thread_that_calls(scenario):
    jobs, told, heard, who = jobs_drawn(1), [], {}, set()

    def each(i, outcome):
        who.add(threading.get_ident())
        assert i not in heard
        heard[i] = outcome

    def progress(done, total):
        who.add(threading.get_ident())
        assert done == len(heard)  # what is counted has been handed over
        told.append((done, total))

    found = Evaluator(scenario).outcomes(jobs, threads=2, progress=progress, each=each)
    assert told == [(k, len(jobs)) for k in range(1, len(jobs) + 1)]
    assert [heard[i] for i in range(len(jobs))] == found
    assert who == {threading.get_ident()}


def test_no_jobs(scenario):
    assert Evaluator(scenario).outcomes([]) == []


def test_progress_of_one_case(scenario):
    told = []
    Evaluator(scenario).outcome(Case(), progress=lambda done, total: told.append((done, total)))
    assert told == [(1, 3), (2, 3), (3, 3)]


# -- interruptions -------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [KeyboardInterrupt, RuntimeError])
def test_an_interruption_ends_the_work(scenario, solves, kind):
    jobs = [(Case(), {"odds": k / 800}) for k in range(400)]

    def each(i, outcome):
        raise kind("enough")

    evaluator, before = Evaluator(scenario), threading.active_count()
    with pytest.raises(kind, match="enough"):
        evaluator.outcomes(jobs, threads=2, each=each)
    assert sum(solves.values()) < 200
    assert threading.active_count() == before
    assert evaluator.outcome(Case()).solved  # nothing is left locked


def test_an_interruption_ends_a_long_solve_at_its_next_period(scenario, monkeypatch):
    reached, quick = [], threading.Event()

    def slow(game, *, progress, **options):
        if game.parameters["odds"] == 0.25:
            quick.wait(20)
            return solve(game, progress=progress, **options)
        for period in range(2_000):
            reached.append(period)
            progress(period, 2_000)
            quick.set()
            time.sleep(0.01)
        return solve(game, progress=progress, **options)

    monkeypatch.setattr(PACKAGE, "solve", slow)

    def each(i, outcome):
        raise KeyboardInterrupt

    jobs = [(Case(), {"odds": 0.25}), (Case(), {"odds": 0.75})]
    with pytest.raises(KeyboardInterrupt):
        Evaluator(scenario).outcomes(jobs, threads=2, each=each)
    assert 0 < len(reached) < 1_000
