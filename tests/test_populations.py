"""A facility with `firms` is as many single facilities with the same numbers; its firms stop one after the other."""

import copy

import numpy as np
import pytest
from still_water import assert_flat
from worlds import (
    DEMAND,
    USERS,
    batch,
    buying,
    closure,
    differing,
    live,
    outage,
    scenario_of,
    shock,
    t_a_day,
    variant,
    world,
)

from sim.engine import layout as at
from sim.engine import members
from sim.engine.audit import Books, ImbalanceError
from sim.engine.steady import settle
from sim.engine.world import World
from sim.errors import ScenarioError, TooLarge
from sim.studies import explain, network
from sim.studies import run as studies
from sim.studies.check import check
from sim.studies.run import prepare, run

FIRMS = 6
COVERS = {"distribution": "uniform", "low": "30 days", "high": "60 days"}
SIZES = {"distribution": "lognormal", "mean": "100 %", "sd": "80 %"}
NEEDS = {"distribution": "uniform", "low": "20 %", "high": "100 %"}
OUTPUT = ("output", "plants: car")


def cars(
    firms=FIRMS, spread=None, shocks=None, spare=0.2, market_cover=0, plants=None, days=200, ore_from=None, **more
):
    """Mines of ore and steel, a population of plants that need both, and users of what they make."""
    plants = {
        "kind": "manufacturer",
        "country": "DE",
        "makes": "car",
        "capacity": t_a_day(DEMAND * (1 + spare)),
        "recipe": {"ore": "1 t/t", "steel": "2 t/t"},
        "buys": {
            "ore": buying(copy.deepcopy(ore_from or {"mine": {"transit": "4 days"}}), 30),
            "steel": buying({"mill": {"share": "70 %", "transit": "2 days"}, "mill_2": {"transit": "9 days"}}, 50),
        },
        **copy.deepcopy(plants or {}),
    }
    if firms is not None:
        plants["firms"] = firms
    if spread is not None:
        plants["spread"] = spread
        for name in spread.get("cover", {}):
            del plants["buys"][name]["cover"]
    facilities = {
        name: {"kind": "mine", "country": country, "makes": what, "capacity": t_a_day(rate)}
        for name, country, what, rate in (
            ("mine", "CN", "ore", 150), ("mill", "JP", "steel", 300), ("mill_2", "US", "steel", 200)
        )
    }  # fmt: skip
    users = {
        "country": "FR",
        "wants": "car",
        "demand": t_a_day(DEMAND),
        "cover": f"{market_cover} days",
        "from": {"plants": {"transit": "3 days"}},
    }
    return world(facilities | {"plants": plants}, {USERS: users}, shocks, days=days, **more)


def one_by_one(data):
    """The same world with a facility for each firm, each with the numbers of its firm."""
    same = World(batch([data])).populations["plants"].members.same[:, 0, :]
    data = copy.deepcopy(data)
    whole = data["facilities"].pop("plants")
    spread, count = whole.pop("spread", {}), whole.pop("firms")
    link = data["markets"][USERS]["from"].pop("plants")
    for i in range(count):
        size, ore, needs_ore, steel, needs_steel = (float(number) for number in same[:, i])
        plant = copy.deepcopy(whole)
        plant["buys"]["ore"]["from"]["mine"].pop("firms", None)
        for name, cover, needs in (("ore", ore, needs_ore), ("steel", steel, needs_steel)):
            plant["buys"][name]["cover"] = f"{cover!r} days"
            if name in spread.get("dependence", {}):
                plant["recipe"][name] = {"amount": plant["recipe"][name], "dependence": needs}
        plant["capacity"] = t_a_day(repr(float(plant["capacity"].split()[0]) * size))
        if isinstance(plant["makes"], dict):
            plant["makes"] = stored(f"{float(plant['makes']['car']['storage'].split()[0]) * size!r} t")
        data["facilities"][f"plant_{i:02d}"] = plant
        data["markets"][USERS]["from"][f"plant_{i:02d}"] = {**link, "share": f"{100 * size!r} %"}
    return data


def output_of_all(records):
    return sum(records["output", place] for place in records.where("output") if place.startswith("plant_"))


def stored(amount):
    return {"car": {"amount": "100 %", "storage": amount}}


BAN = {"ban": shock("export_ban", 20, 60, country="CN")}
LONG = {"ban": shock("export_ban", 20, 120, country="CN")}
SPREAD = {"cover": {"ore": COVERS}}
EVERYTHING = {"capacity": SIZES, "cover": {"ore": COVERS, "steel": COVERS}, "dependence": {"steel": NEEDS}}
RANDOM = cars(
    spread=EVERYTHING,
    shocks=BAN,
    days=120,
    market_cover=5,
    ore_from={"mine": {"transit": {"distribution": "gamma", "mean": "6 days", "sd": "2 days"}}},
)
PLANTS = {"where": {"kind": "manufacturer"}}
OFFICE = {"office": {"country": "CN", "controls": "ore", "review": "35 days"}}
LICENSING = {"licensing": shock("licensing", 20, authority="office")}
TOLD_APART = {"mine": {"transit": "4 days", "firms": FIRMS}}
SAME_AS_ONE_BY_ONE = {
    "short ban": cars(spread=SPREAD, shocks={"ban": shock("export_ban", 20, 40, country="CN")}),
    "ban": cars(spread=SPREAD, shocks=BAN),
    "long ban and stock at the market": cars(spread=SPREAD, shocks=LONG, market_cover=6, spare=0.6),
    "no spare capacity": cars(spread=SPREAD, shocks=BAN, spare=0.0, market_cover=3),
    "firms of all sizes": cars(spread=SPREAD | {"capacity": SIZES}, shocks=BAN, market_cover=3),
    "firms that need it more or less": cars(spread=SPREAD | {"dependence": {"ore": NEEDS}}, shocks=BAN),
    "everything differs": cars(spread=EVERYTHING, shocks=BAN | {"shut": closure(40, 30, seller="mill")}),
    "finished goods": cars(spread=SPREAD, shocks=BAN, plants={"finished_cover": "4 days"}),
    "work in process": cars(spread=SPREAD, shocks=BAN, plants={"processing": "5 days", "finished_cover": "2 days"}),
    "run flat": cars(
        spread=SPREAD | {"capacity": SIZES},
        shocks=BAN,
        plants={"run": "flat", "makes": stored("900 t"), "finished_cover": "2 days"},
    ),
    "storage": cars(spread=SPREAD, shocks=BAN, plants={"makes": stored("300 t"), "processing": "3 days"}),
    "partial cut": cars(
        spread=SPREAD, shocks={"cut": shock("partial_cut", 20, 80, links={"seller": "mine"}, size="60 %")}
    ),
    "short mine": cars(spread=SPREAD | {"capacity": SIZES}, shocks={"fire": outage("mine", 20, 90, size="70 %")}),
    "throttle": cars(
        spread=SPREAD, shocks=BAN, plants={"recipe": {"ore": {"amount": "1 t/t", "throttle": 0.5}, "steel": "2 t/t"}}
    ),
    "plants on fire": cars(spread=SPREAD, shocks={"fire": shock("capacity_loss", 20, 30, size="50 %", **PLANTS)}),
    "stock destroyed": cars(
        spread=SPREAD, shocks=BAN | {"flood": shock("stock_loss", 30, size="50 %", commodity="ore", **PLANTS)}
    ),
    "a limit on stock": cars(
        spread=SPREAD, shocks=BAN | {"limit": shock("inventory_limit", 5, 100, cover="40 days", **PLANTS)}
    ),
    "licences by firm": cars(spread=SPREAD, shocks=LICENSING, licences=OFFICE, ore_from=TOLD_APART),
    "licences by firms of all sizes": cars(
        spread=SPREAD | {"capacity": SIZES}, shocks=LICENSING, licences=OFFICE, ore_from=TOLD_APART
    ),
    "licences from the beginning": cars(
        spread=SPREAD | {"capacity": SIZES},
        shocks={"delay": shock("licence_delay", 40, 60, authority="office", adds="50 days")},
        licences={"office": OFFICE["office"] | {"in_force": True}},
        ore_from=TOLD_APART,
    ),
    "licences in working days, filed weekly": cars(
        spread=SPREAD | {"capacity": SIZES},
        shocks=BAN,
        licences={"office": OFFICE["office"] | {"in_force": True, "review": "10 working days", "files_every": 7}},
        ore_from=TOLD_APART,
    ),
}


@pytest.mark.parametrize("data", SAME_AS_ONE_BY_ONE.values(), ids=SAME_AS_ONE_BY_ONE)
def test_makes_what_as_many_single_facilities_make(data):
    together, single = live(data), live(one_by_one(data))
    assert np.abs(together.calm[OUTPUT] - output_of_all(single.calm)).max() <= 1e-9 * DEMAND
    assert np.abs(together.struck[OUTPUT] - output_of_all(single.struck)).max() <= 1e-9 * DEMAND
    assert np.ptp(together.struck[OUTPUT]) > 0.0


@pytest.mark.parametrize("shocks", [BAN, LONG], ids=["ban", "long ban"])
def test_one_firm_is_a_plain_facility_to_the_last_bit(shocks):
    one, plain = live(cars(1, shocks=shocks, market_cover=4)), live(cars(None, shocks=shocks, market_cover=4))
    assert all(np.array_equal(one.struck[row], plain.struck[row]) for row in plain.struck.rows)


def test_lies_still_without_shocks():
    assert_flat(live(cars(spread=EVERYTHING, plants={"processing": "3 days", "finished_cover": "2 days"})).calm)


def test_firms_stop_one_after_the_other_as_their_stock_runs_out():
    lived = live(cars(60, SPREAD, {"ban": shock("export_ban", 20, 100, country="CN")}))
    stopped, ever = lived.struck["stopped", "plants"][:, 0], lived.struck["ever_stopped", "plants"][:, 0]
    # The last goods leave on day 19 and arrive on day 23; the first firm has 30 and a quarter days of stock, the last
    # 59 and three quarters: on the last of these days each makes a part of its plan.
    assert np.flatnonzero(stopped)[0] == 24 + 31
    assert np.flatnonzero(ever < 60)[-1] + 1 == 24 + 60
    assert np.abs(stopped[54:84] - 2 * np.arange(0, 30)).max() <= 1
    assert stopped[84:124].min() == 60 and stopped[130:].max() == 0
    assert lived.calm["ever_stopped", "plants"].max() == 0
    assert lived.lost(*OUTPUT)[0] == pytest.approx(DEMAND * (100 - 45))


def test_whoever_can_do_without_an_input_slows_and_does_not_stop():
    spread = SPREAD | {"dependence": {"ore": {"distribution": "empirical", "values": ["0 %", "60 %", "100 %"]}}}
    lived = live(cars(12, spread, {"ban": shock("export_ban", 20, 150, country="CN")}))
    assert lived.struck["stopped", "plants"].max() == 4
    assert lived.struck[OUTPUT][150, 0] == pytest.approx(DEMAND * (1 + 0.4 + 0) / 3)


def test_a_case_does_not_know_its_neighbours_and_the_order_of_waking_does_not_matter():
    worlds = [RANDOM, variant(RANDOM, {"facilities.plants.capacity": "150 t/day", "shocks.ban.duration": "90 days"})]
    together = live(*worlds, replications=(1, 2))
    for number, data in enumerate(worlds):
        alone = live(data, replications=(1, 2))
        mine = slice(2 * number, 2 * number + 2)
        assert differing(together.struck.cases(mine), alone.struck) == []
        assert differing(together.calm.cases(mine), alone.calm) == []
    shuffled = live(*worlds, replications=(1, 2), waking=lambda names: names[::-1])
    assert differing(together.struck, shuffled.struck) == []


def test_parcel_i_is_that_of_firm_i():
    office = OFFICE["office"] | {"approval": "50 %", "review": "10 days", "denied": "cancelled"}
    data = cars(8, {}, LICENSING, licences={"office": office}, ore_from={"mine": {"transit": "4 days", "firms": 8}})
    world = World(batch([data]))
    settle(world)
    firms = world.populations["plants"]
    firms.begin()
    first, depth = firms.members.into[0, members.INTO_RING], world.floor.card("links", 0)[at.LINK_MASK] + 1
    some = 0
    for day in range(45):
        world.run(day + 0.78)  # decisions of the day are made
        released = world.authorities[0].by_firm[members.RELEASED].T.copy()
        before = firms.members.rings[first : first + depth].sum(axis=0)
        world.run(day + 0.82)  # and the firms have looked at them
        gained = firms.members.rings[first : first + depth].sum(axis=0) - before
        if day > 20:
            assert gained[1] == pytest.approx(released[1])
            some += bool(0 < np.count_nonzero(released[1]) < 8)
    assert some > 10


def test_batches_are_split_by_the_memory_of_the_firms_and_nothing_changes(monkeypatch):
    scenario = scenario_of(RANDOM | {"replications": 5, "seed": 3})
    whole = run(scenario)
    assert prepare(scenario).together > 2
    monkeypatch.setattr(studies, "FIRMS_TOGETHER", 3 * prepare(scenario).firms_memory)
    assert prepare(scenario).together <= 2
    assert differing(run(scenario).outcome.shocked, whole.outcome.shocked) == []


def test_refuses_more_firms_than_fit_before_the_run_and_says_how_many_do():
    scenario = scenario_of(cars(5_000_000, SPREAD, BAN))
    with pytest.raises(TooLarge, match=r"the 5,000,000 firms of plants take [0-9.]+ GiB .* use at most [0-9,]+ firms"):
        prepare(scenario)
    with pytest.raises(TooLarge, match="firms of plants"):
        check(scenario)


def test_books_of_firms_that_do_not_close_are_told():
    world = World(batch([cars(spread=SPREAD, shocks=BAN)]))
    settle(world)
    world.populations["plants"].begin()
    books = Books(world)
    world.run(1)
    world.populations["plants"].members.rows[members.FIRM_FIELDS] *= 1.001
    with pytest.raises(ImbalanceError, match="input stock of the firms of 'plants'"):
        books.close(0)


def test_the_table_says_how_many_stop_and_when():
    data = cars(60, SPREAD, {"ban": shock("export_ban", 20, 100, country="CN")})
    row = run(scenario_of(data), seed=1).table("firms").iloc[0]
    assert (row["place"], row["firms"], row["first"], row["last"]) == ("plants", 60, "2025-02-25", "2025-03-26")


WRONG = {
    "spread without firms": ({"firms": None}, "say how many with `firms: 300`"),
    "said twice": ({"spread": {"cover": {"steel": COVERS}}}, "say it once"),
    "no such input": ({"spread": {"cover": {"glass": COVERS}}}, "'glass', which is not in the recipe"),
    "too dependent": ({"spread": {"dependence": {"ore": "120 %"}}}, "between 0 % and 100 %"),
    "no percentage": ({"spread": {"capacity": "2 t/t"}}, "is no percentage"),
    "working days": ({"spread": {"cover": {"ore": "20 working days"}}}, "counted in calendar days"),
    "two products": ({"makes": {"car": "1 t/t", "van": "1 t/t"}}, "makes one product"),
}


@pytest.mark.parametrize(("change", "says"), WRONG.values(), ids=WRONG)
def test_says_what_is_wrong_with_firms(change, says):
    data = cars(spread=SPREAD)
    data["commodities"]["van"] = data["commodities"]["car"]
    plants = data["facilities"]["plants"] | change
    data["facilities"]["plants"] = {key: value for key, value in plants.items() if value is not None}
    with pytest.raises(ScenarioError, match=says):
        scenario_of(data)


# What looks at the plan only


def peopled(firms=None, cover="35 days"):
    """Plants that live on ore from one mine: many firms with 10 to 60 days of it, or one with the mean."""
    plants = {
        "kind": "manufacturer", "country": "DE", "makes": "oxide", "capacity": "200 t/day", "recipe": {"ore": "1 t/t"},
        "buys": {"ore": {"from": {"mine": {"transit": "5 days"}}}},
    }  # fmt: skip
    if firms:
        spread = {"cover": {"ore": {"distribution": "uniform", "low": "10 days", "high": "60 days"}}}
        plants |= {"firms": firms, "spread": spread}
    else:
        plants["buys"]["ore"]["cover"] = cover
    mine = {"kind": "mine", "country": "CN", "makes": "ore", "capacity": "200 t/day"}
    users = {"country": "DE", "wants": "oxide", "demand": "100 t/day", "from": {"plants": {"transit": "1 day"}}}
    ban = {"ban": shock("export_ban", 30, 45, country="CN")}
    return scenario_of(world({"mine": mine, "plants": plants}, {USERS: users}, ban, days=150))


def test_explaining_does_not_pretend_to_look_into_firms():
    with pytest.raises(ScenarioError, match="stands for many firms"):
        explain.prepare_inquiry(peopled(300))


def test_static_tables_reckon_with_the_mean_cover_of_firms():
    many, one = (network.network(scenario).tables["survival"].rows for scenario in (peopled(300), peopled()))
    assert many == one
