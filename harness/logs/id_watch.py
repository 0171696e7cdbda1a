"""The clock in the ids of a log that streams by: what it tells of order, of splices and of the stamps' own clock.

Everything from here is derived (`id_clock`): a note for a person, never the ground of an error.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final, NamedTuple

from harness.logs import problems
from harness.logs.id_clock import confirmed_second, groups_of, is_clock, second_of, skew_of
from harness.model import JSON, Entry, Place, Problem

MOST: Final = 20_000
"""So many seconds are remembered, of each its first event: five hours of talk. A longer log is judged by them."""
BACK_S: Final = 2
"""Ids were seen to go back by one second, where two machines share the work."""
OFF_S: Final = 5.0
"""A network can be as slow as this; a stamp further off was written by another clock."""
BEGINS: Final = re.compile(r"(?:\w+_)?session\.created")


class Made(NamedTuple):
    """An event whose `event_id` tells when it was made."""

    second: int
    place: Place
    at_ns: int | None
    stamp: str
    begins: bool
    """Whether it is the first of a session."""


class IdWatch:
    """Sees the entries of a log one by one, and says at the end what their ids tell."""

    def __init__(self) -> None:
        self._made: list[Made] = []
        self._confirmed: set[int] = set()
        self._seconds: dict[str, int | None] = {}

    def see(self, entry: Entry) -> None:
        """Take in the next entry."""
        content = entry.content
        if not isinstance(content, dict) or len(self._made) >= MOST:
            return
        name = content.get("event_id")
        second = self._second(name) if isinstance(name, str) else None
        if second is None:
            return
        begins = BEGINS.fullmatch(str(content.get("type"))) is not None
        if "session" in content and (confirmed := confirmed_second(content)) is not None:
            self._confirmed.add(confirmed)
        if not begins and self._made and self._made[-1].second == second:
            # What was made within one second tells nothing more.
            return
        self._made.append(Made(second, entry.place, entry.at_ns, entry.stamp, begins))

    def _second(self, name: str) -> int | None:
        # Many events are made in one second: only the first of them is taken apart.
        key = f"{name[:11]}{len(name)}"
        if key not in self._seconds:
            if len(self._seconds) >= MOST:
                # Random ids: none of them comes again.
                self._seconds.clear()
            self._seconds[key] = second_of(name)
        return self._seconds[key]

    def facts(self) -> dict[str, JSON]:
        """Return what the ids tell of the log, empty when they tell nothing.

        The first and the last second (Unix), whether a session's end agrees, the line where they first go back, and
        how far ahead of them the stamps are.
        """
        made = self._trusted()
        if not made:
            return {}
        seconds = [one.second for one in made]
        facts: dict[str, JSON] = {"first_s": min(seconds), "last_s": max(seconds), "confirmed": bool(self._confirmed)}
        facts["backwards_at_line"] = _backwards(made)
        skew = skew_of([(one.second, one.at_ns, one.stamp) for one in made])
        if skew is not None:
            facts |= {"skew_s": round(skew.seconds, 3), "zone_s": skew.zone_s}
        return facts

    def notes(self) -> Iterator[Problem]:
        """Yield what a person should know: that another session begins, that the clock of the stamps is off."""
        made = self._trusted()
        yield from _splices(made)
        skew = skew_of([(one.second, one.at_ns, one.stamp) for one in made])
        if skew is None:
            return
        if skew.zone_s:
            hours = f"{skew.zone_s / 3600:+g}"
            said = f"the stamps name no zone; by the ids (derived) they are of UTC{hours}"
            yield problems.CLOCK_IS_OFF.at(made[0].place, said)
        if abs(skew.seconds) > OFF_S:
            which = "ahead of" if skew.seconds > 0 else "behind"
            said = f"the stamps are {abs(skew.seconds):.0f} s {which} the seconds in the ids (derived)"
            yield problems.CLOCK_IS_OFF.at(made[0].place, said)

    def _trusted(self) -> list[Made]:
        ordered = sorted({one.second for one in self._made})
        if not ordered or not is_clock(sorted(one.second for one in self._made), self._confirmed):
            return []
        trusted = {second for group in groups_of(ordered, self._confirmed) for second in group}
        return [one for one in self._made if one.second in trusted]


def _splices(made: Sequence[Made]) -> Iterator[Problem]:
    """Yield where the ids leap to the time of another session, which does not begin there."""
    groups = groups_of(sorted({one.second for one in made}), set())
    number = {second: index for index, group in enumerate(groups) for second in group}
    seen: set[int] = set()
    for before, one in pairwise(made):
        group = number.get(one.second)
        if group is None or group in seen or group == number.get(before.second):
            continue
        seen |= {group, number.get(before.second, group)}
        if not one.begins:
            hours = abs(one.second - before.second) / 3600
            said = f"from here on the ids are {hours:.1f} hours away from those above (derived): another session"
            yield problems.ANOTHER_SESSION.at(one.place, said)


def _backwards(made: Sequence[Made]) -> int | None:
    """Return the line of the first event that is older than one above it, None when there is none."""
    latest = 0
    for one in made:
        if latest - one.second >= BACK_S:
            return one.place.line
        latest = 0 if one.begins else max(latest, one.second)
    return None
