"""What rows of evidence do to schemas, and which rows are refused."""

from typing import Any

import pytest
from toolbox import schema_overlay

Events, apply, find = schema_overlay.Events, schema_overlay.apply, schema_overlay.find

TEXT = {"type": ["null", "string"]}


@pytest.fixture
def events() -> Events:
    item: dict[str, Any] = {
        "type": "object",
        "properties": {
            "type": {"type": ["null", "string"], "x-known-values": ["message", "function_call"]},
            "id": dict(TEXT),
            "name": dict(TEXT),
            "content": {"type": ["array", "null"], "items": {"type": "object", "properties": {"text": dict(TEXT)}}},
        },
    }
    event = {
        "type": "object",
        "required": ["item", "type"],
        "properties": {"item": item, "type": {"const": "item.added", "type": "string"}},
    }
    return {("server", "item.added"): event}


def lay(laid: Events, **row: Any) -> dict[str, Any]:
    """Lay one row over the event and return the schema of its item."""
    apply({"events": ["item.added"], "evidence": "seen", **row}, "server", laid)
    return laid["server", "item.added"]["properties"]["item"]


def test_a_required_property_may_not_be_null_any_more(events: Events) -> None:
    item = lay(events, at="item", require=["id"])
    assert item["required"] == ["id"]
    assert item["properties"]["id"] == {"type": "string"}


def test_an_optional_property_may_be_missing_and_null(events: Events) -> None:
    lay(events, at="item", require=["id"], always=["name"])
    item = lay(events, at="item", optional=["id", "name"])
    assert "required" not in item
    assert "x-always" not in item
    assert item["properties"]["id"] == {"type": ["null", "string"]}


def test_nullable_also_and_kind_say_which_types_a_value_has(events: Events) -> None:
    assert lay(events, at="item.id", nullable=False)["properties"]["id"] == {"type": "string"}
    assert lay(events, at="item.id", also=["object"])["properties"]["id"] == {"type": ["object", "string"]}
    assert lay(events, at="item.id", nullable=True)["properties"]["id"] == {"type": ["null", "object", "string"]}
    assert lay(events, at="item.id", kind="integer")["properties"]["id"] == {"type": "integer"}


def test_values_are_added_once_and_opened_altogether(events: Events) -> None:
    item = lay(events, at="item.type", values=["mcp_call", "message"])
    assert item["properties"]["type"]["x-known-values"] == ["message", "function_call", "mcp_call"]
    assert "x-known-values" not in lay(events, at="item.type", open=True)["properties"]["type"]


def test_a_flat_object_is_split_into_a_union_by_its_type(events: Events) -> None:
    item = lay(events, at="item", split={"message": ["content"], "function_call": ["name"]})
    assert sorted(item["properties"]) == ["id", "type"]
    assert [branch["if"]["properties"]["type"]["const"] for branch in item["allOf"]] == ["message", "function_call"]
    assert item["allOf"][1]["then"] == {"properties": {"name": TEXT}}


def test_a_path_finds_a_property_in_every_branch_and_in_the_items_of_an_array(events: Events) -> None:
    lay(events, at="item", split={"message": ["content"], "function_call": ["content", "name"]})
    schema = events["server", "item.added"]
    assert len(list(find(schema, "item.content[].text"))) == 2
    assert len(list(find(schema, "item[type=message].content[].text"))) == 1


def test_what_is_added_is_in_the_order_of_everything_else(events: Events) -> None:
    item = lay(events, at="item", add={"phase": {"type": ["string", "null"]}})
    assert item["properties"]["phase"] == {"type": ["null", "string"]}


def test_an_event_type_is_declared_anew_or_as_a_copy(events: Events) -> None:
    apply({"copy": "item.added", "as": "item.done", "evidence": "seen"}, "server", events)
    ping = {"type": "object", "required": ["type"], "properties": {"type": {}}}
    apply({"new": "ping", "schema": ping, "evidence": "seen"}, "server", events)
    assert events["server", "item.done"]["properties"]["type"] == {"const": "item.done", "type": "string"}
    assert events["server", "ping"]["properties"] == {"type": {"const": "ping", "type": "string"}}
    assert (
        events["server", "item.done"]["properties"]["item"] is not events["server", "item.added"]["properties"]["item"]
    )


def test_a_star_means_all_events_that_have_the_place(events: Events) -> None:
    apply({"new": "ping", "schema": {"type": "object", "properties": {}}, "evidence": "seen"}, "server", events)
    item = lay(events, events="*", at="item", require=["id"])
    assert item["required"] == ["id"]


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        ({"at": "item", "require": ["id"], "evidence": ""}, "a row without evidence"),
        ({"at": "item"}, "none but the operations"),
        ({"at": "item", "requires": ["id"]}, "none but the operations"),
        ({"at": "item", "require": ["role"]}, "'role' is not among the properties here"),
        ({"at": "item", "add": {"id": {"type": "integer"}}}, "declared already, and otherwise"),
        ({"at": "item[type=mcp_call]", "add": {}}, "'mcp_call' is not a known value of 'type'"),
        ({"at": "response", "require": ["id"]}, "item.added has no 'response'"),
        ({"events": ["item.gone"], "at": "item", "require": ["id"]}, "no server event item.gone"),
        ({"events": "*", "at": "response", "require": ["id"]}, "no event has 'response'"),
        ({"copy": "item.added", "as": "item.added"}, "item.added exists already"),
    ],
)
def test_a_row_that_means_nothing_is_refused(events: Events, row: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint.replace("[", r"\[")):
        lay(events, **row)
