"""The blocks a study is done in, and the cases that could not be; without numpy, for `sim status` asks for them too."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Block:
    """Some replications of some points, which are lived through, kept and counted as one."""

    first_point: int
    last_point: int
    """The first that is no longer in it."""
    first_replication: int
    """From 1."""
    last_replication: int
    """The first that is no longer in it."""

    @property
    def size(self) -> int:
        """Replications of all its points."""
        return (self.last_point - self.first_point) * (self.last_replication - self.first_replication)


@dataclass(frozen=True, order=True)
class Failure:
    """A case that could not be lived through, and why."""

    point: int
    replication: int
    says: str
