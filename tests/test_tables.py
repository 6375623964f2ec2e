"""Tables on screen and in files: right numbers, readable anywhere, and inert whatever the names."""

import csv
import io
import json
import math

import numpy as np
import pandas
import pytest
from outcomes import LINK, level, outcome, random_world, world

import sim
from sim.errors import OutputError
from sim.results import assumptions, provenance, tables
from sim.results.table import Column, Estimate, Table, inert
from sim.results.terminal import Screen, literal, number, rendered
from sim.scenario.load import loads
from sim.scenario.template import template

MAKER = "maker: magnet"
HOSTILE = [
    "=cmd|'/C calc'!A0",
    "<script>alert(1)</script>",
    r"$\frac{$",
    "[red]stop[/red]",
    "@SUM(A1)",
    "-1+2",
    "\tx",
    "磁铁厂",
]
FORMULA_STARTS = tuple("=+-@\t\r")


def small(*names):
    columns = (Column("place", "place"), Column("lost", "lost", "%", "share lost", estimated=True), Column("n", "n"))
    return Table("losses", columns, tuple((name, Estimate(0.25, 0.2, 0.3), 1234) for name in names))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (1234567.0, "1,230,000"),
        (0.012345, "0.0123"),
        (30.0, "30.0"),
        (9.996, "10.0"),
        (999.7, "1,000"),
        (-0.5, "-0.500"),
        (1e-7, "1.00e-07"),
        (3e18, "3.00e+18"),
        (math.nan, ""),
        (math.inf, "inf"),
        (12345, "12,345"),
        (None, ""),
    ],
)
def test_numbers_have_three_digits_and_thousands_separators(value, text):
    assert number(value) == text


def test_a_row_on_screen_has_its_interval_and_its_unit_in_the_header():
    lines = rendered(small("maker")).splitlines()
    assert lines[0].split() == ["place", "lost", "(%)", "n"]
    assert "25.0 (20.0 – 30.0)" in lines[2] and lines[2].endswith("1,234")


def test_numbers_are_right_aligned():
    table = Table("t", (Column("a", "a"), Column("x", "x")), (("one", 1.0), ("two", 1000.0)))
    ends = {len(line) for line in rendered(table).splitlines()[2:]}
    assert len(ends) == 1


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("color", [True, False])
def test_names_are_shown_as_they_are(name, color):
    assert literal(name) in rendered(small(name), Screen(color=color))


def test_control_characters_do_not_reach_the_terminal():
    shown = rendered(small("a\x1b[31mb\x07\u202ec\nd"))
    assert "\x1b" not in shown and "\x07" not in shown and "\u202e" not in shown
    assert "\\x1b[31mb" in shown


def test_without_unicode_everything_is_ascii():
    shown = rendered(small("磁铁厂", "Ålesund"), Screen(unicode=False))
    assert shown.isascii() and "20.0 to 30.0" in shown


def test_a_narrow_screen_gets_a_list_and_loses_no_number():
    shown = rendered(small("maker"), Screen(width=20))
    assert shown == "maker\n  lost (%): 25.0 (20.0 – 30.0)\n  n: 1,234\n"


class Terminal(io.StringIO):
    encoding = "utf-8"

    def isatty(self):
        return True


def test_the_screen_is_plain_when_asked_or_when_there_is_none():
    assert Screen.of(Terminal(), {"LANG": "en_GB.UTF-8"}).color
    assert not Screen.of(Terminal(), {"NO_COLOR": "1"}).color
    assert not Screen.of(Terminal(), {"LC_ALL": "C"}).unicode
    assert not Screen.of(io.StringIO(), {}).color


def test_only_bold_is_sent_and_only_to_a_terminal():
    assert "\x1b[" not in rendered(small("maker"), Screen(color=False))
    assert "\x1b[1m" in rendered(small("maker"), Screen(color=True))


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_in_csv_is_never_a_formula(tmp_path, name):
    small(name).to_csv(tmp_path / "t.csv")
    with (tmp_path / "t.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    assert not rows[1][0].startswith(FORMULA_STARTS)
    assert rows[1][0].removeprefix("'") == name


def test_negative_numbers_stay_numbers():
    assert inert("-1") == "'-1"
    table = Table("t", (Column("x", "x"),), ((-1.5,),))
    assert table.values() == [[-1.5]]


def test_csv_reads_back_with_full_digits_and_empty_cells_for_what_is_missing(tmp_path):
    columns = (Column("x", "x", estimated=True), Column("y", "y"))
    Table("t", columns, ((Estimate(1 / 3), math.inf), (Estimate(0.1, 0.0, 0.2), None))).to_csv(tmp_path / "t.csv")
    read = pandas.read_csv(tmp_path / "t.csv")
    assert list(read.columns) == ["x", "x_low", "x_high", "y"]
    assert read["x"][0] == 1 / 3 and math.isnan(read["x_low"][0]) and read["y"][0] == math.inf


@pytest.fixture
def known():
    return provenance.gather(outcome({}), ["sim", "run", "x.yaml"])


def test_provenance_lies_beside_csv_and_inside_json_and_parquet(tmp_path, known):
    import pyarrow.parquet

    small("maker").to_csv(tmp_path / "t.csv", known)
    small("maker").to_json(tmp_path / "t.json", known)
    small("maker").to_parquet(tmp_path / "t.parquet", known)
    said = [
        json.loads((tmp_path / "t.provenance.json").read_text()),
        json.loads((tmp_path / "t.json").read_text())["provenance"],
        json.loads(pyarrow.parquet.read_schema(tmp_path / "t.parquet").metadata[b"supplyshock"])["provenance"],
    ]
    assert all(p == known.data() for p in said)
    assert pandas.read_parquet(tmp_path / "t.parquet")["lost_high"].tolist() == [0.3]


def test_json_has_no_infinity_and_explains_its_columns(tmp_path):
    Table("t", (Column("x", "share", "%", "what x is"),), ((math.inf,), (math.nan,))).to_json(tmp_path / "t.json")
    data = json.loads((tmp_path / "t.json").read_text(), parse_constant=lambda c: pytest.fail(c))
    assert data["rows"] == [{"x": "inf"}, {"x": None}]
    assert data["columns"] == [{"name": "x", "unit": "share", "meaning": "what x is"}]


@pytest.mark.parametrize("write", ["to_csv", "to_json", "to_parquet"])
def test_what_exists_is_not_overwritten_unless_allowed(tmp_path, write):
    path = tmp_path / "t"
    path.write_text("mine")
    with pytest.raises(OutputError, match="exists already"):
        getattr(small("a"), write)(path)
    assert path.read_text() == "mine"
    getattr(small("a"), write)(path, overwrite=True)
    assert path.read_bytes() != b"mine"
    assert [p.name for p in tmp_path.iterdir()] == ["t"]


def test_a_folder_that_is_not_there_is_said_without_a_traceback(tmp_path):
    with pytest.raises(OutputError, match="cannot be written"):
        small("a").to_csv(tmp_path / "none" / "t.csv")


def lost():
    return outcome(
        {
            ("output", MAKER): level(d47_57=0),
            ("sales", "cars"): level(d50_60=0),
            ("unmet", "cars"): level(usual=0, d50_60=10),
        }
    )


def test_losses_start_at_the_end_of_the_chain():
    table = tables.losses_table(lost())
    assert table.column("place") == ["cars", MAKER, "mine_a: ore"]
    assert [cell.mean for cell in table.column("lost")] == [100, 100, 0]
    assert [cell.mean for cell in table.column("lost_days")] == [10, 10, 0]
    assert [cell.mean for cell in table.column("lost_share")] == [0.1, 0.1, 0]
    assert table.column("impact_days")[:2] == [40, 37] and table.column("recovery_days")[:2] == [50, 47]
    assert table.column("survive_days")[0] == 40
    assert table.column("ending") == ["recovered", "recovered", "unhurt"]
    assert table.column("peak_date")[1] == "2025-02-17"


def test_one_replication_is_said_to_have_no_interval():
    table = tables.losses_table(lost())
    assert any("at least 2" in note for note in table.notes)
    assert "at least 2" in rendered(table)


def test_few_losses_are_said_below_the_table_without_an_interval_of_the_mean():
    series = np.stack([level(d47_57=0), *[level()] * 49], axis=1)
    table = tables.losses_table(outcome({("output", MAKER): series}, random_world(), replications=50))
    row = table.column("place").index(MAKER)
    assert math.isnan(table.column("lost")[row].low)
    assert table.column("chance")[row] == 0.02
    assert any("too few loss events" in note and "1 of 50" in note and MAKER in note for note in table.notes)
    assert any(note == "cars: no loss in 50 replications: the chance is below 6 % (3/n)" for note in table.notes)


def test_how_the_run_ends_is_told_by_share_where_replications_differ():
    series = np.stack([level(d50_100=0), level(d50_60=0), level(d50_60=0), level()], axis=1)
    table = tables.losses_table(outcome({("output", MAKER): series}, random_world(), replications=4))
    assert table.column("ending")[1] == "recovered 50 %, starved 25 %, unhurt 25 %"


def test_licences_are_counted_by_authority_commodity_and_link():
    mofcom = {"country": "CN", "controls": "ore", "review": "10 days", "in_force": True, "source": "x"}
    data = world(licences={"mofcom": mofcom})
    table = tables.licences_table(outcome({("filed", LINK): level(usual=0, d10_20=2)}, data))
    assert table.column("link") == ["all", "all", LINK]
    assert [cell.mean for cell in table.column("filed")] == [20, 20, 20]
    assert tables.licences_table(outcome({})).rows == ()
    assert rendered(tables.licences_table(outcome({}))) == "licences: no rows\n"


def test_claims_stand_with_what_they_hang_on():
    says = {
        "says": "half",
        "measure": {"quantity": "output", "by": "drop"},
        "low": 0.0,
        "high": 1.0,
        "hangs_on": "cover",
        "source": "x",
    }
    table = tables.claims_table(outcome({("output", MAKER): level(d47_57=0)}, world(claims={"half": says})))
    assert table.column("verdict") == ["reproduced"] and table.column("hangs_on") == ["cover"]


def test_a_table_becomes_a_data_frame():
    frame = tables.losses_table(lost()).table()
    assert frame.set_index("place").loc[MAKER, "lost_days"] == 10


def test_the_hash_does_not_hang_on_the_order_of_keys():
    data = world()
    turned = {key: data[key] for key in reversed(data)} | {"commodities": dict(reversed(data["commodities"].items()))}
    first, second = outcome({}, data).scenario, outcome({}, turned).scenario
    assert provenance.scenario_hash(first) == provenance.scenario_hash(second)
    assert provenance.scenario_hash(first) != provenance.scenario_hash(
        outcome({}, data | {"horizon": "99 days"}).scenario
    )


def test_the_resolved_scenario_reads_back_as_itself():
    from sim.scenario.load import resolved
    from sim.scenario.reader import read_text
    from sim.scenario.scenario import Scenario

    scenario = outcome({}, random_world()).scenario
    again = Scenario.model_validate(read_text(resolved(scenario), "again.yaml").data)
    assert provenance.scenario_hash(again) == provenance.scenario_hash(scenario)


def test_numbers_count_under_the_source_they_stand_in():
    # Assumed: price of ore, capacity of the mine, duration of the ban. A yearbook and a price list
    # give: price, capacity, amount, cover, transit; demand, transit.
    assert assumptions.count_assumed(outcome({}).scenario) == (3, 10)


def test_a_link_with_its_own_source_counts_under_it():
    data = world()
    lane = {"transit": "7 days", "source": "assumed"}
    data["facilities"]["maker"]["buys"]["ore"]["from"]["mine_a"] = lane
    assert assumptions.count_assumed(outcome({}, data).scenario) == (4, 10)


def test_without_git_the_state_is_quietly_unknown(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    known = provenance.gather(outcome({}), folder=tmp_path)
    assert (known.commit, known.changed) == ("unknown", "unknown")


def test_provenance_in_a_line(known):
    assert known.line == "supplyshock 0.1.0, 1 replication, seed 7; 3 of 10 numbers are assumed, at least in part"
    assert known.command == "sim run x.yaml" and known.versions["numpy"] == np.__version__


@pytest.mark.parametrize("unit", ["kg", "t", "kt"])
def test_an_amount_is_told_in_the_unit_it_is_in_whatever_unit_the_file_counts_in(unit):
    text = template("ban").replace("magnet: {unit: t", f"magnet: {{unit: {unit}")
    losses = sim.run(loads(text)).table()
    (row,) = losses[losses["place"] == "users"].to_dict("records")
    assert (row["lost"], row["unit"]) == (pytest.approx(30 * 2500 / 365), "t")
