"""The table of `peers.py`: a row for each network and program, and how far we are ahead."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

OURS = "supplyshock"
AHEAD = ("we are ahead: single run", "with its setup", "sweep")
HEAD = ("network", "program", "days", "setup, s", "single run", "sweep", *AHEAD)
SHAPES = {"chain": "chain of {}", "dense": "table of {}, half from half", "full": "table of {}, all from all"}
A_YEAR = 365


@dataclass(frozen=True)
class Line:
    """What one program took for one network."""

    program: str
    shape: str
    nodes: int
    days: int
    cases: int
    took: Sequence[dict[str, float]]

    @property
    def network(self) -> str:
        return SHAPES[self.shape].format(self.nodes)

    @property
    def rate(self) -> float:
        """Facility-days for each second, the median of the rounds."""
        return self.nodes * self.days * self.cases / statistics.median(one["run_s"] for one in self.took)

    @property
    def whole(self) -> float:
        """As `rate`, the setup included."""
        seconds = statistics.median(one["setup_s"] + one["run_s"] for one in self.took)
        return self.nodes * self.days * self.cases / seconds

    @property
    def setup(self) -> float:
        return statistics.median(one["setup_s"] for one in self.took)

    def as_dict(self) -> dict[str, object]:
        return {
            "program": self.program,
            "shape": self.shape,
            "nodes": self.nodes,
            "days": self.days,
            "cases": self.cases,
            "rounds": len(self.took),
            "facility_days_per_s": round(self.rate),
            "setup_s": round(self.setup, 4),
            "with_setup_per_s": round(self.whole),
            "asked": self.took[0]["asked"],
            "served": self.took[0]["served"],
        }


def table(lines: Sequence[Line]) -> list[tuple[str, ...]]:
    """The head and a row for each network and program, in their order."""
    rows = [HEAD]
    for network in dict.fromkeys(line.network for line in lines):
        here = [line for line in lines if line.network == network]
        single = next((line for line in here if line.program == OURS and line.cases == 1), None)
        sweep = next((line for line in here if line.program == OURS and line.cases > 1), None)
        for line in here:
            if line is not sweep or single is None:
                rows.append(_row(line, single, sweep))
    return rows


def _row(line: Line, single: Line | None, sweep: Line | None) -> tuple[str, ...]:
    ours = line.program == OURS
    many = sweep if ours and sweep else line
    start = (line.network, line.program, str(line.days), f"{line.setup:.3f}", rounded(line.rate), rounded(many.rate))
    if ours:
        return (*start, "", "", "")
    if single is None or sweep is None:
        return (*start, *["cannot say it"] * 3)
    ratios = (single.rate / line.rate, single.whole / line.whole, sweep.rate / line.rate)
    return (*start, *(f"{rounded(ratio)}×" for ratio in ratios))


def rounded(number: float) -> str:
    """Two figures, which is what repeats."""
    return f"{float(f'{number:.2g}'):,.{0 if number >= 9.95 else 1 if number >= 0.95 else 2}f}"


def plain(rows: Sequence[Sequence[str]]) -> str:
    widths = [max(len(row[i]) for row in rows) for i in range(len(HEAD))]
    return "\n".join("  ".join(part.ljust(width) for part, width in zip(row, widths, strict=True)) for row in rows)


def markdown(rows: Sequence[Sequence[str]]) -> str:
    head, *rest = rows
    lines = [head, ("---",) * 2 + ("--:",) * (len(HEAD) - 2), *rest]
    return "\n".join(f"| {' | '.join(row)} |" for row in lines)
