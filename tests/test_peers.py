"""The comparison with other programs: our own half lives and serves, and the table says who is ahead by how much.

No test installs another program, and none asserts a time.
"""

import json
import subprocess
import sys
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parent / "benchmarks"


@pytest.fixture
def tables(monkeypatch: pytest.MonkeyPatch):
    """The part of the script that builds the table."""
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    import peers_table

    return peers_table


def test_our_half_serves_all_that_calm_customers_ask_for_and_is_measured():
    asked = ["--only", "supplyshock", "--nodes", "3", "--dense", "4", "--days", "20", "--cases", "4"]
    done = subprocess.run(
        [sys.executable, BENCHMARKS / "peers.py", *asked, "--dense-cases", "3", "--rounds", "1", "--json"],
        capture_output=True,
        text=True,
        timeout=500,
    )
    assert done.returncode == 0, done.stderr
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(x["shape"], x["nodes"], x["cases"]) for x in lines] == [
        ("chain", 3, 1),
        ("chain", 3, 4),
        ("dense", 4, 1),
        ("dense", 4, 3),
    ]
    for line in lines:
        assert line["served"] == pytest.approx(line["asked"])
    assert lines[0]["asked"] == 10 * 20 and lines[2]["asked"] == 10 * 20 * 2


def took(seconds: float) -> list[dict[str, float]]:
    return [{"days": 10, "setup_s": 0.5, "run_s": seconds, "asked": 1.0, "served": 1.0}]


def test_a_row_says_how_many_times_our_rate_is_a_peers_whose_sweep_is_no_faster(tables):
    lines = [
        tables.Line("supplyshock", "chain", 3, 10, 1, took(0.1)),
        tables.Line("supplyshock", "chain", 3, 10, 100, took(1.0)),
        tables.Line("stockpyl", "chain", 3, 10, 1, took(2.0)),
    ]
    assert tables.table(lines)[1:] == [
        ("chain of 3", "supplyshock", "10", "0.500", "300", "3,000", "", "", ""),
        ("chain of 3", "stockpyl", "10", "0.500", "15", "15", "20×", "4.2×", "200×"),
    ]


def test_where_we_cannot_say_the_network_the_table_says_so(tables):
    (_, row) = tables.table([tables.Line("BoARIO", "full", 4, 10, 1, took(2.0))])
    assert row[0] == "table of 4, all from all" and row[-3:] == ("cannot say it",) * 3


def test_the_table_reads_the_same_as_text_and_as_markdown(tables):
    rows = tables.table([tables.Line("BoARIO", "full", 4, 10, 1, took(2.0))])
    text, written = tables.plain(rows).splitlines(), tables.markdown(rows).splitlines()
    assert len(text) == 2 and len(written) == 3 and written[1].startswith("| --- | --- | --: |")
    assert all(part in text[1] and part in written[2] for part in rows[1])
