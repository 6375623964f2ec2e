"""What can be taken away of a setting: each a file name, a media type and a function that writes it."""

import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sim.errors import TooLarge
from sim.results.outcome import Outcome
from sim.results.provenance import Provenance, of_scenario
from sim.results.report.html import html
from sim.results.result import Result
from sim.results.tables import losses_table
from sim.scenario.load import resolved
from sim.scenario.scenario import Scenario
from sim.studies.report import of_result
from sim.studies.swift import StillWanted, lived, sizes_of
from sim.web.asking import Question
from sim.web.reasons import DAYS


@dataclass(frozen=True)
class Setting:
    """A setting as it is kept: it says its seed and replications, so that `sim run` finds what the page shows."""

    scenario: Scenario
    replications: int
    seed: int
    still_wanted: StillWanted

    def outcome(self) -> Outcome:
        return lived(self.scenario, self.replications, self.seed, self.still_wanted)


@dataclass(frozen=True)
class Download:
    """One kind of file."""

    ending: str
    """What follows the key of the scenario in its name."""
    label: str
    media: str
    write: Callable[[Setting], str | bytes]


def _scenario(setting: Setting) -> str:
    return resolved(setting.scenario)


def _losses(setting: Setting) -> str:
    return losses_table(setting.outcome()).csv()


def _provenance(setting: Setting) -> str:
    return json.dumps(_origin(setting).data(), indent=2, ensure_ascii=False)


def _origin(setting: Setting) -> Provenance:
    return of_scenario(setting.scenario, ["sim serve"], None, setting.seed, setting.replications)


def _report(setting: Setting) -> bytes:
    """The page that `sim report` writes, with causes of as many replications as the page takes for them."""
    result = Result(setting.outcome())
    with DRAWING:
        setting.still_wanted()  # others may have drawn for a while
        made = of_result(result, _origin(setting).data(), DAYS, lambda done, total: setting.still_wanted())
        setting.still_wanted()
        page = html(made)
    if len(page) > LARGEST:
        says = f"the report takes {len(page) / 2**20:.0f} MiB, and here are no more than {LARGEST / 2**20:.0f}"
        raise TooLarge(f"{says}: take the scenario away, and use `sim report` on it")
    return page


LARGEST = 16 * 2**20
"""Bytes that a report may have."""
DRAWING = threading.Lock()
"""Pictures are drawn one at a time: the settings they are drawn with are those of the whole process."""

DOWNLOADS: Mapping[str, Download] = {
    "report": Download("_report.html", "Report (one page, HTML)", "text/html", _report),
    "scenario": Download(".yaml", "Scenario (YAML)", "application/yaml", _scenario),
    "losses": Download("_losses.csv", "Table (CSV)", "text/csv", _losses),
    "provenance": Download("_losses.provenance.json", "Where it comes from (JSON)", "application/json", _provenance),
}


def written(question: Question, kind: str, still_wanted: StillWanted) -> dict[str, object]:
    """The file's name, its media type and its content."""
    world, download = question.world, DOWNLOADS[kind]
    moved = world.at(question.values)
    sizes = sizes_of(moved, world.replications, world.seed)
    kept = world.as_run(moved, sizes.all, sizes.is_random)
    setting = Setting(kept, sizes.all, world.seed, still_wanted)
    return {"name": f"{world.key}{download.ending}", "media": download.media, "content": download.write(setting)}
