"""Tables and numbers as text on a screen of any width, with names taken literally."""

import math
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from io import StringIO
from typing import Literal, TextIO

from sim.results.table import Cell, Column, Estimate, Table
from sim.scenario.rich_display import literal as literal

TEXT_WIDTH = 16
"""Narrowest a column of text may get before the table is given up for a list."""
DEFAULT_WIDTH = 120
BETWEEN = 3
"""Places from one column to the next."""
_ASCII = str.maketrans({"–": "to", "−": "-", "≤": "<=", "≥": ">=", "·": "-", "’": "'", "…": "..."})


@dataclass(frozen=True)
class Screen:
    """What can be shown: how wide, whether beyond ASCII, whether in bold."""

    width: int = DEFAULT_WIDTH
    unicode: bool = True
    color: bool = False

    @classmethod
    def of(cls, stream: TextIO, environment: Mapping[str, str] = os.environ) -> "Screen":
        """The screen behind a stream: plain under NO_COLOR, without a terminal, and in the C locale."""
        terminal = stream.isatty()
        locale = environment.get("LC_ALL") or environment.get("LC_CTYPE") or environment.get("LANG") or ""
        encoding = (getattr(stream, "encoding", None) or "ascii").lower().replace("-", "")
        unicode = encoding.startswith("utf") and locale not in ("C", "POSIX")
        color = terminal and not environment.get("NO_COLOR") and environment.get("TERM") != "dumb"
        width = shutil.get_terminal_size((DEFAULT_WIDTH, 24)).columns if terminal else DEFAULT_WIDTH
        return cls(max(20, width), unicode, color)


def rendered(table: Table, screen: Screen | None = None) -> str:
    """The table as text ending in a line break; a list, one block a row, where the screen is too narrow for it."""
    screen = screen or Screen()
    columns, cells = _shown(table, screen)
    if not cells:
        text = f"{table.name}: no rows\n"
    elif _too_wide(columns, cells, screen):
        text = _listed(columns, cells)
    else:
        text = _ruled(columns, cells, screen)
    notes = "".join(f"{literal(note)}\n" for note in table.notes)
    return plain(text + notes, screen)


def fits(table: Table, screen: Screen) -> bool:
    """Whether the screen is wide enough to show it as a table rather than a list."""
    return not _too_wide(*_shown(table, screen), screen)


def _shown(table: Table, screen: Screen) -> tuple[list[Column], list[list[str]]]:
    """The columns that have something to say, and what stands in them."""
    indices = [i for i, column in enumerate(table.columns) if column.shown and _says_something(table, i)]
    columns = [table.columns[i] for i in indices]
    return columns, [[plain(written(row[i], table.columns[i]), screen) for i in indices] for row in table.rows]


def _too_wide(columns: list[Column], cells: list[list[str]], screen: Screen) -> bool:
    return bool(cells) and sum(_least_widths(columns, cells)) + BETWEEN * (len(columns) - 1) > screen.width


def written(cell: Cell, column: Column) -> str:
    """One cell in words: numbers with three digits, estimates with their interval."""
    scale = 100.0 if column.unit == "%" else 1.0
    if isinstance(cell, Estimate):
        mean, low, high = (number(x * scale) for x in (cell.mean, cell.low, cell.high))
        has_interval = math.isfinite(cell.low + cell.high) and not math.isclose(cell.low, cell.high)
        return f"{mean} ({low} – {high})" if has_interval and not column.brief else mean
    if isinstance(cell, str):
        return literal(cell)
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    return number(cell if isinstance(cell, int) and scale == 1.0 else None if cell is None else cell * scale)


def number(value: float | int | None) -> str:
    """Three significant digits with thousands separators; whole numbers in full, nothing for a missing one."""
    if value is None or math.isnan(value):
        return ""
    if isinstance(value, int):
        return f"{value:,}"
    if math.isinf(value):
        return "inf" if value > 0 else "-inf"
    if value == 0.0:
        return "0"
    if not 1e-4 <= abs(value) < 1e15:
        return f"{value:.2e}"
    rounded = float(f"{value:.3g}")
    decimals = max(0, 2 - math.floor(math.log10(abs(rounded))))
    return f"{rounded:,.{decimals}f}"


def plain(text: str, screen: Screen) -> str:
    """The text as the screen can show it: what is not ASCII is spelt out where it has to be."""
    if screen.unicode:
        return text.encode("utf-8", "backslashreplace").decode("utf-8")
    return text.translate(_ASCII).encode("ascii", "backslashreplace").decode("ascii")


def header(column: Column) -> str:
    return f"{column.title} ({column.unit})" if column.unit else column.title


def _says_something(table: Table, index: int) -> bool:
    return not table.rows or any(written(row[index], table.columns[index]) for row in table.rows)


def _is_text(cells: list[list[str]], index: int) -> bool:
    return any(row[index] and not row[index].lstrip("-(")[:1].isdigit() and row[index] != "inf" for row in cells)


def _least_widths(columns: list[Column], cells: list[list[str]]) -> list[int]:
    """For each column the least width at which no number is broken, and text only a little."""
    widths = []
    for i, column in enumerate(columns):
        longest = max(len(word) for word in header(column).split())
        widest = max(_cell_width(row[i]) for row in cells)
        widths.append(max(longest, min(widest, TEXT_WIDTH) if _is_text(cells, i) else widest))
    return widths


def _widths(columns: list[Column], cells: list[list[str]], screen: Screen) -> list[int]:
    """The least widths, and for text as much more as it can use and the screen has left."""
    widths = _least_widths(columns, cells)
    spare = screen.width - sum(widths) - BETWEEN * (len(widths) - 1)
    for i, column in enumerate(columns):
        if _is_text(cells, i):
            longest = max(len(header(column)), *(_cell_width(row[i]) for row in cells))
            more = max(0, min(spare, longest - widths[i]))
            widths[i] += more
            spare -= more
    return widths


def _cell_width(text: str) -> int:
    from rich.cells import cell_len  # Chinese characters take two places

    return cell_len(text)


def _ruled(columns: list[Column], cells: list[list[str]], screen: Screen) -> str:
    from rich.box import SIMPLE_HEAD, Box
    from rich.console import Console
    from rich.table import Table as RichTable
    from rich.text import Text

    box = SIMPLE_HEAD if screen.unicode else Box("    \n    \n -- \n    \n    \n    \n    \n    \n", ascii=True)
    grid = RichTable(box=box, padding=(0, 1), show_edge=False, pad_edge=False, header_style="bold")
    for i, (column, width) in enumerate(zip(columns, _widths(columns, cells, screen), strict=True)):
        side: Literal["left", "right"] = "left" if _is_text(cells, i) else "right"
        grid.add_column(Text(header(column)), "", justify=side, width=width, overflow="fold")
    for row in cells:
        grid.add_row(*(Text(cell) for cell in row))
    out = StringIO()
    # Recording to a string, so that nothing of the surroundings (TERM, COLUMNS, FORCE_COLOR) gets in.
    colors: Literal["standard"] | None = "standard" if screen.color else None
    console = Console(file=out, width=screen.width, force_terminal=screen.color, color_system=colors, _environ={})
    console.print(grid)
    return "".join(f"{line.rstrip()}\n" for line in out.getvalue().splitlines())


def _listed(columns: list[Column], cells: list[list[str]]) -> str:
    blocks = []
    for row in cells:
        said = [(header(column), cell) for column, cell in zip(columns[1:], row[1:], strict=True) if cell]
        blocks.append("".join([f"{row[0]}\n", *(f"  {title}: {cell}\n" for title, cell in said)]))
    return "\n".join(blocks)
