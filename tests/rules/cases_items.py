"""Dialogues for the rules on items, sessions and the envelope of events."""

from typing import Any

import words as w
from cases import (
    ASKED,
    AUDIO_WHOLE,
    OPENED,
    WHOLE,
    Case,
    Step,
    c,
    changed,
    found,
    marked,
    only,
    s,
)

ITEM_ADDED, ITEM_DONE, TRUNCATED = "conversation.item.added", "conversation.item.done", "conversation.item.truncated"
TEXT = [{"type": "input_text", "text": "Hi"}]
TURN = [*OPENED, *c(w.append()), *s(*w.spoken(), *w.text_response("Hello"))]
"""A turn of the user by voice, and its answer."""


def created(**fields: Any) -> list[Step]:
    """Return an item of the client's and its entry, with the texts that were sent."""
    return [*OPENED, *c(w.said("Hi", "item_u")), *s(*w.entered(**{"content": TEXT, **fields}))]


def inserted(asked: str, seen: str | None) -> list[Step]:
    """Return an item that the client puts somewhere."""
    create = {**w.said("Ah", "item_x"), "previous_item_id": asked}
    return [*WHOLE, *c(create), *s(*w.entered("item_x", seen))]


def truncate(item: str = "item_1", at: int = 0) -> w.Body:
    return w.event("conversation.item.truncate", item_id=item, content_index=0, audio_end_ms=at)


def truncated(item: str = "item_1", at: int = 0) -> w.Body:
    return w.event(TRUNCATED, item_id=item, content_index=0, audio_end_ms=at)


CUT = [*AUDIO_WHOLE, *c(truncate()), *s(truncated())]
GONE = w.event("conversation.item.retrieved", item=w.message("Hello", kind="output_audio"))
KEPT = w.event("conversation.item.retrieve", item_id="item_1")
SILENT = {**GONE, "item": {**GONE["item"], "content": [{"type": "output_audio", "transcript": None}]}}
RESULT = {"type": "function_call_output", "role": None, "content": None, "status": None}
CALLED = [*ASKED, *s(*w.call_response("{}")), *c(w.tool_result())]
OUTPUT = s(*w.entered("item_o", "item_1", **RESULT, call_id="call_1", output="12 degrees"))
ASKED_AGAIN = [
    *c(w.create_response()),
    *s(*w.text_response("Cold", part=w.Part("resp_2", "item_2"), previous="item_o")),
]
UPDATE = [*OPENED, *c(w.update(instructions="Be brief.")), *s(w.session_updated(instructions="Be brief."))]
VOICE = {"audio": {**w.listening(w.VAD)["audio"], "output": {**w.OUTPUT, "voice": "cedar"}}}
REVOICE = [*c(w.update(**VOICE)), *s(w.session_updated(output_modalities=["audio"], **VOICE))]
CONVERSATION = w.event("conversation.created", conversation={"id": "conv_1", "object": "realtime.conversation"})
TRANSCRIBING = {"type": "transcription", "object": "realtime.transcription_session"}
OWN_UPDATE = {**w.update(instructions="Be brief."), "event_id": "evt_1"}
OWN_ID = [*OPENED, *c(OWN_UPDATE), *UPDATE[2:]]
OWN_ITEM = {**w.said("Ah", "item_x"), "event_id": "evt_1"}
REFUSED = [*OPENED, *found("CLI901", c(OWN_ITEM)), *s(w.refused("invalid_value", "evt_1"))]
TOLD = [
    *WHOLE,
    *found("CLI910", c(w.event("conversation.item.delete", event_id="evt_2", item_id="item_9"))),
    *s(w.refused("item_delete_invalid_item_id", "evt_2")),
]
"""A request at fault, whose refusal says nothing new."""


def timed(steps: list[Step], *seconds: float) -> list[Step]:
    """Give events their stamps; those behind the last one keep it."""
    return [step._replace(at_s=seconds[min(at, len(seconds) - 1)]) for at, step in enumerate(steps)]


CASES: dict[str, Case] = {
    "CAU514": Case(CUT, [*AUDIO_WHOLE, *found("CAU514", s(truncated()))]),
    "CNT417": Case(
        [*CALLED, *OUTPUT, *ASKED_AGAIN],
        changed([*CALLED, *OUTPUT, *ASKED_AGAIN], ITEM_DONE, "CNT417", 2, item__output="13 degrees"),
    ),
    "CNT423": Case(
        UPDATE,
        changed(UPDATE, "session.updated", "CNT423", session__type="transcription", session__object=None),
    ),
    "CNT440": only(UPDATE, "session.updated", "CNT440", session__instructions="Be long."),
    "CNT441": only(UPDATE, "session.updated", "CNT441", session__max_output_tokens="all"),
    "CNT442": Case(
        [*AUDIO_WHOLE[:1], *REVOICE, *AUDIO_WHOLE[1:]],
        [*AUDIO_WHOLE, *found("CLI920", REVOICE[:1]), *found("CNT442", REVOICE[1:])],
    ),
    "CNT443": only(OPENED, "session.created", "CNT443", session__output_modalities=["audio", "text"]),
    "CNT444": only(OPENED, "session.created", "CNT444", session__object="realtime.transcription_session"),
    "CNT450": only(TURN, ITEM_ADDED, "CNT450", item__role="assistant"),
    "CNT451": Case(created(), marked(created(content=[{"type": "input_text", "text": "Ho"}]), ITEM_ADDED, "CNT451")),
    "CNT453": Case(CUT, [*WHOLE, *found("CNT453", s(truncated()))]),
    "CNT456": Case(TURN, changed(TURN, ITEM_ADDED, "CNT456", item__status="in_progress")),
    "CNT474": Case([*CUT, *c(KEPT), *s(SILENT)], [*CUT, *c(KEPT), *found("CNT474", s(GONE))]),
    "CLI935": Case(OWN_ID, changed(OWN_ID, "session.update", "CLI935", event_id="e" * 513)),
    "CLI936": Case(OWN_ID, [*OWN_ID, *found("CLI936", c({**w.update(instructions="y"), "event_id": "evt_1"}))]),
    "DIA630": Case(WHOLE, marked([*s(w.session_created(**TRANSCRIBING)), *WHOLE[1:]], "response.created", "DIA630")),
    "IDN231": Case(TURN, changed(TURN, ITEM_DONE, "IDN231", 1, previous_item_id="item_1")),
    "IDN232": Case(WHOLE, changed(WHOLE, ITEM_ADDED, "IDN232", 1, previous_item_id=None)),
    "IDN233": Case(inserted("item_u", "item_u"), marked(inserted("item_u", "item_1"), ITEM_ADDED, "IDN233", 2)),
    "IDN240": Case(TOLD, [*OWN_ID, *found("IDN240", s(w.refused("invalid_value", "evt_2")))]),
    "ORD302": Case([*OPENED, *s(CONVERSATION)], [*WHOLE, *found("ORD302", s(CONVERSATION))]),
    "TIM710": Case(timed(WHOLE, 0, 1, 1, 2), changed(timed(WHOLE, 0, 5, 5, 2, 1, 6), ITEM_DONE, "TIM710")),
    "TIM720": Case(timed(WHOLE, 0, 3500), changed(timed(WHOLE, 0, 1, 1, 2, 3, 3700), "response.created", "TIM720")),
    "TIM721": Case(TOLD, [*UPDATE, *found("TIM721", s(w.refused("session_expired")))]),
}
