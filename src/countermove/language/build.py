"""From a checked tree to a resolved scenario; every fault on the way is recorded."""

from __future__ import annotations

import dataclasses

from countermove.language.base import Opened
from countermove.language.caps import check_caps
from countermove.language.correlations import read_correlations
from countermove.language.cover import measure_coverage, warn_of_uncited
from countermove.language.dates import read_calendar
from countermove.language.declare import declare
from countermove.language.endless import check_endless
from countermove.language.faults import Faults
from countermove.language.formulas import Reading, read_formula
from countermove.language.happenings import read_events, read_order
from countermove.language.levers import read_levers
from countermove.language.measures import read_measures
from countermove.language.model import Calendar, Scenario
from countermove.language.names import check_slug
from countermove.language.parameters import read_parameters, read_views, read_worlds
from countermove.language.parse import Scope
from countermove.language.players import action_names, read_players
from countermove.language.policies import read_policies
from countermove.language.priors import read_priors, type_names
from countermove.language.scores import read_goals, read_scores
from countermove.language.sections import number_of, read_claims, read_sources
from countermove.language.shape import check_shape
from countermove.language.state import read_variables
from countermove.language.terms import read_terms
from countermove.language.tree import Fields, Leaf, text_of
from countermove.language.usage import check_usage


def build(opened: Opened, file: str, faults: Faults) -> Scenario | None:
    """The scenario; it may be incomplete, and must not be used, where ``faults`` holds errors."""
    root = _without_empty_sections(opened.tree)
    if not check_caps(root, faults):
        return None
    check_shape(root, faults)
    scenario = _resolve(root, faults)
    scenario = dataclasses.replace(
        scenario, file=file, text=opened.text, whole=opened.whole, files=opened.files
    )
    check_endless(scenario, faults)
    if faults.has_errors():
        return scenario
    check_usage(scenario, root, faults)
    scenario = dataclasses.replace(scenario, coverage=measure_coverage(scenario))
    warn_of_uncited(scenario, root.location, faults)
    return scenario


def _without_empty_sections(root: Fields) -> Fields:
    """A top-level key with nothing after its colon is as good as absent."""
    kept = {
        key: entry
        for key, entry in root.entries.items()
        if not (isinstance(entry.value, Leaf) and entry.value.value is None)
    }
    return Fields(kept, root.location)


def _resolve(root: Fields, faults: Faults) -> Scenario:
    declared = declare(root, faults)
    claims = read_claims(declared, faults)
    calendar = read_calendar(root, faults)
    variables, unsure = read_variables(declared, claims, faults)
    parameters = read_parameters(declared, claims, faults)
    levers = read_levers(declared, claims, faults)
    views = read_views(declared, parameters, claims, faults)
    scope = Scope(
        variables=variables,
        parameters=frozenset(declared.names("parameters")),
        events=frozenset(declared.names("events")),
        players=action_names(declared, faults),
        types=type_names(declared, faults),
        calendar=calendar or Calendar(1),
        faulty=unsure,
        levers=declared.levers,
    )
    worlds = read_worlds({**parameters, **levers}, views)
    reading = read_terms(declared, Reading(scope, claims, faults, worlds, calendar is not None))
    reading = dataclasses.replace(reading, priors=read_priors(declared, reading))
    return Scenario(
        name=_name(root, faults),
        title=text_of(root.get("title")) or text_of(root.get("scenario")),
        version=int(number_of(root.get("version")) or 1),
        calendar=scope.calendar,
        variables=tuple(variables.values()),
        players=read_players(declared, reading),
        events=read_events(declared, reading),
        order=read_order(root, declared, reading),
        sources=read_sources(declared, faults),
        claims=claims,
        parameters={**parameters, **levers},
        terms=reading.scope.terms,
        ends=read_formula(root.get("ends"), reading, kind="condition"),
        measures=read_measures(declared, reading),
        policies=read_policies(declared, levers, reading),
        views=views,
        summary=text_of(root.get("summary")),
        scores=read_scores(declared, reading),
        goals=read_goals(declared, reading),
        correlations=read_correlations(root, declared, parameters, views, claims, faults),
    )


def _name(root: Fields, faults: Faults) -> str:
    slug = root.get("scenario")
    if slug is not None and text_of(slug):
        check_slug(text_of(slug), slug.location, faults)
    return text_of(slug)
