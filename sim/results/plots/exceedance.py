"""The exceedance curve: the chance of losing more than so much."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.engine.records import Array
from sim.errors import ScenarioError, suggest
from sim.results.losses import TOLERANCE, is_hit, loss_share
from sim.results.measured import ALL_OUTPUT, ALL_SALES, Measured, curve_of_group, measured, place_of
from sim.results.outcome import Outcome
from sim.results.plots.captions import BETWEEN, Caption, Entry, height_of, names
from sim.results.plots.drawing import Dash, bare, dashes, figure_of, key, say_nothing
from sim.results.plots.headline import NOTHING_LOST
from sim.results.plots.page import page, warn_of_missing_glyphs
from sim.results.plots.panels import MOST
from sim.results.plots.sheet import WIDE, Sheet
from sim.results.plots.style import BAND_ALPHA, COLORS, FAINT, GREY, look
from sim.results.provenance import Provenance
from sim.results.statistics import chance_interval
from sim.results.terminal import literal, number

HEIGHT = 3.6
"""Inches."""
ABOVE = "How likely it is to lose more than so much of what would have been made or sold in the run."
READ = "Beside each name: its mean. Bands: exact 95 % intervals of the chance at each point (Clopper and Pearson). "
ALIKE = "All replications lose the same, so each line is upright: luck plays no part in this scenario. "
ONE = "One replication: it says what is lost, and nothing about chances. "


@dataclass(frozen=True)
class Tail:
    """What one place or group loses, in percent of its baseline, one value for each replication, sorted."""

    name: str
    lost: Array

    @property
    def mean(self) -> float:
        return float(np.mean(self.lost))

    def steps(self) -> tuple[Array, Array]:
        """Losses, each once, and the number of replications that lose more than each."""
        losses = np.unique(self.lost)
        return losses, np.asarray(self.lost.size - np.searchsorted(self.lost, losses, side="right"), float)


def exceedance(
    outcome: Outcome,
    axes: Axes | None = None,
    provenance: Provenance | None = None,
    at: str = "",
    sheet: Sheet = WIDE,
) -> Figure:
    """Loss in percent of baseline against the chance of losing more; totals and what is hit most, or the place `at`.

    On `axes` of your own only the curves are drawn, with names to their right.
    """
    found = tails(outcome, at)
    with look():
        if axes is None:
            above = 0.0 if sheet.has_margin else height_of(Caption("", "", _entries(found)), sheet) - BETWEEN
            made = page(outcome, ABOVE, _read(outcome, found), above + HEIGHT + 0.4, provenance, sheet=sheet)
            axes = made.axes(sheet.left + 0.15, above, sheet.panel - 0.15, HEIGHT)
        figure = figure_of(axes)
        bare(axes, 1)
        if not found:
            say_nothing(axes, NOTHING_LOST)
            axes.set_xticks([])
        else:
            _draw_all(axes, found, sheet)
        warn_of_missing_glyphs(figure)
    return figure


def tails(outcome: Outcome, at: str = "") -> list[Tail]:
    """Totals and the places that lose the largest shares, as many as there are colours; or those that are asked for."""
    known = {one.name: one for one in measured(outcome)}
    if at:
        asked = [at] if at in known else place_of(outcome, at)
        if not asked:
            raise ScenarioError(f"no facility or market '{at[:60]}'.{suggest(at, known)}")
        return [tail for tail, _ in (_tail(outcome, known[name]) for name in asked[:MOST])]
    totals = {name for name in (ALL_SALES, ALL_OUTPUT) if name in known and len(known[name].weights) > 1}
    singly = [one for name, one in known.items() if name in totals or name not in (ALL_SALES, ALL_OUTPUT)]
    hit = [tail for tail, is_hit in (_tail(outcome, one) for one in singly) if is_hit]
    return sorted(hit, key=lambda tail: (tail.name not in totals, -tail.mean, tail.name))[:MOST]


def _tail(outcome: Outcome, what: Measured) -> tuple[Tail, bool]:
    """The losses, and whether there is any loss in any replication."""
    curve = curve_of_group(outcome, what)
    share = loss_share(curve)
    lost = np.sort(100.0 * np.where(np.abs(share) < TOLERANCE, 0.0, np.nan_to_num(share)))
    return Tail(what.name, lost), bool(np.any(is_hit(curve)))


def _draw_all(axes: Axes, found: Sequence[Tail], sheet: Sheet) -> None:
    low = min(0.0, *(float(tail.lost[0]) for tail in found))
    high = max(1e-6, *(float(tail.lost[-1]) for tail in found))
    left, right = low - 0.03 * (high - low), high + 0.05 * (high - low)
    for tail, color, dash in zip(found, COLORS, dashes([tail.lost for tail in found]), strict=False):
        _draw(axes, tail, color, BAND_ALPHA if len(found) <= 3 else BAND_ALPHA / 2, dash)
    axes.set_xlim(left, right)
    axes.set_ylim(-2.0, 103.0)
    axes.grid(axis="x", color=FAINT, linewidth=0.6)
    axes.set_ylabel("chance of losing more, % of replications", fontsize=8, color=GREY)
    axes.set_xlabel("lost over the run, % of baseline", fontsize=8, color=GREY)
    axes.tick_params(axis="x", length=3, color=GREY)
    if sheet.has_margin:
        key(axes, _entries(found), sheet.margin)
    else:
        axes.locator_params(axis="x", nbins=5)
        names(axes, _entries(found), sheet)


def _entries(found: Sequence[Tail]) -> list[Entry]:
    """Colour, name and mean of each."""
    return [
        (c, literal(t.name), f", {number(t.mean)} %".replace("-", "−")) for t, c in zip(found, COLORS, strict=False)
    ]


def _read(outcome: Outcome, found: Sequence[Tail]) -> str:
    """How to read it, and that steps are upright where luck plays no part."""
    if len(outcome.replications) == 1:
        return ONE
    same = bool(found) and all(float(np.ptp(tail.lost)) <= 100.0 * TOLERANCE for tail in found)
    return f"{READ}{ALIKE if same else ''}"


def _draw(axes: Axes, tail: Tail, color: str, alpha: float, dash: Dash) -> None:
    """A step down at each loss, from certainty to never."""
    losses, events = tail.steps()
    n = tail.lost.size
    across, more = np.array([losses[0], *losses]), np.array([n, *events])
    name = literal(tail.name)
    axes.step(across, 100.0 * more / n, where="post", color=color, linewidth=1.6, linestyle=dash, label=name)
    if n > 1:
        low, high = np.array([chance_interval(int(k), n) for k in more]).T
        axes.fill_between(across, 100 * low, 100 * high, step="post", color=color, alpha=alpha, linewidth=0)
