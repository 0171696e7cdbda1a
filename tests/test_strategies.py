"""The strategies give whole sessions, their events and their entries, of the dialect that is named."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harness.errors import UsageError
from harness.model import Entry, Event, Session
from harness.protocol.dialects import all_dialects
from harness.strategies import dialects, entries, events, sessions

some = settings(max_examples=10, suppress_health_check=list(HealthCheck))


@given(sessions(turns=1))
@some
def test_a_session_is_of_any_dialect_and_its_events_are_its_entries(session: Session) -> None:
    assert session.dialect in all_dialects()
    assert [event.body for event in session.events] == [entry.content for entry in session.entries]
    assert [event.seq for event in session.events] == list(range(len(session.events)))


@given(events("openai-beta", turns=1))
@some
def test_events_are_of_the_named_dialect(found: tuple[Event, ...]) -> None:
    assert {(event.side, event.type) for event in found} <= set(all_dialects()["openai-beta"].letters)


@given(entries("xai", turns=0))
@some
def test_entries_come_in_the_order_of_their_stamps(found: tuple[Entry, ...]) -> None:
    stamps = [entry.at_ns or 0 for entry in found]
    assert stamps == sorted(stamps)


@given(dialects())
@some
def test_the_names_are_those_of_dialects(name: str) -> None:
    assert name in all_dialects()


@given(st.data())
@settings(max_examples=1)
def test_an_unknown_dialect_is_wrong_usage(data: st.DataObject) -> None:
    with pytest.raises(UsageError, match="klingon"):
        data.draw(sessions("klingon"))
