"""Folds what the generations of the protocol say differently to one form: today's.

What corresponds to what is read from the tables by which sessions are translated. They are applied by the field and
not by the dialect: services mix the generations.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any

import orjson

from harness.engine.paths import value_at
from harness.model import JSON
from harness.protocol.translate import FOLDER
from harness.turns.vocabulary import IDENTITY, VOLATILE

Body = dict[str, JSON]


def settings(value: JSON) -> Body:
    """Return the settings of a session or a response in today's form, without ids, defaults and what says nothing."""
    pruned = prune(moved(value))
    for path, default in _defaults().items():
        _drop(pruned, path, default)
    kept = prune(pruned)
    if isinstance(kept.get("tools"), list):
        kept["tools"] = by_name(kept["tools"])
    return kept


def moved(value: JSON) -> Body:
    """Return the settings of a session or a response in today's form, those that are off or empty too."""
    folded: Body = {}
    for key, member in value.items() if isinstance(value, dict) else ():
        if key not in IDENTITY and key not in VOLATILE:
            path, kind = _moves().get(key, (key, ""))
            _put(folded, path, _value(kind, member))
    return folded


def prune(value: Body) -> Body:
    """Return an object without what says nothing: null, and what is empty, at any depth."""
    pruned = {key: prune(member) if isinstance(member, dict) else member for key, member in value.items()}
    return {key: member for key, member in pruned.items() if not empty(member)}


def empty(value: object) -> bool:
    """Tell whether a value says nothing; logs write null in all of these ways."""
    return value is None or value == "" or value == [] or value == {}


def _value(kind: str, value: JSON) -> JSON:
    """Return what is said today for a value of 2024."""
    if kind == "turn_detection" and isinstance(value, dict) and value.get("type") in (None, "none"):
        return None
    for old, new in _values().get(kind, ()):
        if value == old:
            return new
    return value


def _put(target: Body, path: str, value: JSON) -> None:
    """Set a value at a path, into what is there already."""
    name, _, rest = path.partition(".")
    here = target.get(name)
    if rest:
        inner: Body = dict(here) if isinstance(here, dict) else {}
        _put(inner, rest, value)
        target[name] = inner
    elif isinstance(value, dict) and isinstance(here, dict):
        merged: Body = dict(here)
        for key, member in value.items():
            _put(merged, key, member)
        target[name] = merged
    elif not empty(value) or name not in target:
        target[name] = value


def _drop(value: Body, path: str, default: JSON) -> None:
    """Remove a setting that has its default."""
    parent, _, name = path.rpartition(".")
    holder = value_at(value, parent) if parent else value
    if isinstance(holder, dict) and name in holder and holder[name] == default:
        del holder[name]


def by_name(tools: JSON) -> Body:
    """Return tools by their names: their order means nothing. Some services wrap a function as chat completions do."""
    named: Body = {}
    for index, tool in enumerate(tools if isinstance(tools, list) else ()):
        inner = tool.get("function") if isinstance(tool, dict) else None
        if isinstance(tool, dict) and isinstance(inner, dict):
            tool = {key: member for key, member in tool.items() if key != "function"} | inner
        name = tool.get("name") or tool.get("server_label") if isinstance(tool, dict) else None
        named[str(name or index)] = tool
    return named


@cache
def _tables() -> tuple[Mapping[str, Any], ...]:
    return tuple(orjson.loads(path.read_bytes()) for path in sorted(FOLDER.glob("*.json")))


@cache
def _moves() -> Mapping[str, tuple[str, str]]:
    """Return, for each field of 2024, where it is today and what kind of value it has."""
    moves = (move for table in _tables() for move in table["objects"]["session"]["moves"])
    return {old: (new, kind) for old, new, kind in moves}


@cache
def _values() -> Mapping[str, list[tuple[JSON, JSON]]]:
    return {kind: pairs for table in _tables() for kind, pairs in table["values"].items()}


@cache
def _defaults() -> Mapping[str, JSON]:
    """Return the settings that need not be said, with what holds when they are not."""
    session = [table["objects"]["session"] for table in _tables()]
    return {path: value for one in session for part in _UNSAID for path, value in one.get(part, {}).items()}


_UNSAID = ("newer_constants", "newer_defaults")
