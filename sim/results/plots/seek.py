"""The picture of a search: the reading against the lever, or against the cost of several, with the limit."""

import math
from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.engine.records import Array
from sim.results.plots import setting_axis
from sim.results.plots.drawing import figure_of, inches_of
from sim.results.plots.page import blank, warn_of_missing_glyphs
from sim.results.plots.setting_axis import Settings, settings_of
from sim.results.plots.sheet import EDGE, WIDE, Sheet
from sim.results.plots.style import BAND_ALPHA, BLUE, GREEN, GREY, VERMILLION, look, new_figure
from sim.results.point_table import short_titles
from sim.results.provenance import Provenance
from sim.results.seek_table import ANSWER, Answer, Trial
from sim.results.terminal import literal

HEIGHT, KEY, KEY_LINE = 3.2, 0.02, 0.17
"""Inches of the axes, and above them for the key and each of its lines."""
LEFT, RIGHT = 0.45, 0.25
"""Inches beside the axes, for their scale and for the last of the settings."""
COLUMNS = {"wide": 7, "narrow": 2}
NAMED = 4
"""Levers named with the answer."""


def seek(answer: Answer, title: str, provenance: Provenance, axes: Axes | None = None, sheet: Sheet = WIDE) -> Figure:
    """Every setting that was tried, whether the condition holds there, and the answer; shares in percent.

    On `axes` of your own the same is drawn, with the key above them.
    """
    trials = [trial for trial in answer.trials if math.isfinite(trial.verdict.mean)]
    across = _levels(answer, trials) if len(answer.paths) == 1 else _costs(answer, trials)
    with look():
        if axes is None:
            wide = sheet.width - 2 * EDGE - LEFT - RIGHT
            entries = len(_paint(new_figure(1.0, 1.0).subplots(), answer, trials).get_legend_handles_labels()[0])
            above = KEY + KEY_LINE * -(-entries // COLUMNS[sheet.name])
            under = setting_axis.below(across, wide, sheet)
            made = blank(title, literal(_words(answer)), provenance.line, above + HEIGHT, under + 0.1, sheet)
            axes = made.axes(EDGE + LEFT, above, wide, HEIGHT)
        _paint(axes, answer, trials)
        setting_axis.level(axes)
        setting_axis.dress(axes, across, sheet)
        _key(axes, sheet)
        warn_of_missing_glyphs(figure_of(axes))
    return figure_of(axes)


def _paint(axes: Axes, answer: Answer, trials: Sequence[Trial]) -> Axes:
    """All but the settings below and the key; gives the axes back."""
    (_one if len(answer.paths) == 1 else _several)(axes, answer, trials)
    limit = _scaled(answer, answer.condition.limit)
    axes.axhline(limit, color=VERMILLION, linewidth=1.2, linestyle="--", label="limit")
    axes.margins(x=0.03, y=0.08)
    return axes


def _key(axes: Axes, sheet: Sheet) -> None:
    """What lines and marks stand for, above the axes."""
    wide, high = inches_of(axes)
    axes.legend(
        frameon=False, fontsize=8.0, ncols=COLUMNS[sheet.name], loc="lower left", handletextpad=0.5, columnspacing=1.4,
        bbox_to_anchor=(-LEFT / wide, 1.0 + 0.06 / high), borderaxespad=0.0, borderpad=0.0, labelspacing=0.25,
    )  # fmt: skip


def _levels(answer: Answer, trials: Sequence[Trial]) -> Settings:
    """The settings of the one lever, from the least to the most."""
    ordered = sorted(trials, key=lambda trial: trial.at)
    found = settings_of(answer.paths[0], list(dict.fromkeys(trial.levels[0] for trial in ordered)))
    at = tuple(dict.fromkeys(trial.at[0] for trial in ordered))
    return Settings(found.path, at, found.words, found.unit, found.are_numbers)


def _costs(answer: Answer, trials: Sequence[Trial]) -> Settings:
    """The costs of what was tried, in money or as a sum of shares of ranges, in percent."""
    at = sorted({_cost(answer, trial) for trial in trials})
    unit = answer.cost_unit if answer.has_prices else "sum of shares of ranges, %"
    return Settings("cost", tuple(at), tuple(f"{x:g}" for x in at), unit)


def _cost(answer: Answer, trial: Trial) -> float:
    return trial.cost * (1.0 if answer.has_prices else 100.0)


def _one(axes: Axes, answer: Answer, trials: Sequence[Trial]) -> None:
    """Mean and its interval against the lever; the bound where it is another than the mean."""
    ordered = sorted(trials, key=lambda trial: trial.at)
    at = np.array([trial.at[0] for trial in ordered])
    mean, low, high, bound = _values(answer, ordered)
    axes.plot(at, mean, color=BLUE, linewidth=1.4, label="mean")
    if np.any(low < high):
        axes.fill_between(at, low, high, color=BLUE, alpha=BAND_ALPHA, linewidth=0, label="95 % interval")
    if np.any(bound != mean):
        axes.plot(at, bound, color=GREY, linewidth=1.1, linestyle=":", label=f"{100 * answer.confidence:.4g} % bound")
    _marks(axes, ordered, at, mean)


def _several(axes: Axes, answer: Answer, trials: Sequence[Trial]) -> None:
    """Mean against cost, and the best that is reached at any cost up to each."""
    ordered = sorted(trials, key=lambda trial: (trial.cost, trial.levels))
    at = np.array([_cost(answer, trial) for trial in ordered])
    mean = _values(answer, ordered)[0]
    best = (np.minimum if answer.condition.wants_less else np.maximum).accumulate(mean) if len(mean) else mean
    axes.step(at, best, where="post", color=BLUE, linewidth=1.2, label="best up to this cost")
    _marks(axes, ordered, at, mean)


def _marks(axes: Axes, trials: Sequence[Trial], at: Array, mean: Array) -> None:
    """A full dot where it holds, an empty one where it fails, and a star for the answer."""
    for holds, face, words in ((True, BLUE, "holds"), (False, "white", "fails")):
        some = [i for i, trial in enumerate(trials) if trial.verdict.holds == holds]
        if some:
            axes.plot(at[some], mean[some], "o", markersize=4.5, color=BLUE, mfc=face, label=words, zorder=3)
    for i in [i for i, trial in enumerate(trials) if trial.role == ANSWER]:
        axes.plot(at[i], mean[i], "*", markersize=14, color=GREEN, markeredgecolor="white", label="answer", zorder=4)


def _values(answer: Answer, trials: Sequence[Trial]) -> Array:
    """Mean, both ends of its interval (the mean where there is none) and bound; shape (figure, trial)."""
    rows = []
    for verdict in (trial.verdict for trial in trials):
        known = math.isfinite(verdict.low + verdict.high)
        low, high = (verdict.low, verdict.high) if known else (verdict.mean, verdict.mean)
        rows.append((verdict.mean, low, high, verdict.bound))
    return _scaled(answer, 1.0) * np.array(rows).reshape(-1, 4).T


def _scaled(answer: Answer, value: float) -> float:
    return value * (100.0 if answer.condition.reading.unit == "share" else 1.0)


def _words(answer: Answer) -> str:
    """What is drawn, and the answer."""
    reading, found = answer.condition.reading, answer.found
    what = f"{reading.name} ({'%' if reading.unit == 'share' else reading.unit})"
    if found is None:
        return f"{what}; the condition holds nowhere that was tried"
    titles = short_titles(answer.paths)
    said = [f"{titles[path]} {level}" for path, level in zip(answer.paths, found.levels, strict=True)]
    more = f" and {len(said) - NAMED} more" if len(said) > NAMED else ""
    return f"{what}; {answer.condition.said} from {', '.join(said[:NAMED])}{more}"
