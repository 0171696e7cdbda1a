"""A GA session that only transcribes: the same events, and no responses."""

from dataclasses import replace

from harness.protocol.dialects import Deviation, Mark
from harness.protocol.dialects.openai_ga import DIALECT as GA

DIALECT = replace(
    GA,
    name="transcription",
    title="OpenAI Realtime API, transcription sessions (session.type transcription)",
    base="openai-ga",
    marks=tuple(
        Mark(event, "session.type", "transcription", weight=2)
        for event in ("session.created", "session.updated", "session.update")
    ),
    deviations=(Deviation("commits are never answered by a response", "the guide to transcription sessions"),),
)
