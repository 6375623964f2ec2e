"""The page a picture stands on: title, words and foot, as high as they need, and a body between them."""

from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text

from sim.results.outcome import Outcome
from sim.results.plots.drawing import wrapped
from sim.results.plots.sheet import EDGE, WIDE, Sheet
from sim.results.plots.style import GREY, INK, new_figure, warn_undrawable
from sim.results.provenance import Provenance, gather
from sim.results.terminal import literal

TITLE_SIZE, WORDS_SIZE, FOOT_SIZE = 14.0, 9.5, 7.5
LEFT = EDGE
"""Inches to the left of all words."""


@dataclass(frozen=True)
class Page:
    """A figure with its words, and room for a body that is measured in inches from its upper left corner."""

    figure: Figure
    top: float
    """Inches above the body."""

    def axes(self, left: float, down: float, width: float, height: float) -> Axes:
        """New axes in the body: the left edge and the upper edge, width and height."""
        across, tall = (float(inches) for inches in self.figure.get_size_inches())
        bottom = tall - self.top - down - height
        return self.figure.add_axes((left / across, bottom / tall, width / across, height / tall))


def page(
    outcome: Outcome,
    words: str,
    read: str,
    body: float,
    provenance: Provenance | None = None,
    below: float = 0.15,
    sheet: Sheet = WIDE,
) -> Page:
    """The title of the scenario and `words` above a body so many inches high; how to `read` it and its origin below.

    Between body and foot is room for what stands `below` the body, such as dates.
    """
    foot = f"{read}{(provenance or gather(outcome)).line}"
    return blank(outcome.scenario.title, words, foot, body, below, sheet)


def blank(title: str, words: str, foot: str, body: float, below: float = 0.15, sheet: Sheet = WIDE) -> Page:
    """A page about anything; `words` and `foot` are taken as they are, so names in them have to be literal already."""
    draft, across = new_figure(sheet.width, 1.0), sheet.words_width - EDGE
    heading = wrapped(draft, literal(title), TITLE_SIZE, across, sheet.title, "bold")
    said = wrapped(draft, words, WORDS_SIZE, across, sheet.words)
    origin = wrapped(draft, foot, FOOT_SIZE, across, sheet.foot)
    under = 0.2 + 0.26 * (heading.count("\n") + 1)
    top = under + 0.185 * (said.count("\n") + 1) + 0.34
    height = top + body + below + 0.14 * (origin.count("\n") + 1)
    figure, left = new_figure(sheet.width, height), LEFT / sheet.width
    figure.text(left, 1 - 0.15 / height, heading, fontsize=TITLE_SIZE, weight="bold", va="top", color=INK)
    figure.text(left, 1 - under / height, said, fontsize=WORDS_SIZE, va="top", color=INK, linespacing=1.3)
    figure.text(left, 0.1 / height, origin, fontsize=FOOT_SIZE, va="bottom", color=GREY)
    return Page(figure, top)


def warn_of_missing_glyphs(figure: Figure) -> None:
    """A warning for what no font at hand can draw, of all that the figure says."""
    warn_undrawable(text.get_text() for text in figure.findobj(Text) if isinstance(text, Text))
