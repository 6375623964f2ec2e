"""Still water: without shocks and luck nothing moves, with licences in force from the beginning too."""

from pathlib import Path

import numpy as np
import pytest
from rich_world import rich
from still_water import FLOWING, assert_flat, certain
from worlds import USERS, chain, live, regime, two_sources, variant, without_shocks

from sim.errors import ScenarioError
from sim.scenario.load import load

ROOT = Path(__file__).parent.parent
SHIPPED = sorted((ROOT / "scenarios").glob("*.yaml"))


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_shipped_scenario_without_shocks_and_luck_is_flat(path):
    data = certain(variant(without_shocks(load(path).document.data), {"responses": {}, "uncertain": {}}))
    calm = live(variant(data, {"horizon": "200 days", "replications": 1})).calm
    assert_flat(calm, (*FLOWING, "stock", "shipments"))
    assert sum(calm["sales", market].sum() for market in calm.where("sales")) > 0


def test_the_rich_world_without_shocks_and_luck_is_flat():
    free = {"licences.weekly.in_force": False}
    assert_flat(live(variant(certain(rich({})), free)).calm)


@pytest.mark.parametrize(
    "office",
    [
        regime(20, in_force=True),
        regime(0, in_force=True),
        regime(12.4, in_force=True, files_every=7, customs_hold="2.2 days"),
        regime("45 working days", in_force=True),
        regime("10 working days", in_force=True, files_every=7),
        regime(30, in_force=True, reviewers=31),
        regime(20, in_force=True, licence="general", validity="90 days"),
    ],
    ids=["daily", "at once", "weekly", "working days", "weekly, working days", "reviewers", "general"],
)
def test_a_licence_in_force_from_the_beginning_leaves_output_orders_and_sales_flat(office):
    calm = live(chain((70, 5), [9, 2, 1], licences={"office": office}, days=500)).calm
    assert_flat(calm)
    assert calm["filed", "mine > plant_1: good_0"].sum() > 0


def test_a_licence_on_one_of_two_sources_leaves_output_and_sales_flat():
    office = regime(20, "ore", in_force=True, files_every=7)
    calm = live(two_sources(spare=(0.5, 0.5), cover=40, licences={"office": office}, days=500)).calm
    assert_flat(calm, ("sales",))
    assert np.ptp(calm["output", "plant: oxide"]) <= 1e-6


def test_who_learns_stays_flat_where_the_calendar_swings():
    office = regime("45 working days", in_force=True)
    data = chain((90,), licences={"office": office}, days=500)
    calm = live(variant(data, {"facilities.plant_1.buys.good_0.learns": "100 %"})).calm
    assert_flat(calm, ("sales",))
    assert np.ptp(calm["output", "plant_1: good_1"]) <= 1e-6


@pytest.mark.parametrize("review", [0, 5, 7.5])
@pytest.mark.parametrize("then", [{"denied": "cancelled"}, {"again_after": "0 days"}, {"again_after": "2 days"}])
def test_denials_from_the_beginning_lose_no_order(review, then):
    office = regime(review, in_force=True, approval="50 %", **then)
    calm = live(chain((90,), licences={"office": office}, days=200), replications=(1, 2, 3)).calm
    assert_flat(calm, ("sales",))
    assert np.ptp(calm["output", "plant_1: good_1"]) <= 1e-6
    assert calm["denied", "mine > plant_1: good_0"].sum() > 0


@pytest.mark.parametrize(
    ("office", "cover", "says"),
    [
        (regime("45 working days", in_force=True), 2, "calendar"),
        (regime(20, in_force=True, reviewers=5), 60, "reviewers"),
        (regime(20, in_force=True, approval="0 %"), 60, "approved"),
    ],
    ids=["cover below the swing", "too few reviewers", "nothing approved"],
)
def test_a_licence_that_cannot_carry_the_plan_is_refused_by_its_own_name(office, cover, says):
    with pytest.raises(ScenarioError, match=says):
        live(chain((cover,), licences={"office": office}, days=300))


def test_a_market_under_a_licence_is_told_where_its_cover_stands():
    office = regime("45 working days", "good_1", "DE", in_force=True)
    with pytest.raises(ScenarioError, match=rf"markets\.{USERS}\.cover"):
        live(chain((5,), licences={"office": office}, market={"cover": "1 day"}, days=60))


def test_a_season_is_followed_to_the_last_day_of_the_run():
    season = {"season": {"apr": "50 %"}}
    for length in (60, 83, 100, 200):
        demand = live(chain((0,), days=length, market=season, start="2025-01-31")).calm["demand", USERS][:, 0]
        expected = [50 if 60 <= day < 90 else 100 for day in range(length)]
        assert demand == pytest.approx(expected)
