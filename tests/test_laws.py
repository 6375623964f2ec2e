"""What is true of every run: nothing is lost, no order of waking, no neighbours, the same luck."""

import json
import os
import random
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import yaml
from examples import CHANGES, EXAMPLES
from rich_world import rich
from worlds import (
    Lived,
    batch,
    chain,
    closure,
    differing,
    live,
    scenario_of,
    variant,
)

from sim.engine import audit
from sim.engine import layout as at
from sim.engine import run as engine
from sim.engine.steady import settle
from sim.engine.world import World
from sim.scenario.load import loads
from sim.studies.run import run as study

ROOT = Path(__file__).parent.parent
SHIPPED = sorted((ROOT / "scenarios").glob("*.yaml"))
ALL_EXAMPLES = EXAMPLES | {f"change {what}": example for what, example in CHANGES.items()}


@pytest.fixture(scope="module")
def full() -> Lived:
    """The rich world in three replications, everything on."""
    return live(rich(), replications=(1, 2, 3))


# Nothing lost


def test_the_books_of_the_rich_world_close(full):
    assert full.struck.history.min() > -1e-6
    assert np.isfinite(full.struck.history).all()


@pytest.mark.parametrize("what", ["finished", "stock", "on order", "under way"])
def test_the_audit_sees_a_tonne_that_comes_from_nowhere(what):
    world = World(batch([chain((5,))]))
    settle(world)
    world.env.process(audit.live(world, audit.Books(world)))
    world.run(10)
    if what == "finished":
        world.shelves[0, at.SHELF_FINISHED, 1] += 1.0
    elif what == "stock":
        world.inputs[0, at.INPUT_STOCK, 1] += 1.0
    elif what == "on order":
        world.links[0, at.LINK_ON_ORDER, 1] += 1.0
    else:
        world.state[world.floor.card("links", 0)[at.LINK_RING], 1] += 1.0
    with pytest.raises(audit.ImbalanceError, match="case 1"):
        world.run(12)


def test_nothing_is_made_beyond_capacity_or_sold_beyond_demand(full):
    capacity = {"mine_b: ore": 120, "refiner: oxide": 140, "maker_cn: magnet": 60}
    records = live(variant(rich(), {"facilities.refiner.processing": "0 days"})).struck
    for place, most in capacity.items():
        assert records["output", place].max() <= most * (1 + 1e-9)
    met = full.struck["sales", "cars"] + full.struck["unmet", "cars"]
    assert (met >= full.struck["demand", "cars"] - 1e-9).all()


def test_all_demand_is_sold_lost_or_waiting_in_the_end(full):
    for market in ("cars", "wind"):
        records = full.struck
        asked, sold, lost = (records[what, market].sum(axis=0) for what in ("demand", "sales", "lost"))
        assert asked == pytest.approx(sold + lost + records["waiting", market][-1])


# Waking order


@pytest.mark.parametrize("luck", range(4))
def test_the_order_of_waking_changes_no_bit(full, luck):
    def shuffled(names):
        chosen = list(names)
        random.Random(luck).shuffle(chosen)
        return chosen

    assert differing(full.struck, live(rich(), replications=(1, 2, 3), waking=shuffled).struck) == []


def test_everyone_can_be_woken_in_reverse(full):
    again = live(rich(), replications=(1, 2, 3), waking=lambda names: list(reversed(names)))
    assert differing(full.struck, again.struck) == []
    assert differing(full.calm, again.calm) == []


# Neighbours


NEIGHBOURS = [
    {},
    {"facilities.maker.buys.oxide.cover": "50 days"},
    {"licences.office.reviewers": 90, "licences.office.approval": "40 %"},
    {"facilities.refiner.buys.ore.from.mine_a.transit": "31 days"},
    {"shocks.detour.adds": "+60 days", "shocks.fire.duration": "5 days"},
    {"facilities.maker.recipe.oxide.dependence": "10 %"},
    {"markets.cars.patience": "3 days", "markets.wind.patience": "200 days"},
    {"markets.cars.demand.sd": "1 t/day", "licences.office.again_after": "30 days"},
    {"shocks.quota.amount": "50 t", "shocks.cut.size": "100 %", "licences.weekly.validity": "40 days"},
    {"facilities.mine_a.makes.ore.storage": "500 t", "facilities.maker.buys.oxide.learns": "100 %"},
]


def neighbours():
    worlds = [variant(rich(), changes) for changes in NEIGHBOURS]
    cases = batch(worlds, replications=(1, 4))
    luck = np.random.default_rng(1)
    return replace(cases, struck={name: luck.random(cases.size) < 0.6 for name in cases.struck})


def test_a_case_alone_lives_as_in_company():
    cases = neighbours()
    together = engine.run(cases, audit=True)
    for one in range(0, cases.size, 3):
        alone = engine.run(cases.some(np.array([one])))
        assert differing(alone, together.cases(np.array([one]))) == [], one


def test_a_case_lives_the_same_in_any_company_and_place():
    cases = neighbours()
    together = engine.run(cases)
    place = np.random.default_rng(2).permutation(cases.size)
    moved = engine.run(cases.some(place))
    assert differing(moved, together.cases(place)) == []
    few = np.array([11, 0, 17])
    assert differing(engine.run(cases.some(few)), together.cases(few)) == []


def test_the_cases_of_a_batch_do_differ():
    together = engine.run(neighbours())
    assert len({together.history[:, :, case].tobytes() for case in range(together.size)}) == together.size


def test_what_may_not_share_a_batch_is_refused():
    quota = EXAMPLES["quota"]
    with pytest.raises(ValueError, match="in numbers"):
        batch([quota.world(), quota.world(period="7 days")])
    with pytest.raises(ValueError, match="horizon"):
        batch([chain(days=30), chain(days=31)])


def test_a_sum_over_the_run_is_the_sum_of_its_days(full):
    summed = engine.run(batch([rich()], (1, 2, 3)), daily=False)
    for key in summed.rows:
        days = np.concatenate([full.calm[key], full.struck[key]], axis=1)
        assert summed[key][0] == pytest.approx(days.sum(axis=0)), key


# The same luck


FRESH = """
import json, sys
sys.path[:0] = json.loads(sys.argv[1])
from hashlib import blake2b
from rich_world import rich
from worlds import chain, closure, live
data = rich() if sys.argv[2] == "rich" else chain((5,), shocks={"shut": closure(10, 15)}, days=40)
lived = live(data, replications=(1, 2, 3))
digest = blake2b()
for key in sorted(lived.struck.rows):
    digest.update(repr(key).encode() + lived.calm[key].tobytes() + lived.struck[key].tobytes())
print(digest.hexdigest())
"""


def in_a_fresh_process(what="rich", **settings):
    paths = json.dumps([str(ROOT), str(ROOT / "tests")])
    ran = subprocess.run(
        [sys.executable, "-c", FRESH, paths, what],
        env=os.environ | settings, capture_output=True, text=True, timeout=500,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def test_a_fresh_process_with_other_hashes_and_threads_gives_the_same_bits():
    results = {
        in_a_fresh_process(PYTHONHASHSEED="1", NUMBA_NUM_THREADS="1"),
        in_a_fresh_process(PYTHONHASHSEED="77", NUMBA_NUM_THREADS="2"),
    }
    assert len(results) == 1


def test_the_engine_gives_the_same_bits_without_the_compiler():
    assert in_a_fresh_process("chain") == in_a_fresh_process("chain", NUMBA_DISABLE_JIT="1")


def shuffled(node, luck):
    """The same mapping with its keys in another order."""
    if not isinstance(node, dict):
        return node
    keys = list(node)
    luck.shuffle(keys)
    return {key: shuffled(node[key], luck) for key in keys}


@pytest.mark.parametrize("seed", range(3))
def test_the_order_of_keys_in_the_file_changes_no_bit(full, seed):
    again = live(shuffled(rich(), random.Random(seed)), replications=(1, 2, 3))
    assert differing(full.struck, again.struck) == []


def test_the_same_world_as_yaml_and_as_json_is_the_same(full):
    plain = json.loads(json.dumps(rich()))  # without the objects that Python shares, which YAML would write as aliases
    again = live(loads(yaml.safe_dump(plain)), replications=(1, 2, 3))
    assert differing(full.struck, again.struck) == []


def test_a_replication_has_its_luck_whatever_stands_beside_it(full):
    third = live(rich(), replications=(3,))
    assert differing(third.struck, full.struck.cases(slice(2, 3))) == []
    many = live(rich(), replications=range(9, 0, -1))
    assert differing(many.struck.cases(np.array([8, 7, 6])), full.struck) == []


def test_another_seed_is_another_luck(full):
    other = live(rich(), replications=(1, 2, 3), seed=2)
    assert differing(full.calm, other.calm)


def test_a_study_gives_each_replication_the_same_luck_however_many_there_are(monkeypatch):
    scenario = scenario_of(variant(rich(), {"horizon": "80 days"}))
    few = study(scenario, replications=2).outcome
    monkeypatch.setattr("sim.studies.run.TOGETHER", 2)
    many = study(scenario, replications=5).outcome
    assert differing(few.shocked, many.shocked.cases(slice(0, 2))) == []
    assert differing(few.baseline, many.baseline.cases(slice(0, 2))) == []


def test_a_shock_changes_no_luck_but_what_it_touches():
    ban = {"shut": closure(50, 30, seller="refiner", buyer="maker_cn")}
    lived = live(rich(ban), replications=(1, 2))
    assert np.array_equal(lived.calm["demand", "cars"], lived.struck["demand", "cars"])
    assert not np.array_equal(lived.calm["sales", "wind"], lived.struck["sales", "wind"])
