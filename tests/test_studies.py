"""Laws of studies: what company a case keeps, who lives through it and in which order changes no bit of it."""

import hashlib
import json
import math
import os
import re
import subprocess
import sys
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pandas
import pytest
from hypothesis import given
from hypothesis import settings as effort
from hypothesis import strategies as st
from processes import world
from worlds import chain, outage, scenario_of

from sim import sweep
from sim.engine import tally
from sim.engine.cases import calm_part
from sim.engine.plan import plan
from sim.engine.run import run_counting
from sim.errors import ScenarioError
from sim.results.curves import output_of, sales_of
from sim.results.grouped import grouped
from sim.results.readings import AMOUNTS, OF_MARKETS, OF_PLACES
from sim.results.service import service_of
from sim.results.statistics import TOO_FEW, summarize
from sim.scenario.load import load
from sim.scenario.settings import Settings
from sim.scenario.unknowns import SETTLED, scaled
from sim.studies import living
from sim.studies import study as studies
from sim.studies.blocks import Block
from sim.studies.conduct import Help, conduct
from sim.studies.factors import factors_of
from sim.studies.points import STRUCK, Grid, Listed, Sampled, points_of
from sim.studies.run import run
from sim.studies.space import Space
from sim.studies.study import study_of
from sim.studies.sweep import prepare_sweep

SCENARIOS = Path(__file__).parent.parent / "scenarios"
SHIPPED = sorted(SCENARIOS.glob("*.yaml"))
DURATION = "shocks.fire.duration"
COVER = "facilities.plant_1.buys.good_0.cover"
DRAWN = {"distribution": "uniform", "low": "3 days", "high": "9 days", "source": "test"}
BLOCK = 10 * 60 * 3
"""Facility-days of ten cases of the tiny world."""


@cache
def shipped(path):
    return load(path)


def tiny(uncertain=False, **more):
    return scenario_of(world(**({"uncertain": {COVER: DRAWN}} if uncertain else {}), **more))


def study_for(scenario, vary=(), replications=6, **more):
    return prepare_sweep(scenario, vary, replications=replications, seed=7, **more)[0]


def whole(study):
    """All of a study as one block."""
    return living.live(study.json, Block(0, study.points.count, 1, study.replications + 1))


def same(part, other):
    """Whether two parts have the same cases and the same values to the bit."""
    assert part.point.tolist() == other.point.tolist() and part.replication.tolist() == other.replication.tolist()
    assert part.failures == other.failures
    assert part.values.keys() == other.values.keys()
    return all(part.values[name].tobytes() == other.values[name].tobytes() for name in part.values)


def joined(parts):
    """Parts as one, in order of points and replications."""
    point, replication = (np.concatenate([getattr(p, what) for p in parts]) for what in ("point", "replication"))
    order = np.lexsort((replication, point))
    values = {name: np.concatenate([p.values[name] for p in parts])[order] for name in parts[0].values}
    failures = tuple(sorted(fail for p in parts for fail in p.failures))
    return living.Part(point[order], replication[order], values, failures)


# A case is a case, however it is lived through


def readings_of_run(result, readings):
    """What a run with its history says, reading by reading."""
    found = {}
    for one in readings:
        if one.metric in OF_MARKETS:
            found[one.name] = OF_MARKETS[one.metric].function(service_of(result.outcome, one.place))
        elif one.place in result.outcome.markets or one.place in result.outcome.facilities:
            of = sales_of if one.place in result.outcome.markets else output_of
            curve = of(result.outcome, one.place)
            value = OF_PLACES[one.metric].function(curve)
            rounded = np.abs(curve.counts[tally.NET]) <= tally.TOLERANCE * curve.counts[tally.CALM]
            found[one.name] = np.where(rounded, 0.0, value) if one.metric in AMOUNTS else value
    return found


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_study_reads_what_a_run_says_to_the_bit(path):
    scenario = shipped(path)
    replications = min(3, scenario.replications)
    study = study_for(scenario, replications=replications)
    part = whole(study)
    said = readings_of_run(run(scenario, replications=replications, seed=7), study.readings)
    assert len(said) >= 6
    assert [name for name in said if part.values[name].tobytes() != said[name].astype(float).tobytes()] == []


def test_with_uncertain_inputs_it_is_what_a_run_says_too():
    scenario = tiny(uncertain=True)
    study = study_for(scenario, {DURATION: ["10 days", "25 days"]})
    part = whole(study)
    for i, level in enumerate(("10 days", "25 days")):
        said = readings_of_run(run(scenario.change(DURATION, level), replications=6, seed=7), study.readings)
        for name, values in said.items():
            assert part.values[name][part.point == i].tobytes() == values.astype(float).tobytes(), name


MADE = {
    "durations": (False, {DURATION: ["10 days", "20 days", "30 days"], COVER: ["3 days", "9 days"]}),
    "uncertain": (True, {DURATION: ["10 days", "20 days", "30 days"]}),
    "shapes": (False, {"shocks.fire.size": ["50 %", "100 %"], "facilities.plant_1.buys.good_0.from.mine.transit":
               ["4 days", "5 days"]}),
}  # fmt: skip


@pytest.mark.parametrize("made", MADE)
def test_a_point_alone_is_the_point_in_company(made):
    uncertain, vary = MADE[made]
    study = study_for(tiny(uncertain), vary)
    alone = [living.live(study.json, Block(i, i + 1, 1, 7)) for i in range(study.points.count)]
    assert same(joined(alone), whole(study))


@pytest.mark.parametrize("made", MADE)
def test_neither_blocks_nor_batches_nor_shared_baselines_change_a_bit(made, monkeypatch):
    uncertain, vary = MADE[made]
    study = study_for(tiny(uncertain), vary)
    expected = whole(study)
    for days in (180, 7 * 180, 30 * 180):
        monkeypatch.setattr(studies, "BLOCK_DAYS", days)
        assert same(joined([living.live(study.json, block) for block in study.blocks()]), expected)
    for together in (1, 5):
        monkeypatch.setattr(living.Bench, "together", together)
        assert same(whole(study), expected)
    monkeypatch.undo()
    numbers = iter(range(1_000_000))
    monkeypatch.setattr(living, "_baseline_of", lambda plan, mark: str(next(numbers)).encode())
    assert same(whole(study), expected)


def test_points_that_differ_in_shocks_only_share_their_baselines(monkeypatch):
    lived = []
    monkeypatch.setattr(living, "run_counting", lambda cases, g: lived.append(cases.size) or run_counting(cases, g))
    whole(study_for(tiny(), {DURATION: [f"{n} days" for n in range(10, 20)]}, replications=3))
    assert sum(lived) == 10 * 3 + 3


def test_the_order_of_points_does_not_matter():
    scenario, levels = tiny(), ["10 days", "20 days", "30 days", "12.5 days", "1 week"]
    forward = study_for(scenario, {DURATION: levels})
    back = study_for(scenario, {DURATION: levels[::-1]})
    part, other = whole(forward), whole(back)
    for i in range(5):
        for name in part.values:
            assert part.values[name][part.point == i].tobytes() == other.values[name][other.point == 4 - i].tobytes()


def test_threads_do_not_matter(monkeypatch, tmp_path):
    monkeypatch.setattr(studies, "BLOCK_DAYS", BLOCK)
    study = study_for(tiny(True), {DURATION: ["10 days", "20 days"]}, replications=40)
    one = conduct(study, {}, Help(tmp_path / "one", workers=1))
    monkeypatch.setattr("os.cpu_count", lambda: 3)
    three = conduct(study, {}, Help(tmp_path / "three"))
    pandas.testing.assert_frame_equal(one.frame(), three.frame(), check_exact=True)


@pytest.mark.parametrize("salt", ["1", "2"])
def test_neither_hash_seed_nor_time_zone_matters(salt):
    script = (
        "import sys, hashlib; sys.path.insert(0, sys.argv[1]); import test_studies as t\n"
        "part = t.whole(t.study_for(t.tiny(True), {t.DURATION: ['10 days', '20 days']}))\n"
        "print(hashlib.md5(b''.join(v.tobytes() for v in part.values.values())).hexdigest())"
    )
    here = Path(__file__).parent
    said = {"PYTHONHASHSEED": salt, "TZ": f"Etc/GMT+{salt}", "PYTHONPATH": str(here.parent)}
    done = subprocess.run(
        [sys.executable, "-c", script, here], capture_output=True, text=True, env=os.environ | said, check=True
    )
    part = whole(study_for(tiny(True), {DURATION: ["10 days", "20 days"]}))
    assert done.stdout.strip() == hashlib.md5(b"".join(v.tobytes() for v in part.values.values())).hexdigest()


def test_a_point_may_be_the_shock_that_strikes():
    """Each of two fires alone, as where the scenario has no other."""
    fires = {"fire": outage("mine", 5, 20, source="test"), "other": outage("plant_1", 30, 5, source="test")}
    both = scenario_of({**world(), "shocks": fires})
    study = replace(study_for(both), points=Listed((STRUCK,), (("fire",), ("other",), ("",))))
    part = whole(study)
    for i, names in enumerate((["fire"], ["other"], ["fire", "other"])):
        alone = study_for(scenario_of({**world(), "shocks": {name: fires[name] for name in names}}))
        expected = living.live(alone.json, Block(0, 1, 1, 7))
        for name in part.values:
            assert part.values[name][part.point == i].tobytes() == expected.values[name].tobytes(), (names, name)


# Cases that cannot be


def impossible():
    """Demand and capacity that are each fine beside what the file says, and not all together."""
    data = chain((6,), days=60, shocks={"fire": outage("mine", 5, 20)})
    return data, {
        "markets.users.demand": ["100 t/day", "140 t/day"],
        "facilities.mine.capacity": ["150 t/day", "120 t/day"],
    }


def test_a_point_that_cannot_be_costs_itself_alone_and_is_told(tmp_path):
    data, vary = impossible()
    found = sweep(scenario_of(data), vary, replications=3, seed=1, folder=tmp_path, workers=1)
    conducted = found.conducted
    assert conducted.failed == 3 and not conducted.is_whole and not conducted.set_aside
    assert {failure.point for failure in conducted.failures} == {3}
    assert "capacity" in conducted.failures[0].says
    assert sorted(set(found.table("cases")["point"])) == [0, 1, 2]
    assert sorted(set(found.table()["point"])) == [0, 1, 2]


def test_a_draw_that_cannot_be_costs_its_replication_alone_whatever_the_blocks(monkeypatch):
    data, vary = impossible()
    drawn = {
        name: {"distribution": "uniform", "low": min(ends), "high": max(ends), "source": "test"}
        for name, ends in vary.items()
    }
    study = study_for(scenario_of({**data, "uncertain": drawn}), replications=30)
    expected = whole(study)
    assert 0 < len(expected.failures) < 15 and len(expected.point) == 30 - len(expected.failures)
    assert all("capacity" in failure.says for failure in expected.failures)
    alone = [living.live(study.json, Block(0, 1, i, i + 1)) for i in range(1, 31)]
    assert same(joined(alone), expected)


def test_a_world_that_comes_to_an_end_on_the_way_costs_its_case_alone(monkeypatch):
    study = study_for(tiny(), {DURATION: ["10 days", "20 days"]}, replications=5)
    expected = whole(study)

    def ends(cases, gauges):
        if 3 in cases.replication:
            raise ScenarioError("the world comes to an end")
        return run_counting(cases, gauges)

    monkeypatch.setattr(living, "run_counting", ends)
    part = whole(study)
    assert [(f.point, f.replication) for f in part.failures] == [(0, 3), (1, 3)]
    kept = expected.replication != 3
    assert all(part.values[name].tobytes() == expected.values[name][kept].tobytes() for name in part.values)


# Points


def places(path, data=None, keys=()):
    """Dotted paths of numbers in the entries of a scenario whose change may be read in short."""
    data = shipped(path).document.data if data is None else data
    for key, inner in data.items():
        if keys or key in SETTLED:
            if isinstance(inner, dict) and "." not in key:
                yield from places(path, inner, (*keys, key))
            elif len(keys) >= 2 and "." not in key and scaled(inner, 2.0) != inner:
                yield ".".join((*keys, key)), inner


FEW = [SCENARIOS / f"{name}.yaml" for name in ("fab_30_days", "rare_earth_licences", "nexperia_export_stop")]


@effort(max_examples=60)
@given(st.sampled_from(FEW), st.data())
def test_a_setting_read_in_short_is_what_it_is_when_read_in_full(path, data):
    place, stated = data.draw(st.sampled_from(list(places(path))))
    factors = data.draw(st.lists(st.sampled_from([0.0, 0.25, 0.9, 1.0, 1.1, 3.0, -1.0]), min_size=2, max_size=2))
    settings, found = Settings(shipped(path), [place]), None
    for factor in factors:
        value = scaled(stated, factor)
        value = value if isinstance(value, str) else json.dumps(value)
        found, expected = outcome_of(settings.at, value), outcome_of(settings.read, value)
        assert found == expected


def outcome_of(read, value):
    """A scenario and its plan, or that there is none."""
    try:
        scenario = read([value])
    except ScenarioError:
        return "none"
    try:
        made = plan(scenario)
    except ScenarioError:
        return scenario
    return scenario, scenario.document.data, calm_part(made), made.pulls, repr(made.facts)


def test_a_grid_counts_its_last_path_fastest():
    grid = Grid(("a", "b"), (("1", "2"), ("x", "y", "z")))
    assert [grid.values(i) for i in range(grid.count)] == [(a, b) for a in "12" for b in "xyz"]


def test_points_are_the_same_again_from_their_plain_data():
    scenario = tiny(True)
    space = Space(scenario, factors_of([f"{DURATION}=5:30 days", COVER], scenario))
    made = (
        Grid((DURATION,), (("1 day", "2 days"),)),
        Listed((DURATION, COVER), (("1 day", "2 days"), ("3 days", "4 days"))),
        Listed((), ((),)),
        *(Sampled(space, design, 8, 3) for design in ("lhs", "sobol", "random", "morris", "saltelli")),
    )
    for points in made:
        again = points_of(json.loads(json.dumps(points.plain())), scenario)
        assert again.plain() == points.plain() and again.count == points.count and again.paths == points.paths
        assert [again.values(i) for i in range(again.count)] == [points.values(i) for i in range(points.count)]


def test_a_study_is_the_same_again_from_its_plain_data():
    study = study_for(tiny(True), {DURATION: "5:30 days"}, design="sobol", size=4, precision=0.05)
    again = study_of(json.loads(study.json))
    assert again.json == study.json
    assert same(whole(again), whole(study))


def test_a_design_over_uncertain_names_gives_each_point_what_its_coordinates_say():
    """And what is no factor goes on to be drawn, the same for a replication at every point."""
    data = world(uncertain={"leanness": {"paths": [COVER], "value": {k: v for k, v in DRAWN.items() if k != "source"},
                                         "source": "test"}})  # fmt: skip
    scenario = scenario_of(data)
    study = study_for(scenario, ["leanness"], design="lhs", size=4)
    part = whole(study)
    for i in range(4):
        (value,) = study.points.values(i)
        said = scenario_of({**world(), "uncertain": {}}).change(COVER, value)
        expected = whole(study_for(said))
        for name, values in expected.values.items():
            assert part.values[name][part.point == i] == pytest.approx(values, rel=1e-9, nan_ok=True)


# What is counted


def oracle(calm, struck, plan_, first):
    """The counts of one pair by the words of the model, day by day and nothing compiled."""
    days = np.arange(len(calm))
    missing = calm - struck
    rounding = tally.TOLERANCE * np.maximum(calm, plan_)
    lost = np.where(missing > rounding, np.divide(missing, calm, out=np.zeros_like(calm), where=calm > 0), 0.0)
    below, since = lost > 0, days >= (math.inf if math.isnan(first) else first)
    above = ~below & (-missing > rounding)
    until = days <= (days[below][-1] if below.any() else -1)
    before = ~since & since.any()  # counted on the day of the first shock
    none = math.nan
    return {
        tally.CALM: calm.sum(), tally.STRUCK: struck.sum(), tally.NET: missing.sum(),
        tally.BELOW: np.maximum(missing, 0).sum(), tally.ABOVE: np.maximum(-missing, 0).sum(),
        tally.AREA: lost.sum(), tally.PEAK: lost.max(initial=0.0),
        tally.PEAK_DAY: np.argmax(lost) if below.any() else none,
        tally.FIRST_BELOW: days[below][0] if below.any() else none,
        tally.LAST_BELOW: days[below][-1] if below.any() else none,
        tally.FIRST_ABOVE: days[above][0] if above.any() else none,
        tally.CALM_BEFORE: calm[before].sum(), tally.BELOW_BEFORE: np.maximum(missing, 0)[before].sum(),
        tally.CALM_DURING: calm[since & until].sum(), tally.BELOW_DURING: np.maximum(missing, 0)[since & until].sum(),
        tally.CALM_LAST: calm[-1], tally.STRUCK_LAST: struck[-1],
    }  # fmt: skip


AMOUNT = st.one_of(
    st.just(0.0), st.sampled_from([1.0, 100.0, 100.0 * (1 - 1e-12)]), st.floats(0.0, 1e6).map(lambda x: round(x, 6))
)


@effort(max_examples=200)
@given(st.lists(st.tuples(AMOUNT, AMOUNT), min_size=1, max_size=40), AMOUNT, st.sampled_from([math.nan, 0, 3, 39]))
def test_what_is_counted_by_day_is_what_the_model_says(days, planned, first):
    calm, struck = (np.array(side) for side in zip(*days, strict=True))
    both = np.stack([calm, struck], axis=1), np.stack([struck, struck], axis=1)
    counts = tally.counts_of(*both, planned, float(first))
    for pair, (a, b) in enumerate(((calm, struck), (struck, struck))):
        expected = oracle(a, b, planned, float(first))
        assert len(expected) == tally.FIELDS
        for field, value in expected.items():
            assert counts[field, pair] == pytest.approx(value, rel=1e-9, abs=1e-6, nan_ok=True), field


# What replications say together


VALUES = st.one_of(
    st.sampled_from([0.0, 0.0, 1.0, math.inf, math.nan, -2.0]), st.floats(-1e6, 1e6).map(lambda x: round(x, 3))
)


@effort(max_examples=150)
@given(st.lists(st.lists(VALUES, min_size=1, max_size=30), min_size=1, max_size=6))
def test_summaries_of_many_points_at_once_are_those_of_each(points):
    point = np.repeat(np.arange(len(points)) * 3, [len(values) for values in points])
    found = grouped(point, np.concatenate([np.array(values) for values in points]))
    assert found.point.tolist() == [3 * i for i in range(len(points))]
    for i, values in enumerate(points):
        one = summarize(np.array(values))
        assert (found.n[i], found.events[i]) == (one.n, one.events)
        for name in ("mean", "low", "high", "p5", "p50", "p95", "mean_given"):
            assert getattr(found, name)[i] == pytest.approx(getattr(one, name), rel=1e-9, abs=1e-9, nan_ok=True), name
        if one.n:
            assert (found.chance_low[i], found.chance_high[i]) == pytest.approx((one.chance_low, one.chance_high))


def test_alike_values_have_an_interval_of_no_width():
    """0.1 added up ten times is not 1; what never varies must not seem to."""
    found = grouped(np.zeros(10, np.int64), np.full(10, 0.1))
    assert found.mean[0] == found.low[0] == found.high[0] == 0.1


TRIALS, IN_EACH = 600, 12


def share_covered(draw, truth):
    """Share of trials whose interval holds the truth."""
    luck = np.random.default_rng(5)
    point = np.repeat(np.arange(TRIALS), IN_EACH)
    found = grouped(point, np.concatenate([draw(luck) for _ in range(TRIALS)]))
    return float(np.mean((found.low <= truth) & (truth <= found.high)))


def band(rate=0.95):
    """Within which the share of trials lies 99.9 % of the time."""
    from scipy.stats import binom

    return binom.ppf(0.0005, TRIALS, rate) / TRIALS, binom.ppf(0.9995, TRIALS, rate) / TRIALS


def test_intervals_of_means_hold_at_their_rate():
    low, high = band()
    assert low <= share_covered(lambda luck: luck.normal(3.0, 2.0, IN_EACH), 3.0) <= high


def test_intervals_of_paired_differences_hold_at_their_rate():
    def difference(luck):
        common = luck.normal(0.0, 50.0, IN_EACH)  # which pairing takes out
        return (common + luck.normal(1.0, 1.0, IN_EACH)) - (common + luck.normal(0.25, 1.0, IN_EACH))

    low, high = band()
    assert low <= share_covered(difference, 0.75) <= high


def test_intervals_of_chances_hold_at_least_at_their_rate():
    luck = np.random.default_rng(5)
    point = np.repeat(np.arange(TRIALS), 30)
    found = grouped(point, (luck.random(30 * TRIALS) < 0.1).astype(float))
    assert np.mean((found.chance_low <= 0.1) & (found.chance_high >= 0.1)) >= band()[0]


def test_rare_losses_are_said_to_be_too_few_and_none_bounds_their_chance():
    """A few days of fire hit only those whose goods are long under way, a single one nobody."""
    found = sweep(tiny(), {DURATION: ["1 day", "5 days", "40 days"]}, replications=60, seed=7, workers=1)
    table = found.table()
    rows = table[table["reading"] == "loss_share.users"].set_index(DURATION)
    assert rows.loc["1 day", "note"] == "no loss in 60 replications: the chance is below 5 % (3/n)"
    assert rows.loc["40 days", "note"] in ("", None) or pandas.isna(rows.loc["40 days", "note"])
    few = rows.loc["5 days"]
    assert str(few["note"]).startswith(TOO_FEW) and math.isnan(few["mean_low"])
    assert 0.0 < few["chance_low"] < few["chance"] < few["chance_high"] < 1.0 and few["mean_given"] > 0.0


# Precision


def test_replications_are_doubled_until_the_interval_is_narrow_enough():
    study = study_for(tiny(), {DURATION: ["20 days", "30 days"]}, replications=4, precision=0.05)
    found = conduct(study, {}, Help(workers=1))
    kept = found.read([study.precision[1]])
    assert found.precise and found.replications > 4 and len(kept.point) == 2 * found.replications
    groups = grouped(kept.point, kept.values[study.precision[1]])
    assert np.all(groups.high - groups.mean <= 0.05 * groups.mean)
    assert same(
        whole(replace(study, replications=found.replications, precision=None)),
        living.Part(kept.point, kept.replication, found.read(study.names).values, ()),
    )


def test_what_has_no_value_needs_no_more_replications_than_any():
    calm = scenario_of({**world(), "shocks": {"fire": outage("mine", 5, 0, source="test")}})
    study = study_for(calm, replications=4, readings=["time_to_impact.users"], precision=0.05)
    found = conduct(study, {}, Help(workers=1))
    assert found.precise and found.replications == study.replications


def test_what_luck_never_made_lose_anything_is_precise_once_three_over_n_is():
    calm = scenario_of({**world(), "shocks": {"fire": outage("mine", 5, 0, source="test")}})
    study = study_for(calm, replications=4, readings=["loss_share.users"], precision=0.05)
    found = conduct(study, {}, Help(workers=1))
    assert found.precise and found.replications == 80, "3/80 is below 5 %, and 3/40 is not"


# Memory


def memory(what):
    """Kilobytes that the kernel counts for this process: VmRSS now, VmHWM at most since the peak was forgotten."""
    return int(re.search(rf"{what}:\s+(\d+) kB", Path("/proc/self/status").read_text())[1])


@pytest.mark.skipif(not os.path.exists("/proc/self/clear_refs"), reason="needs the kernel's account of memory")
def test_many_cases_take_little_memory(tmp_path):
    """20,000 tiny cases add less than 100 MB to the process; one day of history of each would be 7 MB."""
    scenario = tiny()
    sweep(scenario, replications=2, seed=1, workers=1)
    before = memory("VmRSS")
    Path("/proc/self/clear_refs").write_text("5")  # forgets the peak
    levels = [f"{n} days" for n in range(1, 21)]
    found = sweep(scenario, {DURATION: levels}, replications=1000, seed=1, workers=1, folder=tmp_path)
    assert found.conducted.is_whole and len(found.tables["points"].rows) == 20 * len(found.study.names)
    assert memory("VmHWM") - before < 100_000
