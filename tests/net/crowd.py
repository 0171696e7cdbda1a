"""Many clients at once, as cheap as they can be: frames written by hand, events only counted."""

import asyncio
import base64
import json
from pathlib import Path
from typing import Any

HANDSHAKE = (
    b"GET /v1/realtime HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: " + base64.b64encode(bytes(16)) + b"\r\n\r\n"
)


def frame(event: dict[str, Any] | bytes) -> bytes:
    """Return a masked text frame; the mask is zero, so that the payload is plain."""
    payload = event if isinstance(event, bytes) else json.dumps(event).encode()
    size = len(payload)
    length = bytes([0x80 | size]) if size < 126 else b"\xfe" + size.to_bytes(2, "big")
    return b"\x81" + length + bytes(4) + payload


CREATE = frame({"type": "response.create"})


class Visitor:
    """A client on a plain socket."""

    def __init__(self, port: int) -> None:
        self.port = port

    async def __aenter__(self) -> "Visitor":
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port, limit=1 << 20)
        self.writer.write(HANDSHAKE)
        await self.reader.readuntil(b'"session.created"')
        return self

    async def __aexit__(self, *failure: Any) -> None:
        self.writer.transport.abort()

    async def turn(self) -> int:
        """Ask for a response; return how many events came with it."""
        self.writer.write(CREATE)
        seen = 0
        tail = b""
        while True:
            data = await self.reader.read(1 << 16)
            assert data, "the server has closed the connection"
            seen += (tail + data).count(b'"event_id"') - tail.count(b'"event_id"')
            if b'"response.done"' in tail + data:
                return seen
            tail = (tail + data)[-20:]


def memory_kb(pid: int) -> int:
    """Return how much memory a process has in use."""
    status = Path(f"/proc/{pid}/status").read_text()
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmRSS")))


def open_files(pid: int) -> int:
    """Return how many files and sockets a process has open."""
    return len(list(Path(f"/proc/{pid}/fd").iterdir()))
