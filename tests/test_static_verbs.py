"""`sim network` and `sim content` in the shell: what they print, write and refuse."""

import json

import pytest
from click.testing import CliRunner
from test_content import MAGNETS, MOTORS, three_countries
from worlds import chain, variant

import sim
from sim.cli.main import verbs


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Call a verb on a scenario given as data; gives exit code, stdout and stderr."""
    monkeypatch.chdir(tmp_path)

    def call(verb, data, *options):
        (tmp_path / "w.yaml").write_text(json.dumps(data), "utf-8")
        done = CliRunner().invoke(verbs, [verb, "w.yaml", *options], prog_name="sim")
        return done.exit_code, done.stdout, done.stderr

    return call


def test_network_shows_concentration_dependence_and_survival(run):
    code, out, _ = run("network", chain((10, 20, 15)))
    assert code == 0
    for words in ("Where supply is concentrated: plants", "Who depends on whom", "How long a loss is survived"):
        assert words in out
    assert "exports stop" in out and "not shown: 4 links" in out


def test_content_shows_every_link_with_its_threshold_and_whether_it_is_caught(run):
    code, out, _ = run("content", three_countries("10 %"), "--json")
    rows = json.loads(out)["tables"]["content"]["rows"]
    assert code == 0
    assert {row["link"]: (row["caught"], row["threshold"]) for row in rows} == {
        MAGNETS: (True, 0.1),
        MOTORS: (False, 0.1),
    }
    assert rows[0]["from"] == "2025-02-20"
    assert rows[0]["path"] == "oxide_cn > magnets_jp: oxide"
    assert "licence" in run("content", three_countries("10 %"))[1]


def test_content_says_what_to_add_where_no_authority_reaches_abroad(run):
    code, out, _ = run("content", chain((10,)))
    assert code == 0
    assert "say which, and above what content, under `foreign_made`" in " ".join(out.split())


def test_content_asks_for_prices_of_an_authority_that_is_never_in_force_too(run):
    without = variant(three_countries(shocks={}), {"commodities.oxide.price": None})
    code, _, err = run("content", without)
    assert code == 2
    assert "commodities.oxide" in err and "say a price above 0" in err
    code, out, _ = run("content", three_countries(shocks={}), "--json")
    assert {row["rule"] for row in json.loads(out)["tables"]["content"]["rows"]} == {"never in force"}


@pytest.mark.parametrize("verb", ["network", "content"])
def test_tables_are_written_where_asked_and_nothing_is_replaced_unasked(run, tmp_path, verb):
    assert run(verb, three_countries())[0] == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["w.yaml"]
    code, out, _ = run(verb, three_countries(), "--out", "kept")
    assert code == 0 and "Written to kept" in out
    names = {path.name for path in (tmp_path / "kept").iterdir()}
    assert {"scenario.yaml", *({"survival.csv", "reach.json"} if verb == "network" else {"content.parquet"})} <= names
    assert run(verb, three_countries(), "--out", "kept")[0] == 4
    assert run(verb, three_countries(), "--out", "kept", "--overwrite")[0] == 0


@pytest.mark.parametrize("verb", ["network", "content"])
def test_a_bad_scenario_exits_with_2_and_writes_nothing(run, tmp_path, verb):
    code, _, err = run(verb, variant(chain((10,)), {"markets.users.from.mine": {"transit": "1 day"}}), "--out", "kept")
    assert code == 2 and "does not make" in err
    assert not (tmp_path / "kept").exists()


def test_the_verbs_have_their_namesakes_in_python(tmp_path):
    (tmp_path / "w.yaml").write_text(json.dumps(three_countries()), "utf-8")
    found = sim.content(tmp_path / "w.yaml", sets=("licences.office.foreign_made.content=1 %",))
    assert list(found.table()["caught"]) == [True, True]
    assert sim.network(tmp_path / "w.yaml").table("concentration")["top"].tolist() == [
        "magnets_jp",
        "motors_vn",
        "oxide_cn",
    ]
