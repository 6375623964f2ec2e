"""The picture of a search: the reading against the lever, or against the cost of several, with the limit."""

import math
from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.engine.records import Array
from sim.results.plots.drawing import wrapped
from sim.results.plots.style import BAND_ALPHA, BLUE, GREEN, GREY, INK, VERMILLION, look, new_figure, warn_undrawable
from sim.results.plots.variation import dress
from sim.results.point_table import short_titles
from sim.results.provenance import Provenance
from sim.results.seek_table import ANSWER, Answer, Trial
from sim.results.terminal import literal

WIDTH, HEIGHT = 8.0, 4.8
"""Inches."""
BOLD = 1.16
"""How much wider a text is in bold, at most."""
NAMED = 4
"""Levers named on the answer's line."""


def seek(answer: Answer, title: str, provenance: Provenance) -> Figure:
    """Every setting that was tried, whether the condition holds there, and the answer; shares in percent."""
    with look():
        figure = new_figure(WIDTH, HEIGHT)
        axes = figure.add_axes((0.09, 0.17, 0.87, 0.56))
        draw = _one if len(answer.paths) == 1 else _several
        draw(axes, answer, [trial for trial in answer.trials if math.isfinite(trial.verdict.mean)])
        limit = _scaled(answer, answer.condition.limit)
        axes.axhline(limit, color=VERMILLION, linewidth=1.2, linestyle="--", label="limit")
        axes.margins(x=0.03, y=0.08)
        axes.legend(
            frameon=False, fontsize=8.0, ncols=7, loc="lower left", bbox_to_anchor=(-0.02, 1.0), handletextpad=0.5,
            columnspacing=1.4,
        )  # fmt: skip
        heading = wrapped(figure, literal(title), 13.0, (WIDTH - 0.4) / BOLD, 2)
        figure.text(0.02, 0.97, heading, fontsize=13.0, weight="bold", va="top", color=INK)
        figure.text(0.02, 0.815, wrapped(figure, literal(_words(answer)), 9.0, WIDTH - 0.4, 1), fontsize=9.0, color=INK)
        figure.text(0.02, 0.02, provenance.line, fontsize=7.5, va="bottom", color=GREY)
        warn_undrawable([title, *answer.paths, *(level for trial in answer.trials for level in trial.levels)])
    return figure


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
    said = [trial.levels[0] for trial in ordered]
    numbers = _unit(said[0]) if said else None
    few = sorted({0, *range(0, len(said), max(1, len(said) // 8))}) if numbers is None else []
    dress(axes, [at[i] for i in few] or at.tolist(), [said[i] for i in few] or said, _across(answer, numbers))


def _several(axes: Axes, answer: Answer, trials: Sequence[Trial]) -> None:
    """Mean against cost, and the best that is reached at any cost up to each."""
    ordered = sorted(trials, key=lambda trial: (trial.cost, trial.levels))
    at = np.array([trial.cost for trial in ordered]) * (1.0 if answer.has_prices else 100.0)
    mean = _values(answer, ordered)[0]
    best = (np.minimum if answer.condition.wants_less else np.maximum).accumulate(mean) if len(mean) else mean
    axes.step(at, best, where="post", color=BLUE, linewidth=1.2, label="best up to this cost")
    _marks(axes, ordered, at, mean)
    unit = (
        f" ({answer.cost_unit})" if answer.cost_unit else "" if answer.has_prices else " (sum of shares of ranges, %)"
    )
    dress(axes, at.tolist(), ["" for _ in at] if len(at) > 12 else [f"{x:g}" for x in at], f"cost{unit}")


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


def _unit(level: str) -> str | None:
    """What stands behind the number of a level; None where it is none."""
    number, _, unit = level.partition(" ")
    return unit if number.replace(".", "", 1).lstrip("+-").isdigit() else None


def _across(answer: Answer, unit: str | None) -> str:
    return f"{answer.paths[0]} ({unit})" if unit else answer.paths[0]


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
