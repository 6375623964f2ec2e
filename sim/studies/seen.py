"""The series that a scenario is held against, opened and laid over its run."""

from collections.abc import Sequence

from sim.errors import Problem, ScenarioError
from sim.results.sightings import Seen, entries, seen_of
from sim.scenario.scenario import Scenario
from sim.scenario.series import series_of


def seen_in(scenario: Scenario, to: Sequence[str] = ()) -> dict[str, Seen]:
    """The series a scenario is held against: those named, or all that it points at.

    Raises ScenarioError with all that cannot be, and where it is said.
    """
    found, problems = dict[str, Seen](), list[Problem]()
    names = entries(scenario.observed, (to,) if isinstance(to, str) else to)
    pointing = [name for name in names if scenario.observed[name].series]
    for name in names if to or not pointing else pointing:
        try:
            series = series_of(scenario, name)
            found[name] = seen_of(name, scenario.observed[name], series, scenario.start, scenario.days)
        except ScenarioError as error:
            problems += [one if one.place else scenario.problem(one.path, one.says) for one in error.problems]
    if problems:
        raise ScenarioError(problems)
    return found
