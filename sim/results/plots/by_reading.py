"""A panel for each reading of a study, with a row for each factor, the first of the table on top."""

from collections.abc import Callable, Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.results.plots import rows
from sim.results.plots.drawing import figure_of, fit, inches_of
from sim.results.plots.page import blank, warn_of_missing_glyphs
from sim.results.plots.rows import Name, Rows
from sim.results.plots.sheet import EDGE, Sheet
from sim.results.plots.style import INK, look
from sim.results.provenance import Provenance
from sim.results.table import Cell, Table
from sim.results.terminal import literal

PITCH, HEAD, SCALE = 0.36, 0.32, 0.3
"""Inches: of a row, above the rows of a panel, and for the scale below them."""
LEFT, RIGHT = 3.4, 0.3
"""Inches beside the rows where there is room: for names, and free."""
MOST_PANELS, MOST_FACTORS = 4, 12

Row = tuple[Cell, ...]
Draw = Callable[[Rows, Sequence[Row]], str]
"""Draws the rows of one reading; gives the unit to be said, if any."""


def by_reading(
    table: Table,
    words: tuple[str, str],
    provenance: Provenance,
    draw: Draw,
    axes: Sequence[Axes] | None,
    sheet: Sheet,
) -> Figure:
    """`words` are the title, and what is drawn. On `axes` of your own, one for each reading that the table has.

    Raises ValueError if there are as many axes as readings neither.
    """
    found = _shown(table)
    names = [[name_of(row, table) for row in some] for some in found.values()]
    high = [HEAD + rows.height_of(some, PITCH, sheet) + SCALE for some in names]
    if axes is not None and len(axes) != len(found):
        raise ValueError(f"{len(found)} axes are needed: one for each reading")
    with look():
        made = blank(words[0], words[1], provenance.line, sum(high), 0.1, sheet) if axes is None else None
        for i, (reading, some) in enumerate(found.items()):
            place = made or (axes or [])[i]
            laid = rows.lay(place, sum(high[:i]) + HEAD, names[i], PITCH, sheet, LEFT, RIGHT)
            unit = draw(laid, some)
            _head(laid.axes, reading, unit, sheet)
            rows.keep_ticks(laid.axes)
        figure = made.figure if made else figure_of((axes or [])[0])
        warn_of_missing_glyphs(figure)
    return figure


def name_of(row: Row, table: Table) -> Name:
    """The factor, with its range below it."""
    known = {column.name: str(cell) for column, cell in zip(table.columns, row, strict=True)}
    name = known["factor"]
    return Name(name if len(name) <= 60 else f"…{name[-59:]}", "", known["range"])


def _shown(table: Table) -> dict[str, list[Row]]:
    """By reading its first rows."""
    found: dict[str, list[Row]] = {}
    for row, reading in zip(table.rows, table.column("reading"), strict=True):
        found.setdefault(str(reading), []).append(row)
    return {reading: some[:MOST_FACTORS] for reading, some in list(found.items())[:MOST_PANELS]}


def _head(axes: Axes, reading: str, unit: str, sheet: Sheet) -> None:
    title = axes.set_title("", fontsize=9.5, loc="left", color=INK, pad=5)
    room = inches_of(axes)[0] if sheet.has_margin else sheet.width - 2 * EDGE
    fit(figure_of(axes), title, literal(reading), literal(f", {unit}") if unit else "", room)
