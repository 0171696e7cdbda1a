"""Entries to the formats of other programs: frames of a WebSocket, as cassettes and HAR files have them."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from itertools import chain

from harness import __version__
from harness.logs.block_text import lines, scalar
from harness.logs.exact_json import dumps
from harness.logs.stamps import NS_PER_SECOND
from harness.model import JSON, Entry, Side

LEFT_OUT: Mapping[str, str] = {
    "cassette": "stamps and labels",
    "har": "labels, the zones of stamps, and the notes of the recorder",
}
"""What each of these formats has no place for."""

DIRECTIONS: Mapping[Side, str] = {"client": "sent", "server": "received", "system": "unknown", "unknown": "unknown"}
TYPES: Mapping[Side, str] = {"client": "send", "server": "receive", "system": "unknown", "unknown": "unknown"}

TEXT_FRAME = 1
"""The opcode of a text frame (RFC 6455, 5.2)."""
NOWHERE = "wss://host.invalid/v1/realtime"
"""A log does not say where its server was, and a HAR file must: `.invalid` is no host's name (RFC 2606)."""


def cassette(entries: Iterable[Entry]) -> Iterator[bytes]:
    """Yield a cassette: `interactions`, each with its `kind`, its `direction` and its `data`."""
    yield b"version: 1\ninteractions:\n"
    for entry in entries:
        yield _interaction(entry)


def _interaction(entry: Entry) -> bytes:
    kind, direction = "message", DIRECTIONS[entry.side]
    if entry.content is None:
        # Whoever reads cassettes takes a kind it does not know for a note; the direction must be one of two.
        kind, direction = entry.label if entry.label not in ("", "message") else "note", "received"
    head = f"- kind: {scalar(kind)}\n  direction: {direction}\n"
    return (head + "".join(lines("data", entry.content, "  "))).encode()


def har(entries: Iterable[Entry]) -> Iterator[bytes]:
    """Yield a HAR 1.2 file with one connection, its frames where browsers put them: `_webSocketMessages`.

    The `time` of a frame is in Unix seconds, with all digits of the stamp; it is absent where there is none.
    """
    frames = (entry for entry in entries if entry.content is not None)
    first = next(frames, None)
    began = first.at_ns if first is not None and first.at_ns is not None else 0
    log: dict[str, JSON] = {"version": "1.2", "creator": {"name": "realtime-harness", "version": __version__}}
    yield b'{"log":' + dumps({**log, "pages": []})[:-1] + b',"entries":[' + dumps(_handshake(began))[:-1]
    yield b',"_webSocketMessages":['
    ended, comma = began, b"\n"
    for entry in chain([first] if first is not None else (), frames):
        yield comma + _message(entry)
        ended, comma = max(ended, entry.at_ns or 0), b",\n"
    yield b'\n],"time":' + _decimal(ended - began, 6) + b"}]}}\n"


def _handshake(began_ns: int) -> dict[str, JSON]:
    """Return what HAR wants to know of the request that became the connection."""
    began = datetime.fromtimestamp(began_ns // NS_PER_SECOND, UTC)
    milliseconds = began_ns % NS_PER_SECOND // 1_000_000
    message: dict[str, JSON] = {
        "httpVersion": "HTTP/1.1", "cookies": [], "headers": [], "headersSize": -1, "bodySize": -1,
    }  # fmt: skip
    content: JSON = {"size": 0, "mimeType": "x-unknown"}
    return {
        "startedDateTime": f"{began:%Y-%m-%dT%H:%M:%S}.{milliseconds:03d}Z",
        "request": {"method": "GET", "url": NOWHERE, **message, "queryString": []},
        "response": {
            "status": 101, "statusText": "Switching Protocols", **message, "content": content, "redirectURL": "",
        },
        "cache": {},
        "timings": {"send": 0, "wait": 0, "receive": 0},
        "_resourceType": "websocket",
    }  # fmt: skip


def _message(entry: Entry) -> bytes:
    time = b"" if entry.at_ns is None else b'"time":' + _decimal(entry.at_ns, 9) + b","
    data = dumps(dumps(entry.content).decode())
    return b'{"type":"%b",%b"opcode":%d,"data":%b}' % (TYPES[entry.side].encode(), time, TEXT_FRAME, data)


def _decimal(amount: int, places: int) -> bytes:
    """Return an integer divided by a power of ten, exactly: a float has too few digits for nanoseconds."""
    return format(Decimal(amount).scaleb(-places), "f").encode()
