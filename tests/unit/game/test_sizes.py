"""Games that are too large are refused quickly, and memory is read as people write it."""

import time
import tracemalloc

import pytest

from countermove.errors import InvalidRequest, SizeLimitError
from countermove.game import compile as compile_game
from countermove.game.memory import free_memory, parse_memory, words
from countermove.language import loads
from countermove.solve import solve


def wide(sizes, *, periods=12):
    """Variables of these sizes, each of which an event of its own may shift either way."""
    state = "\n".join(f"  v{i}: {{levels: 0..{n - 1}, start: 0}}" for i, n in enumerate(sizes))
    events = "\n".join(
        f"  e{i}: [{{v{i}: 1, probability: 0.5}}, {{v{i}: -1, probability: 0.3}}]"
        for i in range(len(sizes))
    )
    return loads(
        f"""
scenario: wide
title: Wide
calendar: {{periods: {periods}}}
state:
{state}
players: {{p: {{rationality: 1, interests: {{i: v0}}, actions: {{wait: {{}}}}}}}}
events:
{events}
"""
    )


def test_a_million_million_states_are_refused_quickly():
    scenario = wide([10] * 11 + [12])  # 1.2 × 10^12 combinations, all of them reachable
    began = time.perf_counter()
    tracemalloc.start()
    with pytest.raises(SizeLimitError, match=r"CM109: .*states") as caught:
        compile_game(scenario, max_memory="2GB")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert time.perf_counter() - began < 10
    assert peak < 500e6
    message = str(caught.value)
    assert "The variables that cost most: " in message
    assert "v" in message.split("The variables that cost most: ")[1]
    assert "--max-memory" in message


def test_refused_as_quickly_where_memory_is_plentiful():
    began = time.perf_counter()
    with pytest.raises(SizeLimitError, match="CM109"):
        compile_game(wide([10] * 11 + [12]))
    assert time.perf_counter() - began < 30


def test_those_that_cost_most_are_named():
    with pytest.raises(SizeLimitError) as caught:
        compile_game(wide([2, 9, 3, 9, 2, 9, 9, 9, 9]), max_memory="20MB")
    listed = str(caught.value).split("The variables that cost most: ")[1].split(".")[0]
    names = [part.strip().split(" ")[0] for part in listed.split(",")]
    assert len(names) == 5
    assert set(names) <= {"v1", "v3", "v5", "v6", "v7", "v8"}


def test_more_combinations_than_can_be_numbered():
    with pytest.raises(SizeLimitError, match=r"CM109: .* about 1\.0e\+20 combinations of levels"):
        compile_game(wide([10] * 20))


def test_what_cannot_be_reached_costs_nothing():
    # Many combinations, but one event: a line of states.
    state = "\n".join(f"  v{i}: {{levels: 0..9, start: {i % 10}}}" for i in range(18))
    scenario = loads(
        f"""
scenario: narrow
title: Narrow
calendar: {{periods: 4}}
state:
{state}
players:
  p: {{rationality: 1, interests: {{i: {" + ".join(f"v{i}" for i in range(18))}}},
       actions: {{wait: {{}}}}}}
events: {{e: [{{v0: 1, probability: 0.5}}]}}
"""
    )
    assert compile_game(scenario, max_memory="2MB").n_states == 5


def test_a_game_within_the_limit_is_not_refused():
    scenario = wide([3, 3, 3, 3])
    game = compile_game(scenario)
    assert game.n_states == 81
    assert game.predicted_bytes > 81 * 8
    again = compile_game(scenario, max_memory=4 * game.predicted_bytes)
    assert solve(again).status == "solved"


def test_a_limit_below_what_is_needed():
    scenario = wide([5, 5, 5])
    needed = compile_game(scenario).predicted_bytes
    with pytest.raises(SizeLimitError, match="CM109"):
        compile_game(scenario, max_memory=needed // 4)


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("4GB", 4 << 30),
        ("4 gb", 4 << 30),
        ("4GiB", 4 << 30),
        ("4g", 4 << 30),
        ("0.5 MB", 1 << 19),
        ("500MB", 500 << 20),
        ("12kB", 12 << 10),
        ("1T", 1 << 40),
        ("123", 123),
        (" 123 B ", 123),
        (1024, 1024),
        (2.5e9, 2_500_000_000),
    ],
)
def test_amounts_of_memory(text, amount):
    assert parse_memory(text) == amount


@pytest.mark.parametrize("text", ["", "much", "4 XB", "-1GB", "1e9", "GB", "4GB!", "1.5.2MB"])
def test_amounts_that_cannot_be_read(text):
    with pytest.raises(InvalidRequest, match="is not an amount of memory; write 4GB or 500MB"):
        parse_memory(text)


@pytest.mark.parametrize("amount", ["0", 0, -5, 0.5, float("nan"), float("inf")])
def test_amounts_that_are_none(amount):
    with pytest.raises(InvalidRequest, match="memory allowed must be a finite amount above zero"):
        parse_memory(amount)


def test_by_default_half_of_what_is_free():
    assert parse_memory(None) == pytest.approx(free_memory() / 2, rel=0.2)
    assert free_memory() > 1 << 20


def test_amounts_in_words():
    assert [words(n) for n in (5, 2048, 3 << 20, 5 << 30, 2 << 40)] == [
        "5 B",
        "2 kB",
        "3 MB",
        "5 GB",
        "2 TB",
    ]
