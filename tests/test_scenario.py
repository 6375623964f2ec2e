"""Scenarios as records: read, changed, written out again, and described to people and editors."""

import inspect
import pickle
import random
import re
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from sim.errors import ScenarioError
from sim.scenario.calendar import working_days
from sim.scenario.checks import CHECKS
from sim.scenario.document import Document
from sim.scenario.files import read_with_extends
from sim.scenario.hints import EXAMPLES, MEANT, example_for
from sim.scenario.load import load, loads, resolved
from sim.scenario.reach import USUAL_CALENDARS
from sim.scenario.reader import read_text
from sim.scenario.record import field_docs
from sim.scenario.reference import kind, kinds
from sim.scenario.references import RULES, References
from sim.scenario.scenario import Scenario
from sim.scenario.schema import schema
from sim.scenario.template import template, templates
from sim.scenario.tree import fields_of, homes, record_at, records, walk
from sim.scenario.units import Duration, Rate

ROOT = Path(__file__).parent.parent
BAN, LICENCE = template("ban"), template("licence")
SHIPPED = [path for path in sorted((ROOT / "scenarios").rglob("*.yaml")) if path.parent.name != "observations"]
"""Scenarios and networks; series of what was seen are files of another form."""
BAD = sorted((ROOT / "tests" / "bad").glob("*.yaml"))


def shuffled(node, luck):
    """The same mapping with its keys in another order."""
    if not isinstance(node, dict):
        return node
    keys = list(node)
    luck.shuffle(keys)
    return {key: shuffled(node[key], luck) for key in keys}


# Equal scenarios


@pytest.mark.parametrize("seed", range(5))
def test_keys_in_another_order_give_an_equal_scenario(seed):
    scenario = loads(BAN)
    again = Scenario.model_validate(shuffled(scenario.document.data, random.Random(seed)))
    assert again == scenario
    assert again.network == scenario.network


def test_scenarios_are_equal_by_what_they_say_wherever_they_say_it(tmp_path):
    (tmp_path / "ban.yaml").write_text("# moved\n\n" + BAN)
    assert load(tmp_path / "ban.yaml") == loads(BAN)
    assert loads(BAN.replace("60 days", "61 days")) != loads(BAN)


def test_a_scenario_travels_to_a_worker_and_can_be_changed_there():
    there = pickle.loads(pickle.dumps(loads(BAN)))
    assert there == loads(BAN)
    assert there.change("horizon", "100 days").days == 100


def test_countries_are_text_even_where_yaml_says_no():
    text = BAN.replace("country: DE", "country: NO")
    assert {node.country for node in loads(text).network.nodes.values()} == {"CN", "NO"}


# Change


def test_a_change_makes_a_copy_and_leaves_the_scenario_alone():
    scenario = loads(BAN)
    changed = scenario.change("facilities.maker_c.buys.oxide.cover", "90 days")
    assert changed.facilities["maker_c"].buys["oxide"].cover == Duration(90.0)
    assert scenario == loads(BAN) != changed
    assert changed.change("facilities.maker_c.buys.oxide.cover", "30 days") == scenario


@pytest.mark.parametrize(
    ("path", "value", "meant"),
    [
        ("replications", 5, 5),
        ("facilities.maker_c.capacity", "3.65 kt/year", Rate(10.0, "t")),
        ("facilities.maker_c.capacity", Rate(10.0, "t"), Rate(10.0, "t")),
        ("facilities.maker_c.tags", ["old", "large"], ("old", "large")),
        ("title", "A new title", "A new title"),
        ("start", "2025-01-02", None),
    ],
)
def test_a_value_may_be_text_number_list_or_unit(path, value, meant):
    changed = loads(BAN).change(path, value)
    for part in path.split("."):
        changed = changed[part] if isinstance(changed, dict) else getattr(changed, part)
    assert meant is None or changed == meant


def test_a_part_can_be_added_whole():
    shock = {"kind": "lane_closure", "links": {"buyer": "maker_c"}, "effective": "day 10", "source": "assumed"}
    assert loads(BAN).change("shocks.strait", shock).shocks["strait"].kind == "lane_closure"


def test_a_change_that_does_not_fit_is_told_like_a_bad_line():
    with pytest.raises(ScenarioError, match=r"facilities.maker_c.capacity: '5 t' is an amount"):
        loads(BAN).change("facilities.maker_c.capacity", "5 t")
    with pytest.raises(ScenarioError, match=r"no key 'maker_d' here. Did you mean 'maker_c'"):
        loads(BAN).change("facilities.maker_d.capacity", "5 t/day")


def test_a_change_is_as_strict_as_the_reading_was():
    relaxed, strict = loads(BAN), loads(BAN, strict=True)
    assert len(relaxed.change("replications", 10).warnings) == 1
    with pytest.raises(ScenarioError, match="1 is enough"):
        strict.change("replications", 10)


def test_settings_are_applied_in_their_order():
    assert loads(BAN, sets=["horizon=100 days", "horizon = 200 days"]).days == 200


# Extends


def test_a_scenario_adds_to_what_it_extends_and_its_errors_name_the_right_file(tmp_path):
    (tmp_path / "networks").mkdir()
    (tmp_path / "networks" / "chain.yaml").write_text(BAN)
    top = tmp_path / "longer.yaml"
    top.write_text("extends: networks/chain.yaml\ntitle: Longer\nshocks:\n  ban:\n    duration: 90 days\n")
    assert load(top) == loads(BAN).change("title", "Longer").change("shocks.ban.duration", "90 days")
    top.write_text("extends: networks/chain.yaml\nshocks: {ban: }\n")
    assert load(top).shocks == {}
    top.write_text("extends: networks/chain.yaml\nshocks:\n  ban:\n    duration: 90\n    announced: 2026-01-01\n")
    (tmp_path / "networks" / "chain.yaml").write_text(BAN.replace("kind: mine ", "kind: mien "))
    with pytest.raises(ScenarioError) as caught:
        load(top)
    wrong, below = str(caught.value).splitlines()
    assert wrong.startswith(f"{top}:4:5, shocks.ban.duration: ")
    assert below.startswith(f"{tmp_path}/networks/chain.yaml:18:5, facilities.mine_a.kind: ")


# Written out


@pytest.mark.parametrize("text", [BAN, LICENCE], ids=["ban", "licence"])
def test_what_is_written_out_reads_back_as_an_equal_scenario(text):
    scenario = loads(text)
    assert loads(resolved(scenario)) == scenario
    assert resolved(loads(resolved(scenario))) == resolved(scenario)
    assert resolved(Scenario.model_validate(scenario.document.data)).startswith("title: ")


ODD = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn", "Co")), max_size=60)


LIKE_NUMBERS = st.from_regex(r"[-+.0-9eE~]{1,8}", fullmatch=True)


@given(said=ODD | LIKE_NUMBERS | st.sampled_from(["null", "NO", "on", "<<", "=", "a: b", "# no", "'", "\\n"]))
def test_any_text_is_written_out_so_that_it_reads_back_as_itself(said):
    scenario = loads(BAN)
    data = {**scenario.document.data, "question": said}
    odd = Scenario.model_validate(data)
    assert read_text(resolved(odd), "again").data.get("question", "") == said


def test_what_is_written_out_does_not_hang_on_the_order_of_keys():
    scenario = loads(BAN)
    other = Document(shuffled(scenario.document.data, random.Random(1)), {}, {})
    again = Scenario.model_validate(other.data)
    object.__setattr__(again, "_origin", type(scenario._origin)(other))
    assert resolved(again) == resolved(scenario)


# Warnings and checks


def test_warnings_are_kept_on_the_scenario_in_file_order():
    scenario = loads(BAN.replace("replications: 1", "replications: 7").replace("60 days", "600 days"))
    assert [problem.path for problem in scenario.warnings] == ["replications", "shocks.ban.effective"]
    assert all(problem.warning for problem in scenario.warnings)


def test_every_check_and_rule_has_a_bad_file_that_it_finds():
    finds = set()
    for path in BAD:
        try:
            document, _ = read_with_extends(path)
        except ScenarioError:
            continue
        finds |= {rule.__name__ for rule in RULES if list(rule(References(document)))}
        try:
            scenario = Scenario.model_validate(document.data)
            finds |= {check.__name__ for check in CHECKS if list(check(scenario))}
        except (ValidationError, KeyError, ValueError):
            continue
    assert {part.__name__ for part in (*CHECKS, *RULES)} <= finds


@pytest.mark.parametrize("country", USUAL_CALENDARS)
def test_countries_not_looked_up_do_have_a_calendar(country):
    start = loads(BAN).start
    assert working_days(country, start, start)


# What can be said


@pytest.mark.parametrize("record", records(), ids=lambda record: record.__name__)
def test_every_field_says_what_it_means(record):
    docs = field_docs(record)
    assert [name for name in record.model_fields if not docs.get(name, "").endswith((".", "…"))] == []
    assert inspect.getdoc(record)


def test_every_kind_has_a_type_for_every_key_and_an_example_for_what_is_needed():
    assert len(kinds()) > 30
    for one in kinds():
        assert one.meaning and (one.where or one.name == "scenario")
        for key in one.keys:
            assert key.meaning and key.type, (one.name, key.name)
            assert key.example or key.words or not key.required, (one.name, key.name)


def test_a_kind_is_found_by_its_word_and_a_misspelt_one_is_answered():
    assert [key.name for key in kind("export_ban").keys][0] == "kind"
    with pytest.raises(ScenarioError, match="Did you mean 'export_ban'"):
        kind("exprot_ban")


def test_examples_and_words_of_other_programs_lead_to_keys_there_are():
    assert set(EXAMPLES) <= set(homes())
    assert set(MEANT.values()) <= set(homes())
    assert not set(MEANT) & set(homes())


OFFERED = [
    (record, key)
    for record in records()
    for key, info in fields_of(record).items()
    if example_for(key, info) and key not in ("recipe", "buys")  # these two hang on each other
]


@pytest.mark.parametrize(("record", "key"), OFFERED, ids=[f"{record.__name__}.{key}" for record, key in OFFERED])
def test_an_example_is_accepted_where_it_is_offered(record, key):
    """What an error message offers must not be an error itself."""
    offered = example_for(key, fields_of(record)[key])
    with pytest.raises(ValidationError) as caught:
        record.model_validate({key: read_text(f"{key}: {offered}", "example").data[key], "no such key": 1})
    assert [detail["loc"] for detail in caught.value.errors() if detail["loc"][:1] == (key,)] == []


def test_a_record_is_found_by_its_path_and_kind():
    data = loads(BAN).document.data
    assert record_at(("facilities", "mine_a"), data).__name__ == "Mine"
    assert record_at(("facilities", "maker_c", "buys", "oxide", "from", "refiner_b"), data).__name__ == "Link"
    assert record_at(("facilities", "nobody"), data) is None


def test_walking_meets_every_record_once_with_its_path():
    scenario = loads(LICENCE)
    met = dict(walk(scenario))
    assert met["licences", "ministry", "approval", "all"].share == 1.0
    assert len(met) == len(list(walk(scenario)))


# Editors


@pytest.fixture(scope="module")
def editor():
    made = schema()
    jsonschema.Draft202012Validator.check_schema(made)
    return jsonschema.Draft202012Validator(made)


@pytest.mark.parametrize("text", [BAN, LICENCE], ids=["ban", "licence"])
def test_an_editor_accepts_the_templates(editor, text):
    assert list(editor.iter_errors(read_text(text, "template").data)) == []


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_an_editor_accepts_what_is_shipped(editor, path):
    assert [error.message for error in editor.iter_errors(read_text(path.read_text("utf-8"), path.name).data)] == []


def test_an_editor_sees_unknown_keys_and_wrong_units(editor):
    faults = {"cover: 30": "covr: 30", "kind: mine ": "kind: mien ", "duration: 60 days": "duration: 60"}
    for said, wrong in faults.items():
        data = read_text(BAN.replace(said, wrong, 1), "bad").data
        assert list(editor.iter_errors(data)), wrong


def test_an_editor_accepts_a_part_in_a_file_that_extends_another(editor):
    part = {"extends": "a.yaml", "facilities": {"mine_a": {"capacity": "5 t/day"}, "maker_c": None}}
    assert list(editor.iter_errors(part)) == []
    assert list(editor.iter_errors({**part, "titel": "x"}))
    assert list(editor.iter_errors({key: part[key] for key in part if key != "extends"}))


def test_the_schema_says_what_keys_mean(editor):
    shares = editor.schema["$defs"]["Link"]["properties"]["share"]
    assert shares["description"].startswith("Share of the buyer's need")


# Templates


@pytest.mark.parametrize("name", templates())
def test_a_template_runs_without_a_warning_and_explains_every_line(name):
    assert loads(template(name), strict=True).warnings == ()
    silent = [line for line in template(name).splitlines() if "#" not in line and re.match(r" *[\w]+:", line)]
    assert {line.strip().partition(":")[0] for line in silent} <= {"source"}


@pytest.mark.parametrize("title", ["Plain", "With: colon # and hash", 'Über "quotes"', "'", "\\"])
def test_a_template_takes_any_title(title):
    assert loads(template("ban", title)).title == title


def test_an_unknown_template_is_answered_with_the_known_ones():
    with pytest.raises(ScenarioError, match=r"Did you mean 'licence'\? Known: ban, export_control, licence"):
        template("license")
