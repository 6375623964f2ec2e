"""Every shipped scenario loads without a warning, balances every day, and gives the numbers it gave before.

An episode is a scenario with an `observed` section: it is held against series, and need not have claims or responses.
"""

import json
import math
from pathlib import Path

import pytest
import scenarios_page

import sim
from sim.engine.size import most_memory
from sim.scenario.series import load_series
from sim.studies.run import prepare

HOME = Path(__file__).parent.parent
GOLDEN = Path(__file__).parent / "golden"
SCENARIOS = sorted((HOME / "scenarios").glob("*.yaml"))
OBSERVATIONS = sorted((HOME / "scenarios" / "observations").glob("*.yaml"))
EPISODES = [path for path in SCENARIOS if "\nobserved:\n" in path.read_text(encoding="utf-8")]
REPLICATIONS = 6
COLUMNS = ("place", "lost", "lost_days", "lost_share", "below_baseline", "impact_days", "recovery_days")


@pytest.fixture(scope="module", params=SCENARIOS, ids=lambda path: path.stem)
def shipped(request):
    scenario = sim.load(request.param)
    replications = min(REPLICATIONS, scenario.replications)
    return request.param, sim.run(scenario, replications=replications, audit=True)


def is_number(value):
    """Whether a cell holds something; a column without any number holds None."""
    return value is not None and (not isinstance(value, float) or math.isfinite(value))


def numbers(result):
    losses = result.table("losses")
    rows = [{c: v for c, v in row.items() if is_number(v)} for row in losses[list(COLUMNS)].to_dict("records")]
    judged = result.table("claims").to_dict("records")
    claims = {r["claim"]: r["figure"] for r in judged if is_number(r["figure"])}
    verdicts = {r["claim"]: r["verdict"] for r in judged}
    return {"losses": {row.pop("place"): row for row in rows}, "claims": claims, "verdicts": verdicts}


def shares(path):
    """What was seen, and the model's median before anything is fitted, in every period of every series."""
    rows = sim.observe(path, replications=REPLICATIONS).table("periods").to_dict("records")
    return {f"{row['observed']} {row['period']}, {what}": row[what] for row in rows for what in ("seen", "model")}


@pytest.mark.parametrize(
    "path", [*SCENARIOS, *sorted((HOME / "scenarios/networks").glob("*.yaml"))], ids=lambda p: p.stem
)
def test_a_shipped_file_tells_editors_its_schema(path):
    first = path.read_text(encoding="utf-8").splitlines()[0]
    assert first.startswith("# yaml-language-server: $schema=")
    assert (path.parent / first.split("=", 1)[1]).resolve() == HOME / "docs" / "scenario.schema.json"


def test_it_loads_without_a_warning_and_holds_its_claims_against_the_run(shipped):
    path, result = shipped
    assert sim.load(path, strict=True).warnings == ()
    claims = result.table("claims")
    assert len(claims) >= 1 or sim.load(path).observed
    assert {verdict.split(",")[0] for verdict in claims["verdict"]} <= {"reproduced", "not reproduced"}


def test_it_gives_the_numbers_it_gave_before(shipped, request):
    path, result = shipped
    golden = GOLDEN / f"{path.stem}.json"
    found = numbers(result)
    if request.config.getoption("--update-golden"):
        golden.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    known = json.loads(golden.read_text(encoding="utf-8"))
    assert found["losses"].keys() == known["losses"].keys()
    for place, row in known["losses"].items():
        assert found["losses"][place] == pytest.approx(row, rel=1e-9, abs=1e-9), place
    assert found["claims"] == pytest.approx(known["claims"], rel=1e-9, abs=1e-9)
    assert found["verdicts"] == known["verdicts"]


@pytest.mark.parametrize("path", EPISODES, ids=lambda path: path.stem)
def test_an_episode_gives_the_shares_it_gave_before(path, request):
    golden = GOLDEN / "observed" / path.name.replace(".yaml", ".json")
    found = shares(path)
    if request.config.getoption("--update-golden"):
        golden.parent.mkdir(exist_ok=True)
        golden.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    assert found == pytest.approx(json.loads(golden.read_text(encoding="utf-8")), rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("path", EPISODES, ids=lambda path: path.stem)
def test_an_episode_scores_what_it_was_not_fitted_to_and_says_what_it_misses(path):
    observed = sim.load(path).observed
    assert observed and all(entry.score is not None and entry.misses for entry in observed.values())
    fitted = {entry.series: entry.fit for entry in observed.values() if entry.fit}
    for entry in observed.values():
        assert entry.series not in fitted or not fitted[entry.series].meets(entry.score), entry.series


@pytest.mark.parametrize("path", OBSERVATIONS, ids=lambda path: path.stem)
def test_a_series_says_where_its_figures_come_from_and_how_they_were_derived(path):
    series = load_series(path)
    assert list(series.values) == sorted(series.values)
    bare = [name for name, one in series.values.items() if one.basis == "derived" and not (one.note or one.source)]
    assert series.source and (not bare or series.note), bare


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_the_quick_bound_on_memory_holds_and_is_near(path):
    work = prepare(sim.load(path), replications=7)
    assert work.memory <= most_memory(work.scenario, 7) <= 4 * work.memory


def test_the_page_of_scenarios_says_what_the_golden_tables_say(request):
    """`python tests/scenarios_page.py` writes it anew."""
    if request.config.getoption("--update-golden"):
        scenarios_page.PAGE.write_text(scenarios_page.page(), encoding="utf-8")
    assert scenarios_page.PAGE.read_text(encoding="utf-8") == scenarios_page.page()


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_every_scenario_has_a_response_worth_trying(path):
    scenario = sim.load(path)
    assert scenario.believe
    if path not in EPISODES:
        assert any(response.kind != "front_load" for response in scenario.responses.values())
        assert scenario.claims
