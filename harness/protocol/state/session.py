"""The session's settings."""

from collections.abc import Callable, Mapping

from harness.model import Event
from harness.protocol.state.records import Conversation


def _configure(state: Conversation, event: Event) -> None:
    session = event.body.get("session")
    if isinstance(session, dict):
        state.config, state.config_seen = session, True


def _created(state: Conversation, event: Event) -> None:
    state.opened_at = event.at_ns
    if not state.config_seen:  # one that comes late tells less than what came before it
        _configure(state, event)


REDUCERS: Mapping[str, Callable[[Conversation, Event], None]] = {
    "session.created": _created,
    "session.updated": _configure,
}
