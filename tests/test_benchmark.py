"""The benchmark runs and says what the README quotes; how fast it is, no test asserts."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from sim.engine.plan import plan
from sim.engine.size import FEWEST, LAST_CACHE, MOST, STATE_LIMIT, cases_together
from sim.engine.state import rows_of_state
from sim.scenario.load import load

SCRIPT = Path(__file__).parent / "benchmarks" / "engine.py"
SCALING = Path(__file__).parent / "benchmarks" / "scaling.py"
POPULATION = Path(__file__).parent / "benchmarks" / "population.py"
RATES = {"what", "cases", "facilities", "links", "days", "rounds", "cpu_s", "cases_per_s", "facility_days_per_s"}
OWN = {"setup_s", "together", "share_in_rules", "peak_memory_mb"}

KERNEL = {
    "network.py": """
class Spec:
    N, L = 25, 44
def ree(T):
    spec = Spec()
    spec.T = T
    return spec
""",
    "limit.py": """
def batch(spec, cases, width, mode, dtype, threads):
    assert (width, mode, threads) == (min(cases, 64), 1, 1)
""",
}


def lines_of(limit: Path) -> list[dict[str, object]]:
    """What a short benchmark prints, a line each."""
    asked = ["--cases", "1", "4", "--days", "60", "--rounds", "1", "--limit", str(limit)]
    done = subprocess.run([sys.executable, SCRIPT, *asked], capture_output=True, text=True, timeout=500)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_says_how_fast_the_engine_is_without_the_kernel(tmp_path: Path):
    missing, *found = lines_of(tmp_path)
    assert missing["what"] == "fused kernel" and "missing" in missing
    assert [(line["what"], line["cases"]) for line in found] == [("engine", 1), ("engine", 4)]
    for line in found:
        assert set(line) == RATES | OWN
        assert (line["facilities"], line["links"], line["days"]) == (25, 44, 60)
        assert 0.0 < float(str(line["share_in_rules"])) <= 1.0


@pytest.fixture
def kernel(tmp_path: Path) -> Path:
    """A folder with a kernel that does nothing."""
    for name, text in KERNEL.items():
        (tmp_path / name).write_text(text)
    return tmp_path


def test_takes_turns_with_the_kernel_and_gives_the_ratio(kernel: Path):
    found = lines_of(kernel)
    assert [line["what"] for line in found] == ["engine", "fused kernel", "engine / fused kernel"] * 2
    assert set(found[1]) == RATES
    assert set(found[2]) == {"what", "cases", "ratio", "lowest", "highest", "rounds"}
    assert sorted(path.name for path in kernel.iterdir()) == ["limit.py", "network.py"]


def test_says_how_long_a_population_takes():
    asked = ["--firms", "200", "--replications", "2"]
    done = subprocess.run([sys.executable, POPULATION, *asked], capture_output=True, text=True, timeout=500)
    assert done.returncode == 0, done.stderr
    one, two = (json.loads(line) for line in done.stdout.splitlines())
    assert (one["replications"], two["replications"]) == (1, 2)
    assert one["firms"] == 200 and 0 < one["ever_stopped"] <= 200 and one["wall_s"] >= 0 < one["peak_memory_mb"]


def test_says_what_a_facility_day_costs_by_the_size_of_the_network():
    asked = ["--facilities", "25", "50", "--days", "20", "--rounds", "1", "--together", "2"]
    done = subprocess.run([sys.executable, SCALING, *asked], capture_output=True, text=True, timeout=500)
    assert done.returncode == 0, done.stderr
    one, two, spread = (json.loads(line) for line in done.stdout.splitlines())
    assert (one["facilities"], one["links"], two["facilities"], two["links"]) == (25, 44, 50, 88)
    assert one["cases"] == 2 and two["rows"] > 1.9 * one["rows"]
    assert spread["what"] == "spread" and spread["dearest_over_cheapest"] >= 1.0


def test_a_batch_has_many_cases_unless_its_state_would_be_too_large():
    assert cases_together(100) == MOST
    assert cases_together(400_000) == STATE_LIMIT // (8 * 400_000) < FEWEST
    assert cases_together(STATE_LIMIT) == 1
    rows = rows_of_state(plan(load(SCALING.parent / "reference.yaml")))
    assert FEWEST < cases_together(rows) < MOST


def test_a_batch_that_no_cache_holds_has_as_many_cases_as_pay():
    assert cases_together(LAST_CACHE // (8 * FEWEST)) == FEWEST
    assert cases_together(LAST_CACHE // (8 * FEWEST) + 1) == MOST == cases_together(40_000)
