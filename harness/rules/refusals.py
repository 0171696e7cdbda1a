"""What is known of the errors that servers send: why each comes and what to do, as data."""

import re
from typing import NamedTuple

from harness.engine.paths import value_at
from harness.engine.violation import Mark
from harness.model import JSON, Event, Witness
from harness.rules.catalogue import Remark, View


class Known(NamedTuple):
    """One error that many people met."""

    codes: tuple[str, ...]
    words: str
    """A regular expression that its message matches where an older server gave no code; empty for none."""
    why: str
    do: str


KNOWN: tuple[Known, ...] = (
    Known(
        ("input_audio_buffer_commit_empty",),
        r"buffer is empty|buffer too small|at least 100ms of audio",
        "with voice activity detection on, the server commits by itself, and the client then commits an empty buffer; "
        "without it, less than 100 ms came since the last commit or clear",
        "With voice activity detection on, do not commit; without it, wait until 100 ms were appended.",
    ),
    Known(
        ("response_cancel_not_active",),
        r"no active response",
        "the response was done already, or not created yet, when the cancel was read",
        "Ignore this error and keep the session; cancel by response_id.",
    ),
    Known(
        ("cannot_update_voice",),
        r"cannot update a conversation's voice",
        "the voice is fixed after the first audio of the assistant",
        "Send the update without the voice, or open a new session for another voice.",
    ),
    Known(
        ("unsupported_content_type",),
        r"only model output audio messages can be truncated",
        "the item has no audio yet, or is text",
        "Delete an item of which nothing was heard; truncate only items whose audio deltas came.",
    ),
    Known(
        ("invalid_tool_call_id",),
        r"tool call id .* not found",
        "the conversation has no function call with this call_id",
        "Send the output by `conversation.item.create` with the call's `call_id` (call_…), then `response.create`.",
    ),
    Known(
        (),
        r"missing required parameter: 'item\.content\[\d+\]\.text'",
        "audio of the assistant cannot be put back into a conversation",
        "Send the transcript as text: `output_text`, in beta `text`.",
    ),
    Known(
        (),
        r"invalid modalities",
        "beta knows two sets only: text, or audio with text",
        'Ask for ["text"] or ["audio", "text"].',
    ),
    Known(
        (),
        r"missing required parameter: 'session\.type'|unknown parameter: 'session\.(modalities|voice|turn_detection"
        r"|input_audio_format|output_audio_format|input_audio_transcription|temperature|max_response_output_tokens)'",
        "the update is written in the beta dialect, and the server speaks today's",
        "Send `session.type`, and move the fields: modalities to output_modalities, voice to audio.output.voice, "
        "turn_detection to audio.input.turn_detection, the formats to audio.input.format and audio.output.format, "
        "input_audio_transcription to audio.input.transcription; leave temperature out.",
    ),
    Known(
        (),
        r"transcription session|invalid value: 'transcription_session\.update'",
        "a connection is for conversation or for transcription, and the event is for the other",
        "Let the URL's intent, `session.type` and the events agree; today it is `session.update` for both.",
    ),
    Known(
        (),
        r"turn_detection.*'none'|'none'.*turn_detection",
        "voice activity detection is switched off by null",
        "Send JSON null for `turn_detection`; leaving it out keeps the default.",
    ),
    Known(
        (),
        r"previous_item_id|item with id .* not found",
        "the item was deleted, or never entered the conversation",
        "Take ids from `conversation.item.added` only; leave `previous_item_id` out to append.",
    ),
    Known(
        ("rate_limit_exceeded", "inference_rate_limit_exceeded"),
        r"rate limit|too many requests",
        "the account's limit, or the service's own, was reached",
        "Wait for `reset_seconds` of the last `rate_limits.updated`, then try again.",
    ),
    Known(
        ("insufficient_quota",),
        r"exceeded your current quota",
        "the account has no credit left",
        "Look at the account's billing; trying again does not help.",
    ),
    Known(
        ("DeploymentNotFound",),
        r"deployment .* does not exist",
        "the URL names a deployment that the resource does not have",
        "Correct the deployment's name, or the region, in the URL.",
    ),
    Known(("server_error",), r"the server had an error", "", "Try once more; report it with the session's id."),
)


def known(error: JSON) -> Known | None:
    """Return what is known of an error, by its code, else by the words of its message."""
    code, kind, said = (str(value_at(error, name) or "") for name in ("code", "type", "message"))
    by_code = next((one for one in KNOWN if code in one.codes), None)
    by_words = (one for one in KNOWN if one.words and re.search(one.words, said, re.IGNORECASE))
    return by_code or next(by_words, None) or next((one for one in KNOWN if kind in one.codes), None)


SHORTER = re.compile(r"audio content of (\d+)\s*ms is already shorter than (\d+)\s*ms", re.IGNORECASE)
"""The refusal of a truncation: how much audio there is, and where the client wanted to cut."""
SETTINGS = "session."
"""How the parameter of a refused `session.update` begins."""


def refuses_settings(error: JSON, cause: Mark | None) -> bool:
    """Tell whether an error refuses a `session.update`; `cause` is the refused event, where it is known."""
    parameter = str(value_at(error, "param") or "")
    by_words = not parameter and "'session." in str(value_at(error, "message"))
    named = parameter.startswith(SETTINGS) or by_words  # a list of types that are known names session.update, too
    return cause.type == "session.update" if cause is not None else named


def was_told(view: View, event: Event) -> bool:
    """Tell whether the fault was found where it was sent, or the error names what was never sent."""
    cause, named = view.cause, value_at(event.body, "error.event_id")
    stray = isinstance(named, str) and view.state.complete and view.state.client_heard
    if cause is not None:
        return cause.seq in view.told
    return stray or max(view.told, default=-1) > view.state.last_error


def refusal(view: View, event: Event, message: str, **more: str) -> Remark:
    """Return a remark on the event that an error refuses, on the error itself where the log does not show that one."""
    error, cause = event.body.get("error"), view.cause
    advice = known(error)
    return Remark(
        message,
        why=more.get("why") or (advice.why if advice else ""),
        hint=more.get("hint") or (advice.do if advice else ""),
        at=(cause.seq, cause.place) if cause is not None else None,
        witnesses=(Witness(event.seq, event.place, event.type, "refused here"),),
        evidence={"code": value_at(error, "code"), "param": value_at(error, "param")},
    )


def said(error: JSON) -> str:
    """Return what an error says, its code first."""
    code, kind, message = (value_at(error, name) for name in ("code", "type", "message"))
    return ": ".join(str(part) for part in (code or kind, message) if part)
