"""Turns and responses that no recording gave: the events of the protocol at their plainest."""

from harness.model import JSON
from harness.replay import settings

ITEM, RESPONSE, SESSION, CONVERSATION = "plain_item", "plain_response", "plain_session", "plain_conversation"
KINDS = {ITEM: "item", RESPONSE: "response", SESSION: "session", CONVERSATION: "conversation"}
"""Ids that the compiler replaces, like those of a recording."""

TEXT = "This is a generated answer: the recording has no more responses."
TRANSCRIPT = "This is a made-up transcript: the recording has none."


def speech(item_id: str) -> list[dict[str, JSON]]:
    """Return the events of voice activity, in canonical names."""
    return [
        {"type": "input_audio_buffer.speech_started", "event_id": "", "audio_start_ms": 0, "item_id": item_id},
        {"type": "input_audio_buffer.speech_stopped", "event_id": "", "audio_end_ms": 0, "item_id": item_id},
    ]


def turn(today: bool) -> list[dict[str, JSON]]:
    """Return the events of a turn of the user's voice, in canonical names."""
    item: dict[str, JSON] = {
        "id": ITEM,
        **_object(today),
        "type": "message",
        "status": "completed",
        "role": "user",
        "content": [{"type": "input_audio", "transcript": None}],
    }
    return [
        *speech(ITEM),
        {"type": "input_audio_buffer.committed", "previous_item_id": None, "item_id": ITEM},
        {"type": "conversation.item.added", "previous_item_id": None, "item": item},
        {"type": "conversation.item.done", "previous_item_id": None, "item": item},
    ]


def _object(today: bool) -> dict[str, JSON]:
    return {} if today else {"object": "realtime.item"}


def response(today: bool, conversation_id: str | None = None) -> list[dict[str, JSON]]:
    """Return the events of a response in text, in canonical names; `today` chooses between the two generations.

    A response that belongs to no conversation, as today's protocol reads null, is one out of band.
    """
    belongs = conversation_id or (CONVERSATION if today else None)
    content: dict[str, JSON] = {"type": "output_text" if today else "text", "text": TEXT}
    begun: dict[str, JSON] = {
        "id": ITEM,
        **_object(today),
        "type": "message",
        "status": "in_progress",
        "role": "assistant",
        "content": [],
    }
    done: dict[str, JSON] = {**begun, "status": "completed", "content": [content]}
    opened: dict[str, JSON] = {
        "object": "realtime.response",
        "id": RESPONSE,
        "status": "in_progress",
        "status_details": None,
        "output": [],
        "usage": None,
        **({"conversation_id": belongs} if belongs else {}),
    }
    part: dict[str, JSON] = {"item_id": ITEM, "content_index": 0}
    place: dict[str, JSON] = {"response_id": RESPONSE, "output_index": 0}
    return [
        {"type": "response.created", "response": opened},
        {"type": "response.output_item.added", **place, "item": begun},
        {"type": "conversation.item.added", "previous_item_id": None, "item": begun},
        {"type": "response.content_part.added", **place, **part, "part": {"type": "text", "text": ""}},
        *({"type": "response.output_text.delta", **place, **part, "delta": word} for word in _words(TEXT)),
        {"type": "response.output_text.done", **place, **part, "text": TEXT},
        {"type": "response.content_part.done", **place, **part, "part": {"type": "text", "text": TEXT}},
        {"type": "conversation.item.done", "previous_item_id": None, "item": done},
        {"type": "response.output_item.done", **place, "item": done},
        {"type": "response.done", "response": {**opened, "status": "completed", "output": [done], "usage": usage()}},
    ]


def usage() -> dict[str, JSON]:
    """Return the usage of a response that cost nothing, with every count that clients read."""
    return {
        "total_tokens": 0,
        "input_tokens": 0,
        "output_tokens": 0,
        "input_token_details": {"cached_tokens": 0, "text_tokens": 0, "audio_tokens": 0},
        "output_token_details": {"text_tokens": 0, "audio_tokens": 0},
    }


def session(today: bool) -> dict[str, JSON]:
    """Return a configuration for a recording that has none; `today` chooses between the two generations."""
    detection: dict[str, JSON] = {"type": "server_vad", **settings.TURN_DETECTION["server_vad"]}
    common: dict[str, JSON] = {
        "id": SESSION,
        "object": "realtime.session",
        "model": "gpt-realtime",
        "instructions": "",
        "tools": [],
        "tool_choice": "auto",
    }
    if not today:
        return {
            **common,
            "modalities": ["text", "audio"],
            "voice": "alloy",
            "turn_detection": detection,
            "input_audio_format": "pcm16",
            "output_audio_format": "pcm16",
            "input_audio_transcription": None,
            "temperature": 0.8,
            "max_response_output_tokens": "inf",
        }
    form: dict[str, JSON] = {"type": "audio/pcm", "rate": 24_000}
    heard: dict[str, JSON] = {"format": form, "transcription": None, "noise_reduction": None}
    return {
        **common,
        "type": "realtime",
        "output_modalities": ["audio"],
        "max_output_tokens": "inf",
        "tracing": None,
        "truncation": "auto",
        "prompt": None,
        "audio": {
            "input": {**heard, "turn_detection": detection},
            "output": {"format": form, "voice": "alloy", "speed": 1.0},
        },
    }


def _words(text: str) -> list[str]:
    first, *rest = text.split(" ")
    return [first, *(f" {word}" for word in rest)]
