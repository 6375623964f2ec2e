"""What was seen beside the model: shares of a world solved by hand, and laws that hold for any."""

import numpy as np
import pytest
from histories import CUT, cut, entry, held, mine, series, uniform, window, written
from worlds import shock

import sim
from sim.errors import ScenarioError, TooLarge
from sim.studies import observe as room
from sim.studies import run as runs
from sim.studies.run import Work

MONTHS = ("2024-11", "2024-12", "2025-01", "2025-02", "2025-03", "2025-04", "2025-05")
CALM = np.array([30, 31, 31, 28, 31, 30, 31])
MEAN_MONTH = 365.25 / 12
ANYTHING = dict.fromkeys(MONTHS, 300)


def shares(path, name="ore", **more):
    """The model's shares of a world without luck, shape (period,)."""
    modelled = sim.observe(path, **more).sightings[name].modelled
    assert np.all(modelled == modelled[:, :1])
    return modelled[:, 0]


# Solved by hand


def test_months_of_a_ban_hold_what_left_on_the_other_days(tmp_path):
    """45 days from 11 February: 10 days of February are left, none before 28 March, and 4 days of March."""
    path = held(tmp_path, ANYTHING, shocks={"ban": cut("100 %", "2025-02-11", duration="45 days")})
    assert shares(path, replications=2) == pytest.approx(np.array([30, 31, 31, 10, 4, 30, 31]) / MEAN_MONTH)


def test_a_null_shock_leaves_every_month_at_its_own_length(tmp_path):
    path = held(tmp_path, ANYTHING, shocks={"cut": cut("0 %")})
    assert shares(path) == pytest.approx(CALM / MEAN_MONTH)


def test_a_null_shock_is_exactly_one_beside_the_same_month_of_a_calm_world(tmp_path):
    values = ANYTHING | {"2023-11": 300, "2023-12": 310, "2024-01": 310, "2024-02": 290}
    path = held(tmp_path, values, {"year_before": True}, {"cut": cut("0 %")})
    assert shares(path).tolist() == [1.0, 1.0, 1.0, 1.0]


def test_a_year_before_is_the_same_month_of_history_and_the_calm_world_of_the_model(tmp_path):
    values = {"2025-02": 84, "2024-02": 336, "2025-03": 31, "2024-03": 310}
    path = held(tmp_path, values, {"year_before": True}, {"cut": cut("25 %", "2025-02-15")})
    found = sim.observe(path, replications=2).sightings["ore"]
    assert found.seen.shares == pytest.approx([0.25, 0.1])
    assert found.modelled[:, 0] == pytest.approx([1.0 - 0.25 * 14 / 28, 0.75])


def test_a_day_is_the_state_of_that_day_over_a_calm_day(tmp_path):
    values = series({"2025-02-10": 1, "2025-02-11": 1, "2025-02-12": 1, "2025-03-01": 1}, each="day")
    path = held(tmp_path, values, {"level": "10 t"}, {"cut": cut("60 %", "2025-02-11", duration="2 days")})
    assert shares(path) == pytest.approx([1.0, 0.4, 0.4, 1.0])


def test_a_quarter_adds_up_its_days(tmp_path):
    path = held(
        tmp_path, series({"2025-Q1": 1}, each="quarter"), {"level": "900 t"}, {"cut": cut("50 %", "2025-03-01")}
    )
    assert shares(path) == pytest.approx([(59 + 31 / 2) / (365.25 / 4)])


def test_output_and_sales_are_measured_as_shipments_are(tmp_path):
    observed = {
        "made": entry(measure={"quantity": "output", "where": {"id": "mine"}}, level="300 t"),
        "sold": entry(measure={"quantity": "sales", "where": {"id": "users"}}, level="300 t"),
    }
    path = written(tmp_path, mine({"cut": cut("50 %", "2025-02-01")}) | {"observed": observed}, ore=series(ANYTHING))
    sold = np.array([30, 31, 31, 14.5, 15.5, 15, 15.5]) / MEAN_MONTH
    assert shares(path, "sold") == pytest.approx(sold), "what left on 31 January arrives a day later"
    assert shares(path, "made") == pytest.approx(sold, abs=0.51 / MEAN_MONTH), "half a day is made for stock"


# Laws


def test_a_unit_changes_no_share(tmp_path):
    for folder in ("t", "kg"):
        (tmp_path / folder).mkdir()
    in_t = held(tmp_path / "t", series({"2025-02": 84}), {"level": "336 t"})
    in_kg = held(tmp_path / "kg", series({"2025-02": 84_000}, unit="kg"), {"level": "336 t"})
    seen = [sim.observe(path).sightings["ore"].seen.shares for path in (in_t, in_kg)]
    assert seen[0] == pytest.approx([0.25]) and seen[1] == pytest.approx([0.25])


def test_the_order_of_keys_changes_no_bit(tmp_path):
    data = mine({"cut": cut("40 %")}, uncertain={CUT: uniform("0 %", "90 %")})
    entries = {"b": entry(level="304.375 t"), "a": entry(level="100 t")}
    found = []
    for turned in (False, True):
        folder = tmp_path / str(turned)
        folder.mkdir()
        order = dict(reversed(entries.items())) if turned else entries
        values = dict(reversed(ANYTHING.items())) if turned else ANYTHING
        path = written(folder, data | {"observed": order}, ore=series(values))
        found.append(sim.observe(path, replications=20).sightings)
    assert list(found[0]) == ["b", "a"] and list(found[1]) == ["a", "b"]
    for name in ("a", "b"):
        assert np.array_equal(found[0][name].modelled, found[1][name].modelled)
        assert np.array_equal(found[0][name].seen.shares, found[1][name].seen.shares)


def random_world(folder):
    strikes = shock("capacity_loss", where={"id": "mine"}, size="50 %", random={"every": "60 days", "lasts": "9 days"})
    strikes.pop("effective")
    return held(
        folder, ANYTHING, shocks={"cut": cut("40 %"), "strikes": strikes}, uncertain={CUT: uniform("0 %", "90 %")}
    )


def test_batches_and_threads_change_no_bit(tmp_path, monkeypatch):
    path = random_world(tmp_path)
    found = []
    for at_once, threads in ((50, 1), (1, 2), (7, 4)):
        monkeypatch.setattr(room, "IN_MEMORY", at_once)
        monkeypatch.setattr(Work, "threads", property(lambda self, threads=threads: threads))
        found.append(sim.observe(path, replications=23, seed=5).sightings["ore"].modelled)
    assert np.ptp(found[0][-1]) > 0.1, "replications differ"
    assert np.array_equal(found[0], found[1]) and np.array_equal(found[0], found[2])


def test_draws_that_may_not_share_a_batch_have_the_same_bits_one_by_one(tmp_path, monkeypatch):
    path, together = random_world(tmp_path), runs.paired
    found = [sim.observe(path, replications=7, seed=5).sightings["ore"].modelled]

    def one_by_one(plans, replications, seed):
        if len(replications) > 1:
            raise ValueError("these differ in more than numbers")
        return together(plans, replications, seed)

    monkeypatch.setattr(runs, "paired", one_by_one)
    found.append(sim.observe(path, replications=7, seed=5).sightings["ore"].modelled)
    assert np.array_equal(*found)


def test_more_replications_change_none_of_the_first(tmp_path):
    path = random_world(tmp_path)
    few, many = (sim.observe(path, replications=n, seed=5).sightings["ore"].modelled for n in (5, 60))
    assert np.array_equal(few, many[:, :5])


def test_no_more_history_is_kept_at_once_than_fits(tmp_path, monkeypatch):
    work = Work(sim.load(random_world(tmp_path)), 400, 1)
    one = work.memory // 400
    monkeypatch.setattr(Work, "threads", property(lambda self: 2))
    assert room.at_once(work) == room.IN_MEMORY
    monkeypatch.setattr(room, "MEMORY_LIMIT", 2 * 9 * one)
    assert room.at_once(work) == 9


def test_a_history_of_which_not_even_one_replication_fits_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("sim.studies.run.MEMORY_LIMIT", 1000)
    with pytest.raises(TooLarge, match="the daily history of 1 replications takes"):
        sim.observe(random_world(tmp_path), replications=2)


def test_the_band_has_the_scatter_of_usual_periods_and_the_median_has_not(tmp_path):
    values = ANYTHING | {"2024-01": 270, "2024-02": 330, "2024-03": 270, "2024-04": 330}
    usual = {"usual": window("2024-01-01", "2024-05-01")}
    found = sim.observe(held(tmp_path, values, usual), replications=2).sightings["ore"]
    low, high = found.band()
    assert found.median == pytest.approx(CALM / MEAN_MONTH)
    assert low == pytest.approx(0.9 * found.median) and high == pytest.approx(1.1 * found.median)


def test_nothing_that_was_seen_beside_nothing_that_is_modelled_lies_in_the_band(tmp_path):
    path = held(tmp_path, {"2025-03": 0, "2025-04": 3}, shocks={"ban": cut("100 %")})
    found = sim.observe(path, replications=3)
    assert found.sightings["ore"].covered.tolist() == [True, False]
    assert found.table()["within"].tolist() == [True, False]


# What cannot be held against anything


@pytest.mark.parametrize(
    ("measure", "says"),
    [
        ({"quantity": "shipments", "links": {"origin": "DE"}}, "selects nothing"),
        ({"quantity": "output", "where": {"country": "DE"}}, "selects nothing"),
    ],
)
def test_a_measure_of_nothing_is_refused(tmp_path, measure, says):
    path = held(tmp_path, ANYTHING, {"level": "300 t", "measure": measure})
    with pytest.raises(ScenarioError, match=says):
        sim.observe(path)


def test_goods_of_different_units_are_not_added_up(tmp_path):
    data = mine()
    data["commodities"]["car"] = {"unit": "car", "source": "test"}
    data["facilities"]["plant"] = {
        "kind": "manufacturer", "country": "CN", "makes": "car", "capacity": "5 car/day", "recipe": {"ore": "1 t/car"},
        "buys": {"ore": {"cover": "2 days", "from": {"mine": {"transit": "1 day"}}}}, "source": "test",
    }  # fmt: skip
    data["facilities"]["mine"]["capacity"] = "20 t/day"
    data["markets"]["drivers"] = {
        "country": "DE", "wants": "car", "demand": "4 car/day", "source": "test",
        "from": {"plant": {"transit": "1 day"}},
    }  # fmt: skip
    data["observed"] = {"all": entry(level="300 t")}
    with pytest.raises(ScenarioError, match="car, ore are counted in different units"):
        sim.observe(written(tmp_path, data, ore=series(ANYTHING)))


def test_a_name_that_is_not_observed_is_refused_with_those_that_are(tmp_path):
    with pytest.raises(ScenarioError, match=r"no observed series 'or'\. Did you mean 'ore'\?"):
        sim.observe(held(tmp_path, ANYTHING), "or")
    with pytest.raises(ScenarioError, match="has no `observed:` section"):
        sim.observe(written(tmp_path, mine(), "bare.yaml"))


def test_the_note_says_which_months_have_no_year_before(tmp_path):
    values = {"2025-02": 84, "2024-02": 336, "2025-03": 31}
    path = held(tmp_path, values, {"year_before": True, "score": window("2025-02-01", "2025-04-01")})
    assert "without 2025-03, which it does not hold for the year before" in sim.observe(path).tables["periods"].notes[0]
