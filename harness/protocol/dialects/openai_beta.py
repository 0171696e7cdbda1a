"""OpenAI's Realtime API as it was in beta, from October 2024 on; the dialect of the seed."""

from dataclasses import replace

from harness.engine.grammar import alt, opt, seq, star
from harness.protocol.dialects import Deviation, Dialect, Mark
from harness.protocol.dialects.openai_ga import DIALECT as GA
from harness.protocol.links import LINKS
from harness.protocol.scopes import ITEM, SCOPES

NAMES = {
    "conversation.item.created": "conversation.item.added",
    "response.text.delta": "response.output_text.delta",
    "response.text.done": "response.output_text.done",
    "response.audio.delta": "response.output_audio.delta",
    "response.audio.done": "response.output_audio.done",
    "response.audio_transcript.delta": "response.output_audio_transcript.delta",
    "response.audio_transcript.done": "response.output_audio_transcript.done",
}

BETA_ITEM = replace(
    ITEM,
    pattern=seq(
        "conversation.item.added",
        star(alt("conversation.item.truncated", "conversation.item.retrieved")),
        opt("conversation.item.deleted"),
    ),
    unfinished=None,
)

FIELDS = {
    "modalities": "modalities",
    "turn_detection": "turn_detection",
    "input_format": "input_audio_format",
    "output_format": "output_audio_format",
    "transcription": "input_audio_transcription",
    "voice": "voice",
}

DIALECT = Dialect(
    name="openai-beta",
    title="OpenAI Realtime API, beta of 2024-10 to 2026-05",
    base="openai-ga",
    schemas=("openai-beta",),
    declarations=replace(
        GA.declarations,
        scopes=tuple(BETA_ITEM if scope is ITEM else scope for scope in SCOPES),
        links=LINKS,
    ),
    marks=(
        Mark("session.created", "session.modalities"),
        Mark("session.updated", "session.modalities"),
        Mark("session.update", "session.modalities"),
        Mark("response.created", "response.modalities"),
        Mark("response.done", "response.modalities"),
        *(Mark(name) for name in NAMES),
    ),
    names=NAMES,
    fields=FIELDS,
    deviations=(
        Deviation(
            "conversation.item.created stands for conversation.item.added, and there is no conversation.item.done",
            "the reference of 2024-10; the seed's session",
        ),
    ),
    retired="OpenAI switched the beta off on 2026-05-12: it answers beta_api_shape_disabled and closes with 4000",
)
