"""A shock of no size, of no duration, or outside the run is no shock: it changes nothing to the last bit."""

import numpy as np
import pytest
from examples import CHANGES, EXAMPLES
from rich_world import rich
from worlds import chain, closure, differing, live, regime, variant, without_shocks

ALL_EXAMPLES = EXAMPLES | {f"change {what}": example for what, example in CHANGES.items()}


def assert_nothing(data):
    """The shocks of a world change no bit, beside their absence in the batch and beside a world that has none."""
    lived, without = live(data), live(without_shocks(data))
    assert differing(lived.calm, lived.struck) == []
    assert differing(without.calm, lived.struck) == []


@pytest.mark.parametrize("name", [name for name, example in ALL_EXAMPLES.items() if example.nothing is not None])
def test_a_shock_of_no_size_changes_no_bit(name):
    example = ALL_EXAMPLES[name]
    assert_nothing(example.world("day 50", duration="20 days", **example.nothing))
    assert_nothing(example.world("day 50", **example.nothing))


@pytest.mark.parametrize("name", ALL_EXAMPLES)
def test_a_shock_of_no_duration_changes_no_bit(name):
    assert_nothing(ALL_EXAMPLES[name].world("day 50", duration="0 days"))
    assert_nothing(ALL_EXAMPLES[name].world("day 50", until="day 50", onset="5 days", recovery="linear"))


@pytest.mark.parametrize("name", ALL_EXAMPLES)
def test_a_shock_outside_the_run_changes_no_bit(name):
    example = ALL_EXAMPLES[name]
    assert_nothing(example.world("day 400", duration="20 days"))
    assert_nothing(example.world("day 100000"))
    assert_nothing(example.world("2024-06-01", duration="20 days"))


def test_a_null_shock_of_every_kind_in_the_rich_world_changes_no_bit():
    nothing = {
        "licensing": {"duration": "0 days"}, "slower": {"adds": "0 days"}, "denials": {"duration": "0 days"},
        "strike": {"duration": "0 days"}, "fire": {"size": "0 %"}, "detour": {"adds": "+0 days"},
        "cut": {"size": "0 %"}, "quota": {"effective": "day 260"}, "surge": {"size": "+0 %"},
        "seized": {"size": "0 %"}, "limit": {"effective": "day 300"}, "moved": {"to": "70 %"},
        "worse": {"scale": "+0 %"}, "sanction": {"leakage": "100 %"}, "seizure": {"effective": "day 260"},
        "glut": {"duration": "0 days"}, "storms": {"size": "0 %"}, "thefts": {"size": "0 %"},
        "frozen": {"duration": "0 days"}, "failed": {"duration": "0 days"}, "contract": {"duration": "0 days"},
    }  # fmt: skip
    data = variant(rich(), {f"shocks.{name}.{key}": v for name, said in nothing.items() for key, v in said.items()})
    assert_nothing(data)


def test_a_regime_that_is_never_in_force_changes_no_bit():
    data = chain((20,), shocks={"shut": closure(50, 30)}, licences={"office": regime(30, reviewers=2, approval="10 %")})
    assert differing_in_common(live(data).struck, live(variant(data, {"licences": {}})).struck) == []


def differing_in_common(a, b):
    return [key for key in sorted(set(a.rows) & set(b.rows)) if not np.array_equal(a[key], b[key])]
