"""What a client must not do with responses."""

import re
from collections.abc import Iterator
from dataclasses import replace

from harness.engine.paths import value_at
from harness.model import Event, Witness
from harness.protocol.state import Conversation, Response
from harness.rules.catalogue import Remark, View, rule
from harness.rules.refusals import SHORTER, refusal, refuses_settings, said, was_told
from harness.rules.wording import quoted

CREATE = ">response.create"
CANCEL = ">response.cancel"
HARMLESS = ("response_cancel_not_active",)
"""Refusals that the documentation calls safe."""
CLOSING = (
    "beta_api_shape_disabled",
    "missing_model",
    "invalid_api_key",
    "insufficient_quota",
    "account_deactivated",
    "billing_hard_limit_reached",
)
"""The codes with which a service ends a connection that it should not have accepted."""
SERVERS = ("server_error",)
"""The types of errors that are not the client's."""
BUSY = "conversation_already_has_active_response"
BUSY_WORDS = "already has an active response"
RESPONSE_ID = re.compile(r"resp_\w+")
AUTOMATIC = (
    "With create_response on, a committed turn is answered by itself: leave the `response.create` out, or send it on "
    "`response.done`."
)
TOLD = ("session_expired", BUSY)
"""Codes with a rule of their own."""


@rule("CLI908", "response-create-while-active", "error", "client", "documented", on=("error",))
def response_create_while_active(view: View, event: Event) -> Iterator[Remark]:
    """Find a `response.create` that was refused because a response is in progress.

    What: The client asks for a default response before the `response.done` of the one before, and is refused.
    Why: After a tool's result, nobody answers then; the client waits for a `response.created` that never comes.
    Source: Only one response can write to the default conversation at a time; `response.create` should be invoked after
        `response.done`. The code is conversation_already_has_active_response, null in 2024. Eighteen independent
        threads (field problems R1, R2, R3 and F5). Client rule C-08.
    Do: Keep one wish for a response pending, and send it on `response.done`.
    """
    error = event.body.get("error")
    if value_at(error, "code") != BUSY and BUSY_WORDS not in str(value_at(error, "message")):
        return
    request = next(iter(view.state.waiting(CREATE)), None)
    active = view.state.responses.get(view.state.active)
    named = RESPONSE_ID.search(str(value_at(error, "message")))
    busy = active.response_id if active is not None else named[0] if named else "another response"
    hint, why = _collision(view.state, active)
    yield Remark(
        f"response.create was sent while {busy} is in progress, and refused",
        why=why,
        hint=hint,
        at=(request.seq, request.place) if request is not None else None,
        witnesses=(Witness(event.seq, event.place, event.type, "refused here"),),
    )


def _collision(state: Conversation, active: Response | None) -> tuple[str, str]:
    """Say what to do about two requests for a response at once, and who asked for the first."""
    if active is None:
        return "", ""
    created = f"{active.response_id} was created at line {active.place.line}"
    if active.cut is not None and active.cut[2] == "response.cancel":
        done = "a cancelled response stays active until its response.done"
        return "Wait for the `response.done` of what you cancel.", f"{created}; {done}"
    if active.request is not None:
        created += f", asked for by the client at line {active.request.place.line}"
    elif state.client_heard and state.course.turns:
        return AUTOMATIC, f"{created}, by voice activity detection"
    if sum(kind == "function_call" for kind in active.types.values()) > 1:
        return (
            "Send all outputs of the response's calls, then one `response.create` after its `response.done`.",
            created,
        )
    return "", created


@rule("CLI909", "cancel-without-response", "note", "client", "documented", on=(CANCEL,), needs=("start",))
def cancel_without_response(view: View, event: Event) -> Iterator[Remark]:
    """Find a `response.cancel` with nothing to cancel.

    What: The client cancels, and no response is in progress, or the one that it names is done.
    Why: The service refuses it: response_cancel_not_active. A client that takes this as fatal ends a good call.
    Source: It's safe to call response.cancel even if no response is in progress, an error will be returned. Client rule
        C-09.
    Do: Ignore the error; or cancel only between `response.created` and `response.done`.
    """
    named, responses = event.body.get("response_id"), view.state.responses
    if named is not None:
        response = responses.get(str(named))
        if response is None or response.done:
            yield Remark(f"response.cancel names {named}, which is not in progress", pointer="/response_id")
    elif not view.state.active and not view.state.waiting(CREATE) and all(one.done for one in responses.values()):
        yield Remark("response.cancel is sent, and no response is in progress")


@rule("CLI931", "two-modalities-asked", "error", "client", "documented", on=(CREATE, ">session.update"))
def two_modalities_asked(view: View, event: Event) -> Iterator[Remark]:
    """Find a client that asks for text and audio at the same time.

    What: `output_modalities` has more than one entry, or none.
    Why: The service refuses it; beta's `["text", "audio"]` is not valid any more.
    Source: It is not possible to request both `text` and `audio` at the same time. Client rule C-31.
    Do: Ask for `["audio"]`; it brings its transcript.
    """
    holder = "session" if "session" in event.body else "response"
    modalities = value_at(event.body, f"{holder}.output_modalities")
    if isinstance(modalities, list) and len(modalities) != 1:
        yield Remark(f"output_modalities is {quoted(modalities)}", pointer=f"/{holder}/output_modalities")


@rule("CLI941", "call-left-unanswered", "note", "client", "house", on=(CREATE,), needs=("start",))
def call_left_unanswered(view: View, event: Event) -> Iterator[Remark]:
    """Find a call of the model's that nobody answered.

    What: The client asks for the next response, and a call of a finished response has no output yet.
    Why: The model assumes an output, or invents one.
    Source: One `function_call_output` per call; since GA the conversation may go on without it (field problem F7).
    Do: Send an output for every call, even if it only says that the tool failed.
    """
    if value_at(event.body, "response.conversation") == "none":
        return
    for call in view.state.tools.calls.values():
        if call.finished and call.output is None:
            yield Remark(
                f"the call {call.call_id} has no output yet",
                witnesses=(Witness(call.seq, call.place, "response.output_item.added", "called here"),),
            )
            return


@rule("CLI901", "request-refused", "warning", "client", "observed", on=("error",))
def request_refused(view: View, event: Event) -> Iterator[Remark]:
    """Find a request that the server refused, for a reason that no other rule saw coming.

    What: An `error` refuses an event of the client.
    Why: What the client asked for did not happen; the session goes on without it.
    Source: Most errors are recoverable and the session will stay open. Their `event_id` is null in every error on
        record whose cause sent none, so the request is found by the code.
    Do: Give events an `event_id` of their own, and settle what waits for them when the error comes.
    """
    error = event.body.get("error")
    kind, code, words = (value_at(error, name) for name in ("type", "code", "message"))
    if BUSY_WORDS in str(words) or code in TOLD or code in CLOSING or kind in SERVERS or was_told(view, event):
        return
    if SHORTER.search(str(words)) or refuses_settings(error, view.cause):
        return  # these have rules of their own
    cause = view.cause
    asked = f"`{cause.type}` at line {cause.place.line}" if cause is not None else "a request"
    remark = refusal(view, event, f"{asked} was refused: {said(error)}")
    yield replace(remark, severity="note" if code in HARMLESS else None)


@rule("CLI932", "connection-refused", "error", "client", "observed", on=("error",))
def connection_refused(view: View, event: Event) -> Iterator[Remark]:
    """Find a connection that the server ends for what it was opened with.

    What: The `error` is about the key, the account, the model or the generation of the protocol.
    Why: The upgrade succeeds first, so that the client believes itself connected; the server then closes.
    Source: The beta header after the sunset, a missing model, a bad key, no quota: seen on live services, with close
        codes 3000 and 4000. Client rules C-23, C-24 and C-32.
    Do: Correct the URL, the headers or the account; do not try again before.
    """
    if value_at(event.body, "error.code") in CLOSING:
        yield Remark(f"the connection is refused: {said(event.body.get('error'))}", pointer="/error/code")


@rule("ADV803", "server-error", "warning", "server", "observed", on=("error",))
def server_error(view: View, event: Event) -> Iterator[Remark]:
    """Find an error of the server's own.

    What: The `error` is of type `server_error`.
    Why: The turn may be lost, and it is not the client's fault.
    Source: Errors of this type were seen on live services; the session mostly goes on.
    Do: Try once more; report it with the session's id.
    """
    error = event.body.get("error")
    if value_at(error, "type") in SERVERS:
        yield Remark(f"the server failed: {said(error)}", pointer="/error")
