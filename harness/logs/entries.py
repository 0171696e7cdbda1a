"""The last step of every reader: from what a log says to an `Entry`, with what is wrong about it."""

from collections.abc import Iterator
from typing import NamedTuple

from harness.logs import problems
from harness.logs.stamps import at_ns
from harness.model import JSON, Entry, Place, Problem, Repair, Side

SIDES: dict[str, Side] = {"client": "client", "server": "server", "system": "system", "unknown": "unknown"}


class Parsed(NamedTuple):
    """The event of an entry, and what was found out while reading it."""

    content: JSON
    repairs: tuple[Repair, ...] = ()
    problems: tuple[Problem, ...] = ()


def entry(
    place: Place,
    stamp: str,
    sender: str,
    label: str,
    content: JSON,
    repairs: tuple[Repair, ...] = (),
    may_lack_stamp: bool = False,
) -> Iterator[Entry | Problem]:
    """Yield the problems of an entry in a native log, then the entry itself."""
    moment = at_ns(stamp)
    if moment is None and (stamp or not may_lack_stamp):
        yield problems.BAD_STAMP.at(place, f"`{stamp}` is no time" if stamp else "this entry has no timestamp")
    side = SIDES.get(sender)
    if side is None:
        yield problems.BAD_SENDER.at(place, f"`{sender}` is none of client, server and system")
        side = "unknown"
    if content is not None:
        yield from typeless(place, content)
    yield Entry(place, moment, side, label, content, repairs, stamp)


def typeless(place: Place, content: JSON) -> Iterator[Problem]:
    """Yield the problem of an event that does not say what it is."""
    if not isinstance(content, dict):
        yield problems.NO_TYPE.at(place, f"an event is an object with a `type`; this is {_named(content)}")
    elif not isinstance(content.get("type"), str):
        seen = f"its `type` is {_named(content['type'])}" if "type" in content else "this one has no `type`"
        yield problems.NO_TYPE.at(place, f"an event says what it is in `type`; {seen}")


def _named(value: JSON) -> str:
    if value is None:
        return "null"
    return {bool: "a boolean", int: "a number", float: "a number", str: "text", list: "a list", dict: "an object"}[
        type(value)
    ]
