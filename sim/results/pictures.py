"""Which pictures there are. What draws them is imported when one is asked for."""

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sim.errors import ScenarioError, suggest
from sim.results.plots.sheet import SHEETS, ending_of, sheet_of

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from sim.results.daily import Charged
    from sim.results.outcome import Outcome
    from sim.results.provenance import Provenance

KINDS: Final = {
    "resilience": "Shocks, cover, output and unmet demand through time, with time to impact and recovery.",
    "cover": "Days of cover through time, by stage of the chain.",
    "lost_by_stage": "Output missing each day, stacked by stage of the chain.",
    "lost_by_cause": "Output missing each day, stacked by the constraint that bound.",
    "exceedance": "The chance of losing more than so much.",
    "replications": "Single replications side by side, from the smallest loss to the largest.",
    "network_map": "Who supplies whom: stages from left to right, width by flow, colour by country.",
    "sankey": "Flows with the shocks and without, in the days on which most is missing.",
    "licence_desk": "Applications for licences through time: filed, decided and pending.",
}
"""Each is drawn by the function of the same name in the module of the same name in sim/results/plots."""

ABOUT_A_PLACE: Final = ("cover", "lost_by_cause", "exceedance", "replications", "licence_desk")
"""Which can show one place instead of all."""
OF_CAUSES: Final = ("lost_by_cause",)
"""Which need the run lived through again, with notes of what bound whom."""


def check_kind(kind: str, at: str = "") -> None:
    """Raises ScenarioError where there is no such picture, or none of a single place."""
    if kind not in KINDS:
        raise ScenarioError(f"no picture '{kind[:60]}'.{suggest(kind, KINDS)} There are {', '.join(KINDS)}")
    if at and kind not in ABOUT_A_PLACE:
        raise ScenarioError(f"'{kind}' is not about one place; these can be: {', '.join(ABOUT_A_PLACE)}")


def draw(
    outcome: "Outcome",
    kind: str = "resilience",
    at: str = "",
    provenance: "Provenance | None" = None,
    charged: "Charged | None" = None,
    width: str = "wide",
) -> "Figure":
    """A picture of an outcome, of those in `KINDS`; `charged` is what a picture of causes is drawn from.

    `width` is `wide`, or `narrow` for a telephone or a column of a page. Raises ScenarioError if there is no such
    picture, place or width.
    """
    check_kind(kind, at)
    sheet = sheet_of(width)
    paint = getattr(import_module(f"sim.results.plots.{kind}"), kind)
    said: dict[str, object] = {"at": at} if at else {}
    if kind in OF_CAUSES:
        if charged is None:
            raise ScenarioError(f"a run keeps no causes: draw it with sim.plot(result, {kind!r}), which runs it again")
        said = {"charged": charged}
    figure: Figure = paint(outcome, provenance=provenance, sheet=sheet, **said)
    return figure


def keep_picture(draw: "Callable[[str], Figure]", folder: Path, name: str, overwrite: bool = False) -> None:
    """Write a picture in each width, as PNG and SVG, beside the tables it goes with; `draw` takes the width."""
    from sim.results.plots.style import missing_glyphs_told_once, save

    with missing_glyphs_told_once():
        for width in SHEETS:
            figure = draw(width)
            for kind in ("png", "svg"):
                save(figure, folder / f"{name}{ending_of(width)}.{kind}", overwrite)
