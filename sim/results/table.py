"""A table as rows of plain values, and the files it can become.

In files a share is a number from 0 to 1, a missing value is empty (null in JSON), and text is inert: no spreadsheet
takes it for a formula.
"""

import csv
import io
import json
import math
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from sim.errors import OutputError

if TYPE_CHECKING:
    import pandas
    import pyarrow
    from numpy.typing import NDArray

    from sim.results.provenance import Provenance

Value: TypeAlias = str | float | int | bool | None
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


@dataclass(frozen=True)
class Estimate:
    """A mean with its 95 % interval; the bounds are nan where no interval can be given."""

    mean: float
    low: float = math.nan
    high: float = math.nan


Cell: TypeAlias = Value | Estimate


@dataclass(frozen=True)
class Column:
    """What stands in a column."""

    name: str
    """In files."""
    title: str
    """On screen, in words."""
    unit: str = ""
    """On screen, in the header; `%` shows shares in percent."""
    meaning: str = ""
    estimated: bool = False
    """Holds estimates: files get three columns, name, name_low and name_high."""
    shown: bool = True
    """Whether it is worth its place on screen."""
    brief: bool = False
    """On screen without the interval, because another column of the row shows it."""


@dataclass(frozen=True)
class Table:
    """Columns, rows, and what must be said below them."""

    name: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    notes: tuple[str, ...] = ()

    def column(self, name: str) -> list[Cell]:
        """The cells of one column."""
        index = [column.name for column in self.columns].index(name)
        return [row[index] for row in self.rows]

    def names(self) -> list[str]:
        """Column names as in files."""
        return [name for column in self.columns for name in _names(column)]

    def values(self) -> list[list[Value]]:
        """Rows as in files: an estimate becomes three values, nan becomes None."""
        return [[v for c, cell in zip(self.columns, row, strict=True) for v in _flat(c, cell)] for row in self.rows]

    def table(self) -> "pandas.DataFrame":
        """As a pandas DataFrame, one row each, columns as in files."""
        import pandas

        return pandas.DataFrame(self.values(), columns=self.names())

    def csv(self) -> str:
        """As the text of a CSV file."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow([inert(name) for name in self.names()])
        writer.writerows([inert(v) if isinstance(v, str) else v for v in row] for row in self.values())
        return text.getvalue()

    def to_csv(self, path: Path | str, provenance: "Provenance | None" = None, overwrite: bool = False) -> None:
        """UTF-8 CSV; the provenance goes beside it, into `<name>.provenance.json`."""
        target = Path(path)
        beside = target.with_name(f"{target.stem}.provenance.json")
        refuse_existing([target, beside] if provenance else [target], overwrite)
        if provenance:
            _write_text(beside, _json(provenance.data()))
        _write_text(target, self.csv())

    def to_json(self, path: Path | str, provenance: "Provenance | None" = None, overwrite: bool = False) -> None:
        """JSON with provenance, columns (name, unit, meaning), rows as mappings, and notes; infinity is `"inf"`."""
        refuse_existing([Path(path)], overwrite)
        names = self.names()
        described = [
            {"name": name, "unit": "share" if column.unit == "%" else column.unit, "meaning": column.meaning}
            for column in self.columns
            for name in _names(column)
        ]
        rows = [{n: _plain(v) for n, v in zip(names, row, strict=True)} for row in self.values()]
        data = {"table": self.name, "columns": described, "rows": rows, "notes": list(self.notes)}
        _write_text(Path(path), _json({"provenance": provenance.data() if provenance else None} | data))

    def to_parquet(self, path: Path | str, provenance: "Provenance | None" = None, overwrite: bool = False) -> None:
        """Parquet; the provenance is JSON in the schema's metadata, under `supplyshock`."""
        import pyarrow
        import pyarrow.parquet

        refuse_existing([Path(path)], overwrite)
        columns = [list(column) for column in zip(*self.values(), strict=True)] or [[] for _ in self.names()]
        made = pyarrow.Table.from_arrays([_arrow(column) for column in columns], names=self.names())
        kept = {"supplyshock": json.dumps({"provenance": provenance.data() if provenance else None})}
        with_provenance = made.replace_schema_metadata(kept)
        write_aside(Path(path), lambda aside: pyarrow.parquet.write_table(with_provenance, aside))


def from_frame(frame: "pandas.DataFrame") -> Table:
    """A pandas frame as a table, to be shown."""
    columns = tuple(Column(str(name), str(name)) for name in frame.columns)
    return Table("frame", columns, tuple(tuple(map(_cell, row)) for row in frame.itertuples(index=False, name=None)))


def _cell(value: object) -> Cell:
    plain = value.item() if hasattr(value, "item") else value
    return plain if plain is None or isinstance(plain, str | float | int | bool) else str(plain)


def _arrow(values: "Sequence[object]") -> "pyarrow.Array":
    """A column as Arrow has it, made from its buffers: `pyarrow.array` imports pandas, which takes half a second."""
    import numpy as np
    import pyarrow as pa

    known = np.array([value is not None for value in values], bool)
    kinds = {type(value) for value in values if value is not None}
    if not kinds:
        return pa.nulls(len(values))
    if kinds <= {int, float}:
        number, arrow = (np.int64, pa.int64()) if kinds == {int} else (np.float64, pa.float64())
        data: NDArray[Any] = np.array([0 if value is None else value for value in values], number)
    elif kinds == {bool}:
        data, arrow = np.packbits([bool(value) for value in values], bitorder="little"), pa.bool_()
    else:
        texts = pa.lib.StringBuilder()
        for value in values:
            texts.append(None if value is None else str(value))
        return texts.finish()
    present = pa.py_buffer(np.packbits(known, bitorder="little"))
    return pa.Array.from_buffers(arrow, len(values), [present, pa.py_buffer(data)])


def inert(text: str) -> str:
    """Text that no spreadsheet takes for a formula: a leading sign that would start one gets a quote before it."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def refuse_existing(paths: Sequence[Path], overwrite: bool) -> None:
    """Raises OutputError if a file is there already, so that nothing is written when any of several cannot be."""
    for path in paths:
        if path.exists() and not overwrite:
            raise OutputError(f"{path} exists already: choose another name, or allow it with overwrite")


def write_aside(path: Path, write: Callable[[Path], object]) -> None:
    """Let `write` make a file beside the path, then put it in place at once: no half-written file is ever seen."""
    aside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        write(aside)
        os.replace(aside, path)
    except OSError as error:
        raise OutputError(f"{path} cannot be written: {error.strerror or error}") from error
    finally:
        aside.unlink(missing_ok=True)


def _write_text(path: Path, text: str) -> None:
    # A lone half of a surrogate pair has no UTF-8; it is written as it would be escaped.
    write_aside(path, lambda aside: aside.write_bytes(text.encode("utf-8", "backslashreplace")))


def _names(column: Column) -> list[str]:
    return [column.name, f"{column.name}_low", f"{column.name}_high"] if column.estimated else [column.name]


def _flat(column: Column, cell: Cell) -> Iterator[Value]:
    if not column.estimated:
        yield _known(cell.mean if isinstance(cell, Estimate) else cell)
    elif isinstance(cell, Estimate):
        yield from (_known(cell.mean), _known(cell.low), _known(cell.high))
    else:
        yield from (_known(cell), None, None)


def _known(value: Value) -> Value:
    return None if isinstance(value, float) and math.isnan(value) else value


def _plain(value: Value) -> Value:
    return str(value) if isinstance(value, float) and math.isinf(value) else value


def _json(data: object) -> str:
    return json.dumps(data, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
