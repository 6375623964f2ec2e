"""What uncertain inputs were in each replication: beside the losses, this is what a sensitivity is worked out from."""

from sim.engine.unknown import drawn
from sim.results.outcome import Outcome
from sim.results.table import Cell, Column, Table
from sim.scenario.stated import Stated
from sim.scenario.uncertain import Uncertain


def uncertain_table(outcome: Outcome) -> Table:
    """A row per replication, a column per uncertain input: values in the unit of its distribution, or factors."""
    entries = outcome.scenario.uncertain
    values = drawn(outcome.scenario, outcome.seed, outcome.replications) if entries else {}
    columns = [Column("replication", "replication"), *(_column(name, entries[name]) for name in values)]
    rows: list[tuple[Cell, ...]] = [
        (number, *(float(values[name][i]) for name in values)) for i, number in enumerate(outcome.replications)
    ]
    return Table("uncertain", tuple(columns), tuple(rows) if entries else ())


def _column(name: str, entry: Uncertain) -> Column:
    first = entry.spread.quantities()[0]
    paths = ", ".join(entry.paths or (name,))
    if isinstance(first, Stated):
        return Column(name, name, "" if first.words == "%" else first.words, _in_words(first, paths))
    return Column(name, name, "", f"factor on {paths}")


def _in_words(first: Stated, paths: str) -> str:
    return f"value of {paths}, in {first.words}" if first.words else f"value of {paths}"
