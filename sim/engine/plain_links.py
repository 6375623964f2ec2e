"""Which links before an authority leave nothing to luck, so that their applications need not be kept one by one."""

import math
from collections.abc import Sequence

from sim.engine import layout as at
from sim.engine.cases import Cases
from sim.engine.desk_parts import RING
from sim.engine.draws import CONSTANT
from sim.engine.plan import Plan, Pull
from sim.scenario.effects import Fade, How, Lever

SLOWING = (Lever.REVIEW, Lever.DELAY)


def longest_plain_review(cases: Cases, number: int, i: int, laws: Sequence[int]) -> int:
    """Most days in review on a plain link, shocks included; -1 if link `i` of this authority is not plain in all cases.

    On a plain link every application is approved, whole days after it was filed, and its goods leave that day. `laws`
    are the rows of its laws of review, hold, preparation, completion and lag; -1 for what takes no time.
    """
    desk, most = cases.first.desks[number], 0.0
    if desk.general or desk.working or desk.duties[i].pool >= 0 or max(laws[2:]) >= 0:
        return -1
    for plan in cases.plans:
        pulls = _acting_on(plan, desk.rows[i], laws)
        if not _all_at_once(plan, number, desk.rows[i], laws) or not all(map(_adds_whole_days, pulls)):
            return -1
        added = sum(max(0.0, pull.effect.size) for pull in pulls)
        most = max(most, plan.laws[laws[0]].a + plan.numbers["desk"][desk.rows[i], at.DESK_DELAY] + added)
    return int(most) if most < RING else -1


def _all_at_once(plan: Plan, number: int, row: int, laws: Sequence[int]) -> bool:
    """Whether, as long as no shock acts, reviews take whole days, all are approved, and what is approved leaves."""
    review, hold, habits = plan.laws[laws[0]], plan.laws[laws[1]], plan.habits[number]
    days = (review.a, habits.limit, plan.numbers["desk"][row, at.DESK_DELAY])
    return (
        review.kind == CONSTANT
        and hold.kind == CONSTANT
        and hold.a == 0.0
        and all(math.isinf(n) or n == math.floor(n) for n in days)
        and habits.returned == 0.0
        and math.isinf(habits.release_cap)
        and plan.numbers["desk"][row, at.DESK_APPROVAL] == 1.0
    )


def _acting_on(plan: Plan, row: int, laws: Sequence[int]) -> list[Pull]:
    """What acts on the time applications of a link take, or on what becomes of them."""
    target = {Lever.REVIEW: laws[0], Lever.HOLD: laws[1], Lever.DELAY: row, Lever.APPROVAL: row}
    return [pull for pull in plan.pulls if target.get(pull.effect.lever) == pull.row]


def _adds_whole_days(pull: Pull) -> bool:
    """Whether an effect does nothing but add whole days to reviews, all of a sudden."""
    effect = pull.effect
    sudden = effect.onset <= 1.0 and effect.fade is Fade.STEP
    return effect.lever in SLOWING and effect.how is How.PLUS and sudden and effect.size == math.floor(effect.size)
