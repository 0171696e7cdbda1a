"""The errors with which the real server refuses what a client must not do (`protocol/client_rules.json`)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from difflib import get_close_matches
from typing import TYPE_CHECKING

from harness.engine.paths import value_at
from harness.model import JSON
from harness.replay import settings
from harness.replay.malformed import malformed
from harness.replay.refusal import Refusal, unsupported
from harness.replay.spoken import spoken_ms
from harness.sound.formats import format_of

if TYPE_CHECKING:
    from harness.replay.replayer import Received, Replayer

SHORTEST_COMMIT_MS = 100


def refusal(replayer: Replayer, received: Received) -> Refusal | None:
    """Return why an event is refused, None when there is nothing wrong with it."""
    return next(_refusals(replayer, received), None)


def error(found: Refusal, body: Mapping[str, JSON]) -> dict[str, JSON]:
    """Return the `error` with which an event is refused; it names the event where the client gave it an id."""
    event_id = body.get("event_id")
    return {
        "type": "invalid_request_error",
        "code": found.code,
        "message": found.message,
        "param": found.param,
        "event_id": event_id if isinstance(event_id, str) else None,
    }


def _refusals(replayer: Replayer, received: Received) -> Iterator[Refusal]:
    """Yield what is wrong with an event, the first thing first."""
    stranger = _stranger(replayer, received)
    if stranger is not None:
        yield stranger
        return
    form = format_of(settings.setting(replayer.session, "input_format"))
    faults = malformed(replayer.script.vocabulary.validators, str(received.body["type"]), received.body, form)
    first = next(faults, None)
    if first is not None and not replayer.script.took(received.name, received.body):
        yield first
    checks = CHECKS.get(received.name, ())
    yield from filter(None, (check(replayer, received.body) for check in checks))


def _stranger(replayer: Replayer, received: Received) -> Refusal | None:
    """Return the refusal of what is no event of a client: not JSON, without a type, or of an unknown one."""
    if received.is_garbage:
        return Refusal("invalid_json", "The event could not be parsed as JSON.")
    kind = received.body.get("type")
    if not kind:
        return Refusal("invalid_event", "The 'type' field is missing.")
    known = sorted(replayer.script.vocabulary.client.keys() - OVER_WEBRTC)
    if kind in known:
        return None
    near = get_close_matches(str(kind), known, n=1)
    return unsupported("type", kind, known)._replace(
        told=f"no client sends an event of this type over a WebSocket{f'; did you mean `{near[0]}`?' if near else ''}"
    )


def _too_short(replayer: Replayer, event: Mapping[str, JSON]) -> Refusal | None:
    heard = replayer.turns.ear.buffer_ms
    if heard >= SHORTEST_COMMIT_MS or replayer.turns.ear.is_blind:
        return None
    return Refusal(
        "input_audio_buffer_commit_empty",
        "Error committing input audio buffer: buffer too small. Expected at least 100ms of audio, "
        f"but buffer only has {heard:.2f}ms of audio.",
    )


def _busy(replayer: Replayer, event: Mapping[str, JSON]) -> Refusal | None:
    if replayer.active is None or value_at(event.get("response"), "conversation") == "none":
        return None
    return Refusal(
        "conversation_already_has_active_response",
        f"Conversation already has an active response in progress: {replayer.active.response_id}. "
        "Wait until the response is finished before creating a new one.",
    )


def _idle(replayer: Replayer, event: Mapping[str, JSON]) -> Refusal | None:
    """Refuse to cancel nothing; the guide calls it safe, and the error comes all the same (C-09)."""
    named = event.get("response_id")
    playing = replayer.response_in_progress(named) if isinstance(named, str) else replayer.active
    if playing is not None:
        return None
    message = "Cancellation failed: no active response found"
    return Refusal("response_cancel_not_active", message, is_harmless=True)


def _unknown_item(doing: str) -> Callable[[Replayer, Mapping[str, JSON]], Refusal | None]:
    """Make the check that an item which is to be deleted, truncated or retrieved exists."""
    code = {"deleting": "delete", "truncating": "truncate", "retrieving": "retrieve"}[doing]

    def check(replayer: Replayer, event: Mapping[str, JSON]) -> Refusal | None:
        item_id = str(event.get("item_id"))
        if item_id in replayer.conversation:
            return None
        message = f"Error {doing} item: the item with id '{item_id}' does not exist."
        return Refusal(f"item_{code}_invalid_item_id", message)

    return check


def _unknown_previous(replayer: Replayer, event: Mapping[str, JSON]) -> Refusal | None:
    previous = str(event.get("previous_item_id") or "root")
    if previous == "root" or previous in replayer.conversation:
        return None
    message = f"Error adding item: the previous item with id '{previous}' does not exist."
    return Refusal(None, message, "previous_item_id")


def _known_id(replayer: Replayer, event: Mapping[str, JSON]) -> Refusal | None:
    item_id = value_at(event.get("item"), "id")
    if not isinstance(item_id, str):
        return None
    if item_id in replayer.conversation:
        return Refusal(None, f"Error adding item: an item with id '{item_id}' already exists.", "item.id")
    return None


def _unknown_call(replayer: Replayer, event: Mapping[str, JSON]) -> Refusal | None:
    if value_at(event.get("item"), "type") != "function_call_output":
        return None
    call_id = value_at(event.get("item"), "call_id")
    if any(item.get("call_id") == call_id for item in replayer.conversation.items()):
        return None
    return Refusal("invalid_tool_call_id", f"Tool call ID '{call_id}' not found in conversation.")


def _not_spoken(replayer: Replayer, event: Mapping[str, JSON]) -> Refusal | None:
    item = replayer.conversation.item(str(event.get("item_id"))) or {}
    content = item.get("content")
    kinds = [value_at(part, "type") for part in content] if isinstance(content, list) else []
    if item.get("role") == "assistant" and {"audio", "output_audio"} & {str(kind) for kind in kinds}:
        return None
    return Refusal("unsupported_content_type", "Only model output audio messages can be truncated")


def _too_late(replayer: Replayer, event: Mapping[str, JSON]) -> Refusal | None:
    """Refuse to cut behind the end of the audio; the server cuts at its end then (C-13)."""
    end, came = event.get("audio_end_ms"), spoken_ms(replayer, str(event.get("item_id")))
    if not isinstance(end, int) or end <= came:
        return None
    message = f"Audio content of {came}ms is already shorter than {end}ms"
    return Refusal(None, message, "audio_end_ms", is_done=True)


def _other_voice(replayer: Replayer, event: Mapping[str, JSON]) -> Refusal | None:
    update = event.get("session")
    voice = settings.setting(update, "voice") if isinstance(update, dict) else None
    spoken = any(_has_audio(item) for item in replayer.conversation.items())
    if voice is None or not spoken or voice == settings.setting(replayer.session, "voice"):
        return None
    message = "Cannot update a conversation's voice if assistant audio is present."
    return Refusal("cannot_update_voice", message)


def _has_audio(item: Mapping[str, JSON]) -> bool:
    content = item.get("content")
    parts = content if isinstance(content, list) else []
    return item.get("role") == "assistant" and any(
        value_at(part, "type") in ("audio", "output_audio") for part in parts
    )


def _other_kind(replayer: Replayer, event: Mapping[str, JSON]) -> Refusal | None:
    """Refuse an update for another type of session (C-21)."""
    told = value_at(event.get("session"), "type")
    asked, kind = (told if isinstance(told, str) else None), replayer.session.get("type")
    if asked is None or kind is None or asked == kind:
        return None
    message = f"Passing a {asked} session update event to a {kind} session is not allowed."
    return Refusal("invalid_parameter", message)


def _transcription(replayer: Replayer, event: Mapping[str, JSON]) -> Refusal:
    message = "Passing a transcription session update event to a realtime session is not allowed."
    return Refusal("invalid_parameter", message)


CHECKS: Mapping[str, tuple[Callable[[Replayer, Mapping[str, JSON]], Refusal | None], ...]] = {
    "session.update": (_other_kind, _other_voice),
    "transcription_session.update": (_transcription,),
    "input_audio_buffer.commit": (_too_short,),
    "conversation.item.create": (_unknown_previous, _known_id, _unknown_call),
    "conversation.item.delete": (_unknown_item("deleting"),),
    "conversation.item.retrieve": (_unknown_item("retrieving"),),
    "conversation.item.truncate": (_unknown_item("truncating"), _not_spoken, _too_late),
    "response.create": (_busy,),
    "response.cancel": (_idle,),
}
"""What an event must not do as things stand, by canonical name."""

OVER_WEBRTC = frozenset({"output_audio_buffer.clear"})
"""What a server does not take over a WebSocket (C-30)."""
