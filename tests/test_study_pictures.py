"""Pictures of studies: what is drawn is what the tables say, at both widths, and on axes of one's own."""

import warnings

import numpy as np
import pytest
from legible import assert_legible, texts, words
from matplotlib.collections import PathCollection
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from studies_drawn import DRAWN, FIRST, LONG, cloud, compared, dates, grid, large, line, sought, stressed, varied

from sim.errors import ScenarioError
from sim.results.plots.setting_axis import settings_of
from sim.results.plots.sheet import SHEETS

WIDTHS = {"wide": 9.5, "narrow": 3.6}
"""Inches."""
SEVERAL = {"cloud": 3, "sobol": 1, "morris": 1, "oat": 1}
"""Which are drawn on a sequence of axes, and how many."""


def drawn(found, **more):
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "no installed font")
        return found.plot(**more)


def lines_of(axes):
    return {one.get_label(): one for one in axes.lines if not one.get_label().startswith("_")}


def means(found, reading, factor=1.0):
    table = found.table()
    return factor * table[table["reading"] == reading]["mean"].to_numpy()


# All of them


@pytest.mark.parametrize("width", SHEETS)
@pytest.mark.parametrize("hostile", [False, True])
@pytest.mark.parametrize("name", DRAWN)
def test_no_words_overlap_and_none_are_cut_off(name, hostile, width):
    figure = drawn(DRAWN[name](hostile=hostile), width=width)
    assert figure.get_figwidth() == WIDTHS[width]
    assert "supplyshock" in words(figure)
    assert_legible(figure)


@pytest.mark.parametrize("width", SHEETS)
@pytest.mark.parametrize("hostile", [False, True])
def test_time_to_survive_is_legible(hostile, width):
    assert_legible(stressed(hostile).plot("time_to_survive", width=width))


@pytest.mark.parametrize("name", DRAWN)
def test_it_is_drawn_on_axes_of_ones_own_and_their_figure_comes_back(name):
    mine = Figure(figsize=(12, 8))
    axes = mine.subplots(1, SEVERAL.get(name, 1), squeeze=False)[0]
    before = list(mine.texts)
    assert DRAWN[name]().plot(axes=list(axes) if name in SEVERAL else axes[0]) is mine
    assert all(one.has_data() for one in axes)
    assert mine.texts == before, "no title or foot of a page"


@pytest.mark.parametrize("make", [line, grid])
def test_a_line_or_a_map_takes_one_axes_and_a_cloud_one_for_each_path(make):
    with pytest.raises(ValueError, match="one axes is needed"):
        make().plot(axes=list(Figure().subplots(1, 2)))
    with pytest.raises(ValueError, match="3 axes are needed: one for each path"):
        cloud().plot(axes=list(Figure().subplots(1, 2)))


@pytest.mark.parametrize("make", [varied, line, sought, compared])
def test_a_width_that_is_not_there_is_answered_with_the_one_that_was_meant(make):
    with pytest.raises(ScenarioError, match=r"no width 'narow'\. Did you mean 'narrow'\? There are wide, narrow"):
        make().plot(width="narow")


# Lines over settings


def test_a_variation_is_drawn_as_the_share_lost_in_percent_with_its_interval():
    found = varied()
    table = found.table()
    rows = table[table["place"] == "users"]
    axes = found.plot().axes[0]
    one = lines_of(axes)["users"]
    assert one.get_xdata().tolist() == [10, 20, 30, 40, 50, 60]
    assert one.get_ydata() == pytest.approx(100 * rows["lost_share"].to_numpy())
    band = axes.collections[0].get_paths()[0].vertices
    for x, mean, low, high in zip(
        one.get_xdata(), *(rows[f"lost_share{end}"].to_numpy() for end in ("", "_low", "_high")), strict=True
    ):
        at = band[np.isclose(band[:, 0], x)][:, 1]
        ends = (low, high) if np.isfinite(low) else (mean, mean)
        assert (at.min(), at.max()) == pytest.approx((100 * ends[0], 100 * ends[1]))
    assert (rows["lost_share_high"] > rows["lost_share_low"]).any()


@pytest.mark.parametrize("width", SHEETS)
def test_beside_a_name_stand_the_least_and_the_most_of_its_means(width):
    found = line()
    lost = means(found, "loss_days.users")
    said = words(found.plot(width=width))
    assert f"loss_days.users, {lost.min():.3g} to {lost.max():.3g} days" in said
    assert "peak_loss.users, 0 to 100 %" in said


def test_a_line_that_lies_upon_another_is_dashed_so_that_both_are_seen():
    axes = varied().plot().axes[0]
    first, other = lines_of(axes)["users"], lines_of(axes)["plant_2: good_2"]
    assert np.allclose(first.get_ydata(), other.get_ydata())
    assert not first.is_dashed() and other.is_dashed()
    assert not any(one.is_dashed() for one in lines_of(line().plot().axes[0]).values())


@pytest.mark.parametrize(("width", "turned"), [("wide", 0), ("narrow", 90)])
def test_dates_stand_upright_where_they_have_no_room_beside_each_other(width, turned):
    labels = dates().plot(width=width).axes[0].get_xticklabels()
    assert {label.get_text() for label in labels} == {f"2025-0{month}-15" for month in range(1, 8)}
    assert {label.get_rotation() for label in labels} == {turned}


@pytest.mark.parametrize(
    ("values", "at", "unit"),
    [
        (["10 days", "30 days"], (10, 30), "days"),
        (["0.5", "2"], (0.5, 2), ""),
        (["10 days", "2 weeks"], (0, 1), ""),
        (["2024-04-04", "2026-04-04"], (0, 1), ""),
        (["usual", "equal"], (0, 1), ""),
    ],
)
def test_settings_stand_at_their_number_if_all_have_one_unit_and_dates_are_no_numbers(values, at, unit):
    found = settings_of("a.path", values)
    assert (found.at, found.unit) == (at, unit)


# Maps


@pytest.mark.parametrize("width", SHEETS)
def test_a_map_has_the_figure_of_each_combination_in_its_cell(width):
    found = grid()
    axes = found.plot(width=width).axes[0]
    cells = {text.get_position(): text.get_text() for text in axes.texts if isinstance(text.get_position()[0], int)}
    table = found.table()
    table = table[table["reading"] == "loss_share.all sales"]
    for i, cover in enumerate((10, 20, 30, 40, 50)):
        for k, length in enumerate(range(10, 71, 10)):
            row = table[(table[FIRST] == f"{cover} days") & (table["shocks.fire.duration"] == f"{length} days")]
            assert float(cells[i, k]) == pytest.approx(100 * row["mean"].iloc[0], abs=0.051)
    assert axes.get_xlabel().replace("\n", " ") == f"{FIRST} (days)"
    assert "upwards: shocks.fire.duration (days)" in words(axes.get_figure())


def test_a_map_of_more_cells_than_figures_have_room_in_has_lines_instead():
    axes = large().plot(width="narrow").axes[0]
    assert not [text for text in axes.texts if isinstance(text.get_position()[0], int)]
    assert axes.get_images()[0].get_array().shape == (7, 30)
    assert len(axes.collections) == 1


def test_a_cloud_has_a_dot_for_each_point_over_each_path():
    found = cloud()
    figure = found.plot()
    lost = means(found, "loss_share.all sales", 100.0)
    for axes, path in zip(figure.axes, found.study.points.paths, strict=True):
        dots = next(one for one in axes.lines if one.get_label() == "_points")
        said = found.table().drop_duplicates("point")[path]
        assert dots.get_xdata() == pytest.approx([float(value.split()[0]) for value in said])
        assert dots.get_ydata() == pytest.approx(lost)


# Searches and comparisons


@pytest.mark.parametrize("width", SHEETS)
def test_a_search_shows_where_the_condition_holds_where_it_fails_and_the_answer(width):
    axes = sought().plot(width=width).axes[0]
    lines = lines_of(axes)
    assert max(lines["fails"].get_xdata()) == 30 and min(lines["holds"].get_xdata()) == 35
    assert (lines["answer"].get_xdata(), lines["answer"].get_ydata()) == ([35], pytest.approx([20]))
    assert list(lines["limit"].get_ydata()) == [25, 25]
    assert {text.get_text() for text in axes.get_legend().get_texts()} == set(lines)


def dots(axes):
    """Where each row's mean lies, and its colour."""
    return [(float(one.get_xdata()[0]), to_hex(one.get_color())) for one in axes.lines if one.get_marker() == "o"]


@pytest.mark.parametrize("width", SHEETS)
def test_a_comparison_has_what_each_avoids_the_best_first(width):
    found = compared(price=False)
    axes = found.plot(width=width).axes[0]
    assert dots(axes) == [(pytest.approx(x), c) for x, c in ((3000, "#0072b2"), (1500, "#0072b2"), (-1000, "#d55e00"))]
    names = [text.get_text() for text in sorted(axes.texts, key=lambda text: text.get_position()[1])]
    assert names == ["two months more", "a month more", "less"]


def test_what_it_costs_has_axes_beside_it_or_is_said_below_each_name():
    found = compared()
    wide, narrow = found.plot(), found.plot(width="narrow")
    assert [axes.get_xlabel() for axes in wide.axes] == ["avoided (t)", "extra cost (USD)"]
    costs = [x for x, _ in dots(wide.axes[1])]
    assert len(narrow.axes) == 1 and len(costs) == 3
    said = [text.get_text() for text in narrow.axes[0].texts if text.get_text().startswith("costs")]
    known = [float(one.split()[1].replace(",", "").replace("−", "-")) for one in said]
    assert known == pytest.approx(costs, rel=0.005)
    assert "avoids" in said[0] and "avoids" not in said[2]


def test_a_name_too_long_for_its_column_is_shortened_and_on_a_narrow_page_has_more_room():
    wide, narrow = (
        [text.get_text() for text in texts(compared(True).plot(width=width)) if text.get_text().startswith(LONG[:20])]
        for width in SHEETS
    )
    shortened = [[one for one in some if one.endswith("…")][0] for some in (wide, narrow)]
    assert len(shortened[0]) < len(shortened[1]) < len(LONG)


# Time to survive


def test_dots_of_one_length_that_would_lie_upon_each_other_lie_side_by_side():
    axes = stressed().plot("time_to_survive").axes[0]
    found = {}
    for dot in axes.collections:
        if isinstance(dot, PathCollection):
            x, y = dot.get_offsets()[0]
            found.setdefault((round(x / 30) * 30, float(y)), []).append(float(x))
    assert set(found) == {(length, height) for length in (30, 60, 90) for height in (5, 25, 50)}
    for (length, height), across in found.items():
        assert len(across) == {5: 2, 25: 1, 50: 4}[height]
        assert len(set(across)) == len(across) and np.mean(across) == pytest.approx(length)
        assert np.ptp(across) < 30, "never as far as the next length"
    assert [tick.get_text() for tick in axes.get_xticklabels()][::-1] == ["0", "30", "60", "90"]
