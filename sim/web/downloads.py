"""What can be taken away of a setting: each a file name, a media type and a function that writes it.

A report will be one more entry of `DOWNLOADS`.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sim.results.outcome import Outcome
from sim.results.provenance import of_scenario
from sim.results.tables import losses_table
from sim.scenario.load import resolved
from sim.scenario.scenario import Scenario
from sim.web.asking import Question
from sim.web.runs import StillWanted, lived, sizes_of


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
    write: Callable[[Setting], str]


def _scenario(setting: Setting) -> str:
    return resolved(setting.scenario)


def _losses(setting: Setting) -> str:
    return losses_table(setting.outcome()).csv()


def _provenance(setting: Setting) -> str:
    found = of_scenario(setting.scenario, ["sim serve"], None, setting.seed, setting.replications)
    return json.dumps(found.data(), indent=2, ensure_ascii=False)


DOWNLOADS: Mapping[str, Download] = {
    "scenario": Download(".yaml", "Scenario (YAML)", "application/yaml", _scenario),
    "losses": Download("_losses.csv", "Table (CSV)", "text/csv", _losses),
    "provenance": Download("_losses.provenance.json", "Where it comes from (JSON)", "application/json", _provenance),
}


def written(question: Question, kind: str, still_wanted: StillWanted) -> dict[str, object]:
    """The file's name, its media type and its text."""
    world, download = question.world, DOWNLOADS[kind]
    moved = world.at(question.values)
    sizes = sizes_of(moved, world.replications, world.seed)
    said: dict[str, object] = {"seed": world.seed}
    if sizes.is_random:
        said["replications"] = sizes.all
    setting = Setting(moved.changed(said), sizes.all, world.seed, still_wanted)
    return {"name": f"{world.key}{download.ending}", "media": download.media, "text": download.write(setting)}
