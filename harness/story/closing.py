"""How a session ended: who closed the connection, with which code, and what was still open."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from harness.engine.paths import value_at
from harness.measure.recording import CREATED, DONE, Recording, event
from harness.model import Entry, Place
from harness.story.words import at

CLOSING = re.compile(r"\bclos|\bdisconnect|\bhang ?up|connection (lost|reset)", re.IGNORECASE)
CODE = re.compile(r"\b([134]\d{3})\b")
"""A code of RFC 6455 or of an application."""
MEANT = {
    "1000": "a normal end",
    "1001": "the server ends it; for a session at its longest duration this is the ordinary end",
    "1005": "no code was given",
    "1006": "the connection broke, nobody closed it",
    "1009": "a frame was too large",
    "1011": "the server had an internal error",
}


@dataclass(frozen=True, slots=True)
class Closing:
    """How a session ended."""

    place: Place | None
    """Where the log tells that the connection was closed, None where it does not."""
    side: str
    """Who closed it, empty where that is not told."""
    code: str
    meaning: str
    label: str
    """What the log says."""
    expires_at: int | None
    """When the session would have ended, in Unix seconds."""
    open: tuple[str, ...]
    """What was not finished."""


def closing(recording: Recording) -> Closing:
    """Return how a session ended, as far as the log tells."""
    note = next((one for one in reversed(recording.session.entries) if _closes(one)), None)
    label = note.label if note is not None else ""
    code = next(iter(CODE.findall(label)), "")
    side = next((one for one in ("client", "server") if one in label.lower()), "")
    place = note.place if note is not None else None
    return Closing(place, side, code, MEANT.get(code, ""), label, _expires_at(recording), tuple(_open(recording)))


def _closes(entry: Entry) -> bool:
    return entry.content is None and CLOSING.search(entry.label) is not None


def _expires_at(recording: Recording) -> int | None:
    told = (value_at(one.body, "session.expires_at") for one in reversed(recording.session.events))
    return next((one for one in told if isinstance(one, int) and one > 0), None)


def _open(recording: Recording) -> list[str]:
    """Return what had begun and was not done when the log ended."""
    turns = recording.tree.root.of("turn")
    responses = [response for turn in turns for response in turn.of("response")]
    found = [
        f"the response that began at {at(response.place)} is not done"
        for response in responses
        if event(response, CREATED) is not None and event(response, DONE) is None
    ]
    answered = recording.results
    calls = [item for response in responses for item in response.of("item") if item.value("type") == "function_call"]
    return found + [
        f"the call of {call.value('name') or 'a tool'} at {at(call.place)} has no output"
        for call in calls
        if call not in answered and call.value("status") in ("completed", None)
    ]


def moment(at_s: int) -> str:
    """Return a Unix second as a person reads it; a session may claim to end in any year."""
    try:
        return datetime.fromtimestamp(at_s, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    except (ValueError, OverflowError, OSError):
        return str(at_s)
