"""Studies from the shell: what they print, keep and refuse; what their folders tell afterwards."""

import csv
import json
import os
import re
import zipfile
from pathlib import Path

import pandas
import pytest
from click.testing import CliRunner
from worlds import chain, outage

import sim
from sim.cli.main import verbs
from sim.errors import OutputError, ScenarioError
from sim.results import workbook
from sim.studies.ledger import Ledger

COVER = "facilities.plant_1.buys.good_0.cover"
HOSTILE = "=cmd|'/C calc'!A0"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder with a world in it: its mine is out for 60 days, of which the cover is not felt."""
    monkeypatch.chdir(tmp_path)
    data = chain((30,), shocks={"fire": outage("mine", 50, 60)}, days=200)
    (tmp_path / "w.yaml").write_text(json.dumps(data), encoding="utf-8")
    return tmp_path


def said(*words):
    """What a command prints, and its exit code."""
    done = CliRunner().invoke(verbs, list(words))
    return done.exit_code, done.output


def swept(*more, vary=f"{COVER}=10:50:10d"):
    return said("sweep", "w.yaml", "--vary", vary, "--seed", "1", "--quiet", *more)


def losses():
    """Days lost at each point, from the table that was kept."""
    table = pandas.read_csv("results/w_sweep/points.csv")
    return table[table["reading"] == "loss_days.users"]["mean"].tolist()


# What a sweep says and keeps


def test_a_sweep_prints_each_point_and_keeps_tables_picture_parts_and_provenance(folder):
    code, output = swept()
    assert code == 0
    assert re.search(r"50 days\s+5\.00", output), "10 of 200 days, in percent"
    assert losses() == pytest.approx([50, 40, 30, 20, 10])
    kept = {file.name for file in Path("results/w_sweep").iterdir()}
    assert {"points.csv", "points.json", "points.parquet", "sweep.png", "sweep.svg", "study.sqlite"} <= kept
    provenance = json.loads(Path("results/w_sweep/points.provenance.json").read_text("utf-8"))
    assert provenance["seed"] == 1 and "--vary" in provenance["command"]


def test_what_is_less_is_held_against_the_point_the_file_states(folder):
    code, output = swept()
    assert code == 0 and "less: than at cover 30 days, with the same luck" in output


def test_two_paths_make_every_combination(folder):
    code, _ = swept("--vary", "shocks.fire.duration=30 days,90 days", vary=f"{COVER}=10 days,20 days")
    assert code == 0
    assert losses() == pytest.approx([20, 80, 10, 70])


def test_a_design_goes_through_ranges(folder):
    code, output = swept("--design", "lhs", "--size", "10", vary=f"{COVER}=10:50 days")
    assert code == 0 and "of 10 points" in output
    frame = sim.results_of("results/w_sweep").frame()
    assert frame["loss_days.users"].to_numpy() == pytest.approx(60 - frame[COVER].to_numpy())


def test_the_same_command_again_computes_nothing(folder):
    swept()
    before = sim.status("results/w_sweep").progress.seconds
    assert swept()[0] == 0
    assert sim.status("results/w_sweep").progress.seconds == before


def test_another_study_in_the_folder_is_refused_with_what_differs(folder):
    swept()
    code, output = swept(vary=f"{COVER}=10:40:10d")
    assert code == 4 and "holds another study, which differs in points" in output
    assert swept("--overwrite", vary=f"{COVER}=10:40:10d")[0] == 0
    assert losses() == pytest.approx([50, 40, 30, 20])


def test_a_seed_that_was_drawn_is_printed_kept_and_gone_on_with(folder):
    code, output = said("sweep", "w.yaml", "--vary", f"{COVER}=10 days,20 days", "--quiet")
    drawn = int(re.search(r"seed\s+(\d+)\s+\(drawn", output)[1])
    assert code == 0 and sim.status("results/w_sweep").seed == drawn
    assert said("sweep", "w.yaml", "--vary", f"{COVER}=10 days,20 days", "--quiet")[0] == 0


def test_a_dry_run_says_what_it_takes_and_writes_nothing(folder):
    code, output = swept("--dry-run", "--replications", "1000")
    assert code == 0 and "5,000, and their baselines" in output and "Nothing was run" in output
    assert not Path("results").exists()


def test_no_out_keeps_nothing_and_json_prints_the_table(folder):
    code, output = swept("--no-out", "--json")
    rows = json.loads(output)["tables"]["points"]["rows"]
    assert code == 0 and not Path("results").exists()
    assert {row["reading"] for row in rows if row["mean"] == 10.0} >= {"loss_days.users"}


def test_what_is_uncertain_beside_a_varied_value_leaves_it_as_it_is_set(folder):
    """The draw goes into the same record as the setting, and must find the setting of its own point there."""
    data = json.loads(Path("w.yaml").read_text("utf-8"))
    spread = {"distribution": "uniform", "low": "150 t/day", "high": "160 t/day"}
    data["uncertain"] = {"facilities.plant_1.capacity": spread}
    Path("w.yaml").write_text(json.dumps(data), encoding="utf-8")
    assert swept("--replications", "3")[0] == 0
    assert losses() == pytest.approx([50, 40, 30, 20, 10])


def test_a_point_that_cannot_be_is_counted_and_told_and_ends_in_exit_code_3(folder):
    """Alone each value can be; together demand is more than the mine digs."""
    code, output = said(
        *("sweep", "w.yaml", "--vary", "markets.users.demand=100 t/day,140 t/day", "--quiet"),
        *("--vary", "facilities.mine.capacity=120 t/day,150 t/day"),
    )
    assert code == 3
    assert "1 case could not be run" in output and "point 2, replication 1" in output
    assert len(sim.results_of("results/w_sweep").frame()) == 3


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--vary", COVER], "there is no '='"),
        (["--vary", f"{COVER}=10:50"], "does not say the step"),
        (["--vary", f"{COVER}=10:50:10 t"], "unknown unit 't'"),
        (["--vary", "facilities.plant_1.buys.good_0.cver=10:50:10d"], "Did you mean 'cover'"),
        (["--vary", "seed=1,2"], "all points have the same seed"),
        (["--vary", f"{COVER}=10:50:10d", "--vary", f"{COVER}=1 day,2 days"], "said twice"),
        (["--vary", f"{COVER}=10:50:10d", "--size", "9"], "a grid has as many points"),
        (["--vary", f"{COVER}=10:50 days", "--design", "sobol", "--size", "9"], "take a power of two"),
        (["--vary", f"{COVER}=10:50:10d", "--reading", "loss_days.usrs"], "Did you mean 'users'"),
        (["--vary", f"{COVER}=10:50:10d", "--precision", "5"], "did you mean '5 %'"),
        (["--out", "x", "--no-out"], "say either"),
    ],
)
def test_a_sweep_that_cannot_be_asked_for_is_refused_and_nothing_is_written(folder, words, says):
    code, output = said("sweep", "w.yaml", *words)
    assert code == 2 and says in " ".join(output.split())
    assert not Path("results").exists()


# Study files


def ask(**keys):
    Path("study.yaml").write_text(json.dumps({"scenario": "w.yaml", **keys}), encoding="utf-8")
    return said("sweep", "study.yaml", "--quiet")


def test_a_study_file_says_all_that_the_command_line_can(folder):
    code, _ = ask(vary={COVER: "10:50:10 days", "shocks.fire.duration": ["30 days", "60 days"]}, seed=1, replications=2)
    assert code == 0
    assert len(sim.results_of("results/study_sweep").frame()) == 5 * 2 * 2


def test_the_command_line_counts_more_than_the_study_file(folder):
    ask(vary={COVER: ["10 days", "20 days"]}, replications=5)
    said("sweep", "study.yaml", "--quiet", "--replications", "2", "--out", "other")
    assert len(sim.results_of("other").frame()) == 2 * 2


@pytest.mark.parametrize(
    ("keys", "says"),
    [
        ({"vry": {}}, "Did you mean 'vary'"),
        ({"scenario": "no.yaml"}, "there is no file 'no.yaml'"),
        ({"scenario": "../w.yaml"}, "lies outside"),
        ({"size": "64"}, "'64' does not fit: write for example `size: 64`"),
        ({"precision": 5}, "did you mean '5 %'"),
        ({"vary": ["a"]}, "write for example `vary:"),
    ],
)
def test_a_study_file_that_is_wrong_is_told_with_its_place(folder, keys, says):
    code, output = ask(**keys)
    assert code == 2 and says in " ".join(output.split())


# What a folder tells


def test_status_says_how_far_it_has_come(folder):
    swept()
    code, output = said("status", "results/w_sweep")
    assert code == 0 and "5 of 5 cases (100 %)" in output
    assert json.loads(said("status", "results/w_sweep", "--json")[1])["progress"]["done"] == 1


@pytest.mark.parametrize("verb", ["status", "results"])
def test_a_folder_without_a_study_is_refused(folder, verb):
    code, output = said(verb, ".")
    assert code == 4 and "holds no study" in output


def test_results_answer_sql_about_the_cases(folder):
    swept()
    query = f'select max("{COVER}") as most, count(*) as n from cases where "loss_days.users" > 15'
    found = sim.results_of("results/w_sweep").sql(query)
    assert found.to_dict("records") == [{"most": 40.0, "n": 4}]
    code, output = said("results", "results/w_sweep", "--sql", query, "--csv")
    assert code == 0 and output.splitlines() == ["most,n", "40.0,4"]


def test_sql_that_is_none_is_told_in_a_line(folder):
    swept()
    code, output = said("results", "results/w_sweep", "--sql", "selec 1")
    assert code == 2 and "DuckDB says" in output and "Traceback" not in output


# Export


@pytest.mark.parametrize("ending", ["csv", "xlsx", "parquet"])
def test_every_case_is_exported_as_it_is_kept(folder, ending):
    swept("--replications", "3")
    assert said("export", "results/w_sweep", f"all.{ending}")[0] == 0
    read = {"csv": pandas.read_csv, "xlsx": pandas.read_excel, "parquet": pandas.read_parquet}[ending]
    found, kept = read(f"all.{ending}"), sim.results_of("results/w_sweep").frame()
    assert list(found.columns) == list(kept.columns) and len(found) == 15
    assert found["loss_days.users"].to_numpy() == pytest.approx(kept["loss_days.users"].to_numpy(), rel=1e-12)


def test_a_file_that_exists_is_kept_unless_overwriting_is_said(folder):
    swept()
    Path("all.csv").write_text("mine")
    assert said("export", "results/w_sweep", "all.csv")[0] == 4
    assert Path("all.csv").read_text() == "mine"
    assert said("export", "results/w_sweep", "all.csv", "--overwrite")[0] == 0


def test_another_ending_is_refused_with_those_there_are(folder):
    swept()
    with pytest.raises(ScenarioError, match=r"\.csv, \.parquet or \.xlsx"):
        sim.export("results/w_sweep", "all.json")


def test_more_rows_than_a_sheet_holds_are_refused_and_never_cut(folder, monkeypatch):
    swept()
    monkeypatch.setattr(workbook, "MOST_ROWS", 5)
    with pytest.raises(OutputError, match=r"cases has 5 rows .* and a sheet holds 4"):
        sim.export("results/w_sweep", "all.xlsx")
    assert not os.path.exists("all.xlsx")


def test_names_that_would_be_formulas_stay_text_everywhere(folder):
    data = json.loads(Path("w.yaml").read_text("utf-8"))
    data["markets"][HOSTILE] = data["markets"].pop("users")
    Path("w.yaml").write_text(json.dumps(data), encoding="utf-8")
    assert said("sweep", "w.yaml", "--vary", f"{COVER}=10 days,20 days", "--quiet")[0] == 0
    for file in ("all.csv", "all.xlsx"):
        sim.export("results/w_sweep", file)
    with open("all.csv", encoding="utf-8", newline="") as text:
        names = next(csv.reader(text))
    assert any(HOSTILE in name for name in names) and not any(name.startswith("=") for name in names)
    sheets = zipfile.ZipFile("all.xlsx")
    assert not any(b"<f>" in sheets.read(name) for name in sheets.namelist())
    points = Path("results/w_sweep/points.csv").read_text("utf-8")
    assert all(not cell.startswith("=") for row in csv.reader(points.splitlines()) for cell in row)


# Python


def test_a_sweep_in_python_has_the_same_words_and_gives_frames(folder):
    found = sim.sweep("w.yaml", {COVER: "10:50:10 days"}, replications=2, seed=1)
    assert len(found.table("cases")) == 10
    rows = found.table()
    assert rows[rows["reading"] == "loss_days.users"]["mean"].tolist() == pytest.approx([50, 40, 30, 20, 10])
    assert found.plot().axes


def test_listed_values_of_any_type_are_taken_as_the_file_would_say_them(folder):
    found = sim.sweep("w.yaml", {"shocks.fire.size": [0.5, 1]}, seed=1)
    assert found.study.points.count == 2


def test_the_ledger_of_another_format_is_refused(folder):
    swept()
    ledger = Ledger(Path("results/w_sweep/study.sqlite"))
    ledger.base.execute("PRAGMA user_version = 99")
    ledger.close()
    code, output = swept()
    assert code == 4 and "has format 99" in output
