"""A scenario file as plain data that remembers where each key stands."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

from sim.errors import Place

Tree: TypeAlias = "dict[str, Tree] | list[Tree] | str | int | float | bool | None"
Path: TypeAlias = tuple[str | int, ...]
Places: TypeAlias = dict[Path, Place]

_PART = re.compile(r'"([^"]+)"|([^."]+)')


@dataclass(frozen=True)
class Document:
    """What a file says. Treat it as read-only: a change makes a new one."""

    data: dict[str, Tree]
    keys: Places
    """Where each key or list item starts; `()` is the start of the file."""
    values: Places
    """Where each value starts."""

    def place(self, path: Path) -> Place | None:
        """Where the key stands, or else the nearest known key that encloses it."""
        for length in range(len(path), -1, -1):
            if found := self.keys.get(path[:length]):
                return found
        return None


def dotted(path: Path) -> str:
    """`shocks.fire.where`; a key with a dot in it is quoted, `links."a.b".share`."""
    return ".".join(f'"{part}"' if "." in str(part) else str(part) for part in path)


def split_dotted(text: str) -> tuple[str, ...] | None:
    """The keys of a dotted path, or None if it is not one."""
    keys: list[str] = []
    position = 0
    while match := _PART.match(text, position):
        keys.append((match[1] or match[2]).strip())
        position = match.end()
        if position == len(text):
            return tuple(keys) if all(keys) else None
        if text[position] != ".":
            return None
        position += 1
    return None


def without(places: Places, dropped: Iterable[Path]) -> Places:
    """The places that are neither on nor below one of the dropped paths."""
    gone = set(dropped)
    if not gone:
        return dict(places)
    lengths = {len(path) for path in gone}
    return {path: place for path, place in places.items() if not any(path[:length] in gone for length in lengths)}


def merge(base: Document, over: Document) -> Document:
    """`base` with `over` laid on it: mappings are merged key by key, anything else is replaced.

    A key that is empty (null) in `over` removes the key of `base`; if `base` has no such key, it stays
    and is judged like any other empty key.
    """
    replaced: list[Path] = []
    removed: list[Path] = []
    data = _merged(base.data, over.data, (), replaced, removed)
    keys = without(base.keys, replaced) | without(over.keys, removed)
    values = without(base.values, replaced) | without(over.values, removed)
    return Document(data, keys, values)


def _merged(
    base: dict[str, Tree], over: dict[str, Tree], path: Path, replaced: list[Path], removed: list[Path]
) -> dict[str, Tree]:
    result = dict(base)
    for key, new in over.items():
        here = (*path, key)
        old = base.get(key)
        if isinstance(old, dict) and isinstance(new, dict):
            result[key] = _merged(old, new, here, replaced, removed)
            continue
        if key in base:
            replaced.append(here)
        if key in base and new is None:
            removed.append(here)
            del result[key]
        else:
            result[key] = new
    return result
