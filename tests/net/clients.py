"""A plain client of the protocol, and the log that most mocks here serve."""

import asyncio
from pathlib import Path
from typing import Any

import orjson
from websockets.asyncio.client import ClientConnection, connect

SEED = Path(__file__).parents[2] / "fixtures" / "sessions" / "seed.yaml"


class Client:
    """A plain client of the protocol."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection

    async def send(self, event: Any) -> None:
        await self.connection.send(orjson.dumps(event).decode())

    async def take(self, event_type: str) -> dict[str, Any]:
        """Return the next event of this type; others before it are passed over."""
        while True:
            event: dict[str, Any] = orjson.loads(await self.connection.recv())
            if event["type"] == event_type:
                return event

    async def turn(self) -> str:
        """Ask for a response and return its text."""
        await self.send({"type": "response.create"})
        done = await self.take("response.done")
        text: str = done["response"]["output"][0]["content"][0]["text"]
        return text


def client(url: str, **options: Any) -> Any:
    """Connect a plain client; use it as an async context manager."""
    return _Connecting(url, options)


class _Connecting:
    def __init__(self, url: str, options: dict[str, Any]) -> None:
        self._connect = connect(url, proxy=None, **options)

    async def __aenter__(self) -> Client:
        return Client(await self._connect.__aenter__())

    async def __aexit__(self, *failure: Any) -> None:
        await self._connect.__aexit__(*failure)


async def http(server: Any, request: str, body: Any = None, headers: str = "") -> tuple[int, Any]:
    """Send an HTTP request; return the status and the JSON, or the text, of the answer."""
    host, port = server.url.partition("://")[2].partition("/")[0].split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    sent = b"" if body is None else orjson.dumps(body)
    head = f"{request} HTTP/1.1\r\nHost: {host}\r\nContent-Length: {len(sent)}\r\nConnection: close\r\n{headers}\r\n"
    writer.write(head.encode() + sent)
    answer = await reader.read()
    writer.close()
    head_, _, text = answer.partition(b"\r\n\r\n")
    if b"chunked" in head_:
        text = b"".join(text.split(b"\r\n")[1::2])
    told = orjson.loads(text) if b"application/json" in head_ else text.decode()
    return int(head_.split()[1]), told
