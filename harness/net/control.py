"""The control API beside the socket: what the clients did, what is wrong with it, and a hand in what they get."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import orjson

from harness.errors import HarnessError, UsageError
from harness.model import JSON

if TYPE_CHECKING:
    from harness.net.connection import Connection
    from harness.net.http import Asked
    from harness.net.mock import Mock

Send = Callable[[Any], Any]

POLL_S = 0.1
"""How often those who listen for findings are told of new ones."""

INDEX: dict[str, JSON] = {
    "GET /harness/sessions": "the connections",
    "GET /harness/sessions/N": "one of them, with its findings; N is its number, or `last`",
    "GET /harness/sessions/N/recording": "what passed over it, as a log in JSON Lines",
    "GET /harness/report": "the report on all of them",
    "GET /harness/findings": "findings as they are made, as server-sent events",
    "POST /harness/sessions/N/inject": "send the client the event in the body",
    "POST /harness/sessions/N/fault": '{"fault": "delay on=response.done ms=500"}: let that go wrong from now on',
    "POST /harness/sessions/N/close": '{"code": 1000, "reason": ""}: close the connection',
    "POST /harness/sessions/N/drop": "end the connection without a word",
}


async def respond(mock: Mock, asked: Asked, receive: Callable[[], Any], send: Send) -> None:
    """Answer a request below `/harness`."""
    parts = [part for part in asked.path.split("/") if part][1:]
    if (asked.method, parts) == ("GET", ["findings"]):
        await _stream(mock, receive, send)
        return
    try:
        status, kind, body = _answer(mock, asked, parts)
    except (HarnessError, ValueError) as error:
        status, kind, body = 400, "application/json", orjson.dumps({"error": {"message": str(error)}})
    await send({"type": "http.response.start", "status": status, "headers": [(b"content-type", kind.encode())]})
    await send({"type": "http.response.body", "body": body})


def _answer(mock: Mock, asked: Asked, parts: list[str]) -> tuple[int, str, bytes]:
    """Return the status, the content type and the body."""
    match (asked.method, *parts):
        case ("GET",):
            found: JSON = INDEX
        case ("GET", "sessions"):
            found = [_told(connection) for connection in mock.sessions]
        case ("GET", "sessions", number):
            connection = _find(mock, number)
            found = {**_told(connection), "findings": [_finding(one) for one in connection.findings]}
        case ("GET", "sessions", number, "recording"):
            from harness.logs.writing import json_lines

            return 200, "application/x-ndjson", b"".join(json_lines(_find(mock, number).recording.entries))
        case ("GET", "report"):
            found = _report(mock)
        case ("POST", "sessions", number, verb) if verb in VERBS:
            VERBS[verb](_find(mock, number), _body(asked))
            found = {"ok": True}
        case _:
            found = {"error": {"message": f"there is no {asked.method} {asked.path}"}, "there is": INDEX}
            return 404, "application/json", orjson.dumps(found)
    return 200, "application/json", orjson.dumps(found)


def _find(mock: Mock, number: str) -> Connection:
    found = [one for one in mock.sessions if number in ("last", str(one.number))]
    if not found:
        raise UsageError(f"there is no connection {number}; there are {[one.number for one in mock.sessions]}")
    return found[-1]


def _body(asked: Asked) -> dict[str, Any]:
    body = orjson.loads(asked.body or b"{}")
    if not isinstance(body, dict):
        raise UsageError("the body is to be a JSON object")
    return body


def _close(connection: Connection, body: dict[str, Any]) -> None:
    connection.close(int(body.get("code", 1000)), str(body.get("reason", "")))


VERBS: dict[str, Callable[[Any, dict[str, Any]], None]] = {
    "inject": lambda connection, body: connection.inject(body),
    "fault": lambda connection, body: connection.fault(str(body.get("fault", ""))),
    "close": _close,
    "drop": lambda connection, body: connection.drop(),
}


def _told(connection: Connection) -> dict[str, JSON]:
    return {
        "number": connection.number,
        "target": connection.target,
        "log": connection.log,
        "open": connection.is_open,
        "events": connection.events,
        "errors": sum(finding.severity == "error" for finding in connection.findings),
    }


def _finding(finding: Any) -> dict[str, JSON]:
    from harness.reports.formats.json import finding_of

    return {"path": finding.place.path, **finding_of(finding)}


def _report(mock: Mock) -> JSON:
    from harness.reports.formats.json import session_of

    report = mock.jury.report(mock.url, mock.lateness.percentile(0.99))
    sessions: list[JSON] = [session_of(one) for one in mock.jury.checked()]
    return {"url": mock.url, "verdict": report.verdict, "statistics": dict(report.statistics), "sessions": sessions}


async def _stream(mock: Mock, receive: Callable[[], Any], send: Send) -> None:
    """Send each finding once, as it is made, until the listener leaves."""
    headers = [(b"content-type", b"text/event-stream"), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    seen: set[tuple[str, str, int | None]] = set()
    gone = asyncio.ensure_future(receive())
    while mock.is_serving and not gone.done():
        body = b"".join(_news(mock, seen))
        await send({"type": "http.response.body", "body": body, "more_body": True})
        await asyncio.wait({gone}, timeout=POLL_S)
    gone.cancel()
    await send({"type": "http.response.body", "body": b""})


def _news(mock: Mock, seen: set[tuple[str, str, int | None]]) -> Iterator[bytes]:
    """Yield the findings that were not seen yet."""
    for connection in mock.sessions:
        for finding in connection.noticed:
            key = (finding.place.path, finding.code, finding.seq)
            if key not in seen:
                seen.add(key)
                yield b"event: finding\ndata: " + orjson.dumps(_finding(finding)) + b"\n\n"
