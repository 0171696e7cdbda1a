"""What the events of a session that is made up say, beyond what their schemas ask for and other events have told.

Letters are the GA names, `>` marks what the client sends.
"""

from base64 import b64encode
from collections.abc import Callable, Mapping
from typing import TypeAlias

from harness.engine.paths import value_at
from harness.model import JSON
from harness.protocol.making.story import Story
from harness.protocol.state import Response
from harness.protocol.state.audio import bytes_per_ms

Body: TypeAlias = dict[str, JSON]
Writer: TypeAlias = Callable[[Story, Mapping[str, JSON]], Body]

PIECE_MS = 100
"""How much audio an event carries: as much as clients send at a time."""
TOKEN_MS = 50
"""How much of the model's audio one token is."""
WORDS = ("yes", "no", "well", "today", "rain", "sun", "in", "Oslo", "and", "Rome", "twelve", "degrees", "perhaps", "it")
PCM: Mapping[str, JSON] = {"type": "audio/pcm", "rate": 24000}
SETTINGS: Mapping[str, JSON] = {
    "voice": "alloy",
    "format": {**PCM},
    "input_audio_format": "pcm16",
    "output_audio_format": "pcm16",
}
"""The plainest settings of a session, by the last name of the field."""
MODALITIES: Mapping[str, list[JSON]] = {"output_modalities": ["audio"], "modalities": ["audio", "text"]}
"""What a session that speaks is asked for, by the name of the field: the beta has no audio without text."""
DETECTION: Body = {
    "type": "server_vad",
    "threshold": 0.5,
    "prefix_padding_ms": 300,
    "silence_duration_ms": 200,
    "create_response": True,
    "interrupt_response": True,
}
TRANSCRIPTION: Body = {"model": "whisper-1", "language": None, "prompt": None}


def put(body: JSON, path: str, value: JSON) -> Body:
    """Return a copy of an object with a value at a plain path."""
    name, _, rest = path.partition(".")
    holder = dict(body) if isinstance(body, dict) else {}
    holder[name] = put(holder.get(name), rest, value) if rest else value
    return holder


def sentence(story: Story) -> str:
    """Return some words."""
    return " ".join(story.dice.choice(WORDS) for _ in range(story.dice.randint(1, 6)))


def invent(story: Story, fact: str) -> str:
    """Return the whole value of a fact that is told in pieces."""
    if "arguments" in fact:
        return f'{{"place": "{story.dice.choice(WORDS)}", "days": {story.dice.randint(1, 9)}}}'
    return sentence(story)


def _silence(rate: float | None) -> str:
    return b64encode(bytes(int(PIECE_MS * (rate or 48.0)))).decode()


# -- the session ----


def _session(story: Story, _: Mapping[str, JSON]) -> Body:
    dialect = story.dialect
    settings: dict[str, JSON] = {name: SETTINGS.get(path.rpartition(".")[2]) for name, path in dialect.fields.items()}
    idle: Body = {"idle_timeout_ms": 5000} if story.knows("input_audio_buffer.timeout_triggered") else {}
    settings["turn_detection"] = {**DETECTION, **idle} if story.listens else None
    settings["transcription"] = {**TRANSCRIPTION} if story.transcribes else None
    modalities = dialect.fields["modalities"]
    settings["modalities"] = MODALITIES[modalities] if story.speaks else ["text"]
    session: Body = {"id": story.new("sess"), "object": "realtime.session", "model": "gpt-realtime"}
    for name, path in dialect.fields.items():
        session = put(session, path, settings[name])
    body: Body = {"session": session}
    for mark in dialect.marks:
        if mark.type == dialect.type_of("session.created") and mark.like:
            body = put(body, mark.path, mark.like)
    if not story.answers:
        body = put(body, "session.object", "realtime.transcription_session")
    return body


def _updated(story: Story, _: Mapping[str, JSON]) -> Body:
    request = next(iter(story.state.waiting(">session.update")), None)
    asked = request.body.get("session") if request else None
    return {"session": {**story.state.config, **(asked if isinstance(asked, dict) else {})}}


def _update(story: Story, _: Mapping[str, JSON]) -> Body:
    config = story.state.config
    kind: Body = {"type": config["type"]} if "type" in config else {}
    return {"session": {**kind, "instructions": sentence(story)} if "instructions" in config else kind}


def _conversation(story: Story, _: Mapping[str, JSON]) -> Body:
    return {"conversation": {"id": story.new("conversation"), "object": "realtime.conversation"}}


# -- the user's turns ----


def _append(story: Story, _: Mapping[str, JSON]) -> Body:
    return {"audio": _silence(bytes_per_ms(story.state.setting("input_format")))}


def _started(story: Story, _: Mapping[str, JSON]) -> Body:
    before = story.state.speech_end_ms
    return {"audio_start_ms": max(int(story.state.input_ms), before if isinstance(before, int) else 0)}


def _stopped(story: Story, _: Mapping[str, JSON]) -> Body:
    start = story.state.speech_start_ms
    return {"audio_end_ms": max(int(story.state.input_ms), start if isinstance(start, int) else 0)}


def _committed(story: Story, _: Mapping[str, JSON]) -> Body:
    return {"previous_item_id": _last(story)}


def _key(story: Story, _: Mapping[str, JSON]) -> Body:
    return {"event": str(story.dice.randint(0, 9)), "received_at": 1_735_689_600}


def _segment(story: Story, _: Mapping[str, JSON]) -> Body:
    return {"id": story.new("seg"), "text": sentence(story), "speaker": "A", "start": 0.0, "end": 0.5}


# -- items ----


def _last(story: Story) -> str | None:
    return next(reversed(story.state.order), None)


def _create(story: Story, attributes: Mapping[str, JSON]) -> Body:
    calls = story.open_calls
    own: Body = {"id": story.new("item")}
    if calls:
        return {"item": {**own, "type": "function_call_output", "call_id": calls[0].call_id, "output": sentence(story)}}
    role = story.dice.choice(("user", "user", "user", "system"))
    part: Body = {"type": "input_text", "text": sentence(story)}
    return {"item": {**own, "type": "message", "role": role, "content": [part]}}


def _added(story: Story, attributes: Mapping[str, JSON]) -> Body:
    return {"previous_item_id": _last(story), "item": _item(story, str(attributes["item_id"]))}


def _item(story: Story, item_id: str) -> Body:
    """Return an item as it enters the conversation: as a response, the client, the input or a tool server makes it."""
    if item_id in story.items:
        return story.items[item_id]
    if item_id in story.lists:
        return {"id": item_id, "type": "mcp_list_tools", "server_label": "weather", "tools": []}
    for one in story.state.waiting(">conversation.item.create"):
        asked = one.body.get("item")
        if isinstance(asked, dict) and asked.get("id") == item_id:
            return {**asked, "status": "completed"}
    heard: Body = {"type": "input_audio", "transcript": None}
    return {"id": item_id, "type": "message", "role": "user", "status": "completed", "content": [heard]}


def _item_done(story: Story, attributes: Mapping[str, JSON]) -> Body:
    item = story.items[str(attributes["item_id"])]
    ending = story.ending(story.state.makers.get(str(item.get("id"))))
    final: Body = {"status": "incomplete" if ending else "completed"} if "status" in item else {}
    return {"item": {**item, **final}}


def _retrieved(story: Story, attributes: Mapping[str, JSON]) -> Body:
    item_id = str(attributes["item_id"])
    item = story.items[item_id]
    return {"item": {**item, "content": []} if item_id in story.state.truncated else item}


def _truncate(story: Story, attributes: Mapping[str, JSON]) -> Body:
    return {"audio_end_ms": int(story.state.output.items[str(attributes["item_id"])])}


def _truncated(story: Story, attributes: Mapping[str, JSON]) -> Body:
    asked = story.state.waiting(">conversation.item.truncate")
    body = next((one.body for one in asked if one.body.get("item_id") == attributes["item_id"]), {})
    return {name: body[name] for name in ("content_index", "audio_end_ms") if name in body}


# -- responses ----


def _created(story: Story, _: Mapping[str, JSON]) -> Body:
    name = story.state.fields["modalities"]
    fixed: Body = {"object": "realtime.response", "status": "in_progress", "output": [], "usage": None}
    settings: Body = {name: story.state.setting("modalities"), "status_details": None, "conversation_id": "conv_1"}
    return {"response": {**fixed, **settings}}


def _done(story: Story, attributes: Mapping[str, JSON]) -> Body:
    response = story.state.responses[str(attributes["response_id"])]
    reason = story.ending(response.response_id)
    final: Body = {"status": "completed", "status_details": None}
    if reason:
        final = {"status": "cancelled", "status_details": {"type": "cancelled", "reason": reason}}
    return {"response": {**response.started, **final, "usage": _usage(story, response)}}


def _usage(story: Story, response: Response) -> Body:
    heard = (story.state.output.items.get(item_id, 0.0) for item_id, _ in response.items)
    spoken, written, cached = int(sum(heard) / TOKEN_MS), story.dice.randint(1, 99), 50 * story.dice.randint(1, 9)
    none: Body = {"text_tokens": 0, "audio_tokens": 0, "image_tokens": 0}
    return {
        "total_tokens": spoken + written + 2 * cached,
        "input_tokens": 2 * cached,
        "output_tokens": spoken + written,
        "input_token_details": {
            **none,
            "text_tokens": 2 * cached,
            "cached_tokens": cached,
            "cached_tokens_details": {**none, "text_tokens": cached},
        },
        "output_token_details": {"text_tokens": written, "audio_tokens": spoken},
    }


def _message(story: Story, attributes: Mapping[str, JSON]) -> Body:
    return {"item": {"type": "message", "role": "assistant", "status": "in_progress", "content": []}}


def _call(story: Story, attributes: Mapping[str, JSON]) -> Body:
    call: Body = {"type": "function_call", "name": "get_weather", "call_id": story.new("call"), "arguments": ""}
    return {"item": {**call, "status": "in_progress"}}


def _server_call(story: Story, attributes: Mapping[str, JSON]) -> Body:
    return {"item": {"type": "mcp_call", "name": "get_weather", "server_label": "weather", "arguments": ""}}


def _audio(story: Story, _: Mapping[str, JSON]) -> Body:
    return {"delta": _silence(bytes_per_ms(story.state.setting("output_format")))}


def _text_part(story: Story, _: Mapping[str, JSON]) -> Body:
    return {"part": {"type": "text", "text": ""}}


def _audio_part(story: Story, _: Mapping[str, JSON]) -> Body:
    return {"part": {"type": "audio", "transcript": ""}}


def _part_done(story: Story, _: Mapping[str, JSON]) -> Body:
    return {"part": {"type": "audio" if story.speaks else "text"}}


WRITERS: Mapping[str, Writer] = {
    ">conversation.item.create": _create,
    ">conversation.item.truncate": _truncate,
    ">input_audio_buffer.append": _append,
    ">session.update": _update,
    "conversation.created": _conversation,
    "conversation.item.added": _added,
    "conversation.item.done": _item_done,
    "conversation.item.input_audio_transcription.segment": _segment,
    "conversation.item.retrieved": _retrieved,
    "conversation.item.truncated": _truncated,
    "input_audio_buffer.committed": _committed,
    "input_audio_buffer.dtmf_event_received": _key,
    "input_audio_buffer.speech_started": _started,
    "input_audio_buffer.speech_stopped": _stopped,
    "response.content_part.added/audio": _audio_part,
    "response.content_part.added/text": _text_part,
    "response.content_part.done": _part_done,
    "response.created": _created,
    "response.done": _done,
    "response.output_audio.delta": _audio,
    "response.output_item.added/function_call": _call,
    "response.output_item.added/mcp_call": _server_call,
    "response.output_item.added/message": _message,
    "response.output_item.done": _item_done,
    "session.created": _session,
    "session.updated": _updated,
}
"""By letter, with its variant where it has one."""


def remember(story: Story, letter: str, body: Mapping[str, JSON]) -> None:
    """Take note of what an event says of the sides' plans."""
    item = body.get("item")
    own_id = value_at(item, "id")
    if isinstance(item, dict) and isinstance(own_id, str) and not letter.startswith(">"):
        story.items[own_id] = item
    if letter.startswith("conversation.item.input_audio_transcription."):
        story.transcribed.add(str(body.get("item_id")))
    if letter == "mcp_list_tools.in_progress":
        story.lists.add(str(body.get("item_id")))
    if letter == "output_audio_buffer.started":
        story.played.add(str(body.get("response_id")))
    if letter == "output_audio_buffer.cleared":
        story.cleared.add(str(body.get("response_id")))
    if letter in (">output_audio_buffer.clear", "output_audio_buffer.cleared"):
        story.silenced = letter.startswith(">")
    begins = letter in ("input_audio_buffer.speech_started", "input_audio_buffer.timeout_triggered", ">response.create")
    story.begun += begins or (letter == ">input_audio_buffer.commit" and not story.answers)
