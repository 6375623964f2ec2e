"""Why: both splits of a loss add up to it, and charge what is to blame in worlds small enough to see it."""

import math
import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reasons import charged, first_of, loss, noted, places
from rich_world import rich
from test_random_networks import networks, possible, some
from worlds import (
    USERS,
    batch,
    buying,
    chain,
    closure,
    licensing,
    outage,
    regime,
    rivals,
    shock,
    two_sources,
    variant,
)

from sim.engine import layout as at
from sim.engine import run as engine
from sim.engine.notes import CAPACITY, FIRST_INPUT, ROOM, WANTED, Notes, live
from sim.engine.world import World
from sim.results.causes import charges
from sim.results.shapley import NOBODY, Game, alone, drawing_error, game_of, values, without
from sim.results.story import tell

few = settings(some, max_examples=8)
MAKER = "plant_1: good_1"
MINE = "mine: good_0"


def losses(table):
    """`{"ab": 5}` as the loss under the shocks a and b."""
    return {frozenset(subset): np.array([float(lost)]) for subset, lost in table.items()}


# Shapley values


def test_two_shocks_by_hand():
    lost = losses({"": 0, "a": 10, "b": 20, "ab": 50})
    game = game_of(["b", "a"], seed=1)
    found = values(game, lost)
    assert found["a"] == pytest.approx((10 + 30) / 2)
    assert found["b"] == pytest.approx((20 + 40) / 2)
    assert alone("a", lost) == 10 and without(game, "a", lost) == 20


def test_three_shocks_by_hand():
    """One thing is lost if a strikes together with b or with c: a is worth 2/3, the others 1/6 each."""
    lost = losses({"": 0, "a": 0, "b": 0, "c": 0, "ab": 1, "ac": 1, "bc": 0, "abc": 1})
    found = values(game_of("abc", seed=1), lost)
    assert found["a"] == pytest.approx(4 / 6)
    assert found["b"] == pytest.approx(1 / 6) and found["c"] == pytest.approx(1 / 6)


def test_three_shocks_by_hand_one_of_which_helps():
    """Orders abc acb bac bca cab cba add, for c: -30 -30 -30 -5 0 0."""
    lost = losses({"": 0, "a": 30, "b": 5, "c": 0, "ab": 60, "ac": 0, "bc": 0, "abc": 30})
    found = values(game_of("abc", seed=1), lost)
    assert found["c"] == pytest.approx((-30 - 30 - 30 - 5 + 0 + 0) / 6)
    assert sum(found.values()) == pytest.approx(30)


def test_up_to_six_shocks_every_subset_is_run_and_of_more_the_orders_are_drawn():
    assert len(game_of("abcdef", seed=1).subsets) == 64
    game = game_of("abcdefgh", seed=1)
    assert len(game.orders) == 64
    assert all(order[::-1] in game.orders for order in game.orders)
    assert len(game.subsets) < 256
    assert {frozenset(s) for s in "abcdefgh"} <= set(game.subsets)


def test_drawn_orders_hang_on_the_seed_and_not_on_the_order_of_the_file():
    assert game_of("abcdefgh", seed=1) == game_of("hgfedcba", seed=1)
    assert game_of("abcdefgh", seed=1) != game_of("abcdefgh", seed=2)


def test_values_of_drawn_orders_add_up_and_come_near_the_exact_ones():
    luck = random.Random(1)
    names = "abcdefgh"
    exact = Game(tuple(names))
    weight = {frozenset(s): 1 + luck.random() for s in exact.subsets}
    lost = {s: np.array([len(s) ** 1.5 * weight[s]]) if s else np.zeros(1) for s in exact.subsets}
    drawn = game_of(names, seed=5)
    found, true = values(drawn, lost), values(exact, lost)
    total = lost[exact.everybody]
    assert sum(found.values()) == pytest.approx(total, rel=1e-12)
    assert sum(true.values()) == pytest.approx(total, rel=1e-12)
    errors = drawing_error(drawn, {s: float(value[0]) for s, value in lost.items()})
    inside = sum(abs(found[name] - true[name])[0] <= errors[name] for name in names)
    assert inside >= 6, "intervals of 95 % hold the exact value nearly always"
    assert drawing_error(exact, {s: float(value[0]) for s, value in lost.items()}) == dict.fromkeys(names, 0.0)


@given(st.lists(st.floats(-1e6, 1e6), min_size=8, max_size=8))
def test_values_add_up_whatever_is_lost(amounts):
    game = game_of("abc", seed=1)
    lost = {s: np.array([x]) for s, x in zip(game.subsets, amounts, strict=True)}
    total = lost[game.everybody] - lost[NOBODY]
    assert sum(values(game, lost).values()) == pytest.approx(total, rel=1e-9, abs=1e-9 * max(1, *map(abs, amounts)))


# Notes


@pytest.mark.parametrize("data", [rich(), two_sources(shocks={"ban": closure(50, 60, seller="mine_a")})])
def test_notes_change_no_bit_and_foresee_every_run(data):
    cases = batch([data], replications=(1, 2))
    plain = engine.run(cases)
    records, bounds = engine.run_noting(cases)
    for key in plain.rows:
        assert np.array_equal(plain[key], records[key]), key
    assert (bounds.masks > 0).all(), "something binds every run"
    foreseen = foreseen_runs(cases)
    for number, name in enumerate(bounds.names):
        assert np.array_equal(foreseen[:, number], records["run", name]), name


def foreseen_runs(cases):
    """What the notes reckon each facility will run, shape (day, facility, case)."""
    world = World(cases)
    notes, seen = Notes(world, cases.first.days), []
    count = len(cases.first.names["plants"])

    class Looking:
        def take(self, day):
            notes.take(day)
            seen.append(world.floor.view(notes.mirror, "plants", count)[:, at.PLANT_RUN].copy())

    from sim.engine.steady import settle

    settle(world)
    world.env.process(live(world, Looking()))
    world.run(cases.first.days)
    return np.array(seen)


def test_each_limit_has_its_bit():
    store = {"facilities.mine.makes": {"good_0": {"storage": "300 t"}}}
    closed = noted(variant(chain((10,), shocks={"ban": closure(50, 100, buyer="plant_1")}), store))
    bounds = closed.bounds
    assert bounds.bit("mine", WANTED)[20].all() and not bounds.bit("mine", CAPACITY)[20].any()
    assert bounds.bit("mine", ROOM)[60].all() and not bounds.bit("mine", WANTED)[60].any()
    assert bounds.bit("plant_1", FIRST_INPUT)[70].all()
    fire = noted(chain((10,), shocks={"fire": outage("mine", 50, 20)})).bounds
    assert fire.bit("mine", CAPACITY)[60].all() and not fire.bit("mine", WANTED)[60].any()


# Constraints


def test_what_each_loss_is_charged_to():
    """A mine 2 days from a plant with 10 days of cover; everything is 100 t a day, with half as much in reserve."""
    lane = {"buyer": "plant_1"}
    office = {"office": regime(60)}
    yields = shock("change", 50, 30, what="yield", where={"id": "plant_1"}, scale="-40 %")
    worlds = {
        "lane": chain((10,), shocks={"x": closure(50, 40, **lane)}),
        "cut": chain((10,), spare=0, shocks={"x": shock("partial_cut", 50, 90, links=lane, size="60 %")}),
        "slow": chain((10,), spare=0, shocks={"x": shock("transit_delay", 50, links=lane, adds="+30 days")}),
        "licence": chain((10,), licences=office, shocks={"x": licensing(50, 40)}),
        "refused": chain((10,), licences={"office": regime(1, approval="0 %")}, shocks={"x": licensing(50, 40)}),
        "fire": chain((10,), shocks={"x": outage("mine", 50, 40)}),
        "strike": chain((10,), spare=0, shocks={"x": outage("plant_1", 50, 40)}),
        "slump": chain((10,), shocks={"x": shock("demand_surge", 50, 40, where={"id": USERS}, size="50 %")}),
        "yield": chain((10,), spare=0, shocks={"x": yields}),
    }
    kinds = {
        "lane": "lane good_0", "cut": "lane good_0", "slow": "lane good_0", "licence": "licence good_0",
        "refused": "licence good_0", "fire": "input good_0", "strike": "capacity", "slump": "demand",
    }  # fmt: skip
    found = {name: charged(noted(data), MAKER) for name, data in worlds.items()}
    for name, kind in kinds.items():
        main = max(found[name], key=lambda cause: found[name][cause])
        assert main == kind, (name, found[name])
        assert found[name][kind] >= 0.9 * sum(x for x in found[name].values() if x > 0), (name, found[name])
    assert found["lane"]["lane good_0"] == pytest.approx(3000)
    assert found["yield"]["process"] == pytest.approx(30 * 40)
    assert charged(noted(worlds["fire"]), MINE)["capacity"] == pytest.approx(4000)


def test_a_source_that_sends_as_much_as_ever_is_not_to_blame():
    """Half of the ore stops for 60 days; the other mine has none to spare: all of the 1,000 t missing is the lane's."""
    found = charged(noted(two_sources(shocks={"ban": closure(50, 60, seller="mine_a")})), "plant: oxide")
    assert found == {"lane ore": 1000.0, "made up later": -500.0}


def test_what_a_seller_gives_to_others_is_told_from_what_it_does_not_have():
    """Of 40 t a day, b is served first with its 40; an even share would have brought a, who wants 60, 24 of them."""
    found = charged(noted(rivals(40, {"a": 60, "b": 40}, "priority", a={"priority": 2}, b={"priority": 1})), "a")
    assert found["allocation ore"] / (found["allocation ore"] + found["input ore"]) == pytest.approx(24 / 60)


def test_two_inputs_that_are_out_together_share_the_charge():
    data = chain((10,), shocks={"a": closure(50, 40, commodity="good_0"), "b": closure(50, 40, commodity="salt")})
    salt = {"kind": "mine", "country": "BR", "makes": "salt", "capacity": "200 t/day", "source": "test"}
    both = variant(
        data,
        {
            "commodities.salt": {"unit": "t", "source": "test"},
            "facilities.salt_mine": salt,
            "facilities.plant_1.recipe.salt": "1 t/t",
            "facilities.plant_1.buys.salt": buying({"salt_mine": {"transit": "2 days"}}, 10),
        },
    )
    found = charged(noted(both), MAKER)
    assert found["lane good_0"] == pytest.approx(found["lane salt"]) == pytest.approx(1500)


def test_work_in_process_is_charged_to_what_bound_its_start():
    later = {"facilities.plant_1.processing": "12 days"}
    found = charged(noted(variant(chain((10,), shocks={"x": closure(50, 40, buyer="plant_1")}), later)), MAKER)
    assert found["lane good_0"] == pytest.approx(3000)
    assert set(found) <= {"lane good_0", "made up later", "demand"}


@given(networks(), st.integers(1, 10**6))
@few
def test_charges_add_up_to_the_loss_on_random_networks(data, seed):
    known = noted(possible(data), seed=seed)
    for place in places(known):
        lost, parts = loss(known, place), charges(known, place)
        scale = max(1.0, float(np.max(known.outcome.facts.output.get(place, 100.0)))) * known.outcome.days
        assert sum(parts.values(), np.zeros(2)) == pytest.approx(lost, rel=1e-9, abs=1e-9 * scale), place
        for cause, amount in parts.items():
            assert (amount <= 1e-9 * scale).all() if cause.kind == "made up later" else (amount >= 0.0).all(), cause


# Stories


def test_a_ban_is_told_from_shock_to_shortage_to_stop_to_recovery():
    story = tell(first_of(noted(chain((10,), shocks={"ban": closure(50, 40, buyer="plant_1")})), 0), USERS, "the first")
    assert [event.says for event in story.events] == [
        "On 20 February 2025, ban took effect (lane closure).",
        "On 20 February 2025, good_0 from mine for plant_1 could no longer leave, for the lane was shut.",
        "On 3 March 2025, 11 days after ban took effect, plant_1 ran out of good_0 from mine.",
        "On 4 March 2025, 12 days after ban took effect, plant_1 stopped: it lacked good_0.",
        "On 6 March 2025, 14 days after ban took effect, users got nothing any more: it lacked good_1.",
        "On 1 April 2025, ban was over.",
        "On 1 April 2025, the first good_0 from mine for plant_1 left again.",
        "On 3 April 2025, plant_1 made something again.",
        "On 5 April 2025, users was back at its baseline.",
        "On 6 April 2025, plant_1 was back at its baseline.",
    ]


def test_missing_orders_are_followed_downstream():
    data = chain((10,), shocks={"slump": shock("demand_surge", 50, 40, where={"id": USERS}, size="50 %")})
    says = [event.says for event in tell(first_of(noted(data), 0), MINE, "the first").events]
    assert says[0] == "On 20 February 2025, slump took effect (demand surge)."
    assert "users was sold 50 % of its baseline: it asked for less" in says[1]
    assert "mine made 50 % of its baseline: less was ordered from it" in says[3]


def test_a_stock_rule_is_told_where_stock_runs_out():
    rule = shock("inventory_limit", 20, where={"id": "plant_1"}, cover="3 days")
    data = chain((30,), shocks={"rule": rule, "ban": closure(80, 40, buyer="plant_1")})
    says = " ".join(event.says for event in tell(first_of(noted(data), 0), MAKER, "the first").events)
    assert "rule took effect (inventory limit)" in says and "plant_1 ran out of good_0" in says


@given(networks(), st.integers(1, 10**6))
@few
def test_a_story_says_nothing_that_is_not_in_the_records(data, seed):
    known = first_of(noted(possible(data), seed=seed), 0)
    for place in places(known):
        if float(loss(known, place)[0]) <= 0.0:
            continue
        story = tell(known, place, "the first")
        assert [e.day for e in story.events] == sorted(e.day for e in story.events)
        for event in story.events:
            assert says_true(known, event), event


def says_true(known, event):
    """Whether the records bear out what the event is about."""
    outcome = known.outcome
    if event.what in ("stop", "loss", "gain", "recovery", "low", "restart") and event.place in places(known):
        what = "sales" if event.place in outcome.markets else "output"
        before, after = (r[what, event.place][event.day, 0] for r in (outcome.baseline, outcome.shocked))
        plan = max(before, 1e-9)
        return {
            "stop": after <= 1e-9 * plan,
            "loss": after < before,
            "gain": after > before,
            "low": after < before,
            "restart": after > 0.0 or before == 0.0,
            "recovery": after >= before - 1e-9 * max(plan, outcome.facts.output.get(event.place, 100.0)),
        }[event.what]
    if event.what == "shortage" and event.place in outcome.inputs:
        usage = outcome.facts.usage[event.place]
        return outcome.shocked["stock", event.place][event.day, 0] <= 1e-9 * max(usage, 1e-30)
    if event.what == "shock":
        return event.day == math.ceil(max(0.0, outcome.facts.shocks[event.place][0]))
    return True
