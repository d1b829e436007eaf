"""``countermove show``: a scenario in words, its order of play drawn, what its numbers rest on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from countermove.cli.check import AS_JSON, SCENARIO

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

    from countermove.language.model import Action, Player, Scenario
    from countermove.report.tables import Table


def show(scenario: SCENARIO, as_json: AS_JSON = False) -> None:
    """Show a scenario in words.

    The situation, who wants what, what each may do and may privately be, the order of play drawn,
    what chance does, what is measured, weighed and good enough, the policies with their levers, the
    views, and the sources behind each number with their coverage.
    """
    from countermove import language
    from countermove.cli.terminal import out, print_json

    loaded = language.load(scenario)
    if as_json:
        print_json(_data(loaded))
        return
    console = out()
    for part in (
        _head,
        _situation,
        _terms,
        _players,
        _order,
        _events,
        _measures,
        _wants,
        _choices,
        _sources,
    ):
        part(console, loaded)


def _data(scenario: Scenario) -> dict[str, Any]:
    from countermove.cli.terminal import plain

    data: dict[str, Any] = plain(scenario)
    data.pop("text")
    data["coverage"] |= {"share_cited": scenario.coverage.share_cited}
    return data


def _heading(console: Console, text: str) -> None:
    console.print(f"\n{text.upper()}", style="bold cyan", markup=False)


def _head(console: Console, scenario: Scenario) -> None:
    from countermove.language import words

    console.print(scenario.title, style="bold", markup=False)
    about = f"{scenario.name}, version {scenario.version} · {words.span(scenario.calendar)}"
    console.print(about, style="dim", markup=False)
    if scenario.summary:
        console.print(f"\n{scenario.summary.strip()}", markup=False)


def _situation(console: Console, scenario: Scenario) -> None:
    from countermove.report import scenario_tables

    _heading(console, "The situation at the start")
    _print_grid(console, scenario_tables.situation(scenario))


def _terms(console: Console, scenario: Scenario) -> None:
    from countermove.report import scenario_tables

    if scenario.terms:
        _heading(console, "Shorthands")
        _print_grid(console, scenario_tables.terms(scenario))


def _players(console: Console, scenario: Scenario) -> None:
    _heading(console, "Who wants what, and what each may do")
    for player in scenario.players:
        console.print(_player(scenario, player))


def _player(scenario: Scenario, player: Player) -> RenderableType:
    from rich.markup import escape
    from rich.tree import Tree

    from countermove.report.prose import constant_words

    values = {name: parameter.value for name, parameter in scenario.parameters.items()}
    rationality = constant_words(player.rationality, values)
    facts = f"rationality {rationality}, discount {constant_words(player.discount, values)}"
    tree = Tree(f"[bold]{escape(player.title)}[/] ({escape(player.name)}) [dim]{escape(facts)}[/]")
    if player.note:
        tree.add(escape(player.note))
    _add_types(tree, scenario, player)
    for heading, interests in (("wants", player.interests), ("wants at the end", player.final)):
        if interests:
            branch = tree.add(f"[cyan]{heading}[/]")
            for name, worth in interests.items():
                cites = _cites(player.interest_cites.get(name, ()))
                branch.add(f"{escape(name)}: {escape(worth.text)}{cites}")
    if player.actions:
        branch = tree.add("[cyan]may[/]")
        for action in player.actions:
            _add_action(branch, scenario, action)
    return tree


def _add_types(tree: Any, scenario: Scenario, player: Player) -> None:
    """The private types with their odds, and what each payoff and cost comes to by type."""
    from rich.markup import escape

    from countermove.report.differences import differences
    from countermove.report.scenario_tables import type_odds

    if not player.types:
        return
    branch = tree.add("[cyan]is privately[/]")
    apart = differences(scenario, player)
    for k, (name, odds) in enumerate(type_odds(scenario, player)):
        twig = branch.add(f"[bold]{escape(name)}[/] [dim]with[/] {escape(odds)}")
        for one in apart:
            whose = "" if one.who == player.title else f" ({one.who})"
            twig.add(escape(f"{one.about}{whose}: {one.by_type[k]}"))


def _add_action(branch: Any, scenario: Scenario, action: Action) -> None:
    from rich.markup import escape

    from countermove.report.prose import action_words

    said = action_words(scenario, action)
    head = f"[bold]{escape(said.name)}[/]"
    if said.when:
        head += f" [dim]while[/] {escape(said.when)}"
    twig = branch.add(head + _cites(said.cites))
    for line in (*said.costs, *said.effects):
        twig.add(escape(line))


def _cites(cites: tuple[str, ...]) -> str:
    from rich.markup import escape

    return f" [dim]{escape('[' + ', '.join(cites) + ']')}[/]" if cites else ""


def _order(console: Console, scenario: Scenario) -> None:
    from countermove.report.order import drawn

    _heading(console, "The order of play")
    for line in drawn(scenario, width=console.width):
        console.print(line, markup=False, soft_wrap=True)


def _events(console: Console, scenario: Scenario) -> None:
    from countermove.report import scenario_tables

    if scenario.events:
        _heading(console, "What chance does")
        _print_grid(console, scenario_tables.events(scenario))


def _measures(console: Console, scenario: Scenario) -> None:
    from countermove.report import scenario_tables

    if scenario.measures:
        _heading(console, "What is measured")
        _print_grid(console, scenario_tables.measures(scenario))


def _wants(console: Console, scenario: Scenario) -> None:
    from countermove.report import scenario_tables

    _headed(console, "Scores: more is better", scenario_tables.scores(scenario))
    _headed(console, "Goals: what is good enough", scenario_tables.goals(scenario))


def _choices(console: Console, scenario: Scenario) -> None:
    from countermove.report import scenario_tables

    _headed(console, "Policies", scenario_tables.policies(scenario))
    _headed(console, "Levers of policies", scenario_tables.levers(scenario))
    _headed(console, "Views", scenario_tables.views(scenario))


def _headed(console: Console, heading: str, table: Table) -> None:
    if table.rows:
        _heading(console, heading)
        _print_grid(console, table)


def _sources(console: Console, scenario: Scenario) -> None:
    from countermove.report import scenario_tables

    _heading(console, "The numbers and what they rest on")
    _print_grid(console, scenario_tables.parameters(scenario))
    _headed(console, "Numbers that go together", scenario_tables.correlations(scenario))
    console.print(scenario_tables.coverage_words(scenario.coverage), style="bold", markup=False)
    if scenario.sources:
        _heading(console, "What the sources say")
    for source in scenario.sources.values():
        console.print(f"\n{source.name}: {scenario_tables.source_words(source)}", markup=False)
        _print_grid(console, scenario_tables.claims(scenario, source.name))


def _print_grid(console: Console, table: Table) -> None:
    from countermove.cli.tables import grid

    console.print(grid(table, console.width))
