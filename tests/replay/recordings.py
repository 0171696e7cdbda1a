"""Recordings to make scripts of: what was said, in the order it was said."""

import base64
from pathlib import Path
from typing import Any

from harness.model import Entry, Event, Place, Session
from harness.protocol import dialects
from harness.protocol.causes import attribute
from harness.replay.script import Script
from harness.replay.vocabulary import Vocabulary

SEED = Path(__file__).parents[2] / "fixtures" / "sessions" / "seed.yaml"


def script_of(session: Session) -> Script:
    """Return the script of a session."""
    dialect = dialects.get(session.dialect)
    return Script.of(session, attribute(dialect, session.events), Vocabulary.of(dialect))


def recorded(dialect: str, *said: tuple[str, dict[str, Any]], every_ms: int = 0) -> Session:
    """Return a session in which client and server said these things, one every so many milliseconds."""
    places = [Place("made.jsonl", line, 1) for line in range(1, len(said) + 1)]
    stamps = [n * every_ms * 1_000_000 if every_ms else None for n in range(len(said))]
    lines = list(zip(places, stamps, said, strict=True))
    entries = tuple(Entry(place, at, side, "", body) for place, at, (side, body) in lines)  # type: ignore[arg-type]
    events = tuple(
        Event(seq, place, at, side, body["type"], body)  # type: ignore[arg-type]
        for seq, (place, at, (side, body)) in enumerate(lines)
    )
    return Session("made.jsonl", dialect, entries, events)


def tool_call() -> list[tuple[str, dict[str, Any]]]:
    """Return a session of today's protocol: a tool is called, its result given, and a sentence answered."""
    server, client = "server", "client"
    session = {
        "type": "realtime",
        "id": "sess_1",
        "object": "realtime.session",
        "model": "gpt-realtime",
        "expires_at": 1_800_000_000,
        "output_modalities": ["text"],
        "tools": [],
        "audio": {"input": {"format": {"type": "audio/pcm", "rate": 24000}, "turn_detection": None}},
    }
    asked = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "Weather?"}]}
    user = {"id": "item_u", "status": "completed", **asked}
    call = {"id": "item_c", "type": "function_call", "name": "weather", "call_id": "call_1"}
    done = {**call, "status": "completed", "arguments": '{"city": "Rome"}'}
    result = {"type": "function_call_output", "call_id": "call_1", "output": "fog"}
    return [
        (server, {"type": "session.created", "event_id": "e1", "session": session}),
        (client, {"type": "conversation.item.create", "item": asked}),
        (server, {"type": "conversation.item.added", "event_id": "e2", "previous_item_id": None, "item": user}),
        (server, {"type": "conversation.item.done", "event_id": "e3", "previous_item_id": None, "item": user}),
        (client, {"type": "response.create"}),
        *[(server, event) for event in _called("resp_1", "item_u", call)],
        (client, {"type": "conversation.item.create", "item": result}),
        (server, {"type": "response.done", "event_id": "e9", "response": _response("resp_1", "completed", done)}),
        *[
            (server, {"type": name, "event_id": name, "previous_item_id": "item_c", "item": {"id": "item_r", **result}})
            for name in ("conversation.item.added", "conversation.item.done")
        ],
        (client, {"type": "response.create"}),
        *[(server, event) for event in said("resp_2", "item_a", "item_r", ["Fog", " it", " is"])],
    ]


def _called(response_id: str, previous: str, call: dict[str, Any]) -> list[dict[str, Any]]:
    place = {"response_id": response_id, "output_index": 0}
    named = {**place, "item_id": call["id"], "call_id": call["call_id"]}
    begun, done = ({**call, "status": status, "arguments": text} for status, text in
                   (("in_progress", ""), ("completed", '{"city": "Rome"}')))  # fmt: skip
    return [
        {"type": "response.created", "event_id": "e4", "response": _response(response_id, "in_progress")},
        {"type": "response.output_item.added", "event_id": "e5", **place, "item": begun},
        {"type": "conversation.item.added", "event_id": "e6", "previous_item_id": previous, "item": begun},
        {"type": "response.function_call_arguments.delta", "event_id": "e7", **named, "delta": '{"city": '},
        {"type": "response.function_call_arguments.delta", "event_id": "e7b", **named, "delta": '"Rome"}'},
        {"type": "response.function_call_arguments.done", "event_id": "e8", **named, "arguments": '{"city": "Rome"}'},
        {"type": "conversation.item.done", "event_id": "e8b", "previous_item_id": previous, "item": done},
        {"type": "response.output_item.done", "event_id": "e8c", **place, "item": done},
    ]


def said(response_id: str, item_id: str, previous: str, words: list[str]) -> list[dict[str, Any]]:
    """Return the events of a response in text."""
    text = "".join(words)
    part = {"response_id": response_id, "item_id": item_id, "output_index": 0, "content_index": 0}
    place = {"response_id": response_id, "output_index": 0}
    begun = {"id": item_id, "type": "message", "status": "in_progress", "role": "assistant", "content": []}
    done = {**begun, "status": "completed", "content": [{"type": "output_text", "text": text}]}
    events: list[dict[str, Any]] = [
        {"type": "response.created", "response": _response(response_id, "in_progress")},
        {"type": "response.output_item.added", **place, "item": begun},
        {"type": "conversation.item.added", "previous_item_id": previous, "item": begun},
        {"type": "response.content_part.added", **part, "part": {"type": "text", "text": ""}},
        *({"type": "response.output_text.delta", **part, "delta": word} for word in words),
        {"type": "response.output_text.done", **part, "text": text},
        {"type": "response.content_part.done", **part, "part": {"type": "text", "text": text}},
        {"type": "conversation.item.done", "previous_item_id": previous, "item": done},
        {"type": "response.output_item.done", **place, "item": done},
        {"type": "response.done", "response": _response(response_id, "completed", done)},
    ]
    return [{**event, "event_id": f"{response_id}_{n}"} for n, event in enumerate(events)]


def _response(response_id: str, status: str, *output: dict[str, Any]) -> dict[str, Any]:
    return {
        "object": "realtime.response",
        "id": response_id,
        "status": status,
        "status_details": None,
        "output": list(output),
        "conversation_id": "conv_1",
        "usage": None,
        "metadata": None,
    }


def spoken_answer(ms: int) -> Session:
    """Return a session of today's protocol whose answer is spoken: so much audio, in two pieces."""
    session = {**tool_call()[0][1]["session"], "output_modalities": ["audio"]}
    part = {"response_id": "resp_1", "item_id": "item_a", "output_index": 0, "content_index": 0}
    piece = base64.b64encode(bytes(ms * 24)).decode()
    created, added, placed, _, _, _, _, settled, closed, done = said("resp_1", "item_a", "", ["Hi"])
    whole = {**closed["item"], "content": [{"type": "output_audio", "transcript": "Hi"}]}
    events: list[dict[str, Any]] = [
        created,
        added,
        {**placed, "previous_item_id": None},
        {"type": "response.content_part.added", **part, "part": {"type": "audio", "transcript": ""}},
        {"type": "response.output_audio_transcript.delta", **part, "delta": "Hi"},
        {"type": "response.output_audio.delta", **part, "delta": piece},
        {"type": "response.output_audio.delta", **part, "delta": piece},
        {"type": "response.output_audio.done", **part},
        {"type": "response.output_audio_transcript.done", **part, "transcript": "Hi"},
        {"type": "response.content_part.done", **part, "part": {"type": "audio", "transcript": "Hi"}},
        {**settled, "previous_item_id": None, "item": whole},
        {**closed, "item": whole},
        {**done, "response": {**done["response"], "output": [whole]}},
    ]
    return recorded(
        "openai-ga",
        ("server", {"type": "session.created", "event_id": "s", "session": session}),
        ("client", {"type": "response.create"}),
        *[("server", {**event, "event_id": f"e{n}"}) for n, event in enumerate(events)],
    )
