"""Dialogues for the rules that the declarations carry, on order, identity, causes and facts; and for the envelope."""

from typing import Any

import words as w
from cases import (
    ANSWER,
    ASKED,
    AUDIO_SESSION,
    AUDIO_WHOLE,
    CALLED,
    MANUAL,
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

TURN = s(*w.spoken())
HEARD = [*OPENED, *c(w.append()), *TURN]
ANSWERED = [*HEARD, *ANSWER]
LISTENING = s(w.session_created(**w.listening(w.VAD, w.TRANSCRIPTION)))
WRITTEN = [
    *LISTENING,
    *c(w.append()),
    *TURN,
    *s(w.transcript_delta("Hel"), w.transcript_delta("lo."), w.transcript_completed("Hello.")),
    *ANSWER,
]
LISTENED = [*LISTENING, *ASKED[1:], *ANSWER]
STRAY = w.transcript_completed("Hello.", "item_x")
REMOTE = [
    *[step for step in AUDIO_WHOLE if step.body["type"] != "response.output_audio.delta"],
    *s(w.event("output_audio_buffer.started", response_id="resp_1")),
    *s(w.event("output_audio_buffer.stopped", response_id="resp_1")),
]
LISTED = {"id": "item_l", "type": "mcp_list_tools", "server_label": "weather", "tools": []}
LISTING = [
    *OPENED,
    *s(w.event("mcp_list_tools.in_progress", item_id="item_l")),
    *s(w.event("mcp_list_tools.completed", item_id="item_l")),
    *s(w.event("conversation.item.added", previous_item_id=None, item=LISTED)),
    *s(w.event("conversation.item.done", previous_item_id=None, item=LISTED)),
]
SECOND = s(*w.text_response("Bye", part=w.Part("resp_2", "item_2"), previous="item_1"))
TOOL = [*CALLED, *c(w.tool_result(), w.create_response())]
OUTPUT: dict[str, Any] = {"type": "function_call_output", "call_id": "call_1", "output": "12 degrees"}
RESULT = [*TOOL, *s(*w.entered("item_r", "item_1", **OUTPUT))]
RETOLD = s(*w.text_response("Cold.", part=w.Part("resp_2", "item_2"), previous="item_r"))
APPROVAL = {"id": "item_r", "type": "mcp_approval_response", "approval_request_id": "item_1", "approve": True}
USED = [*RESULT, *RETOLD]
UNASKED = [step for step in WHOLE if step.body["type"] != "response.create"]
UPDATED = [*OPENED, *c(w.update()), *s(w.session_updated()), *ASKED[1:], *ANSWER]
ITEM = "conversation.item."


def at(steps: list[Step], kind: str, nth: int = 0) -> int:
    return [index for index, step in enumerate(steps) if step.body["type"] == kind][nth]


def dropped(steps: list[Step], kind: str, code: str, then: str = "", nth: int = 0) -> list[Step]:
    """Return a dialogue without an event; the next one, or the next of a type, is the one that shows it."""
    index = at(steps, kind, nth)
    rest = steps[:index] + steps[index + 1 :]
    shows = next(n for n in range(index, len(rest)) if not then or rest[n].body["type"] == then)
    rest[shows] = rest[shows]._replace(code=code)
    return rest


def doubled(steps: list[Step], kind: str, code: str, nth: int = 0) -> list[Step]:
    """Return a dialogue with an event twice; the second is at fault."""
    index = at(steps, kind, nth)
    return [*steps[: index + 1], steps[index]._replace(code=code), *steps[index + 1 :]]


def ending(steps: list[Step], code: str) -> list[Step]:
    """Return a dialogue whose end shows that something is not finished."""
    return [*steps[:-1], steps[-1]._replace(code=code)]


def inserted(steps: list[Step], before: str, added: list[Step], nth: int = 0) -> list[Step]:
    """Return a dialogue with further events before one of a type."""
    index = at(steps, before, nth)
    return [*steps[:index], *added, *steps[index:]]


def without(body: w.Body, field: str) -> w.Body:
    """Return a `response.done` whose response lacks a field."""
    return {**body, "response": {name: value for name, value in body["response"].items() if name != field}}


def asked(request: w.Body, answer: w.Body) -> list[Step]:
    """Return a dialogue in which a request about an item is answered."""
    return [*WHOLE, *c(request), *s(answer)]


CLEARED = [*OPENED, *c(w.append(), w.event("input_audio_buffer.clear")), *s(w.event("input_audio_buffer.cleared"))]
DELETED = asked(w.event(ITEM + "delete", item_id="item_1"), w.event(ITEM + "deleted", item_id="item_1"))
KEPT = w.message("Hello!")
RETRIEVED = asked(w.event(ITEM + "retrieve", item_id="item_1"), w.event(ITEM + "retrieved", item=KEPT))
TRUNCATION = w.event(ITEM + "truncate", item_id="item_1", content_index=0, audio_end_ms=0)
TRUNCATED = w.event(ITEM + "truncated", item_id="item_1", content_index=0, audio_end_ms=0)


def unanswered(code: str, base: list[Step], request: w.Body, *answer: w.Body, **session: Any) -> Case:
    """Return a request that is answered, and one that is passed over: the answer to the next one shows it."""
    later = [*c(w.update()), *s(w.session_updated(**session))]
    return Case([*base, *c(request), *s(*answer), *later], [*base, *c(request), *later[:1], *found(code, later[1:])])


CASES: dict[str, Case] = {
    # -- order ----
    "ORD301": Case(WHOLE, [*WHOLE, *found("ORD301", s(w.session_created()))]),
    "ORD310": Case(ANSWERED, doubled(ANSWERED, "input_audio_buffer.speech_started", "ORD310")),
    "ORD320": Case(WHOLE, doubled(WHOLE, "conversation.item.added", "ORD320", nth=1)),
    "ORD330": Case(WHOLE, dropped(WHOLE, "response.created", "ORD330")),
    "ORD340": Case(WHOLE, doubled(WHOLE, "response.output_item.done", "ORD340")),
    "ORD350": Case(WHOLE, dropped(WHOLE, "response.output_text.done", "ORD350")),
    "ORD360": Case(WRITTEN, [*WRITTEN, *found("ORD360", s(w.transcript_completed("Hello.")))]),
    "ORD380": Case(LISTING, doubled(LISTING, "mcp_list_tools.completed", "ORD380")),
    "ORD311": Case(ANSWERED, [*OPENED, *c(w.append()), *found("ORD311", s(w.speech_started()))]),
    "ORD312": Case(
        ANSWERED,
        ending(
            inserted(ANSWERED, "input_audio_buffer.speech_stopped", found("ORD312", s(w.speech_started("item_v")))),
            "ORD311",
        ),
    ),
    "ORD361": Case(
        WRITTEN,
        [*LISTENING, *c(w.append()), *TURN, *ANSWER, *found("ORD361", s(w.transcript_delta("Hel")))],
    ),
    "ORD370": Case(REMOTE, doubled(REMOTE, "output_audio_buffer.started", "ORD370")),
    "ORD331": Case(WHOLE, [*ASKED, *found("ORD331", s(w.created()))]),
    "ORD332": Case(
        [*WHOLE, *c(w.create_response()), *SECOND],
        [*ASKED, *s(w.created()), *c(w.create_response()), *found("ORD332", s(w.created("resp_2")))],
    ),
    # -- identity ----
    "IDN201": only(WHOLE, "response.output_text.delta", "IDN201", response_id="bogus_1"),
    "IDN210": Case(
        WHOLE,
        [*WHOLE[:-1], *found("IDN210", s({**WHOLE[-1].body, "event_id": "event_0"}))],
    ),
    "IDN230": only(WHOLE, "conversation.item.added", "IDN230", previous_item_id="item_x"),
    # -- causes ----
    "CAU501": Case(UPDATED, [*WHOLE, *found("CAU501", s(w.session_updated()))]),
    "CAU502": unanswered("CAU502", OPENED, w.update(), w.session_updated()),
    "CAU503": Case(CLEARED, [*OPENED, *c(w.append()), *found("CAU503", s(CLEARED[-1].body))]),
    "CAU504": unanswered("CAU504", OPENED, w.event("input_audio_buffer.clear"), w.event("input_audio_buffer.cleared")),
    "CAU505": Case(DELETED, [*WHOLE, *found("CAU505", s(DELETED[-1].body))]),
    "CAU506": unanswered("CAU506", WHOLE, DELETED[-2].body, DELETED[-1].body),
    "CAU507": Case(RETRIEVED, [*WHOLE, *found("CAU507", s(RETRIEVED[-1].body))]),
    "CAU508": unanswered("CAU508", WHOLE, RETRIEVED[-2].body, RETRIEVED[-1].body),
    "CAU509": unanswered("CAU509", AUDIO_WHOLE, TRUNCATION, TRUNCATED, **AUDIO_SESSION),
    "CAU510": Case(ANSWERED, [*WHOLE, *found("CAU510", s(w.committed("item_v", "item_1")))]),
    "CAU511": unanswered(
        "CAU511", [*MANUAL, *c(w.append())], w.commit(), w.committed(), *w.heard(), **w.listening(None)
    ),
    "CAU512": Case(ANSWERED, [*MANUAL, *c(w.append()), *found("CAU512", TURN)]),
    "CAU531": unanswered("CAU531", ASKED[:-3] + ASKED[-2:], w.create_response(), *w.text_response("Hello", "!")),
    "CAU520": Case(WHOLE, [*WHOLE, *found("CAU520", s(w.item_added("item_x", "item_1"))), *s(w.item_done("item_x"))]),
    "CAU521": Case(WHOLE, dropped(WHOLE, "conversation.item.added", "CAU521", nth=1)),
    "CAU530": Case(WHOLE, marked(UNASKED, "response.created", "CAU530")),
    "CAU540": Case(WRITTEN, inserted(LISTENED, "response.created", found("CAU540", s(STRAY)))),
    "CAU541": Case(WHOLE, dropped(WHOLE, "conversation.item.done", "CAU541", nth=1)),
    # -- facts ----
    "CNT401": only(WHOLE, "response.output_text.delta", "CNT401", delta="Hallo"),
    "CNT402": only(AUDIO_WHOLE, "response.output_audio_transcript.delta", "CNT402", delta="Hallo"),
    "CNT403": only(CALLED, "response.function_call_arguments.delta", "CNT403", delta="{ }"),
    "CNT404": only(WRITTEN, "conversation.item.input_audio_transcription.delta", "CNT404", delta="Hal"),
    "CNT410": only(WHOLE, "conversation.item.done", "CNT410", nth=1, item__status="incomplete"),
    "CNT411": only(CALLED, "response.function_call_arguments.done", "CNT411", name="traffic"),
    "CNT412": only(CALLED, "response.function_call_arguments.done", "CNT412", call_id="call_7"),
    "CNT413": only(USED, "conversation.item.done", "CNT413", nth=2, item=APPROVAL),
    "CNT414": only(WHOLE, "conversation.item.done", "CNT414", item__role="system"),
    "CNT415": Case(WHOLE, [*WHOLE[:-1], *found("CNT415", s(w.done("resp_1")))]),
    "CNT420": only(UPDATED, "session.updated", "CNT420", session__id="sess_2"),
    "CNT421": only(UPDATED, "session.updated", "CNT421", session__model="gpt-realtime-2"),
    "CNT422": only(WHOLE, "response.done", "CNT422", response__conversation_id="conv_2"),
    "CNT430": only(WHOLE, "response.done", "CNT430", response__usage={**w.USAGE, "total_tokens": 16}),
    # -- what every event must be ----
    "SCH101": only(WHOLE, "response.output_text.delta", "SCH101", delta=7),
    "SCH110": Case(WHOLE, [*WHOLE, *found("SCH110", s(w.event("response.happy")))]),
    "SCH120": only(WHOLE, "session.created", "SCH120", session__truncation="sometimes"),
    "SCH130": Case(WHOLE, [*WHOLE, *found("SCH130", c(w.session_updated()))]),
    "DIA601": Case(WHOLE, [*WHOLE, *found("DIA601", s(w.event("response.text.delta", **w.ONE.whole, delta="x")))]),
    "LOG190": Case(WHOLE, found("LOG190", WHOLE[1:], nth=2)),
    "LOG191": Case(WHOLE, [*WHOLE, *found("LOG191", s(w.session_created(id="sess_2")))]),
    "SCH140": Case(WHOLE, [WHOLE[0], *WHOLE[1:-1], *found("SCH140", s(without(WHOLE[-1].body, "metadata")))]),
    "TIM701": only(
        changed(ANSWERED, "input_audio_buffer.speech_started", "", audio_start_ms=500),
        "input_audio_buffer.speech_stopped",
        "TIM701",
        audio_end_ms=400,
    ),
}
