"""Makes up sessions turn by turn, and edits them: every edit has one known meaning."""

import copy
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from harness.model import Entry, Event, Place, Session, Side

Body = dict[str, Any]
MS = 1_000_000
STEP_MS = 20
"""Between two events, where nothing else is said."""
VAD: Body = {"type": "server_vad", "threshold": 0.5, "prefix_padding_ms": 300, "silence_duration_ms": 200}
PCM: Body = {"type": "audio/pcm", "rate": 24000}


@dataclass(frozen=True)
class Line:
    """One event of a made-up session, and the turn it was written for."""

    side: Side
    body: Body
    at_ms: float
    turn: int


class Writer:
    """Writes a session of the GA dialect; ids are counted, time passes by itself."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.turn = 0
        self._now = 0.0
        self._count = 0
        self._heard_ms = 0

    def id(self, kind: str) -> str:
        self._count += 1
        return f"{kind}_{self._count}"

    def client(self, kind: str, after_ms: float = STEP_MS, **fields: Any) -> None:
        self._say("client", {"type": kind, **fields}, after_ms)

    def server(self, kind: str, after_ms: float = STEP_MS, **fields: Any) -> None:
        self._say("server", {"type": kind, "event_id": self.id("event"), **fields}, after_ms)

    def _say(self, side: Side, body: Body, after_ms: float) -> None:
        self._now += after_ms
        self.lines.append(Line(side, copy.deepcopy(body), self._now, self.turn))

    def opening(self) -> "Writer":
        session = {
            "type": "realtime",
            "object": "realtime.session",
            "id": "sess_1",
            "model": "gpt-realtime",
            "output_modalities": ["audio"],
            "instructions": "Be kind and brief.",
            "tools": [],
            "audio": {
                "input": {"format": PCM, "turn_detection": VAD, "transcription": None},
                "output": {"format": PCM, "voice": "alloy"},
            },
        }
        self.server("session.created", session=session)
        asked = {
            "type": "realtime",
            "instructions": "Answer in one sentence.",
            "audio": {"output": {"voice": "verse"}},
            "tools": [{"type": "function", "name": "get_weather", "parameters": {"type": "object"}}],
        }
        self.client("session.update", session=asked)
        audio = {**session["audio"], "output": {"format": PCM, "voice": "verse"}}
        self.server("session.updated", session={**session, **asked, "audio": audio})
        return self

    def typed(self, question: str, answer: str) -> "Writer":
        """The user types, the model answers in text."""
        self.turn += 1
        self._create({"type": "message", "role": "user", "content": [{"type": "input_text", "text": question}]})
        self.client("response.create")
        self._response([("text", answer)])
        return self

    def spoken(self, question: str, answer: str) -> "Writer":
        """The user speaks, the model answers aloud."""
        self.turn += 1
        item = self.id("item")
        for _ in range(3):
            self.client("input_audio_buffer.append", audio="AAAA" * 1600)
        self.server("input_audio_buffer.speech_started", audio_start_ms=self._heard_ms + 300, item_id=item)
        self.server("input_audio_buffer.speech_stopped", 900, audio_end_ms=self._heard_ms + 1200, item_id=item)
        self._heard_ms += 2000
        self.server("input_audio_buffer.committed", item_id=item, previous_item_id=None)
        content = [{"type": "input_audio", "transcript": None}]
        held = {"id": item, "type": "message", "status": "completed", "role": "user", "content": content}
        self.server("conversation.item.added", item=held, previous_item_id=None)
        self.server("conversation.item.done", item=held, previous_item_id=None)
        kind = "conversation.item.input_audio_transcription"
        for word in question.split():
            self.server(f"{kind}.delta", item_id=item, content_index=0, delta=f" {word}")
        self.server(f"{kind}.completed", item_id=item, content_index=0, transcript=question)
        self._response([("audio", answer)])
        return self

    def called(self, question: str, city: str, answer: str) -> "Writer":
        """The user types, the model calls a tool, then answers in text."""
        self.turn += 1
        self._create({"type": "message", "role": "user", "content": [{"type": "input_text", "text": question}]})
        self.client("response.create")
        call = self._response([("call", city)])
        self._create({"type": "function_call_output", "call_id": call, "output": f'{{"sky": "clear over {city}"}}'})
        self.client("response.create")
        self._response([("text", answer)])
        return self

    def _create(self, item: Body) -> None:
        self.client("conversation.item.create", 400, item=item)
        held = {"id": self.id("item"), "status": "completed", **item}
        self.server("conversation.item.added", item=held, previous_item_id=None)
        self.server("conversation.item.done", item=held, previous_item_id=None)

    def _response(self, parts: Iterable[tuple[str, str]]) -> str:
        response = {"object": "realtime.response", "id": self.id("resp"), "status": "in_progress", "output": []}
        self.server("response.created", 300, response={**response, "usage": None, "output_modalities": ["audio"]})
        output, call = [], ""
        for index, (kind, said) in enumerate(parts):
            where = {"response_id": response["id"], "output_index": index}
            if kind == "call":
                item, call = self._call(where, said)
            else:
                item = self._message(where, kind, said)
            output.append(item)
        used = {"total_tokens": 140, "input_tokens": 100, "output_tokens": 40}
        self.server("response.done", response={**response, "status": "completed", "output": output, "usage": used})
        self.server("rate_limits.updated", rate_limits=[{"name": "tokens", "remaining": self._count}])
        return call

    def _call(self, where: Body, city: str) -> tuple[Body, str]:
        call = {"id": self.id("item"), "type": "function_call", "name": "get_weather", "call_id": self.id("call")}
        self.server("response.output_item.added", **where, item={**call, "status": "in_progress", "arguments": ""})
        self.server("conversation.item.added", item={**call, "status": "in_progress", "arguments": ""})
        said = f'{{"city": "{city}", "days": 2}}'
        within = {**where, "item_id": call["id"], "call_id": call["call_id"]}
        for start in range(0, len(said), 4):
            self.server("response.function_call_arguments.delta", **within, delta=said[start : start + 4])
        self.server("response.function_call_arguments.done", **within, name="get_weather", arguments=said)
        whole = {**call, "status": "completed", "arguments": said}
        self.server("conversation.item.done", item=whole, previous_item_id=None)
        self.server("response.output_item.done", **where, item=whole)
        return whole, call["call_id"]

    def _message(self, where: Body, kind: str, said: str) -> Body:
        item: Body = {"id": self.id("item"), "type": "message", "role": "assistant", "status": "in_progress"}
        within = {**where, "item_id": item["id"], "content_index": 0}
        name, key = ("output_text", "text") if kind == "text" else ("output_audio_transcript", "transcript")
        self.server("response.output_item.added", **where, item={**item, "content": []})
        self.server("conversation.item.added", item={**item, "content": []})
        self.server("response.content_part.added", **within, part={"type": kind, key: ""})
        for number, word in enumerate(said.split(" ")):
            self.server(f"response.{name}.delta", **within, delta=" " * (number > 0) + word)
            if kind == "audio":
                self.server("response.output_audio.delta", 5, **within, delta="ABAA" * 1600)
        if kind == "audio":
            self.server("response.output_audio.done", **within)
        self.server(f"response.{name}.done", **within, **{key: said})
        self.server("response.content_part.done", **within, part={"type": kind, key: said})
        whole = {**item, "status": "completed", "content": [{"type": f"output_{kind}", key: said}]}
        self.server("conversation.item.done", item=whole, previous_item_id=None)
        self.server("response.output_item.done", **where, item=whole)
        return whole


def session_of(lines: Iterable[Line], path: str = "made-up", stamped: bool = True) -> Session:
    """Return the session of some lines: the Nth event stands on line N."""
    events = tuple(
        Event(
            seq,
            Place(path, seq + 1, 1),
            int(line.at_ms * MS) if stamped else None,
            line.side,
            line.body["type"],
            line.body,
        )
        for seq, line in enumerate(lines)
    )
    return with_events(Session(path, "openai-ga", (), ()), events)


def with_events(session: Session, events: Iterable[Event]) -> Session:
    """Return a session with other events, numbered anew; places stay."""
    made = tuple(event._replace(seq=seq) for seq, event in enumerate(events))
    entries = tuple(Entry(event.place, event.at_ns, event.side, "", event.body) for event in made)
    return replace(session, entries=entries, events=made)


# -- What two runs never share --


def renamed(session: Session, suffix: str = "x") -> Session:
    """Return a session whose ids all are others."""
    return mapped(session, lambda key, value: f"{value}{suffix}" if _is_id(key) and value != "root" else value)


def _is_id(key: str) -> bool:
    return key == "id" or key.endswith("_id")


def mapped(session: Session, change: Callable[[str, str], Any]) -> Session:
    """Return a session with every string changed; `change` is given its key and itself."""
    return with_events(session, [event._replace(body=_mapped("", event.body, change)) for event in session.events])


def _mapped(key: str, value: Any, change: Callable[[str, str], Any]) -> Any:
    if isinstance(value, dict):
        return {name: _mapped(name, member, change) for name, member in value.items()}
    if isinstance(value, list):
        return [_mapped(key, member, change) for member in value]
    return change(key, value) if isinstance(value, str) else value


def later(session: Session, ms: float, since: int = 0) -> Session:
    """Return a session whose events from one on come later."""
    return with_events(
        session,
        [
            event._replace(at_ns=event.at_ns + int(ms * MS)) if seq >= since and event.at_ns is not None else event
            for seq, event in enumerate(session.events)
        ],
    )


def rechunked(session: Session, size: int) -> Session:
    """Return a session whose streamed text comes in pieces of `size` characters, as far as they follow each other."""
    events: list[Event] = []
    for run, group in groupby(session.events, _run):
        members = list(group)
        if run is None:
            events += members
            continue
        text = "".join(event.body["delta"] for event in members)  # type: ignore[misc]
        pieces = [text[at : at + size] for at in range(0, len(text), size)]
        events += [members[0]._replace(body={**members[0].body, "delta": piece}) for piece in pieces]
    return with_events(session, events)


def _run(event: Event) -> tuple[Any, ...] | None:
    if not isinstance(event.body.get("delta"), str) or "audio.delta" in event.type:
        return None
    return event.type, event.body.get("item_id"), event.body.get("content_index")
