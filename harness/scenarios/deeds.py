"""What faults do, each as one small function.

Those for server events are given the event that is about to be sent, and yield what is sent instead, each with the
milliseconds by which it is late. Those for client events answer in the server's place.
"""

import base64
import binascii
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple, TypeAlias

from harness.model import JSON
from harness.replay.actions import Close, Send
from harness.replay.wire import dumps
from harness.scenarios.acts import Act, Binary, Cut, Deliver, Drop, Meant
from harness.scenarios.fault import Fault
from harness.scenarios.shapes import Shapes

MS = 1_000_000
LATE_MS, PAD_KB, CLOSE_CODE = 500.0, 1_100.0, 1011.0
FUTURE: Mapping[str, JSON] = {"type": "x.future.event", "note": "an event that this client has never heard of"}


class Told(NamedTuple):
    """An act, by how much it is late, and whether what comes after it waits too."""

    act: Act
    late_ms: float = 0.0
    holds: bool = False


class Moment(NamedTuple):
    """The event at which a fault happens."""

    send: Send
    event: dict[str, Any]
    fault: Fault
    memory: dict[str, Any]
    """What the fault remembers of earlier events of this connection."""
    shapes: Shapes
    """What the schemas say about the connection's events."""

    @property
    def at_ns(self) -> int:
        """Return when the event was due."""
        return self.send.at_ns

    def changed(self, event: Mapping[str, Any], judged: bool = True) -> Iterator[Told]:
        """Yield the event as it is now instead of as it was; where it is wrong on purpose the old one is judged."""
        body = dumps(dict(event))
        if judged:
            yield Told(Send(self.at_ns, body))
        else:
            yield Told(Meant(self.at_ns, self.send.body))
            yield Told(Deliver(self.at_ns, body))


Deed: TypeAlias = Callable[[Moment], Iterator[Told]]


def _delay(m: Moment) -> Iterator[Told]:
    """It, and all that follows, comes `ms` later."""
    yield Told(m.send, m.fault.number("ms", LATE_MS), holds=True)


def _late(m: Moment) -> Iterator[Told]:
    """It comes `ms` later, behind what follows it."""
    yield Told(Meant(m.at_ns, m.send.body))
    yield Told(Deliver(m.at_ns, m.send.body), m.fault.number("ms", LATE_MS))


def _duplicate(m: Moment) -> Iterator[Told]:
    """It comes twice, or `times` times."""
    yield Told(m.send)
    for _ in range(int(m.fault.number("times", 2)) - 1):
        yield Told(Deliver(m.at_ns, m.send.body))


def _drop(m: Moment) -> Iterator[Told]:
    """It never comes."""
    yield Told(Meant(m.at_ns, m.send.body))


def _swap(m: Moment) -> Iterator[Told]:
    """It comes behind the event that follows it."""
    yield Told(Meant(m.at_ns, m.send.body))
    yield Told(Deliver(m.at_ns, m.send.body), -1.0)


def _stall(m: Moment) -> Iterator[Told]:
    """It and all that follows never comes, or `ms` later; the connection stays open."""
    yield Told(m.send, m.fault.number("ms", float("inf")), holds=True)


def _close(m: Moment) -> Iterator[Told]:
    """The connection is closed behind it, `ms` later, with `code` and `reason`."""
    yield Told(m.send)
    code, reason = int(m.fault.number("code", CLOSE_CODE)), m.fault.text("reason")
    yield Told(Close(m.at_ns, code, reason), m.fault.number("ms", 0.0), holds=not m.fault.number("ms", 0.0))


def _disconnect(m: Moment) -> Iterator[Told]:
    """The connection breaks behind it, `ms` later, without a word."""
    yield Told(m.send)
    yield Told(Drop(m.at_ns), m.fault.number("ms", 0.0))


def _cut(m: Moment) -> Iterator[Told]:
    """The connection breaks in the middle of its frame."""
    yield Told(Meant(m.at_ns, m.send.body))
    yield Told(Cut(m.at_ns, m.send.body))


def _garble(m: Moment) -> Iterator[Told]:
    """It comes as half of its JSON."""
    yield Told(Meant(m.at_ns, m.send.body))
    yield Told(Deliver(m.at_ns, m.send.body[: len(m.send.body) // 2]))


def _binary(m: Moment) -> Iterator[Told]:
    """It comes in a binary frame."""
    yield Told(Meant(m.at_ns, m.send.body))
    yield Told(Binary(m.at_ns, m.send.body))


def _pad(m: Moment) -> Iterator[Told]:
    """It is `kb` kilobytes large."""
    padding = "x" * int(m.fault.number("kb", PAD_KB) * 1024)
    yield from m.changed({**m.event, "padding": padding}, judged=False)


def _insert(m: Moment) -> Iterator[Told]:
    """`event` comes behind it, `ms` later; `$name` in it stands for the field of that name."""
    yield Told(m.send)
    declared = m.fault.options.get("event")
    event = declared if isinstance(declared, dict) else dict(FUTURE)
    made = {"event_id": f"{m.event.get('event_id', 'event')}x", **_filled(event, m.event)}
    yield Told(Deliver(m.at_ns, dumps(made)), m.fault.number("ms", 0.0))


def _replace(m: Moment) -> Iterator[Told]:
    """`event` comes in its place; `$name` in it stands for the field of that name."""
    event = _filled(_mapping(m.fault, "event"), m.event)
    yield Told(Meant(m.at_ns, m.send.body))
    yield Told(Deliver(m.at_ns, dumps({"event_id": m.event.get("event_id"), **event})))


def _set(m: Moment) -> Iterator[Told]:
    """The fields in `fields`, by their paths, have other values, where the event has them."""
    event = m.event
    for path, value in _mapping(m.fault, "fields").items():
        event = replaced(event, path.split("."), _filled(value, m.event))
    yield from m.changed(event)


def _unset(m: Moment) -> Iterator[Told]:
    """The fields in `fields`, by their paths, are not there."""
    event = m.event
    for path in m.fault.options.get("fields", ()):
        event = replaced(event, str(path).split("."), None, away=True)
    yield from m.changed(event, judged=False)


def _nulls(m: Moment) -> Iterator[Told]:
    """Everything that may be null is null."""
    yield from m.changed(m.shapes.with_nulls(m.event), judged=False)


def _minimal(m: Moment) -> Iterator[Told]:
    """Everything that may be absent is absent."""
    yield from m.changed(m.shapes.minimal(m.event), judged=False)


def _extra(m: Moment) -> Iterator[Told]:
    """It has a field, and its objects have one, that no client knows."""
    yield from m.changed(_extended(m.event), judged=False)


def _split_sample(m: Moment) -> Iterator[Told]:
    """Its audio begins or ends in the middle of a sample; over all pieces nothing is missing."""
    try:
        data = m.memory.get("rest", b"") + base64.b64decode(m.event.get("delta", ""))
    except (binascii.Error, TypeError):
        yield Told(m.send)
        return
    size = len(data) - (len(data) + 1) % 2
    m.memory["rest"] = data[size:]
    yield from m.changed({**m.event, "delta": base64.b64encode(data[:size]).decode()}, judged=False)


def _cumulate(m: Moment) -> Iterator[Told]:
    """Its delta has everything so far, and not only what is new."""
    m.memory["text"] = m.memory.get("text", "") + str(m.event.get("delta", ""))
    yield from m.changed({**m.event, "delta": m.memory["text"]}, judged=False)


def _behind(m: Moment) -> Iterator[Told]:
    """It comes behind the next event of its kind."""
    held = m.memory.pop("held", None)
    if held is None:
        m.memory["held"] = m.send.body
        yield Told(Meant(m.at_ns, m.send.body))
        return
    yield Told(m.send)
    yield Told(Deliver(m.at_ns, held))


DEEDS: Mapping[str, Deed] = {
    "delay": _delay,
    "late": _late,
    "duplicate": _duplicate,
    "drop": _drop,
    "swap": _swap,
    "stall": _stall,
    "close": _close,
    "disconnect": _disconnect,
    "cut": _cut,
    "garble": _garble,
    "binary": _binary,
    "pad": _pad,
    "insert": _insert,
    "replace": _replace,
    "set": _set,
    "unset": _unset,
    "nulls": _nulls,
    "minimal": _minimal,
    "extra": _extra,
    "split-sample": _split_sample,
    "cumulate": _cumulate,
    "behind": _behind,
}
"""What can happen to a server event."""

REFUSALS: Mapping[str, str] = {
    "refuse": "The server answers a client event with an error: code, message, param, type.",
    "ignore": "The server never answers it.",
    "hear-late": "The server gets it, and all that follows, `ms` later.",
}
"""What can happen to a client event. The faults of connections can happen at client events too."""

AT_ANYTHING = frozenset({"close", "disconnect", "stall", "insert"})
"""What can happen behind a client event as well."""


def _mapping(fault: Fault, name: str) -> Mapping[str, JSON]:
    value = fault.options.get(name)
    return value if isinstance(value, dict) else {}


def _filled(value: Any, event: Mapping[str, Any]) -> Any:
    """Return a declared value with `$name` replaced by the event's field of that name."""
    if isinstance(value, str) and value.startswith("$"):
        found: Any = event
        for part in value[1:].split("."):
            found = found.get(part) if isinstance(found, dict) else None
        return found
    if isinstance(value, dict):
        return {key: _filled(member, event) for key, member in value.items()}
    if isinstance(value, list):
        return [_filled(member, event) for member in value]
    return value


def replaced(value: Any, path: list[str], new: JSON, away: bool = False) -> Any:
    """Return a value with another one at a path, or none; unchanged where the path leads nowhere."""
    if not isinstance(value, dict):
        return value
    first, *rest = path
    if first not in value:
        return value
    if rest:
        return {**value, first: replaced(value[first], rest, new, away)}
    others = {key: member for key, member in value.items() if key != first}
    return others if away else {**value, first: new}


def _extended(value: Any) -> Any:
    if isinstance(value, dict):
        return {**{key: _extended(member) for key, member in value.items()}, "x_future_field": {"nested": [1, None]}}
    return [_extended(member) for member in value] if isinstance(value, list) else value
