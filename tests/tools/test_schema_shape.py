"""What becomes of the schemas that an SDK's types give."""

from typing import Any

import pytest
from toolbox import schema_shape

event_schema, shape = schema_shape.event_schema, schema_shape.shape

TEXT = {"type": "string"}
NULL = {"type": "null"}


def part(kind: str, **fields: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {"type": {"const": kind, "type": "string"}, **fields},
        "required": ["type", *fields],
    }


def when(key: str, value: str, **then: Any) -> dict[str, Any]:
    return {"if": {"properties": {key: {"const": value}}, "required": [key]}, "then": then}


def test_the_type_of_an_event_stays_a_constant_and_titles_go() -> None:
    raw = {
        "title": "ErrorEvent",
        "description": "Returned when an error occurs.",
        "type": "object",
        "additionalProperties": True,
        "properties": {"type": {"const": "error", "type": "string", "title": "Type"}},
        "required": ["type"],
    }
    assert event_schema(raw) == {
        "type": "object",
        "properties": {"type": {"const": "error", "type": "string"}},
        "required": ["type"],
    }


def test_an_enumeration_becomes_an_annotation() -> None:
    raw = {"enum": ["user", "assistant"], "type": "string"}
    assert shape(raw, {}) == {"type": "string", "x-known-values": ["user", "assistant"]}
    assert shape({"const": 24000, "type": "integer"}, {}) == {"type": "integer", "x-known-values": [24000]}


def test_an_enumeration_beside_any_string_is_any_string() -> None:
    assert shape({"anyOf": [TEXT, {"enum": ["alloy"], "type": "string"}]}, {}) == {"type": "string"}


def test_a_number_beside_one_word_keeps_the_word_as_known() -> None:
    raw = {"anyOf": [{"type": "integer"}, {"const": "inf", "type": "string"}, NULL]}
    assert shape(raw, {}) == {"type": ["integer", "null", "string"], "x-known-values": ["inf"]}


def test_what_is_not_required_may_be_null_and_what_is_required_may_not() -> None:
    raw = {"type": "object", "properties": {"id": TEXT, "name": TEXT}, "required": ["name"]}
    assert shape(raw, {})["properties"] == {"id": {"type": ["null", "string"]}, "name": {"type": "string"}}


def test_a_reference_is_replaced_by_what_it_points_at() -> None:
    raw = {"anyOf": [{"$ref": "#/$defs/Voice"}, TEXT]}
    voice = {"type": "object", "properties": {"id": TEXT}, "required": ["id"]}
    assert shape(raw, {"Voice": voice}) == {
        "type": ["object", "string"],
        **{k: voice[k] for k in ("properties", "required")},
    }


def test_anything_stays_anything() -> None:
    assert shape({"anyOf": [{}, NULL]}, {}) == {}


def test_a_union_of_objects_is_told_apart_by_its_type() -> None:
    raw = {"anyOf": [part("text", id=TEXT, text=TEXT), part("audio", id=TEXT)]}
    assert shape(raw, {}) == {
        "type": "object",
        "properties": {"id": TEXT, "type": {"type": "string", "x-known-values": ["text", "audio"]}},
        "required": ["id", "type"],
        "allOf": [when("type", "text", properties={"text": TEXT}, required=["text"])],
    }


def test_objects_of_one_type_are_told_apart_by_their_role() -> None:
    user = part("message", role={"const": "user", "type": "string"}, content={"type": "array", "items": TEXT})
    system = part("message", role={"const": "system", "type": "string"}, content={"type": "array"})
    shaped = shape({"anyOf": [user, system, part("call", name=TEXT)]}, {})
    (message, call) = shaped["allOf"]
    assert message["then"]["properties"] == {"role": {"type": "string", "x-known-values": ["user", "system"]}}
    assert message["then"]["required"] == ["role"]
    assert [branch["if"]["properties"] for branch in message["then"]["allOf"]] == [
        {"role": {"const": "user"}},
        {"role": {"const": "system"}},
    ]
    assert call == when("type", "call", properties={"name": TEXT}, required=["name"])


def test_a_union_that_nothing_tells_apart_is_refused() -> None:
    one = {"type": "object", "properties": {"a": TEXT}}
    other = {"type": "object", "properties": {"b": TEXT}}
    with pytest.raises(ValueError, match="tells these apart"):
        shape({"anyOf": [one, other]}, {})
    with pytest.raises(ValueError, match="a union of 2 arrays"):
        shape({"anyOf": [{"type": "array", "items": TEXT}, {"type": "array", "items": NULL}]}, {})
