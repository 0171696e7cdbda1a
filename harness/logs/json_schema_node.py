"""The structure of a JSON schema, for the places of an event that hold one (a tool's `parameters`)."""

from dataclasses import replace

from harness.logs.schema_tree import Node


def _node(*types: str, items: Node | None = None, other: Node | None = None) -> Node:
    return Node(types=frozenset(types), items=items, other=other, described=True)


SCALAR = _node("string", "number", "integer", "boolean", "null")
STRING = _node("string")
NUMBER = _node("number", "integer")

JSON_SCHEMA = _node("object")
"""A schema, which has schemas inside."""
SCHEMA_OR_FLAG = _node("object", "boolean")
SCHEMAS = _node("object", other=JSON_SCHEMA)
SCHEMA_LIST = _node("array", items=JSON_SCHEMA)

JSON_SCHEMA.properties = {
    "type": _node("string", "array", items=STRING),
    "enum": _node("array", items=SCALAR),
    "const": SCALAR,
    "default": _node("string", "number", "integer", "boolean", "null", "array", "object"),
    "examples": _node("array", items=SCALAR),
    "required": _node("array", items=STRING),
    "items": JSON_SCHEMA,
    "additionalProperties": SCHEMA_OR_FLAG,
    "not": JSON_SCHEMA,
    **dict.fromkeys(("properties", "patternProperties", "$defs", "definitions"), SCHEMAS),
    **dict.fromkeys(("anyOf", "oneOf", "allOf", "prefixItems"), SCHEMA_LIST),
    **dict.fromkeys(("title", "description", "format", "pattern", "$ref", "$schema", "$id"), STRING),
    **dict.fromkeys(("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"), NUMBER),
    **dict.fromkeys(("minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties"), NUMBER),
    **dict.fromkeys(("uniqueItems", "nullable", "deprecated"), _node("boolean")),
}

JSON_SCHEMA.needs = {"required": "properties", "additionalProperties": "properties", "items": "type"}
SCHEMA_OR_FLAG.properties, SCHEMA_OR_FLAG.needs = JSON_SCHEMA.properties, JSON_SCHEMA.needs

# A tool says itself what it is for; the schema of its arguments seldom says it again.
ARGUMENTS = replace(JSON_SCHEMA, seldom=frozenset({"description", "title", "default"}), required=frozenset({"type"}))

GUIDES = {"parameters": ARGUMENTS, "input_schema": ARGUMENTS}
"""The keys under which the protocol keeps a JSON schema; it says only that there is an object."""
