"""The port's HTTP side: polite answers to what clients ask beside the socket, and a hint for those that want TLS."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import orjson
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from harness.engine.paths import value_at
from harness.model import JSON
from harness.net.keys import LIFETIME_S
from harness.net.offer import bearer

if TYPE_CHECKING:
    from harness.net.mock import Mock
    from harness.net.repertoire import Piece, Repertoire

TLS_HELLO = 0x16
"""The first byte of a TLS handshake record (RFC 8446, section 5.1)."""

LARGEST_BODY = 32 * 1024 * 1024
"""A longer body is cut; nothing that anybody sends here comes near."""


class PlainHttp(HttpToolsProtocol):
    """uvicorn's HTTP, which also knows a TLS hello when it sees one."""

    def __init__(self, mock: Mock, **arguments: Any) -> None:
        super().__init__(**arguments)
        self._mock: Mock | None = mock

    def data_received(self, data: bytes) -> None:
        """Take in what a client sent before it became a WebSocket."""
        if self._mock is not None and data[0] == TLS_HELLO:
            self._mock.tell(
                "a client came with TLS (wss:// or https://) to this plain port; give it the ws:// or http:// URL, or "
                "serve with --tls. SDKs that force wss: openai-node (all versions; pass options.createConnection) and "
                "the `beta.realtime` of openai-python (pass websocket_base_url)"
            )
            self.transport.close()
            return
        self._mock = None
        super().data_received(data)


class Asked(NamedTuple):
    """An HTTP request."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    """By name in lower case."""
    body: bytes


class Answer(NamedTuple):
    """What an HTTP request gets."""

    status: int
    body: JSON


def routes(mock: Mock) -> Callable[..., Any]:
    """Return the ASGI application of the port."""

    async def application(scope: dict[str, Any], receive: Callable[[], Any], send: Callable[[Any], Any]) -> None:
        asked, repertoire = await _asked(scope, receive), await mock.repertoire()
        if asked.path == "/harness" or asked.path.startswith("/harness/"):
            from harness.net import control

            await control.respond(mock, asked, receive, send)
            return
        answered = answer(mock, repertoire, asked)
        headers = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": answered.status, "headers": headers})
        await send({"type": "http.response.body", "body": orjson.dumps(answered.body)})

    return application


async def _asked(scope: dict[str, Any], receive: Callable[[], Any]) -> Asked:
    body, more = b"", True
    while more:
        message = await receive()
        more = message.get("more_body", False)
        body = (body + message.get("body", b""))[:LARGEST_BODY]
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    return Asked(scope["method"], scope["path"], scope["query_string"].decode("latin-1"), headers, body)


def answer(mock: Mock, repertoire: Repertoire, asked: Asked) -> Answer:
    """Return what a request gets."""
    name = asked.path.rstrip("/").rpartition("/")[2]
    if asked.method == "GET" and name in ("", "health", "healthz"):
        return Answer(200, {"status": "ok", "url": mock.url})
    if name == "realtime":
        return Answer(426, _error(f"this is a WebSocket endpoint: connect to {mock.url}"))
    objection = mock.keys.objection(bearer(asked.headers.get("authorization", "")) or _key(asked), int(time.time()))
    if objection is not None:
        return Answer(401, objection)
    if asked.method == "GET" and name == "models":
        return Answer(200, {"object": "list", "data": [_model(piece) for piece in repertoire.pieces]})
    if asked.method == "POST" and name in MINTS:
        return _mint(mock, repertoire.choose(f"{asked.path}?{asked.query}"), asked, MINTS[name])
    return Answer(404, _error(f"the mock has no {asked.method} {asked.path}; its WebSocket endpoint is {mock.url}"))


MINTS = {"client_secrets": False, "sessions": True, "transcription_sessions": True}
"""The endpoints that make ephemeral keys: whether the key stands in the session, as in the beta."""


def _key(asked: Asked) -> str:
    return asked.headers.get("api-key", "")


def _model(piece: Piece) -> JSON:
    return {"id": piece.model, "object": "model", "owned_by": "harness"}


def _mint(mock: Mock, piece: Piece, asked: Asked, within_session: bool) -> Answer:
    """Return an ephemeral key: of today's form, or of the beta's, where it is part of the session."""
    from harness.replay.settings import merged

    try:
        wanted = orjson.loads(asked.body or b"{}")
    except orjson.JSONDecodeError:
        return Answer(400, _error("We could not parse the JSON body of your request."))
    session = wanted if within_session else value_at(wanted, "session")
    session = session if isinstance(session, dict) else {}
    seconds = value_at(wanted, "expires_after.seconds")
    lifetime_s = seconds if isinstance(seconds, int) else LIFETIME_S
    minted = mock.keys.mint(mock.fresh_token(), session, int(time.time()), lifetime_s)
    secret: dict[str, JSON] = {"value": minted.value, "expires_at": minted.expires_at}
    whole = merged(piece.script.session, session)
    return Answer(200, {**whole, "client_secret": secret} if within_session else {**secret, "session": whole})


def _error(message: str) -> JSON:
    return {"error": {"message": message, "type": "invalid_request_error", "param": None, "code": None}}
