"""Dialogues for the rules on what a client must not do."""

from base64 import b64encode

import words as w
from cases import ASKED, AUDIO_WHOLE, CALLED, MANUAL, OPENED, WHOLE, Case, Step, c, found, s
from cases_items import truncate, truncated


def create(**item: object) -> w.Body:
    return w.event("conversation.item.create", item=item)


def on_item(kind: str, item: str) -> w.Body:
    return w.event(f"conversation.item.{kind}", item_id=item)


def sent(milliseconds: int) -> w.Body:
    return w.append(b64encode(bytes(48 * milliseconds)).decode())


def spoke(item: str = "item_1") -> list[Step]:
    """Return an answer of one second of audio."""
    pieces = {"delta": b64encode(bytes(48_000)).decode()}
    return [
        step._replace(body={**step.body, **pieces}) if step.body["type"] == "response.output_audio.delta" else step
        for step in AUDIO_WHOLE
    ]


def refusing(code: str, request: w.Body, error: str | None, base: list[Step]) -> list[Step]:
    """Return a dialogue that ends with a request at fault and its refusal."""
    return [*base, *found(code, c(request)), *s(w.refused(error))]


def updated(**session: object) -> list[Step]:
    return [*c(w.update(**session)), *s(w.session_updated(**session))]


VOICE = {"audio": {"output": {"voice": "cedar"}}}
SPEED = {"audio": {"output": {"speed": 1.5}}}
RESULT = w.tool_result()
ENTERED = s(*w.entered("item_o", "item_1", type="function_call_output", role=None, content=None, status=None,
                       call_id="call_1", output="12 degrees"))  # fmt: skip
ANSWERED = [*CALLED, *c(RESULT), *ENTERED]
MESSAGE = {"type": "message", "role": "assistant"}
COMMITTED = [*MANUAL, *c(sent(200), w.commit()), *s(w.committed(), *w.heard())]
WHISPER = {"transcription": {"model": "gpt-realtime-whisper"}}
TRANSCRIPTION = {"type": "transcription", "object": "realtime.transcription_session"}
BUSY = "conversation_already_has_active_response"
DELETED = [*WHOLE, *c(on_item("delete", "item_1")), *s(on_item("deleted", "item_1"))]
RETRIEVED = [
    *WHOLE,
    *c(on_item("retrieve", "item_1")),
    *s(w.event("conversation.item.retrieved", item=w.message("Hello!"))),
]
CUT = [*spoke(), *c(truncate(at=900)), *s(truncated(at=900))]

CASES: dict[str, Case] = {
    "CLI901": Case(
        [*OPENED, *c(), *found("CLI907", [])] or OPENED,
        [*OPENED, *found("CLI901", c(w.update(instructions="x"))), *s(w.refused("invalid_value", param="session."))],
    ),
    "CLI904": Case([*OPENED, *updated(instructions="x")], []),
}
