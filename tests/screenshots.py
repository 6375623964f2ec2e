"""The pictures of the README of pages and of its first runs: `python tests/screenshots.py` makes them anew, in docs/.

Pages are taken in Chromium, as wide as a README shows them, and all are kept in few colours so that they stay small.
"""

import io
import sys
import tempfile
from pathlib import Path

from pages import serving
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright
from test_page import CHROMIUM, QUIET

import sim
from sim.results.plots.style import rendered
from sim.scenario.load import loads
from sim.scenario.template import template

HOME = Path(__file__).parent.parent
FAB = HOME / "scenarios" / "fab_30_days.yaml"
NEXPERIA = HOME / "scenarios" / "nexperia_export_stop.yaml"
DOCS = HOME / "docs"
LARGEST = 300_000
"""Bytes of a picture."""
COLOURS = 256


def what_if(browser: Browser) -> Page:
    """The page with the fabs' stock moved from 30 to 60 days."""
    page = browser.new_page(viewport={"width": 1280, "height": 940}, locale="en-GB")
    with serving(FAB) as address:
        page.goto(f"{address}?s=fab_30_days&k.shocks.stock_rule.cover=60")
        page.wait_for_selector("#curve path[data-line=file]", state="attached")
        page.wait_for_selector("#causes table")
        page.wait_for_timeout(500)
    return page


def report(browser: Browser) -> Page:
    """The top of the report of the export stop at Nexperia."""
    page = browser.new_page(viewport={"width": 1020, "height": 1100})
    with tempfile.TemporaryDirectory() as folder:
        page.goto(sim.report(NEXPERIA, Path(folder) / "report.html").as_uri())
        page.wait_for_load_state()
    return page


def ban() -> bytes:
    """The picture that `sim run` makes of the scenario on the README's first screen."""
    return rendered(sim.run(loads(template("ban"))).plot(), "png")


def rare_earth_licences() -> bytes:
    """The picture that `sim run` makes of the first scenario of the README."""
    return rendered(sim.run(HOME / "scenarios" / "rare_earth_licences.yaml").plot(), "png")


PAGES = {"what_if": what_if, "report": report}
RUNS = {"ban": ban, "rare_earth_licences": rare_earth_licences}


def keep(content: bytes, target: Path) -> None:
    """The picture in few colours. Raises ValueError where it is too large to be kept."""
    picture = Image.open(io.BytesIO(content)).convert("RGB")
    picture.quantize(COLOURS, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE).save(target, optimize=True)
    if target.stat().st_size > LARGEST:
        raise ValueError(
            f"{target} takes {target.stat().st_size:,} bytes, and {LARGEST:,} are the most: show less of it"
        )


def main(names: list[str]) -> None:
    """Take those that are named, or all."""
    words = ["--no-sandbox", "--no-first-run", *(f"--disable-{what}" for what in QUIET)]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=words)
        for name in names or [*RUNS, *PAGES]:
            keep(RUNS[name]() if name in RUNS else PAGES[name](browser).screenshot(), DOCS / f"{name}.png")
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1:])
