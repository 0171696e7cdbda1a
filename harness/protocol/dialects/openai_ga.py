"""OpenAI's Realtime API as generally available since August 2025."""

from harness.engine.declarations import Declarations
from harness.model import Rule
from harness.protocol.dialects import Dialect, Mark
from harness.protocol.facts import FACTS
from harness.protocol.links import DONE_BEFORE_OUTPUT_DONE, LINKS, REFUSAL, WHOLE_ITEM_DONE
from harness.protocol.scopes import SCOPES

IDENTITY = Rule(
    code="IDN201",
    name="id-does-not-fit",
    severity="error",
    subject="server",
    layer="documented",
    what="An event names another response, item or index than the thing it belongs to.",
    why="Clients look things up by these ids; the wrong one loses content or puts it in the wrong place.",
    source="response_id, item_id, output_index and content_index are the same in every event of one output item (all "
    "2 214 recorded frames).",
    do="Report it to the server; in a log written by hand, correct the id.",
)

ATTRIBUTES = {
    "response_id": ("response_id", "response.id"),
    "item_id": ("item_id", "item.id"),
    "output_index": ("output_index",),
    "content_index": ("content_index",),
    "event_id": ("event_id",),
}

VARIANTS = {
    "conversation.item.added": "item.type",
    "response.output_item.added": "item.type",
    "response.content_part.added": "part.type",
}

DIALECT = Dialect(
    name="openai-ga",
    title="OpenAI Realtime API, generally available since 2025-08",
    base="",
    schemas=("openai-ga",),
    declarations=Declarations(
        attributes=ATTRIBUTES,
        variants=VARIANTS,
        scopes=SCOPES,
        links=(*LINKS, DONE_BEFORE_OUTPUT_DONE, WHOLE_ITEM_DONE),
        facts=FACTS,
        identity=IDENTITY,
        refusal=REFUSAL,
        first=("session.created", "error"),
    ),
    marks=(
        Mark("session.created", "session.output_modalities"),
        Mark("session.updated", "session.output_modalities"),
        Mark("session.created", "session.type"),
        Mark("session.update", "session.type"),
        Mark("response.created", "response.output_modalities"),
        Mark("response.done", "response.output_modalities"),
        Mark("conversation.item.added"),
        Mark("response.output_text.delta"),
        Mark("response.output_text.done"),
        Mark("response.output_audio.delta"),
        Mark("response.output_audio.done"),
        Mark("response.output_audio_transcript.delta"),
        Mark("response.output_audio_transcript.done"),
    ),
    fields={
        "modalities": "output_modalities",
        "turn_detection": "audio.input.turn_detection",
        "input_format": "audio.input.format",
        "output_format": "audio.output.format",
        "transcription": "audio.input.transcription",
        "voice": "audio.output.voice",
    },
)
