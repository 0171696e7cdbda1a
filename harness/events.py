"""Turns an entry of a log into an event of the protocol: the one place where that is decided."""

from harness.model import Entry, Event


def event_of(seq: int, entry: Entry) -> Event | None:
    """Return the event that the entry carries, or None for a note of the recorder.

    Args:
        seq: the number of the entry in its log, from 0.
        entry: any entry; it carries an event when its content is an object whose `type` is a string.
    """
    content = entry.content
    if not isinstance(content, dict):
        return None
    kind = content.get("type")
    if not isinstance(kind, str):
        return None
    return Event(seq, entry.place, entry.at_ns, entry.side, kind, content)
