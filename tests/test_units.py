"""Values with units: what a text means, and what is answered to a text that means nothing."""

import math
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, ValidationError

from sim.scenario.durations import MAX_DAYS
from sim.scenario.fields import read_count, read_date, read_factor, read_growth, read_share, write_percent
from sim.scenario.units import (
    Amount,
    Count,
    Date,
    Duration,
    Factor,
    Growth,
    Price,
    Rate,
    Ratio,
    Share,
    SignedDuration,
)

KINDS = (Duration, SignedDuration, Amount, Rate, Ratio, Price)
READERS = (*(kind.read for kind in KINDS), read_share, read_factor, read_growth, read_date, read_count)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("45 days", Duration(45)), ("1 day", Duration(1)), ("6 weeks", Duration(42)), ("12 hours", Duration(0.5)),
        ("2 years", Duration(730)), ("45 working days", Duration(45, working=True)), ("0 days", Duration(0)),
        ("1.5 working days", Duration(1.5, working=True)), ("  45   days ", Duration(45)),
        ("45\u00a0days", Duration(45)),
        ("+20 days", SignedDuration(20)), ("-5 days", SignedDuration(-5)), ("+2 weeks", SignedDuration(14)),
        ("270 kt", Amount(270_000, "t")), ("1.5 Mt", Amount(1_500_000, "t")), ("3 kg", Amount(0.003, "t")),
        ("270kt", Amount(270_000, "t")), ("5 g", Amount(5e-6, "t")),
        ("20 wafer", Amount(20, "wafer")), ("110 billion unit", Amount(110e9, "unit")),
        ("3 thousand car", Amount(3_000, "car")), ("5 GWh", Amount(5_000, "MWh")), ("7 kWh", Amount(0.007, "MWh")),
        ("365 kt/year", Rate(1_000, "t")), ("1000 t/day", Rate(1_000, "t")), ("7000 wafer/week", Rate(1_000, "wafer")),
        ("1 t/hour", Rate(24, "t")), ("365 t/month", Rate(12, "t")), ("73 million car/year", Rate(200_000, "car")),
        ("0.36 t/t", Ratio(0.36, "t", "t")), ("1.2 kg/car", Ratio(0.0012, "t", "car")),
        ("5 g/kg", Ratio(0.005, "t", "t")),
        ("25 %", Ratio(0.25)), ("9 GWh/t", Ratio(9_000, "MWh", "t")),
        ("49 USD/kg", Price(49_000, "USD", "t")), ("1.2 million EUR/wafer", Price(1_200_000, "EUR", "wafer")),
    ],
)  # fmt: skip
def test_a_text_with_a_unit_is_a_value_in_base_units(text, value):
    assert type(value).parse(text) == value


@pytest.mark.parametrize(
    ("kind", "text", "answer"),
    [
        (Duration, "45 dys", "unknown unit 'dys'. Did you mean 'days'?"),
        (Duration, "30", "has no unit"),
        (Duration, "2 months", "months differ in length: say days or weeks"),
        (Duration, "5 min", "unknown unit 'min'"),
        (Duration, "5 wk", "Did you mean 'weeks'?"),
        (Duration, "-5 days", "negative"),
        (Duration, "+5 days", "makes it a change"),
        (Duration, "3 working weeks", "working time is counted in days"),
        (Duration, "1e9 days", "longer than 100,000 days"),
        (Duration, "1e999 days", "too large"),
        (Duration, "9**9**9 d", "unknown unit"),
        (Duration, "__import__('os').getpid()", "is not understood"),
        (Duration, "nan days", "is not understood"),
        (Duration, "1,000 days", "comma"),
        (Duration, "5 t/day", "rate"),
        (Duration, "", "is not understood"),
        (Duration, "1" * 101, "101 characters"),
        (Duration, "٣ days", "is not understood"),
        (SignedDuration, "20 days", "has no sign"),
        (SignedDuration, "+5 working days", "working days cannot be added"),
        (Amount, "5 t/day", "an amount is due: '5 t'"),
        (Amount, "-5 t", "negative"),
        (Amount, "5 tonnes", "Did you mean 't'?"),
        (Amount, "5 mt", "Did you mean 't'?"),
        (Amount, "5 MWH", "Did you mean 'MWh'?"),
        (Amount, "5 days", "is a time"),
        (Amount, "5 USD", "is money"),
        (Amount, "5 million", "'million' of what?"),
        (Amount, "5 m2", "is no unit"),
        (Amount, "5 %", "ratio"),
        (Rate, "5 kt", "say how fast: '5 kt/day'"),
        (Rate, "5 t/yr", "Did you mean 'year'?"),
        (Rate, "5 t/dya", "Did you mean 'day'?"),
        (Rate, "5 t/t", "unknown time 't'"),
        (Rate, "-5 t/day", "negative"),
        (Ratio, "5 t/day", "says how fast"),
        (Ratio, "5 t", "is an amount"),
        (Ratio, "-5 %", "negative"),
        (Price, "5 usd/kg", "Did you mean 'USD'?"),
        (Price, "49 USD", "sum of money"),
        (Price, "5 $/kg", "no known currency"),
    ],
)
def test_a_text_that_does_not_fit_is_answered_with_the_rule(kind, text, answer):
    with pytest.raises(ValueError, match=".") as caught:
        kind.parse(text)
    assert answer in str(caught.value)


@pytest.mark.parametrize("read", READERS)
@pytest.mark.parametrize("value", [True, False, None, [1], {"a": 1}, math.nan, math.inf, -math.inf, 10**400, "x" * 999])
def test_nothing_fits_that_is_no_number_or_text(read, value):
    with pytest.raises(ValueError, match="."):
        read(value)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("value", [0, 5, 2.5])
def test_a_bare_number_is_not_a_value_with_a_unit(kind, value):
    with pytest.raises(ValueError, match="has no unit"):
        kind.read(value)


@pytest.mark.parametrize(
    ("read", "said", "meant"),
    [
        (read_share, "25 %", 0.25), (read_share, 0, 0.0), (read_share, 0.25, 0.25), (read_share, 1, 1.0),
        (read_share, "100%", 1.0),
        (read_factor, 1.5, 1.5), (read_factor, "150 %", 1.5), (read_factor, "+20 %", 1.2), (read_factor, "-40 %", 0.6),
        (read_factor, "-90 %", 0.1), (read_factor, "-100 %", 0.0), (read_factor, 0, 0.0),
        (read_growth, "11 %/year", 0.11), (read_growth, "-3 %/year", -0.03),
        (read_date, "2025-04-04", date(2025, 4, 4)), (read_date, "2024-02-29", date(2024, 2, 29)),
        (read_date, date(2025, 4, 4), date(2025, 4, 4)), (read_count, 1, 1), (read_count, 300, 300),
    ],
)  # fmt: skip
def test_plain_values_are_read_in_their_words(read, said, meant):
    assert read(said) == meant
    assert type(read(said)) is type(meant)


@pytest.mark.parametrize(
    ("read", "said", "answer"),
    [
        (read_share, 25, "a share is between 0 and 1: did you mean '25 %'?"),
        (read_share, "120 %", "between 0 and 1"), (read_share, -0.1, "between 0 and 1"),
        (read_share, "0.25", "without quotes"),
        (read_factor, -0.4, "did you mean '-40 %'?"), (read_factor, "-150 %", "more than all"),
        (read_factor, "1.5", "quotes"),
        (read_growth, "11 %", "11 %/year"), (read_growth, 0.11, "11 %/year"),
        (read_growth, "-100 %/year", "all or more"),
        (read_date, "2025-02-30", "2025-02-30 is not a day of the calendar; write YYYY-MM-DD"),
        (read_date, "2025-4-4", "YYYY-MM-DD"), (read_date, 2025, "YYYY-MM-DD"), (read_date, "04/04/2025", "YYYY-MM-DD"),
        (read_count, 0, "at least 1"), (read_count, 1.0, "whole number"), (read_count, "3", "without quotes"),
    ],
)  # fmt: skip
def test_plain_values_that_do_not_fit_are_answered_with_the_rule(read, said, answer):
    with pytest.raises(ValueError, match=".") as caught:
        read(said)
    assert answer in str(caught.value)


def test_working_days_have_no_length_in_calendar_days():
    assert Duration(45).days == 45
    with pytest.raises(ValueError, match="authority's calendar"):
        _ = Duration(45, working=True).days


@pytest.mark.parametrize("value", [-1.0, math.nan, math.inf, MAX_DAYS + 1.0])
def test_a_value_made_in_code_keeps_the_same_bounds(value):
    with pytest.raises(ValueError, match="between"):
        Duration(value)


SIZES = st.floats(0, 1e18, allow_nan=False)
DAYS = st.floats(0, MAX_DAYS)
NAMES = st.sampled_from(["t", "MWh", "wafer", "car", "e", "unit"])


@given(
    st.one_of(
        st.builds(Duration, DAYS, st.booleans()),
        st.builds(SignedDuration, st.floats(-MAX_DAYS, MAX_DAYS)),
        st.builds(Amount, SIZES, NAMES),
        st.builds(Rate, SIZES, NAMES),
        st.builds(Ratio, SIZES, NAMES, NAMES),
        st.builds(Ratio, SIZES),
        st.builds(Price, SIZES, st.sampled_from(["USD", "CNY"]), NAMES),
    )
)
@settings(max_examples=500)
def test_the_text_of_a_value_reads_back_as_the_same_value(value):
    assert type(value).parse(str(value)) == value


@given(st.floats(0, 1))
def test_the_percentage_of_a_share_reads_back_as_the_same_share(share):
    assert read_share(write_percent(share)) == share


UNIT_LIKE = st.text(alphabet=st.sampled_from(list("0123456789.eE+-*/% _,dayskgtUSDworkinmonths")), max_size=40)


@settings(max_examples=500)
@given(st.one_of(st.text(max_size=120), UNIT_LIKE, st.integers(), st.floats(), st.none(), st.lists(st.integers())))
def test_nothing_said_does_worse_than_a_value_error(said):
    for read in READERS:
        try:
            value = read(said)
        except ValueError as error:
            assert str(error)
            assert len(str(error)) < 400
        else:
            assert read(value) == value or read is read_growth


@pytest.mark.timeout(10)
@pytest.mark.parametrize("text", ["1" * 100, "1e" * 50, "9" * 20 + "." + "9" * 30, "a/" * 50, "1 " + "_" * 98])
def test_no_text_takes_long(text):
    for kind in KINDS:
        with pytest.raises(ValueError, match="."):
            kind.parse(text)


# As fields of records


class Plant(BaseModel):
    model_config = ConfigDict(strict=True, frozen=True, extra="forbid")

    cover: Duration = Duration(30)
    capacity: Rate | None = None
    share: Share = 1.0
    factor: Factor = 1.0
    growth: Growth = 0.0
    since: Date = date(2025, 1, 1)
    firms: Count = 1


def test_a_strict_record_takes_texts_and_values_alike():
    said = Plant.model_validate({"cover": "6 weeks", "capacity": "10 t/day", "share": "25 %", "since": "2025-04-04"})
    made = Plant(cover=Duration(42), capacity=Rate(10, "t"), share=0.25, since=date(2025, 4, 4))
    assert said == made
    assert hash(said) == hash(made)


def test_a_record_reads_back_from_what_it_dumps():
    plant = Plant.model_validate({"capacity": "1 kt/year", "growth": "11 %/year", "factor": "-40 %", "firms": 3})
    assert Plant.model_validate(plant.model_dump()) == plant
    assert Plant.model_validate_json(plant.model_dump_json()) == plant


def test_a_record_says_the_rule_and_nothing_else():
    with pytest.raises(ValidationError) as caught:
        Plant.model_validate({"cover": "45 dys"})
    assert caught.value.errors()[0]["msg"] == "Value error, unknown unit 'dys'. Did you mean 'days'?"


def test_the_schema_tells_an_editor_what_fits():
    properties = Plant.model_json_schema()["properties"]
    assert properties["cover"]["type"] == "string"
    assert properties["cover"]["examples"] == ["45 days", "6 weeks", "45 working days"]
    assert {option["type"] for option in properties["share"]["anyOf"]} == {"string", "number"}
    assert properties["firms"]["minimum"] == 1
