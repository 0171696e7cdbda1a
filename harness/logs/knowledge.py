"""What a reader must be told about the protocol, so that layer 1 need not import it."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from harness.model import JSON, Side


class Knowledge(Protocol):
    """What events look like, and who sends them."""

    def schemas(self, event_type: str) -> Sequence[Mapping[str, JSON]]:
        """Return the JSON schema of each dialect that has the type, newest first; empty when unknown."""
        ...

    def sides(self, event_type: str) -> frozenset[Side]:
        """Return who can send an event of this type; empty when unknown."""
        ...


class Ignorance:
    """The knowledge of a reader that was told nothing: no schemas, no sides."""

    def schemas(self, event_type: str) -> Sequence[Mapping[str, JSON]]:
        """Return no schema."""
        return ()

    def sides(self, event_type: str) -> frozenset[Side]:
        """Return no side."""
        return frozenset()
