"""The model's own months: what a scenario says is observed, as shares of usual, before any series is there."""

import datetime

import pytest

import sim
from sim.errors import ScenarioError
from sim.results.months import told_months, whole_months
from sim.scenario.load import loads
from sim.scenario.series import DAYS
from sim.scenario.template import template

OBSERVED = "\nobserved:\n  exports:\n    measure: {quantity: shipments, links: {origin: CN, destination: DE}}\n"


def months(text):
    return sim.run(loads(text)).table("months").set_index("month")


def test_a_ban_of_known_days_leaves_known_shares_of_each_month():
    """The ban holds from 1 March for 60 days, so that 30 April is the first day on which anything leaves."""
    found = months(template("ban") + OBSERVED)
    assert found["share"]["2025-01"] == pytest.approx(31 / DAYS["month"])
    assert found["share"]["2025-02"] == pytest.approx(28 / DAYS["month"])
    assert found["share"]["2025-03"] == 0
    assert found["share"]["2025-04"] > 0
    assert list(found.index) == [f"2025-{month:02d}" for month in range(1, 13)]


def test_readers_are_told_months_from_shortly_before_the_first_shock():
    text = template("ban").replace("start: 2025-01-01", "start: 2024-01-01").replace("365 days", "500 days") + OBSERVED
    result = sim.run(loads(text))
    assert result.table("months")["month"][0] == "2024-01"
    assert told_months(result.outcome).column("month")[0] == "2024-12"


def test_without_shocks_every_month_has_its_days():
    calm = template("ban").partition("shocks:")[0] + OBSERVED
    found = months(calm)
    assert found["share"]["2025-06"] == pytest.approx(30 / DAYS["month"])
    assert (found["low"] == found["high"]).all()


def test_only_whole_months_inside_the_run_are_told():
    named = [name for name, _ in whole_months(datetime.date(2024, 1, 15), 77)]
    assert named == ["2024-02", "2024-03"], "the run ends with 31 March, and January is cut"
    assert not list(whole_months(datetime.date(2024, 12, 2), 30))
    assert list(whole_months(datetime.date(2024, 12, 1), 31)) == [("2024-12", slice(0, 31))]


def test_a_scenario_without_observed_has_no_months():
    assert "months" not in sim.run(loads(template("ban"))).tables


@pytest.mark.parametrize("key", ["year_before: true", "score: {from: 2025-03-01, until: 2025-06-01}", "level: 3 t"])
def test_what_only_a_series_needs_is_refused_without_one(key):
    with pytest.raises(ScenarioError, match="without a `series` there is nothing to hold against the model"):
        loads(template("ban") + OBSERVED + f"    {key}\n")


def test_an_entry_without_a_series_is_left_out_unless_it_is_asked_for(tmp_path):
    (tmp_path / "s.yaml").write_text("title: x\nunit: t\neach: month\nsource: y\nvalues: {2025-01: 1, 2025-03: 2}\n")
    seen = "  seen:\n    series: s.yaml\n    level: 1 t\n    measure: {quantity: sales}\n"
    (tmp_path / "w.yaml").write_text(template("ban") + OBSERVED + seen)
    assert set(sim.observe(tmp_path / "w.yaml").table()["observed"]) == {"seen"}
    assert sim.check(tmp_path / "w.yaml").warnings == ()
    with pytest.raises(ScenarioError, match="no series is named"):
        sim.observe(tmp_path / "w.yaml", ["seen", "exports"])


def test_holding_against_a_series_that_is_not_named_says_what_to_write():
    with pytest.raises(ScenarioError, match=r"observed.exports.series: no series is named .* write its file here"):
        sim.observe(loads(template("ban") + OBSERVED))
