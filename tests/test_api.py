"""The public functions: load, loads, check."""

from pathlib import Path

import pytest

import harness
from harness.errors import UnreadableError
from harness.events import event_of
from harness.model import Entry, Place


def entry(content: object) -> Entry:
    return Entry(Place("", 1, 1), None, "server", "", content)  # type: ignore[arg-type]


def test_an_object_with_a_type_is_an_event() -> None:
    event = event_of(7, entry({"type": "session.created", "event_id": "event_1"}))
    assert event is not None
    assert (event.seq, event.type, event.side) == (7, "session.created", "server")


@pytest.mark.parametrize("content", [None, "hello", [{"type": "a"}], {}, {"type": 7}, {"type": None}])
def test_anything_else_is_a_note_of_the_recorder(content: object) -> None:
    assert event_of(0, entry(content)) is None


def test_a_session_is_read_whole_with_its_dialect(seed: Path) -> None:
    session = harness.load(seed)
    assert session.path == str(seed)
    assert session.dialect == "openai-beta"
    assert len(session.entries) == 32
    assert [event.seq for event in session.events] == list(range(1, 32))


def test_a_session_can_be_read_from_a_text(seed: Path) -> None:
    session = harness.loads(seed.read_text("utf-8"))
    assert session.path == ""
    assert [event.body for event in session.events] == [event.body for event in harness.load(seed).events]


def test_checking_a_session_and_its_log_gives_the_same_report(seed: Path) -> None:
    report = harness.check(seed)
    assert report == harness.check(harness.load(seed))
    assert (report.entries, report.events) == (32, 31)
    assert report.verdict != "errors"


def test_problems_of_a_loaded_session_are_findings_of_its_check(seed: Path) -> None:
    documents = seed.read_text("utf-8").split("---\n")
    documents[20] = "timestamp: [unclosed\nsender: {\n"
    session = harness.loads("---\n".join(documents))
    assert session.problems
    codes = {finding.code for finding in harness.check(session).findings}
    assert {problem.code for problem in session.problems} <= codes


def test_a_file_that_cannot_be_opened_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnreadableError, match=r"none.yaml: No such file or directory"):
        harness.load(tmp_path / "none.yaml")
    with pytest.raises(UnreadableError, match="Is a directory"):
        harness.check(tmp_path)


def test_two_sessions_or_logs_can_be_compared(seed: Path) -> None:
    session = harness.load(seed)
    assert list(harness.diff(seed, session)) == []
    changed = harness.loads(seed.read_text("utf-8").replace("thanks", "cheers"))
    (change,) = harness.diff(session, changed)
    assert change.kind == "content"
    assert "thanks" in change.message and "cheers" in change.message
