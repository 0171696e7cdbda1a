"""The conversation as it stands: one reducer per event, from the server's word and never from what was asked."""

from collections.abc import Callable, Mapping

from harness.model import JSON, Event
from harness.protocol.state import buffers, course, items, requests, responses, session, tools
from harness.protocol.state.records import Conversation, Item, Request, Response, remember_event_id

__all__ = ["CONDITIONS", "REDUCERS", "Conversation", "Item", "Request", "Response", "remember_event_id"]

Reducer = Callable[[Conversation, Event], None]


def _in_turn(reducers: list[Reducer]) -> Reducer:
    def reduce(state: Conversation, event: Event) -> None:
        for reducer in reducers:
            reducer(state, event)

    return reducers[0] if len(reducers) == 1 else reduce


def _joined(*tables: Mapping[str, Reducer]) -> Mapping[str, Reducer]:
    """Return one table; where several topics take note of an event, they do so in the order given."""
    letters = dict.fromkeys(letter for table in tables for letter in table)
    return {letter: _in_turn([table[letter] for table in tables if letter in table]) for letter in letters}


REDUCERS: Mapping[str, Reducer] = _joined(
    session.REDUCERS,
    items.REDUCERS,
    responses.REDUCERS,
    buffers.REDUCERS,
    tools.REDUCERS,
    course.REDUCERS,
    requests.REDUCERS,
)
"""What each event changes, by letter."""


def _answers_by_itself(state: Conversation, _: Mapping[str, JSON]) -> bool | None:
    """Tell whether a commit is answered unasked; a commit of the client's need not be: it makes no response."""
    return None if state.waiting(requests.COMMIT) else course.answers_by_itself(state)


def _mirrored(state: Conversation, attributes: Mapping[str, JSON]) -> bool | None:
    """Tell whether a response's items enter the conversation: those of out-of-band responses do not."""
    response = state.responses.get(str(attributes.get("response_id")))
    return None if response is None else not response.out_of_band


def _brought_in(state: Conversation, attributes: Mapping[str, JSON]) -> bool:
    """Tell whether an item comes from a client or a commit, and not from a response."""
    return attributes.get("item_id") not in state.makers


CONDITIONS: Mapping[str, Callable[[Conversation, Mapping[str, JSON]], bool | None]] = {
    "answers_by_itself": _answers_by_itself,
    "mirrored": _mirrored,
    "brought_in": _brought_in,
}
"""The conditions that links name."""
