"""Words on the terminal: answers to stdout, problems to stderr, each as the screen behind it can show them."""

import re
import sys
import textwrap
from collections.abc import Iterable
from typing import TextIO

import click

from sim.errors import Problem, in_file_order
from sim.results.terminal import Screen, literal, plain

READABLE = 100
"""Places a line of prose may take: longer ones are hard to read, however wide the screen."""


def say(text: str = "") -> None:
    """A line of the answer, or several."""
    _write(text, sys.stdout)


def note(text: str = "") -> None:
    """A line that is not part of the answer."""
    _write(text, sys.stderr)


def prose(text: str, indent: str = "") -> None:
    """A paragraph of the answer, wrapped; names in it are taken literally."""
    say(wrapped(literal(text), min(READABLE, Screen.of(sys.stdout).width), indent, indent))


def heading(text: str) -> None:
    """A line in bold, where stdout can show it, with an empty one before it."""
    say()
    say(click.style(literal(text), bold=True) if Screen.of(sys.stdout).color else literal(text))


def wrapped(text: str, width: int, first: str = "", rest: str = "") -> str:
    """Broken between words; what is longer than a line, such as a path, stays whole."""
    wrapper = textwrap.TextWrapper(
        width, initial_indent=first, subsequent_indent=rest, break_long_words=False, break_on_hyphens=False
    )
    return wrapper.fill(text)


def counted(count: int, thing: str) -> str:
    """`1 link`, `2 links`, `7 facilities`."""
    plural = f"{thing[:-1]}ies" if thing.endswith(("ty", "cy", "try")) else f"{thing}s"
    return f"{count:,} {thing if count == 1 else plural}"


def problems(found: Iterable[Problem]) -> None:
    """Everything found in file order, each with its line and a caret, then how many there are."""
    ordered = in_file_order(found)
    if len(ordered) == 1 and not ordered[0].place and not ordered[0].path:
        return warn(ordered[0].says) if ordered[0].warning else error(ordered[0].says)
    for problem in ordered:
        note(shown(problem, Screen.of(sys.stderr), sys.stderr.isatty()))
    errors = sum(not problem.warning for problem in ordered)
    counts = ((errors, "error"), (len(ordered) - errors, "warning"))
    note(", ".join(counted(count, thing) for count, thing in counts if count))


def error(says: str) -> None:
    """Something that went wrong beside the scenario."""
    note(shown(Problem("", says), Screen.of(sys.stderr), sys.stderr.isatty(), "error: "))


def warn(says: str) -> None:
    """Something to know that is no reason to stop."""
    note(shown(Problem("", says, warning=True), Screen.of(sys.stderr), sys.stderr.isatty()))


def shown(problem: Problem, screen: Screen, is_terminal: bool, label: str = "") -> str:
    """The problem with its source line. What comes before the message is red, or yellow for a warning.

    On a terminal the message is wrapped; in a file it stays one line, to be searched.
    """
    message, *source = [literal(line) for line in f"{label}{problem.with_caret()}".split("\n")]
    head = literal(f"{label}{problem}".removesuffix(problem.says))
    if is_terminal:
        message = wrapped(message, screen.width, rest="    ")
    # Wrapping may have put line breaks in it.
    if screen.color and (found := re.match(r"\s+".join(map(re.escape, head.split())), message)):
        message = click.style(found[0], fg="yellow" if problem.warning else "red", bold=True) + message[found.end() :]
    return "\n".join([message, *source])


def _write(text: str, stream: TextIO) -> None:
    screen = Screen.of(stream)
    click.echo(plain(text, screen), file=stream, color=screen.color)
