"""`sim explain` and `sim.explain`: one answer however it is worked out, told so that a stranger can read it."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich_world import rich
from test_cli import files, run
from test_random_networks import networks, possible, some
from worlds import USERS, chain, closure, outage, scenario_of, shock, two_sources, variant

import sim
from sim.errors import ScenarioError
from sim.results.curves import sales_of
from sim.results.losses import output_loss
from sim.results.measured import ALL_OUTPUT, ALL_SALES
from sim.results.shapley import NOBODY, values
from sim.results.table import Estimate
from sim.scenario.template import template
from sim.studies import explain as study

SCENARIOS = Path(__file__).parents[1] / "scenarios"


@pytest.fixture
def world(tmp_path, monkeypatch):
    """A folder of one's own with a small scenario in it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "w.yaml").write_text(template("ban"), encoding="utf-8")
    return tmp_path


def explained(data, replications=2, seed=1, **more):
    return sim.explain(scenario_of(data), replications=replications, seed=seed, **more)


# What it finds


def test_two_bans_that_only_together_hurt_share_the_loss_evenly():
    """Two mines, either of which can serve all: one ban costs nothing, both together everything."""
    bans = {name: closure(50, 60, seller=f"mine_{name}") for name in "ab"}
    found = explained(two_sources(spare=(1.0, 1.0), shocks=bans))
    lost, both = found.lost[USERS], found.game.everybody
    assert lost[frozenset("a")] == pytest.approx(0.0, abs=1e-6) == lost[frozenset("b")]
    assert lost[both] == pytest.approx(100.0 * (60 - 25))
    parts = values(found.game, lost)
    assert parts["a"] == pytest.approx(100.0 * 35 / 2)
    assert parts["b"] == pytest.approx(100.0 * 35 / 2)


def test_a_fire_that_burns_while_the_lane_is_shut_anyway():
    """A ban of 60 days and a fire of 30 within it: the fire alone costs 10 days, the ban 40, both together 40."""
    shocks = {"ban": closure(50, 60, buyer="plant_1"), "fire": outage("mine", 60, 30)}
    found = explained(chain((20,), spare=0, shocks=shocks))
    rows = {row[3]: row for row in found.tables["shocks"].rows if row[0] == USERS}
    means = {
        name: [cell.mean if isinstance(cell, Estimate) else cell for cell in row[4:8]] for name, row in rows.items()
    }
    assert means["ban"] == pytest.approx([(4000 + 3000) / 2, 35 / 40, 4000, 1000])
    assert means["fire"] == pytest.approx([(1000 + 0) / 2, 5 / 40, 1000, 4000])
    assert means["all"][:2] == pytest.approx([4000, 1])


@given(networks(), st.integers(1, 10**6))
@settings(some, max_examples=6)
def test_shocks_and_constraints_add_up_to_the_loss_of_a_run_on_random_networks(data, seed):
    scenario = scenario_of(possible(data))
    found = sim.explain(scenario, replications=2, seed=seed)
    outcome = sim.run(scenario, replications=2, seed=seed).outcome
    for place in found.lost:
        what = "sales" if place in outcome.markets else "output"
        before, after = (r[what, place] for r in (outcome.baseline, outcome.shocked))
        scale, loss = float(np.max(before.sum(axis=0))), (before - after).sum(axis=0)
        near = pytest.approx(loss, rel=1e-9, abs=1e-9 * max(1.0, scale))
        assert sum(values(found.game, found.lost[place]).values(), np.zeros(2)) == near, place
        assert sum(found.charged[place].values(), np.zeros(2)) == near, place
        assert (found.lost[place][NOBODY] == 0.0).all()


def test_without_a_shock_means_the_scenario_that_does_not_say_it():
    shocks = rich()["shocks"]
    one = sorted(shocks)[0]
    whole = explained(variant(rich(), {"shocks": {name: shocks[name] for name in sorted(shocks)[:3]}}))
    left = variant(rich(), {"shocks": {name: shocks[name] for name in sorted(shocks)[1:3]}})
    ran = sim.run(scenario_of(left), replications=2, seed=1)
    for place in ran.outcome.markets:
        lost = output_loss(sales_of(ran.outcome, place))
        usual = float(whole.usual[place].max())
        assert whole.lost[place][whole.game.everybody - {one}] == pytest.approx(lost, rel=1e-9, abs=1e-9 * usual)


def test_batches_and_company_change_no_bit(monkeypatch):
    data = variant(rich(), {"shocks": {name: rich()["shocks"][name] for name in sorted(rich()["shocks"])[:2]}})
    whole = explained(data, 3)
    monkeypatch.setattr(study, "TOGETHER", 1)
    parts = explained(data, 3)
    for place, by_subset in whole.lost.items():
        for subset, lost in by_subset.items():
            assert np.array_equal(lost, parts.lost[place][subset])
        assert set(whole.charged[place]) == set(parts.charged[place])
        for cause, amount in whole.charged[place].items():
            assert np.array_equal(amount, parts.charged[place][cause])


def test_seven_shocks_are_explained_by_drawn_orders_and_say_so():
    cuts = {f"cut_{i}": shock("partial_cut", 50 + i, 60, links={"buyer": "plant_1"}, size="40 %") for i in range(7)}
    found = explained(chain((5,), shocks=cuts, days=200))
    table = found.tables["shocks"]
    assert "64 of 5,040 orders of the shocks were drawn" in table.notes[-1]
    parts = values(found.game, found.lost[USERS])
    assert sum(parts.values()) == pytest.approx(found.lost[USERS][found.game.everybody], rel=1e-9)
    assert all(row[8] is not None for row in table.rows if row[0] == USERS and row[3] != "all")


def test_totals_are_in_money_where_everything_has_a_price_and_else_in_days_of_plan():
    data = chain((20,), shocks={"ban": closure(50, 60, buyer="plant_1")})
    units = {what.name: what.unit for what in explained(data).measured}
    assert units[ALL_OUTPUT] == "planned days" and units[ALL_SALES] == "t"
    prices = {f"commodities.{good}.price": "3 USD/t" for good in ("good_0", "good_1")}
    priced = explained(variant(data, prices))
    assert {what.name: what.unit for what in priced.measured}[ALL_OUTPUT] == "USD"
    row = next(row for row in priced.tables["shocks"].rows if row[0] == ALL_OUTPUT)
    lost = sum(priced.lost[place][priced.game.everybody].mean() for place in priced.origin.facilities)
    assert row[4].mean == pytest.approx(3 * lost)


def test_the_story_is_told_from_the_replication_with_the_median_loss():
    found = explained(rich(), 5, at="cars")
    (story,) = found.stories
    lost = found.lost["cars"][found.game.everybody]
    assert lost[story.replication - 1] == np.sort(lost)[2]
    assert f"(Told from replication {story.replication}, whose loss is the median of 5" in found.text


@pytest.mark.parametrize(
    ("at", "says"), [("user", "no facility or market 'user'. Did you mean 'users'?"), ("moon", "no facility or market")]
)
def test_a_place_that_is_not_there_is_refused_before_the_run(at, says):
    with pytest.raises(ScenarioError, match=says.replace("?", r"\?")):
        explained(chain((20,), shocks={"ban": closure()}), at=at)


def test_without_a_shock_there_is_nothing_to_explain():
    with pytest.raises(ScenarioError, match="no shock"):
        explained(chain((20,)))


# What it says


def test_explain_says_which_shock_which_constraint_and_what_happened(world):
    out, _ = run("explain", "w.yaml", "--at", "users", "--replications", 2)
    order = ["An export ban", "Which shock", "Which constraint", "What happened at users", "What it rests on"]
    assert [out.index(words) for words in order] == sorted(out.index(words) for words in order)
    assert "took effect (export ban)" in out
    assert out.endswith("Written to results/w_explained\n")
    kept = files(world / "results" / "w_explained")
    assert {"shocks.csv", "constraints.json", "story.parquet", "story.txt", "scenario.yaml"} <= set(kept)
    assert (world / "results/w_explained/story.txt").read_text().startswith("On ")


def test_the_same_command_again_replaces_its_own_result_and_no_story_stays_behind(world):
    run("explain", "w.yaml", "--at", "users")
    out, _ = run("explain", "w.yaml")
    assert "(in place of the earlier one)" in out
    assert "story.txt" not in files(world / "results" / "w_explained")
    assert run("run", "w.yaml", "--no-out")[0], "a run has a folder of its own"


def test_explain_as_json(world):
    data = json.loads(run("explain", "w.yaml", "--at", "users", "--json", "--no-out")[0])
    assert set(data["tables"]) == {"shocks", "constraints", "story"}
    parts = {row["shock"]: row for row in data["tables"]["shocks"]["rows"] if row["place"] == "users"}
    assert parts["ban"]["lost"] == pytest.approx(parts["all"]["lost"])
    assert data["tables"]["story"]["rows"][0]["what"] == "shock"
    assert data["written"] is None
    assert files(world) == ["w.yaml"]


@pytest.mark.parametrize("words", [["--at", "moon"], ["--out", "x", "--no-out"], ["--replications", "0"]])
def test_a_wrong_question_is_exit_2_and_writes_nothing(world, words):
    run("explain", "w.yaml", *words, code=2)
    assert files(world) == ["w.yaml"]


def test_the_fab_stops_for_want_of_what_waits_for_licences():
    found = sim.explain(SCENARIOS / "fab_30_days.yaml", at="fab_tw")
    parts = {row[3]: row for row in found.tables["shocks"].rows if row[0] == "fab_tw: wafer"}
    assert parts["stock_rule"][5] == pytest.approx(parts["licences_stop"][5]), "neither alone costs a wafer"
    for row in parts.values():
        assert row[6] is None or row[6].mean == 0.0
    (story,) = found.stories
    says = [event.says for event in story.events]
    assert any("stock_rule took effect (inventory limit)" in sentence for sentence in says)
    assert any("could no longer leave, for mofcom approved nothing" in sentence for sentence in says)
    assert any("fab_tw ran out of" in sentence for sentence in says)
