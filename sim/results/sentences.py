"""The words of a story: what each kind of event is called, in sentences that begin with a date."""

import datetime
from collections.abc import Sequence
from typing import Final

from sim.results.causes import DEMAND, PROCESS, STORAGE, WORKS, Cause
from sim.results.shortages import ALLOCATION, INPUT, LANE, LICENCE

SHOCK, SHORTAGE, LOSS, LOW, STOP, RESTART, RECOVERY, OVER, END = (
    "shock", "shortage", "loss", "low", "stop", "restart", "recovery", "over", "end",
)  # fmt: skip
ORDER: Final = (SHOCK, OVER, SHORTAGE, LOSS, LOW, STOP, RESTART, RECOVERY, END)
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


def why(causes: Sequence[Cause], is_market: bool) -> str:
    """Causes as the end of a sentence."""
    said = list(dict.fromkeys(_because(cause, is_market) for cause in causes))
    return listed(said) if said else "of many causes, none of them large"


def _because(cause: Cause, is_market: bool) -> str:
    if cause.kind == DEMAND:
        return "it asked for less" if is_market else "less was ordered from it"
    if cause.kind == WORKS:
        return "its capacity allowed no more"
    if cause.kind == STORAGE:
        return "its storage was full"
    if cause.kind == PROCESS:
        return "its yield was lower or its work took longer"
    return f"it lacked {cause.of}"


def link(kind: str, seller: str, buyer: str, commodity: str, detail: str) -> str:
    """What is the matter with a link, by why its goods are short; `detail` is the authority, or how the lane is."""
    goods = f"{commodity} from {seller} for {buyer}"
    return {
        LICENCE: f"{goods} began to wait for a licence of {detail}",
        LANE: {
            "shut": f"{goods} could no longer leave, for the lane was shut",
            "capped": f"{goods} began to wait, for the lane was capped",
            "slow": f"{goods} began to take longer on its way",
        }.get(detail, goods),
        ALLOCATION: f"{seller} had too little {commodity} and gave {buyer} less of it than an even share",
        INPUT: f"{seller} had too little {commodity} to serve {buyer}",
    }[kind]


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
