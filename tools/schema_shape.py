"""Turn the schemas that pydantic makes into the small, regular form that this project ships.

The form, which every reader of `schemas/` may rely on:

- Only these keywords: `type`, `const` (the event's own `type` alone), `properties`, `required`, `items`,
  `additionalProperties` (a schema, for maps), `allOf` of `if`/`then`, `x-known-values`, `x-always`.
- No `$ref`, `anyOf` or `oneOf`: whatever a value may be stands where it is used, and an error names its field.
- A union of scalars, an array and an object is a list in `type`; `properties` and `items` bind only those they fit.
- A union of objects is one object with the properties that all branches share, and one `if`/`then` per branch:
  `if` the discriminator (`type`, then `role`) has this value, `then` these properties too.
- An enumeration is open: its values are an annotation, `x-known-values`.
- A property that is not required may be null.
"""

from collections.abc import Mapping, Sequence
from typing import Any

Schema = dict[str, Any]

_DISCRIMINATORS = ("type", "role")
_OF_OBJECTS = ("properties", "required", "additionalProperties", "allOf")


def event_schema(raw: Schema) -> Schema:
    """Return the schema of an event, with its own `type` as a constant."""
    shaped = shape(raw, raw.get("$defs", {}))
    shaped["properties"]["type"] = {"const": raw["properties"]["type"]["const"], "type": "string"}
    return shaped


def shape(raw: Schema, definitions: Mapping[str, Schema]) -> Schema:
    """Return `raw` in the form described above.

    Raises:
        ValueError: a union cannot be told apart; its SDK type needs a decision here.
    """
    if "$ref" in raw:
        return shape(definitions[raw["$ref"].rpartition("/")[2]], definitions)
    if "anyOf" in raw:
        return _union([shape(branch, definitions) for branch in raw["anyOf"]])
    shaped: Schema = {"type": raw["type"]} if "type" in raw else {}
    values = raw.get("enum", [raw["const"]] if "const" in raw else [])
    if values:
        shaped["x-known-values"] = list(values)
    if "items" in raw:
        shaped["items"] = shape(raw["items"], definitions)
    if isinstance(raw.get("additionalProperties"), dict):
        shaped["additionalProperties"] = shape(raw["additionalProperties"], definitions)
    if "properties" in raw:
        required = sorted(raw.get("required", ()))
        if required:
            shaped["required"] = required
        shaped["properties"] = {
            name: shape(field, definitions) if name in required else nullable(shape(field, definitions))
            for name, field in raw["properties"].items()
        }
    return shaped


def nullable(schema: Schema) -> Schema:
    """Return `schema`, open to null. A schema without a `type` is open to everything already."""
    return {**schema, "type": types({"type": [*_listed(schema), "null"]})} if "type" in schema else schema


def types(*schemas: Schema) -> str | list[str]:
    """Return the value of the keyword `type` that admits what any of `schemas` admits."""
    names = sorted({name for schema in schemas for name in _listed(schema)})
    return names[0] if len(names) == 1 else names


def branch(key: str, value: str, then: Schema) -> Schema:
    """Return the `if`/`then` for objects whose `key` is `value`."""
    return {"if": {"properties": {key: {"const": value}}, "required": [key]}, "then": then}


def _listed(schema: Schema) -> list[str]:
    kind = schema["type"]
    return [kind] if isinstance(kind, str) else list(kind)


def _union(branches: Sequence[Schema]) -> Schema:
    """Return one schema for a value that fits any of `branches`."""
    if not all("type" in branch for branch in branches):
        return {}
    merged: Schema = {"type": types(*branches)}
    merged.update(_open_values([each for each in branches if each["type"] in ("string", "integer")]))
    arrays = [each for each in branches if each["type"] == "array"]
    if len(arrays) > 1:
        raise ValueError(f"a union of {len(arrays)} arrays cannot be told apart: {arrays}")
    objects = [each for each in branches if each["type"] == "object"]
    merged.update(_keep(arrays[0], ("items",)) if arrays else {})
    merged.update(_keep(_told_apart(objects), _OF_OBJECTS) if objects else {})
    return merged


def _open_values(scalars: Sequence[Schema]) -> Schema:
    """Return the known values, or nothing where one branch admits any value of its type."""
    closed = {each["type"] for each in scalars if "x-known-values" in each}
    free = {each["type"] for each in scalars if "x-known-values" not in each}
    values = [value for each in scalars for value in each.get("x-known-values", ()) if each["type"] not in free]
    return {"x-known-values": values} if closed - free else {}


def _told_apart(objects: Sequence[Schema]) -> Schema:
    """Return one object schema for `objects`, branched by the property whose value tells them apart."""
    if len(objects) == 1:
        return objects[0]
    key = _discriminator(objects)
    groups: dict[str, list[Schema]] = {}
    for each in objects:
        groups.setdefault(each["properties"][key]["x-known-values"][0], []).append(each)
    members = {value: _told_apart(group) for value, group in groups.items()}
    shared = _shared(key, members)
    rests = {value: _rest(each, shared) for value, each in members.items()}
    return {**shared, "allOf": [branch(key, value, rest) for value, rest in rests.items() if rest]}


def _discriminator(objects: Sequence[Schema]) -> str:
    for key in _DISCRIMINATORS:
        fields = [each["properties"].get(key, {}).get("x-known-values", ()) for each in objects]
        if all(len(values) == 1 for values in fields) and len({values[0] for values in fields}) > 1:
            return key
    raise ValueError(
        f"no property of {_DISCRIMINATORS} tells these apart: {[sorted(o['properties']) for o in objects]}"
    )


def _shared(key: str, members: Mapping[str, Schema]) -> Schema:
    """Return what all branches say alike, the discriminator with all its values among it."""
    first, *others = members.values()
    same = {
        name: field
        for name, field in first["properties"].items()
        if all(each["properties"].get(name) == field for each in others)
    }
    same[key] = {
        "type": types(*(each["properties"][key] for each in members.values())),
        "x-known-values": list(members),
    }
    required = set(same).intersection(*(each.get("required", ()) for each in members.values()))
    return _without_empty({"type": "object", "properties": same, "required": sorted(required)})


def _rest(member: Schema, shared: Schema) -> Schema:
    """Return what a branch says beyond `shared`."""
    rest: Schema = {
        "properties": {k: v for k, v in member["properties"].items() if k not in shared["properties"]},
        "required": sorted(set(member.get("required", ())) - set(shared.get("required", ()))),
        **_keep(member, ("allOf",)),
    }
    return _without_empty(rest)


def _without_empty(schema: Schema) -> Schema:
    return {keyword: value for keyword, value in schema.items() if value}


def _keep(schema: Schema, keywords: Sequence[str]) -> Schema:
    return {keyword: schema[keyword] for keyword in keywords if keyword in schema}
