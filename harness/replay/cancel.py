"""How a response ends before its time: every open part and item is closed, then the response (WIRE.md, 9)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from harness.model import JSON
from harness.replay.wire import loads

if TYPE_CHECKING:
    from harness.replay.playing import Playing
    from harness.replay.replayer import Replayer

Body = dict[str, Any]
"""An event of our own making, whose fields are known."""

DELTAS = {
    "response.output_text.delta": ("response.output_text.done", "text"),
    "response.output_audio_transcript.delta": ("response.output_audio_transcript.done", "transcript"),
    "response.output_audio.delta": ("response.output_audio.done", ""),
    "response.function_call_arguments.delta": ("response.function_call_arguments.done", "arguments"),
}
"""What ends a stream of deltas, and the field that then has all of it."""

STREAMS = {
    "text": ("response.output_text.delta",),
    "audio": ("response.output_audio_transcript.delta", "response.output_audio.delta"),
}
"""The streams of each kind of content part; they end even when nothing came in them."""


def cancelled(replayer: Replayer, playing: Playing, reason: str) -> Iterator[Body]:
    """Yield the events that end a response now, with wire names.

    `reason` is `client_cancelled` or `turn_detected`.
    """
    sent = _Sent(replayer, playing)
    for item in sent.items.values():
        if item.is_open:
            if item.body["id"] not in replayer.conversation:
                yield {"type": "conversation.item.added", "item": item.body}
            yield from item.closing()
    if sent.response is not None:
        output = [item.body for item in sent.items.values()]
        details = {"type": "cancelled", "reason": reason}
        response = {**sent.response, "status": "cancelled", "status_details": details, "output": output}
        yield {"type": "response.done", "response": response}


class _Part:
    def __init__(self, place: Body, part: Body) -> None:
        self.place, self.part = place, part
        self.streams = dict.fromkeys(STREAMS.get(part["type"], ()), "")
        """Its kinds of deltas, each with what they add up to."""
        self.ended: set[str] = set()
        self.is_open = True

    def closing(self) -> Iterator[Body]:
        for name, text in self.streams.items():
            done, field = DELTAS[name]
            if done not in self.ended:
                yield {"type": done, **self.place, **({field: text} if field else {})}
        yield {"type": "response.content_part.done", **self.place, "part": self.content()}

    def content(self) -> Body:
        """Return the part with what was sent of it."""
        texts = {DELTAS[name][1]: text for name, text in self.streams.items() if DELTAS[name][1]}
        return {**self.part, **texts}


class _Item:
    def __init__(self, event: Body) -> None:
        self.place = {"response_id": event["response_id"], "output_index": event["output_index"]}
        self.body: Body = event["item"]
        self.parts: dict[int, _Part] = {}
        self.arguments = ""
        self.ended: set[str] = set()
        self.is_open = True
        self.is_settled = False
        """Whether the conversation was told that it is done; only its response was not."""

    def closing(self) -> Iterator[Body]:
        if not self.is_settled:
            yield from self._settling()
        yield {"type": "response.output_item.done", **self.place, "item": self.body}

    def _settling(self) -> Iterator[Body]:
        for part in self.parts.values():
            if part.is_open:
                yield from part.closing()
        self.body = {**self.body, "status": "incomplete"}
        if self.body["type"] == "function_call":
            yield from self._closing_call()
        else:
            self.body["content"] = [self._as_content(part.content()) for part in self.parts.values()]
        yield {"type": "conversation.item.done", "item": self.body}

    def _closing_call(self) -> Iterator[Body]:
        self.body["arguments"] = self.arguments
        if "response.function_call_arguments.done" not in self.ended:
            told: Body = {key: self.body[key] for key in ("call_id", "name") if key in self.body}
            place: Body = {**self.place, "item_id": self.body["id"], **told}
            yield {"type": "response.function_call_arguments.done", **place, "arguments": self.arguments}

    def _as_content(self, part: Body) -> Body:
        """Return a part as it stands in an item, where today's protocol gives it another name."""
        if "object" in self.body:
            return part
        return {**part, "type": {"text": "output_text", "audio": "output_audio"}.get(part["type"], part["type"])}


class _Sent:
    """What the client knows of a response: all that was sent of it."""

    def __init__(self, replayer: Replayer, playing: Playing) -> None:
        self.response: dict[str, JSON] | None = None
        self.items: dict[str, _Item] = {}
        for step in playing.block.steps[: playing.position]:
            if step.type not in playing.skip:
                self._take(step.type, loads(step.template.render(playing.values)))

    def _take(self, name: str, event: Body) -> None:
        if name == "response.created":
            self.response = event["response"]
        elif name == "response.output_item.added":
            self.items[event["item"]["id"]] = _Item(event)
        elif name == "conversation.item.done" and event["item"]["id"] in self.items:
            item = self.items[event["item"]["id"]]
            item.is_settled, item.body = True, event["item"]
        elif name == "response.output_item.done":
            item = self.items[event["item"]["id"]]
            item.is_open, item.body = False, event["item"]
        elif "item_id" in event and event["item_id"] in self.items:
            self._take_part(name, event, self.items[event["item_id"]])

    def _take_part(self, name: str, event: Body, item: _Item) -> None:
        part = item.parts.get(event.get("content_index", -1))
        if name == "response.content_part.added":
            place = {key: event[key] for key in ("response_id", "item_id", "output_index", "content_index")}
            item.parts[event["content_index"]] = _Part(place, event["part"])
        elif name == "response.content_part.done" and part is not None:
            part.is_open, part.part = False, event["part"]
        elif name == "response.function_call_arguments.delta":
            item.arguments += event["delta"]
        elif name in DELTAS and part is not None:
            text = event["delta"] if DELTAS[name][1] else ""
            part.streams[name] = part.streams.get(name, "") + text
        elif part is not None:
            part.ended.add(name)
        else:
            item.ended.add(name)
