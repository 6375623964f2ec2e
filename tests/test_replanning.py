"""When shares, recipes or processing times change, everyone upstream plans anew, and nothing else changes."""

import numpy as np
import pytest
from worlds import DEMAND, USERS, buying, differing, live, planned, shock, variant, world

OLD, NEW = "old: oxide", "new: oxide"


def two_chains(share="100 %", days=400, **more):
    """Users who buy from an old refiner and may buy from a new one; each has a mine of its own and 20 days of ore."""

    def refiner(mine):
        return {
            "kind": "refiner", "country": "DE", "makes": "oxide", "capacity": "200 t/day", "recipe": {"ore": "2 t/t"},
            "buys": {"ore": buying({mine: {"transit": "5 days"}}, 20)}, "finished_cover": "4 days",
        }  # fmt: skip

    mine = {"kind": "mine", "country": "CN", "makes": "ore", "capacity": "400 t/day"}
    rest = f"{100 - float(share.split()[0]):g} %"
    users = {
        "country": "FR", "wants": "oxide", "demand": "100 t/day", "cover": "30 days",
        "from": {"old": {"share": share, "transit": "1 day"}, "new": {"share": rest, "transit": "1 day"}},
    }  # fmt: skip
    facilities = {"mine_old": mine, "mine_new": mine, "old": refiner("mine_old"), "new": refiner("mine_new")}
    return world(facilities, {USERS: users}, days=days, **more)


def moved(share, start=50, **more):
    return {"move": shock("change", start, what="share", links={"seller": "new"}, to=share, **more)}


def test_a_plant_that_was_not_planned_for_holds_what_its_new_plan_needs():
    """After a share has moved all is as if it had been planned so from the beginning."""
    lived = live(two_chains(shocks=moved("40 %"))).struck
    target = live(two_chains("60 %")).calm
    for what, where in (
        ("output", OLD), ("output", NEW), ("stock", "new: ore"), ("stock", "old: ore"), ("finished", NEW),
        ("finished", OLD), ("shipments", "mine_new > new: ore"), ("shipments", "mine_old > old: ore"),
    ):  # fmt: skip
        late, wanted = lived[what, where][-60:].mean(), target[what, where][-60:].mean()
        assert late == pytest.approx(wanted, rel=0.02), (what, where)
    assert lived["sales", USERS] == pytest.approx(DEMAND)


def test_new_plans_are_the_old_ones_to_the_last_bit_where_nothing_changes():
    """The first plan is solved in Python, the later ones for all cases side by side."""
    data = two_chains("70 %", shocks=moved("30 %"))
    lived = live(data)
    assert differing(lived.calm, lived.struck) == []


def test_each_case_plans_for_itself():
    data = two_chains(shocks=moved("40 %"))
    other = two_chains(shocks=moved("10 %"))
    both, alone = live(data, other), live(data)
    for key in alone.struck.rows:
        assert np.array_equal(both.struck[key][:, 0], alone.struck[key][:, 0]), key
        assert not differing(both.calm.cases(slice(0, 1)), alone.calm)


def test_a_shorter_process_needs_less_work_in_process():
    """Work in process that is no longer needed does not pile up in the stock of what is finished."""
    data = variant(two_chains(), {"facilities.old.processing": "60 days"})
    faster = shock("change", 100, what="processing", where={"id": "old"}, to="10 days")
    lived = live(variant(data, {"shocks": {"faster": faster | {"source": "test"}}})).struck
    assert lived["finished", OLD][-1, 0] == pytest.approx(4 * DEMAND, rel=0.01)
    assert lived["output", OLD][-30:, 0].mean() == pytest.approx(DEMAND, rel=0.01)


def test_a_better_yield_asks_for_less():
    better = shock("change", 50, what="yield", where={"id": "old"}, to="2 t/t")
    data = variant(two_chains(), {"facilities.old.makes": {"oxide": {"amount": "1 t/t"}}})
    lived = live(variant(data, {"shocks": {"better": better | {"source": "test"}}})).struck
    assert lived["shipments", "mine_old > old: ore"][-30:, 0].mean() == pytest.approx(DEMAND, rel=0.01)
    assert lived["stock", "old: ore"][-1, 0] == pytest.approx(20 * DEMAND, rel=0.02)


def test_where_nothing_can_move_nobody_plans():
    assert not planned(two_chains()).is_replanned
    assert planned(two_chains(shocks=moved("40 %"))).is_replanned
