"""Whether uncertain inputs fit where they go: paths that lead nowhere, and values that may not stand there."""

from collections.abc import Iterator

from sim.errors import Problem, ScenarioError, suggest
from sim.scenario import alone, dimensions, reach, response_checks
from sim.scenario.document import Tree, dotted
from sim.scenario.fields import Said
from sim.scenario.record import Record
from sim.scenario.scenario import Scenario
from sim.scenario.tree import fields_of
from sim.scenario.uncertain import meets
from sim.scenario.unknowns import Keys, Unknowns, can_be_scaled, metadata, paths_of, record_at
from sim.scenario.words import said

Problems = Iterator[Problem]

INPUTS = ("commodities", "facilities", "markets", "licences", "shocks", "responses")
"""Sections whose numbers may be uncertain."""
UNITS = (
    alone.working_days_have_a_calendar,
    dimensions.prices,
    dimensions.price_shocks,
    dimensions.facilities,
    dimensions.markets,
    dimensions.lanes,
    dimensions.quotas,
    dimensions.changes,
    reach.set_values_do_not_tie,
    response_checks.stockpiles_are_in_units_of_what_they_hold,
    response_checks.what_is_added_has_its_unit,
)
"""What the unit of a number may break, or whether it is more than nothing: asked of the ends, not of every draw."""


def uncertain_inputs(scenario: Scenario) -> Problems:
    """Paths that lead nowhere, and ends of distributions that do not fit where they lead."""
    unknowns = Unknowns(scenario)
    misplaced = [problem for name in unknowns.names for problem in _misplaced(unknowns, name)]
    misplaced += _drawn_twice(unknowns)
    yield from misplaced
    if misplaced:
        return
    told: set[tuple[str, str]] = set()
    for name, number in unknowns.ends():
        for problem in _broken(unknowns, name, number):
            if (name, problem.path) not in told:  # what is wrong at both ends is said once
                yield unknowns.blamed(name, number, problem)
            told.add((name, problem.path))


def _broken(unknowns: Unknowns, name: str, number: float) -> list[Problem]:
    """What is wrong with the scenario in which an input has this number."""
    try:
        changed = unknowns.at({name: number})
    except ScenarioError as error:
        return error.problems
    paths = paths_of(name, unknowns.scenario.uncertain[name])
    found = [problem for keys in paths for problem in _no_number(changed, keys)]
    return found + [problem for check in UNITS for problem in check(changed) if not problem.warning]


def _misplaced(unknowns: Unknowns, name: str) -> Problems:
    """What keeps a path from leading to a number."""
    scenario, entry = unknowns.scenario, unknowns.scenario.uncertain[name]
    for text, keys in zip(entry.paths or (name,), paths_of(name, entry), strict=True):
        if keys[:1] and keys[0] not in fields_of(Scenario) or not keys:
            hint = "" if entry.paths else "; an entry with a name of its own needs `paths`"
            yield unknowns.problem(
                name, f"{said(text)} is no path: write for example 'facilities.maker.capacity'{hint}"
            )
        elif keys[0] not in INPUTS or len(keys) < 3:
            inputs = "facilities.maker.capacity, licences.office.again_after or shocks.ban.duration"
            yield unknowns.problem(name, f"{said(text)} cannot be uncertain: name a number inside an entry, {inputs}")
        else:
            yield from _astray(unknowns, name, scenario.document.data, keys, entry.scale is not None)


def _astray(unknowns: Unknowns, name: str, data: Tree, keys: Keys, scales: bool) -> Problems:
    for depth, key in enumerate(keys):
        if not isinstance(data, dict):
            yield unknowns.problem(name, f"{dotted(keys[:depth])} has no keys of its own: let the path end there")
            return
        if key not in data:
            if depth < len(keys) - 1 or scales:
                why = "" if depth < len(keys) - 1 else ", so there is nothing to scale: state it there"
                text = f"nothing is stated at {dotted(keys[: depth + 1])}{why}.{suggest(key, data)}"
                yield unknowns.problem(name, text.replace("..", "."))
            return
        data = data[key]
    if scales and not can_be_scaled(data):
        yield unknowns.problem(name, f"{dotted(keys)} says {said(data)}, and only numbers can be scaled")


def _drawn_twice(unknowns: Unknowns) -> list[Problem]:
    """Entries that would each put a value at the same place."""
    found, taken = [], dict[Keys, str]()
    for name in unknowns.names:
        entry = unknowns.scenario.uncertain[name]
        for keys in paths_of(name, entry) if entry.value else ():
            for other, by in taken.items():
                if meets(keys, other):
                    found.append(
                        unknowns.problem(name, f"the value at {dotted(keys)} is drawn by {said(by)} too: take one out")
                    )
            taken[keys] = name
    return found


def _no_number(scenario: Scenario, keys: Keys) -> Problems:
    """A problem if what a number was put at is no number: a text takes anything."""
    parent, value = record_at(scenario, keys[:-1]), record_at(scenario, keys)
    info = fields_of(type(parent)).get(keys[-1]) if isinstance(parent, Record) else None
    reads = info is not None and any(isinstance(one, Said) for one in (*info.metadata, *metadata(info.annotation)))
    if isinstance(value, bool | tuple) or (isinstance(value, str) and not reads):
        yield scenario.problem(dotted(keys), "this is no number")
