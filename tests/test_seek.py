"""The least that does it: worlds whose answer is known by hand, searches that never end well, and how it is told."""

import json
import math
from pathlib import Path

import numpy as np
import pandas
import pytest
from click.testing import CliRunner
from worlds import chain, closure, outage

import sim
from sim.cli.main import verbs
from sim.errors import OutputError, ScenarioError
from sim.results import verdicts
from sim.results.condition import Condition
from sim.results.readings import Reading
from sim.results.seek_table import ANSWER, BEFORE, MIXED, Answer, Trial, verified
from sim.results.verdicts import Range, Verdict, bet, enough, student, taken_over, verdict_of
from sim.scenario.load import loads
from sim.studies import rounds
from sim.studies.levers import Lever
from sim.studies.search import cheapest, cost_of, edge_of, least, nearby

COVER = "facilities.plant_2.buys.good_1.cover"
FIRST, SECOND = "facilities.plant_1.buys.good_0.cover", "facilities.plant_2.buys.good_1.cover"
DAYS = 300


def banned(length, cover=10, **more):
    """mine > plant_1 > plant_2 > users; plant_2 is cut off for so many days, of which its cover is not felt."""
    data = chain((0, cover), [2, 7, 1], shocks={"ban": closure(50, length, buyer="plant_2")}, days=DAYS, **more)
    return loads(json.dumps(data))


def serial(length=60):
    """The mine is out for so many days, of which both covers are not felt."""
    return loads(json.dumps(chain((0, 0), shocks={"fire": outage("mine", 50, length)}, days=DAYS)))


def uncertain(replications, mean=40, sd=20):
    """The ban lasts as long as luck will have it."""
    spread = {"distribution": "gamma", "mean": f"{mean} days", "sd": f"{sd} days", "source": "test"}
    return banned(60, uncertain={"shocks.ban.duration": spread}, replications=replications)


def sought(scenario, until, vary=None, **more):
    return sim.seek(scenario, vary or {COVER: "10:90:1 days"}, until, **{"seed": 1, **more})


def days_in(answer, path=COVER):
    return None if answer is None else float(answer[path].split()[0])


def said(*words):
    """What a command prints, and its exit code."""
    done = CliRunner().invoke(verbs, list(words))
    return done.exit_code, done.output


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    data = chain((0, 10), [2, 7, 1], shocks={"ban": closure(50, 60, buyer="plant_2")}, days=DAYS)
    (tmp_path / "w.yaml").write_text(json.dumps(data), encoding="utf-8")
    return tmp_path


# One lever, to the day


@pytest.mark.parametrize("length", [60, 37])
@pytest.mark.parametrize(
    ("until", "more"),
    [("loss_days.users < 10 days", 1), ("loss_days.users <= 10 days", 0), ("output_loss.users < 10 days", 1)],
)
def test_the_least_cover_is_what_the_closed_form_says(length, until, more):
    """A ban of D days costs max(0, D - s) days: below 10 from D - 9 on, at most 10 from D - 10 on."""
    found = sought(banned(length), until)
    assert days_in(found.answer) == length - 10 + more
    (before,) = found.result.before
    assert before.at[0] == length - 11 + more and not before.verdict.holds


@pytest.mark.parametrize(
    ("until", "cover"),
    [
        ("output_loss.users < 5 %", 46),  # of 300 days, 15 days
        ("output_loss.users <= 5 %", 45),
        ("loss_share.users <= 0.05", 45),
        ("output_loss.users < 1000 t", 51),  # of 100 t a day
        ("output_loss.users <= 1 kt", 50),
        ("output_loss.users <= 2 weeks", 46),
        ("fill_rate.users > 95 %", 46),
        ("fill_rate.users >= 95 %", 45),
        ("lost_demand.users < 1000 t", 51),
        ("recovery_time.users <= 0 days", 60),  # never below: there is nothing to recover from
        ("time_to_impact.users > 60 days", 53),  # the first day without, 7 at sea and 1 on the way to users after
    ],
)
def test_the_unit_of_the_limit_chooses_the_measure(until, cover):
    assert days_in(sought(banned(60), until).answer) == cover


def test_what_is_on_the_limit_but_for_rounding_is_on_it():
    below, _ = times([], "<", 0.3)
    most, _ = times([], "<=", 0.3)
    assert not below.met_by(0.3 - 1e-13) and most.met_by(0.1 + 0.2)
    assert below.met_by(0.299) and not most.met_by(0.301)


def test_the_step_is_the_resolution_and_one_is_chosen_where_none_is_said():
    assert days_in(sought(banned(60), "loss_days.users < 10 days", {COVER: "10:90:4 days"}).answer) == 54
    found = sought(banned(60), "loss_days.users < 10 days", {COVER: "10:90 days"})
    assert days_in(found.answer) == 51 and found.quest.levers[0].step == "1 days"


def test_moves_count_from_what_the_scenario_states_unless_an_end_is_preferred():
    stated = banned(60, cover=70)
    assert days_in(sought(stated, "loss_days.users < 10 days").answer) == 70, "it holds as it is"
    assert days_in(sought(stated, "loss_days.users < 10 days", prefer="low").answer) == 51
    assert days_in(sought(stated, "loss_days.users > 20 days", prefer="high").answer) == 39
    assert days_in(sought(stated, "loss_days.users > 20 days").answer) == 39, "the smallest move is downwards"
    assert "as the scenario states it" in sought(stated, "loss_days.users < 10 days").sentences[0]
    odd = sought(banned(60, cover=33), "loss_days.users >= 27 days", {COVER: "10:90:20 days"})
    assert days_in(odd.answer) == 33, "what is stated between two levels becomes one"


def test_where_it_never_holds_there_is_no_answer_and_the_nearest_is_told():
    found = sought(banned(60), "loss_days.users < 10 days", {COVER: "10:40:1 days"})
    assert found.answer is None
    assert "holds nowhere" in found.sentences[0]
    assert f"{COVER} = 40 days, with 20.0 days" in found.sentences[1]


def test_where_it_holds_everywhere_the_answer_is_what_costs_nothing():
    found = sought(banned(60), "loss_days.users < 90 days", prefer="low")
    assert days_in(found.answer) == 10 and not found.result.before
    assert len(found.result.trials) == 17, "one look at the range is enough"


# More is not always better


def asking(holds, tried):
    """A world in which the condition holds at these spots."""
    known = {}

    def ask(spots):
        tried.append(len(spots))
        for spot in spots:
            good = holds(*spot)
            known[spot] = Verdict(1, 0.0, math.nan, math.nan, 0.0, good, -1.0 if good else 1.0)
        return known

    return ask


def lever(count, origin=0, price=None, path="x"):
    return Lever(path, tuple(f"{i} days" for i in range(count)), origin, price=price)


@pytest.mark.parametrize("count", [2, 17, 18, 100, 1000])
def test_an_edge_anywhere_is_found_in_a_few_rounds(count):
    for edge in {1, count // 3 or 1, count - 1}:
        tried = []
        found = least(lever(count), asking(lambda level, edge=edge: level >= edge, tried))
        assert (found.line[found.first], found.line[found.before]) == (edge, edge - 1)
        assert len(tried) <= 3


def test_a_level_from_which_it_holds_at_all_beyond_is_preferred_to_one_before_which_it_fails_again():
    holds = [False, True, True, False, False, True, True]
    edge = edge_of(range(7), dict(enumerate(holds)))
    assert (edge.before, edge.first, edge.is_firm) == (4, 5, True)


def test_where_it_fails_at_the_far_end_the_first_stretch_is_taken():
    holds = [False, True, True, False, True, False]
    edge = edge_of(range(6), dict(enumerate(holds)))
    assert (edge.before, edge.first, edge.is_firm) == (0, 1, False)


def test_an_answer_that_fails_again_further_on_says_so():
    """A choice whose order says nothing: only the lane into plant_1 may be shut without a loss."""
    data = chain((70, 5), [2, 7, 1], shocks={"ban": closure(50, 60, buyer="plant_2")}, days=DAYS)
    vary = {"shocks.ban.links.buyer": "plant_2,plant_1,users"}
    found = sought(loads(json.dumps(data)), "loss_days.users < 10 days", vary)
    assert found.answer == {"shocks.ban.links.buyer": "plant_1"}
    assert "It fails again at users." in found.sentences and MIXED in found.sentences


def told_of(missing, answer):
    """What is told of levels 0, 1, 2, … of a lever, each so far from holding, with this answer."""
    condition, _ = times([])
    trials = []
    for level, far in enumerate(missing):
        verdict = Verdict(1, 0.05 + far, math.nan, math.nan, 0.05 + far, far < 0, far)
        role = {answer: ANSWER, answer - 1: BEFORE}.get(level, "")
        trials.append(Trial(1, (f"{level} days",), (float(level),), float(level), verdict, role))
    return verified(Answer(condition, 0.95, ("x",), tuple(trials), False, ""))


def test_an_answer_below_which_it_holds_too_says_so():
    said = told_of([0.05, -0.02, 0.04, 0.01, -0.02, -0.03], 4)
    assert "It holds at 1 days too, but not at all levels between." in said and MIXED in said
    assert "At 3 days it is 6.00 %, and fails." in said


def test_where_more_is_better_nothing_is_said_of_it():
    assert MIXED not in told_of([0.05, 0.04, 0.01, -0.02, -0.03], 3)


# Luck


def times(values, relation="<", limit=0.05, metric="loss_share", unit="share"):
    return Condition("said", Reading(metric, "users", unit), relation, limit), np.asarray(values, float)


SPAN = Range(1.0, 250.0)


def test_student_is_the_bound_where_losses_are_many():
    condition, values = times(np.linspace(0.01, 0.06, 50))
    verdict = verdict_of(condition, values, 50, 0.95, True, SPAN)
    mean, error = values.mean(), values.std(ddof=1) / np.sqrt(50)
    assert verdict.bound == pytest.approx(mean + 1.676550893 * error), "the 95 % quantile of t with 49 degrees"
    assert verdict.is_students and verdict.holds
    above, _ = times(values, ">")
    assert student(above, values, 0.95) == pytest.approx(mean - 1.676550893 * error)


@pytest.mark.parametrize(("n", "holds"), [(50, False), (200, True)])
def test_no_loss_in_few_replications_does_not_show_that_the_mean_is_small(n, holds):
    condition, values = times(np.zeros(n))
    verdict = verdict_of(condition, values, n, 0.95, True, SPAN)
    assert verdict.holds == holds and verdict.note == verdicts.FEW
    assert verdict_of(condition, values, n, 0.95, False, SPAN).holds, "without luck one would do"


def test_as_many_replications_as_are_told_are_enough_and_one_less_is_not():
    condition, _ = times([0.0])
    n = enough(0.05, 1.0, 0.95)
    assert bet(condition, np.zeros(n), 0.95, 1.0) <= 0.05 + 1e-9
    assert bet(condition, np.zeros(n - 3), 0.95, 1.0) > 0.05


@pytest.mark.parametrize("chance", [0.02, 0.05, 0.2])
def test_the_bound_for_few_losses_covers_where_students_does_not(chance):
    """40 replications of which few lose all: the true mean is the chance."""
    condition, _ = times([0.0])
    luck = np.random.default_rng(7)
    samples = (luck.random((1500, 40)) < chance).astype(float)
    covered = np.mean([bet(condition, one, 0.95, 1.0) >= chance for one in samples])
    assert covered >= 0.95
    if chance < 0.1:
        assert np.mean([student(condition, one, 0.95) >= chance for one in samples]) < 0.9


def test_what_is_better_in_every_replication_takes_over_the_bound_of_what_is_worse():
    condition, worse = times([*np.zeros(170), *np.full(30, 0.1)])
    better, other = np.where(np.arange(200) < 190, 0.0, 0.1), np.where(np.arange(200) < 190, 0.0, 0.2)
    values = [worse, better, other]
    own = [verdict_of(condition, v, 200, 0.95, True, SPAN) for v in values]
    taken = taken_over(condition, own, values)
    assert own[1].bound > own[0].bound
    assert taken[1].bound == own[0].bound and taken[1].note == verdicts.TAKEN
    assert taken[2] == own[2], "it is worse in ten of them"


def test_a_time_that_never_is_due_meets_a_condition_and_one_that_never_ends_does_not():
    calm, _ = times([0], "<", 60.0, "recovery_time", "days")
    assert verdict_of(calm, np.array([np.nan]), 1, 0.95, False, SPAN).holds
    assert not verdict_of(calm, np.array([np.inf]), 1, 0.95, False, SPAN).holds
    late, _ = times([0], ">", 60.0, "time_to_impact", "days")
    verdict = verdict_of(late, np.array([np.nan]), 1, 0.95, False, SPAN)
    assert verdict.holds and verdict.bound == SPAN.end, "it counts as the rest of the run, not as endless"


def test_a_point_that_could_not_be_run_in_every_replication_does_not_hold():
    condition, values = times(np.zeros(199))
    verdict = verdict_of(condition, values, 200, 0.95, True, SPAN)
    assert not verdict.holds and "1 of 200" in verdict.note


def test_more_confidence_asks_for_more_stock():
    covers = [days_in(sought(uncertain(200), "output_loss.users < 2 %", confidence=c).answer) for c in (50, 95, 99.9)]
    assert covers == sorted(covers) and covers[0] < covers[2]
    found = sought(uncertain(200), "output_loss.users < 2 %")
    verdict = found.result.found.verdict
    assert verdict.mean < verdict.bound < 0.02 <= found.result.before[0].verdict.bound
    assert "at most" in found.sentences[1] and "95 % confidence" in found.sentences[1]


def test_too_few_replications_are_told_with_how_many_would_do():
    found = sought(uncertain(30, 20, 5), "output_loss.users < 1 %", {COVER: "10:90:20 days"})
    assert found.answer is None
    assert f"{enough(0.01, 1.0, 0.95):,} (--replications)" in found.sentences[-1]


def test_one_replication_of_a_random_world_is_refused():
    with pytest.raises(ScenarioError, match="one replication says nothing"):
        sought(uncertain(1), "output_loss.users < 2 %")


# Several levers


BOTH = {FIRST: "0:60:1 days", SECOND: "0:60:1 days"}


@pytest.mark.parametrize(
    ("first", "second", "answer"), [(1, 3, (51, 0)), (3, 1, (0, 51)), (10, 9, (0, 51)), (9, 10, (51, 0))]
)
def test_two_stocks_in_series_add_up_so_the_cheaper_is_raised(first, second, answer):
    cost = {FIRST: f"{first} USD", SECOND: f"{second} USD"}
    found = sought(serial(), "loss_days.users < 10 days", BOTH, cost=cost)
    assert (days_in(found.answer, FIRST), days_in(found.answer, SECOND)) == answer
    assert found.result.found.cost == 51 * min(first, second)
    assert "USD" in found.sentences[-1]


def test_a_lever_at_its_end_leaves_the_rest_to_the_dearer_one():
    ranges = {FIRST: "0:20:1 days", SECOND: "0:60:1 days"}
    found = sought(serial(), "loss_days.users <= 10 days", ranges, cost=[f"{FIRST}=1", f"{SECOND}=3"])
    assert (days_in(found.answer, FIRST), days_in(found.answer, SECOND)) == (20, 30)


def test_without_prices_moves_count_as_shares_of_their_ranges():
    ranges = {FIRST: "0:100:1 days", SECOND: "0:60:1 days"}
    found = sought(serial(), "loss_days.users <= 10 days", ranges)
    assert (days_in(found.answer, FIRST), days_in(found.answer, SECOND)) == (50, 0)
    assert any("share of the range" in note for note in found.tables["seek"].notes)


def test_several_levers_that_cannot_do_it_say_so():
    found = sought(serial(), "loss_days.users < 10 days", {FIRST: "0:20:1 days", SECOND: "0:20:1 days"}, rounds=1)
    assert found.answer is None and "holds nowhere" in found.sentences[0]


class Nobody:
    """Proposes nothing."""

    def propose(self, count):
        return []

    def learn(self, spots, costs, known):
        pass


def test_steps_around_the_best_alone_find_the_cheapest_of_three_levers_that_add_up():
    levers = [lever(41, price=p, path=p_name) for p, p_name in ((5, "a"), (2, "b"), (3, "c"))]
    spot = cheapest(levers, asking(lambda *levels: sum(levels) >= 57, []), Nobody(), 1, 32)
    assert spot == (0, 40, 17)


def test_no_step_around_a_spot_costs_more_than_it():
    levers = [lever(41, origin=20, price=5, path="a"), lever(30, price=2, path="b")]
    around = set(nearby(levers, (10, 12), 4))
    assert around and all(cost_of(levers, spot) < cost_of(levers, (10, 12)) for spot in around)


# Kept, and gone on with


def test_a_search_that_was_stopped_goes_on_as_if_it_had_not_been(tmp_path, monkeypatch):
    whole = sought(serial(), "loss_days.users < 10 days", BOTH, rounds=2)
    conduct, count = rounds.conduct, []

    def stopping(study, *more):
        count.append(study.points.count)
        if len(count) == 4:
            raise KeyboardInterrupt
        return conduct(study, *more)

    monkeypatch.setattr(rounds, "conduct", stopping)
    with pytest.raises(KeyboardInterrupt):
        sought(serial(), "loss_days.users < 10 days", BOTH, rounds=2, folder=tmp_path / "kept")
    assert len(list((tmp_path / "kept").glob("round_*"))) == 3
    found = sought(serial(), "loss_days.users < 10 days", BOTH, rounds=2, folder=tmp_path / "kept")
    assert found.table().equals(whole.table()) and found.answer == whole.answer


def test_a_search_that_is_done_runs_nothing_again(tmp_path, monkeypatch):
    first = sought(banned(60), "loss_days.users < 10 days", folder=tmp_path / "kept")
    monkeypatch.setattr("sim.studies.workers.live", lambda *_: pytest.fail("a block was lived through again"))
    again = sought(banned(60), "loss_days.users < 10 days", folder=tmp_path / "kept")
    assert again.table().equals(first.table())


def test_another_search_in_the_folder_is_refused_unless_it_may_be_lost(tmp_path):
    kept = tmp_path / "kept"
    sought(serial(), "loss_days.users < 10 days", BOTH, rounds=1, folder=kept)
    with pytest.raises(OutputError, match="differs in condition"):
        sought(serial(), "loss_days.users < 20 days", BOTH, rounds=1, folder=kept)
    found = sought(serial(), "loss_days.users < 20 days", BOTH, rounds=1, folder=kept, overwrite=True)
    assert len(list(kept.glob("round_*"))) == len(found.rounds), "none of the earlier search is left"
    (kept / "round_02" / "thesis.txt").write_text("mine")
    with pytest.raises(OutputError, match="no study wrote"):
        sought(banned(60), "loss_days.users < 10 days", folder=kept, overwrite=True)
    assert (kept / "round_02" / "thesis.txt").read_text() == "mine"


def test_a_folder_of_something_else_is_left_alone(tmp_path):
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(OutputError, match="no search wrote"):
        sought(banned(60), "loss_days.users < 10 days", folder=tmp_path, overwrite=True)


@pytest.mark.parametrize("workers", [1, None])
def test_who_works_does_not_change_the_answer(workers):
    found = sought(uncertain(50), "loss_days.users < 15 days", workers=workers)
    assert found.table().equals(sought(uncertain(50), "loss_days.users < 15 days").table())


# What is wrong


@pytest.mark.parametrize(
    ("until", "says"),
    [
        ("output_loss.user < 5 %", "Did you mean 'users'"),
        ("outputloss.users < 5 %", "Did you mean 'output_loss'"),
        ("output_loss < 5 %", "of which place"),
        ("output_loss.users 5 %", "one of <, <=, >, >="),
        ("output_loss.users = 5 %", "one of <, <=, >, >="),
        ("output_loss.users < few", "'few' is no value"),
        ("output_loss.users < 5", "has no unit"),
        ("output_loss.users < 5 car", "is in t, and 'car' is not"),
        ("output_loss.users < 5 USD", "has no price"),
        ("output_loss.users < 3 months", "months differ in length"),
        ("loss_share.users < 30 days", "use output_loss.users with days or units"),
        ("recovery_time.users < 5 %", "is no time"),
        ("fill_rate.users > 95", "did you mean '95 %'"),
        ("fill_rate.plant_2 > 95 %", "no market 'plant_2'"),
        ("output_loss.users < 1e300 t", "too large"),
    ],
)
def test_a_bad_condition_says_what_would_do(until, says):
    with pytest.raises(ScenarioError, match=f"(?s)--until.*{says.replace('(', '.')}"):
        sought(banned(60), until)


@pytest.mark.parametrize(
    ("vary", "more", "says"),
    [
        ({}, {}, "nothing to move"),
        ([f"{COVER}"], {}, "10:90:1 days"),
        ([f"{COVER}=10 days"], {}, "no two different levels"),
        ([f"{COVER}=10:10 days"], {}, "moves nothing"),
        ([f"{COVER}=10:90:1 kg"], {}, "kg"),
        (["seed=1:10:1"], {}, "use --seed"),
        ([f"{COVER}=1:9:1 days", f"{COVER}=1:9:1 days"], {}, "said twice"),
        ([f"{FIRST}=0:9:1 days", f"{SECOND}=0:9:1 days"], {"cost": [f"{FIRST}=3"]}, "has no price"),
        ([f"{COVER}=0:9:1 days"], {"cost": ["cover=3"]}, "name a path of --vary"),
        ([f"{COVER}=0:9:1 days"], {"cost": [f"{COVER}=free"]}, "no price above 0"),
        ([f"{COVER}=0:9:1 days"], {"confidence": 120}, "confidence of 120"),
        ([f"{COVER}=0:9:1 days"], {"prefer": "middle"}, "say low or high"),
        ([f"{COVER}=0:9:1 days"], {"rounds": 0}, "at least 1"),
    ],
)
def test_a_bad_lever_says_what_would_do(vary, more, says):
    with pytest.raises(ScenarioError, match=says):
        sim.seek(banned(60), vary, "loss_days.users < 10 days", seed=1, **more)


def test_a_missing_optuna_is_named_before_anything_is_run(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "optuna", None)
    with pytest.raises(ScenarioError, match=r"pip install 'supplyshock\[study\]'"):
        sought(serial(), "loss_days.users < 10 days", BOTH)
    assert sought(banned(60), "loss_days.users < 10 days").answer, "one lever needs none"


# Pictures


def test_names_are_drawn_as_they_are_and_nothing_leaves_the_picture(folder):
    scenario = banned(60).change(
        "title", "A $tiny$ world_with a very long name, and so on and on, until nobody would read it any more at all"
    )
    for until, vary in (("loss_days.users < 10 days", None), ("loss_days.users < 70 days", BOTH)):
        figure = sought(scenario, until, vary, rounds=1).plot()
        figure.canvas.draw()
        renderer = figure.canvas.get_renderer()
        texts = [text.get_window_extent(renderer) for text in figure.texts]
        legend = figure.axes[0].get_legend().get_window_extent(renderer)
        assert not any(legend.overlaps(text) for text in texts)
        assert all(box.x0 >= 0 and box.x1 <= figure.bbox.width for box in (*texts, legend))
        assert "$tiny$" in "".join(text.get_text() for text in figure.texts)


# From the shell


SEEK = ("seek", "w.yaml", "--seed", "1", "--quiet", "--vary", f"{COVER}=10:90:1 days")


def test_the_shell_tells_the_answer_and_keeps_table_picture_and_rounds(folder):
    code, output = said(*SEEK, "--until", "output_loss.users < 10 days")
    assert code == 0
    assert f"{COVER} from 10 days to 51 days" in " ".join(output.split())
    assert "At 50 days it is 10.0 days, and fails." in output
    kept = {file.name for file in Path("results/w_seek").iterdir()}
    assert {"seek.csv", "seek.json", "seek.parquet", "seek.png", "seek.svg", "round_01", "round_02"} <= kept
    table = pandas.read_csv("results/w_seek/seek.csv")
    assert table.loc[table["role"] == "answer", COVER].tolist() == ["51 days"]
    assert table["holds"].tolist() == [float(c.split()[0]) >= 51 for c in table[COVER]]
    provenance = json.loads(Path("results/w_seek/seek.provenance.json").read_text("utf-8"))
    assert provenance["seed"] == 1 and "--until" in provenance["command"]


def test_the_shell_ends_well_where_it_holds_nowhere(folder):
    code, output = said(*SEEK[:-1], f"{COVER}=10:40:1 days", "--until", "output_loss.users < 10 days", "--no-out")
    assert code == 0 and "holds nowhere that was tried" in output


def test_the_shell_refuses_a_bad_condition_and_writes_nothing(folder):
    code, output = said(*SEEK, "--until", "output_loss.user < 5 %")
    assert code == 2 and "Did you mean 'users'" in output
    assert not Path("results").exists()


def test_a_dry_run_tells_what_it_would_take(folder):
    code, output = said(*SEEK, "--until", "output_loss.users < 5 %", "--dry-run")
    assert code == 0 and "17, with 1 replication each" in output and not Path("results").exists()


def test_the_folder_of_a_search_names_its_rounds_to_who_asks_for_a_study(folder):
    said(*SEEK, "--until", "output_loss.users < 5 %")
    code, output = said("status", "results/w_seek")
    assert code == 4 and "results/w_seek/round_01" in output
    code, output = said("results", "results/w_seek/round_01", "--cases", "--csv")
    assert code == 0 and len(output.splitlines()) == 18


def test_json_has_the_table_and_the_answer(folder):
    code, output = said(*SEEK, "--until", "output_loss.users < 10 days", "--json", "--no-out")
    data = json.loads(output)
    assert code == 0
    assert [row[COVER] for row in data["tables"]["seek"]["rows"] if row["role"] == "answer"] == ["51 days"]


def test_the_seed_of_a_kept_search_is_gone_on_with(folder):
    words = [word for word in SEEK if word not in ("--seed", "1")]
    assert said(*words, "--until", "output_loss.users < 10 days")[0] == 0
    assert said(*words, "--until", "output_loss.users < 10 days")[0] == 0
    own = ("--set", "seed=5", "--out", "own", "--until", "output_loss.users < 10 days")
    assert said(*words, *own)[0] == 0
    assert said(*words, *own, "--set", "seed=6")[0] == 4, "it is another search"
    assert said(*words, *own, "--set", "seed=6", "--overwrite")[0] == 0
    assert json.loads(Path("own/question.json").read_text("utf-8"))["seed"] == 6
