"""Whether the undisturbed world can be in equilibrium at all. Without numpy, for `sim check` asks it too."""

from collections.abc import Iterator, Sequence

from sim.engine.contracts import unfit
from sim.engine.flows import Flows, solve
from sim.engine.means import law_of, mean
from sim.engine.rulings import share_on_day_0
from sim.errors import Problem, ScenarioError
from sim.scenario.caught import needed_from_the_beginning
from sim.scenario.effects import Lever
from sim.scenario.network import Lane, Node
from sim.scenario.scenario import Scenario
from sim.scenario.unknowns import Unknowns

SLACK = 1e-9
"""Relative amount by which a plan may exceed a capacity through rounding."""


def examine(scenario: Scenario) -> None:
    """Solve the usual flows and check them. Raises ScenarioError with everything that keeps them from being carried."""
    try:
        check(scenario, solve(scenario.network), scenario.network.lanes)
    except ScenarioError as error:
        placed = [p if p.place else scenario.problem(p.path, p.says, p.warning) for p in error.problems]
        raise ScenarioError(placed) from error
    if problems := list(_at_the_ends(Unknowns(scenario))):
        raise ScenarioError(problems)


def _at_the_ends(unknowns: Unknowns) -> Iterator[Problem]:
    """Uncertain inputs that may become what no plan can carry."""
    for name, number in unknowns.ends():
        changed = unknowns.at({name: number})
        try:
            check(changed, solve(changed.network), changed.network.lanes)
        except ScenarioError as error:
            yield from (unknowns.blamed(name, number, problem) for problem in error.problems)


def check(scenario: Scenario, flows: Flows, lanes: Sequence[Lane]) -> None:
    """Raises ScenarioError with everything that keeps the plan from being carried out."""
    problems = [
        *_unreached(scenario),
        *_beyond_capacity(scenario, flows),
        *_beyond_host(scenario, flows),
        *_beyond_storage(scenario, flows),
        *_beyond_lane(scenario, flows, lanes),
        *_never_approved(scenario, flows),
        *unfit(scenario, flows),
    ]
    if problems:
        raise ScenarioError(problems)


def _unreached(scenario: Scenario) -> Iterator[Problem]:
    """Markets that no mine or collector reaches: the chain ends in a loop."""
    network = scenario.network
    buyers: dict[str, list[Node]] = {}
    for lane in network.lanes:
        buyers.setdefault(lane.seller.name, []).append(lane.buyer)
    ready = [n.name for n in network.nodes.values() if n.kind != "market" and not n.buys]
    reached = set(ready)
    while ready:
        for n in buyers.get(ready.pop(), ()):
            bought = n.buys.values()
            if n.name not in reached and all(any(seller in reached for seller in x.from_) for x in bought):
                reached.add(n.name)
                ready.append(n.name)
    for n in network.nodes.values():
        if n.kind == "market" and n.name not in reached:
            yield scenario.problem(
                f"markets.{n.name}.from", f"no mine reaches market '{n.name}': follow its sellers upstream and add one"
            )


def _beyond_capacity(scenario: Scenario, flows: Flows) -> Iterator[Problem]:
    for name, activity in flows.activity.items():
        capacity = mean(law_of(scenario.facilities[name].capacity))
        if activity > capacity * (1.0 + SLACK):
            over = f"{activity / capacity - 1.0:.1%}" if capacity > 0.0 else "all of it"
            yield scenario.problem(
                f"facilities.{name}.capacity",
                f"the plan needs {activity:.6g} a day of '{name}', {over} above its capacity of {capacity:.6g} a day; "
                "raise the capacity, or buy less from it",
            )


def _beyond_host(scenario: Scenario, flows: Flows) -> Iterator[Problem]:
    for (name, commodity), needed in flows.needed.items():
        product = scenario.facilities[name].makes[commodity]
        made = flows.output(name, product)
        if needed > made * (1.0 + SLACK):
            yield scenario.problem(
                f"facilities.{name}.makes.{commodity}",
                f"buyers need {needed:.6g} a day of '{commodity}', and '{name}' makes {made:.6g} beside its other "
                "products; let it pace the facility (`paces: true`), raise its amount, or buy less of it",
            )


def _beyond_storage(scenario: Scenario, flows: Flows) -> Iterator[Problem]:
    """A pacing product made beyond need beside others would fill its storage and then stop the plant."""
    for (name, commodity), needed in flows.needed.items():
        product = scenario.facilities[name].makes[commodity]
        made = flows.output(name, product)
        if product.paces and product.storage is not None and made > needed * (1.0 + SLACK):
            yield scenario.problem(
                f"facilities.{name}.makes.{commodity}",
                f"'{name}' makes {made:.6g} a day of '{commodity}' beside its other products, and buyers take "
                f"{needed:.6g}: its storage would fill up and stop the plant; let it be a by-product (`paces: false`)",
            )


def _beyond_lane(scenario: Scenario, flows: Flows, lanes: Sequence[Lane]) -> Iterator[Problem]:
    for lane in lanes:
        if lane.record.capacity is not None and flows.link[lane.name] > lane.record.capacity.value * (1.0 + SLACK):
            yield scenario.problem(
                f"{lane.path}.capacity",
                f"the plan sends {flows.link[lane.name]:.6g} a day over a lane of {lane.record.capacity.value:.6g}; "
                "raise its capacity, or lower its share",
            )


def _never_approved(scenario: Scenario, flows: Flows) -> Iterator[Problem]:
    """Licences in force from the beginning that can never carry the planned flow."""
    for name, regime in scenario.network.regimes.items():
        needed = needed_from_the_beginning(scenario, name)
        for lane in (lane for lane in scenario.network.overseen(regime) if lane.name in needed):
            if flows.link[lane.name] > 0.0 and share_on_day_0(Lever.APPROVAL, regime, lane, scenario) == 0.0:
                yield scenario.problem(
                    f"licences.{name}.approval",
                    f"no application for '{lane.name}' is approved on day 0, so the plan cannot be carried; "
                    "approve a share of them, or impose the licence by a shock of kind licensing",
                )
            if flows.link[lane.name] > 0.0 and share_on_day_0(Lever.BARRED, regime, lane, scenario) > 0.0:
                yield scenario.problem(
                    f"licences.{name}.barred",
                    f"a share of the orders for '{lane.name}' is barred on day 0, so the plan cannot be carried; give "
                    "`barred` a date with `from`, or impose it by a shock of kind barred_share",
                )
