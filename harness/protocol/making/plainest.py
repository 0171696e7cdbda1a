"""Completes an event by its schema: the plainest one that is valid and lacks nothing usual."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from harness.model import JSON
from harness.protocol.faults import Schema

EMPTY: Mapping[str, JSON] = {"string": "", "integer": 0, "number": 0, "boolean": False}


def complete(schema: Schema, value: JSON) -> JSON:
    """Return a value with everything in it that its schema asks for, or that every recording has."""
    if isinstance(value, list):
        element: Schema = schema.get("items", {})
        return [complete(element, one) for one in value]
    if not isinstance(value, dict):
        return value
    made, schemas = dict(value), [schema]
    for one in schemas:  # grows while branches are found
        for name in (*one.get("required", ()), *one.get("x-always", ())):
            if name not in made:
                made[name] = _named(one.get("properties", {}).get(name, {}), schema, name, made)
        schemas += [branch["then"] for branch in one.get("allOf", ()) if _holds(branch["if"], made)]
    for one in schemas:
        for name, part in one.get("properties", {}).items():
            if name in made:
                made[name] = complete(part, made[name])
    return made


def _holds(condition: Schema, value: Mapping[str, JSON]) -> bool:
    return all(value.get(name) == wanted["const"] for name, wanted in condition["properties"].items())


def _named(part: Schema, holder: Schema, name: str, made: Mapping[str, JSON]) -> JSON:
    """Return a field that is missing; one that chooses between branches is chosen by the fields that are there."""
    known: Sequence[JSON] = part.get("x-known-values", ())
    for one in known:
        branches = [
            b["then"] for b in holder.get("allOf", ()) if b["if"]["properties"].get(name, {}).get("const") == one
        ]
        declared = {field for branch in branches for field in branch.get("properties", {})}
        declared |= set(holder.get("properties", {}))
        if branches and made.keys() <= declared:
            return one
    return plainest(part)


def plainest(schema: Schema) -> JSON:
    """Return the least value that a schema allows: null where it may be."""
    if "const" in schema:
        return cast(JSON, schema["const"])
    types: Any = schema.get("type", "null")
    names = [types] if isinstance(types, str) else types
    if "null" in names:
        return None
    if schema.get("x-known-values"):
        return cast(JSON, schema["x-known-values"][0])
    if "object" in names:
        return complete(schema, {})
    return [] if "array" in names else EMPTY[names[0]]
