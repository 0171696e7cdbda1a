"""What a client's handshake says: what it offers, which generation it speaks, and what of it may be shown."""

import re
from collections.abc import Sequence

from websockets.http11 import Request
from websockets.server import ServerProtocol
from websockets.typing import Subprotocol

SUBPROTOCOL = Subprotocol("realtime")
BETA_SUBPROTOCOL = "openai-beta.realtime-v1"
BETA_HEADER = "realtime=v1"
OTHER_PROTOCOL = re.compile(r"/live(/|$|\?)")
"""The sister protocol with paths like `/v1/live/sessions`; its clients would wait for ever here."""

SECRET = re.compile(r"(?<=[?&])(api[-_]key|key|token|access_token)=[^&]*", re.I)
"""A key in a URL, as Azure allows it."""


def masked(target: str) -> str:
    """Return the path and the query of a request without the keys in it."""
    return SECRET.sub(r"\1=***", target)


def select_subprotocol(protocol: ServerProtocol, offered: Sequence[Subprotocol]) -> Subprotocol | None:
    """Echo `realtime` if it was offered, and nothing otherwise: clients fail on either mistake (CLIENTS.md, 2)."""
    return SUBPROTOCOL if SUBPROTOCOL in offered else None


def speaks_beta(request: Request) -> bool:
    """Tell whether a client asks for the beta of 2024."""
    offered = ",".join(request.headers.get_all("Sec-WebSocket-Protocol"))
    return BETA_SUBPROTOCOL in offered or BETA_HEADER in ",".join(request.headers.get_all("OpenAI-Beta"))


def wants_other_protocol(request: Request) -> bool:
    """Tell whether a client means the sister protocol."""
    return OTHER_PROTOCOL.search(request.path.partition("?")[0]) is not None
