"""Some entries only, and one log per session."""

import pytest
from entry_makers import made, note

from harness.logs.sessions import sessions, wanted
from harness.model import Entry, Side

DELTA = made({"type": "response.text.delta"})
CREATE = made({"type": "response.create"}, "client")
OPENED = note("Connection established")


def created(identifier: str, kind: str = "session.created") -> Entry:
    return made({"type": kind, "session": {"id": identifier}})


def numbers(*entries: Entry) -> list[int]:
    found = list(sessions(entries))
    assert [entry for _, entry in found] == list(entries)
    return [number for number, _ in found]


@pytest.mark.parametrize(
    ("only", "left"),
    [
        ([], [OPENED, CREATE, DELTA]),
        (["client"], [CREATE]),
        (["server"], [DELTA]),
        (["system"], [OPENED]),
        (["response.*"], [CREATE, DELTA]),
        (["*.delta"], [DELTA]),
        (["*"], [OPENED, CREATE, DELTA]),
        (["response.create", "system"], [OPENED, CREATE]),
        (["Response.*"], []),
    ],
)
def test_entries_are_chosen_by_side_or_by_a_pattern_of_types(only: list[str], left: list[Entry]) -> None:
    assert [entry for entry in (OPENED, CREATE, DELTA) if wanted(entry, only)] == left


def test_a_session_begins_at_a_created_with_another_id() -> None:
    assert numbers(created("sess_1"), CREATE, DELTA, created("sess_2"), DELTA, created("sess_3")) == [1, 1, 1, 2, 2, 3]


def test_a_session_of_transcription_is_one_too() -> None:
    assert numbers(created("sess_1"), created("sess_2", "transcription_session.created")) == [1, 2]


def test_the_same_event_logged_twice_is_one_session() -> None:
    assert numbers(created("sess_1"), created("sess_1"), DELTA) == [1, 1, 1]


def test_a_created_without_an_id_begins_nothing() -> None:
    assert numbers(created("sess_1"), made({"type": "session.created"}), DELTA) == [1, 1, 1]


def test_what_comes_between_the_opening_and_the_created_belongs_to_the_new_session() -> None:
    closed = note("Connection closed")
    entries = [OPENED, CREATE, created("sess_1"), DELTA, closed, OPENED, CREATE, created("sess_2"), DELTA]
    assert numbers(*entries) == [1, 1, 1, 1, 1, 2, 2, 2, 2]


def test_a_log_that_ends_after_an_opening_loses_nothing() -> None:
    assert numbers(created("sess_1"), OPENED, CREATE) == [1, 1, 1]


@pytest.mark.parametrize("side", ["client", "unknown"])
def test_entries_of_a_client_that_hears_no_answer_are_not_held_for_ever(side: Side) -> None:
    def endless() -> object:
        yield OPENED
        for _ in range(10_000):
            yield made({"type": "input_audio_buffer.append"}, side)
        raise AssertionError("everything was read before anything was yielded")

    found = sessions(endless())  # type: ignore[arg-type]
    assert [next(found)[0] for _ in range(9_000)] == [1] * 9_000
