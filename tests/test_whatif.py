"""Sliders in a notebook, driven by their values: what they find is what a run finds, with the same luck."""

import re
import subprocess
import sys
from pathlib import Path

import ipywidgets
import numpy as np
import pytest
from pages import HOSTILE, certain_world, hostile_world, random_world

import sim
from sim.errors import ScenarioError
from sim.scenario.load import loads
from sim.studies.movable import world_of
from sim.studies.sliders import decimals

FAB = Path(__file__).parent.parent / "scenarios" / "fab_30_days.yaml"
COVER, RESERVE = "shocks.stock_rule.cover", "responses.oxides_released.active"
APPROVAL = "licences.office.approval"
PLACE = "fab_tw: wafer"


@pytest.fixture
def fab():
    return sim.whatif(FAB, place=PLACE)


def lost_of(result, place=PLACE):
    return float(result.table().set_index("place").lost[place])


def test_more_stock_loses_less_and_redraws_curve_table_and_words(fab):
    before, curve, table, words = lost_of(fab.result), fab.curve.value, fab.losses.value, fab.says.value
    assert bytes(curve).startswith(b"\x89PNG")
    fab.controls[COVER].value = 60
    assert lost_of(fab.result) < 0.1 * before
    assert fab.curve.value != curve and fab.losses.value != table and fab.says.value != words
    assert "less than in the file" in fab.says.value and fab.values == {COVER: 60}


def test_it_finds_what_a_run_of_its_scenario_finds(fab):
    fab.move(COVER, 45)
    assert lost_of(sim.run(fab.scenario)) == lost_of(fab.result) == lost_of(sim.run(loads(fab.yaml())))
    by_hand = sim.run(sim.load(FAB).change(COVER, "45 days"))
    assert lost_of(by_hand) == lost_of(fab.result)


def test_what_was_moved_goes_back_to_the_file(fab):
    curve, words = fab.curve.value, fab.says.value
    fab.move(COVER, 60)
    fab.move(RESERVE, 1)
    assert not fab.back.disabled
    fab.back.click()
    assert (fab.curve.value, fab.says.value, fab.values, fab.back.disabled) == (curve, words, {}, True)


def test_a_response_is_switched_on_and_off(fab):
    before = lost_of(fab.result)
    fab.controls[RESERVE].value = True
    assert fab.scenario.responses["oxides_released"].active and lost_of(fab.result) < before
    fab.move(RESERVE, 0)
    assert lost_of(fab.result) == before


def test_every_move_has_the_same_luck():
    shown = sim.whatif(random_world(), replications=25)
    before = shown.result
    shown.move(APPROVAL, 100)
    assert shown.result.seed == before.seed
    assert shown.result.outcome.replications == before.outcome.replications == tuple(range(1, 26))
    assert np.array_equal(shown.result.outcome.baseline.history, before.outcome.baseline.history)
    assert lost_of(shown.result, "users") < lost_of(before, "users")
    shown.move(APPROVAL, shown.world.knobs[APPROVAL].value)
    assert np.array_equal(shown.result.outcome.shocked.history, before.outcome.shocked.history)


def test_replications_are_asked_for_and_said():
    shown = sim.whatif(random_world())
    assert len(shown.result.outcome.replications) == 40 and "40 of 40 replications, seed" in shown.says.value
    shown.move(APPROVAL, 60)
    shown.replications.value = 100
    assert len(shown.result.outcome.replications) == 100 and "100 of 100 replications" in shown.says.value
    assert shown.scenario.replications == 100
    assert shown.replications.max == 200


def test_a_slider_may_bring_luck_into_a_world_without_any():
    shown = sim.whatif(FAB, replications=5)
    assert len(shown.result.outcome.replications) == 1
    shown.move("licences.mofcom.approval", 25)
    assert len(shown.result.outcome.replications) == 5


def test_another_place_draws_another_curve(fab):
    curve = fab.curve.value
    fab.place.value = "phones: phone"
    assert fab.curve.value != curve and "phones: phone" in fab.says.value


def test_the_place_that_tells_most_is_shown_first():
    assert sim.whatif(FAB).place.value.startswith("fab_")


def test_sliders_are_those_of_the_page_with_the_same_ranges(fab):
    knobs = world_of("fab", sim.load(FAB)).knobs
    assert list(fab.controls) == list(knobs)
    sliders = {name: fab.controls[name] for name, knob in knobs.items() if knob.kind != "switch"}
    assert {n: (s.min, s.max, s.step) for n, s in sliders.items()} == {
        n: (knobs[n].span.low, knobs[n].span.high, knobs[n].span.step) for n in sliders
    }
    assert not any(slider.continuous_update for slider in sliders.values())
    assert all(slider.tooltip for slider in sliders.values())


def test_a_date_is_shown_as_a_date(fab):
    name = "shocks.licences_stop.effective"
    beside = fab._controls[name].row.children[1].children[1]
    assert beside.value == "2025-12-01"
    fab.move(name, fab.controls[name].value + 31)
    assert beside.value == "2026-01-01" == str(fab.scenario.shocks["licences_stop"].effective)


def test_a_slider_of_ones_own_comes_first():
    shown = sim.whatif(FAB, knobs=("facilities.fab_tw.finished_cover=0:20:2 days",))
    assert next(iter(shown.controls)) == "facilities.fab_tw.finished_cover"


def test_a_setting_that_cannot_be_is_told_and_gives_no_result_until_it_can(fab):
    begins, announced = "shocks.licences_stop.effective", fab.says.value
    fab.controls[begins].max = 1e9
    fab.controls[begins].value = 1e9
    assert "outside the calendar" in fab.problems.value and 'role="alert"' in fab.problems.value
    with pytest.raises(ScenarioError, match="outside the calendar"):
        _ = fab.result
    assert fab.says.value == announced
    fab.reset()
    assert fab.problems.value == "" and fab.result


@pytest.mark.parametrize(
    ("move", "says"),
    [
        (("shocks.stock_rule.covr", 60), "Did you mean 'shocks.stock_rule.cover'?"),
        ((COVER, 600), "the range of its slider"),
        ((COVER, float("nan")), "outside 0 to 90"),
        ((RESERVE, 0.5), "a switch is off, 0, or on, 1"),
    ],
)
def test_a_move_that_cannot_be_is_refused_and_moves_nothing(fab, move, says):
    with pytest.raises(ScenarioError, match=re.escape(says)):
        fab.move(*move)
    assert fab.values == {}


@pytest.mark.parametrize(
    ("wish", "says"),
    [
        ({"place": "phone_buyer"}, "Did you mean 'phone_buyers'?"),
        ({"replications": 0}, "give at least 1"),
        ({"seed": -1}, "whole number"),
        ({"knobs": ("nowhere=1:2:1",)}, "no scenario says anything there"),
    ],
)
def test_a_wish_that_cannot_be_is_refused_in_words(wish, says):
    with pytest.raises(ScenarioError, match=re.escape(says)):
        sim.whatif(FAB, **wish)


def test_hostile_names_are_text_in_all_that_is_shown():
    shown = sim.whatif(hostile_world(), place=f"{HOSTILE}: good_1")
    html = [w.value for w in everything_in(shown) if isinstance(w, ipywidgets.HTML)]
    assert any("&lt;img" in text for text in html)
    for text in (*html, shown._repr_mimebundle_()["text/html"]):
        assert "<img" not in text and "<script" not in text


def everything_in(widget):
    yield widget
    for child in getattr(widget, "children", ()):
        yield from everything_in(child)


def test_where_no_widget_is_shown_it_tells_itself_in_words_and_a_table(fab):
    fab.move(COVER, 60)
    shown = fab._repr_mimebundle_()
    assert shown["text/plain"] == "What if, The 30-day fab: shocks.stock_rule.cover at 60"
    assert "<table>" in shown["text/html"] and "less than in the file" in shown["text/html"]
    assert "application/vnd.jupyter.widget-view+json" in shown


@pytest.mark.parametrize(("step", "shown"), [(1.0, 0), (5.0, 0), (0.5, 1), (0.02, 2), (1e-12, 9)])
def test_a_slider_shows_as_many_decimals_as_its_steps_have(step, shown):
    assert decimals(step) == shown


def without(module, code):
    """What happens where a module is not installed."""
    script = f"import sys; sys.modules['{module}'] = None\nimport sim\n{code}"
    return subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False, cwd=FAB.parent)


def test_without_ipywidgets_the_way_to_it_is_named():
    done = without("ipywidgets", "sim.whatif('fab_30_days.yaml')")
    assert "pip install 'supplyshock[notebook]'" in done.stderr.splitlines()[-1]


def test_it_needs_nothing_of_the_page():
    done = without("starlette", "sys.modules['jinja2'] = None\nprint(sim.whatif('fab_30_days.yaml').place.value)")
    assert done.stdout.startswith("fab_"), done.stderr


def test_a_world_without_luck_is_run_once():
    shown = sim.whatif(certain_world(), replications=50)
    assert len(shown.result.outcome.replications) == 1 and "nothing is random" in shown.says.value
