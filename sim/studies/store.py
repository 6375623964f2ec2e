"""Where a study is kept: a folder with a ledger, a Parquet part for each block that is done, and the scenario.

Killed at any moment it holds whole blocks only, and the same command finishes the rest: a part is written aside, put in
place, and then entered in the ledger. What lies in `parts` without an entry is written anew. What no study wrote is
left alone.
"""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from json import dumps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sim.engine.records import Array
from sim.errors import OutputError
from sim.studies.ledger import DONE, ELSEWHERE, SET_ASIDE, TODO, Entry, Ledger, put_in_place
from sim.studies.living import Part
from sim.studies.lock import NAME as LOCK
from sim.studies.lock import locked
from sim.studies.points import Axis, axes_of
from sim.studies.study import Study, study_of

if TYPE_CHECKING:
    import pandas
    import pyarrow

LEDGER, PARTS, SCENARIO = "study.sqlite", "parts", "scenario.yaml"


@dataclass(frozen=True)
class Kept:
    """What a store holds of some readings: a row for each case, in order of point and replication."""

    point: NDArray[np.int64]
    replication: NDArray[np.int64]
    values: Mapping[str, Array]


class Store:
    """A study's folder. Everything is read from it; nothing of it is held in memory."""

    def __init__(self, folder: Path, ledger: Ledger):
        self.folder, self.ledger = folder, ledger
        kept = ledger.fact("study")
        if not isinstance(kept, dict):
            raise OutputError(f"{folder} holds no study: {ELSEWHERE}")
        self.study: Study = study_of(kept)

    @property
    def provenance(self) -> dict[str, object]:
        """What the study was begun with; see results/provenance.py."""
        found = self.ledger.fact("provenance")
        return found if isinstance(found, dict) else {}

    def write(self, number: int, part: Part, seconds: float) -> None:
        """Keep what became of a block. Raises OutputError where the disk is full; what was kept before stays."""
        content = self._parquet(number, part)
        _write(self.part(number), content)
        self.ledger.done(number, len(part.point), len(content), _digest(content), seconds, part.failures)

    def part(self, number: int) -> Path:
        """The file of a block."""
        return _part_of(self.folder, number)

    def check_parts(self) -> int:
        """How many blocks must be done again, for their file is gone. Raises OutputError for one that was changed."""
        gone = 0
        for entry in self.ledger.entries(DONE):
            path = self.part(entry.number)
            if not path.exists():
                self.ledger.failed(entry.number, "its file was gone", 0, TODO)
                gone += 1
            elif _digest(_content(path)) != entry.digest:
                raise _damaged(path)
        return gone

    def read(self, names: Sequence[str], *, verified: bool = False) -> Kept:
        """The readings of these names of every case that is done; `verified` looks at every byte of the parts."""
        columns: dict[str, list[NDArray[Any]]] = {name: [] for name in ("point", "replication", *names)}
        for entry in self.ledger.entries(DONE):
            table = self._part_table(entry, list(columns), verified)
            for name, parts in columns.items():
                parts.append(table.column(name).to_numpy())
        joined = {name: np.concatenate(parts) if parts else np.empty(0) for name, parts in columns.items()}
        point, replication = joined["point"].astype(np.int64), joined["replication"].astype(np.int64)
        order = np.lexsort((replication, point))
        return Kept(point[order], replication[order], {name: joined[name][order] for name in names})

    def tables(self) -> Iterator["pyarrow.Table"]:
        """The parts, one after the other in order of blocks."""
        for entry in self.ledger.entries(DONE):
            yield self._part_table(entry, None, False)

    def frame(self) -> "pandas.DataFrame":
        """A row for each case, in order of point and replication."""
        import pandas

        tables = [table.to_pandas() for table in self.tables()]
        whole = pandas.concat(tables, ignore_index=True) if tables else pandas.DataFrame()
        return whole.sort_values(["point", "replication"], ignore_index=True) if tables else whole

    def _part_table(self, entry: Entry, columns: list[str] | None, verified: bool) -> "pyarrow.Table":
        import pyarrow
        import pyarrow.parquet

        path = self.part(entry.number)
        content = _content(path)
        if len(content) != entry.bytes or verified and _digest(content) != entry.digest:
            raise _damaged(path)
        try:
            file = pyarrow.parquet.ParquetFile(pyarrow.BufferReader(content))
            if file.schema_arrow.metadata.get(b"block") != self._name_of(entry.number):
                raise _damaged(path)
            return file.read(columns=columns)
        except (OSError, pyarrow.ArrowException) as error:
            raise _damaged(path) from error

    def _name_of(self, number: int) -> bytes:
        """What tells a part from those of other blocks and other studies."""
        return f"{number} of {self._study_digest}".encode()

    @cached_property
    def _study_digest(self) -> str:
        return _digest(self.study.json.encode())

    def _parquet(self, number: int, part: Part) -> bytes:
        """A part as a file: point, replication, what each path is set to, readings; provenance in its metadata."""
        import pyarrow
        import pyarrow.parquet

        points, which = np.unique(part.point, return_inverse=True)
        settings = [self.study.points.values(int(number)) for number in points]
        columns: dict[str, Any] = {"point": part.point, "replication": part.replication}
        for i, axis in enumerate(self.axes):
            columns[axis.path] = _column(axis, [values[i] for values in settings], which)
        table = pyarrow.table(columns | dict(part.values))
        about = {"provenance": self.provenance, "units": {axis.path: axis.unit for axis in self.axes}}
        sink = pyarrow.BufferOutputStream()
        said = {"supplyshock": dumps(about), "block": self._name_of(number)}
        pyarrow.parquet.write_table(table.replace_schema_metadata(said), sink)
        return bytes(sink.getvalue())

    @cached_property
    def axes(self) -> tuple[Axis, ...]:
        """What varies, with its unit where it is a number."""
        return axes_of(self.study.points)


@contextmanager
def opened(folder: Path, study: Study, provenance: Mapping[str, object], *, overwrite: bool = False) -> Iterator[Store]:
    """The store of a study, new or as it was left, locked for this process.

    Raises OutputError for a folder that holds anything else: another study (unless `overwrite`), or what this program
    did not write; and where another process is at work in it.
    """
    _make(folder)
    with locked(folder):
        path = folder / LEDGER
        facts: dict[str, object] = {"study": study.plain(), "provenance": dict(provenance), "about": study.about}
        ledger = Ledger(path) if path.exists() else Ledger.create(path, facts, study.blocks())
        try:
            if difference := _difference(ledger.fact("study"), study.plain()):
                if not overwrite:
                    raise OutputError(
                        f"{folder} holds another study, which differs in {difference}: {ELSEWHERE}, "
                        "or say --overwrite to lose it"
                    )
                _lose(folder, ledger)
                ledger.begin_anew(facts, study.blocks())
            if not (folder / SCENARIO).exists():
                _write(folder / SCENARIO, study.text.encode())
            yield Store(folder, ledger)
        finally:
            ledger.close()


@contextmanager
def looked_at(folder: Path) -> Iterator[Store]:
    """The store of a study, to read only; somebody may be at work in it."""
    with read_only(folder) as ledger:
        yield Store(folder, ledger)


@contextmanager
def read_only(folder: Path) -> Iterator[Ledger]:
    """The ledger in a folder, to read only. Raises OutputError if there is none."""
    path = folder / LEDGER
    if not path.is_file():
        rounds = sorted(folder.glob(f"*/{LEDGER}"))
        where = (
            f"one of its rounds, such as {rounds[0].parent}"
            if rounds
            else "the folder that `sim sweep` or another study wrote"
        )
        raise OutputError(f"{folder} holds no study: give {where}")
    ledger = Ledger(path, readonly=True)
    try:
        yield ledger
    finally:
        ledger.close()


def kept_seed(folder: Path) -> int | None:
    """The seed of the study that a folder holds, to go on with where none is said.

    None if it holds none, or if its scenario says a seed itself: then that of the file counts, whatever it is by now.
    """
    if not (folder / LEDGER).is_file():
        return None
    with looked_at(folder) as store:
        return store.study.seed if store.study.scenario.seed is None else None


def _make(folder: Path) -> None:
    """The folder, made if need be. Raises OutputError if it holds what no study wrote."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        names = {file.name for file in folder.iterdir()}
    except OSError as error:
        raise OutputError(f"{folder} cannot be written: {error.strerror or error}") from error
    if LEDGER not in names and names - {LOCK, f".{LEDGER}.new"}:
        raise OutputError(f"{folder} holds something that no study wrote: {ELSEWHERE}")


def _difference(kept: object, asked: Mapping[str, object]) -> str:
    """In what two studies differ, in words; empty if in nothing."""
    if not isinstance(kept, dict):
        return "everything"
    return ", ".join(name for name in asked if kept.get(name) != asked[name])


def _lose(folder: Path, ledger: Ledger) -> None:
    """Take out the parts that a study wrote and its scenario. Killed half way, it is a study whose parts are gone."""
    try:
        for state in (DONE, TODO, SET_ASIDE):
            for entry in ledger.entries(state):
                path = _part_of(folder, entry.number)
                path.unlink(missing_ok=True)
                _aside(path).unlink(missing_ok=True)
        (folder / SCENARIO).unlink(missing_ok=True)
    except OSError as error:
        raise OutputError(f"{folder} cannot be written: {error.strerror or error}") from error


def _part_of(folder: Path, number: int) -> Path:
    return folder / PARTS / f"{number:07d}.parquet"


def _column(axis: Axis, values: Sequence[str], which: NDArray[np.intp]) -> Any:
    """What one path is set to, row by row: numbers where it is a number with one unit, else texts."""
    import pyarrow

    if axis.unit is not None:
        return np.array([axis.number(value) for value in values])[which]
    return pyarrow.DictionaryArray.from_arrays(pyarrow.array(which.astype(np.int32)), pyarrow.array(list(values)))


def _write(path: Path, content: bytes) -> None:
    """A file that is there as a whole, down on the disk, or not at all."""
    aside = _aside(path)
    try:
        path.parent.mkdir(exist_ok=True)
        with open(aside, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        put_in_place(aside, path)
    except OSError as error:
        with suppress(OSError):
            aside.unlink(missing_ok=True)
        raise OutputError(f"{path} cannot be written: {error.strerror or error}") from error


def _aside(path: Path) -> Path:
    return path.with_name(f".{path.name}.new")


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise _damaged(path) from error


def _digest(content: bytes) -> str:
    return blake2b(content, digest_size=16).hexdigest()


def _damaged(path: Path) -> OutputError:
    return OutputError(f"{path} is not what the ledger says was written: delete it to have it computed again")
