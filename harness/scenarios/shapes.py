"""What the schemas say may be null, and what may be absent."""

from functools import cache
from typing import Any

from harness.model import JSON
from harness.protocol import schemas

Schema = Any

IDENTIFYING = frozenset({"type", "event_id", "id", "status", "role", "output", "content", "delta"})
"""What stays: without it nobody could tell what an event is about."""


class Shapes:
    """The schemas of one dialect's server events."""

    def __init__(self, dialect_chain: tuple[str, ...]) -> None:
        self._chain = dialect_chain

    def with_nulls(self, event: dict[str, Any]) -> dict[str, Any]:
        """Return an event in which everything that may be null is."""
        nulled = _nulled(self._schema(event), event)
        return nulled if isinstance(nulled, dict) else event

    def minimal(self, event: dict[str, Any]) -> dict[str, Any]:
        """Return an event without anything that may be absent."""
        left = _left(self._schema(event), event)
        return left if isinstance(left, dict) else event

    def _schema(self, event: dict[str, Any]) -> Schema:
        return _schema(self._chain, str(event.get("type")))


@cache
def _schema(dialect_chain: tuple[str, ...], event_type: str) -> Schema:
    return schemas.schema(dialect_chain, "server", event_type) or {}


def _nulled(found: Schema, value: JSON) -> JSON:
    if isinstance(value, dict):
        known = _properties(found, value)
        return {
            key: None
            if key not in IDENTIFYING and _may_be_null(key, known.get(key))
            else _nulled(known.get(key, {}), member)
            for key, member in value.items()
        }
    if isinstance(value, list):
        return [_nulled(found.get("items") or {}, member) for member in value]
    return value


def _left(found: Schema, value: JSON) -> JSON:
    if isinstance(value, dict):
        known, required = _properties(found, value), IDENTIFYING.union(found.get("required", ()))
        return {
            key: _left(known.get(key, {}), member)
            for key, member in value.items()
            if key in required or (key not in known and not known)
        }
    if isinstance(value, list):
        return [_left(found.get("items") or {}, member) for member in value]
    return value


def _properties(found: Schema, value: dict[str, Any]) -> dict[str, Schema]:
    """Return the fields of an object, those of its kind included where a schema tells kinds apart."""
    known = dict(found.get("properties", {}))
    for case in found.get("allOf", ()):
        if "then" in case and _is_case(case.get("if", {}), value):
            known |= _properties(case["then"], value)
    return known


def _is_case(condition: Schema, value: dict[str, Any]) -> bool:
    told = condition.get("properties", {}).items()
    return all(value.get(key) == one.get("const", value.get(key)) for key, one in told)


def _may_be_null(key: str, found: Schema | None) -> bool:
    if not found or key in IDENTIFYING:
        return False
    kinds = found.get("type", ())
    return "null" in ((kinds,) if isinstance(kinds, str) else kinds) or None in found.get("enum", ())
