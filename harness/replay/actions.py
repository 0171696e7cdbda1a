"""What the Replayer asks its shell to do."""

from typing import NamedTuple, TypeAlias

from harness.model import Finding


class Send(NamedTuple):
    """Send one event."""

    at_ns: int
    """When it was due; the shell compares it with the clock to know how late it is."""
    body: bytes
    """The event as JSON."""


class Close(NamedTuple):
    """Close the connection."""

    at_ns: int
    code: int
    """A close code of RFC 6455, section 7.4."""
    reason: str


class Complain(NamedTuple):
    """Tell the user, not the client."""

    finding: Finding


Action: TypeAlias = Send | Close | Complain
