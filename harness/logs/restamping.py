"""Stamps of other programs, such as Unix seconds, as the native formats write them."""

from datetime import UTC, datetime

from harness.logs.stamps import NS_PER_SECOND, at_ns
from harness.model import Entry


def restamped(entry: Entry) -> Entry:
    """Return the entry with a stamp that says its time in ISO 8601; the same where its own does, or it has no time."""
    if entry.at_ns is None or at_ns(entry.stamp) == entry.at_ns:
        return entry
    try:
        return entry._replace(stamp=_iso(entry.at_ns))
    except (OverflowError, ValueError, OSError):
        # Beyond the year 9999 there is no stamp; the one of the log is all there is to say.
        return entry


def _iso(moment_ns: int) -> str:
    seconds, rest = divmod(moment_ns, NS_PER_SECOND)
    fraction = f"{rest:09}".rstrip("0")
    moment = datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S")
    return f"{moment}.{fraction}Z" if fraction else f"{moment}Z"
