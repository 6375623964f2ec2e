"""The what-if page's server: the answers are those of `sim run`, and nothing is given to who should not have it."""

import gc
import json
import re
import threading
from importlib.resources import files
from pathlib import Path

import pytest
from pages import HOSTILE, Client, certain_world, hostile_world, random_world

import sim
from sim.engine.recorder import Recorder
from sim.errors import TooLarge
from sim.scenario.load import load, loads
from sim.studies import swift
from sim.web import downloads
from sim.web.app import ASSETS, app_of
from sim.web.asking import question
from sim.web.desk import WAITING, Answers, Busy, Desk, Superseded, loss
from sim.web.downloads import DOWNLOADS
from sim.web.guard import LONGEST_QUERY, host_of
from sim.web.serve import is_loopback, names_of
from sim.web.worlds import worlds_of

HOME = Path(__file__).parent.parent
FAB = HOME / "scenarios" / "fab_30_days.yaml"
COVER = "k.shocks.stock_rule.cover"


def client_of(*scenarios, desk=None, hosts=(), any_address=False, **wishes):
    app = app_of(worlds_of(scenarios, **wishes)[0], desk or Desk(), hosts, any_address)
    return Client(app)


@pytest.fixture(scope="module")
def fab():
    return client_of(FAB, certain_world(), random_world())


def answered(client, path="/api/loss", **said):
    answer = client.get(path, params=said)
    assert answer.status_code == 200, answer.text
    return answer.json()


# What is answered


def test_more_stock_loses_less_and_changes_the_curve(fab):
    as_it_is, more = answered(fab), answered(fab, **{COVER: 60})
    assert more["loss"]["mean"] < 0.1 * as_it_is["loss"]["mean"]
    assert more["curve"]["middle"] != as_it_is["curve"]["middle"]
    assert more["curve"]["baseline"] == as_it_is["curve"]["baseline"]
    assert len(more["curve"]["middle"]) == 365


@pytest.mark.parametrize("days", [30, 45, 60.5])
def test_the_page_finds_what_a_run_finds(fab, days):
    place = "fab_tw: wafer"
    found = answered(fab, **{COVER: days, "place": place})["loss"]["mean"]
    table = sim.run(sim.load(FAB).change("shocks.stock_rule.cover", f"{days} days")).table()
    assert found == pytest.approx(float(table.set_index("place").lost[place]), rel=1e-5)


def test_an_address_gives_the_same_answer_on_another_server(fab):
    said = {"s": "A_rule", "k.licences.office.approval": 60, "place": "all sales"}
    assert answered(fab, **said) == answered(client_of(FAB, random_world()), **said)


def test_what_is_not_random_is_run_once_and_what_is_in_two_steps(fab):
    certain, first, whole = answered(fab), answered(fab, s="A_rule"), answered(fab, s="A_rule", n="all")
    assert (certain["replications"], certain["all"], certain["is_random"]) == (1, 1, False)
    assert (first["replications"], whole["replications"], whole["all"]) == (40, 200, 200)
    assert whole["loss"]["low"] < whole["loss"]["mean"] < whole["loss"]["high"]
    assert "nothing is random" in certain["says"] and "40 of 200 replications" in first["says"]


@pytest.mark.parametrize("name", ["guangdong_capacity", "nexperia_export_stop", "three_controls"])
def test_other_shipped_scenarios_are_answered_too(name):
    client = client_of(HOME / "scenarios" / f"{name}.yaml", replications=2)
    found = answered(client)
    assert found["loss"]["mean"] > 0 and found["place"] == answered(client, "/api/scenario")["place"]
    assert answered(client, "/api/causes", place=found["place"]).keys() >= {"constraints"}


def test_a_slider_may_bring_luck_into_a_world_without_any(fab):
    assert answered(fab, **{"k.licences.mofcom.approval": 25})["is_random"]


def test_causes_tell_which_shock_and_which_constraint(fab):
    found = answered(fab, "/api/causes", place="fab_tw: wafer")
    assert {row[0] for row in found["shocks"]["rows"]} == {"licences_stop", "stock_rule", "all"}
    assert "input" in {row[0] for row in found["constraints"]["rows"]}


def test_the_network_shows_who_loses_and_what_is_hit(fab):
    network = answered(fab)["network"]
    nodes = {node["name"]: node for node in network["nodes"]}
    assert nodes["oxides_cn"]["lost"] > 0.2 and nodes["oxides_cn"]["hit"] and not nodes["phones"]["hit"]
    assert {link["from"] for link in network["links"]} <= set(nodes)
    places = [(node["stage"], node["row"]) for node in network["nodes"]]
    assert len(set(places)) == len(places)


def test_the_scenario_taken_away_gives_the_same_loss_to_a_run(fab):
    said = {"s": "A_rule", "k.licences.office.approval": 60, "place": "users"}
    text = fab.get("/api/download/scenario", params=said).text
    shown = answered(fab, **said, n="all")["loss"]
    table = sim.run(loads(text)).table().set_index("place")
    assert shown["mean"] == pytest.approx(float(table.lost["users"]), rel=1e-5)


def test_the_table_taken_away_is_that_of_the_setting(fab):
    found = fab.get("/api/download/losses", params={COVER: 60})
    assert found.headers["content-disposition"] == 'attachment; filename="fab_30_days_losses.csv"'
    rows = {line.split(",")[0]: line.split(",") for line in found.text.splitlines()}
    assert float(rows["fab_elsewhere: wafer"][4]) == pytest.approx(answered(fab, **{COVER: 60})["loss"]["mean"], 1e-5)


def test_the_report_taken_away_is_that_of_the_setting(fab):
    found = fab.get("/api/download/report", params={COVER: 60})
    assert found.headers["content-disposition"] == 'attachment; filename="fab_30_days_report.html"'
    as_it_is, more = fab.get("/api/download/report").text, found.text
    assert "cover: 60 days" in more and "cover: 60 days" not in as_it_is
    answers = [re.search(r'<p class="answer">(.*?)</p>', text, re.DOTALL)[1] for text in (as_it_is, more)]
    assert answers[0] != answers[1]
    assert len(found.content) < 2_000_000 and "<script src" not in more and str(HOME) not in more


def test_a_report_that_takes_too_long_or_is_too_large_is_refused_in_words(monkeypatch):
    late = client_of(certain_world(), desk=Desk(seconds=-1.0)).get("/api/download/report")
    assert late.status_code == 422 and "no answer within" in late.text
    monkeypatch.setattr(downloads, "LARGEST", 1_000)
    large = client_of(certain_world()).get("/api/download/report")
    assert large.status_code == 422 and "use `sim report`" in large.text


def test_a_report_is_given_up_while_its_causes_are_told():
    """The clock is looked at between the cases of its causes too, not only before it begins."""
    looks = []

    def still_wanted():
        looks.append(1)
        if len(looks) > 4:
            raise TooLarge("late")

    asked = question(worlds_of([FAB])[0], {"s": "fab_30_days"})
    with pytest.raises(TooLarge):
        downloads.written(asked, "report", still_wanted)


def test_what_is_taken_away_tells_where_it_comes_from(fab):
    found = fab.get("/api/download/provenance", params={COVER: 60}).json()
    assert found["version"] == sim.__version__ and "60 days" in found["resolved"] and str(HOME) not in json.dumps(found)


# What is wrong with a setting is said in the words of the file


@pytest.mark.parametrize(
    ("knob", "value", "says"),
    [
        (COVER, "-5", "is negative"),
        (COVER, "999999", "longer than"),
        (COVER, "nan", "is no number"),
        (COVER, "1e999", "no number that can be set"),
        (COVER, "[1]", "is no number"),
        ("k.licences.mofcom.approval", "120", "between 0 and 1"),
        ("k.responses.capacity_abroad.active", "0.5", "a switch is off"),
        ("k.shocks.stock_rule.effective", "1e11", "outside the calendar"),
    ],
)
def test_a_setting_that_cannot_be_is_answered_with_the_reason(fab, knob, value, says):
    (problem,) = answered(fab, **{knob: value})["problems"]
    assert says in problem["says"]


def test_what_takes_too_long_is_refused_with_the_number(monkeypatch):
    monkeypatch.setattr(swift, "ONE_DAYS", 100)
    (problem,) = answered(client_of(certain_world()))["problems"]
    assert "facility-days" in problem["says"]
    (late,) = answered(client_of(certain_world(), desk=Desk(seconds=-1.0)))["problems"]
    assert "no answer within" in late["says"]


def test_fewer_replications_than_asked_for_are_owned_up_to(monkeypatch):
    client = client_of(random_world(), replications=500)
    monkeypatch.setattr(swift, "ALL_DAYS", 60_000)
    found = answered(client, n="all")
    assert found["replications"] == found["all"] < 500 and "of its 500 replications" in found["says"]


# What is not there, and who is not answered


@pytest.mark.parametrize(
    "query",
    [
        "s=nope",
        "s=../../etc/passwd",
        "k.nope=1",
        "k.=1",
        "place=nope",
        "x=1",
        "turn=-1",
        "page=%2e",
        f"{COVER}=1&{COVER}=2",
    ],
)
def test_an_address_that_names_what_is_not_there_is_not_found(fab, query):
    answer = fab.get(f"/api/loss?{query}")
    assert answer.status_code == 404 and answer.json()["error"]


@pytest.mark.parametrize(
    "path", ["/nope", "/../app.py", "/%2e%2e/app.py", "/assets/page.js", "/page.js/..%2f..%2fapp.py", "/api/download/x"]
)
def test_no_file_but_those_of_the_page_is_ever_given(fab, path):
    assert fab.get(path).status_code == 404


@pytest.mark.parametrize(
    ("host", "known"),
    [
        ("127.0.0.1:8000", True),
        ("localhost", True),
        ("LOCALHOST:1", True),
        ("[::1]:8000", True),
        ("evil.example", False),
        ("localhost.evil.example:8000", False),
        ("10.0.0.7:8000", False),
        ("", False),
    ],
)
def test_the_server_answers_to_its_own_names_only(fab, host, known):
    assert fab.get("/", headers={"host": host}).status_code == (200 if known else 400)


def test_reached_from_outside_it_answers_to_addresses_and_to_the_name_it_was_given():
    client = client_of(certain_world(), hosts=["box.example"], any_address=True)
    found = {
        host: client.get("/", headers={"host": host}).status_code for host in ("box.example", "10.0.0.7", "x.example")
    }
    assert found == {"box.example": 200, "10.0.0.7": 200, "x.example": 400}
    assert not is_loopback("0.0.0.0") and is_loopback("127.0.0.2") and "[::]" in names_of("::")
    assert [host_of(header) for header in ("a:1", "[::1]:1", "[::1]", "a")] == ["a", "[::1]", "[::1]", "a"]


def test_other_sites_bodies_and_long_addresses_are_refused(fab):
    assert fab.get("/api/loss", headers={"sec-fetch-site": "cross-site"}).status_code == 403
    assert fab.get("/", headers={"sec-fetch-site": "cross-site"}).status_code == 200
    assert fab.get("/api/loss", headers={"sec-fetch-site": "same-origin"}).status_code == 200
    assert fab.request("POST", "/api/loss", content=b"x").status_code == 405
    assert fab.request("GET", "/api/loss", content=b"x").status_code == 413
    assert fab.get("/api/loss", params={"x": "y" * LONGEST_QUERY}).status_code == 414


@pytest.mark.parametrize("path", ["/", "/page.js", "/api/scenarios", "/api/loss?s=nope", "/nope"])
def test_every_answer_has_the_headers_that_keep_it_inert(fab, path):
    headers = fab.get(path).headers
    assert headers["content-security-policy"].startswith("default-src 'self'; ")
    assert "unsafe" not in headers["content-security-policy"]
    assert (headers["x-content-type-options"], headers["referrer-policy"]) == ("nosniff", "no-referrer")
    assert "access-control-allow-origin" not in headers


def test_hostile_names_stay_text():
    client = client_of(hostile_world())
    (listed,) = answered(client, "/api/scenarios")
    assert re.fullmatch("[A-Za-z0-9_-]+", listed["key"]) and HOSTILE in listed["title"]
    assert client.get("/api/scenario").headers["content-type"] == "application/json"
    assert any(HOSTILE in row[0] for row in answered(client, place=f"{HOSTILE}: good_1")["table"]["rows"])


# Who waits


def test_the_latest_question_of_a_page_is_answered_and_earlier_ones_are_given_up():
    world = worlds_of([certain_world()])[0]
    desk, begun, go = Desk(), threading.Event(), threading.Event()

    def slow(asked, still_wanted):
        begun.set()
        go.wait(10)
        still_wanted()
        return {}

    early = desk.ask(question(world, {"page": "a", "turn": "1"}), slow)
    begun.wait(10)
    late = desk.ask(question(world, {"page": "a", "turn": "2"}), loss)
    other = desk.ask(question(world, {"page": "b", "turn": "1"}), loss)
    go.set()
    with pytest.raises(Superseded):
        early.result(30)
    assert late.result(30) and other.result(30)
    assert desk.ask(question(world, {"page": "a", "turn": "1", "place": "users"}), loss).exception(30)
    desk.close()


def test_what_is_kept_is_bounded_in_bytes_and_the_oldest_goes_first():
    kept, one = Answers(10_000), {"text": "x" * 3_000}
    for name in ("a", "b", "c"):
        kept.keep((name,), one)
    assert kept.get(("a",)) == one
    kept.keep(("d",), one)
    assert [kept.get((name,)) is not None for name in "abcd"] == [True, False, True, True]
    kept.keep(("large",), {"text": "x" * 20_000})
    assert kept.get(("large",)) is None and kept.get(("d",)) == one
    assert 9_000 < kept.bytes <= kept.most
    for _ in range(5):
        kept.keep(("d",), one)
    assert kept.bytes < 10_000 and kept.get(("a",)) == one


def test_an_answer_kept_is_given_again_and_one_let_go_is_worked_out_anew():
    asked, done = question(worlds_of([certain_world()])[0], {}), []

    def work(asked, still_wanted):
        done.append(1)
        return {"text": "x" * 1_000}

    for most, times in ((10_000, 1), (100, 2)):
        desk = Desk(kept=most)
        done.clear()
        answers = [desk.ask(asked, work).result(30) for _ in range(2)]
        assert answers[0] == answers[1] and len(done) == times
        desk.close()


def test_an_answer_leaves_no_history_behind():
    """Histories wait for nobody to sweep up: a folder of large scenarios filled gigabytes with them."""
    asked = question(worlds_of([random_world()], replications=200)[0], {"n": "all"})
    loss(asked, lambda: None)
    gc.collect()
    gc.disable()
    try:
        loss(asked, lambda: None)
        recorders = [held for held in gc.get_objects() if isinstance(held, Recorder)]
    finally:
        gc.enable()
    assert recorders == []


def test_a_crowd_is_turned_away():
    worlds, desk, go = worlds_of([certain_world()])[0], Desk(), threading.Event()
    asked = question(worlds, {})
    waiting = [desk.ask(asked, lambda asked, still_wanted: {"done": go.wait(30)}) for _ in range(WAITING)]
    with pytest.raises(Busy):
        desk.ask(asked, loss)
    assert Client(app_of(worlds, desk)).get("/api/loss").status_code == 503
    go.set()
    assert all(future.result(30) for future in waiting)
    desk.close()


# The files of the page


def test_every_file_of_the_page_is_served_and_goes_into_the_wheel(fab):
    there = {path.name for path in files("sim.web").joinpath("assets").iterdir()}
    assert there == {*ASSETS, "index.html"}
    assert all(fab.get(f"/{name}").status_code == 200 for name in ASSETS)
    assert "sim.web = assets/*" in (HOME / "setup.cfg").read_text("utf-8")


def test_the_page_asks_nobody_else_and_holds_no_code_in_its_markup():
    for path in files("sim.web").joinpath("assets").iterdir():
        text = path.read_text("utf-8").replace("http://www.w3.org/2000/svg", "")
        assert not re.search(r"https?:|//[a-z]+\.|innerHTML|outerHTML|insertAdjacent|document\.write|eval\(", text), (
            path
        )
        assert len(text.splitlines()) <= 250
    markup = files("sim.web").joinpath("assets", "index.html").read_text("utf-8")
    assert not re.search(r"<script(?![^>]* src=)|<style|\sstyle=|\son[a-z]+=", markup)


def test_every_way_to_take_it_away_is_offered(fab):
    assert [one["kind"] for one in answered(fab, "/api/scenario")["downloads"]] == list(DOWNLOADS)


def test_a_scenario_read_from_a_file_is_not_named_by_its_path(fab):
    assert (
        str(HOME) not in json.dumps(answered(fab, "/api/scenario"))
        and load(FAB).title in answered(fab, "/api/scenario")["title"]
    )
