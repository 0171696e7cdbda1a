"""Tells made-up sessions, for the tests of stories."""

from typing import Any

from made_up import Line, Writer, session_of

from harness import api
from harness.measure.prices import shipped
from harness.model import Session
from harness.story import Story, tell
from harness.story.answers import questions


def story_of(source: Writer | list[Line] | Session) -> Story:
    lines = source.lines if isinstance(source, Writer) else source
    session = source if isinstance(source, Session) else session_of(lines)  # type: ignore[arg-type]
    return tell(session, api.check(session), shipped())


def said(source: Writer | list[Line] | Session, question: str) -> str:
    """Return the answer to a question as one text."""
    return " ".join(one.text for one in questions()[question].answer(story_of(source)))


def line_of(writer: Writer, kind: str, which: int = 0) -> int:
    """Return the line of an event of a type."""
    return [number for number, line in enumerate(writer.lines, 1) if line.body["type"] == kind][which]


def refuse(writer: Writer, **error: Any) -> Writer:
    """Write an error of the server."""
    writer.server("error", error={"type": "invalid_request_error", "event_id": None, **error})
    return writer
