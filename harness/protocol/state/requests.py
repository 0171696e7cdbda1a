"""What the client asked for and what answered it. Requests are served in the order in which they were sent."""

from collections.abc import Callable, Mapping

from harness.engine.paths import value_at
from harness.model import Event
from harness.protocol.links import REFUSAL
from harness.protocol.state.records import WAITING, Conversation, Request

UPDATE = ">session.update"
CREATE_ITEM = ">conversation.item.create"
CREATE = ">response.create"
CANCEL = ">response.cancel"
TRUNCATE = ">conversation.item.truncate"
COMMIT = ">input_audio_buffer.commit"
KINDS = (UPDATE, CREATE_ITEM, CREATE, CANCEL, TRUNCATE, COMMIT)


def _asks(letter: str) -> Callable[[Conversation, Event], None]:
    def reduce(state: Conversation, event: Event) -> None:
        waiting = state.requests.setdefault(letter, [])
        waiting.append(Request(event.seq, event.place, event.body, event.at_ns))
        del waiting[:-WAITING]

    return reduce


def _answers(letter: str, field: str = "") -> Callable[[Conversation, Event], None]:
    """Settle the oldest request of a kind, or the oldest that has the same value in `field`."""

    def reduce(state: Conversation, event: Event) -> None:
        waiting = state.waiting(letter)
        named = (one for one in waiting if not field or one.body.get(field) == event.body.get(field))
        settled = next(named, None)
        if settled is not None:
            waiting.remove(settled)

    return reduce


def _response_done(state: Conversation, _: Event) -> None:
    state.waiting(CANCEL).clear()


def refused(state: Conversation, event: Event) -> Request | None:
    """Return the request that an `error` refuses, as far as it says so."""
    own_id = value_at(event.body, REFUSAL.names)
    if own_id is not None:
        waiting = (one for kind in KINDS for one in state.waiting(kind))
        return next((one for one in waiting if one.body.get("event_id") == own_id), None)
    return next(iter(state.waiting(_kind(event) or "")), None)


def _kind(event: Event) -> str | None:
    """Return the kind of request that an `error` is about by its code or field, None where neither tells."""
    by_code = REFUSAL.by_code.get(str(value_at(event.body, REFUSAL.code)))
    if by_code is not None:
        return by_code
    parameter = str(value_at(event.body, REFUSAL.parameter) or "")
    return next((to for head, to in REFUSAL.by_parameter.items() if parameter.startswith(head)), None)


def _error(state: Conversation, event: Event) -> None:
    state.last_error = event.seq
    request = refused(state, event)
    if request is None:
        if value_at(event.body, REFUSAL.names) is None and _kind(event) is None:
            state.requests.clear()  # it may have refused any of them: what answers which is no longer known
        return
    for kind, waiting in state.requests.items():
        if request in waiting and kind != TRUNCATE:  # one beyond the audio is refused, and done as far as it goes
            waiting.remove(request)


REDUCERS: Mapping[str, Callable[[Conversation, Event], None]] = {
    **{kind: _asks(kind) for kind in KINDS},
    "session.updated": _answers(UPDATE),
    "input_audio_buffer.committed": _answers(COMMIT),
    "conversation.item.truncated": _answers(TRUNCATE, "item_id"),
    "response.created": _answers(CREATE),
    "response.done": _response_done,
    "error": _error,
}
