"""Results as JSON on stdout, for other programs."""

import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from sim.cli.report import say
from sim.results.choices import choices

if TYPE_CHECKING:
    from sim.errors import Problem
    from sim.results.provenance import Provenance
    from sim.results.table import Table, Value
    from sim.scenario.scenario import Scenario


class Told(Protocol):
    """What any verb ends in."""

    @property
    def tables(self) -> "Mapping[str, Table]":
        """By name."""

    def provenance(self, command: Sequence[str] = ()) -> "Provenance":
        """Everything needed to get it again."""


def told(
    found: "Told",
    scenario: "Scenario",
    warnings: "Sequence[Problem]",
    command: str,
    folder: "Path | None",
) -> None:
    """Print tables with what they rest on; a share is a number from 0 to 1, a missing value null, infinity `"inf"`."""
    data = {
        "title": scenario.title,
        "question": scenario.question,
        "tables": {name: _plain(table) for name, table in found.tables.items()},
        "believe": scenario.believe,
        "choices": choices(scenario),
        "warnings": [str(problem) for problem in warnings],
        "written": str(folder) if folder else None,
        "provenance": found.provenance([command]).data(),
    }
    say(json.dumps(data, indent=1, allow_nan=False))


def _plain(table: "Table") -> dict[str, object]:
    names = table.names()
    rows = [{name: _finite(value) for name, value in zip(names, row, strict=True)} for row in table.values()]
    return {"rows": rows, "notes": list(table.notes)}


def _finite(value: "Value") -> "Value":
    return str(value) if isinstance(value, float) and math.isinf(value) else value
