"""`sim kinds`: what a scenario can hold."""

import sys
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from sim.scenario.reference import Key, Kind

TOP, RANDOM, INSIDE = "the whole file", "random values, where a duration or a rate is due", "parts of these"


@click.command()
@click.argument("name", required=False)
def kinds(name: str | None) -> None:
    """List what a scenario can hold, or explain one kind.

    \b
    sim kinds               every kind, under the section it stands in
    sim kinds export_ban    the keys of one kind, with their meaning
    """
    from sim.scenario import reference

    if name is None:
        _list(reference.kinds())
    else:
        _explain(reference.kind(name))


def _list(found: "tuple[Kind, ...]") -> None:
    """Every kind with its meaning, by section."""
    from sim.cli.report import heading, say

    widest = max(len(one.name) for one in found)
    sections = dict.fromkeys([_section(one) for one in found])
    for section in sorted(sections, key=lambda s: (s == RANDOM) + 2 * (s == INSIDE)):
        heading(section)
        for one in found:
            if _section(one) == section:
                say(_entry(one.name, one.meaning.split("\n\n")[0], widest))
    say("\n`sim kinds NAME` lists the keys of a kind.")


def _section(one: "Kind") -> str:
    from sim.scenario.distributions import DISTRIBUTIONS

    section, _, below = one.where.partition(".")
    if one.name in DISTRIBUTIONS:
        return RANDOM
    return TOP if not section else section if below == "<name>" else INSIDE


def _explain(one: "Kind") -> None:
    """The keys of a kind: what may stand there, and what it means."""
    from sim.cli.report import heading, prose, say

    heading(f"{one.name}, at {one.where}" if one.where else one.name)
    for paragraph in one.meaning.split("\n\n"):
        prose(paragraph)
        say()
    widest = max(len(key.name) for key in one.keys)
    for key in one.keys:
        say(_entry(key.name, _what(key), widest))
        say(_entry("", key.meaning, widest))


def _what(key: "Key") -> str:
    """Its type, whether it must be said, and an example or else its default."""
    said = [key.type, "required" if key.required else f"default {key.default}" if key.default else "optional"]
    if key.example and not key.words:
        said.append(f"for example {key.example}")
    return "; ".join(said)


def _entry(name: str, text: str, widest: int) -> str:
    """A name, and beside it a text that is wrapped in its own column."""
    from sim.cli.report import READABLE, wrapped
    from sim.results.terminal import Screen

    width = min(READABLE, Screen.of(sys.stdout).width)
    return wrapped(text, width, f"  {name:{widest}}  ", " " * (widest + 4))
