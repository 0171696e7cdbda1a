"""What the diff knows of the protocol, as tables. Letters are the canonical names; `>` marks what the client sends."""

from collections.abc import Mapping
from functools import cache
from typing import Literal, NamedTuple, TypeAlias

from harness.engine.declarations import Declarations, Scope
from harness.engine.grammar import letters
from harness.protocol.dialects import Dialect, all_dialects

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

NOISE = frozenset({"cached_tokens", "cached_tokens_details"})
"""Usage that depends on what ran before on the server, and not on the session."""

WORDS = frozenset({"text", "transcript"})
"""What is said: compared by words."""

CONTENT = WORDS | {"arguments", "output", "audio", "name", "image_url"}
"""Values whose absence says something, in any dialect."""

ENCODED = frozenset({"arguments", "output"})
"""JSON in a string: compared by its structure."""

PART_TYPES = {"text": "output_text", "audio": "output_audio"}
"""What the beta calls the parts of an answer, and what they are called since."""


STREAM_PLACES = frozenset({"audio_start_ms", "audio_end_ms"})
"""Places in the audio that a client sent; each moves with everything before it."""


@cache
def spoken(dialect: str) -> frozenset[str]:
    """Return the letters that a dialect has and puts in an order, or that no dialect puts in an order."""
    own = all_dialects()[dialect]
    elsewhere = frozenset().union(*(_ordered(one.declarations) for one in all_dialects().values()))
    unused = elsewhere - _ordered(own.declarations)
    return frozenset(own.letters.values()) - unused


def one_sided(left: Dialect, right: Dialect) -> Mapping[str, str]:
    """Return the letters that only one of two dialects has, with the name of the dialect that lacks them."""
    mine, theirs = spoken(left.name), spoken(right.name)
    return {**dict.fromkeys(mine - theirs, right.name), **dict.fromkeys(theirs - mine, left.name)}


def _ordered(declarations: Declarations) -> frozenset[str]:
    return frozenset().union(*map(plain_letters, declarations.scopes))


def plain_letters(scope: Scope) -> frozenset[str]:
    """Return the letters of a scope, their variants set aside."""
    return frozenset(letter.partition("/")[0] for letter in letters(scope.pattern))
