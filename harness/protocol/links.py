"""Who asked, and who answers: the causes of events, and the answers that requests must have.

Letters are the GA names; `>` marks what the client sends.
"""

from collections.abc import Iterable

from harness.engine.declarations import Cause, Link, Refusal
from harness.model import Layer, Rule, Severity, Subject

RESPONSE_CONTENT = (
    "response.content_part.added",
    "response.function_call_arguments.delta",
    "response.function_call_arguments.done",
    "response.output_item.done",
)


def _rule(
    code: str,
    name: str,
    what: str,
    why: str,
    source: str,
    severity: Severity = "warning",
    layer: Layer = "documented",
    subject: Subject = "server",
) -> Rule:
    do = "Look at the lines shown; if the log leaves out events, record both directions whole."
    return Rule(code, name, severity, subject, layer, what, why, source, do)


def _answer(number: int, request: str, answer: str, source: str = "") -> Link:
    """Declare that each client `request` is answered by one `answer`, or refused."""
    short = answer.replace("_", "-").replace(".", "-")
    return Link(
        answer,
        (Cause(">" + request, key=("item_id",)),),
        unasked=_rule(
            f"CAU{number}",
            f"{short}-unasked",
            f"`{answer}` comes although no `{request}` was sent.",
            "An answer without a request means that the log is incomplete, or that the server made it up.",
            source or f"{answer}: returned when the server has processed `{request}`.",
        ),
        unanswered=_rule(
            f"CAU{number + 1}",
            f"{request.replace('_', '-').replace('.', '-')}-unanswered",
            f"A `{request}` is neither answered by `{answer}` nor refused by `error`.",
            "A client that waits for the answer hangs.",
            source or f"{request}: the server responds with `{answer}`, or with an error.",
        ),
    )


SESSION_UPDATE = _answer(501, "session.update", "session.updated")
CLEAR = _answer(503, "input_audio_buffer.clear", "input_audio_buffer.cleared")
DELETE = _answer(505, "conversation.item.delete", "conversation.item.deleted")
RETRIEVE = _answer(507, "conversation.item.retrieve", "conversation.item.retrieved")

TRUNCATE = Link(
    "conversation.item.truncated",
    (Cause(">conversation.item.truncate", key=("item_id",)),),
    unanswered=_rule(
        "CAU509",
        "truncate-unanswered",
        "A `conversation.item.truncate` is neither answered by `conversation.item.truncated` nor refused.",
        "The client believes that the model forgot what was not heard.",
        "conversation.item.truncate: if successful, the server will respond with conversation.item.truncated. "
        "Over WebRTC the server truncates without being asked (6 of 6), so the reverse is no rule.",
    ),
)

COMMITTED = Link(
    "input_audio_buffer.committed",
    (
        Cause("input_audio_buffer.speech_stopped", key=("item_id",)),
        Cause("input_audio_buffer.timeout_triggered", key=("item_id",)),
        Cause(">input_audio_buffer.commit"),
    ),
    unasked=_rule(
        "CAU510",
        "commit-without-speech",
        "The input buffer is committed although no speech stopped in it and the client did not commit.",
        "The turn that follows answers something that the user did not say.",
        "input_audio_buffer.committed: returned when an input audio buffer is committed, either by the client or "
        "automatically in server VAD mode.",
        severity="error",
    ),
    unanswered=_rule(
        "CAU511",
        "commit-missing",
        "Speech stopped, or the client committed, and no `input_audio_buffer.committed` follows.",
        "The user's turn is lost; nothing will be answered.",
        "input_audio_buffer.commit: the server will respond with input_audio_buffer.committed. After speech_stopped "
        "it came in 9 of 9 turns.",
    ),
    before=("response.created",),
)

ITEM_ADDED = Link(
    "conversation.item.added",
    (
        Cause("response.output_item.added", key=("item_id",), when="mirrored"),
        Cause("input_audio_buffer.committed", key=("item_id",)),
        Cause(">conversation.item.create", key=("item_id",)),
    ),
    unasked=_rule(
        "CAU520",
        "item-from-nowhere",
        "An item enters the conversation that neither the client, nor the input buffer, nor a response made.",
        "The model will see context that nobody can account for.",
        "conversation.item.created (added): three causes are listed, a response, a commit and a create.",
    ),
    unanswered=_rule(
        "CAU521",
        "item-not-added",
        "An item was made and is not added to the conversation.",
        "A client that waits for the item, or looks it up when its content comes, fails.",
        "conversation.item.added came for every item of a default response, commit and create (91 of 91).",
        severity="error",
        layer="observed",
    ),
    before=RESPONSE_CONTENT,
    exempt=("mcp_list_tools",),  # the tools of a server, listed because the session's settings name it
)

USER_ITEM_BEFORE_RESPONSE = Link(
    "conversation.item.added",
    (Cause("input_audio_buffer.committed", key=("item_id",)),),
    unanswered=ITEM_ADDED.unanswered,
    before=("response.created",),
)

RESPONSE_CREATED = Link(
    "response.created",
    (
        Cause(">response.create"),
        Cause("input_audio_buffer.committed", when="answers_by_itself"),
    ),
    unasked=_rule(
        "CAU530",
        "response-unasked",
        "A response starts although the client sent no `response.create` and no commit calls for one.",
        "Two answers to one turn, or an answer to nothing.",
        "response.create: triggers inference; in server VAD mode the server creates responses automatically when "
        "create_response is set.",
    ),
    unanswered=_rule(
        "CAU531",
        "response-create-unanswered",
        "A turn asks for a response, and none is created or refused.",
        "The user hears nothing.",
        "response.create: the server will respond with a response.created event.",
    ),
)

TRANSCRIBED = Link(
    "conversation.item.input_audio_transcription.completed",
    (
        Cause("input_audio_buffer.speech_started", key=("item_id",), expects=False, consumed=False),
        Cause("input_audio_buffer.committed", key=("item_id",), expects=False, consumed=False),
        Cause("conversation.item.added", key=("item_id",), expects=False, consumed=False),
    ),
    unasked=_rule(
        "CAU540",
        "transcript-of-unknown-item",
        "A transcription names an item that is not known.",
        "A client cannot tell which turn it belongs to.",
        "conversation.item.input_audio_transcription.completed: item_id is the item containing the audio.",
    ),
)

SPEECH = Link(
    "input_audio_buffer.speech_started",
    (Cause(">input_audio_buffer.append", expects=False, consumed=False),),
)

CANCELLED = Link(
    "response.done",
    (Cause(">response.cancel", key=("response_id",), in_turn=False),),  # the response is brought to its end first
    unanswered=_rule(
        "CAU550",
        "cancel-unanswered",
        "A `response.cancel` is neither answered by `response.done` nor refused.",
        "The client does not know whether the response still goes on.",
        "response.cancel: the server will respond with a response.done event with a status of cancelled; if there is "
        "no response to cancel, with an error.",
    ),
)

PLAYED = Link(
    "output_audio_buffer.started",
    (Cause("response.content_part.added", key=("response_id",), expects=False, consumed=False),),
    unasked=_rule(
        "CAU571",
        "playback-before-audio",
        "`output_audio_buffer.started` comes before its response has a content part.",
        "A client that ties playback to an item finds none.",
        "output_audio_buffer.started: emitted after an audio content part has been added to the response.",
    ),
)

STOPPED = Link(
    "output_audio_buffer.stopped",
    (Cause("response.done", key=("response_id",), expects=False, consumed=False),),
    unasked=_rule(
        "CAU572",
        "playback-stops-before-response",
        "`output_audio_buffer.stopped` comes before its response is done.",
        "A client opens the microphone while the answer goes on.",
        "output_audio_buffer.stopped: emitted after the full response data has been sent to the client "
        "(response.done).",
    ),
)

CLEARED_OUTPUT = Link(
    "output_audio_buffer.cleared",
    (
        Cause(">output_audio_buffer.clear", expects=False),
        Cause("input_audio_buffer.speech_started", expects=False, consumed=False),
    ),
    unasked=_rule(
        "CAU573",
        "playback-cleared-unasked",
        "`output_audio_buffer.cleared` comes although nobody spoke and the client did not clear.",
        "The answer is cut off for no reason.",
        "output_audio_buffer.cleared: in VAD mode when the user has interrupted, or when the client has emitted the "
        "output_audio_buffer.clear event.",
    ),
)

LINKS = (
    SESSION_UPDATE,
    CLEAR,
    DELETE,
    RETRIEVE,
    TRUNCATE,
    COMMITTED,
    ITEM_ADDED,
    USER_ITEM_BEFORE_RESPONSE,
    RESPONSE_CREATED,
    TRANSCRIBED,
    SPEECH,
    CANCELLED,
    PLAYED,
    STOPPED,
    CLEARED_OUTPUT,
)


def without_answers(links: Iterable[Link]) -> tuple[Link, ...]:
    """Return the links of a session that only transcribes: no turn is answered there."""
    return tuple(link for link in links if link is not RESPONSE_CREATED)


DONE_BEFORE_OUTPUT_DONE = Link(
    "conversation.item.done",
    (Cause("conversation.item.added", key=("item_id",)),),
    unanswered=_rule(
        "CAU541",
        "item-done-late",
        "An item's `conversation.item.done` has not come when its response, or the answer to it, goes on.",
        "A client that finishes its item on this event shows it open.",
        "conversation.item.done came before response.output_item.done in 33 of 33 output items of OpenAI, Azure and "
        "gateway sessions, and before response.created for 33 of 33 items of clients and commits.",
        layer="observed",
    ),
    before=("response.output_item.done",),
)
"""Services that send `conversation.item.done` send it early. Dialects without it leave this out."""

WHOLE_ITEM_DONE = Link(
    "conversation.item.done",
    (Cause("conversation.item.added", key=("item_id",), when="brought_in"),),
    unanswered=DONE_BEFORE_OUTPUT_DONE.unanswered,
    before=("response.created",),
)
"""What clients and commits bring in is complete when it is added, and done at once."""

NO_REQUEST = ""
"""What an error refuses that is about no request at all: a frame that is none, or of a type that there is not."""

REFUSAL = Refusal(
    letter="error",
    names="error.event_id",
    code="error.code",
    parameter="error.param",
    by_code={
        "conversation_already_has_active_response": ">response.create",
        "response_cancel_not_active": ">response.cancel",
        "input_audio_buffer_commit_empty": ">input_audio_buffer.commit",
        "item_delete_invalid_item_id": ">conversation.item.delete",
        "item_truncate_invalid_item_id": ">conversation.item.truncate",
        "item_retrieve_invalid_item_id": ">conversation.item.retrieve",
        "invalid_tool_call_id": ">conversation.item.create",
        "unsupported_content_type": ">conversation.item.truncate",
        "cannot_update_voice": ">session.update",
        "invalid_event": NO_REQUEST,
        "invalid_json": NO_REQUEST,
    },
    by_parameter={
        "session": ">session.update",
        "item.": ">conversation.item.create",
        "previous_item_id": ">conversation.item.create",
        "audio_end_ms": ">conversation.item.truncate",
        "content_index": ">conversation.item.truncate",
        "audio": ">input_audio_buffer.append",
        "response_id": ">response.cancel",
        "response": ">response.create",
        "type": NO_REQUEST,
    },
)
"""Codes as servers send them (verified on live services and in clients' issue trackers)."""
