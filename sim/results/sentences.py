"""The words of a story: what each kind of event is called, in sentences that begin with a date."""

import datetime
from collections.abc import Sequence
from typing import Final

from sim.results.causes import DEMAND, PROCESS, STORAGE, WORKS, Cause

SHOCK, SHORTAGE, GAIN, LOSS, LOW, STOP, RESTART, RECOVERY, OVER, END = (
    "shock", "shortage", "gain", "loss", "low", "stop", "restart", "recovery", "over", "end",
)  # fmt: skip
ORDER: Final = (SHOCK, OVER, SHORTAGE, GAIN, LOSS, LOW, STOP, RESTART, RECOVERY, END)
"""What comes first on one day."""
MONTHS: Final = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip


def dated(date: datetime.date) -> str:
    """`7 May 2025`, in every locale."""
    return f"{date.day} {MONTHS[date.month - 1]} {date.year}"


def after(days: int, shock: str) -> str:
    """`, 33 days after licensing took effect`; nothing on that day itself, which has a sentence of its own."""
    if days <= 0:
        return ""
    return f", {days} {'day' if days == 1 else 'days'} after {shock} took effect"


def why(causes: Sequence[Cause], is_market: bool, ahead: bool) -> str:
    """Causes as the end of a sentence; `ahead` where the place had made more before than it makes less now."""
    lacked = list(dict.fromkeys(cause.of for cause in causes if cause.of))
    said = [f"it lacked {listed(lacked)}"] if lacked else []
    said += list(dict.fromkeys(_because(cause, is_market, ahead) for cause in causes if not cause.of))
    return listed(said) if said else "of many causes, none of them large"


def _because(cause: Cause, is_market: bool, ahead: bool) -> str:
    if cause.kind == DEMAND:
        said = "it asked for less" if is_market else "less was ordered from it"
        return f"{said}, after it had made more" if ahead and not is_market else said
    if cause.kind == WORKS:
        return "its capacity allowed no more"
    if cause.kind == STORAGE:
        return "its storage was full"
    return "its yield was lower or its work took longer" if cause.kind == PROCESS else cause.kind


def goods(commodity: str, seller: str, buyer: str) -> str:
    """What travels on a link."""
    return f"{commodity} from {seller} for {buyer}"


def waits_for_licence(authority: str, refused: bool) -> str:
    """Goods that do not leave, for want of a licence."""
    if refused:
        return f"could no longer leave, for {authority} approved nothing"
    return f"began to wait for a licence of {authority}"


LANE_IS: Final = {
    "shut": "could no longer leave, for the lane was shut",
    "capped": "began to wait, for the lane was capped",
    "slow": "began to take longer on its way",
}
"""What is the matter with a lane."""


def gave_away(seller: str, buyer: str, commodity: str) -> str:
    """A seller short of stock who serves others better."""
    return f"{seller} had too little {commodity}, and gave {buyer} less of it than an even share"


def too_little(seller: str, buyer: str, commodity: str) -> str:
    """A seller who makes as much as ever, and yet has no stock for all that is ordered."""
    return f"{seller} had too little {commodity} to serve {buyer}"


def bought(commodity: str, sellers: Sequence[str]) -> str:
    """An input, with those it should have come from."""
    return f"{commodity} from {listed(sellers)}" if sellers else commodity


def more(subject: str, others: Sequence[str]) -> str:
    """A place makes more than its baseline, perhaps since others who sell to the same buyers make less."""
    return f"{subject} made more than its baseline{f', while {listed(others)} made less' if others else ''}"


def fell(subject: str, is_market: bool, left: float) -> str:
    """A place goes below its baseline; `left` is how much of it is left if that is all it will lose, else 1."""
    did = "was sold" if is_market else "made"
    return (
        f"{subject} {did} {100 * left:.0f} % of its baseline"
        if left < 1.0
        else f"{subject} {did} less than its baseline"
    )


def lowest(subject: str, left: float, is_market: bool) -> str:
    """The worst day of a place that never stops."""
    did = "was sold" if is_market else "made"
    return f"{subject} {did} least, {100 * left:.0f} % of its baseline"


def stopped(subject: str, is_market: bool) -> str:
    """Nothing any more."""
    return f"{subject} got nothing any more" if is_market else f"{subject} stopped"


def started(subject: str, is_market: bool) -> str:
    """Something again."""
    return f"{subject} was sold something again" if is_market else f"{subject} made something again"


def listed(words: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
