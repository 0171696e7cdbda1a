"""The events of the GA dialect as short words, each valid by itself, for tests that read as a conversation."""

from typing import Any, NamedTuple

Body = dict[str, Any]


class Part(NamedTuple):
    """Where a content part stands."""

    response: str = "resp_1"
    item: str = "item_1"
    index: int = 0
    """The output_index."""
    content: int = 0

    @property
    def in_response(self) -> Body:
        return {"response_id": self.response, "output_index": self.index}

    @property
    def in_item(self) -> Body:
        return {**self.in_response, "item_id": self.item}

    @property
    def whole(self) -> Body:
        return {**self.in_item, "content_index": self.content}


ONE = Part()


def event(kind: str, **fields: Any) -> Body:
    return {"type": kind, **fields}


# -- the session ----


def session_created(**session: Any) -> Body:
    return event("session.created", session={**SESSION, **session})


def session_updated(**session: Any) -> Body:
    return {**session_created(**session), "type": "session.updated"}


def update(**session: Any) -> Body:
    return event("session.update", session={"type": "realtime", **session})


PCM = {"type": "audio/pcm", "rate": 24000}
OUTPUT = {"format": PCM, "voice": "marin", "speed": 1.0}
TRANSCRIPTION = {"model": "whisper-1", "language": None, "prompt": None}
VAD = {
    "type": "server_vad",
    "threshold": 0.5,
    "prefix_padding_ms": 300,
    "silence_duration_ms": 200,
    "idle_timeout_ms": None,
    "create_response": True,
    "interrupt_response": True,
}


def listening(detection: Body | None, transcription: Body | None = None, **session: Any) -> Body:
    """Return session fields that say how turns are detected and written down; None is by the client, and not."""
    heard = {"format": PCM, "noise_reduction": None, "transcription": transcription, "turn_detection": detection}
    return {"audio": {"input": heard, "output": OUTPUT}, **session}


SESSION: Body = {
    "type": "realtime",
    "object": "realtime.session",
    "id": "sess_1",
    "model": "gpt-realtime",
    "output_modalities": ["text"],
    "instructions": "Be kind.",
    "tools": [],
    "tool_choice": "auto",
    "max_output_tokens": "inf",
    "tracing": None,
    "truncation": "auto",
    "prompt": None,
    "expires_at": 1_800_000_000,
    "include": None,
    **listening(VAD),
}


def refused(code: str | None = None, event_id: str | None = None, param: str | None = None) -> Body:
    error = {"type": "invalid_request_error", "code": code, "message": "No.", "param": param, "event_id": event_id}
    return event("error", error=error)


# -- turns of the user ----


def append(audio: str = "AAAA") -> Body:
    return event("input_audio_buffer.append", audio=audio)


def commit() -> Body:
    return event("input_audio_buffer.commit")


def committed(item: str = "item_u", previous: str | None = None) -> Body:
    return event("input_audio_buffer.committed", item_id=item, previous_item_id=previous)


def speech_started(item: str = "item_u", at: int = 0) -> Body:
    return event("input_audio_buffer.speech_started", item_id=item, audio_start_ms=at)


def speech_stopped(item: str = "item_u", at: int = 900) -> Body:
    return event("input_audio_buffer.speech_stopped", item_id=item, audio_end_ms=at)


def spoken(item: str = "item_u", previous: str | None = None) -> list[Body]:
    """Return a turn of the user, by voice activity."""
    return [speech_started(item), speech_stopped(item), committed(item, previous), *heard(item, previous)]


def heard(item: str = "item_u", previous: str | None = None) -> list[Body]:
    """Return the entry of the user's audio into the conversation."""
    return entered(item, previous, content=[{"type": "input_audio", "transcript": None}])


def transcript_delta(text: str, item: str = "item_u") -> Body:
    return event("conversation.item.input_audio_transcription.delta", item_id=item, content_index=0, delta=text)


def transcript_completed(text: str, item: str = "item_u") -> Body:
    kind = "conversation.item.input_audio_transcription.completed"
    return event(kind, item_id=item, content_index=0, transcript=text, usage={"type": "duration", "seconds": 1})


# -- items ----


def said(text: str, item: str | None = None, role: str = "user") -> Body:
    """Return the client's creation of a message."""
    content = [{"type": "input_text", "text": text}]
    fields = {**({"id": item} if item else {}), "type": "message", "role": role, "content": content}
    return event("conversation.item.create", item=fields)


def tool_result(call: str = "call_1", output: str = "12 degrees") -> Body:
    return event("conversation.item.create", item={"type": "function_call_output", "call_id": call, "output": output})


def item_added(item: str = "item_u", previous: str | None = None, **fields: Any) -> Body:
    body = {"id": item, "type": "message", "role": "user", "status": "completed", "content": [], **fields}
    return event("conversation.item.added", previous_item_id=previous, item=body)


def item_done(item: str = "item_u", previous: str | None = None, **fields: Any) -> Body:
    return {**item_added(item, previous, **fields), "type": "conversation.item.done"}


def entered(item: str = "item_u", previous: str | None = None, **fields: Any) -> list[Body]:
    """Return an item's entry into the conversation, added and done."""
    return [item_added(item, previous, **fields), item_done(item, previous, **fields)]


# -- responses ----


def create_response(**response: Any) -> Body:
    return event("response.create", **({"response": response} if response else {}))


def cancel(response: str | None = None) -> Body:
    return event("response.cancel", **({"response_id": response} if response else {}))


def created(response: str = "resp_1", **fields: Any) -> Body:
    return event("response.created", response=_response(response, "in_progress", [], **fields))


def done(response: str = "resp_1", *output: Body, status: str = "completed", **fields: Any) -> Body:
    details = None if status == "completed" else {"type": status, "reason": "client_cancelled"}
    return event(
        "response.done",
        response=_response(response, status, list(output), **{"usage": USAGE, "status_details": details, **fields}),
    )


USAGE: Body = {
    "total_tokens": 15,
    "input_tokens": 10,
    "output_tokens": 5,
    "input_token_details": {
        "text_tokens": 10,
        "audio_tokens": 0,
        "image_tokens": 0,
        "cached_tokens": 0,
        "cached_tokens_details": {"text_tokens": 0, "audio_tokens": 0, "image_tokens": 0},
    },
    "output_token_details": {"text_tokens": 5, "audio_tokens": 0},
}


def _response(response: str, status: str, output: list[Body], **fields: Any) -> Body:
    return {
        "object": "realtime.response",
        "id": response,
        "status": status,
        "status_details": None,
        "output": output,
        "conversation_id": "conv_1",
        "output_modalities": ["text"],
        "max_output_tokens": "inf",
        "audio": {"output": {"format": PCM, "voice": "marin"}},
        "usage": None,
        "metadata": None,
        **fields,
    }


def output_added(item: Body, part: Part = ONE) -> Body:
    return event("response.output_item.added", **part.in_response, item=item)


def output_done(item: Body, part: Part = ONE) -> Body:
    return event("response.output_item.done", **part.in_response, item=item)


def message(text: str | None = None, item: str = "item_1", kind: str = "output_text", **fields: Any) -> Body:
    """Return an assistant's message: with its text when finished, without while it is made."""
    status = "in_progress" if text is None else "completed"
    words = "text" if kind == "output_text" else "transcript"
    content = [] if text is None else [{"type": kind, words: text}]
    return {"id": item, "type": "message", "role": "assistant", "status": status, "content": content, **fields}


def call(arguments: str | None = None, item: str = "item_1", name: str = "weather", call: str = "call_1") -> Body:
    status = "in_progress" if arguments is None else "completed"
    base = {"id": item, "type": "function_call", "status": status, "name": name, "call_id": call}
    return {**base, "arguments": arguments or ""}


def part_added(kind: str = "text", part: Part = ONE) -> Body:
    words = "text" if kind == "text" else "transcript"
    return event("response.content_part.added", **part.whole, part={"type": kind, words: ""})


def part_done(text: str, kind: str = "text", part: Part = ONE) -> Body:
    words = "text" if kind == "text" else "transcript"
    return event("response.content_part.done", **part.whole, part={"type": kind, words: text})


def delta(text: str, part: Part = ONE) -> Body:
    return event("response.output_text.delta", **part.whole, delta=text)


def text_done(text: str, part: Part = ONE) -> Body:
    return event("response.output_text.done", **part.whole, text=text)


def audio_delta(part: Part = ONE) -> Body:
    return event("response.output_audio.delta", **part.whole, delta="AAAA")


def audio_done(part: Part = ONE) -> Body:
    return event("response.output_audio.done", **part.whole)


def spoken_delta(text: str, part: Part = ONE) -> Body:
    return event("response.output_audio_transcript.delta", **part.whole, delta=text)


def spoken_done(text: str, part: Part = ONE) -> Body:
    return event("response.output_audio_transcript.done", **part.whole, transcript=text)


def arguments_delta(text: str, part: Part = ONE, call: str = "call_1") -> Body:
    return event("response.function_call_arguments.delta", **part.in_item, call_id=call, delta=text)


def arguments_done(text: str, part: Part = ONE, call: str = "call_1", name: str = "weather") -> Body:
    kind = "response.function_call_arguments.done"
    return event(kind, **part.in_item, call_id=call, name=name, arguments=text)


# -- whole responses ----


def text_item(*texts: str, part: Part = ONE, previous: str | None = "item_u", mirrored: bool = True) -> list[Body]:
    """Return an output item with one text part, as the server sends it piece by piece."""
    whole = "".join(texts)
    opened, closed = message(item=part.item), message(whole, item=part.item)
    return [
        output_added(opened, part),
        *([_mirror("added", opened, previous)] if mirrored else []),
        part_added("text", part),
        *(delta(text, part) for text in texts),
        text_done(whole, part),
        part_done(whole, "text", part),
        *([_mirror("done", closed, previous)] if mirrored else []),
        output_done(closed, part),
    ]


def audio_item(*texts: str, part: Part = ONE, previous: str | None = "item_u") -> list[Body]:
    """Return an output item with one audio part and its transcript."""
    whole = "".join(texts)
    opened, closed = message(item=part.item), message(whole, item=part.item, kind="output_audio")
    return [
        output_added(opened, part),
        _mirror("added", opened, previous),
        part_added("audio", part),
        *(one for text in texts for one in (spoken_delta(text, part), audio_delta(part))),
        audio_done(part),
        spoken_done(whole, part),
        part_done(whole, "audio", part),
        _mirror("done", closed, previous),
        output_done(closed, part),
    ]


def call_item(*pieces: str, part: Part = ONE, previous: str | None = "item_u", call_id: str = "call_1") -> list[Body]:
    """Return an output item that calls a function."""
    whole = "".join(pieces)
    opened, closed = call(item=part.item, call=call_id), call(whole, item=part.item, call=call_id)
    return [
        output_added(opened, part),
        _mirror("added", opened, previous),
        *(arguments_delta(piece, part, call_id) for piece in pieces),
        arguments_done(whole, part, call_id),
        _mirror("done", closed, previous),
        output_done(closed, part),
    ]


def _mirror(what: str, item: Body, previous: str | None) -> Body:
    return event(f"conversation.item.{what}", previous_item_id=previous, item=item)


def text_response(*texts: str, part: Part = ONE, previous: str | None = "item_u") -> list[Body]:
    """Return a whole response of one text."""
    closing = done(part.response, message("".join(texts), item=part.item))
    return [created(part.response), *text_item(*texts, part=part, previous=previous), closing]


def call_response(*pieces: str, part: Part = ONE, previous: str | None = "item_u") -> list[Body]:
    """Return a whole response of one function call."""
    closing = done(part.response, call("".join(pieces), item=part.item))
    return [created(part.response), *call_item(*pieces, part=part, previous=previous), closing]
