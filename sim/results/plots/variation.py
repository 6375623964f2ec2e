"""The picture of a value varied: what is lost at each setting, a line for each place."""

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.results.plots.setting_axis import settings_of
from sim.results.plots.setting_lines import Chart, line_of, setting_lines
from sim.results.plots.sheet import WIDE, Sheet
from sim.results.plots.style import COLORS
from sim.results.provenance import Provenance
from sim.results.table import Table
from sim.results.terminal import literal

SAID = "What is lost at each value, with the same luck; lines are means over replications, bands 95 % intervals of them"


def variation(
    path: str, table: Table, title: str, provenance: Provenance, axes: Axes | None = None, sheet: Sheet = WIDE
) -> Figure:
    """Share lost against value. On `axes` of your own only the lines are drawn, with names to their right."""
    places = list(dict.fromkeys(str(place) for place in table.column("place")))
    values = list(dict.fromkeys(str(value) for value in table.column("value")))
    shown = places[: len(COLORS)]
    cells = list(zip(table.column("place"), table.column("lost_share"), strict=True))
    lines = tuple(line_of(p, [share for name, share in cells if name == p], 100.0, "%") for p in shown)
    more = f" ({len(shown)} of {len(places)} places)" if len(places) > len(shown) else ""
    caption = f"Lost, % of baseline{more}"
    empty = "Nothing is lost at any value."
    settings = settings_of(path, values)
    chart = Chart(title, literal(SAID), provenance.line, caption, empty, settings, lines)
    return setting_lines(chart, axes, sheet)
