"""One client's connection, as a test sees it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.errors import UsageError
from harness.replay.wire import dumps

if TYPE_CHECKING:
    from collections.abc import Mapping

    from harness.model import JSON, Finding, Session
    from harness.net.jury import LiveBench
    from harness.net.socket import Socket
    from harness.replay.tape import Tape


class Connection:
    """What one client said and got, what is wrong with it, and a hand in what it gets next."""

    def __init__(self, number: int, target: str, log: str, bench: LiveBench, tape: Tape | None) -> None:
        self.number = number
        """From 1, in the order in which clients came."""
        self.target = target
        """The path and the query of the handshake, keys masked."""
        self.log = log
        """The recording that it is served."""
        self._bench, self._tape = bench, tape
        self._socket: Socket | None = None

    @property
    def is_open(self) -> bool:
        """Tell whether the client is still there."""
        return self._socket is not None

    @property
    def events(self) -> int:
        """Return how many events have passed, both ways."""
        return self._bench.count

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Return what is known to be wrong so far."""
        return self._bench.findings()

    @property
    def noticed(self) -> tuple[Finding, ...]:
        """Return the same without looking at the very last events first."""
        return self._bench.noticed()

    @property
    def recording(self) -> Session:
        """Return what has passed so far, as a session that `harness` can check, compare and write.

        Raises:
            UsageError: this server keeps no recordings.
        """
        if self._tape is None:
            raise UsageError(f"connection {self.number} was not recorded: serve with `recordings=N` or `--record OUT`")
        return self._tape.session

    def attach(self, socket: Socket | None) -> None:
        """Speak through a socket from now on; None when the client has left."""
        self._socket = socket

    def inject(self, event: Mapping[str, JSON]) -> None:
        """Send an event to the client as it is, in between what it gets anyhow.

        Raises:
            UsageError: the client has left.
        """
        self._open_socket().inject(dumps(dict(event)))

    def fault(self, text: str) -> None:
        """Let something go wrong from now on, such as `delay on=response.done ms=500`.

        Raises:
            UsageError: the client has left, or there is no such fault.
        """
        from harness.scenarios.fault import parse

        self._open_socket().disturb(parse(text))

    def close(self, code: int = 1000, reason: str = "") -> None:
        """Close the connection with a code of RFC 6455, section 7.4.

        Raises:
            UsageError: the client has left.
        """
        self._open_socket().close(code, reason)

    def drop(self) -> None:
        """End the connection without a closing frame, as a broken network does.

        Raises:
            UsageError: the client has left.
        """
        self._open_socket().drop()

    def _open_socket(self) -> Socket:
        if self._socket is None:
            raise UsageError(f"connection {self.number} is over")
        return self._socket
