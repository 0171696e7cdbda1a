"""Whatever comes, in whatever order, from whichever side: the monitor judges it and finishes."""

import copy
from typing import Any

import pytest
import words as w
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harness.model import Event, Place, Side
from harness.protocol.dialects import all_dialects
from harness.rules.monitor import Monitor

NAMES = sorted({name for dialect in all_dialects().values() for _, name in dialect.letters})
SIDES: tuple[Side, ...] = ("client", "server", "system", "unknown")
FIELDS = (
    *("event_id", "response_id", "item_id", "output_index", "content_index", "delta", "text", "transcript", "part"),
    *("item", "response", "session", "error", "arguments", "call_id", "previous_item_id", "audio_end_ms", "audio"),
    *("id", "type", "role", "status", "output", "content", "usage", "conversation_id", "turn_detection", "tools"),
)

leaves = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False),
    st.text(max_size=5),
    st.sampled_from(["item_1", "resp_1", "message", "text", "audio", "completed", "server_vad"]),
)
values = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.one_of(st.sampled_from(FIELDS), st.text(max_size=3)), inner, max_size=4),
    ),
    max_leaves=8,
)
types = st.one_of(st.sampled_from(NAMES), st.text(max_size=8))
bodies = st.builds(
    lambda kind, fields: {**fields, "type": kind},
    types,
    st.dictionaries(st.sampled_from(FIELDS), values, max_size=6),
)

SESSION: list[tuple[Side, dict[str, Any]]] = [
    ("server", w.session_created()),
    ("client", w.update()),
    ("server", w.session_updated()),
    ("client", w.append()),
    *(("server", one) for one in w.spoken()),
    *(("server", one) for one in w.text_response("Hel", "lo")),
    ("client", w.said("And?", "item_v")),
    ("client", w.create_response()),
    *(("server", one) for one in w.entered("item_v", "item_1")),
    *(("server", one) for one in w.call_response("{", "}", part=w.Part("resp_2", "item_2"), previous="item_v")),
    ("server", w.refused()),
]
"""A plain session, to be mangled."""


def judge(spoken: list[tuple[Side, dict[str, Any]]], dialect: str | None) -> None:
    """Feed events as they are, and look that each finding points at one of them."""
    monitor = Monitor(dialect, path="mangled")
    for seq, (side, body) in enumerate(spoken):
        monitor.feed(Event(seq, Place("mangled", seq + 1, 1), None, side, str(body["type"]), body))
    report = monitor.finish(entries=len(spoken))
    assert report.events == len(spoken)
    for one in report.findings:
        assert one.seq is None or 0 <= one.seq < len(spoken)
        assert one.message
        assert one.place.line >= 1


dialects = st.sampled_from([None, *all_dialects()])


@given(st.lists(st.tuples(st.sampled_from(SIDES), bodies), max_size=12), dialects)
def test_any_json_objects_are_judged(spoken: list[tuple[Side, dict[str, Any]]], dialect: str | None) -> None:
    judge(spoken, dialect)


@given(st.permutations(SESSION), dialects)
def test_the_events_of_a_session_are_judged_in_any_order(
    spoken: list[tuple[Side, dict[str, Any]]], dialect: str | None
) -> None:
    judge(spoken, dialect)


@given(st.lists(st.sampled_from(SESSION), max_size=40), dialects)
def test_events_are_judged_however_often_they_come(
    spoken: list[tuple[Side, dict[str, Any]]], dialect: str | None
) -> None:
    judge(spoken, dialect)


@settings(suppress_health_check=[HealthCheck.too_slow], max_examples=200)
@given(st.data(), dialects)
def test_any_value_may_stand_anywhere_in_an_event(data: st.DataObject, dialect: str | None) -> None:
    spoken = copy.deepcopy(SESSION)
    for _ in range(data.draw(st.integers(1, 6))):
        _, body = data.draw(st.sampled_from(spoken))
        holder: Any = body
        while True:
            keys = [key for key in (holder if isinstance(holder, dict) else range(len(holder))) if key != "type"]
            if not keys:
                break
            key = data.draw(st.sampled_from(keys))
            if isinstance(holder[key], (dict, list)) and holder[key] and data.draw(st.booleans()):
                holder = holder[key]
                continue
            holder[key] = data.draw(values)
            break
    judge(spoken, dialect)


def test_a_session_without_events_finishes() -> None:
    report = Monitor().finish()
    assert report.verdict == "clean"
    assert report.exercised == ()


@pytest.mark.parametrize("side", SIDES)
def test_an_event_of_any_side_is_judged_alone(side: Side) -> None:
    for name in NAMES:
        judge([(side, {"type": name})], None)
