"""Two sessions in one file: where one ends and the next begins."""

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Final

from harness.logs.id_clock import SESSION_SECONDS, event_seconds
from harness.model import Entry, Problem

OPENINGS: Final = frozenset({"session.created", "transcription_session.created"})
"""The events with which a server begins a session, and only then."""


def split(items: Iterable[Entry | Problem]) -> Iterator[Iterator[Entry | Problem]]:
    """Yield the sessions of a log, each as its entries and problems, without holding them.

    A session begins with the server's announcement of another session, with the recorder's note that precedes it,
    or with an id made hours before or after the one before it. Each part must be read before the next is asked for.
    """
    numbered = _numbered(items)
    for _, group in groupby(numbered, key=lambda pair: pair[0]):
        yield (item for _, item in group)


def _numbered(items: Iterable[Entry | Problem]) -> Iterator[tuple[int, Entry | Problem]]:
    """Yield each item with the number of its session."""
    number = 0
    session = ""
    last_second: int | None = None
    announced = False
    events = 0
    for item in items:
        if isinstance(item, Entry):
            name, second = _session_id(item), _second(item)
            is_note = item.side == "system" and item.content is None and "connect" in item.label.lower()
            opens = bool(name) and bool(session) and name != session
            jumps = second is not None and last_second is not None and abs(second - last_second) > SESSION_SECONDS
            if (
                events
                and not announced
                and (opens or jumps or (is_note and session and "dis" not in item.label.lower()))
            ):
                number, session, events = number + 1, "", 0
                announced = is_note
            if name:
                session, announced = name, False
            last_second = second if second is not None else last_second
            events += item.content is not None
        yield number, item


def _session_id(entry: Entry) -> str:
    """Return the id of the session that an event announces, empty for other events."""
    content = entry.content
    if not isinstance(content, dict) or content.get("type") not in OPENINGS:
        return ""
    session = content.get("session")
    name = session.get("id") if isinstance(session, dict) else None
    return name if isinstance(name, str) else str(content.get("event_id", "unnamed"))


def _second(entry: Entry) -> int | None:
    return event_seconds(entry.content) if isinstance(entry.content, dict) else None
