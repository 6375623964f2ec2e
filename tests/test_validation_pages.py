"""The pages of docs/validation are what `sim backtest --pages docs/validation` writes today."""

from pathlib import Path

import pytest

import sim

HOME = Path(__file__).parent.parent
PAGES = HOME / "docs" / "validation"
EPISODES = sorted((HOME / "scenarios").glob("*_20??.yaml"))


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """The pages written anew."""
    folder = tmp_path_factory.mktemp("validation")
    sim.backtest(EPISODES).save_pages(folder)
    return folder


@pytest.mark.parametrize("name", ["index", *(path.stem for path in EPISODES)])
def test_a_page_is_what_the_runs_say(written, name):
    kept, made = (Path(folder, f"{name}.md").read_text("utf-8") for folder in (PAGES, written))
    assert kept == made, "write them anew: sim backtest --pages docs/validation"


def test_no_page_is_left_of_an_episode_that_is_gone():
    assert {path.stem for path in PAGES.glob("*.md")} == {"index", *(path.stem for path in EPISODES)}


def test_every_episode_with_a_series_has_its_picture():
    assert {path.stem for path in PAGES.glob("*.png")} == {p.stem for p in EPISODES if sim.load(p).observed}
