"""Lay rows of evidence over schemas: what the wire does where the SDK's types say otherwise.

A row is a mapping. It says where: `events` (`*` is all that have the place) and `at` (one path, or several);
what: one or more of the operations below; and `evidence`: who has seen it, how often, or where it is written.
A row with `new` and `schema`, or with `copy` and `as`, declares an event type.

A path is properties joined by dots. `[]` enters the items of an array, `[key=value]` the branch of a union.
A property is looked for in every branch, so `item.content[].transcript` means it in each kind of item that has it.
The empty path is the event itself.
"""

import copy
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from schema_shape import Schema, branch, nullable, types

Events = dict[tuple[str, str], Schema]
"""Schemas by side and event type."""

_WHERE = {"events", "at", "evidence"}
_STEP = re.compile(r"\[\]|\[(?P<key>\w+)=(?P<value>[^\]]+)\]|(?P<name>\w+)")


def apply(row: Mapping[str, Any], side: str, events: Events) -> None:
    """Change the schemas of one side as `row` says.

    Raises:
        ValueError: the row names an event, a place or an operation that does not exist, or has no evidence.
    """
    if not row.get("evidence"):
        raise ValueError(f"a row without evidence: {dict(row)}")
    if "new" in row or "copy" in row:
        _declare(row, side, events)
        return
    operations = [name for name in _OPERATIONS if name in row]
    if not operations or set(row) - _WHERE - set(operations):
        raise ValueError(f"none but the operations {', '.join(_OPERATIONS)} exist: {dict(row)}")
    for path in _strings(row.get("at", "")):
        for node in _targets(row, path, side, events):
            for operation in operations:
                _OPERATIONS[operation](node, row[operation])


def _targets(row: Mapping[str, Any], path: str, side: str, events: Events) -> list[Schema]:
    """Return the schemas that a row speaks of; every event it names must have the place."""
    everywhere = row["events"] == "*"
    names = [name for of, name in events if of == side] if everywhere else row["events"]
    found: list[Schema] = []
    for name in names:
        if (side, name) not in events:
            raise ValueError(f"no {side} event {name}, named by {dict(row)}")
        here = list(find(events[side, name], path))
        if not here and not everywhere:
            raise ValueError(f"{name} has no {path!r}, named by {dict(row)}")
        found += here
    if not found:
        raise ValueError(f"no event has {path!r}, named by {dict(row)}")
    return found


def find(schema: Schema, path: str) -> Iterator[Schema]:
    """Yield the schemas at `path`, in every branch that has it."""
    nodes = [schema]
    for step in _STEP.finditer(path):
        if step["name"]:
            nodes = [each for node in nodes for each in _property(node, step["name"])]
        elif step["key"]:
            nodes = [_branch(node, step["key"], step["value"]) for node in nodes]
        elif step[0] == "[]":
            nodes = [node["items"] for node in nodes if "items" in node]
    yield from nodes


def _property(node: Schema, name: str) -> Iterator[Schema]:
    if name in node.get("properties", {}):
        yield node["properties"][name]
    for each in node.get("allOf", ()):
        yield from _property(each["then"], name)


def _branch(node: Schema, key: str, value: str) -> Schema:
    """Return what holds where `key` is `value`; a branch that nobody needed so far is made."""
    for each in node.setdefault("allOf", []):
        if each["if"]["properties"].get(key) == {"const": value}:
            then: Schema = each["then"]
            return then
    if not any(value in field.get("x-known-values", ()) for field in _property(node, key)):
        raise ValueError(f"{value!r} is not a known value of {key!r}: list it in `values` first")
    node["allOf"].append(branch(key, value, {}))
    made: Schema = node["allOf"][-1]["then"]
    return made


def _declare(row: Mapping[str, Any], side: str, events: Events) -> None:
    """Add an event type: with a schema of its own, or as a copy of another."""
    name = row.get("new") or row["as"]
    if (side, name) in events:
        raise ValueError(f"{name} exists already: {dict(row)}")
    made = copy.deepcopy(events[side, row["copy"]] if "copy" in row else row["schema"])
    made["properties"]["type"] = {"const": name, "type": "string"}
    events[side, name] = made


def _null(node: Schema, wanted: bool) -> None:
    if wanted:
        node.update(nullable(node))
    else:
        node["type"] = types(*({"type": kind} for kind in _strings(node["type"]) if kind != "null"))


def _also(node: Schema, kinds: Sequence[str]) -> None:
    node["type"] = types(node, {"type": list(kinds)})


def _kind(node: Schema, kinds: str | Sequence[str]) -> None:
    node.pop("x-known-values", None)
    node["type"] = types({"type": _strings(kinds)})


def _require(node: Schema, names: Sequence[str]) -> None:
    for name in names:
        if name not in node["properties"]:
            raise ValueError(f"{name!r} is not among the properties here, {sorted(node['properties'])}")
        _null(node["properties"][name], False)
    _join(node, "required", names)


def _optional(node: Schema, names: Sequence[str]) -> None:
    for name in names:
        for keyword in ("required", "x-always"):
            _leave(node, keyword, name)
        for field in _property(node, name):
            field.update(nullable(field))
    for each in node.get("allOf", ()):
        _optional(each["then"], names)


def _always(node: Schema, names: Sequence[str]) -> None:
    _join(node, "x-always", names)


def _split(node: Schema, groups: Mapping[str, Sequence[str]]) -> None:
    fields = node["properties"]
    for value, names in groups.items():
        then = _branch(node, "type", value)
        then["properties"] = {name: copy.deepcopy(fields[name]) for name in names}
    for name in {name for names in groups.values() for name in names}:
        del fields[name]


def _add(node: Schema, fields: Mapping[str, Schema]) -> None:
    known = node.get("properties", {})
    added = {name: _ordered(field) for name, field in fields.items()}
    other = [name for name, field in added.items() if known.get(name, field) != field]
    if other:
        raise ValueError(f"{other} are declared already, and otherwise: {[known[name] for name in other]}")
    node["properties"] = {**known, **added}


def _ordered(part: Any) -> Any:
    """Return a copy of a part of a schema with the names in `type` in the order that `types` gives them."""
    if not isinstance(part, dict):
        return copy.deepcopy(part)
    ordered = {keyword: _ordered(value) for keyword, value in part.items()}
    if isinstance(part.get("type"), list):
        ordered["type"] = types(part)
    return ordered


def _values(node: Schema, values: Sequence[Any]) -> None:
    node["x-known-values"] = list(dict.fromkeys([*node.get("x-known-values", ()), *values]))


def _open(node: Schema, _: bool) -> None:
    node.pop("x-known-values", None)


def _join(node: Schema, keyword: str, names: Sequence[str]) -> None:
    node[keyword] = sorted({*node.get(keyword, ()), *names})


def _leave(node: Schema, keyword: str, name: str) -> None:
    names = [each for each in node.get(keyword, ()) if each != name]
    node.pop(keyword, None)
    if names:
        node[keyword] = names


def _strings(value: str | Sequence[str]) -> list[str]:
    return [value] if isinstance(value, str) else list(value)


_OPERATIONS: Mapping[str, Callable[[Schema, Any], None]] = {
    "add": _add,  # properties nobody declared
    "nullable": _null,  # true: may be null; false: may not
    "also": _also,  # more JSON types a value may have
    "kind": _kind,  # the JSON types, whatever stood there
    "split": _split,  # a flat object becomes a union by `type`: the properties of each branch
    "require": _require,  # properties that must be there, and not null
    "optional": _optional,  # properties that may be missing or null after all
    "always": _always,  # properties that every recording carries, null perhaps, though nobody says they must
    "values": _values,  # more known values
    "open": _open,  # any value is as good as the known ones
}
