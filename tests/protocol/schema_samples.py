"""Events of real sessions, shortened, and how to change one."""

import copy
from collections.abc import Mapping
from typing import Any

DELTA = {
    "type": "response.output_text.delta",
    "event_id": "event_E6U0xPKs3yvsEC0vkrect",
    "response_id": "resp_E6U0xfWhN878XBMhc0LKn",
    "item_id": "item_E6U0xWSFIFri2uw2kTLLq",
    "output_index": 0,
    "content_index": 0,
    "delta": "Hello",
}
ITEM = {
    "type": "conversation.item.added",
    "event_id": "event_E6U11cX05XOndt9i9zA08",
    "previous_item_id": "item_E6U11eeiqpcw4luxPkEiJ",
    "item": {
        "id": "item_E6U11H8XY7uk9uRetnwLK",
        "type": "function_call",
        "status": "in_progress",
        "name": "get_weather",
        "call_id": "call_uMNE0Myi2tDTPu0w",
        "arguments": "",
    },
}
DONE = {
    "type": "response.done",
    "event_id": "event_E6U0yAVEcd97wmd3MgWAH",
    "response": {
        "object": "realtime.response",
        "id": "resp_E6U0xfWhN878XBMhc0LKn",
        "status": "completed",
        "status_details": None,
        "output": [
            {
                "id": "item_E6U0xWSFIFri2uw2kTLLq",
                "type": "message",
                "status": "completed",
                "role": "assistant",
                "content": [{"type": "output_audio", "transcript": "Hello, Marcelo!"}],
            }
        ],
        "conversation_id": "conv_E6U0wZ7az3EZovEnFLqH4",
        "output_modalities": ["audio"],
        "max_output_tokens": "inf",
        "audio": {"output": {"format": {"type": "audio/pcm", "rate": 24000}, "voice": "alloy"}},
        "usage": {
            "total_tokens": 205,
            "input_tokens": 41,
            "output_tokens": 164,
            "input_token_details": {
                "text_tokens": 14,
                "audio_tokens": 27,
                "image_tokens": 0,
                "cached_tokens": 0,
                "cached_tokens_details": {"text_tokens": 0, "audio_tokens": 0, "image_tokens": 0},
            },
            "output_token_details": {"text_tokens": 28, "audio_tokens": 136},
        },
        "metadata": None,
    },
}
UPDATE = {
    "type": "session.update",
    "session": {
        "type": "realtime",
        "instructions": "Reply in a few words.",
        "output_modalities": ["text"],
        "audio": {"input": {"turn_detection": {"type": "server_vad", "create_response": True}}},
        "tools": [{"type": "function", "name": "get_weather", "parameters": {"type": "object"}}],
        "max_output_tokens": 4096,
    },
}
EVENTS = (("server", DELTA), ("server", ITEM), ("server", DONE), ("client", UPDATE))


def changed(event: Mapping[str, Any], path: str, value: Any = None, remove: bool = False) -> dict[str, Any]:
    """Return a copy of an event with the value at a JSON pointer replaced or removed."""
    copied = copy.deepcopy(dict(event))
    *way, last = [int(step) if step.isdigit() else step for step in path.strip("/").split("/")]
    holder: Any = copied
    for step in way:
        holder = holder[step]
    if remove:
        del holder[last]
    else:
        holder[last] = value
    return copied
