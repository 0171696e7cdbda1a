"""One change to a session, at random: what a lossy network, a buggy server or a careless recorder does."""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from hypothesis import strategies as st

from harness.model import Event, Place

Change: TypeAlias = Callable[[list[Event], int, int], list[Event]]


def numbered(events: list[Event]) -> list[Event]:
    """Return the events with `seq` and line set to where they stand."""
    return [event._replace(seq=index, place=Place("", index + 1, 1)) for index, event in enumerate(events)]


def _dropped(events: list[Event], at: int, _: int) -> list[Event]:
    return [*events[:at], *events[at + 1 :]]


def _doubled(events: list[Event], at: int, to: int) -> list[Event]:
    rest = list(events)
    rest.insert(at + 1 + to % 3, events[at])
    return rest


def _moved(events: list[Event], at: int, to: int) -> list[Event]:
    rest = _dropped(events, at, to)
    rest.insert(to, events[at])
    return rest


def _swapped(events: list[Event], at: int, _: int) -> list[Event]:
    return _moved(events, at, min(at + 1, len(events) - 1))


def _renamed(*names: str, value: Any) -> Change:
    """Return a change of the first of the fields that an event has."""

    def change(events: list[Event], at: int, to: int) -> list[Event]:
        present = [name for name in names if name in events[at].body]
        if not present:
            return list(events)
        body = {**events[at].body, present[to % len(present)]: value}
        return [*events[:at], events[at]._replace(body=body), *events[at + 1 :]]

    return change


CHANGES: Mapping[str, Change] = {
    "nothing": lambda events, at, to: list(events),
    "dropped": _dropped,
    "doubled": _doubled,
    "moved": _moved,
    "swapped": _swapped,
    "another id": _renamed("response_id", "item_id", value="bogus"),
    "another index": _renamed("output_index", "content_index", value=7),
    "another text": _renamed("delta", "text", "transcript", "arguments", value="zzz"),
}


@st.composite
def damaged(draw: st.DrawFn, events: tuple[Event, ...]) -> list[Event]:
    """Return a strategy for a session with one change."""
    change = CHANGES[draw(st.sampled_from(sorted(CHANGES)))]
    places = st.integers(0, len(events) - 1)
    return numbered(change(list(events), draw(places), draw(places)))
