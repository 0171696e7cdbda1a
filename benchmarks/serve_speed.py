"""How many events per second the mock serves without delays, beside its peers, all in one run on one machine.

    python benchmarks/serve_speed.py

Servers: `replay`, the same events sent with `websockets.asyncio.server`, and aimock from npm when Node is there.
Each has a process of its own; a client that only counts has another.
"""

import asyncio
import base64
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import uvloop

WORDS = ["twenty characters...", *(f" and again {n:08d}." for n in range(199))]
"""The deltas of one response; aimock cuts its text into pieces of 20 characters."""
PER_CLIENT = {1: 300, 100: 12}
"""Turns, by the number of clients."""
ROUNDS = 3
AIMOCK = "@copilotkit/aimock"

PEER = """
import asyncio, json, sys
import uvloop
from websockets.asyncio.server import serve
events = [json.dumps(event) for event in json.load(open(sys.argv[2]))]
async def handle(connection):
    await connection.send(events[0])
    async for frame in connection:
        if json.loads(frame)["type"] == "response.create":
            for event in events[1:]:
                await connection.send(event)
async def main():
    async with serve(handle, "127.0.0.1", int(sys.argv[1]), compression=None):
        await asyncio.Future()
uvloop.run(main())
"""


def recording() -> list[dict[str, object]]:
    """Return what a server sends for one turn in text."""
    text = "".join(WORDS)
    part = {"response_id": "resp_1", "item_id": "item_1", "output_index": 0, "content_index": 0}
    place = {"response_id": "resp_1", "output_index": 0}
    begun = {"id": "item_1", "type": "message", "status": "in_progress", "role": "assistant", "content": []}
    done = {**begun, "status": "completed", "content": [{"type": "output_text", "text": text}]}
    response = {"object": "realtime.response", "id": "resp_1", "status_details": None, "conversation_id": "conv_1"}
    events: list[dict[str, object]] = [
        {"type": "session.created", "session": {"id": "sess_1", "type": "realtime", "output_modalities": ["text"]}},
        {"type": "response.created", "response": {**response, "status": "in_progress", "output": [], "usage": None}},
        {"type": "response.output_item.added", **place, "item": begun},
        {"type": "conversation.item.added", "previous_item_id": None, "item": begun},
        {"type": "response.content_part.added", **part, "part": {"type": "text", "text": ""}},
        *({"type": "response.output_text.delta", **part, "delta": word} for word in WORDS),
        {"type": "response.output_text.done", **part, "text": text},
        {"type": "response.content_part.done", **part, "part": {"type": "text", "text": text}},
        {"type": "conversation.item.done", "previous_item_id": None, "item": done},
        {"type": "response.output_item.done", **place, "item": done},
        {"type": "response.done", "response": {**response, "status": "completed", "output": [done], "usage": None}},
    ]
    return [{"type": event["type"], "event_id": f"event_{n:021d}", **event} for n, event in enumerate(events)]


def write_log(folder: Path) -> Path:
    """Write the recording as a log; return its path."""
    created, *turn = recording()
    said = [("server", created), ("client", {"type": "response.create"}), *(("server", event) for event in turn)]
    lines = [
        json.dumps({"timestamp": "2026-01-01T00:00:00Z", "sender": side, "message": "", "content": event})
        for side, event in said
    ]
    path = folder / "turn.jsonl"
    path.write_text("\n".join(lines) + "\n")
    return path


def frame(event: dict[str, object]) -> bytes:
    """Return a masked text frame; the mask is zero, so that the payload is plain."""
    payload = json.dumps(event).encode()
    length = bytes([0x80 | len(payload)]) if len(payload) < 126 else b"\xfe" + len(payload).to_bytes(2, "big")
    return b"\x81" + length + bytes(4) + payload


ITEM = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "hello"}]}
ASK = frame({"type": "conversation.item.create", "item": ITEM})
CREATE = frame({"type": "response.create"})


class Counter(asyncio.Protocol):
    """A client that asks for turns and counts the events that come."""

    def __init__(self, turns: int, ready: asyncio.Event) -> None:
        self.turns, self.ready = turns, ready
        self.events = 0
        self.finished = asyncio.get_running_loop().create_future()
        self._tail = b""
        self._open = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        key = base64.b64encode(os.urandom(16)).decode()
        transport.write(  # type: ignore[attr-defined]
            f"GET /v1/realtime?model=gpt-realtime HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n"
            f"Authorization: Bearer sk-test\r\n\r\n".encode()
        )

    def start(self) -> None:
        self._transport.write(ASK + CREATE)  # type: ignore[attr-defined]

    def data_received(self, data: bytes) -> None:
        if not self._open:
            self._open = b"session.created" in data
            if self._open:
                self.ready.set()
            return
        seen = self._tail + data
        self.events += seen.count(b'"event_id"') - self._tail.count(b'"event_id"')
        done = seen.count(b'"response.done"') - self._tail.count(b'"response.done"')
        self._tail = data[-20:]
        self.turns -= done
        if self.turns <= 0 and not self.finished.done():
            self.finished.set_result(None)
        elif done:
            self._transport.write(CREATE)  # type: ignore[attr-defined]


async def measure(port: int, clients: int) -> float:
    """Return the events per second that a number of clients get."""
    loop = asyncio.get_running_loop()
    counters = []
    for _ in range(clients):
        ready = asyncio.Event()
        _, counter = await loop.create_connection(lambda r=ready: Counter(PER_CLIENT[clients], r), "127.0.0.1", port)
        await asyncio.wait_for(ready.wait(), 20)
        counters.append(counter)
    begin = time.perf_counter()
    for counter in counters:
        counter.start()
    await asyncio.wait_for(asyncio.gather(*(counter.finished for counter in counters)), 300)
    spent = time.perf_counter() - begin
    for counter in counters:
        counter._transport.close()
    return sum(counter.events for counter in counters) / spent


def free_port() -> int:
    """Return a port that nothing listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def wait_for_handshake(port: int, since: float) -> float:
    """Return the seconds until a WebSocket handshake is answered."""
    request = b"GET /v1/realtime?model=m HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    request += b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: " + base64.b64encode(bytes(16)) + b"\r\n\r\n"
    while True:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
                connection.sendall(request)
                if connection.recv(100).startswith(b"HTTP/1.1 101"):
                    return time.perf_counter() - since
        except OSError:
            time.sleep(0.002)
        if time.perf_counter() - since > 30:
            raise TimeoutError(f"nothing answers on port {port}")


@contextmanager
def running(command: list[str]) -> Iterator[float]:
    """Run a server until the block ends; yield the seconds from its start to its first handshake."""
    port = int(command[command.index("PORT") + 1])
    since = time.perf_counter()
    process = subprocess.Popen(
        [part for part in command if part != "PORT"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield wait_for_handshake(port, since)
    finally:
        process.kill()
        process.wait()


def servers(folder: Path) -> dict[str, list[str]]:
    """Return the command of each server; `PORT` stands before the port and is left out."""
    log, events = write_log(folder), folder / "events.json"
    events.write_text(json.dumps(recording()))
    peer = folder / "peer.py"
    peer.write_text(PEER)
    replay = [
        sys.executable,
        "-c",
        "from harness.cli import replay; replay()",
        str(log),
        "--speed",
        "instant",
        "--port",
    ]
    commands = {
        "replay": [*replay, "PORT", str(free_port())],
        "websockets": [sys.executable, str(peer), "PORT", str(free_port()), str(events)],
    }
    aimock = find_aimock()
    if aimock is not None:
        fixture = folder / "aimock.json"
        answer = {"match": {"userMessage": "hello"}, "response": {"content": "".join(WORDS)}}
        fixture.write_text(json.dumps({"fixtures": [answer]}))
        command = ["node", str(aimock), "-f", str(fixture), "-c", "20", "--log-level", "silent", "-p", "PORT"]
        commands["aimock"] = [*command, str(free_port())]
    return commands


def find_aimock() -> Path | None:
    """Return aimock's command line, installed from npm when it is not there yet; None without Node."""
    if shutil.which("npm") is None:
        print("aimock is left out: there is no npm here")
        return None
    home = Path(tempfile.gettempdir()) / "realtime-harness-clients" / "aimock"
    entry = home / "node_modules" / AIMOCK / "dist" / "cli.js"
    if not entry.exists():
        home.mkdir(parents=True, exist_ok=True)
        done = subprocess.run(
            ["npm", "install", "--prefix", str(home), AIMOCK], capture_output=True, text=True, check=False
        )
        if done.returncode:
            print(f"aimock is left out: {done.stderr.strip()[-200:]}")
            return None
    return entry


def main() -> None:
    """Measure every server in turn, several times, and print the best of each."""
    with tempfile.TemporaryDirectory() as folder:
        commands = servers(Path(folder))
        best: dict[str, dict[int, float]] = {name: {} for name in commands}
        starts: dict[str, float] = {}
        for _ in range(ROUNDS):
            for name, command in commands.items():
                with running(command) as started:
                    starts[name] = min(started, starts.get(name, started))
                    port = int(command[command.index("PORT") + 1])
                    for clients in PER_CLIENT:
                        speed = uvloop.run(measure(port, clients))
                        best[name][clients] = max(speed, best[name].get(clients, 0.0))
    print(f"{'events/s':<12}" + "".join(f"{clients:>8} clients" for clients in PER_CLIENT) + f"{'handshake':>12}")
    for name, speeds in best.items():
        row = "".join(f"{speeds[clients]:>16,.0f}" for clients in PER_CLIENT)
        print(f"{name:<12}{row}{starts[name]:>10.3f} s")
    for name in best.keys() - {"replay"}:
        ratios = ", ".join(f"{best['replay'][c] / best[name][c]:.2f} with {c}" for c in PER_CLIENT)
        print(f"replay is this many times as fast as {name}: {ratios}")


if __name__ == "__main__":
    main()
