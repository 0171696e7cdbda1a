"""From a value that was found in a text to the events in it: wrappers opened, texts that hold JSON read."""

import re
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from harness.logs.exact_json import BadJSONError, loads
from harness.logs.knowledge import Knowledge
from harness.logs.limits import Limits
from harness.logs.objects.scanner import Source, find
from harness.logs.objects.words import NS_PER_SECOND, epoch_ns, side_of
from harness.logs.stamps import at_ns
from harness.model import JSON, Side

STAMP_KEYS: Final = ("timestamp", "time", "ts", "@timestamp", "at", "date", "created_at", "createdAt", "startedAt", "t")
SIDE_KEYS: Final = ("sender", "source", "direction", "from", "side", "dir", "origin", "kind", "role")
LABEL_KEYS: Final = ("label", "message", "msg", "event_name", "name", "event")
DIRECTIONS: Final[Mapping[str, Side]] = {
    **dict.fromkeys(("client", "sent", "send", "out", "outgoing", "outbound", "tx", "request", "c2s"), "client"),
    **dict.fromkeys(
        ("server", "received", "receive", "recv", "in", "incoming", "inbound", "rx", "response", "s2c"), "server"
    ),
    **dict.fromkeys(("openai", "assistant", "model", "api", "azure"), "server"),
    **dict.fromkeys(("user", "browser", "app", "me"), "client"),
}
FLAGS: Final[Mapping[str, Side]] = {
    **dict.fromkeys(("sent", "outgoing", "isSent", "is_sent", "fromClient", "from_client", "isClient"), "client"),
    **dict.fromkeys(("received", "incoming", "fromServer", "from_server", "isServer"), "server"),
}
"""Keys that say yes or no."""
OTHER: Final[Mapping[Side, Side]] = {"client": "server", "server": "client"}
DOTTED: Final = re.compile(r"[a-z][a-z0-9_]*(?:\.[a-z0-9_]+)+\Z")
ERROR_TYPE: Final = re.compile(r"[a-z_]+_error\Z")
LIMITS: Final = Limits()
MOST_IN_TEXT: Final = 100
DEEPEST: Final = 6
"""The wrappers around an event. Three were seen."""


class Found(NamedTuple):
    """An event, and what its wrappers say of it."""

    event: dict[str, JSON]
    at_ns: int | None = None
    stamp: str = ""
    side: Side = "unknown"
    label: str = ""
    rebuilt: bool = False
    """Whether only the inner part of the event was there, such as the body of an error."""


def events_in(value: JSON, knowledge: Knowledge, around: Found | None = None, depth: int = 0) -> Iterator[Found]:
    """Yield the events in a value: itself, the items of a list, what a wrapper holds, what a text holds."""
    around = around or Found({})
    if depth > DEEPEST:
        return
    if isinstance(value, list):
        for item in value:
            yield from events_in(item, knowledge, around, depth + 1)
    elif isinstance(value, str):
        for inner in _parsed(value):
            yield from events_in(inner, knowledge, around, depth + 1)
    elif isinstance(value, dict):
        yield from _in_mapping(value, knowledge, around, depth)


def _in_mapping(value: dict[str, JSON], knowledge: Knowledge, around: Found, depth: int) -> Iterator[Found]:
    is_event = _is_event(value, knowledge)
    wrapped = [] if is_event and not _may_wrap(value) else _wrapped(value, knowledge, around, depth)
    if wrapped:
        yield from wrapped
    elif is_event:
        stamp = value.get("timestamp")
        if isinstance(stamp, str) and not around.stamp and (moment := at_ns(stamp)) is not None:
            around = around._replace(stamp=stamp, at_ns=moment)
        yield around._replace(event=value)
    elif _is_error_body(value):
        yield around._replace(event={"type": "error", "error": value}, rebuilt=True)


def _is_event(value: Mapping[str, JSON], knowledge: Knowledge) -> bool:
    kind = value.get("type")
    return isinstance(kind, str) and (DOTTED.match(kind) is not None or bool(knowledge.schemas(kind)))


def _may_wrap(value: Mapping[str, JSON]) -> bool:
    """Say whether an event-like mapping may be a wrapper: events of the protocol have no stamp of their own."""
    return any(key in value for key in STAMP_KEYS) or "data" in value or "payload" in value


def _is_error_body(value: Mapping[str, JSON]) -> bool:
    kind = value.get("type")
    named = isinstance(kind, str) and ERROR_TYPE.match(kind) is not None
    return named and isinstance(value.get("message"), str) and "code" in value


def _wrapped(value: dict[str, JSON], knowledge: Knowledge, around: Found, depth: int) -> list[Found]:
    """Return the events below a wrapper, in the light of what it says itself."""
    stamp, moment = _stamp(value)
    side = _side(value)
    mine = Found(
        {},
        around.at_ns if moment is None else moment,
        stamp or around.stamp,
        around.side if side == "unknown" else side,
        _label(value) or around.label,
    )
    found: list[Found] = []
    for inner in value.values():
        if isinstance(inner, dict | list) or (isinstance(inner, str) and "{" in inner):
            found += events_in(inner, knowledge, mine, depth + 1)
    # The same event can be there twice, parsed and as a text.
    return [one for index, one in enumerate(found) if all(one.event != other.event for other in found[:index])]


def _stamp(value: Mapping[str, JSON]) -> tuple[str, int | None]:
    for key in STAMP_KEYS:
        given = value.get(key)
        if isinstance(given, str):
            moment = at_ns(given)
            if moment is not None:
                return given, moment
            if re.fullmatch(r"1\d{9}(?:\d{3}|\d{6}|\d{9})?(?:\.\d+)?", given):
                return given, epoch_ns(given)
        elif isinstance(given, int | float) and not isinstance(given, bool) and given >= 0:
            text = repr(given) if "e" not in repr(given) else f"{given:.9f}".rstrip("0").rstrip(".")
            # A small number counts from the beginning of the session.
            return text, epoch_ns(text) if given >= 1e9 else round(given * NS_PER_SECOND)
    return "", None


def _side(value: Mapping[str, JSON]) -> Side:
    for key in SIDE_KEYS:
        given = value.get(key)
        if isinstance(given, str):
            side = DIRECTIONS.get(given.lower()) or side_of(given)
            if side != "unknown":
                return side
    for key, side in FLAGS.items():
        if isinstance(value.get(key), bool):
            return side if value[key] else OTHER[side]
    kind = value.get("type")
    if isinstance(kind, str) and not DOTTED.match(kind):
        return DIRECTIONS.get(kind.lower(), "unknown")
    return "unknown"


def _label(value: Mapping[str, JSON]) -> str:
    for key in LABEL_KEYS:
        given = value.get(key)
        if isinstance(given, str) and "{" not in given:
            return given
    return ""


def _parsed(text: str) -> Iterator[JSON]:
    """Yield the object that a text is, or those that stand among its words."""
    bare = text.strip()
    if bare.startswith(("{", "[")):
        try:
            yield loads(bare)[0]
            return
        except BadJSONError:
            pass
    position, source = 0, Source(text)
    for _ in range(MOST_IN_TEXT):
        found = find(source, position, len(text), LIMITS)
        if found is None:
            return
        yield found.value
        position = found.end
