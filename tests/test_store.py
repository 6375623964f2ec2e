"""A study's folder: what is refused, what is done again, and what is never touched."""

import json
import shutil
import sqlite3

import pandas
import pytest
from processes import world

from sim import sweep
from sim.errors import OutputError
from sim.scenario.load import loads
from sim.studies import study as studies
from sim.studies.ledger import Ledger
from sim.studies.living import live
from sim.studies.store import kept_seed, looked_at

VARY = {"shocks.fire.duration": ["10 days", "20 days"]}


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch):
    monkeypatch.setattr(studies, "BLOCK_DAYS", 10 * 60 * 3)


def swept(folder, data=None, vary=VARY, **asked):
    """Two points of 20 replications, in four blocks, unless said."""
    asked = {"replications": 20, "seed": 7, "workers": 1} | asked
    return sweep(loads(json.dumps(data or world())), vary, folder=folder, **asked)


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """A finished study; copy it before anything is done to it."""
    folder = tmp_path_factory.mktemp("kept") / "study"
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(studies, "BLOCK_DAYS", 10 * 60 * 3)
        swept(folder)
    return folder


@pytest.fixture
def copy(kept, tmp_path):
    return shutil.copytree(kept, tmp_path / "study")


def cases(folder):
    with looked_at(folder) as store:
        return store.frame()


def contents(folder):
    return {path.relative_to(folder): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def assert_same(folder, other):
    pandas.testing.assert_frame_equal(cases(folder), cases(other), check_exact=True)


# What is refused


@pytest.mark.parametrize("name", ["notes.txt", "scenario.yaml", "study.sqlite.bak", "parts"])
def test_a_folder_with_something_in_it_is_refused_and_left_as_it_was(tmp_path, name):
    (tmp_path / name).write_text("mine")
    for overwrite in (False, True):
        with pytest.raises(OutputError, match="holds something that no study wrote"):
            swept(tmp_path, overwrite=overwrite)
    assert (tmp_path / name).read_text() == "mine"
    assert sorted(path.name for path in tmp_path.iterdir()) == [name]


def test_a_file_where_the_folder_would_be_is_refused(tmp_path):
    (tmp_path / "file").write_text("mine")
    with pytest.raises(OutputError, match="cannot be written"):
        swept(tmp_path / "file")


@pytest.mark.parametrize("overwrite", [False, True])
@pytest.mark.parametrize(
    ("made", "says"),
    [
        (lambda path: foreign(path), "was not written by supplyshock"),
        (lambda path: path.write_bytes(b""), "was not written by supplyshock"),
        (lambda path: path.write_bytes(b"not a database, but long enough to be one" * 50), "not written by"),
        (lambda path: truncated(path, 0.5), "damaged"),
        (lambda path: truncated(path, 0.8), "damaged"),
        (lambda path: damaged(path), "damaged"),
        (lambda path: of_format(path, 0), "has format 0"),
        (lambda path: of_format(path, 99), "has format 99"),
        (lambda path: emptied(path), "damaged"),
    ],
    ids=["foreign", "empty", "text", "half", "most", "scribbled", "older", "newer", "no tables"],
)
def test_a_ledger_that_is_none_or_is_not_whole_is_refused_and_left_as_it_was(copy, made, says, overwrite):
    made(copy / "study.sqlite")
    before = contents(copy)
    with pytest.raises(OutputError, match=says):
        swept(copy, seed=8, overwrite=overwrite)
    with pytest.raises(OutputError, match=says):
        cases(copy)
    after = contents(copy)
    assert {path: text for path, text in after.items() if path.name != "lock"} == {
        path: text for path, text in before.items() if path.name != "lock"
    }


def foreign(path):
    path.unlink()
    base = sqlite3.connect(path)
    base.execute("PRAGMA journal_mode = WAL")
    base.execute("CREATE TABLE poems (line TEXT)")
    base.commit()
    base.close()


def truncated(path, share):
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])


def damaged(path):
    content = bytearray(path.read_bytes())
    content[4096:8192] = b"\xff" * 4096
    path.write_bytes(content)


def of_format(path, number):
    change(path, f"PRAGMA user_version = {number}")


def emptied(path):
    change(path, "DROP TABLE blocks")


def change(path, statement):
    base = sqlite3.connect(path)
    base.execute(statement)
    base.commit()
    base.close()


@pytest.mark.parametrize(
    ("asked", "differs"),
    [
        ({"seed": 8}, "seed"),
        ({"replications": 30}, "replications"),
        ({"vary": {"shocks.fire.duration": ["10 days", "21 days"]}}, "points"),
        ({"readings": ["loss_days.users"]}, "readings"),
        ({"precision": 0.1}, "precision"),
        ({"data": {**world(), "title": "Another"}}, "scenario"),
    ],
)
def test_another_study_in_the_same_folder_is_refused_by_what_differs(copy, asked, differs):
    before = contents(copy)
    with pytest.raises(OutputError, match=f"holds another study, which differs in {differs}: .*--overwrite"):
        swept(copy, **asked)
    assert contents(copy).keys() == before.keys()
    assert cases(copy).shape[0] == 40


@pytest.mark.parametrize("name", ["0000002.parquet", "0000004.parquet"])
@pytest.mark.parametrize("spoil", ["truncated", "changed", "emptied", "of another study"])
def test_a_part_that_is_not_what_was_written_is_named_and_computed_again_once_deleted(
    copy, kept, tmp_path, name, spoil
):
    path = copy / "parts" / name
    if spoil == "of another study":
        swept(tmp_path / "other", seed=8)
        shutil.copyfile(tmp_path / "other" / "parts" / name, path)
    else:
        content = path.read_bytes()
        middle = bytes([content[500] ^ 1])
        path.write_bytes(
            {"truncated": content[:-9], "changed": content[:500] + middle + content[501:], "emptied": b""}[spoil]
        )
    with pytest.raises(OutputError, match=f"{name} is not what the ledger says was written: delete it"):
        swept(copy)
    path.unlink()
    swept(copy)
    assert_same(copy, kept)


def test_a_part_of_another_study_of_the_same_size_is_seen_when_cases_are_read(copy, tmp_path):
    """Two studies that differ in their seeds have parts alike in everything but their numbers."""
    swept(tmp_path / "other", seed=8)
    path = copy / "parts" / "0000001.parquet"
    shutil.copyfile(tmp_path / "other" / "parts" / "0000001.parquet", path)
    change(copy / "study.sqlite", f"UPDATE blocks SET bytes = {path.stat().st_size} WHERE number = 1")
    with pytest.raises(OutputError, match="is not what the ledger says"):
        cases(copy)


def test_a_part_that_is_gone_is_said_when_cases_are_read_and_computed_again_by_the_same_command(copy, kept):
    (copy / "parts" / "0000003.parquet").unlink()
    with pytest.raises(OutputError, match="delete it to have it computed again"):
        cases(copy)
    swept(copy)
    assert_same(copy, kept)


# What goes on


def test_a_finished_study_is_not_lived_through_again(copy, monkeypatch):
    monkeypatch.setattr("sim.studies.workers.live", None)
    assert swept(copy).conducted.is_whole


def test_what_was_left_half_written_is_written_anew(kept, tmp_path):
    """As a kill leaves it: a new ledger half made; a part aside, and a part in place that no ledger has heard of."""
    folder = tmp_path / "study"
    folder.mkdir()
    (folder / ".study.sqlite.new").write_bytes(b"half")
    swept(folder, replications=1)
    shutil.rmtree(folder / "parts")
    (folder / "parts").mkdir()
    (folder / "parts" / ".0000001.parquet.new").write_bytes(b"half")
    (folder / "parts" / "0000001.parquet").write_bytes(b"half")
    change(folder / "study.sqlite", "UPDATE blocks SET state = 'to do'")
    assert len(cases(folder)) == 0
    assert swept(folder, replications=1).conducted.is_whole
    assert not [*folder.rglob(".*")]


def test_the_scenario_is_kept_beside_it_and_written_again_if_it_is_gone(copy):
    text = (copy / "scenario.yaml").read_text()
    (copy / "scenario.yaml").unlink()
    swept(copy)
    assert (copy / "scenario.yaml").read_text() == text


def test_overwritten_it_is_the_other_study_and_nothing_else_is_lost(copy, tmp_path):
    mine = ["notes.txt", "parts/mine.parquet", "parts/0001.parquet"]
    for name in mine:
        (copy / name).write_text("mine")
    swept(copy, seed=8, replications=10, overwrite=True)
    swept(tmp_path / "new", seed=8, replications=10)
    assert_same(copy, tmp_path / "new")
    assert all((copy / name).read_text() == "mine" for name in mine)
    parts = {path.name for path in (tmp_path / "new" / "parts").iterdir()}
    assert {path.name for path in (copy / "parts").iterdir()} == parts | {"mine.parquet", "0001.parquet"}


def test_overwrite_keeps_a_study_that_is_the_same(copy, monkeypatch):
    monkeypatch.setattr("sim.studies.workers.live", None)
    assert swept(copy, overwrite=True).conducted.is_whole


def test_killed_while_it_is_overwritten_either_study_can_be_asked_for(copy, kept, monkeypatch):
    """The parts go first and then the ledger changes at once; between the two, the old study has lost its parts."""

    def killed(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(Ledger, "begin_anew", killed)
    with pytest.raises(KeyboardInterrupt):
        swept(copy, seed=8, overwrite=True)
    monkeypatch.undo()
    monkeypatch.setattr(studies, "BLOCK_DAYS", 10 * 60 * 3)
    swept(copy)
    assert_same(copy, kept)


def test_the_seed_of_a_folder_is_that_of_its_study_unless_the_scenario_says_one(kept, tmp_path):
    assert kept_seed(kept) == 7
    assert kept_seed(tmp_path) is None
    swept(tmp_path, {**world(), "seed": 1})
    assert kept_seed(tmp_path) is None


def test_another_process_may_read_a_study_while_it_is_made(tmp_path, monkeypatch):
    seen = []

    def look(study_json, block):
        seen.append(len(cases(tmp_path)))
        return live(study_json, block)

    monkeypatch.setattr("sim.studies.workers.live", look)
    swept(tmp_path)
    assert seen == [0, 10, 20, 30]


def test_killed_while_it_enters_something_it_can_be_read_and_goes_on(copy, kept, tmp_path):
    """A copy of a ledger and its journal in the midst of a change is what a kill leaves."""
    base = sqlite3.connect(copy / "study.sqlite", isolation_level=None)
    base.execute("PRAGMA cache_size = 1")
    base.execute("BEGIN IMMEDIATE")
    base.execute("UPDATE blocks SET says = hex(zeroblob(20000)), state = 'to do'")
    for name in ("study.sqlite", "study.sqlite-journal"):
        shutil.copyfile(copy / name, tmp_path / name)
    base.close()
    for name in ("study.sqlite", "study.sqlite-journal"):
        shutil.move(tmp_path / name, copy / name)
    assert (copy / "study.sqlite-journal").stat().st_size > 0
    assert_same(copy, kept)
    assert swept(copy).conducted.is_whole


def test_a_study_can_be_closed_while_somebody_reads_it(copy, kept):
    with looked_at(copy):
        assert swept(copy).conducted.is_whole
    assert_same(copy, kept)
