"""Working days of an authority, and the clock that counts them."""

import math
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.scenario.calendar import WorkingClock, working_days

START = date(2025, 1, 1)


def offset(day: date) -> int:
    return (day - START).days


@pytest.fixture(scope="module")
def china() -> WorkingClock:
    return WorkingClock.of("CN", START, 700, before=60)


def test_the_chinese_calendar_has_its_holidays_and_its_make_up_days():
    days = working_days("CN", date(2025, 4, 1), date(2025, 4, 30))
    worked = {day for day, is_worked in enumerate(days, 1) if is_worked}
    assert 4 not in worked  # Qingming
    assert 27 in worked  # a Sunday worked for the May holidays
    assert 26 not in worked
    assert len(days) == 30


def test_forty_five_working_days_from_4_april_2025_end_on_11_june(china):
    filed = offset(date(2025, 4, 4))
    assert china.after(filed, 1) == offset(date(2025, 4, 7))
    assert china.after(filed, 45) == offset(date(2025, 6, 11))


def test_days_are_found_by_counting_them_one_by_one(china):
    table = working_days("CN", START, START + timedelta(400))
    for filed in range(0, 200, 7):
        for needed in (1, 2, 10, 45):
            nth = [day for day in range(filed + 1, 401) if table[day]][needed - 1]
            assert china.after(filed, needed) == nth


def test_the_table_and_its_inverse_agree(china):
    assert china.day_of[0] == china.first == -60
    assert china.count[0] == 0
    for j, day in enumerate(china.day_of):
        assert china.count[day - china.first] == j


WEEK = WorkingClock(0, tuple(day % 7 not in (5, 6) for day in range(60)))
"""Days 5 and 6 of each seven are free; day 0 counts nothing, since the clock starts at its end."""


@pytest.mark.parametrize(
    ("time", "needed", "done"),
    [
        (0, 0, 0), (0, 1, 1), (0.25, 1, 1.25), (0, 0.5, 0.5), (4, 1, 7), (4, 0.5, 6.5), (3.5, 1, 6.5), (5, 1, 7),
        (5.5, 0.25, 6.25), (4, 0, 4), (5.5, 0, 5.5), (0.5, 5, 7.5), (0, 1000, math.inf), (59, 1, math.inf),
        (100, 1, math.inf),
    ],
)  # fmt: skip
def test_the_clock_runs_on_working_days_and_stands_still_on_others(time, needed, done):
    assert WEEK.after(time, needed) == done


@given(st.floats(0, 20), st.floats(0, 15), st.floats(0, 5))
def test_more_work_never_ends_earlier_and_nothing_ends_before_it_began(time, needed, more):
    assert time <= WEEK.after(time, needed) <= WEEK.after(time, needed + more) + 1e-6


@given(st.floats(0, 20), st.floats(0, 20), st.floats(0, 15))
def test_what_is_filed_first_is_decided_first(time, other, needed):
    early, late = sorted((time, other))
    assert WEEK.after(early, needed) <= WEEK.after(late, needed) + 1e-6


@given(st.floats(0, 20), st.floats(0.01, 7), st.floats(0.01, 7))
def test_work_in_two_parts_takes_as_long_as_in_one(time, first, second):
    whole, parts = WEEK.after(time, first + second), WEEK.after(WEEK.after(time, first), second)
    # A part that ends on the evening before a weekend may, by rounding, end on its far side; the clock read the same.
    assert parts == pytest.approx(whole, abs=1e-6) or abs(parts - whole) == pytest.approx(2, abs=1e-6)


def test_rounding_does_not_push_a_decision_over_a_weekend():
    assert WEEK.after(0.1 + 0.2, 3.7) == pytest.approx(4)


def test_forty_five_working_days_take_about_nine_weeks_and_more_with_holidays(china):
    assert WorkingClock(0, tuple(day % 7 not in (5, 6) for day in range(500))).mean_calendar_days(45) == pytest.approx(
        63, abs=1
    )
    assert 64 < china.mean_calendar_days(45) < 70
    with pytest.raises(ValueError, match="too short"):
        WEEK.mean_calendar_days(5)


@pytest.mark.parametrize(
    ("country", "answer"),
    [
        ("XX", "two letters"), ("China", "Did you mean 'CN'?"), ("south_korea", "Did you mean 'KR'?"),
        ("", "two letters"), ("x" * 999, "no calendar for 'xxx"),
    ],
)  # fmt: skip
def test_an_unknown_country_is_refused_with_a_suggestion(country, answer):
    with pytest.raises(ValueError, match="no calendar for") as caught:
        working_days(country, START, START)
    assert answer in str(caught.value)
    assert len(str(caught.value)) < 200


def test_a_calendar_cannot_end_before_it_starts():
    with pytest.raises(ValueError, match="ends before it starts"):
        working_days("CN", START, START - timedelta(1))
