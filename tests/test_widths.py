"""Narrow pictures from the shell and in a report, the warning for glyphs, and what the panel of unmet demand says."""

import json
import re
from base64 import b64decode

import numpy as np
import pytest
from click.testing import CliRunner
from legible import assert_legible, words
from matplotlib.colors import to_hex
from outcomes import level, outcome, random_world, world
from worlds import chain, outage

import sim
from sim.cli.main import verbs
from sim.results.pictures import KINDS
from sim.results.plots import style
from sim.results.plots.drawing import dashes
from sim.results.plots.resilience import resilience
from sim.results.plots.sheet import NARROW, SHEETS
from sim.results.report import of_run

FIRE = {"fire": outage("mine", 30, 40)}
WORLD = chain(covers=(10, 5), shocks=FIRE, days=120)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "w.yaml").write_text(json.dumps(WORLD), encoding="utf-8")
    return tmp_path


def shell(*said, code=0):
    done = CliRunner().invoke(verbs, [str(word) for word in said], prog_name="sim")
    assert done.exit_code == code, done.output
    return done.stdout + done.stderr


def width_of(svg):
    return float(re.search(rb'width="([0-9.]+)pt"', svg.read_bytes())[1]) / 72


# In the shell


@pytest.mark.parametrize(
    ("width", "names"),
    [
        ("wide", {"cover": 9.5}),
        ("narrow", {"cover_narrow": 3.6}),
        ("both", {"cover": 9.5, "cover_narrow": 3.6}),
    ],
)
def test_pictures_are_drawn_in_the_width_that_was_asked_for_under_a_name_that_says_it(folder, width, names):
    out = shell("plot", "w.yaml", "--kind", "cover", "--width", width, "--out", "p", "--quiet")
    files = sorted(folder.glob("p/*"))
    assert {file.name for file in files} == {f"{name}.{kind}" for name in names for kind in ("png", "svg")}
    assert {name: width_of(folder / f"p/{name}.svg") for name in names} == pytest.approx(names)
    assert all(f"Written to {file.relative_to(folder)}" in out for file in files)


def test_one_file_holds_one_width_and_a_width_that_is_not_there_is_refused(folder):
    assert "for both widths name a folder" in shell("plot", "w.yaml", "--width", "both", "--out", "p.svg", code=2)
    assert "'narow' is not one of" in shell("plot", "w.yaml", "--width", "narow", code=2)
    shell("plot", "w.yaml", "--width", "narrow", "--out", "p.svg", "--quiet")
    assert width_of(folder / "p.svg") == pytest.approx(3.6)


STUDIES = {
    "vary": ("run", "w.yaml", "--vary", "shocks.fire.duration=20:40:20 days"),
    "sweep": ("sweep", "w.yaml", "--vary", "shocks.fire.duration=20:40:20 days"),
    "stress": ("stress", "w.yaml"),
    "compare": ("compare", "w.yaml", "x.yaml"),
}


@pytest.mark.parametrize("name", STUDIES)
def test_studies_keep_both_widths(folder, name):
    (folder / "x.yaml").write_text(json.dumps(WORLD | {"title": "The other"}), encoding="utf-8")
    shell(*STUDIES[name], "--seed", 1, "--out", name, "--quiet")
    kept = [name, "time_to_survive"] if name == "stress" else [name]
    assert {file.name for file in (folder / name).glob("*.svg")} == {
        f"{one}{ending}.svg" for one in kept for ending in ("", "_narrow")
    }
    assert width_of(folder / name / f"{name}_narrow.svg") == pytest.approx(3.6)


# In a report


def images(page):
    text = page.read_text("utf-8")
    return [(kind, b64decode(data)) for kind, data in re.findall(r'<img( class="\w+")? src="[^"]*?,([^"]*)"', text)]


def test_a_report_has_each_picture_twice_and_shows_the_narrow_one_on_narrow_screens_alone(folder):
    page = sim.report("w.yaml", "r.html")
    found = images(page)
    assert [kind.strip() for kind, _ in found] == ['class="broad"', 'class="narrow"'] * len(of_run.DRAWN)
    assert all(
        f'width="{inches * 72:g}pt"'.encode() in svg for (_, svg), inches in zip(found, [9.5, 3.6] * 3, strict=True)
    )
    text = page.read_text("utf-8")
    rules = re.search(
        r"@media screen and \(max-width: 40rem\) \{[^}]*?img\.broad \{ display: none; \}.*?\n\}", text, re.S
    )
    assert "img.narrow { display: block;" in rules[0]
    outside = text.replace(rules[0], "")
    assert "img.narrow { display: none; }" in outside and "img.broad" not in outside


def test_a_report_of_a_folder_has_the_narrow_picture_it_holds_and_does_without_where_there_is_none(folder):
    shell(*STUDIES["sweep"], "--seed", 1, "--out", "s", "--quiet")
    narrow = (folder / "s" / "sweep_narrow.svg").read_bytes()
    assert [(kind.strip(), svg == narrow) for kind, svg in images(sim.report("s"))] == [
        ('class="broad"', False),
        ('class="narrow"', True),
    ]
    for file in folder.glob("s/sweep_narrow.*"):
        file.unlink()
    assert [kind for kind, _ in images(sim.report("s"))] == [""]


def test_a_path_is_written_to_a_hundredth_of_a_point_and_lies_where_it_lay():
    figure = style.new_figure(2.0, 1.0)
    figure.add_axes((0, 0, 1, 1)).plot([0.0, 1 / 3, 1.0], [0.0, 1 / 7, 1.0], label="a.12345")
    svg = style.rendered(figure, "svg").decode()
    paths = re.findall(r' d="([^"]*)"', svg)
    assert paths and not any(re.search(r"\.\d{3}", path) or "\n" in path for path in paths)
    drawn = figure.axes[0].lines[0]
    points = figure.axes[0].transData.transform(drawn.get_xydata()) * 72 / figure.dpi
    wanted = [f"{round(x, 2) + 0.0:.6g} {round(72 - y, 2) + 0.0:.6g}" for x, y in points]
    assert any(all(point in path for point in wanted) for path in paths)


# The warning for glyphs


def test_what_no_font_can_draw_is_told_once_of_all_pictures_and_again_the_next_time(folder, monkeypatch):
    monkeypatch.setattr(style, "CHINESE_FONTS", ())
    (folder / "w.yaml").write_text(json.dumps(WORLD | {"title": "磁铁"}), encoding="utf-8")
    for _ in range(2):
        said = shell("plot", "w.yaml", "--kind", "all", "--width", "both", "--out", "p", "--quiet", "--overwrite")
        assert " ".join(said.split()).count("no installed font can draw '磁铁'") == 1
    assert len(list(folder.glob("p/*.png"))) > len(KINDS)


# Late or lost


def unmet(late, lost):
    """Of 10 a day, so much unmet on days 50 to 59, and so much of it given up."""
    rows = {("unmet", "cars"): level(usual=0, d50_60=late + lost), ("lost", "cars"): level(usual=0, d50_60=lost)}
    return outcome(rows)


@pytest.mark.parametrize("width", SHEETS)
@pytest.mark.parametrize(
    ("late", "lost", "said"),
    [(10, 0, "10 % late, 0 % lost"), (0, 10, "0 % late, 10 % lost"), (6, 4, "6 % late, 4 % lost")],
)
def test_unmet_demand_says_how_much_is_late_and_how_much_is_lost(late, lost, said, width):
    figure = resilience(unmet(late, lost), sheet=SHEETS[width])
    assert f"cars, {said}" in words(figure)
    assert "line: late or lost, filled: lost for good" in words(figure)


@pytest.mark.parametrize(("late", "lost"), [(10, 0), (0, 10), (6, 4)])
def test_only_what_is_lost_is_filled(late, lost):
    axes = resilience(unmet(late, lost)).axes[-1]
    line = next(one for one in axes.lines if one.get_label() == "cars")
    assert line.get_ydata() == pytest.approx(level(usual=0, d50_60=100))
    fills = [one for one in axes.collections if to_hex(one.get_facecolor()[0]) == to_hex(line.get_color())]
    assert len(fills) == 1
    y = fills[0].get_paths()[0].vertices[:, 1]
    assert y.max() == pytest.approx(10 * lost)


def test_what_is_lost_is_filled_to_the_median_of_replications():
    sizes = np.linspace(0, 10, 21)
    series = np.stack([level(usual=0, d40_60=size) for size in sizes], axis=1)
    out = outcome({("unmet", "cars"): series, ("lost", "cars"): series / 2}, random_world(), replications=21)
    axes = resilience(out).axes[-1]
    tops = sorted(float(one.get_paths()[0].vertices[:, 1].max()) for one in axes.collections)
    assert tops == pytest.approx([25.0, 95.0]), "lost: the median; the band: up to 95 % of what is unmet"


# Names of bars


def test_a_long_name_on_a_narrow_page_has_a_line_of_its_own():
    name = "a_market_of_some_length_which_is_named_here"
    data = world()
    data["markets"][name] = data["markets"].pop("cars")
    figure = resilience(outcome({("sales", name): level(d50_60=0)}, data), sheet=NARROW)
    said = [text.get_text() for text in figure.axes[0].texts]
    assert said == ["ban", "11 Jan to 30 Jan 2025", name, "below baseline 20 Feb 2025 to 1 Mar 2025"]
    assert_legible(figure)
    short = resilience(outcome({("sales", "cars"): level(d50_60=0)}), sheet=NARROW)
    assert [text.get_text() for text in short.axes[0].texts][0] == "ban: 11 Jan to 30 Jan 2025"
    assert short.get_figheight() < figure.get_figheight()


def test_on_a_wide_page_words_that_fit_nowhere_run_over_the_end_of_their_bar_instead_of_being_cut():
    name = "a_market_of_some_length_which_is_named_here"
    data = world()
    data["markets"][name] = data["markets"].pop("cars")
    figure = resilience(outcome({("sales", name): level(d10_90=0)}, data))
    assert f"{name}: below baseline 11 Jan 2025 to 31 Mar 2025" in words(figure)
    assert_legible(figure)


# Lines upon each other


def test_lines_that_lie_upon_each_other_leave_something_of_all_to_be_seen():
    one, other = np.array([0.0, 1.0, 2.0]), np.array([0.0, 1.0, 1.9])
    assert dashes([one, other]) == ["-", "-"]
    assert dashes([one, other, one + 1e-3, one]) == ["-", "-", (0, (8.0, 4.0)), (0, (4.0, 8.0))]
    assert dashes([one, np.array([0.0, np.nan, 2.0]), one[:2]]) == ["-"] * 3
    assert dashes([]) == []


def test_stages_that_stop_alike_are_both_seen_in_the_picture():
    rows = {("output", place): level(d40_60=0) for place in ("maker: magnet", "mine_a: ore")}
    lines = {one.get_label(): one for one in resilience(outcome(rows)).axes[2].lines}
    assert [lines[name].is_dashed() for name in ("ore", "magnet")] == [False, True]
