"""How wide a picture is, and so where names stand: beside the panels, or on a narrow page above them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from sim.errors import ScenarioError, suggest


@dataclass(frozen=True)
class Sheet:
    """A width, and what fits it; letters are as large on every sheet. Measures are inches."""

    name: str
    width: float
    left: float
    """Beside panels on one time axis, for their scale."""
    right: float
    """Beside these panels, for names where there is room."""
    title: int
    """Lines of the title at most."""
    words: int
    """Lines of what stands below it."""
    foot: int
    """Lines of the foot."""
    dates: int
    """Marks on a time axis at most."""
    across: int
    """Small panels side by side."""

    @property
    def has_margin(self) -> bool:
        """Whether names stand beside panels; else above them."""
        return self.right > 1.0

    @property
    def margin(self) -> float:
        """To the right of panels, for names."""
        return self.right - 0.1

    @property
    def panel(self) -> float:
        """Across a panel on a time axis."""
        return self.width - self.left - self.right

    @property
    def words_width(self) -> float:
        """Across all words."""
        return self.width - 2 * EDGE


EDGE: Final = 0.15
"""Inches to the left and right of all words."""
WIDE: Final = Sheet("wide", 9.5, 0.55, 2.55, 2, 3, 4, 7, 4)
NARROW: Final = Sheet("narrow", 3.6, 0.45, 0.2, 4, 10, 14, 4, 2)
"""360 px at 100 dots per inch: a telephone, or a column of a page."""
SHEETS: Final[Mapping[str, Sheet]] = {sheet.name: sheet for sheet in (WIDE, NARROW)}


def sheet_of(width: str) -> Sheet:
    """The sheet of that name. Raises ScenarioError if there is none."""
    if width not in SHEETS:
        raise ScenarioError(f"no width '{width[:40]}'.{suggest(width, SHEETS)} There are {', '.join(SHEETS)}")
    return SHEETS[width]


def ending_of(width: str) -> str:
    """What the name of a picture's file ends in, before the dot: nothing for a wide one."""
    return "" if width == WIDE.name else f"_{width}"
