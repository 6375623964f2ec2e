"""What a sensitivity study moves, as it is said on one line.

`facilities.maker.buys.ore.cover=10:90 days` is uniform between its ends, `facilities.mine.allocation=usual,equal` takes
each value equally often, and `shocks.fire.duration={distribution: gamma, mean: 24 days, sd: 9 days}` is distributed as
any quantity of a file may be. The name of an entry of `uncertain:` moves what that entry does, by its own distribution.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
from pydantic import ValidationError

from sim.engine.draws import LARGEST_UNIFORM, SMALLEST_UNIFORM
from sim.engine.laws import quantiles
from sim.engine.means import law_of
from sim.errors import Place, Problem, ScenarioError, suggest
from sim.scenario.distributions import Empirical, Triangular, Uniform
from sim.scenario.document import Document, Path, Tree, dotted, split_dotted
from sim.scenario.messages import problems_of
from sim.scenario.reader import set_value
from sim.scenario.record import Record
from sim.scenario.scenario import Scenario
from sim.scenario.uncertain import PathName, Uncertain, Uncertainty
from sim.scenario.unknowns import Keys, paths_of, wants_count
from sim.studies.values import ends_of, values_of

OPTION = "--vary"
"""What a problem names as the place where a factor was said."""
EXAMPLE = "Write 10:90 days (uniform), a,b,c (equally often) or {distribution: gamma, mean: 24 days, sd: 9 days}"


@dataclass(frozen=True)
class Choice:
    """A factor that takes each of some values equally often, whatever stands at its path."""

    name: str
    """The path."""
    values: tuple[str, ...]
    said: str = ""
    """The line that says it."""

    has_ends = True

    @property
    def paths(self) -> tuple[Keys, ...]:
        """What it moves."""
        return (split_dotted(self.name) or (),)

    def value(self, u: float) -> str:
        """The value at u, from 0 to 1, as `scenario.change` accepts it."""
        return self.values[min(int(_checked(u) * len(self.values)), len(self.values) - 1)]


@dataclass(frozen=True)
class Range:
    """A factor that is a number with a distribution: what a line says, or an entry of `uncertain:`."""

    name: str
    """Of the entry of `uncertain:` that it is or that stands for it: the path, without quotes."""
    entry: Uncertain
    said: str = ""
    """The line that says it; empty if the scenario does."""
    whole: bool = False
    """Whether a whole number is due where it goes."""

    @property
    def paths(self) -> tuple[Keys, ...]:
        """What it moves."""
        return tuple(paths_of(self.name, self.entry))

    @property
    def has_ends(self) -> bool:
        """Whether there is a smallest and a largest value."""
        return isinstance(self.entry.spread, Uniform | Triangular | Empirical)

    def share(self, u: float) -> float:
        """u itself, or the nearest at which the distribution has a value: without ends it has none at 0 and 1."""
        return _checked(u) if self.has_ends else min(max(_checked(u), SMALLEST_UNIFORM), LARGEST_UNIFORM)

    def value(self, u: float) -> str:
        """The quantile at u, from 0 to 1, as `scenario.change` accepts it, in full precision; of `scale` the factor."""
        number = float(quantiles(law_of(self.entry.spread), np.array([self.share(u)]))[0])
        return self.entry.said(max(1, round(number)) if self.whole else number)

    def counted_in(self, scenario: Scenario) -> "Range":
        """The factor knowing whether a whole number is due where it goes."""
        return replace(self, whole=self.entry.scale is None and all(wants_count(scenario, k) for k in self.paths))


Factor: TypeAlias = Choice | Range


def factors_of(said: Sequence[str], scenario: Scenario) -> tuple[Factor, ...]:
    """The factors that lines say, or all that the scenario calls uncertain if there are none.

    A line is `path=values`, or the name of an entry of `uncertain:`. Raises ScenarioError with all that is wrong.
    """
    found: list[Factor] = []
    problems: list[Problem] = []
    for line in said:
        try:
            found.append(factor_of(line) if "=" in line else _own(line.strip(), scenario))
        except ScenarioError as error:
            problems.extend(error.problems)
    if problems:
        raise ScenarioError(problems)
    if not said and not scenario.uncertain:
        says = f"nothing is `uncertain:` in this scenario: name what to move, {OPTION} shocks.fire.duration=10:90 days"
        raise ScenarioError(says)
    return tuple(found) or factors_of_uncertain(scenario)


def factors_of_uncertain(scenario: Scenario) -> tuple[Range, ...]:
    """Every entry of `uncertain:` as a factor, in order of names."""
    return tuple(Range(name, scenario.uncertain[name]).counted_in(scenario) for name in sorted(scenario.uncertain))


def factor_of(path_and_values: str) -> Factor:
    """The factor a line says, `path=values`. Raises ScenarioError with the place in the line's words."""
    path, equals, values = (part.strip() for part in path_and_values.partition("="))
    if not equals:
        raise _wrong(path_and_values, "", "there is no '=': write it as shocks.fire.duration=10:90 days")
    if split_dotted(path) is None:
        raise _wrong(path_and_values, "", f"'{path}' is no path of keys: write it as shocks.fire.duration")
    if not values:
        raise _wrong(path_and_values, path, f"there is nothing after the '='. {EXAMPLE}")
    if ends := ends_of(values):
        return Range(path.replace('"', ""), _uniform(path, ends, path_and_values), path_and_values)
    if values.startswith("{") and len(_listed(values, path, path_and_values)) == 1:
        tree = _read(values, path, path_and_values)
        return Range(path.replace('"', ""), _entry(path, tree, path_and_values), path_and_values)
    listed = _listed(values, path, path_and_values)
    if len(listed) < 2:
        raise _wrong(path_and_values, path, f"'{values[:60]}' is one value, and a factor has several. {EXAMPLE}")
    return Choice(path, listed, path_and_values)


def told_of(factor: Factor, problem: Problem) -> Problem:
    """A problem of what `change` put in for a factor, as one of the line that says it."""
    path = factor.name if problem.path == dotted(("uncertain", factor.name)) else problem.path
    if problem.place and problem.place.file == "--set":
        return replace(problem, path=path, place=_place(factor.said))
    return problem


def _own(name: str, scenario: Scenario) -> Range:
    if name not in scenario.uncertain:
        hint = suggest(name, scenario.uncertain)
        says = f"'{name[:60]}' is no entry of `uncertain:`.{hint} To move a path, say where: {name[:60]}=10:90 days"
        raise _wrong(name, "", says)
    return Range(name, scenario.uncertain[name]).counted_in(scenario)


def _uniform(path: str, ends: tuple[str, str], line: str) -> Uncertain:
    """Uniform between two ends, of which both are changes if one has a sign: `-5:5 days`."""
    low, high = (float(end.split()[0]) for end in ends)
    if low >= high:
        why = "runs backwards" if low > high else "moves nothing"
        raise _wrong(line, path, f"from {ends[0]} to {ends[1]} {why}: write the smaller end first, 10:90 days")
    signed = any(end[0] in "+-" for end in ends)
    low_said, high_said = (f"+{end}" if signed and end[0] not in "+-" else end for end in ends)
    return _entry(path, {"distribution": "uniform", "low": low_said, "high": high_said}, line)


def _listed(values: str, path: str, line: str) -> tuple[str, ...]:
    try:
        return values_of(values)
    except ScenarioError as error:
        raise type(error)([Problem(path, problem.says, _place(line)) for problem in error.problems]) from None


def _read(text: str, path: str, line: str) -> Tree:
    """What `{…}` says, by the rules of the file."""
    try:
        return set_value(Document({}, {}, {}), "value", text).data["value"]
    except ScenarioError as error:
        raise type(error)([Problem(path, problem.says, _place(line)) for problem in error.problems]) from None


class _Entries(Record):
    """The section that a factor is an entry of."""

    uncertain: dict[PathName, Uncertainty]


def _entry(path: str, tree: Tree, line: str) -> Uncertain:
    """An entry of `uncertain:` that puts the distribution at a path."""
    said: Tree = {**tree, "paths": [path]} if isinstance(tree, dict) else tree
    data: dict[str, Tree] = {"uncertain": {path: said}}
    try:
        return _Entries.model_validate(data).uncertain[path]
    except ValidationError as error:
        document = Document(data, _all_at(line), _all_at(line))
        raise ScenarioError([replace(problem, path=path) for problem in problems_of(error, document)]) from None


def _all_at(line: str) -> dict[Path, Place]:
    return {(): _place(line)}


def _place(line: str) -> Place:
    return Place(OPTION, 1, 1, " ".join(line.split()))


def _wrong(line: str, path: str, says: str) -> ScenarioError:
    return ScenarioError([Problem(path, says, _place(line))])


def _checked(u: float) -> float:
    if not 0.0 <= u <= 1.0:
        raise ValueError(f"a coordinate of a design is from 0 to 1, not {u:g}")
    return float(u)
