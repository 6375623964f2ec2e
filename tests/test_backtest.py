"""Episodes held against history: a small one from end to end, and what the shipped ones are known to do."""

import shutil
from pathlib import Path

import numpy as np
import pytest
from histories import CUT, cut, entry, held, mine, series, uniform, window, written

import sim
from sim.errors import ScenarioError

SHIPPED = Path(__file__).parent.parent / "scenarios"
VALUES = {"2025-02": 168, "2025-03": 186, "2025-04": 180, "2025-05": 186}
WINDOWS = {
    "level": "304.375 t", "fit": window("2025-02-01", "2025-04-01"), "score": window("2025-04-01", "2025-06-01"),
}  # fmt: skip
CLAIM = {
    "says": "two fifths are gone", "low": "35 %", "high": "45 %", "source": "test", "hangs_on": "x",
    "measure": {"quantity": "shipments", "by": "drop", "from": "2025-03-01", "until": "2025-05-01"},
}  # fmt: skip


def episode(folder, values=VALUES, **more):
    uncertain = {CUT: uniform("0 %", "100 %")}
    return held(folder, values, WINDOWS, {"cut": cut("50 %")}, uncertain=uncertain, **more)


def cells(found, name="backtest"):
    (row,) = found.table(name).to_dict("records")
    return row


# A small episode


def test_a_cut_that_lasts_is_forecast_from_its_first_two_months(tmp_path):
    row = cells(sim.backtest(episode(tmp_path), draws=600))
    assert row["periods"] == 2 and row["model"] < 0.02 and row["nearest"] < 0.02
    usual = 365.25 / 12
    assert row["no_change"] == pytest.approx(np.mean([1 - 18 / usual, 1 - 18.6 / usual]), abs=1e-3)
    assert row["last_value"] == pytest.approx(np.mean([0.6 / usual, 0.0]), abs=1e-3) and row["not_beaten"] == ""
    assert row["coverage"] == 1.0 and abs(row["total"]) < 0.03


def test_scored_figures_change_the_score_and_not_the_forecast(tmp_path):
    (tmp_path / "other").mkdir()
    one, other = (
        sim.backtest(episode(folder, values), draws=400)
        for folder, values in ((tmp_path, VALUES), (tmp_path / "other", VALUES | {"2025-05": 310}))
    )
    assert one.table("periods")["model"].tolist() == other.table("periods")["model"].tolist()
    assert cells(one)["model"] != cells(other)["model"]


def test_it_gives_the_same_again_and_what_calibrate_gives(tmp_path):
    path = episode(tmp_path)
    one, other = sim.backtest(path, draws=400), sim.backtest(path, draws=400)
    for name in one.tables:
        assert one.tables[name].rows == other.tables[name].rows
    fitted = sim.calibrate(path, draws=400)
    assert fitted.tables["fitted"].rows == one.episodes[0].sighted.tables["fitted"].rows


def test_what_is_saved_is_the_same_byte_for_byte(tmp_path):
    path = episode(tmp_path)
    for name in ("a", "b"):
        sim.backtest(path, draws=400).save(tmp_path / name)
    files = {file.name for file in (tmp_path / "a").iterdir()}
    assert {"backtest.csv", "shapes.csv", "periods.csv", "w.png"} <= files
    for file in files:
        if file.endswith((".csv", ".png")):  # the others say when they were written
            assert (tmp_path / "a" / file).read_bytes() == (tmp_path / "b" / file).read_bytes(), file


def test_an_episode_without_a_fit_window_is_scored_as_it_stands(tmp_path):
    path = held(tmp_path, VALUES, {"level": "304.375 t", "score": WINDOWS["score"]}, {"cut": cut("40 %")})
    row = cells(sim.backtest(path))
    assert row["model"] == pytest.approx(0.0, abs=1e-9) and row["nearest"] is None and row["last_value"] is None


def test_an_episode_may_have_dated_claims_only(tmp_path):
    data = mine({"cut": cut("40 %")}) | {"claims": {"c": CLAIM}}
    found = sim.backtest(written(tmp_path, data))
    assert found.trials == [] and [verdict.words for verdict in found.episodes[0].verdicts] == ["reproduced"]


def test_two_episodes_are_two_rows_in_their_order(tmp_path):
    path = episode(tmp_path)
    shutil.copy(path, tmp_path / "a.yaml")
    found = sim.backtest([path, tmp_path / "a.yaml"], draws=400)
    assert found.table()["episode"].tolist() == ["w", "a"]


def test_a_loaded_scenario_can_be_held_against_history_too(tmp_path):
    found = sim.backtest(sim.load(episode(tmp_path)), draws=400)
    assert found.episodes[0].name == "scenario 1"


def test_what_cannot_be_scored_is_refused(tmp_path):
    path = episode(tmp_path)
    (tmp_path / "b").mkdir()
    with pytest.raises(ScenarioError, match="two scenarios are named 'w'"):
        sim.backtest([path, episode(tmp_path / "b")], draws=400)
    with pytest.raises(ScenarioError, match="a band needs 20"):
        sim.backtest(path, draws=100)
    with pytest.raises(ScenarioError, match="nothing to score"):
        sim.backtest(written(tmp_path, mine(), "bare.yaml"))
    with pytest.raises(ScenarioError, match="no scenario: name those"):
        sim.backtest([])
    unseen = mine() | {"observed": {"ore": entry(level="300 t", score=window("2026-01-01", "2026-02-01"))}}
    with pytest.raises(ScenarioError, match=r"observed\.ore\.score: no period"):
        sim.backtest(written(tmp_path, unseen, "unseen.yaml", ore=series(VALUES)))


# The shipped ones


@pytest.fixture(scope="module")
def shipped():
    """Magnets and gallium, held against history as anyone does by `sim backtest`."""
    return sim.backtest([SHIPPED / "magnets_2025.yaml", SHIPPED / "gallium_2023.yaml"])


def scored(found, episode, name="exports"):
    table = found.table("backtest").set_index(["episode", "observed"])
    return table.loc[(episode, name)]


def test_three_months_of_magnets_foretell_the_nine_after_them(shipped):
    row = scored(shipped, "magnets_2025")
    assert row["periods"] == 9
    assert row["model"] <= 0.10 and row["coverage"] >= 0.65 and row["not_beaten"] == ""


def test_magnets_to_the_united_states_are_not_foretold(shipped):
    """Known and said in the file: what they did not get was not made up for."""
    row = scored(shipped, "magnets_2025", "exports_us")
    assert row["bias"] > 0.2 and "no change" in row["not_beaten"]
    assert "overshoot that never came" in sim.load(SHIPPED / "magnets_2025.yaml").observed["exports_us"].misses


def test_the_desk_fitted_to_magnets_foretells_the_sum_of_gallium(shipped):
    row = scored(shipped, "gallium_2023")
    assert row["model"] < 0.40 and abs(row["total"]) <= 0.25 and row["not_beaten"] == ""
    assert np.isnan(row["nearest"]), "nothing is fitted to gallium"


def test_gallium_stops_and_comes_back_when_it_did(shipped):
    row = shipped.table("shapes").set_index("episode").loc["gallium_2023"]
    assert row["trough_model"] < 0.02 and row["trough_in_model"] == row["trough_in_seen"] == "2023-08"
    assert row["back_model"] == row["back_seen"] == "2023-12"


def fitted_of(found, name):
    (told,) = [one for one in found.episodes[0].sighted.told if one.name == name]
    return told


def test_what_gallium_carries_over_is_what_the_fit_to_magnets_gives_today(shipped):
    told = fitted_of(shipped, "licences.desk.approval.all.share")
    carried = sim.load(SHIPPED / "gallium_2023.yaml").uncertain["licences.desk.approval.all.share"].spread
    assert [round(x) for x in told.after] == [round(bound.value) for bound in carried.quantities()]


def test_what_the_network_states_is_what_the_fit_to_magnets_gives_today(shipped):
    network = sim.load(SHIPPED / "networks" / "export_control.yaml")
    desk, licensing = network.licences["desk"], network.shocks["licensing"]
    approval = fitted_of(shipped, "licences.desk.approval.all.share")
    onset = fitted_of(shipped, "shocks.licensing.onset")
    fitted = shipped.episodes[0].sighted.tables["fitted"].table().set_index("name")["middle"]
    assert round(fitted[approval.name]) == round(100 * desk.approval["all"].share)
    assert round(fitted[onset.name]) == licensing.onset.days
    assert f"(80 %: {approval.after[0]:.0f} to {approval.after[1]:.0f} %)" in desk.note
    assert f"(80 %: {onset.after[0]:.0f} to {onset.after[1]:.0f} days)" in licensing.note
