"""A session without end: memory stays where it is, and so does the time for an event."""

import gc
import tracemalloc
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import words as w

from harness.engine.judge import Judge
from harness.model import Event, Place, Side
from harness.protocol.dialects import get
from harness.rules.monitor import Monitor

CAPS = {
    "harness.engine.facts": ("BOOKS",),
    "harness.engine.instances": ("TOMBSTONES",),
    "harness.engine.judge": ("SIGHTINGS",),
    "harness.engine.pending": ("REMEMBERED",),
    "harness.engine.links": ("REMEMBERED",),
    "harness.protocol.state.records": ("KEPT", "KEPT_IDS"),
    "harness.protocol.state.items": ("KEPT",),
    "harness.protocol.state.requests": ("WAITING",),
    "harness.protocol.state.responses": ("KEPT",),
}
"""How much is remembered; made small here, so that what has no limit shows soon."""
SMALL = 64
WINDOW = 400
"""Turns in a window; several times as many as anything is remembered."""
STEP = 20
"""Turns between two measurements: what is remembered is forgotten by the half, so it swings."""


def turn(number: int) -> Iterator[tuple[Side, dict[str, Any]]]:
    """Yield one turn of the user and its answer; every id is new."""
    user, part = f"item_u{number}", w.Part(f"resp_{number}", f"item_{number}")
    before = f"item_{number - 1}" if number else None
    yield "client", w.append()
    spoken = w.spoken(user, before)
    spoken[0]["audio_start_ms"], spoken[1]["audio_end_ms"] = number * 2000, number * 2000 + 900
    for body in (*spoken, *w.text_response("Yes", part=part, previous=user)):
        yield "server", body


def session(turns: range) -> Iterator[Event]:
    """Yield the events of some turns of one session."""
    seq = turns.start * 20
    for number in turns:
        for side, body in turn(number):
            seq += 1
            body["event_id"] = f"event_{seq}"
            yield Event(seq, Place("endless", seq + 1, 1), None, side, body["type"], body)


@pytest.fixture
def forgetful(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let everything that is remembered for a while be remembered for a short one."""
    for name, constants in CAPS.items():
        for constant in constants:
            monkeypatch.setattr(f"{name}.{constant}", SMALL)


def _growth(feed: Callable[[range], None]) -> int:
    """Return how many bytes a turn leaves behind: the most that is kept in one window against the next."""
    feed(range(WINDOW))
    tracemalloc.start()
    most = []
    for window in (1, 2):
        kept = []
        for start in range(window * WINDOW, (window + 1) * WINDOW, STEP):
            feed(range(start, start + STEP))
            gc.collect()  # instances and their parents hold each other
            kept.append(tracemalloc.get_traced_memory()[0])
        most.append(max(kept))
    tracemalloc.stop()
    return (most[1] - most[0]) // WINDOW


@pytest.mark.usefixtures("forgetful")
def test_the_judge_keeps_nothing_of_old_turns() -> None:
    dialect = get("openai-ga")
    judge = Judge(dialect.declarations, lambda name, attributes: True)
    judge.feed(OPENING, "session.created")

    def feed(turns: range) -> None:
        for event in session(turns):
            assert judge.feed(event, dialect.letters[event.side, event.type]) == []

    assert _growth(feed) < LEFT


@pytest.mark.usefixtures("forgetful")
def test_the_monitor_keeps_nothing_of_old_turns() -> None:
    monitor = Monitor("openai-ga")
    monitor.feed(OPENING)

    def feed(turns: range) -> None:
        for event in session(turns):
            assert monitor.feed(event) == []

    assert _growth(feed) < LEFT


LEFT = 100
"""Bytes: less than the smallest record of a turn, more than the noise of two windows."""
OPENING = Event(
    0, Place("endless", 1, 1), None, "server", "session.created", {**w.session_created(), "event_id": "event_0"}
)
