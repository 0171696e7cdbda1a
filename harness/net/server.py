"""The mock server as an async and as a plain context manager."""

from __future__ import annotations

import asyncio
import os
import socket
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import Future
from contextlib import asynccontextmanager, contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

from uvicorn.config import Config
from uvicorn.server import ServerState

from harness.errors import UnreadableError, UsageError
from harness.model import Report, Session
from harness.net.http import PlainHttp, routes
from harness.net.mock import Mock, Options
from harness.net.port import BACKLOG, bind
from harness.net.socket import Socket

if TYPE_CHECKING:
    from harness.net.connection import Connection
    from harness.replay.responses import WhenDone
    from harness.replay.script import Script
    from harness.reports.checked import Checked

Log = Session | str | os.PathLike[str]


class Server:
    """A running mock server."""

    def __init__(self, mock: Mock) -> None:
        self._mock = mock

    @property
    def url(self) -> str:
        """Return the WebSocket URL for clients, `ws://127.0.0.1:8765/v1/realtime`."""
        return self._mock.url

    @property
    def base_url(self) -> str:
        """Return the URL for clients that append `/realtime` themselves, `http://127.0.0.1:8765/v1`."""
        return self._mock.url.replace("ws://", "http://").removesuffix("/realtime")

    @property
    def connections(self) -> int:
        """Return how many clients have come so far."""
        return self._mock.jury.connections

    @property
    def sessions(self) -> tuple[Connection, ...]:
        """Return the connections that are open and the last that are over, in the order in which they came."""
        return tuple(self._mock.sessions)

    @property
    def recording(self) -> Session:
        """Return what has passed so far over the only connection there was.

        Raises:
            UsageError: there was none, or more than one; `sessions` has them all.
        """
        if len(self._mock.sessions) != 1:
            raise UsageError(f"there were {self.connections} connections; take the `recording` of one of `sessions`")
        return self._mock.sessions[0].recording

    @property
    def late_p99_ns(self) -> int:
        """Return by how much 99 of 100 timed events were late at most."""
        return self._mock.lateness.percentile(0.99)

    def checked(self) -> list[Checked]:
        """Return the report of each connection with what is needed to show it."""
        return self._mock.jury.checked()

    @property
    def report(self) -> Report:
        """Return what is known about the clients so far."""
        return self._mock.jury.report(self.url, self.late_p99_ns)


def script_of(log: Log, dialect: str | None = None, tell: Callable[[str], None] = lambda line: None) -> Script:
    """Return the script of a log, translated to `dialect` when one is given.

    Raises:
        UsageError: the log cannot be translated to that dialect.
        UnreadableError: the log cannot be read.
    """
    from harness.protocol import dialects
    from harness.protocol.causes import attribute
    from harness.replay.script import Script
    from harness.replay.vocabulary import Vocabulary

    session = log if isinstance(log, Session) else _load(log)
    if not session.events:
        raise UnreadableError(f"{session.path}: there is no event in this log that could be served")
    if dialect is not None:
        from harness.protocol.translate import translate

        session, losses = translate(session, dialects.get(dialect).name)
        for loss in losses:
            tell(f"{loss.place.path}:{loss.place.line}: {loss.what} has no counterpart in {dialect}: {loss.why}")
    known = dialects.get(session.dialect)
    return Script.of(session, attribute(known, session.events), Vocabulary.of(known))


def _load(path: str | os.PathLike[str]) -> Session:
    from harness.api import load

    return load(path)


@asynccontextmanager
async def running(mock: Mock, listener: socket.socket) -> AsyncIterator[Server]:
    """Serve on a socket that listens already, until the block ends."""
    host, port = listener.getsockname()[:2]
    mock.url = f"ws://{f'[{host}]' if ':' in host else host}:{port}/v1/realtime"
    config = Config(
        routes(mock), ws=_factory(partial(Socket, mock)), http=_factory(PlainHttp), lifespan="off",
        log_config=None, access_log=False, server_header=False, proxy_headers=False, interface="asgi3",
    )  # fmt: skip
    config.load()
    state = ServerState()
    make = partial(PlainHttp, mock, config=config, server_state=state, app_state={})
    accepting = await asyncio.get_running_loop().create_server(make, sock=listener, backlog=BACKLOG)
    try:
        yield Server(mock)
    finally:
        accepting.close()
        for connection in list(state.connections):
            connection.shutdown()
        await accepting.wait_closed()
        mock.close()


def new_loop() -> asyncio.AbstractEventLoop:
    """Return a loop: uvloop's where it is installed."""
    try:
        import uvloop
    except ImportError:
        return asyncio.new_event_loop()
    return uvloop.new_event_loop()


def _factory(make: Any) -> Any:
    """Give uvicorn a factory where it expects a class: it only ever calls it."""
    return make


@asynccontextmanager
async def serve(
    log: Log,
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    speed: float = 1.0,
    as_dialect: str | None = None,
    when_done: WhenDone = "repeat",
    strict: bool = False,
    recordings: int = 100,
    tell: Callable[[str], None] = lambda line: None,
) -> AsyncIterator[Server]:
    """Serve a recorded session to any number of clients, each with a replay of its own.

    `speed` is how many times faster than recorded, 0 without any delay. `as_dialect` translates the recording.
    `strict` holds the client to what was recorded. `recordings`: of how many connections what passed is kept.
    `tell` is given lines for the user.

    Raises:
        UsageError: the port is in use, or the log cannot be translated to that dialect.
        UnreadableError: the log cannot be read.
    """
    mock = Mock(Options(speed, when_done, strict, recordings), tell)
    async with running(mock, bind(host, port)) as server:
        mock.perform(await asyncio.to_thread(script_of, log, as_dialect, tell))
        yield server


@contextmanager
def serving(log: Log, **options: Any) -> Iterator[Server]:
    """Serve a recorded session from a thread, for tests that are not asynchronous; options as for `serve`."""
    started: Future[tuple[Server, asyncio.AbstractEventLoop, asyncio.Event]] = Future()
    thread = threading.Thread(target=_run, args=(log, options, started), name="harness mock", daemon=True)
    thread.start()
    server, loop, stop = started.result()
    try:
        yield server
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()


def _run(log: Log, options: dict[str, Any], started: Any) -> None:
    async def main() -> None:
        stop = asyncio.Event()
        async with serve(log, **options) as server:
            started.set_result((server, asyncio.get_running_loop(), stop))
            await stop.wait()

    try:
        with asyncio.Runner(loop_factory=new_loop) as runner:
            runner.run(main())
    except BaseException as error:
        started.set_exception(error)
