"""Dialogues for the rules on responses, their parts, their usage and their tools."""

from base64 import b64encode
from typing import Any

import words as w
from cases import (
    ASKED,
    AUDIO_ASKED,
    AUDIO_SESSION,
    AUDIO_WHOLE,
    CALLED,
    OPENED,
    WHOLE,
    Case,
    c,
    changed,
    found,
    marked,
    only,
    s,
)

CREATED, DONE = "response.created", "response.done"
ADDED, FINISHED = "response.output_item.added", "response.output_item.done"


def ended(status: str, **reason: Any) -> w.Body:
    """Return a response that ended early, before any output."""
    return w.done("resp_1", status=status, usage=None, status_details={"type": status, **reason})


BY_CLIENT = [*ASKED, *s(w.created()), *c(w.cancel()), *s(ended("cancelled", reason="client_cancelled"))]
UNCANCELLED = [*ASKED, *s(w.created(), ended("cancelled", reason="client_cancelled"))]
FAILED = [*ASKED, *s(w.created(), ended("failed", error={"type": "server_error", "message": "Overloaded."}))]
TWO = [*WHOLE, *c(w.create_response()), *s(*w.text_response("Bye", part=w.Part("resp_2", "item_2"), previous="item_1"))]
SECOND_CALL = s(*w.call_response("{}", part=w.Part("resp_2", "item_2"), previous="item_u2"))
ANSWERED = [*c(w.tool_result(), w.create_response())]
RESULT = s(*w.entered("item_u2", "item_1", type="function_call_output", call_id="call_1", output="12 degrees"))
METADATA = {"a": "b"}
LABELLED = s(w.created(metadata=METADATA), *w.text_item("Hi"), w.done("resp_1", w.message("Hi"), metadata=METADATA))
PARTS = w.USAGE["input_token_details"]


def interrupted(**detection: Any) -> list[Any]:
    """Return a session in which the user interrupts the first answer."""
    return [
        *s(w.session_created(**w.listening({**w.VAD, **detection}))),
        *c(w.append()),
        *marked(s(*w.spoken()), "input_audio_buffer.committed", "ADV850"),
        *s(w.created(), w.speech_started("item_v", at=1000)),
        *found("ADV806", s(ended("cancelled", reason="turn_detected"))),
        *s(w.speech_stopped("item_v", at=1900), w.committed("item_v", "item_u"), *w.heard("item_v", "item_u")),
        *s(*w.text_response("Hello", part=w.Part("resp_2", "item_1"), previous="item_v")),
    ]


def half() -> list[Any]:
    """Return a completed response of an incomplete item."""
    item = {**w.message("Hello!"), "status": "incomplete"}
    events = w.text_response("Hello", "!")
    altered = [{**event, "item": item} if event["type"].endswith("item.done") else event for event in events]
    return [*ASKED, *s(*altered[:-1], w.done("resp_1", item))]


def part_done(text: str, part: w.Part) -> w.Body:
    return w.part_done(text, "text", part)


def jumping(field: str) -> list[Any]:
    """Return an answer whose second item, or part, has the index 2."""
    first, second = w.Part(), w.Part(item="item_2", index=2) if field == "index" else w.Part(content=2)
    if field == "index":
        items = [*w.text_item("A", part=first), *w.text_item("B", part=second, previous="item_1")]
        return [*ASKED, *s(w.created(), *items, w.done("resp_1", w.message("A"), w.message("B", item="item_2")))]
    content = [{"type": "output_text", "text": text} for text in ("A", "", "B")]
    whole, empty = {**w.message("A"), "content": content}, w.message()
    texts = [
        event
        for part, text in ((first, "A"), (second, "B"))
        for event in [w.part_added("text", part), w.delta(text, part), w.text_done(text, part), part_done(text, part)]
    ]
    mirrored = [w.event(f"conversation.item.{what}", previous_item_id="item_u", item=item)
                for what, item in (("added", empty), ("done", whole))]  # fmt: skip
    return [
        *ASKED,
        *s(w.created(), w.output_added(empty), mirrored[0], *texts, mirrored[1], w.output_done(whole)),
        *s(w.done("resp_1", whole)),
    ]


def audio_of(*sizes: int) -> list[Any]:
    """Return a spoken answer with pieces of so many bytes."""
    pieces = [{**w.audio_delta(), "delta": b64encode(bytes(size)).decode()} for size in sizes]
    events = [event for event in w.audio_item("Hello") if event["type"] != "response.output_audio.delta"]
    item = w.message("Hello", kind="output_audio")
    done = w.done("resp_1", item, **AUDIO_SESSION)
    return [*AUDIO_ASKED, *s(w.created(**AUDIO_SESSION), *events[:4], *pieces, *events[4:], done)]


def tool(**fields: Any) -> w.Body:
    base = {"id": "item_1", "type": "mcp_call", "server_label": "files", "name": "read", "arguments": ""}
    return {**base, **fields}


def tool_run(**fields: Any) -> list[w.Body]:
    """Return the events of a call of a tool server."""
    opened, closed = tool(**fields), tool(**fields, arguments="{}")
    running = {"output_index": 0, "item_id": "item_1"}
    kind = "response.mcp_call"
    return [
        w.created(),
        w.output_added(opened),
        w.event("conversation.item.added", previous_item_id="item_u", item=opened),
        w.event(f"{kind}_arguments.delta", **w.ONE.in_item, delta="{"),
        w.event(f"{kind}_arguments.delta", **w.ONE.in_item, delta="}"),
        w.event(f"{kind}_arguments.done", **w.ONE.in_item, arguments="{}"),
        w.event(f"{kind}.in_progress", **running),
        w.event(f"{kind}.completed", **running),
        w.event("conversation.item.done", previous_item_id="item_u", item=closed),
        w.output_done(closed),
        w.done("resp_1", closed),
    ]


def gated(approve: bool | None) -> list[Any]:
    """Return the call of a tool that waits for an approval."""
    answer = {"type": "mcp_approval_response", "id": "item_a", "approval_request_id": "req_1", "approve": approve}
    mirrored = [w.event(f"conversation.item.{what}", previous_item_id=None, item=answer) for what in ("added", "done")]
    asked = [] if approve is None else [*c(w.event("conversation.item.create", item=answer)), *s(*mirrored)]
    run = [{**one, "previous_item_id": "item_a"} if "previous_item_id" in one and approve is not None else one
           for one in tool_run(approval_request_id="req_1")]  # fmt: skip
    if approve is None:
        return [*ASKED, *s(*run)]
    return [*OPENED, *asked, *c(w.create_response()), *s(*run)]


TOOL_ERROR = {"type": "protocol_error", "code": 1, "message": "No route."}
LIST = {"id": "item_u", "type": "mcp_list_tools", "server_label": "files", "tools": []}
LIST_ADDED = w.event("conversation.item.added", previous_item_id=None, item=LIST)
LIST_DONE = {**LIST_ADDED, "type": "conversation.item.done"}
LIST_GIVEN = [*OPENED, *c(w.event("conversation.item.create", item=LIST)), *s(LIST_ADDED)]
LISTING = w.event("mcp_list_tools.in_progress", item_id="item_u")
LISTED = w.event("mcp_list_tools.completed", item_id="item_u")
UNLISTED = w.event("mcp_list_tools.failed", item_id="item_u")
LIMIT = {"name": "tokens", "limit": 9, "remaining": 8, "reset_seconds": 1}
LIMITED = [*WHOLE, *s(w.event("rate_limits.updated", rate_limits=[LIMIT]))]
PART_OF_CALL = s(w.part_added(), w.text_done(""), w.part_done(""))
SERVER_FAILED = s(w.event("error", error={"type": "server_error", "code": None, "message": "Oops.", "param": None}))
REFUSED = [*OPENED, *found("CLI901", c(w.said("x"))), *s(w.refused("invalid_value", param="item."))]

CASES: dict[str, Case] = {
    "ADV802": Case(WHOLE, marked(FAILED, DONE, "ADV802")),
    "ADV803": Case(REFUSED, [*WHOLE, *found("ADV803", SERVER_FAILED)]),
    "CAU550": Case(BY_CLIENT, [*WHOLE, *found("CAU550 CLI909", c(w.cancel()))]),
    "CAU551": Case(BY_CLIENT, marked(UNCANCELLED, DONE, "CAU551")),
    "CAU552": Case(interrupted(), marked(interrupted(interrupt_response=False), DONE, "CAU552")),
    "CAU561": Case(gated(True), marked(gated(None), "response.mcp_call.in_progress", "CAU561")),
    "CAU562": Case(
        [*LIST_GIVEN, *s(LISTING, LISTED, LIST_DONE), *c(w.create_response()), *s(*tool_run())],
        marked(
            [
                *LIST_GIVEN,
                *s(LISTING),
                *found("ADV871", s(UNLISTED)),
                *s(LIST_DONE),
                *c(w.create_response()),
                *s(*tool_run()),
            ],
            ADDED,
            "CAU562",
        ),
    ),
    "ADV873": Case(
        [*ASKED, *s(*tool_run())],
        changed(
            changed([*ASKED, *s(*tool_run())], FINISHED, "ADV873", item__error=TOOL_ERROR),
            "conversation.item.done",
            "",
            1,
            item__error=TOOL_ERROR,
        ),
    ),
    "CAU563": Case(
        [*LIST_GIVEN, *s(LISTING, LISTED, LIST_DONE)],
        [*LIST_GIVEN, *s(LISTING), *found("CAU541 CAU563", s(LISTED))],
    ),
    "CNT405": only([*ASKED, *s(*tool_run())], "response.mcp_call_arguments.delta", "CNT405", 1, delta=","),
    "CNT416": only(
        AUDIO_WHOLE,
        DONE,
        "CNT416",
        response__output=[
            {**w.message("Hello"), "content": [{"type": "output_audio", "transcript": "Hello", "audio": "AAAA"}]}
        ],
    ),
    "CNT424": Case(
        TWO,
        changed(
            [*TWO[:-1], *s(w.done("resp_2", w.message("Bye", item="item_2"), conversation_id="conv_2"))],
            CREATED,
            "CNT424",
            1,
            response__conversation_id="conv_2",
        ),
    ),
    "CNT431": only(WHOLE, DONE, "CNT431", response__usage__input_token_details={**PARTS, "text_tokens": 9}),
    "CNT432": only(WHOLE, DONE, "CNT432", response__usage__output_token_details={"text_tokens": 4, "audio_tokens": 0}),
    "CNT433": only(WHOLE, DONE, "CNT433", response__usage__input_token_details={**PARTS, "cached_tokens": 4}),
    "CNT434": only(WHOLE, DONE, "CNT434", response__usage=None),
    "CNT435": only(LIMITED, "rate_limits.updated", "CNT435", rate_limits=[{**LIMIT, "remaining": 10}]),
    "CNT437": only(WHOLE, DONE, "CNT437", response__usage={"total_tokens": 9, "input_tokens": 10, "output_tokens": -1}),
    "CNT452": only(WHOLE, FINISHED, "CNT452", item__status="in_progress"),
    "CNT455": only(WHOLE, ADDED, "CNT455", item__status="completed"),
    "CNT458": only(WHOLE, FINISHED, "CNT458", item__role="user"),
    "CNT460": only(WHOLE, CREATED, "CNT460", response__status="completed"),
    "CNT461": only(WHOLE, DONE, "CNT461", response__status="in_progress"),
    "CNT462": only(BY_CLIENT, DONE, "CNT462", response__status="incomplete"),
    "CNT463": only(BY_CLIENT, DONE, "CNT463", response__status_details=None),
    "CNT465": only(WHOLE, DONE, "CNT465", response__max_output_tokens=5),
    "CNT466": Case(WHOLE, marked(half(), DONE, "CNT466")),
    "CNT467": Case(
        [*OPENED, *c(w.said("Hi", "item_u"), w.create_response(metadata=METADATA)), *s(*w.entered()), *LABELLED],
        marked([*ASKED, *LABELLED], CREATED, "CNT467"),
    ),
    "CNT470": Case(CALLED, marked([*ASKED, *s(*w.call_response("{", "x"))], FINISHED, "CNT470")),
    "CNT471": only(AUDIO_WHOLE, "response.output_audio.delta", "CNT471", delta="AA!A"),
    "CNT472": Case(audio_of(960, 960), marked(audio_of(960, 961), "response.output_audio.delta", "CNT472", 1)),
    "IDN220": Case(WHOLE, marked(marked(jumping("index"), FINISHED, "IDN220", 1), DONE, "ADV813")),
    "IDN221": Case(WHOLE, marked(jumping("content"), "response.content_part.done", "IDN221", 1)),
    "IDN241": Case(CALLED, marked([*CALLED, *ANSWERED, *RESULT, *SECOND_CALL], ADDED, "IDN241", 1)),
    "ORD351": Case(WHOLE, [*CALLED[:-5], *found("ORD351", PART_OF_CALL), *CALLED[-5:]]),
}
