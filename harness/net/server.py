"""The mock server as an async and as a plain context manager."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import asynccontextmanager, contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from uvicorn.config import Config
from uvicorn.server import ServerState

from harness.errors import UsageError
from harness.model import JSON, Report, Session
from harness.net.http import PlainHttp, routes
from harness.net.mock import Mock, Options
from harness.net.port import BACKLOG, bind
from harness.net.socket import Socket

if TYPE_CHECKING:
    from ssl import SSLContext

    from harness.net.connection import Connection
    from harness.net.scripts import Log
    from harness.replay.responses import WhenDone
    from harness.reports.checked import Checked

T = TypeVar("T")


class Server:
    """A running mock server, as tests of any kind see it."""

    def __init__(self, mock: Mock) -> None:
        self._mock = mock

    @property
    def url(self) -> str:
        """Return the WebSocket URL for clients, `ws://127.0.0.1:8765/v1/realtime`."""
        return self._mock.url

    @property
    def base_url(self) -> str:
        """Return the URL for clients that append `/realtime` themselves, `http://127.0.0.1:8765/v1`."""
        return self._mock.url.replace("ws", "http", 1).removesuffix("/realtime")

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

    def inject(self, event: Mapping[str, JSON]) -> None:
        """Send an event to every client that is there, as it is, in between what it gets anyhow."""
        for connection in self._open():
            connection.inject(event)

    def fault(self, text: str) -> None:
        """Let something go wrong for every client that is there, such as `drop on=response.done`.

        Raises:
            UsageError: there is no such fault.
        """
        for connection in self._open():
            connection.fault(text)

    def close(self, code: int = 1000, reason: str = "") -> None:
        """Close every connection with a code of RFC 6455, section 7.4."""
        for connection in self._open():
            connection.close(code, reason)

    def _open(self) -> list[Connection]:
        return [connection for connection in self._mock.sessions if connection.is_open]

    @property
    def verdicts(self) -> Mapping[str, int]:
        """Return how many connections that are over had each verdict; the report of not every one is kept."""
        return self._mock.jury.verdicts

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


class AsyncServer(Server):
    """A mock server in the loop of the test."""

    async def wait_for(self, event_type: str, timeout_s: float | None = 10.0) -> dict[str, JSON]:
        """Return the next client event of a type: one that has come and was not returned yet, or one that will come.

        Raises:
            TimeoutError: none came in time.
        """
        return await self._mock.arrivals.next(event_type, timeout_s)


class ThreadedServer(Server):
    """A mock server in a thread of its own."""

    def __init__(self, mock: Mock, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(mock)
        self._loop = loop

    def wait_for(self, event_type: str, timeout_s: float | None = 10.0) -> dict[str, JSON]:
        """Return the next client event of a type: one that has come and was not returned yet, or one that will come.

        Raises:
            TimeoutError: none came in time.
        """
        return self._there(self._mock.arrivals.next(event_type, timeout_s))

    def inject(self, event: Mapping[str, JSON]) -> None:
        """Send an event to every client that is there, as it is, in between what it gets anyhow."""
        self._there(_call(super().inject, event))

    def fault(self, text: str) -> None:
        """Let something go wrong for every client that is there, such as `drop on=response.done`.

        Raises:
            UsageError: there is no such fault.
        """
        self._there(_call(super().fault, text))

    def close(self, code: int = 1000, reason: str = "") -> None:
        """Close every connection with a code of RFC 6455, section 7.4."""
        self._there(_call(super().close, code, reason))

    def _there(self, work: Coroutine[Any, Any, T]) -> T:
        """Let the loop of the server do some work, and wait for it."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()


async def _call(function: Callable[..., None], *arguments: Any) -> None:
    function(*arguments)


@asynccontextmanager
async def running(mock: Mock, listener: socket.socket, tls: SSLContext | None = None) -> AsyncIterator[AsyncServer]:
    """Serve on a socket that listens already, until the block ends."""
    host, port = listener.getsockname()[:2]
    mock.url = f"{'wss' if tls else 'ws'}://{f'[{host}]' if ':' in host else host}:{port}/v1/realtime"
    config = Config(
        routes(mock), ws=_factory(partial(Socket, mock)), http=_factory(PlainHttp), lifespan="off",
        log_config=None, access_log=False, server_header=False, proxy_headers=False, interface="asgi3",
    )  # fmt: skip
    config.load()
    state = ServerState()
    make = partial(PlainHttp, mock, config=config, server_state=state, app_state={})
    accepting = await asyncio.get_running_loop().create_server(make, sock=listener, backlog=BACKLOG, ssl=tls)
    try:
        yield AsyncServer(mock)
    finally:
        accepting.close()
        mock.is_serving = False
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
    *logs: Log,
    host: str = "127.0.0.1",
    port: int = 0,
    speed: float = 1.0,
    as_dialect: str | None = None,
    when_done: WhenDone = "repeat",
    strict: bool = False,
    recordings: int = 100,
    keys: Sequence[str] = (),
    scenario: str | None = None,
    faults: Sequence[str] = (),
    seed: int = 0,
    tls: bool = False,
    tell: Callable[[str], None] = lambda line: None,
) -> AsyncIterator[AsyncServer]:
    """Serve recorded sessions to any number of clients, each with a replay of its own.

    Of several logs a client chooses one by `?log=NAME`, its path or its model. `speed` is how many times faster than
    recorded, 0 without any delay. `as_dialect` translates the recordings. `strict` holds the client to what was
    recorded. `recordings`: of how many connections what passed is kept. `keys`: of which a client must have one.
    `scenario` (`late-created ms=3000`) and `faults` (`delay on=response.done ms=500`) let things go wrong, by chance
    drawn from `seed`. `tls` serves `wss://` with a certificate of our own. `tell` is given lines for the user.

    Raises:
        UsageError: the port is in use, a log cannot be translated to that dialect, or there is no such scenario.
        UnreadableError: a log cannot be read.
    """
    from harness.net import scripts
    from harness.net.tls import context, own

    wrong = scripts.wrong(scenario, faults)
    mock = Mock(Options(speed, when_done, strict, recordings, tuple(keys), *wrong, seed), tell)
    async with running(mock, bind(host, port), context(own()) if tls else None) as server:
        mock.perform(*await asyncio.to_thread(scripts.scripts_of, logs, as_dialect, wrong.scenario, tell))
        yield server


@contextmanager
def serving(*logs: Log, **options: Any) -> Iterator[ThreadedServer]:
    """Serve recorded sessions from a thread, for tests that are not asynchronous; options as for `serve`."""
    started: Future[tuple[AsyncServer, asyncio.AbstractEventLoop, asyncio.Event]] = Future()
    thread = threading.Thread(target=_run, args=(logs, options, started), name="harness mock", daemon=True)
    thread.start()
    server, loop, stop = started.result()
    try:
        yield ThreadedServer(server._mock, loop)
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()


def _run(logs: Sequence[Log], options: dict[str, Any], started: Any) -> None:
    async def main() -> None:
        stop = asyncio.Event()
        async with serve(*logs, **options) as server:
            started.set_result((server, asyncio.get_running_loop(), stop))
            await stop.wait()

    try:
        with asyncio.Runner(loop_factory=new_loop) as runner:
            runner.run(main())
    except BaseException as error:
        started.set_exception(error)
