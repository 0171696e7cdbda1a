"""Ids and indices that lead elsewhere."""

from collections.abc import Iterator
from functools import partial

from benchmarks.mutation.logs import Log
from benchmarks.mutation.mutants import Body, Change, Draft, Operator, Path, at_path, put, replaced

Changed = tuple[Body, str, str] | None
RESPONSE_ID: tuple[Path, ...] = (("response_id",), ("response", "id"))
ITEM_ID: tuple[Path, ...] = (("item_id",),)


def unknown_id(value: str) -> str:
    """Return an id of the same shape that nothing else has."""
    return value[:-6] + "Mutant"


def _set(log: Log, at: int, path: Path, value: object, equivalent: str = "") -> Changed:
    body = put(log.events[at].body, path, value)  # type: ignore[arg-type]
    assert isinstance(body, dict)
    return body, f"/{'/'.join(map(str, path))}: {at_path(log.events[at].body, path)!r:.60} -> {value!r:.60}", equivalent


def _first(log: Log, at: int, paths: tuple[Path, ...]) -> tuple[Path, str] | None:
    for path in paths:
        value = at_path(log.events[at].body, path)
        if isinstance(value, str) and value:
            return path, value
    return None


def unknown(log: Log, at: int, paths: tuple[Path, ...]) -> Changed:
    """Name something that does not exist."""
    found = _first(log, at, paths)
    return _set(log, at, found[0], unknown_id(found[1])) if found else None


def _others(log: Log, name: str, value: str) -> Iterator[str]:
    for attributes in log.structure.attributes:
        other = attributes.get(name)
        if isinstance(other, str) and other != value:
            yield other


def cross_wired(log: Log, at: int, name: str, paths: tuple[Path, ...]) -> Changed:
    """Name another thing of the same session."""
    found = _first(log, at, paths)
    other = next(_others(log, name, found[1]), None) if found else None
    return _set(log, at, found[0], other) if found and other else None


def plus_one(log: Log, at: int, name: str) -> Changed:
    """Count an index one too far."""
    value = log.events[at].body.get(name)
    return _set(log, at, (name,), value + 1) if isinstance(value, int) else None


def reused_event_id(log: Log, at: int) -> Changed:
    """Give an event the event_id of the server's event before it."""
    before = [event for event in log.events[:at] if event.side == "server" and event.body.get("event_id")]
    if not before or not log.events[at].body.get("event_id"):
        return None
    return _set(log, at, ("event_id",), before[-1].body["event_id"])


def swapped_call_id(log: Log, at: int) -> Changed:
    """Name another call."""
    found = _first(log, at, (("call_id",), ("item", "call_id")))
    return _set(log, at, found[0], unknown_id(found[1])) if found else None


def swapped_responses(log: Log, at: int) -> Draft | None:
    """Exchange the ids of two responses from here on."""
    ids = list(dict.fromkeys(a["response_id"] for a in log.structure.attributes if a.get("response_id")))
    if len(ids) < 2 or log.events[at].side != "server":
        return None
    here = log.structure.attributes[at].get("response_id")
    opened = [index for index, a in enumerate(log.structure.attributes[:at]) if a.get("response_id") == here]
    if here is None or not opened:
        return None
    other = next(one for one in ids if one != here)
    events = list(log.events)
    for index in range(at, len(events)):
        found = _first(log, index, RESPONSE_ID)
        if found and found[1] in (here, other):
            changed = _set(log, index, found[0], other if found[1] == here else here)
            assert changed is not None
            events[index] = replaced(log, index, changed[0])[index]
    return Draft(tuple(events), frozenset((at,)), f"{here} and {other} exchanged from here on")


def error_event_id(log: Log, at: int) -> Changed:
    """Make an error name another event than the one refused."""
    if log.events[at].type != "error" or not isinstance(log.events[at].body.get("error"), dict):
        return None
    return _set(log, at, ("error", "event_id"), "event_Mutant")


def _previous(log: Log, at: int) -> Changed:
    value = log.events[at].body.get("previous_item_id")
    return _set(log, at, ("previous_item_id",), unknown_id(value)) if isinstance(value, str) and value else None


OPERATORS = (
    Operator("unknown response_id", Change(partial(unknown, paths=RESPONSE_ID)), table=True),
    Operator("unknown item_id", Change(partial(unknown, paths=ITEM_ID)), table=True),
    Operator("cross-wired item_id", Change(partial(cross_wired, name="item_id", paths=ITEM_ID)), table=True),
    Operator("cross-wired response_id", Change(partial(cross_wired, name="response_id", paths=RESPONSE_ID))),
    Operator("unknown item.id", Change(partial(unknown, paths=(("item", "id"),))), table=True),
    Operator("unknown previous_item_id", Change(_previous), table=True),
    Operator("output_index + 1", Change(partial(plus_one, name="output_index")), table=True),
    Operator("content_index + 1", Change(partial(plus_one, name="content_index")), table=True),
    Operator("event_id reuse", Change(reused_event_id), table=True),
    Operator("call_id swap", Change(swapped_call_id)),
    Operator("response swap", swapped_responses),
    Operator("error.event_id altered", Change(error_event_id)),
)
