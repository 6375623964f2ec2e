"""Inputs that are not known, rather than random: drawn once for each replication.

What is random is drawn anew for each shipment or day; what is uncertain has one true value, and nobody knows it. An
entry is named by a path, `shocks.ban.duration: {distribution: uniform, low: 20 days, high: 60 days}`, or has a name of
its own and `paths`, which then share one draw. `scale` draws a factor on what the file states, so that
numbers of different units can move together. Values are put in first, then factors multiply.

What `--set`, `--vary` or `change` gives is known: it is taken out of the entries that would draw its value, while
factors go on to scale it.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Any, Self, TypeAlias

from pydantic import BeforeValidator, Field, model_validator

from sim.scenario.distributions import Distribution, Spread, Uniform
from sim.scenario.document import Document, Path, Tree, split_dotted, without
from sim.scenario.record import Record
from sim.scenario.stated import Multiple, Stated

MAX_PATH = 200
PathName = Annotated[str, Field(min_length=1, max_length=MAX_PATH)]


def _as_tuple(value: Any) -> Any:
    return (value,) if isinstance(value, str) else tuple(value) if isinstance(value, list) else value


Values: TypeAlias = Annotated[Distribution[Stated], Spread(Stated)]
"""Distribution of a value in the unit of some field."""
Factors: TypeAlias = Annotated[Distribution[Multiple], Spread(Multiple)]
"""Distribution of a factor."""


class Uncertain(Record):
    """A number that is not known: one draw for each replication, the same with and without the shocks."""

    paths: Annotated[
        tuple[PathName, ...], BeforeValidator(_as_tuple, json_schema_input_type=PathName | list[PathName])
    ] = ()
    """Where the numbers stand, all with the same draw: `facilities.maker.capacity`; left out, the name is the path."""
    value: Values | None = None
    """Distribution of the value, in the unit of what stands there; can be said without this key."""
    scale: Factors | None = None
    """Distribution of a factor that multiplies what the file states there, whatever its unit."""
    source: str = ""
    """Where the spread comes from; left out, it counts as assumed."""
    note: str = ""
    """What a reader should know; not used by the model."""

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.value is None) == (self.scale is None):
            raise ValueError("say one of `value` or `scale`: {distribution: uniform, low: 20 days, high: 60 days}")
        return self

    @property
    def spread(self) -> Distribution[Stated] | Distribution[Multiple]:
        """The distribution that is drawn from."""
        found = self.scale if self.value is None else self.value
        assert found is not None
        return found

    def said(self, number: float) -> str:
        """A number drawn, as a file would say it."""
        last = self.spread.quantities()[-1]
        return last.like(number) if isinstance(last, Stated) else str(Multiple(number))

    def at(self, number: float) -> "Uncertain":
        """The entry with one number left, in the unit of its distribution: every draw gives it."""
        if self.scale is not None:
            factor = Multiple(number)
            return self.model_copy(update={"scale": Uniform[Multiple](low=factor, high=factor)})
        last = self.spread.quantities()[-1]
        assert isinstance(last, Stated)
        value = replace(last, value=number)
        return self.model_copy(update={"value": Uniform[Stated](low=value, high=value)})


_BESIDE = ("paths", "source", "note")


def _in_full(entry: Any) -> Any:
    """`{distribution: …, low: …, high: …}` as `{value: {distribution: …, low: …, high: …}}`."""
    if not isinstance(entry, Mapping) or "distribution" not in entry:
        return entry
    value = {key: said for key, said in entry.items() if key not in _BESIDE}
    return {"value": value} | {key: entry[key] for key in _BESIDE if key in entry}


Uncertainty = Annotated[Uncertain, BeforeValidator(_in_full, json_schema_input_type=Uncertain | Values)]
"""An entry of `uncertain`, in full or as a distribution."""


def known(document: Document, path: str) -> Document:
    """The document without entries that would draw a value of this path, on it, below it or around it.

    Of an entry with several paths only that one is taken out; factors stay.
    """
    section = document.data.get("uncertain")
    keys = split_dotted(path)
    if not isinstance(section, dict) or keys is None or keys[0] == "uncertain":
        return document
    entries = dict(section)
    dropped: list[Path] = []
    for name, entry in section.items():
        if not isinstance(entry, dict) or "scale" in entry:
            continue
        paths = [entry["paths"]] if isinstance(entry.get("paths"), str) else entry.get("paths") or [name]
        kept = [one for one in paths if not _at(one, keys)] if isinstance(paths, list) else paths
        if kept == paths:
            continue
        dropped.append(("uncertain", name, "paths") if kept else ("uncertain", name))
        entries.pop(name)
        if kept:
            entries[name] = {**entry, "paths": kept}
    if not dropped:
        return document
    data = {**document.data, "uncertain": entries}
    return Document(data, without(document.keys, dropped), without(document.values, dropped))


def _at(path: Tree, keys: tuple[str, ...]) -> bool:
    return meets(keys, split_dotted(str(path)) or ())


def meets(keys: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether one of two paths is the other's beginning."""
    shared = min(len(keys), len(other))
    return keys[:shared] == other[:shared]
