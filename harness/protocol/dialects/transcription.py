"""A GA session that only transcribes: the same events, and no responses."""

from dataclasses import replace

from harness.protocol.dialects import Deviation, Mark
from harness.protocol.dialects.openai_ga import DIALECT as GA
from harness.protocol.links import without_answers

DIALECT = replace(
    GA,
    name="transcription",
    title="OpenAI Realtime API, transcription sessions (session.type transcription)",
    declarations=replace(GA.declarations, links=without_answers(GA.declarations.links)),
    base="openai-ga",
    marks=(
        *(
            Mark(event, "session.type", "transcription", weight=2)
            for event in ("session.created", "session.updated", "session.update")
        ),
        *GA.marks,
    ),
    deviations=(Deviation("commits are never answered by a response", "the guide to transcription sessions"),),
)
