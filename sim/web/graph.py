"""The network as the page draws it: who stands where, who supplies whom, and how much of each is lost."""

import math
from collections.abc import Mapping, Sequence

import numpy as np

from sim.engine.records import Array
from sim.results import losses
from sim.results.curves import output_of, sales_of
from sim.results.outcome import Outcome
from sim.scenario.network import Lane, Node

MOST = 80
"""Nodes that are drawn; of more, those that lose most."""
SWEEPS = 4
"""Times the rows are ordered anew by those they are linked with: enough to part most crossings."""


def graph_of(outcome: Outcome) -> dict[str, object]:
    """Nodes with stage, row and share lost; links with share lost and their weight among those of the same goods."""
    lost = {node.name: _lost_by(outcome, node) for node in outcome.scenario.network.nodes.values()}
    ordered = sorted(lost, key=lambda name: (-lost[name], name))
    drawn = set(ordered[:MOST])
    lanes = [lane for lane in outcome.links.values() if {lane.seller.name, lane.buyer.name} <= drawn]
    rows = _rows(outcome, drawn, lanes)
    nodes = [_node(outcome, name, rows[name], lost[name]) for name in sorted(drawn)]
    links = [_link(outcome, lane) for lane in lanes]
    return {"nodes": nodes, "links": links, "left_out": len(ordered) - len(drawn)}


def _node(outcome: Outcome, name: str, row: int, lost: float) -> dict[str, object]:
    node = outcome.scenario.network.nodes[name]
    return {
        "name": name,
        "kind": node.kind,
        "country": node.country,
        "goods": list(node.commodities),
        "stage": outcome.facts.stage[name],
        "row": row,
        "lost": lost,
        "hit": name in outcome.directly_hit,
    }


def _link(outcome: Outcome, lane: Lane) -> dict[str, object]:
    before, after = outcome.baseline["shipments", lane.name], outcome.shocked["shipments", lane.name]
    share = _mean_share(np.sum(before - after, axis=0), np.sum(before, axis=0))
    weight = lane.share if outcome.facts.flow[lane.name] > 0.0 else 0.0
    ends = {"from": lane.seller.name, "to": lane.buyer.name, "goods": lane.commodity}
    return {**ends, "lost": share, "weight": weight}


def _lost_by(outcome: Outcome, node: Node) -> float:
    """Share of output or sales lost on average; of several products, that which loses most."""
    if node.kind == "market":
        curves = [sales_of(outcome, node.name)]
    else:
        curves = [output_of(outcome, f"{node.name}: {commodity}") for commodity in node.commodities]
    return max(_mean_share(losses.settled_loss(curve), losses.whole_baseline(curve)) for curve in curves)


def _mean_share(part: Array, whole: Array) -> float:
    mean, of = float(np.mean(part)), float(np.mean(whole))
    return mean / of if of > 0.0 and math.isfinite(mean) else 0.0


def _rows(outcome: Outcome, drawn: set[str], lanes: Sequence[Lane]) -> dict[str, int]:
    """The row of each node in its stage: each next to those it is linked with."""
    stages: dict[int, list[str]] = {}
    for name in sorted(drawn):
        stages.setdefault(outcome.facts.stage[name], []).append(name)
    linked: dict[str, list[str]] = {name: [] for name in drawn}
    for lane in lanes:
        linked[lane.seller.name].append(lane.buyer.name)
        linked[lane.buyer.name].append(lane.seller.name)
    rows = _numbered(stages)
    for _ in range(SWEEPS):
        for names in stages.values():
            middle = {name: _middle(rows, stages, outcome, linked[name], rows[name]) for name in names}
            names.sort(key=lambda name: (middle[name], name))
            rows |= {name: row for row, name in enumerate(names)}
    return rows


def _middle(
    rows: Mapping[str, int],
    stages: Mapping[int, list[str]],
    outcome: Outcome,
    others: Sequence[str],
    own: int,
) -> float:
    """Where the others stand on average, from 0 at the top of their stage to 1 at the bottom."""
    if not others:
        return float(own)
    heights = [(rows[name] + 0.5) / len(stages[outcome.facts.stage[name]]) for name in others]
    return sum(heights) / len(heights)


def _numbered(stages: Mapping[int, Sequence[str]]) -> dict[str, int]:
    return {name: row for names in stages.values() for row, name in enumerate(names)}
