"""How long `replay` takes from its start to the first client that is let in."""

import signal
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from long_session import SEED
from measurement import Measurement
from websockets.exceptions import InvalidMessage
from websockets.sync.client import connect

ROUNDS = 9
GOAL_S = 0.4
PATIENCE_S = 10
PROBE_S = 0.002
"""Between two tries: few enough that the tries take no processor from what is measured."""


def measure() -> Iterator[Measurement]:
    """Yield the median and the worst of several starts."""
    times = [_start() for _ in range(ROUNDS)]
    yield Measurement("replay, from start to an open WebSocket, median", statistics.median(times), "s", GOAL_S, True)
    yield Measurement("replay, from start to an open WebSocket, worst", max(times), "s")


def _start() -> float:
    port = _free_port()
    replay = Path(sys.executable).with_name("replay")
    start = time.perf_counter()
    process = subprocess.Popen([replay, SEED, "--port", str(port)], stdout=subprocess.DEVNULL)
    try:
        _wait_until_open(f"ws://127.0.0.1:{port}/v1/realtime", start)
        return time.perf_counter() - start
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(PATIENCE_S)


def _wait_until_open(url: str, start: float) -> None:
    while time.perf_counter() - start < PATIENCE_S:
        try:
            with connect(url, open_timeout=PATIENCE_S):
                return
        except (ConnectionRefusedError, InvalidMessage):
            time.sleep(PROBE_S)
    raise SystemExit(f"replay did not listen within {PATIENCE_S} s")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
