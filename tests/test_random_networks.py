"""Small networks drawn at random: whatever they are, the laws hold."""

import random

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st
from still_water import assert_flat, certain
from worlds import USERS, batch, buying, days, differing, live, regime, shock, t_a_day, variant, without_shocks, world

from sim.engine import run as engine
from sim.errors import ScenarioError

HORIZON = 120
COUNTRIES = ("CN", "DE", "US")
# A network that fails is shown as it was drawn: making it smaller takes many runs. To have it smaller, drop `phases`.
some = settings(
    max_examples=25,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)

FAST = {"fast": {"destination": "US", "rank": 1}, "own": {"destination": "DE", "reviewers": 10}}
whole_days = st.integers(0, 25).map(days)
part_days = st.integers(1, 200).map(lambda tenths: days(tenths / 10))
random_days = st.one_of(
    st.tuples(st.integers(0, 10), st.integers(0, 20)).map(
        lambda x: {"distribution": "uniform", "low": days(x[0]), "high": days(x[0] + x[1])}
    ),
    st.integers(1, 15).map(lambda mean: {"distribution": "exponential", "mean": days(mean)}),
    st.tuples(st.integers(2, 15), st.integers(1, 9)).map(
        lambda x: {"distribution": "gamma", "mean": days(x[0]), "sd": days(x[1])}
    ),
)
durations = st.one_of(whole_days, part_days, random_days)
FADES = ["step", {"shape": "linear", "over": "9 days"}, {"shape": "exponential", "over": "4 days"}]
shares = st.integers(0, 100).map(lambda share: f"{share} %")


@st.composite
def sellers(draw, names):
    """Links from one or more of the names, with shares that sum to 100 %."""
    chosen = draw(st.lists(st.sampled_from(names), min_size=1, max_size=3, unique=True))
    weights = [draw(st.integers(1, 10)) for _ in chosen]
    links = {}
    for i, (name, weight) in enumerate(zip(chosen, weights, strict=True)):
        link = {"transit": draw(durations), "firms": draw(st.integers(1, 3)), "priority": draw(st.integers(1, 2))}
        if i + 1 < len(chosen):
            link["share"] = f"{100 * weight / sum(weights)} %"
        if draw(st.integers(0, 5)) == 0:
            link["capacity"] = "400 t/day"
        links[name] = link
    return links


@st.composite
def facility(draw, stage, before):
    """A facility of a stage that makes one good or two, out of one or two of the goods of the stage before."""
    goods = [f"good_{stage}", f"side_{stage}"][: draw(st.integers(1, 2))]
    made = {goods[0]: {}} | {good: {"amount": "0.5 t/t", "paces": False, "storage": "300 t"} for good in goods[1:]}
    if draw(st.integers(0, 3)) == 0:
        made[goods[0]] = {"storage": "4000 t"}
    record = {
        "country": draw(st.sampled_from(COUNTRIES)),
        "makes": made,
        "capacity": t_a_day(draw(st.sampled_from([1000, 600]))),
        "processing": draw(st.one_of(st.just("0 days"), durations)),
        "finished_cover": draw(st.integers(0, 10).map(days)),
        "allocation": draw(st.sampled_from(["usual", "proportional", "priority", "equal", "domestic_first"])),
    }
    if draw(st.integers(0, 4)) == 0:
        record["capacity"] = {"distribution": "normal", "mean": "900 t/day", "sd": "150 t/day"}
    if stage == 0:
        return {"kind": draw(st.sampled_from(["mine", "recycler"])), **record}
    inputs = draw(st.lists(st.sampled_from(sorted(before)), min_size=1, max_size=2, unique=True))
    recipe, buys = {}, {}
    for good in inputs:
        recipe[good] = {
            "amount": draw(st.sampled_from(["1 t/t", "0.3 t/t"] if good.startswith("good") else ["0.1 t/t"])),
            "dependence": draw(st.sampled_from(["100 %", "100 %", "60 %", "0 %"])),
            "throttle": draw(st.sampled_from(["0 %", "0 %", "40 %"])),
        }
        buys[good] = buying(
            draw(sellers(before[good])),
            draw(st.integers(0, 30)),
            usage=draw(st.sampled_from(["planned", "smoothed"])),
            learns=draw(st.sampled_from(["0 %", "50 %", "100 %"])),
        )
    kind = draw(st.sampled_from(["refiner", "manufacturer", "recycler"]))
    return {"kind": kind, **record, "recipe": recipe, "buys": buys}


@st.composite
def shocks_of(draw, facilities, markets, licensed):
    """One to four shocks of any kind, some of which reach nothing."""
    where = {"where": {"id": draw(st.sampled_from([*facilities, *markets]))}}
    links = {"links": {"seller": draw(st.sampled_from([*facilities]))}}
    country = {"country": draw(st.sampled_from(COUNTRIES))}
    kinds = [
        ("capacity_loss", where | {"size": draw(shares)}),
        ("export_ban", country | {"leakage": draw(shares)}),
        ("import_ban", country),
        ("partial_cut", links | {"size": draw(shares)}),
        ("lane_closure", links | {"recall": draw(st.sampled_from(["none", "returned", "seized"]))}),
        ("sanction", {"who": {"id": draw(st.sampled_from([*facilities]))}, "leakage": draw(shares),
                      "recall": draw(st.sampled_from(["none", "returned", "seized"]))}),
        ("entity_freeze", where | {"stops": draw(st.sampled_from(["orders", ["orders", "shipments"], ["inputs"]]))}),
        ("insolvency", where | {"orders": draw(st.sampled_from(["cancelled", "kept"])),
                                "holdings": draw(st.sampled_from(["kept", "sold", "seized"]))}),
        ("quota", country | {"amount": "900 t", "period": draw(st.sampled_from(["7 days", "30.5 days"]))}),
        ("transit_delay", links | {"adds": draw(st.sampled_from(["+30 days", "-3 days", "+0.7 days"]))}),
        ("demand_surge", {"where": {"id": USERS}, "size": draw(st.sampled_from(["+80 %", "-70 %", "-100 %"]))}),
        ("stock_loss", where | {"size": draw(shares)}),
        ("inventory_limit", {"where": {}, "cover": draw(whole_days),
                             "excess": draw(st.sampled_from(["drawn_down", "resold", "seized"]))}),
        ("change", {"what": "capacity", **where, "growth": "300 %/year"}),
        ("change", {"what": "processing", **where, "to": "9 days"}),
        ("change", {"what": "yield", **where, "scale": "-40 %"}),
        ("change", {"what": "cover", **where, "scale": "+100 %"}),
        ("change", {"what": "transit", **links, "scale": "+150 %"}),
        ("change", {"what": "lane_capacity", **links, "to": "20 t/day"}),
    ]  # fmt: skip
    if licensed:
        office = {"authority": "office"}
        kinds += [
            ("licensing", office),
            ("licence_delay", office | {"adds": "12 days"}),
            ("approval_rate", office | {"to": draw(shares)}),
            ("authority_suspended", office),
        ]
    found = {}
    # Each kind once at most, so that no two set the same lever on the same day.
    for kind, said in draw(st.lists(st.sampled_from(kinds), min_size=1, max_size=4, unique_by=lambda k: k[0])):
        length = None if kind == "stock_loss" else draw(st.one_of(st.none(), st.integers(1, 90)))
        fade = draw(st.sampled_from(FADES))
        onset = draw(st.sampled_from(["0 days", "7 days"]))
        found[kind] = shock(kind, draw(st.integers(0, 90)), length, recovery=fade, onset=onset, **said)
    return found


@st.composite
def responses_of(draw, facilities, markets):
    """None to three responses, on a day or when something is seen; some of them never act."""
    someone = draw(st.sampled_from([*facilities, *markets]))
    maker = draw(st.sampled_from([*facilities]))
    buyers = [name for name in facilities if facilities[name].get("buys")]
    cues = [
        f"day {draw(st.integers(0, 90))}",
        {"cover_below": draw(st.sampled_from(["1 day", "6 days"])), "where": {"id": someone}},
        {"stopped_for": "4 days", "links": {"seller": maker}},
    ]
    kinds = [
        ("hoard", {"where": {"id": someone}, "cover": "12 days"}),
        ("build", {"where": {"id": maker}, "adds": "150 t/day"}),
        ("ration", {"where": {"id": maker}, "allocation": draw(st.sampled_from(["equal", "proportional"]))}),
        ("reroute", {"links": {"seller": maker}, "share": "30 %", "adds": "5 days", "detection": "10 %"}),
        ("expedite", {"links": {"seller": maker}, "scale": "40 %"}),
    ]
    if buyers:
        buyer = draw(st.sampled_from(buyers))
        good = draw(st.sampled_from(sorted(facilities[buyer]["buys"])))
        seller = draw(st.sampled_from(sorted(facilities[buyer]["buys"][good]["from"])))
        kinds += [
            ("thrift", {"where": {"id": buyer}, "commodity": good, "saves": "30 %"}),
            ("second_source", {"links": {"buyer": buyer, "seller": seller, "commodity": good}, "share": "100 %"}),
        ]
    found = {}
    for kind, stated in draw(st.lists(st.sampled_from(kinds), max_size=3, unique_by=lambda k: k[0])):
        found[kind] = {
            "kind": kind, "on": draw(st.sampled_from(cues)), "after": draw(st.sampled_from(["0 days", "5 days"])),
            "ramp": draw(st.sampled_from(["0 days", "10 days"])), "source": "test", **stated,
            **draw(st.sampled_from([{}, {"lasts": "15 days"}])),
        }  # fmt: skip
    return found


@st.composite
def networks(draw):
    """Two to five stages of one or two facilities each, then a market; perhaps an authority; and shocks."""
    stages = draw(st.integers(1, 4))
    facilities, before = {}, {}
    for stage in range(stages):
        made = {}
        for number in range(draw(st.integers(1, 2))):
            name = f"plant_{stage}_{number}"
            facilities[name] = draw(facility(stage, before))
            for good in facilities[name]["makes"]:
                made.setdefault(good, []).append(name)
        before = made
    markets = {}
    for name, good, demand in ((USERS, f"good_{stages - 1}", 100), ("others", f"side_{stages - 1}", 3)):
        if good in before:
            markets[name] = {
                "country": draw(st.sampled_from(COUNTRIES)),
                "wants": good,
                "demand": t_a_day(demand),
                "patience": draw(st.sampled_from(["0 days", "5 days", "40 days", "2 years", "endless"])),
                "usage": draw(st.sampled_from(["planned", "smoothed"])),
                **buying(draw(sellers(before[good])), draw(st.integers(0, 15))),
            }
    if draw(st.booleans()):
        sd = draw(st.integers(0, 30))
        markets[USERS]["demand"] = {"distribution": "normal", "mean": "100 t/day", "sd": t_a_day(sd)}
    licensed = draw(st.booleans())
    licences = {}
    if licensed:
        licences["office"] = regime(
            draw(st.one_of(durations, st.just("10 working days"))),
            sorted({good for record in facilities.values() for good in record["makes"]}),
            in_force=draw(st.booleans()),
            approval=draw(st.sampled_from(["100 %", "70 %", "30 %"])),
            denied=draw(st.sampled_from(["again", "cancelled"])),
            again_after=draw(st.sampled_from(["0 days", "4 days"])),
            files_every=draw(st.sampled_from([1, 7])),
            licence=draw(st.sampled_from(["single", "single", "general"])),
            customs_hold=draw(st.sampled_from(["0 days", "2.5 days"])),
            returned=draw(st.sampled_from(["0 %", "0 %", "40 %"])),
            completion=draw(st.sampled_from(["0 days", "3 days"])),
            preparation=draw(st.sampled_from(["0 days", "6 days"])),
            shipment_lag=draw(st.sampled_from(["0 days", "2 days"])),
            **draw(st.sampled_from([{}, {"reviewers": 40}, {"release_cap": 1.3}, {"reviewers": 40, "classes": FAST}])),
        )
    struck = draw(shocks_of(facilities, markets, licensed))
    answers = draw(responses_of(facilities, markets))
    return world(facilities, markets, struck, licences, days=HORIZON, responses=answers)


def possible(data):
    """The network, unless its undisturbed world is refused; a refusal must be told in words."""
    try:
        live(without_shocks(variant(data, {"horizon": "1 day"})))
    except ScenarioError as error:
        assert str(error)
        assume(False)
    return data


@given(networks(), st.integers(1, 10**6))
@some
def test_the_books_close_and_nothing_is_negative(data, seed):
    lived = live(possible(data), replications=(1, 2), seed=seed)
    for records in (lived.calm, lived.struck):
        assert np.isfinite(records.history).all()
        assert records.history.min() >= -1e-6
    for market in lived.struck.where("sales"):
        for records in (lived.calm, lived.struck):
            asked, sold, lost = (records[what, market].sum(axis=0) for what in ("demand", "sales", "lost"))
            assert asked == pytest.approx(sold + lost + records["waiting", market][-1], rel=1e-9, abs=1e-6)


@given(networks(), st.randoms(use_true_random=False))
@some
def test_the_order_of_waking_changes_no_bit(data, luck):
    def shuffled(names):
        chosen = list(names)
        luck.shuffle(chosen)
        return chosen

    one, other = live(possible(data)), live(data, waking=shuffled)
    assert differing(one.struck, other.struck) == []
    assert differing(one.calm, other.calm) == []


@given(networks())
@some
def test_a_case_does_not_know_its_neighbours(data):
    covers = {
        f"facilities.{name}.buys.{good}.cover": "33 days"
        for name, record in data["facilities"].items()
        for good in record.get("buys", {})
    }
    richer = variant(possible(data), covers)
    cases = batch([data, richer], replications=(1, 5, 9))
    together = engine.run(cases)
    for one in (0, 5, 6, 11):
        assert differing(engine.run(cases.some(np.array([one]))), together.cases(np.array([one]))) == []


@given(networks())
@some
def test_shocks_after_the_end_change_no_bit(data):
    late = {f"shocks.{name}.effective": f"day {HORIZON}" for name in data["shocks"]}
    lived = live(variant(possible(data), late))
    assert differing(lived.calm, lived.struck) == []
    alone = live(without_shocks(data))
    assert differing(lived.calm, alone.calm) == []


@given(networks())
@some
def test_nothing_happens_before_the_first_shock(data):
    lived = live(possible(data))
    first = min(int(said["effective"].split()[1]) for said in data["shocks"].values())
    for key in lived.calm.rows:
        assert np.array_equal(lived.calm[key][:first], lived.struck[key][:first]), key


@given(networks(), st.integers(0, 3))
@some
def test_a_network_without_luck_or_licences_is_still_water(data, seed):
    calm = live(possible(certain(variant(data, {"shocks": {}, "licences": {}, "responses": {}})))).calm
    assert_flat(calm)


def test_random_networks_are_various():
    seen = []

    @given(networks())
    @settings(max_examples=300, phases=[Phase.generate], database=None)
    def collect(data):
        seen.append(data)

    collect()
    kinds = {kind for data in seen for kind in data["shocks"]}
    assert len(kinds) == 18
    assert {len({name.split("_")[1] for name in data["facilities"]}) for data in seen} == {1, 2, 3, 4}
    assert any(data["licences"] for data in seen)
    assert {kind for data in seen for kind in data["responses"]} >= {"hoard", "build", "reroute", "second_source"}
    luck = random.Random(1)
    refused = 0
    for data in luck.sample(seen, 20):
        try:
            batch([without_shocks(data)])
        except ScenarioError:
            refused += 1
    assert refused < 10
