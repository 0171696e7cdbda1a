"""What is wrong with an event that breaks its schema, in plain words.

The form of the schemas (`tools/schema_shape.py`) leaves three keywords that an event can break: `type`, `required`
and `const`. Both validators tell which one, and where; the words are made here, so that they do not depend on either.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple, TypeAlias, cast

from harness.model import JSON

Schema: TypeAlias = Mapping[str, Any]
"""A JSON schema. What stands under a keyword is known by the keyword."""
Path: TypeAlias = tuple[str | int, ...]
"""The keys and indices that lead to a value."""

_WORDS = {
    "array": "an array",
    "boolean": "a boolean",
    "integer": "an integer",
    "null": "null",
    "number": "a number",
    "object": "an object",
    "string": "a string",
}
_SHOWN = 60
"""How many characters of a value a message shows: what makes it recognisable, not a payload of audio."""


class SchemaFault(NamedTuple):
    """One place where an event is not what its schema says."""

    pointer: str
    """JSON pointer to the value, or to where the missing one would stand (RFC 6901)."""
    message: str
    """What was seen and what was expected, such as `/delta is 7, an integer; a string was expected`."""
    expected: str
    """What was expected, such as `a string`."""
    keyword: str = ""
    """What it breaks: `required`, `type`, `const` or `x-known-values`."""
    at: Path = ()
    """The pointer as keys and indices."""
    schema: Schema = MappingProxyType({})
    """What the schema says of the value."""


class Breach(NamedTuple):
    """A value that breaks its schema."""

    at: Path
    """Where the value is in the event."""
    keyword: Path
    """Where the keyword that it breaks is in the schema."""


def breaches(validator: Any, schema: Schema, body: Mapping[str, JSON]) -> list[Breach]:
    """Return what an event breaks, by the fast validator, or by the reference where that one gives up."""
    try:
        errors = validator.iter_errors(body)
        return [Breach(tuple(error.instance_path), tuple(error.schema_path)) for error in errors]
    except ValueError:  # a lone surrogate in a key, or nesting beyond 255
        return reference_breaches(schema, body)


def reference_breaches(schema: Schema, body: Mapping[str, JSON]) -> list[Breach]:
    """Return what an event breaks, by the reference validator; it takes anything, slowly."""
    from jsonschema import Draft202012Validator

    errors = Draft202012Validator(cast(dict[str, Any], schema)).iter_errors(body)
    return [Breach(tuple(error.absolute_path), _without_if(error.absolute_schema_path)) for error in errors]


def explain(found: Iterable[Breach], schema: Schema, body: Mapping[str, JSON]) -> Iterator[SchemaFault]:
    """Yield a fault for each place that is wrong."""
    told: set[str] = set()
    for breach in found:
        for fault in _EXPLANATIONS[str(breach.keyword[-1])](breach, schema, body):
            if fault.pointer not in told:
                told.add(fault.pointer)
                yield fault


def unknown_value(at: Path, value: JSON, schema: Schema) -> SchemaFault:
    """Return the fault of a value that is not among those of an open enumeration."""
    pointer, expected = pointer_to(at), _one_of([_quoted(each) for each in schema["x-known-values"]])
    message = f"{pointer} is {_quoted(value)}; known is {expected}"
    return SchemaFault(pointer, message, expected, "x-known-values", at, schema)


def unusual_absence(at: Path) -> SchemaFault:
    """Return the fault of a field that is missing though nothing but experience asks for it."""
    pointer = pointer_to(at)
    return SchemaFault(pointer, f"{pointer} is missing; every recording of the dialect has it", "")


def pointer_to(path: Path) -> str:
    """Return the JSON pointer of a path."""
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in path)


def _without_if(path: Iterable[str | int]) -> Path:
    """Return the path of a keyword as the schema has it: the reference goes to a `then` through its `if`."""
    return tuple(step for step in path if step != "if")


def _missing(breach: Breach, schema: Schema, body: Mapping[str, JSON]) -> Iterator[SchemaFault]:
    value = _follow(body, breach.at)
    for name in _follow(schema, breach.keyword):
        if name not in value:
            pointer, told = pointer_to((*breach.at, name)), _property(schema, breach.keyword[:-1], name)
            expected = _admitted(told.get("type", ()))
            message = f"{pointer} is missing; {expected} was expected"
            yield SchemaFault(pointer, message, expected, "required", (*breach.at, name), told)


def _mistyped(breach: Breach, schema: Schema, body: Mapping[str, JSON]) -> Iterator[SchemaFault]:
    yield _mistaken(breach, schema, body, _admitted(_follow(schema, breach.keyword)))


def _different(breach: Breach, schema: Schema, body: Mapping[str, JSON]) -> Iterator[SchemaFault]:
    yield _mistaken(breach, schema, body, _quoted(_follow(schema, breach.keyword)))


def _mistaken(breach: Breach, schema: Schema, body: Mapping[str, JSON], expected: str) -> SchemaFault:
    pointer, told = pointer_to(breach.at), _follow(schema, breach.keyword[:-1])
    message = f"{pointer or 'the event'} is {_seen(_follow(body, breach.at))}; {expected} was expected"
    return SchemaFault(pointer, message, expected, str(breach.keyword[-1]), breach.at, told)


_EXPLANATIONS: Mapping[str, Callable[[Breach, Schema, Mapping[str, JSON]], Iterator[SchemaFault]]] = {
    "required": _missing,
    "type": _mistyped,
    "const": _different,
}


def _follow(value: Any, path: Path) -> Any:
    for step in path:
        value = value[step]
    return value


def _property(schema: Schema, path: Path, name: str) -> Schema:
    """Return the schema of a property of the object at `path`; a branch may leave it to what it branches from."""
    properties = _follow(schema, path).get("properties", {})
    if name in properties or path[-1:] != ("then",):
        return cast(Schema, properties.get(name, {}))
    return _property(schema, path[:-3], name)


def _admitted(names: str | Sequence[str]) -> str:
    """Return JSON types in words, such as `a string or null`."""
    listed = [names] if isinstance(names, str) else sorted(names, key=lambda name: name == "null")
    return _one_of([_WORDS[name] for name in listed]) or "a value"


def _seen(value: JSON) -> str:
    if value is None or isinstance(value, bool):
        return _quoted(value)
    if isinstance(value, list):
        return f"an array of {len(value)}"
    if isinstance(value, dict):
        return "an object"
    return f"{_quoted(value)}, {'a string' if isinstance(value, str) else _number(value)}"


def _number(value: int | float) -> str:
    return "an integer" if isinstance(value, int) else "a number"


def _quoted(value: JSON) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def _one_of(words: Sequence[str]) -> str:
    return " or ".join(filter(None, (", ".join(words[:-1]), *words[-1:])))
