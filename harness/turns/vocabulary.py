"""What the tree of turns knows of the protocol, as tables.

Letters are the canonical names; `>` marks what the client sends.
"""

from collections.abc import Mapping
from typing import Literal, NamedTuple, TypeAlias

from harness.engine.declarations import Scope
from harness.engine.grammar import letters

NodeKind: TypeAlias = Literal["session", "configuration", "turn", "input", "response", "item", "part", "error"]


class Stream(NamedTuple):
    """A value that comes in pieces, one event each."""

    name: str
    """The value that the pieces make when joined, called as the event that states it whole calls it."""
    piece: str = "delta"
    """The field that holds a piece."""


STREAMS: Mapping[str, Stream] = {
    "response.output_text.delta": Stream("text"),
    "response.output_audio_transcript.delta": Stream("transcript"),
    "response.output_audio.delta": Stream("audio"),
    "response.function_call_arguments.delta": Stream("arguments"),
    "response.mcp_call_arguments.delta": Stream("arguments"),
    "conversation.item.input_audio_transcription.delta": Stream("transcript"),
    ">input_audio_buffer.append": Stream("audio", "audio"),
}

CONFIGURING: Mapping[str, Literal["opening", "request", "answer"]] = {
    "session.created": "opening",
    "conversation.created": "opening",
    "transcription_session.created": "opening",
    ">session.update": "request",
    ">transcription_session.update": "request",
    "session.updated": "answer",
    "transcription_session.updated": "answer",
}

BEGINS: Mapping[str, NodeKind] = {
    ">conversation.item.create": "input",
    ">input_audio_buffer.commit": "input",
    ">response.create": "response",
}
"""What a client event is the first event of."""

HEARD = frozenset({"input_audio_buffer.speech_stopped", "input_audio_buffer.committed", ">input_audio_buffer.commit"})
"""The events that say where the audio of an input ends."""

ALONG = frozenset({"rate_limits.updated"})
"""What comes with a response without naming it."""

STOPS = frozenset({">response.cancel"})
"""What a client says of the response in progress, often without naming it."""

REFUSALS = frozenset({"error", "warning"})

HEARTBEATS = frozenset({"ping"})
"""How often they come depends on how long the connection stood."""

IDENTITY = frozenset(
    {
        "id",
        "event_id",
        "item_id",
        "response_id",
        "call_id",
        "conversation_id",
        "previous_item_id",
        "approval_request_id",
    }
)
"""Fields that hold ids: two runs never share one."""

REFERENCES = frozenset({"call_id", "previous_item_id"})
"""Ids of things told of elsewhere: which thing that is can differ."""

PLACING = frozenset({">conversation.item.create", "conversation.item.added"})
"""Whose references count. Elsewhere they are decoration, and null or not from one event to the next."""

VOLATILE = frozenset({"object", "expires_at", "obfuscation", "client_secret", "rate_limits"})
"""Fields that differ from run to run and mean nothing, or never differ at all."""

PART_TYPES = {"text": "output_text", "audio": "output_audio"}
"""What the beta calls the parts of an answer, and what they are called since."""


def plain_letters(scope: Scope) -> frozenset[str]:
    """Return the letters of a scope, their variants set aside."""
    return frozenset(letter.partition("/")[0] for letter in letters(scope.pattern))
