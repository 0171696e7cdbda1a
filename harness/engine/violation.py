"""What the engine says when a declaration does not hold, and the marks it keeps of events."""

from dataclasses import dataclass, field
from typing import Literal, NamedTuple, TypeAlias

from harness.model import JSON, Event, Place, Rule, Severity

Kind: TypeAlias = Literal[
    "missing", "unexpected", "duplicate", "late", "early", "closed",
    "disagrees", "unasked", "unanswered", "unfinished", "differs",
]  # fmt: skip


SWAPPED = 2
"""How close a missing event must follow for the one before it to count as early rather than it as late."""


class Mark(NamedTuple):
    """What is kept of an event that was seen."""

    seq: int
    place: Place
    type: str


class Signal(NamedTuple):
    """An event as the engine sees it."""

    letter: str
    attributes: dict[str, JSON]
    event: Event
    mark: Mark
    """What is kept of the event."""
    variant: str = ""
    """What tells this event from others of its letter, such as the type of its item."""


@dataclass(slots=True)
class Violation:
    """One broken declaration. It may be told more exactly when later events throw light on it."""

    rule: Rule
    kind: Kind
    mark: Mark
    """The event it points at."""
    severity: Severity
    subject: str = ""
    """The thing it is about in words, such as `content part resp_1 / 0 / 0`."""
    letters: tuple[str, ...] = ()
    """The letters that are missing, or were read."""
    expected: tuple[str, ...] = ()
    witnesses: list[tuple[Mark, str]] = field(default_factory=list)
    seen: JSON = None
    wanted: JSON = None
    attribute: str = ""
    pointer: str = ""
    followers: int = 0
    """How many later violations it explains."""

    def retell(self, letter: str, mark: Mark, early: bool) -> None:
        """Say that the event that is missing has come after all: it is late, or the one that waited for it is early."""
        if early:
            self.witnesses.append((mark, "came after it"))
            self.kind, self.expected = "early", (letter,)
        else:
            self.witnesses.append((self.mark, "came before it"))
            self.kind, self.mark, self.letters = "late", mark, (letter,)
