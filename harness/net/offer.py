"""What a client's handshake says: what it offers, which generation it speaks, and what of it may be shown."""

import re
from collections.abc import Sequence
from urllib.parse import parse_qs, urlsplit

from websockets.extensions.permessage_deflate import ServerPerMessageDeflateFactory
from websockets.http11 import Request
from websockets.server import ServerProtocol
from websockets.typing import Subprotocol

SUBPROTOCOL = Subprotocol("realtime")
BETA_SUBPROTOCOL = "openai-beta.realtime-v1"
KEY_SUBPROTOCOL = "openai-insecure-api-key."
BETA_HEADER = "realtime=v1"
OTHER_PROTOCOL = re.compile(r"/live(/|$)")
"""The sister protocol with paths like `/v1/live/sessions`; its clients would wait for ever here."""
AZURE = re.compile(r"/openai/realtime/?$")
"""Azure's path before its `v1`: it wants `api-version` and `deployment`."""
SECRET = re.compile(r"(?<=[?&])(api[-_]key|key|token|access_token)=[^&]*", re.I)
"""A key in a URL, as Azure allows it."""

DEFLATE = ServerPerMessageDeflateFactory(
    server_max_window_bits=12, client_max_window_bits=12, compress_settings={"memLevel": 5, "level": 1}
)
"""Compression for clients that ask for it; small windows and the fastest level, so that hundreds of them fit."""


def masked(target: str) -> str:
    """Return the path and the query of a request without the keys in it."""
    return SECRET.sub(r"\1=***", target)


def select_subprotocol(protocol: ServerProtocol, offered: Sequence[Subprotocol]) -> Subprotocol | None:
    """Echo `realtime` if it was offered, and nothing otherwise: clients fail on either mistake (CLIENTS.md, 2)."""
    return SUBPROTOCOL if SUBPROTOCOL in offered else None


def speaks_beta(request: Request) -> bool:
    """Tell whether a client asks for the beta of 2024."""
    return BETA_SUBPROTOCOL in _subprotocols(request) or BETA_HEADER in _header(request, "OpenAI-Beta")


def wants_other_protocol(request: Request) -> bool:
    """Tell whether a client means the sister protocol."""
    return OTHER_PROTOCOL.search(urlsplit(request.path).path) is not None


def key_of(request: Request) -> str:
    """Return the key that a client brings: in a header, a subprotocol or the URL; empty when it brings none."""
    subprotocols = (name for name in _subprotocols(request) if name.startswith(KEY_SUBPROTOCOL))
    places = (
        bearer(_header(request, "Authorization")),
        _header(request, "api-key"),
        next(subprotocols, "").removeprefix(KEY_SUBPROTOCOL),
        *parse_qs(urlsplit(request.path).query).get("api-key", ()),
    )
    return next((key for key in places if key), "")


def bearer(authorization: str) -> str:
    """Return the key of an `Authorization` header."""
    scheme, _, key = authorization.partition(" ")
    return key.strip() if scheme.lower() == "bearer" else ""


def omissions(request: Request) -> str:
    """Return what the real server would miss in a request, empty when it has all."""
    url = urlsplit(request.path)
    if not AZURE.search(url.path):
        return ""
    missing = [name for name in ("api-version", "deployment") if name not in parse_qs(url.query)]
    return " and ".join(f"`{name}`" for name in missing)


def _subprotocols(request: Request) -> list[str]:
    return [name.strip() for name in _header(request, "Sec-WebSocket-Protocol").split(",")]


def _header(request: Request, name: str) -> str:
    return ",".join(request.headers.get_all(name))
