"""Stamps to integer nanoseconds, without losing a digit."""

import re
from datetime import UTC, datetime
from functools import lru_cache

NS_PER_SECOND = 1_000_000_000

ISO = re.compile(
    r"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:[.,](\d{1,9})\d*)?\s?(Z|z|UTC|[+-]\d\d(?::?\d\d)?)?\Z",
)


def at_ns(stamp: str) -> int | None:
    """Return the Unix nanoseconds of an ISO 8601 stamp, None when it is none.

    A fraction has up to 9 digits, after a point or a comma; digits beyond are dropped. A stamp without a
    zone is read as UTC: gaps are right, the hour may not be.
    """
    match = ISO.match(stamp)
    if match is None:
        return None
    day, clock, fraction, zone = match.groups()
    seconds = _seconds(day, clock, zone)
    if seconds is None:
        return None
    return seconds * NS_PER_SECOND + (int(fraction.ljust(9, "0")) if fraction else 0)


# A log has many stamps within one second: a session of 15 minutes has 900 of these.
@lru_cache(maxsize=1024)
def _seconds(day: str, clock: str, zone: str | None) -> int | None:
    """Return the Unix seconds, None when there is no such time on the calendar."""
    try:
        moment = datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=UTC)
    except ValueError:
        return None
    return int(moment.timestamp()) - _offset(zone)


def _offset(zone: str | None) -> int:
    """Return the seconds a zone is ahead of UTC."""
    if not zone or zone in "ZzUTC":
        return 0
    digits = zone[1:].replace(":", "").ljust(4, "0")
    seconds = int(digits[:2]) * 3600 + int(digits[2:]) * 60
    return -seconds if zone[0] == "-" else seconds
