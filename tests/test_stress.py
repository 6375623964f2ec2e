"""Stress tests: how long each loss is survived, what it costs, and that an outage is the same in company as alone."""

import json
import math

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from legible import assert_legible
from worlds import DEMAND, USERS, chain, closure, outage, scenario_of, t_a_day, two_sources, variant, world

import sim
from sim.cli.main import verbs
from sim.results.metrics import figures
from sim.results.plots.time_to_survive import endangered
from sim.studies.knockouts import calm
from sim.studies.surviving import Bracket, bracket_of, longest_harmless
from sim.studies.workers import Threads, crew

COVERS = (10, 20)
AT_THE_MARKET = 15
UNDER_WAY = (3, 5, 2)
START = 30
CHAIN = chain(COVERS, UNDER_WAY, market={"cover": f"{AT_THE_MARKET} days"})
"""mine > plant_1 (10 days) > plant_2 (20 days) > users (15 days), 3 + 5 + 2 days apart, with half as much to spare."""


def stressed(data, ttr="60 days", seed=1, **more):
    return sim.stress(scenario_of(data), ttr=ttr, seed=seed, workers=1, **more)


def rows(found, name="stress"):
    """Rows as mappings, by kind and object; the last length of the outage where there are several."""
    table = found.tables[name]
    return {(row["kind"], row["object"]): row for row in _mappings(table)}


def _mappings(table):
    return [dict(zip(table.names(), values, strict=True)) for values in table.values()]


@pytest.fixture(scope="module")
def tested():
    return stressed(CHAIN)


# Time to survive and what is lost


@pytest.mark.parametrize(
    ("what", "cover", "under_way"),
    [
        (("facility", "mine"), 10 + 20 + 15, 3 + 5 + 2),
        (("facility", "plant_1"), 20 + 15, 5 + 2),
        (("facility", "plant_2"), 15, 2),
        (("link", "mine > plant_1: good_0"), 10 + 20 + 15, 3 + 5 + 2),
        (("link", "plant_1 > plant_2: good_1"), 20 + 15, 5 + 2),
        (("link", "plant_2 > users: good_2"), 15, 2),
        (("country", "CN"), 10 + 20 + 15, 3 + 5 + 2),
        (("commodity", "good_1"), 20 + 15, 5 + 2),
    ],
)
def test_an_outage_is_survived_as_long_as_the_covers_below_it_and_noticed_when_the_sea_is_empty_too(
    tested, what, cover, under_way
):
    row = rows(tested)[what]
    assert row["tts_days"] == cover
    assert row["missed_days"] == cover + under_way
    assert row["missed_first"] == USERS
    assert row["lost"] == pytest.approx(DEMAND * max(0, 60 - cover))
    assert row["lost_share"] == pytest.approx(max(0, 60 - cover) / 400)
    assert row["worst"] == USERS and row["worst_share"] == row["lost_share"]


def test_finished_stock_outlasts_a_plant_but_not_its_lane():
    found = rows(stressed(variant(CHAIN, {"facilities.plant_2.finished_cover": "4 days"})))
    assert found["facility", "plant_2"]["tts_days"] == 15 + 4
    assert found["link", "plant_2 > users: good_2"]["tts_days"] == 15


def test_goods_in_process_put_off_the_day_it_is_noticed_and_not_what_is_survived():
    row = rows(stressed(variant(CHAIN, {"facilities.plant_2.processing": "6 days"})))["facility", "plant_2"]
    assert (row["tts_days"], row["missed_days"]) == (15, 15 + 2 + 6)


@pytest.mark.parametrize(("ttr", "lost"), [(44, 0), (45, 0), (46, 1), (60, 15), (90, 45)])
def test_a_day_beyond_the_time_to_survive_costs_a_day(ttr, lost):
    row = rows(stressed(CHAIN, f"{ttr} days", only=["facility"]))["facility", "mine"]
    assert row["lost"] == pytest.approx(DEMAND * lost, abs=1e-9)
    assert row["ttr_days"] == ttr


def test_half_a_source_lasts_twice_as_long():
    found = rows(stressed(two_sources(cover=20, market_cover=5), "90 days"))
    assert found["facility", "mine_a"]["tts_days"] == 2 * (20 + 5)
    assert found["facility", "mine_a"]["lost"] == pytest.approx(DEMAND * (90 / 2 - 25))
    assert found["commodity", "ore"]["tts_days"] == 20 + 5


def test_where_the_other_source_can_make_it_all_the_loss_of_one_is_survived_for_good():
    found = rows(stressed(two_sources(spare=(1.0, 1.0)), "90 days"))
    for mine in ("mine_a", "mine_b"):
        row = found["facility", mine]
        assert (row["tts_days"], row["missed_days"]) == (math.inf, math.inf)
        assert row["lost"] == pytest.approx(0.0, abs=1e-9) and row["index"] == 0 and row["rank"] is None
        assert row["missed_first"] is None
    assert found["commodity", "ore"]["tts_days"] == 25


def test_a_country_is_all_its_facilities_at_once():
    both = variant(two_sources(spare=(1.0, 1.0)), {"facilities.mine_b.country": "CN"})
    found = rows(stressed(both, "90 days"))
    assert found["country", "CN"]["tts_days"] == 25
    assert found["country", "CN"]["lost"] == pytest.approx(DEMAND * (90 - 25))
    assert found["commodity", "ore"]["same_as"] == "country CN"
    assert found["country", "CN"]["same_as"] is None


def test_knock_outs_that_are_one_outage_are_run_once_and_told_alike(tested):
    found = rows(tested)
    mine, country, ore = found["facility", "mine"], found["country", "CN"], found["commodity", "good_0"]
    assert country["same_as"] == ore["same_as"] == "facility mine"
    assert mine["rank"] == country["rank"] == ore["rank"]
    assert mine["lost"] == country["lost"] == ore["lost"]
    assert tested.study.points.count == 2 * (3 + 3)


def test_the_worst_has_index_one_and_stands_first(tested):
    table = tested.tables["stress"]
    losses = [row["lost"] for row in _mappings(table)]
    assert losses == sorted(losses, reverse=True)
    assert table.column("index")[0] == 1.0 and table.column("rank")[0] == 1
    for row in _mappings(table):
        assert row["index"] == pytest.approx(row["lost"] / losses[0])


def test_each_length_has_an_index_of_its_own():
    table = _mappings(stressed(CHAIN, "30:90:30 days", only=["facility"]).tables["stress"])
    assert [row["ttr_days"] for row in table] == [30, 60, 90] * 3
    assert [row["object"] for row in table[::3]] == ["plant_2", "plant_1", "mine"]
    assert [row["index"] for row in table if row["object"] == "plant_2"] == [1.0, 1.0, 1.0]
    assert [row["index"] for row in table if row["object"] == "mine"] == pytest.approx([0, 15 / 45, 45 / 75])


def two_chains():
    """The chain beside a mine that serves a market of its own."""
    lone = {"kind": "mine", "country": "BR", "makes": "salt", "capacity": t_a_day(50), "source": "test"}
    eaters = {"country": "IN", "wants": "salt", "demand": t_a_day(40), "from": {"lone": {"transit": "1 day"}}}
    data = variant(CHAIN, {"facilities.lone": lone, "markets.eaters": {**eaters, "source": "test"}})
    data["commodities"]["salt"] = {"unit": "t", "source": "test"}
    return data


def test_a_market_that_a_loss_does_not_reach_is_left_alone():
    found = stressed(two_chains())
    felt = {(row["object"], row["market"]) for row in _mappings(found.tables["reach"])}
    assert ("mine", USERS) in felt and ("lone", "eaters") in felt
    assert ("mine", "eaters") not in felt and ("lone", USERS) not in felt


def test_of_one_market_only_its_demand_counts():
    found = rows(stressed(two_chains(), of="eaters"))
    assert found["facility", "mine"]["tts_days"] == math.inf
    assert found["facility", "lone"]["tts_days"] == 0
    assert found["facility", "lone"]["index"] == 1.0
    assert found["facility", "lone"]["lost"] == pytest.approx(40 * 60)


# The same alone and in company


def lucky():
    """A world in which replications differ."""
    demand = {"distribution": "normal", "mean": "100 t/day", "sd": "10 t/day"}
    transit = {"distribution": "uniform", "low": "2 days", "high": "9 days"}
    return variant(
        two_sources(), {f"markets.{USERS}.demand": demand, "facilities.plant.buys.ore.from.mine_a.transit": transit}
    )


@pytest.mark.parametrize(
    ("what", "alone"),
    [
        ("facility mine_a, 60 days", outage("mine_a", START, 60)),
        ("link mine_a > plant: ore, 60 days", closure(START, 60, seller="mine_a", buyer="plant")),
        ("commodity ore, for good", outage(["mine_a", "mine_b"], START)),
    ],
)
def test_an_outage_gives_the_bits_of_a_run_with_that_shock_alone(what, alone):
    found = stressed(lucky(), "60 days", replications=3)
    cases = found.table("cases")
    own = cases[cases["shocks that strike"] == what]
    lone = sim.run(scenario_of(variant(lucky(), {"shocks.alone": {"source": "test", **alone}})), seed=1, replications=3)
    known = {(f.metric, f.where): f.values for f in figures(lone.outcome) if f.group in ("sales", "service")}
    for metric in ("loss_share", "time_to_survive"):
        assert np.array_equal(own[f"{metric}.{USERS}"], known[metric, USERS]), metric
    for metric in ("output_loss", "peak_loss", "recovery_time"):  # all sales are those of the only market
        assert np.array_equal(own[f"{metric}.all sales"], known[metric, USERS]), metric


def test_other_knock_outs_in_the_study_change_no_bit():
    whole, part = (rows(stressed(lucky(), replications=3, only=kinds)) for kinds in ([], ["facility"]))
    for key, row in part.items():
        assert {**row, "index": 0} == {**whole[key], "index": 0, "rank": row["rank"]}


def test_uncertain_inputs_are_those_of_their_replication_however_the_study_is_split(monkeypatch):
    """What is not known is drawn once for each replication, also where points share one world."""
    unknown = {f"markets.{USERS}.cover": {"distribution": "uniform", "low": "2 days", "high": "9 days"}}
    data = variant(two_sources(), {"uncertain": unknown})
    whole = stressed(data, replications=5, only=["facility"]).table("cases")
    monkeypatch.setattr("sim.studies.study.MOST_TOGETHER", 2)
    split = stressed(data, replications=5, only=["facility"]).table("cases")
    assert whole.astype(object).equals(split.astype(object))
    assert whole[whole["shocks that strike"] == "facility plant, 60 days"][f"loss_share.{USERS}"].nunique() == 5


def test_the_order_of_the_file_does_not_matter():
    data = two_chains()
    turned = {**data, **{part: dict(reversed(data[part].items())) for part in ("facilities", "markets", "commodities")}}
    assert stressed(data).tables == stressed(turned).tables


def test_the_scenarios_own_shocks_and_what_waits_for_them_play_no_part(tested):
    waits = {"kind": "hoard", "on": {"effective": "fire"}, "where": {"id": "plant_2"}, "cover": "9 days"}
    acts = {"kind": "hoard", "on": "day 300", "where": {"id": "plant_2"}, "cover": "9 days"}
    changes = {
        "shocks.fire": {"source": "test", **outage("plant_2", 10, 50)},
        "responses.waits": {"source": "test", **waits},
        "uncertain": {"shocks.fire.duration": {"distribution": "uniform", "low": "20 days", "high": "60 days"}},
        "claims.all_of_it": {
            "says": "it burns", "source": "test", "hangs_on": "luck", "low": 0, "high": 1,
            "measure": {"quantity": "output", "where": {"id": "plant_2"}, "by": "share"},
        },
    }  # fmt: skip
    found = stressed(variant(CHAIN, changes))
    assert found.plan.left_out == ("waits",)
    assert found.tables == tested.tables
    both = calm(scenario_of(variant(CHAIN, {**changes, "responses.acts": {"source": "test", **acts}})))
    assert list(both.responses) == ["acts"] and not both.uncertain and not both.claims


# Kept and taken up again


class Stopped(Exception):
    pass


def test_a_study_that_was_stopped_goes_on_where_it_was(tested, tmp_path, monkeypatch):
    monkeypatch.setattr("sim.studies.study.MOST_TOGETHER", 2)

    def stop(done, cases):
        if done >= 6:
            raise Stopped

    with pytest.raises(Stopped):
        stressed(CHAIN, folder=tmp_path, progress=stop)
    parts = {file.name: file.stat().st_mtime_ns for file in (tmp_path / "parts").glob("*.parquet")}
    assert 0 < len(parts) < 6
    again = stressed(CHAIN, folder=tmp_path)
    assert again.tables == tested.tables
    assert {name: (tmp_path / "parts" / name).stat().st_mtime_ns for name in parts} == parts
    rounds = sorted(str(f.relative_to(tmp_path)) for f in tmp_path.glob("survival/*/parts/*.parquet"))
    assert rounds
    before = {name: (tmp_path / name).stat().st_mtime_ns for name in rounds}
    assert stressed(CHAIN, folder=tmp_path).tables == tested.tables
    assert {name: (tmp_path / name).stat().st_mtime_ns for name in rounds} == before


def test_along_a_chain_covers_alone_say_how_long_and_one_round_confirms_it(tmp_path):
    stressed(CHAIN, folder=tmp_path)
    assert [folder.name for folder in (tmp_path / "survival").iterdir()] == ["01"]


def test_nobody_is_called_where_nothing_is_left_to_do():
    with crew(8, None, 0) as workers:
        assert isinstance(workers, Threads)


# The search for the longest harmless outage


@given(
    lengths=st.dictionaries(st.integers(0, 5), st.integers(0, 400), min_size=1),
    beyond=st.integers(1, 50),
    off=st.integers(-60, 60),
    known=st.sets(st.integers(1, 400), max_size=3),
)
@settings(max_examples=60)
def test_the_longest_harmless_outage_is_found_whatever_the_guess(lengths, beyond, off, known):
    rounds = []

    def try_out(trials, number):
        rounds.append(number)
        assert len(set(trials)) == len(trials)
        return {(key, days): days <= lengths[key] for key, days in trials}

    brackets = {
        key: bracket_of(most + beyond, most + off, {float(d): d <= most for d in known})
        for key, most in lengths.items()
    }
    assert longest_harmless(brackets, try_out) == lengths
    assert rounds == [*range(1, len(rounds) + 1)]
    if off == 0:
        assert len(rounds) <= 1


def test_an_outage_that_could_not_be_tried_counts_as_harmful():
    assert longest_harmless({"mine": Bracket(0, 9)}, lambda trials, number: {}) == {"mine": 0}


def test_time_to_survive_is_that_of_the_replication_that_survives_the_shortest():
    four, one = (rows(stressed(lucky(), replications=n, only=["facility"])) for n in (4, 1))
    assert four["facility", "mine_a"]["tts_days"] <= one["facility", "mine_a"]["tts_days"]
    assert four["facility", "mine_a"]["tts_days"] > 0


@pytest.mark.parametrize("width", ["wide", "narrow"])
@pytest.mark.parametrize("kind", ["stress", "time_to_survive"])
def test_no_word_of_the_picture_runs_out_of_it(kind, width):
    data = {**two_chains(), "title": "W" + "ide words in bold " * 5}
    assert_legible(stressed(data, "30:60:30 days").plot(kind, width=width))


def test_a_dot_lies_at_both_times_and_only_what_is_out_for_longer_than_survived_is_named(tested):
    axes = tested.plot("time_to_survive").axes[0]
    dots = {dot.get_label(): dot.get_offsets().tolist() for dot in axes.collections if len(dot.get_offsets()) == 1}
    ((across, up),) = dots["_mine"]
    assert up == 45.0
    assert across == pytest.approx(60.0, abs=3.0), "side by side with the others that are out for 60 days"
    named = {text.get_text().rsplit(": ", 1)[0] for text in axes.texts}
    assert named == {one.knockout.name for one in endangered(tested.tested, 60) if not one.knockout.same_as}
    assert "mine" in named


# In the shell


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Call the verb on a scenario given as data; gives exit code, stdout and stderr."""
    monkeypatch.chdir(tmp_path)

    def call(data, *options):
        (tmp_path / "w.yaml").write_text(json.dumps(data), "utf-8")
        done = CliRunner().invoke(verbs, ["stress", "w.yaml", "--workers", "1", *options], prog_name="sim")
        return done.exit_code, done.stdout, done.stderr

    return call


def test_the_shell_shows_chokepoints_first_says_what_is_assumed_and_keeps_tables_and_picture(run, tmp_path):
    code, out, _ = run(two_sources(spare=(1.0, 1.0)))
    said = " ".join(out.split())
    assert code == 0
    assert "Out in turn: 3 facilities, 3 links, 3 countries, 2 commodities; each from day 30 on, for 90 days" in said
    assert "no time to recover is stated, so that is assumed" in said
    assert "out for 90 days" in said and "more objects are survived for all of 90 days" in said
    assert "country DE and commodity oxide" in said
    kept = {file.name for file in (tmp_path / "results" / "w_stress").iterdir()}
    assert {
        "stress.csv",
        "stress.json",
        "stress.parquet",
        "stress.png",
        "stress.svg",
        "reach.csv",
        "study.sqlite",
    } <= kept
    assert run(two_sources(spare=(1.0, 1.0)))[0] == 0


def test_a_length_that_costs_nothing_is_told(run):
    out = " ".join(run(CHAIN, "--ttr", "10,60 days", "--no-out", "--only", "facility")[1].split())
    assert "Out for 10 days: nothing is lost, whatever it is." in out
    assert "out for 60 days" in out and "out for 10 days" not in out


def test_json_says_inf_in_words_and_nothing_is_kept_unless_wanted(run, tmp_path):
    code, out, _ = run(two_sources(spare=(1.0, 1.0)), "--json", "--no-out", "--ttr", "60 days", "--only", "facility")
    told = {row["object"]: row["tts_days"] for row in json.loads(out)["tables"]["stress"]["rows"]}
    assert code == 0 and told == {"plant": 5, "mine_a": "inf", "mine_b": "inf"}
    assert not (tmp_path / "results").exists()


def test_a_dry_run_writes_nothing(run, tmp_path):
    code, out, _ = run(CHAIN, "--dry-run")
    assert code == 0
    assert "points 12" in " ".join(out.split()) and "Nothing was run" in out
    assert not (tmp_path / "results").exists()


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--ttr", "60"], "has no unit"),
        (["--ttr", "0 days"], "not out"),
        (["--ttr", "10 working days"], "calendar days are due"),
        (["--ttr", "30:60 days"], "does not say the step"),
        (["--ttr", "380 days"], 'the run ends 370 days after the outages begin; make it longer with --set "horizon='),
        (["--effective", "day 400"], "the run has 400 days from 2025-01-01"),
        (["--effective", "2024-12-31"], "say a day or a date within it"),
        (["--effective", "soon"], "--effective soon"),
        (["--of", "user"], "Did you mean 'users'?"),
        (["--of", "plant_1: good_1"], "no market or end product"),
        (["--only", "facilities"], "Did you mean 'facility'?"),
    ],
)
def test_what_cannot_be_asked_is_refused_with_the_remedy_before_anything_is_run(run, tmp_path, options, says):
    code, _, err = run(CHAIN, *options)
    assert code == 2 and says in " ".join(err.split())
    assert not (tmp_path / "results").exists()


def test_a_world_without_markets_has_nobody_to_survive(run):
    lone = {"lone": {"kind": "mine", "country": "BR", "makes": "salt", "capacity": t_a_day(50)}}
    code, _, err = run(world(lone, {}))
    assert code == 2 and "no market" in err


def test_cases_that_cannot_be_run_are_told_and_end_in_exit_code_3(run):
    cannot = {"facilities.mine.capacity": {"distribution": "uniform", "low": "10 t/day", "high": "20 t/day"}}
    code, out, err = run(variant(CHAIN, {"uncertain": cannot}), "--no-out", "--only", "facility")
    assert code == 3
    assert "could not be run" in err and "3 could not be run" in " ".join(out.split())


def test_long_names_and_names_like_formulas_are_taken_literally():
    name = "$x_1$" + " mine" * 18
    data = json.loads(json.dumps(CHAIN).replace('"mine":', f"{json.dumps(name)}:"))
    found = stressed(data, only=["facility", "link"])
    assert rows(found)["facility", name]["tts_days"] == 45
    assert "$x_1$" in " ".join(text.get_text() for text in found.plot().axes[0].texts)
