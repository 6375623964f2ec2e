"""A template with answers in it: what stands in angle brackets is written out, and nothing else is touched."""

import datetime
import json
import re
from collections.abc import Mapping

from sim.scenario.durations import Duration
from sim.scenario.fields import write_percent
from sim.scenario.questions import Answers, Flow, three_digits

_BLANK = re.compile(r"<([A-Za-z0-9_. %]+)>")
_PART = re.compile(r"([0-9.]+) % of exports( as unit)?")
_TAKEN = frozenset(("product", "yes", "no", "on", "off", "true", "false", "null", "y", "n"))
"""What no commodity of the template can be called: its own product, and words that YAML reads as something else."""

FITTED = 0.36
"""Chance of an approval, fitted to magnets in 2025."""
FADES = 20
"""Days after the announcement in which what was declared before it leaves; fitted to magnets in 2025."""
USUAL_MOST = 131.0
"""Capacity of exporters, in percent of usual exports, unless more has left in a month."""


def filled(text: str, answers: Answers) -> str:
    """The template's text with every blank filled in."""
    values = blanks(answers)
    return _BLANK.sub(lambda blank: _written(blank[1], values, answers["exports"]), text)


def _written(blank: str, values: Mapping[str, str], exports: Flow) -> str:
    if part := _PART.fullmatch(blank):
        return exports.part(float(part[1]), "unit" if part[2] else "")
    return values[blank]


def blanks(answers: Answers) -> dict[str, str]:
    """What stands for each blank but parts of exports."""
    key = slug(answers["material"])
    name = answers["material"]
    exports = answers["exports"]
    return {
        "title": json.dumps(f"{name[0].upper()}{name[1:]} under export control", ensure_ascii=False),
        "material": key,
        "series": f"{key}_exports.yaml",
        "exports": str(exports),
        "unit": exports.unit,
        "usual_month": exports.a_month(),
        "capacity": exports.part(max(USUAL_MOST, 100.0 * answers["cap"])),
        **_places(answers["country"]),
        **_times(answers),
        **_numbers(answers),
        **_sources(answers),
    }


def slug(name: str) -> str:
    """A key for a name: letters, digits and underscores, in any script, beginning with a letter."""
    key = re.sub(r"\W+", "_", name.lower()).strip("_")
    return key if key.isidentifier() and key not in _TAKEN else f"material_{key}".rstrip("_")


def _users(country: str) -> tuple[str, str]:
    """The two single countries of users; China stands in for one that controls its own exports."""
    return ("cn" if country == "US" else "us", "cn" if country == "JP" else "jp")


def _places(country: str) -> dict[str, str]:
    first, near = _users(country)
    elsewhere = "CA" if country == "AU" else "AU"
    return {
        "country": country, "elsewhere": elsewhere, "us": first, "US": first.upper(), "jp": near, "JP": near.upper(),
    }  # fmt: skip


def _times(answers: Answers) -> dict[str, str]:
    announced, effective, until = answers["announced"], answers["effective"], answers["until"]
    start = datetime.date(announced.year - 1, 1, 1)
    days = (effective - start).days + answers["ahead"].value
    end = until or effective + datetime.timedelta(days=365)
    return {
        "start": str(start),
        "horizon": f"{-(-days // 10) * 10:.0f} days",
        "announced": str(announced),
        "effective": str(effective),
        "onset": str(Duration(float(max(0, FADES - (effective - announced).days)))),
        "until": f"until: {end}" if until else f"# until: {end}",
        "usual_from": str(start),
        "usual_until": str(start.replace(year=start.year + 1)),
        "month_1": f"{start.year}-01",
        "month_2": f"{start.year}-02",
        "score_from": str(effective.replace(day=1)),
        "score_until": str((effective + datetime.timedelta(days=372)).replace(day=1)),
    }


def _sources(answers: Answers) -> dict[str, str]:
    """What is known of the desk is known of China's, of its limit, and of one chance; all else is assumed."""
    known, assumed = [], ["preparation", "lag", "filing", "cap"]
    if (answers["country"], answers["review"]) == ("CN", Duration(45.0, working=True)):
        known.append("Decree 792; Teslam 694")
    else:
        assumed.insert(0, "review")
    if answers["approval"] == FITTED:
        known.append("approval fitted to magnets_2025")
    else:
        assumed.insert(0, "approval")
    onset = (
        "onset fitted to magnets_2025"
        if answers["announced"] == answers["effective"]
        else "onset too, shortened by the notice given"
    )
    return {
        "desk_source": "; ".join([*known, f"assumed: {', '.join(assumed)}"]),
        "licensing_source": f"assumed: dates; {onset}",
    }


def _numbers(answers: Answers) -> dict[str, str]:
    review, cover, cap = answers["review"], answers["cover"], answers["cap"]
    return {
        "review": str(review),
        "review_low": str(Duration(float(three_digits(review.value / 9)), review.working)),
        "approval": write_percent(answers["approval"]),
        "exempt": write_percent(answers["exempt"]),
        "cover": str(cover),
        "cover_low": str(Duration(cover.value / 2)),
        "cover_high": str(Duration(cover.value * 2)),
        "cap": write_percent(cap),
        "cap_high": write_percent(max(1.31, round(2 * cap - 1, 4))),
    }
