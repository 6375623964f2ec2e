"""A slider that is asked for by name: `shocks.fire.size=0:100:5 %`."""

from sim.errors import ScenarioError, suggest
from sim.scenario.document import split_dotted
from sim.scenario.scenario import Scenario
from sim.scenario.stated import Stated
from sim.scenario.unknowns import below
from sim.studies.knobs import Knob, like
from sim.studies.ranges import Span
from sim.studies.values import values_of

PICKED = "Picked"
EXAMPLE = 'write it as --knob "shocks.fire.duration=10:90:5 days" (from, to, step)'


def with_wishes(scenario: Scenario, found: dict[str, Knob], wishes: tuple[str, ...]) -> dict[str, Knob]:
    """The sliders asked for, before those found; one that was found already takes the range it is given."""
    picked = [knob for wish in wishes if (knob := _picked(scenario, wish))]
    return {knob.name: knob for knob in picked} | {n: k for n, k in found.items() if n not in {p.name for p in picked}}


def check_wishes(scenarios: list[Scenario], wishes: tuple[str, ...]) -> None:
    """Raises ScenarioError for a wish that no scenario can grant."""
    for wish in wishes:
        path = _parted(wish)[0]
        if not any(_stands_in(scenario, path) for scenario in scenarios):
            known = [knob for scenario in scenarios for knob in scenario.document.data]
            raise ScenarioError(f"--knob {path}: no scenario says anything there.{suggest(path.split('.')[0], known)}")


def _stands_in(scenario: Scenario, path: str) -> bool:
    return below(scenario.document.data, split_dotted(path) or ()) is not None


def _parted(wish: str) -> tuple[str, str]:
    path, equals, text = wish.partition("=")
    if not equals or split_dotted(path.strip()) is None:
        raise ScenarioError(f"--knob {wish[:80]}: {EXAMPLE}")
    return path.strip(), text


def _picked(scenario: Scenario, wish: str) -> Knob | None:
    """None where the scenario says nothing at the path."""
    path, text = _parted(wish)
    if not _stands_in(scenario, path):
        return None
    try:
        values = [Stated.read(value) for value in values_of(text)]
        here = Stated.read(below(scenario.document.data, split_dotted(path) or ()))
    except ValueError as error:
        raise ScenarioError(f"--knob {path}: {error}") from error
    if len(values) < 2 or values[0].value >= values[-1].value:
        raise ScenarioError(f"--knob {path}: a slider goes from one value up to another; {EXAMPLE}")
    if here.unit != values[-1].unit:
        raise ScenarioError(f"--knob {path}: the scenario says '{here}' there; give the range in the same unit")
    span = Span(values[0].value, values[-1].value, values[1].value - values[0].value)
    return Knob(path, PICKED, path, "", "number", here.words, span, here.value, {path: like(here)})
