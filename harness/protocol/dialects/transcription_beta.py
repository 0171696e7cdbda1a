"""A beta session that only transcribes: its session events have names of their own."""

from dataclasses import replace

from harness.protocol.dialects import Deviation, Mark
from harness.protocol.dialects.openai_beta import DIALECT as BETA
from harness.protocol.links import without_answers

DIALECT = replace(
    BETA,
    name="transcription-beta",
    title="OpenAI Realtime API, beta transcription sessions (intent=transcription)",
    declarations=replace(BETA.declarations, links=without_answers(BETA.declarations.links)),
    base="openai-beta",
    marks=(
        Mark("transcription_session.created", weight=2),
        Mark("transcription_session.updated", weight=2),
        Mark("transcription_session.update", weight=2),
        *BETA.marks,
    ),
    names={
        **BETA.names,
        "transcription_session.created": "session.created",
        "transcription_session.updated": "session.updated",
        "transcription_session.update": "session.update",
    },
    deviations=(
        Deviation("the session's events are called transcription_session.*", "the reference of 2025-03"),
        Deviation("commits are never answered by a response", "the guide to transcription sessions"),
    ),
)
