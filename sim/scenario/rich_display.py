"""What Jupyter shows of a scenario or a result: a small card of HTML, in which every text is taken literally."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

MOST_LINES = 15
"""Rows of the table; how many more there are is said below it."""
MOST_LETTERS = 600
"""Of a paragraph or a cell."""
FRAME = '<div style="max-width:60em">{}</div>'
SMALL = '<p style="font-size:90%;margin:.3em 0">{}</p>'
CELL = '<td style="text-align:left">{}</td>'
HEAD = '<th style="text-align:left">{}</th>'


@dataclass(frozen=True)
class Card:
    """A title, what is said under it, a table in words, and notes."""

    title: str
    says: str = ""
    header: Sequence[str] = ()
    rows: Sequence[Sequence[str]] = ()
    notes: Sequence[str] = ()

    def html(self) -> str:
        """As HTML that runs nothing and loads nothing."""
        more = len(self.rows) - MOST_LINES
        notes = [f"{more:,} more rows", *self.notes] if more > 0 else self.notes
        table = [self._table()] if self.rows else []
        paragraphs = [SMALL.format(_inert(text)) for text in (self.says,) if text]
        parts = [f"<strong>{_inert(self.title)}</strong>", *paragraphs, *table]
        return FRAME.format("".join([*parts, *(SMALL.format(_inert(note)) for note in notes if note)]))

    def text(self) -> str:
        """On one line, where there is no HTML."""
        return f"{literal(self.title)}: {len(self.rows):,} rows"

    def _table(self) -> str:
        head = "".join(HEAD.format(_inert(title)) for title in self.header)
        rows = ("".join(CELL.format(_inert(cell)) for cell in row) for row in self.rows[:MOST_LINES])
        body = "".join(f"<tr>{row}</tr>" for row in rows)
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


class Displayed:
    """Mixed into whatever Jupyter shows as a card."""

    def card(self) -> Card:
        """What is shown of it."""
        raise NotImplementedError

    def _repr_html_(self) -> str:
        return self.card().html()

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        """With words for where there is no HTML: what Python prints of all that is in a result would fill a book."""
        card = self.card()
        return {"text/html": card.html(), "text/plain": card.text()}


def literal(text: str) -> str:
    """The text on one line with nothing in it that moves a cursor, changes a terminal or turns the way of writing."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)


def _inert(text: str) -> str:
    """The text as HTML shows it and never obeys it; a $ would begin a formula where formulas are set."""
    line = " ".join(text.split())
    short = line if len(line) <= MOST_LETTERS else f"{line[: MOST_LETTERS - 1]}…"
    return escape(literal(short)).replace("$", "&#36;").replace("\\", "&#92;")
