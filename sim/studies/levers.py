"""What a search may move, as it is said on one line: `shocks.rule.cover=10:90:1 days`, from, to and step."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property
from typing import Final, Literal

from sim.errors import Problem, ScenarioError, suggest
from sim.scenario.document import split_dotted
from sim.scenario.scenario import Scenario
from sim.scenario.unknowns import below, wants_count
from sim.studies.points import Grid, axes_of
from sim.studies.values import ends_of, values_of

STEPS: Final = 100
"""Steps of a range that does not say its own, at most."""
COMPARED: Final = 64
"""Levels that are read to find which of them the file states, where its words do not tell."""
EXAMPLE: Final = "write it as facilities.maker.buys.ore.cover=10:90:1 days"
SETTLED: Final = ("seed", "replications")
Prefer = Literal["low", "high"]


@dataclass(frozen=True)
class Lever:
    """A path and what it may be set to, numbers in order of size."""

    path: str
    levels: tuple[str, ...]
    origin: int = 0
    """The level that costs nothing: what the file states, or an end."""
    is_stated: bool = False
    """Whether the file states the origin."""
    step: str = ""
    """The step that was chosen, where none was said."""
    price: float | None = None
    """Of moving it by one unit."""

    @cached_property
    def unit(self) -> str | None:
        """What stands behind the numbers; None where levels are no numbers of one unit."""
        return axes_of(Grid((self.path,), (self.levels,)))[0].unit

    @cached_property
    def at(self) -> tuple[float, ...]:
        """The number of each level; its place in the list where levels are no numbers."""
        axis = axes_of(Grid((self.path,), (self.levels,)))[0]
        return tuple(axis.number(level) if axis.unit is not None else float(i) for i, level in enumerate(self.levels))

    def moved(self, level: int) -> float:
        """How far a level is from the origin, in its unit."""
        return abs(self.at[level] - self.at[self.origin])

    def cost(self, level: int) -> float:
        """Of moving it there: by its price, or as a share of its range where it has none."""
        if self.price is not None:
            return self.moved(level) * self.price
        return self.moved(level) / max(abs(self.at[-1] - self.at[0]), 1e-300)


def levers_of(
    said: Sequence[str] | Mapping[str, object], scenario: Scenario, prefer: Prefer | None = None
) -> tuple[Lever, ...]:
    """The levers that lines say, or a mapping from paths. Raises ScenarioError with all that is wrong."""
    lines = [f"{path}={_text(values)}" for path, values in said.items()] if isinstance(said, Mapping) else list(said)
    if not lines:
        raise ScenarioError(f"nothing to move: name a path with --vary; {EXAMPLE}")
    found: dict[str, Lever] = {}
    problems: list[Problem] = []
    for line in lines:
        try:
            lever = _lever(line, scenario)
            if lever.path in found:
                raise ScenarioError(f"--vary {lever.path} is said twice")
            found[lever.path] = _from_end(lever, prefer) if prefer else _from_stated(lever, scenario)
        except ScenarioError as error:
            problems += error.problems
    if problems:
        raise ScenarioError(problems)
    return tuple(found.values())


def priced(levers: Sequence[Lever], said: Sequence[str] | Mapping[str, object]) -> tuple[tuple[Lever, ...], str]:
    """The levers with their prices, and what prices are in. Raises ScenarioError unless all have one, or none."""
    lines = [f"{path}={price}" for path, price in said.items()] if isinstance(said, Mapping) else list(said)
    prices = dict(_price(line, levers) for line in lines)
    without = [lever.path for lever in levers if lever.path not in prices]
    if prices and without:
        raise ScenarioError(f"--cost: {', '.join(without)} has no price: give one to every lever, or to none")
    units = {unit for _, unit in prices.values()}
    if len(units) > 1:
        words = sorted(unit or "plain numbers" for unit in units)
        raise ScenarioError(f"--cost: prices are in {' and '.join(words)}: use one")
    return tuple(replace(x, price=prices[x.path][0]) if prices else x for x in levers), next(iter(units), "")


def _price(line: str, levers: Sequence[Lever]) -> tuple[str, tuple[float, str]]:
    path, equals, text = (part.strip() for part in line.partition("="))
    known = {lever.path: lever for lever in levers}
    if not equals or path not in known:
        raise ScenarioError(f"--cost {line[:80]}: name a path of --vary, PATH=PRICE.{suggest(path, known)}")
    if known[path].unit is None:
        raise ScenarioError(f"--cost {path}: its levels are no numbers, so there is no price of a unit")
    number, _, unit = text.partition(" ")
    try:
        price = float(number)
    except ValueError:
        price = 0.0
    if not 0.0 < price < 1e300:
        raise ScenarioError(f"--cost {path}: '{text[:40]}' is no price above 0 of one unit: write 3, or 3 USD")
    return path, (price, unit.strip())


def _lever(line: str, scenario: Scenario) -> Lever:
    path, equals, text = (part.strip() for part in line.partition("="))
    keys = split_dotted(path)
    if not equals or not keys or not text:
        raise ScenarioError(f"--vary {line[:80]}: {EXAMPLE}")
    if path in SETTLED:
        raise ScenarioError(f"--vary {path}: all points have the same {path}; use --{path}")
    ends = ends_of(text)
    step = _step(ends, wants_count(scenario, keys)) if ends else ""
    levels = values_of(_with_step(ends, step) if ends else text)
    if len(set(levels)) < max(2, len(levels)):
        raise ScenarioError(f"--vary {path}: '{text[:60]}' has no two different levels: {EXAMPLE}")
    unit = ends[0].partition(" ")[2] if ends else ""
    lever = Lever(path, levels, step=f"{step} {unit}".rstrip())
    ordered = sorted(range(len(levels)), key=lambda i: lever.at[i])
    return replace(lever, levels=tuple(levels[i] for i in ordered))


def _step(ends: tuple[str, str], whole: bool) -> str:
    """1, 2 or 5 times a power of ten, so that there are at most `STEPS`."""
    first, last = (Decimal(end.partition(" ")[0]) for end in ends)
    least = abs(last - first) / STEPS
    if least == 0:
        raise ScenarioError(f"from {ends[0]} to {ends[1]} moves nothing: {EXAMPLE}")
    power = Decimal(10) ** (least.adjusted())
    step = next(power * by for by in (1, 2, 5, 10) if power * by >= least)
    return f"{(max(step, Decimal(1)) if whole else step).normalize():f}"


def _with_step(ends: tuple[str, str], step: str) -> str:
    (first, _, unit), (last, _, _) = (end.partition(" ") for end in ends)
    sign = "-" if Decimal(last) < Decimal(first) else ""
    return f"{first}:{last}:{sign}{step} {unit}".rstrip()


def _from_end(lever: Lever, prefer: Prefer) -> Lever:
    return replace(lever, origin=0 if prefer == "low" else len(lever.levels) - 1)


def _from_stated(lever: Lever, scenario: Scenario) -> Lever:
    """With what the file states as the origin, if it is in the range; it becomes a level if it is none."""
    level = _stated(lever, scenario)
    if not level:
        return lever
    if level not in lever.levels:
        more = replace(lever, levels=(*lever.levels, level))
        ordered = sorted(range(len(more.levels)), key=lambda i: more.at[i])
        lever = replace(lever, levels=tuple(more.levels[i] for i in ordered))
    return replace(lever, origin=lever.levels.index(level), is_stated=True)


def _stated(lever: Lever, scenario: Scenario) -> str:
    """The level that the file states, or a new one that stands between two; empty if it states none in the range."""
    said = str(below(scenario.document.data, split_dotted(lever.path) or ()) or "")
    axis = axes_of(Grid((lever.path,), ((lever.levels[0], said),)))[0] if said else None
    if axis and axis.unit is not None and lever.unit is not None:
        number = axis.number(said)
        same = [level for level, at in zip(lever.levels, lever.at, strict=True) if at == number]
        return same[0] if same else said if lever.at[0] < number < lever.at[-1] else ""
    levels = lever.levels if len(lever.levels) <= COMPARED else ()
    return next((level for level in levels if _is_stated(scenario, lever.path, level)), "")


def _is_stated(scenario: Scenario, path: str, level: str) -> bool:
    try:
        return scenario.change(path, level) == scenario
    except ScenarioError:
        return False


def _text(values: object) -> str:
    return ",".join(map(str, values)) if isinstance(values, list | tuple) else str(values)
