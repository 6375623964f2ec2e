"""Every kind of picture: what is drawn is what happened, in words and units that are said, and nothing runs over."""

import json
import math
import re
from collections import Counter
from functools import cache, partial
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from click.testing import CliRunner
from legible import assert_legible, words
from matplotlib.figure import Figure
from outcomes import level, outcome, random_world
from worlds import (
    chain,
    closure,
    licensing,
    outage,
    regime,
    scenario_of,
    t_a_day,
    two_sources,
    variant,
    without_shocks,
    world,
)

import sim
from sim.cli.main import verbs
from sim.errors import ScenarioError
from sim.results import pictures
from sim.results.losses import loss_days
from sim.results.measured import ALL_OUTPUT, curve_at
from sim.results.pictures import ABOUT_A_PLACE, KINDS
from sim.results.plots import style
from sim.results.plots.cover import cover
from sim.results.plots.exceedance import exceedance, tails
from sim.results.plots.licence_desk import licence_desk
from sim.results.plots.lost_by_cause import lost_by_cause
from sim.results.plots.lost_by_stage import lost_by_stage
from sim.results.plots.network_map import network_map
from sim.results.plots.order import Tie, crossings, ordered
from sim.results.plots.replications import evenly, replications
from sim.results.plots.resilience import resilience
from sim.results.plots.sankey import flows_of, sankey
from sim.results.plots.sheet import SHEETS
from sim.results.plots.stack import MADE_UP
from sim.results.plots.supplying import chart_of, labelled
from sim.studies.charge import charge

SCENARIOS = Path(__file__).parent.parent / "scenarios"
FIRE = {"fire": outage("mine", 30, 40)}
LUCK = {"distribution": "gamma", "mean": "9 days", "sd": "4 days"}
LICENSED = {
    "licences": {"office": regime(20, approval="60 %", returned="10 %")},
    "shocks": {"rule": licensing(20)},
    "seed": 3,
}
HOSTILE = [r"$\frac{$", "<script>alert(1)</script>", "磁铁制造商", "x" * 100, "=cmd|'/C calc'!A0", "[red]a&b"]


def lived(data, replications_=1, seed=1):
    return sim.run(scenario_of(data), replications=replications_, seed=seed).outcome


@cache
def burnt():
    return lived(chain(covers=(10, 5), shocks=FIRE, days=150))


@cache
def lucky(number=25):
    """The same with a transit time that is drawn, and markets that wait for what they miss."""
    return lived(chain(covers=(10, 5), transits=[LUCK, 2, 2], shocks=FIRE, days=150), number)


@cache
def licensed(number=4):
    return lived(chain(covers=(10, 5), days=200, **LICENSED), number)


@cache
def hostile():
    """Mines, plants and markets under names that try to be more than names, each plant with a market of its own."""
    mines = {
        f"m{name}"[:100]: {"kind": "mine", "country": name[:30], "makes": "ore", "capacity": t_a_day(200)}
        for name in HOSTILE[:4]
    }
    buys = {"ore": {"cover": "10 days", "from": {name: {"transit": "3 days"} for name in mines}}}
    plant = {
        "kind": "refiner",
        "makes": "磁铁<b>$x$",
        "capacity": t_a_day(200),
        "recipe": {"ore": "1 t/t"},
        "buys": buys,
    }
    plants = {f"p{name}"[:100]: plant | {"country": f"country {name[:9]}"} for name in HOSTILE}
    users = {"country": "US", "wants": "磁铁<b>$x$", "demand": "90 t/day"}
    markets = {
        f"u{name}"[:100]: users | {"from": {seller: {"transit": "2 days"}}}
        for name, seller in zip(HOSTILE, plants, strict=True)
    }
    data = world(mines | plants, markets, days=120)
    for i, name in enumerate(mines):
        data["shocks"][f"{name}!"[:100]] = outage(name, 20 + 5 * i, 40, source="test")
    return lived(data | {"title": r"What if $\frac{$ <b>all</b> stops? " + "MWMW " * 12})


@cache
def _shipped(name):
    return sim.run(SCENARIOS / f"{name}.yaml", replications=2, seed=7).outcome


SHIPPED = [partial(_shipped, name) for name in ("rare_earth_licences", "fab_30_days", "nexperia_export_stop")]
WORLDS = {
    "one replication": burnt,
    "many replications": lucky,
    "licences": licensed,
    "no shock": lambda: lived(without_shocks(chain(days=60))),
    "nothing lost": lambda: lived(chain(covers=(60,), shocks={"shut": closure(20, 3, buyer="plant_1")}, days=60)),
}


def draw(out, kind, at=""):
    return sim.plot(sim.Result(out), kind, at=at)


def lines_of(axes):
    return {line.get_label(): line for line in axes.lines if not line.get_label().startswith("_")}


def layers_of(axes):
    """Height of each layer of a stack by day."""
    found = {}
    for layer in axes.collections:
        if not layer.get_label().startswith("_"):
            x, y = layer.get_paths()[0].vertices.T
            found[layer.get_label()] = np.array([np.ptp(y[x == day]) for day in np.unique(x)])
    return found


def patches_of(axes, kind):
    return [patch for patch in axes.patches if type(patch).__name__ == kind]


# Every kind over every world


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", WORLDS)
@pytest.mark.filterwarnings("ignore:no installed font")
def test_every_kind_is_drawn_of_every_world_with_its_title_and_where_it_comes_from(kind, name):
    said = words(draw(WORLDS[name](), kind))
    assert "A tiny world" in said
    assert re.search(r"supplyshock \S+, \d+ replications?, seed 1", said)


@pytest.mark.parametrize("width", SHEETS)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("make", [burnt, licensed, hostile, *SHIPPED])
@pytest.mark.filterwarnings("ignore:no installed font")
def test_no_words_overlap_and_none_are_cut_off(kind, make, width):
    assert_legible(sim.plot(sim.Result(make()), kind, width=width))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.filterwarnings("ignore:no installed font")
def test_hostile_names_are_text_and_the_same_picture_has_the_same_bytes(kind):
    out = hostile()
    one, other = (style.rendered(draw(out, kind), "svg") for _ in range(2))
    assert one == other
    root = ElementTree.fromstring(one)
    assert not [e for e in root.iter() if e.tag.lower().endswith("script")]
    said = " ".join("".join(e.itertext()) for e in root.iter() if e.tag.endswith("text"))
    assert r"What if $\frac{$ <b>all</b> stops?" in said
    if kind not in ("licence_desk", "lost_by_cause"):
        assert "磁铁" in said


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in ABOUT_A_PLACE])
def test_what_is_not_about_one_place_says_which_are(kind):
    with pytest.raises(ScenarioError, match="not about one place; these can be: cover"):
        draw(burnt(), kind, at="users")


@pytest.mark.parametrize("kind", ABOUT_A_PLACE)
def test_a_place_that_is_not_there_is_answered_with_the_one_that_was_meant(kind):
    known = "office" if kind == "licence_desk" else "plant_1"
    with pytest.raises(ScenarioError, match=f"Did you mean '{known}"):
        draw(licensed(), kind, at=f"{known}e")


def test_a_kind_that_is_not_there_is_answered_with_the_one_that_was_meant():
    with pytest.raises(ScenarioError, match=r"no picture 'sankei'\. Did you mean 'sankey'\? There are resilience"):
        draw(burnt(), "sankei")


def test_text_is_as_wide_in_the_picture_as_it_was_measured():
    widths = []
    for dots in (72, 100, 150):
        with style.look():
            figure = style.new_figure(9.5, 1.0)
            figure.set_dpi(dots)
            text = figure.text(0, 0, "358 of 365 numbers are assumed, at least in part", fontsize=7.5)
            widths.append(text.get_window_extent(figure.canvas.get_renderer()).width / dots)
    assert widths == pytest.approx([widths[0]] * 3, rel=0.005)


def test_user_settings_are_left_alone():
    import matplotlib

    before = dict(matplotlib.rcParams)
    for kind in KINDS:
        draw(burnt(), kind)
    assert dict(matplotlib.rcParams) == before


# Resilience


def test_time_to_impact_and_recovery_are_marked_through_all_panels_and_said_on_a_bar():
    out = outcome({("sales", "cars"): level(d50_60=0)})
    figure = resilience(out)
    assert "cars: below baseline 20 Feb 2025 to 1 Mar 2025" in words(figure)
    bar = [patch for patch in figure.axes[0].patches if patch.get_facecolor()[:3] != (0.7333333333333333,) * 3]
    assert [(patch.get_x(), patch.get_x() + patch.get_width()) for patch in bar] == [(50, 60)]
    for axes in figure.axes[1:]:
        marks = [
            x.get_xdata()[0]
            for x in axes.lines
            if x.get_color() == style.VERMILLION and x.is_dashed() and len(x.get_xdata()) == 2
        ]
        assert marks == [50, 60]


def test_a_loss_that_lasts_has_no_end_marked():
    figure = resilience(outcome({("sales", "cars"): level(d50_100=0)}))
    assert "cars: below baseline 20 Feb 2025 to the end" in words(figure)
    marks = [
        x.get_xdata()[0]
        for x in figure.axes[1].lines
        if x.get_color() == style.VERMILLION and x.is_dashed() and len(x.get_xdata()) == 2
    ]
    assert marks == [50]


# Cover


def test_cover_is_stock_over_planned_use_in_a_panel_for_each_stage():
    out = burnt()
    figure = cover(out)
    titles = [axes.get_title(loc="left") for axes in figure.axes]
    assert titles == ["Shocks", "Stage 1: good_1, days", "Stage 2: good_2, days"]
    line = lines_of(figure.axes[1])["plant_1: good_0"].get_ydata()
    assert np.allclose(line, out.shocked["stock", "plant_1: good_0"][:, 0] / 100)
    assert (line[0], line.min()) == pytest.approx((10, 0))


def test_cover_of_a_buyer_shows_its_inputs_only_also_unhurt_ones():
    figure = cover(burnt(), at="plant_2")
    assert [set(lines_of(axes)) for axes in figure.axes[1:]] == [{"plant_2: good_1"}]
    assert set(lines_of(cover(WORLDS["nothing lost"](), at="plant_1").axes[1])) == {"plant_1: good_0"}


# Losses, stacked


@pytest.mark.parametrize("make", [burnt, lucky])
def test_layers_by_stage_are_what_is_missing_and_add_up_to_the_loss_of_all_output(make):
    out = make()
    axes = lost_by_stage(out).axes[1]
    layers = layers_of(axes)
    assert set(layers) == {"good_0", "good_1", "good_2", MADE_UP}
    gap = (out.baseline["output", "plant_1: good_1"] - out.shocked["output", "plant_1: good_1"]) / 100
    assert np.allclose(layers["good_1"], np.maximum(gap, 0).mean(axis=1), atol=1e-9)
    net = sum(daily.sum() for name, daily in layers.items() if name != MADE_UP) - layers[MADE_UP].sum()
    places = ("mine: good_0", "plant_1: good_1", "plant_2: good_2")
    assert net == pytest.approx(sum(float(loss_days(curve_at(out, place)).mean()) for place in places))
    assert axes.get_title(loc="left") == "Output missing, by stage of the chain, planned days a day"


def test_layers_are_counted_in_money_where_everything_has_a_price():
    data = two_sources(shocks={"fire": outage("mine_a", 20, 30)}, days=100)
    assert "planned days a day" in lost_by_stage(lived(data)).axes[1].get_title(loc="left")
    priced = variant(data, {"commodities.ore.price": "2 USD/t", "commodities.oxide.price": "5 USD/t"})
    out = lived(priced)
    figure = lost_by_stage(out)
    assert "USD a day" in figure.axes[1].get_title(loc="left")
    layers = layers_of(figure.axes[1])
    losses = sim.Result(out).table("losses")
    net = sum(daily.sum() for name, daily in layers.items() if name != MADE_UP)
    net -= np.sum(layers.get(MADE_UP, 0.0))
    assert net == pytest.approx(losses[losses["place"].isin(list(out.facilities))]["lost_value"].sum())


@pytest.mark.parametrize("make", [burnt, lucky, licensed])
def test_layers_by_cause_are_the_charges_of_explain_and_as_high_as_those_by_stage(make):
    out = make()
    charged = charge(out)
    layers, stages = (layers_of(f.axes[1]) for f in (lost_by_cause(out, charged=charged), lost_by_stage(out)))
    assert np.allclose(_height(layers), _height(stages))
    told = sim.explain(out.scenario, replications=len(out.replications), seed=out.seed).charged
    kinds = Counter()
    for place, causes in told.items():
        if place in out.facilities:
            for cause, values in causes.items():
                kinds[cause.kind] += float(np.mean(values)) / out.facts.output[place]
    for kind, daily in layers.items():
        if kind != MADE_UP:
            assert daily.sum() == pytest.approx(kinds[kind], abs=1e-6), kind


def _height(layers):
    return sum(daily for name, daily in layers.items() if name != MADE_UP)


def test_causes_of_one_place_name_the_input_that_was_short():
    out = burnt()
    charged = charge(out, "plant_1")
    axes = lost_by_cause(out, charged=charged).axes[1]
    assert axes.get_title(loc="left") == "Missing at plant_1: good_1, by cause, t a day"
    assert set(layers_of(axes)) - {MADE_UP} == {"input: good_0"}
    assert "suppliers had none of it" in words(lost_by_cause(out, charged=charged))


def test_a_run_alone_cannot_draw_causes_and_says_what_can():
    with pytest.raises(ScenarioError, match=r"sim\.plot\(result, 'lost_by_cause'\)"):
        sim.Result(burnt()).plot(kind="lost_by_cause")


# Chances


def test_the_exceedance_curve_gives_the_share_of_replications_that_lose_more():
    series = np.stack([level(d40_60=size) for size in (10, 10, 5, 0)], axis=1)  # 0, 0, 10 and 20 days of 100
    axes = exceedance(outcome({("sales", "cars"): series}, random_world(), replications=4)).axes[0]
    line = lines_of(axes)["cars"]
    assert line.get_drawstyle() == "steps-post"
    assert list(line.get_xdata()) == pytest.approx([0, 0, 10, 20])
    assert list(line.get_ydata()) == pytest.approx([100, 50, 25, 0])
    assert (axes.get_xlabel(), axes.get_ylabel()) == (
        "lost over the run, % of baseline",
        "chance of losing more, % of replications",
    )


def test_totals_stand_first_and_the_place_that_is_asked_for_alone():
    assert [tail.name for tail in tails(burnt())][0] == ALL_OUTPUT
    assert [tail.name for tail in tails(burnt(), "plant_2")] == ["plant_2: good_2"]
    assert "nothing about chances" in words(exceedance(burnt()))


def test_single_replications_go_from_the_least_lost_to_the_most():
    out = lucky()
    figure = replications(out, at="plant_1")
    lost = loss_days(curve_at(out, "plant_1: good_1"))
    numbers = [int(re.match(r"no\. (\d+)", axes.get_title(loc="left"))[1]) for axes in figure.axes]
    shown = [lost[out.replications.index(number)] for number in numbers]
    assert len(shown) == 12 and shown == sorted(shown)
    assert (shown[0], shown[-1]) == (lost.min(), lost.max())
    line = lines_of(figure.axes[3])["with the shocks"].get_ydata()
    assert np.array_equal(line, out.shocked["output", "plant_1: good_1"][:, out.replications.index(numbers[3])])
    assert "Output of plant_1: good_1, t a day: 12 of 25 replications" in words(figure)


@pytest.mark.parametrize("number", [1, 2, 11, 12, 13, 500])
def test_replications_are_chosen_evenly_and_none_twice(number):
    chosen = evenly(np.arange(number)[::-1].astype(float))
    assert len(set(chosen)) == len(chosen) == min(12, number)
    assert {0, number - 1} <= set(chosen.tolist())


# Licences


def test_the_desk_shows_what_was_filed_decided_and_pending():
    out = licensed(1)
    figure = licence_desk(out)
    row = sim.Result(out).table("licences").iloc[0]
    filed, pending = figure.axes[1], figure.axes[2]
    lines = {name: line.get_ydata() for name, line in lines_of(filed).items()}
    assert lines["filed"][-1] == row["filed"] > 0
    assert np.all(np.diff(lines["filed"]) >= 0)
    waiting = lines_of(pending)["pending"].get_ydata()
    assert np.array_equal(waiting, out.shocked["pending", "mine > plant_1: good_0"][:, 0])
    assert filed.get_title(loc="left") == "office: filed and decided up to each day, applications"


def test_without_an_authority_the_desk_says_so():
    assert "Nothing needs a licence." in words(licence_desk(burnt()))


# Networks


def test_columns_go_from_the_first_stage_to_the_last_and_width_is_by_flow():
    out = lived(two_sources("80 %", shocks={"shut": closure(20, 10, seller="mine_b")}, days=60))
    axes = network_map(out).axes[0]
    boxes = {patch.get_label(): patch for patch in patches_of(axes, "FancyBboxPatch")}
    assert boxes["mine_a"].get_x() == boxes["mine_b"].get_x() < boxes["plant"].get_x() < boxes["users"].get_x()
    curves = [p for p in patches_of(axes, "PathPatch") if p.get_linestyle() in ("-", "solid")]
    assert sorted(round(p.get_linewidth() - 0.5, 6) for p in curves) == [1.8, 7.2, 9.0]
    dashed = [p for p in patches_of(axes, "PathPatch") if p.get_linestyle() not in ("-", "solid")]
    (marked,) = dashed
    assert marked.get_path().vertices[0][1] == pytest.approx(boxes["mine_b"].get_y() + boxes["mine_b"].get_height() / 2)
    assert "3 facilities, 1 market, 3 links, of which shocks act on 1" in words(network_map(out))


def test_colour_is_by_country_and_where_a_shock_acts_the_edge_is_thick():
    axes = network_map(burnt()).axes[0]
    edges = {p.get_label(): p for p in patches_of(axes, "FancyBboxPatch")}
    assert len({p.get_facecolor() for p in edges.values()}) == 4
    assert {name for name, p in edges.items() if p.get_linewidth() > 1} == {"mine"}
    assert "mine · CN" in words(network_map(burnt()))


def test_labels_of_the_smallest_nodes_are_dropped_where_there_is_no_room():
    at, weight = {"a": 0.0, "b": 0.05, "c": 0.2}, {"a": 1.0, "b": 2.0, "c": 0.5}
    assert labelled(at, weight, 0.1) == {"b", "c"}
    crowd = {
        f"mine_{i:03}": {"kind": "mine", "country": "CN", "makes": "ore", "capacity": "9 t/day"} for i in range(150)
    }
    sellers = {name: {"transit": "2 days"} for name in crowd}
    users = {"country": "US", "wants": "ore", "demand": "100 t/day", "from": sellers}
    out = lived(world(crowd, {"users": users}, days=10))
    assert re.search(r"\d+ small nodes have no label", words(network_map(out)))
    assert re.search(r"\d+ small nodes have no label", words(sankey(out)))


def test_ribbons_are_as_wide_as_flows_and_what_is_missing_is_grey():
    out = burnt()
    flows, (calm, struck) = flows_of(out), sankey(out).axes
    for axes, expected in ((calm, flows.baseline), (struck, flows.shocked)):
        for patch in patches_of(axes, "PathPatch"):
            if _grey(patch):
                assert _thick(patch) / _unit(calm, flows) == pytest.approx(flows.baseline[patch.get_label()])
            else:
                assert _thick(patch) / _unit(calm, flows) == pytest.approx(expected[patch.get_label()])
    assert {p.get_label() for p in patches_of(struck, "PathPatch") if _grey(p)} == set(out.links)
    assert "mine −" in words(sankey(out))


def _grey(patch):
    return np.allclose(patch.get_facecolor()[:3], np.array([0xDD] * 3) / 255)


def _thick(patch):
    vertices = patch.get_path().vertices
    return vertices[4][1] - vertices[3][1]


def _unit(calm, flows):
    """Inches of a whole commodity."""
    one = next(p for p in patches_of(calm, "PathPatch") if not _grey(p))
    return _thick(one) / flows.baseline[one.get_label()]


def test_flows_are_of_the_thirty_days_on_which_most_is_missing():
    out = burnt()
    flows = flows_of(out)
    missing = sum((out.baseline["shipments", link] - out.shocked["shipments", link])[:, 0] for link in out.links) / 100
    sums = [missing[i : i + 30].sum() for i in range(out.days - 29)]
    assert flows.first == int(np.argmax(sums)) and flows.last == flows.first + 29
    link = "mine > plant_1: good_0"
    assert flows.shocked[link] == pytest.approx(
        out.shocked["shipments", link][flows.first : flows.last + 1].mean() / 100
    )


def test_columns_are_ordered_so_that_links_that_need_not_cross_do_not():
    stage = {f"a{i}": 0 for i in range(6)} | {f"b{i}": 1 for i in range(6)} | {f"c{i}": 2 for i in range(6)}
    ties = [Tie(f"a{i}", f"b{5 - i}", 1.0) for i in range(6)] + [
        Tie(f"b{i}", f"c{(i * 5 + 2) % 6}", 1.0) for i in range(6)
    ]
    before = [sorted(n for n in stage if stage[n] == s) for s in range(3)]
    assert crossings(before, ties) > 0
    assert crossings(ordered(stage, ties), ties) == 0


def test_a_crossing_counts_the_lighter_of_both_links():
    assert crossings([["a", "b"], ["c", "d"]], [Tie("a", "d", 2.0), Tie("b", "c", 3.0)]) == 2.0
    assert crossings([["a", "b"], ["c", "d"]], [Tie("a", "c", 2.0), Tie("b", "d", 3.0)]) == 0.0


def test_countries_beyond_the_colours_share_one():
    chart = chart_of(hostile())
    assert len(chart.colors) == len(style.COLORS)
    others = {chart.color(node) for node, country in chart.country.items() if country not in chart.colors}
    assert others == {style.GREY}


# The verb


@pytest.fixture
def kept(tmp_path, monkeypatch):
    """A folder that `sim run` wrote, in a folder of one's own."""
    monkeypatch.chdir(tmp_path)
    data = chain(covers=(10,), transits=[LUCK, 2], shocks=FIRE, days=90)
    (tmp_path / "w.yaml").write_text(json.dumps(data), encoding="utf-8")
    command("run", "w.yaml", "--replications", 3, "--seed", 11, "--quiet")
    return tmp_path / "results" / "w"


def command(*said, code=0):
    done = CliRunner().invoke(verbs, [str(word) for word in said], prog_name="sim")
    assert done.exit_code == code, done.output
    return done.stdout + done.stderr


def test_a_folder_is_lived_through_again_to_the_last_bit(kept):
    before = (kept / "resilience.svg").read_bytes()
    command("plot", kept, "--quiet")
    assert (kept / "resilience.svg").read_bytes() == before
    command("plot", kept, "--kind", "replications", "--quiet")
    again = sim.run("w.yaml", replications=3, seed=11).plot(kind="replications")
    assert (kept / "replications.svg").read_bytes() == style.rendered(again, "svg")


def test_all_kinds_go_into_the_folder_or_one_to_a_file(kept):
    said = command("plot", kept, "--kind", "all", "--quiet")
    assert all((kept / f"{kind}{ending}").is_file() for kind in KINDS for ending in (".png", ".svg"))
    assert said.count("Written to") == 2 * len(KINDS)
    command("plot", kept, "--kind", "cover", "--at", "plant_1", "--out", "c.svg", "--quiet")
    assert "plant_1: good_0" in (kept.parents[1] / "c.svg").read_text("utf-8")
    assert "exists already" in command("plot", kept, "--out", "c.svg", "--quiet", code=4)
    command("plot", kept, "--out", "c.svg", "--overwrite", "--quiet")
    command("plot", kept, "--out", "c.pdf", "--quiet", code=4)
    command("plot", kept, "--kind", "all", "--out", "c.svg", "--quiet", code=2)


def test_a_scenario_file_is_drawn_into_a_folder_of_its_own(kept):
    command("plot", "w.yaml", "--kind", "network_map", "--seed", 5, "--replications", 2, "--quiet")
    svg = (kept.parent / "w_pictures" / "network_map.svg").read_text("utf-8")
    assert "2 replications, seed 5" in svg


def test_the_kinds_are_listed_with_a_line_each(kept):
    said = command("plot", "--list")
    assert all(f"{kind:<13}" in said and line in said for kind, line in KINDS.items())


def test_a_folder_of_another_version_is_drawn_with_a_warning_and_a_changed_one_refused(kept):
    for file in kept.glob("*.provenance.json"):
        file.write_text(
            file.read_text("utf-8").replace(f'"version": "{sim.__version__}"', '"version": "0.0.9"'), "utf-8"
        )
    assert "was written by supplyshock 0.0.9" in command("plot", kept, "--quiet")
    for file in kept.glob("*.provenance.json"):
        file.write_text(file.read_text("utf-8").replace("0.0.9", sim.__version__), "utf-8")
    scenario = kept / "scenario.yaml"
    scenario.write_text(scenario.read_text("utf-8").replace("40 days", "41 days"), "utf-8")
    assert "is not what was run: it was changed since" in command("plot", kept, "--quiet", code=2)


def test_a_folder_that_is_not_of_a_run_or_is_asked_for_other_luck_is_refused(kept):
    assert "says of no run" in command("plot", kept.parent, "--quiet", code=2)
    assert "is run again as it was" in command("plot", kept, "--seed", 3, "--quiet", code=2)
    (kept / "scenario.yaml").unlink()
    assert "holds no scenario.yaml" in command("plot", kept, "--quiet", code=2)


def test_where_one_of_all_pictures_cannot_be_drawn_the_others_are(kept):
    data = json.loads((kept.parents[1] / "w.yaml").read_text("utf-8"))
    many = variant(data, {"facilities.plant_1.firms": 5})
    (kept.parents[1] / "many.yaml").write_text(json.dumps(many), encoding="utf-8")
    said = command("plot", "many.yaml", "--kind", "all", "--replications", 1, "--quiet")
    assert "no lost_by_cause" in said and said.count("Written to") == 2 * (len(KINDS) - 1)
    command("plot", "many.yaml", "--kind", "lost_by_cause", "--replications", 1, "--quiet", code=2)


def test_python_has_the_same_words(kept):
    figure = sim.plot(kept, "exceedance", path=kept / "e.png")
    assert (kept / "e.png").read_bytes().startswith(b"\x89PNG")
    assert math.isclose(figure.get_size_inches()[0], 9.5)
    assert pictures.draw(sim.run("w.yaml", seed=1).outcome, "cover").axes


def test_a_picture_of_one_panel_is_drawn_on_axes_of_your_own():
    out = burnt()
    for paint in (lost_by_stage, exceedance, network_map):
        mine = Figure(figsize=(10, 5))
        axes = mine.subplots()
        assert paint(out, axes) is mine
        assert mine.axes == [axes] and (axes.lines or axes.patches or axes.collections)
