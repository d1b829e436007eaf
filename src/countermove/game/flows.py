"""What columns earn at the ends of periods, and the tables that they read."""

from __future__ import annotations

from collections.abc import Mapping

from countermove.game.columns import Column, Part, Source
from countermove.game.lookups import Reader, type_profiles
from countermove.game.structure import Flow
from countermove.game.tables import Table, Tables
from countermove.language.expressions import Expression
from countermove.language.model import Scenario


def certain(tables: Tables) -> Table:
    """The table that is 1 everywhere."""
    return tables.add("value", [None], "certainty")


def condition_table(tables: Tables, column: Column) -> Table:
    """The condition under which a column counts."""
    return tables.add("value", [column.expression], f"the condition of measure {column.name!r}")


def column_tables(scenario: Scenario, tables: Tables, columns: tuple[Column, ...]) -> None:
    """Register every table that the columns will need, before the tables are placed."""
    certain(tables)
    for column in columns:
        if column.expression is not None:
            condition_table(tables, column)
    for player in scenario.players:
        for name, expression in (*player.interests.items(), *player.final.items()):
            tables.add("value", [expression], f"interest {name!r} of {player.name!r}")


def flows_of(
    scenario: Scenario, tables: Tables, reader: Reader, columns: tuple[Column, ...]
) -> tuple[Flow, ...]:
    """What each column earns at the ends of periods."""
    flows = []
    for i, column in enumerate(columns):
        if column.kind == "payoff":
            player = scenario.player(column.player)
            earned: tuple[tuple[Source, Mapping[str, Expression]], ...]
            earned = (("each", player.interests), ("close", player.final))
            for source, interests in earned:
                for name, expression in interests.items():
                    if column.part not in (None, Part(source, name)):
                        continue
                    what = f"interest {name!r} of {player.name!r}"
                    table = tables.add("value", [expression], what)
                    for types, free in type_profiles(table, column):
                        flows.append(Flow(i, source, reader.at(table, types), types=free))
        elif column.kind in ("sum", "final", "ever", "time"):
            lookup = reader.at(condition_table(tables, column))
            absorbing = column.kind in ("ever", "time")
            at, elapsed = "last" if column.kind == "final" else "each", column.kind == "time"
            flows.append(Flow(i, at, lookup, elapsed, absorbing, column.belief))
    return tuple(flows)
