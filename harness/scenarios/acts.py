"""What a shell must be able to do beyond the Replayer's actions, so that things go wrong."""

from typing import NamedTuple, TypeAlias

from harness.replay.actions import Action


class Meant(NamedTuple):
    """Judge an event that the client does not get like this."""

    at_ns: int
    body: bytes


class Deliver(NamedTuple):
    """Send an event that is not judged: it is wrong on purpose."""

    at_ns: int
    body: bytes


class Binary(NamedTuple):
    """Send an event in a binary frame."""

    at_ns: int
    body: bytes


class Cut(NamedTuple):
    """Send the first half of an event's frame; nothing can follow but the end of the connection."""

    at_ns: int
    body: bytes


class Drop(NamedTuple):
    """End the connection without a closing frame."""

    at_ns: int


Act: TypeAlias = Action | Meant | Deliver | Binary | Cut | Drop
