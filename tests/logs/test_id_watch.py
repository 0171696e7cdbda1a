"""What the ids of a log tell while it streams by is a note, and only where they are a clock."""

import pytest

from harness.logs.id_clock import DIGITS, EPOCH_S
from harness.logs.id_watch import MOST, IdWatch
from harness.logs.stamps import at_ns
from harness.model import JSON, Entry, Place, Problem

NOON_S = 1_729_166_400  # 2024-10-17T12:00:00Z


def identifier(prefix: str, second: int, number: int = 0) -> str:
    seconds, digits = second - EPOCH_S, ""
    for _ in range(5):
        seconds, digit = divmod(seconds, len(DIGITS))
        digits = DIGITS[digit] + digits
    return f"{prefix}_{digits}{number:016d}"


def event(second: int, line: int, kind: str = "response.text.delta", stamp: str = "", **fields: JSON) -> Entry:
    body: JSON = {"type": kind, "event_id": identifier("event", second, line), **fields}
    return Entry(Place("log", line, 1), at_ns(stamp), "server", "", body, (), stamp)


def watched(*entries: Entry) -> tuple[dict[str, JSON], list[Problem]]:
    watch = IdWatch()
    for entry in entries:
        watch.see(entry)
    return watch.facts(), list(watch.notes())


def test_the_ids_tell_when_a_log_without_stamps_began_and_ended() -> None:
    facts, notes = watched(*(event(NOON_S + line, line) for line in range(5)))
    assert facts == {"first_s": NOON_S, "last_s": NOON_S + 4, "confirmed": False, "backwards_at_line": None}
    assert notes == []


def test_the_end_of_a_session_confirms_the_clock() -> None:
    session: JSON = {"id": identifier("sess", NOON_S), "expires_at": NOON_S + 1800}
    facts, _ = watched(event(NOON_S, 1, "session.created", session=session))
    assert facts["confirmed"] is True


@pytest.mark.parametrize(
    "names", [["event_1", "event_2"], [identifier("event", NOON_S), identifier("event", NOON_S * 2)]]
)
def test_ids_that_are_no_clock_tell_nothing(names: list[str]) -> None:
    entries = [event(NOON_S, 1)._replace(content={"type": "x.y", "event_id": name}) for name in names]
    assert watched(*entries) == ({}, [])


def test_events_of_another_session_in_the_same_file_are_a_note_at_their_first_line() -> None:
    first = [event(NOON_S + line, line) for line in range(1, 9)]
    other = [event(NOON_S + 30_000 + line, 10 + line) for line in range(1, 5)]
    _, notes = watched(*first, *other)
    assert [(note.code, note.place.line) for note in notes] == [("LOG117", 11)]
    assert "8.3 hours away" in notes[0].message and "derived" in notes[0].message


def test_a_session_that_begins_whole_is_no_note() -> None:
    first = [event(NOON_S + line, line) for line in range(1, 9)]
    other = [event(NOON_S + 30_000 + line, 10 + line, "session.created") for line in range(1, 5)]
    assert watched(*first, *other)[1] == []


def test_a_line_that_was_moved_is_a_fact() -> None:
    seconds = [0, 1, 5, 2, 6]
    facts, notes = watched(*(event(NOON_S + second, line) for line, second in enumerate(seconds, 1)))
    assert facts["backwards_at_line"] == 4
    assert notes == []


@pytest.mark.parametrize(
    ("stamp", "said"),
    [
        ("2024-10-17T12:00:%02d.5Z", None),
        ("2024-10-17T12:00:%02d.5", None),
        ("2024-10-17 17:30:%02d.5", "UTC+5.5"),
        ("2024-10-17T14:00:%02d.5+02:00", None),
        ("2024-10-17T12:01:%02d.5Z", "60 s ahead of"),
        ("2024-10-17T11:59:%02d.5Z", "60 s behind"),
    ],
)
def test_stamps_of_another_zone_or_of_a_wrong_clock_are_a_note(stamp: str, said: str | None) -> None:
    _, notes = watched(*(event(NOON_S + line, line, stamp=stamp % line) for line in range(1, 6)))
    assert [note.code for note in notes] == ["LOG118"] * (said is not None)
    assert said is None or said in notes[0].message


def test_memory_does_not_grow_with_the_log() -> None:
    watch = IdWatch()
    for second in range(MOST + 10):
        watch.see(event(NOON_S + second // 2, 1))
        watch.see(event(NOON_S + second, 1))
    assert len(watch._made) == MOST
    for number in range(2 * MOST):
        watch.see(event(NOON_S, 1)._replace(content={"type": "x.y", "event_id": f"event_{number:022}"}))
    assert len(watch._seconds) <= MOST


def test_of_each_second_one_event_is_kept() -> None:
    watch = IdWatch()
    for number in range(100):
        watch.see(event(NOON_S + number // 50, number + 1))
    assert len(watch._made) == 2
