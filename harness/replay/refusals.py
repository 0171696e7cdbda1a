"""The errors with which the real server refuses what a client must not do (`protocol/client_rules.json`)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

from harness.engine.paths import value_at
from harness.model import JSON
from harness.replay import settings

if TYPE_CHECKING:
    from harness.replay.replayer import Received, Replayer

SHORTEST_COMMIT_MS = 100


class Refusal(NamedTuple):
    """The variable part of an `error` event."""

    code: str | None
    message: str
    param: str | None = None


def refusal(replayer: Replayer, received: Received) -> dict[str, JSON] | None:
    """Return the `error` that an event draws, None when there is nothing wrong with it."""
    found = next(_refusals(replayer, received), None)
    if found is None:
        return None
    return {
        "type": "invalid_request_error",
        "code": found.code,
        "message": found.message,
        "param": found.param,
        "event_id": received.body.get("event_id"),
    }


def _refusals(replayer: Replayer, received: Received) -> Iterator[Refusal]:
    """Yield what is wrong with an event, the first thing first."""
    unknown = _unknown_type(replayer, received)
    if unknown is not None:
        yield unknown
        return
    for path in REQUIRED.get(received.name, ()):
        if value_at(received.body, path) is None:
            yield Refusal("missing_required_parameter", f"Missing required parameter: '{path}'.", path)
    for check in CHECKS.get(received.name, ()):
        found = check(replayer, received.body)
        if found is not None:
            yield found


def _unknown_type(replayer: Replayer, received: Received) -> Refusal | None:
    if not received.name:
        return Refusal("invalid_event", "The 'type' field is missing.")
    known = sorted(name for name, canonical in replayer.script.vocabulary.client.items() if canonical in KNOWN)
    if received.body["type"] in known:
        return None
    message = f"Invalid value: '{received.body['type']}'. Supported values are: {_listed(known)}."
    return Refusal("invalid_value", message, "type")


def _listed(names: list[str]) -> str:
    quoted = [f"'{name}'" for name in names]
    return ", ".join(quoted[:-1]) + f", and {quoted[-1]}"


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
    if len(item_id) > 32:
        length = len(item_id)
        message = (
            "Invalid 'item.id': string too long. Expected a string with maximum length 32, "
            f"but got a string with length {length} instead."
        )
        return Refusal("string_above_max_length", message, "item.id")
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


REQUIRED: Mapping[str, tuple[str, ...]] = {
    "session.update": ("session",),
    "input_audio_buffer.append": ("audio",),
    "conversation.item.create": ("item", "item.type"),
    "conversation.item.delete": ("item_id",),
    "conversation.item.retrieve": ("item_id",),
    "conversation.item.truncate": ("item_id", "content_index", "audio_end_ms"),
}
"""The fields without which an event is refused (C-05)."""

CHECKS: Mapping[str, tuple[Callable[[Replayer, Mapping[str, JSON]], Refusal | None], ...]] = {
    "session.update": (_other_voice,),
    "input_audio_buffer.commit": (_too_short,),
    "conversation.item.create": (_unknown_previous, _known_id, _unknown_call),
    "conversation.item.delete": (_unknown_item("deleting"),),
    "conversation.item.retrieve": (_unknown_item("retrieving"),),
    "conversation.item.truncate": (_unknown_item("truncating"), _not_spoken),
    "response.create": (_busy,),
}

KNOWN = frozenset({*REQUIRED, *CHECKS, "input_audio_buffer.clear", "response.cancel"})
"""What a server takes over a WebSocket. `output_audio_buffer.clear` belongs to WebRTC (C-30)."""
