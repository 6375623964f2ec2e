"""Tables as an Excel file: plain values, no formula, no link, provenance on a sheet of its own."""

import math
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from sim.errors import OutputError, ScenarioError
from sim.results.table import refuse_existing, write_aside

MOST_ROWS, MOST_COLUMNS = 1_048_576, 16_384
"""Of a sheet, the header included."""
SHEET_NAME = 31
LONGEST_TEXT = 32_767
FORBIDDEN = str.maketrans(dict.fromkeys("[]:*?/\\'", "_"))

Rows = Iterable[Sequence[object]]


def write_workbook(
    path: Path | str,
    sheets: Mapping[str, tuple[Sequence[str], int, Rows]],
    provenance: Mapping[str, object],
    overwrite: bool = False,
) -> None:
    """Write sheets by name, each of column names, number of rows and rows; numbers stay numbers, text stays text.

    Raises OutputError for more rows or columns than a sheet holds: nothing is ever cut.
    """
    target = Path(path)
    refuse_existing([target], overwrite)
    for name, (columns, count, _) in sheets.items():
        if count + 1 > MOST_ROWS or len(columns) > MOST_COLUMNS:
            raise OutputError(
                f"{target}: {name} has {count:,} rows and {len(columns):,} columns, and a sheet holds "
                f"{MOST_ROWS - 1:,} and {MOST_COLUMNS:,}: export it as .csv or .parquet"
            )
    write_aside(target, lambda aside: _write(aside, sheets, provenance))


def _write(path: Path, sheets: Mapping[str, tuple[Sequence[str], int, Rows]], provenance: Mapping[str, object]) -> None:
    safe = {
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "constant_memory": True,
        "nan_inf_to_errors": False,
    }
    book = _xlsxwriter().Workbook(str(path), safe)
    bold = book.add_format({"bold": True})
    for name, (columns, _, rows) in sheets.items():
        sheet = book.add_worksheet(name.translate(FORBIDDEN)[:SHEET_NAME])
        sheet.freeze_panes(1, 0)
        for c, column in enumerate(columns):
            sheet.write_string(0, c, column[:LONGEST_TEXT], bold)
        for r, row in enumerate(rows, 1):
            for c, value in enumerate(row):
                _cell(sheet, r, c, value)
    about = book.add_worksheet("provenance")
    for r, (key, value) in enumerate(provenance.items()):
        about.write_string(r, 0, str(key))
        for c, piece in enumerate(_pieces(str(value)), 1):
            about.write_string(r, c, piece)
    book.close()


def _cell(sheet: Any, row: int, column: int, value: object) -> None:
    """A number as a number, a missing one as nothing, infinity in words, all else as text."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return
    if isinstance(value, bool):
        sheet.write_boolean(row, column, value)
    elif isinstance(value, int | float) and math.isfinite(value):
        sheet.write_number(row, column, value)
    else:
        sheet.write_string(row, column, str(value)[:LONGEST_TEXT])


def _pieces(text: str) -> list[str]:
    """The text in cells side by side, where it is longer than a cell holds."""
    return [text[i : i + LONGEST_TEXT] for i in range(0, len(text), LONGEST_TEXT)] or [""]


def _xlsxwriter() -> Any:
    try:
        import xlsxwriter
    except ImportError as error:
        says = "an Excel file needs XlsxWriter, which is not installed: pip install 'supplyshock[excel]', or use .csv"
        raise ScenarioError(says) from error
    return xlsxwriter
