"""What replications say together, against formulas and known cases; and claims held against it."""

import math

import numpy as np
import pytest
from outcomes import LINK, level, outcome, random_world, world

from sim.results import claims
from sim.results.statistics import (
    ONE_RUN,
    TOO_FEW,
    bands,
    chance_interval,
    mean_interval,
    summarize,
    summarize_times,
)
from sim.results.terminal import number
from sim.scenario.scenario import Scenario

MAKER = "maker: magnet"


def test_one_replication_has_no_interval():
    summary = summarize(np.array([12.0]))
    assert summary.mean == 12.0 and not summary.has_interval
    assert summary.worded(number) == f"12.0 (n = 1; {ONE_RUN})"
    assert "needs at least 2" in ONE_RUN


def test_students_interval_of_a_textbook_sample():
    mean, low, high = mean_interval(np.array([1.0, 2.0, 3.0, 4.0]))
    assert mean == 2.5
    assert (low, high) == pytest.approx(
        (2.5 - 3.182446 * math.sqrt(5 / 3) / 2, 2.5 + 3.182446 * math.sqrt(5 / 3) / 2), abs=1e-5
    )


def test_equal_values_have_an_interval_of_no_width():
    assert mean_interval(np.full(5, 0.1)) == pytest.approx((0.1, 0.1, 0.1), abs=1e-15)


def test_exact_interval_of_a_chance_as_tabled():
    assert chance_interval(0, 10) == pytest.approx((0.0, 0.3085), abs=1e-4)
    assert chance_interval(10, 10) == pytest.approx((0.6915, 1.0), abs=1e-4)
    assert chance_interval(3, 20) == pytest.approx((0.0321, 0.3789), abs=1e-4)


def test_exact_interval_covers_a_rare_chance_and_students_does_not():
    luck = np.random.default_rng(1)
    events = luck.binomial(30, 0.05, size=2000)
    covered = np.mean([low <= 0.05 <= high for low, high in (chance_interval(int(k), 30) for k in events)])
    assert covered >= 0.95


def test_few_losses_are_told_by_chance_and_mean_given_loss():
    values = np.zeros(50)
    values[:3] = (10, 20, 30)
    summary = summarize(values)
    words = summary.worded(number)
    assert (summary.events, summary.chance, summary.mean_given) == (3, 0.06, 20.0)
    assert TOO_FEW in words and "3 of 50" in words and "1.25 to 16.5 %" in words and "20.0 given loss" in words


def test_twenty_losses_are_enough_for_a_mean():
    values = np.concatenate([np.zeros(10), np.linspace(1, 2, 20)])
    assert summarize(values).note == ""
    assert "95 %" in summarize(values).worded(number)


def test_no_loss_in_n_gives_the_bound_three_over_n():
    summary = summarize(np.zeros(150))
    assert summary.note == "no loss in 150 replications: the chance is below 2 % (3/n)"
    assert chance_interval(0, 150)[1] < 0.03


def test_what_is_not_random_needs_no_bound():
    assert summarize(np.zeros(5), random=False).note == ""
    assert summarize(np.full(5, 3.0), random=False).note == ""


def test_rounding_and_gains_are_no_loss_events():
    assert summarize(np.array([1e-12, -5.0, 0.0]), smallest=1e-9).events == 0


def test_what_has_no_value_is_counted_and_left_out():
    summary = summarize(np.array([1.0, math.nan, math.inf, 3.0]))
    assert (summary.n, summary.missing, summary.mean) == (2, 2, 2.0)
    assert summarize(np.array([math.nan])).worded(number) == "no value in any replication"


def test_recovery_is_told_by_the_share_that_recover_and_their_median():
    times = summarize_times(np.array([math.nan, 10.0, 20.0, 30.0, math.inf]))
    assert (times.n, times.due, times.happened, times.share, times.median) == (5, 4, 3, 0.75, 20.0)
    assert times.share_low < 0.75 < times.share_high
    never = summarize_times(np.array([math.nan, math.nan]))
    assert never.due == 0 and math.isnan(never.share) and math.isnan(never.median)


def test_bands_are_quantiles_of_each_day():
    daily = np.tile(np.arange(101.0), (3, 1))
    assert bands(daily).tolist() == [[5.0] * 3, [50.0] * 3, [95.0] * 3]


def test_a_scenario_with_a_distribution_is_random_and_one_without_is_not():
    assert outcome({}, random_world()).is_random
    assert not outcome({}).is_random


@pytest.mark.parametrize(("to", "random"), [("0 %", False), ("40 %", True), ("100 %", False)])
def test_a_shock_that_leaves_approval_to_chance_makes_it_random(to, random):
    rate = {"kind": "approval_rate", "authority": "office", "to": to, "effective": "day 10", "source": "assumed"}
    office = {"country": "CN", "controls": "ore", "review": "5 days", "source": "assumed"}
    assert outcome({}, world(shocks={"fewer": rate}, licences={"office": office})).is_random == random


def claim(low, high, disputed="", **measure):
    return {
        "says": "so",
        "measure": measure,
        "low": low,
        "high": high,
        "disputed": disputed,
        "hangs_on": "cover",
        "source": "a paper",
    }


def judged(rows, *given, replications=1, data=None):
    out = outcome(
        rows, (data or world()) | {"claims": {f"c{i}": c for i, c in enumerate(given)}}, replications=replications
    )
    return claims.verdicts(out)


LOST = {("output", MAKER): level(d40_60=0)}
OUTPUT = {"quantity": "output", "where": {"commodity": "magnet"}}


def test_a_claim_is_reproduced_when_the_mean_lies_within_it():
    drop = OUTPUT | {"by": "drop", "from": "day 40", "until": "day 80"}
    right, wrong = judged(LOST, claim(0.4, 0.6, **drop), claim(0.6, 0.7, **drop))
    assert right.values.tolist() == [0.5]
    assert (right.words, wrong.words) == ("reproduced", "not reproduced")


def test_a_disputed_claim_says_so_beside_the_finding():
    share = OUTPUT | {"by": "share", "from": "2025-02-10", "until": "2025-03-02"}
    (verdict,) = judged(LOST, claim(0.0, 0.1, "industry", **share))
    assert verdict.words == "reproduced, disputed"


def test_a_window_runs_from_the_first_shock_to_the_end_unless_said():
    (verdict,) = judged(LOST, claim(0, 1, **OUTPUT, by="share"))
    assert verdict.values[0] == pytest.approx(70 / 90)


def test_days_to_drop_count_from_the_start_of_the_window():
    verdict, never = judged(
        LOST, claim(25, 35, **OUTPUT, by="days_to_drop"), claim(0, 9, quantity="sales", by="days_to_drop")
    )
    assert (verdict.values[0], verdict.words, verdict.unit) == (30, "reproduced", "days")
    assert (never.words, never.reason) == ("not reproduced", "never drops")


def test_a_claim_about_shipments_selects_links():
    rows = {("shipments", LINK): level(d10_30=0)}
    (verdict,) = judged(rows, claim(1, 1, quantity="shipments", links={"commodity": "ore"}, by="drop", until="day 30"))
    assert verdict.words == "reproduced"


def test_unmet_demand_is_held_against_what_was_asked():
    rows = {("unmet", "cars"): level(usual=0, d55_100=4)}
    (verdict,) = judged(rows, claim(0.2, 0.2, quantity="unmet", by="share"))
    assert verdict.values[0] == pytest.approx(0.2)


def test_days_below_count_every_short_day_of_the_window_that_is_deep_enough():
    short = OUTPUT | {"by": "days_below", "until": "day 55"}
    rows = {("output", MAKER): level(d40_50=9, d50_60=4)}
    every, deep, none = judged(
        rows,
        claim(15, 15, **short),
        claim(5, 5, **short, deeper=0.1),
        claim(0, 0, quantity="sales", by="days_below"),
    )
    assert [v.words for v in (every, deep, none)] == ["reproduced"] * 3
    assert every.unit == "days"


def test_a_claim_in_units_is_held_against_the_amount_or_what_is_missing_of_it():
    window = OUTPUT | {"from": "day 30", "until": "day 60"}
    total, lost = judged(LOST, claim("100 t", "0.1 kt", **window, by="total"), claim("1 t", "2 t", **window, by="lost"))
    assert (total.values[0], total.words, total.unit) == (100, "reproduced", "t")
    assert (lost.values[0], lost.words) == (200, "not reproduced")


def test_a_claim_in_units_is_written_out_as_it_reads_back():
    given = {"some": claim("100 t", "0.1 kt", **OUTPUT, by="total"), "share": claim(0.5, 0.6, **OUTPUT, by="drop")}
    scenario = Scenario.model_validate(world(claims=given))
    again = scenario.model_dump(mode="json", by_alias=True, exclude_unset=True)
    assert Scenario.model_validate(again).claims == scenario.claims


def test_unmet_demand_in_units_is_what_more_is_unmet():
    rows = {("unmet", "cars"): level(usual=0, d55_100=4)}
    lost, days = judged(
        rows,
        claim("180 t", "180 t", quantity="unmet", by="lost"),
        claim(45, 45, quantity="unmet", by="days_below", deeper=0.3),
    )
    assert (lost.words, days.words) == ("reproduced", "reproduced")


def two_mines():
    """A second mine in Kazakhstan; each is planned to give ten tonnes a day."""
    data = world()
    other = data["facilities"]["mine_a"] | {"country": "KZ"}
    lanes = {"mine_a": {"transit": "7 days", "share": "50 %"}, "mine_b": {"transit": "7 days"}}
    maker = data["facilities"]["maker"] | {"buys": {"ore": {"cover": "30 days", "from": lanes}}}
    return data | {"facilities": data["facilities"] | {"mine_b": other, "maker": maker}}


def test_a_part_is_held_against_the_whole_of_the_same_days_and_run():
    rows = {("output", "mine_b: ore"): np.stack([level(usual=0, d40_60=30), level(usual=0, d40_60=10)], axis=1)}
    part = {"quantity": "output", "where": {"country": "CN"}, "by": "part", "of": {"kind": "mine"}}
    before, later = judged(
        rows,
        claim(1, 1, **part, **{"from": "day 0", "until": "day 40"}),
        claim(0.25, 0.5, **part, **{"from": "day 40", "until": "day 60"}),
        replications=2,
        data=random_world() | {"facilities": two_mines()["facilities"]},
    )
    assert before.values.tolist() == [1, 1] and later.values.tolist() == [0.25, 0.5]
    assert (before.words, later.words, later.unit) == ("reproduced", "reproduced", "part")


def test_a_part_of_shipments_is_of_links_and_outside_its_whole_counts_nothing():
    rows = {("shipments", "mine_b > maker: ore"): level(usual=30)}
    part = {"quantity": "shipments", "by": "part"}
    ore, all_but = judged(
        rows,
        claim(0.75, 0.75, **part, links={"origin": "KZ"}, of_links={"commodity": "ore"}),
        claim(0, 0, **part, links={"origin": "CN"}, of_links={"origin": "KZ"}),
        data=two_mines(),
    )
    assert (ore.words, all_but.words) == ("reproduced", "reproduced")


def test_a_part_may_be_of_several_commodities_that_are_named_and_counted_alike():
    rows = {("output", "mine_b: ore"): level(usual=30), ("output", MAKER): level(usual=60)}
    part = {"quantity": "output", "where": {"country": "CN"}, "by": "part"}
    (mined,) = judged(rows, claim(0.1, 0.1, **part, of={"commodity": ["ore", "magnet"]}), data=two_mines())
    assert mined.words == "reproduced"


def test_a_part_of_apples_and_pears_or_of_nothing_is_not_measured():
    part = {"quantity": "output", "where": {"country": "CN"}, "by": "part"}
    mixed, none = judged(
        {("output", "mine_a: ore"): level(usual=0)},
        claim(0, 1, **part, of={"country": ["CN", "DE"]}),
        claim(0, 1, **part, of={"kind": "mine"}),
    )
    assert (mixed.words, mixed.reason) == (
        "not measured",
        "its whole is not of one commodity, and it does not say of which",
    )
    assert (none.words, none.reason) == ("not measured", "its whole is nothing in those days")


def test_a_claim_that_selects_nothing_is_not_measured():
    (verdict,) = judged(LOST, claim(0, 1, quantity="output", where={"country": "BR"}, by="share"))
    assert (verdict.words, verdict.reason) == ("not measured", "its scope selects nothing")


def test_a_claim_has_the_interval_of_its_replications():
    drops = np.stack([level(d40_60=0), level(d40_50=0)], axis=1)
    (verdict,) = judged(
        {("output", MAKER): drops}, claim(0, 1, **OUTPUT, by="drop"), replications=2, data=random_world()
    )
    assert verdict.summary.mean == pytest.approx(15 / 90) and verdict.summary.has_interval
