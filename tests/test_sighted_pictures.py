"""The picture of a scenario beside what was seen: what is drawn, nothing overlapping, nothing cut off."""

import itertools
from pathlib import Path

import numpy as np
import pytest
from histories import cut, entry, held, mine, series, window, written
from matplotlib.text import Text

import sim
from sim.results.plots import style

SHIPPED = Path(__file__).parent.parent / "scenarios"
MONTHS = ("2024-11", "2024-12", "2025-01", "2025-02", "2025-03", "2025-04", "2025-05")
ANYTHING = dict.fromkeys(MONTHS, 300)


def texts(figure):
    """Every word that is shown; labels of ticks beyond the axes are not."""
    ticks = {
        id(label)
        for axes in figure.axes
        for axis, (low, high) in ((axes.xaxis, axes.get_xlim()), (axes.yaxis, axes.get_ylim()))
        for tick in axis.get_major_ticks()
        for label in (tick.label1, tick.label2)
        if not low <= tick.get_loc() <= high
    }
    found = figure.findobj(Text)
    return [text for text in found if text.get_text().strip() and text.get_visible() and id(text) not in ticks]


def drawn(folder, **more):
    values = ANYTHING | {"2025-03": {"low": 100, "high": 200}}
    observed = {
        "level": "304.375 t",
        "fit": window("2025-02-01", "2025-03-01"),
        "score": window("2025-03-01", "2025-06-01"),
    }
    found = sim.observe(held(folder, values, observed, {"cut": cut("40 %")}, **more), replications=3)
    return found, found.plot()


def test_the_picture_shows_what_was_seen_and_the_median_in_percent(tmp_path):
    found, figure = drawn(tmp_path)
    lines = {line.get_label(): line for line in figure.axes[0].lines}
    assert lines["seen"].get_ydata() == pytest.approx(100 * found.sightings["ore"].seen.shares)
    assert lines["model, median"].get_ydata() == pytest.approx(100 * found.sightings["ore"].median)
    assert len(lines["seen"].get_xdata()) == 7 and lines["no change"].get_ydata() == pytest.approx(np.full(7, 100.0))
    assert {text.get_text().strip() for text in figure.axes[0].texts} == {"fitted", "scored"}
    assert "Ore sent abroad, % of usual" in figure.axes[0].get_title(loc="left")
    assert "stop for the review" not in lines, "no licence is asked for here"


def test_a_figure_that_is_not_known_exactly_has_a_bar(tmp_path):
    _, figure = drawn(tmp_path)
    bars = [part for part in figure.axes[0].collections if hasattr(part, "get_segments")]
    heights = [float(np.ptp(segment[:, 1])) for bar in bars for segment in bar.get_segments()]
    assert max(heights) == pytest.approx(100 * 100 / 304.375) and sorted(heights)[-2] == 0.0


@pytest.mark.parametrize("name", ["magnets_2025", "gallium_2023", "hostile"])
def test_no_words_of_the_picture_overlap_and_none_are_cut_off(tmp_path, name):
    if name == "hostile":
        observed = {word: entry(level="304.375 t", fit=window("2025-05-01", "2025-06-01")) for word in ("a", "b")}
        data = mine({"cut": cut("40 %")}) | {"title": r"$\frac{$ <b>" + "x" * 80, "observed": observed}
        file = written(tmp_path, data, ore=series(ANYTHING, title=r"$\frac{$ [red] " + "long " * 15))
    else:
        file = SHIPPED / f"{name}.yaml"
    figure = sim.observe(file, replications=4).plot()
    with style.look():
        renderer = figure.canvas.get_renderer()
        figure.draw(renderer)
        boxes = [(text.get_text(), Text.get_window_extent(text, renderer)) for text in texts(figure)]
    width, height = figure.get_size_inches() * figure.dpi
    assert len(boxes) > 15
    for said, box in boxes:
        assert box.x0 >= -1 and box.y0 >= -1 and box.x1 <= width + 1 and box.y1 <= height + 1, said
    for (one, a), (other, b) in itertools.combinations(boxes, 2):
        across, up = min(a.x1, b.x1) - max(a.x0, b.x0), min(a.y1, b.y1) - max(a.y0, b.y0)
        assert across <= 1 or up <= 1, f"{one!r} overlaps {other!r}"
