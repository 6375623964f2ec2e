"""What a report is made of, before it is written as HTML."""

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass

from sim.results.table import Table

LARGEST_SVG = 1_500_000
"""Bytes; a larger one is put in as PNG, so that the page can still be mailed."""
_KINDS = {"svg": "image/svg+xml", "png": "image/png"}


@dataclass(frozen=True)
class Picture:
    """A picture with what is said below it. It is shown as an image, so nothing in it can run."""

    name: str
    says: str
    kind: str
    """`svg` or `png`."""
    content: bytes
    narrow: "Picture | None" = None
    """The same for a narrow screen; where there is none, this one is shown there too, and moves sideways."""

    @property
    def address(self) -> str:
        """The picture itself, as a `data:` address."""
        return f"data:{_KINDS[self.kind]};base64,{b64encode(self.content).decode('ascii')}"


@dataclass(frozen=True)
class Part:
    """A table under a heading."""

    heading: str
    table: Table
    says: str = ""
    """What comes before the table; may be empty."""


@dataclass(frozen=True)
class Rests:
    """What a result rests on."""

    assumed: int
    """Numbers of the scenario that are assumed, at least in part."""
    numbers: int
    choices: tuple[str, ...]
    parts: tuple[Part, ...]
    """Uncertain inputs and sources."""


@dataclass(frozen=True)
class Report:
    """Everything that stands on the page, in the order of reading."""

    title: str
    question: str
    answer: str
    """In a sentence or two, with its interval; never empty."""
    line: str
    """Version, replications, seed and assumptions, in short."""
    pictures: tuple[Picture, ...]
    parts: tuple[Part, ...]
    story: tuple[str, ...]
    """Dated sentences; empty where none were told."""
    causes: tuple[Part, ...]
    left_out: tuple[str, ...]
    """What of the causes is not told here, and how to have it told."""
    rests: Rests
    cautions: tuple[str, ...]
    """What not to conclude."""
    provenance: Mapping[str, str]
    scenario: str
    """As YAML that can be run again."""
