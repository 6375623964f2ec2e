"""Licences that leave nothing to luck take a short way through the engine; no bit may tell which way was taken."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from worlds import batch, chain, closure, differing, licensing, live, regime, shock, variant

from sim.engine import desk_parts as parts
from sim.engine.steady import settle
from sim.engine.world import World

DAYS = 150
SELLER = "facilities.plant_1.buys.good_0.from.mine"
ON_SLOTS = {"licences.office.release_cap": 1e9}
"""A cap that caps nothing; a capped link is not plain."""


def luck(mean, sd, unit):
    return {"distribution": "normal", "mean": f"{mean} {unit}", "sd": f"{sd} {unit}"}


def licensed(rules=None, shocks=None, firms=1, start=20, length=None, days=DAYS):
    """Licences from a day on, or from the beginning; transit and demand vary, and sums of amounts are rounded."""
    rules = regime(12, **({"in_force": True} if start is None else {})) | (rules or {})
    begin = {} if start is None else {"licences": licensing(start, length)}
    data = chain(
        (25,), [luck(6, 3, "days"), 2], demand=100 / 3, shocks=begin | (shocks or {}), licences={"office": rules},
        market={"demand": luck(100 / 3, 7, "t/day")}, days=days,
    )  # fmt: skip
    return variant(data, {f"{SELLER}.firms": firms})


def slower(start, length, days):
    return shock("licence_delay", start, length, authority="office", adds=f"{days} days")


def strike(start, length):
    return shock("authority_suspended", start, length, authority="office")


def ban(start, length):
    return closure(start, length, buyer="plant_1")


def both_ways(*worlds):
    """The same worlds as they are, and with slots for every application."""
    return (
        live(*worlds, replications=(1, 2)),
        live(*(variant(data, ON_SLOTS) for data in worlds), replications=(1, 2)),
    )


def assert_the_same(*worlds):
    ours, theirs = both_ways(*worlds)
    assert ours.struck["filed", "mine > plant_1: good_0"].sum() > 0.0
    for a, b in ((ours.calm, theirs.calm), (ours.struck, theirs.struck)):
        assert differing(a, b) == []


WORLDS = {
    "imposed": licensed(),
    "in force": licensed(start=None),
    "lifted": licensed(length=35),
    "lifted while reviews take longer": licensed(length=40, shocks={"slow": slower(30, 9, 15)}, firms=3),
    "lifted when slots have come round their ring": licensed({"review": "40 days"}, firms=3, length=485, days=560),
    "many firms": licensed(firms=7),
    "weekly": licensed({"files_every": 7}, start=None, firms=2),
    "decided on the day it is filed": licensed({"review": "0 days"}, firms=2),
    "decided on the day it is filed, for a while": licensed({"review": "0 days"}, {"slow": slower(40, 12, 5)}),
    "longer for a while": licensed(shocks={"slow": slower(45, 20, 31)}, start=None, firms=3),
    "at most": licensed({"statutory_limit": "9 days"}, {"slow": slower(45, 20, 4)}),
    "suspended": licensed(shocks={"strike": strike(50, 30)}, start=None, firms=3),
    "suspended while nothing takes time": licensed({"review": "0 days"}, {"strike": strike(50, 30)}, firms=2),
    "suspended when two days' filings are due on one": licensed(
        shocks={"slow": slower(45, 20, 31), "strike": strike(80, 5)}, start=None, firms=3
    ),
    "shut": licensed(shocks={"ban": ban(50, 30)}, firms=3),
    "shut before licences": licensed(shocks={"ban": ban(5, 10)}),
    "shut when they end": licensed(length=50, shocks={"ban": ban(60, 30)}),
    "suspended, shut, slow and lifted": licensed(
        length=80, shocks={"strike": strike(50, 20), "ban": ban(60, 30), "slow": slower(35, 20, 22)}, firms=2
    ),
    "setting in, some barred": licensed({"barred": "20 %"}, shocks={"licences": licensing(20, 60, onset="15 days")}),
}


@pytest.mark.parametrize("name", WORLDS)
def test_it_makes_no_difference_to_the_last_bit(name):
    assert_the_same(WORLDS[name])


def test_cases_may_differ_in_days():
    worlds = [
        licensed({"review": f"{days} days"}, {"slow": slower(start, 20, added)}, firms=2, length=length)
        for days, start, added, length in ((12, 45, 31, 60), (3, 50, 5, 90), (0, 41, 2, 75))
    ]
    assert_the_same(*worlds)


spans = st.tuples(st.integers(2, 110), st.integers(1, 60))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    review=st.integers(0, 40),
    firms=st.integers(1, 4),
    every=st.sampled_from([1, 1, 5]),
    rule=st.one_of(st.none(), spans),
    slow=st.lists(st.tuples(spans, st.integers(0, 60)), max_size=3),
    strikes=st.none() | spans,
    bans=st.none() | spans,
)
def test_whatever_happens_it_makes_no_difference(review, firms, every, rule, slow, strikes, bans):
    shocks = {f"slow_{n}": slower(*span, days) for n, (span, days) in enumerate(slow)}
    shocks |= {} if strikes is None else {"strike": strike(*strikes)}
    shocks |= {} if bans is None else {"ban": ban(*bans)}
    when = {"start": None} if rule is None else {"start": rule[0], "length": rule[1]}
    rules = {"review": f"{review} days", "files_every": every}
    data = licensed(rules, shocks, firms, **when) | {"start": "2025-03-01"}
    data = variant(data, {"facilities.plant_1.buys.good_0.cover": "90 days"})
    ours, theirs = both_ways(data)
    assert differing(ours.struck, theirs.struck) == []
    assert differing(ours.calm, theirs.calm) == []


def test_a_case_does_not_know_whether_its_neighbours_are_plain():
    data = licensed(shocks={"slow": slower(45, 20, 31), "strike": strike(70, 9)}, start=None, firms=3)
    alone = live(data, replications=(1, 2))
    company = live(data, variant(data, {"licences.office.approval": "60 %"}), replications=(1, 2))
    assert differing(alone.struck, company.struck.cases(slice(0, 2))) == []
    assert differing(alone.calm, company.calm.cases(slice(0, 2))) == []


# Which way is taken


def desk_of(*worlds):
    world = World(batch(worlds))
    settle(world)
    return world, world.authorities[0]


NOT_PLAIN = {
    "approval": "90 %",
    "review": "2.5 days",
    "reviewers": 9,
    "customs_hold": "2 days",
    "preparation": "3 days",
    "shipment_lag": "3 days",
    "licence": "general",
    "release_cap": 2,
    "statutory_limit": "9.5 days",
}


def test_where_nothing_is_left_to_luck_there_are_no_slots():
    world, desk = desk_of(licensed(shocks={"slow": slower(45, 20, 31)}, start=None, firms=3))
    world.run(DAYS)
    assert (desk.duties[:, parts.DUTY_PLAIN] >= 0).all()
    assert desk.parcels.size == desk.marks.size == desk.heads.size == 0


@pytest.mark.parametrize("rule", NOT_PLAIN)
def test_where_something_is_each_application_has_one(rule):
    for worlds in (
        [licensed({rule: NOT_PLAIN[rule]}, start=None)],
        [licensed(start=None), licensed({rule: NOT_PLAIN[rule]}, start=None)],
    ):
        if len(worlds) > 1 and rule in ("reviewers", "preparation", "shipment_lag", "licence"):
            continue  # these differ in more than numbers
        world, desk = desk_of(*worlds)
        world.run(40)
        assert (desk.duties[:, parts.DUTY_PLAIN] < 0).all()
        assert desk.parcels.size > 0


@pytest.mark.parametrize(
    "shocks",
    [
        {"slow": shock("licence_delay", 45, 20, authority="office", scale="+50 %")},
        {"slow": shock("licence_delay", 45, 20, authority="office", adds="2.5 days")},
        {"slow": slower(45, 20, 600)},
        {"hold": shock("customs_hold", 45, 20, authority="office", adds="2 days")},
        {"strict": shock("approval_rate", 45, 20, authority="office", to="50 %")},
        {"slow": slower(45, 20, 8) | {"onset": "10 days"}},
    ],
)
def test_shocks_that_do_more_than_add_whole_days_need_slots(shocks):
    _, desk = desk_of(licensed(shocks=shocks, start=None))
    assert (desk.duties[:, parts.DUTY_PLAIN] < 0).all()


@pytest.mark.parametrize("stop", [strike(50, 30), ban(50, 30)])
def test_a_link_gets_slots_when_something_is_put_off(stop):
    world, desk = desk_of(licensed(shocks={"stop": stop}, start=None))
    world.run(50)
    assert desk.parcels.size == 0
    world.run(51)
    assert (desk.duties[:, parts.DUTY_PLAIN] < 0).all()
    assert desk.parcels.size > 0
