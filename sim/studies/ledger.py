"""The ledger of a study: one SQLite file that says what is asked, which blocks are done and what failed.

It is whole at every moment: each change is one transaction, and a part is entered only once its file is in place.
"""

import json
import os
import shutil
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from sim.errors import OutputError
from sim.studies.blocks import Block, Failure

LEDGER = "study.sqlite"
"""Its name in the folder of a study."""
OURS = 0x53755368
"""Application number of SQLite files that are ledgers of this program."""
HEAD = 72
"""Bytes of a SQLite file up to the end of its application number."""
FORMAT = 1
TODO, DONE, SET_ASIDE = "to do", "done", "set aside"
ELSEWHERE = "choose another folder with --out"
WAIT = 30.0
"""Seconds to wait for another process that reads or writes the ledger."""

_TABLES = """
CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE blocks (
    number INTEGER PRIMARY KEY, first_point INTEGER, last_point INTEGER, first_replication INTEGER,
    last_replication INTEGER, state TEXT NOT NULL, tries INTEGER NOT NULL DEFAULT 0, says TEXT NOT NULL DEFAULT '',
    cases INTEGER NOT NULL DEFAULT 0, bytes INTEGER NOT NULL DEFAULT 0, digest TEXT NOT NULL DEFAULT '',
    seconds REAL NOT NULL DEFAULT 0
);
CREATE TABLE failures (block INTEGER, point INTEGER, replication INTEGER, says TEXT);
"""


@dataclass(frozen=True)
class Entry:
    """A block as the ledger has it."""

    number: int
    block: Block
    state: str
    tries: int
    """How often it was begun in vain."""
    says: str
    """Why it was set aside, or last failed."""
    bytes: int
    digest: str


@dataclass(frozen=True)
class Progress:
    """How far a study has come."""

    blocks: int
    done: int
    set_aside: int
    cases: int
    """Replications of all points, of all blocks."""
    lived: int
    """Those that are kept."""
    failed: int
    """Those for which there is no world."""
    bytes: int
    seconds: float
    """Of engine time, of all workers together."""


class Ledger:
    """An open ledger. Raises OutputError where the file is none of ours, damaged, or cannot be written."""

    def __init__(self, path: Path, *, readonly: bool = False):
        self.path, self.readonly = path, readonly
        self._check_that_it_is_ours()
        with self._told():
            self.base, self.aside = _connected(path, readonly)
        try:
            with self._told():
                self._check()
                if not readonly:
                    self.base.execute("PRAGMA journal_mode = WAL")
        except BaseException:
            self.base.close()
            raise

    @classmethod
    def create(cls, path: Path, facts: dict[str, object], blocks: Iterable[Block]) -> "Ledger":
        """A new ledger; made aside and put in place at once, so that none is ever half made."""
        aside = path.with_name(f".{path.name}.new")
        try:
            aside.unlink(missing_ok=True)
            with closing(sqlite3.connect(aside, isolation_level=None)) as base:
                base.execute("PRAGMA journal_mode = MEMORY")  # killed half way, it leaves no second file behind
                base.executescript(f"PRAGMA application_id = {OURS}; PRAGMA user_version = {FORMAT};" + _TABLES)
                with _transaction(base):
                    _fill(base, facts, blocks)
            put_in_place(aside, path)
        except (sqlite3.Error, OSError) as error:
            with suppress(OSError):
                aside.unlink(missing_ok=True)
            raise OutputError(f"{path} cannot be written: {error}") from error
        return cls(path)

    def begin_anew(self, facts: dict[str, object], blocks: Iterable[Block]) -> None:
        """Forget the study for another one."""
        with self._told(), _transaction(self.base):
            for table in ("facts", "blocks", "failures"):
                self.base.execute(f"DELETE FROM {table}")
            _fill(self.base, facts, blocks)

    def close(self) -> None:
        """Leave one file behind, unless somebody else is reading; then the log beside it is part of it."""
        with suppress(sqlite3.Error):
            if not self.readonly:
                self.base.execute("PRAGMA busy_timeout = 0")
                self.base.execute("PRAGMA journal_mode = DELETE")
        self.base.close()
        if self.aside:
            self.aside.cleanup()

    def fact(self, name: str) -> object:
        """What was noted under a name; None if nothing was."""
        with self._told():
            found = self.base.execute("SELECT value FROM facts WHERE name = ?", (name,)).fetchone()
        return json.loads(found[0]) if found else None

    def note(self, name: str, value: object) -> None:
        """Note a fact, in place of an earlier one of its name."""
        with self._told():
            self.base.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", (name, json.dumps(value)))

    def extend(self, blocks: Iterable[Block], name: str, value: object) -> None:
        """More blocks to do, and the fact that there are more."""
        with self._told(), _transaction(self.base):
            self.base.executemany(_NEW_BLOCK, map(_row_of, blocks))
            self.base.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", (name, json.dumps(value)))

    def entries(self, state: str) -> Iterator[Entry]:
        """The blocks in this state, in their order; read a thousand at a time, so that any number is no burden."""
        last = -1
        while True:
            with self._told():
                found = self.base.execute(_ENTRIES, (state, last)).fetchall()
            if not found:
                return
            for number, *block, state_, tries, says, size, digest in found:
                yield Entry(number, Block(*block), state_, tries, says, size, digest)
            last = found[-1][0]

    def done(self, number: int, cases: int, size: int, digest: str, seconds: float, fails: Sequence[Failure]) -> None:
        """A block is done, and its part is in place."""
        with self._told(), _transaction(self.base):
            self.base.execute("DELETE FROM failures WHERE block = ?", (number,))
            rows = [(number, fail.point, fail.replication, fail.says) for fail in fails]
            self.base.executemany("INSERT INTO failures VALUES (?, ?, ?, ?)", rows)
            self.base.execute(_DONE, (DONE, cases, size, digest, seconds, number))

    def failed(self, number: int, says: str, tries: int, state: str) -> None:
        """A block was begun in vain so often; it is to be done again, or set aside."""
        with self._told():
            change = "UPDATE blocks SET state = ?, tries = ?, says = ? WHERE number = ?"
            self.base.execute(change, (state, tries, says, number))

    def failures(self, most: int) -> list[Failure]:
        """The first cases for which there is no world, in order."""
        asked = "SELECT point, replication, says FROM failures ORDER BY point, replication LIMIT ?"
        with self._told():
            return [Failure(*row) for row in self.base.execute(asked, (most,))]

    def progress(self) -> Progress:
        """How far it has come; a fraction of a second, whatever the size of the study."""
        with self._told():
            counted = self.base.execute(_PROGRESS, (DONE, SET_ASIDE, DONE)).fetchone()
            failed = self.base.execute("SELECT count(*) FROM failures").fetchone()[0]
        blocks, done, aside, cases, lived, size, seconds = (value or 0 for value in counted)
        return Progress(blocks, done, aside, cases, lived, failed, size, float(seconds))

    def _check_that_it_is_ours(self) -> None:
        """By its head, for SQLite tidies up what it opens, and another program's file is none of our business."""
        try:
            with open(self.path, "rb") as file:
                head = file.read(HEAD)
        except OSError as error:
            raise OutputError(f"{self.path} cannot be read: {error.strerror or error}") from error
        if head[-4:] != OURS.to_bytes(4):
            raise OutputError(f"{self.path} was not written by supplyshock: {ELSEWHERE}")

    def _check(self) -> None:
        version = self.base.execute("PRAGMA user_version").fetchone()[0]
        if version != FORMAT:
            raise OutputError(
                f"{self.path} has format {version}, and this version of supplyshock knows {FORMAT}: {ELSEWHERE}"
            )
        tables = self.base.execute("SELECT count(*) FROM sqlite_master WHERE type = 'table'").fetchone()[0]
        if tables != _TABLES.count("CREATE TABLE") or self.base.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
            raise OutputError(f"{self.path} is damaged: {ELSEWHERE}")
        self.base.execute("PRAGMA synchronous = NORMAL")

    @contextmanager
    def _told(self) -> Iterator[None]:
        """What SQLite says against it, in words; whatever was done before is kept."""
        try:
            yield
        except sqlite3.Error as error:
            says = str(error)
            if any(sign in says for sign in _DAMAGE):
                says = f"it is damaged, or was not written by supplyshock; {ELSEWHERE}"
            raise OutputError(f"{self.path}: {says}") from error


@contextmanager
def read_only(folder: Path) -> Iterator[Ledger]:
    """The ledger in a folder, to read only. Raises OutputError if there is none."""
    path = folder / LEDGER
    if not path.is_file():
        rounds = sorted(folder.glob(f"round_*/{LEDGER}"))
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


_DAMAGE = ("not a database", "malformed", "no such table", "no such column")
"""What SQLite says of a file that is none, or not whole."""


def _connected(path: Path, readonly: bool) -> tuple[sqlite3.Connection, TemporaryDirectory[str] | None]:
    """The open file; where SQLite may not mend it in place, a copy that is thrown away.

    A study that was killed leaves a log or a journal beside its ledger, and to read them SQLite must write: which
    whoever only reads does not let it do at first, and a folder that cannot be written never does.
    """
    try:
        return _opened(f"{path.absolute().as_uri()}?mode={'ro' if readonly else 'rw'}"), None
    except sqlite3.OperationalError:
        if not readonly:
            raise
    if os.access(path, os.W_OK) and os.access(path.parent, os.W_OK):
        return _opened(f"{path.absolute().as_uri()}?mode=rw"), None
    held = TemporaryDirectory(prefix="supplyshock-")
    copy = Path(held.name, path.name)
    for ending in ("", "-wal", "-journal"):
        if path.with_name(path.name + ending).exists():
            shutil.copyfile(path.with_name(path.name + ending), copy.with_name(copy.name + ending))
    return _opened(copy.as_uri()), held


def _opened(address: str) -> sqlite3.Connection:
    base = sqlite3.connect(address, uri=True, timeout=WAIT, isolation_level=None)
    try:
        base.execute("SELECT count(*) FROM sqlite_master").fetchone()  # it is opened when first read
    except BaseException:
        base.close()
        raise
    return base


def _fill(base: sqlite3.Connection, facts: dict[str, object], blocks: Iterable[Block]) -> None:
    base.executemany("INSERT INTO facts VALUES (?, ?)", [(k, json.dumps(v)) for k, v in facts.items()])
    base.executemany(_NEW_BLOCK, map(_row_of, blocks))


def put_in_place(aside: Path, path: Path) -> None:
    """Rename a file that is whole, so that it stays renamed if the power fails."""
    os.replace(aside, path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


_NEW_BLOCK = (
    "INSERT INTO blocks (first_point, last_point, first_replication, last_replication, state) VALUES (?, ?, ?, ?, ?)"
)
_DONE = "UPDATE blocks SET state = ?, says = '', cases = ?, bytes = ?, digest = ?, seconds = ? WHERE number = ?"
_ENTRIES = (
    "SELECT number, first_point, last_point, first_replication, last_replication, state, tries, says, bytes, digest "
    "FROM blocks WHERE state = ? AND number > ? ORDER BY number LIMIT 1000"
)
_PROGRESS = (
    "SELECT count(*), sum(state = ?), sum(state = ?), "
    "sum((last_point - first_point) * (last_replication - first_replication)), "
    "sum(CASE WHEN state = ? THEN cases END), sum(bytes), sum(seconds) FROM blocks"
)


def _row_of(block: Block) -> tuple[object, ...]:
    return (block.first_point, block.last_point, block.first_replication, block.last_replication, TODO)


@contextmanager
def _transaction(base: sqlite3.Connection) -> Iterator[None]:
    base.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        if base.in_transaction:  # where the disk is full, SQLite has taken it back by itself
            base.execute("ROLLBACK")
        raise
    base.execute("COMMIT")
