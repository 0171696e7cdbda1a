"""Responses made of a few words of a scenario: what is written, said and called, as events of the protocol."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from harness.engine.paths import value_at
from harness.replay import audio, plain, settings
from harness.replay.compiler import BlockBuilder
from harness.replay.responses import Responses, WhenDone
from harness.replay.script import Response, Script
from harness.replay.wire import dumps
from harness.sound.formats import format_of

Body = dict[str, Any]

STEP_NS = 20_000_000
"""Between two events of a made response: 20 ms, faster than speech as with the real server."""
CHUNK_MS = 200.0
"""Audio in one delta."""
CONVERSATION = "made_conversation"
INPUT_TOKENS = 100
"""What every made response cost to read: the instructions and a few words."""


class Tool(NamedTuple):
    """The function that made responses call."""

    name: str = "get_weather"
    arguments: str = '{"city": "Paris"}'


class Cast:
    """The responses of a scenario in one connection; they call a function that its client has."""

    def __init__(self, script: Script, declared: Sequence[Mapping[str, Any]], when_done: WhenDone) -> None:
        self._script, self._declared, self._when_done = script, declared, when_done
        self._tool = Tool()
        self._begun = False

    def see(self, name: str, event: Mapping[str, Any]) -> Responses | None:
        """Look at what the server sends; return the responses anew where the client has offered other functions."""
        self._begun = self._begun or name == "response.created"
        tool = offered(event["session"]) if name == "session.updated" else self._tool
        if self._begun or not self._declared or tool == self._tool:
            return None
        self._tool = tool
        return self.responses()

    def responses(self) -> Responses:
        """Return the responses, none of them used."""
        return Responses(
            replace(self._script, responses=made(self._script, self._declared, self._tool)), self._when_done
        )


def made(script: Script, declared: Sequence[Mapping[str, Any]], tool: Tool | None = None) -> tuple[Response, ...]:
    """Return the responses that a scenario declares, for a script's dialect."""
    return tuple(_response(script, one, number, tool or Tool()) for number, one in enumerate(declared, 1))


def _response(script: Script, declared: Mapping[str, Any], number: int, tool: Tool) -> Response:
    wire, made = script.vocabulary.wire, _Maker(script, declared, number, tool)
    events = [body for body in made.events() if body["type"] in wire]
    builder = BlockBuilder(made.kinds)
    for step, body in enumerate(events):
        name = str(body["type"])
        builder.add(step, step * STEP_NS, name, {"event_id": "", **body, "type": wire[name]})
    return Response(0, builder.block(), True)


class _Maker:
    """Makes the events of one response, in canonical names."""

    def __init__(self, script: Script, declared: Mapping[str, Any], number: int, tool: Tool) -> None:
        self._today = "response.output_text.delta" in script.vocabulary.server
        self._format = format_of(settings.setting(dict(script.session), "output_format"))
        self._declared, self._tool = declared, tool
        self._session = script.session
        self._response_id = f"made_response_{number}"
        self.kinds = {self._response_id: "response", CONVERSATION: "conversation"}
        """Every id that is to be replaced, with its kind."""
        self._audio_ms = 0.0
        self._words = 0

    def events(self) -> Iterator[Body]:
        """Yield all events of the response."""
        opened: Body = {
            "object": "realtime.response",
            "id": self._response_id,
            "status": "in_progress",
            "status_details": None,
            "output": [],
            "usage": None,
            **(self._usual() if self._today else {}),
        }
        yield {"type": "response.created", "response": opened}
        items = []
        for index, output in enumerate(self._declared.get("output", ())):
            for body in self._item(index, output):
                yield body
            items.append(body["item"])
        status = self._declared.get("status", "completed")
        done = {"status": status, "status_details": self._declared.get("status_details"), "output": items}
        yield {"type": "response.done", "response": {**opened, **done, "usage": self._usage()}}

    def _item(self, index: int, output: Mapping[str, Any]) -> Iterator[Body]:
        """Yield the events of one item; the last of them has it whole."""
        item_id = f"{self._response_id}_item_{index}"
        self.kinds[item_id] = "item"
        place: Body = {"response_id": self._response_id, "output_index": index}
        marked: Body = {"id": item_id} | ({} if self._today else {"object": "realtime.item"})
        made = self._call(place, marked, output) if "call" in output else self._message(place, marked, output)
        yield from made

    def _call(self, place: Body, marked: Body, output: Mapping[str, Any]) -> Iterator[Body]:
        call_id = f"{marked['id']}_call"
        self.kinds[call_id] = "call"
        given = output.get("arguments", self._tool.arguments)
        arguments = given if isinstance(given, str) else dumps(given).decode()
        name = output["call"] or self._tool.name
        begun = {**marked, "type": "function_call", "status": "in_progress", "name": name, "call_id": call_id}
        begun["arguments"] = ""
        done = {**begun, "status": output.get("status", "completed"), "arguments": arguments}
        told: Body = {**place, "item_id": marked["id"], "call_id": call_id}
        yield from self._begin(place, begun)
        for piece in _pieces(arguments):
            yield {"type": "response.function_call_arguments.delta", **told, "delta": piece}
        yield {"type": "response.function_call_arguments.done", **told, "name": name, "arguments": arguments}
        yield from self._end(place, done)

    def _message(self, place: Body, marked: Body, output: Mapping[str, Any]) -> Iterator[Body]:
        begun = {**marked, "type": "message", "status": "in_progress", "role": "assistant", "content": []}
        if self._today and "phase" in output:
            begun["phase"] = output["phase"]
        told: Body = {**place, "item_id": marked["id"], "content_index": 0}
        spoken, text = "say" in output, str(output.get("say", output.get("write", "")))
        kind, field = ("audio", "transcript") if spoken else ("text", "text")
        stream = "response.output_audio_transcript" if spoken else "response.output_text"
        yield from self._begin(place, begun)
        yield {"type": "response.content_part.added", **told, "part": {"type": kind, field: ""}}
        words = plain._words(text) if text else []
        self._words += len(words)
        for word in words:
            yield {"type": f"{stream}.delta", **told, "delta": word}
            if spoken:
                yield {"type": "response.output_audio.delta", **told, "delta": self._sound()}
        if spoken:
            yield {"type": "response.output_audio.done", **told}
        yield {"type": f"{stream}.done", **told, field: text}
        yield {"type": "response.content_part.done", **told, "part": {"type": kind, field: text}}
        content = {"type": f"output_{kind}" if self._today else kind, field: text}
        yield from self._end(place, {**begun, "status": output.get("status", "completed"), "content": [content]})

    def _begin(self, place: Body, item: Body) -> Iterator[Body]:
        yield {"type": "response.output_item.added", **place, "item": item}
        yield {"type": "conversation.item.added", "previous_item_id": None, "item": item}

    def _end(self, place: Body, item: Body) -> Iterator[Body]:
        yield {"type": "conversation.item.done", "previous_item_id": None, "item": item}
        yield {"type": "response.output_item.done", **place, "item": item}

    def _sound(self) -> str:
        self._audio_ms += CHUNK_MS
        return audio.synthesised(self._format, CHUNK_MS)

    def _usual(self) -> Body:
        """Return what every response of today says about itself."""
        voice, sound = (settings.setting(self._session, name) for name in ("voice", "output_format"))
        return {
            "conversation_id": CONVERSATION,
            "output_modalities": settings.setting(self._session, "modalities"),
            "max_output_tokens": self._session.get("max_output_tokens", "inf"),
            "audio": {"output": {"format": sound, "voice": voice}},
            "metadata": None,
        }

    def _usage(self) -> Body:
        spoken, written = int(self._audio_ms / audio.TOKEN_MS), self._words
        cached: Body = {"text_tokens": 0, "audio_tokens": 0, "image_tokens": 0}
        details: Body = {"text_tokens": INPUT_TOKENS, "audio_tokens": 0, "cached_tokens": 0}
        today: Body = {"image_tokens": 0, "cached_tokens_details": cached} if self._today else {}
        return {
            "total_tokens": INPUT_TOKENS + spoken + written,
            "input_tokens": INPUT_TOKENS,
            "output_tokens": spoken + written,
            "input_token_details": {**details, **today},
            "output_token_details": {"text_tokens": written, "audio_tokens": spoken},
        }


def _pieces(text: str) -> list[str]:
    return [text[start : start + 8] for start in range(0, len(text), 8)]


def offered(session: Mapping[str, Any]) -> Tool:
    """Return the first function that a session offers, with arguments that fit it."""
    tools = session.get("tools")
    functions = [tool for tool in tools if isinstance(tool, dict)] if isinstance(tools, list) else []
    if not functions:
        return Tool()
    properties = value_at(functions[0], "parameters.properties")
    known = properties if isinstance(properties, dict) else {}
    return Tool(str(functions[0].get("name")), dumps({name: _example(one) for name, one in known.items()}).decode())


def _example(schema: Any) -> Any:
    if not isinstance(schema, dict):
        return "example"
    if schema.get("enum"):
        return schema["enum"][0]
    examples: Body = {"integer": 1, "number": 1.5, "boolean": True, "array": [], "object": {}}
    return examples.get(str(schema.get("type")), "example")
