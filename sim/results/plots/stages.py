"""What a stage of the chain is called."""

from sim.results.outcome import Outcome
from sim.results.terminal import literal


def stage_name(outcome: Outcome, stage: int) -> str:
    """What is made there, or who buys: `ore + oxide`, `markets of car`."""
    made = {c for node, c in outcome.facilities.values() if outcome.facts.stage[node.name] == stage}
    if made:
        return " + ".join(literal(commodity) for commodity in sorted(made))
    bought = {c for market, (_, c) in outcome.markets.items() if outcome.facts.stage[market] == stage}
    return f"markets of {' + '.join(literal(commodity) for commodity in sorted(bought))}"
