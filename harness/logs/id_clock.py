"""The ids of the server are a clock: their first characters count seconds.

The first five of the 21 characters behind `event_`, `item_`, `resp_`, `sess_` and `conv_` are a number in base 62
(0-9, A-Z, a-z): the seconds since 2019-12-20. No document says so; it agreed with `expires_at` in 79 of 79
recorded sessions. So it is a hint: good for a time axis, for the zone of naive stamps and for finding two sessions
in one file, and never the ground of an error.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from harness.model import JSON, Entry

EPOCH: Final = 1_576_800_000
"""2019-12-20T00:00:00Z in Unix seconds."""
NS_PER_SECOND: Final = 1_000_000_000
# Five characters before the random ones; an id of another length was not made by this scheme.
ID: Final = re.compile(r"(?:event|item|resp|sess|conv)_([0-9A-Za-z]{5})[0-9A-Za-z]{16}\Z")
DIGITS: Final = {
    digit: value for value, digit in enumerate("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
}
FIRST: Final = 1_727_740_800
"""2024-10-01, when the API opened: an earlier time is no time."""
SESSION_SECONDS: Final = 3_601
"""The longest session there is. Ids of one session lie within it."""
LIFETIMES: Final = ((900, 900), (1800, 1802), (3600, 3601))
"""How far `expires_at` was seen to lie behind the session's id."""
QUARTER_HOUR_NS: Final = 900 * NS_PER_SECOND
"""Zones differ by quarters of an hour."""


def seconds(name: str) -> int | None:
    """Return the Unix seconds in an id, None when it is not made that way."""
    match = ID.match(name)
    if match is None:
        return None
    value = 0
    for digit in match[1]:
        value = value * 62 + DIGITS[digit]
    moment = value + EPOCH
    return moment if moment >= FIRST else None


def event_seconds(event: Mapping[str, JSON]) -> int | None:
    """Return the Unix seconds at which the server made an event, by its `event_id`."""
    name = event.get("event_id")
    return seconds(name) if isinstance(name, str) else None


class Derived(NamedTuple):
    """What the ids of a log say about its time. All of it is derived, and marked so by being here."""

    at_s: tuple[int | None, ...]
    """For each entry the Unix second of its id; None for what has none, and for all when the ids cannot be trusted."""
    trusted: bool
    """Whether most ids lie within one session, or agree with `expires_at`."""
    offset_ns: int | None
    """How far the log's stamps lie behind the ids: the zone of naive stamps, and the skew of the client's clock."""

    @property
    def zone_ns(self) -> int | None:
        """Return the part of the offset that is a zone: a number of quarters of an hour."""
        return None if self.offset_ns is None else round(self.offset_ns / QUARTER_HOUR_NS) * QUARTER_HOUR_NS

    @property
    def skew_ns(self) -> int | None:
        """Return the part of the offset that is the error of the client's clock, to a second."""
        return None if self.offset_ns is None or self.zone_ns is None else self.offset_ns - self.zone_ns


def derive(entries: Iterable[Entry]) -> Derived:
    """Return the time axis that the ids of a session give."""
    kept = tuple(entries)
    times = tuple(event_seconds(entry.content) if isinstance(entry.content, dict) else None for entry in kept)
    known = [moment for moment in times if moment is not None]
    if not known or not (_within_one_session(known) or any(_agrees(entry) for entry in kept)):
        return Derived((None,) * len(kept), False, None)
    gaps = [
        entry.at_ns - moment * NS_PER_SECOND
        for entry, moment in zip(kept, times, strict=True)
        if moment is not None and entry.at_ns is not None
    ]
    return Derived(times, True, _middle(gaps) if gaps else None)


def _middle(values: list[int]) -> int:
    return sorted(values)[(len(values) - 1) // 2]


def _within_one_session(known: list[int]) -> bool:
    middle = _middle(known)
    return 2 * sum(abs(moment - middle) <= SESSION_SECONDS for moment in known) > len(known) > 1


def _agrees(entry: Entry) -> bool:
    """Say whether the id of a session and its `expires_at` tell the same time."""
    session = entry.content.get("session") if isinstance(entry.content, dict) else None
    if not isinstance(session, dict):
        return False
    name, expires = session.get("id"), session.get("expires_at")
    made = seconds(name) if isinstance(name, str) else None
    if made is None or not isinstance(expires, int):
        return False
    return any(least <= expires - made <= most for least, most in LIFETIMES)
