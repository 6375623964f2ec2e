"""Shocks that strike at random: the days drawn, how often, what strikes together, and what they then do."""

import math
from dataclasses import replace

import numpy as np
import pytest
from examples import CHANGES, EXAMPLES
from worlds import batch, chain, differing, live, scenario_of, two_sources, variant, without_shocks

from sim.engine.strikes import joined, windows
from sim.engine.targets import targets
from sim.results.plots.panels import bars
from sim.studies.run import run as study

ALL = {kind: example for kind, example in EXAMPLES.items()} | {f"change {w}": e for w, e in CHANGES.items()}
FIRE = {"source": "test", "kind": "capacity_loss", "where": {"kind": ["mine", "refiner"]}, "size": "50 %"}
YEAR = 365.0
MANY = range(1, 401)


def random_world(days=3650, shocks=None, **said):
    """Two mines and a refiner that are struck at random; `shocks` says what differs by shock."""
    hazard = {"every": "200 days", "lasts": "20 days", **said}
    struck = {name: FIRE | {"random": hazard | more} for name, more in (shocks or {"fire": {}}).items()}
    return variant(two_sources(days=days), {"shocks": struck})


def strikes(data, replications=MANY, seed=1):
    """By shock and what it strikes: the windows of every replication."""
    cases = batch([data], replications, seed)
    calm, half = cases.size // 2, slice(cases.size // 2, None)
    found = {}
    for pull in cases.first.pulls:
        drawn = windows([pull], cases)
        assert not any(drawn[:calm])
        found[pull.shock, pull.effect.target] = drawn[half]
    return found


def starts(drawn):
    """First days by replication."""
    return [[start for start, _ in held] for held in drawn]


# Luck


def test_the_days_are_a_pure_function_of_seed_replication_and_name():
    data = random_world(strikes="each", correlation="30 %")
    together = strikes(data, (1, 2, 3))
    assert strikes(data, (3,)) == {key: drawn[2:] for key, drawn in together.items()}
    assert strikes(data, (2, 1)) == {key: [drawn[1], drawn[0]] for key, drawn in together.items()}
    assert strikes(data, (1, 2, 3), seed=2) != together
    assert together["fire", "mine_a"] != together["fire", "mine_b"]


def test_other_shocks_and_other_sizes_leave_the_days_alone():
    alone = strikes(random_world(), (1, 2))
    beside = strikes(random_world(shocks={"fire": {}, "flood": {"every": "40 days"}}), (1, 2))
    assert {key: drawn for key, drawn in beside.items() if key[0] == "fire"} == alone
    assert beside["flood", "plant"] != beside["fire", "plant"]


def test_a_longer_run_begins_as_a_shorter_one():
    short, long = (strikes(random_world(days), (1, 2))["fire", "plant"] for days in (1500, 3000))
    assert starts(short) == [[day for day in days if day < 1500] for days in starts(long)]


def test_a_hazard_half_as_high_leaves_the_order_of_luck():
    often, seldom = (strikes(random_world(8000, every=e), (1,))["fire", "plant"] for e in ("100 days", "200 days"))
    assert seldom[0][0][0] == pytest.approx(2 * often[0][0][0], abs=1)


def test_days_are_whole_and_windows_apart():
    for drawn in strikes(random_world(lasts={"distribution": "gamma", "mean": "150 days", "sd": "90 days"})).values():
        for held in drawn:
            assert all(start == math.floor(start) for start, _ in held)
            assert all(end < following for (_, end), (following, _) in zip(held, held[1:], strict=False))


def test_windows_that_overlap_are_one():
    assert joined([(5, 9), (1, 3), (8, 12), (12, 13), (20, 20)]) == [(1, 3), (5, 12), (12, 13)]


# How often


def test_as_many_occurrences_as_the_hazard_says():
    drawn = strikes(random_world(lasts="0.5 days", every="1 year"))["fire", "plant"]
    counts = np.array([len(held) for held in drawn])
    # Poisson with mean 10: two on one day, which would be one window, come in a run of ten years once in 75.
    assert counts.mean() == pytest.approx(10.0, abs=4 * math.sqrt(10.0 / len(MANY)))
    assert counts.var() == pytest.approx(10.0, rel=0.3)
    gaps = np.concatenate([np.diff(days, prepend=0.0) for days in starts(drawn)])
    assert np.mean(gaps > YEAR) == pytest.approx(math.exp(-1.0), abs=0.03 + 0.05)


def test_what_is_struck_by_itself_and_in_common_is_struck_as_often():
    for correlation in ("0 %", "40 %", "100 %"):
        for drawn in strikes(random_world(lasts="0.5 days", strikes="each", correlation=correlation)).values():
            assert np.mean([len(held) for held in drawn]) == pytest.approx(18.25, abs=4 * math.sqrt(18.25 / len(MANY)))


def test_the_share_of_time_it_holds_is_that_of_a_queue_without_end():
    # Occurrences that prolong each other are the busy periods of M/G/inf: free with probability exp(-lasts/every).
    lasts = {"distribution": "exponential", "mean": "100 days"}
    drawn = strikes(random_world(lasts=lasts))["fire", "plant"]
    days = np.arange(1500, 3650)
    held = np.array([sum(((days >= a) & (days < b)).mean() for a, b in one) for one in drawn])
    assert held.mean() == pytest.approx(1 - math.exp(-0.5), abs=4 * held.std() / math.sqrt(len(MANY)) + 0.005)


def test_nothing_strikes_before_its_window_or_after_it():
    data = variant(random_world(), {"shocks.fire.effective": "day 400", "shocks.fire.duration": "300 days"})
    found = [day for days in starts(strikes(data)["fire", "plant"]) for day in days]
    assert min(found) >= 400 and max(found) < 700
    assert len(found) == pytest.approx(1.5 * len(MANY), rel=0.25)


def test_what_struck_before_the_start_may_still_hold():
    data = variant(random_world(lasts="100 days"), {"shocks.fire.effective": "2015-01-01"})
    at_start = [any(a < 0 < b for a, b in held) for held in strikes(data)["fire", "plant"]]
    assert np.mean(at_start) == pytest.approx(1 - math.exp(-0.5), abs=0.1)


# Together


def days_of(found, *key):
    return [set(days) for days in starts(found[key])]


def test_all_strikes_everything_on_the_same_days():
    found = strikes(random_world(), (1, 2))
    assert found["fire", "mine_a"] == found["fire", "mine_b"] == found["fire", "plant"]


def test_each_strikes_on_days_of_its_own_unless_they_are_all_common():
    own, common = (
        strikes(random_world(strikes="each", correlation=share, lasts="1 day")) for share in ("0 %", "100 %")
    )
    assert common["fire", "mine_a"] == common["fire", "plant"]
    met = [a & b for a, b in zip(days_of(own, "fire", "mine_a"), days_of(own, "fire", "plant"), strict=True)]
    assert sum(map(len, met)) < 0.02 * sum(map(len, days_of(own, "fire", "plant")))


def test_the_correlation_is_the_share_of_occurrences_that_strike_all():
    found = strikes(random_world(strikes="each", correlation="30 %", lasts="1 day"))
    for other in ("mine_b", "plant"):
        mine, theirs = days_of(found, "fire", "mine_a"), days_of(found, "fire", other)
        shared = sum(len(a & b) for a, b in zip(mine, theirs, strict=True)) / sum(map(len, mine))
        assert shared == pytest.approx(0.3, abs=0.03)


def test_common_occurrences_last_as_long_for_everyone():
    gamma = {"distribution": "gamma", "mean": "20 days", "sd": "10 days"}
    found = strikes(random_world(strikes="each", correlation="100 %", lasts=gamma), (1, 2))
    assert found["fire", "mine_a"] == found["fire", "plant"]
    assert len({round(b - a, 6) for held in found["fire", "plant"] for a, b in held}) > 10


def test_shocks_of_one_group_strike_together():
    group = {"group": "monsoon", "correlation": "50 %", "lasts": "1 day"}
    together = strikes(random_world(shocks={"fire": group, "flood": group}))
    fire, flood = days_of(together, "fire", "plant"), days_of(together, "flood", "plant")
    shared = sum(len(a & b) for a, b in zip(fire, flood, strict=True)) / sum(map(len, fire))
    assert shared == pytest.approx(0.5, abs=0.05)
    apart = strikes(random_world(shocks={"fire": group, "flood": group | {"group": "winter"}}))
    fire, flood = days_of(apart, "fire", "plant"), days_of(apart, "flood", "plant")
    assert sum(len(a & b) for a, b in zip(fire, flood, strict=True)) < 0.05 * sum(map(len, fire))


# What they do


@pytest.mark.parametrize("name", sorted(set(ALL) - {"tariff", "price"}))  # which change on dates only
def test_a_random_shock_does_what_shocks_on_its_days_would_do(name):
    data = ALL[name].world(None, random={"every": "60 days", "lasts": "9 days"})
    lived = live(data, replications=(4,))
    cases = batch([data], (4,))
    drawn = windows([cases.first.pulls[-1]], cases)[1]
    assert len(drawn) > 3
    if name in ("stock_loss",):
        drawn = [(start, start + 1.0) for start, _ in drawn]
    what = {k: v for k, v in data["shocks"]["what"].items() if k not in ("random", "effective")}
    fixed = {
        f"what_{i}": what | {"effective": f"day {start:.0f}", "duration": f"{end - start!r} days"}
        for i, (start, end) in enumerate(drawn)
    }
    assert differing(lived.struck, live(variant(data, {"shocks": fixed}), replications=(4,)).struck) == []
    calm = live(without_shocks(data), replications=(4,)).calm
    assert [key for key in calm.rows if not np.array_equal(calm[key], lived.calm[key])] == []


def test_cases_of_a_batch_have_their_own_windows_and_bits():
    data = random_world(900, strikes="each", correlation="30 %", lasts="15 days")
    rare = variant(data, {"shocks.fire.random.every": "400 days", "shocks.fire.size": "90 %"})
    together = live(data, rare, replications=(1, 2, 3))
    for i, one in enumerate((data, rare)):
        for r in (1, 3):
            alone = live(one, replications=(r,))
            assert differing(alone.struck, together.struck.cases(np.array([3 * i + r - 1]))) == []
    made = together.struck["output", "mine_a: ore"]
    assert len({made[:, k].tobytes() for k in range(made.shape[1])}) == made.shape[1]


def test_a_hazard_that_never_strikes_changes_no_bit():
    data = variant(
        chain((5,), days=60), {"shocks": {"fire": FIRE | {"random": {"every": "270 years", "lasts": "9 days"}}}}
    )
    lived = live(data, replications=(1, 2))
    assert differing(lived.calm, lived.struck) == []
    assert all(not target.days for target in targets(batch([data], (1, 2))))


def test_levers_move_on_the_union_of_the_days_of_all_cases():
    cases = batch([random_world(900, lasts="10 days")], (1, 2, 3))
    target = targets(cases)[0]
    drawn = windows([target.pulls[0]], cases)
    expected = {day for held in drawn for window in held for day in window if day < 900}
    assert set(target.days) == expected


def test_a_shock_that_does_not_strike_a_case_does_not_strike_it_at_random_either():
    cases = batch([random_world(900)], (1, 2))
    nobody = replace(cases, struck={"fire": np.zeros(cases.size, bool)})
    assert not any(windows([nobody.first.pulls[0]], nobody))


def test_one_luck_is_drawn_once_for_all_it_decides(monkeypatch):
    asked = []
    monkeypatch.setattr("sim.engine.targets.windows", lambda group, cases: asked.append(1) or windows(group, cases))
    targets(batch([random_world(900)], (1, 2)))
    assert len(asked) == 1
    targets(batch([random_world(900, strikes="each")], (1, 2)))
    assert len(asked) == 1 + 3


def test_a_report_says_that_days_are_a_matter_of_luck():
    outcome = study(scenario_of(random_world(200)), replications=3, seed=1).outcome
    assert outcome.is_random
    assert [bar.when for bar in bars(outcome)] == ["at random 1 Jan 2025 to beyond the end"]
