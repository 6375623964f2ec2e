"""Pieces of Markdown, with whatever a text holds taken as text."""

import re
from collections.abc import Iterable, Sequence

CODE = re.compile(r"(`[^`]*`)")
SPECIAL = re.compile(r"([\\*<>\[\]|{}$~]|(?<!\w)_|_(?!\w))")


def text(words: str) -> str:
    """Plain words in which only single backticks mean something."""
    parts = CODE.split(words)
    return "".join(
        part.replace("|", "\\|") if number % 2 else SPECIAL.sub(r"\\\1", part) for number, part in enumerate(parts)
    )


def code(words: str) -> str:
    return f"`{words}`".replace("|", "\\|") if words else ""


def table(titles: Sequence[str], rows: Iterable[Sequence[str]], right: Sequence[int] = ()) -> str:
    """A table; columns whose numbers are in `right` are set to the right."""
    rule = ["--:" if number in right else "---" for number in range(len(titles))]
    return "\n".join("| " + " | ".join(row) + " |" for row in (titles, rule, *rows))


def definitions(entries: Iterable[tuple[str, str]]) -> str:
    """Terms, each with what it means below it."""
    return "\n\n".join(f"{term}\n: {meaning}" for term, meaning in entries)


def anchor(name: str) -> str:
    return f"({name})="
