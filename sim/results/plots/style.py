"""How pictures look, and how they are kept: light, colour-blind-safe, with names taken literally."""

import datetime
import io
import re
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Final

import matplotlib
from matplotlib import font_manager
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ft2font import FT2Font

from sim.errors import OutputError
from sim.results.table import refuse_existing, write_aside

BLUE, VERMILLION, GREEN, PURPLE, ORANGE, SKY = "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9"
COLORS: Final = (BLUE, VERMILLION, GREEN, PURPLE, ORANGE, SKY)
"""Okabe & Ito (2008), told apart with any colour vision; also the most lines a panel may hold."""
INK, GREY, FAINT = "#222222", "#666666", "#DDDDDD"
SHOCK, LOSS = "#BBBBBB", "#F2BF9E"
"""Of bars: the time a shock holds, and the time something is below its baseline."""
BAND_ALPHA = 0.18

_PATH, _NUMBER = re.compile(rb' d="([^"]*)"'), re.compile(rb"-?[0-9]+\.[0-9]+")
MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
CHINESE_FONTS: Final = (
    *("Noto Sans CJK SC", "Noto Sans CJK JP", "Noto Sans SC", "Source Han Sans SC", "Source Han Sans CN"),
    *("WenQuanYi Zen Hei", "WenQuanYi Micro Hei", "Droid Sans Fallback", "Microsoft YaHei", "SimHei"),
    *("PingFang SC", "Hiragino Sans GB", "Heiti SC", "Arial Unicode MS"),
)


@contextmanager
def look() -> Iterator[None]:
    """The settings every picture is made and saved with; the user's own are put back afterwards."""
    settings = {
        "font.family": [*fonts(), "sans-serif"],
        "font.size": 9.0,
        "text.parse_math": False,  # `$` in a name is a dollar
        "text.usetex": False,
        "text.hinting": "none",  # as wide in the picture as it was measured, whatever the dots per inch
        "axes.unicode_minus": True,
        "svg.fonttype": "none",  # text stays text: to be searched, read aloud, and drawn by the reader's fonts
        "svg.hashsalt": "supplyshock",
        "figure.dpi": 100.0,
        "savefig.dpi": 150.0,
        "axes.edgecolor": GREY,
        "xtick.color": GREY,
        "ytick.color": GREY,
        "text.color": INK,
    }
    with matplotlib.rc_context(), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing from", category=UserWarning)  # `undrawable` says it
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(settings)  # type: ignore[arg-type]
        yield


def fonts() -> list[str]:
    """DejaVu Sans, which comes with matplotlib, then what is installed for Chinese; each glyph takes the first."""
    installed = set(font_manager.get_font_names())
    return ["DejaVu Sans", *(name for name in CHINESE_FONTS if name in installed)]


_TOLD: ContextVar[set[str] | None] = ContextVar("_TOLD", default=None)
"""Characters that were warned of already, while several pictures are drawn; None for one alone."""


@contextmanager
def missing_glyphs_told_once() -> Iterator[None]:
    """While several pictures are drawn, what no font can draw is told of the first that says it."""
    token = _TOLD.set(set())
    try:
        yield
    finally:
        _TOLD.reset(token)


def warn_undrawable(texts: Iterable[str]) -> None:
    """A warning, once, for characters that no font at hand can draw; they show as boxes in PNG, not in SVG."""
    wanted = {c for text in texts for c in text if c.isprintable()}
    drawable: set[str] = set()
    for name in fonts():
        face = FT2Font(font_manager.findfont(name))
        drawable |= {c for c in wanted if face.get_char_index(ord(c))}
    told = _TOLD.get()
    if missing := sorted(wanted - drawable - (told or set())):
        if told is not None:
            told.update(missing)
        shown = "".join(missing[:10])
        warnings.warn(f"no installed font can draw '{shown}': install one, such as Noto Sans CJK", stacklevel=3)


def save(figure: Figure, path: Path | str, overwrite: bool = False) -> None:
    """PNG or SVG by the name's ending. The same figure gives the same bytes: no date, no random ids."""
    target = Path(path)
    kind = target.suffix.lower().removeprefix(".")
    if kind not in ("png", "svg"):
        raise OutputError(f"{target} is no picture that can be written: end its name in .png or .svg")
    refuse_existing([target], overwrite)
    picture = rendered(figure, kind)
    write_aside(target, lambda aside: aside.write_bytes(picture))


def rendered(figure: Figure, kind: str) -> bytes:
    """The bytes of the picture, `png` or `svg`."""
    anonymous: dict[str, str | None] = {"Date": None, "Creator": None} if kind == "svg" else {"Software": None}
    held = io.BytesIO()
    with look():
        figure.savefig(held, format=kind, metadata=anonymous)
    return _shorter(held.getvalue()) if kind == "svg" else held.getvalue()


def _shorter(svg: bytes) -> bytes:
    """Paths to a hundredth of a point instead of a millionth, and on one line: half as large, and no eye sees it."""
    return _PATH.sub(lambda path: b' d="' + b" ".join(_NUMBER.sub(_rounded, path[1]).split()) + b'"', svg)


def _rounded(number: re.Match[bytes]) -> bytes:
    return b"%.6g" % (round(float(number[0]), 2) + 0.0)


def new_figure(width: float, height: float) -> Figure:
    """An empty figure in inches, with a canvas that can measure text."""
    figure = Figure(figsize=(width, height), facecolor="white")
    FigureCanvasAgg(figure)
    return figure


def day_words(day: datetime.date, year: bool = True) -> str:
    """`4 Apr 2025`, whatever the locale."""
    return f"{day.day} {MONTHS[day.month - 1]}{f' {day.year}' if year else ''}"


def date_ticks(start: datetime.date, days: int, most: int = 7) -> tuple[list[int], list[str]]:
    """Days of the run to mark, with their words: first of months as `Apr 2025`, or days where the run is short."""
    if days <= 62:
        step = next(s for s in (1, 2, 5, 7, 10, 14, 31) if days / s <= most - 1)
        marked = list(range(0, days + 1, step))
        return marked, [day_words(start + datetime.timedelta(days=d)) for d in marked]
    months = days / 30.4
    step = next((s for s in (1, 2, 3, 6, 12, 24, 60, 120, 600) if months / s <= most - 1), 2400)
    firsts = [f for f in _first_days(start, days) if (f.year * 12 + f.month - 1) % step == 0]
    return [(f - start).days for f in firsts], [f"{MONTHS[f.month - 1]} {f.year}" for f in firsts]


def _first_days(start: datetime.date, days: int) -> Iterator[datetime.date]:
    year, month = start.year, start.month
    while (first := datetime.date(year, month, 1)) <= start + datetime.timedelta(days=days):
        if first >= start:
            yield first
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
