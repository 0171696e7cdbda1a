"""The port's HTTP side: polite answers to what clients ask beside the socket, and a hint for those that want TLS."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import orjson
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from harness.model import JSON

if TYPE_CHECKING:
    from harness.net.mock import Mock
    from harness.net.repertoire import Piece, Repertoire
    from harness.replay.script import Script

TLS_HELLO = 0x16
"""The first byte of a TLS handshake record (RFC 8446, section 5.1)."""

KEY_LIFETIME_S = 600


class PlainHttp(HttpToolsProtocol):
    """uvicorn's HTTP, which also knows a TLS hello when it sees one."""

    def __init__(self, mock: Mock, **arguments: Any) -> None:
        super().__init__(**arguments)
        self._mock: Mock | None = mock

    def data_received(self, data: bytes) -> None:
        """Take in what a client sent before it became a WebSocket."""
        if self._mock is not None and data[0] == TLS_HELLO:
            self._mock.tell(
                "a client came with TLS (wss:// or https://) to this plain port; give it the ws:// or http:// URL. "
                "SDKs that force wss: openai-node (all versions; pass options.createConnection) and openai-python "
                "before 2 (pass websocket_base_url)"
            )
            self.transport.close()
            return
        self._mock = None
        super().data_received(data)


def routes(mock: Mock) -> Callable[..., Any]:
    """Return the ASGI application of the port."""

    async def application(scope: dict[str, Any], receive: Callable[[], Any], send: Callable[[Any], Any]) -> None:
        while (await receive()).get("more_body"):
            pass
        target = scope["path"] + "?" + scope["query_string"].decode("latin-1")
        status, body = answer(mock, await mock.repertoire(), scope["method"], target)
        headers = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": orjson.dumps(body)})

    return application


def answer(mock: Mock, repertoire: Repertoire, method: str, target: str) -> tuple[int, JSON]:
    """Return the status and the body that answer a request."""
    path = target.partition("?")[0]
    name = path.rstrip("/").rpartition("/")[2]
    if method == "GET" and name in ("", "health", "healthz"):
        return 200, {"status": "ok", "url": mock.url}
    if method == "GET" and name == "models":
        return 200, {"object": "list", "data": [_model(piece) for piece in repertoire.pieces]}
    if method == "POST" and name in ("client_secrets", "sessions"):
        return 200, _client_secret(mock, repertoire.choose(target).script, name)
    if name == "realtime":
        return 426, _error(f"this is a WebSocket endpoint: connect to {mock.url}")
    return 404, _error(f"the mock has no {method} {path}; its WebSocket endpoint is {mock.url}")


def _model(piece: Piece) -> JSON:
    return {"id": piece.model, "object": "model", "owned_by": "harness"}


def _client_secret(mock: Mock, script: Script, name: str) -> JSON:
    """Return an ephemeral key: of today's form, or of the beta's, where it is part of the session."""
    secret: dict[str, JSON] = {"value": f"ek_{mock.fresh_token()}", "expires_at": int(time.time()) + KEY_LIFETIME_S}
    session = dict(script.session)
    return {**secret, "session": session} if name == "client_secrets" else {**session, "client_secret": secret}


def _error(message: str) -> JSON:
    return {"error": {"message": message, "type": "invalid_request_error", "param": None, "code": None}}
