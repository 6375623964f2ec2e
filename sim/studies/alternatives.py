"""What is compared: scenarios, or one of them with a response more or less, or with other values."""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from sim.errors import Problem, ScenarioError, TooLarge, suggest
from sim.scenario.scenario import Scenario
from sim.studies.run import Work, prepare
from sim.studies.values import split

MOST = 200
"""Alternatives of one comparison."""
_NAMED = re.compile(r"""\s*([^=;:"']+):\s+(.*)""", re.DOTALL)
EXAMPLE = 'write it as "more stock: facilities.maker.buys.ore.cover=45 days; shocks.ban.duration=30 days"'

Said = Scenario | str | Path
Variants = Mapping[str, Mapping[str, object]] | Sequence[str]


@dataclass(frozen=True)
class Alternative:
    """One of what is compared, ready to be run."""

    name: str
    how: str
    """Its file, or what is set in the reference."""
    work: Work


def prepare_alternatives(
    scenarios: Sequence[Said],
    *,
    responses: bool | str | Sequence[str] = False,
    variants: Variants = (),
    replications: int | None = None,
    seed: int | None = None,
    sets: tuple[str, ...] = (),
    strict: bool = False,
) -> tuple[Alternative, ...]:
    """The reference, then the others, all with its seed and replications. Raises ScenarioError with all that is wrong.

    The first scenario is the reference; responses and variants are of it.
    """
    if not scenarios:
        raise ScenarioError("there is no scenario to compare with")
    _refuse_twice(scenarios)
    names = _names(scenarios)
    reference = prepare(scenarios[0], replications=replications, seed=seed, sets=sets, strict=strict)
    first = Alternative(names[0], _file(scenarios[0]), reference)
    found, problems = [first], list[Problem]()
    for said, name in zip(scenarios[1:], names[1:], strict=True):
        with _noted(problems):
            work = prepare(said, replications=reference.replications, seed=reference.seed, sets=sets, strict=strict)
            found.append(Alternative(name, _file(said), work))
    for name, change in (_switched(reference.scenario, responses) | _variants_of(variants)).items():
        with _noted(problems, name):
            found.append(_changed(first, name, change))
    if problems:
        raise ScenarioError(problems)
    return _checked(found)


@contextmanager
def _noted(problems: list[Problem], name: str = "") -> Iterator[None]:
    """Note what is wrong, with the variant that brings it about, and go on; what is too large is raised at once."""
    try:
        yield
    except TooLarge:
        raise
    except ScenarioError as error:
        problems += [_told(problem, name) if name else problem for problem in error.problems]


def _checked(found: Sequence[Alternative]) -> tuple[Alternative, ...]:
    if len(found) < 2:
        raise ScenarioError(
            "there is nothing to compare it with: give another scenario, --responses to switch each of its responses, "
            "or --variant to change values"
        )
    if len(found) > MOST:
        raise TooLarge(f"{len(found):,} alternatives: at most {MOST:,} are compared at once")
    names = [one.name for one in found]
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise ScenarioError(f"two of what is compared are called '{twice}': give one another name")
    return tuple(found)


def _refuse_twice(scenarios: Sequence[Said]) -> None:
    paths = [Path(said).absolute() for said in scenarios if not isinstance(said, Scenario)]
    if twice := next((path for path in paths if paths.count(path) > 1), None):
        raise ScenarioError(f"{twice.name} is given twice, and would differ from itself in nothing")


def _names(scenarios: Sequence[Said]) -> list[str]:
    """The stem of each file, the whole path where two share one, or the title; numbered where still alike."""
    stems = [said.title if isinstance(said, Scenario) else Path(said).stem for said in scenarios]
    named: list[str] = []
    for said, stem in zip(scenarios, stems, strict=True):
        name = stem if stems.count(stem) == 1 or isinstance(said, Scenario) else str(said)
        alike = sum(other == name or other.startswith(f"{name} (") for other in named)
        named.append(f"{name} ({alike + 1})" if alike else name)
    return named


def _file(said: Said) -> str:
    return said.title if isinstance(said, Scenario) else str(said)


def _changed(reference: Alternative, name: str, change: Mapping[str, object]) -> Alternative:
    """The reference with other values. Raises ScenarioError, also where nothing is changed."""
    work, scenario = reference.work, reference.work.scenario
    for path, value in change.items():
        if path in ("seed", "replications"):
            raise ScenarioError(f"{path}: all that is compared has the same {path}; use --{path}")
        scenario = scenario.change(path, value)
    if scenario == work.scenario:
        raise ScenarioError(f"it changes nothing: {reference.name} says the same already")
    how = "; ".join(f"{path}={value}" for path, value in change.items())
    return Alternative(name, how, prepare(scenario, replications=work.replications, seed=work.seed))


def _told(problem: Problem, name: str) -> Problem:
    """The problem with the variant that brings it about."""
    if problem.place and problem.place.file == "--set":  # what set the value, and shows it
        problem = replace(problem, place=replace(problem.place, file="--variant"))
    return replace(problem, says=f"in '{name}': {problem.says}")


def _switched(scenario: Scenario, said: bool | str | Sequence[str]) -> dict[str, dict[str, object]]:
    """By name, each response that is asked for switched: on where it is not active, off where it is."""
    if said is False:
        return {}
    stated = scenario.responses
    if not stated:
        raise ScenarioError(f"'{scenario.title}' states no responses to switch")
    wanted = list(stated) if said is True else said.split(",") if isinstance(said, str) else list(said)
    names = list(dict.fromkeys(name.strip() for name in wanted))
    unknown = [name for name in names if name not in stated]
    if unknown:
        known = f"There are {', '.join(stated)}"
        raise ScenarioError(
            Problem("", f"no response '{name[:60]}'.{suggest(name, stated)} {known}") for name in unknown
        )
    return {_switch(name, stated[name].active): {_path(name): not stated[name].active} for name in names}


def _switch(name: str, active: bool) -> str:
    return f"without {name}" if active else f"with {name}"


def _path(name: str) -> str:
    quoted = f'"{name}"' if "." in name else name
    return f"responses.{quoted}.active"


def _variants_of(said: Variants) -> dict[str, dict[str, object]]:
    """By name, what each variant sets."""
    if isinstance(said, str):
        said = [said]
    if isinstance(said, Mapping):
        return {name: dict(change) for name, change in said.items()}
    found: dict[str, dict[str, object]] = {}
    for text in said:
        name, change = _read(text)
        if name in found:
            raise ScenarioError(f"--variant '{name}' is said twice: give one another name")
        found[name] = change
    return found


def _read(text: str) -> tuple[str, dict[str, object]]:
    """`NAME: path=value; path=value`; without a name what it sets is its name."""
    named = _NAMED.fullmatch(text)
    name, rest = (named[1].strip(), named[2]) if named else (text.strip(), text)
    change: dict[str, object] = {}
    for part in split(rest, ";"):
        path, equals, value = part.partition("=")
        if not part:
            continue
        if not equals or not path.strip():
            raise ScenarioError(f"--variant '{part[:60]}': there is no path=value; {EXAMPLE}")
        change[path.strip()] = value.strip()
    if not change:
        raise ScenarioError(f"--variant '{text[:60]}' sets nothing; {EXAMPLE}")
    return name, change
