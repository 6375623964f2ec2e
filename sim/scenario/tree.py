"""The records as a tree of keys: which record stands where in a file, and where a key is known."""

from collections.abc import Iterator, Mapping
from functools import cache
from types import UnionType
from typing import Annotated, Literal, Union, get_args, get_origin

from pydantic.fields import FieldInfo

from sim.scenario.distributions import Distribution, forms
from sim.scenario.document import Path, Tree
from sim.scenario.durations import Quantity
from sim.scenario.fields import Said
from sim.scenario.record import Record
from sim.scenario.scenario import Scenario

ANY = "*"
"""Stands for any name in a path."""
TAGS = ("kind", "distribution")
"""Keys whose word says which of several records it is."""


@cache
def fields_of(record: type[Record]) -> dict[str, FieldInfo]:
    """The fields by the key a file says."""
    return {info.alias or name: info for name, info in record.model_fields.items()}


def records_in(annotation: object) -> Iterator[tuple[Path, type[Record]]]:
    """The records a value of this type may hold, each with the steps to it: none, or `*` for a name."""
    for steps, record in _named_in(annotation):
        for form in _forms(record):
            yield steps, form


def _named_in(annotation: object) -> Iterator[tuple[Path, type[Record]]]:
    """As `records_in`, with one that stands for all distributions."""
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        yield from _named_in(inner[0])
    elif origin is dict:
        yield from (((ANY, *steps), record) for steps, record in _named_in(inner[1]))
    elif origin in (Union, UnionType, tuple):
        for one in inner:
            yield from _named_in(one)
    elif isinstance(annotation, type) and issubclass(annotation, Record):
        yield (), annotation


def _forms(record: type[Record]) -> tuple[type[Record], ...]:
    """Itself, or every distribution of the same quantity if it stands for them all."""
    made = record.__pydantic_generic_metadata__
    return tuple(forms(made["args"][0]).values()) if made["origin"] is Distribution else (record,)


def words_in(annotation: object) -> tuple[str, ...]:
    """The words a value of this type may be, if it is one of a closed list."""
    if get_origin(annotation) is Literal:
        return tuple(str(word) for word in get_args(annotation))
    parts = get_args(annotation)
    return tuple(word for part in parts for word in words_in(part)) if get_origin(annotation) is not dict else ()


def tag_of(record: type[Record]) -> str:
    """The word that says it is this record, `mine`; empty if it needs none."""
    fields = fields_of(record)
    words = [word for tag in TAGS if tag in fields for word in words_in(fields[tag].annotation)]
    return words[0] if words else ""


def choices(path: Path, data: Tree) -> list[type[Record]]:
    """The records that may stand at a path of the file; several where a `kind` decides."""
    found: list[type[Record]] = [Scenario]
    at = 0
    while at < len(path):
        record = _said(found, data)
        info = fields_of(record).get(str(path[at])) if record else None
        if info is None:
            return []
        options = list(records_in(info.annotation))
        steps = len(options[0][0]) + 1 if options else 1
        found = [option for _, option in options]
        for part in path[at : at + steps]:
            data = data.get(str(part)) if isinstance(data, dict) else None
        at += steps
    return found if at == len(path) else []


def record_at(path: Path, data: Tree) -> type[Record] | None:
    """The record that stands at a path of the file, chosen by its `kind` where there are several."""
    node = data
    for part in path:
        node = node.get(str(part)) if isinstance(node, dict) else None
    return _said(choices(path, data), node)


def _said(records: list[type[Record]], node: Tree) -> type[Record] | None:
    if len(records) == 1:
        return records[0]
    said = {str(node[tag]) for tag in TAGS if tag in node} if isinstance(node, dict) else set()
    return next((record for record in records if tag_of(record) in said), None)


@cache
def homes() -> Mapping[str, list[Path]]:
    """For each key, the paths below which it is known, `*` being any name."""
    found: dict[str, list[Path]] = {}
    waiting: list[tuple[Path, type[Record]]] = [((), Scenario)]
    while waiting:
        path, record = waiting.pop(0)
        for key, info in fields_of(record).items():
            if path not in found.setdefault(key, []):
                found[key].append(path)
            for steps, inner in records_in(info.annotation):
                if "distribution" not in fields_of(inner):
                    waiting.append(((*path, key, *steps), inner))
    return found


@cache
def records() -> Mapping[type[Record], Path]:
    """Every record a file can hold, and the first path at which it stands."""
    found: dict[type[Record], Path] = {Scenario: ()}
    waiting: list[type[Record]] = [Scenario]
    while waiting:
        record = waiting.pop(0)
        for key, info in fields_of(record).items():
            for steps, inner in records_in(info.annotation):
                if inner not in found:
                    found[inner] = (*found[record], key, *steps)
                    waiting.append(inner)
    return found


def walk(record: Record, path: Path = ()) -> Iterator[tuple[Path, Record]]:
    """A record and all records below it, each with its path in the file."""
    yield path, record
    for name, key in _with_records(type(record)):
        value = getattr(record, name)
        if isinstance(value, Record):
            yield from walk(value, (*path, key))
        elif isinstance(value, dict):
            for one, inner in value.items():
                if isinstance(inner, Record):
                    yield from walk(inner, (*path, key, one))


@cache
def _with_records(record: type[Record]) -> tuple[tuple[str, str], ...]:
    """Attribute and key of the fields that hold records."""
    fields = record.model_fields.items()
    return tuple((name, info.alias or name) for name, info in fields if any(_named_in(info.annotation)))


def example_of(info: FieldInfo) -> str:
    """A value that would fit, as its type tells it; empty if it does not."""
    for part in (*info.metadata, info.annotation):
        if found := _example(part):
            return found
    return ""


def _example(part: object) -> str:
    if isinstance(part, Said):
        examples = part.describes[0].get("examples")
        return str(examples[0]) if isinstance(examples, list) else ""
    if isinstance(part, type):
        return part.examples[0] if issubclass(part, Quantity | Record) and part.examples else ""
    if get_origin(part) is dict:
        return ""
    found = next((found for inner in get_args(part) if (found := _example(inner))), "")
    return f"[{found}]" if found and get_origin(part) is tuple else found
