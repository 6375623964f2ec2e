"""Results as JSON on stdout, for other programs."""

import json
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from sim.cli.report import say
from sim.results.choices import choices

if TYPE_CHECKING:
    from sim.cli.folders import Target
    from sim.errors import Problem
    from sim.results.explanation import Explanation
    from sim.results.result import Result
    from sim.results.static import Static
    from sim.results.table import Table, Value
    from sim.scenario.scenario import Scenario
    from sim.studies.vary import Variation


def told(
    found: "Result | Variation | Explanation | Static",
    scenario: "Scenario",
    warnings: "Sequence[Problem]",
    command: str,
    target: "Target | None",
) -> None:
    """Print tables with what they rest on; a share is a number from 0 to 1, a missing value null, infinity `"inf"`."""
    data = {
        "title": scenario.title,
        "question": scenario.question,
        "tables": {name: _plain(table) for name, table in found.tables.items()},
        "believe": scenario.believe,
        "choices": choices(scenario),
        "warnings": [str(problem) for problem in warnings],
        "written": str(target.folder) if target else None,
        "provenance": found.provenance([command]).data(),
    }
    say(json.dumps(data, indent=1, allow_nan=False))


def _plain(table: "Table") -> dict[str, object]:
    names = table.names()
    rows = [{name: _finite(value) for name, value in zip(names, row, strict=True)} for row in table.values()]
    return {"rows": rows, "notes": list(table.notes)}


def _finite(value: "Value") -> "Value":
    return str(value) if isinstance(value, float) and math.isinf(value) else value
