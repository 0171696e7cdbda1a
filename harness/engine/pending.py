"""What waits in a session: causes for their effects."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from harness.engine.declarations import Cause, Link
from harness.engine.violation import Mark
from harness.model import JSON

REMEMBERED = 1024
"""How many named causes of one kind are remembered: more than a conversation's context holds items."""


@dataclass(slots=True, eq=False)
class Pending:
    """A cause that waits for its effect."""

    row: "Row"
    mark: Mark
    attributes: dict[str, JSON]
    expected: bool
    count: int
    """How many events were seen before it."""
    name: tuple[JSON, ...] | None = None
    """What it names, None when it leaves that out."""


@dataclass(slots=True, eq=False)
class Row:
    """One cause of one link, with what is pending: by what it names, and what names nothing."""

    link: Link
    cause: Cause
    named: dict[tuple[JSON, ...], list[Pending]] = field(default_factory=dict)
    nameless: list[Pending] = field(default_factory=list)

    def name(self, attributes: Mapping[str, JSON]) -> tuple[JSON, ...] | None:
        """Return what a cause or an effect names, None when it leaves that out."""
        name = tuple([attributes.get(part) for part in self.cause.key])
        return None if not name or None in name else name

    def add(self, pending: Pending) -> None:
        """Let a cause wait; one that is not used up replaces its like."""
        name = pending.name = self.name(pending.attributes) if self.cause.key else None
        if not self.cause.consumed:
            self.remove_all(name)
        if name is None:
            self.nameless.append(pending)
            del self.nameless[:-REMEMBERED]
        else:
            self.named.setdefault(name, []).append(pending)
            if len(self.named) > REMEMBERED:
                del self.named[next(iter(self.named))]

    def remove_all(self, name: tuple[JSON, ...] | None) -> None:
        """Forget what waits under a name."""
        if name is None:
            self.nameless.clear()
        else:
            self.named.pop(name, None)

    def remove(self, pending: Pending) -> None:
        """Take a cause out that has had its effect."""
        name = pending.name
        if name is None:
            self.nameless.remove(pending)
            return
        waiting = self.named[name]
        waiting.remove(pending)
        if not waiting:
            del self.named[name]

    def waiting(self) -> Iterator[Pending]:
        """Yield everything that waits."""
        yield from self.nameless
        for pendings in self.named.values():
            yield from pendings
