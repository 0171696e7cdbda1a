"""Which event made which happen: read off the same links and scopes that the check uses.

A log's order is not causality: a tool's result was recorded before the `response.done` of the call that it answers.
"""

from collections.abc import Iterable

from harness.engine.judge import Judge
from harness.model import Event
from harness.protocol.dialects import Dialect
from harness.protocol.state import CONDITIONS, REDUCERS, Conversation

FOLLOWS = {"rate_limits.updated": ("response.",)}
"""Events that come along with others, whatever those are about: they share the cause of the last such event."""


def attribute(dialect: Dialect, events: Iterable[Event]) -> list[int | None]:
    """Return, for each event, the index in `events` of the event that made it happen.

    None where the connection itself did, as for `session.created`, and for everything the client sends. The events of
    a response lead to its `response.created`, that to the `response.create` or the commit that called for it, and a
    commit by voice activity to the speech that it ends.
    """
    state = Conversation(fields=dialect.fields)
    judge = Judge(dialect.declarations, lambda name, attributes: CONDITIONS[name](state, attributes))
    index: dict[int, int] = {}
    causes: list[int | None] = []
    recent: dict[str, int | None] = {}
    for position, event in enumerate(events):
        letter = dialect.letters.get((event.side, event.type), "")
        index[event.seq] = position
        judge.feed(event, letter)
        cause = index.get(judge.cause.seq) if judge.cause is not None and event.side == "server" else None
        if cause is None and event.side == "server":
            cause = recent.get(letter)
        causes.append(cause)
        for follower, heads in FOLLOWS.items():
            if letter.startswith(heads):
                recent[follower] = cause if cause is not None else position
        reducer = REDUCERS.get(letter)
        if reducer is not None:
            reducer(state, event)
    return causes
