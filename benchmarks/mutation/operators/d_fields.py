"""Types, fields and values whose shape is wrong."""

from functools import partial

from benchmarks.mutation import equivalence
from benchmarks.mutation.logs import Log
from benchmarks.mutation.mutants import Body, Change, Operator, Path, at_path, fields, pick, pointer, put, without

Changed = tuple[Body, str, str] | None
BOTH = frozenset(("server", "client"))
CLIENT = frozenset(("client",))
TURNS = (
    ("delta", "done"),
    ("done", "delta"),
    ("added", "done"),
    ("done", "added"),
    ("created", "done"),
    ("done", "created"),
    ("created", "updated"),
    ("updated", "created"),
    ("speech_started", "speech_stopped"),
    ("speech_stopped", "speech_started"),
    ("committed", "cleared"),
    ("completed", "failed"),
    ("delta", "completed"),
    ("created", "deleted"),
)


def retype(log: Log, at: int) -> Changed:
    """Call an event by the name of its counterpart."""
    event = log.events[at]
    head, _, tail = event.type.rpartition(".")
    for old, new in TURNS:
        kind = f"{head}.{new}"
        if tail == old and ("server", kind) in log.dialect.letters:
            return {**event.body, "type": kind}, f"called {kind}", ""
    return None


def unknown_type(log: Log, at: int) -> Changed:
    """Call an event by a name that does not exist."""
    event = log.events[at]
    return {**event.body, "type": event.type + "_mutant"}, "of an unknown type", ""


def _top(log: Log, at: int) -> list[Path]:
    return [(name,) for name in log.events[at].body if name != "type"]


def _nested(log: Log, at: int) -> list[Path]:
    return [path for path in fields(log.events[at].body) if len(path) > 1 and isinstance(path[-1], str)]


def _chosen(log: Log, at: int, nested: bool, salt: str) -> Path | None:
    return pick(_nested(log, at) if nested else _top(log, at), log.name, at, salt)


def remove(log: Log, at: int, nested: bool) -> Changed:
    """Leave a field out."""
    path = _chosen(log, at, nested, "remove")
    if path is None:
        return None
    body = without(log.events[at].body, path)
    assert isinstance(body, dict)
    return body, f"{pointer(path)} removed", equivalence.removed_field(log, at, path)


def wrong_type(log: Log, at: int, nested: bool) -> Changed:
    """Give a field a value of another JSON type."""
    path = _chosen(log, at, nested, "type")
    if path is None:
        return None
    value = at_path(log.events[at].body, path)
    other = ["mutated"] if not isinstance(value, list) else "mutated"
    body = put(log.events[at].body, path, other)  # type: ignore[arg-type]
    assert isinstance(body, dict)
    return body, f"{pointer(path)}: {value!r:.40} -> {other!r}", equivalence.retyped_field(log, at, path)


def nulled(log: Log, at: int) -> Changed:
    """Write null where a value was."""
    paths = [path for path in fields(log.events[at].body) if at_path(log.events[at].body, path) is not None]
    path = pick(paths, log.name, at, "null")
    if path is None:
        return None
    body = put(log.events[at].body, path, None)
    assert isinstance(body, dict)
    return body, f"{pointer(path)} is null", equivalence.nulled_field(log, at, path)


def fractional(log: Log, at: int) -> Changed:
    """Write a fraction where an integer was."""
    numbers = [path for path in fields(log.events[at].body) if type(at_path(log.events[at].body, path)) is int]
    path = pick(numbers, log.name, at, "float")
    value = at_path(log.events[at].body, path) if path else None
    if path is None or not isinstance(value, int):
        return None
    body = put(log.events[at].body, path, value + 0.5)
    assert isinstance(body, dict)
    return body, f"{pointer(path)}: {value} -> {value + 0.5}", equivalence.fractional_field(log, at, path)


def key_case(log: Log, at: int) -> Changed:
    """Write the name of a field in camel case."""
    names = [(name,) for name in log.events[at].body if "_" in name]
    path = pick(names, log.name, at, "case")
    if path is None:
        return None
    name = str(path[0])
    head, *tail = name.split("_")
    renamed = head + "".join(word.capitalize() for word in tail)
    body: Body = {renamed if key == name else key: value for key, value in log.events[at].body.items()}
    return body, f"{name} -> {renamed}", equivalence.removed_field(log, at, path)


OPERATORS = (
    Operator("retype", Change(retype), table=True),
    Operator("unknown type", Change(unknown_type), table=True),
    Operator("remove a field", Change(partial(remove, nested=False)), table=True),
    Operator("wrong JSON type", Change(partial(wrong_type, nested=False)), table=True),
    Operator("remove a nested field", Change(partial(remove, nested=True))),
    Operator("wrong nested JSON type", Change(partial(wrong_type, nested=True))),
    Operator("client: remove a field", Change(partial(remove, nested=False), CLIENT)),
    Operator("client: wrong JSON type", Change(partial(wrong_type, nested=False), CLIENT)),
    Operator("client: unknown type", Change(unknown_type, CLIENT)),
    Operator("null for a value", Change(nulled)),
    Operator("integer to fraction", Change(fractional)),
    Operator("key case", Change(key_case)),
)
