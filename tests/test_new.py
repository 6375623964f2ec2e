"""`sim new --from export_control`: what it asks, what it refuses, what it writes, and that this can be run."""

import datetime

import pytest
from click.testing import CliRunner
from export_control_network import NETWORK, network

import sim
from sim.cli.main import verbs
from sim.cli.new import new
from sim.errors import OutputError, ScenarioError
from sim.scenario.fill import slug
from sim.scenario.load import loads
from sim.scenario.questions import EXPORT_CONTROL, answered, checked
from sim.scenario.template import template

ANTIMONY = {
    "material": "Antimony", "country": "cn", "exports": "3600 t/month", "announced": "2024-08-15",
    "effective": "2024-09-15", "review": "60 working days", "approval": "50 %", "exempt": "10 %", "cover": "90 days",
    "cap": "140 %", "ahead": "400 days", "until": "2025-09-01",
}  # fmt: skip
KEYS = [one.key for one in EXPORT_CONTROL]
HOSTILE = [
    'a "quoted" name', "colon: hash # and 'apostrophe'", "two\nlines", "磁铁", "{[&*!|>%@`", "yes", "null", "product",
    "7", "<exports>", "\\", "Ä ö", "=cmd|'/C calc'!A0", "-", "x" * 60,
]  # fmt: skip


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def written(**answers):
    """The scenario that the template makes of some answers."""
    return loads(template("export_control", answers=answers), strict=True)


def command(*words, typed=None, code=0):
    done = CliRunner().invoke(verbs, ["new", *words], input=typed, prog_name="sim")
    assert done.exit_code == code, done.output
    return done.stdout, done.stderr


# Answers


def test_every_answer_is_found_in_the_file():
    made = written(**ANTIMONY)
    desk, licensing = made.licences["desk"], made.shocks["licensing"]
    assert made.title == "Antimony under export control"
    assert (desk.country, desk.controls) == ("CN", ("antimony",))
    assert (str(desk.review.high), str(desk.statutory_limit)) == ("60 working days", "60 working days")
    assert desk.approval["all"].share == 0.5
    assert desk.general_share["all"].share == 0.1
    assert desk.release_cap == 1.4
    assert licensing.announced == datetime.date(2024, 8, 15)
    assert licensing.effective == datetime.date(2024, 9, 15)
    assert licensing.until == datetime.date(2025, 9, 1)
    assert made.start == datetime.date(2023, 1, 1)
    assert made.start + datetime.timedelta(made.days) >= datetime.date(2024, 9, 15) + datetime.timedelta(400)
    covers = {str(f.buys["antimony"].cover) for f in made.facilities.values() if f.kind == "manufacturer"}
    assert covers == {"90 days"}


@pytest.mark.parametrize(
    "flow",
    ["3600 t/month", "3600 t per month", "43.2 kt/year", "120 thousand kg/day", "3 million car/year", "5 MWh/week"],
)
def test_usual_exports_are_what_was_said_in_the_unit_it_was_said_in(flow):
    made = written(exports=flow)
    rate = sim.scenario.units.Rate.parse(flow.replace(" per ", "/"))
    bought = sum(market.demand.value for market in made.markets.values()) * 0.9
    factor = {"t": 1, "kt": 1e-3, "kg": 1e3}.get(made.commodities["material"].unit, 1)
    assert made.commodities["material"].unit == flow.replace(" per ", "/").split("/")[0].split()[-1]
    assert bought == pytest.approx(rate.value * factor, rel=0.01)
    assert made.facilities["exporters"].capacity.value == pytest.approx(1.31 * rate.value, rel=0.01)


def test_the_file_says_exports_as_they_were_said_and_flows_to_three_digits():
    text = template("export_control", answers={"exports": "4869 t/month"})
    assert 'source: "assumed: 4869 t/month of usual exports"' in text
    assert "capacity: 6380 t/month" in text


def test_capacity_carries_the_most_that_ever_left():
    assert written(cap="300 %").facilities["exporters"].capacity.value == 300
    assert written(cap="115 %").facilities["exporters"].capacity.value == 131


@pytest.mark.parametrize("notice", [0, 1, 19, 20, 60])
def test_what_was_declared_fades_for_twenty_days_from_the_announcement_on(notice):
    effective = datetime.date(2025, 4, 4) + datetime.timedelta(notice)
    made = written(announced="2025-04-04", effective=str(effective))
    assert made.shocks["licensing"].onset.days == max(0, 20 - notice)


def test_a_date_that_is_not_said_is_the_other():
    assert answered("export_control", {"effective": "2026-02-03"})["announced"] == datetime.date(2026, 2, 3)
    assert answered("export_control", {"announced": "2026-02-03"})["effective"] == datetime.date(2026, 2, 3)


def test_answers_may_be_values_too():
    values = {"effective": datetime.date(2025, 4, 4), "approval": 0.36, "until": None, "cap": 1.15}
    assert template("export_control", answers=values) == template("export_control")


@pytest.mark.parametrize("country", ["US", "JP", "AU", "NL", "ID", "CD"])
def test_no_user_and_no_other_maker_sits_in_the_country_of_the_authority(country):
    made = written(country=country)
    places = {name: f.country for name, f in made.facilities.items() if name != "exporters"}
    assert country not in places.values()
    assert len({f"{m.country}" for m in made.markets.values()}) == 4
    assert {lane.seller.name for lane in made.network.lanes if lane.seller.country == country} == {"exporters"}


def test_what_was_not_fitted_is_said_to_be_assumed():
    source = written(approval="60 %", country="JP").licences["desk"].source
    assert source == "assumed: approval, review, preparation, lag, filing, cap"
    assert "approval fitted to magnets_2025" in written().licences["desk"].source


@pytest.mark.parametrize(
    ("key", "value", "says"),
    [
        ("material", "  ", "is no name: write for example antimony"),
        ("material", "x" * 61, "let it have 60 at most"),
        ("material", "bell\a", "cannot be printed"),
        ("country", "China", "no code of two letters: write for example CN"),
        ("country", "XQ", "no calendar for 'XQ'"),
        ("exports", "4869 t", "of which time? Write '4869 t/month' or '4869 t/year'"),
        ("exports", "4869", "has no unit"),
        ("exports", "900000000000 Mt/year", "more of anything than there is"),
        ("exports", "4,869 t/month", "write 1000.5, not 1,000.5"),
        ("exports", "0 t/year", "is nothing to control"),
        ("exports", "-3 t/year", "must be 0 or more"),
        ("exports", "12 tons/year", "Did you mean 't'"),
        ("announced", "4 April 2025", "write YYYY-MM-DD"),
        ("announced", "2025-02-30", "not a day of the calendar"),
        ("announced", "1066-10-14", "outside the years 1950 to 2100"),
        ("effective", "2025-13-01", "not a day of the calendar"),
        ("review", "45", "has no unit"),
        ("review", "0 days", "from 1 to 1,000 days"),
        ("approval", "36", "did you mean '36 %'?"),
        ("approval", "0 %", "is a ban, or nearly"),
        ("approval", "101 %", "between 0 and 1"),
        ("exempt", "-1 %", "between 0 and 1"),
        ("cover", "2 months", "months differ in length"),
        ("cover", "60 working days", "calendar days are due"),
        ("cap", "90 %", "from 100 % to 2000 %"),
        ("cap", "115", "this says '11500 %'"),
        ("ahead", "3 days", "from 31 to 10,000 days"),
        ("until", "2025-04-04", "is not after it takes effect"),
        ("until", "2099-01-01", "look further ahead"),
    ],
)
def test_a_wrong_answer_is_refused_with_the_remedy(key, value, says):
    with pytest.raises(ScenarioError, match=f"answers.{key}: ") as found:
        answered("export_control", {key: value})
    assert says in str(found.value)


def test_everything_that_is_wrong_is_told_at_once():
    with pytest.raises(ScenarioError) as found:
        checked("export_control", {"exports": "1 t", "cover": "7", "aproval": "3 %", "effective": "soon"})
    assert len(found.value.problems) == 4
    assert "Did you mean 'approval'?" in str(found.value)


def test_dates_that_contradict_each_other_are_refused():
    with pytest.raises(ScenarioError, match="2024-08-01 is before it is announced, 2024-08-15"):
        answered("export_control", {"announced": "2024-08-15", "effective": "2024-08-01"})
    with pytest.raises(ScenarioError, match="more than 10,000 days after it is announced"):
        answered("export_control", {"announced": "1960-01-01", "effective": "2024-08-01"})


# The file


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_of_any_sort_is_kept_in_the_title_and_is_a_usable_key(name):
    made = written(material=name)
    shown = " ".join(name.split())
    assert made.title == f"{shown[0].upper()}{shown[1:]} under export control"
    assert set(made.commodities) == {slug(shown), "product"}


@pytest.mark.parametrize("name", ["磁铁", "<exports>"])
def test_a_file_with_a_hostile_name_runs(name, here):
    path = sim.new("x", "export_control", {"material": name, "ahead": "60 days"})
    assert sim.run(path, replications=1).table("months").shape[0] > 12


def test_keys_are_letters_digits_and_underscores():
    assert slug("Natural graphite (flake)") == "natural_graphite_flake"
    assert slug("No") == "material_no"
    assert slug("7N gallium") == "material_7n_gallium"
    assert slug("-") == "material"


def test_the_text_is_the_same_every_time_whatever_the_order_of_answers():
    turned = dict(reversed(ANTIMONY.items()))
    assert template("export_control", answers=ANTIMONY) == template("export_control", answers=turned)


@pytest.mark.parametrize("answers", [{}, ANTIMONY, {"exports": "43.2 kt/year", "country": "JP", "material": "磁铁"}])
def test_what_is_commented_out_can_be_taken_into_use(answers, here):
    """Without its `# `, each line offered is a valid one, and its numbers suit the answers."""
    text = template("export_control", answers=answers)
    head, _, offered = text.partition("# uncertain:\n")
    lines = [line.removeprefix("# ") for line in offered.splitlines() if line.startswith("#  ")]
    lines += ["responses:", lines.pop()]
    used = head.replace("    # series:", "    series:").replace("    # usual:", "    usual:")
    used = used.replace("    # score:", "    score:") + "\n".join(["uncertain:", *lines, ""])
    made = loads(used, strict=True)
    assert set(made.uncertain) == {"licences.desk.approval.all.share", "licences.desk.release_cap", "cover", "patience"}
    assert made.responses["rush"].factor == 3
    assert made.observed["exports"].score.from_.day == 1


def test_the_series_it_describes_can_be_written_and_held_against_the_run(here):
    text = template("export_control", answers={**ANTIMONY, "ahead": "120 days", "until": "never"})
    _, _, rest = text.partition("The file antimony_exports.yaml")
    series = [line[4:] for line in rest.splitlines()[1:12] if line.startswith("#   ")]
    (here / "antimony_exports.yaml").write_text("\n".join([*series, "    2024-09: 1000\n"]).replace("    ", "  "))
    for key in ("series", "usual", "score"):
        text = text.replace(f"    # {key}:", f"    {key}:")
    (here / "antimony.yaml").write_text(text)
    found = sim.observe("antimony.yaml", replications=2).table()
    assert list(found["period"]) == ["2023-01", "2023-02", "2024-09"]
    assert list(found["use"]) == ["", "", "scored"]
    assert found["seen"][0] == 1


def test_the_network_is_the_template_with_its_default_answers():
    """`python tests/export_control_network.py` writes it anew."""
    assert NETWORK.read_text(encoding="utf-8") == network()


def test_no_blank_is_left_and_every_blank_is_known():
    text = template("export_control", answers=ANTIMONY)
    assert "<" not in text
    assert ">" not in text.replace(">-", "")


def test_a_file_is_checked_and_run_and_tells_months_and_dry_users(here):
    path = sim.new("antimony", "export_control", {**ANTIMONY, "cover": "30 days", "until": "never"})
    assert path.read_text(encoding="utf-8") == template(
        "export_control", answers={**ANTIMONY, "cover": "30 days", "until": "never"}
    )
    assert sim.check(path, strict=True).warnings == ()
    result = sim.run(path, replications=3, audit=True)
    months = result.table("months").set_index("month")["share"]
    assert months["2023-06"] == pytest.approx(1, abs=0.1)
    assert months["2024-10"] == pytest.approx(0.1, abs=0.05), "a tenth needs no licence, and nothing else is approved"
    assert months["2025-04"] > 0.9, "what waited comes"
    users = result.table().set_index("place")
    assert 20 < users["impact_days"]["users_us: product"] < 120
    assert users["unit"]["exporters: antimony"] == "t"


def test_the_end_of_the_control_lets_what_waits_go(here):
    base = {"approval": "1 %", "ahead": "300 days", "effective": "2025-04-04"}
    held, freed = (
        sim.run(sim.new(name, "export_control", {**base, **more}), replications=1).table("months").set_index("month")
        for name, more in (("a", {}), ("b", {"until": "2025-10-01"}))
    )
    assert held["share"]["2025-11"] < 0.5 < 1 < freed["share"]["2025-11"]


# The command


def test_at_a_terminal_it_asks_and_asks_again_until_an_answer_fits(here):
    typed = ["Antimony", "China", "CN", "3600 t", "3600 t/month", "2024-08-15", "2024-08-01", "2024-09-15", *[""] * 7]
    out, err = command("x", "--from", "export_control", "--ask", typed="\n".join([*typed, ""]))
    assert "Written to x.yaml" in out
    assert err.count("error: ") == 3
    assert (
        "two letters [CN]: China\nerror: 'China' is no code of two letters: write for example CN\nCountry of the" in err
    )
    assert "Takes effect on [2024-08-15]: 2024-08-01\nerror: 2024-08-01 is before it is announced" in err
    same = {"material": "Antimony", "exports": "3600 t/month", "announced": "2024-08-15", "effective": "2024-09-15"}
    assert (here / "x.yaml").read_text(encoding="utf-8") == template("export_control", answers=same)


def test_what_is_answered_beforehand_is_not_asked(here):
    words = [word for key, value in ANTIMONY.items() for word in ("--answer", f"{key}={value}")]
    _, err = command("x", "--from", "export_control", "--ask", *words)
    assert err == ""
    assert (here / "x.yaml").read_text(encoding="utf-8") == template("export_control", answers=ANTIMONY)


def test_without_a_terminal_it_takes_defaults_and_says_which(here):
    _, err = command("x", "--from", "export_control", "--answer", "effective=2026-01-05")
    assert "defaults stand for material=material, country=CN, exports=100 t/day, announced=2026-01-05" in err
    assert "effective=" not in err
    assert "--answer KEY=VALUE, or --ask to be asked" in err
    assert sim.load(here / "x.yaml").shocks["licensing"].announced == datetime.date(2026, 1, 5)


def test_a_dialogue_that_is_cut_off_writes_nothing(here):
    command("x", "--from", "export_control", "--ask", typed="Antimony\n", code=1)
    assert list(here.iterdir()) == []


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--answer", "exports=5 t"], "answers.exports"),
        (["--answer", "effective"], "write KEY=VALUE"),
        (["--answer", "=3"], "write KEY=VALUE"),
        (["--answer", "cover=60 days", "--answer", "cover=90 days"], "says cover twice"),
        (["--answer", "affective=2025-01-01"], "Did you mean 'effective'?"),
    ],
)
def test_wrong_options_are_exit_2_and_write_nothing(here, words, says):
    assert says in command("x", "--from", "export_control", *words, code=2)[1]
    assert list(here.iterdir()) == []


def test_a_template_that_asks_nothing_takes_no_answers(here):
    assert "the template 'ban' asks nothing" in command("x", "--answer", "cover=60 days", code=2)[1]
    with pytest.raises(ScenarioError, match="'ban' asks nothing"):
        sim.new("x", answers={"cover": "60 days"})
    assert list(here.iterdir()) == []


def test_a_name_that_is_taken_is_refused_before_anything_is_asked(here):
    (here / "x.yaml").write_text("precious")
    _, err = command("x", "--from", "export_control", "--ask", code=4)
    assert err.startswith("error: x.yaml exists already")
    assert "there is no folder 'no'" in command("no/x", "--from", "export_control", "--ask", code=4)[1]
    with pytest.raises(OutputError, match="exists already"):
        sim.new("x", "export_control")
    assert (here / "x.yaml").read_text() == "precious"


def test_the_help_names_every_question_in_its_order():
    said = " ".join(str(new.help).split())
    assert f"it asks for {', '.join(KEYS[:-1])} and {KEYS[-1]}" in said
