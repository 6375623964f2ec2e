"""Series of what was seen: what is read, which periods there are, and what is refused with its remedy."""

import datetime
import os

import pytest
from histories import cut, entry, held, mine, series, window, written

import sim
from sim.errors import ScenarioError, TooLarge
from sim.results.sightings import level_in, seen_of
from sim.scenario.files import MAX_BYTES
from sim.scenario.observed import Observed
from sim.scenario.series import load_series, series_of
from sim.scenario.units import Amount

HEAD = "title: x\nunit: t\neach: {each}\nsource: y\nvalues:\n"
START = datetime.date(2024, 11, 1)


def read(folder, text, each="month"):
    path = folder / "s.yaml"
    path.write_text(HEAD.format(each=each) + text, encoding="utf-8")
    return load_series(path)


def refused(folder, text, each="month"):
    with pytest.raises(ScenarioError) as caught:
        read(folder, text, each)
    return str(caught.value)


def laid(values, each="month", days=212, **observed):
    """The series over a run from 1 November 2024."""
    of = entry(**observed)
    return seen_of("ore", Observed.model_validate(of), series_from(values, each), START, days)


def series_from(values, each="month", unit="t"):
    from sim.scenario.series import Series

    return Series.model_validate(series(values, each, unit))


# Reading


def test_a_figure_may_be_bare_or_in_full_with_bounds(tmp_path):
    found = read(tmp_path, "  2024-02: 5\n  2024-03: {low: 4, high: 8}\n  2024-04: {value: 5, low: 4, high: 9}\n")
    assert [found.values[name].middle for name in ("2024-02", "2024-03", "2024-04")] == [5.0, 6.0, 5.0]


def test_periods_stand_in_order_of_time_whatever_the_order_of_the_file(tmp_path):
    found = read(tmp_path, "  2025-01: 1\n  2024-12: 2\n  2024-02: 3\n")
    assert [period.name for period in found.periods] == ["2024-02", "2024-12", "2025-01"]
    assert [period.days for period in found.periods] == [29, 31, 31]


@pytest.mark.parametrize(
    ("each", "name", "first", "end", "before"),
    [
        ("month", "2024-12", (2024, 12, 1), (2025, 1, 1), "2023-12"),
        ("quarter", "2011-Q4", (2011, 10, 1), (2012, 1, 1), "2010-Q4"),
        ("quarter", "2011-Q1", (2011, 1, 1), (2011, 4, 1), "2010-Q1"),
        ("day", "2024-02-29", (2024, 2, 29), (2024, 3, 1), "2023-02-29"),
        ("day", "2021-12-31", (2021, 12, 31), (2022, 1, 1), "2020-12-31"),
    ],
)
def test_a_period_ends_where_the_next_begins(tmp_path, each, name, first, end, before):
    period = read(tmp_path, f"  {name}: 1\n", each).periods[0]
    assert (period.first, period.end) == (datetime.date(*first), datetime.date(*end))
    assert period.year_before() == before


def test_what_was_only_planned_or_foreseen_was_not_seen(tmp_path):
    found = read(
        tmp_path, "  2024-02: 5\n  2024-03: {value: 5, basis: forecast}\n  2024-04: {value: 5, basis: target}\n"
    )
    assert [period.name for period in found.periods] == ["2024-02"]


# Bad files


@pytest.mark.parametrize("name", ["2024-13", "2024-00", "0000-05", "9999-12"])
def test_a_month_that_is_in_no_calendar_is_refused_at_its_line(tmp_path, name):
    says = refused(tmp_path, f"  2024-02: 5\n  {name}: 5\n")
    assert "s.yaml:7:3, values." in says and "is in no calendar: write for example 2025-04" in says


@pytest.mark.parametrize(
    ("each", "name"),
    [("month", "2024-02-01"), ("month", "2024"), ("quarter", "2024-Q5"), ("quarter", "2024-04"), ("day", "2024-02")],
)
def test_a_period_of_another_length_is_refused_with_an_example(tmp_path, each, name):
    assert f"is no {each}: write for example" in refused(tmp_path, f'  "{name}": 5\n', each)


@pytest.mark.parametrize(
    ("figure", "says"),
    [
        ("-3", "finite one of 0 or more"),
        ("{value: -3}", "finite one of 0 or more"),
        (".nan", "not a number that can be used"),
        (".inf", "not a number that can be used"),
        ("many", "a figure in the unit of the series is due here"),
        ("true", "a figure in the unit of the series is due here"),
        ("'5'", "a figure in the unit of the series is due here"),
        ("[1, 2]", "a figure in the unit of the series is due here"),
        ("{note: nothing}", "say `value`, or `low` and `high`"),
        ("{low: 3}", "say `value`, or `low` and `high`"),
        ("{low: 5, high: 3}", "is not between low and high"),
        ("{value: 9, low: 5, high: 8}", "9 is not between low and high"),
        ("{value: 9, basis: guessed}", "One of: read, derived, target, forecast"),
    ],
)
def test_a_figure_that_is_none_is_refused(tmp_path, figure, says):
    assert says in refused(tmp_path, f"  2024-02: {figure}\n")


def test_all_problems_come_at_once_in_the_keys_of_a_series(tmp_path):
    path = tmp_path / "s.yaml"
    path.write_text("title: x\nuni: t\neach: mont\nsource: y\nvalues:\n  2024-02: {valu: 3}\n", encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        load_series(path)
    says = str(caught.value)
    assert "unknown key 'uni'. Did you mean 'unit'?" in says and "'unit' is missing" in says
    assert "Did you mean 'month'? One of: month, quarter, day" in says
    assert "unknown key 'valu'. Did you mean 'value'? Known here: value, low, high, basis" in says
    assert "belongs under" not in says, "a scenario's sections are not meant"


def test_a_period_said_twice_is_refused(tmp_path):
    assert "2024-02" in refused(tmp_path, "  2024-02: 5\n  2024-02: 6\n")


def test_no_figure_at_all_is_refused(tmp_path):
    path = tmp_path / "s.yaml"
    path.write_text(HEAD.format(each="month").replace("values:\n", "values: {}\n"), encoding="utf-8")
    with pytest.raises(ScenarioError, match=r"values: this has no entry"):
        load_series(path)


def test_a_huge_file_is_refused_before_it_is_read(tmp_path):
    path = tmp_path / "s.yaml"
    with path.open("wb") as stream:
        stream.truncate(MAX_BYTES + 1)
    with pytest.raises(TooLarge, match="at most"):
        load_series(path)


# Where the file is


def test_a_series_stands_beside_the_file_that_names_it_even_below_what_extends_it(tmp_path):
    (tmp_path / "networks").mkdir()
    written(tmp_path / "networks", mine() | {"observed": {"ore": entry(level="300 t")}}, ore=series({"2025-01": 7}))
    (tmp_path / "e.yaml").write_text("extends: networks/w.yaml\ntitle: An episode\n", encoding="utf-8")
    assert series_of(sim.load(tmp_path / "e.yaml"), "ore").values["2025-01"].middle == 7.0


@pytest.mark.parametrize("said", ["../ore.yaml", "/etc/passwd", "~/ore.yaml", "file:///etc/passwd", "C:\\ore.yaml"])
def test_no_file_outside_the_folder_is_opened(tmp_path, said):
    inside = tmp_path / "inside"
    inside.mkdir()
    written(tmp_path, series({"2025-01": 7}), "ore.yaml")
    path = held(inside, {"2025-01": 7})
    scenario = sim.load(path).change("observed.ore.series", f"'{said}'")
    with pytest.raises(ScenarioError, match=r"observed\.ore\.series: .*(lies outside|is no file of)"):
        series_of(scenario, "ore")


def test_a_link_out_of_the_folder_is_not_followed(tmp_path):
    inside = tmp_path / "inside"
    inside.mkdir()
    written(tmp_path, series({"2025-01": 7}), "ore.yaml")
    path = held(inside, {"2025-01": 7})
    (inside / "out.yaml").symlink_to(tmp_path / "ore.yaml")
    with pytest.raises(ScenarioError, match="lies outside"):
        series_of(sim.load(path).change("observed.ore.series", "out.yaml"), "ore")


def test_a_pipe_is_not_waited_for(tmp_path):
    path = held(tmp_path, {"2025-01": 7})
    os.mkfifo(tmp_path / "pipe.yaml")
    with pytest.raises(ScenarioError, match=r"observed\.ore\.series: .*is a pipe"):
        series_of(sim.load(path).change("observed.ore.series", "pipe.yaml"), "ore")


def test_a_text_has_no_folder_to_find_a_series_in(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = held(tmp_path, {"2025-01": 7})
    scenario = sim.loads(path.read_text(encoding="utf-8"))
    with pytest.raises(ScenarioError, match="has no folder to find a series in: save it beside the series first"):
        series_of(scenario, "ore")


# Laid over a run


def test_periods_that_the_run_holds_in_part_are_left_out():
    seen = laid({"2024-10": 1, "2024-11": 2, "2024-12": 3, "2025-01": 4}, days=70, level="300 t")
    assert [period.name for period in seen.periods] == ["2024-11", "2024-12"]


def test_a_gap_stays_a_gap():
    seen = laid({"2024-11": 150, "2025-02": 75}, level="300 t")
    assert seen.shares == pytest.approx([0.5, 0.25])


def test_usual_is_the_mean_of_the_periods_wholly_inside_the_window_though_before_the_run():
    values = {"2024-01": 100, "2024-02": 300, "2024-03": 900, "2024-12": 100}
    seen = laid(values, usual=window("2024-01-01", "2024-03-31"))
    assert seen.level == 200.0 and seen.shares == pytest.approx([0.5])


def test_four_usual_periods_have_a_scatter_and_three_have_none():
    values = {"2024-01": 100, "2024-02": 300, "2024-03": 200, "2024-04": 200, "2024-12": 100}
    four, three = (laid(values, usual=window("2024-01-01", until)) for until in ("2024-05-01", "2024-04-01"))
    assert sorted(four.scatter) == pytest.approx([-0.5, 0.0, 0.0, 0.5]) and three.scatter.tolist() == [0.0]


def test_a_year_before_that_was_only_foreseen_gives_no_share():
    values = {"2023-12": 200, "2024-12": 100, "2024-01": {"value": 50, "basis": "forecast"}, "2025-01": 100}
    seen = laid(values, year_before=True)
    assert [period.name for period in seen.periods] == ["2024-12"] and seen.shares.tolist() == [0.5]


@pytest.mark.parametrize(
    ("unit", "level", "due"),
    [("kg", "5260 kg", 5260), ("t", "3 kt", 3000), ("million disk", "2 million disk", 2), ("%", "100 lot", 100)],
)
def test_a_stated_level_is_in_the_unit_of_the_series(unit, level, due):
    assert level_in(unit, Amount.parse(level)) == pytest.approx(due)


@pytest.mark.parametrize(
    ("values", "observed", "says"),
    [
        ({"2020-01": 1}, {"level": "300 t"}, "lies inside the run, 2024-11-01 to 2025-06-01"),
        ({"2025-01": 1}, {"usual": window("2023-01-01", "2023-02-01")}, "ore.usual: .* has no period in that window"),
        ({"2025-01": 1, "2024-01": 0}, {"year_before": True}, "usual for 2025-01 is 0"),
        ({"2025-01": 1}, {"year_before": True}, "was seen the year before"),
        ({"2025-01": 1}, {"level": "0 t"}, "is 0, and nothing is a share of 0"),
        ({"2025-01": 1}, {"level": "300 car"}, "ore.level: this is in car, and the series is in t: say it in t"),
        ({"2025-01": 1}, {"level": "300 t", "fit": window("2024-01-01", "2024-02-01")}, "ore.fit: no period"),
        (
            {"2025-01": 1, "2025-06": 1},
            {"level": "300 t", "score": window("2025-01-01", "2026-01-01")},
            "ore.score: 2025-06 .* not inside the run",
        ),
    ],
)
def test_a_series_that_cannot_be_held_against_the_run_is_refused(values, observed, says):
    with pytest.raises(ScenarioError, match=says):
        laid(values, **observed)


@pytest.mark.parametrize(
    ("observed", "says"),
    [
        ({}, "say what 100 % is by one of"),
        ({"level": "300 t", "year_before": True}, "say what 100 % is by one of"),
        ({"level": "300 t", "fit": window("2025-02-01", "2025-01-01")}, "give `from` the earlier date"),
        (
            {"level": "300 t", "fit": window("2025-01-01", "2025-03-01"), "score": window("2025-02-28", "2025-04-01")},
            "what is scored must not have been fitted",
        ),
        (
            {"usual": window("2025-01-01", "2025-03-01"), "score": window("2025-02-28", "2025-04-01")},
            "what is scored must not say what 100 % is",
        ),
    ],
)
def test_an_entry_that_contradicts_itself_is_refused_when_it_is_read(tmp_path, observed, says):
    data = mine() | {"observed": {"ore": entry(**observed)}}
    with pytest.raises(ScenarioError, match=says):
        sim.load(written(tmp_path, data))


# Checking


def test_check_tells_of_every_series_at_the_key_that_names_it(tmp_path):
    observed = {"ore": entry(level="300 t"), "gone": entry("gone.yaml", level="300 t")}
    path = written(tmp_path, mine() | {"observed": observed}, ore=series({"2025-13": 7}))
    with pytest.raises(ScenarioError) as caught:
        sim.check(path)
    says = str(caught.value)
    assert "ore.yaml:7:3, values.2025-13" in says
    assert "observed.gone.series: there is no file" in says and "w.yaml:" in says


def test_check_is_content_with_a_good_one_and_a_run_needs_none(tmp_path):
    path = held(tmp_path, {"2025-01": 7}, shocks={"cut": cut("10 %")})
    assert sim.check(path).observed
    (tmp_path / "ore.yaml").unlink()
    with pytest.raises(ScenarioError, match="there is no file"):
        sim.check(path)
    sim.run(path, replications=1)
