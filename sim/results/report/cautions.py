"""What not to conclude from a result, beyond what its author says of it."""

from collections.abc import Mapping
from typing import Any

from sim.results.report.parts import Rests
from sim.results.statistics import TOO_FEW
from sim.results.table import Table
from sim.scenario.scenario import Scenario

GENERAL = (
    "An interval tells how much luck is left in a mean of so many replications. It says nothing of whether the "
    "assumptions are right.",
    "Losses are differences between two runs of one model, with the shocks and without. They are no forecast of "
    "output, prices or dates.",
)
SHARE = 0.5
"""Share of assumed numbers from which on it is said first."""


def cautions(
    scenario: Scenario, rests: Rests, tables: Mapping[str, Table], provenance: Mapping[str, Any]
) -> tuple[str, ...]:
    """A sentence each: what the author says, then what this result calls for, then what holds of every one."""
    found = [scenario.believe] if scenario.believe else []
    if rests.numbers and rests.assumed / rests.numbers >= SHARE:
        share = 100.0 * rests.assumed / rests.numbers
        found.append(
            f"{share:.0f} % of the numbers are assumed, at least in part. Take figures for an order of magnitude, and "
            "vary what matters before quoting one."
        )
    if provenance.get("replications") == 1:
        found.append("There is one replication, so nothing is said of luck.")
    if any(TOO_FEW in str(note) for table in tables.values() for note in table.notes):
        found.append("Where there are too few loss events, a mean is not to be quoted: quote the chance of a loss.")
    return (*found, *_of_claims(tables), *GENERAL)


def _of_claims(tables: Mapping[str, Table]) -> list[str]:
    """How many claims the model does not reproduce, where it judges any."""
    table = tables.get("claims")
    if table is None or "verdict" not in [column.name for column in table.columns]:
        return []
    judged = [str(verdict) for verdict in table.column("verdict")]
    missed = sum(verdict.startswith("not reproduced") for verdict in judged)
    plural = "" if len(judged) == 1 else "s"
    return [f"The model does not reproduce {missed} of {len(judged)} claim{plural} it was held against."] * bool(missed)
