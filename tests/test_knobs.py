"""What the what-if page lets one move: where each slider stands, how far it goes, and what it sets."""

import re
from pathlib import Path

import pytest

from sim.errors import ScenarioError
from sim.scenario.template import template
from sim.studies.ranges import of_number, of_percent, of_time
from sim.web.worlds import worlds_of

HOME = Path(__file__).parent.parent
FAB = HOME / "scenarios" / "fab_30_days.yaml"
SHIPPED = sorted((HOME / "scenarios").glob("*.yaml"))


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_every_slider_of_a_shipped_scenario_stands_where_the_file_does(path):
    (world,) = worlds_of([path])[0].values()
    assert len(world.knobs) >= 5
    said = {name: knob.value for name, knob in world.knobs.items() if knob.about != "to the end of the run"}
    changed = world.at(said)
    for section in ("facilities", "markets", "licences", "shocks", "responses"):
        assert getattr(changed, section) == getattr(world.scenario, section)
    for knob in world.knobs.values():
        assert knob.span.low <= knob.value <= knob.span.high and 0 < knob.span.step <= knob.span.high - knob.span.low


@pytest.mark.parametrize("name", ["fab_30_days", "rare_earth_licences"])
def test_every_slider_moves_the_scenario_or_says_why_it_cannot_be(name):
    (world,) = worlds_of([HOME / "scenarios" / f"{name}.yaml"])[0].values()
    for knob in world.knobs.values():
        for end in {knob.span.low, knob.span.high} - {knob.value}:
            try:
                assert world.at({knob.name: end}) != world.scenario
            except ScenarioError as error:
                assert str(error)


def test_a_shock_is_moved_together_with_its_announcement():
    (world,) = worlds_of([HOME / "scenarios" / "guangdong_capacity.yaml"])[0].values()
    moved = world.at({"shocks.ban.effective": world.knobs["shocks.ban.effective"].value + 10}).shocks["ban"]
    assert (str(moved.effective), str(moved.announced)) == ("2027-03-11", "2027-01-11")


def test_sliders_end_at_round_numbers_and_meet_what_the_file_says():
    assert (of_time(30, 365).high, of_time(30, 365).step) == (90, 1)
    assert of_time(300, 365).high == 365 and of_time(0, 365).high == 30
    assert (of_percent(25, 100).high, of_percent(150, 100).high) == (100, 300)
    for value in (0.0, 0.014, 1.4, 3.0, 7.5, 541.0, 12345.6):
        span = of_number(value)
        assert value / span.step == pytest.approx(round(value / span.step))
    assert of_number(-5.0).low == -10


def test_a_slider_of_ones_own_stands_first_with_its_range():
    (world,) = worlds_of([FAB], knobs=("facilities.fab_tw.finished_cover=0:20:2 days",))[0].values()
    first = next(iter(world.knobs.values()))
    assert first.name == "facilities.fab_tw.finished_cover"
    assert (first.value, first.span.high, first.span.step) == (1.0, 20.0, 2.0)
    assert world.at({first.name: 8}).facilities["fab_tw"].finished_cover.days == 8


@pytest.mark.parametrize(
    ("wish", "says"),
    [
        ("nonsense", "write it as --knob"),
        ("shockz.a.size=0:1:0.1", "Did you mean 'shocks'?"),
        ("shocks.stock_rule.cover=0:9:1 weeks", "the same unit"),
        ("shocks.stock_rule.cover=9:0:-1 days", "from one value up"),
        ("shocks.stock_rule.where=0:9:1 days", "does not fit"),
    ],
)
def test_a_slider_that_cannot_be_is_refused_in_words(wish, says):
    with pytest.raises(ScenarioError, match=re.escape(says)):
        worlds_of([FAB], knobs=(wish,))


def test_a_folder_offers_what_can_be_run_and_tells_what_it_left_out(tmp_path):
    for name in ("good one", "good,one"):
        (tmp_path / f"{name}.yaml").write_text(template("ban"), encoding="utf-8")
    (tmp_path / "bad.yaml").write_text("title: none\n", encoding="utf-8")
    worlds, left_out = worlds_of([tmp_path])
    assert list(worlds) == ["good_one", "good_one_2"] and ["bad.yaml" in line for line in left_out] == [True]
    with pytest.raises(ScenarioError):
        worlds_of([tmp_path / "bad.yaml"])
