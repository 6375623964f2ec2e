"""What a file can say, from the records themselves: for `sim kinds` and the reference page."""

import inspect
import re
from dataclasses import dataclass
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from sim.errors import ScenarioError, suggest
from sim.scenario.changes import Target
from sim.scenario.claims import Bound
from sim.scenario.distributions import RandomDuration, RandomRate
from sim.scenario.document import Path, dotted
from sim.scenario.durations import Quantity
from sim.scenario.fields import Count, Date, Elasticity, Factor, Growth, Share, Surcharge, Yearly, write_percent
from sim.scenario.hints import example_for
from sim.scenario.markets import Patience
from sim.scenario.moments import Moment
from sim.scenario.record import Name, Names, Record, field_docs
from sim.scenario.rulings import Approvals, DatedShare, Shares
from sim.scenario.tree import ANY, TAGS, records, records_in, tag_of, words_in
from sim.scenario.uncertain import Factors, Values


@dataclass(frozen=True)
class Key:
    """One key of a record."""

    name: str
    type: str
    """What may stand there: `rate`, `share`, `one of: usual, equal`, …"""
    example: str
    default: str
    """As a file would say it; empty if there is none, or if leaving it out means just that."""
    required: bool
    meaning: str
    words: tuple[str, ...]
    """The words allowed, if it is a closed list."""


@dataclass(frozen=True)
class Kind:
    """A record: a group of keys a file can hold."""

    name: str
    """Its `kind`, or the name of the record."""
    where: str
    """Where it stands, such as `facilities.<name>`."""
    meaning: str
    """A paragraph, or several with an empty line between."""
    keys: tuple[Key, ...]


_NAMED = (
    (Date, "date"),
    (Moment, "date, or day of the run"),
    (Share, "share"),
    (Factor, "factor"),
    (Growth, "growth"),
    (Surcharge, "share of value"),
    (Yearly, "share of value a year"),
    (Elasticity, "elasticity"),
    (Count, "count"),
    (Name, "text"),
    (Names, "a word, or a list of words"),
    (RandomDuration, "duration, or distribution"),
    (RandomRate, "rate, or distribution"),
    (Patience, "duration, or endless"),
    (Values, "distribution of values"),
    (Factors, "distribution of factors"),
    (Target, "value in the unit of what changes"),
    (Bound, "factor, number of days, or amount"),
    (Approvals, "share, or shares by end use, or rules by name"),
    (Shares, "share, or shares by end use, or rules by name"),
)
"""Types that go by another name in a file."""
_PLAIN = {str: "text", bool: "true or false", int: "whole number", float: "number"}


@cache
def kinds() -> tuple[Kind, ...]:
    """Every kind of record, from the scenario down."""
    found: dict[str, Kind] = {}
    for record, path in records().items():
        found.setdefault(name_of(record), _kind(record, path))
    return tuple(found.values())


def kind(name: str) -> Kind:
    """The kind with this name. Raises ScenarioError with a suggestion if there is none."""
    known = {one.name: one for one in kinds()}
    if name in known:
        return known[name]
    raise ScenarioError(f"no kind '{name[:60]}'.{suggest(name, known)} Known: {', '.join(known)}")


def name_of(record: type[Record]) -> str:
    """`mine`, `export_ban`, `gamma` where a word says the kind, else the name of the record, `link_scope`."""
    return tag_of(record) or re.sub(r"(?<=[a-z])(?=[A-Z])", "_", record.__name__).lower()


def _kind(record: type[Record], path: Path) -> Kind:
    docs = field_docs(record)
    fields = sorted(record.model_fields.items(), key=lambda item: item[0] not in TAGS)
    keys = tuple(_key(info.alias or name, info, docs.get(name, "")) for name, info in fields)
    where = dotted(tuple("<name>" if part == ANY else part for part in path))
    return Kind(name_of(record), where, _unwrapped(inspect.getdoc(record) or ""), keys)


def _unwrapped(text: str) -> str:
    """Each paragraph on one line, wherever the source breaks it."""
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in text.split("\n\n"))


def _key(name: str, info: FieldInfo, meaning: str) -> Key:
    annotation = Annotated[info.annotation, *info.metadata] if info.metadata else info.annotation
    type_ = type_text(annotation)
    words = () if any(annotation == named for named, _ in _NAMED) else words_in(info.annotation)
    example = example_for(name, info)
    return Key(name, type_, example, _default(info, type_), info.is_required(), " ".join(meaning.split()), words)


def type_text(annotation: object) -> str:
    """What may stand there, in a few words."""
    for named, text in _NAMED:
        if annotation == named:
            return text
    if words := words_in(annotation):
        return f"one of: {', '.join(words)}" if len(words) > 1 else words[0]
    if isinstance(annotation, type) and issubclass(annotation, Quantity):
        return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", annotation.__name__).lower()
    if isinstance(annotation, type) and issubclass(annotation, Record):
        return f"group of keys: {name_of(annotation)}"
    return _composed(annotation)


def _composed(annotation: object) -> str:
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return type_text(inner[0])
    if origin in (Union, UnionType):
        parts = [type_text(one) for one in inner if one is not NoneType]
        return " or ".join(dict.fromkeys(parts))
    if origin is dict:
        below = [name_of(record) for _, record in records_in(inner[1])]
        return f"by name: {', '.join(below) or type_text(inner[1])}"
    if origin is tuple:
        return f"list of {type_text(inner[0])}"
    return _PLAIN.get(annotation, "") if isinstance(annotation, type) else ""


def _default(info: FieldInfo, type_: str) -> str:
    value = info.default
    if value is PydanticUndefined or value is None or value in ("", (), {}):
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return " ".join(write_percent(rule.share) for rule in value.values() if isinstance(rule, DatedShare))
    if isinstance(value, BaseModel):
        said = value.model_dump(mode="json", exclude_defaults=True)
        return str(said) if said else ""
    return write_percent(value) if isinstance(value, float) and type_ in ("share", "factor") else str(value)
