"""Entries for the tests of what happens to a log on its way out."""

from harness.logs.stamps import at_ns
from harness.model import JSON, Entry, Place, Side


def made(content: JSON, side: Side = "server", stamp: str = "", label: str = "") -> Entry:
    """Return an entry that says this."""
    return Entry(Place("log", 1, 1), at_ns(stamp), side, label, content, (), stamp)


def note(label: str) -> Entry:
    """Return a note of the recorder."""
    return made(None, "system", label=label)
