"""Something that can be knocked out, as tables and pictures speak of it."""

from dataclasses import dataclass, replace
from typing import Final

FACILITY: Final = "facility"
LINK: Final = "link"
COUNTRY: Final = "country"
COMMODITY: Final = "commodity"
KINDS: Final = (FACILITY, LINK, COUNTRY, COMMODITY)
"""Kinds of knock-outs, in the order in which they are told."""


@dataclass(frozen=True)
class Knockout:
    """A facility, a link, a country or a commodity that is out."""

    kind: str
    name: str
    what: str
    """What it is, in a few words."""
    facilities: tuple[str, ...] = ()
    """Facilities that make nothing meanwhile, in order of their names."""
    link: tuple[str, str, str] | None = None
    """Seller, buyer and commodity of the link that is shut."""
    same_as: str = ""
    """The first of the knock-outs that is the same outage, where it is not the first: `facility mine_a`."""

    @property
    def what_is_out(self) -> tuple[object, object]:
        """Equal for knock-outs that are one and the same outage, such as a country's only facility."""
        return self.facilities, self.link

    @property
    def said(self) -> str:
        """Kind and name."""
        return f"{self.kind} {self.name}"

    def like(self, first: "Knockout") -> "Knockout":
        """The same, knowing the first that is the same outage."""
        return self if first is self else replace(self, same_as=first.said)
