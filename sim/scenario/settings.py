"""A scenario at many settings of a few of its values, each read in a fraction of the time of a file.

The first setting of a kind is read as a file is, with every check. A setting that differs from it in numbers alone is
then put into the records it belongs to, which are read anew, and held against what a number may break.
"""

import re
from collections.abc import Sequence

from pydantic import ValidationError

from sim.errors import ScenarioError
from sim.scenario.document import Tree, split_dotted
from sim.scenario.reader import value_of
from sim.scenario.record import Record
from sim.scenario.scenario import Scenario
from sim.scenario.unknowns import SETTLED, below, put, reader_of
from sim.scenario.words import NUMBER

Keys = tuple[str, ...]

_NUMBER = re.compile(rf"\s*{NUMBER}")
_DEPTH = 3
"""Keys of a path that leads to a value of an entry: section, name, key."""


class Settings:
    """A scenario whose values at some dotted paths are set, again and again."""

    def __init__(self, scenario: Scenario, paths: Sequence[str]):
        self.scenario, self.paths = scenario, tuple(paths)
        self.keys = [split_dotted(path) or () for path in paths]
        self._read: dict[tuple[str, ...], Scenario] = {}
        """The first setting of each kind, by what is said besides numbers."""

    def at(self, values: Sequence[str]) -> Scenario:
        """The scenario with these values, one for each path. Raises ScenarioError with everything that is wrong."""
        kind = tuple(_NUMBER.sub("#", value, count=1) for value in values)
        if kind in self._read and all(map(_is_of_an_entry, self.keys, kind)):
            return self._numbers_put_in(self._read[kind], values)
        scenario = self.read(values)
        self._read.setdefault(kind, scenario)
        return scenario

    def read(self, values: Sequence[str]) -> Scenario:
        """As `at`, read as a file is, whatever was read before."""
        scenario = self.scenario
        for path, value in zip(self.paths, values, strict=True):
            scenario = scenario.change(path, value)
        return scenario

    def _numbers_put_in(self, scenario: Scenario, values: Sequence[str]) -> Scenario:
        entries: dict[Keys, Tree] = {}
        for keys, value, path in zip(self.keys, values, self.paths, strict=True):
            home, inside = keys[:2], keys[2:]
            entry = entries[home] if home in entries else below(scenario.document.data, home)
            entries[home] = put(entry, inside, value_of(value, path))
        by_section: dict[str, dict[str, Record]] = {}
        try:
            for (section, name), entry in entries.items():
                by_section.setdefault(section, {})[name] = reader_of(section).validate_python(entry)
        except ValidationError:
            return self.read(values)  # which says what is wrong in the words of the file
        for section, records in by_section.items():
            scenario = scenario.with_records(section, records)
        scenario = scenario.saying(entries)  # uncertain inputs put what they draw into what is said
        checks = dict.fromkeys(check for section in by_section for check in SETTLED[section])
        if broken := [problem for check in checks for problem in check(scenario) if not problem.warning]:
            raise ScenarioError(broken)
        return scenario


def _is_of_an_entry(keys: Keys, kind: str) -> bool:
    """Whether a setting is a number inside an entry, of which all that can go wrong is known."""
    return len(keys) >= _DEPTH and keys[0] in SETTLED and kind.startswith("#")
