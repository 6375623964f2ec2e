"""What `--vary` says, as points: every combination of some levels, or a design over ranges."""

from collections.abc import Mapping, Sequence

from sim.errors import Problem, ScenarioError, suggest
from sim.scenario.scenario import Scenario
from sim.studies.asking import refused
from sim.studies.designs import DESIGNS
from sim.studies.factors import factors_of
from sim.studies.points import Grid, Listed, Points, Sampled
from sim.studies.space import Space
from sim.studies.values import values_of

GRID = "grid"
SIZE = 64
"""Points of a design, unless said."""
CHECKED = 200
"""Levels of all paths that are read before the first run; of more, the ends of each path."""
_SETTLED = ("seed", "replications")
"""Paths that all points of a study have in common."""
Vary = Mapping[str, str | Sequence[object]] | Sequence[str]
Line = str | tuple[str, Sequence[object]]
"""`path=values`, or a path and listed values."""


def points_for(scenario: Scenario, vary: Vary, design: str, size: int | None, seed: int) -> Points:
    """The points of a design, or of a grid, each level of which was read. Raises ScenarioError with what is wrong."""
    lines = _lines(vary)
    if design != GRID and design not in DESIGNS:
        known = [GRID, *DESIGNS]
        raise ScenarioError(f"no design '{design[:40]}'.{suggest(design, known)} There are {', '.join(known)}")
    if design == GRID and size is not None:
        raise ScenarioError(
            "a grid has as many points as its levels make: leave out the size, or choose another design"
        )
    if not lines:
        return Listed((), ((),))
    if design == GRID:
        return _grid(scenario, lines)
    said = [line if isinstance(line, str) else f"{line[0]}={','.join(map(str, line[1]))}" for line in lines]
    return Sampled(Space(scenario, factors_of(said, scenario)), design, SIZE if size is None else size, seed)


def _grid(scenario: Scenario, lines: Sequence[Line]) -> Grid:
    """Every combination, each level of each path read by itself first."""
    found: dict[str, tuple[str, ...]] = {}
    problems: list[Problem] = []
    for line in lines:
        try:
            path, values = _levels(line)
            if path in found:
                raise ScenarioError(f"--vary {path} is said twice: give all of its values in one")
            found[path] = values
        except ScenarioError as error:
            problems += error.problems
    many = sum(map(len, found.values())) > CHECKED
    for path, values in found.items():
        problems += refused(scenario, path, (values[0], values[-1]) if many else values)
    if problems:
        raise ScenarioError(problems)
    return Grid(tuple(found), tuple(found.values()))


def _levels(line: Line) -> tuple[str, tuple[str, ...]]:
    if not isinstance(line, str):
        path, values = line[0], tuple(map(str, line[1]))
    else:
        said, equals, text = line.partition("=")
        if not equals:
            raise ScenarioError(f"--vary {line}: there is no '='; write it as shocks.ban.duration=10:90:10 days")
        path, values = said.strip(), values_of(text)
    if path in _SETTLED:
        raise ScenarioError(f"--vary {path}: all points have the same {path}; use --{path}")
    if not values:
        raise ScenarioError(f"--vary {path}: there is no value")
    return path, values


def _lines(vary: Vary) -> list[Line]:
    """`path=values` lines, or pairs of a path and listed values."""
    if isinstance(vary, str):
        return [vary]
    if not isinstance(vary, Mapping):
        return list(vary)
    return [f"{path}={values}" if isinstance(values, str) else (path, values) for path, values in vary.items()]
