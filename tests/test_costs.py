"""Costs by hand: bills with the shocks and without, tariffs and prices by day, indicative scarcity prices."""

import math

import numpy as np
import pytest
from outcomes import LINK, level, outcome, random_world, world
from pydantic import ValidationError
from worlds import chain, closure, scenario_of, shock, variant

import sim
from sim.results import costs
from sim.results.cost_tables import costs_table, scarcity_table
from sim.results.costs import accounts, by_country, together
from sim.results.prices import prices_of
from sim.results.scarcity import clearing_factor
from sim.scenario.events import Event
from sim.scenario.money import PriceChange

MAKER = "maker: magnet"
SALES = "maker > cars: magnet"
TARIFF = {"kind": "tariff", "links": {"destination": "DE"}, "effective": "day 10", "source": "test"}
DEARER = {"kind": "price", "commodity": "ore", "effective": "day 10", "duration": "20 days", "source": "test"}


def with_shock(what, data=None, **more):
    return (data or world()) | {"shocks": {"what": what | more}}


def account(found, name):
    return accounts(found)[name]


def one(values):
    return float(np.ravel(values)[0])


# Formulas


def test_cost_formulas_are_sums_over_days():
    quantity, price = np.array([[10.0], [20.0]]), np.array([[2.0], [3.0]])
    assert costs.purchase_cost(quantity, price) == pytest.approx([10 * 2 + 20 * 3])
    assert costs.tariff_cost(quantity, price, np.array([[0.1], [0.5]])) == pytest.approx([2 + 30])
    assert costs.expediting_cost(quantity, price, np.array([[0.25]])) == pytest.approx([5 + 15])
    assert costs.holding_cost(quantity, price, np.array([[0.365]])) == pytest.approx([80 * 0.001])


@pytest.mark.parametrize(
    ("demand", "supply", "of_demand", "of_supply", "factor"),
    [
        (100, 100, 0.5, 0.0, 1),
        (100, 50, 1.0, 0.0, 2),
        (100, 50, 0.5, 0.0, 4),
        (100, 50, 0.25, 0.25, 4),
        (100, 80, 0.2, 0.3, 1.25**2),
        (90, 100, 0.5, 0.5, 1),
        (100, 0, 0.5, 0.5, math.inf),
        (0, 0, 0.5, 0.5, 1),
    ],
)
def test_the_scarcity_price_clears_the_shortage(demand, supply, of_demand, of_supply, factor):
    found = clearing_factor(*(np.array([float(x)]) for x in (demand, supply, of_demand, of_supply)))
    assert found == pytest.approx([factor])
    if 1 < factor < math.inf:
        assert demand * factor**-of_demand == pytest.approx(supply * factor**of_supply)


# Bills


def test_a_buyer_pays_less_for_what_it_does_not_get():
    found = outcome({("shipments", LINK): level(d10_30=0)})
    # 10 t/day of ore at 2 USD/t for 100 days, of which 20 days do not come.
    assert one(account(found, "maker").baseline.purchase) == pytest.approx(2000)
    assert one(account(found, "maker").extra.purchase) == pytest.approx(-400)
    assert one(account(found, "mine_a").extra.total) == 0


def test_output_and_demand_lost_are_worth_their_price():
    lost = {("output", MAKER): level(d40_43=0), ("lost", "cars"): level(usual=0, d50_52=4)}
    found = outcome(lost)
    assert one(account(found, "maker").lost) == pytest.approx(3 * 10 * 50)
    assert one(account(found, "cars").lost) == pytest.approx(2 * 4 * 50)


def test_a_tariff_of_the_link_is_paid_with_and_without_the_shocks():
    data = variant(world(), {"facilities.maker.buys.ore.from.mine_a.tariff": "10 %"})
    found = account(outcome({("shipments", LINK): level(d10_30=0)}, data), "maker")
    assert one(found.baseline.tariff) == pytest.approx(200)
    assert one(found.extra.tariff) == pytest.approx(-40)


@pytest.mark.parametrize(("how", "duty"), [({"to": "25 %"}, 0.25), ({"adds": "25 %"}, 0.35)])
def test_a_tariff_shock_sets_or_adds_from_its_first_day_to_its_last(how, duty):
    data = variant(world(), {"facilities.maker.buys.ore.from.mine_a.tariff": "10 %"})
    found = outcome({}, with_shock(TARIFF, data, duration="20 days", **how))
    daily = prices_of(found, True).tariff[LINK][:, 0]
    assert daily[[0, 9, 10, 29, 30]] == pytest.approx([0.1, 0.1, duty, duty, 0.1])
    assert one(account(found, "maker").extra.tariff) == pytest.approx(20 * 20 * (duty - 0.1))


def test_a_tariff_is_not_paid_within_a_country():
    at_home = variant(world(), {"facilities.mine_a.country": "DE"})
    found = outcome({}, with_shock(TARIFF, at_home, to="25 %"))
    assert one(account(found, "maker").extra.total) == 0


def test_several_tariffs_add_and_the_latest_one_set_holds():
    shocks = {
        "a": TARIFF | {"to": "20 %"},
        "b": TARIFF | {"to": "50 %", "effective": "day 20"},
        "c": TARIFF | {"adds": "5 %", "effective": "day 15"},
        "d": TARIFF | {"adds": "3 %", "effective": "day 15"},
    }
    daily = prices_of(outcome({}, world(shocks=shocks)), True).tariff[LINK][:, 0]
    assert daily[[9, 10, 15, 20, 99]] == pytest.approx([0, 0.2, 0.28, 0.58, 0.58])


@pytest.mark.parametrize(("how", "price"), [({"scale": "+50 %"}, 3), ({"to": "7 USD/t"}, 7)])
def test_a_price_shock_holds_for_its_days_and_lost_goods_keep_their_usual_value(how, price):
    found = outcome({("output", "mine_a: ore"): level(d10_30=0)}, with_shock(DEARER, **how))
    assert prices_of(found, True).price["ore"][[9, 10, 29, 30], 0] == pytest.approx([2, price, price, 2])
    assert one(account(found, "maker").extra.purchase) == pytest.approx(20 * 10 * (price - 2))
    assert one(account(found, "mine_a").lost) == pytest.approx(20 * 10 * 2)


def test_stock_costs_what_its_commodity_says():
    data = variant(world(), {"commodities.ore.holding": "36.5 %/year"})
    found = outcome({("stock", "maker: ore"): level(usual=300, d10_30=100)}, data)
    # 300 t at 2 USD/t and 0.1 % a day, for 100 days; 200 t less for 20 days.
    assert one(account(found, "maker").baseline.holding) == pytest.approx(300 * 2 * 0.001 * 100)
    assert one(account(found, "maker").extra.holding) == pytest.approx(-200 * 2 * 0.001 * 20)
    assert one(account(found, "cars").baseline.holding) == 0


def test_what_is_sent_in_haste_pays_its_surcharge_while_the_response_acts():
    fly = {"kind": "expedite", "links": {"buyer": "maker"}, "transit": "1 day", "surcharge": "50 %", "source": "test"}
    data = world(responses={"fly": fly | {"on": "day 40"}})
    found = outcome({("acting", "fly"): level(usual=0, d40_45=1)}, data, {("acting", "fly"): level(usual=0)})
    assert one(account(found, "maker").extra.expediting) == pytest.approx(5 * 10 * 2 * 0.5)
    assert one(account(found, "maker").extra.total) == pytest.approx(5 * 10 * 2 * 0.5)
    free = outcome({("acting", "fly"): level(usual=0, d40_45=1)}, variant(data, {"responses.fly.surcharge": None}))
    assert any("for want of a surcharge: fly" in note for note in costs_table(free).notes)


# Sums


def struck(data=None, replications=3):
    rng = np.random.default_rng(1)
    shipments = {("shipments", link): rng.uniform(0, 10, (100, replications)) for link in (LINK, SALES)}
    stock = {("stock", "maker: ore"): rng.uniform(0, 300, (100, replications))}
    base = variant(
        random_world(), {"commodities.ore.holding": "20 %/year"} | {f"shocks.duty.{k}": v for k, v in TARIFF.items()}
    )
    return outcome(
        shipments | stock, variant(base, {"shocks.duty.to": "25 %"} | (data or {})), replications=replications
    )


def test_items_add_up_to_the_whole_and_nodes_to_countries_and_the_total():
    found = accounts(struck())
    for one_of in found.values():
        parts = [getattr(one_of.extra, item) for item in costs.ITEMS]
        assert one_of.extra.total == pytest.approx(np.sum(parts, axis=0) + np.zeros(3))
    whole, countries = together(found.values(), "total"), by_country(found)
    for item in (*costs.ITEMS, "total"):
        assert getattr(whole.extra, item) == pytest.approx(sum(getattr(a.extra, item) for a in found.values()))
        assert getattr(whole.extra, item) == pytest.approx(sum(getattr(a.extra, item) for a in countries.values()))
    assert whole.lost == pytest.approx(sum(a.lost for a in found.values()))


def test_rows_of_the_table_add_up_with_means_and_intervals_over_replications():
    frame = costs_table(struck()).table()
    nodes, total = frame[frame.group == "node"], frame[frame.group == "total"].iloc[0]
    assert total.extra == pytest.approx(nodes.extra.sum())
    assert total.extra == pytest.approx(total.purchase + total.tariff + total.holding + total.expediting)
    assert total.extra_low < total.extra < total.extra_high
    assert set(frame.currency) == {"USD"}


def test_without_a_price_a_place_is_left_out_and_counted():
    table = costs_table(struck({"commodities.magnet.price": None}))
    rows = {row[1]: row for row in table.rows}
    assert {"total", "CN", "DE", "maker", "mine_a"} <= set(rows)
    assert "cars" not in rows
    assert any("costs: 1 of 3 places left out, for want of a price: cars" in note for note in table.notes)
    assert any("value lost: 2 of 3 places left out" in note for note in table.notes)
    assert (
        costs_table(outcome({}, variant(world(), {f"commodities.{c}.price": None for c in ("ore", "magnet")}))).rows
        == ()
    )


def test_what_no_commodity_states_is_said_not_to_be_reckoned():
    assert any("not reckoned" in note for note in costs_table(outcome({})).notes)
    assert any("of ore only" in note for note in costs_table(struck()).notes)


# Scarcity


def test_a_month_with_half_the_supply_doubles_the_price_at_unit_elasticity():
    data = variant(world(), {"commodities.ore.elasticity": {"demand": 0.6, "supply": 0.4}})
    table = scarcity_table(outcome({("shipments", LINK): level(d31_59=5, d59_90=0)}, data))
    rows = {row[1]: row for row in table.rows}
    assert list(rows) == ["2025-01", "2025-02", "2025-03", "2025-04"]
    assert [rows[month][2] for month in rows] == pytest.approx([1, 2, math.inf, 1])
    assert [rows[month][5] for month in rows] == pytest.approx([2, 4, math.inf, 2])
    assert all("indicative" in column.title for column in table.columns if column.name in ("factor_p50", "price_p50"))
    assert "indicative" in table.notes[0]


def test_without_elasticities_there_is_no_scarcity_price():
    assert scarcity_table(outcome({("shipments", LINK): level(d31_59=5)})).rows == ()


# In a run


def priced(**shocks):
    data = chain((10,), shocks=shocks, days=120)
    prices = {"good_0": "10 USD/t", "good_1": "100 USD/t"}
    return variant(data, {f"commodities.{name}.price": price for name, price in prices.items()})


def test_a_run_pays_for_what_is_released_and_the_tariff_from_its_day_on():
    duty = shock("tariff", 50, 20, links={"buyer": "plant_1"}, to="30 %")
    result = sim.run(scenario_of(priced(duty=duty)))
    frame = result.table("costs").set_index("place")
    assert frame.loc["plant_1", "purchase_baseline"] == pytest.approx(120 * 100 * 10)
    assert frame.loc["plant_1", "tariff"] == pytest.approx(20 * 100 * 10 * 0.3)
    assert frame.loc["total", "extra"] == pytest.approx(20 * 100 * 10 * 0.3)


def test_the_value_lost_is_that_of_the_losses_table():
    result = sim.run(scenario_of(priced(ban=closure(50, 40, buyer="plant_1"))))
    values = result.table("costs").set_index("place").lost_value
    losses = result.table("losses").set_index("place").lost_value
    assert values["plant_1"] == pytest.approx(losses["plant_1: good_1"])
    assert values["plant_1"] == pytest.approx(30 * 100 * 100)


def test_an_uncertain_price_is_reckoned_replication_by_replication():
    spread = {"distribution": "uniform", "low": "5 USD/t", "high": "15 USD/t"}
    data = variant(priced(), {"uncertain": {"commodities.good_0.price": spread}})
    result = sim.run(scenario_of(data), replications=4, seed=2)
    drawn = result.table("uncertain")["commodities.good_0.price"].to_numpy()
    assert len(set(drawn)) == 4
    assert accounts(result.outcome)["plant_1"].baseline.purchase == pytest.approx(120 * 100 * drawn)


def test_tables_of_costs_are_kept_in_every_form(tmp_path):
    data = variant(priced(ban=closure(50, 40, buyer="plant_1")), {"commodities.good_0.elasticity": {"demand": 0.5}})
    folder = sim.run(scenario_of(data)).save(tmp_path / "out")
    for name in ("costs", "scarcity"):
        assert {f"{name}.{ending}" for ending in ("csv", "json", "parquet")} <= {file.name for file in folder.iterdir()}


def test_costs_know_every_way_in_which_a_shock_can_hold():
    known = {"announced", "effective", "duration", "until", "onset", "recovery", "source", "tags", "note"}
    assert set(Event.model_fields) - {"random"} == known
    lucky = {"kind": "price", "commodity": "ore", "scale": "+40 %", "random": {"every": "60 days", "lasts": "9 days"}}
    with pytest.raises(ValidationError, match="costs know no luck"):
        PriceChange.model_validate({**lucky, "source": "test"})
