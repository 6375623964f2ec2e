"""Replications chosen by precision: as many as it takes, never fewer than can be believed, and no more than fit."""

import json
import math

import numpy as np
import pytest
from click.testing import CliRunner
from worlds import chain, closure, outage, scenario_of

import sim
from sim.cli.main import verbs
from sim.errors import ScenarioError, TooLarge
from sim.results.statistics import mean_interval
from sim.studies.conduct import are_precise
from sim.studies.precise import prepare_precise
from sim.studies.sweep import prepare_sweep

MARKETLESS = {
    "title": "A mine",
    "start": "2025-01-01",
    "horizon": "100 days",
    "commodities": {"ore": {"unit": "t", "source": "test"}},
    "facilities": {
        "mine": {"kind": "mine", "country": "CN", "makes": "ore", "capacity": "9 t/day", "source": "test"},
    },
}
LOSS = "loss_share.all sales"
# A fire of 40 to 80 days against 30 days of cover: 10 to 50 days of 200 are lost, 15 % in the mean.
LENGTH = {"distribution": "uniform", "low": "40 days", "high": "80 days", "source": "test"}
MEAN, SD = 30 / 200, 40 / math.sqrt(12) / 200


def fire(**more):
    data = chain((30,), shocks={"fire": outage("mine", 50, 60)}, days=200, **more)
    return scenario_of(data | {"uncertain": {"shocks.fire.duration": LENGTH}})


def rare():
    """A strike that comes once in twenty years."""
    luck = {"every": "20 years", "lasts": "60 days"}
    strike = {"kind": "capacity_loss", "where": {"id": "mine"}, "size": "100 %", "random": luck}
    return chain((10,), shocks={"strike": strike}, days=200)


def shares(scenario, **more):
    result = sim.run(scenario, **more)
    sold = [records["sales", "users"].sum(axis=0) for records in (result.outcome.baseline, result.outcome.shocked)]
    return 1.0 - sold[1] / sold[0]


def test_the_interval_of_the_run_is_as_narrow_as_was_asked_for():
    lost = shares(fire(), precision=0.05, seed=4)
    mean, low, high = mean_interval(lost)
    assert (high - low) / 2 <= 0.05 * mean
    half = lost[: len(lost) // 2]
    mean, low, high = mean_interval(half)
    assert (high - low) / 2 > 0.05 * mean, "half as many would have done"
    # By hand: 1.96 sd / sqrt(n) within 5 % of the mean takes 228 replications; doubling from 20 gives 320.
    assert len(lost) in (160, 320)
    assert pytest.approx(228, abs=1) == (1.96 * SD / (0.05 * MEAN)) ** 2


@pytest.mark.parametrize("share", [0.05, 0.2])
def test_intervals_that_were_stopped_when_narrow_still_cover(share):
    rng, covered, tried = np.random.default_rng(7), 0, 1000
    for _ in range(tried):
        lost = (rng.uniform(40, 80, 20) - 30) / 200
        while not are_precise(np.zeros(len(lost), np.int64), lost, share, True):
            lost = np.concatenate([lost, (rng.uniform(40, 80, len(lost)) - 30) / 200])
        _, low, high = mean_interval(lost)
        covered += low <= MEAN <= high
    assert covered / tried == pytest.approx(0.95, abs=0.023), "the 99.9 % band of 1,000 at 95 %"


def test_the_engine_loses_what_was_reckoned_by_hand():
    lost = shares(fire(), replications=400, seed=5)
    assert np.mean(lost) == pytest.approx(MEAN, abs=3.3 * SD / math.sqrt(400) + 0.5 / 200)  # days are whole
    assert np.std(lost) == pytest.approx(SD, rel=0.1)


def test_nothing_random_takes_one_replication():
    scenario = scenario_of(chain((30,), shocks={"ban": closure(50, 60, buyer="plant_1")}, replications=7))
    found = prepare_precise(scenario, 0.05)
    assert (found.work.replications, found.words) == (1, "1 replication: nothing is random")
    assert sim.sweep(scenario, precision=0.05, workers=1).conducted.precise


def test_a_study_of_one_replication_begins_with_twenty_where_there_is_luck():
    found = sim.sweep(fire(), readings=[LOSS], precision=0.9, seed=1, workers=1)
    assert (found.conducted.replications, found.conducted.precise) == (20, True)
    calm = scenario_of(chain((30,), shocks={"ban": closure(50, 60, buyer="plant_1")}))
    assert sim.sweep(calm, readings=[LOSS], precision=0.9, workers=1).conducted.replications == 2


@pytest.mark.parametrize(
    ("values", "random", "enough"),
    [
        ([1.0, 1.0], False, True),
        ([1.0], False, False),  # no interval
        ([1.0, 1.001] * 5, True, False),  # narrow by luck: fewer than twenty
        ([1.0, 1.001] * 10, True, True),
        ([0.0] * 20, True, False),  # a chance below 3/20 is no bound to be content with
        ([0.0] * 60, True, True),
        ([0.0] * 2, False, True),
        ([0.0] * 1000 + [1.0] * 19, True, False),
        ([math.nan] * 20, True, True),  # nothing to wait for
        ([-1.0, -1.001] * 10, True, True),  # gains are no rare losses
    ],
)
def test_what_may_be_believed(values, random, enough):
    assert are_precise(np.zeros(len(values), np.int64), np.array(values), 0.05, random) == enough


def test_a_chance_that_may_stay_unseen_is_small_however_wide_the_wish():
    assert not are_precise(np.zeros(40, np.int64), np.zeros(40), 0.5, True)
    assert are_precise(np.zeros(60, np.int64), np.zeros(60), 0.5, True)


def test_points_are_precise_when_all_of_them_are():
    point = np.repeat([0, 1], 20)
    values = np.concatenate([[1.0, 1.001] * 10, [1.0, 5.0] * 10])
    assert not are_precise(point, values, 0.05, True)
    assert are_precise(point, values, 0.5, True)


def test_where_luck_never_brings_a_loss_its_chance_is_bounded():
    transit = {"distribution": "gamma", "mean": "5 days", "sd": "1 day"}
    scenario = scenario_of(chain((90,), [transit, 2], shocks={"fire": outage("mine", 50, 10)}, days=100))
    found = prepare_precise(scenario, 0.05, seed=2)
    assert found.work.replications == 80
    assert "no loss in 80 replications: the chance is below 3.75 % (3/n)" in found.words


def test_rare_losses_are_run_as_often_as_a_run_may_keep_and_said(monkeypatch):
    one = prepare_precise(scenario_of(rare()), 0.9, seed=1).work
    per = one.memory // one.replications
    monkeypatch.setattr("sim.studies.precise.MEMORY_LIMIT", 170 * per)
    found = prepare_precise(scenario_of(rare()), 0.05, seed=1)
    assert found.work.replications == 160
    assert "too few loss events (" in found.words and "of 160) in as many replications as a run may keep" in found.words


def test_what_does_not_fit_is_refused_with_the_number_it_takes(monkeypatch):
    one = prepare_precise(fire(), 0.9, seed=1).work
    monkeypatch.setattr("sim.studies.precise.MEMORY_LIMIT", 50 * one.memory // one.replications)
    with pytest.raises(TooLarge, match="after 40 replications .* about [0-9,]+ are needed, .* 50: use `sim sweep"):
        prepare_precise(fire(), 0.01, seed=1)


def test_a_world_without_markets_is_precise_in_what_it_makes():
    study, _, shown = prepare_sweep(scenario_of(MARKETLESS), precision=0.5)
    assert shown == ("loss_share.all output",)
    assert study.precision == (0.5, "loss_share.all output")


@pytest.mark.parametrize(("share", "says"), [(0.0, "between 0 and 1"), (1.5, "between 0 and 1")])
def test_no_precision_is_refused(share, says):
    with pytest.raises(ScenarioError, match=says):
        sim.run(fire(), precision=share)


def test_the_shell_says_how_many_it_took(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    data = chain((30,), shocks={"fire": outage("mine", 50, 60)}, days=200)
    (tmp_path / "w.yaml").write_text(json.dumps(data | {"uncertain": {"shocks.fire.duration": LENGTH}, "seed": 4}))
    done = CliRunner().invoke(verbs, ["run", "w.yaml", "--precision", "20 %", "--quiet"], prog_name="sim")
    assert done.exit_code == 0, done.output
    assert "20 replications: loss_share.all sales is within" in done.output
    assert json.loads((tmp_path / "results/w/losses.json").read_text())["provenance"]["replications"] == 20
    for words in (
        ["--precision", "5 %", "--vary", "seed=1,2"],
        ["--precision", "x"],
        ["--precision", "5 %", "--dry-run"],
    ):
        assert CliRunner().invoke(verbs, ["run", "w.yaml", *words], prog_name="sim").exit_code == 2
