"""The base of everything a scenario file can say: frozen, strict, documented."""

import ast
import inspect
import sys
from collections.abc import Mapping
from functools import cache
from typing import Annotated, Any, ClassVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

Name = Annotated[str, Field(min_length=1, max_length=100)]
"""A name someone gave: of a facility, a commodity, a shock."""


def _as_tuple(value: Any) -> Any:
    if isinstance(value, str):
        return (value,)
    return tuple(value) if isinstance(value, list) else value


Names = Annotated[tuple[Name, ...], BeforeValidator(_as_tuple, json_schema_input_type=Name | list[Name])]
"""One name, or a list of names."""


class Record(BaseModel):
    """A frozen record read from YAML; an unknown key is an error, never ignored."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, defer_build=True)
    examples: ClassVar[tuple[str, ...]] = ()
    """As a file would say it, where the name of the key does not tell."""


def rests_on_assumption(source: str) -> bool:
    """Whether a source says, for all of its numbers or some, that they are assumed."""
    return "assumed" in source.lower()


class Sourced(Record):
    """A record that says where its numbers come from."""

    source: Name
    """Where the numbers come from; `assumed` is an honest answer."""
    tags: Names = ()
    """Words a scope can select by."""
    note: str = ""
    """What a reader should know; not used by the model."""

    @property
    def is_assumed(self) -> bool:
        return rests_on_assumption(self.source)


def field_docs(record: type[BaseModel]) -> Mapping[str, str]:
    """What each field means: the string literal that stands under it, inherited ones included.

    Read from the source when asked, since reading it at import would slow every command.
    """
    found: dict[str, str] = {}
    for base in reversed(record.__mro__):
        # `Gamma[Rate]` is made at run time; what it says stands in the source of `Gamma`.
        made = getattr(base, "__pydantic_generic_metadata__", {}).get("origin")
        if issubclass(base, Record) and base is not Record and not made:
            found |= _own_docs(base)
    return {name: found[name] for name in record.model_fields if name in found}


def _own_docs(record: type) -> dict[str, str]:
    body = _classes(record.__module__).get(record.__name__, [])
    docs = {}
    for field, doc in zip(body, body[1:], strict=False):
        if not (isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name)):
            continue
        if isinstance(doc, ast.Expr) and isinstance(doc.value, ast.Constant):
            docs[field.target.id] = inspect.cleandoc(str(doc.value.value))
    return docs


@cache
def _classes(module: str) -> Mapping[str, list[ast.stmt]]:
    """The statements of each class of a module."""
    tree = ast.parse(inspect.getsource(sys.modules[module]))
    return {node.name: node.body for node in tree.body if isinstance(node, ast.ClassDef)}
