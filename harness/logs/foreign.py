"""Entries to the formats of others: cassettes, and the archives of browsers."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Final

from harness.logs.exact_json import dumps
from harness.logs.writing import yaml_lines
from harness.model import JSON, Entry

NS_PER_SECOND: Final = 1_000_000_000
DIRECTIONS: Final = {"client": "sent", "server": "received"}
TYPES: Final = {"client": "send", "server": "receive"}
TEXT: Final = 1
"""The opcode of a text frame (RFC 6455, 5.2)."""


def cassette(entries: Iterable[Entry]) -> Iterator[bytes]:
    """Yield a cassette: what was sent and received, without stamps."""
    yield b"version: 1\ninteractions:\n"
    for entry in _events(entries):
        lines = "".join(yaml_lines("data", entry.content, "  "))
        yield f"- kind: message\n  direction: {DIRECTIONS.get(entry.side, 'unknown')}\n{lines}".encode()


def archive(entries: Iterable[Entry]) -> Iterator[bytes]:
    """Yield an HTTP archive (HAR 1.2) with one socket, whose frames are in `_webSocketMessages`."""
    opened = False
    for entry in _events(entries):
        if not opened:
            yield _opening(entry)
        yield (b",\n" if opened else b"\n") + _message(entry)
        opened = True
    if opened:
        yield b"\n]}]}}\n"
    else:
        yield dumps({"log": {"version": "1.2", "creator": _CREATOR, "entries": []}}) + b"\n"


_CREATOR: Final[dict[str, JSON]] = {"name": "realtime-harness", "version": "1"}


def _events(entries: Iterable[Entry]) -> Iterator[Entry]:
    return (entry for entry in entries if entry.content is not None)


def _opening(first: Entry) -> bytes:
    """Return everything before the first message; the fields are those that HAR 1.2 demands."""
    url = "wss://localhost/v1/realtime"
    empty: dict[str, JSON] = {
        "cookies": [],
        "headers": [],
        "httpVersion": "HTTP/1.1",
        "headersSize": -1,
        "bodySize": -1,
    }
    request: dict[str, JSON] = {"method": "GET", "url": url, "queryString": [], **empty}
    content: JSON = {"size": 0, "mimeType": "x-unknown"}
    response: dict[str, JSON] = {
        "status": 101,
        "statusText": "Switching Protocols",
        "content": content,
        "redirectURL": "",
        **empty,
    }
    entry: JSON = {
        "startedDateTime": _date(first.at_ns or 0),
        "time": 0,
        "request": request,
        "response": response,
        "cache": {},
        "timings": {"send": 0, "wait": 0, "receive": 0},
        "_resourceType": "websocket",
    }
    log = dumps({"log": {"version": "1.2", "creator": _CREATOR}}).removesuffix(b"}}")
    return log + b',"entries":[' + dumps(entry).removesuffix(b"}") + b',"_webSocketMessages":['


def _message(entry: Entry) -> bytes:
    head = dumps({"type": TYPES.get(entry.side, "unknown")}).removesuffix(b"}")
    # The time is written digit by digit: a floating-point number would lose the last of them.
    time = b"" if entry.at_ns is None else b',"time":%d.%09d' % divmod(entry.at_ns, NS_PER_SECOND)
    data = dumps(dumps(entry.content).decode())
    return head + time + b',"opcode":%d,"data":%b}' % (TEXT, data)


def _date(at_ns: int) -> str:
    return (
        datetime.fromtimestamp(at_ns // NS_PER_SECOND, UTC).strftime("%Y-%m-%dT%H:%M:%S.")
        + f"{at_ns % NS_PER_SECOND // 1_000_000:03d}Z"
    )
