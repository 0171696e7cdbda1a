"""Client events whose form is wrong. The schemas of the dialect judge; the words are the real server's."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from harness.engine.paths import value_at
from harness.model import JSON
from harness.protocol.faults import SchemaFault
from harness.protocol.schemas import Validators
from harness.replay import refusal
from harness.replay.refusal import Refusal
from harness.sound.formats import PCM16, Format
from harness.sound.payloads import decoded

Body = dict[str, JSON]

GROWING = frozenset({"voice", "model", "connector_id"})
"""Fields whose values come and go faster than packages with types are released."""

LONGEST = {"event_id": 512, "item.id": 32, "audio": 15 * 1024 * 1024 * 4 // 3}
"""How many characters a field may have (C-35, C-17; C-26: 15 MiB of audio per event, in base64)."""

CALL_ID = "^[a-zA-Z0-9_-]+$"
"""What a `call_id` must match (C-19)."""

_ENCODINGS = {"pcm16": "PCM16", "g711_ulaw": "G.711 u-law", "g711_alaw": "G.711 A-law"}
_WORDS = {"boolean": "a boolean", "integer": "an integer", "number": "a decimal", "object": "an object",
          "string": "a string"}  # fmt: skip


def malformed(validators: Validators, name: str, body: Body, form: Format = PCM16) -> Iterator[Refusal]:
    """Yield what is wrong with the form of a client event of type `name`, the first thing first.

    `form` is the format in which the session expects audio.
    """
    if not validators.is_usual("client", name, body):
        faults = validators.check("client", name, body)
        for fault in sorted(faults, key=lambda one: (one.keyword != "required", len(one.at))):
            yield _faulty(fault, body)
        for fault in validators.unknown_values("client", name, body):
            value = _value(fault, body)
            if isinstance(value, str) and fault.at[-1] not in GROWING:
                yield refusal.unsupported(_param(fault.pointer), value, fault.schema["x-known-values"])
        for pointer in validators.undeclared("client", name, body):
            yield refusal.unknown(_param(pointer))
    yield from _too_long(body)
    yield from _impossible(body)
    yield from _no_audio(body, form)


def _faulty(fault: SchemaFault, body: Body) -> Refusal:
    param = _param(fault.pointer)
    if fault.keyword == "required":
        return refusal.missing(param)
    return refusal.mistyped(param, _expected(fault.schema), _value(fault, body))


def _expected(schema: Mapping[str, Any]) -> str:
    """Return in the words of the real server which types a schema admits; that most fields may be null is not told."""
    told = schema.get("type", ())
    names = [name for name in ([told] if isinstance(told, str) else told) if name != "null"]
    words = [_WORDS[name] if name != "array" else f"an array{_elements(schema)}" for name in names]
    if len(words) < 2:
        return "".join(words) or "a value"
    return f"one of {' or '.join([words[0], *(word.split(' ', 1)[1] for word in words[1:])])}"


def _elements(schema: Mapping[str, Any]) -> str:
    kind = schema.get("items", {}).get("type")
    return f" of {kind}s" if isinstance(kind, str) else ""


def _value(fault: SchemaFault, body: Body) -> JSON:
    value: Any = body
    for step in fault.at:
        value = value[step]
    return value  # type: ignore[no-any-return]


def _param(pointer: str) -> str:
    """Return a JSON pointer as the real server writes it: `item.content[0].text`."""
    steps = (step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:])
    return "".join(f"[{step}]" if step.isdigit() else f".{step}" for step in steps).lstrip(".")


def _too_long(body: Body) -> Iterator[Refusal]:
    for param, limit in LONGEST.items():
        value = value_at(body, param)
        if isinstance(value, str) and len(value) > limit:
            yield refusal.too_long(param, limit, len(value))


def _impossible(body: Body) -> Iterator[Refusal]:
    """Yield what no schema says: patterns, combinations, and what a client cannot put into the assistant's mouth."""
    call_id = value_at(body, "item.call_id")
    if isinstance(call_id, str) and not re.fullmatch(CALL_ID, call_id):
        message = "string does not match pattern. Expected a string that matches the pattern"
        yield Refusal("invalid_value", f"Invalid 'item.call_id': {message} '{CALL_ID}'.", "item.call_id")
    for param in ("session.output_modalities", "response.output_modalities"):
        modalities = value_at(body, param)
        if isinstance(modalities, list) and len(modalities) != 1:
            message = f"Invalid modalities: {modalities}. Supported combinations are: ['text'] and ['audio']."
            yield Refusal("invalid_value", message, param)
    if value_at(body, "item.role") == "assistant":
        for at, part in enumerate(_parts(body)):
            if value_at(part, "type") in ("audio", "output_audio") and value_at(part, "text") is None:
                yield refusal.missing(f"item.content[{at}].text")


def _no_audio(body: Body, form: Format) -> Iterator[Refusal]:
    """Yield audio that is none (C-25)."""
    payloads = {"audio": body["audio"]} if "audio" in body else {}
    for at, part in enumerate(_parts(body)):
        if isinstance(part, dict) and part.get("type") == "input_audio" and "audio" in part:
            payloads[f"item.content[{at}].audio"] = part["audio"]
    for param, payload in payloads.items():
        if not decoded(payload) or " " in str(payload):
            wanted = f"Expected base64-encoded audio bytes (mono {_ENCODINGS[form.name]} at {form.rate // 1000}kHz)"
            got = "an invalid value" if payload else "empty bytes"
            yield Refusal("invalid_value", f"Invalid '{param}'. {wanted} but got {got}.", param)


def _parts(body: Body) -> Sequence[JSON]:
    content = value_at(body, "item.content")
    return content if isinstance(content, list) else ()
