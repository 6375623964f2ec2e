"""Forecasts that need no model: the dates of the law by hand, and shares of months by counting days."""

import datetime
import json

import numpy as np
import pytest
from histories import entry, held, mine, series, window, written
from worlds import licensing, regime

import sim
from sim.results.naive import control_of, forecasts
from sim.results.sightings import seen_of
from sim.scenario.observed import Observed
from sim.scenario.series import Series

MONTHS = ("2025-03", "2025-04", "2025-05", "2025-06", "2025-07")


def control(effective, announced=None, limit="45 working days", review="10 working days", **more):
    """What a licence office of China has to decide by, as the scenario says it."""
    office = regime(review, controls="ore", **({"statutory_limit": limit} if limit else {}), **more)
    shock = {**licensing(), "effective": effective, **({"announced": announced} if announced else {})}
    start = (datetime.date.fromisoformat(effective) - datetime.timedelta(days=120)).isoformat()
    data = mine({"rule": shock}, licences={"office": office}) | {"start": start}
    return control_of(sim.loads(json.dumps(data)))


def shares(values=None, days=400, limits=None, **observed):
    """Every naive forecast of a series over 2025, by name."""
    values = values or dict.fromkeys(MONTHS, 100)
    of = Observed.model_validate(entry(**(observed or {"level": "100 t"})))
    seen = seen_of("ore", of, Series.model_validate(series(values)), datetime.date(2025, 1, 1), days)
    return {one.name: one.shares for one in forecasts(seen, limits)}


# The date by which the law decides


def test_45_working_days_from_4_april_2025_are_over_on_11_june():
    """4 April (Qingming), 1 to 5 May and 31 May to 2 June are holidays; Sunday 27 April is worked.

    18 weekdays from 7 to 30 April and that Sunday, 19 from 6 to 30 May and 7 from 3 to 11 June make 45.
    """
    found = control("2025-04-04")
    assert found.effective == datetime.date(2025, 4, 4) and found.decided == datetime.date(2025, 6, 11)


def test_45_working_days_from_1_august_2023_are_over_on_9_october():
    """22 working days from 2 to 31 August and 20 from 1 to 28 September; then holidays from 29 September to 6 October.

    Saturday 7 and Sunday 8 October are worked, so days 43, 44 and 45 are the 7th, 8th and 9th.
    """
    assert control("2023-08-01").decided == datetime.date(2023, 10, 9)


def test_calendar_days_are_counted_as_they_are():
    assert control("2025-04-04", limit="45 days", review="10 days").decided == datetime.date(2025, 5, 19)


def test_a_limit_of_two_years_is_found_too():
    """500 working days are two years: nothing is cut off at 400 days."""
    assert datetime.date(2027, 3, 1) < control("2025-04-04", limit="500 working days").decided


def test_announced_is_the_day_of_effect_where_nothing_else_is_said():
    assert control("2025-04-04").announced == datetime.date(2025, 4, 4)
    assert control("2025-04-04", "2025-03-01").announced == datetime.date(2025, 3, 1)


def test_without_a_licence_or_a_limit_there_is_no_control(tmp_path):
    assert control_of(sim.load(written(tmp_path, mine()))) is None
    assert control("2025-04-04", limit=None) is None
    assert "stop" not in shares()


# Shares


def test_a_stop_leaves_the_days_before_it_and_after_the_decision():
    found = shares(limits=control("2025-04-04"))
    assert found["stop"] == pytest.approx([1.0, 3 / 30, 0.0, 20 / 30, 1.0])


def test_a_rush_is_three_times_the_usual_from_the_thirteenth_day_after_the_notice():
    """Notice on 10 March: from 23 to 31 March and on 1 to 3 April three times the usual."""
    found = shares(limits=control("2025-04-04", "2025-03-10"))
    assert found["rush"] == pytest.approx([(22 + 3 * 9) / 31, 3 * 3 / 30, 0.0, 20 / 30, 1.0])


def test_without_notice_nobody_rushes():
    found = shares(limits=control("2025-04-04"))
    assert found["rush"].tolist() == found["stop"].tolist()


def test_no_change_is_one_and_the_last_value_that_of_the_last_fitted_period():
    values = {"2025-03": 10, "2025-04": 30, "2025-05": 70}
    found = shares(values, level="100 t", fit=window("2025-03-01", "2025-05-01"))
    assert found["no_change"].tolist() == [1.0] * 3 and found["last_value"] == pytest.approx([0.3] * 3)
    assert "last_value" not in shares(values)


@pytest.mark.parametrize("usual", [{"level": "100 t"}, {"usual": window("2023-01-01", "2023-03-01")}])
def test_last_year_is_the_same_month_of_the_year_before_where_it_was_seen(usual):
    values = {"2023-01": 50, "2023-02": 150, "2024-03": 40, "2025-03": 10, "2025-04": 30}
    found = shares({**values, "2024-04": {"value": 9, "basis": "target"}}, **usual)
    assert found["last_year"][0] == pytest.approx(0.4) and np.isnan(found["last_year"][1])


def test_last_year_beside_a_year_before_is_the_share_of_the_year_before_that():
    values = {"2023-03": 50, "2024-03": 40, "2025-03": 10, "2024-04": 40, "2025-04": 30}
    found = shares(values, year_before=True)
    assert found["last_year"][0] == pytest.approx(40 / 50) and np.isnan(found["last_year"][1])


def test_the_earliest_control_counts(tmp_path):
    office = regime("10 working days", controls="ore", statutory_limit="45 working days")
    rules = {"late": {**licensing(), "effective": "2025-05-04"}, "early": {**licensing(), "effective": "2025-04-04"}}
    path = held(tmp_path, dict.fromkeys(MONTHS, 1), shocks=rules, licences={"office": office})
    assert control_of(sim.load(path)).effective == datetime.date(2025, 4, 4)
