import pytest

from countermove import language
from countermove.game.forms import form_of, unit_of
from countermove.language.model import Scenario
from countermove.report import order, prose, scenario_tables
from countermove.report.charts import colours_of
from countermove.report.condense import condensed
from countermove.report.records import Fan
from countermove.report.tables import Table, fitted, without_empty_columns


def test_an_action_in_words(scenario: Scenario) -> None:
    send = next(a for a in scenario.player("ally").actions if a.name == "send_ships")
    said = prose.action_words(scenario, send)
    assert said.when == "blockade > absent"
    assert said.costs == ("The ally pays 0.15", "The mainland pays 0.1")
    assert said.effects == (
        "stocks rises by 1 level, with probability 0.6",
        "with probability 0.3: clashes rises by 1 level",
        "with probability 0.2: blockade falls by 1 level",
    )


def test_an_event_in_words(scenario: Scenario) -> None:
    said = prose.event_words(scenario, scenario.event("supply"))
    assert said.effects[0] == ("stocks falls by 1 level, with probability 0.6, if blockade == full")


def test_policies_in_words(scenario: Scenario) -> None:
    steady, restraint, measured = scenario.policies.values()
    assert prose.policy_words(steady) == (
        "if blockade > absent and stocks <= low: play send_ships",
    )
    assert prose.policy_words(restraint) == ("never send_ships",)
    assert prose.policy_words(measured)[0] == (
        "if blockade > absent and stocks <= days_left: play send_ships (firmness) and wait (rest)"
    )


def test_the_order_of_play_is_drawn_whole(scenario: Scenario) -> None:
    drawing = "\n".join(order.drawn(scenario, width=80))
    for step in scenario.order:
        title = scenario.player(step.name).title if step.kind == "move" else step.name
        assert title in drawing
    assert "the game is over once war == open_war" in drawing
    assert "payoffs stop there" in drawing
    assert max(map(len, drawing.splitlines())) <= 90


def test_guards_said_twice_are_shown_once(scenario: Scenario) -> None:
    text = scenario.text.replace(
        "{step: congress, when: war == no_war}", "{step: congress, when: date == 2027-10-15}"
    )
    steps = prose.order_words(language.loads(text))
    assert next(s for s in steps if s.name == "congress").when == "date == 2027-10-15"


def test_levels_show_order_numbers_and_unit(scenario: Scenario) -> None:
    shown = {v.name: scenario_tables.level_words(v) for v in scenario.variables}
    assert shown["stocks"] == "empty 0 < low 30 < ample 90 days"
    assert shown["clashes"] == "0 < 1 < 2 < 3"
    assert shown["cabinet"] == "cautious, hawkish"


def test_parameters_say_what_they_rest_on(scenario: Scenario) -> None:
    rows = {row[0]: row for row in scenario_tables.parameters(scenario).rows}
    assert rows["leak"][-1] == "blockades_leak"
    assert rows["spark"][-1] == "assumption: The odds that a clash becomes a war."


def test_views_and_policies_in_tables(scenario: Scenario) -> None:
    assert scenario_tables.policies(scenario).rows[1][:3] == (
        "restraint",
        "The ally",
        "never send_ships",
    )
    assert scenario_tables.views(scenario).rows[0][:3] == (
        "officer",
        "An officer",
        "leak = 0.3, spark = 0.05",
    )


def test_constants_show_their_value(scenario: Scenario) -> None:
    text = scenario.text.replace(
        "rationality: 4\n    discount: 0.97", "rationality: promise * 8", 1
    )
    player = language.loads(text).player("mainland")
    assert prose.constant_words(player.rationality, {"promise": 0.5}) == "promise * 8 = 4"
    assert prose.constant_words(player.discount, {}) == "1"


@pytest.mark.parametrize(
    ("name", "form", "unit"),
    [
        ("war", "probability", ""),
        ("time_to_blockade", "probability", ""),
        ("blockade_at_the_end", "probability", ""),
        ("days_of_stocks", "number", "days"),
        ("convoys", "count", "times"),
        ("mainland_gets", "number", "payoff"),
    ],
)
def test_what_kind_of_number_a_measure_is(
    scenario: Scenario, name: str, form: str, unit: str
) -> None:
    measure = scenario.measures[name]
    assert form_of(measure) == form
    assert unit_of(scenario, measure) == unit


def test_levels_without_numbers_are_counted_and_said_to_be(scenario: Scenario) -> None:
    more = "measures:\n  at_the_end: final(blockade)"
    loaded = language.loads(scenario.text.replace("measures:", more, 1))
    said = unit_of(loaded, loaded.measures["at_the_end"])
    assert said == "counting absent 0, partial 1, full 2"


def test_the_mean_of_a_condition_is_a_share_and_its_total_a_time(scenario: Scenario) -> None:
    more = "measures:\n  share: mean(blockade == full)\n  months: total(blockade == full)"
    loaded = language.loads(scenario.text.replace("measures:", more, 1))
    assert form_of(loaded.measures["share"]) == "share"
    assert unit_of(loaded, loaded.measures["months"]) == "months"


def test_tables_refuse_ragged_rows() -> None:
    with pytest.raises(ValueError, match="a row of 1 cells under 2 headings"):
        Table(("a", "b"), (("1",),))


def test_empty_columns_are_left_out() -> None:
    table = Table(("a", "b", "c"), (("1", "", "3"),), frozenset({"b", "c"}))
    assert without_empty_columns(table) == Table(("a", "c"), (("1", "3"),), frozenset({"c"}))


def test_spare_columns_go_first_where_there_is_no_room() -> None:
    table = Table(("a", "b", "c"), (("12345", "12345", "12345"),), spare=("b", "c"))
    assert fitted(table, 19) == table
    assert fitted(table, 18).columns == ("a", "c")
    assert fitted(table, 11).columns == ("a",)
    assert fitted(table, 1).columns == ("a",)


def test_long_words_are_folded_before_columns_go() -> None:
    table = Table(("a", "b", "c"), (("1", "w" * 40, "2"),), frozenset({"c"}), spare=("c",))
    assert fitted(table, 22).columns == ("a", "b", "c")
    assert fitted(table, 21).columns == ("a", "b")


def a_fan(count: int, *, ordered: bool) -> Fan:
    weights = [(7 * at) % count + 1 for at in range(count)]
    row = tuple(weight / sum(weights) for weight in weights)
    return Fan("v", "", ordered, tuple(f"l{at}" for at in range(count)), (0,), (row,), (1.5,))


@pytest.mark.parametrize("ordered", [True, False])
@pytest.mark.parametrize("count", [2, 8, 9, 17, 60])
def test_figures_show_at_most_eight_levels(count: int, ordered: bool) -> None:
    fan = condensed(a_fan(count, ordered=ordered))
    assert len(fan.levels) == len(set(fan.levels)) == min(count, 8)
    assert sum(fan.odds[0]) == pytest.approx(1)
    assert fan.means == (1.5,)
    assert len(set(colours_of(len(fan.levels), ordered=ordered))) == len(fan.levels)


def test_ordered_levels_are_put_together_with_their_neighbours() -> None:
    assert condensed(a_fan(16, ordered=True)).levels[:2] == ("l0 to l1", "l2 to l3")
    likely = condensed(a_fan(9, ordered=False))
    assert likely.levels[-1] == "others"
