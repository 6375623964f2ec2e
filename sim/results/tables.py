"""The main tables of a run: what was lost, what the authorities did, what became of the claims."""

import math
from collections import Counter
from collections.abc import Sequence
from typing import Final

import numpy as np

from sim.engine.records import Array
from sim.results import licensing, losses, populations, times
from sim.results.claims import verdicts
from sim.results.curves import Curve, outputs, sales
from sim.results.licensing import Desk, desk_of, licensed_links
from sim.results.outcome import Outcome
from sim.results.service import service_of, time_to_survive
from sim.results.statistics import TOO_FEW, Summary, mean_interval, summarize, summarize_times
from sim.results.table import Cell, Column, Estimate, Table
from sim.results.terminal import number
from sim.scenario.reactions import reactions

_LOSSES: Final = (
    Column("place", "place", meaning="market, or facility and what it makes"),
    Column("stage", "stage", meaning="stage along the chain, 0 for mines", shown=False),
    Column("commodity", "commodity", shown=False),
    Column("country", "country", shown=False),
    Column(
        "lost", "lost", "", "output or sales lost, net of what is made up; mean with 95 % interval", True, brief=True
    ),
    Column("unit", "unit", meaning="of the amounts in this row"),
    Column("lost_p5", "P5", meaning="5 % of replications lose less", shown=False),
    Column("lost_p50", "P50", meaning="half of the replications lose less", shown=False),
    Column("lost_p95", "P95", meaning="95 % of replications lose less", shown=False),
    Column("lost_days", "lost", "days", "lost, in days of plan", True, brief=True),
    Column("lost_share", "lost", "%", "lost, as a share of the baseline; mean with 95 % interval", True),
    Column("share_p5", "P5", "%", "5 % of replications lose a smaller share"),
    Column("share_p95", "P95", "%", "95 % of replications lose a smaller share"),
    Column("lost_value", "value lost", "", "lost, in money", True, shown=False),
    Column("currency", "currency", shown=False),
    Column("below_baseline", "below baseline", meaning="missing on days below baseline", estimated=True, shown=False),
    Column("made_up", "made up", meaning="on days above baseline", estimated=True, shown=False),
    Column("peak_share", "peak loss", "%", "largest loss of one day", True, shown=False),
    Column("peak_date", "peak on", "", "median date of the peak", shown=False),
    Column("chance", "chance", "%", "share of replications with a loss", shown=False),
    Column("chance_low", "chance low", "%", "95 % Clopper-Pearson interval", shown=False),
    Column("chance_high", "chance high", "%", shown=False),
    Column("mean_given", "mean given loss", "", "mean of the replications with a loss", shown=False),
    Column("impact_days", "impact after", "days", "time to impact: median of the replications hit"),
    Column("survive_days", "survives", "days", "time to survive: median of replications that miss demand", shown=False),
    Column("recovery_days", "recovers after", "days", "recovery time: median of the replications that recover"),
    Column("recovered", "recover", "%", "share of the replications hit that recover", shown=False),
    Column("ending", "at the end", "", "; ".join(f"{word}: {meaning}" for word, meaning in times.ENDINGS.items())),
    Column("n", "n", meaning="replications", shown=False),
    Column("note", "note", shown=False),
)


def losses_table(outcome: Outcome) -> Table:
    """A row per market and per product of a facility: the end of the chain first, then upstream."""
    stage = outcome.facts.stage
    curves = [*outputs(outcome).values(), *sales(outcome).values()]
    ordered = sorted(curves, key=lambda c: (-stage[c.node], c.name))
    summaries = [_summary(outcome, curve) for curve in ordered]
    rows = [_loss_row(outcome, curve, summary) for curve, summary in zip(ordered, summaries, strict=True)]
    count = (f"means of n = {outcome.shocked.size} replications, with 95 % intervals",) * (outcome.shocked.size > 1)
    return Table("losses", _LOSSES, tuple(rows), count + _notes(ordered, summaries))


def _summary(outcome: Outcome, curve: Curve) -> Summary:
    return summarize(losses.settled_loss(curve), random=outcome.is_random)


def _loss_row(outcome: Outcome, curve: Curve, summary: Summary) -> tuple[Cell, ...]:
    lost = losses.settled_loss(curve)
    share, days = _settled_like(losses.loss_share(curve), lost), _settled_like(losses.loss_days(curve), lost)
    hits = summarize_times(times.recovery_time(curve))
    few = summary.note.startswith(TOO_FEW)
    spread = summarize(share) if summary.n > 1 else None
    return (
        *(curve.name, outcome.facts.stage[curve.node], curve.commodity),
        *(outcome.scenario.network.nodes[curve.node].country, _estimate(lost, few), curve.unit),
        *(summary.p5, summary.p50, summary.p95, _estimate(days, few), _estimate(share, few)),
        *((spread.p5, spread.p95) if spread else (None, None)),
        *(_estimate(lost * curve.price, few), curve.currency or None),
        *(_estimate(losses.below_baseline(curve), few), _estimate(losses.made_up_later(curve), few)),
        *(_estimate(losses.peak_loss(curve), few), _peak_date(outcome, curve)),
        *(summary.chance, summary.chance_low, summary.chance_high, summary.mean_given),
        *(_median(times.time_to_impact(curve)), _survives(outcome, curve), hits.median, hits.share),
        *(_ending(curve), summary.n, summary.note or None),
    )


def _settled_like(values: Array, lost: Array) -> Array:
    return np.where(lost == 0.0, 0.0, values)


def _estimate(values: Array, few: bool = False) -> Estimate:
    """Mean with its interval; without one where losses are too few for it."""
    finite = values[np.isfinite(values)]
    if finite.size == 0:
        return Estimate(math.nan)
    mean, low, high = mean_interval(finite)
    return Estimate(mean) if few else Estimate(mean, low, high)


def _median(values: Array) -> float:
    finite = values[np.isfinite(values)]
    return float(np.median(finite)) if finite.size else math.nan


def _survives(outcome: Outcome, curve: Curve) -> float | None:
    if curve.node not in outcome.markets:
        return None
    return _median(time_to_survive(service_of(outcome, curve.node)))


def _peak_date(outcome: Outcome, curve: Curve) -> str | None:
    day = _median(losses.peak_loss_day(curve))
    return None if math.isnan(day) else outcome.date(day).isoformat()


def _ending(curve: Curve) -> str:
    """The word for how the run ends, or each word with its share of replications, most frequent first."""
    counts = Counter(str(word) for word in times.endings(curve))
    if len(counts) == 1:
        return next(iter(counts))
    total = counts.total()
    return ", ".join(
        f"{word} {100 * counts[word] / total:.0f} %" for word in sorted(counts, key=lambda w: (-counts[w], w))
    )


def _notes(curves: Sequence[Curve], summaries: Sequence[Summary]) -> tuple[str, ...]:
    """What must be said of the rows: once if it is the same for all, else row by row."""
    said = {summary.note for summary in summaries}
    if len(said) == 1 and not any(note.startswith(TOO_FEW) for note in said):
        return tuple(note for note in said if note)
    noted = [(curve, summary) for curve, summary in zip(curves, summaries, strict=True) if summary.note]
    return tuple(f"{curve.name}: {_note(curve, summary)}" for curve, summary in noted)


def _note(curve: Curve, summary: Summary) -> str:
    few = summary.note.startswith(TOO_FEW)
    return summary.worded(lambda x: f"{number(x)} {curve.unit}") if few else summary.note


_LICENCES: Final = (
    Column("authority", "authority"),
    Column("commodity", "commodity", meaning="all, or one that it controls"),
    Column("link", "link", meaning="all, or one"),
    Column("filed", "filed", "", "applications filed, those filed again included", True),
    Column("approved", "approved", estimated=True),
    Column("denied", "denied", estimated=True),
    Column("approval", "approved", "%", "share of decisions that approve", True),
    Column("pending_peak", "most pending", "", "most waiting for a decision on any day", True),
    Column("pending_end", "pending at end", "", "waiting for a decision when the run ends", True),
    Column("review_days", "review", "days", "mean calendar days in review of what was decided", True),
    Column("n", "n", meaning="replications"),
)


def licences_table(outcome: Outcome) -> Table:
    """A row per authority, then one per commodity it controls, then one per link."""
    network, rows = outcome.scenario.network, []
    for name in network.regimes:
        licensed = set(licensed_links(outcome, name))
        lanes = [lane for lane in network.lanes if lane.name in licensed]
        groups = [("all", "all", [lane.name for lane in lanes])] if lanes else []
        for commodity in sorted({lane.commodity for lane in lanes}):
            links = [lane.name for lane in lanes if lane.commodity == commodity]
            groups += [(commodity, "all", links), *((commodity, link, [link]) for link in links)]
        rows += [_licence_row(outcome, name, c, link, desk_of(outcome, links, name)) for c, link, links in groups]
    return Table("licences", _LICENCES, tuple(rows))


def _licence_row(outcome: Outcome, authority: str, commodity: str, link: str, desk: Desk) -> tuple[Cell, ...]:
    counted = (licensing.filed, licensing.approved, licensing.denied, licensing.approval_share)
    waiting = (licensing.pending_peak, licensing.pending_at_end, licensing.review_time)
    figures = (_estimate(measure(desk)) for measure in (*counted, *waiting))
    return (authority, commodity, link, *figures, outcome.shocked.size)


_FIRMS: Final = (
    Column("place", "place", meaning="facility that stands for many firms"),
    Column("firms", "firms"),
    Column("ever", "stop", "%", "share of the firms that ever make nothing because an input is missing", True),
    Column("most", "at once", "%", "largest share of the firms that stand still on one day", True),
    Column("first", "first stops on", meaning="median date, of the replications in which a firm stops"),
    Column("last", "last stops on", meaning="median date of the first stop of the last firm that stops"),
    Column("n", "n", meaning="replications", shown=False),
)


def firms_table(outcome: Outcome) -> Table:
    """A row per population: how many of its firms stop for want of an input, and when."""
    rows = []
    for name, crowd in populations.crowds(outcome).items():
        shares = (_estimate(measure(crowd)) for measure in (populations.ever_stopped, populations.most_stopped))
        days = (populations.first_stop(crowd), populations.last_stop(crowd))
        rows.append((name, crowd.firms, *shares, *(_median_date(outcome, d) for d in days), outcome.shocked.size))
    return Table("firms", _FIRMS, tuple(rows))


def _median_date(outcome: Outcome, since_shock: Array) -> str | None:
    known = since_shock[~np.isnan(since_shock)]
    return outcome.date(float(np.median(known)) + outcome.first_day).isoformat() if known.size else None


_RESPONSES: Final = (
    Column("response", "response"),
    Column("kind", "kind"),
    Column("acted", "acted in", "%", "share of replications in which it acts"),
    Column("first", "from", meaning="median of the first days on which it acts"),
    Column("days", "acts for", "days", "days on which it acts, of replications in which it does", True),
    Column("n", "n", meaning="replications in which it acts"),
)


def responses_table(outcome: Outcome) -> Table:
    """A row per response, those that everyone shows included."""
    stated = reactions(outcome.scenario)
    return Table("responses", _RESPONSES, tuple(_response_row(outcome, name, stated[name].kind) for name in stated))


def _response_row(outcome: Outcome, name: str, kind: str) -> tuple[Cell, ...]:
    acting = outcome.shocked["acting", name] > 0.0
    some = acting[:, acting.any(axis=0)]
    if not some.size:
        return (name, kind, 0.0, None, None, 0)
    first = outcome.date(float(np.median(np.argmax(some, axis=0)))).isoformat()
    return (
        name,
        kind,
        some.shape[1] / acting.shape[1],
        first,
        _estimate(some.sum(axis=0).astype(float)),
        some.shape[1],
    )


_CLAIMS: Final = (
    Column("claim", "claim"),
    Column("says", "says"),
    Column("figure", "model", "", "the model's figure; mean with 95 % interval", True),
    Column("low", "claimed from", meaning="least that counts as agreement"),
    Column("high", "to", meaning="most that counts as agreement"),
    Column("unit", "unit"),
    Column("verdict", "verdict", meaning="reproduced if the mean lies within what is claimed"),
    Column("hangs_on", "hangs on", meaning="the assumption the figure hangs on most"),
    Column("disputed", "disputed", meaning="who disputes it and why"),
    Column("source", "source", shown=False),
    Column("reason", "remark"),
    Column("n", "n", meaning="replications with a figure"),
)


def claims_table(outcome: Outcome) -> Table:
    """A row per claim, in the order of the scenario."""
    rows = [
        (
            *(v.name, v.claim.says, Estimate(v.summary.mean, v.summary.low, v.summary.high)),
            *(*v.claim.bounds, v.unit, v.words, v.claim.hangs_on, v.claim.disputed or None),
            *(v.claim.source, v.reason or None, v.summary.n),
        )
        for v in verdicts(outcome)
    ]
    return Table("claims", _CLAIMS, tuple(rows))
