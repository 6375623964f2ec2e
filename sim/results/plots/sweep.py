"""The picture of a sweep: a line over one path, a map of two, or a panel for each of several."""

import math
from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.engine.records import Array
from sim.results.plots.setting_axis import settings_of
from sim.results.plots.setting_lines import Chart, line_of, setting_lines
from sim.results.plots.setting_map import Map, setting_map
from sim.results.plots.setting_panels import Cloud, setting_panels
from sim.results.plots.sheet import WIDE, Sheet
from sim.results.plots.style import COLORS
from sim.results.provenance import Provenance
from sim.results.table import Cell, Table
from sim.results.terminal import literal


def sweep(
    table: Table,
    paths: Sequence[str],
    title: str,
    provenance: Provenance,
    axes: Axes | Sequence[Axes] | None = None,
    sheet: Sheet = WIDE,
) -> Figure:
    """What readings come to at each point; shares in percent.

    `axes` of your own are one for a line or a map; points scattered over several paths need one for each path, for
    these have scales of their own. Raises ValueError if there are as many axes as that neither.
    """
    names = list(dict.fromkeys(str(name) for name in table.column("reading")))
    if len(paths) == 1:
        return setting_lines(_lines(table, paths[0], names, title, provenance), _single(axes), sheet)
    if _is_map(table, paths, names):
        return setting_map(_map(table, paths, names[0], title, provenance), _single(axes), sheet)
    return setting_panels(_cloud(table, paths, names[0], title, provenance), axes, sheet)


def _single(axes: Axes | Sequence[Axes] | None) -> Axes | None:
    if axes is None or isinstance(axes, Axes):
        return axes
    if len(axes) != 1:
        raise ValueError("one axes is needed")
    return axes[0]


def _lines(table: Table, path: str, names: Sequence[str], title: str, provenance: Provenance) -> Chart:
    shown = names[: len(COLORS)]
    values = list(dict.fromkeys(str(value) for value in table.column(path)))
    lines = tuple(line_of(name, _cells(table, name), _factor(table, name), _unit(table, name)) for name in shown)
    metrics = " and ".join(dict.fromkeys(_words(table, name, name.partition(".")[0]) for name in names))
    more = f"; {len(shown)} of {len(names)} readings" if len(names) > len(shown) else ""
    says = "What readings come to at each setting; lines are means over replications, bands 95 % intervals of them"
    caption, foot = literal(f"{metrics}{more}"), provenance.line
    return Chart(title, says, foot, caption, "Nothing was measured.", settings_of(path, values), lines)


def _map(table: Table, paths: Sequence[str], name: str, title: str, provenance: Provenance) -> Map:
    across, up = (settings_of(p, list(dict.fromkeys(str(v) for v in table.column(p)))).in_order for p in paths)
    grid = _means(table, name).reshape(len(across.at), len(up.at)).T
    says = literal(f"{_words(table, name)} at every combination, mean over replications")
    return Map(title, says, provenance.line, across, up, grid)


def _cloud(table: Table, paths: Sequence[str], name: str, title: str, provenance: Provenance) -> Cloud:
    means = _means(table, name)
    columns = {path: [str(cell) for cell in table.column(path)][: len(means)] for path in paths}
    return Cloud(title, literal(_words(table, name)), provenance.line, columns, means)


def _cells(table: Table, name: str) -> list[Cell]:
    return [cell for said, cell in zip(table.column("reading"), table.column("mean"), strict=True) if said == name]


def _means(table: Table, name: str) -> Array:
    return line_of(name, _cells(table, name), _factor(table, name)).middle


def _factor(table: Table, name: str) -> float:
    return 100.0 if _unit(table, name) == "%" else 1.0


def _unit(table: Table, name: str) -> str:
    """Of a reading as it is shown: shares in percent."""
    said = zip(table.column("reading"), table.column("unit"), strict=True)
    unit = next(str(unit) for reading, unit in said if reading == name)
    return "%" if unit == "share" else unit


def _words(table: Table, name: str, said: str = "") -> str:
    return f"{said or name} ({_unit(table, name)})"


def _is_map(table: Table, paths: Sequence[str], names: Sequence[str]) -> bool:
    """Whether the points are every combination of two paths."""
    if len(paths) != 2:
        return False
    across = math.prod(len(set(table.column(path))) for path in paths)
    return across > 1 and len(table.rows) == across * len(names)
