"""What passed over one connection, kept so that it can be looked at, compared and written as a log."""

from typing import NamedTuple

from harness.events import event_of
from harness.logs.restamping import restamped
from harness.model import JSON, Entry, Place, Session, Side
from harness.replay.wire import loads

LABELS: dict[Side, str] = {"client": "Sending message", "server": "Received message"}
"""What the seed's recorder calls them; a recording is told from the client's side."""


class _Passed(NamedTuple):
    at_ns: int
    side: Side
    body: bytes | dict[str, JSON]
    """A server event as it went over the wire; a client event as it was understood."""


class Tape:
    """Keeps the events of both sides of a connection, and notes about it."""

    def __init__(self, name: str, dialect: str) -> None:
        """`name` is what places call the connection."""
        self.name, self.dialect = name, dialect
        self._passed: list[_Passed | Entry] = []

    def event(self, at_ns: int, side: Side, body: bytes | dict[str, JSON]) -> None:
        """Keep an event at its time, in Unix nanoseconds."""
        self._passed.append(_Passed(at_ns, side, body))

    def remark(self, at_ns: int, text: str) -> None:
        """Keep a note, such as `Connection established`."""
        self._passed.append(Entry(Place(self.name, 1, 1), at_ns, "system", text, None))

    @property
    def session(self) -> Session:
        """Return what has passed so far, as a session that was read from a log."""
        entries = tuple(self._entry(line, one) for line, one in enumerate(tuple(self._passed), 1))
        made = (event_of(seq, entry) for seq, entry in enumerate(entries))
        return Session(self.name, self.dialect, entries, tuple(event for event in made if event is not None))

    def _entry(self, line: int, passed: "_Passed | Entry") -> Entry:
        place = Place(self.name, line, 1)
        if isinstance(passed, Entry):
            return restamped(passed._replace(place=place))
        content = loads(passed.body) if isinstance(passed.body, bytes) else passed.body
        return restamped(Entry(place, passed.at_ns, passed.side, LABELS[passed.side], content))
