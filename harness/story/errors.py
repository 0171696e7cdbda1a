"""Which of the client's events caused which error: by its `event_id`, else by code, ids and order; and how sure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from harness.engine.paths import value_at
from harness.measure.recording import Recording
from harness.model import JSON, Event
from harness.protocol.causes import attribute
from harness.protocol.dialects import Dialect
from harness.rules.refusals import Known, known
from harness.turns.vocabulary import STREAMS

Certainty: TypeAlias = Literal["certain", "likely", "possible", "unknown"]

NOT_ASKED = frozenset({"session_expired", "server_error", "rate_limit_exceeded", "insufficient_quota", "missing_model"})
"""Codes of errors that no event of the client's brings about."""
IDS = ("item_id", "call_id", "response_id", "previous_item_id")
LONGEST_MENTION = 200


@dataclass(frozen=True, slots=True)
class Chain:
    """An error, and what caused it."""

    error: Event
    code: str
    """Its code, else its type."""
    message: str
    cause: Event | None
    """The client's event."""
    certainty: Certainty
    how: str
    """How the cause was found, or why there is none."""
    known: Known | None
    """What is known of such errors."""


def chains(recording: Recording) -> list[Chain]:
    """Return every error of a session with its cause, failed responses and transcriptions among them."""
    return list(_Finder(recording).chains())


ERROR = "error"
FAILED = {
    "response.done": "response.status_details.error",
    "conversation.item.input_audio_transcription.failed": "error",
    "mcp_list_tools.failed": "error",
    "response.mcp_call.failed": "error",
}
"""Events that tell a failure of something that was asked for, and where they tell it."""


class _Finder:
    """Goes through a session and keeps which events of the client's are settled."""

    def __init__(self, recording: Recording) -> None:
        self._dialect: Dialect = recording.tree.dialect
        self._events: Sequence[Event] = recording.session.events
        self._letters = [self._dialect.letters.get((one.side, one.type), "") for one in self._events]
        self._causes = attribute(self._dialect, self._events)
        self._settled: set[int] = set()
        """The client's events that something answered, or that another error refuses."""
        self._heard = any(one.side == "client" for one in self._events)

    def chains(self) -> Iterator[Chain]:
        """Yield the errors in the order of the log."""
        for number, (event, letter) in enumerate(zip(self._events, self._letters, strict=True)):
            if letter == ERROR:
                yield self._error(number, event)
            elif letter in FAILED and isinstance(value_at(event.body, FAILED[letter]), dict):
                yield self._failure(number, event, value_at(event.body, FAILED[letter]))
            cause = self._causes[number]
            if cause is not None and letter != ERROR:
                self._settled.add(cause)

    def _error(self, number: int, event: Event) -> Chain:
        error = event.body.get("error")
        cause, certainty, how = self._cause(number, error)
        if cause is not None:
            self._settled.add(cause)
        return self._chain(event, error, cause, certainty, how)

    def _failure(self, number: int, event: Event, error: JSON) -> Chain:
        """Return the failure of something that goes on: its cause is what asked for it."""
        cause: int | None = number
        while cause is not None and self._events[cause].side != "client":
            cause = self._causes[cause]
        how = "it asked for what failed" if cause is not None else "no event of the client's asked for it"
        if not self._heard:
            how = "the client's side is not in the log"
        return self._chain(event, error, cause, "certain" if cause is not None else "unknown", how)

    def _chain(self, event: Event, error: JSON, cause: int | None, certainty: Certainty, how: str) -> Chain:
        code = value_at(error, "code") or value_at(error, "type") or "error"
        message = value_at(error, "message")
        found = self._events[cause] if cause is not None else None
        return Chain(event, str(code), str(message or ""), found, certainty, how, known(error))

    def _cause(self, number: int, error: JSON) -> tuple[int | None, Certainty, str]:
        named = value_at(error, "event_id")
        if isinstance(named, str) and named:
            return self._named(number, named)
        if not self._heard:
            return None, "unknown", f"{self._kind(error)}the client's side is not in the log"
        if value_at(error, "code") in NOT_ASKED:
            return None, "unknown", "an error of this kind comes without an event of the client's"
        open_ones = [at for at in range(number) if self._is_open(at)]
        return self._by_code(open_ones, error) or self._by_words(open_ones, error) or self._by_order(open_ones)

    def _named(self, number: int, named: str) -> tuple[int | None, Certainty, str]:
        before = range(number - 1, -1, -1)
        mine = (at for at in before if self._events[at].side == "client")
        found = next((at for at in mine if self._events[at].body.get("event_id") == named), None)
        if found is not None:
            return found, "certain", f"the error names its event_id, {named}"
        return None, "unknown", f"the error names {named}, which is not in the log"

    def _is_open(self, at: int) -> bool:
        return self._events[at].side == "client" and at not in self._settled and self._letters[at] not in STREAMS

    def _by_code(self, open_ones: list[int], error: JSON) -> tuple[int | None, Certainty, str] | None:
        """Return the event of the kind that such an error refuses; ids that both name decide among several."""
        letter, what = self._letter(error)
        same = [at for at in open_ones if self._letters[at] == letter]
        if letter is None or not same:
            return None
        meant = [at for at in same if self._mentions(at, error)]
        kind = self._dialect.type_of(letter)
        if len(meant) == 1:
            return meant[0], "likely", f"{what} is about {kind}, and its message names the same id"
        if len(same) == 1:
            return same[0], "likely", f"{what} is about {kind}, and this is the only one that nothing answered"
        return same[0], "possible", f"{what} is about {kind}; this is the first of {len(same)} that nothing answered"

    def _letter(self, error: JSON) -> tuple[str | None, str]:
        """Return what kind of event such an error refuses, and what tells so; None where nothing does."""
        refusal = self._dialect.declarations.refusal
        if refusal is None:
            return None, ""
        code, parameter = str(value_at(error, "code") or ""), str(value_at(error, "param") or "")
        if code in refusal.by_code:
            return refusal.by_code[code], f"its code, {code},"
        found = next((to for head, to in refusal.by_parameter.items() if parameter.startswith(head)), None)
        return found, f"its param, {parameter},"

    def _kind(self, error: JSON) -> str:
        letter, what = self._letter(error)
        return f"{what} is about {self._dialect.type_of(letter)}, and " if letter is not None else ""

    def _by_words(self, open_ones: list[int], error: JSON) -> tuple[int | None, Certainty, str] | None:
        """Return the last event whose type, or one of whose ids, the message names."""
        message = str(value_at(error, "message") or "")
        for at in reversed(open_ones):
            if self._events[at].type in message:
                return at, "likely", "its message names this type of event"
            if self._mentions(at, error):
                return at, "likely", "its message names an id that this event has"
        return None

    def _by_order(self, open_ones: list[int]) -> tuple[int | None, Certainty, str]:
        if not open_ones:
            return None, "unknown", "every event that the client had sent was answered"
        return open_ones[-1], "possible", "nothing but the order tells: it is the last event that nothing answered"

    def _mentions(self, at: int, error: JSON) -> bool:
        message = str(value_at(error, "message") or "")
        return any(one in message for one in _ids(self._events[at].body))


def _ids(body: JSON) -> Iterator[str]:
    """Yield the ids that an event names, as far as a message could."""
    holders = (body, value_at(body, "item"), value_at(body, "response"))
    for holder in holders:
        for name in (*IDS, "id"):
            found = value_at(holder, name)
            if isinstance(found, str) and 4 <= len(found) <= LONGEST_MENTION:
                yield found
