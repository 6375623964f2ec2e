"""A scenario with sliders in a notebook."""

from pathlib import Path
from typing import TYPE_CHECKING

from sim.errors import ScenarioError
from sim.scenario.scenario import SEED_LIMIT, Scenario
from sim.studies.check import runnable
from sim.studies.movable import REPLICATIONS, world_of
from sim.studies.wishes import check_wishes

if TYPE_CHECKING:
    from sim.studies.whatif_widget import WhatIf

MISSING = "sliders in a notebook need ipywidgets, which is not installed: pip install 'supplyshock[notebook]'"


def whatif(
    scenario: Scenario | str | Path,
    *,
    replications: int | None = None,
    seed: int | None = None,
    knobs: tuple[str, ...] = (),
    place: str = "",
) -> "WhatIf":
    """Sliders for what can be moved in a scenario, in Jupyter, with the curve of a place and everybody's losses.

    Every move is lived through with the same luck, in 40 replications unless more are asked for. `knobs` are sliders
    of your own, as `shocks.ban.duration=10:90:5 days`; `place` is whose curve is drawn. What is set now stands in
    `.scenario`, `.result`, `.values` and `.yaml()`; `.move(name, number)` and `.reset()` do what a hand does. Raises
    ScenarioError with everything that is wrong, also where ipywidgets is not installed.
    """
    try:
        from sim.studies.whatif_widget import WhatIf
    except ModuleNotFoundError as error:
        if (error.name or "").split(".")[0] != "ipywidgets":
            raise
        raise ScenarioError(MISSING) from None
    if replications is not None and replications < 1:
        raise ScenarioError(f"{replications} replications: give at least 1")
    if seed is not None and not 0 <= seed < SEED_LIMIT:
        raise ScenarioError(f"seed {seed}: give a whole number from 0 to 2^64 - 1")
    known = scenario if isinstance(scenario, Scenario) else runnable(scenario)
    check_wishes([known], knobs)
    most = max(REPLICATIONS, replications or 0)
    return WhatIf(world_of(known.title, known, most, seed, knobs), replications, place)
