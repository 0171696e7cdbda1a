"""Events of the protocol made from its schemas, for the property tests of the readers."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

ROOT = Path(__file__).parents[2]

TEXTS = [
    "", " ", ".", "No", "on", "yes", "~", "null", "true", "1", "1:30", "12:30:45", "010", "0x1F", "1_000", ".5", "# 1",
    "#", "'", '"', "a: b", "- x", "!", "&x", "*x", "=", "@", "`", "%", "2024-10-17", "|", "[", "{", "Hey", " asking",
    "It's: ok", "one\ntwo", "one\n\ntwo\n", "type: text\nrole: user", "🎉", "¿Cómo?", "\ttab",
    "A long line that every writer of YAML folds at eighty columns, and that says type: nothing - or role, in passing.",
    "Long words without any mark at all which the writer of YAML will fold at eighty columns and a reader must join",
]  # fmt: skip
IDS = ["item_AJHM39ig1n6yHwKJXhzvU", "resp_AJHM3wsi8zLgEdSguA5Wn", "event_AJHM3uXfKqOEvq3r7jTnq", "call_X2", "id"]
JSON_SCHEMAS: list[dict[str, Any]] = [
    {"type": "object", "properties": {}},
    {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
    {
        "type": "object",
        "properties": {
            "city": {"type": "string", "description": "Where: a city"},
            "unit": {"type": "string", "enum": ["c", "f"]},
            "days": {"type": "array", "items": {"type": "integer"}},
        },
        "required": ["city", "unit"],
        "additionalProperties": False,
    },
    {
        "type": "object",
        "properties": {
            "name": {"type": "string"},
            "place": {
                "type": "object",
                "properties": {"lat": {"type": "number"}, "lon": {"type": "number"}},
                "required": ["lat", "lon"],
            },
        },
    },
]
WHOLE = ("cached_tokens_details",)
"""Objects that every recording has whole or not at all. A part of one, before fields of the same names of the object
around it, cannot be told apart from the whole of it; `docs/formats.md` says so."""
FREE_FORM = {"parameters": JSON_SCHEMAS, "input_schema": JSON_SCHEMAS}
KNOWN = "x-known-values"


def schemas(dialect: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the type and the schema of every event of a dialect."""
    for file in sorted((ROOT / "schemas" / dialect).glob("*/*.json")):
        yield file.stem, json.loads(file.read_text(encoding="utf-8"))


def events(event_type: str, schema: Mapping[str, Any], order: bool) -> st.SearchStrategy[dict[str, Any]]:
    """Return events of a type. `order`: any order of keys, not only the type first and the rest as declared."""
    return _objects(schema, order).map(
        lambda body: {"type": event_type, **{k: v for k, v in body.items() if k != "type"}}
    )


def _objects(schema: Mapping[str, Any], order: bool) -> st.SearchStrategy[dict[str, Any]]:
    variants = _variants(schema)
    return st.sampled_from(variants).flatmap(lambda variant: _object(*variant, order))


def _variants(schema: Mapping[str, Any]) -> list[tuple[dict[str, Any], frozenset[str], dict[str, str]]]:
    """Return the properties, the required keys and the constants of each branch of an object."""
    properties = dict(schema.get("properties", {}))
    required = frozenset(schema.get("required", ())) | frozenset(schema.get("x-always", ()))
    found = []
    for branch in schema.get("allOf", ()):
        then = branch.get("then", {})
        constants = {
            key: value["const"] for key, value in branch["if"].get("properties", {}).items() if "const" in value
        }
        # A branch within a branch stays one: the inner properties are drawn by its own variants.
        for inner, needed, more in _variants(then):
            merged = {**properties, **inner}
            found.append((merged, required | needed, {**constants, **more}))
    return found or [(properties, required, {})]


@st.composite
def _object(
    draw: st.DrawFn, properties: dict[str, Any], required: frozenset[str], constants: dict[str, str], order: bool
) -> dict[str, Any]:
    names = [name for name in properties if name in required or name in constants or draw(st.booleans())]
    if order:
        names = draw(st.permutations(names))
    else:
        first = [name for name in ("type", "event_id", "id", "object") if name in names]
        names = first + [name for name in names if name not in first]
    return {
        name: constants[name] if name in constants else draw(_value(name, properties[name], order)) for name in names
    }


def _value(name: str, schema: Mapping[str, Any], order: bool) -> st.SearchStrategy[Any]:
    if name in FREE_FORM:
        return st.sampled_from(FREE_FORM[name])
    branches = schema.get("anyOf") or schema.get("oneOf")
    if branches:
        return st.one_of(*(_value(name, branch, order) for branch in branches))
    if "const" in schema:
        return st.just(schema["const"])
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    kinds = schema.get("type") or ("object" if "properties" in schema or "allOf" in schema else "string")
    kinds = [kinds] if isinstance(kinds, str) else kinds
    if "string" in kinds and "object" in kinds and not schema.get("properties"):
        kinds = [kind for kind in kinds if kind != "object"]
    return st.one_of(*(_of_type(kind, name, schema, order) for kind in kinds))


def _of_type(kind: str, name: str, schema: Mapping[str, Any], order: bool) -> st.SearchStrategy[Any]:
    if kind == "object":
        if schema.get("properties") or schema.get("allOf"):
            whole = {**schema, "required": [*schema.get("properties", ())]} if name in WHOLE else schema
            return _objects(whole, order)
        keys = st.sampled_from(["request_id", "topic", "user"])
        return st.dictionaries(keys, st.sampled_from(["a1", "x y", "7"]), max_size=2)
    if kind == "array":
        return st.lists(_value(name, schema.get("items", {"type": "string"}), order), max_size=2)
    if kind == "string":
        return _strings(name, schema)
    return {
        "null": st.none(),
        "boolean": st.booleans(),
        "integer": st.integers(0, 10**6),
        "number": st.sampled_from([0.5, 0.8, 1.0, 24000, 0.012]),
    }[kind]


def _strings(name: str, schema: Mapping[str, Any]) -> st.SearchStrategy[str]:
    if schema.get(KNOWN):
        return st.sampled_from(schema[KNOWN])
    if name.endswith("id"):
        return st.sampled_from(IDS)
    return st.sampled_from(TEXTS)
