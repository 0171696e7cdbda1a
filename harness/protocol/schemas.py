"""Finds the schemas of events, and judges events by them.

A schema is chosen by side and type before anything is validated. It has a small, regular form (told in
`tools/schema_shape.py`, which makes it): no references, unions only as `if`/`then` on a discriminator, and two
annotations, `x-known-values` (an open enumeration) and `x-always` (fields that every recording carries, though no
specification asks for them). An annotation never makes an event invalid.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, TypeAlias, cast

from harness.errors import UsageError
from harness.model import JSON, Side
from harness.protocol.faults import (
    Path,
    Schema,
    SchemaFault,
    breaches,
    explain,
    pointer_to,
    unknown_value,
    unusual_absence,
)
from harness.resources import root

Chain: TypeAlias = tuple[str, ...]
"""Folders of `schemas/`, the most specific first: a type is looked for in each in turn."""

_EMPTY: Mapping[str, JSON] = {"array": [], "boolean": False, "integer": 0, "number": 0, "object": {}, "string": ""}
_SIDES: tuple[Side, ...] = ("client", "server")


@cache
def dialects() -> Chain:
    """Return every folder of schemas, that of the newest dialect first."""
    return tuple(_bases())


def chain(dialect: str) -> Chain:
    """Return a dialect's folder and those it deviates from.

    Raises:
        UsageError: there are no schemas of that name.
    """
    base = _bases().get(dialect)
    if base is None:
        raise UsageError(f"no schemas are called {dialect!r}; there are {', '.join(dialects())}")
    return (dialect, *chain(base)) if base else (dialect,)


@cache
def types(dialect_chain: Chain, side: str) -> frozenset[str]:
    """Return the types of the events that a side can send.

    Raises:
        UsageError: the chain names a folder that does not exist.
    """
    for dialect in dialect_chain:
        chain(dialect)
    return frozenset(event for dialect, of, event in _index() if dialect in dialect_chain and of == side)


def schema(dialect_chain: Chain, side: str, event_type: str) -> Schema | None:
    """Return the schema of an event type, None when no folder of the chain has it."""
    for dialect in dialect_chain:
        if (dialect, side, event_type) in _index():
            return _read(dialect, side, event_type)
    return None


@lru_cache(maxsize=512)
def sides(event_type: str) -> frozenset[Side]:
    """Return who can send an event of this type in any dialect; empty when none knows it."""
    return frozenset(side for side in _SIDES for dialect in dialects() if (dialect, side, event_type) in _index())


@lru_cache(maxsize=512)
def known(event_type: str) -> tuple[Schema, ...]:
    """Return the schema of an event type in each dialect that has its own, the newest first."""
    keys = [(dialect, side, event_type) for dialect in dialects() for side in _SIDES]
    return tuple(_read(*key) for key in keys if key in _index())


class ProtocolKnowledge:
    """What the readers of logs must be told about the protocol."""

    def schemas(self, event_type: str) -> Sequence[Schema]:
        """Return the schema of each dialect that has the type, newest first; empty when unknown."""
        return known(event_type)

    def sides(self, event_type: str) -> frozenset[Side]:
        """Return who can send an event of this type; empty when unknown."""
        return sides(event_type)


class Validators:
    """Judges events by the schemas of one dialect. A schema is compiled when its first event comes."""

    def __init__(self, dialect_chain: Chain) -> None:
        self._chain = dialect_chain
        self._compiled: dict[tuple[str, str], _Compiled] = {}

    def is_usual(self, side: str, event_type: str, body: Mapping[str, JSON]) -> bool:
        """Tell whether an event is valid, has known values only, lacks nothing usual and adds nothing of a client's."""
        compiled = self._compiled.get((side, event_type)) or self._of(side, event_type)
        try:
            return compiled is None or bool(compiled.usual(body))
        except ValueError:
            return False

    def check(self, side: str, event_type: str, body: Mapping[str, JSON]) -> tuple[SchemaFault, ...]:
        """Return what makes an event invalid; nothing for a type that the dialect does not know."""
        compiled = self._of(side, event_type)
        if compiled is None:
            return ()
        try:
            if compiled.validator.is_valid(body):
                return ()
        except ValueError:  # it gives up on what the reference can judge
            pass
        return tuple(explain(breaches(compiled.validator, compiled.schema, body), compiled.schema, body))

    def unknown_values(self, side: str, event_type: str, body: Mapping[str, JSON]) -> tuple[SchemaFault, ...]:
        """Return the values that are not among those known; the enumerations of the protocol are open."""
        compiled = self._of(side, event_type)
        if compiled is None or compiled.enumerations is None:
            return ()
        return tuple(
            unknown_value(at, value, found)
            for found, value, at in _spots(compiled.enumerations, cast(JSON, body))
            if (values := found.get("x-known-values")) and type(value) is type(values[0]) and value not in values
        )

    def absent(self, side: str, event_type: str, body: Mapping[str, JSON]) -> tuple[SchemaFault, ...]:
        """Return the fields that every recording of the dialect carries and this event does not."""
        compiled = self._of(side, event_type)
        if compiled is None or compiled.habits is None:
            return ()
        return tuple(
            unusual_absence((*at, name))
            for found, value, at in _spots(compiled.habits, cast(JSON, body))
            if isinstance(value, dict)
            for name in found.get("x-always", ())
            if name not in value
        )

    def completed(self, side: str, event_type: str, body: dict[str, JSON]) -> dict[str, JSON]:
        """Return an event with the fields that every recording of the dialect carries, at their plainest."""
        compiled = self._of(side, event_type)
        if compiled is None or self.is_usual(side, event_type, body):
            return body
        made = deepcopy(body)
        for found, value, _ in _spots(compiled.schema, made):
            if isinstance(value, dict):
                for name in found.get("x-always", ()):
                    value.setdefault(name, _plainest(found.get("properties", {}).get(name, {})))
        return made

    def undeclared(self, side: str, event_type: str, body: Mapping[str, JSON]) -> tuple[str, ...]:
        """Return the pointers of fields that the schema does not name; a service refuses them from a client."""
        compiled = self._of(side, event_type)
        return tuple(_undeclared(compiled.schema, cast(JSON, body))) if compiled else ()

    def _of(self, side: str, event_type: str) -> "_Compiled | None":
        compiled = self._compiled.get((side, event_type))
        if compiled is None:
            found = schema(self._chain, side, event_type)
            if found is not None:
                compiled = self._compiled[side, event_type] = _compile(found, closed=side == "client")
        return compiled


@cache
def validators(dialect_chain: Chain) -> Validators:
    """Return the validators of a dialect, shared by all who judge it: compiling its schemas takes 10 ms."""
    return Validators(dialect_chain)


@dataclass(frozen=True, slots=True)
class _Compiled:
    """A schema, made ready for each question."""

    schema: Schema
    validator: Any
    """Of the class `jsonschema_rs.Draft202012Validator`."""
    usual: Callable[[Any], bool]
    """Whether an event is valid by the schema with its known values as the only ones, and its habits as duties."""
    enumerations: Schema | None
    """What of the schema leads to `x-known-values`, None when there are none."""
    habits: Schema | None
    """What of the schema leads to `x-always`, None when there are none."""


def _compile(found: Schema, closed: bool) -> _Compiled:
    import jsonschema_rs  # 100 ms: a mock accepts connections before it has an event to judge

    strict = _usual(_closed(found) if closed else found)
    validator, usual = (jsonschema_rs.Draft202012Validator(one) for one in (cast(dict[str, Any], found), strict))
    habits, enumerations = _leading_to("x-always", found), _leading_to("x-known-values", found)
    return _Compiled(found, validator, usual.is_valid, enumerations, habits)


def _closed(node: Schema, own: bool = True) -> Schema:
    """Return a schema that refuses every field it does not name; `own` is False for a branch of another schema."""
    made = dict(node)
    if "properties" in node:
        made["properties"] = {name: _closed(field) for name, field in node["properties"].items()}
    if "allOf" in node:
        made["allOf"] = [{**branch, "then": _closed(branch["then"], own=False)} for branch in node["allOf"]]
    if "items" in node:
        made["items"] = _closed(node["items"])
    if own and ("properties" in node or "allOf" in node):
        made["unevaluatedProperties"] = False
    return made


def _usual(node: Any) -> Any:
    """Return a schema that only the usual event satisfies."""
    if isinstance(node, list):
        return [_usual(one) for one in node]
    if not isinstance(node, dict):
        return node
    strict = {name: _usual(part) for name, part in node.items()}
    if "x-known-values" in node:
        strict["enum"] = node["x-known-values"]
    if "x-always" in node:
        strict["required"] = sorted({*node.get("required", ()), *node["x-always"]})
    return strict


def _leading_to(keyword: str, found: Schema) -> Schema | None:
    """Return the parts of a schema that have `keyword` somewhere, None when none has."""
    fields = {name: _leading_to(keyword, field) for name, field in found.get("properties", {}).items()}
    branches = [{**branch, "then": _leading_to(keyword, branch["then"])} for branch in found.get("allOf", ())]
    parts = {
        keyword: found.get(keyword),
        "properties": {name: field for name, field in fields.items() if field},
        "allOf": [branch for branch in branches if branch["then"]],
        "items": _leading_to(keyword, found["items"]) if "items" in found else None,
    }
    return {name: part for name, part in parts.items() if part} or None


def _spots(found: Schema, value: JSON) -> Iterator[tuple[Schema, JSON, Path]]:
    """Yield each value of an event with each schema that speaks of it; branches that do not hold say nothing."""
    waiting: list[tuple[Schema, JSON, Path]] = [(found, value, ())]
    while waiting:
        spot = found, value, at = waiting.pop()
        yield spot
        if isinstance(value, dict):
            for name, field in found.get("properties", {}).items():
                if name in value:
                    waiting.append((field, value[name], (*at, name)))
            for branch in found.get("allOf", ()):
                if all(value.get(key) == wanted["const"] for key, wanted in branch["if"]["properties"].items()):
                    waiting.append((branch["then"], value, at))
        elif isinstance(value, list) and "items" in found:
            waiting.extend((found["items"], element, (*at, number)) for number, element in enumerate(value))


def _plainest(found: Schema) -> JSON:
    """Return the first known value of a field, else null where it may be, else nothing of its type."""
    if "x-known-values" in found:
        return cast(JSON, found["x-known-values"][0])
    admitted = found.get("type", "null")
    if "null" in admitted:
        return None
    return _EMPTY[admitted if isinstance(admitted, str) else admitted[0]]


def _undeclared(found: Schema, body: JSON) -> Iterator[str]:
    declared: dict[Path, set[str]] = {}
    present: dict[Path, dict[str, JSON]] = {}
    for node, value, at in _spots(found, body):
        if isinstance(value, dict) and "properties" in node:
            declared.setdefault(at, set()).update(node["properties"])
            present[at] = value
    for at, value in present.items():
        yield from (pointer_to((*at, name)) for name in value if name not in declared[at])


@cache
def _manifest() -> Mapping[str, Any]:
    return cast(Mapping[str, Any], json.loads((root("schemas") / "MANIFEST.json").read_text("utf-8")))


@cache
def _bases() -> Mapping[str, str]:
    """Return the base of each dialect, newest first; empty for one that stands on its own."""
    return {entry["dialect"]: entry.get("base", "") for entry in _manifest()["dialects"]}


@cache
def _index() -> frozenset[tuple[str, str, str]]:
    """Return dialect, side and type of every schema, so that no name from a log is ever looked up as a file."""
    paths = [path.removesuffix(".json").split("/") for path in _manifest()["schemas"]]
    return frozenset((dialect, side, event) for dialect, side, event in paths)


@cache
def _read(dialect: str, side: str, event_type: str) -> Schema:
    path = root("schemas") / dialect / side / f"{event_type}.json"
    return cast(Schema, json.loads(path.read_text("utf-8")))
