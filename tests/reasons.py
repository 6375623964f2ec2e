"""Ways to ask why in tests: a world with notes of what bound whom, and what it is charged to."""

from worlds import batch, scenario_of

from sim.engine import run as engine
from sim.results.causes import charges, curve_of
from sim.results.outcome import Outcome
from sim.results.shortages import Noted


def noted(data, replications=(1, 2), seed=1):
    """Lived through without and with the shocks, two cases at least each, with notes."""
    cases = batch([data], replications, seed)
    records, bounds = engine.run_noting(cases)
    calm, struck = slice(0, len(replications)), slice(len(replications), None)
    outcome = Outcome(
        scenario_of(data), cases.first.facts, records.cases(calm), records.cases(struck), tuple(replications), seed
    )
    return Noted(outcome, bounds.cases(struck))


def first_of(noted_, case):
    """The same with one replication only."""
    outcome, some = noted_.outcome, slice(case, case + 1)
    alone = Outcome(
        outcome.scenario,
        outcome.facts,
        outcome.baseline.cases(some),
        outcome.shocked.cases(some),
        outcome.replications[some],
        outcome.seed,
    )
    return Noted(alone, noted_.bounds.cases(some))


def places(noted_):
    return [*noted_.outcome.facilities, *noted_.outcome.markets]


def loss(noted_, place):
    curve = curve_of(noted_, place)
    return (curve.baseline - curve.shocked).sum(axis=0)


def charged(noted_, place):
    """In the first replication, by `kind of input`, without what rounds to nothing."""
    found = {" ".join(cause).strip(): float(values[0]) for cause, values in charges(noted_, place).items()}
    return {cause: round(amount, 6) for cause, amount in found.items() if abs(amount) > 1e-6}
