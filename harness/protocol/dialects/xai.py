"""xAI's Grok voice agent API: the GA's names, with deviations of its own."""

from dataclasses import replace

from harness.engine.declarations import Cause, Scope
from harness.engine.grammar import alt, interleave, plus, seq, star
from harness.protocol.dialects import Deviation, Mark
from harness.protocol.dialects.openai_beta import BETA_ITEM
from harness.protocol.dialects.openai_beta import FIELDS as BETA_FIELDS
from harness.protocol.dialects.openai_ga import DIALECT as GA
from harness.protocol.facts import FACTS, INPUT_TRANSCRIPT, ITEM_ROLE
from harness.protocol.links import ITEM_ADDED, LINKS, USER_ITEM_BEFORE_RESPONSE
from harness.protocol.scopes import CONTENT_PART, ITEM, OUTPUT_ITEM, SCOPES, TRANSCRIPTION

XAI_OUTPUT_ITEM = replace(OUTPUT_ITEM, key=("response_id", "item_id"), binds=("output_index",))

XAI_PART = replace(
    CONTENT_PART,
    key=("response_id", "item_id", "content_index"),
    binds=("output_index",),
    pattern=alt(
        CONTENT_PART.pattern,
        seq(
            "response.content_part.added/audio",
            interleave(
                seq(star("response.output_audio.delta"), "response.output_audio.done"),
                seq(
                    star("response.output_audio_transcript.delta"),
                    "response.output_audio_transcript.done",
                    "response.content_part.done",
                ),
            ),
        ),
    ),
)

XAI_TRANSCRIPTION = replace(
    TRANSCRIPTION,
    pattern=plus(
        alt(
            "conversation.item.input_audio_transcription.updated",
            "conversation.item.input_audio_transcription.delta",
            "conversation.item.input_audio_transcription.completed",
            "conversation.item.input_audio_transcription.failed",
        )
    ),
    unfinished=None,
)

_REPLACED = {
    OUTPUT_ITEM.name: XAI_OUTPUT_ITEM,
    ITEM.name: BETA_ITEM,
    CONTENT_PART.name: XAI_PART,
    TRANSCRIPTION.name: XAI_TRANSCRIPTION,
}


def _scope(scope: Scope) -> Scope:
    return _REPLACED.get(scope.name, scope)


XAI_ITEM_ADDED = replace(
    ITEM_ADDED,
    causes=(
        *(replace(cause, expects=cause.expects and "committed" not in cause.letter) for cause in ITEM_ADDED.causes),
        Cause("input_audio_buffer.speech_started", key=("item_id",)),
    ),
    before=(),
)


DIALECT = replace(
    GA,
    name="xai",
    title="xAI Grok voice agent API",
    base="openai-ga",
    vendor=True,
    schemas=("xai", "openai-ga"),
    declarations=replace(
        GA.declarations,
        scopes=tuple(_scope(scope) for scope in SCOPES),
        links=tuple(
            XAI_ITEM_ADDED if link is ITEM_ADDED else link for link in LINKS if link is not USER_ITEM_BEFORE_RESPONSE
        ),
        facts=tuple(fact for fact in FACTS if fact not in (INPUT_TRANSCRIPT, ITEM_ROLE)),
    ),
    marks=(
        Mark("session.created", "session.model", "grok", weight=3),
        Mark("session.updated", "session.model", "grok", weight=3),
        Mark("ping", weight=3),
        Mark("conversation.item.input_audio_transcription.updated", weight=3),
        *GA.marks,
    ),
    fields={**BETA_FIELDS, "transcription": "audio.input.transcription"},
    deviations=(
        Deviation("conversation.item.done is never sent", "11 of 11 sessions"),
        Deviation("response.output_audio.done may follow response.content_part.done", "11 of 14 parts"),
        Deviation("input transcriptions are cumulative and complete several times", "3 of 3 turns"),
        Deviation("the user's item is added when speech starts, before the commit", "1 of 1 turns"),
        Deviation("function_call_arguments.delta lacks output_index", "3 of 3 calls"),
        Deviation("a function call has the role user in one event and tool in another", "1 of 1 calls"),
        Deviation("a message and a call in one response share output_index 0", "3 of 17 responses"),
    ),
    waived={
        "CAU542": "it transcribes whether or not it is asked to",
        "CNT456": "the user's item is added in progress, when speech starts",
        "IDN220": "a message and a call in one response share output_index 0 (3 of 17 responses)",
        "IDN232": "previous_item_id is null for later items (6 of 38)",
    },
)
