"""Responses: how they begin and end, against each other and against what was asked."""

from collections.abc import Iterator

from harness.engine.paths import value_at
from harness.model import JSON, Event, Witness
from harness.protocol.state import Response
from harness.rules.catalogue import Remark, View, rule
from harness.rules.refusals import known
from harness.rules.wording import quoted

REASONS = {
    "cancelled": ("turn_detected", "client_cancelled"),
    "incomplete": ("max_output_tokens", "content_filter"),
}
"""Why a response may have ended as it did, by its status."""
ENDED = ("cancelled", "incomplete", "failed")
"""The statuses that need a reason."""
LOG_WHOLE = "Log `status_details` whole: a limit, a quota and the server's own faults are told there and nowhere else."
CHANGING = ("status", "status_details", "output", "usage", "conversation_id")
"""What a response has otherwise when it is done; `conversation_id` is a fact with a rule of its own."""


def _response(view: View, event: Event) -> Response | None:
    """Return the record of the response that an event is about."""
    own_id = event.body.get("response_id") or value_at(event.body, "response.id")
    return view.state.responses.get(str(own_id))


def _created(response: Response, role: str) -> Witness:
    return Witness(response.seq, response.place, "response.created", role)


@rule("ORD332", "two-responses-at-once", "error", "server", "documented", on=("response.created",))
def two_responses_at_once(view: View, event: Event) -> Iterator[Remark]:
    """Find a default response that starts while another is in progress.

    What: A response of the default conversation is created before the one in progress is done.
    Why: Clients play the two into each other; or the `response.done` of the first is missing.
    Source: Only one response can write to the default conversation at a time.
    Do: Look for the first one's `response.done`; report its absence to the server.
    """
    active = view.state.responses.get(view.state.active)
    body = event.body.get("response")
    if active is None or not isinstance(body, dict) or body.get("id") == active.response_id:
        return
    if "conversation_id" in body and body["conversation_id"] is None:
        return
    yield Remark(
        f"a response is created while {active.response_id} is in progress",
        why=f"{active.response_id} was created at line {active.place.line}, and its `response.done` has not come",
        expected=("response.done",),
        witnesses=(_created(active, "still in progress"),),
    )


@rule("CNT460", "new-response-is-not-empty", "error", "server", "documented", on=("response.created",))
def new_response_is_not_empty(view: View, event: Event) -> Iterator[Remark]:
    """Find a response that has its end before its beginning.

    What: `response.created` has another status than `in_progress`, or output, usage or a reason already.
    Why: A client that takes the status at its word never waits for the answer.
    Source: response.created: the response is in an initial state of `in_progress`. 18 of 18 recorded ones are, with
        an empty output.
    Do: Wait for `response.done` whatever this event says; report it to the server.
    """
    body = event.body.get("response")
    if not isinstance(body, dict):
        return
    if body.get("status") not in ("in_progress", None):
        message = f'a response is created with status "{body["status"]}"'
        yield Remark(message, pointer="/response/status", expected=("in_progress",))
        return
    for name in ("output", "usage", "status_details"):
        if body.get(name) and isinstance(body[name], (dict, list)):
            message = f"a response is created with {name} already"
            yield Remark(message, pointer=f"/response/{name}", severity="warning")
            return


@rule("CNT461", "final-response-in-progress", "error", "server", "documented", on=("response.done",))
def final_response_in_progress(view: View, event: Event) -> Iterator[Remark]:
    """Find a finished response that says it is not.

    What: `response.done` has the status `in_progress`.
    Why: A client that waits for a final status hangs.
    Source: response.done: the final status is `completed`, `cancelled`, `failed` or `incomplete`.
    Do: Treat `response.done` as the end whatever its status; report it to the server.
    """
    if value_at(event.body, "response.status") == "in_progress":
        final = ("completed", *ENDED)
        yield Remark('response.done has status "in_progress"', pointer="/response/status", expected=final)


@rule("CNT462", "reason-contradicts-status", "error", "server", "documented", on=("response.done",))
def reason_contradicts_status(view: View, event: Event) -> Iterator[Remark]:
    """Find a response whose reason belongs to another status.

    What: `status_details` speaks of another status than `status`, or gives a reason of another one.
    Why: A client that looks at one of the two does the wrong thing: it retries, or drops a good answer.
    Source: status_details.type corresponds with the status; `turn_detected` and `client_cancelled` are the reasons of
        `cancelled`, `max_output_tokens` and `content_filter` those of `incomplete`.
    Do: Report it to the server.
    """
    status, details = value_at(event.body, "response.status"), value_at(event.body, "response.status_details")
    if not isinstance(details, dict):
        return
    kind, reason = details.get("type"), details.get("reason")
    if kind is not None and kind != status:
        yield Remark(
            f'the response is "{status}", and its status_details say "{kind}"',
            pointer="/response/status_details/type",
            expected=(str(status),),
        )
        return
    others = [name for name, reasons in REASONS.items() if name != status and reason in reasons]
    if others:
        yield Remark(
            f'the response is "{status}" for the reason "{reason}", which is one of "{others[0]}"',
            pointer="/response/status_details/reason",
            expected=REASONS.get(str(status), ()),
        )


@rule("CNT463", "reason-missing", "warning", "server", "documented", on=("response.done",))
def reason_missing(view: View, event: Event) -> Iterator[Remark]:
    """Find a response that ended early and does not say why.

    What: A response is `cancelled`, `incomplete` or `failed`, and `status_details` does not tell the reason or error.
    Why: Nobody can tell a barge-in from a filter, or a rate limit from a crash.
    Source: status_details: additional details about the status; `error` is populated when the status is `failed`.
    Do: Report it to the server; in the client, expect that the reason may be missing.
    """
    status, details = value_at(event.body, "response.status"), value_at(event.body, "response.status_details")
    if status not in ENDED or isinstance(details, str):
        return
    wanted = "error" if status == "failed" else "reason"
    if value_at(details, wanted) is None:
        message = f'the response is "{status}", and status_details tell no {wanted}'
        yield Remark(message, pointer="/response/status_details")


@rule("CNT465", "response-settings-change", "warning", "server", "observed", on=("response.done",))
def response_settings_change(view: View, event: Event) -> Iterator[Remark]:
    """Find a response that was created with other settings than it is done with.

    What: A setting of the response (modalities, voice, formats, limits, metadata) differs between `response.created`
        and `response.done`.
    Why: The client prepared for the one, a player of audio for instance, and got the other.
    Source: The two are equal in every field that both have, in 18 of 18 recorded responses of all services.
    Do: Trust `response.done`; report it to the server.
    """
    response, body = _response(view, event), event.body.get("response")
    if response is None or not isinstance(body, dict):
        return
    for name, before in response.started.items():
        now = body.get(name)
        if name in CHANGING or before is None or now is None or _is_same(before, now):
            continue
        first = _odd_one(view, name, before, now) == "created"
        yield Remark(
            f"{name} is {before if first else now}; {now if first else before} was expected",
            why=f"`response.created` at line {response.place.line} says {before}, `response.done` says {now}",
            at=(response.seq, response.place) if first else None,
            witnesses=(_created(response, "says the other"),),
            pointer=f"/response/{name}",
        )
        return


def _is_same(before: JSON, now: JSON) -> bool:
    """Tell whether two settings are equal; modalities are a set, whatever their order."""
    if isinstance(before, list) and isinstance(now, list):
        return sorted(map(str, before)) == sorted(map(str, now))
    return before == now


def _odd_one(view: View, name: str, before: JSON, now: JSON) -> str:
    """Say which event differs from the session's own setting, `done` when that tells nothing."""
    setting = value_at(view.state.config, name)
    return "created" if setting is not None and setting == now != before else "done"


@rule("CNT466", "item-contradicts-response", "warning", "server", "observed", on=("response.done",))
def item_contradicts_response(view: View, event: Event) -> Iterator[Remark]:
    """Find a completed response with an item that is not.

    What: `response.done` lists an item in progress, or it is completed and lists an incomplete item.
    Why: A client cannot tell whether it has the whole answer.
    Source: All 19 items of 18 completed responses on record are completed; an item of a cancelled one may be either.
    Do: Trust the response's status; report it to the server.
    """
    status, output = value_at(event.body, "response.status"), value_at(event.body, "response.output")
    for index, item in enumerate(output if isinstance(output, list) else []):
        said = value_at(item, "status")
        if said == "in_progress" or (said == "incomplete" and status == "completed"):
            message = f'the response is "{status}", and its item {value_at(item, "id")} is "{said}"'
            yield Remark(message, pointer=f"/response/output/{index}/status")
            return


@rule("CNT416", "audio-in-final-output", "warning", "server", "documented", on=("response.done",))
def audio_in_final_output(view: View, event: Event) -> Iterator[Remark]:
    """Find a final output that repeats the audio.

    What: `response.done` carries audio bytes in its items.
    Why: The frame is as large as the whole answer; clients with a limit on frames lose the connection.
    Source: response.done: includes all output items in the response but omits the raw audio data.
    Do: Report it to the server; raise the client's limit of a frame's size until then.
    """
    output = value_at(event.body, "response.output")
    for index, item in enumerate(output if isinstance(output, list) else []):
        content = value_at(item, "content")
        for place, part in enumerate(content if isinstance(content, list) else []):
            if value_at(part, "audio"):
                yield Remark("response.done carries audio", pointer=f"/response/output/{index}/content/{place}/audio")
                return


@rule("CNT415", "output-differs-from-items", "error", "server", "documented", on=("response.done",))
def output_differs_from_items(view: View, event: Event) -> Iterator[Remark]:
    """Find a final output that lists other items than were announced.

    What: `response.done` lists other items than its `response.output_item.added` events announced, or another order.
    Why: Clients that read only `response.done` miss items, or run a tool that was never announced.
    Source: response.done: the response includes all output items. It holds in 52 of 52 recorded responses. Calls of
        tool servers may finish later and be missing.
    Do: Report it to the server.
    """
    response = _response(view, event)
    output = value_at(event.body, "response.output")
    if response is None or not response.started or not isinstance(output, list):
        return  # what was announced before the log, or before an opening that is missing, is not known
    listed = [value_at(item, "id") for item in output]
    announced = list(dict.fromkeys(item_id for item_id, _ in response.items))  # a doubled one is a matter of order
    due = [one for one in announced if response.types.get(one) != "mcp_call" or one in listed]
    if listed != due:
        yield Remark(
            f"response.done lists {len(listed)} items {quoted(listed)}; "
            f"{len(announced)} were announced: {quoted(announced)}",
            pointer="/response/output",
            about=(response.response_id, *listed, *announced),
        )


@rule("CNT424", "conversation-changes", "warning", "server", "observed", on=("response.created",))
def conversation_changes(view: View, event: Event) -> Iterator[Remark]:
    """Find a response that is added to another conversation than the ones before.

    What: `conversation_id` is another one than that of the session's first response.
    Why: A session has one default conversation; two of them in one log are two sessions, or a server's mistake.
    Source: All responses of a session name one conversation, in all recorded sessions.
    Do: Look whether two logs were mixed; else report it to the server.
    """
    named, known = value_at(event.body, "response.conversation_id"), view.state.conversation_id
    if isinstance(named, str) and named and known and named != known:
        message = f"the conversation is {named}; the responses before were added to {known}"
        yield Remark(message, pointer="/response/conversation_id", expected=(known,))


@rule("CNT467", "metadata-differs", "warning", "server", "documented", on=("response.created",), needs=("client",))
def metadata_differs(view: View, event: Event) -> Iterator[Remark]:
    """Find a response with other metadata than were asked for.

    What: `response.created` carries metadata that no pending `response.create` gave it.
    Why: Metadata are the only way to tell parallel responses apart; the wrong ones mix them up.
    Source: The metadata field is a good way to disambiguate multiple simultaneous responses. Null when not set.
    Do: Report it to the server.
    """
    given = value_at(event.body, "response.metadata")
    asked = [value_at(one.body, "response.metadata") for one in view.state.waiting(">response.create")]
    if given and given not in asked:
        expected = next((one for one in asked if one), None)
        yield Remark(f"metadata is {quoted(given)}; {quoted(expected)} was asked for", pointer="/response/metadata")


@rule(
    "CAU551",
    "cancelled-without-cause",
    "warning",
    "server",
    "documented",
    on=("response.done",),
    needs=("client", "start"),
)
def cancelled_without_cause(view: View, event: Event) -> Iterator[Remark]:
    """Find a cancelled response that nothing cancelled.

    What: A response ends as `client_cancelled` without a `response.cancel`, or as `turn_detected` without speech.
    Why: The answer was cut off, and nobody in the log did it.
    Source: response.done, status_details.reason: `turn_detected`: the server VAD detected a new start of speech;
        `client_cancelled`: the client sent a cancel event.
    Do: Look for another connection to the same session; else report it to the server.
    """
    if value_at(event.body, "response.status") != "cancelled":
        return
    reason, response = value_at(event.body, "response.status_details.reason"), _response(view, event)
    if reason == "client_cancelled" and not view.state.waiting(">response.cancel"):
        message = "the response was cancelled by the client, who sent no `response.cancel`"
        yield Remark(message, pointer="/response/status_details/reason", expected=("response.cancel",))
    speech = view.state.speech or (response is not None and response.interrupted)
    if reason == "turn_detected" and not speech and view.state.speech_end_ms is None:
        message = "the response was cancelled by speech, and no speech started"
        yield Remark(
            message, pointer="/response/status_details/reason", expected=("input_audio_buffer.speech_started",)
        )


@rule("CAU552", "interrupted-though-off", "warning", "server", "documented", on=("response.done",), needs=("settings",))
def interrupted_though_off(view: View, event: Event) -> Iterator[Remark]:
    """Find a response that speech cancelled though it must not.

    What: A response ends as `turn_detected` while `interrupt_response` is false, or turn detection is off.
    Why: The client asked that answers be heard to their end.
    Source: turn_detection.interrupt_response: if `false`, the response continues until complete.
    Do: Look at the last `session.updated`; report it to the server.
    """
    if value_at(event.body, "response.status_details.reason") != "turn_detected":
        return
    detection = view.state.setting("turn_detection")
    off = detection is None and view.state.knows_setting("turn_detection")
    if off or value_at(detection, "interrupt_response") is False:
        setting = "turn_detection is null" if off else "interrupt_response is false"
        yield Remark(f"speech cancelled the response although {setting}", pointer="/response/status_details/reason")


@rule("ADV802", "response-failed", "warning", "server", "observed", on=("response.done",))
def response_failed(view: View, event: Event) -> Iterator[Remark]:
    """Find a response that failed, and say why.

    What: `response.done` has the status `failed`.
    Why: The user hears nothing, and no `error` event comes: the reason is in `status_details`, where few look.
    Source: Twelve independent threads on failed responses that went unnoticed (field problem R12); quota, billing and
        rate limits end like this (client rules C-32 and C-33).
    Do: Show the error to the user; wait for the rate limit's reset, or try once more after a server error.
    """
    if value_at(event.body, "response.status") != "failed":
        return
    details = value_at(event.body, "response.status_details")
    error = value_at(details, "error")
    kind, code, message = (value_at(error, name) for name in ("type", "code", "message"))
    said = " ".join(str(part) for part in (code or kind, message) if part)
    at, advice = "/response/status_details/error", known(error)
    if said:  # one without a reason breaks a rule of its own
        yield Remark(f"the response failed: {said}", pointer=at, hint=advice.do if advice else "")
    elif any(isinstance(one, str) for one in (details, error)):
        yield Remark("the response failed; the logger left out why", pointer=at, hint=LOG_WHOLE)
