"""Alternatives held against a reference: differences that can be solved by hand, luck shared, and the best of them."""

import json
import math
from dataclasses import replace

import numpy as np
import pytest
from click.testing import CliRunner
from worlds import chain, closure, outage, scenario_of, two_sources, variant

import sim
from sim.cli.main import verbs
from sim.errors import ScenarioError
from sim.results import compared as comparing
from sim.results.compared import CHANCE, EVEN, HARMS, HELPS, UNKNOWN
from sim.results.plots.forest import forest
from sim.results.ratio import ratio_interval

BAN = {"ban": closure(50, 60, buyer="plant_1")}
COVER = "facilities.plant_1.buys.good_0.cover"
USERS = "users"


def banned(cover=30, **more):
    """A ban of 60 days against days of cover: 60 - cover days of output are lost."""
    return chain((cover,), shocks=BAN, **more)


def priced(cover=30, holding="36.5 %/year"):
    """The same with money: ore at 2 and the good at 10 USD/t; holding ore costs 0.1 % of its value a day."""
    goods = {
        "good_0": {"unit": "t", "price": "2 USD/t", "holding": holding, "source": "test"},
        "good_1": {"unit": "t", "price": "10 USD/t", "source": "test"},
    }
    return banned(cover) | {"commodities": goods}


def lucky(cover=30, spread="10 days", **more):
    """With a transit that is a matter of luck."""
    transit = {"distribution": "gamma", "mean": "20 days", "sd": spread}
    return chain((cover,), [transit, 2], shocks={"fire": outage("mine", 60, 60)}, **more)


def against(first, *others, **more):
    return sim.compare(*map(scenario_of, (first, *others)), **more)


def row(found, name, place="all sales"):
    table = found.table()
    return table[(table.alternative == name) & (table.place == place)].iloc[0]


def written(folder, **files):
    for name, data in files.items():
        (folder / f"{name}.yaml").write_text(json.dumps(data), encoding="utf-8")


def shell(*words, code=0):
    done = CliRunner().invoke(verbs, [str(word) for word in words], prog_name="sim")
    assert done.exit_code == code, done.output
    return done.stdout, done.stderr


# By hand


def test_fifteen_more_days_of_cover_avoid_fifteen_days_of_output():
    found = sim.compare(scenario_of(banned(30)), variants={"more": {COVER: "45 days"}})
    more = row(found, "more")
    assert more.avoided == pytest.approx(15 * 100, rel=1e-12)
    assert more.avoided_share == pytest.approx(0.5)
    assert (more.lost, row(found, "A tiny world").lost) == (pytest.approx(1500), pytest.approx(3000))
    assert (more.standing, more["rank"]) == (HELPS, 1)
    assert "costs cannot be compared: nothing that is traded has a price" in " ".join(found.notes)
    assert found.best.startswith("Best, costs aside: more. It avoids 1,500 t of all sales, 50.0 % of what")


def test_holding_more_costs_its_share_of_value_on_every_day_it_is_held():
    found = sim.compare(scenario_of(priced(30)), variants={"more": {COVER: "45 days"}})
    costs, more = found.table("costs").iloc[0], row(found, "more")
    # Fifteen days of 100 t at 2 USD, held for 400 days without a shock, cost 0.1 % a day.
    assert costs.without_shocks == pytest.approx(15 * 100 * 2 * 0.001 * 400)
    stock = found_stock(45) - found_stock(30)
    assert costs.holding == costs.extra_cost == more.extra_cost == pytest.approx(stock * 2 * 0.001)
    assert more.avoided_value == pytest.approx(15000)
    assert more.per_cost == pytest.approx(15000 / (stock * 2 * 0.001))
    assert more.per_cost_unit == "USD/USD"
    # Goods themselves are turnover: whoever loses less buys more, at each stage, and that is told apart.
    assert costs.purchase > 15000 > costs.extra_cost > 0


def found_stock(cover):
    """Tonne-days of ore held in a run with the shock, by the mine too."""
    result = sim.run(scenario_of(priced(cover)))
    held = (("stock", "plant_1: good_0"), ("finished", "mine: good_0"))
    return sum(float(result.series(*where).sum()) for where in held)


def test_dearer_goods_cost_what_is_paid_above_their_usual_price():
    dear = {"kind": "price", "commodity": "good_0", "effective": "day 50", "scale": "+50 %", "source": "test"}
    data = variant(priced(0), {"shocks": {"dear": dear}, "horizon": "100 days"})
    found = sim.compare(scenario_of(data), variants={"twice as dear": {"shocks.dear.scale": "+100 %"}})
    costs = found.table("costs").iloc[0]
    assert costs.dearer == costs.extra_cost == pytest.approx(50 * 100 * 2 * 0.5)
    assert row(found, "twice as dear").standing == EVEN


def test_what_is_cheaper_for_its_effect_ranks_first_and_what_costs_nothing_before_it():
    variants = {
        "a little more": {COVER: "31 days"},
        "much more": {COVER: "89 days"},
        "shorter": {"shocks.ban.duration": "40 days"},
        "less": {COVER: "20 days"},
    }
    found = sim.compare(scenario_of(priced(30)), variants=variants)
    ranks = {one.name: one.rank for one in found.first.others}
    assert ranks == {"shorter": 1, "a little more": 2, "much more": 3, "less": None}
    assert [one.name for one in found.first.others] == [*ranks]
    per = {one.name: one.per_cost.mean for one in found.first.others}
    assert per["a little more"] > per["much more"] > 0 and math.isnan(per["less"])
    assert row(found, "less").standing == HARMS


# Luck


def test_a_world_differs_from_itself_in_nothing_whatever_the_luck():
    found = against(lucky(), lucky(), replications=25, seed=3)
    assert found.sides[1].varies
    for one in found.comparisons.values():
        assert one.others[0].avoided == comparing.Estimate(0.0, 0.0, 0.0)
        assert one.others[0].standing == EVEN
    assert found.best == "Nothing differs from A tiny world: all sales loses the same in all of them."


def test_pairing_by_replication_narrows_the_interval():
    length = {"distribution": "uniform", "low": "28 days", "high": "70 days", "source": "test"}
    data = lucky() | {"uncertain": {"shocks.fire.duration": length}}
    found = sim.compare(scenario_of(data), variants={"more": {COVER: "35 days"}}, replications=60, seed=3)
    one = found.first.others[0]
    assert one.standing == HELPS
    lost = [side.losses["all sales"].lost for side in found.sides]
    unpaired = 1.96 * math.sqrt(sum(np.var(values, ddof=1) / 60 for values in lost))
    assert 0 < one.avoided.high - one.avoided.low < 0.5 * 2 * unpaired


def test_a_difference_no_larger_than_luck_is_no_rank():
    found = against(lucky(), replace_title(lucky(seed=9), "Other luck"), replications=40, seed=3)
    assert found.first.others[0].standing == EVEN, "the seed is that of the first for both"
    values = np.random.default_rng(5).normal(0, 1, 40)
    values += 0.1 - values.mean()
    assert standing_of(values) == CHANCE
    assert standing_of(values + 3) == HELPS
    assert standing_of(values - 3) == HARMS
    assert standing_of(np.where(np.arange(40) < 5, 1.0, 0.0)) == UNKNOWN


def replace_title(data, title):
    return data | {"title": title}


def standing_of(avoided):
    found = against(lucky(), replace_title(lucky(), "Other"), replications=len(avoided), seed=3)
    side, base = found.sides[1], found.sides[0].losses["all sales"]
    losses = {**side.losses, "all sales": replace(base, lost=base.lost - avoided)}
    return comparing.compared("all sales", [found.sides[0], replace(side, losses=losses)], [None]).others[0].standing


def test_few_differences_have_no_interval_and_no_rank():
    found = sim.compare(scenario_of(lucky()), variants={"more": {COVER: "35 days"}}, replications=5, seed=3)
    one = found.first.others[0]
    assert (one.standing, one.rank) == (UNKNOWN, None) and math.isnan(one.avoided.low)
    assert one.note == "too few loss events: it differs in 5 of 5 replications"
    assert "Which is best cannot be told" in found.best
    alone = sim.compare(scenario_of(lucky()), variants={"more": {COVER: "35 days"}}, replications=1, seed=3)
    assert alone.first.others[0].note == "one replication cannot be told from chance"


def test_fiellers_interval_covers_a_ratio_of_means():
    rng, covered, tried = np.random.default_rng(11), 0, 400
    for _ in range(tried):
        below = rng.gamma(4, 1, 30)
        above = 0.5 * below + rng.normal(4, 1, 30)  # means 6 and 4
        _, low, high = ratio_interval(above, below)
        covered += low <= 1.5 <= high
    assert 0.90 * tried < covered < 0.985 * tried
    assert ratio_interval(np.array([3.0, 3.0]), np.array([2.0, 2.0])) == (1.5, 1.5, 1.5)
    assert np.isnan(ratio_interval(np.array([3.0, 3.0]), np.array([-2.0, 1.0]))).all()
    assert np.isnan(ratio_interval(np.array([3.0, 4.0]), np.array([-2.0, 9.0]))[1:]).all(), "any ratio would do"


# Responses


def with_responses(active=False):
    build = {"kind": "build", "active": active, "on": {"effective": "ban"}, "where": {"id": "mine_b"}}
    more = {"adds": "50 t/day", "source": "test"}
    hoard = {"kind": "hoard", "on": "day 0", "where": {"id": "plant"}, "cover": "10 days", "source": "test"}
    ban = {"ban": closure(50, 120, seller="mine_a")}
    return two_sources(spare=(1.0, 0.0), shocks=ban, responses={"other": build | more, "hoards": hoard})


def test_each_response_is_switched_by_itself():
    found = sim.compare(scenario_of(with_responses()), responses=True)
    assert [one.name for one in found.alternatives] == ["A tiny world", "with other", "without hoards"]
    assert [one.how for one in found.alternatives[1:]] == [
        "responses.other.active=True",
        "responses.hoards.active=False",
    ]
    by_hand = sim.run(scenario_of(with_responses(active=True))).outcome
    calm, struck = (records["sales", USERS].sum() for records in (by_hand.baseline, by_hand.shocked))
    assert row(found, "with other").lost == pytest.approx(calm - struck)
    assert row(found, "with other").standing == HELPS
    assert row(found, "without hoards").standing == HARMS
    assert found.best.startswith("Best, costs aside: with other. It avoids")


def test_responses_by_name_and_what_was_meant():
    found = sim.compare(scenario_of(with_responses()), responses="other")
    assert [one.name for one in found.alternatives[1:]] == ["with other"]
    with pytest.raises(ScenarioError, match=r"no response 'othr'. Did you mean 'other'\? There are other, hoards"):
        sim.compare(scenario_of(with_responses()), responses=["othr"])
    with pytest.raises(ScenarioError, match="states no responses to switch"):
        sim.compare(scenario_of(banned()), responses=True)


# Different worlds


def test_places_in_both_are_compared_and_the_others_are_named():
    longer = replace_title(chain((30, 5), shocks=BAN), "Longer")
    found = against(banned(30), longer)
    assert {*found.comparisons} == {"all sales", "all output", "mine: good_0", "plant_1: good_1", USERS}
    notes = " ".join(found.notes)
    assert "in Longer and not in A tiny world: plant_2: good_2" in notes
    # The market wants good_1 in one and good_2 in the other: no amounts can be held against each other.
    assert (found.first.unit, found.first.others[0].avoided.mean) == ("days", pytest.approx(5))
    assert "all sales: t in Longer and t in A tiny world, or weighed differently" in notes


def test_runs_of_different_length_are_compared_with_a_word_of_it():
    found = against(banned(30), replace_title(banned(30, days=300), "Shorter"))
    assert found.first.others[0].avoided.mean == 0
    assert "Shorter runs 300 days from 2025-01-01, A tiny world 400 days" in " ".join(found.notes)
    assert "% of all sales beyond A tiny world also without the shocks" in " ".join(found.notes)


# Wrong input


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({}, "there is nothing to compare it with"),
        ({"variants": {"same": {COVER: "30 days"}}}, "in 'same': it changes nothing: A tiny world says the same"),
        ({"variants": ["seed=4"]}, "all that is compared has the same seed"),
        ({"variants": [COVER]}, "there is no path=value"),
        ({"variants": ["x: "]}, "sets nothing"),
        ({"variants": ["x: a=1", "x: b=2"]}, "'x' is said twice"),
        ({"variants": {"x": {"facilities.plant_1.buys.good_0.covr": "1 day"}}}, "in 'x': .*Did you mean 'cover'"),
        ({"variants": {"A tiny world": {COVER: "1 day"}}}, "two of what is compared are called 'A tiny world'"),
        ({"variants": {"x": {COVER: "1 day"}}, "of": "userz"}, "--of userz: .*Did you mean 'users'"),
    ],
)
def test_wrong_input_is_refused_before_anything_is_run(more, says, monkeypatch):
    monkeypatch.setattr("sim.studies.compare.carry_out_one", lambda *a, **b: pytest.fail("it ran"))
    with pytest.raises(ScenarioError, match=says):
        sim.compare(scenario_of(banned()), **more)


def test_the_same_file_twice_is_refused_and_problems_of_all_files_are_told_at_once(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    written(tmp_path, a=banned(), b=variant(banned(), {"horizon": "x"}), c=variant(banned(), {"start": "y"}))
    assert "a.yaml is given twice" in shell("compare", "a.yaml", "./a.yaml", code=2)[1]
    err = shell("compare", "a.yaml", "b.yaml", "c.yaml", code=2)[1]
    assert "b.yaml" in err and "c.yaml" in err
    assert not (tmp_path / "results").exists()


# The shell


def test_the_shell_answers_in_a_table_a_picture_and_a_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    written(tmp_path, a=priced(30), b=priced(45))
    out, _ = shell("compare", "a.yaml", "b.yaml", "--variant", f"fifty: {COVER}=50 days; shocks.ban.duration=55 days")
    assert "1 replication of each of 3" in out
    assert "Best for its cost: fifty. It avoids 2,500 t of all sales" in out
    folder = tmp_path / "results/a_compared"
    names = [f"{t}.{e}" for t in ("compared", "costs", "alternatives") for e in ("csv", "json", "parquet")]
    assert {*names, "compare.png", "compare.svg", "scenario.yaml", "alternative_2.yaml"} <= {
        file.name for file in folder.iterdir()
    }
    kept = json.loads((folder / "compared.json").read_text())
    assert kept["provenance"]["command"].startswith("sim compare a.yaml b.yaml")
    again = sim.run(folder / "alternative_2.yaml").outcome
    assert again.scenario == sim.load("a.yaml").change(COVER, "50 days").change("shocks.ban.duration", "55 days")
    shell("compare", "a.yaml", "b.yaml", "--of", "users")  # in place of its own earlier result
    assert not (folder / "alternative_2.yaml").exists(), "a scenario of the earlier comparison is left over"


def test_json_dry_run_and_nothing_written(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    written(tmp_path, a=with_responses())
    told = json.loads(shell("compare", "a.yaml", "--json", "--no-out", "--responses")[0])
    assert [one["alternative"] for one in told["tables"]["alternatives"]["rows"]] == [
        "a",
        "with other",
        "without hoards",
    ]
    assert "at each of 2 alternatives" in shell("compare", "a.yaml", "--responses", "other", "--dry-run")[0]
    assert "there is nothing to compare it with" in shell("compare", "a.yaml", code=2)[1]
    assert [file.name for file in tmp_path.iterdir()] == ["a.yaml"]


def test_a_scenario_taken_for_the_name_of_a_response_is_told(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    written(tmp_path, a=with_responses())
    assert "give the scenarios before --responses" in shell("compare", "--responses", "a.yaml", code=2)[1]


# The picture


def test_the_picture_has_a_row_for_each_alternative_and_takes_names_literally():
    hostile = ["$x$ <b>", "a long name that goes on and on and on and on beyond what there is room for", "磁"]
    variants = {name: {COVER: f"{31 + 5 * i} days"} for i, name in enumerate(hostile[:2])}
    found = sim.compare(scenario_of(priced(30)), variants=variants)
    figure = found.plot()
    words = [text.get_text() for axes in figure.axes for text in axes.texts] + [t.get_text() for t in figure.texts]
    assert "$x$ <b>" in words
    assert any(word.startswith("a long name") and word.endswith("…") for word in words)
    assert [axes.get_xlabel() for axes in figure.axes] == ["avoided (t)", "extra cost (USD)"]
    assert apart(figure)


def apart(figure):
    """Whether no two texts of the rows overlap."""
    renderer = figure.canvas.get_renderer()
    texts = [text for axes in figure.axes for text in axes.texts if text.get_text()]
    boxes = [text.get_window_extent(renderer) for text in texts]
    return not any(a.overlaps(b) for i, a in enumerate(boxes) for b in boxes[i + 1 :])


def test_the_picture_of_many_shows_the_first_of_them():
    found = sim.compare(scenario_of(priced(30)), variants={f"v{i}": {COVER: f"{31 + i} days"} for i in range(3)})
    one = found.first.others[0]
    many = replace(found.first, others=tuple(replace(one, name=f"n{i}") for i in range(60)))
    words = [text.get_text() for text in forest(many, "Many", found.provenance()).texts]
    assert any("40 of 60 alternatives" in word for word in words)
