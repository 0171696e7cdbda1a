"""Stamps to integer nanoseconds, without losing a digit."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache

NS_PER_SECOND = 1_000_000_000
# An hour of them, the longest session there is; then a log's seconds are forgotten.
MOST_SECONDS = 3_600

ISO = re.compile(
    r"(\d{4}([-/])\d\d\2\d\d)[T ](\d\d:\d\d:\d\d)(?:[.,](\d{1,9})\d*)?\s?(Z|z|UTC|[+-]\d\d(?::?\d\d)?)?\Z",
)

ISO_ANYWHERE = re.compile(
    r"(?<!\d)\d{4}([-/])\d\d\1\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?"
    r"(?:\s?(?:Z|UTC)\b|[+-]\d\d(?::?\d\d)?(?!\d))?(?!\d)",
)


class Clock:
    """The layout of a log's stamps and the seconds met in it, for a reader in a hurry.

    A stamp of the layout is at `seconds[stamp[:20] + stamp[end:]] + int(stamp[20:end]) * scale`; a KeyError says
    that the second is new, or the layout another one.
    """

    __slots__ = ("end", "scale", "seconds")

    def __init__(self) -> None:
        self.seconds: dict[str, int] = {}
        self.end = 29
        self.scale = 1

    def moments(self, stamps: Sequence[str]) -> list[int]:
        """Return the Unix nanoseconds of some stamps.

        Raises:
            KeyError: a second is new, or a stamp has another layout.
        """
        seconds, end, scale = self.seconds, self.end, self.scale
        return [seconds[stamp[:20] + stamp[end:]] + int(stamp[20:end]) * scale for stamp in stamps]

    def filled(self, stamps: Sequence[str]) -> list[str]:
        """Return stamps with the fraction that many printers leave out where it is zero."""
        zeros = "." + "0" * (self.end - 20)
        return [stamp if stamp[19:20] == "." else stamp[:19] + zeros + stamp[19:] for stamp in stamps]

    def learn(self, stamp: object) -> None:
        """Take in a stamp that the formula could not read."""
        if isinstance(stamp, str) and stamp[:20] + stamp[self.end :] in self.seconds:
            return
        match = ISO.match(stamp) if isinstance(stamp, str) else None
        if match is None or not match[4]:
            return
        moment, digits = at_ns(match[0]), len(match[4])
        if moment is not None:
            if len(self.seconds) >= MOST_SECONDS:
                self.seconds.clear()
            self.end, self.scale = 20 + digits, 10 ** (9 - digits)
            self.seconds[match[0][:20] + match[0][self.end :]] = moment // NS_PER_SECOND * NS_PER_SECOND


def at_ns(stamp: str) -> int | None:
    """Return the Unix nanoseconds of an ISO 8601 stamp, None when it is none.

    A fraction has up to 9 digits, after a point or a comma; digits beyond are dropped. A stamp without a
    zone is read as UTC: gaps are right, the hour may not be.
    """
    match = ISO.match(stamp)
    if match is None:
        return None
    day, _, clock, fraction, zone = match.groups()
    seconds = _seconds(day.replace("/", "-"), clock, zone)
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
