"""The order of events, as grammars: one scope per thing that lives in a session.

Letters are the GA names of the events; a dialect maps its own names to them. `added/message` is `added` for an item of
type `message`. Sources are the reference of the API's events and what was counted on recorded sessions.
"""

from harness.engine.declarations import Scope
from harness.engine.grammar import alt, interleave, opt, plus, seq, star
from harness.model import Rule


def _order(code: str, name: str, what: str, source: str) -> Rule:
    return Rule(
        code=code,
        name=name,
        severity="error",
        subject="server",
        layer="documented",
        what=what,
        why="A client builds its state from these events; one that is missing, doubled or out of place leaves it "
        "waiting, or with the wrong content.",
        source=source,
        do="Report it to the server's makers with the lines shown; make the client survive it.",
    )


def _unfinished(code: str, name: str, what: str) -> Rule:
    return Rule(
        code=code,
        name=name,
        severity="note",
        subject="recorder",
        layer="house",
        what=what,
        why="A log that was cut off looks the same as a connection that was lost.",
        source="A log may end anywhere; only the connection's close tells whether work was lost.",
        do="Record until the socket has closed, or look for what closed it.",
    )


SESSION = Scope(
    "session",
    _order(
        "ORD301",
        "session-out-of-order",
        "`session.created` opens a connection once; everything else about the session follows it.",
        "session.created: emitted automatically when a new connection is established, as the first server event.",
    ),
    key=(),
    pattern=seq("session.created", star(alt("session.updated", "conversation.created"))),
)

INPUT_TURN = Scope(
    "input turn",
    _order(
        "ORD310",
        "input-turn-out-of-order",
        "The speech of one user turn starts, stops and is committed, in that order.",
        "input_audio_buffer.speech_stopped: the server will also send conversation.item.created (added) with the user "
        "message item made from the audio buffer. Started, stopped and committed carry one item_id in 9 of 9 turns.",
    ),
    key=("item_id",),
    pattern=seq(
        opt(
            alt(
                seq("input_audio_buffer.speech_started", "input_audio_buffer.speech_stopped"),
                "input_audio_buffer.timeout_triggered",
            )
        ),
        "input_audio_buffer.committed",
    ),
    unfinished=_unfinished("ORD311", "log-ends-in-speech", "The log ends while the user speaks, or before the commit."),
)

ITEM = Scope(
    "conversation item",
    _order(
        "ORD320",
        "item-out-of-order",
        "An item is added to the conversation once, finished once, and is silent after it was deleted.",
        "conversation.item.added, conversation.item.done, conversation.item.deleted.",
    ),
    key=("item_id",),
    pattern=seq(
        "conversation.item.added",
        star(alt("conversation.item.truncated", "conversation.item.retrieved")),
        alt(
            seq(
                "conversation.item.done",
                star(alt("conversation.item.truncated", "conversation.item.retrieved")),
                opt("conversation.item.deleted"),
            ),
            seq("conversation.item.deleted", opt("conversation.item.done")),
        ),
    ),
    unfinished=_unfinished("ORD321", "log-ends-in-item", "The log ends before an item of the conversation was done."),
)

RESPONSE = Scope(
    "response",
    _order(
        "ORD330",
        "response-out-of-order",
        "A response is created once, then done once; nothing of it comes before or after.",
        "response.created: the first event of response creation. response.done: always emitted, no matter the final "
        "state.",
    ),
    key=("response_id",),
    pattern=seq("response.created", "response.done"),
    unfinished=_unfinished("ORD331", "log-ends-in-response", "The log ends while a response is in progress."),
)

OUTPUT_ITEM = Scope(
    "output item",
    _order(
        "ORD340",
        "output-item-out-of-order",
        "An item of a response is added, filled and done, while its response is in progress.",
        "response.output_item.added, response.output_item.done: also emitted when a response is interrupted, "
        "incomplete or cancelled.",
    ),
    key=("response_id", "output_index"),
    within="response",
    binds=("item_id",),
    pattern=alt(
        seq("response.output_item.added/message", "response.output_item.done"),
        seq(
            "response.output_item.added/function_call",
            star("response.function_call_arguments.delta"),
            "response.function_call_arguments.done",
            "response.output_item.done",
        ),
        seq(
            "response.output_item.added/mcp_call",
            star("response.mcp_call_arguments.delta"),
            opt("response.mcp_call_arguments.done"),
            interleave(
                opt(
                    seq(
                        "response.mcp_call.in_progress",
                        opt(alt("response.mcp_call.completed", "response.mcp_call.failed")),
                    )
                ),
                opt("response.output_item.done"),  # response.done may come before the call ends
            ),
        ),
        seq("response.output_item.added", "response.output_item.done"),
    ),
)

CONTENT_PART = Scope(
    "content part",
    _order(
        "ORD350",
        "content-part-out-of-order",
        "A content part is added, streamed as text or as audio with its transcript, and done, in that order.",
        "response.content_part.added, response.output_text.done, response.output_audio.done, "
        "response.output_audio_transcript.done, response.content_part.done: also emitted when a response is "
        "interrupted, incomplete or cancelled.",
    ),
    key=("response_id", "output_index", "content_index"),
    within="output item",
    binds=("item_id",),
    pattern=alt(
        seq(
            "response.content_part.added/text",
            star("response.output_text.delta"),
            "response.output_text.done",
            "response.content_part.done",
        ),
        seq(
            "response.content_part.added/audio",
            interleave(
                seq(star("response.output_audio.delta"), "response.output_audio.done"),
                seq(star("response.output_audio_transcript.delta"), "response.output_audio_transcript.done"),
            ),
            "response.content_part.done",
        ),
    ),
)

TRANSCRIPTION = Scope(
    "input transcription",
    _order(
        "ORD360",
        "transcription-out-of-order",
        "The transcription of one input part streams, then completes or fails once.",
        "conversation.item.input_audio_transcription.delta, .completed, .failed; asynchronous to responses.",
    ),
    key=("item_id", "content_index"),
    pattern=seq(
        star(
            alt(
                "conversation.item.input_audio_transcription.delta",
                "conversation.item.input_audio_transcription.segment",
            )
        ),
        alt(
            "conversation.item.input_audio_transcription.completed",
            "conversation.item.input_audio_transcription.failed",
        ),
    ),
    unfinished=_unfinished("ORD361", "log-ends-in-transcription", "The log ends before a transcription completed."),
)

PLAYBACK = Scope(
    "playback",
    _order(
        "ORD370",
        "playback-out-of-order",
        "Over WebRTC and SIP, the output of a response starts to play, then stops or is cleared.",
        "output_audio_buffer.started, .stopped, .cleared (WebRTC and SIP only).",
    ),
    key=("response_id",),
    pattern=seq(
        "output_audio_buffer.started",
        alt("output_audio_buffer.stopped", plus("output_audio_buffer.cleared")),
    ),
)

TOOL_LIST = Scope(
    "MCP tool list",
    _order(
        "ORD380",
        "tool-list-out-of-order",
        "The listing of a server's tools is in progress, then completes or fails once.",
        "mcp_list_tools.in_progress, .completed, .failed.",
    ),
    key=("item_id",),
    pattern=seq("mcp_list_tools.in_progress", alt("mcp_list_tools.completed", "mcp_list_tools.failed")),
)

SCOPES = (
    SESSION,
    INPUT_TURN,
    ITEM,
    RESPONSE,
    OUTPUT_ITEM,
    CONTENT_PART,
    TRANSCRIPTION,
    PLAYBACK,
    TOOL_LIST,
)
