"""From a file or a text to a scenario, or to everything that is wrong with it in one report."""

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path as FilePath

from pydantic import ValidationError

from sim.errors import Problem, ScenarioError, TooLarge, in_file_order
from sim.scenario.alone import too_large
from sim.scenario.checks import ALONE, CHECKS, found_by
from sim.scenario.document import Document, Path, Tree
from sim.scenario.files import read_with_extends
from sim.scenario.messages import path_of, problems_of
from sim.scenario.reader import read_text, set_value
from sim.scenario.references import unknown_names
from sim.scenario.scenario import Origin, Scenario
from sim.scenario.tree import fields_of
from sim.scenario.uncertain import known

_LIKE_A_NUMBER = re.compile("[-+.0-9eE]+")


def load(path: str | FilePath, sets: Sequence[str] = (), strict: bool = False) -> Scenario:
    """The scenario in a file, with what it extends, and values changed as `shocks.fire.duration=30 days`.

    Raises ScenarioError with everything that is wrong, in file order; TooLarge if it is well formed but too much for
    one run. Warnings are kept on the scenario; `strict` makes errors of them.
    """
    document, _ = read_with_extends(FilePath(path))
    return read(_with(document, sets), strict)


def loads(text: str, sets: Sequence[str] = (), strict: bool = False, name: str = "<text>") -> Scenario:
    """The scenario a YAML text says; `name` stands for the file in messages."""
    document = read_text(text, name)
    if "extends" in document.data:
        says = "a text has no folder to find another file in: save it as a file, or write out what it extends"
        raise ScenarioError([Problem("extends", says, document.place(("extends",)))])
    return read(_with(document, sets), strict)


def read(document: Document, strict: bool = False) -> Scenario:
    """The scenario a document says."""
    scenario, problems = _examined(document)
    if strict:
        problems = [replace(problem, warning=False) for problem in problems]
    errors = [problem for problem in problems if not problem.warning]
    limits = list(too_large(scenario)) if scenario else []
    if errors or scenario is None:
        raise ScenarioError([*errors, *limits])
    if limits:
        raise TooLarge(limits)
    scenario._origin = Origin(document, tuple(in_file_order(problems)), partial(read, strict=strict))
    return scenario


def _with(document: Document, sets: Sequence[str]) -> Document:
    problems: list[Problem] = []
    for said in sets:
        path, equals, value = said.partition("=")
        try:
            if not equals:
                raise ScenarioError(f"--set {said}: there is no '='; write it as shocks.fire.duration=30 days")
            document = known(set_value(document, path.strip(), value.strip()), path.strip())
        except ScenarioError as error:
            problems.extend(error.problems)
    if problems:
        raise ScenarioError(problems)
    return document


def _examined(document: Document) -> tuple[Scenario | None, list[Problem]]:
    """The scenario, if the records accept it, and all that is wrong or doubtful."""
    problems = unknown_names(document)
    try:
        scenario = _validated(document, document.data)
    except ValidationError as error:
        problems += problems_of(error, document)
        return None, problems + _of_the_rest(error, document)
    problems += found_by(ALONE, scenario)
    if all(problem.warning for problem in problems):
        problems += found_by(CHECKS[len(ALONE) :], scenario)
    return scenario, problems


def _validated(document: Document, data: dict[str, Tree]) -> Scenario:
    scenario = Scenario.model_validate(data)
    scenario._origin = Origin(document)
    return scenario


def _of_the_rest(error: ValidationError, document: Document) -> list[Problem]:
    """What can be said of the entries that are well formed, so that it is not left for the next report."""
    refused = {path_of(detail, document.data)[0][:2] for detail in error.errors(include_url=False)}
    known = fields_of(Scenario)
    if refused & {("start",), ("horizon",)}:
        return []
    whole = {key: _without(value, (key,), refused) for key, value in document.data.items() if key in known}
    data = {key: value for key, value in whole.items() if (key,) not in refused}
    try:
        return found_by(ALONE, _validated(document, {"title": "-", **data}))
    except ValidationError:
        return []


def _without(section: Tree, path: Path, refused: set[Path]) -> Tree:
    if not isinstance(section, dict):
        return section
    return {name: entry for name, entry in section.items() if (*path, name) not in refused}


def resolved(scenario: Scenario) -> str:
    """YAML text of the whole scenario, what it extends included; reads back as an equal scenario.

    Canonical: the same for any order of keys, comments and layout. Values stand as they were said.
    """
    import yaml

    class Dumper(getattr(yaml, "CSafeDumper", yaml.SafeDumper)):  # type: ignore[misc]  # the same text, sooner
        """Writes in quotes what looks like a number to our reader, and not to PyYAML's: `1e3`, `-.5`."""

    def text(dumper: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
        style = "'" if _LIKE_A_NUMBER.fullmatch(value) else None
        return dumper.represent_scalar("tag:yaml.org,2002:str", value, style)

    Dumper.add_representer(str, text)
    made = scenario.model_dump(mode="json", by_alias=True, exclude_unset=True)
    data = scenario._origin.document.data if scenario._origin.document else made
    parts = ({key: data[key]} for key in fields_of(Scenario) if key in data)
    return "".join(yaml.dump(part, Dumper=Dumper, sort_keys=True, allow_unicode=True, width=100) for part in parts)
