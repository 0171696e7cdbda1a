"""Whatever a log holds, it is compared: a value of any type anywhere, events that are missing or out of order."""

import copy
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from made_up import with_events

from harness import api
from harness.diff import compare
from harness.diff.formats import find, names
from harness.model import Session

ROOT = Path(__file__).parents[2]
LOGS = [api.load(ROOT / "fixtures" / path) for path in ("sessions/seed.yaml", "diff/monday.yaml")]
JUNK = [None, True, -1, 1e9, "", "x", [], {}, [1, "a", None], {"id": 5}, {"type": "z"}, [[{}]], '{"a":', "\ud800"]


def paths(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, member in pairs:
        yield (*path, key)
        yield from paths(member, (*path, key))


def damaged(draw: Callable[[Any], Any], session: Session) -> Session:
    """Return a session with some values replaced or left out, perhaps shuffled, perhaps cut off."""
    events = list(session.events)
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(events) - 1))
        body = copy.deepcopy(events[at].body)
        spots = list(paths(body))
        *way, last = spots[draw(st.integers(0, len(spots) - 1))] if spots else ("type",)
        holder: Any = body
        for key in way:
            holder = holder[key]
        if draw(st.booleans()) or not spots:
            holder[last] = copy.deepcopy(JUNK[draw(st.integers(0, len(JUNK) - 1))])
        else:
            holder.pop(last)
        kind = body.get("type")
        events[at] = events[at]._replace(body=body, type=kind if isinstance(kind, str) else "something")
    if draw(st.integers(0, 3)) == 0:
        start = draw(st.integers(0, len(events)))
        events = [*events[start:], *events[:start]][:: draw(st.sampled_from([1, -1]))]
    return with_events(session, events[: draw(st.integers(0, len(events)))])


@settings(max_examples=80, deadline=None)
@given(st.data())
def test_any_session_is_compared_and_shown(data: st.DataObject) -> None:
    session = LOGS[data.draw(st.integers(0, len(LOGS) - 1))]
    other = damaged(data.draw, session)
    assert compare(other, other).verdict == "same"
    for comparison in (compare(session, other), compare(other, session)):
        placed = all(change.left_place and change.right_place for change in (*comparison, *comparison.following))
        assert placed or not other.events
        for name in names():
            assert "".join(text for line in find(name)([comparison], 100) for text, _ in line)
