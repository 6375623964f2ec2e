"""Metrics of small outcomes, solved by hand."""

import math

import numpy as np
import pytest
from outcomes import LINK, level, outcome, world

from sim.results import levels, licensing, losses, metrics, service, times
from sim.results.curves import (
    PLAN_DAYS,
    added,
    by_commodity,
    by_country,
    by_stage,
    output_of,
    outputs,
    sales_of,
    together,
)
from sim.results.outcome import Outcome

MAKER = "maker: magnet"
MINE = "mine_a: ore"


def maker(series, baseline=None, days=100, replications=1, data=None):
    out = outcome(
        {("output", MAKER): series},
        data,
        {("output", MAKER): baseline} if baseline is not None else None,
        days,
        replications,
    )
    return output_of(out, MAKER)


def only(values):
    assert values.shape == (1,)
    return float(values[0])


def test_ten_days_without_output_lose_ten_days_of_plan():
    curve = maker(level(d47_57=0))
    assert only(losses.output_loss(curve)) == 100.0
    assert only(losses.loss_days(curve)) == 10.0
    assert only(losses.loss_share(curve)) == 0.1
    assert only(losses.loss_value(curve)) == 5000.0


def test_what_is_made_up_later_is_the_difference_between_gross_and_net_loss():
    curve = maker(level(d47_57=0, d60_80=12))
    assert only(losses.below_baseline(curve)) == 100.0
    assert only(losses.made_up_later(curve)) == 40.0
    assert only(losses.output_loss(curve)) == 60.0


def test_one_value_comes_out_for_each_replication():
    both = np.stack([level(), level(d50_60=5)], axis=1)
    curve = maker(both, replications=2)
    assert losses.output_loss(curve).tolist() == [0.0, 50.0]
    assert times.time_to_impact(curve)[1] == 40.0 and math.isnan(times.time_to_impact(curve)[0])


def test_the_peak_is_the_worst_single_day_and_its_first_date():
    curve = maker(level(d50_60=5, d55_57=2))
    assert only(losses.peak_loss(curve)) == pytest.approx(0.8)
    assert only(losses.peak_loss_day(curve)) == 55


def test_no_loss_has_no_peak_day_no_impact_and_nothing_to_recover_from():
    curve = maker(level())
    assert only(losses.peak_loss(curve)) == 0.0
    for metric in (losses.peak_loss_day, times.time_to_impact, times.recovery_time):
        assert math.isnan(only(metric(curve)))
    assert times.endings(curve).tolist() == [times.UNHURT]


def test_rounding_is_no_loss():
    curve = maker(level() * (1 - 1e-12))
    assert math.isnan(only(times.time_to_impact(curve)))
    assert only(losses.peak_loss(curve)) == 0.0
    assert times.endings(curve).tolist() == [times.UNHURT]


def test_times_count_from_the_day_the_first_shock_takes_effect():
    curve = maker(level(d47_57=0))
    assert only(times.time_to_impact(curve)) == 37
    assert only(times.recovery_time(curve)) == 47


def test_an_announcement_can_hurt_before_the_shock_does():
    assert only(times.time_to_impact(maker(level(d4_6=9)))) == -6


def test_recovery_is_for_good_so_a_relapse_counts():
    assert only(times.recovery_time(maker(level(d20_30=0, d70_71=9)))) == 61


def test_starved_unrecovered_horizon_and_recovered_are_told_apart():
    lasting = world(
        shocks=world()["shocks"]
        | {
            "fire": {
                "kind": "capacity_loss",
                "where": {"id": "maker"},
                "size": 0.1,
                "effective": "day 50",
                "source": "x",
            }
        }
    )
    assert times.endings(maker(level(d50_100=0))).tolist() == [times.STARVED]
    assert times.endings(maker(level(d50_100=9))).tolist() == [times.UNRECOVERED]
    assert times.endings(maker(level(d50_100=9), data=lasting)).tolist() == [times.HORIZON]
    assert times.endings(maker(level(d50_99=9))).tolist() == [times.RECOVERED]
    assert only(times.recovery_time(maker(level(d50_100=9)))) == math.inf


def test_performance_impact_is_the_share_missing_while_disrupted():
    curve = maker(level(d20_30=5))
    assert only(losses.performance_impact(curve)) == pytest.approx(50 / 200)
    assert only(losses.resilience_loss(curve)) == pytest.approx(5.0)


def test_loss_is_held_against_the_same_days_of_a_moving_baseline():
    season = level(d0_50=20)
    curve = maker(season * 0.5, baseline=season)
    assert only(losses.loss_share(curve)) == 0.5
    assert only(losses.resilience_loss(curve)) == pytest.approx(50.0)


def test_nothing_planned_and_nothing_lost_is_zero_not_an_error():
    curve = maker(level(usual=0), baseline=level(usual=0))
    assert only(losses.loss_share(curve)) == 0.0
    assert only(losses.peak_loss(curve)) == 0.0


def test_without_shocks_nothing_is_lost_and_times_are_not_defined():
    out = outcome({}, world(shocks={}))
    assert math.isnan(out.first_day) and math.isnan(out.over_day)
    assert only(losses.performance_impact(output_of(out, MAKER))) == 0.0
    assert only(metrics.survival(out)) == math.inf


def test_a_shock_beyond_the_horizon_is_no_first_day():
    late = world()["shocks"]["ban"] | {"effective": "day 100"}
    assert math.isnan(outcome({}, world(shocks={"ban": late})).first_day)


def test_tonnes_of_different_things_are_never_added():
    out = outcome({})
    with pytest.raises(ValueError, match="cannot be added"):
        added([*outputs(out).values()], "all")


def test_different_things_are_added_by_value_where_both_have_a_price():
    out = outcome({("output", MAKER): level(d47_57=0), ("output", MINE): level(d10_30=5)})
    total = together([*outputs(out).values()], "total")
    assert total.unit == "USD"
    assert only(losses.output_loss(total)) == 100 * 50 + 100 * 2


@pytest.mark.parametrize("price", [None, "7 EUR/t"])
def test_without_one_currency_for_all_each_place_counts_by_its_own_plan(price):
    goods = world()["commodities"]
    data = world(commodities=goods | {"ore": {"unit": "t", "source": "assumed"} | ({"price": price} if price else {})})
    out = outcome({("output", MAKER): level(d47_57=0), ("output", MINE): level(d10_30=5)}, data)
    total = together([*outputs(out).values()], "total")
    assert total.unit == PLAN_DAYS
    assert only(losses.output_loss(total)) == pytest.approx(20.0)
    assert math.isnan(only(losses.loss_value(total)))


def two_makers():
    data = world()
    other = data["facilities"]["maker"] | {"country": "JP"}
    return data | {"facilities": data["facilities"] | {"maker_b": other}}


def test_places_of_one_commodity_are_added_in_its_unit():
    out = outcome({("output", MAKER): level(d47_57=0)}, two_makers())
    magnets = by_commodity(out, outputs(out))["magnet"]
    assert (magnets.unit, magnets.plan) == ("t", 20.0)
    assert only(losses.loss_days(magnets)) == 5.0
    assert only(losses.peak_loss(magnets)) == 0.5
    assert sorted(by_country(out, outputs(out))) == ["CN", "DE", "JP"]
    assert {stage: c.commodity for stage, c in by_stage(out, outputs(out)).items()} == {0: "ore", 2: "magnet"}


def at_market(**rows) -> tuple[Outcome, service.Service]:
    out = outcome({(what, "cars"): series for what, series in rows.items()})
    return out, service.service_of(out, "cars")


def test_demand_not_met_at_once_is_lost_and_lowers_the_fill_rate():
    gone = level(usual=0, d50_60=10)
    _, served = at_market(sales=level(d50_60=0), unmet=gone, lost=gone)
    assert only(service.lost_demand(served)) == 100
    assert only(service.delayed_demand(served)) == 0
    assert only(service.fill_rate(served)) == pytest.approx(0.9)
    assert only(service.baseline_fill_rate(served)) == 1.0
    assert only(service.time_to_survive(served)) == 40


def test_demand_served_late_is_delayed_and_what_still_waits_is_neither():
    waiting = np.concatenate([np.zeros(90), np.arange(10, 101, 10)])
    waiting[95:] = 50.0
    unmet = level(usual=0, d90_100=10)
    _, served = at_market(unmet=unmet, waiting=waiting, sales=level(d90_95=0))
    assert only(service.delayed_demand(served)) == 50
    assert only(service.still_waiting(served)) == 50
    assert only(service.lost_demand(served)) == 0
    assert only(service.fill_rate(served)) == pytest.approx(0.9)


def test_a_market_that_misses_nothing_more_than_without_the_shock_survives():
    short = level(usual=0, d5_6=4)
    out = outcome({}, baseline={("unmet", "cars"): short})
    served = service.service_of(out, "cars")
    assert only(service.time_to_survive(served)) == math.inf
    assert only(service.baseline_fill_rate(served)) == pytest.approx(0.996)


def test_backlog_has_a_mean_and_a_peak():
    out = outcome({("backlog", MAKER): level(usual=0, d50_60=30), ("waiting", "cars"): level(usual=0, d50_51=7)})
    assert only(levels.backlog_mean(levels.backlog_of(out, MAKER))) == 3.0
    assert only(levels.backlog_peak(levels.backlog_of(out, MAKER))) == 30.0
    assert only(levels.backlog_peak(levels.waiting_of(out, "cars"))) == 7.0


def test_days_of_cover_are_stock_over_planned_use():
    out = outcome({("stock", "maker: ore"): level(usual=300, d0_5=10, d40_60=50)})
    cover = levels.cover_of(out, "maker: ore")
    assert cover.baseline[0, 0] == 30.0
    assert cover.shocked[50, 0] == 5.0
    assert only(levels.lowest_cover(cover)) == 5.0, "what is before the first shock does not count"


def licensed():
    return world(
        licences={"mofcom": {"country": "CN", "controls": "ore", "review": "10 days", "in_force": True, "source": "x"}}
    )


def test_licence_figures_count_applications_and_their_mean_review():
    rows = {
        ("filed", LINK): level(usual=0, d10_20=2),
        ("approved", LINK): level(usual=0, d20_25=2),
        ("denied", LINK): level(usual=0, d25_26=2),
        ("pending", LINK): level(usual=8, d0_10=0, d20_21=20),
        ("review_days", LINK): level(usual=0, d20_26=24),
    }
    desk = metrics.desks(outcome(rows, licensed()))["mofcom"]
    assert [only(f(desk)) for f in (licensing.filed, licensing.approved, licensing.denied)] == [20, 10, 2]
    assert only(licensing.approval_share(desk)) == pytest.approx(10 / 12)
    assert only(licensing.review_time(desk)) == pytest.approx(12.0)
    assert only(licensing.pending_peak(desk)) == 20 and only(licensing.pending_at_end(desk)) == 8


def test_no_decision_has_no_review_time():
    desk = metrics.desks(outcome({}, licensed()))["mofcom"]
    assert math.isnan(only(licensing.review_time(desk))) and math.isnan(only(licensing.approval_share(desk)))


def test_both_ends_of_a_banned_link_are_directly_hit():
    assert outcome({}).directly_hit == {"mine_a", "maker"}


def test_a_shock_of_size_zero_hits_nobody():
    fire = {"kind": "capacity_loss", "where": {"id": "maker"}, "size": 0.0, "effective": "day 5", "source": "x"}
    assert outcome({}, world(shocks={"fire": fire})).directly_hit == frozenset()


def test_amplification_is_the_whole_loss_over_the_direct_one():
    fire = {"kind": "capacity_loss", "where": {"id": "mine_a"}, "size": 1.0, "effective": "day 5", "source": "x"}
    lost = {("output", MINE): level(d10_30=0), ("output", MAKER): level(d47_57=0)}
    assert only(metrics.amplification(outcome(lost, world(shocks={"fire": fire})))) == pytest.approx((400 + 5000) / 400)
    goods = world()["commodities"] | {"ore": {"unit": "t", "source": "assumed"}}
    unpriced = world(shocks={"fire": fire}, commodities=goods)
    assert only(metrics.amplification(outcome(lost, unpriced))) == pytest.approx((20 + 10) / 20)
    assert math.isnan(only(metrics.amplification(outcome({}))))


def test_every_metric_is_listed_once_documented_and_worked_out_for_each_replication():
    listed = [
        *metrics.OF_CURVES,
        *metrics.OF_SERVICE,
        *metrics.OF_BACKLOGS,
        *metrics.OF_COVER,
        *metrics.OF_LICENCES,
        *metrics.OF_ALL,
    ]
    assert len({m.name for m in listed}) == len(listed)
    assert all(m.meaning and m.unit for m in listed)
    out = outcome({}, licensed(), replications=3)
    found = list(metrics.figures(out))
    assert {f.metric for f in found} == {m.name for m in listed}
    assert all(f.values.shape == (3,) for f in found), [f.metric for f in found if f.values.shape != (3,)]
    assert len({(f.metric, f.group, f.where) for f in found}) == len(found)


def test_sales_are_what_the_market_got_early_or_late():
    out, _ = at_market(sales=level(d50_60=0, d60_70=20))
    assert only(losses.output_loss(sales_of(out, "cars"))) == 0.0
    assert only(losses.below_baseline(sales_of(out, "cars"))) == 100.0


def test_a_shock_that_ends_with_the_run_leaves_no_time_to_tell():
    to_the_end = world(shocks={"ban": world()["shocks"]["ban"] | {"duration": "90 days"}})
    a_day_less = world(shocks={"ban": world()["shocks"]["ban"] | {"duration": "89 days"}})
    assert times.endings(maker(level(d50_100=9), data=to_the_end)).tolist() == [times.HORIZON]
    assert times.endings(maker(level(d50_100=9), data=a_day_less)).tolist() == [times.UNRECOVERED]
