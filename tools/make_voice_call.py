"""Makes `fixtures/sessions/phone-call.jsonl`: a telephone call with real sound, stamps, a tool and an interruption.

The speech is synthetic (`espeak-ng` must be installed) and coded as G.711 µ-law. Run it again only to change the call:

    python tools/make_voice_call.py
"""

import base64
import io
import json
import subprocess
import wave
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from harness.sound.pcm import audioop

OUT = Path(__file__).parents[1] / "fixtures" / "sessions" / "phone-call.jsonl"
START = datetime(2026, 9, 14, 9, 30, tzinfo=UTC)
ULAW = {"type": "audio/pcmu"}
BYTES_PER_MS = 8
FRAME_MS = 100
DELTA_MS = 400
EVERY_MS = 100
"""A delta holds 400 ms of sound and comes every 100: four times as fast as it is played."""
SILENCE_MS = 500
TOKEN_MS = 50
Body = dict[str, Any]
Given = tuple[tuple[int, int], tuple[int, int]]
"""Input tokens, text and audio, and those of them that were cached."""


def speech(text: str, voice: str) -> bytes:
    """Return a text spoken, in µ-law, whole tenths of a second."""
    said = subprocess.run(["espeak-ng", "-v", voice, "-s", "170", "--stdout", text], capture_output=True, check=True)
    # espeak-ng leaves the length in the header open when it writes to a pipe.
    with wave.open(io.BytesIO(said.stdout)) as reader:
        rate, samples = reader.getframerate(), reader.readframes(1 << 30)
    narrow, _ = audioop.ratecv(samples, 2, 1, rate, 8_000, None)
    coded = audioop.lin2ulaw(narrow, 2)
    return coded + b"\xff" * (-len(coded) % (FRAME_MS * BYTES_PER_MS))


class Call:
    """Writes down a call; the time is in milliseconds from its beginning."""

    def __init__(self) -> None:
        self.lines: list[tuple[float, str, str, Body | None]] = []
        self.count = 0
        self.sent_ms = 0
        """The audio that the client has sent."""
        self.previous: str | None = None
        """The last item of the conversation."""

    def id(self, kind: str) -> str:
        """Return the next id of a kind."""
        self.count += 1
        return f"{kind}_{self.count:04}"

    def client(self, at: float, kind: str, **fields: Any) -> None:
        """Write down what the client sends."""
        self.lines.append((at, "client", "Sending message", {"type": kind, **fields}))

    def server(self, at: float, kind: str, **fields: Any) -> None:
        """Write down what the server sends."""
        body = {"type": kind, "event_id": self.id("event"), **fields}
        self.lines.append((at, "server", "Received message", body))

    def item(self, at: float, item: Body, done: bool = True) -> None:
        """Write down that an item enters the conversation."""
        self.server(at, "conversation.item.added", previous_item_id=self.previous, item=item)
        if done:
            self.server(at + 1, "conversation.item.done", previous_item_id=self.previous, item=item)
        self.previous = item["id"]

    def open(self) -> None:
        """Write down how the session is opened and set up."""
        detection = {"type": "server_vad", "threshold": 0.5, "prefix_padding_ms": 300, "silence_duration_ms": 200}
        detection |= {"idle_timeout_ms": None, "create_response": True, "interrupt_response": True}
        pcm = {"type": "audio/pcm", "rate": 24000}
        heard = {"format": pcm, "transcription": None, "noise_reduction": None, "turn_detection": detection}
        session: Body = {
            "type": "realtime",
            "object": "realtime.session",
            "id": "sess_call",
            "model": "gpt-realtime",
            "output_modalities": ["audio"],
            "instructions": "You are a helpful assistant.",
            "tools": [],
            "tool_choice": "auto",
            "max_output_tokens": "inf",
            "tracing": None,
            "truncation": "auto",
            "prompt": None,
            "expires_at": int(START.timestamp()) + 3600,
            "audio": {"input": heard, "output": {"format": pcm, "voice": "alloy", "speed": 1.0}},
            "include": None,
        }
        self.lines.append((0, "system", "Connection established", None))
        self.server(40, "session.created", session=session)
        tool = {
            "type": "function",
            "name": "find_order",
            "description": "Tell where an order is.",
            "parameters": {"type": "object", "properties": {"name": {"type": "string"}}},
        }
        patient = {"type": "server_vad", "silence_duration_ms": SILENCE_MS}
        asked = {
            "type": "realtime",
            "instructions": "You answer the telephone of a bookshop. Be brief.",
            "tools": [tool],
            "audio": {
                "input": {"format": ULAW, "transcription": {"model": "whisper-1"}, "turn_detection": patient},
                "output": {"format": ULAW, "voice": "marin"},
            },
        }
        self.client(60, "session.update", session=asked)
        whisper = {"model": "whisper-1", "language": None, "prompt": None}
        heard = {**heard, "format": ULAW, "transcription": whisper, "turn_detection": detection | patient}
        audio = {"input": heard, "output": {"format": ULAW, "voice": "marin", "speed": 1.0}}
        told = {**session, **asked, "audio": audio}
        self.server(95, "session.updated", session=told)

    def say(self, at: float, text: str, lag_ms: float) -> float:
        """Write down that the user speaks; return when the server has committed it. `lag_ms` is the transcript's."""
        sound = speech(text, "en+f3")
        quiet = b"\xff" * (300 * BYTES_PER_MS), b"\xff" * (600 * BYTES_PER_MS)
        whole, size = quiet[0] + sound + quiet[1], FRAME_MS * BYTES_PER_MS
        for number, start in enumerate(range(0, len(whole), size)):
            piece = base64.b64encode(whole[start : start + size]).decode()
            self.client(at + FRAME_MS * (number + 1), "input_audio_buffer.append", audio=piece)
        begins, ends = self.sent_ms, self.sent_ms + 300 + len(sound) // BYTES_PER_MS + SILENCE_MS
        self.sent_ms += len(whole) // BYTES_PER_MS
        item = self.id("item")
        self.server(at + 520, "input_audio_buffer.speech_started", audio_start_ms=begins, item_id=item)
        stopped = at + ends - begins + 65
        self.server(stopped, "input_audio_buffer.speech_stopped", audio_end_ms=ends, item_id=item)
        committed = stopped + 4
        self.server(committed, "input_audio_buffer.committed", previous_item_id=self.previous, item_id=item)
        content = [{"type": "input_audio", "transcript": None}]
        held = {"id": item, "type": "message", "status": "completed", "role": "user", "content": content}
        self.item(committed + 1, held)
        kind = "conversation.item.input_audio_transcription.completed"
        usage = {"type": "duration", "seconds": -(-len(whole) // (1000 * BYTES_PER_MS))}
        self.server(committed + lag_ms, kind, item_id=item, content_index=0, transcript=text, usage=usage)
        return committed

    def begin(self, at: float) -> Body:
        """Write down that a response begins; return it."""
        response = {
            "object": "realtime.response",
            "id": self.id("resp"),
            "status": "in_progress",
            "status_details": None,
            "output": [],
            "conversation_id": "conv_call",
            "output_modalities": ["audio"],
            "max_output_tokens": "inf",
            "audio": {"output": {"format": ULAW, "voice": "marin"}},
            "usage": None,
            "metadata": None,
        }
        self.server(at, "response.created", response=response)
        return response

    def end(self, at: float, response: Body, item: Body, usage: Body, status: str = "completed") -> None:
        """Write down that a response ends."""
        reason = {"type": "cancelled", "reason": "turn_detected"} if status == "cancelled" else None
        done = {**response, "status": status, "status_details": reason, "output": [item], "usage": usage}
        self.server(at, "response.done", response=done)

    def call_tool(self, at: float, arguments: str, usage: Body) -> tuple[float, str]:
        """Write down an answer that calls the tool; return when it is done, and the call's id."""
        response = self.begin(at)
        call = {"id": self.id("item"), "type": "function_call", "name": "find_order", "call_id": self.id("call")}
        first = {**call, "status": "in_progress", "arguments": ""}
        where = {"response_id": response["id"], "output_index": 0}
        at += 210
        self.server(at, "response.output_item.added", **where, item=first)
        self.item(at + 1, first, done=False)
        within = {**where, "item_id": call["id"], "call_id": call["call_id"]}
        for start in range(0, len(arguments), 6):
            at += 12
            piece = arguments[start : start + 6]
            self.server(at, "response.function_call_arguments.delta", **within, delta=piece)
        kind = "response.function_call_arguments.done"
        self.server(at + 2, kind, **within, name="find_order", arguments=arguments)
        whole = {**call, "status": "completed", "arguments": arguments}
        self.server(at + 3, "conversation.item.done", previous_item_id=None, item=whole)
        self.server(at + 4, "response.output_item.done", **where, item=whole)
        self.end(at + 6, response, whole, usage)
        return at + 6, call["call_id"]

    def give(self, at: float, call_id: str, output: str) -> None:
        """Write down that the client sends a tool's result and asks for the next answer."""
        item = {"type": "function_call_output", "call_id": call_id, "output": output}
        self.client(at, "conversation.item.create", item=item)
        self.client(at + 1, "response.create")
        self.item(at + 30, {"id": self.id("item"), **item})

    def answer(self, at: float, first_ms: float, text: str, given: Given, cut_ms: float | None = None) -> float:
        """Write down a spoken answer whose first delta comes `first_ms` after `at`; return when it is done.

        With `cut_ms`, it is cancelled that long after its first delta: two more deltas were under way.
        """
        response = self.begin(at)
        item = {"id": self.id("item"), "type": "message", "status": "in_progress", "role": "assistant", "content": []}
        where = {"response_id": response["id"], "output_index": 0}
        within = {**where, "item_id": item["id"], "content_index": 0}
        first = at + first_ms
        self.server(first - 8, "response.output_item.added", **where, item=item)
        self.item(first - 7, item, done=False)
        self.server(first - 6, "response.content_part.added", **within, part={"type": "audio", "transcript": ""})
        sound, size = b"\xff" * (120 * BYTES_PER_MS) + speech(text, "en+m3"), DELTA_MS * BYTES_PER_MS
        stop = len(sound) if cut_ms is None else (int(cut_ms // EVERY_MS) + 3) * size
        pieces = [sound[start : start + size] for start in range(0, min(len(sound), stop), size)]
        spent = usage(given, len(text) // 4, -(-sum(map(len, pieces)) // (TOKEN_MS * BYTES_PER_MS)))
        words = text.split(" ")
        kept = len(words) if cut_ms is None else max(len(words) * len(pieces) * size // len(sound), 1)
        said = " ".join(words[:kept])
        for number, piece in enumerate(pieces):
            when = first + EVERY_MS * number
            low, high = (kept * part // len(pieces) for part in (number, number + 1))
            if low < high:
                delta = (" " if low else "") + " ".join(words[low:high])
                self.server(when - 1, "response.output_audio_transcript.delta", **within, delta=delta)
            self.server(when, "response.output_audio.delta", **within, delta=base64.b64encode(piece).decode())
        done = first + EVERY_MS * (len(pieces) - 1) + 25
        self.server(done, "response.output_audio.done", **within)
        self.server(done + 1, "response.output_audio_transcript.done", **within, transcript=said)
        part = {"type": "audio", "transcript": said}
        self.server(done + 2, "response.content_part.done", **within, part=part)
        status = "completed" if cut_ms is None else "incomplete"
        whole = {**item, "status": status, "content": [{"type": "output_audio", "transcript": said}]}
        self.server(done + 3, "conversation.item.done", previous_item_id=None, item=whole)
        self.server(done + 4, "response.output_item.done", **where, item=whole)
        self.end(done + 6, response, whole, spent, "completed" if cut_ms is None else "cancelled")
        return done + 6


def usage(given: Given, text: int, audio: int) -> Body:
    """Return what a response used: input tokens by modality, those of them that were cached, and output tokens."""
    heard, cached = given
    details = {"text_tokens": cached[0], "audio_tokens": cached[1], "image_tokens": 0}
    read = {"text_tokens": heard[0], "audio_tokens": heard[1], "image_tokens": 0}
    read |= {"cached_tokens": sum(cached), "cached_tokens_details": details}
    made = {"text_tokens": text, "audio_tokens": audio}
    counts = {"input_tokens": sum(heard), "output_tokens": text + audio}
    return {"total_tokens": sum(counts.values()), **counts, "input_token_details": read, "output_token_details": made}


def call() -> Call:
    """Write the call."""
    one = Call()
    one.open()
    committed = one.say(1_000, "Hello, where is my order?", 410)
    done, call_id = one.call_tool(committed + 38, '{"name": "Ada"}', usage(((132, 22), (0, 0)), 18, 0))
    one.give(done + 1_350, call_id, '{"state": "on its way", "arrives": "Thursday"}')
    text = "It is on its way, and arrives on Thursday."
    answered = one.answer(done + 1_390, 290, text, ((178, 22), (128, 0)))
    committed = one.say(answered + 2_600, "Which books are in it?", 640)
    text = "There are three books in it: a history of the telephone, a book of maps, and a long novel about the sea."
    first, interrupt_ms = committed + 45 + 330, 700
    one.answer(committed + 45, 330, text, ((205, 98), (128, 64)), cut_ms=interrupt_ms)
    played = [body for _, _, _, body in one.lines if body and body["type"] == "response.output_audio.delta"]
    truncate = {"item_id": played[-1]["item_id"], "content_index": 0, "audio_end_ms": interrupt_ms}
    one.client(first + interrupt_ms + 85, "conversation.item.truncate", **truncate)
    one.server(first + interrupt_ms + 120, "conversation.item.truncated", **truncate)
    committed = one.say(first + interrupt_ms - 520, "Thank you, that is all.", 380)
    answered = one.answer(committed + 41, 300, "You are welcome. Goodbye!", ((226, 131), (192, 64)))
    one.client(answered + 900, "response.cancel")
    error = {
        "type": "invalid_request_error",
        "code": "response_cancel_not_active",
        "message": "Cancellation failed: no active response found",
        "param": None,
        "event_id": None,
    }
    one.server(answered + 930, "error", error=error)
    one.lines.append((answered + 1_500, "system", "client CLOSE 1000", None))
    return one


def main() -> None:
    """Write the fixture."""
    lines = sorted(call().lines, key=lambda line: line[0])
    with OUT.open("w", encoding="utf-8") as file:
        for at, side, label, body in lines:
            stamp = (START + timedelta(milliseconds=at)).isoformat(timespec="milliseconds").replace("+00:00", "Z")
            entry = {"timestamp": stamp, "sender": side, "message": label, "content": body}
            file.write(json.dumps(entry, ensure_ascii=False, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
