"""Scenario files: what may be opened, and how one file extends another."""

import os
import re
import stat
from pathlib import Path

from sim.errors import Place, Problem, ScenarioError, TooLarge, suggest
from sim.scenario.document import Document, merge, without
from sim.scenario.reader import read_text

MAX_BYTES = 4_000_000
MAX_CHAIN = 10

_ELSEWHERE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|[\\/~]")
"""The start of a URL, a drive, an absolute path or a home folder."""


def read_file(path: Path) -> Document:
    """The document in one file; `extends` is left in it. Raises ScenarioError, or TooLarge before reading."""
    return _read(path, str(path), None)


def read_with_extends(path: Path) -> tuple[Document, tuple[Path, ...]]:
    """The document merged over what it `extends`, and the files used, the scenario first.

    A file is named relative to the folder of the file that extends it, and must lie in the folder of the
    scenario, wherever symbolic links lead.
    """
    root = _resolved(path.parent, str(path), None)
    shown = [str(path)]
    used = [_resolved(path, str(path), None)]
    documents = [_read(path, str(path), None)]
    while "extends" in documents[-1].data:
        name, place = _extended(documents[-1])
        folder = used[-1].parent if len(used) > 1 else root
        target = _inside(folder / name, name, root, place)
        shown.append(os.path.normpath(os.path.join(os.path.dirname(shown[-1]), name)))
        _check_chain(target, used, shown, place)
        used.append(target)
        documents.append(_read(target, shown[-1], place))
    merged = _without_extends(documents.pop())
    while documents:
        merged = merge(merged, _without_extends(documents.pop()))
    return merged, tuple(used)


def read_inside(path: Path, name: str, place: Place) -> Path:
    """The file that a file names, relative to its folder; ScenarioError if it lies outside of that folder."""
    _inside(path.parent / name, name, _resolved(path.parent, str(path), None), place)
    return path.parent / name


def _read(path: Path, shown: str, asked_at: Place | None) -> Document:
    content = _bytes_of(path, shown, asked_at)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = content[: error.start].decode("utf-8-sig")
        place = Place(shown, before.count("\n") + 1, len(before) - before.rfind("\n"))
        says = f"byte {error.start} (0x{content[error.start]:02X}) is not UTF-8: save as UTF-8 in your editor"
        raise ScenarioError([Problem("", says, place)]) from None
    return read_text(text, shown)


def _bytes_of(path: Path, shown: str, asked_at: Place | None) -> bytes:
    """The content of an ordinary file of bearable size; nothing else is opened, for a pipe would never end."""
    try:
        facts = path.stat()
        if not stat.S_ISREG(facts.st_mode):
            raise _refused(f"'{shown}' is {_kind(facts.st_mode)}, not a file: name a .yaml file", asked_at)
        if facts.st_size > MAX_BYTES:
            raise _too_large(facts.st_size, shown, asked_at)
        with path.open("rb") as stream:
            content = stream.read(MAX_BYTES + 1)
    except (FileNotFoundError, NotADirectoryError):
        says = f"there is no file '{shown}'.{suggest(path.name, _beside(path))}"
        raise _refused(says, asked_at) from None
    except (OSError, ValueError) as error:
        if isinstance(error, ScenarioError):
            raise
        raise _refused(f"'{shown}' cannot be read: {_reason(error)}", asked_at) from None
    if len(content) > MAX_BYTES:
        raise _too_large(len(content), shown, asked_at)
    return content


def _refused(says: str, place: Place | None) -> ScenarioError:
    return ScenarioError([Problem("extends" if place else "", says, place)])


def _too_large(size: int, shown: str, place: Place | None) -> TooLarge:
    says = f"'{shown}' has {size:,} bytes or more: at most {MAX_BYTES:,} are read"
    return TooLarge([Problem("extends" if place else "", says, place)])


def _reason(error: Exception) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or "the name is not one a file can have"


def _kind(mode: int) -> str:
    if stat.S_ISDIR(mode):
        return "a folder"
    return "a pipe" if stat.S_ISFIFO(mode) else "a device"


def _beside(path: Path) -> list[str]:
    """Names of the scenario files in the same folder."""
    try:
        return [entry.name for entry in path.parent.iterdir() if entry.suffix in (".yaml", ".yml")]
    except OSError:
        return []


def _resolved(path: Path, shown: str, place: Place | None) -> Path:
    try:
        return path.resolve()
    except (OSError, RuntimeError, ValueError):
        raise _refused(f"'{shown}' cannot be found: the name, or a symbolic link in it, leads nowhere", place) from None


def _extended(document: Document) -> tuple[str, Place]:
    """What the `extends` key of a document says, and where it stands."""
    place = document.keys["extends",]
    name = document.data["extends"]
    if not isinstance(name, str) or not name.strip():
        raise _refused("name one file here, such as networks/rare_earths.yaml", place)
    return name.strip(), place


def _inside(path: Path, name: str, root: Path, place: Place) -> Path:
    if _ELSEWHERE.match(name):
        says = f"'{name}' is no file of the scenario's folder: name one relative to this file, without address or drive"
        raise _refused(says, place)
    target = _resolved(path, name, place)
    if not target.is_relative_to(root):
        raise _refused(f"'{name}' lies outside the scenario's folder: name one inside it", place)
    return target


def _check_chain(target: Path, used: list[Path], shown: list[str], place: Place) -> None:
    if target in used:
        chain = " -> ".join(shown[used.index(target) :])
        raise _refused(f"the files extend each other in a circle: {chain}", place)
    if len(used) >= MAX_CHAIN:
        raise _refused(f"a chain of more than {MAX_CHAIN} files, each extending the next: merge some of them", place)


def _without_extends(document: Document) -> Document:
    data = {key: value for key, value in document.data.items() if key != "extends"}
    gone = [("extends",)]
    return Document(data, without(document.keys, gone), without(document.values, gone))
