"""What goes wrong between a person and the program, said in the person's language."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Place:
    """Where a key stands in a file; line and column count from 1."""

    file: str
    line: int
    column: int
    text: str = ""
    """The source line itself, for the caret; empty if it is not at hand."""


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong or doubtful, with its remedy."""

    path: str
    """Dotted path of the key, `shocks.fire.where`; empty for the file as a whole."""
    says: str
    """What was said, what the rule is and what would fit, in one or two sentences."""
    place: Place | None = None
    warning: bool = False

    def __str__(self) -> str:
        where = f"{self.place.file}:{self.place.line}:{self.place.column}, " if self.place else ""
        kind = "warning: " if self.warning else ""
        return f"{where}{self.path}: {kind}{self.says}" if self.path else f"{where}{kind}{self.says}"

    def with_caret(self) -> str:
        """The message, then the source line with a caret under the column."""
        if not self.place or not self.place.text.strip():
            return str(self)
        text = self.place.text.replace("\t", " ")
        start = max(0, self.place.column - 60)
        shown = text[start : start + 100]
        return f"{self}\n    {shown}\n    {' ' * (self.place.column - 1 - start)}^"


def in_file_order(problems: Iterable[Problem]) -> list[Problem]:
    """Sorted by file, line and column, those without a place first; repeats dropped."""
    unique = dict.fromkeys(problems)
    return sorted(unique, key=lambda p: (p.place.file, p.place.line, p.place.column) if p.place else ("", 0, 0))


class ScenarioError(ValueError):
    """The scenario cannot be run as it stands; `problems` lists everything found, in file order."""

    exit_code = 2

    def __init__(self, problems: Iterable[Problem] | str):
        if isinstance(problems, str):
            problems = [Problem("", problems)]
        self.problems = in_file_order(problems)
        super().__init__("\n".join(map(str, self.problems)))


class TooLarge(ScenarioError):
    """The scenario is well formed but beyond what one run may take; the message has the number."""

    exit_code = 5


class OutputError(ValueError):
    """A result cannot be written where it was asked for, or exists already."""

    exit_code = 4


MAX_COMPARED = 2_000
"""A word is compared with so many known ones and no more: each takes its time."""


def closest(word: str, known: Iterable[str]) -> str:
    """The known word most like this one; empty if none is alike."""
    import difflib

    by_lower = {name.lower(): name for name in sorted(known, reverse=True)[-MAX_COMPARED:]}
    close = difflib.get_close_matches(word[:100].lower(), by_lower, n=1, cutoff=0.6)
    return by_lower[close[0]] if close else ""


def suggest(word: str, known: Iterable[str]) -> str:
    """` Did you mean 'x'?` for the known word most like this one, or nothing; to be put at the end of a sentence."""
    meant = closest(word, known)
    return f" Did you mean '{meant}'?" if meant else ""
