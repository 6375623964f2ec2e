"""Uncertain inputs put into a scenario: where each number goes, and what is wrong with those it may take."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import get_args

from pydantic import TypeAdapter, ValidationError

from sim.errors import Problem, ScenarioError
from sim.scenario import alone, reach, response_checks
from sim.scenario.distributions import Empirical, Triangular, Uniform
from sim.scenario.document import Document, Path, Tree, dotted, split_dotted
from sim.scenario.fields import is_number
from sim.scenario.messages import problems_of
from sim.scenario.record import Record
from sim.scenario.scenario import Scenario
from sim.scenario.tree import fields_of
from sim.scenario.uncertain import Uncertain
from sim.scenario.words import NUMBER, write

Problems = Iterator[Problem]
Keys = tuple[str, ...]

_BOUGHT = (alone.shares_sum_to_one,)
SETTLED: Mapping[str, tuple[Callable[[Scenario], Problems], ...]] = {
    "facilities": _BOUGHT,
    "markets": _BOUGHT,
    "licences": (alone.delays_fit_the_review,),
    "shocks": (alone.windows_make_sense, alone.delays_fit_the_review, reach.moved_shares_are_no_more_than_all),
    "responses": (response_checks.moved_shares_sum_to_one,),
}
"""What a number may break beyond its own record, by section: asked of every draw."""


@dataclass(frozen=True)
class Spot:
    """One place that an uncertain input decides."""

    keys: Keys
    is_count: bool
    """Whether a whole number is due."""

    @property
    def home(self) -> str:
        """The path of the entry it stands in."""
        return dotted(self.keys[:2])


class Unknowns:
    """The uncertain inputs of a scenario, and the scenario with each of them known."""

    def __init__(self, scenario: Scenario):
        self.scenario = scenario
        entries = scenario.uncertain
        self.names = sorted(entries, key=lambda name: (entries[name].value is None, name))
        """Values first, for factors multiply what they put."""

    @cached_property
    def spots(self) -> Mapping[str, tuple[Spot, ...]]:
        """Where each input goes. Paths must have been checked."""
        found = {name: paths_of(name, self.scenario.uncertain[name]) for name in self.names}
        return {name: tuple(Spot(keys, wants_count(self.scenario, keys)) for keys in found[name]) for name in found}

    def at(self, numbers: Mapping[str, float]) -> Scenario:
        """The scenario in which these inputs have these numbers. Raises ScenarioError if it cannot be."""
        entries = self._entries(numbers)
        by_section: dict[str, dict[str, Record]] = {}
        for (section, name), entry in entries.items():
            try:
                by_section.setdefault(section, {})[name] = reader_of(section).validate_python(entry)
            except ValidationError:
                raise ScenarioError(self._refused(entries)) from None
        scenario = self.scenario
        for section, records in by_section.items():
            scenario = scenario.with_records(section, records)
        checks = dict.fromkeys(check for section in by_section for check in SETTLED.get(section, ()))
        if broken := [problem for check in checks for problem in check(scenario) if not problem.warning]:
            raise ScenarioError(broken)
        return scenario

    def _entries(self, numbers: Mapping[str, float]) -> dict[Keys, Tree]:
        """The entries that change, as the file would say them."""
        data, entries = self.scenario.document.data, dict[Keys, Tree]()
        for name in self.names:
            if name not in numbers:
                continue
            uncertain = self.scenario.uncertain[name]
            for spot in self.spots[name]:
                home, inside = spot.keys[:2], spot.keys[2:]
                entry = entries[home] if home in entries else below(data, home)
                number = numbers[name]
                node = scaled(below(entry, inside), number) if uncertain.scale else uncertain.said(number)
                entries[home] = put(entry, inside, _plain(node, spot.is_count))
        return entries

    def _refused(self, entries: Mapping[Keys, Tree]) -> list[Problem]:
        """What the records say against these entries, in the words of the file."""
        document = self.scenario.document
        data: Tree = document.data
        for home, entry in entries.items():
            data = put(data, home, entry)
        assert isinstance(data, dict)
        try:
            Scenario.model_validate(data)
        except ValidationError as error:
            return problems_of(error, Document(data, document.keys, document.values))
        return []

    def ends(self) -> Iterator[tuple[str, float]]:
        """Each input with the ends of what it may be, or its mean where there is no end."""
        for name in self.names:
            spread = self.scenario.uncertain[name].spread
            if isinstance(spread, Uniform | Triangular):
                yield from ((name, spread.low.value), (name, spread.high.value))
            elif isinstance(spread, Empirical):
                values = sorted(one.value for one in spread.values)
                yield from ((name, values[0]), (name, values[-1]))
            else:
                yield name, next(one.value for one in spread.quantities())  # the mean stands first

    def problem(self, name: str, says: str) -> Problem:
        return self.scenario.problem(dotted(("uncertain", name)), says)

    def blamed(self, name: str, number: float, problem: Problem) -> Problem:
        """A problem of the changed scenario as one of the number that brings it about."""
        drawn = self.scenario.uncertain[name].said(float(f"{number:.6g}"))
        return self.problem(name, f"it may be {drawn}, and then {problem.path}: {problem.says}")


def paths_of(name: str, entry: Uncertain) -> list[Keys]:
    """Where an input goes; empty for what is no path."""
    return [split_dotted(path) or () for path in entry.paths or (name,)]


def metadata(annotation: object) -> Iterator[object]:
    for one in get_args(annotation):
        yield one
        yield from metadata(one)


def wants_count(scenario: Scenario, keys: Keys) -> bool:
    """Whether a whole number is due there."""
    parent = record_at(scenario, keys[:-1])
    info = fields_of(type(parent)).get(keys[-1]) if isinstance(parent, Record) else None
    return info is not None and (info.annotation is int or int in [*metadata(info.annotation)])


def record_at(scenario: Scenario, keys: Keys) -> object:
    """What the records hold at a path of the file."""
    found: object = scenario
    for key in keys:
        if isinstance(found, dict):
            found = found.get(key)
        elif isinstance(found, Record):
            names = [name for name, info in type(found).model_fields.items() if (info.alias or name) == key]
            found = getattr(found, names[0]) if names else None
    return found


def below(data: Tree, keys: Keys) -> Tree:
    for key in keys:
        data = data.get(key) if isinstance(data, dict) else None
    return data


def put(box: Tree, keys: Path, node: Tree) -> Tree:
    """A copy of the box with something else at a path."""
    if not keys:
        return node
    inside = box if isinstance(box, dict) else {}
    return {**inside, str(keys[0]): put(inside.get(str(keys[0])), keys[1:], node)}


_MEASURE = re.compile(rf"({NUMBER})( ?[A-Za-z_/% ]*)")


def scaled(node: Tree, factor: float) -> Tree:
    """What was stated, multiplied: a number with or without words, or every number of a distribution."""
    if isinstance(node, dict):
        kept = ("distribution", "weights")
        return {key: inner if key in kept else scaled(inner, factor) for key, inner in node.items()}
    if isinstance(node, list):
        return [scaled(inner, factor) for inner in node]
    if isinstance(node, str) and (match := _MEASURE.fullmatch(node.strip())):
        sign = "+" if match[1].startswith("+") else ""
        return f"{sign}{write(float(match[1]) * factor)}{match[2]}"
    return node * factor if isinstance(node, int | float) and is_number(node) else node


def can_be_scaled(node: Tree) -> bool:
    if isinstance(node, dict):
        return "distribution" in node
    return is_number(node) or (isinstance(node, str) and _MEASURE.fullmatch(node.strip()) is not None)


def _plain(node: Tree, is_count: bool) -> Tree:
    """A number said without words as the number it is, whole where a count is due."""
    if isinstance(node, str) and re.fullmatch(NUMBER, node) and not node.startswith("+"):
        node = float(node)
    return max(1, round(node)) if is_count and isinstance(node, float) else node


@cache
def reader_of(section: str) -> TypeAdapter[Record]:
    """Reads one entry of a section."""
    return TypeAdapter(get_args(Scenario.model_fields[section].annotation)[1])
