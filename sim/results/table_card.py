"""A table as Jupyter shows it: the same columns and words as on a screen."""

from collections.abc import Sequence

from sim.results.table import Table
from sim.results.terminal import header, written
from sim.scenario.rich_display import Card


def card_of(title: str, table: Table, says: str = "", notes: Sequence[str] = ()) -> Card:
    """The columns of a table that have something to say, under a title; its own notes, then these."""
    shown = [i for i, column in enumerate(table.columns) if column.shown]
    cells = {i: [written(row[i], table.columns[i]) for row in table.rows] for i in shown}
    shown = [i for i in shown if any(cells[i])]
    rows = list(zip(*(cells[i] for i in shown), strict=True))
    return Card(title, says, [header(table.columns[i]) for i in shown], rows, (*table.notes, *notes))
