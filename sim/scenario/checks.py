"""What is checked of a scenario whose every record is well formed."""

from collections.abc import Callable, Iterator

from sim.errors import Problem
from sim.scenario import alone, caught, dimensions, reach, response_checks, spreads
from sim.scenario.scenario import Scenario

Check = Callable[[Scenario], Iterator[Problem]]

ALONE: tuple[Check, ...] = (
    alone.shares_sum_to_one,
    alone.working_days_have_a_calendar,
    alone.delays_fit_the_review,
    alone.horizon_is_whole_days,
    alone.windows_make_sense,
    alone.measures_make_sense,
    alone.hazards_of_a_group_agree,
    alone.plants_can_work,
    alone.luck_needs_something_random,
)
"""Each looks at one record at a time, so that they can be asked even where others are not well formed."""

TOGETHER: tuple[Check, ...] = (
    dimensions.prices,
    dimensions.price_shocks,
    dimensions.facilities,
    dimensions.markets,
    dimensions.lanes,
    dimensions.quotas,
    dimensions.contracts,
    dimensions.changes,
    dimensions.claims,
    reach.shocks_reach_something,
    reach.set_values_do_not_tie,
    reach.moved_shares_are_no_more_than_all,
    reach.contracts_can_be_kept,
    response_checks.stockpiles_stand_by,
    response_checks.stockpiles_are_in_units_of_what_they_hold,
    response_checks.responses_reach_something,
    response_checks.what_they_wait_for_has_a_date,
    response_checks.moved_shares_sum_to_one,
    response_checks.what_is_added_has_its_unit,
    response_checks.substitutes_stand_in_the_recipe,
    reach.words_of_scopes_are_used,
    reach.regimes_reach_something,
    reach.one_regime_for_each_link,
    caught.thresholds_have_goods,
    caught.content_can_be_traced,
    reach.rulings_are_clear,
    reach.working_days_are_known,
    reach.somebody_buys,
    reach.commodities_are_used,
    spreads.uncertain_inputs,
)
"""These look at the network, and need every name to be known."""

CHECKS = ALONE + TOGETHER
"""All of them. To add a check: write its function, then list it in one of the two."""


def found_by(checks: tuple[Check, ...], scenario: Scenario) -> list[Problem]:
    return [problem for check in checks for problem in check(scenario)]
