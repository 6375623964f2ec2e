"""What a study's folder holds: how far it has come, its cases as a frame or by SQL, and files for other programs."""

from collections.abc import Iterator, Sequence
from csv import writer as csv_writer
from dataclasses import dataclass
from json import dumps
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.errors import OutputError, ScenarioError
from sim.results.table import inert, refuse_existing, write_aside
from sim.results.workbook import write_workbook
from sim.studies.ledger import DONE
from sim.studies.store import Store, looked_at

if TYPE_CHECKING:
    import pandas

TABLES = ("points", "indices", "effects", "stress", "seek", "compared", "losses")
"""Tables that verbs leave behind when they come to their end, the one to look at first."""
ENDINGS = (".csv", ".parquet", ".xlsx")


@dataclass(frozen=True)
class Archive:
    """The cases that a study's folder holds."""

    folder: Path

    def frame(self) -> "pandas.DataFrame":
        """A row for each case: point, replication, what each path is set to, every reading; in that order."""
        with looked_at(self.folder) as store:
            return store.frame()

    def sql(self, query: str) -> "pandas.DataFrame":
        """What DuckDB answers; the cases are the table `cases`. Raises ScenarioError for what it cannot understand."""
        with looked_at(self.folder) as store:
            parts = [str(store.part(entry.number)) for entry in store.ledger.entries(DONE)]
        if not parts:
            raise ScenarioError(f"{self.folder} holds no case yet")
        duckdb = _duckdb()
        with duckdb.connect(":memory:", config={"autoinstall_known_extensions": "false"}) as base:
            base.read_parquet(parts, union_by_name=True).create_view("cases")
            try:
                found: pandas.DataFrame = base.sql(query).df()
                return found
            except duckdb.Error as error:
                raise ScenarioError(f"DuckDB says: {str(error).splitlines()[0]}") from error

    def table(self) -> "pandas.DataFrame":
        """The table that the verb wrote when it came to its end: of a sweep a row for each point and reading."""
        import pandas

        if not (found := _tables_in(self.folder)):
            raise OutputError(f"{self.folder} holds no table yet: the same command as before finishes the study")
        return pandas.read_parquet(found[0])


def results_of(folder: str | Path) -> Archive:
    """What a folder of results holds: its table, and of a study the cases, those so far where it is still at work."""
    where = Path(folder)
    if not _tables_in(where):
        with looked_at(where):  # says what is wrong if it is no study either
            return Archive(where)
    return Archive(where)


def _tables_in(folder: Path) -> list[Path]:
    paths = [folder / f"{name}.parquet" for name in TABLES]
    return [path for path in paths if path.is_file()]


def export(folder: str | Path, file: str | Path, *, overwrite: bool = False) -> Path:
    """Write every case to one file, by its ending: .csv, .parquet or .xlsx; provenance goes with it.

    Case by case, so that any number needs no more memory. Raises OutputError for more rows than a sheet holds.
    """
    target = Path(file)
    if target.suffix.lower() not in ENDINGS:
        raise ScenarioError(f"{target}: end the name in {', '.join(ENDINGS[:-1])} or {ENDINGS[-1]}")
    with looked_at(Path(folder)) as store:
        count = store.ledger.progress().lived
        if not count:
            raise OutputError(f"{folder} holds no case yet")
        match target.suffix.lower():
            case ".csv":
                _to_csv(store, target, overwrite)
            case ".parquet":
                _to_parquet(store, target, overwrite)
            case _:
                sheets = {"cases": (_columns(store), count, _rows(store))}
                write_workbook(target, sheets, store.provenance, overwrite)
    return target


def _to_csv(store: Store, target: Path, overwrite: bool) -> None:
    beside = target.with_name(f"{target.stem}.provenance.json")
    refuse_existing([target, beside], overwrite)

    def write(aside: Path) -> None:
        with open(aside, "w", encoding="utf-8", newline="") as file:
            out = csv_writer(file, lineterminator="\n")
            out.writerow(map(inert, _columns(store)))
            out.writerows([inert(v) if isinstance(v, str) else v for v in row] for row in _rows(store))

    write_aside(target, write)
    write_aside(beside, lambda aside: aside.write_text(dumps(store.provenance, indent=2, ensure_ascii=False) + "\n"))


def _to_parquet(store: Store, target: Path, overwrite: bool) -> None:
    import pyarrow.parquet

    refuse_existing([target], overwrite)

    def write(aside: Path) -> None:
        tables = store.tables()
        first = next(tables)
        with pyarrow.parquet.ParquetWriter(aside, first.schema) as out:
            out.write_table(first)
            for table in tables:
                out.write_table(table.cast(first.schema))

    write_aside(target, write)


def _columns(store: Store) -> list[str]:
    return list(next(store.tables()).column_names)


def _rows(store: Store) -> Iterator[Sequence[object]]:
    for table in store.tables():
        yield from zip(*(column.to_pylist() for column in table.columns), strict=True)


def _duckdb() -> Any:
    try:
        import duckdb
    except ImportError as error:
        says = "SQL needs DuckDB, which is not installed: pip install 'supplyshock[study]', or read it without --sql"
        raise ScenarioError(says) from error
    return duckdb
