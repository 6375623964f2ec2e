"""The reference of scenario files, from the records that read them."""

import inspect

import markdown

from sim.cli.kinds import INSIDE, RANDOM, _section
from sim.scenario import durations
from sim.scenario import units as units_of
from sim.scenario.durations import Quantity
from sim.scenario.reference import Key, Kind, kinds

SECTIONS = {"whole": "the whole file", "random": RANDOM, "parts": INSIDE}
"""Words for sections that have a sentence for a name."""
NAMES = frozenset(one.name for one in kinds())
MANY = 4
"""Links to more kinds than that would be a list of the section they stand in."""


def kinds_of(section: str) -> str:
    """Every kind of a section, each under a heading of its own."""
    chosen = [one for one in kinds() if _section(one) == SECTIONS.get(section, section)]
    if not chosen:
        raise ValueError(f"no kind stands in the section '{section}'")
    return "\n\n".join(_kind(one) for one in chosen)


def _kind(one: Kind) -> str:
    parts = [f"(kind-{one.name})=", f"## {one.name}"]
    if one.where:
        parts.append(f"At `{one.where}`" + (" and wherever else a kind names it." if "." in one.where[9:] else "."))
    parts += [markdown.text(paragraph) for paragraph in one.meaning.split("\n\n")]
    return "\n\n".join([*parts, markdown.definitions((_term(key), _meaning(key)) for key in one.keys)])


def _term(key: Key) -> str:
    due = "**required**" if key.required else f"default `{key.default}`" if key.default else ""
    return ", ".join(part for part in (f"`{key.name}`", _type(key), due) if part)


def _type(key: Key) -> str:
    """What may stand there, with links to the kinds it names."""
    if key.words:
        return ("one of: " if len(key.words) > 1 else "") + ", ".join(f"`{word}`" for word in key.words)
    before, colon, after = key.type.rpartition(": ")
    if not colon:
        return key.type
    named = after.split(", ") if before == "by name" else after.split(" or ")
    if len(named) > MANY and set(named) <= NAMES:
        return (
            f"{before}: one of the kinds of [{key.name}](#kind-{named[0]})"
            if key.name in SECTION_PAGES
            else f"{before}: a [distribution](#kind-{named[0]})"
        )
    return f"{before}: " + ", ".join(
        f"[{name}](#kind-{name})" if name in NAMES else markdown.text(name) for name in named
    )


SECTION_PAGES = ("facilities", "shocks", "responses")


def _meaning(key: Key) -> str:
    example = f" For example `{key.example}`." if key.example and not key.words else ""
    return markdown.text(key.meaning) + example


def units(_: str) -> str:
    """Every sort of value with a unit: what it is, and some as a file says them."""
    found = [cls for module in (durations, units_of) for _, cls in inspect.getmembers(module, inspect.isclass)]
    sorts = {cls.__name__: cls for cls in found if issubclass(cls, Quantity) and cls is not Quantity}
    rows = [[_words(name), markdown.text(_first(cls)), _said(cls)] for name, cls in sorts.items()]
    return markdown.table(["value", "what it is", "as a file says it"], rows)


def _words(name: str) -> str:
    return "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in name).strip()


def _first(cls: type) -> str:
    return (inspect.getdoc(cls) or "").split("\n\n")[0]


def _said(cls: type[Quantity]) -> str:
    return ", ".join(markdown.code(example) for example in cls.examples)
