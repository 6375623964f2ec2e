"""The picture of a scenario beside what was seen: what is drawn, nothing overlapping, nothing cut off."""

from pathlib import Path

import numpy as np
import pytest
from histories import cut, entry, held, mine, series, window, written
from legible import assert_legible, texts
from matplotlib.figure import Figure

import sim

SHIPPED = Path(__file__).parent.parent / "scenarios"
MONTHS = ("2024-11", "2024-12", "2025-01", "2025-02", "2025-03", "2025-04", "2025-05")
ANYTHING = dict.fromkeys(MONTHS, 300)


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


@pytest.mark.parametrize("width", ["wide", "narrow"])
@pytest.mark.parametrize("name", ["magnets_2025", "gallium_2023", "hostile"])
def test_no_words_of_the_picture_overlap_and_none_are_cut_off(tmp_path, name, width):
    if name == "hostile":
        observed = {word: entry(level="304.375 t", fit=window("2025-05-01", "2025-06-01")) for word in ("a", "b")}
        data = mine({"cut": cut("40 %")}) | {"title": r"$\frac{$ <b>" + "x" * 80, "observed": observed}
        file = written(tmp_path, data, ore=series(ANYTHING, title=r"$\frac{$ [red] " + "long " * 15))
    else:
        file = SHIPPED / f"{name}.yaml"
    figure = sim.observe(file, replications=4).plot(width=width)
    assert figure.get_figwidth() == {"wide": 9.5, "narrow": 3.6}[width]
    assert len(texts(figure)) > 10
    assert_legible(figure)


def test_it_is_drawn_on_axes_of_ones_own_one_for_each_series(tmp_path):
    found, _ = drawn(tmp_path)
    mine = Figure(figsize=(8, 4))
    axes = mine.subplots(1, 2)
    assert found.plot(axes=axes[:1]) is mine and not mine.texts
    assert "seen" in {line.get_label() for line in axes[0].lines}
    with pytest.raises(ValueError, match="1 axes are needed: one for each series"):
        found.plot(axes=axes)
