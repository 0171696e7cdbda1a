"""Time from ids: the ids of some services begin with the second at which they were made.

Measured, and documented nowhere: what comes from here is derived, good for order, spans and zones, and never the
ground of an error. The first five characters after the prefix are base62 seconds since 2019-12-20T00:00:00Z;
`expires_at` less the second in `session.id` was 900, 1800 to 1802 or 3600 to 3601 in 79 of 79 session events.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from statistics import median
from typing import NamedTuple

from harness.logs.stamps import ISO, NS_PER_SECOND
from harness.model import JSON, Entry

EPOCH_S = 1_576_800_000
"""2019-12-20T00:00:00Z."""
DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
# 21 characters: ids of 16 and 22 are of other schemes, in which these five are random.
ID = re.compile(r"(?:event|sess|item|resp|conv)_([0-9A-Za-z]{5})[0-9A-Za-z]{16}", re.ASCII)
ID_LENGTH = len("event_") + 21
LAUNCH_S = 1_727_740_800
"""2024-10-01, when the service began: an id that says it is older is no clock."""

LIMITS_S = (900, 1800, 3600)
"""How long a session may last: 15 minutes in 2024, 30 in 2025, 60 since; `expires_at` is that much after its id."""
LATE_S = 2
"""By how much `expires_at` was seen to be later than that."""
LONGEST_S = max(LIMITS_S) + LATE_S
FEWEST = 2
"""Two random ids fall within one session by chance once in a hundred thousand; one alone always does."""
CLUSTER = 3
"""So many ids within one session are another session in the same file. Pairs happen among many random ids: some
services mix random ids of 21 characters with those that are a clock."""

QUARTER_S = 900
"""Zones are whole quarters of an hour."""
FARTHEST_ZONE_S = 14 * 3600


class Derived(NamedTuple):
    """When an entry was made, as its ids tell."""

    at_s: int
    """Unix seconds, cut off: it was made within the second that begins here."""
    exact: bool
    """True when its own `event_id` says so; else it is the youngest thing it names, and the entry is no older."""


class Skew(NamedTuple):
    """How far the clock of the stamps is ahead of the ids' clock."""

    seconds: float
    """Give or take half a second, and the time an event was under way. Without the zone."""
    zone_s: int | None
    """The zone that stamps without one seem to be in, in seconds ahead of UTC; None where they have one."""
    entries: int
    """How many entries have both times."""


@dataclass(frozen=True, slots=True)
class IdTimes:
    """The derived times of a log."""

    entries: tuple[Derived | None, ...]
    """One for each entry of the log; None where it has no id of the scheme."""
    span: tuple[int, int]
    """The first and the last second, both Unix seconds."""
    confirmed: bool
    """True when an `expires_at` agrees; else only the ids agree among themselves."""
    skew: Skew | None
    """None where no entry has a stamp and an exact derived time."""


def second_of(identifier: str) -> int | None:
    """Return the Unix second in an id, None when it is not of the scheme."""
    match = ID.fullmatch(identifier)
    if match is None:
        return None
    seconds = 0
    for character in match[1]:
        seconds = seconds * len(DIGITS) + DIGITS.index(character)
    seconds += EPOCH_S
    return seconds if seconds >= LAUNCH_S else None


def derive(entries: Iterable[Entry]) -> IdTimes | None:
    """Return the times that the ids of a log tell, None where they are not known to be a clock.

    They are one when a session's `expires_at` agrees with its id, or when most ids lie within one session's length.
    An id that lies far from all others is random, or of another session, and tells nothing.
    """
    entries = list(entries)
    read = [_seconds(entry.content) for entry in entries]
    confirmed = {second for entry in entries if (second := confirmed_second(entry.content)) is not None}
    distinct = {identifier: second for ids in read for identifier, second in ids.items()}
    ordered = sorted(distinct.values())
    if not is_clock(ordered, confirmed):
        return None
    trusted = frozenset(second for group in groups_of(ordered, confirmed) for second in group)
    times = tuple(_derived(entry.content, ids, trusted) for entry, ids in zip(entries, read, strict=True))
    known = [one.at_s for one in times if one is not None]
    exact = [
        (one.at_s, entry.at_ns, entry.stamp)
        for entry, one in zip(entries, times, strict=True)
        if one is not None and one.exact
    ]
    return IdTimes(times, (min(known), max(known)), bool(confirmed), skew_of(exact))


def _seconds(content: JSON) -> dict[str, int]:
    """Return the ids of the scheme in an event, each with its second."""
    return {one: second for one in _ids(content) if (second := second_of(one)) is not None}


def _ids(value: JSON) -> Iterator[str]:
    """Yield the texts in a value that are short enough for an id."""
    if isinstance(value, str):
        if len(value) <= ID_LENGTH:
            yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from _ids(part)
    elif isinstance(value, list):
        for part in value:
            yield from _ids(part)


def _derived(content: JSON, ids: dict[str, int], trusted: frozenset[int]) -> Derived | None:
    own = content.get("event_id") if isinstance(content, dict) else None
    if isinstance(own, str) and ids.get(own) in trusted:
        return Derived(ids[own], True)
    youngest = max((second for second in ids.values() if second in trusted), default=None)
    return None if youngest is None else Derived(youngest, False)


def confirmed_second(content: JSON) -> int | None:
    """Return the second in the id of the session that an event shows, None where its end does not agree with it."""
    session = content.get("session") if isinstance(content, dict) else None
    if not isinstance(session, dict):
        return None
    began, ends = second_of(str(session.get("id"))), session.get("expires_at")
    if began is None or not isinstance(ends, int):
        return None
    return began if any(0 <= ends - began - limit <= LATE_S for limit in LIMITS_S) else None


def is_clock(ordered: Sequence[int], confirmed: Set[int]) -> bool:
    """Tell whether the seconds are times: a session's end agrees, or most lie within one session's length."""
    most = max((bisect_right(ordered, first + LONGEST_S) - at for at, first in enumerate(ordered)), default=0)
    return bool(confirmed) or (most >= FEWEST and most * 2 > len(ordered))


def groups_of(ordered: Sequence[int], confirmed: Set[int]) -> list[list[int]]:
    """Return the seconds that others are near to, by session: within a session's length of the next."""
    groups: list[list[int]] = []
    for second in ordered:
        if not groups or second - groups[-1][-1] > LONGEST_S:
            groups.append([])
        groups[-1].append(second)
    largest = max(groups, key=len, default=[])
    return [one for one in groups if one is largest or len(one) >= CLUSTER or not confirmed.isdisjoint(one)]


def skew_of(both: Sequence[tuple[int, int | None, str]]) -> Skew | None:
    """Return how far stamps are ahead of the seconds in ids, which are cut off: by half a second in the middle.

    `both`: of each event the second in its own id, the time of its stamp in Unix nanoseconds, and the stamp.
    """
    stamped = [(at_ns / NS_PER_SECOND - second, stamp) for second, at_ns, stamp in both if at_ns is not None]
    if not stamped:
        return None
    offset = median(difference for difference, _ in stamped) - 0.5
    zone = round(offset / QUARTER_S) * QUARTER_S
    if abs(zone) > FARTHEST_ZONE_S or not all(_is_naive(stamp) for _, stamp in stamped):
        return Skew(offset, None, len(stamped))
    return Skew(offset - zone, zone, len(stamped))


def _is_naive(stamp: str) -> bool:
    match = ISO.match(stamp)
    return match is not None and match[5] is None
