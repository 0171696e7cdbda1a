"""Dialogues for the rules on what a client must not do."""

from base64 import b64encode
from typing import Any

import words as w
from cases import ASKED, AUDIO_WHOLE, MANUAL, OPENED, WHOLE, Case, Step, c, changed, found, marked, s
from cases_items import REFUSED, TOLD, truncate, truncated


def create(**item: Any) -> w.Body:
    return w.event("conversation.item.create", item=item)


def on_item(kind: str, item: str) -> w.Body:
    return w.event(f"conversation.item.{kind}", item_id=item)


def sent(milliseconds: int) -> w.Body:
    return w.append(b64encode(bytes(48 * milliseconds)).decode())


def refusing(code: str, request: w.Body, base: list[Step], error: str = "invalid_value") -> list[Step]:
    """Return a dialogue that ends with a request at fault and its refusal."""
    return [*base, *found(code, c(request)), *s(w.refused(error))]


def updated(**session: Any) -> list[Step]:
    return [*c(w.update(**session)), *s(w.session_updated(**session))]


def in_progress(*requests: Step) -> list[Step]:
    """Return an answer with events of the client while it is made."""
    return [*WHOLE[:8], *requests, *WHOLE[8:]]


def entered(item: str, previous: str, **fields: Any) -> list[Step]:
    bare = {"role": None, "content": None, "status": None}
    return s(*w.entered(item, previous, **{**bare, **fields}))


def manual(milliseconds: int) -> list[Step]:
    """Return audio that the client commits by itself."""
    return [*MANUAL, *c(sent(milliseconds), w.commit())]


PIECE = {"delta": b64encode(bytes(4_800)).decode()}
SPOKEN = changed(AUDIO_WHOLE, "response.output_audio.delta", "", **PIECE)
"""An answer of 100 ms of audio."""
OUTPUT = {"type": "function_call_output", "call_id": "call_1", "output": "12 degrees"}
WRONG_CALL = {**OUTPUT, "call_id": "item_1"}
CALLED = [*ASKED, *s(*w.call_response("{}"))]
ANSWERED = [*CALLED, *c(create(**OUTPUT)), *entered("item_o", "item_1", **OUTPUT)]
AGAIN = s(*w.text_response("Hello", part=w.Part("resp_2", "item_2"), previous="item_o"))
BEHIND_BOTH = s(*w.text_response("Hello", part=w.Part("resp_2", "item_2"), previous="item_p"))
FOLLOWED = [*ANSWERED, *c(w.create_response()), *AGAIN]
AFTER_CALL = s(*w.text_response("Hello", part=w.Part("resp_2", "item_2"), previous="item_1"))
MESSAGE = {"type": "message", "role": "assistant"}
SAID = {"type": "output_text", "text": "Hi"}
HISTORY = [*OPENED, *c(create(**MESSAGE, content=[SAID])), *s(*w.entered(**MESSAGE, content=[SAID]))]
UPDATED = [*OPENED, *updated(instructions="Be brief.")]
COMMITTED = [*manual(200), *s(w.committed(), *w.heard())]
VOICE = {"audio": {**w.listening(w.VAD)["audio"], "output": {**w.OUTPUT, "voice": "cedar"}}}
SPEED = {"audio": {"output": {"speed": 1.5}}}
FAST = {"audio": {**w.listening(w.VAD)["audio"], "output": {**w.OUTPUT, "speed": 1.5}}}
TRANSCRIPTION = {"type": "transcription", "object": "realtime.transcription_session"}
WHISPER = {"model": "gpt-realtime-whisper", "language": None, "prompt": None}
DELETE = [*WHOLE, *c(on_item("delete", "item_1")), *s(on_item("deleted", "item_1"))]
RETRIEVED = w.event("conversation.item.retrieved", item=w.message("Hello!"))
CUT = [*SPOKEN, *c(truncate(at=90)), *s(truncated(at=90))]
SPEAKING = SPOKEN[:11]
CLEAR = w.event("output_audio_buffer.clear")
BEHIND = {**w.said("Ah", "item_x"), "previous_item_id": "item_u"}
PLAYED = s(w.event("output_audio_buffer.started", response_id="resp_1"))
CLEARED = s(w.event("output_audio_buffer.cleared", response_id="resp_1"))
QUIET = [step for step in AUDIO_WHOLE if step.body["type"] != "response.output_audio.delta"]
BUSY = "conversation_already_has_active_response"
TOO_LONG = b64encode(bytes(15 * 1024 * 1024 + 48)).decode()


def whisper(detection: w.Body | None) -> list[Step]:
    """Return a transcription session that the client sets up."""
    heard = {"audio": {"input": {"transcription": WHISPER, "turn_detection": detection}}}
    answer = {**TRANSCRIPTION, "audio": w.listening(detection, WHISPER)["audio"]}
    request = w.event("session.update", session={"type": "transcription", **heard})
    return [*s(w.session_created(**TRANSCRIPTION)), *c(request), *s(w.session_updated(**answer))]


CASES: dict[str, Case] = {
    "CLI901": Case(TOLD, REFUSED),
    "CLI904": Case(UPDATED, refusing("CLI904", w.update(voice_speed=2), OPENED, "unknown_parameter")),
    "CLI907": Case(COMMITTED, refusing("CLI907", w.commit(), COMMITTED, "input_audio_buffer_commit_empty")),
    "CLI908": Case(
        TOLD,
        in_progress(*found("CLI908", c(w.create_response())), *s(w.refused(BUSY))),
    ),
    "CLI909": Case(
        [*ASKED, *s(w.created()), *c(w.cancel()), *s(w.done(status="cancelled"))],
        refusing("CLI909", w.cancel(), WHOLE, "response_cancel_not_active"),
    ),
    "CLI910": Case(DELETE, refusing("CLI910", on_item("delete", "item_1"), DELETE, "item_delete_invalid_item_id")),
    "CLI911": Case(CUT, refusing("CLI911", truncate("item_9"), SPOKEN, "item_truncate_invalid_item_id")),
    "CLI912": Case(
        [*WHOLE, *c(on_item("retrieve", "item_1")), *s(RETRIEVED)],
        refusing("CLI912", on_item("retrieve", "item_9"), WHOLE, "item_retrieve_invalid_item_id"),
    ),
    "CLI913": Case(CUT, [*SPOKEN, *found("CLI913", c(truncate(at=300))), *s(w.refused(None, param="audio_end_ms"))]),
    "CLI914": Case(CUT, refusing("CLI914", truncate(), WHOLE, "unsupported_content_type")),
    "CLI915": Case(
        [*WHOLE, *c(BEHIND), *s(*w.entered("item_x", "item_u"))],
        [*WHOLE, *found("CLI915", c({**BEHIND, "previous_item_id": "item_9"})),
         *s(w.refused("invalid_value", param="previous_item_id"))],
    ),
    "CLI916": Case(
        HISTORY, [*WHOLE, *found("CLI916", c(w.said("Ah", "item_1"))), *s(w.refused("invalid_value", param="item.id"))]
    ),
    "CLI917": Case(
        HISTORY, [*WHOLE, *found("CLI917", c(w.said("Ah", "i" * 33))), *s(w.refused("invalid_value", param="item.id"))]
    ),
    "CLI918": Case(FOLLOWED, refusing("CLI918", create(**WRONG_CALL), CALLED, "invalid_tool_call_id")),
    "CLI919": Case(
        FOLLOWED,
        [*CALLED, *found("CLI919", c(create(type="function_call", name="weather", arguments="{}", call_id="a b"))),
         *s(w.refused("invalid_value", param="item.call_id"))],
    ),
    "CLI920": Case(
        [*OPENED, *updated(**VOICE)],
        refusing("CLI920", w.update(**VOICE), AUDIO_WHOLE, "cannot_update_voice"),
    ),
    "CLI921": Case(
        UPDATED,
        [*OPENED, *found("CLI921", c(w.event("session.update", session={"type": "transcription"}))),
         *s(w.refused("invalid_parameter", param="session.type"))],
    ),
    "CLI925": Case(COMMITTED, [*MANUAL, *found("CLI925", c(w.append("AA!A"))), *COMMITTED[1:]]),
    "CLI926": Case(COMMITTED, [*MANUAL, *found("CLI926", c(w.append(TOO_LONG))), *COMMITTED[1:]]),
    "CLI927": Case(
        HISTORY,
        [*OPENED, *found("CLI927", c(create(**MESSAGE, content=[{"type": "output_audio", "audio": "AAAA"}]))),
         *s(w.refused("missing_required_parameter", param="item.content[0].text"))],
    ),
    "CLI930": Case(
        [*QUIET[:9], *PLAYED, *c(CLEAR), *CLEARED, *QUIET[9:]],
        [*SPEAKING, *found("CLI930", c(CLEAR)), *s(w.refused("invalid_value", param="type")), *SPOKEN[11:]],
    ),
    "CLI931": Case(
        UPDATED,
        [*OPENED, *found("CLI931", c(w.update(output_modalities=["text", "audio"]))),
         *s(w.refused("invalid_value", param="session.output_modalities"))],
    ),
    "CLI932": Case(TOLD, [*OPENED, *found("CLI932", s(w.refused("beta_api_shape_disabled")))]),
    "CLI934": Case(
        [*OPENED, *c(w.update(**SPEED)), *s(w.session_updated(**FAST))],
        in_progress(*found("CLI934", c(w.update(**SPEED))), *s(w.session_updated(**FAST))),
    ),
    "CLI940": Case(
        FOLLOWED,
        [*ANSWERED, *found("CLI940", c(create(**OUTPUT))), *entered("item_p", "item_o", **OUTPUT),
         *c(w.create_response()), *BEHIND_BOTH],
    ),
    "CLI941": Case(
        FOLLOWED,
        [*CALLED, *found("CLI941", c(w.create_response())), *AFTER_CALL],
    ),
    "CLI942": Case(whisper(None), marked(whisper(w.VAD), "session.update", "CLI942")),
    "CLI943": Case(COMMITTED, [*MANUAL, *found("CLI943", c(sent(200)))]),
    "TIM706": Case(
        CUT, [*SPOKEN, *found("CLI913", c(truncate(at=300))), *found("TIM706", s(truncated(at=300)))]
    ),
}  # fmt: skip
