"""Azure Voice Live: the beta's names, with conversation.item.done."""

from dataclasses import replace

from harness.engine.grammar import alt, opt, seq, star
from harness.protocol.dialects import Deviation, Mark
from harness.protocol.dialects.openai_beta import BETA_ITEM
from harness.protocol.dialects.openai_beta import DIALECT as BETA
from harness.protocol.facts import FACTS, TEXT

VOICE_LIVE_ITEM = replace(
    BETA_ITEM,
    pattern=seq(
        "conversation.item.added",
        opt("conversation.item.done"),
        star(alt("conversation.item.truncated", "conversation.item.retrieved")),
        opt("conversation.item.deleted"),
    ),
)

VOICE_LIVE_TEXT = replace(
    TEXT, sources=tuple(source for source in TEXT.sources if source.letter != "response.content_part.done")
)

DIALECT = replace(
    BETA,
    name="azure-voice-live",
    title="Azure Voice Live",
    base="openai-beta",
    vendor=True,
    schemas=("azure-voice-live", "openai-beta"),
    declarations=replace(
        BETA.declarations,
        scopes=tuple(VOICE_LIVE_ITEM if scope is BETA_ITEM else scope for scope in BETA.declarations.scopes),
        facts=tuple(VOICE_LIVE_TEXT if fact is TEXT else fact for fact in FACTS),
    ),
    marks=(
        Mark("session.created", "session.input_audio_sampling_rate", weight=3),
        Mark("session.updated", "session.input_audio_sampling_rate", weight=3),
        Mark("session.created", "session.avatar", weight=3),
        *BETA.marks,
    ),
    deviations=(
        Deviation("conversation.item.done follows for user items and never for output items", "5 of 5 sessions"),
        Deviation("the part of response.content_part.done has an empty text", "1 of 1 text parts"),
        Deviation("voice is an object, further modalities and session fields", "azure-ai-voicelive 1.3.1"),
    ),
    retired="",
)
