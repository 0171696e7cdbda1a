"""Values that several events repeat: texts and their deltas, what an item and a response are.

Paths are of the GA dialect; the beta dialect has the same ones.
"""

from harness.engine.declarations import Fact, Source
from harness.model import Layer, Rule, Severity

ITEM = "item_id"


def _rule(
    code: str, name: str, what: str, source: str, severity: Severity = "error", layer: Layer = "documented"
) -> Rule:
    return Rule(
        code=code,
        name=name,
        severity=severity,
        subject="server",
        layer=layer,
        what=what,
        why="Clients read the same value from different events; those that read the odd one go wrong.",
        source=source,
        do="Trust the value that most events carry, normally that of the `done` event; report this to the server.",
    )


def _item_sources(path: str) -> tuple[Source, ...]:
    """Return where a value of a finished item stands."""
    return (
        Source("response.output_item.done", f"item.{path}"),
        Source("conversation.item.done", f"item.{path}"),
        Source("response.done", f"response.output[item_id=id].{path}"),
    )


TEXT = Fact(
    "text",
    _rule(
        "CNT401",
        "text-deltas-differ-from-done",
        "The text deltas of a part, joined, differ from its final text, or the final texts differ.",
        "response.output_text.done: the final text content. Joined deltas equal it in 18 of 18 parts.",
    ),
    key=(ITEM, "content_index"),
    pieces=Source("response.output_text.delta", "delta"),
    sources=(
        Source("response.output_text.done", "text"),
        Source("response.content_part.done", "part.text"),
        Source("conversation.item.added", "item.content[content_index].text"),
        *_item_sources("content[content_index].text"),
    ),
    settle="response.done",
    owner="response_id",
)

TRANSCRIPT = Fact(
    "transcript",
    _rule(
        "CNT402",
        "transcript-deltas-differ-from-done",
        "The transcript deltas of a part, joined, differ from its final transcript, or the final transcripts differ.",
        "response.output_audio_transcript.done: the final transcript of the audio. Joined deltas equal it in 27 of 27.",
    ),
    key=(ITEM, "content_index"),
    pieces=Source("response.output_audio_transcript.delta", "delta"),
    sources=(
        Source("response.output_audio_transcript.done", "transcript"),
        Source("response.content_part.done", "part.transcript"),
        *_item_sources("content[content_index].transcript"),
    ),
    settle="response.done",
    owner="response_id",
)

ARGUMENTS = Fact(
    "arguments",
    _rule(
        "CNT403",
        "argument-deltas-differ-from-done",
        "The deltas of a call's arguments, joined, differ from the final arguments.",
        "response.function_call_arguments.done: the final arguments. Joined deltas equal it in 8 of 8.",
    ),
    key=(ITEM,),
    pieces=Source("response.function_call_arguments.delta", "delta"),
    sources=(Source("response.function_call_arguments.done", "arguments"), *_item_sources("arguments")),
    settle="response.done",
    owner="response_id",
)

INPUT_TRANSCRIPT = Fact(
    "input transcript",
    _rule(
        "CNT404",
        "input-transcript-differs",
        "The deltas of an input transcription, joined, differ from the completed transcript.",
        "conversation.item.input_audio_transcription.completed: the transcript is trimmed, deltas start with a space; "
        "without the space they agree in 7 of 7.",
        severity="warning",
        layer="observed",
    ),
    key=(ITEM, "content_index"),
    pieces=Source("conversation.item.input_audio_transcription.delta", "delta"),
    sources=(Source("conversation.item.input_audio_transcription.completed", "transcript"),),
    settle="conversation.item.input_audio_transcription.completed",
    owner=ITEM,
    same="trimmed",
)

TOOL_ARGUMENTS = Fact(
    "arguments of the tool",
    _rule(
        "CNT405",
        "tool-argument-deltas-differ-from-done",
        "The deltas of a tool call's arguments, joined, differ from the final arguments.",
        "response.mcp_call_arguments.done: the final arguments of the call.",
    ),
    key=(ITEM,),
    pieces=Source("response.mcp_call_arguments.delta", "delta"),
    sources=(Source("response.mcp_call_arguments.done", "arguments"),),
    settle="response.done",
    owner="response_id",
)

FINAL_STATUS = Fact(
    "final status",
    _rule(
        "CNT410",
        "item-status-differs",
        "The events that finish an item give it different statuses.",
        "response.output_item.done, conversation.item.done and response.done carry one status in 33 of 33 items.",
        severity="warning",
        layer="observed",
    ),
    key=(ITEM,),
    sources=_item_sources("status"),
    settle="response.done",
    owner="response_id",
)

CALL_NAME = Fact(
    "name of the function",
    _rule(
        "CNT411",
        "function-name-differs",
        "The events of a function call name different functions.",
        "response.output_item.added, response.function_call_arguments.done and the done events carry one name.",
    ),
    key=(ITEM,),
    sources=(
        Source("response.output_item.added", "item.name"),
        Source("response.function_call_arguments.done", "name"),
        *_item_sources("name"),
    ),
    settle="response.done",
    owner="response_id",
)

CALL_ID = Fact(
    "call_id",
    _rule(
        "CNT412",
        "call-id-differs",
        "The events of a function call carry different call_ids.",
        "response.function_call_arguments.done: call_id, the id of the function call.",
    ),
    key=(ITEM,),
    sources=(
        Source("response.output_item.added", "item.call_id"),
        Source("response.function_call_arguments.delta", "call_id"),
        Source("response.function_call_arguments.done", "call_id"),
        Source("conversation.item.added", "item.call_id"),
        *_item_sources("call_id"),
    ),
    settle="response.done",
    owner="response_id",
)

CALL_OUTPUT = Fact(
    "output of the function",
    _rule(
        "CNT417",
        "function-output-differs",
        "The events of a function's output give different outputs.",
        "conversation.item.added and conversation.item.done repeat the output that the client sent.",
        severity="warning",
        layer="observed",
    ),
    key=(ITEM,),
    sources=(Source("conversation.item.added", "item.output"), Source("conversation.item.done", "item.output")),
    settle="conversation.item.done",
    owner=ITEM,
)

ITEM_TYPE = Fact(
    "type",
    _rule(
        "CNT413",
        "item-type-differs",
        "The events of an item give it different types.",
        "An item's type never changes between added, done and response.done.",
    ),
    key=(ITEM,),
    sources=(
        Source("response.output_item.added", "item.type"),
        Source("conversation.item.added", "item.type"),
        *_item_sources("type"),
    ),
    settle="response.done",
    owner="response_id",
)

ITEM_ROLE = Fact(
    "role",
    _rule(
        "CNT414",
        "item-role-differs",
        "The events of an item give it different roles.",
        "An item's role never changes between added, done and response.done.",
    ),
    key=(ITEM,),
    sources=(
        Source("response.output_item.added", "item.role"),
        Source("conversation.item.added", "item.role"),
        *_item_sources("role"),
    ),
    settle="response.done",
    owner="response_id",
)

SESSION_ID = Fact(
    "session id",
    _rule(
        "CNT420",
        "session-id-differs",
        "`session.updated` carries another session's id than `session.created`.",
        "session.id is the same in every event of a connection (19 of 19).",
        severity="warning",
        layer="observed",
    ),
    key=(),
    sources=(Source("session.created", "session.id"), Source("session.updated", "session.id")),
)

MODEL = Fact(
    "model",
    _rule(
        "CNT421",
        "model-changes",
        "The session's model changes.",
        "session.update: any field may be updated except for voice and model.",
        severity="warning",
    ),
    key=(),
    sources=(Source("session.created", "session.model"), Source("session.updated", "session.model")),
)

SESSION_TYPE = Fact(
    "session type",
    _rule(
        "CNT423",
        "session-type-changes",
        "The session's type changes.",
        "A realtime session stays one: a transcription update is not allowed in it (invalid_parameter).",
        severity="warning",
        layer="observed",
    ),
    key=(),
    sources=(Source("session.created", "session.type"), Source("session.updated", "session.type")),
)

PREVIOUS_ITEM = Fact(
    "previous item",
    _rule(
        "IDN231",
        "previous-item-differs",
        "The events of an item name different items before it.",
        "input_audio_buffer.committed, conversation.item.added and conversation.item.done name the same item before "
        "it, in all recorded sessions; the last one leaves it out sometimes (17 of 39 items of responses).",
        severity="warning",
        layer="observed",
    ),
    key=(ITEM,),
    sources=(
        Source("input_audio_buffer.committed", "previous_item_id"),
        Source("conversation.item.added", "previous_item_id"),
        Source("conversation.item.done", "previous_item_id"),
    ),
    settle="conversation.item.done",
    owner=ITEM,
)

CONVERSATION = Fact(
    "conversation",
    _rule(
        "CNT422",
        "response-changes-conversation",
        "response.created and response.done name different conversations.",
        "response.conversation_id: which conversation the response is added to.",
        severity="warning",
    ),
    key=("response_id",),
    sources=(
        Source("response.created", "response.conversation_id"),
        Source("response.done", "response.conversation_id"),
    ),
    settle="response.done",
    owner="response_id",
)

FACTS = (
    TEXT,
    TRANSCRIPT,
    ARGUMENTS,
    TOOL_ARGUMENTS,
    INPUT_TRANSCRIPT,
    FINAL_STATUS,
    CALL_NAME,
    CALL_ID,
    CALL_OUTPUT,
    ITEM_TYPE,
    ITEM_ROLE,
    SESSION_ID,
    MODEL,
    SESSION_TYPE,
    PREVIOUS_ITEM,
    CONVERSATION,
)
