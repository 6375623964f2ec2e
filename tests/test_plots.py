"""What pictures show: the right lines and words, every name as text, nothing overlapping, nothing cut off."""

import itertools
import re
import warnings
from xml.etree import ElementTree

import numpy as np
import pytest
from matplotlib.colors import to_hex
from outcomes import level, outcome, random_world, world

from sim.errors import OutputError
from sim.results.plots import style
from sim.results.plots.drawing import spread
from sim.results.plots.headline import headline
from sim.results.plots.panels import MOST, bars, panels
from sim.results.plots.resilience import resilience

MAKER = "maker: magnet"
HOSTILE = ["=cmd|'/C calc'!A0", "<script>alert(1)</script>", r"$\frac{$", "[red]", "a&b", "x" * 100, "p", "q"]
SHOCKS, COVER, OUTPUT, UNMET = range(4)


def banned(data=None, replications=1):
    stock = np.interp(np.arange(100), [0, 17, 47, 57, 87], [300, 300, 0, 0, 300])
    rows = {
        ("output", MAKER): level(d47_57=0),
        ("sales", "cars"): level(d50_60=0),
        ("unmet", "cars"): level(usual=0, d50_60=10),
        ("stock", "maker: ore"): stock,
    }
    return outcome(rows, data, replications=replications)


def many_makers():
    """Eight makers with eight markets, all hit alike, and eight shocks, under names that try to be more than names."""
    data = world(title=r"What if $\frac{$ <b>all</b> of it stops?")
    maker, market, ban = data["facilities"]["maker"], data["markets"]["cars"], data["shocks"]["ban"]
    data["facilities"] = {"mine_a": data["facilities"]["mine_a"]} | {name: maker for name in HOSTILE}
    data["markets"] = {f"m {name}"[:100]: market | {"from": {name: {"transit": "3 days"}}} for name in HOSTILE}
    data["shocks"] = {
        name: ban | {"effective": f"day {10 * i}", "announced": f"day {5 * i}", "duration": f"{[5, 70][i % 2]} days"}
        for i, name in enumerate(HOSTILE)
    }
    rows = {("unmet", f"m {name}"[:100]): level(usual=0, d50_60=10 - i) for i, name in enumerate(HOSTILE)}
    rows |= {("stock", f"{name}: ore"): level(usual=300, d40_60=30 * i) for i, name in enumerate(HOSTILE)}
    rows |= {("sales", f"m {name}"[:100]): level(d50_60=i) for i, name in enumerate(HOSTILE)}
    return outcome(rows, data)


def words(figure):
    return [text.get_text() for axes in figure.axes for text in _texts(axes)] + [t.get_text() for t in figure.texts]


def _texts(axes):
    ticks = [label for axis in (axes.xaxis, axes.yaxis) for label in axis.get_ticklabels()]
    low, high = sorted(axes.get_ylim())
    shown = [t for t in ticks if t in axes.get_xticklabels() or low <= t.get_position()[1] <= high]
    titles = [axes.title, axes._left_title, axes._right_title]
    return [text for text in (*axes.texts, *titles, *shown) if text.get_text() and text.get_visible()]


def lines_of(axes):
    return {line.get_label(): line for line in axes.lines if not line.get_label().startswith("_")}


def test_the_picture_has_a_panel_for_shocks_cover_output_and_demand():
    titles = [axes.get_title(loc="left") for axes in resilience(banned()).axes]
    assert [title.split(",")[0] for title in titles] == [
        "Shocks",
        "Days of cover of the inputs most hit (1 of 2 shown)",
        "Output along the chain",
        "Unmet demand at the markets",
    ]


def test_lines_are_what_happened():
    axes = resilience(banned()).axes
    cover = lines_of(axes[COVER])["maker: ore"].get_ydata()
    assert (cover[0], cover[50], cover[99]) == (30, 0, 30)
    output = lines_of(axes[OUTPUT])
    assert set(output) == {"ore", "magnet"}
    assert np.array_equal(output["magnet"].get_ydata(), 10 * level(d47_57=0))
    assert np.array_equal(lines_of(axes[UNMET])["cars"].get_ydata(), level(usual=0, d50_60=100))


def test_each_line_is_labelled_in_its_colour_with_its_worst():
    axes = resilience(banned()).axes[OUTPUT]
    labels = {text.get_text(): text for text in axes.texts}
    assert set(labels) == {"ore, lowest 100 %", "magnet, lowest 0 %"}
    color = to_hex(lines_of(axes)["magnet"].get_color()).upper()
    assert color in style.COLORS
    assert labels["magnet, lowest 0 %"].get_color() == pytest.approx(
        [0.7 * int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    )


def test_the_baseline_is_a_line_at_one_hundred_percent():
    axes = resilience(banned()).axes[OUTPUT]
    assert any(list(line.get_ydata()) == [100.0, 100.0] and line.get_linestyle() != "-" for line in axes.lines)


def test_the_time_of_a_shock_is_shaded_in_every_panel_and_its_announcement_dotted():
    ban = world()["shocks"]["ban"] | {"announced": "day 4"}
    for axes in resilience(banned(world(shocks={"ban": ban}))).axes[COVER:]:
        spans = [patch.get_extents().transformed(axes.transData.inverted()) for patch in axes.patches]
        assert [(round(span.x0), round(span.x1)) for span in spans] == [(10, 30)]
        assert any(list(line.get_xdata()) == [4.0, 4.0] and line.get_linestyle() == ":" for line in axes.lines)


def test_a_shock_is_named_with_its_dates():
    ban = world()["shocks"]["ban"] | {"announced": "2024-12-20"}
    assert "ban: announced 20 Dec 2024, 11 Jan to 30 Jan 2025" in words(resilience(banned(world(shocks={"ban": ban}))))
    (bar,) = bars(banned(world(shocks={"ban": world()["shocks"]["ban"] | {"duration": "500 days"}})))
    assert bar.lasts and bar.last == 100 and bar.when == "11 Jan 2025 to beyond the end"


def test_bands_hold_ninety_percent_of_replications_around_the_median():
    sizes = np.linspace(0, 10, 21)
    series = np.stack([level(d40_60=size) for size in sizes], axis=1)
    out = outcome({("output", MAKER): series}, random_world(), replications=21)
    line = panels(out)[1].lines[1]
    assert (line.low[50], line.middle[50], line.high[50]) == pytest.approx((5.0, 50.0, 95.0))
    axes = resilience(out).axes[OUTPUT]
    band = axes.collections[-1].get_paths()[0].vertices
    at = band[np.isclose(band[:, 0], 50)][:, 1]
    assert (at.min(), at.max()) == pytest.approx((5.0, 95.0))
    assert any("bands: 5 % to 95 %" in text for text in words(resilience(out)))


def test_the_headline_says_what_is_lost_where_and_when():
    assert headline(banned()) == (
        "cars loses 10 days of sales (10 % of the run's). It first falls below its baseline on 20 Feb 2025, "
        "40 days after the first shock, and is back for good 50 days after it."
    )
    assert headline(outcome({})) == "Nothing is lost: no market and no facility falls below its baseline."
    assert "loses 1,750 days of sales" in headline(outcome({("sales", "cars"): level(2000, d250_2000=0)}, days=2000))


def test_the_headline_gives_the_mean_with_n_and_interval_or_says_too_few():
    often = np.stack([level(d50_60=i % 5) for i in range(30)], axis=1)
    rarely = np.stack([level(d50_60=0), *[level()] * 29], axis=1)
    assert "95 %: " in headline(outcome({("sales", "cars"): often}, random_world(), replications=30))
    assert "n = 30" in headline(outcome({("sales", "cars"): often}, random_world(), replications=30))
    assert "loss in 1 of 30" in headline(outcome({("sales", "cars"): rarely}, random_world(), replications=30))


def test_the_headline_says_when_there_is_no_recovery():
    assert "not back at its baseline when the run ends" in headline(outcome({("sales", "cars"): level(d50_100=0)}))


def test_the_foot_says_where_the_picture_comes_from():
    foot = "supplyshock 0.1.0, 1 replication, seed 7; 3 of 10 numbers are assumed, at least in part"
    assert foot in words(resilience(banned()))


def test_a_panel_never_holds_more_lines_than_there_are_colours_and_says_so():
    figure = resilience(many_makers())
    for axes in figure.axes[COVER:]:
        assert len(lines_of(axes)) <= MOST
    assert "(6 of 8 shown)" in figure.axes[UNMET].get_title(loc="left")
    assert "(6 of 16 shown)" in figure.axes[COVER].get_title(loc="left")
    assert figure.axes[SHOCKS].get_title(loc="left") == "Shocks (6 of 8 shown)"


def test_the_most_hit_are_shown_first():
    lines = panels(many_makers())[2].lines
    assert [line.name for line in lines[:2]] == [f"m {HOSTILE[0]}", f"m {HOSTILE[1]}"]


@pytest.mark.parametrize("make", [banned, many_makers, lambda: outcome({}, world(shocks={}), days=30)])
def test_no_words_overlap_and_none_are_cut_off(make):
    figure = resilience(make())
    renderer = figure.canvas.get_renderer()
    figure.draw(renderer)
    texts = [text for axes in figure.axes for text in _texts(axes)] + figure.texts
    boxes = [(text.get_text(), text.get_window_extent(renderer)) for text in texts]
    width, height = figure.get_size_inches() * figure.dpi
    for words, box in boxes:
        assert box.x0 >= 0 and box.y0 >= 0 and box.x1 <= width and box.y1 <= height, words
    for (one, a), (other, b) in itertools.combinations(boxes, 2):
        across, up = min(a.x1, b.x1) - max(a.x0, b.x0), min(a.y1, b.y1) - max(a.y0, b.y0)
        assert across <= 1 or up <= 1, f"{one!r} overlaps {other!r}"


def test_hostile_names_are_text_in_svg_and_png():
    figure = resilience(many_makers())
    svg = style.rendered(figure, "svg").decode()
    root = ElementTree.fromstring(svg)
    said = " ".join("".join(e.itertext()) for e in root.iter() if e.tag.endswith("text"))
    assert "<script>alert" in said and r"$\frac{$" in said and "=cmd|'/C calc'!A0" in said and "[red]" in said
    assert not [e for e in root.iter() if e.tag.lower().endswith("script")]
    assert "<script" not in svg
    assert style.rendered(figure, "png").startswith(b"\x89PNG")


def test_the_same_outcome_gives_the_same_bytes():
    one, other = (style.rendered(resilience(banned()), "svg") for _ in range(2))
    assert one == other
    assert not re.search(rb"<dc:date>", one)


def test_chinese_is_drawn_or_a_warning_names_what_is_missing(monkeypatch):
    monkeypatch.setattr(style, "CHINESE_FONTS", ())
    with pytest.warns(UserWarning, match="no installed font can draw '磁铁'"):
        figure = resilience(banned(world(title="磁铁 stop")))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert "磁铁" in style.rendered(figure, "svg").decode()
        style.rendered(figure, "png")


def test_pictures_are_saved_once_by_their_ending(tmp_path):
    figure = resilience(banned())
    style.save(figure, tmp_path / "a.png")
    style.save(figure, tmp_path / "a.svg")
    with pytest.raises(OutputError, match="exists already"):
        style.save(figure, tmp_path / "a.svg")
    with pytest.raises(OutputError, match=r"\.png or \.svg"):
        style.save(figure, tmp_path / "a.exe")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.png", "a.svg"]


def test_settings_of_the_user_are_left_alone():
    import matplotlib

    before = dict(matplotlib.rcParams)
    resilience(banned())
    assert dict(matplotlib.rcParams) == before


def test_it_draws_on_axes_of_your_own():
    from matplotlib.figure import Figure

    mine = Figure(figsize=(12, 8))
    axes = mine.subplots(4, 1)
    assert resilience(banned(), axes) is mine
    assert set(lines_of(axes[OUTPUT])) == {"ore", "magnet"}
    with pytest.raises(ValueError, match="4 axes"):
        resilience(banned(), axes[:2])


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (10, ["1 Apr 2025", "3 Apr 2025", "5 Apr 2025", "7 Apr 2025", "9 Apr 2025", "11 Apr 2025"]),
        (120, ["Apr 2025", "May 2025", "Jun 2025", "Jul 2025"]),
        (540, ["Apr 2025", "Jul 2025", "Oct 2025", "Jan 2026", "Apr 2026", "Jul 2026"]),
    ],
)
def test_dates_are_months_as_words_or_days_in_a_short_run(days, words):
    import datetime

    assert style.date_ticks(datetime.date(2025, 4, 1), days)[1] == words


@pytest.mark.parametrize("days", [1, 2, 29, 62, 63, 365, 1000, 3650, 100_000])
def test_there_are_never_more_than_a_few_dates(days):
    import datetime

    marked, said = style.date_ticks(datetime.date(2025, 4, 15), days)
    assert 1 <= len(marked) <= 8 and len(said) == len(marked)
    assert all(0 <= day <= days for day in marked)


@pytest.mark.parametrize("wanted", [[5, 5, 5], [0, 0.1, 9.9], [10, 10, 10, 10], [3, 1, 2], []])
def test_labels_are_spread_within_the_height_in_order(wanted):
    placed = spread(wanted, 1.0, 10.0)
    assert all(0 <= at <= 10 for at in placed)
    assert all(abs(a - b) >= 1 - 1e-12 for a, b in itertools.combinations(placed, 2))
    assert all(placed[i] < placed[j] for i in range(len(wanted)) for j in range(len(wanted)) if wanted[i] < wanted[j])
