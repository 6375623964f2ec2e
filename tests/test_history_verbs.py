"""`sim observe`, `calibrate` and `backtest` from the shell, and the pages they write, on a world of a few microseconds.

A mine sends 10 t a day to a plant that holds no stock to speak of; from 1 February 2025 a share of the flow is cut for
good. History cut 40 %.
"""

import json
import re
from pathlib import Path

import pandas
import pytest
from click.testing import CliRunner

from sim.cli.main import verbs

SERIES = """
title: Ore sent abroad
unit: t
each: month
source: made up for this test
values: {2024-11: 300, 2024-12: 310, 2025-01: 310, 2025-02: 168, 2025-03: 186, 2025-04: 180, 2025-05: 186}
"""
USUAL = 10 * 365.25 / 12
WORLD = """
title: A flow that is cut
believe: Nothing but the arithmetic.
start: 2024-11-01
horizon: 212 days
replications: 4
seed: 1
commodities: {ore: {unit: t, source: assumed}, car: {unit: car, source: assumed}}
facilities:
  mine: {kind: mine, country: CN, makes: ore, capacity: 10 t/day, source: assumed}
  plant:
    {kind: manufacturer, country: DE, makes: car, capacity: 10 car/day, recipe: {ore: 1 t/car}, source: assumed,
     buys: {ore: {cover: 1 day, from: {mine: {transit: 1 day}}}}}
markets:
  users: {country: DE, wants: car, demand: 10 car/day, from: {plant: {transit: 1 day}}, source: assumed}
shocks:
  cut: {kind: partial_cut, links: {seller: mine}, size: 40 %, effective: 2025-02-01, source: assumed}
uncertain:
  shocks.cut.size: {distribution: uniform, low: 0 %, high: 100 %, source: assumed}
observed:
  ore:
    series: series.yaml
    measure: {quantity: shipments, links: {origin: CN}}
    level: 304.375 t
    fit: {from: 2025-02-01, until: 2025-04-01}
    score: {from: 2025-04-01, until: 2025-06-01}
    misses: Nothing that this test knows of.
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder with `scenarios/w.yaml` and its series."""
    monkeypatch.chdir(tmp_path)
    Path("scenarios").mkdir()
    Path("scenarios/w.yaml").write_text(WORLD, encoding="utf-8")
    Path("scenarios/series.yaml").write_text(SERIES, encoding="utf-8")
    return tmp_path


def said(*words):
    """Exit code and what is printed."""
    done = CliRunner().invoke(verbs, [*words, "--quiet"] if "--help" not in words else list(words))
    return done.exit_code, done.output


def test_observe_shows_every_period_as_share_of_usual(folder):
    code, output = said("observe", "scenarios/w.yaml", "--set", "shocks.cut.size=40 %", "--out", "seen")
    assert code == 0, output
    table = pandas.read_csv("seen/periods.csv").set_index("period")
    assert table["seen"]["2025-03"] == pytest.approx(186 / USUAL)
    assert table["model"]["2025-03"] == pytest.approx(186 / USUAL), "40 % of 310 t is cut"
    assert table["model"]["2024-12"] == pytest.approx(310 / USUAL)
    assert table["use"].dropna().to_dict() == {
        "2025-02": "fitted",
        "2025-03": "fitted",
        "2025-04": "scored",
        "2025-05": "scored",
    }
    assert {"observed.png", "observed.svg", "periods.json", "periods.provenance.json"} <= {
        file.name for file in Path("seen").iterdir()
    }
    assert "Ore sent abroad; 100 % is 304.375 t" in " ".join(output.split())


def test_calibrate_finds_the_cut_that_was_made(folder):
    code, output = said("calibrate", "scenarios/w.yaml", "--draws", "600", "--out", "fit")
    assert code == 0, output
    row = pandas.read_csv("fit/fitted.csv").iloc[0]
    assert row["name"] == "shocks.cut.size"
    assert row["after_low"] <= 40 <= row["after_high"]
    assert row["middle"] == pytest.approx(40, abs=2)
    assert row["finding"] == "fixed by the data"
    profile = pandas.read_csv("fit/profile.csv").iloc[0]
    assert min(profile["tenth_4"], profile["tenth_5"]) < profile["tenth_1"]


def test_what_is_said_on_the_line_is_freed_too_and_the_window_is_another(folder):
    text = WORLD.replace(
        "  shocks.cut.size: {distribution: uniform, low: 0 %, high: 100 %, source: assumed}\n", "  {}\n"
    )
    Path("scenarios/w.yaml").write_text(text, encoding="utf-8")
    code, output = said("calibrate", "scenarios/w.yaml", "--free", "shocks.cut.size=20:60 %", "--draws", "400")
    assert code == 0, output
    assert "shocks.cut.size" in output
    code, output = said(
        "calibrate", "scenarios/w.yaml", "--free", "shocks.cut.size=20:60 %", "--months", "2025-02-01:2025-05-01"
    )
    assert code == 2
    assert "what is scored must not have been fitted" in " ".join(output.split())


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--to", "oar"), "Did you mean 'ore'?"),
        (("--free", "shocks.cut.size=1 %,2 %"), "a fit needs a range"),
        (("--keep", "1 %", "--draws", "100"), "a band needs 20"),
        (("--months", "2025-02-01"), "is no window"),
    ],
)
def test_calibrate_refuses_with_the_remedy(folder, words, says):
    code, output = said("calibrate", "scenarios/w.yaml", *words)
    assert code == 2
    assert says in " ".join(output.split())


def test_backtest_finds_the_episodes_of_the_folder_and_writes_pages(folder):
    code, output = said("backtest", "--draws", "600", "--pages", "pages", "--out", "kept")
    assert code == 0, output
    row = pandas.read_csv("kept/backtest.csv").iloc[0]
    assert (row["episode"], row["observed"], row["periods"]) == ("w", "ore", 2)
    assert row["model"] < 0.02
    assert row["no_change"] == pytest.approx(1 - (180 + 186) / 2 / USUAL, abs=1e-3)
    assert pandas.isna(row["stop"]), "there is no licence desk, and so no statutory stop"
    index, page = (Path("pages", name).read_text("utf-8") for name in ("index.md", "w.md"))
    assert "| w | ore | 2 |" in index
    assert "the model beats every naive forecast. Nothing that this test knows of." in index
    assert "| shocks.cut.size | uniform, 0 % to 100 % | assumed |" in page or "whole scenario was written" in page
    assert "| ore | 2025-05 | scored | 186 | t |" in page
    assert Path("pages/w.png").stat().st_size > 10_000


CLAIM = """
claims:
  april:
    says: Three fifths were left in April
    measure: {quantity: shipments, links: {origin: CN}, from: 2025-04-01, until: 2025-05-01, by: share}
    low: 0.58
    high: 0.62
    hangs_on: the cut
    source: made up for this test
"""


def test_claims_are_judged_in_the_draws_that_were_kept(folder):
    Path("scenarios/w.yaml").write_text(WORLD + CLAIM, encoding="utf-8")
    code, output = said("backtest", "scenarios/w.yaml", "--draws", "600")
    assert code == 0, output
    assert re.search(r"the model says 0\.[56]\d*: reproduced", " ".join(output.split())), "half is left in all draws"


def test_backtest_gives_the_same_pages_again(folder):
    for name in ("one", "two"):
        assert said("backtest", "scenarios/w.yaml", "--draws", "400", "--pages", name)[0] == 0
    assert Path("one/w.md").read_bytes() == Path("two/w.md").read_bytes()
    assert Path("one/index.md").read_bytes() == Path("two/index.md").read_bytes()


def test_backtest_has_something_to_score_or_says_so(folder):
    Path("scenarios/w.yaml").write_text(WORLD[: WORLD.index("observed:")], encoding="utf-8")
    code, output = said("backtest")
    assert code == 2
    assert "none says a `score` window" in " ".join(output.split())
    code, output = said("backtest", "scenarios/w.yaml")
    assert code == 2
    assert "nothing to score" in output


@pytest.mark.parametrize("words", [("observe",), ("calibrate", "--draws", "400"), ("backtest", "--draws", "400")])
def test_a_seed_that_nobody_said_is_told(folder, words):
    Path("scenarios/w.yaml").write_text(WORLD.replace("seed: 1\n", ""), encoding="utf-8")
    code, output = said(words[0], "scenarios/w.yaml", *words[1:])
    assert code == 0, output
    assert re.search(r"seed \d+ \(drawn: --seed gives the same luck again\)", " ".join(output.split()))


def test_json_tells_all_tables(folder):
    code, output = said("backtest", "scenarios/w.yaml", "--draws", "400", "--json")
    assert code == 0
    data = json.loads(output)
    assert set(data["tables"]) == {"backtest", "shapes", "claims", "periods"}
    assert data["provenance"]["seed"] == 1


def test_nothing_that_was_kept_is_lost(folder):
    assert said("observe", "scenarios/w.yaml", "--out", "seen")[0] == 0
    code, output = said("observe", "scenarios/w.yaml", "--out", "seen")
    assert code == 4
    assert "exists already" in output
    assert said("observe", "scenarios/w.yaml", "--out", "seen", "--overwrite")[0] == 0
