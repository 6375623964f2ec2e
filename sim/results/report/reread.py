"""A folder that a verb wrote, read back: its tables, its provenance, its pictures."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from sim.errors import ScenarioError
from sim.results.pictures import KINDS
from sim.results.plots.sheet import NARROW, ending_of
from sim.results.report.parts import LARGEST_SVG, Picture
from sim.results.table import Cell, Column, Estimate, Table

LARGEST: Final = 64 * 2**20
"""Bytes of a table that is read."""
MEANT: Final = "give a folder that a verb of supplyshock wrote, or a scenario file"
OF_STUDIES: Final = {
    "vary": "What is lost at each value.",
    "sweep": "What is lost at each of the settings.",
    "stress": "What is lost where each object is knocked out.",
    "time_to_survive": "How long each object is survived, against how long it is out.",
    "sensitivity": "What the loss hangs on.",
    "seek": "What was tried, and the least that does it.",
    "compare": "What each alternative avoids of the loss, with its interval, beside what it costs.",
}
"""Pictures that studies leave in their folders, and what they show."""
TITLES: Final = {
    "tts_days": "survives",
    "ttr_days": "out for",
    "missed_days": "missed after",
    "impact_days": "impact after",
    "recovery_days": "back after",
    "worst": "hit hardest",
    "worst_share": "loses",
    "index": "risk index",
    "object": "knocked out",
    "cause": "bound by",
    "role": "found",
    "how": "its file, or what is set",
    **{name: name.upper() for name in ("p5", "p50", "p95")},
}
"""Columns whose name in files is no word to read."""
_STARTS: Final = {"svg": (b"<?xml", b"<svg"), "png": (b"\x89PNG",)}


@dataclass(frozen=True)
class Kept:
    """What a folder holds."""

    tables: dict[str, Table]
    provenance: Mapping[str, Any]
    """As in the files."""
    pictures: tuple[Picture, ...]


def reread(folder: Path) -> Kept:
    """Tables, provenance and pictures of a folder. Raises ScenarioError where it holds no table of ours."""
    found = {file.stem: data for file in sorted(folder.glob("*.json")) if (data := _read(file))}
    if not found:
        raise ScenarioError(
            f"{folder} holds no table that supplyshock wrote: {MEANT}; a study writes its tables at its end"
        )
    hashes = {str(data["provenance"]["scenario"]) for data in found.values()}
    if len(hashes) > 1:
        raise ScenarioError(f"{folder} holds tables of more than one scenario: give each its own folder")
    provenance = next(iter(found.values()))["provenance"]
    return Kept({name: _table(folder, name, data) for name, data in found.items()}, provenance, _pictures(folder))


def _read(file: Path) -> dict[str, Any] | None:
    """The file's content if it is a table of ours, else None."""
    if not file.is_file():
        return None
    if file.stat().st_size > LARGEST:
        raise ScenarioError(f"{file} is larger than {LARGEST // 2**20} MB: read it with pandas")
    try:
        data = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    if not isinstance(data, dict) or not {"provenance", "table", "columns", "rows", "notes"} <= set(data):
        return None
    known = data["provenance"]
    return data if isinstance(known, dict) and {"version", "scenario", "resolved"} <= set(known) else None


def _table(folder: Path, name: str, data: Mapping[str, Any]) -> Table:
    """The table as it was; raises ScenarioError where it is not one."""
    try:
        columns = _columns(data["columns"])
        rows = tuple(tuple(_cell(row, column) for column in columns) for row in data["rows"])
        return Table(str(data["table"]), columns, rows, tuple(str(note) for note in data["notes"]))
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise ScenarioError(f"{folder / f'{name}.json'} was changed since it was written: {MEANT}") from error


def _columns(described: list[dict[str, str]]) -> tuple[Column, ...]:
    """One for each; of the three that an estimate takes, one."""
    names = [str(one["name"]) for one in described]
    bounds = {f"{name}{end}" for name in names for end in ("_low", "_high") if f"{name}_low" in names}
    return tuple(
        _column(name, str(one["unit"]), str(one["meaning"]), f"{name}_low" in names)
        for name, one in zip(names, described, strict=True)
        if name not in bounds
    )


def _column(name: str, unit: str, meaning: str, estimated: bool) -> Column:
    """`lost_share` in shares as `lost (%)`, `impact_days` in days as `impact (days)`."""
    ending = {"share": "_share", "days": "_days"}.get(unit, "")
    words = name if "." in name else TITLES.get(name) or name.removesuffix(ending).replace("_", " ")
    return Column(name, words, "%" if unit == "share" else unit, meaning, estimated)


def _cell(row: Mapping[str, Any], column: Column) -> Cell:
    value = row[column.name]
    if not column.estimated or value is None:
        return _plain(value)
    low, high = (row[f"{column.name}{end}"] for end in ("_low", "_high"))
    return Estimate(float(value), *(float("nan") if bound is None else float(bound) for bound in (low, high)))


def _plain(value: object) -> Cell:
    if value in ("inf", "-inf"):
        return float(str(value))
    if value is None or isinstance(value, str | float | int | bool):
        return value
    raise TypeError(value)


def _pictures(folder: Path) -> tuple[Picture, ...]:
    """The pictures of ours in the folder, those of studies first; SVG unless it is too large."""
    said = {**OF_STUDIES, **KINDS}
    found = ((_picture(folder, name, name, says), name) for name, says in said.items())
    return tuple(replace(wide, narrow=_narrow(folder, wide, name)) for wide, name in found if wide)


def _narrow(folder: Path, wide: Picture, name: str) -> Picture | None:
    """The same for a narrow screen; studies of earlier versions have none."""
    return _picture(folder, f"{name}{ending_of(NARROW.name)}", name, wide.says)


def _picture(folder: Path, stem: str, name: str, says: str) -> Picture | None:
    for kind in ("svg", "png"):
        file = folder / f"{stem}.{kind}"
        if file.is_file() and (kind == "png" or file.stat().st_size <= LARGEST_SVG):
            content = file.read_bytes()
            if content.startswith(_STARTS[kind]):
                return Picture(name, says, kind, content)
    return None
